//! Random graphs, straight from edges.

use std::sync::Arc;

use jiff::civil::date;
use proptest::prelude::*;

use crate::graph::edge::EdgeKind;
use crate::graph::node::{Asset, Business, BusinessIx, Nodes, Person, PersonKind, Team};
use crate::graph::store::{ADMIN, AccessGraph, Draft, NONE, PENDING, Raw, Reading};
use crate::platforms::{Platform, by_name};
use crate::source::Pos;

pub(super) const PEOPLE: u32 = 5;
pub(super) const BUSINESSES: u32 = 4;
pub(super) const ASSETS: u32 = 9;
pub(super) const TEAMS: u32 = 3;
/// Assets from here on are groups.
pub(super) const GROUPS: u32 = 5;

pub(super) fn pinterest() -> &'static Platform {
    by_name("pinterest").unwrap()
}

/// Nodes of the sizes above; `owners` by asset, `known` by business.
pub(super) fn nodes(owners: &[Option<u32>]) -> Nodes {
    let mut nodes = Nodes::default();
    let platform = pinterest();
    for index in 0..BUSINESSES {
        let id = nodes.strings.intern(&format!("b{index}"));
        let domains = Vec::new();
        nodes.businesses.push(Business { platform, id, name: None, key: None, pos: None, ours: true, domains });
    }
    for index in 0..TEAMS {
        let key = nodes.strings.intern(&format!("t{index}"));
        nodes.teams.push(Team { business: BusinessIx(index % BUSINESSES), key, pos: Pos::default() });
    }
    for _ in 0..PEOPLE {
        nodes.people.push(Person { kind: PersonKind::Human, key: None, name: None, pos: None, names: (0, 0) });
    }
    for (index, owner) in (0u32..).zip(owners) {
        let word = match index {
            GROUPS.. => "ASSET_GROUP",
            0 => "PROFILE",
            _ => "AD_ACCOUNT",
        };
        asset(&mut nodes, index, word, *owner);
    }
    nodes
}

pub(super) fn asset(nodes: &mut Nodes, index: u32, word: &str, owner: Option<u32>) {
    let platform = pinterest();
    let id = nodes.strings.intern(&format!("a{index}"));
    let kind_word = nodes.strings.intern(word);
    nodes.assets.push(Asset {
        platform,
        id: Some(id),
        kind: platform.asset_type(word),
        kind_word,
        name: None,
        key: None,
        pos: None,
        home: BusinessIx(0),
        owner: owner.map(BusinessIx),
        client: None,
        labels: Vec::new(),
        desired: None,
    });
}

/// An edge before anything is known about teams.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece {
    Grant { person: u32, within: u32, asset: u32, permissions: u32, pending: bool },
    InTeam { person: u32, team: u32 },
    TeamGrant { team: u32, asset: u32, permissions: u32 },
    Contains { group: u32, asset: u32 },
    Share { giver: u32, receiver: u32, asset: u32, permissions: u32, pending: bool },
    Member { person: u32, business: u32, admin: bool },
    Partner { giver: u32, receiver: u32 },
}

fn piece() -> impl Strategy<Value = Piece> {
    let permissions = prop_oneof![Just(1u32), Just(2), Just(64), Just(3), Just(1 << 9), Just(66)];
    let (person, business, asset, team) = (0..PEOPLE, 0..BUSINESSES, 0..ASSETS, 0..TEAMS);
    let pending = prop::bool::weighted(0.15);
    prop_oneof![
        5 => (person.clone(), business.clone(), asset.clone(), permissions.clone(), pending)
            .prop_map(|(person, within, asset, permissions, pending)| Piece::Grant { person, within, asset, permissions, pending }),
        2 => (person.clone(), team.clone()).prop_map(|(person, team)| Piece::InTeam { person, team }),
        2 => (team, asset.clone(), permissions.clone())
            .prop_map(|(team, asset, permissions)| Piece::TeamGrant { team, asset, permissions }),
        4 => (GROUPS..ASSETS, asset.clone()).prop_map(|(group, asset)| Piece::Contains { group, asset }),
        4 => (business.clone(), business.clone(), asset, permissions, pending).prop_map(
            |(giver, receiver, asset, permissions, pending)| Piece::Share { giver, receiver, asset, permissions, pending }
        ),
        2 => (person, business.clone(), any::<bool>())
            .prop_map(|(person, business, admin)| Piece::Member { person, business, admin }),
        1 => (business.clone(), business).prop_map(|(giver, receiver)| Piece::Partner { giver, receiver }),
    ]
}

