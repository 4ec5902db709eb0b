//! `export.json`: what the export says about itself.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::check;
use super::super::draft::{Claim, Heading};
use super::super::fault::Fault;
use super::super::{Collection, Completeness, ObservedState};
use super::FORMAT;
use crate::platforms::{PLATFORMS, Platform, by_name};

/// The file as it is written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Export {
    format: String,
    platform: String,
    business: Business,
    captured_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    captured_by: Option<String>,
    #[serde(default)]
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<String>,
    #[serde(default)]
    totals: PerCollection<u64>,
    complete: Vec<String>,
    #[serde(skip_serializing_if = "PerCollection::is_empty", default)]
    incomplete: PerCollection<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Business {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// Something said about each collection, or not.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PerCollection<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partners: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assets: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asset_group_members: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grants: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invites: Option<T>,
}

impl<T> Default for PerCollection<T> {
    fn default() -> Self {
        PerCollection {
            members: None,
            partners: None,
            assets: None,
            asset_group_members: None,
            grants: None,
            invites: None,
        }
    }
}

impl<T> PerCollection<T> {
    fn of(mut say: impl FnMut(Collection) -> Option<T>) -> Self {
        PerCollection {
            members: say(Collection::Members),
            partners: say(Collection::Partners),
            assets: say(Collection::Assets),
            asset_group_members: say(Collection::AssetGroupMembers),
            grants: say(Collection::Grants),
            invites: say(Collection::Invites),
        }
    }

    fn get(&self, collection: Collection) -> Option<&T> {
        match collection {
            Collection::Members => self.members.as_ref(),
            Collection::Partners => self.partners.as_ref(),
            Collection::Assets => self.assets.as_ref(),
            Collection::AssetGroupMembers => self.asset_group_members.as_ref(),
            Collection::Grants => self.grants.as_ref(),
            Collection::Invites => self.invites.as_ref(),
        }
    }

    fn is_empty(&self) -> bool {
        Collection::ALL.iter().all(|name| self.get(*name).is_none())
    }
}

impl Export {
    /// Reads the file.
    pub(super) fn read(bytes: &[u8], file: &str) -> Result<Self, Fault> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        serde_json::from_slice(bytes).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let place = format!(" at line {line} column {column}");
            let message = error.to_string();
            let message = message.strip_suffix(&place).unwrap_or(&message);
            let fault = Fault::new(file, message).at(line as u64, column as u64);
            if error.is_eof() {
                return fault.help("the file was cut: take the export again");
            }
            fault
        })
    }

    /// What a state says about itself.
    pub(super) fn of(state: &ObservedState) -> Self {
        let complete = Collection::ALL.into_iter();
        let whole = complete.filter(|name| state.is_complete(*name));
        Export {
            format: FORMAT.to_owned(),
            platform: state.platform.name.to_owned(),
            business: Business { id: state.business_id.clone(), name: state.business_name.clone() },
            captured_at: state.captured_at.to_string(),
            captured_by: state.captured_by.clone(),
            source: state.source.clone(),
            query: state.query.clone(),
            totals: PerCollection::of(|name| Some(state.count(name) as u64)),
            complete: whole.map(|name| name.word().to_owned()).collect(),
            incomplete: PerCollection::of(|name| match state.completeness.get(&name) {
                Some(Completeness::Incomplete(reason)) => Some(reason.clone()),
                Some(Completeness::Complete) | None => None,
            }),
        }
    }

    /// The platform; and what is wrong with the values, each a sentence.
    pub(super) fn checked(&self) -> Result<(&'static Platform, Heading), Vec<String>> {
        let mut wrong = Vec::new();
        if self.format != FORMAT {
            let format = check::shortened(&self.format);
            wrong.push(format!("`{format}` is not the format `{FORMAT}`"));
        }
        let platform = by_name(&self.platform);
        if platform.is_none() {
            let names = PLATFORMS.map(|platform| platform.name);
            let advice = check::choices(&self.platform, &names);
            let name = check::shortened(&self.platform);
            wrong.push(format!("`{name}` is no platform that accord knows ({advice})"));
        }
        let digits = platform.map_or(usize::MAX, |platform| platform.limits.id_digits);
        wrong.extend(check::id(&self.business.id, digits).err());
        let texts = [&self.business.name, &self.query];
        wrong.extend(texts.into_iter().flatten().filter_map(|text| check::text(text).err()));
        wrong.extend(check::text(&self.source).err());
        let by = self.captured_by.as_deref().map(check::handle);
        wrong.extend(by.and_then(Result::err));
        wrong.extend(self.complete.iter().filter_map(|word| unknown(word)));
        let captured_at = check::moment(&self.captured_at);
        match (platform, captured_at) {
            (Some(platform), Ok(moment)) if wrong.is_empty() => Ok((platform, self.heading(moment))),
            (_, captured_at) => {
                wrong.extend(captured_at.err());
                Err(wrong)
            }
        }
    }

    fn heading(&self, captured_at: Timestamp) -> Heading {
        let said = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        Heading {
            business_id: self.business.id.clone(),
            business_name: said(&self.business.name),
            captured_at,
            captured_by: said(&self.captured_by),
            source: self.source.clone(),
            query: said(&self.query),
        }
    }

    /// What it says about a collection whose file is there.
    pub(super) fn claim(&self, collection: Collection) -> Claim {
        let listed = self.complete.iter().any(|word| word == collection.word());
        let reason = self.incomplete.get(collection).cloned();
        Claim {
            present: true,
            // Said to be whole and not to be whole is not whole.
            complete: listed && reason.is_none(),
            total: self.totals.get(collection).copied(),
            reason,
            doubts: Vec::new(),
        }
    }
}

fn unknown(word: &str) -> Option<String> {
    let words = Collection::ALL.map(Collection::word);
    if words.contains(&word) {
        return None;
    }
    let advice = check::choices(word, &words);
    let word = check::shortened(word);
    Some(format!("`{word}` is no collection ({advice})"))
}
