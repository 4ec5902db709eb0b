//! What a policy names: assets, people, partners. Names are checked and found when the files are resolved; they are kept as the stable
//! names that findings and the graph use, so that nothing here depends on the order of files.

use super::Placed;
use super::record::AssetFacts;

/// An asset that a policy names.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct AssetName {
    /// As written.
    pub written: Placed<String>,
    /// Key of its business.
    pub business: String,
    /// Its key in that business.
    pub key: String,
    /// The platform's id; absent for a group that is to be created.
    pub id: Option<String>,
}

/// The assets that something holds for: those named, and those of the clients, labels and businesses named. Empty = all.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scope {
    /// `on:`
    pub assets: Vec<AssetName>,
    /// `clients:`
    pub clients: Vec<Placed<String>>,
    /// `labels:`
    pub labels: Vec<Placed<String>>,
    /// `businesses:`; keys. Where something else is named too, both must fit.
    pub businesses: Vec<Placed<String>>,
}

/// A party of a waiver: whom or what it is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// As written: a key, an address, an id, or a stable name (`person:bo@acme.example`).
    pub written: Placed<String>,
    /// Every stable name it may have in a finding.
    pub names: Vec<String>,
}

impl AssetName {
    /// Whether it is this asset. An asset of two of our businesses is one asset, by its id.
    pub fn is(&self, asset: &AssetFacts<'_>) -> bool {
        match (self.id.as_deref(), asset.id) {
            (Some(own), Some(id)) => own == id,
            _ => self.key == asset.key && self.business == asset.business,
        }
    }
}

impl Scope {
    /// Whether an asset is in it.
    pub fn holds(&self, asset: &AssetFacts<'_>) -> bool {
        let business = self.businesses.is_empty() || self.businesses.iter().any(|name| name.value == asset.business);
        let named = self.assets.is_empty() && self.clients.is_empty() && self.labels.is_empty();
        business
            && (named
                || self.assets.iter().any(|name| name.is(asset))
                || self.clients.iter().any(|client| asset.client == Some(client.value.as_str()))
                || self.labels.iter().any(|label| asset.labels.contains(&label.value.as_str())))
    }
}

/// Whether a text is a stable name as findings show it, and not a name of the files.
pub fn is_stable(text: &str) -> bool {
    let kinds = ["person:", "team:", "partner:", "business:", "asset:"];
    kinds.iter().any(|kind| text.strip_prefix(kind).is_some_and(|rest| !rest.is_empty()))
}

impl Target {
    /// Whether a stable name is one of its names.
    pub fn is(&self, stable: &str) -> bool {
        self.names.iter().any(|name| name == stable)
    }
}
