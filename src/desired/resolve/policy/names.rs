//! What a policy names, found: people, teams, partners, assets, clients, labels, and the stable names they have in findings.

use super::super::{Resolver, Source};
use crate::desired::document::policy::{Assets, Parties};
use crate::policy::assertion::Who;
use crate::policy::target::{AssetName, Scope, Target};
use crate::policy::{Placed, target};
use crate::source::Problem;
use crate::source::nearest;

impl Resolver {
    /// Assets by all ways to name them.
    pub(super) fn scope(&mut self, source: &Source, assets: Assets) -> Scope {
        let Assets { on, clients, labels, businesses } = assets;
        clients.iter().for_each(|client| self.check_client(client));
        labels.iter().for_each(|label| self.check_label(label));
        for business in &businesses {
            let known: Vec<String> = self.businesses.iter().map(|one| self.text(one.key).to_owned()).collect();
            self.check_known("business", business, &known);
        }
        let assets = on.into_iter().filter_map(|written| self.asset_name(source, written)).collect();
        Scope { assets, clients, labels, businesses }
    }

    /// People by all ways to name them.
    pub(super) fn parties(&mut self, source: &Source, parties: Parties) -> Vec<Who> {
        let Parties { people, teams, partners, written: _ } = parties;
        let mut who = Vec::new();
        for written in people {
            let key = self.person_key(&written).value;
            who.push(Who::Person { written, key });
        }
        for written in teams {
            who.extend(self.team_named(source, written));
        }
        for written in partners {
            who.extend(self.partner_named(source, written));
        }
        who
    }

    /// The key of a person, or what is written where nobody in the files is meant.
    pub(super) fn person_key(&mut self, written: &Placed<String>) -> Placed<String> {
        let value = match self.person_index(&written.value) {
            Some(index) => self.text(self.people[index].key).to_owned(),
            None => {
                self.check_stranger(written);
                written.value.clone()
            }
        };
        Placed { value, span: written.span }
    }

    /// By key, address or id.
    fn person_index(&self, name: &str) -> Option<usize> {
        let folded = self.strings.find(&name.to_lowercase());
        let found = folded.and_then(|folded| self.addresses.get(folded)).map(|index| index as usize);
        let by_id = || self.people.iter().position(|person| person.id.is_some_and(|id| self.text(id) == name));
        found.or_else(by_id)
    }

    /// Somebody whom the files don't name: fine for an address of others or an id, a slip otherwise.
    fn check_stranger(&mut self, written: &Placed<String>) {
        let name = written.value.as_str();
        if name.bytes().all(|byte| byte.is_ascii_digit()) {
            return;
        }
        let Some((_, domain)) = name.rsplit_once('@') else {
            let known: Vec<String> = self.people.iter().map(|person| self.text(person.key).to_owned()).collect();
            return self.check_known("person", written, &known);
        };
        let domain = domain.to_lowercase();
        let ours = self.businesses.iter().flat_map(|business| &business.domains).any(|own| self.text(*own) == domain);
        if ours {
            let message = format!("no file names the person `{name}`");
            self.problems.push(Problem::warning("unknown-person", written.span, message));
        }
    }

    fn team_named(&mut self, source: &Source, written: Placed<String>) -> Option<Who> {
        let rows: Vec<_> = self.teams.iter().map(|team| (team.business, self.text(team.key).to_owned())).collect();
        let index = self.one_of("team", source, &written, &rows)?;
        let team = &self.teams[index];
        let members = team.members.iter().map(|(person, ..)| self.text(self.people[*person as usize].key).to_owned());
        let members = members.collect();
        let business = self.text(self.businesses[team.business as usize].key).to_owned();
        Some(Who::Team { written, business, members })
    }

    fn partner_named(&mut self, source: &Source, written: Placed<String>) -> Option<Who> {
        let rows: Vec<_> = self.partners.iter().map(|one| (one.business, self.text(one.key).to_owned())).collect();
        let index = self.one_of("partner", source, &written, &rows)?;
        let partner = &self.partners[index];
        let business = self.text(self.businesses[partner.business as usize].key).to_owned();
        let id = self.text(partner.id).to_owned();
        Some(Who::Partner { written, business, id })
    }

