//! Delegation boundaries: which files may grant what.

use super::Placed;
use super::glob;
use super::record::{AssetFacts, Words};
use super::target::Scope;
use crate::platforms::{Certainty, Platform};
use crate::source::Span;

/// One boundary: files that fit its patterns may grant only this. Several that fit a file add up: a grant must be within one of
/// them. A file that none fits may grant anything.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Boundary {
    /// Patterns of paths, relative to the repository (`teams/emea/**`).
    pub files: Vec<Placed<String>>,
    /// On which assets.
    pub scope: Scope,
    /// Permissions that may be granted; none named = any.
    pub permissions: Vec<Placed<String>>,
    /// Capabilities that a grant may give; none named = any. Undecided ones count as given.
    pub capabilities: Vec<Placed<String>>,
    /// Whom grants may be for; none named = anybody.
    pub holders: Vec<Placed<HolderKind>>,
    /// Roles (`employee`, `manager`) that these files may give; none named = any.
    pub roles: Vec<Placed<String>>,
    /// Why.
    pub reason: Option<Placed<String>>,
    /// Where the entry starts.
    pub span: Span,
}

/// Whom a grant is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum HolderKind {
    /// People by name.
    People,
    /// Teams.
    Teams,
    /// Partners.
    Partners,
}

/// The words of [`HolderKind`], in its order.
pub const HOLDERS: [&str; 3] = ["people", "teams", "partners"];

impl HolderKind {
    /// As files write it.
    pub fn word(self) -> &'static str {
        HOLDERS[self as usize]
    }
}

/// A grant as written: one holder, one asset.
#[derive(Clone, Copy, Debug)]
pub struct Granted<'a> {
    /// Whom it is for.
    pub holder: HolderKind,
    /// On what.
    pub asset: &'a AssetFacts<'a>,
    /// The platform.
    pub platform: &'static Platform,
    /// Permissions, as bits.
    pub permissions: u32,
}

/// A grant that is beyond what its file may grant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation<'p> {
    /// The boundary that comes closest to allowing it.
    pub boundary: &'p Boundary,
    /// What is beyond it; at least one.
    pub excess: Vec<Excess>,
}

/// What is beyond a boundary.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Excess {
    /// The asset is not one of its own.
    Asset,
    /// Grants for such holders are not its own.
    Holder(HolderKind),
    /// Permissions, by their words.
    Permissions(Vec<&'static str>),
    /// Capabilities, by their names.
    Capabilities(Vec<&'static str>),
    /// A role.
    Role(String),
}

/// The boundaries of one file.
#[derive(Debug)]
pub struct Within<'p> {
    boundaries: Vec<&'p Boundary>,
}

impl<'p> Within<'p> {
    /// Those that fit the path of a file.
    pub fn of(boundaries: &'p [Boundary], path: &str) -> Self {
        let fits = |boundary: &&Boundary| boundary.files.iter().any(|files| glob::fits_path(&files.value, path));
        Within { boundaries: boundaries.iter().filter(fits).collect() }
    }

    /// Whether anything is forbidden at all.
    pub fn is_open(&self) -> bool {
        self.boundaries.is_empty()
    }

    /// What a grant in the file is beyond.
    pub fn violation(&self, granted: &Granted<'_>) -> Option<Violation<'p>> {
        self.closest(|boundary| boundary.excess(granted))
    }

    /// What giving a role in the file is beyond.
    pub fn role_violation(&self, role: &str) -> Option<Violation<'p>> {
        self.closest(|boundary| {
            let allowed = boundary.roles.is_empty() || boundary.roles.iter().any(|name| name.value == role);
            if allowed { Vec::new() } else { vec![Excess::Role(role.to_owned())] }
        })
    }

    fn closest(&self, excess: impl Fn(&Boundary) -> Vec<Excess>) -> Option<Violation<'p>> {
        let all = self.boundaries.iter().map(|boundary| Violation { boundary, excess: excess(boundary) });
        all.min_by_key(|violation| violation.excess.len()).filter(|violation| !violation.excess.is_empty())
    }
}

impl Boundary {
    fn excess(&self, granted: &Granted<'_>) -> Vec<Excess> {
        let Boundary { files: _, scope, permissions, capabilities, holders, roles: _, reason: _, span: _ } = self;
        let mut excess = Vec::new();
        if !scope.holds(granted.asset) {
            excess.push(Excess::Asset);
        }
        if !holders.is_empty() && !holders.iter().any(|holder| holder.value == granted.holder) {
            excess.push(Excess::Holder(granted.holder));
        }
        let words = Words::Permissions(granted.platform, granted.permissions);
        let beyond = outside(permissions, words);
        if !beyond.is_empty() {
            excess.push(Excess::Permissions(beyond));
        }
        let mask = granted.platform.capabilities_of(granted.permissions, Certainty::Undecided);
        let beyond = outside(capabilities, Words::Capabilities(granted.platform, mask));
        if !beyond.is_empty() {
            excess.push(Excess::Capabilities(beyond));
        }
        excess
    }
}

fn outside(allowed: &[Placed<String>], given: Words<'static>) -> Vec<&'static str> {
    if allowed.is_empty() {
        return Vec::new();
    }
    given.to_vec().into_iter().filter(|word| !allowed.iter().any(|allowed| allowed.value == *word)).collect()
}

impl Excess {
    /// In words: what the file may not do.
    pub fn sentence(&self, asset: &str) -> String {
        match self {
            Excess::Asset => format!("grant anything on `{asset}`"),
            Excess::Holder(HolderKind::People) => "grant anything to people by name".to_owned(),
            Excess::Holder(holder) => format!("grant anything to {}", holder.word()),
            Excess::Permissions(words) => format!("grant {}", words.join(", ")),
            Excess::Capabilities(names) => format!("let anybody {}", names.join(", ")),
            Excess::Role(role) => format!("give the role `{role}`"),
        }
    }
}
