//! Graphs from states: what an export says and which lines explain it, what the files want, what a plan leads to.

mod desired;
mod lines;
mod observed;
mod rosters;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::desired::DesiredState;
use crate::observed::{Collection, ObservedState};

use super::edge::{EdgeKind, Line};
use super::identity::{Census, FileMap, StateMap};
use super::node::{AssetIx, BusinessIx, Node, Nodes, PersonIx};
use super::store::{AccessGraph, Draft, NONE, PENDING, Raw, Reading, Row};
use lines::Explained;

/// What graphs are made from: one version of the files or two, and the exports.
#[derive(Clone, Default)]
pub struct Sources<'a> {
    /// The files; they also know who is who, clients, labels and which lines explain what an export shows.
    pub files: Option<&'a DesiredState>,
    /// An earlier version of the files, for [`Builder::base`].
    pub base: Option<&'a DesiredState>,
    /// The exports, one for each business.
    pub states: Vec<StateSource<'a>>,
}

/// The export of one business.
#[derive(Clone, Copy)]
pub struct StateSource<'a> {
    /// What is there.
    pub observed: &'a ObservedState,
    /// What a plan leads to, for [`Builder::planned`]; where it is absent, nothing changes.
    pub predicted: Option<&'a ObservedState>,
}

/// A grant that a plan leads to only later: after an acceptance, or once an asset appears.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pending {
    /// A person, or a business that is given something.
    pub holder: Node,
    /// For people the business whose grant it is, for businesses the one that gives.
    pub within: BusinessIx,
    /// On what.
    pub asset: AssetIx,
    /// Permission bits.
    pub permissions: u32,
    /// The lines that want it.
    pub lines: Vec<Line>,
}

/// Who is who as far as it's known before there is a plan, which is nearly all: what takes long can be done while the plan is made.
pub struct Groundwork<'a> {
    files: Vec<&'a DesiredState>,
    has_files: bool,
    has_base: bool,
    states: Vec<(&'a ObservedState, StateMap)>,
    census: Census,
    /// By version of the files.
    maps: Vec<FileMap>,
}

impl<'a> Groundwork<'a> {
    /// Of the files, an earlier version of them, and exports as they are.
    pub fn of(
        files: Option<&'a DesiredState>,
        base: Option<&'a DesiredState>,
        states: impl IntoIterator<Item = &'a ObservedState>,
    ) -> Self {
        let states: Vec<&ObservedState> = states.into_iter().collect();
        let people = states.iter().map(|state| state.members.len()).sum::<usize>();
        let wanted = files.map_or(0, |files| files.people.len());
        let mut census = Census::new(people.max(wanted), states.first().map(|state| &state.strings));
        let states: Vec<_> = states.into_iter().map(|state| (state, census.state(state, None))).collect();
        let (has_files, has_base) = (files.is_some(), base.is_some());
        let files: Vec<_> = files.into_iter().chain(base).collect();
        let maps = files.iter().map(|version| census.files(version)).collect();
        Groundwork { files, has_files, has_base, states, census, maps }
    }

    /// With what a plan makes of each export, in their order; where that is absent, nothing changes.
    pub fn builder(self, predicted: impl IntoIterator<Item = Option<&'a ObservedState>>) -> Builder<'a> {
        let Groundwork { files, has_files, has_base, states, mut census, mut maps } = self;
        let mut predicted = predicted.into_iter().fuse();
        let with_later = |(observed, map): (&'a ObservedState, StateMap)| {
            let predicted = predicted.next().flatten();
            let later = predicted.map(|later| census.state(later, Some((observed, &map))));
            (StateSource { observed, predicted }, (map, later))
        };
        let (sources, mut states): (Vec<_>, Vec<_>) = states.into_iter().map(with_later).unzip();
        let known = known(&sources, &states);
        for (version, map) in files.iter().zip(&mut maps) {
            census.groups_without_id(version, map, &known);
        }
        drop(known);
        let mut of_states: Vec<&mut StateMap> = Vec::new();
        for (map, later) in &mut states {
            of_states.push(map);
            of_states.extend(later.as_mut());
        }
        let nodes = Arc::new(census.finish(&mut maps, &mut of_states));
        let mut versions = files.into_iter().zip(maps.into_iter().map(Arc::new));
        let (files, file_map) = has_files.then(|| versions.next()).flatten().unzip();
        let (base, base_map) = has_base.then(|| versions.next()).flatten().unzip();
        let sources = Sources { files, base, states: sources };
        Builder { sources, nodes, files: file_map, base: base_map, states }
    }
}

/// Makes graphs that share their nodes.
pub struct Builder<'a> {
    sources: Sources<'a>,
    nodes: Arc<Nodes>,
    files: Option<Arc<FileMap>>,
    base: Option<Arc<FileMap>>,
    /// By export: as it is, and as a plan leaves it.
    states: Vec<(StateMap, Option<StateMap>)>,
}

