//! How people, partners, assets, roles and permissions are called in every report.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::model::{AssetRef, Direction, FactKey, PartnerRef, PersonRef, Principal};
use crate::plan::{Action, BusinessPlan};
use crate::platforms::{Certainty, PLATFORMS, Permission, Platform, by_name};
use crate::terminal::prose;

/// The words of one business: its platform's titles, and which names of assets need their id to tell them apart.
#[derive(Debug, Default)]
pub struct Words {
    platform: Option<&'static Platform>,
    /// Names that several assets of the plan bear.
    shared_names: BTreeSet<String>,
}

impl Words {
    /// The words for a plan.
    pub fn of(plan: &BusinessPlan) -> Self {
        let mut identities: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let operations = plan.operations.iter();
        let assets = operations.flat_map(|operation| assets(&operation.action));
        for asset in assets.chain(plan.deferred.iter().map(|deferred| &deferred.asset)) {
            let of_name = identities.entry(asset.label()).or_default();
            of_name.insert(asset.identity());
        }
        identities.retain(|_, assets| assets.len() > 1);
        Words { platform: by_name(&plan.business.platform), shared_names: identities.into_keys().collect() }
    }

    /// The words of the platform that has this type of asset.
    pub fn of_kind(kind: &str) -> Self {
        let platform = PLATFORMS.into_iter().find(|platform| platform.asset_type(kind).is_some());
        Words { platform, shared_names: BTreeSet::new() }
    }

    /// What a capability is, for people: `view reporting`.
    pub fn capability<'a>(&self, name: &'a str) -> &'a str {
        let known = self.platform.and_then(|platform| platform.capabilities.iter().find(|one| one.name == name));
        known.map_or(name, |known| known.title)
    }

    /// The words of a platform, for reports about no plan.
    pub fn of_platform(name: &str) -> Self {
        Words { platform: by_name(name), shared_names: BTreeSet::new() }
    }

    /// The platform's title: `Pinterest`.
    pub fn platform<'a>(&self, name: &'a str) -> &'a str {
        self.platform.map_or(name, |platform| platform.title)
    }

    /// A permission as people read it: `campaign manager`; the word itself where the table doesn't know it.
    pub fn permission(&self, word: &str) -> String {
        self.known(word).map_or_else(|| format!("`{word}`"), |known| known.title.to_owned())
    }

    /// Permissions in a sentence: `analyst and campaign manager`.
    pub fn permissions<T: AsRef<str>>(&self, words: &[T]) -> String {
        let titles: Vec<String> = words.iter().map(|word| self.permission(word.as_ref())).collect();
        prose::list(&titles)
    }

    /// A permission of the platform's table.
    pub fn known(&self, word: &str) -> Option<&'static Permission> {
        let table = self.platform?.permissions;
        table.iter().find(|permission| permission.word == word)
    }

    /// What permissions let one do, the weightiest first, from cells of the table at least as sure as `floor`.
    pub fn capabilities<T: AsRef<str>>(&self, words: &[T], floor: Certainty) -> Vec<&'static str> {
        let Some(platform) = self.platform else {
            return Vec::new();
        };
        let bits = words.iter().filter_map(|w| platform.permission_bit(w.as_ref()));
        let mask = platform.capabilities_of(bits.fold(0, |mask, bit| mask | bit), floor);
        let mut held: Vec<_> = platform
            .capabilities
            .iter()
            .enumerate()
            .filter(|(index, _)| mask & (1 << index) != 0)
            .map(|(_, capability)| capability)
            .collect();
        held.sort_by_key(|capability| std::cmp::Reverse(capability.weight));
        held.into_iter().map(|capability| capability.title).collect()
    }

    /// A role as the platform's console shows it: `Manager`.
    pub fn role(&self, word: &str) -> String {
        let role = self.platform.and_then(|platform| platform.role(word));
        role.map_or_else(|| format!("`{word}`"), |role| role.title.to_owned())
    }

    /// Whether a role administers the business. A role nobody knows might.
    pub fn role_is_admin(&self, word: &str) -> bool {
        let role = self.platform.and_then(|platform| platform.role(word));
        role.is_none_or(|role| role.admin)
    }

    /// An asset with its type: `Acme France (ad account)`.
    pub fn asset(&self, asset: &AssetRef) -> String {
        format!("{} ({})", self.asset_name(asset), self.kind(&asset.kind, 1))
    }

    /// An asset's name, with its id where another asset of the plan has the same name.
    pub fn asset_name(&self, asset: &AssetRef) -> String {
        let label = asset.label();
        match &asset.id {
            Some(id) if self.shared_names.contains(&label) => format!("{label} {id}"),
            _ => label,
        }
    }

    /// Several assets of one type: `Acme France and Acme UK (ad accounts)`, `A, B, C and D (4 ad accounts)`.
    pub fn assets(&self, assets: &[&AssetRef]) -> String {
        let names: Vec<String> = assets.iter().map(|asset| self.asset_name(asset)).collect();
        let kind = assets.first().map_or("", |asset| asset.kind.as_str());
        let kind = self.kind(kind, assets.len());
        if assets.len() > 2 {
            return format!("{} ({} {kind})", prose::list(&names), assets.len());
        }
        format!("{} ({kind})", prose::list(&names))
    }

    /// The name of an asset type for so many of them.
    pub fn kind(&self, word: &str, count: usize) -> String {
        let known = self.platform.and_then(|platform| platform.asset_type(word));
        let title = known.map_or_else(|| format!("`{word}`"), |kind| kind.title.to_owned());
        if count == 1 { title } else { format!("{title}s") }
    }
}

