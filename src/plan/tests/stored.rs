//! The plan file: what it refuses.

use serde_json::{Value, json};

use super::{Plan, Try};
use crate::diff::world::{export, files};
use crate::plan::file::{self, PlanFileError, When};

const TEXT: &str = "
people:
  ana@acme.example: { role: manager }
  bo@acme.example: { grants: [{ on: [g], permissions: [ANALYST] }] }
accounts: { fr: { id: \"71\" } }
asset_groups: { g: { name: G, description: d, types: [BRAND], contains: [fr] } }
";
const ROWS: &str = "member 11 ana@acme.example BIZ_ADMIN\nmember 12 bo@acme.example EMPLOYEE\naccount 71\n";

fn plan() -> Plan {
    Try::new(&files(TEXT), &export(ROWS)).plan().0
}

/// The plan after an edit, with a digest that fits if `sealed`.
fn edited(sealed: bool, edit: impl FnOnce(&mut Value)) -> Result<Plan, PlanFileError> {
    let mut document = serde_json::to_value(plan()).unwrap();
    edit(&mut document);
    if sealed {
        let plan: Plan = serde_json::from_value(document.clone()).unwrap();
        document["digest"] = json!(file::digest(&plan));
    }
    let bytes = serde_json::to_vec(&document).unwrap();
    file::read(&bytes).map(file::StoredPlan::into_plan)
}

#[test]
fn a_plan_comes_back_as_it_was_and_equal_inputs_give_equal_bytes() {
    let bytes = file::to_bytes(&plan());
    assert_eq!(bytes, file::to_bytes(&plan()));
    assert_eq!(file::read(&bytes).unwrap().into_plan(), plan());
    assert_eq!(edited(false, |_| {}).unwrap(), plan(), "white space means nothing");
}

#[test]
fn other_documents_and_versions_are_refused_by_name() {
    let format = edited(false, |plan| plan["format"] = json!("accord-journal"));
    assert!(matches!(format, Err(PlanFileError::Format { .. })));
    let version = edited(false, |plan| plan["format_version"] = json!(2));
    assert!(matches!(version, Err(PlanFileError::Version { found: 2 })));
    assert!(matches!(file::read(b"{"), Err(PlanFileError::Shape(_))));
    assert!(matches!(file::read(b"[]"), Err(PlanFileError::Shape(_))));
}

#[test]
fn a_changed_plan_is_refused() {
    let changed = edited(false, |plan| {
        plan["businesses"][0]["operations"][0]["action"]["description"] = json!("other");
    });
    assert!(matches!(changed, Err(PlanFileError::Digest { .. })));
    let only = edited(false, |plan| plan["only"] = json!(["bo"]));
    assert!(matches!(only, Err(PlanFileError::Digest { .. })));
}

#[test]
fn unknown_fields_are_refused_wherever_they_stand() {
    let top = edited(false, |plan| plan["note"] = json!("x"));
    assert!(matches!(top, Err(PlanFileError::Shape(_))));
    let inside = edited(false, |plan| {
        plan["businesses"][0]["operations"][1]["action"]["asset"]["note"] = json!("x");
    });
    let Err(PlanFileError::UnknownField { field }) = inside else {
        panic!("{inside:?}");
    };
    assert_eq!(field, "businesses.0.operations.1.action.asset.note");
    let fact = edited(false, |plan| {
        plan["businesses"][0]["operations"][0]["rests_on"][0]["note"] = json!("x");
    });
    assert!(matches!(fact, Err(PlanFileError::UnknownField { .. } | PlanFileError::Shape(_))));
}

#[test]
fn ids_and_dependencies_are_checked() {
    let twice = edited(true, |plan| {
        let operations = &mut plan["businesses"][0]["operations"];
        operations[1]["id"] = operations[0]["id"].clone();
    });
    assert!(matches!(twice, Err(PlanFileError::Duplicate { .. })));
    let nobody = edited(true, |plan| {
        plan["businesses"][0]["operations"][0]["after"] = json!(["set-grant-000000000000"]);
    });
    assert!(matches!(nobody, Err(PlanFileError::Dependency { .. })));
    let ring = edited(true, |plan| {
        let operations = &mut plan["businesses"][0]["operations"];
        operations[0]["after"] = json!([operations[1]["id"]]);
    });
    assert!(matches!(ring, Err(PlanFileError::Dependency { .. })));
}

#[test]
fn facts_and_their_digest_belong_together() {
    let moved = edited(true, |plan| {
        plan["businesses"][0]["operations"][0]["rests_on"][0]["value"] = json!("77");
    });
    assert!(matches!(moved, Err(PlanFileError::Precondition { .. })));
}

#[test]
fn guards_can_be_neither_left_out_nor_talked_over() {
    let missing = edited(true, |plan| {
        plan["businesses"][0]["guards"].as_array_mut().unwrap().pop();
    });
    assert!(matches!(missing, Err(PlanFileError::Guards { .. })));
    let overridden = edited(true, |plan| {
        plan["businesses"][0]["guards"][0]["verdict"] = json!({ "verdict": "overridden", "count": 3, "message": "" });
    });
    assert!(matches!(overridden, Err(PlanFileError::Guards { .. })));
}

fn at(now: &str) -> When {
    When { now: now.parse().unwrap(), meant: None }
}

#[test]
fn a_plan_is_applied_in_its_days_or_by_whoever_names_its_moment() {
    let mut desired = files(TEXT);
    desired.policy.guards.first_apply = false;
    let plan = Try::new(&desired, &export(ROWS)).on("2026-11-22T12:00:00Z").plan().0;
    let approve = |when: When| {
        let stored = file::read(&file::to_bytes(&plan)).unwrap();
        stored.approve(&crate::plan::approvals::Given::NONE, when).map(|_| ()).map_err(|error| error.to_string())
    };
    let refused = |why: &str| Err(format!("it is for 2026-11-22 12:00 UTC, {why}"));
    assert_eq!(approve(at("2026-11-29T12:00:00Z")), Ok(()));
    assert_eq!(approve(at("2026-11-29T12:00:01Z")), refused("7 days ago, limit 7 days"));
    assert_eq!(approve(at("2026-11-22T11:00:00Z")), Ok(()));
    assert_eq!(approve(at("2026-11-22T10:59:59Z")), refused("1 h from now, limit 1 h"));
    let meant = |meant: &str| When { meant: Some(meant.parse().unwrap()), ..at("2027-11-22T12:00:00Z") };
    assert_eq!(approve(meant("2026-11-22T12:00:00Z")), Ok(()));
    assert_eq!(approve(meant("2027-11-22T12:00:00Z")), refused("not for 2027-11-22 12:00 UTC"));
}

#[test]
fn a_refused_plan_can_be_shown_and_not_approved() {
    let rows = format!("{ROWS}member 13 cy@acme.example EMPLOYEE\n");
    let plan = Try::new(&files(TEXT), &export(&rows)).plan().0;
    let stored = file::read(&file::to_bytes(&plan)).unwrap();
    assert_eq!(stored.plan(), &plan);
    let error = stored.approve(&crate::plan::approvals::Given::NONE, at("2026-11-22T12:00:00Z")).unwrap_err();
    assert_eq!(error.to_string(), "refused by acme:first-apply");
    assert_eq!(error.exit_code(), 3);
}
