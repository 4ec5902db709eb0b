//! Two graphs, compared.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Access, AccessGraph, AssetIx, BusinessIx, EdgeKind, Node, PersonIx};
use crate::platforms::Certainty;
use crate::source::Files;

use super::people::Population;
use super::{AssetEffect, Effect, Effects, Kept, PotentialReach, Relation, Role, Totals, Way, Weight, Who};

/// How many accounts are named of what a new role could reach.
const EXAMPLES: usize = 5;

/// What changes for people between two graphs of one builder. `files` are those of the later state, `old_files` of the earlier one.
pub fn effects(before: &AccessGraph, after: &AccessGraph, old_files: &Files, files: &Files) -> Effects {
    let comparison = Comparison { before, after, old_files, files };
    let shares = comparison.shares();
    let (mut touched, mut totals) = comparison.people(&shares);
    for (business, moves) in &shares {
        comparison.count_shares(moves, &mut totals);
        touched.extend(comparison.business(*business, moves, &mut totals));
    }
    totals.assets = comparison.assets(&touched);
    touched.sort_by_cached_key(|effect| (effect.weight, label(effect), format!("{:?}", effect.relations)));
    Effects { totals, touched }
}

/// What changes on one asset: before and after.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Move {
    asset: AssetIx,
    before: u32,
    after: u32,
    /// What only pending paths give.
    pending: u32,
}

/// What changes about one membership.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    business: BusinessIx,
    before: Option<Role>,
    after: Option<Role>,
    pending: bool,
}

struct Comparison<'a> {
    before: &'a AccessGraph,
    after: &'a AccessGraph,
    old_files: &'a Files,
    files: &'a Files,
}

/// Everything that happens to somebody, and what they keep where something ends.
type Fate = (Vec<Turn>, Vec<Move>, Vec<AssetIx>);

type Shares = BTreeMap<BusinessIx, Vec<Move>>;

