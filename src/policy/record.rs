//! What an evaluation sees: one row for each person and asset, with everything known of both. Borrowed, and cheap to copy.
//!
//! [`ROW`] is the one table of what a pattern, an expression and a test record may name; [`Access::get`] gives the values.

use crate::platforms::{PLATFORMS, Platform};
use crate::source::shape::{Record, Shape, optional};

/// Somebody, made once for all rows of the person.
#[derive(Clone, Debug, Default)]
pub struct PersonFacts<'a> {
    /// Key in the files, else address, else user name, else id.
    pub key: &'a str,
    /// The platform's id, where known.
    pub id: Option<&'a str>,
    /// Every address, in lower case.
    pub addresses: Vec<&'a str>,
    /// Domain of the first address.
    pub domain: Option<&'a str>,
    /// A declared non-human login.
    pub service: bool,
    /// No address is of our own domains.
    pub external: bool,
    /// The business role (`manager`, `employee`), the most privileged of all our businesses; absent for who is in none.
    pub role: Option<&'a str>,
    /// Keys of the teams this person is in.
    pub teams: Vec<&'a str>,
    /// Whether the directory says that two-factor is on.
    pub two_factor: Option<bool>,
    /// What the directory says of the person (`active`, `suspended`, `left`).
    pub status: Option<&'a str>,
    /// Days since the last activity.
    pub inactive_days: Option<u32>,
}

/// An asset, made once for all rows of the asset.
#[derive(Clone, Debug, Default)]
pub struct AssetFacts<'a> {
    /// Key in the files, else the id.
    pub key: &'a str,
    /// The platform's id.
    pub id: Option<&'a str>,
    /// Key of its business (of ours).
    pub business: &'a str,
    /// Its type, as files write it (`ad-account`, `asset-group`).
    pub kind: &'a str,
    /// The client it belongs to.
    pub client: Option<&'a str>,
    /// Its labels.
    pub labels: Vec<&'a str>,
    /// Key of the partner that owns it; absent where it is our own.
    pub owner: Option<&'a str>,
}

impl AssetFacts<'_> {
    /// A text that is the same for the same asset and different for different ones: the id, else business and key.
    pub fn identity(&self) -> String {
        self.id.map_or_else(|| format!("{}/{}", self.business, self.key), str::to_owned)
    }
}

/// One row: a person on an asset, over all paths.
#[derive(Clone, Copy, Debug)]
pub struct Access<'a> {
    /// Who.
    pub person: &'a PersonFacts<'a>,
    /// On what.
    pub asset: &'a AssetFacts<'a>,
    /// The platform, whose tables the masks are of.
    pub platform: &'static Platform,
    /// Permissions over all paths.
    pub permissions: u32,
    /// What they are known to let one do.
    pub capabilities: u64,
    /// What they may let one do beside that: cells that no source decides.
    pub undecided: u64,
    /// Kinds of path.
    pub paths: PathKinds,
    /// Keys of the partners the access arrives through, sorted.
    pub partners: &'a [&'a str],
    /// Ids of their businesses.
    pub partner_ids: &'a [&'a str],
    /// Days until the last path ends; absent where some path has no end.
    pub days_left: Option<i64>,
}

/// Kinds of path, as bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct PathKinds(pub u8);

impl PathKinds {
    /// A grant of the person's own.
    pub const DIRECT: PathKinds = PathKinds(1);
    /// Through a team.
    pub const TEAM: PathKinds = PathKinds(2);
    /// Through an asset group.
    pub const GROUP: PathKinds = PathKinds(4);
    /// Through a partner.
    pub const PARTNER: PathKinds = PathKinds(8);

    /// Both together.
    #[must_use]
    pub fn with(self, other: PathKinds) -> PathKinds {
        PathKinds(self.0 | other.0)
    }
}

/// The words of [`PathKinds`], by bit.
pub const PATH_WORDS: [&str; 4] = ["direct", "team", "group", "partner"];

/// What the directory may say of somebody.
pub const STATUS_WORDS: [&str; 3] = ["active", "suspended", "left"];

/// Days left of what has no end: larger than any number one compares it with.
pub const NO_END: i64 = i64::MAX;

const TEXTS: Shape = Shape::OneOrMany(&Shape::Text);

