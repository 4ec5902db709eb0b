//! People, teams, partners, and who belongs to which business.

use smallvec::smallvec;

use crate::model::{Direction, SmallMap, Sym, Until};
use crate::platforms::Role;
use crate::source::{Pos, Problem};

use super::by_sym::BySym;
use super::{Resolver, Source};
use crate::desired::document::{self, Range, Word};
use crate::desired::{Membership, Partner, Person, Team};

/// Which index each written entry got: by document, then by entry; `None` where it was refused.
pub(super) struct Links {
    pub people: Vec<Vec<Option<u32>>>,
    pub teams: Vec<Vec<Option<u32>>>,
    pub partners: Vec<Vec<Option<u32>>>,
}

/// Which entries of `people:` were met.
#[derive(Default)]
struct Seen {
    /// By person: the business of the first entry. Nearly everybody has one entry only.
    first: Vec<u32>,
    /// Entries about further businesses.
    further: SmallMap<(u32, u32), Pos>,
}

impl Seen {
    /// Takes another entry of a person; answers where the business has one already.
    fn again(&mut self, business: u32, person: u32, pos: Pos, people: &[Person]) -> Option<Pos> {
        if self.first.get(person as usize) == Some(&business) {
            return people.get(person as usize).map(|person| person.pos);
        }
        self.further.insert((business, person), pos)
    }
}

impl Resolver {
    pub(super) fn people(&mut self, sources: &[Source]) -> Links {
        let entries: usize = sources.iter().map(|source| source.doc.people.len()).sum();
        let lines: usize = sources.iter().map(|source| source.doc.members.len()).sum();
        let mut seen = Seen::default();
        self.addresses = BySym::new(self.strings.len());
        self.people.reserve_exact(entries);
        self.memberships.reserve_exact(entries + lines);
        let mut people = Vec::new();
        for source in sources {
            people
                .push(source.doc.people.iter().map(|entry| self.person(source, entry, &mut seen)).collect::<Vec<_>>());
        }
        self.other_addresses(sources, &people);
        self.unique_ids();
        let mut teams = Vec::new();
        for source in sources {
            teams.push(source.doc.teams.iter().map(|entry| self.team(source, entry)).collect::<Vec<_>>());
        }
        let mut partners = Vec::new();
        for source in sources {
            partners.push(source.doc.partners.iter().map(|entry| self.partner(source, entry)).collect::<Vec<_>>());
        }
        let mut links = Links { people, teams, partners };
        self.sort_people(&mut links);
        self.sort_teams(&mut links);
        self.sort_partners(&mut links);
        links
    }

    fn person(&mut self, source: &Source, entry: &document::Person, seen: &mut Seen) -> Option<u32> {
        let business = self.business_of(source, None, entry.key.at)?;
        let (key, pos) = (source.sym(entry.key.text), source.pos(entry.key.at));
        let folded = self.fold(key);
        let index = match self.addresses.get(folded) {
            Some(index) => {
                if let Some(first) = seen.again(business, index, pos, &self.people) {
                    self.duplicate("person", key, source.span(entry.key.at), first);
                    return None;
                }
                self.join_person(source, entry, index);
                index
            }
            None => {
                seen.first.push(business);
                self.add_person(source, entry, key, folded)
            }
        };
        let role = self.role(source, entry.role, business)?;
        self.memberships.push(Membership { business, person: index, role, pos, until: entry.until });
        if entry.until != Until::FOREVER {
            self.caps.insert((business, index), entry.until);
        }
        Some(index)
    }

    fn add_person(&mut self, source: &Source, entry: &document::Person, key: Sym, folded: Sym) -> u32 {
        let index = u32::try_from(self.people.len()).unwrap_or(u32::MAX);
        let address = self.text(key).contains('@').then_some(folded);
        self.addresses.insert(folded, index);
        self.people.push(Person {
            key,
            pos: source.pos(entry.key.at),
            declared: true,
            name: source.opt(entry.name),
            id: entry.id.map(|word| source.sym(word.text)),
            addresses: address.into_iter().collect(),
            username: entry.username.map(|word| source.sym(word.text)),
            service: entry.service,
            invite_again: entry.invite_again,
        });
        index
    }

