//! Bytes to state.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::super::ObservedState;
use super::super::draft::{Draft, DraftFault, Heading, Table};
use super::super::fault::{Fault, ObservedError, utf8};
use super::document::{Document, Label, is_format, is_version};
use super::object::Into;

/// Reads a snapshot; `name` is its file, for messages and to tell YAML.
///
/// # Errors
/// Where the text is broken, a key or value can't be meant, or two rows contradict each other. Never for a word of the platform
/// that accord doesn't know, and never for missing rows: those make a collection incomplete.
pub fn read(bytes: &[u8], name: &str) -> Result<ObservedState, ObservedError> {
    rows(bytes, name)?.settled()
}

/// The rows of a snapshot, read and not yet settled: its text need not be kept any longer.
pub struct Rows<'n> {
    draft: Draft,
    heading: Heading,
    name: &'n str,
}

impl Rows<'_> {
    /// The state.
    ///
    /// # Errors
    /// Where two rows contradict each other.
    pub fn settled(self) -> Result<ObservedState, ObservedError> {
        let _span = tracing::info_span!("settle").entered();
        let faults = |faults: Vec<DraftFault>| faults.iter().map(|fault| located(self.name, fault)).collect();
        self.draft.finish(self.heading).map_err(|found| ObservedError::new(faults(found)))
    }
}

/// Reads the rows of a snapshot, for files so large that their text and the state should not be in memory together.
///
/// # Errors
/// As [`read`], but for rows that contradict each other.
pub fn rows<'n>(bytes: &[u8], name: &'n str) -> Result<Rows<'n>, ObservedError> {
    let text = Text::new(bytes, name)?;
    let document = text.document()?;
    let Some((mut draft, heading)) = document.finish() else {
        return Err(Fault::new(name, "the snapshot ends before its rows").into());
    };
    if let Some(doubt) = text.doubt() {
        for claim in draft.claims.values_mut() {
            claim.doubts.push(doubt.to_owned());
        }
    }
    Ok(Rows { draft, heading, name })
}

/// The text of a snapshot. It is checked as a whole once, which is cheaper than string by string.
struct Text<'a> {
    text: &'a str,
    name: &'a str,
    yaml: bool,
}

impl<'a> Text<'a> {
    fn new(bytes: &'a [u8], name: &'a str) -> Result<Self, ObservedError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = utf8(bytes, name)?;
        let Some(first) = text.trim_ascii_start().chars().next() else {
            return Err(Fault::new(name, "the file is empty").into());
        };
        let lower = name.to_ascii_lowercase();
        let yaml = lower.ends_with(".yaml") || lower.ends_with(".yml") || first != '{';
        Ok(Text { text, name, yaml })
    }

    /// Reads once; and once more where the rows stand before the platform whose words they use.
    fn document(&self) -> Result<Document, ObservedError> {
        let mut document = Document::new(None, self.text.len());
        let Err(fault) = self.seed(Into(&mut document)) else {
            return Ok(document);
        };
        let label = self.label();
        if let Some(message) = label.foreign() {
            return Err(Fault::new(self.name, message).into());
        }
        if !(document.platform_late && label.platform.is_some()) {
            return Err(fault.into());
        }
        let mut document = Document::new(label.platform, self.text.len());
        self.seed(Into(&mut document))?;
        Ok(document)
    }

    /// What kind of file it is, as far as it can be told.
    fn label(&self) -> Label {
        let mut label = Label::default();
        // Whatever stopped the first reading may stop this one too; what was seen until then counts.
        let _ = self.seed(LabelSeed(&mut label));
        label
    }

    fn seed<'de, S: DeserializeSeed<'de, Value = ()>>(&'de self, seed: S) -> Result<(), Fault> {
        if self.yaml {
            let deserializer = serde_yaml::Deserializer::from_str(self.text);
            return seed.deserialize(deserializer).map_err(|error| self.yaml_fault(&error));
        }
        let mut deserializer = serde_json::Deserializer::from_str(self.text);
        seed.deserialize(&mut deserializer).and_then(|()| deserializer.end()).map_err(|error| self.json_fault(&error))
    }

    fn json_fault(&self, error: &serde_json::Error) -> Fault {
        let (line, column) = (error.line(), error.column());
        let place = format!(" at line {line} column {column}");
        let message = error.to_string();
        let message = message.strip_suffix(&place).unwrap_or(&message);
        let fault = Fault::new(self.name, message).at(line as u64, column as u64);
        if error.is_eof() {
            return fault.help("the file was cut: take the export again");
        }
        fault
    }

    fn yaml_fault(&self, error: &serde_yaml::Error) -> Fault {
        let message = error.to_string();
        let Some(location) = error.location() else {
            return Fault::new(self.name, message);
        };
        let (line, column) = (location.line(), location.column());
        let place = format!(" at line {line} column {column}");
        let message = message.replace(&place, "");
        Fault::new(self.name, message).at(line as u64, column as u64)
    }

    /// Why no collection is proven whole, whatever the file says.
    fn doubt(&self) -> Option<&'static str> {
        let last = self.text.trim_ascii_end().rsplit('\n').next();
        let ended = last == Some("...");
        (self.yaml && !ended).then_some("the YAML file may be cut: it has no end mark (a last line of three dots)")
    }
}

impl Label {
    /// Why this is no snapshot that can be read, where that is sure.
    fn foreign(&self) -> Option<String> {
        let format = self.format.as_deref().map_or(Ok(()), is_format);
        let version = self.version.map_or(Ok(()), is_version);
        format.and(version).err()
    }
}

struct LabelSeed<'l>(&'l mut Label);

impl<'de> DeserializeSeed<'de> for LabelSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for LabelSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a snapshot")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        self.0.read(map)
    }
}

/// Rows of a snapshot have no lines once they are read; their number in the list is place enough.
fn located(name: &str, fault: &DraftFault) -> Fault {
    let list = match fault.table {
        Table::Collection(collection) => collection.word(),
        Table::Rosters => "rosters",
        Table::Teams => "teams.members",
        Table::TeamGrants => "teams.grants",
    };
    let row = fault.row + 1;
    let message = match fault.other {
        Some(other) => format!("{} stands twice: items {} and {row} of `{list}`", fault.message, other + 1),
        None => format!("item {row} of `{list}`: {}", fault.message),
    };
    let located = Fault::new(name, message);
    match &fault.help {
        Some(help) => located.help(help.clone()),
        None => located,
    }
}
