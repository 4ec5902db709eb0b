//! The graph as it lies in memory: edges as records, and compressed rows over them in both directions.

use std::sync::Arc;

use jiff::civil::Date;

use crate::model::PermissionSet;
use crate::platforms::{Certainty, Platform};

use super::caps::Caps;
use super::csr::Csr;
use super::edge::{Edge, EdgeIx, EdgeKind, Line};
use super::identity::FileMap;
use super::node::{AssetIx, BusinessIx, Node, Nodes, PersonIx, TeamIx};
use super::patch::Patch;

/// Which state of access a graph shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Reading {
    /// What the exports say.
    Observed,
    /// What the files say.
    Desired,
    /// What there is after a plan, with pending invitations and deferred grants as if accepted.
    Planned,
}

/// One state of access over all businesses of a run.
#[derive(Clone, Debug)]
pub struct AccessGraph {
    pub(super) reading: Reading,
    pub(super) day: Date,
    pub(super) nodes: Arc<Nodes>,
    /// Nodes by the indexes of the files that explain it; empty where no files do.
    pub(super) files: Arc<FileMap>,
    /// What it was made from; shared with the graphs that changes made of it.
    pub(super) draft: Arc<Draft>,
    /// What such a change made different.
    pub(super) patch: Patch,
    pub(super) index: Index,
    pub(super) caps: Arc<Caps>,
    pub(super) tables: Arc<[Table]>,
}

pub(super) const NONE: u32 = u32::MAX;

pub(super) const ADMIN: u8 = 1;
pub(super) const PENDING: u8 = 2;
pub(super) const THEIRS: u8 = 4;
pub(super) const RECORDED: u8 = 8;

/// An edge as it is stored; what `from` and `to` are follows from the kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Raw {
    pub(super) from: u32,
    pub(super) to: u32,
    /// Business whose grant it is or that gives; [`NONE`] for other kinds.
    pub(super) within: u32,
    pub(super) permissions: u32,
    /// For grants and shares the list of unknown words, for members one plus the role's place in `Draft::roles`.
    pub(super) extra: u32,
    pub(super) kind: EdgeKind,
    pub(super) flags: u8,
}

impl Raw {
    pub(super) fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// A person on an asset: by an own grant, or by a line in a team and the team's grant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Row {
    pub(super) person: u32,
    pub(super) asset: u32,
    pub(super) permissions: u32,
    /// The grant: the person's or the team's.
    pub(super) edge: u32,
    /// The person's line in the team, or [`NONE`].
    pub(super) line: u32,
}

impl Row {
    /// The order in which rows lie.
    pub(super) fn order(&self) -> (u32, u32, u32, u32) {
        (self.person, self.asset, self.edge, self.line)
    }
}

/// Edges and rows before they are indexed.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) edges: Vec<Raw>,
    pub(super) lines: Vec<Line>,
    /// Where the lines of each edge end.
    pub(super) ends: Vec<u32>,
    pub(super) rows: Vec<Row>,
    pub(super) roles: Vec<String>,
    /// By business: whether its own word says who reaches its assets, so that a partner without a share has nothing.
    pub(super) known: Vec<bool>,
    /// Partners (giver, receiver) of a known business whose grants are nevertheless not known; sorted.
    pub(super) unknown: Vec<(u32, u32)>,
}

/// Compressed rows over a draft.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// By person: where their rows start in `Draft::rows`.
    pub(super) starts: Arc<[u32]>,
    pub(super) rows_on: Csr,
    pub(super) contents: Csr,
    pub(super) around: Csr,
    pub(super) shares_to: Csr,
    pub(super) shares_on: Csr,
    pub(super) members_of: Csr,
    pub(super) businesses_of: Csr,
    pub(super) teams_of: Csr,
    pub(super) in_team: Csr,
    pub(super) team_grants: Csr,
    pub(super) team_grants_on: Csr,
    pub(super) owns: Csr,
    pub(super) partners: Csr,
    /// Whether some group is inside another one.
    pub(super) nested: bool,
}

/// Capabilities of each permission of one platform.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) platform: &'static Platform,
    sure: [u64; 32],
    possible: [u64; 32],
}

impl Table {
    pub(super) fn of(platform: &'static Platform) -> Self {
        let each = |floor| std::array::from_fn(|bit| platform.capabilities_of(1 << bit, floor));
        Table { platform, sure: each(Certainty::Inferred), possible: each(Certainty::Undecided) }
    }