impl Comparison<'_> {
    /// What businesses are given by others, where that changes.
    fn shares(&self) -> Shares {
        let nodes = self.after.nodes();
        let moves =
            |business| merged(&self.before.reach_of_business(business), &self.after.reach_of_business(business));
        nodes.businesses().map(|business| (business, moves(business))).filter(|(_, moves)| !moves.is_empty()).collect()
    }

    /// Effects on people, those to whom the same happens together.
    fn people(&self, shares: &Shares) -> (Vec<Effect>, Totals) {
        let (before, after) = (self.before.effective(), self.after.effective());
        let mut totals = Totals::default();
        let mut alike: BTreeMap<Fate, Vec<PersonIx>> = BTreeMap::new();
        for person in self.after.nodes().people() {
            let moves = merged(before.of(person), after.of(person));
            let turns = self.turns(person);
            if moves.is_empty() && turns.is_empty() {
                continue;
            }
            self.count(&turns, &moves, &mut totals);
            if turns.is_empty() && self.follows(person, &moves, shares) {
                continue;
            }
            let ends = turns.iter().any(|turn| turn.after.is_none()) || moves.iter().any(|one| one.after == 0);
            let kept = match ends {
                true => after
                    .of(person)
                    .iter()
                    .filter(|row| row.permissions & !row.pending != 0)
                    .map(|row| row.asset)
                    .collect(),
                false => Vec::new(),
            };
            alike.entry((turns, moves, kept)).or_default().push(person);
        }
        let effects =
            alike.into_iter().map(|((turns, moves, kept), people)| self.effect(&people, &turns, &moves, &kept));
        (effects.collect(), totals)
    }

    /// Whether everything that happens to somebody follows from what happens to a partner they work for: it is told there.
    fn follows(&self, person: PersonIx, moves: &[Move], shares: &Shares) -> bool {
        let of =
            |graph: &AccessGraph| graph.businesses_of(person).map(|edge| graph.edge(edge).to).collect::<BTreeSet<_>>();
        let mut businesses = of(self.before);
        businesses.extend(of(self.after));
        let through = businesses.iter().filter_map(|node| match node {
            Node::Business(business) if !self.after.nodes().business(*business).ours => shares.get(business),
            _ => None,
        });
        let assets: BTreeSet<AssetIx> = through.flatten().map(|one| one.asset).collect();
        moves.iter().all(|one| assets.contains(&one.asset))
    }

    fn turns(&self, person: PersonIx) -> Vec<Turn> {
        let (before, after) = (roles(self.before, person), roles(self.after, person));
        let businesses: BTreeSet<BusinessIx> = before.keys().chain(after.keys()).copied().collect();
        let turn = |business: BusinessIx| {
            let (old, new) = (before.get(&business).copied(), after.get(&business).copied());
            let turn = Turn {
                business,
                before: old.map(|(role, _)| role),
                after: new.map(|(role, _)| role),
                pending: new.is_some_and(|(_, pending)| pending),
            };
            let ours = self.after.nodes().business(business).ours;
            (ours && turn.before != turn.after).then_some(turn)
        };
        businesses.into_iter().filter_map(turn).collect()
    }

    fn count(&self, turns: &[Turn], moves: &[Move], totals: &mut Totals) {
        let any = |is: &dyn Fn(&Turn) -> bool| u64::from(turns.iter().any(is));
        totals.joining += any(&|turn| turn.before.is_none());
        totals.leaving += any(&|turn| turn.after.is_none());
        totals.new_managers += any(&|turn| turn.after == Some(Role::Manager));
        totals.people_gaining += u64::from(moves.iter().any(|one| one.after & !one.before != 0));
        totals.people_losing += u64::from(moves.iter().any(|one| one.before & !one.after != 0));
        totals.new_administrators += u64::from(moves.iter().any(|one| self.administers(one)));
    }

    fn count_shares(&self, moves: &[Move], totals: &mut Totals) {
        totals.partners_gaining += u64::from(moves.iter().any(|one| one.after & !one.before != 0));
        totals.partners_losing += u64::from(moves.iter().any(|one| one.before & !one.after != 0));
    }

    fn administers(&self, one: &Move) -> bool {
        one.after & !one.before & self.after.admin_mask(one.asset) != 0
    }

    fn effect(&self, people: &[PersonIx], turns: &[Turn], moves: &[Move], kept: &[AssetIx]) -> Effect {
        let nodes = self.after.nodes();
        let first = people[0];
        let mut refs: Vec<_> = people.iter().map(|&person| nodes.person_ref(person)).collect();
        refs.sort_by_cached_key(|person| (person.label(), person.clone()));
        let weight = self.weight(turns, moves, Weight::Gain);
        Effect {
            weight,
            who: Who::People { people: refs },
            relations: turns.iter().map(|turn| self.relation(first, turn)).collect(),
            assets: self.asset_effects(moves, &|asset| self.ways(first, asset)),
            potential: self.potential(first, turns),
            keeps: kept.iter().filter_map(|&asset| self.kept(first, asset)).collect(),
        }
    }

    fn business(&self, business: BusinessIx, moves: &[Move], totals: &mut Totals) -> Option<Effect> {
        let nodes = self.after.nodes();
        let ours = nodes.business(business).ours;
        let population = Population::of(self.before, self.after, business);
        totals.partners_unknown += u64::from(population.is_unknown());
        let least = if ours { Weight::Gain } else { Weight::Partner };
        let ended = moves.iter().any(|one| one.after == 0);
        let keeps = self.after.reach_of_business(business);
        Some(Effect {
            weight: self.weight(&[], moves, least),
            who: Who::Business { business: nodes.business_ref(business), people: population.people },
            relations: Vec::new(),
            assets: self.asset_effects(moves, &|asset| self.share_lines(business, asset)),
            potential: Vec::new(),
            keeps: match ended {
                true => keeps.iter().map(|row| self.kept_row(row)).collect(),
                false => Vec::new(),
            },
        })
    }

    fn weight(&self, turns: &[Turn], moves: &[Move], least: Weight) -> Weight {
        let manager = turns.iter().any(|turn| turn.after == Some(Role::Manager));
        if manager || moves.iter().any(|one| self.administers(one)) {
            return Weight::Administration;
        }
        if moves.iter().any(|one| self.edits_billing(one)) {
            return Weight::Money;
        }
        let lowered = |turn: &Turn| turn.after < turn.before;
        match turns.iter().any(lowered) || moves.iter().any(|one| one.before & !one.after != 0) {
            true => Weight::Loss,
            false => least,
        }
    }

    fn edits_billing(&self, one: &Move) -> bool {
        let platform = self.after.nodes().asset(one.asset).platform;
        let bit = platform.capability_bit("edit-billing").unwrap_or_default();
        let has = |permissions| platform.capabilities_of(permissions, Certainty::Inferred) & bit != 0;
        has(one.after) && !has(one.before)
    }

    fn relation(&self, person: PersonIx, turn: &Turn) -> Relation {
        let Turn { business, before, after, pending } = *turn;
        let (graph, files) = match after {
            Some(_) => (self.after, self.files),
            None => (self.before, self.old_files),
        };
        let edges = graph.businesses_of(person).filter(|&edge| graph.edge(edge).to == Node::Business(business));
        let places = edges.flat_map(|edge| graph.hop_ref(edge, files).places).collect();
        Relation { business: self.after.nodes().business_ref(business), before, after, pending, places }
    }

    fn asset_effects(&self, moves: &[Move], ways: &dyn Fn(AssetIx) -> Vec<Way>) -> Vec<AssetEffect> {
        let effect = |one: &Move| {
            let nodes = self.after.nodes();
            let node = nodes.asset(one.asset);
            let platform = node.platform;
            let words = |mask| platform.words(mask).into_iter().map(str::to_owned).collect();
            let capabilities = |mask| platform.capabilities_of(mask, Certainty::Inferred);
            let names = |mask: u64| -> Vec<String> {
                let table = platform.capabilities.iter().enumerate();
                table.filter(|(bit, _)| mask & (1 << bit) != 0).map(|(_, one)| one.name.to_owned()).collect()
            };
            let (old, new) = (capabilities(one.before), capabilities(one.after));
            AssetEffect {
                asset: nodes.asset_ref(one.asset),
                client: node.client.map(|client| nodes.text(client).to_owned()),
                before: words(one.before),
                after: words(one.after),
                gains: names(new & !old),
                loses: names(old & !new),
                pending: one.after & !one.before != 0 && one.after & !one.before & !one.pending == 0,
                paths: ways(one.asset),
            }
        };
        let mut effects: Vec<AssetEffect> = moves.iter().map(effect).collect();
        effects.sort_by_cached_key(|effect| (effect.asset.label(), effect.asset.clone()));
        effects
    }

    /// The shortest way that comes and the shortest that goes.
    fn ways(&self, person: PersonIx, asset: AssetIx) -> Vec<Way> {
        let old: Vec<_> =
            self.before.paths(person, asset).iter().map(|path| self.before.path_ref(path, self.old_files)).collect();
        let new: Vec<_> =
            self.after.paths(person, asset).iter().map(|path| self.after.path_ref(path, self.files)).collect();
        let gone = old.iter().find(|path| !new.iter().any(|other| same_way(path, other)));
        let comes = new.iter().find(|path| !old.iter().any(|other| same_way(path, other)));
        let way = |path: Option<&crate::graph::PathRef>, comes| path.map(|path| Way { comes, path: path.clone() });
        way(gone, false).into_iter().chain(way(comes, true)).collect()
    }

    /// The shares of a business on an asset itself that come or go.
    fn share_lines(&self, business: BusinessIx, asset: AssetIx) -> Vec<Way> {
        let shares = |graph: &AccessGraph, files: &Files| -> Vec<crate::graph::HopRef> {
            let edges = graph.shares_to(business).filter(|&edge| graph.edge(edge).to == Node::Asset(asset));
            edges.map(|edge| graph.hop_ref(edge, files)).collect()
        };
        let (old, new) = (shares(self.before, self.old_files), shares(self.after, self.files));
        let same = |a: &crate::graph::HopRef, b: &crate::graph::HopRef| a.permissions == b.permissions;
        let gone = old.iter().filter(|hop| !new.iter().any(|other| same(hop, other))).map(|hop| (false, hop));
        let comes = new.iter().filter(|hop| !old.iter().any(|other| same(hop, other))).map(|hop| (true, hop));
        gone.chain(comes).map(|(comes, hop)| Way { comes, path: one_hop(hop) }).collect()
    }

    fn potential(&self, person: PersonIx, turns: &[Turn]) -> Vec<PotentialReach> {
        let raised = turns.iter().filter(|turn| turn.after == Some(Role::Manager)).map(|turn| turn.business);
        let raised: Vec<BusinessIx> = raised.collect();
        if raised.is_empty() {
            return Vec::new();
        }
        let nodes = self.after.nodes();
        let reach = self.after.potential(person);
        let of = |business: BusinessIx| {
            let assets: BTreeSet<AssetIx> =
                reach.iter().filter(|one| one.business == business).map(|one| one.asset).collect();
            PotentialReach {
                business: nodes.business_ref(business),
                assets: assets.len() as u64,
                examples: assets.into_iter().take(EXAMPLES).map(|asset| nodes.asset_ref(asset)).collect(),
            }
        };
        raised.into_iter().map(of).collect()
    }

    fn kept(&self, person: PersonIx, asset: AssetIx) -> Option<Kept> {
        self.after.access(person, asset).map(|row| self.kept_row(&row))
    }

    fn kept_row(&self, row: &Access) -> Kept {
        let nodes = self.after.nodes();
        let words = nodes.asset(row.asset).platform.words(row.permissions);
        Kept { asset: nodes.asset_ref(row.asset), permissions: words.into_iter().map(str::to_owned).collect() }
    }

    fn assets(&self, touched: &[Effect]) -> u64 {
        let assets: BTreeSet<&crate::model::AssetRef> =
            touched.iter().flat_map(|effect| &effect.assets).map(|effect| &effect.asset).collect();
        assets.len() as u64
    }
}

