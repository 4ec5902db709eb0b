//! What stands in the files: accounts, assets, groups, profiles, people, teams, partners.

use std::collections::BTreeMap;

use crate::observed::{Collection, Completeness};

use super::WriteReport;
use super::bundles::Profiles;
use super::files::{Entry, Place, Section};
use super::invites;
use super::mining::Row;
use super::people::Person;
use super::rights::some;
use super::rosters;
use super::teams::{NamedTeam, Teams};
use super::view::{AD_ACCOUNT, Asset, Partner, View};
use super::yaml::{Value, entry, item, remark};

/// Columns before an item of `grants:`.
const ITEM: usize = 6;

/// Everything that is written.
pub(super) struct Written<'w, 'a> {
    pub view: &'w View<'a>,
    pub teams: &'w Teams,
    pub profiles: &'w Profiles,
}

/// The permissions of every item of `grants:` that is going to be written.
pub(super) fn uses(view: &View<'_>, teams: &Teams) -> Vec<u32> {
    let rows = teams.list.iter().map(|team| &team.team.grants);
    let rows = rows
        .chain(&teams.direct)
        .chain(view.partners.iter().map(|partner| &partner.rights));
    rows.flat_map(|row| by_permissions(row).into_keys().collect::<Vec<_>>())
        .collect()
}

fn by_permissions(row: &Row) -> BTreeMap<u32, Vec<u32>> {
    let mut items: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for cell in row {
        items.entry(cell.mask).or_default().push(cell.asset);
    }
    items
}

