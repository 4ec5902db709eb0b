//! A business of some size, as a snapshot: 500 members, 40 partners, 200 assets in 20 groups and beside them, 100 invites.
//!
//! It has only what the platform shows: no names of profiles, no clients, and an owner for every asset.

use accord::observed::{ObservedState, snapshot};
use serde_json::{Value, json};

pub const BUSINESS: &str = "729090764583391194";
pub const MEMBERS: usize = 500;
pub const PARTNERS: usize = 40;
pub const ASSETS: usize = 200;
pub const GROUPS: usize = 20;
pub const INVITES: usize = 100;
const SYSTEM_USERS: usize = 5;
const OUTBOUND: usize = 8;
/// Assets that outbound partners let us in on.
const BORROWED: usize = 16;

pub fn member(index: usize) -> String {
    format!("38379133690{index:07}")
}

/// More than 64 bits hold.
pub fn partner(index: usize) -> String {
    format!("9809944451643622{index:04}")
}

pub fn asset(index: usize) -> String {
    format!("549760{index:06}")
}

fn group(index: usize) -> String {
    format!("666791336903{index:06}")
}

/// Eight accounts to each two profiles, one catalog; now and then a consumer.
fn kind(index: usize) -> &'static str {
    match index % 12 {
        0..8 => "AD_ACCOUNT",
        8 | 9 => "PROFILE",
        10 => "CATALOG",
        _ => "CONSUMER",
    }
}

fn words(index: usize, kind: &str) -> Value {
    match kind {
        "PROFILE" => json!(["PROFILE_PUBLISHER"]),
        "CATALOG" => json!(["CATALOGS_VIEWER"]),
        "CONSUMER" => json!(["CONSUMER_USER"]),
        _ => [
            json!(["ANALYST"]),
            json!(["CAMPAIGN_MANAGER", "FINANCE_VIEW"]),
            json!(["ADMIN"]),
            json!(["SOS_READER"]),
            json!(["ANALYST", "SOMETHING_OF_NEXT_YEAR"]),
        ][index % 5]
            .clone(),
    }
}

/// The lender of a borrowed asset.
fn lender(index: usize) -> String {
    partner(PARTNERS - OUTBOUND + index % OUTBOUND)
}

pub fn state() -> ObservedState {
    snapshot::read(&serde_json::to_vec(&document()).expect("JSON"), "big.json")
        .unwrap_or_else(|error| panic!("{error}"))
}

fn document() -> Value {
    let collection = |items: Vec<Value>| json!({ "complete": true, "total": items.len(), "items": items });
    json!({
        "format": "accord-snapshot",
        "format_version": 1,
        "platform": "pinterest",
        "business": { "id": BUSINESS, "name": "acme_retail" },
        "captured_at": "2026-11-22T06:00:00Z",
        "captured_by": member(0),
        "source": "invented",
        "collections": {
            "members": collection(members()),
            "partners": collection(partners()),
            "assets": collection(assets()),
            "asset_group_members": collection(contents()),
            "grants": collection(grants()),
            "invites": collection(invites()),
        },
    })
}

fn members() -> Vec<Value> {
    let row = |index: usize| {
        let system = index >= MEMBERS - SYSTEM_USERS;
        let role = if index < 4 { "BIZ_ADMIN" } else { "EMPLOYEE" };
        let mut row = json!({ "id": member(index), "username": format!("user{index}"), "role": role });
        if system {
            row["system_user"] = json!(true);
        } else if !index.is_multiple_of(7) {
            // Some show no address.
            row["email"] = json!(format!("user{index}@acme.example"));
        }
        if index > 0 {
            row["created_at"] = json!("2024-02-02T03:04:05.678Z");
            row["created_by"] = json!(member(0));
        }
        row
    };
    (0..MEMBERS).map(row).collect()
}

