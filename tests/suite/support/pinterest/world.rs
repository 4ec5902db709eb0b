//! What the simulated business has, by id. Read from a snapshot, changed by operations and events, written as a snapshot.

use std::collections::{BTreeMap, BTreeSet};

use accord::observed::{ObservedState, snapshot};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Everything there is.
#[derive(Clone, Debug)]
pub struct World {
    pub id: String,
    pub name: Option<String>,
    pub members: BTreeMap<String, Member>,
    pub partners: BTreeMap<(String, Side), Partner>,
    pub assets: BTreeMap<String, Asset>,
    /// (group, asset)
    pub contents: BTreeSet<(String, String)>,
    pub grants: BTreeMap<(Holder, String), BTreeSet<String>>,
    pub invites: BTreeMap<String, Invite>,
    /// What a snapshot does not have about groups.
    pub groups: BTreeMap<String, Group>,
    /// Brand accounts by id; a snapshot has none.
    pub brands: BTreeMap<String, Value>,
    /// Businesses we know of that are no partners (yet), and what they own: business id -> (asset id -> type).
    pub others: BTreeMap<String, BTreeMap<String, String>>,
    minted: u64,
    /// The rest of the snapshot: what the platform never shows.
    heading: Value,
}

/// Which way a partnership points, as a snapshot writes it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// They reach our assets: `INTERNAL`.
    Inbound,
    /// We reach theirs: `EXTERNAL`.
    Outbound,
}

impl Side {
    pub fn of(partner_type: &str) -> Self {
        if partner_type == "EXTERNAL" { Side::Outbound } else { Side::Inbound }
    }
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Holder {
    Member(String),
    Partner(String, Side),
}

impl Holder {
    pub fn label(&self) -> String {
        match self {
            Holder::Member(id) => format!("member {id}"),
            Holder::Partner(id, Side::Inbound) => format!("inbound partner {id}"),
            Holder::Partner(id, Side::Outbound) => format!("outbound partner {id}"),
        }
    }
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub username: Option<String>,
    pub role: String,
    #[serde(default)]
    pub system_user: bool,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub created_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub created_by: Option<String>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partner {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    pub direction: Side,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub created_at: Option<String>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub owner_business: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client: Option<String>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    pub id: String,
    pub kind: String,
    pub invitee: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub role: Option<String>,
    pub status: String,
    #[serde(default)]
    pub received: bool,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sent_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub updated_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires_at: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub grants: Vec<Attached>,
}

/// A grant that comes with acceptance.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attached {
    pub asset: String,
    pub permissions: BTreeSet<String>,
}

/// What a snapshot does not have about a group.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Group {
    pub description: Option<String>,
    pub types: Vec<String>,
    pub created_by: Option<String>,
    pub created: Option<Timestamp>,
    pub updated: Option<Timestamp>,
}

#[derive(Deserialize)]
struct GrantRow {
    member: Option<String>,
    partner: Option<String>,
    direction: Option<Side>,
    asset: String,
    permissions: BTreeSet<String>,
}

/// Minted ids start here: longer than those that tests usually choose, and within the 18 digits of an ad account.
const FIRST_MINTED: u64 = 880_000_000_000_000_001;

impl World {
    pub fn of(seed: &ObservedState) -> Self {
        let heading: Value = serde_json::from_slice(&snapshot::write(seed)).expect("a snapshot is JSON");
        let mut world = World {
            id: seed.business_id.clone(),
            name: seed.business_name.clone(),
            members: rows(&heading, "members", |row: &Member| row.id.clone()),
            partners: rows(&heading, "partners", |row: &Partner| (row.id.clone(), row.direction)),
            assets: rows(&heading, "assets", |row: &Asset| row.id.clone()),
            contents: BTreeSet::new(),
            grants: BTreeMap::new(),
            invites: rows(&heading, "invites", |row: &Invite| row.id.clone()),
            groups: BTreeMap::new(),
            brands: BTreeMap::new(),
            others: BTreeMap::new(),
            minted: FIRST_MINTED,
            heading: Value::Null,
        };
        for row in items(&heading, "asset_group_members") {
            world.contents.insert((text(row, "group"), text(row, "asset")));
        }
        for row in items(&heading, "grants") {
            let row = GrantRow::deserialize(row).expect("a grant of a snapshot");
            let holder = world.holder_of(&row);
            world.grants.insert((holder, row.asset), row.permissions);
        }
        world.heading = heading;
        world
    }

