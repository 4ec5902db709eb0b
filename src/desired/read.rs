//! From the text of a file to its documents. Every problem of the file is collected; what is wrong is left out.

mod custom;
mod policy;

use crate::model::{Direction, Strings, Sym, Until};
use crate::source::yaml::{Reader, Text};
use crate::source::{At, FileId, Problem};

use super::Mode;
use super::document::{Asset, Business, Document, Grant, Member, Partner, Person, Profile, Range, Section, Team, Word};
use super::shapes;

/// No platform has longer ids; a path of the Pinterest API takes 20 digits, a body 25.
const ID_DIGITS: usize = 25;

/// Reads the documents of a file.
pub(super) fn documents(file: FileId, text: &str) -> (Vec<Document>, Vec<Problem>) {
    let mut reader = Reader::plain(file, text);
    let documents = read_documents(&mut reader, text);
    if reader.holds() {
        return (documents, Vec::new());
    }
    let mut reader = Reader::new(file, text);
    let documents = read_documents(&mut reader, text);
    (documents, reader.into_problems())
}

fn read_documents(reader: &mut Reader<'_>, text: &str) -> Vec<Document> {
    let mut documents = Vec::new();
    while reader.next_document() {
        let mut document = Document::default();
        if documents.is_empty() {
            document.strings = Strings::for_text(text.len());
        }
        if !reader.at_empty_document() {
            read_document(reader, &mut document);
        }
        documents.push(document);
    }
    documents
}

fn read_document(reader: &mut Reader<'_>, doc: &mut Document) {
    let top = At::new(1, 1, 1);
    reader.record(&shapes::DOCUMENT, top, |r, key, at| match key {
        "version" => doc.version = r.choice("a version this accord reads", &["1"]).map(|(_, at)| at),
        "business" => doc.business = word(r, &mut doc.strings, "the key of a business"),
        "ignore" => {
            let range = words(r, doc, "paths", |r, s| word(r, s, "a path"));
            doc.ignore = range.of(&doc.words).to_vec();
        }
        "policy" => doc.policy = Some(policy::policy(r, at)),
        "businesses" => r.map("businesses", |r, key| business(r, doc, &key)),
        "accounts" => r.map("accounts", |r, key| asset(r, doc, &key, Section::Accounts)),
        "assets" => r.map("assets", |r, key| asset(r, doc, &key, Section::Assets)),
        "asset_groups" => {
            doc.groups_written = section(r, at, doc.groups_written);
            r.map("asset groups", |r, key| asset(r, doc, &key, Section::Groups));
        }
        "profiles" => r.map("profiles", |r, key| profile(r, doc, &key)),
        "people" => {
            doc.people_written = section(r, at, doc.people_written);
            r.map("people", |r, key| person(r, doc, &key));
        }
        "teams" => {
            doc.teams_written = section(r, at, doc.teams_written);
            r.map("teams", |r, key| team(r, doc, &key));
        }
        _ => {
            doc.partners_written = section(r, at, doc.partners_written);
            r.map("partners", |r, key| partner(r, doc, &key));
        }
    });
}

/// A managing section is a statement, so a bare `people:` must say which: everybody unmanaged, or nobody wanted.
fn section(r: &mut Reader<'_>, at: At, before: Option<At>) -> Option<At> {
    if r.at_null() {
        r.error(
            "bare-section",
            at,
            "this section is written without a value: it would say that nothing is wanted here",
        )
        .help = Some(
            "write `{}` to say that nothing is wanted, or delete the key to leave the section unmanaged".to_owned(),
        );
        return before;
    }
    Some(at)
}

fn word(r: &mut Reader<'_>, strings: &mut Strings, what: &str) -> Option<Word> {
    r.text(what).map(|text| keep(strings, &text))
}

fn keep(strings: &mut Strings, text: &Text<'_>) -> Word {
    Word { text: strings.intern(&text.text), at: text.at }
}

fn sym(r: &mut Reader<'_>, strings: &mut Strings, what: &str) -> Option<Sym> {
    word(r, strings, what).map(|word| word.text)
}

fn id(r: &mut Reader<'_>, strings: &mut Strings) -> Option<Word> {
    r.id("an id", ID_DIGITS).map(|text| keep(strings, &text))
}

fn until(r: &mut Reader<'_>) -> Until {
    r.day("a day").map_or(Until::FOREVER, Until::day)
}