impl<'a> Builder<'a> {
    /// Finds out who is who.
    pub fn new(sources: Sources<'a>) -> Self {
        let Sources { files, base, states } = sources;
        let observed = states.iter().map(|source| source.observed);
        Groundwork::of(files, base, observed).builder(states.iter().map(|source| source.predicted))
    }

    /// Who and what there is.
    pub fn nodes(&self) -> &Nodes {
        &self.nodes
    }

    /// A business of the files.
    pub fn business_of_files(&self, business: u32) -> Option<BusinessIx> {
        self.files.as_ref()?.businesses.get(business as usize).copied().map(BusinessIx)
    }

    /// A person of the files.
    pub fn person_of_files(&self, person: u32) -> Option<PersonIx> {
        self.files.as_ref()?.people.get(person as usize).copied().map(PersonIx)
    }

    /// The business that a partner of the files is.
    pub fn partner_of_files(&self, partner: u32) -> Option<BusinessIx> {
        self.files.as_ref()?.partners.get(partner as usize).copied().map(BusinessIx)
    }

    /// An asset of the files.
    pub fn asset_of_files(&self, asset: u32) -> Option<AssetIx> {
        self.files.as_ref()?.assets.get(asset as usize).copied().map(AssetIx)
    }

    /// What the exports say.
    pub fn observed(&self, day: Date) -> AccessGraph {
        let mut draft = self.draft();
        for (source, (map, _)) in self.sources.states.iter().zip(&self.states) {
            self.draw_state(&mut draft, source.observed, map, false);
        }
        self.draw_rosters(&mut draft);
        self.graph(Reading::Observed, day, draft, self.files.as_ref())
    }

    /// What there is after the plan, with pending invitations and `pending` as if accepted.
    pub fn planned(&self, day: Date, pending: &[Pending]) -> AccessGraph {
        let mut draft = self.draft();
        for (source, (map, later)) in self.sources.states.iter().zip(&self.states) {
            let (state, map) = match (source.predicted, later) {
                (Some(state), Some(map)) => (state, map),
                _ => (source.observed, map),
            };
            self.draw_state(&mut draft, state, map, true);
        }
        self.draw_rosters(&mut draft);
        draft.pending(pending);
        self.graph(Reading::Planned, day, draft, self.files.as_ref())
    }

    /// What the files want on a day. Rosters of exports count, because the files can't change them.
    pub fn desired(&self, day: Date) -> AccessGraph {
        self.wanted(day, self.sources.files, self.files.as_ref())
    }

    /// What the earlier version of the files wanted on a day.
    pub fn base(&self, day: Date) -> AccessGraph {
        self.wanted(day, self.sources.base, self.base.as_ref())
    }

    fn wanted(&self, day: Date, files: Option<&DesiredState>, map: Option<&Arc<FileMap>>) -> AccessGraph {
        let mut draft = self.draft();
        if let (Some(files), Some(map)) = (files, map) {
            desired::draw(&mut draft, files, map, day);
        }
        self.draw_rosters(&mut draft);
        self.graph(Reading::Desired, day, draft, map)
    }

    fn draft(&self) -> Draft {
        let states = || self.sources.states.iter().map(|source| source.observed);
        // Of most grants each is an edge of one line.
        let rows = states().map(|state| state.grants.len()).sum::<usize>();
        let relations = states().map(|state| state.members.len() + state.partners.len()).sum::<usize>();
        let teams = self.sources.files.map_or(0, |files| files.teams.iter().map(|team| team.members.len() + 1).sum());
        let edges = rows + relations + teams + self.nodes.assets.len();
        Draft {
            known: vec![false; self.nodes.businesses.len()],
            edges: Vec::with_capacity(edges),
            ends: Vec::with_capacity(edges),
            lines: Vec::with_capacity(edges),
            rows: Vec::with_capacity(rows),
            ..Draft::default()
        }
    }