    /// A partner's row may leave the direction out where there is only one partnership.
    fn holder_of(&self, row: &GrantRow) -> Holder {
        if let Some(id) = &row.member {
            return Holder::Member(id.clone());
        }
        let id = row.partner.clone().expect("a grant is a member's or a partner's");
        let outbound = self.partners.contains_key(&(id.clone(), Side::Outbound))
            && !self.partners.contains_key(&(id.clone(), Side::Inbound));
        let side = row.direction.unwrap_or(if outbound { Side::Outbound } else { Side::Inbound });
        Holder::Partner(id, side)
    }

    /// As a snapshot: the heading of the seed, the rows as they are now.
    pub fn snapshot(&self) -> Value {
        let mut document = self.heading.clone();
        let grants = self.grants.iter().map(|((holder, asset), permissions)| match holder {
            Holder::Member(id) => json!({ "member": id, "asset": asset, "permissions": permissions }),
            Holder::Partner(id, side) => {
                json!({ "partner": id, "direction": side, "asset": asset, "permissions": permissions })
            }
        });
        let contents = self.contents.iter().map(|(group, asset)| json!({ "group": group, "asset": asset }));
        let lists = [
            ("members", json!(self.members.values().collect::<Vec<_>>())),
            ("partners", json!(self.partners.values().collect::<Vec<_>>())),
            ("assets", json!(self.assets.values().collect::<Vec<_>>())),
            ("asset_group_members", contents.collect()),
            ("grants", grants.collect()),
            ("invites", json!(self.invites.values().collect::<Vec<_>>())),
        ];
        for (name, rows) in lists {
            let collection = &mut document["collections"][name];
            collection["total"] = json!(rows.as_array().map_or(0, Vec::len));
            collection["items"] = rows;
        }
        self.prune_sources(&mut document);
        document
    }

    /// Rosters and teams end with whom they are about, as in an export.
    fn prune_sources(&self, document: &mut Value) {
        if let Some(rosters) = document["rosters"].as_array_mut() {
            rosters.retain(|row| self.partners.contains_key(&(text(row, "partner"), Side::Inbound)));
        }
        if let Some(teams) = document["teams"]["members"].as_array_mut() {
            teams.retain(|row| self.members.contains_key(&text(row, "member")));
        }
        if let Some(map) = document.as_object_mut() {
            // Indexing made them where the seed has none.
            map.retain(|_, value| !value.is_null());
            if map.get("teams").is_some_and(|teams| teams["members"].is_null()) {
                map.remove("teams");
            }
        }
    }

    /// Leaves what the interface can tell and drops the rest: clients, names of profiles, what was attached to an invite on groups and
    /// catalogs, rosters, teams, parts of a millisecond. An owner it can always tell.
    pub fn forget_untold(&mut self) {
        for id in self.assets.keys().cloned().collect::<Vec<_>>() {
            let lender = self.shared_with_us(&id).next().map(|(partner, _)| partner.to_owned());
            let asset = &self.assets[&id];
            let named = ["AD_ACCOUNT", "ASSET_GROUP", "CATALOG"].contains(&asset.kind.as_str());
            let owner_business =
                if self.owns(asset) { Some(self.id.clone()) } else { lender.or(asset.owner_business.clone()) };
            let name = asset.name.clone().filter(|_| named);
            let told = Asset { owner_business, name, client: None, ..asset.clone() };
            self.assets.insert(id, told);
        }
        let summed: BTreeSet<String> = self
            .assets
            .values()
            .filter(|row| ["AD_ACCOUNT", "PROFILE"].contains(&row.kind.as_str()))
            .map(|row| row.id.clone())
            .collect();
        for invite in self.invites.values_mut() {
            invite.grants.retain(|grant| summed.contains(&grant.asset) || !self.assets.contains_key(&grant.asset));
            if invite.kind != "MEMBER_INVITE" {
                invite.role = Some("PARTNER".to_owned());
            }
            [&mut invite.sent_at, &mut invite.updated_at, &mut invite.expires_at].into_iter().for_each(rounded);
        }
        self.members.values_mut().for_each(|member| rounded(&mut member.created_at));
        self.partners.values_mut().for_each(|partner| rounded(&mut partner.created_at));
        if let Some(map) = self.heading.as_object_mut() {
            map.remove("rosters");
            map.remove("teams");
        }
    }

    pub fn state(&self) -> ObservedState {
        let bytes = serde_json::to_vec(&self.snapshot()).expect("JSON");
        snapshot::read(&bytes, "simulator.json").unwrap_or_else(|error| panic!("{error}"))
    }