fn words(
    r: &mut Reader<'_>,
    doc: &mut Document,
    what: &str,
    mut item: impl FnMut(&mut Reader<'_>, &mut Strings) -> Option<Word>,
) -> Range {
    let start = doc.words.len();
    r.list(what, |r| doc.words.extend(item(r, &mut doc.strings)));
    Range::since(start, doc.words.len())
}

fn texts(r: &mut Reader<'_>, doc: &mut Document, what: &str) -> Range {
    words(r, doc, what, |r, s| word(r, s, what))
}

/// So long may a key be: as long as an address can be.
const MAX_KEY: usize = 254;

/// A key of the user's: letters, digits and a few signs, so that it can stand in commands and file names.
fn check_key(r: &mut Reader<'_>, key: &Text<'_>, person: bool) {
    let signs = if person { "-_.@+'" } else { "-_." };
    let simple = |byte: &u8| byte.is_ascii_alphanumeric() || signs.as_bytes().contains(byte);
    if (1..=MAX_KEY).contains(&key.text.len()) && key.text.as_bytes().iter().all(simple) {
        return;
    }
    let length = key.text.chars().count();
    if length > MAX_KEY {
        r.error("bad-key", key.at, format!("a key of {length} characters, limit {MAX_KEY}"));
        return;
    }
    let fits = |c: char| c.is_alphanumeric() || signs.contains(c);
    if key.text.is_empty() || !key.text.chars().all(fits) {
        let extra = if person { ", `@`, `+`" } else { "" };
        r.error("bad-key", key.at, format!("`{}` can't be a key", key.text)).help =
            Some(format!("keys hold letters, digits, `-`, `_`, `.`{extra}; a name for people goes into `name:`"));
    }
}

fn business(r: &mut Reader<'_>, doc: &mut Document, key: &Text<'_>) {
    check_key(r, key, false);
    let mut entry = Business {
        key: keep(&mut doc.strings, key),
        platform: None,
        id: None,
        name: None,
        owners: Range::default(),
        mode: Mode::Enforce,
        domains: Range::default(),
        protected: Range::default(),
        snapshot: None,
        last_applied: None,
    };
    r.record(&shapes::BUSINESS, key.at, |r, key, _| match key {
        "platform" => entry.platform = platform(r, &mut doc.strings),
        "id" => entry.id = id(r, &mut doc.strings),
        "name" => entry.name = sym(r, &mut doc.strings, "a name"),
        "owners" => entry.owners = texts(r, doc, "addresses of people"),
        "mode" => entry.mode = mode(r),
        "domains" => entry.domains = texts(r, doc, "mail domains"),
        "protected" => entry.protected = texts(r, doc, "people and partners"),
        "snapshot" => entry.snapshot = word(r, &mut doc.strings, "a path"),
        _ => entry.last_applied = path_inside(r, &mut doc.strings),
    });
    doc.businesses.push(entry);
}

/// A path at which accord writes. Whoever may edit the files must not choose a place on the machine of whoever applies.
fn path_inside(r: &mut Reader<'_>, strings: &mut Strings) -> Option<Word> {
    let text = r.text("a path")?;
    if leads_out(&text.text) {
        r.error("outside", text.at, format!("`{}` lies outside the access repository", text.text)).help =
            Some("name a place below the folder of accord.yaml; `--last-applied` takes any other".to_owned());
        return None;
    }
    Some(keep(strings, &text))
}

/// Whether a path may end outside of the folder it is relative to, on any system.
fn leads_out(path: &str) -> bool {
    let absolute = path.starts_with(['/', '\\']) || path.get(1..2) == Some(":");
    let depth = path.split(['/', '\\']).try_fold(0_u32, |depth, part| match part {
        "" | "." => Some(depth),
        ".." => depth.checked_sub(1),
        _ => Some(depth + 1),
    });
    absolute || depth.is_none()
}

fn platform(r: &mut Reader<'_>, strings: &mut Strings) -> Option<Word> {
    let text = r.text("a platform")?;
    let names = shapes::platform_names();
    if !names.contains(&text.text.as_ref()) {
        r.unknown_word("a platform that accord knows", &text, &names);
        return None;
    }
    Some(keep(strings, &text))
}

fn mode(r: &mut Reader<'_>) -> Mode {
    match r.choice("a mode", &shapes::MODES) {
        Some((1, _)) => Mode::Adopt,
        Some((2, _)) => Mode::Observe,
        _ => Mode::Enforce,
    }
}

fn asset(r: &mut Reader<'_>, doc: &mut Document, key: &Text<'_>, section: Section) {
    check_key(r, key, false);
    let mut entry = Asset {
        key: keep(&mut doc.strings, key),
        business: None,
        section,
        kind: None,
        id: None,
        name: None,
        owner: None,
        client: None,
        labels: Range::default(),
        owners: Range::default(),
        description: None,
        types: Range::default(),
        contains: None,
    };
    let shape = match section {
        Section::Accounts => &shapes::ACCOUNT,
        Section::Assets => &shapes::ASSET,
        Section::Groups => &shapes::GROUP,
    };
    r.record(shape, key.at, |r, key, _| match key {
        "business" => entry.business = word(r, &mut doc.strings, "the key of a business"),
        "type" => entry.kind = word(r, &mut doc.strings, "a type of asset"),
        "id" => entry.id = id(r, &mut doc.strings),
        "name" => entry.name = sym(r, &mut doc.strings, "a name"),
        "owner" => entry.owner = word(r, &mut doc.strings, "the key of a partner"),
        "client" => entry.client = sym(r, &mut doc.strings, "a client"),
        "labels" => entry.labels = texts(r, doc, "labels"),
        "owners" => entry.owners = texts(r, doc, "addresses"),
        "description" => entry.description = sym(r, &mut doc.strings, "a text"),
        "types" => entry.types = words(r, doc, "kinds of group", group_type),
        _ => entry.contains = Some(texts(r, doc, "keys of assets")),
    });
    doc.assets.push(entry);
}

fn group_type(r: &mut Reader<'_>, strings: &mut Strings) -> Option<Word> {
    let (index, at) = r.choice("a kind of asset group", &shapes::GROUP_TYPES)?;
    Some(Word { text: strings.intern(shapes::GROUP_TYPES[index]), at })
}

fn profile(r: &mut Reader<'_>, doc: &mut Document, key: &Text<'_>) {
    check_key(r, key, false);
    let mut entry = Profile { key: keep(&mut doc.strings, key), permissions: None, needs: None, description: None };
    let whole = r.record(&shapes::PROFILE, key.at, |r, key, _| match key {
        "permissions" => {
            entry.permissions = Some(known(r, doc, "a permission that can be granted", &shapes::permission_words()))
        }
        "needs" => entry.needs = Some(known(r, doc, "a capability", &shapes::capability_names())),
        _ => entry.description = sym(r, &mut doc.strings, "a text"),
    });
    if whole && !r.is_broken() {
        exactly_one(
            r,
            key.at,
            "profile",
            ("permissions", entry.permissions.is_some()),
            ("needs", entry.needs.is_some()),
        );
    }
    doc.profiles.push(entry);
}

/// A list of words of the platforms' tables; what is not in them is reported and left out.
fn known(r: &mut Reader<'_>, doc: &mut Document, what: &str, names: &[&'static str]) -> Range {
    let (at, before) = (r.at(), r.problem_count());
    let range = words(r, doc, what, |r, strings| {
        let text = r.text(what)?;
        if names.contains(&text.text.as_ref()) {
            return Some(keep(strings, &text));
        }
        r.unknown_word(what, &text, names);
        None
    });
    if range.length == 0 && r.problem_count() == before {
        r.error("empty-list", at, "this list is empty").help = Some(format!("name {what}"));
    }
    range
}