    /// The same person in a document about another business: what both say must agree.
    fn join_person(&mut self, source: &Source, entry: &document::Person, index: u32) {
        let person = &mut self.people[index as usize];
        let first = person.pos;
        let mut conflicts = Vec::new();
        let fields = [
            ("id", &mut person.id, entry.id.map(|word| source.sym(word.text))),
            ("name", &mut person.name, source.opt(entry.name)),
            ("username", &mut person.username, entry.username.map(|word| source.sym(word.text))),
        ];
        for (field, old, new) in fields {
            match (&old, new) {
                (Some(one), Some(two)) if *one != two => conflicts.push(field),
                (None, Some(_)) => *old = new,
                _ => {}
            }
        }
        if person.service != entry.service {
            conflicts.push("service");
        }
        person.invite_again = person.invite_again.max(entry.invite_again);
        let length = self.strings.get(person.key).chars().count();
        for field in conflicts {
            let problem = Problem::error(
                "conflict",
                source.span(entry.key.at),
                format!("`{field}` differs from what another file says of this person"),
            )
            .related(first.span(length), "the other entry");
            self.problems.push(problem);
        }
    }

    fn other_addresses(&mut self, sources: &[Source], people: &[Vec<Option<u32>>]) {
        for (source, people) in sources.iter().zip(people) {
            for (entry, index) in source.doc.people.iter().zip(people) {
                let Some(index) = *index else { continue };
                for word in entry.also.of(&source.doc.words) {
                    self.other_address(source, *word, index);
                }
            }
        }
    }

    fn other_address(&mut self, source: &Source, word: Word, index: u32) {
        let folded = self.fold(source.sym(word.text));
        match self.addresses.get(folded) {
            Some(other) if other != index => {
                let other = &self.people[other as usize];
                let (key, pos) = (other.key, other.pos);
                let length = self.text(key).chars().count();
                let message = format!("this address belongs to `{}` already", self.text(key));
                let problem = Problem::error("address-twice", source.span(word.at), message)
                    .related(pos.span(length), "written here");
                self.problems.push(problem);
            }
            _ => {
                self.addresses.insert(folded, index);
                let person = &mut self.people[index as usize];
                if !person.addresses.contains(&folded) {
                    person.addresses.push(folded);
                }
            }
        }
    }

    fn unique_ids(&mut self) {
        let mut ids = BySym::new(self.strings.len());
        let mut problems = Vec::new();
        for (index, person) in (0..).zip(&self.people) {
            let Some(id) = person.id else { continue };
            if let Some(first) = ids.insert(id, index) {
                let first = &self.people[first as usize];
                let (key, other) = (self.strings.get(person.key), self.strings.get(first.key));
                let message = format!("`{key}` has the id `{}` of `{other}`", self.strings.get(id));
                problems.push(
                    Problem::error("duplicate-id", person.pos.span(key.chars().count()), message)
                        .related(first.pos.span(other.chars().count()), "the other person"),
                );
            }
        }
        self.problems.append(&mut problems);
    }