    /// Capabilities that a set surely gives, and those beyond that it may give.
    pub(super) fn capabilities(&self, permissions: u32) -> (u64, u64) {
        let (mut sure, mut possible, mut rest) = (0, 0, permissions);
        while rest != 0 {
            let bit = rest.trailing_zeros() as usize;
            sure |= self.sure[bit];
            possible |= self.possible[bit];
            rest &= rest - 1;
        }
        (sure, possible & !sure)
    }
}

impl Draft {
    pub(super) fn push(&mut self, edge: Raw, lines: &[Line]) -> u32 {
        let index = super::node::count(&self.edges);
        self.edges.push(edge);
        self.lines.extend_from_slice(lines);
        self.ends.push(super::node::count(&self.lines));
        index
    }

    pub(super) fn role(&mut self, word: &str) -> u32 {
        let known = self.roles.iter().position(|role| role == word);
        let index = known.unwrap_or_else(|| {
            self.roles.push(word.to_owned());
            self.roles.len() - 1
        });
        u32::try_from(index + 1).unwrap_or(0)
    }

    /// The lines of an edge; none for one that a change added.
    pub(super) fn lines_of(&self, edge: usize) -> &[Line] {
        let Some(&end) = self.ends.get(edge) else { return &[] };
        let start = edge.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.lines[start as usize..end as usize]
    }
}

impl AccessGraph {
    pub(super) fn of(reading: Reading, day: Date, nodes: Arc<Nodes>, mut draft: Draft) -> Self {
        if !draft.rows.is_sorted_by_key(Row::order) {
            draft.rows.sort_unstable_by_key(Row::order);
        }
        let index = Index::of(&nodes, &draft);
        let mut platforms: Vec<&'static Platform> = Vec::new();
        for business in &nodes.businesses {
            if !platforms.iter().any(|known| known.name == business.platform.name) {
                platforms.push(business.platform);
            }
        }
        let tables = platforms.into_iter().map(Table::of).collect();
        let (files, caps) = (Arc::default(), Arc::default());
        let (draft, patch) = (Arc::new(draft), Patch::default());
        let mut graph = AccessGraph { reading, day, nodes, files, draft, patch, index, caps, tables };
        graph.caps = Arc::new(Caps::of(&graph, Vec::new()));
        graph
    }

    /// Which state it shows.
    pub fn reading(&self) -> Reading {
        self.reading
    }

    /// The day for which ends count.
    pub fn day(&self) -> Date {
        self.day
    }

    /// Who and what there is.
    pub fn nodes(&self) -> &Nodes {
        &self.nodes
    }

    /// How many edges there are, removed ones included: every [`EdgeIx`] is below it.
    pub fn edge_count(&self) -> usize {
        self.draft.edges.len() + self.patch.edges.len()
    }

    /// Every edge, in order.
    pub fn edges(&self) -> impl Iterator<Item = EdgeIx> {
        self.raws().map(|(index, _)| EdgeIx(index))
    }

    /// An edge.
    pub fn edge(&self, edge: EdgeIx) -> Edge {
        let raw = *self.raw(edge.0);
        let (from, to) = ends(&raw);
        let holds = matches!(raw.kind, EdgeKind::Grant | EdgeKind::TeamGrant | EdgeKind::Share);
        Edge {
            kind: raw.kind,
            from,
            to,
            within: (raw.within != NONE).then_some(BusinessIx(raw.within)),
            permissions: PermissionSet { known: raw.permissions, foreign: if holds { raw.extra } else { 0 } },
            admin: raw.is(ADMIN),
            pending: raw.is(PENDING),
            removable: !raw.is(THEIRS) && raw.kind != EdgeKind::Owns,
            recorded: raw.is(RECORDED),
        }
    }

    /// The platform's word for the role of a member; `None` for other edges, and where nobody says.
    pub fn role(&self, edge: EdgeIx) -> Option<&str> {
        let raw = self.raw(edge.0);
        let role = self.draft.roles.get((raw.extra as usize).wrapping_sub(1)).filter(|_| raw.kind == EdgeKind::Member);
        role.map(String::as_str).filter(|role| !role.is_empty())
    }

    /// The lines of the files behind an edge, in the order of the files; none where only an export has it.
    pub fn lines(&self, edge: EdgeIx) -> &[Line] {
        self.draft.lines_of(edge.at())
    }