/// Somebody, so that nobody else can be meant: name and address, or name and id.
pub fn principal(principal: &Principal) -> String {
    match principal {
        Principal::Person(person) => self::person(person),
        Principal::Partner(partner) => self::partner(partner),
    }
}

/// A person: `Bo Larsen (bo@acme.example)`.
pub fn person(person: &PersonRef) -> String {
    person.label()
}

/// A partner: names of businesses are not unique, so the id is always there (`Nova Media (partner 500955295959238888)`).
pub fn partner(partner: &PartnerRef) -> String {
    let label = partner.label();
    if label == partner.id {
        return format!("partner {label}");
    }
    format!("{label} (partner {})", partner.id)
}

/// A moment: `2026-11-22 06:00 UTC`.
pub fn moment(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// Which way a partnership points, from our side.
pub fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "reaches our assets",
        Direction::Outbound => "lets us reach theirs",
    }
}

/// What a fact is about, by the platform's ids: `grant of member 12 on 34`.
pub fn fact(key: &FactKey) -> String {
    match key {
        FactKey::Member { id } => format!("member {id}"),
        FactKey::Address { address } => format!("address {address}"),
        FactKey::Partner { id, direction } => format!("{} partner {id}", direction.word()),
        FactKey::MemberGrant { member, asset } => format!("grant of member {member} on {asset}"),
        FactKey::PartnerGrant { partner, direction, asset } => {
            format!("grant of {} partner {partner} on {asset}", direction.word())
        }
        FactKey::Asset { id } => format!("asset {id}"),
        FactKey::GroupNamed { name } => format!("group named `{name}`"),
        FactKey::Content { group, asset } => format!("asset {asset} in group {group}"),
        FactKey::Invite { id } => format!("invitation {id}"),
        FactKey::PendingFor { invitee } => format!("pending invitations of {invitee}"),
    }
}

/// Every asset an action names.
fn assets(action: &Action) -> Vec<&AssetRef> {
    match action {
        Action::CreateGroup { group, .. } => vec![group],
        Action::AddToGroup { group, asset } | Action::RemoveFromGroup { group, asset } => {
            vec![group, asset]
        }
        Action::DeleteGroup { group, contents, grants } => {
            [group].into_iter().chain(contents).chain(grants.iter().map(|grant| &grant.asset)).collect()
        }
        Action::InviteMember { grants, .. }
        | Action::InvitePartner { grants, .. }
        | Action::RequestPartner { grants, .. }
        | Action::AcceptInvite { grants, .. }
        | Action::CancelInvite { grants, .. } => grants.iter().map(|g| &g.asset).collect(),
        Action::AttachGrants { before, after, .. } => before.iter().chain(after).map(|g| &g.asset).collect(),
        Action::SetRole { .. } => Vec::new(),
        Action::SetGrant { asset, .. } | Action::RemoveGrant { asset, .. } | Action::RequestAccess { asset, .. } => {
            vec![asset]
        }
        Action::RemoveMember { grants, .. } | Action::RemovePartner { grants, .. } => {
            grants.iter().map(|grant| &grant.asset).collect()
        }
    }
}
