//! A snapshot: one versioned document for one business at one moment.
//!
//! ```json
//! {
//!   "format": "accord-snapshot",
//!   "format_version": 1,
//!   "platform": "pinterest",
//!   "business": {"id": "729090764583391194", "name": "Acme Retail"},
//!   "captured_at": "2026-11-22T10:00:00Z",
//!   "captured_by": "ana@acme.example",
//!   "source": "Pinterest API v5",
//!   "collections": {
//!     "members": {"complete": true, "total": 1, "items": [
//!       {"id": "11", "email": "ana@acme.example", "role": "BIZ_ADMIN"}
//!     ]},
//!     "partners": {"complete": true, "total": 0, "items": []},
//!     "assets": {"complete": true, "total": 1, "items": [
//!       {"id": "71", "type": "AD_ACCOUNT", "name": "Acme France"}
//!     ]},
//!     "asset_group_members": {"complete": true, "total": 0, "items": []},
//!     "grants": {"complete": true, "total": 1, "items": [
//!       {"member": "11", "asset": "71", "permissions": ["ADMIN"]}
//!     ]},
//!     "invites": {"complete": false, "reason": "page 2 answered 500", "total": 0, "items": []}
//!   }
//! }
//! ```
//!
//! - Every key that is not in the schema is an error: the format is ours. Every *word of the platform* that accord doesn't know
//!   is kept word for word, told in `problems`, and written back.
//! - Ids are texts. `null`, the empty text and an absent key mean unknown.
//! - A grant is a member's (`member`) or a partner's (`partner`, and `direction` where it is a partner in both).
//! - A collection is whole only where it says `complete` and its `total` counts its rows; then who took the export must be
//!   among the members, and every id that grants and contents name must be there.
//! - The order of keys and rows means nothing. [`write()`] gives the one canonical text: a row a line, sorted.
//! - The same as YAML (files named `.yaml` or `.yml`, and everything that does not begin with `{`). YAML has no closing
//!   bracket, so a cut file can look whole: without an end mark (a last line `...`) no collection is.
//!
//! To add a key: the row in `records`, its line in `write`, its field in `wire`; a test fails while they disagree.

mod document;
mod object;
mod read;
mod records;
mod wire;
mod write;

#[cfg(test)]
mod tests;

pub use read::{Rows, read, rows};
pub use wire::schema;
pub use write::write;

/// What `format` says.
pub const FORMAT: &str = "accord-snapshot";

/// The version of the format that is read and written.
pub const FORMAT_VERSION: u64 = 1;
