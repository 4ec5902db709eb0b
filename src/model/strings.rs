//! Strings kept once: an id, an address or a word is stored a single time and named by four bytes.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use string_interner::{DefaultHashBuilder, StringInterner, Symbol as _, backend::StringBackend, symbol::SymbolU32};

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

/// A map with small keys such as [`Sym`] and indexes. The standard library's hasher withstands keys that somebody chose to collide; symbols
/// are numbers that nobody chooses, and a million of them are found in a third of the time without it.
pub type SmallMap<K, V> = HashMap<K, V, DefaultHashBuilder>;

/// A set of the same kind.
pub type SmallSet<K> = HashSet<K, DefaultHashBuilder>;

/// The strings of one state. A copy of a finished state shares them until one of the two stores a new one: they are more than half of it.
#[derive(Clone, Debug)]
pub struct Strings {
    kept: Kept,
}

type Interner = StringInterner<StringBackend<SymbolU32>>;

#[derive(Clone, Debug)]
enum Kept {
    /// Being filled. Asking an `Arc` for each string whether it is alone would hold up the processor a million times.
    Own(Interner),
    /// Finished.
    Shared(Arc<Interner>),
}

impl Default for Strings {
    fn default() -> Self {
        Strings { kept: Kept::Own(Interner::default()) }
    }
}

impl Strings {
    /// An empty table.
    pub fn new() -> Self {
        Strings::default()
    }

    /// An empty table with room for so many strings: growing means hashing everything once more.
    pub fn with_capacity(strings: usize) -> Self {
        Strings { kept: Kept::Own(Interner::with_capacity(strings)) }
    }

    /// An empty table with room for the strings of a file of so many bytes: in files that people keep and in exports, one of about a
    /// hundred bytes is new.
    pub fn for_text(bytes: usize) -> Self {
        Strings::with_capacity(bytes / 100)
    }

    /// The same, finished: its copies share what is stored.
    #[must_use]
    pub fn finished(self) -> Self {
        let shared = match self.kept {
            Kept::Own(interner) => Arc::new(interner),
            Kept::Shared(shared) => shared,
        };
        Strings { kept: Kept::Shared(shared) }
    }

    /// Whether another table is this one, so that their symbols mean the same.
    pub fn is_same(&self, other: &Strings) -> bool {
        match (&self.kept, &other.kept) {
            (Kept::Shared(one), Kept::Shared(two)) => Arc::ptr_eq(one, two),
            (Kept::Own(_), _) | (_, Kept::Own(_)) => std::ptr::eq(self, other),
        }
    }

    /// The symbol of a string, stored at first use.
    pub fn intern(&mut self, text: &str) -> Sym {
        let sym = match &mut self.kept {
            Kept::Own(interner) => interner.get_or_intern(text),
            Kept::Shared(shared) => {
                let known = shared.get(text);
                known.unwrap_or_else(|| Arc::make_mut(shared).get_or_intern(text))
            }
        };
        Sym(sym)
    }

    /// The symbol of a string that was stored before.
    pub fn find(&self, text: &str) -> Option<Sym> {
        self.interner().get(text).map(Sym)
    }

    /// The string of a symbol of this table; empty for a symbol of another one.
    pub fn get(&self, sym: Sym) -> &str {
        self.interner().resolve(sym.0).unwrap_or_default()
    }

    /// How many distinct strings are stored; every [`Sym::index`] is below it.
    pub fn len(&self) -> usize {
        self.interner().len()
    }

    /// Whether nothing is stored.
    pub fn is_empty(&self) -> bool {
        self.interner().is_empty()
    }

    /// All strings in the order of first use.
    pub fn iter(&self) -> impl Iterator<Item = (Sym, &str)> {
        self.interner().iter().map(|(sym, text)| (Sym(sym), text))
    }

    fn interner(&self) -> &Interner {
        match &self.kept {
            Kept::Own(interner) => interner,
            Kept::Shared(shared) => shared,
        }
    }

    /// Places in a list of strings, in the byte order of the strings; equal ones in the order of the list.
    ///
    /// A million strings lie all over the memory. Their first sixteen bytes, kept beside the place, decide nearly every comparison.
    pub fn order(&self, list: impl Iterator<Item = Sym>) -> Vec<u32> {
        let mut keys: Vec<([u8; 16], u32, Sym)> =
            (0..).zip(list).map(|(place, sym)| (start(self.get(sym)), place, sym)).collect();
        keys.sort_unstable_by(|a, b| {
            let rest = || self.get(a.2).cmp(self.get(b.2)).then(a.1.cmp(&b.1));
            a.0.cmp(&b.0).then_with(rest)
        });
        keys.into_iter().map(|(_, place, _)| place).collect()
    }
}

/// The first sixteen bytes of a text, and zeros behind a shorter one.
fn start(text: &str) -> [u8; 16] {
    let mut start = [0; 16];
    for (to, from) in start.iter_mut().zip(text.as_bytes()) {
        *to = *from;
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_shares_strings_until_one_side_stores_a_new_one() {
        let mut one = Strings::new();
        let old = one.intern("old");
        let mut one = one.finished();
        let mut two = one.clone();
        assert_eq!(two.intern("old"), old);
        assert!(one.is_same(&two));
        let new = two.intern("new");
        assert!(!one.is_same(&two));
        assert_eq!((two.get(old), two.get(new)), ("old", "new"));
        assert_eq!(one.find("new"), None);
        assert_eq!(one.intern("other"), new);
        assert_eq!((one.get(new), two.get(new)), ("other", "new"));
    }

    #[test]
    fn the_order_of_texts_is_that_of_their_bytes_and_stable() {
        let texts = ["b", "", "a\0", "a", "0123456789abcdefz", "0123456789abcdef", "0123456789abcdefa", "é", "b", "a"];
        let mut strings = Strings::new();
        let list: Vec<Sym> = texts.iter().map(|text| strings.intern(text)).collect();
        let mut expected: Vec<u32> = (0..10).collect();
        expected.sort_by_key(|&place| texts[place as usize]);
        assert_eq!(strings.order(list.iter().copied()), expected);
    }
}