fn exactly_one(r: &mut Reader<'_>, at: At, what: &str, (one, has_one): (&str, bool), (two, has_two): (&str, bool)) {
    if has_one && has_two {
        r.error("two-ways", at, format!("this {what} has both `{one}` and `{two}`")).help =
            Some("keep one of them".to_owned());
    } else if !has_one && !has_two {
        r.error("missing-key", at, format!("this {what} says neither `{one}` nor `{two}`"));
    }
}

fn person(r: &mut Reader<'_>, doc: &mut Document, key: &Text<'_>) {
    check_key(r, key, true);
    let mut entry = Person {
        key: keep(&mut doc.strings, key),
        name: None,
        id: None,
        also: Range::default(),
        username: None,
        service: false,
        role: None,
        until: Until::FOREVER,
        invite_again: None,
        grants: None,
    };
    if !r.take_null() {
        r.record(&shapes::PERSON, key.at, |r, key, _| match key {
            "name" => entry.name = sym(r, &mut doc.strings, "a name"),
            "id" => entry.id = id(r, &mut doc.strings),
            "also" => entry.also = texts(r, doc, "addresses"),
            "username" => entry.username = word(r, &mut doc.strings, "a user name"),
            "service" => entry.service = r.flag("`true` or `false`").unwrap_or(false),
            "role" => entry.role = role(r, &mut doc.strings),
            "until" => entry.until = until(r),
            "invite_again" => entry.invite_again = r.day("a day"),
            _ => entry.grants = Some(grants(r, doc)),
        });
    }
    doc.people.push(entry);
}

fn role(r: &mut Reader<'_>, strings: &mut Strings) -> Option<Word> {
    let text = r.text("a role")?;
    let names = shapes::role_names();
    if !names.contains(&text.text.as_ref()) {
        r.unknown_word("a role", &text, &names);
        return None;
    }
    Some(keep(strings, &text))
}

