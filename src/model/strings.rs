//! Strings kept once: an id, an address or a word is stored a single time and named by four bytes.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::hint::black_box;
use std::num::NonZeroU32;
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashTable};

/// An address, user name or other text that is compared without case: lower case, and only copied where it changes.
pub fn fold(text: &str) -> Cow<'_, str> {
    let folded = text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if folded { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) }
}

/// A string in a [`Strings`]. Its order is the order of first use and means nothing: never print or hash by it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Sym(NonZeroU32);

impl Sym {
    /// A dense index from 0, for side tables.
    pub fn index(self) -> usize {
        self.0.get() as usize - 1
    }

    #[expect(clippy::expect_used, reason = "so many strings fill the memory long before")]
    fn at(index: usize) -> Self {
        let number = u32::try_from(index + 1).ok().and_then(NonZeroU32::new);
        Sym(number.expect("fewer strings than 32 bits count"))
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
        match &mut self.kept {
            Kept::Own(interner) => interner.intern(text),
            Kept::Shared(shared) => shared.find(text).unwrap_or_else(|| Arc::make_mut(shared).intern(text)),
        }
    }

    /// The symbols of many strings: [`Strings::intern`] for each, without waiting for the memory each time.
    pub fn intern_all<'t>(&mut self, texts: impl Iterator<Item = &'t str>) -> Vec<Sym> {
        match &mut self.kept {
            Kept::Own(interner) => interner.intern_all(texts),
            Kept::Shared(shared) => Arc::make_mut(shared).intern_all(texts),
        }
    }

    /// The symbol of a string that was stored before.
    pub fn find(&self, text: &str) -> Option<Sym> {
        self.interner().find(text)
    }

    /// The string of a symbol of this table; empty for a symbol of another one.
    pub fn get(&self, sym: Sym) -> &str {
        self.interner().get(sym.index())
    }

    /// How many distinct strings are stored; every [`Sym::index`] is below it.
    pub fn len(&self) -> usize {
        self.interner().ends.len()
    }

    /// Whether nothing is stored.
    pub fn is_empty(&self) -> bool {
        self.interner().ends.len() == 0
    }

    /// All strings in the order of first use.
    pub fn iter(&self) -> impl Iterator<Item = (Sym, &str)> {
        let interner = self.interner();
        (0..interner.ends.len()).map(|index| (Sym::at(index), interner.get(index)))
    }

    fn interner(&self) -> &Interner {
        match &self.kept {
            Kept::Own(interner) => interner,
            Kept::Shared(shared) => shared,
        }
    }

    /// Places in a list of strings, in the byte order of the strings; equal ones in the order of the list.
    ///
    /// A million strings lie all over the memory. Their first bytes, kept beside the place, decide nearly every comparison.
    pub fn order(&self, list: impl Iterator<Item = Sym>) -> Vec<u32> {
        let mut keys: Vec<(Start, u32, Sym)> =
            (0..).zip(list).map(|(place, sym)| (start(self.get(sym)), place, sym)).collect();
        keys.sort_unstable_by(|a, b| {
            let rest = || self.get(a.2).cmp(self.get(b.2)).then(a.1.cmp(&b.1));
            a.0.cmp(&b.0).then_with(rest)
        });
        keys.into_iter().map(|(_, place, _)| place).collect()
    }
}

/// Texts one behind the other, and a table that finds them.
#[derive(Clone, Debug, Default)]
struct Interner {
    text: String,
    ends: Ends,
    /// Their indexes, by hash.
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

/// So many strings are looked for at a time.
const BATCH: usize = 64;

impl Interner {
    fn with_capacity(strings: usize) -> Self {
        Interner {
            ends: Ends::Near(Vec::with_capacity(strings)),
            table: HashTable::with_capacity(strings),
            ..Interner::default()
        }
    }

    fn get(&self, index: usize) -> &str {
        slice(&self.text, &self.ends, index)
    }

    fn find(&self, text: &str) -> Option<Sym> {
        let hash = self.hasher.hash_one(text);
        self.table.find(hash, |&index| self.get(index as usize) == text).map(|&index| Sym::at(index as usize))
    }

    fn intern(&mut self, text: &str) -> Sym {
        self.intern_hashed(self.hasher.hash_one(text), text)
    }

    fn intern_hashed(&mut self, hash: u64, text: &str) -> Sym {
        let Interner { text: all, ends, table, hasher } = self;
        let same = |&index: &u32| slice(all, ends, index as usize) == text;
        if let Some(&index) = table.find(hash, same) {
            return Sym::at(index as usize);
        }
        let sym = Sym::at(ends.len());
        table.insert_unique(hash, sym.0.get() - 1, |&index| hasher.hash_one(slice(all, ends, index as usize)));
        all.push_str(text);
        ends.push(all.len());
        sym
    }

