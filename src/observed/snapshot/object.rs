//! Reading objects key by key straight into where their values belong: no record in between, no tree.
//!
//! Every key is known and stands once; texts are borrowed until they are interned.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::super::check::{choices, shortened};
use super::super::draft::Draft;
use crate::model::PermissionSet;

/// An object that takes its values one after the other.
pub(super) trait Object<'de> {
    /// What it is, with its article (`a member`).
    const WHAT: &'static str;
    /// Its keys, at most 32, in the order in which they are written.
    const KEYS: &'static [&'static str];

    /// Takes the value of a key, by the key's index.
    fn value<A: MapAccess<'de>>(&mut self, key: usize, map: &mut A) -> Result<(), A::Error>;

    /// After the last key.
    fn end(&mut self) -> Result<(), String>;
}

/// A row of a list: its values are gathered, then pushed into the draft.
pub(super) trait Row: Default {
    const WHAT: &'static str;
    const KEYS: &'static [&'static str];

    fn cell<'de, A: MapAccess<'de>>(&mut self, key: usize, draft: &mut Draft, map: &mut A) -> Result<(), A::Error>;

    fn push(self, draft: &mut Draft) -> Result<(), String>;
}

/// Reads an object into `O`.
pub(super) struct Into<'o, O>(pub(super) &'o mut O);

impl<'de, O: Object<'de>> DeserializeSeed<'de> for Into<'_, O> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, O: Object<'de>> Visitor<'de> for Into<'_, O> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(O::WHAT)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = 0_u32;
        let mut next = 0;
        while let Some(key) = map.next_key_seed(Key::<O>(next, PhantomData))? {
            if seen & (1 << key) != 0 {
                let name = O::KEYS[key];
                return Err(Error::custom(format!("`{name}` stands twice in {}", O::WHAT)));
            }
            seen |= 1 << key;
            next = key + 1;
            self.0.value(key, &mut map)?;
        }
        self.0.end().map_err(Error::custom)
    }
}

/// Reads a key of `O`; the answer is its index. The first guess is the key that is written after the last one.
struct Key<O>(usize, PhantomData<O>);

impl<'de, O: Object<'de>> DeserializeSeed<'de> for Key<O> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de, O: Object<'de>> Visitor<'de> for Key<O> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a key of {}", O::WHAT)
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<usize, E> {
        if O::KEYS.get(self.0) == Some(&key) {
            return Ok(self.0);
        }
        let found = O::KEYS.iter().position(|known| *known == key);
        found.ok_or_else(|| {
            let advice = choices(key, O::KEYS);
            let key = shortened(key);
            Error::custom(format!("`{key}` is no key of {} ({advice})", O::WHAT))
        })
    }
}

/// Reads a list of rows into the draft.
pub(super) struct Rows<'d, R> {
    draft: &'d mut Draft,
    row: PhantomData<R>,
}

impl<'d, R> Rows<'d, R> {
    pub(super) fn new(draft: &'d mut Draft) -> Self {
        Rows { draft, row: PhantomData }
    }
}

impl<'de, R: Row> DeserializeSeed<'de> for Rows<'_, R> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, R: Row> Visitor<'de> for Rows<'_, R> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list, each item {}", R::WHAT)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        loop {
            let mut row = RowObject { draft: &mut *self.draft, cells: R::default() };
            if list.next_element_seed(Into(&mut row))?.is_none() {
                return Ok(());
            }
        }
    }
}

struct RowObject<'d, R> {
    draft: &'d mut Draft,
    cells: R,
}

impl<'de, R: Row> Object<'de> for RowObject<'_, R> {
    const WHAT: &'static str = R::WHAT;
    const KEYS: &'static [&'static str] = R::KEYS;

    fn value<A: MapAccess<'de>>(&mut self, key: usize, map: &mut A) -> Result<(), A::Error> {
        self.cells.cell(key, self.draft, map)
    }

    fn end(&mut self) -> Result<(), String> {
        std::mem::take(&mut self.cells).push(self.draft)
    }
}

/// Reads a text; `null` and the empty text are unknown.
pub(super) fn text<'de, A: MapAccess<'de>, T>(
    map: &mut A,
    read: impl FnOnce(&str) -> Result<T, String>,
) -> Result<Option<T>, A::Error> {
    map.next_value_seed(Text(read))
}

/// Reads a whole number.
pub(super) fn number<'de, A: MapAccess<'de>>(map: &mut A) -> Result<u64, A::Error> {
    map.next_value()
}

/// Reads `true` or `false`.
pub(super) fn flag<'de, A: MapAccess<'de>>(map: &mut A) -> Result<bool, A::Error> {
    map.next_value()
}

/// Reads a list of permission words.
pub(super) fn words<'de, A: MapAccess<'de>>(map: &mut A, draft: &mut Draft) -> Result<PermissionSet, A::Error> {
    map.next_value_seed(Words(draft))?;
    Ok(draft.take_set())
}

struct Text<F>(F);

impl<'de, T, F: FnOnce(&str) -> Result<T, String>> DeserializeSeed<'de> for Text<F> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T, F: FnOnce(&str) -> Result<T, String>> Visitor<'de> for Text<F> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<T>, E> {
        if text.is_empty() {
            return Ok(None);
        }
        (self.0)(text).map(Some).map_err(Error::custom)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Option<T>, E> {
        Err(not_a_text(&number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Option<T>, E> {
        Err(not_a_text(&number.to_string()))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Option<T>, E> {
        // What was written is lost: more digits than a number keeps.
        Err(not_a_text("..."))
    }

    fn visit_u128<E: Error>(self, number: u128) -> Result<Option<T>, E> {
        Err(not_a_text(&number.to_string()))
    }

    fn visit_i128<E: Error>(self, number: i128) -> Result<Option<T>, E> {
        Err(not_a_text(&number.to_string()))
    }
}

fn not_a_text<E: Error>(number: &str) -> E {
    Error::custom(format!("a number stands where a text belongs: quote it (`\"{number}\"`), ids are texts"))
}

struct Words<'d>(&'d mut Draft);

impl<'de> DeserializeSeed<'de> for Words<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Words<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of permissions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(word) = list.next_element_seed(Text(|word: &str| self.0.add_word(word)))? {
            word.ok_or_else(|| Error::custom("a permission is empty"))?;
        }
        Ok(())
    }
}
