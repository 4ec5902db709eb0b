//! A saved plan: first as any bytes, then as a good one with a stretch replaced by them, and once more with the digest that the result
//! should have, which is how a forger would do it.

#![no_main]

use std::sync::LazyLock;

use accord::connectors::checklist::{Language, render};
use accord::desired;
use accord::observed::snapshot;
use accord::plan::file::{digest, read, to_bytes};
use accord::plan::{self, Abilities, BusinessInput, Plan, PlanInput};
use accord::policy::Applicant;
use accord::reports::plan::{Depth, json, render_text};
use accord::terminal::Style;
use libfuzzer_sys::fuzz_target;

static GOOD: LazyLock<Vec<u8>> = LazyLock::new(|| to_bytes(&good()));

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    let [high, low, length, rest @ ..] = bytes else {
        return;
    };
    let mut file = GOOD.clone();
    let start = file.len() * usize::from(u16::from_be_bytes([*high, *low])) / 65_536;
    let end = file.len().min(start + usize::from(*length));
    file.splice(start..end, rest.iter().copied());
    check(&file);
    if let Ok(mut forged) = serde_json::from_slice::<Plan>(&file) {
        forged.digest = digest(&forged);
        check(&to_bytes(&forged));
    }
});

/// What is taken can be shown, and is the same when it is written and read again.
fn check(bytes: &[u8]) {
    let Ok(stored) = read(bytes) else {
        return;
    };
    let plan = stored.plan();
    for depth in [Depth::Headline, Depth::People, Depth::Full] {
        render_text(plan, depth, &Style::plain(80));
    }
    json(plan).expect("a plan can be written");
    for business in 0..plan.businesses.len() {
        for language in Language::ALL {
            render(plan, business, false, language);
        }
    }
    let again = read(&to_bytes(plan)).expect("what was read can be written and read");
    assert_eq!(to_bytes(again.plan()), to_bytes(plan));
    drop(stored.approve());
}

/// A plan with a bit of everything.
fn good() -> Plan {
    let texts = [("accord.yaml".to_owned(), REPOSITORY.to_owned())];
    let desired = desired::from_texts(&texts).state.expect("the repository above is right");
    let observed = snapshot::read(EXPORT.as_bytes(), "state.json").expect("the snapshot above is right");
    let business = BusinessInput {
        business: 0,
        observed: &observed,
        from: "state.json".to_owned(),
        last_applied: None,
        managed_before: None,
        files_before: None,
        abilities: Abilities { can: |_| Ok(()), batch: |_| 10, follows: |_| false },
    };
    let input = PlanInput {
        desired: &desired,
        businesses: vec![business],
        as_of: "2026-11-22T10:00:00Z".parse().expect("this is a moment"),
        only: Vec::new(),
        overrides: Vec::new(),
        applicant: Applicant::default(),
        predict: true,
    };
    plan::build(&input).expect("the two belong together")
}

const REPOSITORY: &str = r#"
version: 1
businesses:
  acme: { platform: pinterest, id: "729090764583391194", name: Acme Retail, owners: [ana@acme.example] }
accounts:
  fr: { id: "71", name: Acme France }
  de: { id: "72", name: Acme Germany }
asset_groups:
  emea: { name: EMEA brands, description: all of it, types: [BRAND], contains: [fr] }
people:
  ana@acme.example: { id: "11", role: manager }
  bo@acme.example: { role: manager, grants: [{ on: fr, permissions: [CAMPAIGN_MANAGER], reason: campaigns, until: 2026-12-31 }] }
  cy@acme.example: { id: "13", role: employee, grants: [{ on: [de, emea], permissions: [ANALYST], ticket: MKT-1 }] }
partners:
  nova: { id: "51", direction: inbound, grants: [{ on: fr, permissions: [CATALOGS_MANAGER], reason: feed }] }
"#;

const EXPORT: &str = r#"{
  "format": "accord-snapshot", "format_version": 1, "platform": "pinterest",
  "business": {"id": "729090764583391194", "name": "Acme Retail"},
  "captured_at": "2026-11-22T09:00:00Z", "captured_by": "ana@acme.example",
  "collections": {
    "members": {"complete": true, "total": 3, "items": [
      {"id": "11", "email": "ana@acme.example", "role": "BIZ_ADMIN"},
      {"id": "13", "email": "cy@acme.example", "role": "BIZ_ADMIN"},
      {"id": "14", "email": "di@acme.example", "role": "EMPLOYEE"}]},
    "partners": {"complete": true, "total": 1, "items": [{"id": "51", "name": "Nova", "direction": "inbound"}]},
    "assets": {"complete": true, "total": 2, "items": [
      {"id": "71", "type": "AD_ACCOUNT", "name": "Acme France"}, {"id": "72", "type": "AD_ACCOUNT", "name": "Acme Germany"}]},
    "asset_group_members": {"complete": true, "total": 0, "items": []},
    "grants": {"complete": true, "total": 3, "items": [
      {"member": "13", "asset": "71", "permissions": ["ADMIN"]},
      {"member": "13", "asset": "72", "permissions": ["PERMISSION_OF_NEXT_YEAR"]},
      {"partner": "51", "asset": "72", "permissions": ["ANALYST"]}]},
    "invites": {"complete": true, "total": 1, "items": [
      {"id": "91", "kind": "MEMBER_INVITE", "invitee": "ed@acme.example", "role": "EMPLOYEE", "status": "PENDING"}]}
  }
}"#;
