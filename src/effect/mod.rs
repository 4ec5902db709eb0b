//! The effect of a change on people: who gains and who loses what on which account, through which path.
//!
//! Two graphs of one [`Builder`](crate::graph::Builder) are compared, so that an index means the same in both. What comes of it is plain
//! data, risk first; people to whom exactly the same happens are told together.

mod compare;
mod people;
#[cfg(test)]
mod tests;

pub use compare::effects;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::graph::{BusinessRef, PathRef, PlaceRef};
use crate::model::{AssetRef, PersonRef};

/// What a change does to people.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Effects {
    /// Headline numbers.
    pub totals: Totals,
    /// Who is touched and how, risk first.
    pub touched: Vec<Effect>,
}

/// Headline numbers of a change.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// People known by name who can do more on some account.
    pub people_gaining: u64,
    /// People known by name who can do less on some account.
    pub people_losing: u64,
    /// People who come into a business.
    pub joining: u64,
    /// People who leave a business.
    pub leaving: u64,
    /// People who become managers of a business.
    pub new_managers: u64,
    /// People who come to administer some account.
    pub new_administrators: u64,
    /// Partners that are given more.
    pub partners_gaining: u64,
    /// Partners that are given less.
    pub partners_losing: u64,
    /// Partners among these whose people nobody knows.
    pub partners_unknown: u64,
    /// Accounts and other assets on which something changes.
    pub assets: u64,
}

/// What happens to somebody, or to several people in exactly the same way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// The gravest thing about it.
    pub weight: Weight,
    /// Whom it is about.
    pub who: Who,
    /// Businesses they come into, leave, or have another role in.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub relations: Vec<Relation>,
    /// What changes on which account.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub assets: Vec<AssetEffect>,
    /// What they could come to by making use of a new role, without anybody else.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub potential: Vec<PotentialReach>,
    /// Where they leave or lose: what they still reach afterwards.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub keeps: Vec<Kept>,
}

/// How grave it is; the gravest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Somebody comes to administer a business or an account.
    Administration,
    /// Somebody comes to edit billing.
    Money,
    /// Somebody loses something.
    Loss,
    /// A partner gains something.
    Partner,
    /// Somebody gains something.
    Gain,
}

/// Whom an effect is about.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "who", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Who {
    /// People, in the order of their labels.
    People {
        /// Them.
        people: Vec<PersonRef>,
    },
    /// A business that others give access to.
    Business {
        /// It.
        business: BusinessRef,
        /// Its people that a roster or its own files name; `None` = nobody told who they are.
        people: Option<Vec<PersonRef>>,
    },
}

/// A membership that changes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// Where.
    pub business: BusinessRef,
    /// The role before; absent = they were not there.
    pub before: Option<Role>,
    /// The role after; absent = they leave.
    pub after: Option<Role>,
    /// Only once they accept.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub pending: bool,
    /// The lines that say so, of the role after, else of the one before.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub places: Vec<PlaceRef>,
}

/// A role in a business.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Without rights over the business.
    Employee,
    /// Administers it.
    Manager,
}

/// What changes on one account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetEffect {
    /// The account.
    pub asset: AssetRef,
    /// The client it belongs to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client: Option<String>,
    /// The platform's words of all paths together, before.
    pub before: Vec<String>,
    /// And after.
    pub after: Vec<String>,
    /// Names of capabilities that come.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub gains: Vec<String>,
    /// Names of capabilities that go.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub loses: Vec<String>,
    /// Only once somebody accepts.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub pending: bool,
    /// The shortest way that comes, and the shortest way that goes; of several people, those of the first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub paths: Vec<Way>,
}

/// A way that comes or goes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// Whether it comes.
    pub comes: bool,
    /// Hop by hop.
    pub path: PathRef,
}

/// What somebody could give himself by a role.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PotentialReach {
    /// Through which business.
    pub business: BusinessRef,
    /// How many accounts.
    pub assets: u64,
    /// The first few of them, for people.
    pub examples: Vec<AssetRef>,
}

/// What somebody still reaches.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The account.
    pub asset: AssetRef,
    /// The platform's words of all paths together.
    pub permissions: Vec<String>,
}

impl Effects {
    /// Whether nobody is touched.
    pub fn is_empty(&self) -> bool {
        self.touched.is_empty()
    }
}

impl Who {
    /// How many people it is about, where that is known.
    pub fn count(&self) -> Option<usize> {
        match self {
            Who::People { people } => Some(people.len()),
            Who::Business { people, .. } => people.as_ref().map(Vec::len),
        }
    }
}