    /// A new id: digits, never one that is there.
    pub fn mint(&mut self) -> String {
        loop {
            let id = self.minted.to_string();
            self.minted += 1;
            if !self.knows(&id) {
                return id;
            }
        }
    }

    fn knows(&self, id: &str) -> bool {
        self.members.contains_key(id)
            || self.assets.contains_key(id)
            || self.invites.contains_key(id)
            || self.brands.contains_key(id)
            || self.partners.keys().any(|(partner, _)| partner == id)
    }

    /// Whether we own an asset. One without a known owner is ours, unless a partner lets us in on it.
    pub fn owns(&self, asset: &Asset) -> bool {
        match &asset.owner_business {
            Some(owner) => *owner == self.id,
            None => self.shared_with_us(&asset.id).next().is_none(),
        }
    }

    /// What partners let us do on an asset.
    pub fn shared_with_us<'w>(&'w self, asset: &'w str) -> impl Iterator<Item = (&'w str, &'w BTreeSet<String>)> + 'w {
        let outbound = self.partners.keys().filter(|(_, side)| *side == Side::Outbound);
        outbound.filter_map(move |(id, side)| {
            let key = (Holder::Partner(id.clone(), *side), asset.to_owned());
            self.grants.get(&key).map(|permissions| (id.as_str(), permissions))
        })
    }

    /// What the business itself may do on an asset.
    pub fn own_permissions(&self, asset: &Asset) -> BTreeSet<String> {
        if self.owns(asset) {
            return BTreeSet::from(["OWNER".to_owned()]);
        }
        self.shared_with_us(&asset.id).flat_map(|(_, permissions)| permissions.iter().cloned()).collect()
    }

    /// A holder's grants, by asset.
    pub fn grants_of<'w>(&'w self, holder: &'w Holder) -> impl Iterator<Item = (&'w str, &'w BTreeSet<String>)> + 'w {
        let from = (holder.clone(), String::new());
        let all = self.grants.range(from..).take_while(move |((other, _), _)| other == holder);
        all.map(|((_, asset), permissions)| (asset.as_str(), permissions))
    }

    /// Whether there is such a member or partner.
    pub fn has(&self, holder: &Holder) -> bool {
        match holder {
            Holder::Member(id) => self.members.contains_key(id),
            Holder::Partner(id, side) => self.partners.contains_key(&(id.clone(), *side)),
        }
    }

    /// The member with an id, address or user name.
    pub fn member(&self, name: &str) -> Option<&Member> {
        let folded = name.to_lowercase();
        let is = |text: &Option<String>| text.as_ref().is_some_and(|text| text.to_lowercase() == folded);
        self.members.get(name).or_else(|| self.members.values().find(|row| is(&row.email) || is(&row.username)))
    }

    /// Ends a relation with all its grants.
    pub fn end(&mut self, holder: &Holder) {
        match holder {
            Holder::Member(id) => drop(self.members.remove(id)),
            Holder::Partner(id, side) => drop(self.partners.remove(&(id.clone(), *side))),
        }
        self.grants.retain(|(other, _), _| other != holder);
    }

    /// Deletes a group with its contents and the grants on it.
    pub fn delete_group(&mut self, group: &str) {
        self.assets.remove(group);
        self.groups.remove(group);
        self.contents.retain(|(other, _)| other != group);
        self.grants.retain(|(_, asset), _| asset != group);
    }

    /// A new invite to somebody, waiting.
    pub fn invite(&mut self, kind: &str, invitee: &str, role: &str, now: Timestamp, days: i64) -> String {
        let id = self.mint();
        let lapses = now + SignedDuration::from_hours(days * 24);
        let invite = Invite {
            id: id.clone(),
            kind: kind.to_owned(),
            invitee: invitee.to_owned(),
            role: Some(role.to_owned()),
            status: "PENDING".to_owned(),
            received: false,
            sent_at: Some(now.to_string()),
            updated_at: None,
            expires_at: Some(lapses.to_string()),
            grants: Vec::new(),
        };
        self.invites.insert(id.clone(), invite);
        id
    }

    /// Somebody answered, cancelled or let lapse.
    pub fn close(&mut self, id: &str, status: &str, now: Timestamp) {
        let invite = self.invites.get_mut(id).expect("the caller has looked");
        invite.status = status.to_owned();
        invite.updated_at = Some(now.to_string());
    }

