//! Who and what a fact is about, as plain data that stands alone in plans and reports.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A principal within one state: a person or a partner, by index. The high bit tells which.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PrincipalIx(u32);

const PARTNER: u32 = 1 << 31;

impl PrincipalIx {
    /// The `index`-th person (or service account) of the state.
    pub fn person(index: u32) -> Self {
        debug_assert!(index < PARTNER);
        PrincipalIx(index)
    }

    /// The `index`-th partner of the state.
    pub fn partner(index: u32) -> Self {
        debug_assert!(index < PARTNER);
        PrincipalIx(index | PARTNER)
    }

    /// Whether it is a partner.
    pub fn is_partner(self) -> bool {
        self.0 & PARTNER != 0
    }

    /// The index among the people, or among the partners.
    pub fn index(self) -> usize {
        (self.0 & !PARTNER) as usize
    }
}

/// Which way a partnership points.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// They reach our assets (Pinterest `INTERNAL`).
    Inbound,
    /// We reach theirs (Pinterest `EXTERNAL`).
    Outbound,
}

impl Direction {
    /// The direction of a word.
    pub fn of(word: &str) -> Option<Self> {
        [Direction::Inbound, Direction::Outbound].into_iter().find(|direction| direction.word() == word)
    }

    /// The word used in files and tables.
    pub fn word(self) -> &'static str {
        match self {
            Direction::Inbound => "inbound",
            Direction::Outbound => "outbound",
        }
    }
}

/// A person or service account, by every name we have for them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct PersonRef {
    /// The key in the access repository, where it names them.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<String>,
    /// The platform's id, where known (a string of digits).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    /// The address, as the platform shows it, else as the files have it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub email: Option<String>,
    /// The platform's user name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub username: Option<String>,
    /// The person's name, from the files.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
}

/// A partner business.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
pub struct PartnerRef {
    /// The key in the access repository, where it names it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<String>,
    /// The platform's id of the partner business (a string of digits).
    pub id: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// Which way the partnership points.
    pub direction: Direction,
}

/// An asset: ad account, profile, catalog, asset group.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
pub struct AssetRef {
    /// The key in the access repository, where it names it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<String>,
    /// The platform's id; absent for an asset group that this plan creates.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// The platform's word for its type (`AD_ACCOUNT`).
    pub kind: String,
}

/// Who holds a grant.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "principal", rename_all = "kebab-case")]
pub enum Principal {
    /// A person or service account.
    Person(PersonRef),
    /// A partner business.
    Partner(PartnerRef),
}

impl PersonRef {
    /// The shortest text a reader recognises: name and address, else user name, else id.
    pub fn label(&self) -> String {
        let address = self.email.as_deref().or(self.username.as_deref()).or(self.id.as_deref()).or(self.key.as_deref());
        person_label(self.name.as_deref(), address)
    }
}

/// The label of a person with this name and this address, user name, id or key.
pub fn person_label(name: Option<&str>, address: Option<&str>) -> String {
    match (name, address) {
        (Some(name), Some(address)) => [name, " (", address, ")"].concat(),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "somebody unnamed".to_owned(),
    }
}

impl PartnerRef {
    /// The name a reader recognises.
    pub fn label(&self) -> String {
        self.name.as_deref().or(self.key.as_deref()).unwrap_or(&self.id).to_owned()
    }
}

impl AssetRef {
    /// The name a reader recognises.
    pub fn label(&self) -> String {
        self.name.as_deref().or(self.key.as_deref()).or(self.id.as_deref()).unwrap_or("an unnamed asset").to_owned()
    }

    /// A text that is the same for the same asset and different for different ones: the id, else the key of one to be created.
    pub fn identity(&self) -> String {
        match (&self.id, &self.key) {
            (Some(id), _) => id.clone(),
            (None, Some(key)) => format!("new:{key}"),
            (None, None) => "new:".to_owned(),
        }
    }
}

impl Principal {
    /// The text a reader recognises.
    pub fn label(&self) -> String {
        match self {
            Principal::Person(person) => person.label(),
            Principal::Partner(partner) => partner.label(),
        }
    }
}
