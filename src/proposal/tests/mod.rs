//! Import, then read: the files say what the export says.

mod expand;
mod hostile;
mod laws;
mod real;
mod world;

use std::collections::BTreeMap;

use crate::desired::from_texts;
use crate::diff::{Change, Difference, Scope, compare};
use crate::observed::{Completeness, InviteKind, InviteStatus, ObservedState};
use crate::source::format::canonical;

use super::{Proposal, WriteOptions, repository};
use expand::{Expanded, expand, expected};
use world::World;

/// Writes the files, checks them by `serde_yaml` and by our own reader, and answers what they say.
fn write_and_read(state: &ObservedState, options: &WriteOptions) -> (Proposal, Expanded) {
    let proposal = repository(state, options);
    let said = expand(&proposal.files);
    assert_eq!(said, expected(state), "{}", show(&proposal));
    for (path, text) in texts(&proposal) {
        let canonical = canonical(&text);
        assert_eq!(canonical.as_deref(), Ok(&*text), "{path} is not as `accord fmt` would write it");
    }
    let reading = from_texts(&texts(&proposal));
    assert_eq!(reading.problems, [], "{}", show(&proposal));
    let desired = reading.state.unwrap();
    assert_eq!(expand::desired(&desired), said.grants);
    let scope = Scope::everything(state.captured_at);
    let set = compare(&desired, 0, state, None, &scope);
    let surprises: Vec<&Change> = set.changes.iter().filter(|change| !tidies_up(change, state)).collect();
    assert!(surprises.is_empty(), "{surprises:#?}\n{}", show(&proposal));
    (proposal, said)
}

/// Whether a change only ends an invitation that no file can keep, or sorts out requests that contradict each other.
fn tidies_up(change: &Change, state: &ObservedState) -> bool {
    let muddled = expand::asked_in_a_muddle(state);
    let partner = |index: Option<u32>| {
        let id = index.map(|index| state.text(state.partners[index as usize].id));
        id.is_some_and(|id| muddled.contains(id))
    };
    match &change.difference {
        Difference::Cancel { invite, .. } => {
            let invite = &state.invites[*invite as usize];
            let id = state.text(invite.id);
            expand::superfluous(state).contains(id)
                || expand::one_of_several(state, invite)
                || muddled.contains(state.text(invite.invitee))
        }
        Difference::RequestAccess { partner: pair, .. } => partner(pair.observed),
        _ => false,
    }
}

fn texts(proposal: &Proposal) -> Vec<(String, String)> {
    let files = proposal.files.iter().filter(|(path, _)| path.ends_with(".yaml"));
    files.map(|(path, bytes)| (path.clone(), String::from_utf8(bytes.clone()).unwrap())).collect()
}

fn show(proposal: &Proposal) -> String {
    let files = texts(proposal).into_iter();
    files.map(|(path, text)| format!("--- {path}\n{text}")).collect()
}

fn file(proposal: &Proposal, path: &str) -> String {
    let bytes = proposal.files.get(path);
    let bytes = bytes.unwrap_or_else(|| panic!("no {path} in\n{}", show(proposal)));
    String::from_utf8(bytes.clone()).unwrap()
}