    fn role(&mut self, source: &Source, word: Option<Word>, business: u32) -> Option<&'static Role> {
        let platform = self.businesses[business as usize].platform;
        let Some(word) = word else {
            return platform.roles.first();
        };
        let name = self.strings.get(source.sym(word.text));
        let role = platform.role_named(name);
        if role.is_none() {
            let message = format!("{} has no role `{name}`", platform.title);
            self.error("unknown-word", source.span(word.at), message);
        }
        role
    }

    fn team(&mut self, source: &Source, entry: &document::Team) -> Option<u32> {
        let business = self.business_of(source, entry.business, entry.key.at)?;
        let managed = &mut self.businesses[business as usize].managed;
        managed.people = true;
        managed.people_grants |= entry.grants.is_some();
        let mut members: Vec<(u32, Pos, Until)> = Vec::new();
        for member in entry.members.of(&source.doc.members) {
            let Some(person) = self.team_member(source, member.person) else {
                continue;
            };
            if let Some((_, first, _)) = members.iter().find(|(other, _, _)| *other == person) {
                let first = *first;
                let name = source.sym(member.person.text);
                self.duplicate("member", name, source.span(member.person.at), first);
                continue;
            }
            let Some(role) = self.role(source, member.role, business) else {
                continue;
            };
            let cap = self.caps.get(&(business, person)).copied().unwrap_or(Until::FOREVER);
            let (pos, until) = (source.pos(member.person.at), member.until.earlier(cap));
            members.push((person, pos, until));
            self.memberships.push(Membership { business, person, role, pos, until });
        }
        let index = u32::try_from(self.teams.len()).ok()?;
        self.teams.push(Team {
            business,
            key: source.sym(entry.key.text),
            pos: source.pos(entry.key.at),
            owners: source.syms(entry.owners.of(&source.doc.words)),
            members,
        });
        Some(index)
    }

    /// A key or an address of somebody known, or an address that stands nowhere else.
    fn team_member(&mut self, source: &Source, word: Word) -> Option<u32> {
        let key = source.sym(word.text);
        let folded = self.fold(key);
        if let Some(index) = self.addresses.get(folded) {
            return Some(index);
        }
        if !self.text(key).contains('@') {
            let known: Vec<Sym> = self.people.iter().map(|person| person.key).collect();
            self.unknown("person", source, word, known.into_iter());
            return None;
        }
        let index = u32::try_from(self.people.len()).ok()?;
        self.addresses.insert(folded, index);
        self.people.push(Person {
            key,
            pos: source.pos(word.at),
            declared: false,
            name: None,
            id: None,
            addresses: smallvec![folded],
            username: None,
            service: false,
            invite_again: None,
        });
        Some(index)
    }

    fn partner(&mut self, source: &Source, entry: &document::Partner) -> Option<u32> {
        let business = self.business_of(source, entry.business, entry.key.at)?;
        self.businesses[business as usize].managed.partners = true;
        // Missing and wrong words are reported already; with stand-ins, the grants are checked all the same.
        let id = entry.id.map_or(entry.key.text, |word| word.text);
        let direction = entry.direction.unwrap_or(Direction::Inbound);
        let index = u32::try_from(self.partners.len()).ok()?;
        let roster = entry.roster.map(|word| self.beside(source, word));
        self.partners.push(Partner {
            business,
            key: source.sym(entry.key.text),
            pos: source.pos(entry.key.at),
            id: source.sym(id),
            name: source.opt(entry.name),
            direction,
            contact: source.opt(entry.contact),
            ends: entry.ends,
            roster,
            grants_written: entry.grants.is_some(),
            accept: entry.accept,
            invite_again: entry.invite_again,
        });
        Some(index)
    }

    /// A path beside the file that names it, as a path of the repository (`partners/nova.yaml` + `../rosters/nova.csv`).
    fn beside(&mut self, source: &Source, word: Word) -> Sym {
        let path = self.strings.get(source.sym(word.text)).to_owned();
        let file = source.folder.clone();
        let mut parts: Vec<&str> = file.split('/').filter(|part| !part.is_empty()).collect();
        let mut outside = false;
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => outside |= parts.pop().is_none(),
                part => parts.push(part),
            }
        }
        if outside || path.starts_with('/') {
            let message = format!("`{path}` lies outside the access repository");
            self.error("outside", source.span(word.at), message);
        }
        let joined = parts.join("/");
        self.strings.intern(&joined)
    }

    fn sort_people(&mut self, links: &mut Links) {
        let order = self.strings.order(self.people.iter().map(|person| person.key));
        let new = apply_order(&mut self.people, &order);
        relink(&mut links.people, &new);
        for row in &mut self.memberships {
            row.person = new[row.person as usize];
        }
        for team in &mut self.teams {
            for member in &mut team.members {
                member.0 = new[member.0 as usize];
            }
        }
        self.addresses.renumber(&new);
        let caps = self.caps.drain();
        self.caps = caps.map(|((business, person), until)| ((business, new[person as usize]), until)).collect();
    }

    fn sort_teams(&mut self, links: &mut Links) {
        let strings = &self.strings;
        let order = sorted(&self.teams, |a, b| {
            a.business.cmp(&b.business).then_with(|| strings.get(a.key).cmp(strings.get(b.key)))
        });
        relink(&mut links.teams, &apply_order(&mut self.teams, &order));
        let rows: Vec<_> = self.teams.iter().map(|team| (team.business, team.key, team.pos)).collect();
        self.report_twins("team", &rows);
    }

    fn sort_partners(&mut self, links: &mut Links) {
        let strings = &self.strings;
        let order = sorted(&self.partners, |a, b| {
            a.business.cmp(&b.business).then_with(|| strings.get(a.key).cmp(strings.get(b.key)))
        });
        relink(&mut links.partners, &apply_order(&mut self.partners, &order));
        let rows: Vec<_> = self.partners.iter().map(|partner| (partner.business, partner.key, partner.pos)).collect();
        self.report_twins("partner", &rows);
        self.partner_keys = (0u32..).zip(&rows).map(|(index, (business, key, _))| ((*business, *key), index)).collect();
        let mut ids = SmallMap::default();
        for partner in &self.partners {
            let twin = ids.insert((partner.business, partner.id, partner.direction), (partner.key, partner.pos));
            if let Some((key, pos)) = twin {
                let (name, other) = (self.strings.get(partner.key), self.strings.get(key));
                let message = format!("`{name}` has the id and direction of `{other}`");
                self.problems.push(
                    Problem::error("duplicate-id", partner.pos.span(name.chars().count()), message)
                        .related(pos.span(other.chars().count()), "the other partner"),
                );
            }
        }
    }

    fn report_twins(&mut self, what: &str, rows: &[(u32, Sym, Pos)]) {
        for pair in rows.windows(2) {
            if let [(business, key, first), (other, twin, pos)] = pair
                && (business, key) == (other, twin)
            {
                let length = self.text(*twin).chars().count();
                self.duplicate(what, *twin, pos.span(length), *first);
            }
        }
    }
}

/// The order of a list: old indexes.
fn sorted<T>(list: &[T], compare: impl Fn(&T, &T) -> std::cmp::Ordering) -> Vec<u32> {
    let mut order: Vec<u32> = (0u32..).take(list.len()).collect();
    order.sort_by(|a, b| compare(&list[*a as usize], &list[*b as usize]));
    order
}

/// Brings a list into an order; answers the new index of each old one.
fn apply_order<T>(list: &mut [T], order: &[u32]) -> Vec<u32> {
    let mut new = vec![0; order.len()];
    for (index, old) in (0u32..).zip(order) {
        new[*old as usize] = index;
    }
    // In place, ring by ring: a second list of a million people would cost more memory than anything else here.
    let mut left = new.clone();
    for place in 0..left.len() {
        while left[place] as usize != place {
            let target = left[place] as usize;
            list.swap(place, target);
            left.swap(place, target);
        }
    }
    new
}

fn relink(links: &mut [Vec<Option<u32>>], new: &[u32]) {
    for link in links.iter_mut().flatten().flatten() {
        *link = new[*link as usize];
    }
}

impl Range {
    /// Whether nothing is in it.
    pub(super) fn is_empty(self) -> bool {
        self.length == 0
    }
}
