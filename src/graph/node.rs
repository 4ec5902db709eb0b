//! Nodes: people, businesses, assets and teams, numbered densely across all businesses of a run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::csr::Csr;
use crate::model::{AssetRef, Direction, PersonRef, Strings, Sym};
use crate::platforms::{AssetType, Platform};
use crate::source::Pos;

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub u32);

        impl $name {
            /// For tables by node.
            pub fn at(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index!(
    /// A person, service account or system user.
    PersonIx
);
index!(
    /// A business: one of ours, a partner, or an owner of assets.
    BusinessIx
);
index!(
    /// An asset; groups are assets.
    AssetIx
);
index!(
    /// A team of the files.
    TeamIx
);

/// Any node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Node {
    /// A person, service account or system user.
    Person(PersonIx),
    /// A business.
    Business(BusinessIx),
    /// An asset.
    Asset(AssetIx),
    /// A team.
    Team(TeamIx),
}

/// What kind of login somebody is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PersonKind {
    /// A human, as far as anybody says.
    Human,
    /// Declared non-human in the files.
    Service,
    /// A system user of the platform that the files don't declare.
    System,
}

/// What a name of a person is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum NameKind {
    /// The platform's id.
    Id,
    /// An address, folded to lower case.
    Address,
    /// A user name, folded to lower case.
    Username,
}

/// One name of a person. Several ids are several logins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Name {
    /// What it is.
    pub kind: NameKind,
    /// The text.
    pub text: Sym,
}

/// A person; all logins and names that lead to each other are one.
#[derive(Clone, Debug)]
pub struct Person {
    /// Human or not.
    pub kind: PersonKind,
    /// The key in the files.
    pub key: Option<Sym>,
    /// The name for people to read.
    pub name: Option<Sym>,
    /// Where the files name them first.
    pub pos: Option<Pos>,
    pub(super) names: (u32, u32),
}

/// A business.
#[derive(Clone, Debug)]
pub struct Business {
    /// Its platform.
    pub platform: &'static Platform,
    /// The platform's id.
    pub id: Sym,
    /// Its name.
    pub name: Option<Sym>,
    /// The key in the files, for one of ours.
    pub key: Option<Sym>,
    /// Where the files name it.
    pub pos: Option<Pos>,
    /// Whether it is one of those that the files manage or an export describes.
    pub ours: bool,
    /// Mail domains (lower case) whose addresses count as its own people.
    pub domains: Vec<Sym>,
}

/// A partnership as the files of one of our businesses name it.
#[derive(Clone, Copy, Debug)]
pub struct Partnership {
    /// Our side.
    pub ours: BusinessIx,
    /// The partner.
    pub theirs: BusinessIx,
    /// Inbound: they reach our assets.
    pub direction: Direction,
    /// The key of the partner in the files of our business.
    pub key: Option<Sym>,
    /// Where the files name it.
    pub pos: Option<Pos>,
    /// Index into the partners of the files.
    pub partner: Option<u32>,
}

/// An asset.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Its platform.
    pub platform: &'static Platform,
    /// The platform's id; absent for a group that the files only want.
    pub id: Option<Sym>,
    /// Its type, where the platform's table has it.
    pub kind: Option<&'static AssetType>,
    /// The platform's word for its type.
    pub kind_word: Sym,
    /// Its name.
    pub name: Option<Sym>,
    /// Its key in the files (those of the owner before others).
    pub key: Option<Sym>,
    /// Where that stands.
    pub pos: Option<Pos>,
    /// The business that first named it.
    pub home: BusinessIx,
    /// The business that owns it, where anybody says.
    pub owner: Option<BusinessIx>,
    /// The client it belongs to.
    pub client: Option<Sym>,
    /// Labels of the files.
    pub labels: Vec<Sym>,
    /// Its number among the assets of the files, first business first.
    pub desired: Option<u32>,
}

/// A team of the files.
#[derive(Clone, Copy, Debug)]
pub struct Team {
    /// Its business.
    pub business: BusinessIx,
    /// Its key.
    pub key: Sym,
    /// Where the key stands.
    pub pos: Pos,
}

