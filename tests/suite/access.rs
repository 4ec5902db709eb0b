//! What is wrong in `examples/agency-partner` on purpose, found by asking the graph, each with a path that a human can check.

use std::process::Command;

use serde_json::Value;

fn ask(args: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_accord"))
        .args(args)
        .args(["examples/agency-partner", "--at", "2026-11-22", "--format", "json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("the answer is JSON")
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

fn texts(value: &Value, name: &str) -> Vec<String> {
    list(value, name).iter().map(|item| item.as_str().unwrap_or_default().to_owned()).collect()
}

/// The nodes of a path after the person, and the files behind its edges.
fn path(path: &Value) -> (Vec<String>, Vec<String>) {
    let name = |node: &Value| {
        let known = ["key", "name", "id"].iter().find_map(|name| node[name].as_str());
        known.unwrap_or_default().to_owned()
    };
    let hops = list(path, "hops");
    let edges = hops.iter().chain(list(path, "also"));
    let mut files: Vec<String> = edges
        .flat_map(|hop| list(hop, "places"))
        .filter_map(|place| place["file"].as_str().map(str::to_owned))
        .collect();
    files.dedup();
    (hops.iter().map(|hop| name(&hop["to"])).collect(), files)
}

#[test]
fn access_that_survives_the_offboarding_of_the_agency() {
    let left = ask(&["simulate", "--remove", "harborlight"]);
    let [one] = list(&left, "remains") else { panic!("{left:#}") };
    assert_eq!(one["person"]["email"], "imani.brooks@harborlight.example");
    assert_eq!(one["asset"]["name"], "Tidewater Canada");
    let [only] = list(one, "paths") else { panic!("{one:#}") };
    assert_eq!(path(only), (vec!["ca".to_owned()], vec!["tidewater/people.yaml".to_owned()]));
    assert_eq!(left["people"], 3);
    let reach = ask(&["reach", "harborlight"]);
    let stays: Vec<_> = list(&reach, "people").iter().filter(|one| !list(one, "also_without").is_empty()).collect();
    assert_eq!(stays.len(), 1);
    assert_eq!(stays[0]["person"]["email"], "imani.brooks@harborlight.example");
}

#[test]
fn one_person_over_two_competitors() {
    let can = ask(&["what-can", "matteo.ricci@harborlight.example"]);
    let of = |owner: &str| {
        let rows = list(&can, "access").iter().filter(|row| row["owner"]["key"] == owner);
        rows.filter_map(|row| row["asset"]["key"].as_str()).collect::<Vec<_>>()
    };
    assert_eq!(of("mirelle"), ["mirelle-be", "mirelle-fr"]);
    assert_eq!(of("alba"), ["alba-es", "alba-pt"]);
    for (asset, line) in [("mirelle-fr", "mirelle"), ("alba-es", "alba")] {
        let why = ask(&["explain", "matteo.ricci@harborlight.example", asset]);
        let [one] = list(&why, "paths") else { panic!("{why:#}") };
        let (nodes, files) = path(one);
        assert_eq!(nodes, ["harborlight-eu", asset]);
        assert!(files.contains(&"eu/teams/cosmetics.yaml".to_owned()), "{files:?}");
        assert!(list(one, "also").iter().any(|hop| hop["to"]["key"] == line), "{one:#}");
    }
}

#[test]
fn money_and_campaigns_by_two_paths() {
    let both = ["edit-billing", "edit-campaigns"];
    let why = ask(&["explain", "greta.baumann@harborlight.example", "teegarten-de"]);
    assert!(both.iter().all(|one| texts(&why, "capabilities").contains(&(*one).to_owned())));
    let gives: Vec<Vec<String>> = list(&why, "paths").iter().map(|path| texts(path, "permissions")).collect();
    assert_eq!(gives, [["FINANCE_EDIT"], ["CAMPAIGN_MANAGER"]]);
    let files: Vec<Vec<String>> = list(&why, "paths").iter().map(|one| path(one).1).collect();
    assert!(
        files[0].contains(&"eu/people.yaml".to_owned()) && files[1].contains(&"eu/teams/home-and-food.yaml".to_owned())
    );
    // The cut is hers alone: nobody else in the team loses anything.
    assert_eq!(why["cut"]["others"], 0);
    assert_eq!(list(&why["cut"], "edges").len(), 2);
}

#[test]
fn the_same_through_a_group() {
    let why = ask(&["explain", "terrence.hill@tidewater.example", "tidewater/us"]);
    let found: Vec<_> = list(&why, "paths").iter().map(path).collect();
    assert_eq!(found[0], (vec!["us".to_owned()], vec!["tidewater/people.yaml".to_owned()]));
    let (nodes, files) = &found[1];
    assert_eq!(nodes, &["ecommerce", "north-america", "us"]);
    assert_eq!(files, &["tidewater/people.yaml", "tidewater/accounts.yaml"]);
    assert_eq!(texts(&why, "permissions"), ["CAMPAIGN_MANAGER", "FINANCE_EDIT"]);
}

#[test]
fn a_manager_of_the_partner_who_could_help_himself() {
    let can = ask(&["what-can", "declan.walsh@harborlight.example"]);
    let has: Vec<_> = list(&can, "access").iter().map(|row| row["asset"]["name"].as_str()).collect();
    assert_eq!(has, [Some("tidewateroutdoor")]);
    let could: Vec<_> = list(&can, "could").iter().filter(|row| row["owner"]["key"] == "tidewater").collect();
    let names: Vec<_> = could.iter().filter_map(|row| row["asset"]["name"].as_str()).collect();
    assert_eq!(names, ["Tidewater Canada", "Tidewater US"]);
    let why = ask(&["explain", "declan.walsh@harborlight.example", "ca"]);
    assert!(list(&why, "paths").is_empty());
    let [one] = list(&why, "could") else { panic!("{why:#}") };
    let (nodes, files) = path(one);
    assert_eq!(nodes, ["harborlight-us", "ca"]);
    assert!(files.contains(&"tidewater/partners.yaml".to_owned()), "{files:?}");
}

#[test]
fn an_account_of_a_client_that_the_agency_owns() {
    let who = ask(&["who-can", "administer", "mirelle-nl"]);
    assert!(list(&who, "people").is_empty());
    let could: Vec<_> = list(&who, "could").iter().filter_map(|one| one["person"]["name"].as_str()).collect();
    assert_eq!(could, ["Ava Lindgren", "Declan Walsh"]);
}

#[test]
fn a_service_account_with_more_than_it_needs() {
    let can = ask(&["what-can", "harborlight-reporting"]);
    let rows = list(&can, "access");
    assert_eq!(rows.len(), 9);
    assert!(rows.iter().all(|row| texts(row, "capabilities").contains(&"edit-campaigns".to_owned())));
}
