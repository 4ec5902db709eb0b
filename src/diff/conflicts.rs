//! Names and ids that contradict each other, and assets that the export does not have: said once, with all places.

use crate::source::nearest;

use super::change::{Held, Pair, Source, Who, Why, Withheld};
use super::{Comparison, Conflict, Standing, index};

impl Comparison<'_> {
    /// Reports people and partners that are not touched because it isn't certain who they are.
    pub(super) fn report_conflicts(&mut self) {
        for conflict in self.matches.people.conflicts.clone() {
            let asked = conflict
                .people
                .iter()
                .map(|&person| Pair::desired(person))
                .chain(conflict.members.iter().map(|&member| Pair::observed(member)))
                .any(|pair| self.filter.person(pair));
            if asked {
                self.report_people(&conflict);
            }
        }
        for (partner, bearers) in self.matches.partners.swaps.clone() {
            if self.filter.partner(Pair::desired(partner)) {
                self.report_partner(partner, &bearers);
            }
        }
    }

    fn report_people(&mut self, conflict: &Conflict) {
        let people: Vec<String> =
            conflict.people.iter().map(|&person| self.names.call_person(Pair::desired(person))).collect();
        let members: Vec<String> = conflict.members.iter().map(|&member| self.show_member(member)).collect();
        let (people, members) = (people.join(" and "), members.join(" and "));
        let (why, help) = if conflict.swap {
            let message = format!("{people}: the export gives {members}");
            self.set.swaps.push(message);
            (Why::IdSwap, "write the id that belongs to the address, or the address that belongs to the id")
        } else {
            (Why::Ambiguous, "write the platform's `id` in each entry, so that one person is one member")
        };
        let mut places = conflict.people.iter().map(|&person| self.wanted.person_source(person));
        let place = places.next();
        let related = places.collect();
        let who = match conflict.people.as_slice() {
            [one] => Some(Who::Person(Pair::desired(*one))),
            _ => None,
        };
        self.set.withheld.push(Withheld {
            why,
            what: Held::Sentence(format!("decide whether {people} can be {members}")),
            removal: false,
            who,
            place,
            related,
            help: Some(help.to_owned()),
        });
    }

    fn show_member(&self, member: u32) -> String {
        let row = &self.observed.members[member as usize];
        let id = self.observed.text(row.id);
        let name = row.email.or(row.username);
        let name = name.map_or("a member without address", |sym| self.observed.text(sym));
        format!("{name} (`{id}`)")
    }

    fn report_partner(&mut self, partner: u32, bearers: &[u32]) {
        let entry = &self.desired.partners[partner as usize];
        let (key, id) = (self.desired.text(entry.key), self.desired.text(entry.id));
        let name = entry.name.map_or("", |sym| self.desired.text(sym));
        let others: Vec<String> = bearers
            .iter()
            .map(|&other| {
                let id = self.observed.text(self.observed.partners[other as usize].id);
                format!("`{id}`")
            })
            .collect();
        let others = others.join(" and ");
        self.set
            .swaps
            .push(format!("partner {key}: the files call `{id}` {name}, the export gives that name to {others}"));
        let place = Some(self.wanted.partner_source(partner));
        let who = Some(Who::Partner(Pair::desired(partner)));
        self.set.withheld.push(Withheld {
            why: Why::IdSwap,
            what: Held::Sentence(format!(
                "decide whether partner {key} is `{id}` or {others}, which the export calls {name}"
            )),
            removal: false,
            who,
            place,
            related: Vec::new(),
            help: Some("write the id that belongs to the name, or the name that belongs to the id".to_owned()),
        });
    }

    /// Reports assets on which nothing is done, with how many facts wait for that.
    pub(super) fn report_blocked(&mut self) {
        for (asset, bearers) in self.matches.assets.swaps.clone() {
            self.report_swapped(asset, &bearers);
        }
        for asset in self.matches.assets.range.clone().map(index) {
            let standing = self.matches.assets.standing(asset);
            let pair = Pair::desired(asset);
            let blocked = self.blocked[self.matches.assets.slot(pair) as usize];
            if blocked == 0 && !self.filter.asset(pair) {
                continue;
            }
            match standing {
                Standing::Missing => self.report_missing(asset, blocked),
                Standing::Mistyped(found) => self.report_mistyped(asset, found, blocked),
                Standing::Ambiguous => self.report_ambiguous(asset, blocked),
                Standing::Swapped | Standing::Known(_) | Standing::New | Standing::Unseen | Standing::Unshared => {}
            }
        }
    }

    fn report_swapped(&mut self, asset: u32, bearers: &[u32]) {
        let assets = &self.matches.assets;
        let own = Pair::desired(asset);
        let involved = std::iter::once(own).chain(bearers.iter().map(|&other| assets.of_observed(other)));
        let blocked: u32 = involved.clone().map(|pair| self.blocked[assets.slot(pair) as usize]).sum();
        if blocked == 0 && !involved.clone().any(|pair| self.filter.asset(pair)) {
            return;
        }
        let related: Vec<Source> = bearers
            .iter()
            .filter_map(|&other| assets.asset_of[other as usize])
            .filter(|&other| other != asset)
            .map(|other| self.wanted.asset_source(other))
            .collect();
        let entry = &self.desired.assets[asset as usize];
        let key = self.desired.text(entry.key);
        let id = entry.id.map_or("", |sym| self.desired.text(sym));
        let name = entry.name.map_or("", |sym| self.desired.text(sym));
        let others: Vec<String> = bearers
            .iter()
            .map(|&other| {
                let id = self.observed.text(self.observed.assets[other as usize].id);
                format!("`{id}`")
            })
            .collect();
        let others = others.join(" and ");
        self.set.swaps.push(format!("{key}: the files call `{id}` {name}, the export gives that name to {others}"));
        let sentence =
            format!("decide whether {key} is `{id}` or {others}, which the export calls {name}{}", waiting(blocked));
        let help = "write the id that belongs to the name, or the name that belongs to the id";
        self.hold_asset(Why::IdSwap, asset, sentence, Some(help.to_owned()));
        if let Some(held) = self.set.withheld.last_mut() {
            held.related = related;
        }
    }

    fn report_missing(&mut self, asset: u32, blocked: u32) {
        let entry = &self.desired.assets[asset as usize];
        let id = entry.id.map_or("", |sym| self.desired.text(sym));
        let title = entry.kind.title;
        let same_kind = self.observed.assets.iter().filter(|other| self.observed.text(other.kind) == entry.kind.word);
        let mut found = None;
        if let Some(name) = entry.name.map(|sym| self.desired.text(sym)) {
            let names = same_kind.clone().filter_map(|other| other.name.map(|sym| self.observed.text(sym)));
            found = nearest(name, names).map(str::to_owned);
        }
        let near_id = nearest(id, same_kind.map(|other| self.observed.text(other.id)));
        let near = near_id.map(str::to_owned).or(found);
        let mut help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("compare the id with the platform's list of {title}s"),
        };
        if entry.kind.group {
            help.push_str(" a group that was deleted is created again where the entry has no `id`");
        }
        let key = self.desired.text(entry.key);
        let sentence = format!("use {title} {key} (`{id}`), which the export does not have{}", waiting(blocked));
        self.hold_asset(Why::UnknownAsset, asset, sentence, Some(help));
    }

    fn report_mistyped(&mut self, asset: u32, found: u32, blocked: u32) {
        let entry = &self.desired.assets[asset as usize];
        let word = self.observed.text(self.observed.assets[found as usize].kind);
        let key = self.desired.text(entry.key);
        let sentence = format!("use {key} as `{}`: the export has it as `{word}`{}", entry.kind.word, waiting(blocked));
        let help = "write the asset under the type it has";
        self.hold_asset(Why::WrongType, asset, sentence, Some(help.to_owned()));
    }

    fn report_ambiguous(&mut self, asset: u32, blocked: u32) {
        let entry = &self.desired.assets[asset as usize];
        let key = self.desired.text(entry.key);
        let name = super::assets::group_name(self.desired, entry);
        let sentence = format!("decide which group named {name} is {key}{}", waiting(blocked));
        let help = "write the group's `id`";
        self.hold_asset(Why::Ambiguous, asset, sentence, Some(help.to_owned()));
    }

    fn hold_asset(&mut self, why: Why, asset: u32, sentence: String, help: Option<String>) {
        let place = Some(self.wanted.asset_source(asset));
        self.set.withheld.push(Withheld {
            why,
            what: Held::Sentence(sentence),
            removal: false,
            who: None,
            place,
            related: Vec::new(),
            help,
        });
    }
}

fn waiting(blocked: u32) -> String {
    match blocked {
        0 => String::new(),
        1 => " (1 grant or content waits for that)".to_owned(),
        many => format!(" ({many} grants and contents wait for that)"),
    }
}