/// Who and what there is, shared by all readings that one [`Builder`](super::Builder) makes: the same index is the same thing.
#[derive(Clone, Debug, Default)]
pub struct Nodes {
    pub(super) strings: Strings,
    pub(super) people: Vec<Person>,
    pub(super) names: Vec<Name>,
    pub(super) businesses: Vec<Business>,
    pub(super) partnerships: Vec<Partnership>,
    /// By business: the partnerships in which it is the other side.
    pub(super) as_partner: Csr,
    pub(super) assets: Vec<Asset>,
    pub(super) teams: Vec<Team>,
    /// Every key of an asset in the files, with the business whose files have it.
    pub(super) asset_keys: Vec<(AssetIx, BusinessIx, Sym)>,
    /// Lists of permission words that no table has; a set's `foreign` minus one.
    pub(super) foreign: Vec<Vec<String>>,
}

/// A business as plain data.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
pub struct BusinessRef {
    /// The key in the access repository, where it names it (as a business, else as a partner).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<String>,
    /// The platform's id.
    pub id: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// Whether it is one of those that the files manage.
    pub ours: bool,
}

/// A team as plain data.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
pub struct TeamRef {
    /// The key of its business.
    pub business: String,
    /// Its key.
    pub key: String,
}

/// A node as plain data that stands alone in reports.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "node", rename_all = "kebab-case")]
pub enum NodeRef {
    /// A person, service account or system user.
    Person(PersonRef),
    /// A business.
    Business(BusinessRef),
    /// An asset.
    Asset(AssetRef),
    /// A team.
    Team(TeamRef),
}

impl BusinessRef {
    /// The name a reader recognises.
    pub fn label(&self) -> String {
        self.name.as_deref().or(self.key.as_deref()).unwrap_or(&self.id).to_owned()
    }
}

impl NodeRef {
    /// The name a reader recognises.
    pub fn label(&self) -> String {
        match self {
            NodeRef::Person(person) => person.label(),
            NodeRef::Business(business) => business.label(),
            NodeRef::Asset(asset) => asset.label(),
            NodeRef::Team(team) => format!("team {}", team.key),
        }
    }
}

impl Nodes {
    /// The string of a symbol.
    pub fn text(&self, sym: Sym) -> &str {
        self.strings.get(sym)
    }

    /// A person.
    pub fn person(&self, person: PersonIx) -> &Person {
        &self.people[person.at()]
    }

    /// A business.
    pub fn business(&self, business: BusinessIx) -> &Business {
        &self.businesses[business.at()]
    }

    /// An asset.
    pub fn asset(&self, asset: AssetIx) -> &Asset {
        &self.assets[asset.at()]
    }

    /// A team.
    pub fn team(&self, team: TeamIx) -> &Team {
        &self.teams[team.at()]
    }

    /// Everybody, in order.
    pub fn people(&self) -> impl ExactSizeIterator<Item = PersonIx> + use<> {
        (0..count(&self.people)).map(PersonIx)
    }

    /// All businesses, in order.
    pub fn businesses(&self) -> impl ExactSizeIterator<Item = BusinessIx> + use<> {
        (0..count(&self.businesses)).map(BusinessIx)
    }

    /// All assets, in order.
    pub fn assets(&self) -> impl ExactSizeIterator<Item = AssetIx> + use<> {
        (0..count(&self.assets)).map(AssetIx)
    }

    /// All teams, in order.
    pub fn teams(&self) -> impl ExactSizeIterator<Item = TeamIx> + use<> {
        (0..count(&self.teams)).map(TeamIx)
    }

    /// All names of a person: ids, addresses, user names; each once.
    pub fn names_of(&self, person: PersonIx) -> &[Name] {
        let (start, end) = self.people[person.at()].names;
        &self.names[start as usize..end as usize]
    }

    /// The names of one kind.
    pub fn names_of_kind(&self, person: PersonIx, kind: NameKind) -> impl Iterator<Item = &str> {
        self.names_of(person).iter().filter(move |name| name.kind == kind).map(|name| self.text(name.text))
    }

    /// Every partnership that the files or an export name, in both directions.
    pub fn partnerships(&self) -> &[Partnership] {
        &self.partnerships
    }

    /// Those of them in which a business is the partner.
    pub fn partnerships_with(&self, theirs: BusinessIx) -> impl Iterator<Item = &Partnership> {
        self.as_partner.row(theirs.0).iter().map(|&at| &self.partnerships[at as usize])
    }

    /// Words of a set that no table has.
    pub fn foreign_words(&self, foreign: u32) -> &[String] {
        (foreign as usize).checked_sub(1).and_then(|index| self.foreign.get(index)).map_or(&[], Vec::as_slice)
    }
}

pub(super) fn count<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}