impl<'a> Written<'_, 'a> {
    /// All sections that are written outside of `accord.yaml`, with their places.
    pub fn sections(&self) -> Vec<(Place, Section)> {
        let all = [
            (
                Place::Register("accounts"),
                self.assets("accounts", |asset| asset.kind.name == AD_ACCOUNT),
            ),
            (
                Place::Register("assets"),
                self.assets("assets", |asset| {
                    asset.kind.name != AD_ACCOUNT && !asset.kind.group
                }),
            ),
            (
                Place::Register("asset-groups"),
                self.assets("asset_groups", |asset| asset.kind.group),
            ),
            (Place::Register("profiles"), self.profiles()),
            (Place::Register("people"), self.people()),
            (Place::Folder("teams"), self.all_teams()),
            (Place::Folder("partners"), self.partners()),
        ];
        let all = all.into_iter();
        all.filter(|(_, section)| !section.entries.is_empty())
            .collect()
    }

    /// Counts of what is written.
    pub fn report(&self) -> WriteReport {
        let people = &self.view.people.list;
        let count =
            |wanted: fn(&Person<'_>) -> bool| people.iter().filter(|person| wanted(person)).count();
        let partners = &self.view.partners;
        WriteReport {
            people: count(|person| !person.service && person.invited.is_none()),
            service_accounts: count(|person| person.service),
            invited: count(|person| person.invited.is_some()),
            partners: partners.len(),
            assets: self.view.assets.list.len(),
            profiles: self.profiles.by_key().len(),
            person_grants: people.iter().map(|person| person.rights.len()).sum(),
            direct_grants: self.teams.direct.iter().map(Vec::len).sum(),
            partner_grants: partners.iter().map(|partner| partner.rights.len()).sum(),
            teams: self.teams.structure,
            lines: 0,
            left: self.view.left,
        }
    }

    fn assets(&self, key: &'static str, wanted: impl Fn(&Asset<'a>) -> bool) -> Section {
        let list = self.view.assets.list.iter().filter(|asset| wanted(asset));
        let collections: &[Collection] = match key {
            "asset_groups" => &[Collection::Assets, Collection::AssetGroupMembers],
            _ => &[Collection::Assets],
        };
        Section {
            key,
            head: self.unproven(collections),
            entries: list.map(|asset| self.asset(asset)).collect(),
        }
    }

    fn asset(&self, asset: &Asset<'a>) -> Entry {
        let mut fields = Vec::new();
        if asset.kind.name != AD_ACCOUNT && !asset.kind.group {
            fields.push(("type", Value::text(asset.kind.name)));
        }
        fields.push(("id", Value::id(asset.id)));
        fields.extend(asset.name.map(|name| ("name", Value::text(name))));
        fields.extend(asset.client.map(|client| ("client", Value::text(client))));
        let mut remarks = Vec::new();
        match (self.view.owner_key(asset), asset.owner) {
            // The format knows no owner of a group.
            (Some(owner), _) if !asset.kind.group => fields.push(("owner", Value::text(owner))),
            (_, Some(owner)) => remarks.push(format!("belongs to the business {}", remark(owner))),
            _ => {}
        }
        if let Some(inside) = &asset.contains {
            let keys = inside.iter().map(|index| self.view.assets.key(*index));
            fields.push(("contains", Value::Texts(keys.collect())));
        } else if asset.kind.group {
            remarks.push("what is in it is not written: not all of it is known here".to_owned());
        }
        Entry {
            key: asset.key.clone(),
            remarks,
            lines: entry(&asset.key, &fields),
        }
    }

    fn profiles(&self) -> Section {
        let platform = self.view.state.platform;
        let profiles = self.profiles.by_key().into_iter();
        let entries = profiles.map(|(key, mask)| Entry {
            key: key.to_owned(),
            remarks: Vec::new(),
            lines: entry(key, &[("permissions", Value::Texts(platform.words(mask)))]),
        });
        Section {
            key: "profiles",
            head: vec![
                "Sets of permissions that are given often. Rename them as you speak of them."
                    .to_owned(),
            ],
            entries: entries.collect(),
        }
    }

    fn people(&self) -> Section {
        let mut entries: Vec<Entry> = Vec::new();
        let nobody = self.view.state.is_complete(Collection::Grants) && self.nobody_has_grants();
        for (index, (person, direct)) in self
            .view
            .people
            .list
            .iter()
            .zip(&self.teams.direct)
            .enumerate()
        {
            // Grants are managed as soon as somebody's are written: here is the place to say that there are none.
            let none = (nobody && index == 0).then(Vec::new);
            let items = if direct.is_empty() {
                none
            } else {
                Some(self.items(direct))
            };
            entries.push(person_entry(person, items));
        }
        Section {
            key: "people",
            head: self.people_head(),
            entries,
        }
    }

    fn nobody_has_grants(&self) -> bool {
        self.teams.list.is_empty() && self.teams.direct.iter().all(Vec::is_empty)
    }

    fn people_head(&self) -> Vec<String> {
        let mut head = vec![population(&self.report())];
        head.extend(self.unproven(&[Collection::Members, Collection::Invites, Collection::Grants]));
        let state = self.view.state;
        let mut unwritten = invites::unwritten(state);
        let members = self.view.people.invited_members.iter();
        unwritten.extend(members.map(|name| format!("{} (a member already)", remark(name))));
        if !unwritten.is_empty() {
            head.push(format!(
                "Invitations that are not written: {}.",
                some(&unwritten)
            ));
        }
        head
    }

    fn all_teams(&self) -> Section {
        let list = self.teams.list.iter();
        Section {
            key: "teams",
            head: self.unproven(&[Collection::Grants]),
            entries: list.map(|team| self.team(team)).collect(),
        }
    }

    fn team(&self, team: &NamedTeam) -> Entry {
        let people = &self.view.people.list;
        let members = team
            .team
            .members
            .iter()
            .filter_map(|index| people.get(*index as usize));
        let members = members.map(|person| vec![format!("- {}", super::yaml::scalar(&person.key))]);
        let fields = [
            ("members", Value::Items(members.collect())),
            ("grants", Value::Items(self.items(&team.team.grants))),
        ];
        Entry {
            key: team.key.clone(),
            remarks: team.remark.clone().into_iter().collect(),
            lines: entry(&team.key, &fields),
        }
    }

    fn partners(&self) -> Section {
        let rosters = rosters::paths(self.view);
        let list = self.view.partners.iter();
        Section {
            key: "partners",
            head: self.unproven(&[
                Collection::Partners,
                Collection::Invites,
                Collection::Grants,
            ]),
            entries: list
                .map(|partner| self.partner(partner, &rosters))
                .collect(),
        }
    }

    fn partner(&self, partner: &Partner<'a>, rosters: &BTreeMap<&str, String>) -> Entry {
        let mut fields = vec![
            ("id", Value::id(partner.id)),
            ("direction", Value::text(partner.direction.word())),
        ];
        fields.extend(partner.name.map(|name| ("name", Value::text(name))));
        // Partners stand in a folder: the path goes from there.
        let roster = rosters
            .get(partner.id)
            .filter(|_| rosters::belongs_to(self.view, partner));
        fields.extend(roster.map(|path| ("roster", Value::text(&format!("../{path}")))));
        let whole = self.view.state.is_complete(Collection::Grants);
        if !partner.rights.is_empty() || whole {
            fields.push(("grants", Value::Items(self.items(&partner.rights))));
        }
        let waits = partner
            .pending
            .then(|| "was asked and has not answered".to_owned());
        Entry {
            key: partner.key.clone(),
            remarks: waits
                .into_iter()
                .chain(partner.remarks.iter().cloned())
                .collect(),
            lines: entry(&partner.key, &fields),
        }
    }

    /// The items of `grants:`, one for each set of permissions.
    fn items(&self, row: &Row) -> Vec<Vec<String>> {
        let mut items: Vec<(Vec<&str>, u32)> = by_permissions(row)
            .into_iter()
            .map(|(mask, assets)| {
                let keys = assets.into_iter().map(|index| self.view.assets.key(index));
                (keys.collect(), mask)
            })
            .collect();
        items.sort_unstable();
        let items = items.into_iter();
        items
            .map(|(assets, mask)| {
                let what = match self.profiles.key(mask) {
                    Some(profile) => ("profile", Value::text(profile)),
                    None => (
                        "permissions",
                        Value::Texts(self.view.state.platform.words(mask)),
                    ),
                };
                item(ITEM, &[("on", Value::Texts(assets)), what])
            })
            .collect()
    }

    /// A comment for each collection that the export does not prove to be whole.
    pub fn unproven(&self, collections: &[Collection]) -> Vec<String> {
        let state = self.view.state;
        let unproven = collections
            .iter()
            .filter(|collection| !state.is_complete(**collection));
        unproven
            .map(|collection| {
                let why = match state.completeness.get(collection) {
                    Some(Completeness::Incomplete(why)) => remark(why),
                    Some(Completeness::Complete) | None => "`the export does not say`".to_owned(),
                };
                let words = collection.word().replace('_', " ");
                format!("Not proven whole in the export: {words} ({why}). There may be more than is written here.")
            })
            .collect()
    }
}

