//! Whether a collection is proven whole, and in a sentence why not.
//!
//! Whole is what the export calls whole, whose total agrees with its rows, and in which everything is that must be in it. One reason against
//! it is enough, and all are told.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Sym, fold};

use super::draft::Claim;
use super::lookup::rows;
use super::{Collection, Completeness, Holder, InviteKind, InviteStatus, Lookup, ObservedState};

/// Somebody who must be in an export for it to be whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sentinel {
    /// What the files call them.
    pub called: String,
    /// Ids, addresses and user names, any of which will do.
    pub names: Vec<String>,
    /// Where they may be; each is in doubt when they are in none.
    pub among: &'static [Collection],
}

impl ObservedState {
    /// Makes collections incomplete that lack who must be in them. Somebody whose invitation waits is not missing.
    ///
    /// What was incomplete keeps its reasons.
    pub fn require_sentinels(&mut self, sentinels: &[Sentinel]) {
        let lookup = Lookup::new(self);
        let missing: Vec<&Sentinel> = sentinels.iter().filter(|sentinel| !lookup.has(sentinel)).collect();
        for Sentinel { called, among, .. } in missing {
            for collection in *among {
                self.doubt(*collection, &format!("`{called}`, who must be in it, is not"));
            }
        }
    }

    /// Decides for every collection.
    pub(super) fn judge(&mut self, claims: &BTreeMap<Collection, Claim>) {
        let unclaimed = Claim::default();
        let mut verdicts = BTreeMap::new();
        for collection in Collection::ALL {
            let claim = claims.get(&collection).unwrap_or(&unclaimed);
            verdicts.insert(collection, self.verdict(collection, claim));
        }
        self.completeness = verdicts;
    }

    fn verdict(&self, collection: Collection, claim: &Claim) -> Completeness {
        let Claim { present, complete, total, reason, doubts } = claim;
        if !present {
            return Completeness::Incomplete("the export has none".to_owned());
        }
        if !complete {
            let told = reason.clone();
            let reason = told.unwrap_or_else(|| "the export does not call it whole".to_owned());
            return Completeness::Incomplete(reason);
        }
        let mut reasons = doubts.clone();
        reasons.extend(self.total_doubt(collection, *total));
        reasons.extend(self.sentinel_doubts(collection));
        if reasons.is_empty() { Completeness::Complete } else { Completeness::Incomplete(reasons.join("; ")) }
    }

    fn total_doubt(&self, collection: Collection, total: Option<u64>) -> Option<String> {
        let rows = self.count(collection) as u64;
        match total {
            None => Some(format!("no total proves that its {rows} rows are all")),
            Some(total) if total == rows => None,
            Some(total) => Some(format!("{rows} of {total} rows")),
        }
    }

    fn sentinel_doubts(&self, collection: Collection) -> Vec<String> {
        match collection {
            Collection::Members => self.member_doubts(),
            Collection::Partners => self.referenced("partner", self.missing_partners()),
            Collection::Assets => self.referenced("asset", self.missing_assets()),
            Collection::Invites => self.invite_doubts(),
            Collection::AssetGroupMembers | Collection::Grants => Vec::new(),
        }
    }

    fn member_doubts(&self) -> Vec<String> {
        if self.members.is_empty() {
            return vec!["it is empty, although somebody took the export".to_owned()];
        }
        let mut doubts = Vec::new();
        let lookup = Lookup::new(self);
        if let Some(name) = &self.captured_by
            && self.find_member(name).is_none()
            && lookup.members_named(name).is_empty()
        {
            doubts.push(format!("`{name}`, who took the export, is not in it"));
        }
        doubts.extend(self.referenced("member", self.missing_members()));
        doubts.extend(
            lookup
                .shared_names()
                .into_iter()
                .map(|(name, count)| format!("{count} members have the address or user name `{name}`")),
        );
        doubts
    }

    fn invite_doubts(&self) -> Vec<String> {
        let unknown: Vec<&str> = self
            .invites
            .iter()
            .filter_map(|invite| match (invite.kind, invite.status) {
                (InviteKind::Other(word), _) | (_, InviteStatus::Other(word)) => Some(word),
                _ => None,
            })
            .map(|word| self.text(word))
            .collect();
        let Some(first) = unknown.first() else {
            return Vec::new();
        };
        vec![format!(
            "{} of a kind or state that accord does not know (`{first}`)",
            counted(unknown.len(), "invite is", "invites are")
        )]
    }

    /// The doubt about a list that lacks what others name.
    fn referenced(&self, what: &str, missing: BTreeSet<&str>) -> Vec<String> {
        let Some(first) = missing.first() else {
            return Vec::new();
        };
        let others = missing.len() - 1;
        let more = match others {
            0 => String::new(),
            others => format!(" and {} more", counted(others, what, &format!("{what}s"))),
        };
        vec![format!("{what} `{first}`{more} is named elsewhere and not in it")]
    }

    fn missing_members(&self) -> BTreeSet<&str> {
        let holders = self.dangling_grants.iter().map(|row| row.holder);
        let members = holders.filter_map(|holder| match holder {
            Holder::Member(id) => Some(self.text(id)),
            Holder::Partner(..) => None,
        });
        members.filter(|id| self.find_member(id).is_none()).collect()
    }

    fn missing_partners(&self) -> BTreeSet<&str> {
        let holders = self.dangling_grants.iter().map(|row| row.holder);
        let partners = holders.filter_map(|holder| match holder {
            Holder::Partner(id, direction) => Some((self.text(id), direction)),
            Holder::Member(_) => None,
        });
        partners.filter(|(id, direction)| self.find_partner(id, *direction).is_none()).map(|(id, _)| id).collect()
    }

    fn missing_assets(&self) -> BTreeSet<&str> {
        let granted = self.dangling_grants.iter().map(|row| row.asset);
        let contained = self.dangling_contents.iter().flat_map(|row| [row.group, row.asset]);
        granted.chain(contained).map(|sym: Sym| self.text(sym)).filter(|id| self.find_asset(id).is_none()).collect()
    }

    /// Makes a collection incomplete for one more reason.
    fn doubt(&mut self, collection: Collection, reason: &str) {
        let verdict = self.completeness.entry(collection).or_insert(Completeness::Complete);
        *verdict = Completeness::Incomplete(match verdict {
            Completeness::Complete => reason.to_owned(),
            Completeness::Incomplete(reasons) => format!("{reasons}; {reason}"),
        });
    }
}

impl Lookup<'_> {
    /// Whether somebody is where they may be, or was asked in.
    fn has(&self, sentinel: &Sentinel) -> bool {
        let Sentinel { called: _, names, among } = sentinel;
        names.iter().any(|name| {
            let there = among.iter().any(|collection| match collection {
                Collection::Members => self.has_member(name),
                Collection::Partners => self.has_partner(name),
                _ => false,
            });
            there || !self.pending_for(name).is_empty()
        })
    }

    fn has_member(&self, name: &str) -> bool {
        self.state().find_member(name).is_some() || !self.members_named(name).is_empty()
    }

    fn has_partner(&self, name: &str) -> bool {
        let state = self.state();
        rows(&state.partners).any(|(_, row)| {
            let mut own = [Some(row.id), row.name].into_iter().flatten();
            own.any(|sym| fold(state.text(sym)) == fold(name))
        })
    }
}

/// `1 invite is`, `2 invites are`.
fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}
