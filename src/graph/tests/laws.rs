//! On random graphs: the fast answers are the slow ones, and a change computed is the change looked at.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::oracle::Oracle;
use super::world::{ASSETS, BUSINESSES, GROUPS, PEOPLE, Plan, TEAMS, plans, team_rows};
use crate::graph::store::{AccessGraph, Draft, Index, NONE, Raw, Reading, Row};
use crate::graph::{AssetIx, BusinessIx, Changes, EdgeIx, EdgeKind, Effective, NewEdge, PersonIx, TeamIx};

/// How many random graphs each law is tried on; `ACCORD_LAWS` asks for more.
#[expect(clippy::disallowed_methods, reason = "a test that can be asked to try harder")]
fn config() -> ProptestConfig {
    let cases = std::env::var("ACCORD_LAWS").ok().and_then(|text| text.parse().ok()).unwrap_or(1000);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Permission bits by person and asset.
type Bits = BTreeMap<(u32, u32), u32>;

/// Everything, and what doesn't wait for anything.
fn permissions(effective: &Effective) -> (Bits, Bits) {
    let (mut all, mut settled) = (BTreeMap::new(), BTreeMap::new());
    for (person, rows) in effective.iter() {
        for row in rows {
            all.insert((person.0, row.asset.0), row.permissions);
            if row.permissions & !row.pending != 0 {
                settled.insert((person.0, row.asset.0), row.permissions & !row.pending);
            }
        }
    }
    (all, settled)
}

fn new_edges() -> impl Strategy<Value = Vec<NewEdge>> {
    let permissions = prop_oneof![Just(1u32), Just(2), Just(66)];
    let person = (0..PEOPLE).prop_map(PersonIx);
    let business = (0..BUSINESSES).prop_map(BusinessIx);
    let asset = (0..ASSETS).prop_map(AssetIx);
    let team = (0..TEAMS).prop_map(TeamIx);
    let edge = prop_oneof![
        (person.clone(), business.clone(), asset.clone(), permissions.clone())
            .prop_map(|(person, within, asset, permissions)| NewEdge::Grant { person, within, asset, permissions }),
        (person.clone(), team.clone()).prop_map(|(person, team)| NewEdge::InTeam { person, team }),
        (team, asset.clone(), permissions.clone()).prop_map(|(team, asset, permissions)| NewEdge::TeamGrant {
            team,
            asset,
            permissions
        }),
        (business.clone(), 0..BUSINESSES - 1, asset.clone(), permissions).prop_map(
            |(giver, other, asset, permissions)| {
                let receiver = BusinessIx(if other < giver.0 { other } else { other + 1 });
                NewEdge::Share { giver, receiver, asset, permissions }
            }
        ),
        (GROUPS..ASSETS, 0..ASSETS - 1).prop_map(|(group, other)| {
            let asset = AssetIx(if other < group { other } else { other + 1 });
            NewEdge::Contains { group: AssetIx(group), asset }
        }),
        (person, business, any::<bool>()).prop_map(|(person, business, admin)| NewEdge::Member {
            person,
            business,
            admin
        }),
    ];
    prop::collection::vec(edge, 0..4)
}

fn removed(graph: &AccessGraph, picks: &[prop::sample::Index]) -> Vec<EdgeIx> {
    let edges: Vec<EdgeIx> = graph.edges().filter(|&edge| graph.edge(edge).removable).collect();
    if edges.is_empty() { Vec::new() } else { picks.iter().map(|pick| *pick.get(&edges)).collect() }
}

fn check_against_oracle(plan: &Plan) {
    let graph = plan.graph();
    let (all, settled) = permissions(&graph.effective());
    assert_eq!(all, Oracle::new(&graph, true).permissions());
    assert_eq!(settled, Oracle::new(&graph, false).permissions());
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn effective_access_is_what_the_oracle_finds(plan in plans()) {
        check_against_oracle(&plan);
    }

    #[test]
    fn after_a_change_only_those_concerned_differ(
        plan in plans(),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        added in new_edges(),
    ) {
        let graph = plan.graph();
        let effective = graph.effective();
        let changes = Changes { removed: removed(&graph, &picks), added };
        let (after, incremental) = graph.effective_after(&effective, &changes);
        prop_assert_eq!(&incremental, &after.effective());
        let touched = graph.touched(&changes, &after);
        for person in graph.nodes().people().filter(|person| !touched.contains(person)) {
            prop_assert_eq!(effective.of(person), incremental.of(person));
        }
        // Where many are touched everybody is looked at again, which proves nothing about the splicing.
        prop_assert_eq!(&after.spliced(&effective, &touched), &incremental);
        let (all, _) = permissions(&incremental);
        let ended = ended(&graph, &after, &changes);
        prop_assert_eq!(all, Oracle::after(&after, &graph, ended, true).permissions());
    }

    #[test]
    fn without_edges_is_the_graph_that_never_had_them_and_never_gives_more(
        plan in plans(),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
    ) {
        let graph = plan.graph();
        let removed = removed(&graph, &picks);
        let after = graph.with(&Changes { removed: removed.clone(), added: Vec::new() });
        let without = graph.without(removed);
        for person in graph.nodes().people() {
            let rows = without.access_of(person);
            prop_assert_eq!(&rows, &after.access_of(person));
            for row in rows {
                let before = graph.access(person, row.asset).map_or(0, |access| access.permissions);
                prop_assert_eq!(row.permissions & !before, 0);
            }
        }
    }

    #[test]
    fn lists_patched_twice_are_the_lists_of_a_graph_built_from_the_edges_that_are_left(
        plan in plans(),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        first in new_edges(),
        second in new_edges(),
    ) {
        let graph = plan.graph();
        let before: Vec<(u32, Raw)> = graph.raws().map(|(index, raw)| (index, *raw)).collect();
        let changes = Changes { removed: removed(&graph, &picks[..picks.len() / 2]), added: first };
        let once = graph.with(&changes);
        let more = Changes { removed: removed(&once, &picks[picks.len() / 2..]), added: second };
        let twice = once.with(&more);
        let lost = [(&graph, &changes), (&once, &more)].iter().any(|(graph, changes)| {
            !graph.removal(changes.removed.iter().copied()).lost.is_empty()
        });
        let (anew, number) = anew(&twice);
        check_lists(&twice, &anew, &number);
        // Whose membership goes loses what a team has there, though both edges of it stay.
        if !lost {
            check_rows(&twice, &anew, &number);
        }
        // The graphs before share what the changed ones have, and keep what they had.
        prop_assert_eq!(before, graph.raws().map(|(index, raw)| (index, *raw)).collect::<Vec<_>>());
        prop_assert_eq!(graph.effective(), plan.graph().effective());
    }

    #[test]
    fn paths_together_give_exactly_what_is_effective(plan in plans()) {
        let graph = plan.graph();
        for person in graph.nodes().people() {
            for asset in graph.nodes().assets() {
                let paths = graph.paths(person, asset);
                let together = paths.iter().fold(0, |bits, path| bits | path.permissions);
                prop_assert_eq!(together, graph.access(person, asset).map_or(0, |access| access.permissions));
                for path in &paths {
                    prop_assert!(path.hops.windows(2).all(|pair| pair[0].to == pair[1].from), "{:?}", path);
                    // A path alone carries what it says: without one of its edges it is gone.
                    for edge in path.edges().into_iter().filter(|_| path == &paths[0]) {
                        prop_assert!(!graph.without([edge]).paths(person, asset).contains(path));
                    }
                }
            }
        }
    }

    #[test]
    fn a_cut_ends_the_access_and_no_smaller_one_does(plan in plans()) {
        let graph = plan.graph();
        for (person, rows) in graph.effective().iter() {
            for row in rows.iter().take(3) {
                let cut = graph.cut(person, row.asset, u64::MAX);
                let left = graph.without(cut.edges.iter().copied()).access(person, row.asset);
                prop_assert_eq!(left.is_some(), !cut.left.is_empty());
                if cut.exact && cut.left.is_empty() {
                    for skip in 0..cut.edges.len() {
                        let fewer = cut.edges.iter().enumerate().filter(|(at, _)| *at != skip).map(|(_, &edge)| edge);
                        prop_assert!(graph.without(fewer).access(person, row.asset).is_some());
                    }
                }
            }
        }
    }

    #[test]
    fn who_is_on_an_asset_is_who_reaches_it(plan in plans()) {
        let graph = plan.graph();
        let effective = graph.effective();
        for asset in graph.nodes().assets() {
            let on = graph.people_on(asset);
            let reach = effective.iter().filter_map(|(person, _)| Some((person, *effective.access(person, asset)?)));
            prop_assert_eq!(on, reach.collect::<Vec<_>>());
        }
    }

    #[test]
    fn potential_is_what_its_paths_say(plan in plans()) {
        let graph = plan.graph();
        for person in graph.nodes().people() {
            let mut by_asset: BTreeMap<AssetIx, u32> = BTreeMap::new();
            for row in graph.potential(person) {
                *by_asset.entry(row.asset).or_default() |= row.permissions;
            }
            for asset in graph.nodes().assets() {
                let paths = graph.potential_paths(person, asset);
                let together = paths.iter().fold(0, |bits, path| bits | path.permissions);
                prop_assert_eq!(together, by_asset.get(&asset).copied().unwrap_or(0));
            }
        }
    }
}

/// Partnerships of which nothing is left.
fn ended(graph: &AccessGraph, after: &AccessGraph, changes: &Changes) -> Vec<(u32, u32)> {
    let left: Vec<(u32, u32)> = after.edges().filter_map(|edge| ends_of(after, edge)).collect();
    changes.removed.iter().filter_map(|&edge| ends_of(graph, edge)).filter(|pair| !left.contains(pair)).collect()
}

fn ends_of(graph: &AccessGraph, edge: EdgeIx) -> Option<(u32, u32)> {
    let raw = graph.raw(edge.0);
    (raw.kind == EdgeKind::Partner).then_some((raw.from, raw.to))
}

/// A graph from the edges of another one, with the new number of each.
fn anew(graph: &AccessGraph) -> (AccessGraph, BTreeMap<u32, u32>) {
    let mut draft = Draft { known: graph.draft.known.clone(), ..Draft::default() };
    let mut number = BTreeMap::from([(NONE, NONE)]);
    for (index, raw) in graph.raws() {
        let edge = draft.push(*raw, &[]);
        if raw.kind == EdgeKind::Grant {
            draft.row(raw.from, raw.to, raw.permissions, edge, NONE);
        }
        number.insert(index, edge);
    }
    team_rows(&mut draft);
    (AccessGraph::of(Reading::Observed, graph.day(), Arc::clone(&graph.nodes), draft), number)
}

fn check_lists(graph: &AccessGraph, anew: &AccessGraph, number: &BTreeMap<u32, u32>) {
    let lists = |index: &Index| {
        [
            index.contents.clone(),
            index.around.clone(),
            index.shares_to.clone(),
            index.shares_on.clone(),
            index.members_of.clone(),
            index.businesses_of.clone(),
            index.teams_of.clone(),
            index.in_team.clone(),
            index.team_grants.clone(),
            index.team_grants_on.clone(),
            index.owns.clone(),
            index.partners.clone(),
        ]
    };
    for (patched, fresh) in lists(&graph.index).iter().zip(&lists(&anew.index)) {
        for key in 0..PEOPLE.max(ASSETS) {
            let row: Vec<u32> = patched.row(key).iter().map(|edge| number[edge]).collect();
            assert_eq!(row, fresh.row(key));
        }
    }
    assert_eq!(graph.index.nested, anew.index.nested);
    for (old, new) in number.iter().filter(|(old, _)| **old != NONE) {
        assert_eq!(graph.raw(*old), anew.raw(*new));
    }
}

fn check_rows(graph: &AccessGraph, anew: &AccessGraph, number: &BTreeMap<u32, u32>) {
    let renumbered = |row: &Row| Row { edge: number[&row.edge], line: number[&row.line], ..*row };
    for person in graph.nodes().people() {
        let rows: Vec<Row> = graph.rows_of(person).iter().map(renumbered).collect();
        assert_eq!(rows, anew.rows_of(person));
    }
    for asset in 0..ASSETS {
        let rows: Vec<Row> = graph.index.rows_on.row(asset).iter().map(|&row| renumbered(graph.row(row))).collect();
        let fresh: Vec<Row> = anew.index.rows_on.row(asset).iter().map(|&row| *anew.row(row)).collect();
        assert_eq!(rows, fresh);
    }
}