/// The fields of a row, as `fires:` and `quiet:` write them. What is not written is empty, `false` or unknown.
pub static ROW: Record = Record {
    name: "row",
    doc: "a person on an asset, as a custom rule sees it",
    fields: &[
        optional("person", Shape::Text, "key or address of the person"),
        optional("person_id", Shape::Text, "the platform's id of the person; empty where it is not known"),
        optional("addresses", TEXTS, "all addresses of the person, in lower case"),
        optional("domain", Shape::Text, "domain of the first address"),
        optional("service", Shape::Flag, "a declared non-human login"),
        optional("external", Shape::Flag, "no address is of our own domains"),
        optional("role", Shape::Words(role_names), "the role in our business; empty for who is in none"),
        optional("teams", TEXTS, "keys of the teams the person is in"),
        optional("two_factor", Shape::Flag, "whether two-factor is on; unknown without a directory"),
        optional("status", Shape::Choice(&STATUS_WORDS), "what the directory says; unknown without one"),
        optional("inactive_days", Shape::Number, "days since the last activity; unknown without a file of activity"),
        optional("business", Shape::Text, "key of the asset's business"),
        optional("asset", Shape::Text, "key of the asset"),
        optional("asset_id", Shape::Text, "the platform's id of the asset"),
        optional("asset_type", Shape::Words(asset_type_names), "type of the asset"),
        optional("client", Shape::Text, "client of the asset; empty where it has none"),
        optional("labels", TEXTS, "labels of the asset"),
        optional("owner", Shape::Text, "key of the partner that owns the asset; empty where it is ours"),
        optional("platform", Shape::Words(platform_names), "the platform"),
        optional("permissions", Shape::OneOrMany(&Shape::Words(permission_words)), "permissions over all paths"),
        optional("capabilities", Shape::OneOrMany(&Shape::Words(capability_names)), "what they let one do"),
        optional(
            "undecided",
            Shape::OneOrMany(&Shape::Words(capability_names)),
            "what they may let one do: no source decides it",
        ),
        optional("paths", Shape::OneOrMany(&Shape::Choice(&PATH_WORDS)), "the kinds of path the access arrives by"),
        optional("partners", TEXTS, "keys of the partners it arrives through"),
        optional("days_left", Shape::Number, "days until it ends; more than any number where it has no end"),
    ],
};

/// The fields of a pattern: those of a row, but for the numbers, each with one value or several to choose from.
pub static PATTERN: Record = Record {
    name: "pattern",
    doc: "what a row must be: every field that is written fits, where it has one of the values",
    fields: &[
        optional("person", TEXTS, "key, address or id of the person; `*` stands for any text"),
        optional("person_id", TEXTS, "the platform's id of the person"),
        optional("addresses", TEXTS, "any of the addresses"),
        optional("domain", TEXTS, "domain of the first address"),
        optional("service", Shape::Flag, "a declared non-human login"),
        optional("external", Shape::Flag, "no address is of our own domains"),
        optional("role", Shape::OneOrMany(&Shape::Words(role_names)), "the role in our business"),
        optional("teams", TEXTS, "any of the person's teams"),
        optional("two_factor", Shape::Flag, "whether two-factor is on"),
        optional("status", Shape::OneOrMany(&Shape::Choice(&STATUS_WORDS)), "what the directory says"),
        optional("business", TEXTS, "key of the asset's business"),
        optional("asset", TEXTS, "key of the asset"),
        optional("asset_id", TEXTS, "the platform's id of the asset"),
        optional("asset_type", Shape::OneOrMany(&Shape::Words(asset_type_names)), "type of the asset"),
        optional("client", TEXTS, "client of the asset"),
        optional("labels", TEXTS, "any of the asset's labels"),
        optional("owner", TEXTS, "key of the partner that owns the asset"),
        optional("platform", Shape::OneOrMany(&Shape::Words(platform_names)), "the platform"),
        optional("permissions", Shape::OneOrMany(&Shape::Words(permission_words)), "any of the permissions"),
        optional("capabilities", Shape::OneOrMany(&Shape::Words(capability_names)), "any of the capabilities"),
        optional("undecided", Shape::OneOrMany(&Shape::Words(capability_names)), "any capability no source decides"),
        optional("paths", Shape::OneOrMany(&Shape::Choice(&PATH_WORDS)), "any of the kinds of path"),
        optional("partners", TEXTS, "any of the partners it arrives through"),
    ],
};

