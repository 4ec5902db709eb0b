//! Assertions: what must be so, whatever the grants are.

use std::collections::{BTreeMap, BTreeSet};

use super::Placed;
use super::record::{Access, AssetFacts};
use super::target::Scope;
use crate::platforms::Platform;
use crate::source::Span;

/// One assertion.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assertion {
    /// What it claims.
    pub claim: Claim,
    /// Names of capabilities, or [`ANY_ACCESS`].
    pub capabilities: Vec<Placed<String>>,
    /// Who: for `can` and `cannot` those it is about, for `who_can` the exact list.
    pub who: Vec<Who>,
    /// On what.
    pub scope: Scope,
    /// Why.
    pub reason: Option<Placed<String>>,
    /// Where the entry starts.
    pub span: Span,
}

/// Instead of a capability: any access at all.
pub const ANY_ACCESS: &str = "access";

/// What an assertion claims.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Claim {
    /// Each of them can do all of it, on each of the assets. Of a partner's people, somebody.
    Can,
    /// None of them can do any of it on any of the assets.
    Cannot,
    /// On each of the assets, exactly these can do any of it. Of a partner's people, somebody.
    WhoCan,
}

/// Somebody a policy names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Who {
    /// A person or service account; `key` is that of the files where they know the name, else as written.
    Person {
        /// As written.
        written: Placed<String>,
        /// The key.
        key: String,
    },
    /// Everybody in a team.
    Team {
        /// As written: the team's key.
        written: Placed<String>,
        /// Key of its business.
        business: String,
        /// Keys of its members.
        members: Vec<String>,
    },
    /// Everybody who gets in through a partner.
    Partner {
        /// As written: the partner's key.
        written: Placed<String>,
        /// Key of our business.
        business: String,
        /// The platform's id of the partner business.
        id: String,
    },
}

/// Where an assertion does not hold.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Breach {
    /// What is wrong.
    pub kind: BreachKind,
    /// Key of the person, or of the partner of whose people nobody can.
    pub who: String,
    /// Key of the asset's business.
    pub business: String,
    /// Key of the asset.
    pub asset: String,
    /// The capabilities in question.
    pub capabilities: Vec<String>,
    /// Which of the rows shows it; absent where there is none.
    pub row: Option<usize>,
}

/// What is wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum BreachKind {
    /// Somebody can't, and should.
    Missing,
    /// Somebody can, and should not.
    Forbidden,
    /// No source decides whether somebody can: not evaluated.
    Undecided,
}

impl Who {
    /// As written.
    pub fn written(&self) -> &Placed<String> {
        match self {
            Who::Person { written, .. } | Who::Team { written, .. } | Who::Partner { written, .. } => written,
        }
    }

    /// Whether a row is about somebody of these.
    pub fn is(&self, row: &Access<'_>) -> bool {
        match self {
            Who::Person { written, key } => {
                let written = written.value.to_lowercase();
                row.person.key == key
                    || row.person.id == Some(key)
                    || row.person.addresses.iter().any(|address| *address == written)
            }
            Who::Team { members, .. } => members.iter().any(|member| member == row.person.key),
            Who::Partner { id, .. } => row.partner_ids.contains(&id.as_str()),
        }
    }

    /// Those who must each be able to; `None` where one of many is enough.
    fn each(&self) -> Option<Vec<&str>> {
        match self {
            Who::Person { key, .. } => Some(vec![key]),
            Who::Team { members, .. } => Some(members.iter().map(String::as_str).collect()),
            Who::Partner { .. } => None,
        }
    }
}

/// How much of what is asked a row gives.
struct Reach {
    sure: Vec<String>,
    undecided: Vec<String>,
}

impl Assertion {
    /// Whether a row can matter to it: the others need not be kept.
    pub fn concerns(&self, row: &Access<'_>) -> bool {
        self.scope.holds(row.asset) && (self.claim == Claim::WhoCan || self.who.iter().any(|who| who.is(row)))
    }

    /// Where it does not hold: over all rows, and the assets it may be about. Sorted, each once.
    pub fn breaches(&self, rows: &[Access<'_>], assets: &[AssetFacts<'_>]) -> Vec<Breach> {
        let found: BTreeSet<Breach> = match self.claim {
            Claim::Can => self.missing(rows, assets, true),
            Claim::Cannot => self.forbidden(rows, true),
            Claim::WhoCan => {
                let mut found = self.forbidden(rows, false);
                found.extend(self.missing(rows, assets, false));
                found
            }
        };
        found.into_iter().collect()
    }

