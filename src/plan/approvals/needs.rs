//! Which approvals the operations of a business need, by the policy.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::desired::DesiredState;
use crate::diff::Names;
use crate::model::{AssetRef, PartnerRef, PersonRef, Principal, PrincipalIx, Sym, fold};
use crate::observed::ObservedState;
use crate::plan::holders::{Holder, Holders};
use crate::plan::{Action, AttachedGrant, BusinessInput, BusinessPlan, Operation, PlanInput, Risk};
use crate::policy::approvals::{ApprovalNeed, OWNERS};

use super::{Approvals, Approver, Need, SignerKey};

/// The approvals that a plan needs.
pub(in crate::plan) fn of(input: &PlanInput<'_>, plans: &[BusinessPlan]) -> Approvals {
    let policy = &input.desired.policy.approvals;
    if policy.needs.is_empty() {
        return Approvals::default();
    }
    let known = Known::of(input.desired);
    let mut needs: Vec<Need> =
        input.businesses.iter().flat_map(|business| asked_for(input, business, plans, &known)).collect();
    needs.sort_unstable();
    let authors: BTreeSet<String> = input.authors.iter().flat_map(|author| known.approver(author).addresses).collect();
    let mut signers: Vec<SignerKey> = policy
        .signers
        .iter()
        .flat_map(|signer| {
            let key = &signer.key.value;
            known
                .approver(&signer.person.value)
                .addresses
                .into_iter()
                .map(|address| SignerKey { address, key: key.clone() })
        })
        .collect();
    signers.sort_unstable();
    Approvals {
        authors: authors.into_iter().collect(),
        unknown_authors: known.strangers(&input.authors),
        needs,
        signed: policy.signed,
        signers,
    }
}

/// What the operations of one business need.
fn asked_for(
    input: &PlanInput<'_>,
    business: &BusinessInput<'_>,
    plans: &[BusinessPlan],
    known: &Known<'_>,
) -> Vec<Need> {
    let desired = input.desired;
    let key = desired.text(desired.businesses[business.business].key);
    let Some(plan) = plans.iter().find(|plan| plan.business.key == key) else { return Vec::new() };
    let names = Names { desired, observed: business.observed };
    let asking = Asking {
        desired,
        known,
        business: business.business,
        observed: business.observed,
        operations: &plan.operations,
        holders: Holders::of(&names, plan.operations.iter().map(|operation| &operation.action)),
    };
    desired.policy.approvals.needs.iter().flat_map(|asked| asking.need(asked)).collect()
}

/// The operations of one business, and who is who in it.
struct Asking<'a> {
    desired: &'a DesiredState,
    known: &'a Known<'a>,
    /// Index of the business.
    business: usize,
    observed: &'a ObservedState,
    operations: &'a [Operation],
    /// Who holds the groups into which they put something.
    holders: Holders,
}