    /// A table of a million strings is far away: each look into it waits for the memory. So a batch is asked for first, without
    /// using the answers, and the processor fetches all of it at once.
    fn intern_all<'t>(&mut self, mut texts: impl Iterator<Item = &'t str>) -> Vec<Sym> {
        let mut syms = Vec::with_capacity(texts.size_hint().0);
        let mut batch: Vec<(u64, &str)> = Vec::with_capacity(BATCH);
        loop {
            batch.extend(texts.by_ref().take(BATCH).map(|text| (self.hasher.hash_one(text), text)));
            if batch.is_empty() {
                return syms;
            }
            for (hash, _) in &batch {
                black_box(self.table.find(*hash, |&index| {
                    black_box(self.ends.get(index as usize));
                    false
                }));
            }
            syms.extend(batch.drain(..).map(|(hash, text)| self.intern_hashed(hash, text)));
        }
    }
}

fn slice<'t>(text: &'t str, ends: &Ends, index: usize) -> &'t str {
    let start = index.checked_sub(1).map_or(Some(0), |before| ends.get(before));
    start.zip(ends.get(index)).and_then(|(start, end)| text.get(start..end)).unwrap_or_default()
}

/// Where each text ends: in four bytes, as long as all of them together are below 4 GiB.
#[derive(Clone, Debug)]
enum Ends {
    Near(Vec<u32>),
    Far(Vec<usize>),
}

impl Default for Ends {
    fn default() -> Self {
        Ends::Near(Vec::new())
    }
}

impl Ends {
    fn len(&self) -> usize {
        match self {
            Ends::Near(ends) => ends.len(),
            Ends::Far(ends) => ends.len(),
        }
    }

    fn get(&self, index: usize) -> Option<usize> {
        match self {
            Ends::Near(ends) => ends.get(index).map(|end| *end as usize),
            Ends::Far(ends) => ends.get(index).copied(),
        }
    }

    fn push(&mut self, end: usize) {
        match (&mut *self, u32::try_from(end)) {
            (Ends::Near(ends), Ok(end)) => ends.push(end),
            (Ends::Near(ends), Err(_)) => {
                *self = Ends::Far(ends.iter().map(|end| *end as usize).chain([end]).collect());
            }
            (Ends::Far(ends), _) => ends.push(end),
        }
    }
}

/// The first 24 bytes of a text, and zeros behind a shorter one, as numbers of the same order: `firstname.lastname@` fits.
type Start = [u64; 3];

fn start(text: &str) -> Start {
    let mut bytes = [0; 24];
    let length = text.len().min(bytes.len());
    bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
    let (words, _) = bytes.as_chunks::<8>();
    [u64::from_be_bytes(words[0]), u64::from_be_bytes(words[1]), u64::from_be_bytes(words[2])]
}

/// The number of an id that is the only text of this number: short, digits only, no zero in front. A number is found three times as fast
/// as a text.
pub fn short_number(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    if bytes.len() > SHORT || bytes.first().is_none_or(|first| *first == b'0') {
        return None;
    }
    bytes.iter().try_fold(0_u64, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then_some(number * 10 + u64::from(digit))
    })
}

/// Texts of so many digits fit into 64 bits.
const SHORT: usize = 19;

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
    fn many_at_once_get_the_symbols_that_one_after_the_other_would_get() {
        let texts: Vec<String> = (0..1000).map(|number| format!("text {}", number % 700)).collect();
        let (mut one, mut all) = (Strings::new(), Strings::with_capacity(10));
        let single: Vec<Sym> = texts.iter().map(|text| one.intern(text)).collect();
        assert_eq!(all.intern_all(texts.iter().map(String::as_str)), single);
        assert_eq!(all.len(), 700);
        assert!(all.iter().eq(one.iter()));
        let mut shared = one.finished();
        assert_eq!(shared.intern_all(["text 7", "new", "new"].into_iter()), [single[7], Sym::at(700), Sym::at(700)]);
    }

    #[test]
    fn texts_may_end_beyond_four_gigabytes() {
        let mut ends = Ends::default();
        let wanted = [7, u32::MAX as usize, u32::MAX as usize + 1, u32::MAX as usize + 9];
        wanted.iter().for_each(|end| ends.push(*end));
        assert!(matches!(ends, Ends::Far(_)));
        assert_eq!((0..5).map(|index| ends.get(index)).collect::<Vec<_>>(), [&wanted.map(Some)[..], &[None]].concat());
        assert_eq!(ends.len(), 4);
    }

    #[test]
    fn a_short_number_is_that_of_one_text_only() {
        for (text, number) in [("7", Some(7)), ("9999999999999999999", Some(9_999_999_999_999_999_999))] {
            assert_eq!(short_number(text), number, "{text}");
        }
        for text in ["", "0", "07", "10000000000000000000", "-1", "+1", "1 ", "１"] {
            assert_eq!(short_number(text), None, "{text}");
        }
    }

    #[test]
    fn the_order_of_texts_is_that_of_their_bytes_and_stable() {
        let long =
            ["0123456789abcdef01234567z", "0123456789abcdef01234567", "0123456789abcdef01234567a", "0123456789abcdez"];
        let texts = ["b", "", "a\0", "a", long[0], long[1], long[2], long[3], "é", "b", "a"];
        let mut strings = Strings::new();
        let list: Vec<Sym> = texts.iter().map(|text| strings.intern(text)).collect();
        let mut expected: Vec<u32> = (0..11).collect();
        expected.sort_by_key(|&place| texts[place as usize]);
        assert_eq!(strings.order(list.iter().copied()), expected);
    }
}
