//! How sections are split into files that a person can read: by first letters, never one for each of hundreds of things.

use std::collections::{BTreeMap, BTreeSet};

use super::keys::{file_name, slug, unique};
use super::yaml::{Value, entry};

/// A file ends before it has more lines than this, where an entry ends.
const LINES: usize = 400;
/// A file of blocks ends before it has more entries than this.
const BLOCKS: usize = 60;
/// Up to this many blocks get a file each, so that each can have its own reviewers.
const OWN_FILE: usize = 12;

/// A section of access documents.
pub(super) struct Section {
    /// The key at the top (`people`).
    pub key: &'static str,
    /// Comments above it, without `#`.
    pub head: Vec<String>,
    /// By key.
    pub entries: Vec<Entry>,
}

/// An entry of a section.
pub(super) struct Entry {
    /// Its key.
    pub key: String,
    /// Comments above it, without `#`.
    pub remarks: Vec<String>,
    /// Its lines.
    pub lines: Vec<String>,
}

/// Where a section is written.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// In one file of this name, or in a folder of it.
    Register(&'static str),
    /// Always in a folder, in blocks.
    Folder(&'static str),
}

/// The YAML files.
pub(super) struct Files<'o> {
    schema_base: Option<&'o str>,
    files: BTreeMap<String, Vec<String>>,
}

impl<'o> Files<'o> {
    /// No files yet.
    pub fn new(schema_base: Option<&'o str>) -> Self {
        Files { schema_base, files: BTreeMap::new() }
    }

    /// The file at the top.
    pub fn add_root(&mut self, lines: Vec<String>) {
        self.write("accord.yaml".to_owned(), lines);
    }

    /// Splits a section into files.
    pub fn add(&mut self, place: Place, section: &Section) {
        let parts = match place {
            Place::Folder(folder) if section.entries.len() <= OWN_FILE => own_files(folder, section),
            Place::Folder(folder) => packed(folder, &format!("{folder}/all"), section, BLOCKS),
            Place::Register(name) => packed(name, name, section, usize::MAX),
        };
        let blocks = matches!(place, Place::Folder(_));
        for (path, entries) in parts {
            self.write(path, document(section, &entries, blocks));
        }
    }

    /// Lines of all files.
    pub fn lines(&self) -> usize {
        self.files.values().map(Vec::len).sum()
    }

    /// Paths and contents.
    pub fn finish(self) -> BTreeMap<String, Vec<u8>> {
        let files = self.files.into_iter();
        files.map(|(path, lines)| (path, (lines.join("\n") + "\n").into_bytes())).collect()
    }

    fn write(&mut self, path: String, lines: Vec<String>) {
        let first = self.schema_base.map(|base| modeline(base, &path));
        let lines = first.into_iter().chain(lines);
        self.files.insert(path, lines.collect());
    }
}

/// The line that tells an editor which schema checks a file.
fn modeline(base: &str, path: &str) -> String {
    let schema = format!("{}/access-document.schema.json", base.trim_end_matches('/'));
    format!("# yaml-language-server: $schema={}", seen_from(path, &schema))
}

/// A comment of some lines.
pub(super) fn comment(lines: &[String]) -> impl Iterator<Item = String> + '_ {
    lines.iter().map(|line| format!("# {line}"))
}

/// A path of the repository as a file in one of its folders has to name it.
fn seen_from(file: &str, path: &str) -> String {
    let absolute = path.starts_with('/') || path.contains("://");
    match file.matches('/').count() {
        _ if absolute => path.to_owned(),
        depth => "../".repeat(depth) + path,
    }
}

/// A file for each entry.
fn own_files<'s>(folder: &str, section: &'s Section) -> Vec<(String, Vec<&'s Entry>)> {
    let wanted: Vec<(String, String)> =
        section.entries.iter().map(|entry| (file_name(&entry.key), entry.key.clone())).collect();
    let names = unique(&wanted, &mut BTreeSet::new());
    let entries = section.entries.iter().zip(names);
    entries.map(|(entry, name)| (format!("{folder}/{name}.yaml"), vec![entry])).collect()
}

/// One file `whole`, or as few files in a folder as the limits allow.
fn packed<'s>(folder: &str, whole: &str, section: &'s Section, most: usize) -> Vec<(String, Vec<&'s Entry>)> {
    let mut letters: BTreeMap<(bool, String), Vec<&Entry>> = BTreeMap::new();
    for entry in &section.entries {
        letters.entry(letter(&entry.key)).or_default().push(entry);
    }
    let all: Vec<&Entry> = letters.values().flatten().copied().collect();
    if all.is_empty() || fits(&all, most) {
        return vec![(format!("{whole}.yaml"), all)];
    }
    let letters = letters.into_iter().map(|((_, letter), entries)| (letter, entries));
    let packs = packs(letters, most).into_iter();
    packs.flat_map(|pack| pack.files(folder, most)).collect()
}

/// Whole letters that go into one file together.
struct Pack<'s> {
    first: String,
    last: String,
    entries: Vec<&'s Entry>,
}

fn packs<'s>(letters: impl Iterator<Item = (String, Vec<&'s Entry>)>, most: usize) -> Vec<Pack<'s>> {
    let mut packs: Vec<Pack<'s>> = Vec::new();
    for (letter, entries) in letters {
        match packs.last_mut().filter(|pack| pack.has_room(&entries, most)) {
            Some(pack) => {
                pack.last = letter;
                pack.entries.extend(entries);
            }
            None => packs.push(Pack { first: letter.clone(), last: letter, entries }),
        }
    }
    packs
}