    /// Grants of a person's own, by asset. Those through teams are with the team.
    pub fn grants_of(&self, person: PersonIx) -> impl Iterator<Item = EdgeIx> {
        self.rows_of(person).iter().filter(|row| row.line == NONE).map(|row| EdgeIx(row.edge))
    }

    /// Grants of a team, by asset.
    pub fn grants_of_team(&self, team: TeamIx) -> impl Iterator<Item = EdgeIx> {
        self.index.team_grants.row(team.0).iter().map(|&edge| EdgeIx(edge))
    }

    /// What businesses were given by others, business by business.
    pub fn shares(&self) -> impl Iterator<Item = EdgeIx> {
        self.nodes.businesses().flat_map(|business| self.shares_to(business))
    }

    /// What a business was given by others.
    pub fn shares_to(&self, business: BusinessIx) -> impl Iterator<Item = EdgeIx> {
        self.index.shares_to.row(business.0).iter().map(|&edge| EdgeIx(edge))
    }

    /// Grants and shares on an asset itself: of people, then of teams, then of businesses. Those on groups around it are with the group.
    pub fn grants_on(&self, asset: AssetIx) -> impl Iterator<Item = EdgeIx> {
        let people = self.index.rows_on.row(asset.0).iter().map(|&row| self.row(row));
        let own = people.filter(|row| row.line == NONE).map(|row| row.edge);
        let teams = self.index.team_grants_on.row(asset.0).iter().copied();
        let shares = self.index.shares_on.row(asset.0).iter().copied();
        own.chain(teams).chain(shares).map(EdgeIx)
    }

    /// The businesses a person works in.
    pub fn businesses_of(&self, person: PersonIx) -> impl Iterator<Item = EdgeIx> {
        self.index.businesses_of.row(person.0).iter().map(|&edge| EdgeIx(edge))
    }

    /// Who works in a business.
    pub fn members_of(&self, business: BusinessIx) -> impl Iterator<Item = EdgeIx> {
        self.index.members_of.row(business.0).iter().map(|&edge| EdgeIx(edge))
    }

    /// The teams a person is in.
    pub fn teams_of(&self, person: PersonIx) -> impl Iterator<Item = EdgeIx> {
        self.index.teams_of.row(person.0).iter().map(|&edge| EdgeIx(edge))
    }

    /// Who is in a team.
    pub fn members_of_team(&self, team: TeamIx) -> impl Iterator<Item = EdgeIx> {
        self.index.in_team.row(team.0).iter().map(|&edge| EdgeIx(edge))
    }

    /// What is directly in a group.
    pub fn contents_of(&self, group: AssetIx) -> impl Iterator<Item = EdgeIx> {
        self.index.contents.row(group.0).iter().map(|&edge| EdgeIx(edge))
    }

    /// The groups an asset is directly in.
    pub fn groups_around(&self, asset: AssetIx) -> impl Iterator<Item = EdgeIx> {
        self.index.around.row(asset.0).iter().map(|&edge| EdgeIx(edge))
    }

    /// What a business owns.
    pub fn owned_by(&self, business: BusinessIx) -> impl Iterator<Item = EdgeIx> {
        self.index.owns.row(business.0).iter().map(|&edge| EdgeIx(edge))
    }

    /// The businesses that a business lets in.
    pub fn partners_of(&self, business: BusinessIx) -> impl Iterator<Item = EdgeIx> {
        self.index.partners.row(business.0).iter().map(|&edge| EdgeIx(edge))
    }

