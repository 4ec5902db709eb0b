//! Sets of permissions: one bit for each permission the platform's table knows, and a reference to the words it doesn't.

/// A set of permissions of one platform.
///
/// Bit `i` of `known` is the `i`-th entry of the platform's permission table. Words that the table does not have are kept
/// word for word in the state that holds the set; `foreign` names that list (0 = none, else its index plus one).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct PermissionSet {
    /// Bits of the platform's table.
    pub known: u32,
    /// 0, or 1 + index into the state's list of unknown words.
    pub foreign: u32,
}

impl PermissionSet {
    /// A set of known permissions only.
    pub fn of(known: u32) -> Self {
        PermissionSet { known, foreign: 0 }
    }

    /// Whether it holds nothing, known or unknown.
    pub fn is_empty(self) -> bool {
        let PermissionSet { known, foreign } = self;
        known == 0 && foreign == 0
    }

    /// Whether it holds a word that the platform's table does not know. Such a grant is never rewritten.
    pub fn has_foreign(self) -> bool {
        self.foreign != 0
    }

    /// Bits in `self` and not in `other`.
    pub fn known_beyond(self, other: PermissionSet) -> u32 {
        self.known & !other.known
    }
}
