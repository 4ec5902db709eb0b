//! The difference of two states: what the files want and what the export says, as keyed facts, merged in sorted order.
//!
//! Scope first: mode, managed sections, `only` and disputed identities are decided on the states before anything is
//! compared. Nothing depends on the order of files or records. A collection that is not proven whole adds and warns; it never
//! removes.
//!
//! | file | what it decides |
//! |---|---|
//! | `scope` | what is looked at |
//! | `identity`, `assets`, `partners` | who is who, what is what, and which names contradict each other |
//! | `wanted` | what the files want on the day, and which lines say so |
//! | `memberships`, `partnerships` | who is in; `relations`: the life of an invitation |
//! | `grants` | who may do what: the merge of rows; `kept`: words that no file can say |
//! | `groups` | asset groups and their contents |
//! | `baseline` | whose change it is, from the last applied state |
//! | `upcoming` | which lines end soon |
//! | `sentinels` | who must be in an export for it to be whole |

mod assets;
mod baseline;
mod change;
mod conflicts;
mod grants;
mod groups;
mod identity;
mod invites;
mod kept;
mod memberships;
mod names;
mod partners;
mod partnerships;
mod relations;
pub(crate) mod rows;
mod scope;
mod sentinels;
mod upcoming;
mod wanted;

#[cfg(test)]
pub(crate) mod world;

use std::collections::BTreeSet;

use crate::desired::{Business, DesiredState, Mode};
use crate::model::{PrincipalIx, both};
use crate::observed::{Collection, Completeness, ObservedState};

pub use assets::{Assets, Standing};
pub use change::{
    Cause, Change, ChangeSet, Deferred, Difference, Held, Notice, Origin, Pair, Source, Upcoming, Waiting, Who, Why,
    Withheld,
};
pub use identity::{Conflict, People};
pub use invites::names_of;
pub use names::Names;
pub use partners::Partners;
pub use scope::{Only, Scope, day};
pub use sentinels::sentinels;
pub use upcoming::HORIZON_DAYS;

use baseline::Baseline;
use identity::{Edges, Known};
use invites::Invites;
use scope::Filter;
use wanted::Wanted;

/// Who is who and what is what on both sides.
#[derive(Debug, Default)]
pub struct Matches {
    /// People and members.
    pub people: People,
    /// Partners.
    pub partners: Partners,
    /// Assets.
    pub assets: Assets,
}

impl Matches {
    /// Who holds a grant of the export.
    pub fn holder(&self, principal: PrincipalIx) -> Who {
        let at = index(principal.index());
        if principal.is_partner() {
            Who::Partner(self.partners.of_observed(at))
        } else {
            Who::Person(self.people.of_member(at))
        }
    }
}

/// Compares what the files want in one business (an index into [`DesiredState::businesses`]) with an export of it.
///
/// `last_applied` is the state after the last apply, where one is known; it tells whose change a difference is.
pub fn compare(
    desired: &DesiredState,
    business: usize,
    observed: &ObservedState,
    last_applied: Option<&ObservedState>,
    scope: &Scope,
) -> ChangeSet {
    let mut comparison = Comparison::new(desired, index(business), observed, last_applied, scope);
    comparison.report_conflicts();
    comparison.compare_people();
    comparison.compare_partners();
    comparison.compare_groups();
    comparison.compare_grants();
    comparison.report_sections();
    comparison.report_upcoming();
    comparison.finish()
}

/// One comparison in progress.
struct Comparison<'a> {
    desired: &'a DesiredState,
    observed: &'a ObservedState,
    business: &'a Business,
    wanted: Wanted<'a>,
    baseline: Option<Baseline<'a>>,
    names: Names<'a>,
    filter: Filter,
    matches: Matches,
    invites: Invites,
    /// Bits of permissions that a write accepts.
    writable: u32,
    /// By invite: whether it belongs to somebody who was looked at.
    settled_invites: Vec<bool>,
    /// By member: whether the membership ends or would end, so that its grants need no steps of their own.
    leaving_members: Vec<bool>,
    /// By partner of the export: the same.
    leaving_partners: Vec<bool>,
    /// By asset of the export: the same, for groups.
    leaving_groups: Vec<bool>,
    /// By asset slot: grants and contents that can't be compared because of it.
    blocked: Vec<u32>,
    /// Collections that additions rest on although they are not proven whole.
    shaky: BTreeSet<Collection>,
    set: ChangeSet,
}