impl<'s> Pack<'s> {
    fn has_room(&self, entries: &[&Entry], most: usize) -> bool {
        fits(&[self.entries.as_slice(), entries].concat(), most)
    }

    fn name(&self) -> String {
        match self.first == self.last {
            true => self.first.clone(),
            false => format!("{}-{}", self.first, self.last),
        }
    }

    /// One file, or several numbered ones where one letter is too much for one.
    fn files(self, folder: &str, most: usize) -> Vec<(String, Vec<&'s Entry>)> {
        let name = format!("{folder}/{}", self.name());
        if self.entries.len() == 1 || fits(&self.entries, most) {
            return vec![(format!("{name}.yaml"), self.entries)];
        }
        let mut parts: Vec<Vec<&Entry>> = Vec::new();
        for entry in self.entries {
            let room = parts.last_mut();
            match room.filter(|part| fits(&[part.as_slice(), &[entry]].concat(), most)) {
                Some(part) => part.push(entry),
                None => parts.push(vec![entry]),
            }
        }
        let parts = (1..).zip(parts);
        parts.map(|(number, part)| (format!("{name}-{number}.yaml"), part)).collect()
    }
}

fn fits(entries: &[&Entry], most: usize) -> bool {
    entries.len() <= most && entries.iter().map(|entry| entry.height()).sum::<usize>() <= LINES
}

impl Entry {
    /// An entry with some fields.
    pub fn new(key: &str, remarks: Vec<String>, fields: &[(&str, Value<'_>)]) -> Self {
        Entry { key: key.to_owned(), remarks, lines: entry(key, fields) }
    }

    fn height(&self) -> usize {
        // A block is followed by an empty line.
        let empty = usize::from(self.lines.len() > 1);
        self.remarks.len() + self.lines.len() + empty
    }
}

/// The first letter of a key, without its marks: digits are one letter, and everything that is not Latin is the last.
fn letter(key: &str) -> (bool, String) {
    let first: String = key.chars().take(1).collect();
    match slug(&first).chars().next() {
        Some(c) if c.is_ascii_digit() => (false, "0".to_owned()),
        Some(c) if c.is_ascii() => (false, c.to_string()),
        _ => (true, "other".to_owned()),
    }
}

fn document(section: &Section, entries: &[&Entry], blocks: bool) -> Vec<String> {
    let mut lines: Vec<String> = comment(&section.head).collect();
    if entries.is_empty() {
        lines.push(format!("{}: {{}}", section.key));
        return lines;
    }
    lines.push(format!("{}:", section.key));
    for (index, entry) in entries.iter().enumerate() {
        if blocks && index > 0 {
            lines.push(String::new());
        }
        let all = comment(&entry.remarks).chain(entry.lines.iter().cloned());
        lines.extend(all.map(|line| format!("  {line}")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(keys: impl Iterator<Item = String>) -> Section {
        let entries = keys.map(|key| Entry { lines: vec![format!("{key}: {{}}")], remarks: Vec::new(), key });
        let mut entries: Vec<Entry> = entries.collect();
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        Section { key: "people", head: vec!["everybody".to_owned()], entries }
    }

    fn paths(place: Place, section: &Section) -> Vec<String> {
        let mut files = Files::new(None);
        files.add(place, section);
        files.finish().into_keys().collect()
    }

    #[test]
    fn a_short_register_is_one_file() {
        let few = section((0..400).map(|index| format!("p{index}")));
        assert_eq!(paths(Place::Register("people"), &few), ["people.yaml"]);
    }

    #[test]
    fn a_long_register_is_split_between_letters() {
        let letters = ('a'..='t').flat_map(|letter| (0..50).map(move |index| format!("{letter}{index}")));
        let long = section(letters.chain(["7up".to_owned(), "élan".to_owned(), "東京".to_owned()]));
        assert_eq!(
            paths(Place::Register("people"), &long),
            ["people/0-g.yaml", "people/h-o.yaml", "people/p-other.yaml"]
        );
    }

    #[test]
    fn a_letter_that_is_too_long_is_numbered() {
        let long = section((0..900).map(|index| format!("s{index}")));
        assert_eq!(paths(Place::Register("people"), &long), ["people/s-1.yaml", "people/s-2.yaml", "people/s-3.yaml"]);
    }

    #[test]
    fn few_blocks_have_a_file_each_and_many_share() {
        let few = section(["con", "social-fr", "東京", "大阪"].map(str::to_owned).into_iter());
        assert_eq!(
            paths(Place::Folder("teams"), &few),
            ["teams/con-.yaml", "teams/other-2.yaml", "teams/other.yaml", "teams/social-fr.yaml"]
        );
        let many = section((0..61).map(|index| format!("{}-team-{index}", char::from(b'a' + index % 2))));
        assert_eq!(paths(Place::Folder("teams"), &many), ["teams/a.yaml", "teams/b.yaml"]);
    }

    #[test]
    fn the_schema_is_named_as_each_file_sees_it() {
        let seen = |file| seen_from(file, "schemas/x.json");
        assert_eq!(seen("accord.yaml"), "schemas/x.json");
        assert_eq!(seen("teams/a.yaml"), "../schemas/x.json");
        let far = "https://acme.example/x.json";
        assert_eq!(seen_from("teams/a.yaml", far), far);
    }

    #[test]
    fn an_empty_section_is_a_statement() {
        let mut files = Files::new(Some("s/"));
        files.add(Place::Register("people"), &section(std::iter::empty()));
        let text = String::from_utf8(files.finish().remove("people.yaml").unwrap()).unwrap();
        assert_eq!(text, "# yaml-language-server: $schema=s/access-document.schema.json\n# everybody\npeople: {}\n");
    }
}
