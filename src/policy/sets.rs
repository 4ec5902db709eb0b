//! Sets that must not come together: capabilities in one hand, clients that compete.

use super::Placed;
use crate::source::Span;

/// Capabilities that one person must not hold together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ToxicSet {
    /// Its name.
    pub name: Placed<String>,
    /// Names of the capabilities; at least two.
    pub capabilities: Vec<Placed<String>>,
    /// Where they must not come together.
    pub scope: ToxicScope,
    /// Why.
    pub reason: Option<String>,
}

/// Where the capabilities of a toxic set must not come together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum ToxicScope {
    /// On one asset.
    #[default]
    Asset,
    /// On the assets of one client.
    Client,
    /// On the assets of one business.
    Business,
}

/// The words of [`ToxicScope`], in its order.
pub const TOXIC_SCOPES: [&str; 3] = ["asset", "client", "business"];

/// Clients that compete: nobody works for two of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConflictSet {
    /// Its name.
    pub name: Placed<String>,
    /// The clients; at least two.
    pub clients: Vec<Placed<String>>,
    /// For how many of them one person may work.
    pub at_most: u32,
    /// Who may work for more: keys of people, with the place.
    pub except: Vec<Placed<String>>,
    /// Why.
    pub reason: Option<String>,
    /// Where the entry starts.
    pub span: Span,
}