    fn asset_name(&mut self, source: &Source, written: Placed<String>) -> Option<AssetName> {
        if let Some(index) =
            self.assets.iter().position(|asset| asset.id.is_some_and(|id| self.text(id) == written.value))
        {
            return Some(self.named_asset(index, written));
        }
        let rows: Vec<_> = self.assets.iter().map(|asset| (asset.business, self.text(asset.key).to_owned())).collect();
        if self.strings.find(&written.value).is_some_and(|sym| self.refused.contains(&sym)) {
            return None;
        }
        let index = self.one_of("account or other asset", source, &written, &rows)?;
        Some(self.named_asset(index, written))
    }

    fn named_asset(&self, index: usize, written: Placed<String>) -> AssetName {
        let asset = &self.assets[index];
        AssetName {
            written,
            business: self.text(self.businesses[asset.business as usize].key).to_owned(),
            key: self.text(asset.key).to_owned(),
            id: asset.id.map(|id| self.text(id).to_owned()),
        }
    }

    /// The one thing of a name: `key`, in the document's business first, or `business/key`.
    fn one_of(
        &mut self,
        what: &str,
        source: &Source,
        written: &Placed<String>,
        rows: &[(u32, String)],
    ) -> Option<usize> {
        let (business, key) = match written.value.split_once('/') {
            Some((business, key)) => (Some(business), key),
            None => (None, written.value.as_str()),
        };
        let word = |index: u32| self.text(self.businesses[index as usize].key);
        let fits: Vec<usize> = rows
            .iter()
            .enumerate()
            .filter(|(_, (home, own))| own == key && business.is_none_or(|business| word(*home) == business))
            .map(|(index, _)| index)
            .collect();
        let at_home = fits.iter().find(|index| Some(rows[**index].0) == source.business);
        match (fits.as_slice(), at_home) {
            ([], _) => {
                let known: Vec<String> = rows.iter().map(|(_, key)| key.clone()).collect();
                self.check_known(what, written, &known);
                None
            }
            ([one], _) | (_, Some(one)) => Some(*one),
            (several, None) => {
                let names = several.iter().map(|index| format!("`{}/{key}`", word(rows[*index].0)));
                let help = format!("write one of {}", names.collect::<Vec<_>>().join(", "));
                let message = format!("several businesses have a {what} `{key}`");
                self.error("ambiguous", written.span, message).help = Some(help);
                None
            }
        }
    }

    pub(super) fn check_client(&mut self, client: &Placed<String>) {
        let clients = self.assets.iter().filter_map(|asset| asset.client);
        let known: Vec<String> = clients.map(|client| self.text(client).to_owned()).collect();
        self.check_known("client", client, &known);
    }

    pub(super) fn check_label(&mut self, label: &Placed<String>) {
        let labels = self.assets.iter().flat_map(|asset| &asset.labels);
        let known: Vec<String> = labels.map(|label| self.text(*label).to_owned()).collect();
        self.check_known("label", label, &known);
    }

    /// A name that nothing has is a slip: what it is about would never be found.
    fn check_known(&mut self, what: &str, written: &Placed<String>, known: &[String]) {
        if known.contains(&written.value) {
            return;
        }
        let near = nearest(&written.value, known.iter().map(String::as_str));
        let help = near.map(|near| format!("did you mean `{near}`?"));
        let message = match what {
            "client" | "label" => format!("no asset has the {what} `{}`", written.value),
            _ => format!("there is no {what} `{}`", written.value),
        };
        self.error("unknown-name", written.span, message).help = help;
    }

    /// Whom or what a waiver is about, with every stable name of it.
    pub(super) fn waived(&mut self, source: &Source, written: Placed<String>) -> Target {
        let names = self.stable_names(source, &written.value);
        if names.is_empty() {
            let people = self.people.iter().map(|person| person.key);
            let others = self.partners.iter().map(|one| one.key).chain(self.assets.iter().map(|one| one.key));
            let teams = self.teams.iter().map(|team| team.key);
            let known: Vec<String> = people.chain(others).chain(teams).map(|key| self.text(key).to_owned()).collect();
            self.check_known("person, team, partner, asset or business", &written, &known);
        }
        Target { written, names }
    }