    /// The platforms of all assets.
    pub fn platforms(&self) -> impl Iterator<Item = &'static Platform> {
        self.tables.iter().map(|table| table.platform)
    }

    /// What permissions give on assets of a platform: capabilities for sure, and those beyond that no source decides.
    pub fn capabilities(&self, platform: &Platform, permissions: u32) -> (u64, u64) {
        let table = self.tables.iter().find(|table| table.platform.name == platform.name);
        table.map_or((0, 0), |table| table.capabilities(permissions))
    }

    pub(super) fn rows_of(&self, person: PersonIx) -> &[Row] {
        if let Some(changed) = self.patch.rows_of(person.0) {
            return changed;
        }
        let (start, end) = (self.index.starts[person.at()], self.index.starts[person.at() + 1]);
        &self.draft.rows[start as usize..end as usize]
    }

    pub(super) fn row(&self, row: u32) -> &Row {
        let row = row as usize;
        self.draft.rows.get(row).unwrap_or_else(|| &self.patch.rows[row - self.draft.rows.len()])
    }

    pub(super) fn raw(&self, edge: u32) -> &Raw {
        let edge = edge as usize;
        self.draft.edges.get(edge).unwrap_or_else(|| &self.patch.edges[edge - self.draft.edges.len()])
    }

    /// Every edge that was not taken out, in order.
    pub(super) fn raws(&self) -> impl Iterator<Item = (u32, &Raw)> {
        let mut gone = self.patch.gone.iter().copied().peekable();
        let all = (0u32..).zip(self.draft.edges.iter().chain(&self.patch.edges));
        all.filter(move |(index, _)| gone.next_if_eq(index).is_none())
    }

    /// Permissions of a group that mean something on what it contains.
    pub(super) fn fitting(&self, asset: u32) -> u32 {
        self.nodes.assets[asset as usize].kind.map_or(u32::MAX, |kind| kind.permissions)
    }
}

fn ends(raw: &Raw) -> (Node, Node) {
    let (from, to) = (raw.from, raw.to);
    match raw.kind {
        EdgeKind::Grant => (Node::Person(PersonIx(from)), Node::Asset(AssetIx(to))),
        EdgeKind::InTeam => (Node::Person(PersonIx(from)), Node::Team(TeamIx(to))),
        EdgeKind::TeamGrant => (Node::Team(TeamIx(from)), Node::Asset(AssetIx(to))),
        EdgeKind::Contains => (Node::Asset(AssetIx(from)), Node::Asset(AssetIx(to))),
        EdgeKind::Member => (Node::Person(PersonIx(from)), Node::Business(BusinessIx(to))),
        EdgeKind::Share | EdgeKind::Owns => (Node::Business(BusinessIx(from)), Node::Asset(AssetIx(to))),
        EdgeKind::Partner => (Node::Business(BusinessIx(from)), Node::Business(BusinessIx(to))),
    }
}

impl Index {
    fn of(nodes: &Nodes, draft: &Draft) -> Self {
        let people = nodes.people.len();
        let assets = nodes.assets.len();
        let businesses = nodes.businesses.len();
        let teams = nodes.teams.len();
        // Most edges are grants of people, which rows stand for: the others are picked out once.
        let few: Vec<(u32, Raw)> = (0u32..)
            .zip(&draft.edges)
            .filter(|(_, edge)| edge.kind != EdgeKind::Grant)
            .map(|(index, edge)| (index, *edge))
            .collect();
        let of = |kind: EdgeKind| few.iter().filter(move |(_, edge)| edge.kind == kind);
        let by_from = |keys: usize, kind| Csr::of(keys, of(kind).map(|(index, edge)| (edge.from, *index)));
        let by_to = |keys: usize, kind| Csr::of(keys, of(kind).map(|(index, edge)| (edge.to, *index)));
        let contents = by_from(assets, EdgeKind::Contains);
        Index {
            starts: starts(people, &draft.rows),
            rows_on: Csr::of(assets, (0u32..).zip(&draft.rows).map(|(index, row)| (row.asset, index))),
            nested: of(EdgeKind::Contains).any(|(_, edge)| !contents.row(edge.to).is_empty()),
            around: by_to(assets, EdgeKind::Contains),
            shares_to: by_from(businesses, EdgeKind::Share),
            shares_on: by_to(assets, EdgeKind::Share),
            members_of: by_to(businesses, EdgeKind::Member),
            businesses_of: by_from(people, EdgeKind::Member),
            teams_of: by_from(people, EdgeKind::InTeam),
            in_team: by_to(teams, EdgeKind::InTeam),
            team_grants: by_from(teams, EdgeKind::TeamGrant),
            team_grants_on: by_to(assets, EdgeKind::TeamGrant),
            owns: by_from(businesses, EdgeKind::Owns),
            partners: by_from(businesses, EdgeKind::Partner),
            contents,
        }
    }
}

fn starts(people: usize, rows: &[Row]) -> Arc<[u32]> {
    let mut starts = Vec::with_capacity(people + 1);
    for (index, row) in (0u32..).zip(rows) {
        while starts.len() <= row.person as usize {
            starts.push(index);
        }
    }
    starts.resize(people + 1, super::node::count(rows));
    starts.into()
}