/// Who owns what, which businesses are known to say all, and edges.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) owners: Vec<Option<u32>>,
    pub(super) known: Vec<bool>,
    pub(super) pieces: Vec<Piece>,
}

pub(super) fn plans() -> impl Strategy<Value = Plan> {
    let owner = prop_oneof![1 => Just(None), 6 => (0..BUSINESSES).prop_map(Some)];
    (
        prop::collection::vec(owner, ASSETS as usize),
        prop::collection::vec(any::<bool>(), BUSINESSES as usize),
        prop::collection::vec(piece(), 0..30),
    )
        .prop_map(|(owners, known, pieces)| Plan { owners, known, pieces })
}

pub(super) const BLANK: Raw =
    Raw { from: 0, to: 0, within: NONE, permissions: 0, extra: 0, kind: EdgeKind::Member, flags: 0 };

impl Plan {
    pub(super) fn graph(&self) -> AccessGraph {
        let nodes = nodes(&self.owners);
        let mut draft = Draft { known: self.known.clone(), ..Draft::default() };
        for piece in &self.pieces {
            push(&mut draft, &nodes, piece);
        }
        team_rows(&mut draft);
        for (asset, owner) in (0u32..).zip(&self.owners) {
            if let Some(owner) = *owner {
                draft.push(Raw { from: owner, to: asset, kind: EdgeKind::Owns, ..BLANK }, &[]);
            }
        }
        AccessGraph::of(Reading::Observed, date(2026, 11, 22), Arc::new(nodes), draft)
    }
}

fn push(draft: &mut Draft, nodes: &Nodes, piece: &Piece) {
    let flag = |pending| if pending { PENDING } else { 0 };
    match *piece {
        Piece::Grant { person, within, asset, permissions, pending } => {
            let raw = Raw { from: person, to: asset, within, permissions, flags: flag(pending), ..BLANK };
            let edge = draft.push(Raw { kind: EdgeKind::Grant, ..raw }, &[]);
            draft.row(person, asset, permissions, edge, NONE);
        }
        Piece::InTeam { person, team } => {
            draft.push(Raw { from: person, to: team, kind: EdgeKind::InTeam, ..BLANK }, &[]);
        }
        Piece::TeamGrant { team, asset, permissions } => {
            let within = nodes.teams[team as usize].business.0;
            let raw = Raw { from: team, to: asset, within, permissions, ..BLANK };
            draft.push(Raw { kind: EdgeKind::TeamGrant, ..raw }, &[]);
        }
        Piece::Contains { group, asset } if group != asset => {
            draft.push(Raw { from: group, to: asset, kind: EdgeKind::Contains, ..BLANK }, &[]);
        }
        Piece::Share { giver, receiver, asset, permissions, pending } if giver != receiver => {
            let raw = Raw { from: receiver, to: asset, within: giver, permissions, flags: flag(pending), ..BLANK };
            draft.push(Raw { kind: EdgeKind::Share, ..raw }, &[]);
        }
        Piece::Member { person, business, admin } => {
            let flags = if admin { ADMIN } else { 0 };
            draft.push(Raw { from: person, to: business, flags, ..BLANK }, &[]);
        }
        Piece::Partner { giver, receiver } if giver != receiver => {
            draft.push(Raw { from: giver, to: receiver, kind: EdgeKind::Partner, ..BLANK }, &[]);
        }
        Piece::Contains { .. } | Piece::Share { .. } | Piece::Partner { .. } => {}
    }
}

/// Everybody in a team has what it has.
pub(super) fn team_rows(draft: &mut Draft) {
    let edges: Vec<(u32, Raw)> = (0u32..).zip(draft.edges.iter().copied()).collect();
    for (line, member) in edges.iter().filter(|(_, edge)| edge.kind == EdgeKind::InTeam) {
        for (grant, given) in edges.iter().filter(|(_, edge)| edge.kind == EdgeKind::TeamGrant) {
            if given.from == member.to {
                draft.row(member.from, given.to, given.permissions, *grant, *line);
            }
        }
    }
}
