//! Located problems on their way to a reader: collected, sorted, rendered with the underlined text, nearest words.

pub mod suggest;
