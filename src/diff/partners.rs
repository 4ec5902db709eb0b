//! Which partner of the files is which of the export: by id and direction.

use std::ops::Range;

use crate::desired::{DesiredState, Partner};
use crate::observed::ObservedState;

use super::change::Pair;
use super::index;

/// Partners of the files and of the export.
#[derive(Debug, Default)]
pub struct Partners {
    /// Partners of this business in the desired state.
    pub range: Range<usize>,
    /// By partner of the files, from the start of the range: the partner of the export.
    pub partnership_of: Vec<Option<u32>>,
    /// By partner of the export: the partner of the files.
    pub partner_of: Vec<Option<u32>>,
    /// By partner of the files, from the start of the range: whether nothing may be done.
    pub disputed: Vec<bool>,
    /// By partner of the export: whether nothing may be done.
    pub disputed_partnerships: Vec<bool>,
    /// Contradictions: a partner of the files, and those of the export that bear its name.
    pub swaps: Vec<(u32, Vec<u32>)>,
}

impl Partners {
    /// A partner of the files with its counterpart.
    pub fn of_desired(&self, partner: u32) -> Pair {
        Pair { desired: Some(partner), observed: self.partnership_of[partner as usize - self.range.start] }
    }

    /// A partner of the export with its counterpart.
    pub fn of_observed(&self, partner: u32) -> Pair {
        Pair { desired: self.partner_of[partner as usize], observed: Some(partner) }
    }

    /// Whether either side is disputed.
    pub fn disputed(&self, pair: Pair) -> bool {
        pair.desired.is_some_and(|partner| self.disputed[partner as usize - self.range.start])
            || pair.observed.is_some_and(|partner| self.disputed_partnerships[partner as usize])
    }

    pub(super) fn matched(desired: &DesiredState, business: u32, observed: &ObservedState) -> Partners {
        let start = desired.partners.partition_point(|partner| partner.business < business);
        let end = desired.partners.partition_point(|partner| partner.business <= business);
        let ours = &desired.partners[start..end];
        let found: Vec<Option<u32>> = ours.iter().map(|partner| find(partner, desired, observed)).collect();
        let mut partner_of = vec![None; observed.partners.len()];
        for (partner, found) in (start..).zip(&found) {
            if let Some(found) = found {
                partner_of[*found as usize] = Some(index(partner));
            }
        }
        let mut partners = Partners {
            range: start..end,
            partnership_of: found,
            partner_of,
            disputed: vec![false; ours.len()],
            disputed_partnerships: vec![false; observed.partners.len()],
            swaps: Vec::new(),
        };
        partners.find_swaps(desired, observed);
        partners
    }

    /// A name that the files give to one id and the export to another of the same direction.
    fn find_swaps(&mut self, desired: &DesiredState, observed: &ObservedState) {
        for partner in self.range.clone() {
            let entry = &desired.partners[partner];
            let own = self.partnership_of[partner - self.range.start];
            let own_name = own.map(|own| observed.partners[own as usize].name);
            let Some(name) = entry.name.map(|sym| desired.text(sym)) else {
                continue;
            };
            if own_name.is_some_and(|own| own.is_none_or(|sym| observed.text(sym) == name)) {
                continue;
            }
            let others = (0..).zip(&observed.partners);
            let bearers: Vec<u32> = others
                .filter(|(_, other)| other.direction == entry.direction)
                .filter(|(_, other)| other.name.is_some_and(|sym| observed.text(sym) == name))
                .map(|(other, _)| other)
                .filter(|&other| !self.rightly_named(desired, other, name))
                .collect();
            if !bearers.is_empty() {
                self.swaps.push((index(partner), bearers));
            }
        }
        for (partner, bearers) in self.swaps.clone() {
            self.dispute(partner, &bearers);
        }
    }

    fn rightly_named(&self, desired: &DesiredState, observed: u32, name: &str) -> bool {
        self.partner_of[observed as usize].is_some_and(|other| {
            let other = &desired.partners[other as usize];
            other.name.is_some_and(|sym| desired.text(sym) == name)
        })
    }

    fn dispute(&mut self, partner: u32, bearers: &[u32]) {
        let position = partner as usize - self.range.start;
        self.disputed[position] = true;
        let own = self.partnership_of[position];
        for other in bearers.iter().copied().chain(own) {
            self.disputed_partnerships[other as usize] = true;
            if let Some(declared) = self.partner_of[other as usize] {
                self.disputed[declared as usize - self.range.start] = true;
            }
        }
    }
}

fn find(partner: &Partner, desired: &DesiredState, observed: &ObservedState) -> Option<u32> {
    observed.find_partner(desired.text(partner.id), partner.direction)
}
