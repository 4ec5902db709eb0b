//! Who is who: people of the files and members of the export, matched by id, then by address, then by user name.
//!
//! Names that lead to more than one partner on the other side settle nothing: nobody of such a knot is touched.

use crate::desired::DesiredState;
use crate::model::{Sym, fold, short_number};
use crate::observed::{Handles, Member, ObservedState};

use super::change::Pair;
use super::index;

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
    /// By person: whether one of their addresses is that of a member as the export writes it, so that it is no new one.
    pub(super) addressed: Vec<bool>,
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
    pub(super) fn matched(edges: Edges, desired: &DesiredState, here: &[bool], observed: &ObservedState) -> Self {
        let mut people = People {
            member_of: vec![None; desired.people.len()],
            person_of: vec![None; observed.members.len()],
            disputed_people: vec![false; desired.people.len()],
            disputed_members: vec![false; observed.members.len()],
            addressed: edges.addressed,
            conflicts: Vec::new(),
        };
        let (ours, mut others): (Vec<_>, Vec<_>) = edges.list.into_iter().partition(|edge| here[edge.person as usize]);
        let knotted = people.settle_pairs(ours);
        for knot in knots(desired.people.len(), observed.members.len(), knotted).chunk_by(|a, b| a.0 == b.0) {
            people.settle(knot.iter().map(|(_, edge)| *edge));
        }
        others.sort_by_key(|edge| edge.person);
        people.lend(&others);
        people
    }

    /// Nearly always one person is one member, and nobody else is either of them: such a pair is no knot. Answers the others.
    fn settle_pairs(&mut self, edges: Vec<Edge>) -> Vec<Edge> {
        let mut people = vec![0_u8; self.member_of.len()];
        let mut members = vec![0_u8; self.person_of.len()];
        for edge in &edges {
            for count in [&mut people[edge.person as usize], &mut members[edge.member as usize]] {
                *count = count.saturating_add(1);
            }
        }
        let mut knotted = edges;
        knotted.retain(|edge| {
            let alone = people[edge.person as usize] == 1 && members[edge.member as usize] == 1;
            if alone && !edge.contradicts {
                self.member_of[edge.person as usize] = Some(edge.member);
                self.person_of[edge.member as usize] = Some(edge.person);
            }
            !alone || edge.contradicts
        });
        knotted
    }

    fn settle(&mut self, mut knot: impl Iterator<Item = Edge> + Clone) {
        // Several names of one person that lead to one member.
        if let Some(first) = knot.clone().next()
            && knot
                .clone()
                .all(|edge| (edge.person, edge.member, edge.contradicts) == (first.person, first.member, false))
        {
            self.member_of[first.person as usize] = Some(first.member);
            self.person_of[first.member as usize] = Some(first.person);
            return;
        }
        let mut conflict = Conflict {
            people: knot.clone().map(|edge| edge.person).collect(),
            members: knot.clone().map(|edge| edge.member).collect(),
            swap: knot.any(|edge| edge.contradicts),
        };
        conflict.people.sort_unstable();
        conflict.people.dedup();
        conflict.members.sort_unstable();
        conflict.members.dedup();
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

/// Members by their names.
pub(super) struct Known<'a> {
    emails: Handles<'a>,
    /// Made where the files name some.
    usernames: Option<Handles<'a>>,
}

impl<'a> Known<'a> {
    pub(super) fn of(observed: &'a ObservedState, desired: &DesiredState) -> Self {
        let by = |name: fn(&Member) -> Option<Sym>| {
            let members = (0..).zip(&observed.members);
            Handles::of(&observed.strings, members.filter_map(move |(member, row)| Some((name(row)?, member))))
        };
        let named = desired.people.iter().any(|person| person.username.is_some());
        Known { emails: by(|member| member.email), usernames: named.then(|| by(|member| member.username)) }
    }
}

/// By person: the member with the id that the files give.
///
/// A million ids would be looked for all over the memory. Sorted as numbers, both lists are walked from end to end.
pub(super) fn by_id(desired: &DesiredState, written: &[u32], observed: &ObservedState) -> Vec<Option<u32>> {
    let mut found = vec![None; desired.people.len()];
    let mut numbers: Vec<(u64, u32)> = Vec::with_capacity(desired.people.len());
    for &person in written {
        let Some(id) = desired.people[person as usize].id.map(|id| desired.text(id)) else { continue };
        match short_number(id) {
            Some(number) => numbers.push((number, person)),
            None => found[person as usize] = observed.find_member(id),
        }
    }
    numbers.sort_unstable();
    let members = (0..).zip(&observed.members);
    let members = members.filter_map(|(member, row)| Some((short_number(observed.text(row.id))?, member)));
    if members.clone().is_sorted() {
        meet(&numbers, members, &mut found);
    } else {
        let mut members: Vec<(u64, u32)> = members.collect();
        members.sort_unstable();
        meet(&numbers, members.into_iter(), &mut found);
    }
    found
}