    /// An invite is accepted: the relation begins, with what was attached or what `given` says instead. Who it is with.
    pub fn accept(&mut self, id: &str, given: Option<Vec<Attached>>, new: Newcomer, now: Timestamp) -> Option<Holder> {
        self.close(id, "ACCEPTED", now);
        let invite = self.invites[id].clone();
        let holder = match (invite.kind.as_str(), invite.received) {
            ("MEMBER_INVITE", false) => self.begin_membership(&invite, new, now),
            // Somebody else's business: nothing of ours changes.
            ("MEMBER_INVITE", true) => return None,
            ("PARTNER_INVITE", false) | ("PARTNER_REQUEST", true) => {
                self.begin_partnership(&invite.invitee, Side::Inbound, new, now)
            }
            _ => self.begin_partnership(&invite.invitee, Side::Outbound, new, now),
        };
        for Attached { asset, permissions } in given.unwrap_or(invite.grants) {
            self.admit(&holder, &asset);
            self.grants.insert((holder.clone(), asset), permissions);
        }
        Some(holder)
    }

    fn begin_membership(&mut self, invite: &Invite, new: Newcomer, now: Timestamp) -> Holder {
        let id = new.id.unwrap_or_else(|| self.mint());
        let address = invite.invitee.contains('@').then(|| invite.invitee.clone());
        let name = (!invite.invitee.contains('@')).then(|| invite.invitee.clone());
        let member = Member {
            id: id.clone(),
            email: new.email.or(address),
            username: new.username.or(name),
            role: invite.role.clone().unwrap_or_else(|| "EMPLOYEE".to_owned()),
            system_user: false,
            created_at: Some(now.to_string()),
            created_by: None,
        };
        self.members.insert(id.clone(), member);
        Holder::Member(id)
    }

    fn begin_partnership(&mut self, id: &str, side: Side, new: Newcomer, now: Timestamp) -> Holder {
        let partner =
            Partner { id: id.to_owned(), name: new.username, direction: side, created_at: Some(now.to_string()) };
        self.partners.entry((id.to_owned(), side)).or_insert(partner);
        Holder::Partner(id.to_owned(), side)
    }

    /// An asset that a partner lets us in on becomes visible to us.
    fn admit(&mut self, holder: &Holder, asset: &str) {
        let Holder::Partner(partner, Side::Outbound) = holder else { return };
        let known = self.others.get(partner).and_then(|assets| assets.get(asset));
        let kind = known.cloned().unwrap_or_else(|| "AD_ACCOUNT".to_owned());
        let owner_business = Some(partner.clone());
        let row = Asset { id: asset.to_owned(), kind, name: None, owner_business, client: None };
        self.assets.entry(asset.to_owned()).or_insert(row);
    }

    /// Invites that lapse between two moments. Those that lapsed before the first are as the seed has them.
    pub fn lapse(&mut self, from: Timestamp, to: Timestamp) -> Vec<String> {
        let lapses = |invite: &Invite| {
            let end: Option<Timestamp> = invite.expires_at.as_deref().and_then(|text| text.parse().ok());
            invite.status == "PENDING" && end.is_some_and(|end| from < end && end <= to)
        };
        let ids: Vec<String> =
            self.invites.values().filter(|invite| lapses(invite)).map(|invite| invite.id.clone()).collect();
        for id in &ids {
            self.close(id, "EXPIRED", to);
        }
        ids
    }
}

/// A moment as milliseconds keep it.
fn rounded(moment: &mut Option<String>) {
    let parsed = moment.as_deref().and_then(|text| text.parse::<Timestamp>().ok());
    *moment = parsed.and_then(|at| Timestamp::from_millisecond(at.as_millisecond()).ok()).map(|at| at.to_string());
}

/// What is known of somebody who accepts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Newcomer {
    /// The platform's id; a new one where absent.
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub username: Option<String>,
}

fn items<'v>(document: &'v Value, collection: &str) -> &'v [Value] {
    document["collections"][collection]["items"].as_array().map_or(&[], Vec::as_slice)
}

fn rows<K: Ord, R: for<'de> Deserialize<'de>>(document: &Value, name: &str, key: impl Fn(&R) -> K) -> BTreeMap<K, R> {
    let rows = items(document, name).iter().map(|row| R::deserialize(row).expect("a row of a snapshot"));
    rows.map(|row| (key(&row), row)).collect()
}

fn text(row: &Value, key: &str) -> String {
    row[key].as_str().unwrap_or_default().to_owned()
}
