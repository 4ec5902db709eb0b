//! Who is who: people of the files and members of the export, matched by id, then by address, then by user name.
//!
//! Names that lead to more than one partner on the other side settle nothing: nobody of such a knot is touched.

use crate::desired::DesiredState;
use crate::model::{Sym, fold};
use crate::observed::ObservedState;

use super::change::Pair;

/// People of the files and members of the export.
#[derive(Debug, Default)]
pub struct People {
    /// By person: the member.
    pub member_of: Vec<Option<u32>>,
    /// By member: the person.
    pub person_of: Vec<Option<u32>>,
    /// By person: whether the match is disputed, so that nothing may be done.
    pub disputed_people: Vec<bool>,
    /// The same by member.
    pub disputed_members: Vec<bool>,
    /// Every knot of names that settles nothing, by its first person.
    pub conflicts: Vec<Conflict>,
}

/// People and members whose names contradict each other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conflict {
    /// People of the files.
    pub people: Vec<u32>,
    /// Members of the export.
    pub members: Vec<u32>,
    /// Whether an id of the files belongs to another address than the export says.
    pub swap: bool,
}

impl People {
    /// A person of the files with their member.
    pub fn of_person(&self, person: u32) -> Pair {
        Pair { desired: Some(person), observed: self.member_of[person as usize] }
    }

    /// A member with their person.
    pub fn of_member(&self, member: u32) -> Pair {
        Pair { desired: self.person_of[member as usize], observed: Some(member) }
    }

    /// Whether either side is disputed.
    pub fn disputed(&self, pair: Pair) -> bool {
        pair.desired.is_some_and(|person| self.disputed_people[person as usize])
            || pair.observed.is_some_and(|member| self.disputed_members[member as usize])
    }

    /// Matches the people of one business. `here` tells which people the business's files are about; the others only lend
    /// their names to members whom nobody else claims.
    pub(super) fn matched(desired: &DesiredState, here: &[bool], observed: &ObservedState) -> Self {
        let edges = Edges::of(desired, observed);
        let mut people = People {
            member_of: vec![None; desired.people.len()],
            person_of: vec![None; observed.members.len()],
            disputed_people: vec![false; desired.people.len()],
            disputed_members: vec![false; observed.members.len()],
            conflicts: Vec::new(),
        };
        let (ours, others): (Vec<_>, Vec<_>) = edges.list.iter().partition(|edge| here[edge.person as usize]);
        for knot in knots(desired.people.len(), observed.members.len(), &ours) {
            people.settle(&knot);
        }
        people.lend(&others);
        people
    }

    fn settle(&mut self, knot: &[Edge]) {
        let mut conflict = Conflict {
            people: knot.iter().map(|edge| edge.person).collect(),
            members: knot.iter().map(|edge| edge.member).collect(),
            swap: knot.iter().any(|edge| edge.contradicts),
        };
        conflict.people.sort_unstable();
        conflict.people.dedup();
        conflict.members.sort_unstable();
        conflict.members.dedup();
        if let ([person], [member], false) = (conflict.people.as_slice(), conflict.members.as_slice(), conflict.swap) {
            self.member_of[*person as usize] = Some(*member);
            self.person_of[*member as usize] = Some(*person);
            return;
        }
        for &person in &conflict.people {
            self.disputed_people[person as usize] = true;
        }
        for &member in &conflict.members {
            self.disputed_members[member as usize] = true;
        }
        self.conflicts.push(conflict);
    }

    /// Members whom nobody of this business claims get the names of people elsewhere in the files.
    fn lend(&mut self, others: &[Edge]) {
        for edge in others.iter().filter(|edge| !edge.contradicts) {
            let (person, member) = (edge.person as usize, edge.member as usize);
            let free = self.person_of[member].is_none() && self.member_of[person].is_none();
            if free && !self.disputed_members[member] {
                self.person_of[member] = Some(edge.person);
                self.member_of[person] = Some(edge.member);
            }
        }
    }
}

/// A name that a person and a member share.
#[derive(Clone, Copy, Debug)]
struct Edge {
    person: u32,
    member: u32,
    /// The person's id in the files is another one than the member's.
    contradicts: bool,
}

/// All shared names, by person.
struct Edges {
    list: Vec<Edge>,
}

impl Edges {
    fn of(desired: &DesiredState, observed: &ObservedState) -> Self {
        let emails = Names::of(observed, |member| member.email);
        let usernames = Names::of(observed, |member| member.username);
        let mut list = Vec::new();
        for (person, entry) in (0..).zip(&desired.people) {
            let id = entry.id.map(|sym| desired.text(sym));
            let by_id = id.and_then(|id| observed.find_member(id));
            let addresses = entry.addresses.iter();
            let by_address = addresses.flat_map(|&sym| emails.members(desired.text(sym)));
            let by_username = entry.username.map(|sym| fold(desired.text(sym)));
            let by_username = by_username.iter().flat_map(|name| usernames.members(name));
            for member in by_id.into_iter().chain(by_address).chain(by_username) {
                let theirs = observed.text(observed.members[member as usize].id);
                list.push(Edge { person, member, contradicts: id.is_some_and(|id| id != theirs) });
            }
        }
        Edges { list }
    }
}

/// Folded names and the members that bear them.
struct Names(Vec<(String, u32)>);

impl Names {
    fn of(observed: &ObservedState, name: impl Fn(&crate::observed::Member) -> Option<Sym>) -> Self {
        let named = (0..).zip(&observed.members);
        let mut names: Vec<_> = named
            .filter_map(|(member, entry)| name(entry).map(|sym| (fold(observed.text(sym)).into_owned(), member)))
            .collect();
        names.sort_unstable();
        Names(names)
    }

    fn members(&self, folded: &str) -> impl Iterator<Item = u32> + use<'_> {
        let start = self.0.partition_point(|(name, _)| name.as_str() < folded);
        let end = start + self.0[start..].partition_point(|(name, _)| name.as_str() == folded);
        self.0[start..end].iter().map(|&(_, member)| member)
    }
}

/// The connected parts of the graph of shared names, each with all its edges, by the first person.
fn knots(people: usize, members: usize, edges: &[Edge]) -> Vec<Vec<Edge>> {
    let mut groups = Groups((0..people + members).collect());
    for edge in edges {
        groups.join(edge.person as usize, people + edge.member as usize);
    }
    let mut keyed: Vec<(usize, Edge)> = edges.iter().map(|edge| (groups.root(edge.person as usize), *edge)).collect();
    // Roots are the smallest person of their part, so this is the order of first people.
    keyed.sort_by_key(|&(root, edge)| (root, edge.person, edge.member));
    keyed.chunk_by(|a, b| a.0 == b.0).map(|part| part.iter().map(|&(_, edge)| edge).collect()).collect()
}

/// Disjoint sets; the root of a set is its smallest element.
struct Groups(Vec<usize>);

impl Groups {
    fn root(&mut self, mut node: usize) -> usize {
        while self.0[node] != node {
            self.0[node] = self.0[self.0[node]];
            node = self.0[node];
        }
        node
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}