/// The value of a field.
#[derive(Clone, Copy, Debug)]
pub enum Datum<'a> {
    /// Nobody told us.
    Unknown,
    /// A text; empty where there is none.
    Text(&'a str),
    /// Several texts.
    Texts(Words<'a>),
    /// True or false.
    Flag(bool),
    /// A number.
    Number(i64),
}

/// Several texts, without a copy: names themselves, or bits of a table of names.
#[derive(Clone, Copy, Debug)]
pub enum Words<'a> {
    /// Texts.
    Slice(&'a [&'a str]),
    /// Permissions of a platform, as bits.
    Permissions(&'static Platform, u32),
    /// Capabilities of a platform, as bits.
    Capabilities(&'static Platform, u64),
    /// Kinds of path.
    Paths(PathKinds),
}

impl<'a> Access<'a> {
    /// The value of a field of [`ROW`] by its name; nothing for a name that is no field.
    pub fn get(&self, field: &str) -> Option<Datum<'a>> {
        let (person, asset) = (self.person, self.asset);
        Some(match field {
            "person" => Datum::Text(person.key),
            "person_id" => text(person.id),
            "addresses" => Datum::Texts(Words::Slice(&person.addresses)),
            "domain" => text(person.domain),
            "service" => Datum::Flag(person.service),
            "external" => Datum::Flag(person.external),
            "role" => text(person.role),
            "teams" => Datum::Texts(Words::Slice(&person.teams)),
            "two_factor" => person.two_factor.map_or(Datum::Unknown, Datum::Flag),
            "status" => person.status.map_or(Datum::Unknown, Datum::Text),
            "inactive_days" => person.inactive_days.map_or(Datum::Unknown, |days| Datum::Number(days.into())),
            "business" => Datum::Text(asset.business),
            "asset" => Datum::Text(asset.key),
            "asset_id" => text(asset.id),
            "asset_type" => Datum::Text(asset.kind),
            "client" => text(asset.client),
            "labels" => Datum::Texts(Words::Slice(&asset.labels)),
            "owner" => text(asset.owner),
            "platform" => Datum::Text(self.platform.name),
            "permissions" => Datum::Texts(Words::Permissions(self.platform, self.permissions)),
            "capabilities" => Datum::Texts(Words::Capabilities(self.platform, self.capabilities)),
            "undecided" => Datum::Texts(Words::Capabilities(self.platform, self.undecided)),
            "paths" => Datum::Texts(Words::Paths(self.paths)),
            "partners" => Datum::Texts(Words::Slice(self.partners)),
            "days_left" => Datum::Number(self.days_left.unwrap_or(NO_END)),
            _ => return None,
        })
    }
}

fn text(text: Option<&str>) -> Datum<'_> {
    Datum::Text(text.unwrap_or_default())
}

impl<'a> Words<'a> {
    /// Whether a text is among them.
    pub fn contains(self, word: &str) -> bool {
        match self {
            Words::Slice(words) => words.contains(&word),
            Words::Permissions(platform, mask) => platform.permission_bit(word).is_some_and(|bit| mask & bit != 0),
            Words::Capabilities(platform, mask) => platform.capability_bit(word).is_some_and(|bit| mask & bit != 0),
            Words::Paths(kinds) => bits_of(&PATH_WORDS, kinds.0.into()).any(|name| name == word),
        }
    }

    /// How many there are.
    pub fn count(self) -> usize {
        match self {
            Words::Slice(words) => words.len(),
            Words::Permissions(_, mask) => mask.count_ones() as usize,
            Words::Capabilities(_, mask) => mask.count_ones() as usize,
            Words::Paths(kinds) => kinds.0.count_ones() as usize,
        }
    }

    /// All of them, in the order of their table.
    pub fn to_vec(self) -> Vec<&'a str> {
        match self {
            Words::Slice(words) => words.to_vec(),
            Words::Permissions(platform, mask) => platform.permissions_in(mask).map(|one| one.word).collect(),
            Words::Capabilities(platform, mask) => {
                let names = (0u32..).zip(platform.capabilities);
                names.filter(|(bit, _)| mask & (1 << bit) != 0).map(|(_, capability)| capability.name).collect()
            }
            Words::Paths(kinds) => bits_of(&PATH_WORDS, kinds.0.into()).collect(),
        }
    }
}

