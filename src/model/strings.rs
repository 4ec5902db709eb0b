//! Strings kept once: an id, an address or a word is stored a single time and named by four bytes.

use std::borrow::Cow;

use string_interner::{StringInterner, Symbol as _, backend::StringBackend, symbol::SymbolU32};

/// An address, user name or other text that is compared without case: lower case, and only copied where it changes.
pub fn fold(text: &str) -> Cow<'_, str> {
    let folded = text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if folded { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) }
}

/// A string in a [`Strings`]. Its order is the order of first use and means nothing: never print or hash by it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Sym(SymbolU32);

impl Sym {
    /// A dense index from 0, for side tables.
    pub fn index(self) -> usize {
        self.0.to_usize()
    }
}

/// The strings of one state.
#[derive(Clone, Debug, Default)]
pub struct Strings {
    interner: StringInterner<StringBackend<SymbolU32>>,
}

impl Strings {
    /// An empty table.
    pub fn new() -> Self {
        Strings::default()
    }

    /// The symbol of a string, stored at first use.
    pub fn intern(&mut self, text: &str) -> Sym {
        Sym(self.interner.get_or_intern(text))
    }

    /// The symbol of a string that was stored before.
    pub fn find(&self, text: &str) -> Option<Sym> {
        self.interner.get(text).map(Sym)
    }

    /// The string of a symbol of this table; empty for a symbol of another one.
    pub fn get(&self, sym: Sym) -> &str {
        self.interner.resolve(sym.0).unwrap_or_default()
    }

    /// How many distinct strings are stored; every [`Sym::index`] is below it.
    pub fn len(&self) -> usize {
        self.interner.len()
    }

    /// Whether nothing is stored.
    pub fn is_empty(&self) -> bool {
        self.interner.is_empty()
    }

    /// All strings in the order of first use.
    pub fn iter(&self) -> impl Iterator<Item = (Sym, &str)> {
        self.interner.iter().map(|(sym, text)| (Sym(sym), text))
    }
}
