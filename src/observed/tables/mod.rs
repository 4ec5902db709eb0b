//! An export as a folder of tables, format `tables/1`: what people make of spreadsheets and other tools' exports.
//!
//! | file | columns (**key**) |
//! |---|---|
//! | `export.json` | `format` "tables/1", `platform`, `business` {id, name}, `captured_at` (RFC 3339), `source`, `totals` {a number for each collection}, `complete` [names of the collections that are whole]; optional: `captured_by`, `query`, `incomplete` {why a collection is not whole} |
//! | `members.csv` | **id**, email, username, role, system_user (`true`, `false`), created_at, created_by |
//! | `partners.csv` | **id**, name, **direction** (`inbound`, `outbound`), created_at |
//! | `assets.csv` | **id**, type, name, owner_business, client |
//! | `asset_group_members.csv` | **group_id**, **asset_id** |
//! | `grants.csv` | **principal_kind** (`member`, `partner`), **principal_id**, **asset_id**, permissions; optional: **direction**, needed where a partner is one in both |
//! | `invites.csv` | **id**, kind, invitee, role, status, sent_at, expires_at, grants; optional: received (`true`, `false`), updated_at |
//! | `rosters/<partner id>.csv` | optional file: **email**, **username**, role, **asset_id**, permissions |
//! | `teams.csv`, `team_grants.csv` | optional files, together: **team**, **member_id** / **team**, **asset_id**, permissions |
//!
//! - CSV as RFC 4180 has it, UTF-8, with a header. Byte order marks, `\r\n` and separators `;` or tab are accepted: spreadsheets write
//!   them. Columns and rows may be in any order; other columns and other `.csv` files are errors.
//! - Permissions are the platform's words, joined with `;`. Grants of an invite are `asset=WORD;WORD`, joined with `|`:
//!   `549755885175=ANALYST;CAMPAIGN_MANAGER|549755885176=ADMIN`. An empty cell is unknown.
//! - A file whose last line has no line break may be cut: then its collection is not proven whole, and a roster or team file
//!   (which has no total that could prove it) is refused.
//! - Reading tells all problems of all files at once.

mod export;
mod outside;
mod read;
mod rows;
mod sheet;
mod write;

#[cfg(test)]
mod tests;

pub use outside::{activity, directory};
pub use read::{read, read_roster};
pub use write::write;

/// What `format` says.
pub const FORMAT: &str = "tables/1";

/// Columns of `members.csv`.
const MEMBERS: [&str; 7] = ["id", "email", "username", "role", "system_user", "created_at", "created_by"];

/// Columns of `partners.csv`.
const PARTNERS: [&str; 4] = ["id", "name", "direction", "created_at"];

/// Columns of `assets.csv`.
const ASSETS: [&str; 5] = ["id", "type", "name", "owner_business", "client"];

/// Columns of `asset_group_members.csv`.
const CONTENTS: [&str; 2] = ["group_id", "asset_id"];

/// Columns of `grants.csv`; the last one is optional.
const GRANTS: [&str; 5] = ["principal_kind", "principal_id", "asset_id", "permissions", "direction"];

/// Columns of `invites.csv`; the last two are optional.
const INVITES: [&str; 10] =
    ["id", "kind", "invitee", "role", "status", "sent_at", "expires_at", "grants", "received", "updated_at"];

/// Columns of a roster.
const ROSTER: [&str; 5] = ["email", "username", "role", "asset_id", "permissions"];

/// Columns of `teams.csv`.
const TEAMS: [&str; 2] = ["team", "member_id"];

/// Columns of `team_grants.csv`.
const TEAM_GRANTS: [&str; 3] = ["team", "asset_id", "permissions"];
