//! What a mapping in a file may hold, as tables: the readers check keys by them and the JSON Schemas are made from them.

/// A mapping with known keys.
#[derive(Debug)]
pub struct Record {
    /// Its name, for messages and as the name of its schema (`grant`).
    pub name: &'static str,
    /// What it is, in one sentence.
    pub doc: &'static str,
    /// Its keys; at most 32.
    pub fields: &'static [Field],
}

/// A key of a [`Record`].
#[derive(Debug)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// What its value looks like.
    pub shape: Shape,
    /// What it means, in one sentence.
    pub doc: &'static str,
}

/// What a value looks like.
#[derive(Debug)]
pub enum Shape {
    /// Any text.
    Text,
    /// A platform id: digits, in quotes.
    Id,
    /// A day, `YYYY-MM-DD`.
    Day,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Number,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// One of these words, from the tables of the platforms.
    Words(fn() -> Vec<&'static str>),
    /// A list.
    List(&'static Shape),
    /// A list, or one value in its place.
    OneOrMany(&'static Shape),
    /// A mapping from keys of the user's to records; an entry may be empty.
    Map(&'static Record),
    /// A mapping from keys of the user's to values.
    MapOf(&'static Shape),
    /// A record.
    Record(&'static Record),
    /// A record with further keys of the user's, each with a text or a list of texts.
    Open(&'static Record),
    /// One of two shapes.
    Either(&'static Shape, &'static Shape),
}

impl Record {
    /// The index of a key.
    pub fn index(&self, key: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == key)
    }
}

/// A field that may be left out.
pub const fn optional(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, required: false, shape, doc }
}

/// A field that must be there.
pub const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, required: true, shape, doc }
}