/// The businesses somebody works in, with the highest role and whether it is still to be accepted.
fn roles(graph: &AccessGraph, person: PersonIx) -> BTreeMap<BusinessIx, (Role, bool)> {
    let mut roles: BTreeMap<BusinessIx, (Role, bool)> = BTreeMap::new();
    for edge in graph.businesses_of(person).map(|edge| graph.edge(edge)) {
        let (EdgeKind::Member, Node::Business(business)) = (edge.kind, edge.to) else { continue };
        let role = if edge.admin { Role::Manager } else { Role::Employee };
        let entry = roles.entry(business).or_insert((role, edge.pending));
        *entry = (entry.0.max(role), entry.1 && edge.pending);
    }
    roles
}

/// Assets on which something changes, of two lists by asset.
fn merged(before: &[Access], after: &[Access]) -> Vec<Move> {
    let mut all: BTreeMap<AssetIx, Move> = BTreeMap::new();
    for row in before {
        all.insert(row.asset, Move { asset: row.asset, before: row.permissions, after: 0, pending: 0 });
    }
    for row in after {
        let one = all.entry(row.asset).or_insert(Move { asset: row.asset, before: 0, after: 0, pending: 0 });
        one.after = row.permissions;
        one.pending = row.pending;
    }
    all.into_values().filter(|one| one.before != one.after).collect()
}

/// Whether two paths are the same but for where the files say so.
fn same_way(one: &crate::graph::PathRef, other: &crate::graph::PathRef) -> bool {
    one.permissions == other.permissions
        && one.hops.len() == other.hops.len()
        && one.hops.iter().zip(&other.hops).all(|(a, b)| (&a.from, &a.to, a.kind) == (&b.from, &b.to, b.kind))
}

fn one_hop(hop: &crate::graph::HopRef) -> crate::graph::PathRef {
    crate::graph::PathRef {
        hops: vec![hop.clone()],
        also: Vec::new(),
        permissions: hop.permissions.clone(),
        potential: false,
    }
}

fn label(effect: &Effect) -> String {
    match &effect.who {
        Who::People { people } => people.first().map(crate::model::PersonRef::label).unwrap_or_default(),
        Who::Business { business, .. } => business.label(),
    }
}