fn bits_of(words: &'static [&'static str], mask: u32) -> impl Iterator<Item = &'static str> {
    (0u32..).zip(words).filter(move |(bit, _)| mask & (1 << bit) != 0).map(|(_, word)| *word)
}

/// What a field holds, as the checks of patterns and expressions see it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A text.
    Text,
    /// Several texts.
    Texts,
    /// True or false.
    Flag,
    /// A number.
    Number,
}

/// The kind of a field, and the only words it can hold, where its words are known.
pub fn field(name: &str) -> Option<(Kind, Option<Vec<&'static str>>)> {
    let index = ROW.index(name)?;
    Some(kind(&ROW.fields.get(index)?.shape))
}

fn kind(shape: &'static Shape) -> (Kind, Option<Vec<&'static str>>) {
    match shape {
        Shape::Flag => (Kind::Flag, None),
        Shape::Number => (Kind::Number, None),
        Shape::Choice(words) => (Kind::Text, Some(words.to_vec())),
        Shape::Words(words) => (Kind::Text, Some(words())),
        Shape::OneOrMany(item) => (Kind::Texts, kind(item).1),
        _ => (Kind::Text, None),
    }
}

/// Names of the fields, in their order.
pub fn field_names() -> impl Iterator<Item = &'static str> {
    ROW.fields.iter().map(|field| field.name)
}

/// Names of all platforms.
pub fn platform_names() -> Vec<&'static str> {
    PLATFORMS.iter().map(|platform| platform.name).collect()
}

/// Names of all asset types, groups too.
pub fn asset_type_names() -> Vec<&'static str> {
    unique(PLATFORMS.iter().flat_map(|platform| platform.asset_types).map(|kind| kind.name))
}

/// Words of all permissions, those that can only be read too.
pub fn permission_words() -> Vec<&'static str> {
    unique(PLATFORMS.iter().flat_map(|platform| platform.permissions).map(|permission| permission.word))
}

/// Names of all capabilities.
pub fn capability_names() -> Vec<&'static str> {
    unique(PLATFORMS.iter().flat_map(|platform| platform.capabilities).map(|capability| capability.name))
}

/// Names of all business roles.
pub fn role_names() -> Vec<&'static str> {
    unique(PLATFORMS.iter().flat_map(|platform| platform.roles).map(|role| role.name))
}

fn unique(words: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut seen = Vec::new();
    for word in words {
        if !seen.contains(&word) {
            seen.push(word);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_value_and_patterns_know_all_but_the_numbers() {
        let (person, asset) = (PersonFacts::default(), AssetFacts::default());
        let row = Access {
            person: &person,
            asset: &asset,
            platform: PLATFORMS[0],
            permissions: 0,
            capabilities: 0,
            undecided: 0,
            paths: PathKinds::default(),
            partners: &[],
            partner_ids: &[],
            days_left: None,
        };
        for name in field_names() {
            let datum = row.get(name).expect(name);
            let (kind, _) = field(name).expect(name);
            let fits = match datum {
                Datum::Unknown => ["two_factor", "status", "inactive_days"].contains(&name),
                Datum::Text(_) => kind == Kind::Text,
                Datum::Texts(_) => kind == Kind::Texts,
                Datum::Flag(_) => kind == Kind::Flag,
                Datum::Number(_) => kind == Kind::Number,
            };
            assert!(fits, "{name}: {datum:?} is no {kind:?}");
        }
        let known: Vec<_> =
            field_names().filter(|name| field(name).is_some_and(|(kind, _)| kind != Kind::Number)).collect();
        assert_eq!(PATTERN.fields.iter().map(|field| field.name).collect::<Vec<_>>(), known);
    }

    #[test]
    fn words_are_found_as_names_and_as_bits() {
        let platform = PLATFORMS[0];
        let words = Words::Permissions(platform, 1 | 4);
        assert_eq!(words.count(), 2);
        assert_eq!(words.to_vec(), [platform.permissions[0].word, platform.permissions[2].word]);
        assert!(words.contains(platform.permissions[2].word) && !words.contains(platform.permissions[1].word));
        let paths = Words::Paths(PathKinds::TEAM.with(PathKinds::PARTNER));
        assert_eq!(paths.to_vec(), ["team", "partner"]);
        assert!(paths.contains("team") && !paths.contains("direct"));
        assert!(Words::Slice(&["a", "b"]).contains("b"));
    }
}
