//! What stands in the files besides people, teams and partners (`access`): accounts, assets, groups, profiles.

use crate::observed::{Collection, Completeness};

use super::WriteReport;
use super::assets::Asset;
use super::bundles::Profiles;
use super::files::{Entry, Place, Section};
use super::people::Person;
use super::teams::Teams;
use super::view::View;
use super::yaml::{Fields, Value, remark};

/// Everything that is written.
pub(super) struct Written<'w, 'a> {
    pub view: &'w View<'a>,
    pub teams: &'w Teams,
    pub profiles: &'w Profiles,
}

impl<'a> Written<'_, 'a> {
    /// All sections that are written outside of `accord.yaml`, with their places.
    pub fn sections(&self) -> Vec<(Place, Section)> {
        let sections = [
            (Place::Register("accounts"), self.accounts()),
            (Place::Register("assets"), self.other_assets()),
            (Place::Register("asset-groups"), self.groups()),
            (Place::Register("profiles"), self.profiles()),
            (Place::Register("people"), self.people()),
            (Place::Folder("teams"), self.all_teams()),
            (Place::Folder("partners"), self.partners()),
        ];
        let mut sections = Vec::from(sections);
        sections.retain(|(_, section)| !section.entries.is_empty());
        sections
    }

    /// Counts of what is written.
    pub fn report(&self) -> WriteReport {
        let people = &self.view.people.list;
        let partners = &self.view.partners;
        WriteReport {
            people: count(people, |person| !person.service && person.invited.is_none()),
            service_accounts: count(people, |person| person.service),
            invited: count(people, |person| person.invited.is_some()),
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

    /// A comment for each collection that the export does not prove to be whole.
    pub fn unproven(&self, collections: &[Collection]) -> Vec<String> {
        let state = self.view.state;
        let unproven = collections.iter().filter(|collection| !state.is_complete(**collection));
        let line = |collection: &Collection| {
            let why = match state.completeness.get(collection) {
                Some(Completeness::Incomplete(why)) => remark(why),
                Some(Completeness::Complete) | None => "`the export does not say`".to_owned(),
            };
            let words = collection.word().replace('_', " ");
            format!("Not proven whole in the export: {words} ({why}). There may be more than is written here.")
        };
        unproven.map(line).collect()
    }

    fn accounts(&self) -> Section {
        let head = self.unproven(&[Collection::Assets]);
        self.assets("accounts", head, Asset::is_account)
    }

    fn other_assets(&self) -> Section {
        let head = self.unproven(&[Collection::Assets]);
        self.assets("assets", head, |asset| !asset.is_account() && !asset.kind.group)
    }

    fn groups(&self) -> Section {
        let head = self.unproven(&[Collection::Assets, Collection::AssetGroupMembers]);
        self.assets("asset_groups", head, |asset| asset.kind.group)
    }

    fn assets(&self, key: &'static str, head: Vec<String>, wanted: impl Fn(&Asset<'a>) -> bool) -> Section {
        let list = self.view.assets.list.iter().filter(|asset| wanted(asset));
        let entries = list.map(|asset| self.asset(asset)).collect();
        Section { key, head, entries }
    }

    fn asset(&self, asset: &Asset<'a>) -> Entry {
        let mut fields = Fields::new();
        if !asset.is_account() && !asset.kind.group {
            fields.push(("type", Value::text(asset.kind.name)));
        }
        fields.push(("id", Value::id(asset.id)));
        fields.extend(asset.name.map(|name| ("name", Value::text(name))));
        fields.extend(asset.client.map(|client| ("client", Value::text(client))));
        let mut remarks = Vec::new();
        self.add_owner(asset, &mut fields, &mut remarks);
        if asset.kind.group {
            self.add_contents(asset, &mut fields, &mut remarks);
        }
        Entry::new(&asset.key, remarks, &fields)
    }

    /// The partner who owns it. The format knows no owner of a group.
    fn add_owner<'s>(&'s self, asset: &Asset<'_>, fields: &mut Fields<'s>, remarks: &mut Vec<String>) {
        match (self.view.owner_key(asset), asset.owner) {
            (Some(owner), _) if !asset.kind.group => fields.push(("owner", Value::text(owner))),
            (_, Some(owner)) => remarks.push(format!("belongs to the business {}", remark(owner))),
            (_, None) => {}
        }
    }

    fn add_contents<'s>(&'s self, group: &Asset<'_>, fields: &mut Fields<'s>, remarks: &mut Vec<String>) {
        match &group.contains {
            Some(inside) => {
                let keys = inside.iter().map(|index| self.view.assets.key(*index));
                fields.push(("contains", Value::Texts(keys.collect())));
            }
            None => {
                let remark = "what is in it is not written: not all of it is known here";
                remarks.push(remark.to_owned());
            }
        }
    }

    fn profiles(&self) -> Section {
        let platform = self.view.state.platform;
        let profiles = self.profiles.by_key().into_iter();
        let entries = profiles.map(|(key, mask)| {
            let words = Value::Texts(platform.words(mask));
            Entry::new(key, Vec::new(), &[("permissions", words)])
        });
        let head = "Sets of permissions that are given often. Rename them as you speak of them.";
        Section { key: "profiles", head: vec![head.to_owned()], entries: entries.collect() }
    }
}

fn count(people: &[Person<'_>], wanted: impl Fn(&Person<'_>) -> bool) -> usize {
    people.iter().filter(|person| wanted(person)).count()
}