/// How many people there are, in one sentence or two.
fn population(report: &WriteReport) -> String {
    let count = |count: usize, one: &str, many: &str| match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    };
    let mut text = count(report.people, "person", "people");
    if report.service_accounts > 0 {
        text += " and ";
        text += &count(
            report.service_accounts,
            "service account",
            "service accounts",
        );
    }
    text += ".";
    if report.invited > 0 {
        text += &format!(
            " {} invited and not here yet.",
            count(report.invited, "more is", "more are")
        );
    }
    text
}

fn person_entry(person: &Person<'_>, grants: Option<Vec<Vec<String>>>) -> Entry {
    let mut fields = Vec::new();
    fields.extend(person.id.map(|id| ("id", Value::id(id))));
    fields.extend(person.role.map(|role| ("role", Value::text(role.name))));
    fields.extend(
        person
            .service
            .then(|| ("service", Value::Written("true".to_owned()))),
    );
    fields.extend(person.username.map(|name| ("username", Value::text(name))));
    fields.extend(
        person
            .also
            .map(|address| ("also", Value::Texts(vec![address]))),
    );
    fields.extend(grants.map(|items| ("grants", Value::Items(items))));
    let invited = person.invited.map(|day| match day {
        Some(day) => format!("invited on {day}, has not answered"),
        None => "invited, has not answered".to_owned(),
    });
    Entry {
        key: person.key.clone(),
        remarks: invited
            .into_iter()
            .chain(person.remarks.iter().cloned())
            .collect(),
        lines: entry(&person.key, &fields),
    }
}
