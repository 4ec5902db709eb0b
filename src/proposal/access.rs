//! People, teams and partners with their grants, as they stand in the files.

use std::collections::BTreeMap;

use crate::observed::Collection;

use super::WriteReport;
use super::files::{Entry, Section};
use super::invites;
use super::mining::Row;
use super::partners::Partner;
use super::people::Person;
use super::rights::some;
use super::rosters;
use super::sections::Written;
use super::teams::{NamedTeam, Teams};
use super::view::View;
use super::yaml::{Fields, Value, item, remark, scalar};

/// Columns before an item of `grants:`.
const ITEM: usize = 6;

/// Items of a list, each with its lines.
type Items = Vec<Vec<String>>;

/// The permissions of every item of `grants:` that is going to be written.
pub(super) fn uses(view: &View<'_>, teams: &Teams) -> Vec<u32> {
    let given = teams.list.iter().map(|team| &team.team.grants);
    let partners = view.partners.iter().map(|partner| &partner.rights);
    let rows = given.chain(&teams.direct).chain(partners);
    rows.flat_map(|row| by_permissions(row).into_keys()).collect()
}

fn by_permissions(row: &Row) -> BTreeMap<u32, Vec<u32>> {
    let mut items: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for cell in row {
        items.entry(cell.mask).or_default().push(cell.asset);
    }
    items
}