#[test]
fn a_small_business_reads_like_one_written_by_hand() {
    let mut world = World::new("Acme Retail");
    world.asset("549755885175", "AD_ACCOUNT", "Acme France");
    world.asset("549755885176", "AD_ACCOUNT", "Acme Germany");
    world.asset("77", "PROFILE", "Acme");
    world.asset("900", "ASSET_GROUP", "EMEA: brands");
    world.content("900", "549755885175");
    world.content("900", "77");
    world.member("1", "Ana@acme.example", "BIZ_ADMIN");
    for (id, email) in [("2", "bo@acme.example"), ("3", "cy@acme.example"), ("4", "di@acme.example")] {
        world.member(id, email, "EMPLOYEE");
        world.grant(id, "549755885175", &["CAMPAIGN_MANAGER"]);
        world.grant(id, "549755885176", &["CAMPAIGN_MANAGER"]);
    }
    world.grant("4", "77", &["PROFILE_PUBLISHER"]);
    world.system("5", "ads-bot");
    world.grant("5", "549755885175", &["ANALYST", "CATALOGS_MANAGER"]);
    world.partner("500955295959238888", "Nova Media", "inbound");
    world.partner_grant("500955295959238888", "inbound", "549755885175", &["CATALOGS_MANAGER"]);
    world.roster("500955295959238888", "lead@nova.example", "549755885175", &["CATALOGS_MANAGER"]);
    let options = WriteOptions {
        snapshot_path: Some("state/acme.json".to_owned()),
        last_applied_path: Some("state/acme.applied.json".to_owned()),
        schema_base: Some("schemas".to_owned()),
        ..WriteOptions::default()
    };
    let (proposal, _) = write_and_read(&world.state(), &options);
    let paths: Vec<&str> = proposal.files.keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        [
            "accord.yaml",
            "accounts.yaml",
            "asset-groups.yaml",
            "assets.yaml",
            "partners/nova-media.yaml",
            "people.yaml",
            "rosters/nova-media.csv",
            "teams/acme-campaign-managers.yaml",
        ]
    );
    assert_eq!(
        file(&proposal, "accord.yaml"),
        "# yaml-language-server: $schema=schemas/access-document.schema.json
# Written by `accord import` from the export of 2026-11-22T10:00:00Z (`invented`). Edit it as you like.
version: 1
businesses:
  acme-retail:
    platform: pinterest
    id: \"729090764583391194\"
    name: Acme Retail
    domains: [acme.example] # guessed: 4 of 4 addresses
    protected: [ads-bot]
    snapshot: state/acme.json
    last_applied: state/acme.applied.json
"
    );
    assert_eq!(
        file(&proposal, "people.yaml"),
        "# yaml-language-server: $schema=schemas/access-document.schema.json
# 4 people and 1 service account.
people:
  ads-bot:
    id: \"5\"
    service: true
    username: ads-bot
    grants:
      - { on: [acme-france], permissions: [ANALYST, CATALOGS_MANAGER] }
  ana@acme.example: { id: \"1\", role: manager }
  bo@acme.example: { id: \"2\" }
  cy@acme.example: { id: \"3\" }
  di@acme.example:
    id: \"4\"
    grants:
      - { on: [acme], permissions: [PROFILE_PUBLISHER] }
"
    );
    assert_eq!(
        file(&proposal, "teams/acme-campaign-managers.yaml"),
        "# yaml-language-server: $schema=../schemas/access-document.schema.json
teams:
  # found by import: 3 people with these rights
  acme-campaign-managers:
    members:
      - bo@acme.example
      - cy@acme.example
      - di@acme.example
    grants:
      - { on: [acme-france, acme-germany], permissions: [CAMPAIGN_MANAGER] }
"
    );
    assert_eq!(
        file(&proposal, "partners/nova-media.yaml"),
        "# yaml-language-server: $schema=../schemas/access-document.schema.json
partners:
  nova-media:
    id: \"500955295959238888\"
    direction: inbound
    name: Nova Media
    roster: ../rosters/nova-media.csv
    grants:
      - { on: [acme-france], permissions: [CATALOGS_MANAGER] }
"
    );
    assert_eq!(
        file(&proposal, "rosters/nova-media.csv"),
        "email,username,role,asset_id,permissions\nlead@nova.example,,EMPLOYEE,549755885175,CATALOGS_MANAGER\n"
    );
    assert_eq!(
        file(&proposal, "asset-groups.yaml").lines().nth(2),
        Some("  emea-brands: { id: \"900\", name: \"EMEA: brands\", contains: [acme, acme-france] }")
    );
}

#[test]
fn what_the_files_cannot_say_is_remarked_and_counted() {
    let mut world = World::new("Acme");
    world.asset("71", "AD_ACCOUNT", "France");
    world.asset("72", "AD_ACCOUNT", "Spain");
    world.asset("73", "MERCHANT", "Shop");
    world.asset("74", "ASSET_GROUP", "All");
    world.content("74", "73");
    world.member("1", "ana@acme.example", "BIZ_ADMIN");
    world.member("2", "bo@acme.example", "SUPERVISOR");
    world.grant("1", "71", &["OWNER", "ADMIN"]);
    world.grant("1", "72", &["OWNER"]);
    world.grant("2", "71", &["ANALYST", "TELEPATH"]);
    world.grant("2", "72", &["PROFILE_PUBLISHER"]);
    world.grant("2", "73", &["ANALYST"]);
    let (proposal, said) = write_and_read(&world.state(), &WriteOptions::default());
    assert_eq!(said.grants.len(), 2);
    let people = file(&proposal, "people.yaml");
    for remark in [
        "  # not written, can only be read: `OWNER` on france, spain\n",
        "  # the role `SUPERVISOR` is not one that accord knows: it is left as it is\n",
        "  # not written, a word that accord does not know: `TELEPATH` on france\n",
        "  # not written, does not fit the type of the asset: `PROFILE_PUBLISHER` on spain\n",
        "  # not written, on what is not written here: `ANALYST` on `73`\n",
    ] {
        assert!(people.contains(remark), "{remark} is not in\n{people}");
    }
    let left = proposal.report.left;
    assert_eq!(left.grants_of_unknown_words, 1);
    assert_eq!(left.grants_of_silent_words, 1);
    assert_eq!(left.grants_that_do_not_fit, 1);
    assert_eq!(left.grants_on_unwritten_assets, 1);
    assert_eq!((left.assets, left.groups), (1, 1));
    assert!(!file(&proposal, "asset-groups.yaml").contains("contains"));
    assert_eq!((proposal.report.person_grants, proposal.report.direct_grants), (2, 2));
}

#[test]
fn who_was_invited_is_written_and_who_declined_is_remarked() {
    let mut world = World::new("Acme");
    world.asset("71", "AD_ACCOUNT", "France");
    world.member("1", "ana@acme.example", "BIZ_ADMIN");
    world.partner("500", "Nova", "outbound");
    world.invite("31", InviteKind::MemberInvite, "Di@acme.example", InviteStatus::Pending);
    world.invited_role("BIZ_ADMIN");
    world.invited_grant("71", &["ANALYST"]);
    world.invite("32", InviteKind::MemberInvite, "ed@acme.example", InviteStatus::Declined);
    world.invite("33", InviteKind::MemberInvite, "fay", InviteStatus::Pending);
    world.invite("34", InviteKind::MemberInvite, "ANA@acme.example", InviteStatus::Pending);
    world.invite("35", InviteKind::PartnerInvite, "600", InviteStatus::Pending);
    world.invited_grant("71", &["CATALOGS_MANAGER"]);
    world.invite("36", InviteKind::PartnerRequest, "500", InviteStatus::Pending);
    world.invited_grant("71", &["ANALYST"]);
    world.invite("37", InviteKind::PartnerInvite, "700", InviteStatus::Pending);
    world.received();
    let (proposal, said) = write_and_read(&world.state(), &WriteOptions::default());
    let people = file(&proposal, "people.yaml");
    assert!(
        people.contains("# 1 person. 2 more are invited and not here yet.\n")
            && people.contains(
                "  # invited on 2026-11-01, has not answered
  di@acme.example:
    role: manager
    grants:
      - { on: [france], permissions: [ANALYST] }
"
            ),
        "{people}"
    );
    assert!(people.contains("  fay: { username: fay }\n"), "{people}");
    assert!(
        people.contains(
            "# Invitations that are not written: `700` (sent to us, waits for our answer), `ed@acme.example` (declined), `ANA@acme.example` (a member already).\n"
        ),
        "{people}"
    );
    assert_eq!(said.partners.len(), 2);
    assert_eq!(proposal.report.invited, 2);
    assert!(file(&proposal, "partners/partner-600.yaml").contains("# was asked and has not answered"));
}

#[test]
fn members_with_one_address_are_told_apart_by_id() {
    let mut world = World::new("Acme");
    world.asset("71", "AD_ACCOUNT", "France");
    world.member("12", "ana@acme.example", "EMPLOYEE");
    world.member("11", "Ana@Acme.example", "BIZ_ADMIN");
    world.grant("12", "71", &["ANALYST"]);
    let (proposal, said) = write_and_read(&world.state(), &WriteOptions::default());
    assert_eq!(said.people.len(), 2);
    let people = file(&proposal, "people.yaml");
    assert!(people.contains("  \"11\": { id: \"11\", role: manager }\n"), "{people}");
    assert!(people.contains("# the address `ana@acme.example` belongs to several members"));
}

#[test]
fn what_is_not_proven_whole_is_written_with_a_warning() {
    let mut world = World::new("Acme");
    world.asset("71", "AD_ACCOUNT", "France");
    world.member("1", "ana@acme.example", "BIZ_ADMIN");
    let mut state = world.state();
    let whole = repository(&state, &WriteOptions::default());
    assert!(file(&whole, "accord.yaml").contains("\npartners: {}\nasset_groups: {}\n"));
    assert!(file(&whole, "people.yaml").contains("    grants: []\n"));
    for completeness in state.completeness.values_mut() {
        *completeness = Completeness::Incomplete("page 3\nfailed".to_owned());
    }
    let (proposal, _) = write_and_read(&state, &WriteOptions::default());
    let head =
        "# Not proven whole in the export: members (`page 3\\nfailed`). There may be more than is written here.\n";
    assert!(file(&proposal, "people.yaml").contains(head));
    assert!(!file(&proposal, "accord.yaml").contains("{}"));
    assert!(!file(&proposal, "people.yaml").contains("grants:"));
}

#[test]
fn teams_of_the_source_come_first_as_far_as_they_are_true() {
    let mut world = World::new("Acme");
    world.asset("71", "AD_ACCOUNT", "France");
    world.asset("72", "AD_ACCOUNT", "Spain");
    for id in ["1", "2", "3", "4"] {
        world.member(id, &format!("p{id}@acme.example"), "EMPLOYEE");
        world.grant(id, "71", &["ANALYST"]);
        world.team("Social FR", id);
        world.team("Chess club", id);
    }
    world.grant("1", "72", &["ANALYST"]);
    world.member("5", "p5@acme.example", "EMPLOYEE");
    world.team("Social FR", "5");
    world.team_grant("Social FR", "71", &["ANALYST"]);
    world.team_grant("Social FR", "72", &["ANALYST"]);
    let (proposal, _) = write_and_read(&world.state(), &WriteOptions::default());
    let teams = proposal.report.teams;
    assert_eq!((teams.given, teams.cut, teams.without_rights, teams.found), (1, 1, 1, 0));
    let team = file(&proposal, "teams/social-fr.yaml");
    assert!(
        team.contains("      - p4@acme.example\n    grants:\n      - { on: [france], permissions: [ANALYST] }\n"),
        "{team}"
    );
    assert!(
        team.contains(
            "  # 1 of its members in the source have less than it gives: they are not in it here; some of what it gives"
        ),
        "{team}"
    );
    assert!(file(&proposal, "people.yaml").contains("      - { on: [spain], permissions: [ANALYST] }\n"));
    let plain = WriteOptions { source_teams: false, mine: false, ..WriteOptions::default() };
    let (proposal, _) = write_and_read(&world.state(), &plain);
    assert!(!proposal.files.keys().any(|path| path.starts_with("teams")));
    assert_eq!(proposal.report.direct_grants, 5);
}

#[test]
fn teams_are_named_after_what_they_share() {
    let mut world = World::new("Acme");
    for (id, name) in [("71", "Acme France"), ("72", "Acme France Outlet"), ("73", "Acme Spain"), ("74", "Acme Italy")]
    {
        world.asset(id, "AD_ACCOUNT", name);
    }
    let teams: [(&[&str], &[&str]); 4] = [
        (&["71", "72"], &["ANALYST"]),
        (&["73"], &["ADMIN"]),
        (&["71", "73", "74"], &["CAMPAIGN_MANAGER", "CATALOGS_MANAGER"]),
        (&["71", "72", "73", "74"], &["FINANCE_VIEW"]),
    ];
    for (team, (assets, words)) in (0..).zip(teams) {
        for person in 0..3 {
            let id = format!("{}", team * 10 + person + 100);
            world.member(&id, &format!("p{id}@acme.example"), "EMPLOYEE");
            for asset in assets {
                world.grant(&id, asset, words);
            }
        }
    }
    let (proposal, _) = write_and_read(&world.state(), &WriteOptions::default());
    let teams: Vec<&str> = proposal.files.keys().filter_map(|path| path.strip_prefix("teams/")).collect();
    assert_eq!(
        teams,
        [
            "everything-finance-viewers.yaml",
            "france-analysts.yaml",
            "france-and-2-more-campaign-and-catalogs-managers.yaml",
            "spain-admins.yaml",
        ]
    );
}

#[test]
fn often_used_sets_become_profiles() {
    let mut world = World::new("Acme");
    for index in 0..4 {
        let id = format!("{}", 71 + index);
        world.asset(&id, "AD_ACCOUNT", &format!("Account {id}"));
        world.member(&id, &format!("p{id}@acme.example"), "EMPLOYEE");
        world.grant(&id, &id, &["CAMPAIGN_MANAGER", "CATALOGS_MANAGER"]);
    }
    world.grant("71", "72", &["ANALYST"]);
    let (proposal, _) = write_and_read(&world.state(), &WriteOptions::default());
    assert!(file(&proposal, "profiles.yaml").ends_with(
        "\nprofiles:\n  campaign-and-catalogs-manager: { permissions: [CAMPAIGN_MANAGER, CATALOGS_MANAGER] }\n"
    ));
    let people = file(&proposal, "people.yaml");
    assert!(people.contains("      - { on: [account-71], profile: campaign-and-catalogs-manager }\n"), "{people}");
    assert!(people.contains("      - { on: [account-72], permissions: [ANALYST] }\n"), "{people}");
}

/// Lines of all files but the register of people who have nothing of their own: what somebody reads to know who may do what.
fn lines_about_access(proposal: &Proposal) -> usize {
    let count = |text: &str| {
        let lines = text.lines().map(str::trim);
        lines.filter(|line| !line.is_empty() && !line.starts_with('#')).count()
    };
    let files: BTreeMap<String, String> = texts(proposal).into_iter().collect();
    files
        .iter()
        .map(|(path, text)| match path.starts_with("people") {
            true => text
                .lines()
                .filter(|line| line.starts_with("  ") && !line.ends_with('}') || line.trim_start().starts_with('-'))
                .count(),
            false => count(text),
        })
        .sum()
}