    /// Rows of those (`listed`) or of everybody but those (not `listed`) who can do any of it.
    fn forbidden(&self, rows: &[Access<'_>], listed: bool) -> BTreeSet<Breach> {
        let mut found = BTreeSet::new();
        for (index, row) in rows.iter().enumerate() {
            if !self.scope.holds(row.asset) || self.who.iter().any(|who| who.is(row)) != listed {
                continue;
            }
            let reach = self.reach(row);
            let (kind, capabilities) = match (reach.sure.is_empty(), reach.undecided.is_empty()) {
                (false, _) => (BreachKind::Forbidden, reach.sure),
                (true, false) => (BreachKind::Undecided, reach.undecided),
                (true, true) => continue,
            };
            found.insert(breach(kind, row.person.key, row.asset, capabilities, Some(index)));
        }
        found
    }

    /// Those who can't on an asset: `all` of it, else any of it.
    fn missing(&self, rows: &[Access<'_>], assets: &[AssetFacts<'_>], all: bool) -> BTreeSet<Breach> {
        let mut found = BTreeSet::new();
        let mut by_asset: BTreeMap<String, Vec<(usize, &Access<'_>)>> = BTreeMap::new();
        for (index, row) in rows.iter().enumerate().filter(|(_, row)| self.scope.holds(row.asset)) {
            by_asset.entry(row.asset.identity()).or_default().push((index, row));
        }
        for asset in assets.iter().filter(|asset| self.scope.holds(asset)) {
            let here = by_asset.get(&asset.identity()).map_or(&[][..], Vec::as_slice);
            for who in &self.who {
                match who.each() {
                    Some(people) => {
                        for person in people {
                            let row = here.iter().find(|(_, row)| is_person(who, person, row));
                            found.extend(self.lack(person, asset, row, all));
                        }
                    }
                    None => found.extend(self.nobody(who, asset, here, all)),
                }
            }
        }
        found
    }

    fn lack(&self, who: &str, asset: &AssetFacts<'_>, row: Option<&(usize, &Access<'_>)>, all: bool) -> Option<Breach> {
        let asked: Vec<String> = self.capabilities.iter().map(|name| name.value.clone()).collect();
        let Some((index, row)) = row else {
            return Some(breach(BreachKind::Missing, who, asset, asked, None));
        };
        let reach = self.reach(row);
        let lacking: Vec<String> = asked.into_iter().filter(|name| !reach.sure.contains(name)).collect();
        if lacking.is_empty() || (!all && !reach.sure.is_empty()) {
            return None;
        }
        let open = |name: &String| reach.undecided.contains(name);
        let undecided = if all { lacking.iter().all(open) } else { lacking.iter().any(open) };
        let kind = if undecided { BreachKind::Undecided } else { BreachKind::Missing };
        Some(breach(kind, who, asset, lacking, Some(*index)))
    }

    /// Of a partner's people, one is enough.
    fn nobody(&self, who: &Who, asset: &AssetFacts<'_>, here: &[(usize, &Access<'_>)], all: bool) -> Option<Breach> {
        let name = &who.written().value;
        let mut lacks = here.iter().filter(|(_, row)| who.is(row)).map(|row| self.lack(name, asset, Some(row), all));
        let mut least: Option<Breach> = None;
        loop {
            match lacks.next() {
                None => return Some(least.unwrap_or_else(|| self.none_of_it(name, asset))),
                Some(None) => return None,
                Some(Some(lack)) if least.as_ref().is_none_or(|least| lack.kind > least.kind) => least = Some(lack),
                Some(Some(_)) => {}
            }
        }
    }

    fn none_of_it(&self, who: &str, asset: &AssetFacts<'_>) -> Breach {
        let asked = self.capabilities.iter().map(|name| name.value.clone()).collect();
        breach(BreachKind::Missing, who, asset, asked, None)
    }

    fn reach(&self, row: &Access<'_>) -> Reach {
        let mut reach = Reach { sure: Vec::new(), undecided: Vec::new() };
        for name in &self.capabilities {
            let bit = capability(row.platform, &name.value);
            if row.permissions != 0 && name.value == ANY_ACCESS || bit & row.capabilities != 0 {
                reach.sure.push(name.value.clone());
            } else if bit & row.undecided != 0 {
                reach.undecided.push(name.value.clone());
            }
        }
        reach
    }
}

fn capability(platform: &Platform, name: &str) -> u64 {
    platform.capability_bit(name).unwrap_or(0)
}

fn is_person(who: &Who, person: &str, row: &Access<'_>) -> bool {
    match who {
        Who::Person { .. } => who.is(row),
        Who::Team { .. } | Who::Partner { .. } => row.person.key == person,
    }
}

fn breach(
    kind: BreachKind,
    who: &str,
    asset: &AssetFacts<'_>,
    capabilities: Vec<String>,
    row: Option<usize>,
) -> Breach {
    let (business, asset) = (asset.business.to_owned(), asset.key.to_owned());
    Breach { kind, who: who.to_owned(), business, asset, capabilities, row }
}
