//! Shapes that only a broken export has: they end, and on the stack of a thread of a test.

use std::sync::Arc;

use jiff::civil::date;

use super::world::{BLANK, Piece, Plan, asset, nodes};
use crate::graph::edge::EdgeKind;
use crate::graph::store::{AccessGraph, Draft, NONE, Raw, Reading};
use crate::graph::{AssetIx, BusinessIx, Changes, NewEdge, PersonIx};

const DEPTH: u32 = 200_000;

/// An account at the end of a chain of groups, each inside the one before; the first person has the first group.
fn chain(ring: bool) -> AccessGraph {
    let mut nodes = nodes(&[]);
    for index in 0..DEPTH {
        asset(&mut nodes, index, "ASSET_GROUP", Some(0));
    }
    asset(&mut nodes, DEPTH, "AD_ACCOUNT", Some(0));
    let mut draft = Draft { known: vec![true; 4], ..Draft::default() };
    for group in 0..DEPTH {
        draft.push(Raw { from: group, to: group + 1, kind: EdgeKind::Contains, ..BLANK }, &[]);
    }
    if ring {
        draft.push(Raw { from: DEPTH - 1, to: 0, kind: EdgeKind::Contains, ..BLANK }, &[]);
    }
    for (person, within) in [(0, 0), (1, 1)] {
        let raw = Raw { from: person, to: 0, within, permissions: 64, kind: EdgeKind::Grant, ..BLANK };
        let edge = draft.push(raw, &[]);
        draft.row(person, 0, 64, edge, NONE);
    }
    let share = Raw { from: 1, to: 0, within: 0, permissions: 64 | 2, kind: EdgeKind::Share, ..BLANK };
    draft.push(share, &[]);
    AccessGraph::of(Reading::Observed, date(2026, 11, 22), Arc::new(nodes), draft)
}

#[test]
fn a_chain_of_200_000_groups_is_followed_to_its_end() {
    let graph = chain(false);
    let end = AssetIx(DEPTH);
    for person in [PersonIx(0), PersonIx(1)] {
        assert_eq!(graph.effective().of(person).len(), DEPTH as usize + 1);
        assert_eq!(graph.access(person, end).map(|access| access.permissions), Some(64));
        let paths = graph.paths(person, end);
        assert_eq!(paths.len(), 1);
    }
    assert_eq!(graph.cut(PersonIx(0), end, u64::MAX).edges.len(), 1);
    assert_eq!(graph.people_on(end).len(), 2);
    let first = graph.contents_of(AssetIx(0)).next().unwrap();
    assert_eq!(graph.resting_on([first]).len(), 2);
    let (_, after) = graph.effective_after(&graph.effective(), &Changes { removed: vec![first], added: Vec::new() });
    assert_eq!(after.len(), 2);
}

#[test]
fn a_ring_of_groups_ends() {
    let graph = chain(true);
    let end = AssetIx(DEPTH);
    assert_eq!(graph.effective().of(PersonIx(0)).len(), DEPTH as usize + 1);
    assert_eq!(graph.paths(PersonIx(1), end).len(), 1);
}

/// A business with the accounts 0 and 1 in which a partner's person has a grant on account 0, and nobody says what the partner was given.
fn unspoken() -> AccessGraph {
    let owners = vec![Some(3), Some(3), None, None, None, None, None, None, None];
    let grant = Piece::Grant { person: 2, within: 0, asset: 0, permissions: 1, pending: false };
    Plan { owners, known: vec![false; 4], pieces: vec![grant] }.graph()
}

#[test]
fn the_first_word_on_what_a_partner_was_given_ends_what_nobody_gave() {
    let graph = unspoken();
    let person = PersonIx(2);
    assert_eq!(graph.effective().of(person).len(), 1);
    let share = NewEdge::Share { giver: BusinessIx(3), receiver: BusinessIx(0), asset: AssetIx(1), permissions: 1 };
    let changes = Changes { removed: Vec::new(), added: vec![share] };
    let (after, effective) = graph.effective_after(&graph.effective(), &changes);
    assert_eq!(graph.touched(&changes, &after), [person]);
    assert_eq!(effective.of(person), []);
    assert_eq!(effective, after.effective());
}