impl Asking<'_> {
    fn need(&self, asked: &ApprovalNeed) -> Vec<Need> {
        let Some(risk) = Risk::of(&asked.risk.value) else { return Vec::new() };
        let mut groups: BTreeMap<Vec<Approver>, Vec<&Operation>> = BTreeMap::new();
        for operation in self.operations.iter().filter(|operation| operation.risk.contains(&risk)) {
            groups.entry(self.approvers(asked, operation)).or_default().push(operation);
        }
        let business = self.desired.text(self.desired.businesses[self.business].key);
        let need = |(approvers, operations): (Vec<Approver>, Vec<&Operation>)| Need {
            business: business.to_owned(),
            risk,
            count: asked.count.max(1),
            from: asked.from.iter().map(|name| name.value.clone()).collect(),
            approvers,
            beneficiaries: self.beneficiaries(&operations),
            operations: operations.iter().map(|operation| operation.id.clone()).collect(),
        };
        groups.into_iter().map(need).collect()
    }

    /// Who may approve an operation, each person once.
    fn approvers(&self, asked: &ApprovalNeed, operation: &Operation) -> Vec<Approver> {
        let mut found = BTreeSet::new();
        for name in &asked.from {
            if name.value == OWNERS {
                found.extend(self.owners(operation).iter().map(|owner| self.known.approver(owner)));
            }
            let groups = self.desired.policy.approvals.groups.iter().filter(|group| group.name.value == name.value);
            found.extend(groups.flat_map(|group| &group.people).map(|person| self.known.approver(&person.value)));
        }
        found.into_iter().collect()
    }

    /// The owners of the accounts that an operation is about; those of the business where the accounts name none, or it is about none.
    fn owners(&self, operation: &Operation) -> Vec<String> {
        let business = crate::diff::index(self.business);
        let keys: BTreeSet<&str> =
            assets(&operation.action).into_iter().filter_map(|asset| asset.key.as_deref()).collect();
        let accounts = self.desired.assets.iter().filter(|asset| {
            asset.business == business && keys.contains(self.desired.text(asset.key)) && !asset.owners.is_empty()
        });
        let mut owners: Vec<Sym> = accounts.flat_map(|asset| asset.owners.iter().copied()).collect();
        if owners.is_empty() {
            owners.clone_from(&self.desired.businesses[self.business].owners);
        }
        owners.into_iter().map(|owner| self.desired.text(owner).to_owned()).collect()
    }

    /// Addresses of everybody whom the operations give something.
    fn beneficiaries(&self, operations: &[&Operation]) -> Vec<String> {
        let mut found = BTreeSet::new();
        let mut groups = BTreeSet::new();
        for operation in operations {
            match gains(&operation.action) {
                Gain::Nobody => {}
                Gain::Person(person) => self.add_person(person, &mut found),
                Gain::Partner(partner) => self.add_partner(&partner.id, &mut found),
                Gain::Holders(group) => {
                    groups.insert(group.identity());
                }
            }
        }
        for held in groups.iter().flat_map(|group| self.holders.on(group)) {
            self.add_holder(&held.holder, &mut found);
        }
        found.into_iter().collect()
    }

    fn add_person(&self, person: &PersonRef, found: &mut BTreeSet<String>) {
        for name in [&person.email, &person.key, &person.username].into_iter().flatten() {
            found.extend(self.known.approver(name).addresses);
        }
        found.extend(person.id.iter().flat_map(|id| self.known.addresses_of(id)));
    }

    /// The contact that the files name, and the people on the roster.
    fn add_partner(&self, id: &str, found: &mut BTreeSet<String>) {
        let named = self.desired.partners.iter().filter(|known| self.desired.text(known.id) == id);
        for contact in named.filter_map(|known| known.contact) {
            found.extend(self.known.approver(self.desired.text(contact)).addresses);
        }
        let roster = self.observed.rosters.iter().filter(|row| self.observed.text(row.partner) == id);
        for address in roster.filter_map(|row| row.email) {
            found.extend(self.known.approver(self.observed.text(address)).addresses);
        }
    }

    /// Somebody who holds a group: what comes into it reaches them.
    fn add_holder(&self, holder: &Holder, found: &mut BTreeSet<String>) {
        match holder {
            Holder::Named(Principal::Person(person)) => self.add_person(person, found),
            Holder::Named(Principal::Partner(partner)) => self.add_partner(&partner.id, found),
            Holder::Seen(principal) => self.add_seen(*principal, found),
        }
    }

    fn add_seen(&self, principal: PrincipalIx, found: &mut BTreeSet<String>) {
        if principal.is_partner() {
            let partner = &self.observed.partners[principal.index()];
            self.add_partner(self.observed.text(partner.id), found);
        } else {
            let member = &self.observed.members[principal.index()];
            for name in self.observed.names_of(member) {
                found.extend(self.known.approver(&name).addresses);
            }
            found.extend(self.known.addresses_of(self.observed.text(member.id)));
        }
    }
}

/// People of the files by every name they have.
struct Known<'a> {
    desired: &'a DesiredState,
    by_name: BTreeMap<Cow<'a, str>, usize>,
    /// By the platform's id, which is no name that anybody approves under.
    by_id: BTreeMap<&'a str, usize>,
}

impl<'a> Known<'a> {
    fn of(desired: &'a DesiredState) -> Self {
        let mut by_name = BTreeMap::new();
        let mut by_id = BTreeMap::new();
        for (index, person) in desired.people.iter().enumerate() {
            let names = person.addresses.iter().copied().chain([person.key]).chain(person.username);
            for name in names {
                by_name.entry(fold(desired.text(name))).or_insert(index);
            }
            if let Some(id) = person.id {
                by_id.entry(desired.text(id)).or_insert(index);
            }
        }
        Known { desired, by_name, by_id }
    }

