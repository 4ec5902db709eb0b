//! The snapshot as types, for its JSON Schema. The reader does not build them: it would cost twice the memory of the state.
//!
//! A test reads and writes examples through both and fails where they disagree.

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};

/// The JSON Schema of a snapshot.
///
/// It checks keys, kinds of values and ids. Words of the platform are free in it, because unknown ones are kept; references, totals
/// and everything else that takes more than one place are checked by the reader alone.
pub fn schema() -> Schema {
    schema_for!(Snapshot)
}

/// What a business looks like at one moment: who is in it and who may do what. Keys that are absent, `null` or empty are unknown.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "accord snapshot")]
pub(super) struct Snapshot {
    /// Always `accord-snapshot`.
    #[schemars(extend("const" = super::FORMAT))]
    format: String,
    /// Version of this format.
    #[schemars(extend("const" = super::FORMAT_VERSION))]
    format_version: u64,
    /// The platform (`pinterest`).
    platform: String,
    /// The business.
    business: Business,
    /// When the export was taken (RFC 3339).
    #[schemars(extend("format" = "date-time"))]
    captured_at: String,
    /// Who took it: id, address or user name of a member.
    #[serde(skip_serializing_if = "Option::is_none")]
    captured_by: Option<String>,
    /// Where it came from, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// With which query it was read, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<String>,
    /// What is in the business. A collection that is absent is not known.
    collections: Collections,
    /// Partners' own people on our assets, from their side.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    rosters: Vec<RosterRow>,
    /// Teams of the source; grants of members follow from them.
    #[serde(skip_serializing_if = "Option::is_none")]
    teams: Option<Teams>,
}

/// A tenant of the platform.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Business {
    /// The platform's id.
    #[schemars(regex(pattern = r"^[0-9]+$"))]
    id: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// The collections of a snapshot.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Collections {
    /// Employees and system users.
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<Collection<Member>>,
    /// Partnerships in both directions.
    #[serde(skip_serializing_if = "Option::is_none")]
    partners: Option<Collection<Partner>>,
    /// Assets of every type.
    #[serde(skip_serializing_if = "Option::is_none")]
    assets: Option<Collection<Asset>>,
    /// Which asset is in which group.
    #[serde(skip_serializing_if = "Option::is_none")]
    asset_group_members: Option<Collection<Content>>,
    /// Grants to members and partners.
    #[serde(skip_serializing_if = "Option::is_none")]
    grants: Option<Collection<Grant>>,
    /// Invites and requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    invites: Option<Collection<Invite>>,
}

/// Rows, and what proves that they are all.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Collection<T> {
    /// Whether the export calls the collection whole. Without it nothing is ever removed.
    #[serde(default)]
    complete: bool,
    /// Why it is not whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// How many rows there are; a whole collection has exactly so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    /// The rows, in any order.
    items: Vec<T>,
}

/// An employee or system user.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Member {
    /// The platform's id.
    #[schemars(regex(pattern = r"^[0-9]{1,25}$"))]
    id: String,
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// The user name.
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    /// The platform's word for the role (`EMPLOYEE`, `BIZ_ADMIN`).
    role: String,
    /// Whether it is a system user.
    #[serde(skip_serializing_if = "is_false", default)]
    system_user: bool,
    /// When the membership began (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date-time"))]
    created_at: Option<String>,
    /// Who began it.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
}

/// A partnership.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Partner {
    /// The platform's id of the partner business.
    #[schemars(regex(pattern = r"^[0-9]{1,25}$"))]
    id: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Which way it points.
    direction: Direction,
    /// When it began (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date-time"))]
    created_at: Option<String>,
}

/// Which way a partnership points.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Direction {
    /// They reach our assets.
    Inbound,
    /// We reach theirs.
    Outbound,
}

/// An asset.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Asset {
    /// The platform's id.
    #[schemars(regex(pattern = r"^[0-9]{1,25}$"))]
    id: String,
    /// The platform's word for its type (`AD_ACCOUNT`).
    r#type: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Id of the business that owns it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9]{1,25}$"))]
    owner_business: Option<String>,
    /// The client it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<String>,
}

/// An asset in a group.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Content {
    /// Id of the group.
    #[schemars(regex(pattern = r"^[0-9]{1,25}$"))]
    group: String,
    /// Id of the asset.
    #[schemars(regex(pattern = r"^[0-9]{1,25}$"))]
    asset: String,
}

/// A grant to a member or a partner: exactly one of the two.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Grant {
    /// Id of the member.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9]{1,25}$"))]
    member: Option<String>,
    /// Id of the partner.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9]{1,25}$"))]
    partner: Option<String>,
    /// Which of the partner's partnerships; needed where there are two.
    #[serde(skip_serializing_if = "Option::is_none")]
    direction: Option<Direction>,
    /// Id of the asset.
    #[schemars(regex(pattern = r"^[0-9]{1,25}$"))]
    asset: String,
    /// The platform's words.
    #[schemars(length(min = 1))]
    permissions: Vec<String>,
}

/// An invite or request.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Invite {
    /// The platform's id.
    #[schemars(regex(pattern = r"^[0-9]{1,25}$"))]
    id: String,
    /// What it asks for: `MEMBER_INVITE`, `PARTNER_INVITE`, `PARTNER_REQUEST`.
    kind: String,
    /// An address, user name or partner id.
    invitee: String,
    /// The platform's word for the role.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    /// `PENDING`, `ACCEPTED`, `DECLINED`, `CANCELLED` or `EXPIRED`.
    status: String,
    /// Whether somebody else sent it to us.
    #[serde(skip_serializing_if = "is_false", default)]
    received: bool,
    /// When it was sent (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date-time"))]
    sent_at: Option<String>,
    /// When it was last changed (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date-time"))]
    updated_at: Option<String>,
    /// When it lapses (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date-time"))]
    expires_at: Option<String>,
    /// Grants that come with acceptance, one for each asset.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    grants: Vec<AttachedGrant>,
}

/// A grant that comes with acceptance.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AttachedGrant {
    /// Id of the asset.
    #[schemars(regex(pattern = r"^[0-9]{1,25}$"))]
    asset: String,
    /// The platform's words.
    #[schemars(length(min = 1))]
    permissions: Vec<String>,
}

/// One of a partner's own people, on one of our assets or on none that is known.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RosterRow {
    /// Id of the partner.
    #[schemars(regex(pattern = r"^[0-9]{1,25}$"))]
    partner: String,
    /// The person's address; it or the user name must be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// The person's user name.
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    /// The person's role in the partner business.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    /// Id of the asset.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9]{1,25}$"))]
    asset: Option<String>,
    /// The platform's words; they come with the asset.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    permissions: Vec<String>,
}

/// Teams of the source.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Teams {
    /// Who is in which.
    #[serde(default)]
    members: Vec<TeamMember>,
    /// What they have.
    #[serde(default)]
    grants: Vec<TeamGrant>,
}

/// Somebody in a team.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TeamMember {
    /// The team's name.
    team: String,
    /// Id of the member.
    #[schemars(regex(pattern = r"^[0-9]{1,25}$"))]
    member: String,
}

/// What a team has on an asset.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TeamGrant {
    /// The team's name.
    team: String,
    /// Id of the asset.
    #[schemars(regex(pattern = r"^[0-9]{1,25}$"))]
    asset: String,
    /// The platform's words.
    #[schemars(length(min = 1))]
    permissions: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}