fn team(r: &mut Reader<'_>, doc: &mut Document, key: &Text<'_>) {
    check_key(r, key, false);
    let mut entry = Team {
        key: keep(&mut doc.strings, key),
        business: None,
        owners: Range::default(),
        members: Range::default(),
        grants: None,
    };
    r.record(&shapes::TEAM, key.at, |r, key, _| match key {
        "business" => entry.business = word(r, &mut doc.strings, "the key of a business"),
        "owners" => entry.owners = texts(r, doc, "addresses of people"),
        "members" => {
            let start = doc.members.len();
            r.list("members", |r| doc.members.extend(member(r, &mut doc.strings)));
            entry.members = Range::since(start, doc.members.len());
        }
        _ => entry.grants = Some(grants(r, doc)),
    });
    doc.teams.push(entry);
}

fn member(r: &mut Reader<'_>, strings: &mut Strings) -> Option<Member> {
    if !r.at_mapping() {
        let person = word(r, strings, "the key or address of a person")?;
        return Some(Member { person, role: None, until: Until::FOREVER });
    }
    let at = r.at();
    let mut who = None;
    let mut entry = (None, Until::FOREVER);
    r.record(&shapes::TEAM_MEMBER, at, |r, key, _| match key {
        "person" => who = word(r, strings, "the key or address of a person"),
        "role" => entry.0 = role(r, strings),
        _ => entry.1 = until(r),
    });
    who.map(|person| Member { person, role: entry.0, until: entry.1 })
}

fn partner(r: &mut Reader<'_>, doc: &mut Document, key: &Text<'_>) {
    check_key(r, key, false);
    let mut entry = Partner {
        key: keep(&mut doc.strings, key),
        business: None,
        id: None,
        direction: None,
        name: None,
        contact: None,
        ends: Until::FOREVER,
        roster: None,
        accept: false,
        invite_again: None,
        grants: None,
    };
    r.record(&shapes::PARTNER, key.at, |r, key, _| match key {
        "business" => entry.business = word(r, &mut doc.strings, "the key of a business"),
        "id" => entry.id = id(r, &mut doc.strings),
        "direction" => entry.direction = direction(r),
        "name" => entry.name = sym(r, &mut doc.strings, "a name"),
        "contact" => entry.contact = sym(r, &mut doc.strings, "an address"),
        "ends" => entry.ends = until(r),
        "roster" => entry.roster = word(r, &mut doc.strings, "a path"),
        "accept" => entry.accept = r.flag("`true` or `false`").unwrap_or(false),
        "invite_again" => entry.invite_again = r.day("a day"),
        _ => entry.grants = Some(grants(r, doc)),
    });
    doc.partners.push(entry);
}

fn direction(r: &mut Reader<'_>) -> Option<Direction> {
    let (index, _) = r.choice("a direction", &shapes::DIRECTIONS)?;
    Some(if index == 0 { Direction::Inbound } else { Direction::Outbound })
}

fn grants(r: &mut Reader<'_>, doc: &mut Document) -> Range {
    let start = doc.grants.len();
    r.list("grants", |r| {
        if let Some(item) = grant(r, doc) {
            doc.grants.push(item);
        }
    });
    Range::since(start, doc.grants.len())
}

fn grant(r: &mut Reader<'_>, doc: &mut Document) -> Option<Grant> {
    let at = r.at();
    let mut item = Grant {
        at,
        on: None,
        permissions: None,
        profile: None,
        reason: None,
        ticket: None,
        requested_by: None,
        approved_by: None,
        approved_on: None,
        from: None,
        until: Until::FOREVER,
    };
    let whole = r.record(&shapes::GRANT, at, |r, key, _| match key {
        "on" => {
            let start = doc.words.len();
            r.one_or_many("keys of assets", |r| doc.words.extend(word(r, &mut doc.strings, "the key of an asset")));
            item.on = Some(Range::since(start, doc.words.len()));
        }
        "profile" => item.profile = word(r, &mut doc.strings, "the key of a profile"),
        "permissions" => item.permissions = Some(texts(r, doc, "permissions")),
        "reason" => item.reason = sym(r, &mut doc.strings, "a text"),
        "ticket" => item.ticket = sym(r, &mut doc.strings, "a text"),
        "requested_by" => item.requested_by = sym(r, &mut doc.strings, "an address"),
        "approved_by" => item.approved_by = sym(r, &mut doc.strings, "an address"),
        "approved_on" => item.approved_on = r.day("a day"),
        "from" => item.from = r.day("a day"),
        _ => item.until = until(r),
    });
    if whole && !r.is_broken() {
        exactly_one(r, at, "grant", ("permissions", item.permissions.is_some()), ("profile", item.profile.is_some()));
    }
    whole.then_some(item)
}