    /// Authors whom the files name neither as a person nor as a bot.
    fn strangers(&self, authors: &[String]) -> Vec<String> {
        let bots: BTreeSet<Cow<'_, str>> =
            self.desired.policy.approvals.authors.iter().map(|bot| fold(bot.value.trim())).collect();
        let folded = authors.iter().map(|author| fold(author));
        let unknown: BTreeSet<String> = folded
            .filter(|author| !self.by_name.contains_key(author) && !bots.contains(author))
            .map(Cow::into_owned)
            .collect();
        unknown.into_iter().collect()
    }

    /// Somebody by an address, a key or a user name: as the files know them, else by that name alone.
    fn approver(&self, name: &str) -> Approver {
        let folded = fold(name);
        let Some(&index) = self.by_name.get(&folded) else {
            return Approver { name: name.to_owned(), addresses: vec![folded.into_owned()] };
        };
        self.person(index)
    }

    /// The addresses of whoever has an id on the platform, where the files know them.
    fn addresses_of(&self, id: &str) -> Vec<String> {
        self.by_id.get(id).map(|&index| self.person(index).addresses).unwrap_or_default()
    }

    fn person(&self, index: usize) -> Approver {
        let text = |sym| self.desired.text(sym);
        let person = &self.desired.people[index];
        let names = person.addresses.iter().copied().chain([person.key]).chain(person.username);
        let addresses: BTreeSet<String> = names.map(|name| fold(text(name)).into_owned()).collect();
        let key = text(person.key);
        let name = person.name.map_or_else(|| key.to_owned(), |label| format!("{} ({key})", text(label)));
        Approver { name, addresses: addresses.into_iter().collect() }
    }
}

/// Who gains by an action.
enum Gain<'a> {
    Nobody,
    Person(&'a PersonRef),
    Partner(&'a PartnerRef),
    /// Everybody who holds the group.
    Holders(&'a AssetRef),
}

impl<'a> From<&'a Principal> for Gain<'a> {
    fn from(principal: &'a Principal) -> Self {
        match principal {
            Principal::Person(person) => Gain::Person(person),
            Principal::Partner(partner) => Gain::Partner(partner),
        }
    }
}

fn gains(action: &Action) -> Gain<'_> {
    match action {
        Action::AddToGroup { group, .. } => Gain::Holders(group),
        Action::InviteMember { person, .. } | Action::SetRole { person, .. } => Gain::Person(person),
        Action::InvitePartner { partner, .. } | Action::AcceptInvite { partner, .. } => Gain::Partner(partner),
        Action::AttachGrants { invitee, .. } => invitee.into(),
        Action::SetGrant { principal, .. } => principal.into(),
        Action::CreateGroup { .. }
        | Action::RemoveFromGroup { .. }
        | Action::DeleteGroup { .. }
        | Action::CancelInvite { .. }
        | Action::RemoveGrant { .. }
        | Action::RemoveMember { .. }
        | Action::RemovePartner { .. }
        // What we ask of others is for our business, not for one person.
        | Action::RequestPartner { .. }
        | Action::RequestAccess { .. } => Gain::Nobody,
    }
}

/// The accounts and other assets that an action is about.
fn assets(action: &Action) -> Vec<&AssetRef> {
    fn attached(grants: &[AttachedGrant]) -> impl Iterator<Item = &AssetRef> {
        grants.iter().map(|grant| &grant.asset)
    }
    match action {
        Action::CreateGroup { group, .. } => vec![group],
        Action::AddToGroup { group, asset } | Action::RemoveFromGroup { group, asset } => vec![group, asset],
        Action::DeleteGroup { group, contents, .. } => std::iter::once(group).chain(contents).collect(),
        Action::SetGrant { asset, .. } | Action::RemoveGrant { asset, .. } | Action::RequestAccess { asset, .. } => {
            vec![asset]
        }
        Action::InviteMember { grants, .. }
        | Action::InvitePartner { grants, .. }
        | Action::RequestPartner { grants, .. }
        | Action::AcceptInvite { grants, .. }
        | Action::CancelInvite { grants, .. } => attached(grants).collect(),
        Action::AttachGrants { before, after, .. } => attached(before).chain(attached(after)).collect(),
        Action::RemoveMember { grants, .. } | Action::RemovePartner { grants, .. } => {
            grants.iter().map(|grant| &grant.asset).collect()
        }
        Action::SetRole { .. } => Vec::new(),
    }
}