impl<'a> Comparison<'a> {
    fn new(
        desired: &'a DesiredState,
        business: u32,
        observed: &'a ObservedState,
        last_applied: Option<&'a ObservedState>,
        scope: &Scope,
    ) -> Self {
        let written = identity::as_written(desired);
        // Names after ids, so that the lists that are only for ids are gone by then.
        let names = || (identity::by_id(desired, &written, observed), Known::of(observed, desired));
        let (wanted, (by_id, known)) = both(scope.threads, || Wanted::of(desired, business, scope.day()), names);
        let edges = Edges::of(desired, observed, known, by_id, written);
        let matches = Matches {
            people: People::matched(edges, desired, &wanted.here(), observed),
            partners: Partners::matched(desired, business, observed),
            assets: Assets::matched(desired, business, observed),
        };
        let filter = Filter::resolve(&scope.only, desired, business, observed, &matches);
        Comparison {
            desired,
            observed,
            business: &desired.businesses[business as usize],
            baseline: last_applied.map(|state| Baseline::of(state, observed)),
            names: Names { desired, observed },
            invites: Invites::of(observed),
            writable: writable(observed),
            settled_invites: vec![false; observed.invites.len()],
            leaving_members: vec![false; observed.members.len()],
            leaving_partners: vec![false; observed.partners.len()],
            leaving_groups: vec![false; observed.assets.len()],
            blocked: vec![0; matches.assets.slots()],
            shaky: BTreeSet::new(),
            set: ChangeSet::default(),
            wanted,
            filter,
            matches,
        }
    }

    /// Takes a difference in, or holds it back; tells whether it was taken in.
    fn emit(&mut self, difference: Difference, cause: Cause, origin: Origin) -> bool {
        if let Some(why) = self.barrier(&difference) {
            self.hold(why, difference, &cause);
            return false;
        }
        let shaky = difference.rests_on().iter().copied();
        self.shaky.extend(shaky.filter(|&collection| !self.observed.is_complete(collection)));
        self.set.changes.push(Change { difference, cause, origin });
        true
    }

    /// What keeps a difference from being acted on: the mode, or a removal that rests on what is not proven whole.
    fn barrier(&self, difference: &Difference) -> Option<Why> {
        let whole = |collection: &Collection| self.observed.is_complete(*collection);
        match self.business.mode {
            Mode::Observe => Some(Why::Observe),
            Mode::Adopt if difference.removes() => Some(Why::Adopt),
            Mode::Adopt | Mode::Enforce => {
                (difference.removes() && !difference.rests_on().iter().all(whole)).then_some(Why::Incomplete)
            }
        }
    }

    /// Holds a difference back for a reason that the mode or the export gives.
    fn hold(&mut self, why: Why, difference: Difference, cause: &Cause) {
        let help = match why {
            Why::Adopt => Some(
                "the business is in mode `adopt`, which only adds; `mode: enforce` makes reality equal to the files"
                    .to_owned(),
            ),
            Why::Observe => Some("the business is in mode `observe`, which changes nothing".to_owned()),
            Why::Incomplete => self.incomplete_help(&difference),
            _ => None,
        };
        self.withhold(why, difference, cause, help);
    }

    /// Holds a difference back, with what to do about it.
    fn withhold(&mut self, why: Why, difference: Difference, cause: &Cause, help: Option<String>) {
        let (place, related) = places(cause);
        self.set.withheld.push(Withheld {
            why,
            removal: difference.removes(),
            who: difference.who(),
            what: Held::Difference(difference),
            place,
            related,
            help,
        });
    }

    fn incomplete_help(&self, difference: &Difference) -> Option<String> {
        let reasons: Vec<String> = difference
            .rests_on()
            .iter()
            .filter_map(|collection| match self.observed.completeness.get(collection) {
                Some(Completeness::Complete) => None,
                Some(Completeness::Incomplete(reason)) => Some(format!("{}: {reason}", collection.word())),
                None => Some(format!("{}: the export does not say", collection.word())),
            })
            .collect();
        (!reasons.is_empty())
            .then(|| format!("nothing is removed while the export is not proven whole ({})", reasons.join("; ")))
    }

    fn notice(&mut self, kind: &'static str, message: String, place: Option<Source>) {
        self.set.notices.push(Notice { kind, message, place });
    }

    fn finish(mut self) -> ChangeSet {
        self.report_blocked();
        for collection in std::mem::take(&mut self.shaky) {
            let message = format!(
                "the export's {} are not proven whole, and some additions rest on them: they may be there already",
                collection.word()
            );
            self.notice("incomplete", message, None);
        }
        self.set.unknown_only = std::mem::take(&mut self.filter.unknown);
        self.set.matches = self.matches;
        self.set
    }
}

/// The place of a cause and the others that take part.
fn places(cause: &Cause) -> (Option<Source>, Vec<Source>) {
    match cause {
        Cause::Written(sources) => (sources.first().cloned(), sources.iter().skip(1).cloned().collect()),
        Cause::Unwritten(nearest) => (nearest.clone(), Vec::new()),
        Cause::Ended(source, _) => (Some(source.clone()), Vec::new()),
    }
}

fn writable(observed: &ObservedState) -> u32 {
    let table = observed.platform.permissions.iter().enumerate();
    table.filter(|(_, permission)| permission.writable).fold(0, |mask, (bit, _)| mask | 1 << bit)
}

/// An index as the states count. Readers refuse states with more of anything than 32 bits can number.
pub(crate) fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