/// Walks two lists of numbers, both in order: who of the first meets whom of the second.
fn meet(people: &[(u64, u32)], members: impl Iterator<Item = (u64, u32)>, found: &mut [Option<u32>]) {
    let mut members = members.peekable();
    for (number, person) in people {
        while members.next_if(|member| member.0 < *number).is_some() {}
        found[*person as usize] = members.peek().filter(|member| member.0 == *number).map(|member| member.1);
    }
}

/// People in the order in which their names were stored, which is nearly that of the files: so the names of a million people, who are
/// sorted by key, are read from one end of the memory to the other.
pub(super) fn as_written(desired: &DesiredState) -> Vec<u32> {
    let nobody = u32::MAX;
    let mut at = vec![nobody; desired.strings.len()];
    for (person, entry) in (0..).zip(&desired.people) {
        at[entry.key.index()] = person;
    }
    at.retain(|person| *person != nobody);
    at.shrink_to_fit();
    at
}

/// All shared names.
pub(super) struct Edges {
    list: Vec<Edge>,
    /// By person: see [`People::addressed`].
    addressed: Vec<bool>,
}

impl Edges {
    pub(super) fn of(
        desired: &DesiredState,
        observed: &ObservedState,
        known: Known<'_>,
        by_id: Vec<Option<u32>>,
        written: Vec<u32>,
    ) -> Self {
        let Known { emails, usernames } = known;
        let mut list = Vec::with_capacity(observed.members.len());
        let mut addressed = vec![false; desired.people.len()];
        for person in written {
            let (entry, by_id) = (&desired.people[person as usize], by_id[person as usize]);
            if let (Some(member), [address], None) = (by_id, entry.addresses.as_slice(), entry.username)
                && let Some(email) = observed.members[member as usize].email
                && observed.text(email) == desired.text(*address)
                && emails.only(email) == Some(member)
            {
                // Id and address lead to one and the same: nearly always. Looking the address up, too, would take twice the time.
                addressed[person as usize] = true;
                list.push(Edge { person, member, contradicts: false });
                continue;
            }
            let addresses = entry.addresses.iter();
            let by_address = addresses.flat_map(|&sym| emails.rows(desired.text(sym)));
            let by_username = entry.username.map(|sym| fold(desired.text(sym)));
            let by_username = by_username.iter().zip(&usernames).flat_map(|(name, known)| known.rows(name));
            for member in by_id.into_iter().chain(by_address.copied()).chain(by_username.copied()) {
                list.push(Edge { person, member, contradicts: entry.id.is_some() && by_id != Some(member) });
            }
        }
        Edges { list, addressed }
    }
}

/// The connected parts of the graph of shared names: each edge with the number of its part, part by part, by the first person.
fn knots(people: usize, members: usize, edges: Vec<Edge>) -> Vec<(u32, Edge)> {
    let mut groups = Groups((0..index(people + members)).collect());
    let member = |edge: &Edge| index(people + edge.member as usize);
    for edge in &edges {
        groups.join(edge.person, member(edge));
    }
    let mut keyed: Vec<(u32, Edge)> = edges.into_iter().map(|edge| (groups.root(edge.person), edge)).collect();
    // Roots are the smallest person of their part, so this is the order of first people.
    keyed.sort_by_key(|&(root, edge)| (root, edge.person, edge.member));
    keyed
}

/// Disjoint sets; the root of a set is its smallest element.
struct Groups(Vec<u32>);

impl Groups {
    fn root(&mut self, mut node: u32) -> u32 {
        while self.0[node as usize] != node {
            self.0[node as usize] = self.0[self.0[node as usize] as usize];
            node = self.0[node as usize];
        }
        node
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b) as usize] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{export, files};
    use super::*;

    #[test]
    fn an_id_of_any_form_leads_to_its_member() {
        let ids = ["11", "9", "012", "12", "10000000000000000001", "9999999999999999999", "13", "0"];
        let people: Vec<String> =
            (0..).zip(ids).map(|(at, id)| format!("  p{at}@acme.example: {{ id: \"{id}\" }}\n")).collect();
        let desired = files(&format!("people:\n{}", people.concat()));
        let known = ids.iter().filter(|id| **id != "13" && **id != "0");
        let members: Vec<String> = known.map(|id| format!("member {id} m{id}@acme.example EMPLOYEE\n")).collect();
        let observed = export(&members.concat());
        let written = as_written(&desired);
        assert_eq!(written.len(), ids.len());
        let found = by_id(&desired, &written, &observed);
        let mut members = 0;
        for (person, found) in desired.people.iter().zip(found) {
            let id = desired.text(person.id.unwrap());
            assert_eq!(found, observed.find_member(id), "{id}");
            members += usize::from(found.is_some());
        }
        assert_eq!(members, ids.len() - 2);
    }
}