fn partners() -> Vec<Value> {
    let row = |index: usize| {
        let direction = if index < PARTNERS - OUTBOUND { "inbound" } else { "outbound" };
        json!({
            "id": partner(index), "name": format!("partner{index}"), "direction": direction,
            "created_at": "2024-03-02T00:00:00Z",
        })
    };
    let mut rows: Vec<Value> = (0..PARTNERS).map(row).collect();
    // One reaches us and is reached by us.
    let mut both = rows[0].clone();
    both["direction"] = json!("outbound");
    rows.push(both);
    rows
}

fn assets() -> Vec<Value> {
    let row = |index: usize| {
        let borrowed = index < BORROWED;
        // What partners share are ad accounts and profiles.
        let kind = if borrowed { ["AD_ACCOUNT", "PROFILE"][index % 2] } else { kind(index) };
        let owner = if borrowed { lender(index) } else { BUSINESS.to_owned() };
        let mut row = json!({ "id": asset(index), "type": kind, "owner_business": owner });
        if matches!(kind, "AD_ACCOUNT" | "CATALOG") {
            row["name"] = json!(format!("Account {index}"));
        }
        row
    };
    let groups = (0..GROUPS).map(|index| {
        json!({
            "id": group(index), "type": "ASSET_GROUP", "name": format!("Group {index}"), "owner_business": BUSINESS,
        })
    });
    (0..ASSETS).map(row).chain(groups).collect()
}

fn contents() -> Vec<Value> {
    let inside = (BORROWED..ASSETS).filter(|index| kind(*index) != "CONSUMER" && index % 3 == 0);
    inside.map(|index| json!({ "group": group(index % GROUPS), "asset": asset(index) })).collect()
}

fn grants() -> Vec<Value> {
    let mut rows = Vec::new();
    for index in 4..MEMBERS {
        for step in 0..(index % 6) {
            let to = BORROWED + (index * 7 + step * 13) % (ASSETS - BORROWED);
            rows.push(
                json!({ "member": member(index), "asset": asset(to), "permissions": words(index + step, kind(to)) }),
            );
        }
        if index % 9 == 0 {
            let on = group(index % GROUPS);
            rows.push(json!({ "member": member(index), "asset": on, "permissions": ["ANALYST"] }));
        }
    }
    for index in 0..(PARTNERS - OUTBOUND) {
        for step in 0..(index % 5) {
            let to = BORROWED + (index * 11 + step * 17) % (ASSETS - BORROWED);
            let words = words(index + step, kind(to));
            rows.push(
                json!({ "partner": partner(index), "direction": "inbound", "asset": asset(to), "permissions": words }),
            );
        }
    }
    for index in 0..BORROWED {
        let words = if index % 2 == 0 { json!(["ANALYST"]) } else { json!(["PROFILE_PUBLISHER"]) };
        rows.push(
            json!({ "partner": lender(index), "direction": "outbound", "asset": asset(index), "permissions": words }),
        );
    }
    rows
}

fn invites() -> Vec<Value> {
    let row = |index: usize| {
        let status = ["PENDING", "EXPIRED", "DECLINED", "CANCELLED", "ACCEPTED"][index % 5];
        let stranger = format!("98000000000000{index:04}");
        let (kind, invitee, role, received) = match index % 4 {
            0 => ("MEMBER_INVITE", format!("new{index}@acme.example"), "EMPLOYEE", false),
            1 => ("MEMBER_INVITE", format!("newcomer{index}"), "BIZ_ADMIN", false),
            2 => ("PARTNER_INVITE", stranger, "PARTNER", false),
            _ => ("PARTNER_REQUEST", stranger, "PARTNER", index % 8 == 3),
        };
        let mut row = json!({
            "id": format!("534928058455{index:06}"), "kind": kind, "invitee": invitee, "role": role, "status": status,
            "received": received, "sent_at": "2026-11-01T00:00:00Z", "expires_at": "2026-12-01T00:00:00Z",
        });
        if status != "PENDING" {
            row["updated_at"] = json!("2026-11-05T12:00:00Z");
        }
        if index.is_multiple_of(3) {
            row["grants"] = json!([{ "asset": asset(BORROWED), "permissions": ["ANALYST"] }]);
        }
        row
    };
    (0..INVITES).map(row).collect()
}