    fn stable_names(&self, source: &Source, name: &str) -> Vec<String> {
        if target::is_stable(name) {
            return vec![name.to_owned()];
        }
        if let Some(index) = self.person_index(name) {
            return self.names_of(index);
        }
        let mut names = self.names_of_things(source, name);
        if names.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()) {
            names = ["person", "partner", "asset", "business"].map(|kind| format!("{kind}:{name}")).to_vec();
        } else if names.is_empty() && name.contains('@') {
            names.push(format!("person:{}", name.to_lowercase()));
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Partners, assets, teams and businesses of a key; a partner may be one of our businesses.
    fn names_of_things(&self, source: &Source, name: &str) -> Vec<String> {
        let (business, key) = name.split_once('/').map_or((None, name), |(business, key)| (Some(business), key));
        let home = source.doc.business.and(source.business);
        let word = |index: u32| self.text(self.businesses[index as usize].key);
        let fits = |index: u32| match business {
            Some(business) => word(index) == business,
            None => home.is_none_or(|home| home == index),
        };
        let mut names = Vec::new();
        for partner in self.partners.iter().filter(|one| fits(one.business) && self.text(one.key) == key) {
            names.extend(["partner", "business"].map(|kind| format!("{kind}:{}", self.text(partner.id))));
        }
        for asset in self.assets.iter().filter(|one| fits(one.business)) {
            let id = asset.id.map(|id| self.text(id));
            if self.text(asset.key) == key || id == Some(name) {
                let local = format!("{}/{}", word(asset.business), self.text(asset.key));
                names.push(format!("asset:{}", id.unwrap_or(&local)));
            }
        }
        for team in self.teams.iter().filter(|one| fits(one.business) && self.text(one.key) == key) {
            names.push(format!("team:{}/{key}", word(team.business)));
        }
        for business in self.businesses.iter().filter(|one| self.text(one.key) == name) {
            names.push(format!("business:{}", self.text(business.id)));
        }
        names
    }

    /// Every stable name of a person in the files.
    fn names_of(&self, index: usize) -> Vec<String> {
        let person = &self.people[index];
        let parts = [Some(person.key), person.id, person.username].into_iter().flatten();
        let parts = parts.chain(person.addresses.iter().copied());
        let mut names: Vec<String> = parts.map(|part| format!("person:{}", self.text(part).to_lowercase())).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Every stable name of who approved a waiver, and whether the files know them. An unknown address may be another one of whoever
    /// gains, so it accepts nothing.
    pub(super) fn names_of_approver(&mut self, written: &Placed<String>) -> (Vec<String>, bool) {
        if let Some(index) = self.person_index(&written.value) {
            return (self.names_of(index), true);
        }
        if !written.value.contains('@') {
            self.check_stranger(written);
        }
        (vec![format!("person:{}", written.value.to_lowercase())], false)
    }

    /// Names of somebody exempt: mostly people whom only the export knows.
    pub(super) fn exempt_names(&self, written: &Placed<String>) -> Vec<String> {
        match self.person_index(&written.value) {
            Some(index) => self.names_of(index),
            None => vec![format!("person:{}", written.value.to_lowercase())],
        }
    }

    /// Whether somebody is a member of a team.
    pub(super) fn team_gains(&self, approver: &Target, subject: &Target) -> bool {
        self.teams.iter().any(|team| {
            let business = self.text(self.businesses[team.business as usize].key);
            let is_it = subject.is(&format!("team:{business}/{}", self.text(team.key)));
            let mut members = team.members.iter().flat_map(|(person, ..)| self.names_of(*person as usize));
            is_it && members.any(|name| approver.is(&name))
        })
    }

    /// Whether somebody is the contact of a partner.
    pub(super) fn partner_gains(&self, approver: &Target, subject: &Target) -> bool {
        self.partners.iter().any(|partner| {
            let is_it = subject.is(&format!("partner:{}", self.text(partner.id)));
            let contact = partner.contact.map(|contact| format!("person:{}", self.text(contact).to_lowercase()));
            is_it && contact.is_some_and(|contact| approver.is(&contact))
        })
    }
}
