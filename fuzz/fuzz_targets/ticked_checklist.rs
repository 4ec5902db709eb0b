//! A checklist that came back from a person: first as any bytes, then as a good one with a stretch replaced by them.

#![no_main]

use accord::connectors::checklist::{Language, read_ticks, render};
use accord::model::Digest;
use accord::plan::Plan;
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|bytes: &[u8]| {
    let plan = plan();
    check(bytes, &plan);
    let [at, length, rest @ ..] = bytes else {
        return;
    };
    let mut sheet = render(&plan, 0, false, Language::ENGLISH).into_bytes();
    let start = sheet.len() * usize::from(*at) / 256;
    let end = sheet.len().min(start + usize::from(*length));
    sheet.splice(start..end, rest.iter().copied());
    check(&sheet, &plan);
});

/// Whatever is taken has one tick for each operation, in their order.
fn check(bytes: &[u8], plan: &Plan) {
    let Ok(ticks) = read_ticks(bytes, plan) else {
        return;
    };
    let ids = plan.businesses[0].operations.iter().map(|operation| &operation.id);
    assert!(ids.eq(ticks.iter().map(|tick| &tick.operation)));
}

/// Two operations: one that asks for the id of what it created, and one that doesn't.
fn plan() -> Plan {
    let digest = Digest::of(b"fuzz");
    let group = json!({ "key": "emea", "name": "EMEA brands", "kind": "ASSET_GROUP" });
    let create = json!({ "action": "create-group", "group": group, "description": "", "types": ["BRAND"] });
    let person = json!({ "email": "bo@acme.example", "name": "Bo Larsen" });
    let set_role = json!({ "action": "set-role", "person": person, "before": "EMPLOYEE", "after": "BIZ_ADMIN" });
    let operation = |id: &str, action| {
        json!({
            "id": id, "action": action, "cause": { "because": "unwritten", "nearest": null }, "risk": ["admin"], "after": [],
            "rests_on": [], "precondition": digest, "undo": { "undo": "reversible" }, "by": { "by": "connector" },
            "origin": "unknown",
        })
    };
    let counts = json!({
        "members": 0, "managers": 0, "partners": 0, "member_grants": 0, "partner_grants": 0, "pending_invites": 0,
        "group_contents": 0,
    });
    let business = json!({
        "business": { "key": "acme", "platform": "pinterest", "id": "1", "name": "Acme", "mode": "enforce" },
        "observed": {
            "from": "state.json", "digest": digest, "captured_at": "2026-11-22T09:00:00Z", "captured_by": null,
            "incomplete": [],
        },
        "operations": [operation("group-1", create), operation("role-2", set_role)],
        "withheld": [], "waiting": [], "deferred": [], "notices": [], "upcoming": [], "guards": [], "unmanaged": [],
        "totals": { "before": counts, "after": counts, "unchanged": 0 }, "managed": [], "calls": 2, "predicted": null,
    });
    serde_json::from_value(json!({
        "format": "accord-plan", "format_version": 1, "digest": digest, "as_of": "2026-11-22T10:00:00Z", "desired": digest,
        "only": [], "businesses": [business], "overrides": [],
    }))
    .expect("the plan above has the shape of a plan")
}