impl<'a> Written<'_, 'a> {
    /// The register of people, with what they have besides their teams.
    pub fn people(&self) -> Section {
        let people = self.view.people.list.iter().zip(&self.teams.direct);
        let entries = people.map(|(person, direct)| {
            let items = (!direct.is_empty()).then(|| self.items(direct));
            (person, items)
        });
        let mut entries: Vec<(&Person<'_>, Option<Items>)> = entries.collect();
        self.say_if_nobody_has_grants(&mut entries);
        let entries = entries.into_iter();
        Section {
            key: "people",
            head: self.people_head(),
            entries: entries.map(|(person, items)| person_entry(person, items)).collect(),
        }
    }

    /// All teams.
    pub fn all_teams(&self) -> Section {
        let list = self.teams.list.iter();
        Section {
            key: "teams",
            head: self.unproven(&[Collection::Grants]),
            entries: list.map(|team| self.team(team)).collect(),
        }
    }

    /// All partners.
    pub fn partners(&self) -> Section {
        let rosters = rosters::paths(self.view);
        let list = self.view.partners.iter();
        let rests_on = [Collection::Partners, Collection::Invites, Collection::Grants];
        Section {
            key: "partners",
            head: self.unproven(&rests_on),
            entries: list.map(|partner| self.partner(partner, &rosters)).collect(),
        }
    }

    /// Grants are managed as soon as somebody's are written: the first person is the place to say that there are none.
    fn say_if_nobody_has_grants(&self, entries: &mut [(&Person<'_>, Option<Items>)]) {
        let whole = self.view.state.is_complete(Collection::Grants);
        let nobody = self.teams.list.is_empty() && entries.iter().all(|(_, items)| items.is_none());
        if let Some((_, items)) = entries.first_mut().filter(|_| whole && nobody) {
            *items = Some(Items::new());
        }
    }

    fn people_head(&self) -> Vec<String> {
        let mut head = vec![population(&self.report())];
        head.extend(self.unproven(&[Collection::Members, Collection::Invites, Collection::Grants]));
        let mut unwritten = invites::unwritten(self.view.state);
        let members = self.view.people.invited_members.iter();
        unwritten.extend(members.map(|name| format!("{} (a member already)", remark(name))));
        let line = format!("Invitations that are not written: {}.", some(&unwritten));
        head.extend((!unwritten.is_empty()).then_some(line));
        head
    }

    fn team(&self, team: &NamedTeam) -> Entry {
        let people = &self.view.people.list;
        let members = team.team.members.iter();
        let members = members.filter_map(|index| people.get(*index as usize));
        let members = members.map(|person| vec![format!("- {}", scalar(&person.key))]);
        let fields =
            [("members", Value::Items(members.collect())), ("grants", Value::Items(self.items(&team.team.grants)))];
        let remarks = team.remark.clone().into_iter().collect();
        Entry::new(&team.key, remarks, &fields)
    }

    fn partner(&self, partner: &Partner<'a>, rosters: &BTreeMap<&str, String>) -> Entry {
        let mut fields: Fields<'_> =
            vec![("id", Value::id(partner.id)), ("direction", Value::text(partner.direction.word()))];
        fields.extend(partner.name.map(|name| ("name", Value::text(name))));
        let roster = rosters.get(partner.id);
        let roster = roster.filter(|_| rosters::belongs_to(self.view, partner));
        // Partners stand in a folder: the path goes from there.
        fields.extend(roster.map(|path| ("roster", Value::text(&format!("../{path}")))));
        let whole = self.view.state.is_complete(Collection::Grants);
        if !partner.rights.is_empty() || whole {
            fields.push(("grants", Value::Items(self.items(&partner.rights))));
        }
        let waits = partner.pending.then_some("was asked and has not answered");
        Entry::new(&partner.key, first_of_all(waits, &partner.remarks), &fields)
    }

    /// The items of `grants:`, one for each set of permissions.
    fn items(&self, row: &Row) -> Items {
        let key = |index: &u32| self.view.assets.key(*index);
        let items = by_permissions(row).into_iter();
        let items = items.map(|(mask, assets)| (assets.iter().map(key).collect(), mask));
        let mut items: Vec<(Vec<&str>, u32)> = items.collect();
        items.sort_unstable();
        let items = items.into_iter();
        items.map(|(assets, mask)| self.item(assets, mask)).collect()
    }

    fn item(&self, assets: Vec<&str>, mask: u32) -> Vec<String> {
        let words = || Value::Texts(self.view.state.platform.words(mask));
        let what = match self.profiles.key(mask) {
            Some(profile) => ("profile", Value::text(profile)),
            None => ("permissions", words()),
        };
        item(ITEM, &[("on", Value::Texts(assets)), what])
    }
}

fn person_entry(person: &Person<'_>, grants: Option<Items>) -> Entry {
    let mut fields = Fields::new();
    let service = person.service.then(|| Value::Written("true".to_owned()));
    fields.extend(person.id.map(|id| ("id", Value::id(id))));
    fields.extend(person.role.map(|role| ("role", Value::text(role.name))));
    fields.extend(service.map(|service| ("service", service)));
    fields.extend(person.username.map(|name| ("username", Value::text(name))));
    fields.extend(person.also.map(|also| ("also", Value::Texts(vec![also]))));
    fields.extend(grants.map(|items| ("grants", Value::Items(items))));
    let invited = invitation(person);
    Entry::new(&person.key, first_of_all(invited.as_deref(), &person.remarks), &fields)
}

fn invitation(person: &Person<'_>) -> Option<String> {
    let day = person.invited?;
    let on = day.map_or(String::new(), |day| format!(" on {day}"));
    Some(format!("invited{on}, has not answered"))
}

fn first_of_all(first: Option<&str>, remarks: &[String]) -> Vec<String> {
    let first = first.map(str::to_owned).into_iter();
    first.chain(remarks.iter().cloned()).collect()
}

/// How many people there are, in one sentence or two.
fn population(report: &WriteReport) -> String {
    let mut text = counted(report.people, "person", "people");
    if report.service_accounts > 0 {
        text += " and ";
        text += &counted(report.service_accounts, "service account", "service accounts");
    }
    text += ".";
    if report.invited > 0 {
        let more = counted(report.invited, "more is", "more are");
        text += &format!(" {more} invited and not here yet.");
    }
    text
}

fn counted(count: usize, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    }
}