    fn draw_state(&self, draft: &mut Draft, state: &'a ObservedState, map: &StateMap, accept: bool) {
        let whole = [Collection::Partners, Collection::Grants].iter().all(|&name| state.is_complete(name));
        draft.known[map.business as usize] = whole;
        let explained = Explained::of(&self.nodes, self.sources.files, self.files.as_deref(), map.business);
        let known = |business: u32| self.is_whole(business);
        observed::draw(draft, state, map, &explained, &known);
        if accept {
            observed::draw_invites(draft, state, map, &explained);
        }
    }

    /// Whether a business has an export that says all about its partners.
    fn is_whole(&self, business: u32) -> bool {
        let mut exports = self.sources.states.iter().zip(&self.states);
        exports.any(|(source, (map, _))| {
            map.business == business
                && source.observed.is_complete(Collection::Partners)
                && source.observed.is_complete(Collection::Grants)
        })
    }

    fn draw_rosters(&self, draft: &mut Draft) {
        let exports = self.sources.states.iter().zip(&self.states);
        let exports: Vec<_> = exports.map(|(source, (map, _))| (source.observed, map)).collect();
        rosters::draw(draft, &exports);
    }

    fn graph(&self, reading: Reading, day: Date, mut draft: Draft, files: Option<&Arc<FileMap>>) -> AccessGraph {
        draft.owners(&self.nodes);
        let graph = AccessGraph::of(reading, day, Arc::clone(&self.nodes), draft);
        AccessGraph { files: files.cloned().unwrap_or_default(), ..graph }
    }
}

fn known<'s>(
    sources: &[StateSource<'s>],
    states: &'s [(StateMap, Option<StateMap>)],
) -> Vec<(&'s ObservedState, &'s StateMap)> {
    let mut known = Vec::new();
    for (source, (map, later)) in sources.iter().zip(states) {
        known.push((source.observed, map));
        known.extend(source.predicted.zip(later.as_ref()));
    }
    known
}

impl Draft {
    /// What is to come and not already there or attached to an invitation.
    fn pending(&mut self, pending: &[Pending]) {
        let key = |one: &Pending| match one.holder {
            Node::Person(person) => Some((EdgeKind::Grant, person.0, one.within.0, one.asset.0)),
            Node::Business(business) => Some((EdgeKind::Share, business.0, one.within.0, one.asset.0)),
            // Teams reach a plan as the grants of their people, and nothing is given to an asset.
            Node::Team(_) | Node::Asset(_) => None,
        };
        let mut there: BTreeMap<_, u32> = pending.iter().filter_map(key).map(|key| (key, 0)).collect();
        for edge in self.edges.iter().filter(|edge| edge.kind == EdgeKind::Share) {
            let known = there.get_mut(&(EdgeKind::Share, edge.from, edge.within, edge.to));
            known.into_iter().for_each(|bits| *bits |= edge.permissions);
        }
        for row in &self.rows {
            let within = self.edges[row.edge as usize].within;
            let known = there.get_mut(&(EdgeKind::Grant, row.person, within, row.asset));
            known.into_iter().for_each(|bits| *bits |= row.permissions);
        }
        for one in pending {
            let Some(key) = key(one) else { continue };
            let permissions = one.permissions & !there.get(&key).copied().unwrap_or(0);
            if permissions != 0 {
                self.push_pending(key, permissions, &one.lines);
            }
        }
    }

    fn push_pending(&mut self, key: (EdgeKind, u32, u32, u32), permissions: u32, lines: &[Line]) {
        let (kind, from, within, to) = key;
        let edge = self.push(Raw { from, to, within, permissions, extra: 0, kind, flags: PENDING }, lines);
        if kind == EdgeKind::Grant {
            self.row(from, to, permissions, edge, NONE);
        }
    }

    pub(in crate::graph) fn row(&mut self, person: u32, asset: u32, permissions: u32, edge: u32, line: u32) {
        self.rows.push(Row { person, asset, permissions, edge, line });
    }

    fn owners(&mut self, nodes: &Nodes) {
        for (asset, node) in (0u32..).zip(&nodes.assets) {
            let Some(owner) = node.owner else { continue };
            let lines: Vec<Line> = node.pos.map(Line::at).into_iter().collect();
            let raw = Raw {
                from: owner.0,
                to: asset,
                within: NONE,
                permissions: 0,
                extra: 0,
                kind: EdgeKind::Owns,
                flags: 0,
            };
            self.push(raw, &lines);
        }
    }
}
