//! Laws on random small worlds.

use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use super::*;

/// Words that can be written, that can only be read, that don't fit an ad account, and that nobody knows.
const WORDS: [&str; 9] = [
    "ADMIN",
    "ANALYST",
    "CAMPAIGN_MANAGER",
    "CATALOGS_MANAGER",
    "FINANCE_VIEW",
    "OWNER",
    "PROFILE_PUBLISHER",
    "TELEPATH",
    "CATALOGS_VIEWER",
];
const NAMES: [&str; 8] = ["France", "France", "Spain: south", "no", "", "../x", "東京", "A #1"];
const EMAILS: [&str; 8] = [
    "",
    "ana@acme.example",
    "Ana@acme.example",
    "o'hara@acme.example",
    "a/b@acme.example",
    "two words@acme.example",
    "bo@other.example",
    "ana",
];
const USERNAMES: [&str; 5] = ["", "bo", "Bo", "ana@acme.example", "wild name"];
const ROLES: [&str; 3] = ["EMPLOYEE", "BIZ_ADMIN", "SUPERVISOR"];
const KINDS: [&str; 5] = ["AD_ACCOUNT", "AD_ACCOUNT", "PROFILE", "ASSET_GROUP", "MERCHANT"];

/// One row of an export, to be put together in any order that keeps references whole.
#[derive(Clone, Debug)]
enum RowOf {
    Asset(String, &'static str, &'static str),
    Member(String, &'static str, &'static str, &'static str, bool),
    Partner(String, &'static str, &'static str),
    Grant(Index, Index, Vec<&'static str>),
    PartnerGrant(Index, Index, Vec<&'static str>),
    Content(Index, Index),
    Invite(String, InviteKind, &'static str, InviteStatus, bool, Index, Vec<&'static str>),
    Team(&'static str, Index),
    TeamGrant(&'static str, Index, Vec<&'static str>),
}

fn words() -> impl Strategy<Value = Vec<&'static str>> {
    prop_oneof![
        4 => subsequence(&WORDS[..4], 1..3),
        1 => subsequence(WORDS.to_vec(), 1..4),
    ]
}

fn rows() -> impl Strategy<Value = Vec<RowOf>> {
    let assets = proptest::collection::vec((select(KINDS.to_vec()), select(NAMES.to_vec())), 1..6);
    let members = proptest::collection::vec(
        (select(EMAILS.to_vec()), select(USERNAMES.to_vec()), select(ROLES.to_vec()), any::<bool>()),
        0..8,
    );
    let partners = proptest::collection::vec((select(NAMES.to_vec()), 0u8..3), 0..3);
    let grants = proptest::collection::vec((any::<Index>(), any::<Index>(), words()), 0..24);
    let partner_grants = proptest::collection::vec((any::<Index>(), any::<Index>(), words()), 0..5);
    let contents = proptest::collection::vec((any::<Index>(), any::<Index>()), 0..4);
    let invite = (
        select(vec![InviteKind::MemberInvite, InviteKind::PartnerInvite, InviteKind::PartnerRequest]),
        select(vec![
            "ana@acme.example",
            "Zoe@acme.example",
            "zoe@acme.example",
            "bo",
            "new",
            "300",
            "400",
            "x/y@acme.example",
        ]),
        select(vec![InviteStatus::Pending, InviteStatus::Pending, InviteStatus::Declined]),
        any::<bool>(),
        any::<Index>(),
        words(),
    );
    let invites = proptest::collection::vec(invite, 0..4);
    let teams = proptest::collection::vec((select(vec!["Social", "social", "Ops"]), any::<Index>()), 0..8);
    let team_grants =
        proptest::collection::vec((select(vec!["Social", "social", "Ops"]), any::<Index>(), words()), 0..4);
    (assets, members, partners, grants, partner_grants, contents, invites, teams, team_grants).prop_map(
        |(assets, members, partners, grants, partner_grants, contents, invites, teams, team_grants)| {
            let mut rows = Vec::new();
            for (at, (kind, name)) in assets.into_iter().enumerate() {
                rows.push(RowOf::Asset(format!("{}", 70 + at), kind, name));
            }
            for (at, (email, username, role, system)) in members.into_iter().enumerate() {
                rows.push(RowOf::Member(format!("{}", 10 + at), email, username, role, system));
            }
            for (at, (name, ways)) in partners.into_iter().enumerate() {
                let ways: &[&'static str] = [&["inbound"][..], &["outbound"], &["inbound", "outbound"]][ways as usize];
                rows.extend(ways.iter().map(|way| RowOf::Partner(format!("{}", 300 + at), name, way)));
            }
            rows.extend(grants.into_iter().map(|(who, on, words)| RowOf::Grant(who, on, words)));
            rows.extend(partner_grants.into_iter().map(|(who, on, words)| RowOf::PartnerGrant(who, on, words)));
            rows.extend(contents.into_iter().map(|(group, asset)| RowOf::Content(group, asset)));
            for (at, (kind, invitee, status, received, on, words)) in invites.into_iter().enumerate() {
                let invitee = match kind {
                    InviteKind::MemberInvite => invitee,
                    _ if invitee.ends_with("00") => invitee,
                    _ => "500",
                };
                rows.push(RowOf::Invite(format!("{}", 900 + at), kind, invitee, status, received, on, words));
            }
            rows.extend(teams.into_iter().map(|(team, who)| RowOf::Team(team, who)));
            rows.extend(team_grants.into_iter().map(|(team, on, words)| RowOf::TeamGrant(team, on, words)));
            rows
        },
    )
}

/// Puts rows together. `order` shuffles the lists that others point into, and everything else.
fn build(rows: &[RowOf], order: &[usize]) -> World {
    let mut world = World::new("Acme Retail");
    let keys = order.iter().copied().chain(std::iter::repeat(order.len()));
    let mut shuffled: Vec<(usize, &RowOf)> = keys.zip(rows).collect();
    shuffled.sort_by_key(|(key, _)| *key);
    let ids = |wanted: fn(&RowOf) -> Option<(String, String)>| rows.iter().filter_map(wanted).collect::<Vec<_>>();
    let assets = ids(|row| match row {
        RowOf::Asset(id, kind, _) => Some((id.clone(), (*kind).to_owned())),
        _ => None,
    });
    let members = ids(|row| match row {
        RowOf::Member(id, ..) => Some((id.clone(), String::new())),
        _ => None,
    });
    let partners = ids(|row| match row {
        RowOf::Partner(id, _, way) => Some((id.clone(), (*way).to_owned())),
        _ => None,
    });
    let groups: Vec<_> = assets.iter().filter(|(_, kind)| kind == "ASSET_GROUP").cloned().collect();
    for (_, row) in &shuffled {
        match row {
            RowOf::Asset(id, kind, name) => {
                world.asset(id, kind, name);
                if *name == "France" {
                    world.owned_by("300", "Client A");
                }
            }
            RowOf::Member(id, email, username, role, system) => {
                match system {
                    true => world.system(id, username),
                    false => world.member(id, email, role),
                }
                if !username.is_empty() {
                    world.username(username);
                }
            }
            RowOf::Partner(id, name, way) => world.partner(id, name, way),
            _ => {}
        }
    }
    // One grant for each pair, whatever the order.
    let mut pairs: BTreeMap<(String, String, String), Vec<&str>> = BTreeMap::new();
    let mut contents = std::collections::BTreeSet::new();
    for row in rows {
        match row {
            RowOf::Grant(who, on, words) if !members.is_empty() => {
                let key = (who.get(&members).0.clone(), String::new(), on.get(&assets).0.clone());
                pairs.insert(key, words.clone());
            }
            RowOf::PartnerGrant(who, on, words) if !partners.is_empty() => {
                let (id, way) = who.get(&partners).clone();
                pairs.insert((id, way, on.get(&assets).0.clone()), words.clone());
            }
            RowOf::Content(group, asset) if !groups.is_empty() => {
                contents.insert((group.get(&groups).0.clone(), asset.get(&assets).0.clone()));
            }
            _ => {}
        }
    }
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    if order.first().is_some_and(|first| first % 2 == 1) {
        pairs.reverse();
    }
    for ((who, way, asset), words) in &pairs {
        match way.is_empty() {
            true => world.grant(who, asset, words),
            false => world.partner_grant(who, way, asset, words),
        }
    }
    for (group, asset) in &contents {
        world.content(group, asset);
    }
    for (_, row) in shuffled {
        match row {
            RowOf::Invite(id, kind, invitee, status, received, on, words) => {
                world.invite(id, *kind, invitee, *status);
                world.invited_grant(&on.get(&assets).0, words);
                if *received {
                    world.received();
                }
            }
            RowOf::Team(team, who) if !members.is_empty() => world.team(team, &who.get(&members).0),
            RowOf::TeamGrant(team, on, words) => world.team_grant(team, &on.get(&assets).0, words),
            _ => {}
        }
    }
    world
}

proptest! {
    #[test]
    fn files_say_what_the_export_says(rows in rows(), mine in any::<bool>(), source_teams in any::<bool>()) {
        let options = WriteOptions { mine, source_teams, ..WriteOptions::default() };
        write_and_read(&build(&rows, &[]).state(), &options);
    }

    #[test]
    fn the_order_of_records_means_nothing(rows in rows(), order in proptest::collection::vec(0usize..100, 1..60)) {
        let plain = repository(&build(&rows, &[]).unsorted(), &WriteOptions::default());
        let shuffled = repository(&build(&rows, &order).unsorted(), &WriteOptions::default());
        prop_assert_eq!(show(&plain), show(&shuffled));
        prop_assert_eq!(plain.files, shuffled.files);
        prop_assert_eq!(plain.report, shuffled.report);
    }
}
