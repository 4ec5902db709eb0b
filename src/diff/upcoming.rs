//! Lines that end soon, and what is not managed.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::model::Until;

use super::change::{Pair, Source, Upcoming, Who};
use super::wanted::part;
use super::{Comparison, index};

/// How many days ahead ends are told.
pub const HORIZON_DAYS: i64 = 90;

impl Comparison<'_> {
    /// Lists lines that hold and end within [`HORIZON_DAYS`].
    pub(super) fn report_upcoming(&mut self) {
        let last = self.wanted.day.checked_add(HORIZON_DAYS.days()).unwrap_or(Date::MAX);
        let mut ends = Vec::new();
        self.ending_memberships(last, &mut ends);
        self.ending_partners(last, &mut ends);
        self.ending_items(last, &mut ends);
        ends.sort_unstable();
        ends.dedup();
        self.set.upcoming = ends;
    }

    fn due(&self, until: Until, last: Date) -> Option<Date> {
        until.date().filter(|&until| self.wanted.day <= until && until <= last)
    }

    /// Lines of people, and lines that put somebody into a team and end before the person's own.
    fn ending_memberships(&self, last: Date, ends: &mut Vec<Upcoming>) {
        for person in self.wanted.people() {
            let pair = self.matches.people.of_person(person);
            if !self.filter.person(pair) {
                continue;
            }
            let rows = self.wanted.memberships_of(person);
            if rows.iter().all(|row| self.due(row.until, last).is_none()) {
                continue;
            }
            let own = self.desired.people[person as usize].pos;
            let entry = rows.iter().find(|row| row.pos == own);
            for row in rows {
                let covered = entry.is_some_and(|entry| entry.pos != row.pos && entry.until == row.until);
                if let Some(until) = self.due(row.until, last).filter(|_| !covered) {
                    let source = self.wanted.membership_source(row);
                    let what = match source.what.strip_prefix("person ") {
                        Some(key) => format!("membership of {key}"),
                        None => source.what.clone(),
                    };
                    ends.push(Upcoming { until, place: Source { what, ..source } });
                }
            }
        }
    }

    fn ending_partners(&self, last: Date, ends: &mut Vec<Upcoming>) {
        for partner in self.matches.partners.range.clone() {
            let pair = self.matches.partners.of_desired(index(partner));
            if !self.filter.partner(pair) {
                continue;
            }
            if let Some(until) = self.due(self.desired.partners[partner].ends, last) {
                let source = self.wanted.partner_source(index(partner));
                let what = format!("contract with {}", source.what);
                ends.push(Upcoming { until, place: Source { what, ..source } });
            }
        }
    }

    /// Items with an end of their own; for each the first asset in scope, and how many more.
    fn ending_items(&self, last: Date, ends: &mut Vec<Upcoming>) {
        let mut due: Vec<u32> = (0..)
            .zip(&self.desired.items)
            .filter(|(_, item)| self.due(item.until, last).is_some())
            .map(|(item, _)| item)
            .collect();
        if due.is_empty() {
            return;
        }
        due.sort_unstable();
        let mut assets: Vec<(u32, u32)> = self
            .wanted
            .grants
            .iter()
            .filter(|row| due.binary_search(&row.item).is_ok())
            .filter(|row| {
                let pair = self.matches.assets.of_desired(row.asset);
                self.filter.who(self.who_wants(row)) || self.filter.asset(pair)
            })
            .map(|row| (row.item, row.asset))
            .collect();
        assets.sort_unstable();
        assets.dedup();
        for item in due {
            let on = part(&assets, |&(item, _)| item, item);
            if !on.is_empty() {
                ends.extend(self.ending_item(item, on, last));
            }
        }
    }

    fn who_wants(&self, row: &crate::desired::Grant) -> Who {
        let at = index(row.principal.index());
        if row.principal.is_partner() {
            Who::Partner(self.matches.partners.of_desired(at))
        } else {
            Who::Person(self.matches.people.of_person(at))
        }
    }

    fn ending_item(&self, item: u32, on: &[(u32, u32)], last: Date) -> Option<Upcoming> {
        let entry = &self.desired.items[item as usize];
        let until = self.due(entry.until, last)?;
        let mut names: Vec<String> =
            on.iter().take(3).map(|&(_, asset)| self.names.call_asset(Pair::desired(asset))).collect();
        if on.len() > names.len() {
            names.push(format!("{} more", on.len() - names.len()));
        }
        let bundle = match entry.profile {
            Some(profile) => self.desired.text(self.desired.profiles[profile as usize].key),
            None => "permissions",
        };
        let holder = self.wanted.holder(entry.holder);
        Some(Upcoming {
            until,
            place: Source {
                pos: entry.pos,
                what: format!("{bundle} of {holder} on {}", names.join(", ")),
                item: Some(item),
            },
        })
    }

    /// Says what is managed and what is not.
    pub(super) fn report_sections(&mut self) {
        let managed = self.business.managed;
        let sections = [
            (managed.people, "people", "people and their invitations"),
            (managed.people_grants, "people-grants", "grants of people"),
            (managed.partners, "partners", "partners and their invitations"),
            (managed.groups, "groups", "which asset groups exist"),
        ];
        for (written, name, words) in sections {
            self.report_section(written, name.to_owned(), words.to_owned());
        }
        for partner in self.matches.partners.range.clone() {
            let entry = &self.desired.partners[partner];
            let (key, id) = (self.desired.text(entry.key), self.desired.text(entry.id));
            self.report_section(
                entry.grants_written,
                format!("partner-grants {} {id}", entry.direction.word()),
                format!("grants of partner {key}"),
            );
        }
        for asset in self.matches.assets.range.clone() {
            let entry = &self.desired.assets[asset];
            if entry.kind.group {
                let key = self.desired.text(entry.key);
                self.report_section(
                    entry.contents_written,
                    format!("group-contents {key}"),
                    format!("contents of asset group {key}"),
                );
            }
        }
    }

    fn report_section(&mut self, written: bool, name: String, words: String) {
        if written {
            self.set.managed.push(name);
        } else {
            self.set.unmanaged.push(words);
        }
    }
}
