//! What rows look like in answers.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::call::{Call, Refusal};
use super::choices::LastPage;
use super::world::{Asset, Attached, Group, Holder, Invite, Member, Partner, Side};

const AD_ACCOUNT: &str = "AD_ACCOUNT";
const PROFILE: &str = "PROFILE";
const CATALOG: &str = "CATALOG";
pub const ASSET_GROUP: &str = "ASSET_GROUP";
/// Types that can be asked for.
const TYPES: [&str; 5] = [AD_ACCOUNT, PROFILE, ASSET_GROUP, CATALOG, "CONSUMER"];
/// Roles that the list of ad accounts may show, by the description.
const ACCOUNT_ROLES: [&str; 17] = [
    "OWNER",
    "ADMIN",
    "ANALYST",
    "SOS_READER",
    "FINANCE_MANAGER",
    "FINANCE_VIEW",
    "FINANCE_EDIT",
    "AUDIENCE_MANAGER",
    "CAMPAIGN_MANAGER",
    "CATALOGS_MANAGER",
    "RESTRICTED_OWNER",
    "PROFILE_MANAGER",
    "PROFILE_PUBLISHER",
    "RESOURCE_PINNER_LIST_OWNER",
    "RESOURCE_PINNER_LIST_READER",
    "BIZ_PINNER_LIST_SHARER",
    "RESOURCE_CONVERSION_TAGS_READER",
];

/// Whether an asset belongs into a list of a type. A type that cannot be asked for stands among the ad accounts, or it would be
/// invisible.
pub fn is_of_type(asset: &Asset, wanted: &str) -> bool {
    asset.kind == wanted || (wanted == AD_ACCOUNT && !TYPES.contains(&asset.kind.as_str()))
}

/// Milliseconds of a moment as written.
pub fn milliseconds(moment: &str) -> Option<i64> {
    moment.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

/// An object without what is unknown: a null is described for few keys only.
fn known<const N: usize>(pairs: [(&str, Option<Value>); N]) -> Value {
    let pairs = pairs.into_iter().filter_map(|(key, value)| value.map(|value| (key.to_owned(), value)));
    Value::Object(pairs.collect::<Map<_, _>>())
}

pub fn user(id: Option<&str>, username: Option<&str>, email: Option<&str>) -> Value {
    json!({ "id": id, "username": username, "email": email })
}

impl Call<'_> {
    pub fn member_user(&self, member: &Member) -> Value {
        user(Some(&member.id), member.username.as_deref(), member.email.as_deref())
    }

    pub fn business_user(&self) -> Value {
        user(Some(&self.world.id), self.world.name.as_deref(), None)
    }

    fn partner_user(&self, id: &str) -> Value {
        let rows = [Side::Inbound, Side::Outbound].map(|side| self.world.partners.get(&(id.to_owned(), side)));
        let name = rows.into_iter().flatten().find_map(|partner| partner.name.as_deref());
        user(Some(id), name, None)
    }

    /// Somebody by whatever name is known.
    pub fn somebody(&self, name: &str) -> Value {
        if self.choices.creators_resolved
            && let Some(member) = self.world.member(name)
        {
            return self.member_user(member);
        }
        named(name)
    }

    pub fn member(&self, member: &Member) -> Value {
        let holder = Holder::Member(member.id.clone());
        known([
            ("id", Some(json!(member.id))),
            ("user", Some(self.member_user(member))),
            ("business_roles", Some(json!([member.role]))),
            ("is_shared_partner", Some(json!(false))),
            ("created_by_user", member.created_by.as_deref().map(|name| self.somebody(name))),
            ("created_by_business", Some(self.business_user())),
            ("created_time", member.created_at.as_deref().and_then(milliseconds).map(Value::from)),
            ("assets_summary", self.flag("assets_summary").then(|| self.summary_of(&holder))),
        ])
    }

    pub fn partner(&self, partner: &Partner) -> Value {
        let holder = Holder::Partner(partner.id.clone(), partner.direction);
        known([
            ("id", Some(json!(partner.id))),
            ("user", Some(user(Some(&partner.id), partner.name.as_deref(), None))),
            ("business_roles", Some(json!(["PARTNER"]))),
            ("is_shared_partner", Some(json!(partner.direction == Side::Outbound))),
            ("created_time", partner.created_at.as_deref().and_then(milliseconds).map(Value::from)),
            ("assets_summary", self.flag("assets_summary").then(|| self.summary_of(&holder))),
        ])
    }

    fn summary_of(&self, holder: &Holder) -> Value {
        self.summary(self.world.grants_of(holder))
    }

    /// Ad accounts and profiles only: groups and catalogs have no place in it.
    fn summary<'w>(&self, grants: impl Iterator<Item = (&'w str, &'w BTreeSet<String>)>) -> Value {
        let mut summary = json!({ "ad_accounts": [], "profiles": [] });
        for (asset, permissions) in grants {
            let key = match self.kind_of(asset) {
                AD_ACCOUNT => "ad_accounts",
                PROFILE => "profiles",
                _ => continue,
            };
            let list = summary[key].as_array_mut().expect("made above");
            list.push(json!({ "id": asset, "permissions": permissions }));
        }
        summary
    }

    /// The type of an asset, ours or somebody else's.
    fn kind_of(&self, asset: &str) -> &str {
        let others = self.world.others.values().find_map(|assets| assets.get(asset));
        let own = self.world.assets.get(asset).map(|row| row.kind.as_str());
        own.or(others.map(String::as_str)).unwrap_or(AD_ACCOUNT)
    }

    pub fn asset(&self, asset: &Asset) -> Value {
        let mut shape = json!({ "asset_id": asset.id, "asset_type": asset.kind });
        if asset.kind == ASSET_GROUP {
            shape["asset_group_info"] = self.group(asset);
        }
        if asset.kind == CATALOG {
            let name = asset.name.clone().map(Value::from);
            let info = [("id", Some(json!(asset.id))), ("name", name), ("catalog_type", Some(json!("PRODUCT")))];
            shape["catalog_info"] = known(info);
        }
        shape
    }

    /// An asset with somebody's permissions on it.
    pub fn granted(&self, asset: &str, permissions: &BTreeSet<String>) -> Value {
        let mut shape = json!({ "asset_id": asset, "asset_type": self.kind_of(asset), "permissions": permissions });
        if let Some(row) = self.world.assets.get(asset).filter(|row| row.kind == ASSET_GROUP) {
            shape["asset_group_info"] = self.group(row);
        }
        shape
    }

    pub fn group(&self, asset: &Asset) -> Value {
        let unknown = Group::default();
        let group = self.world.groups.get(&asset.id).unwrap_or(&unknown);
        let inside = |kind: &str| -> Value {
            let all = self.world.contents.iter().filter(|(of, _)| *of == asset.id).map(|(_, asset)| asset);
            all.filter(|asset| self.kind_of(asset) == kind).cloned().collect()
        };
        let moment = |moment: Option<Timestamp>| moment.map(|moment| json!(moment.as_millisecond()));
        let owner = match &asset.owner_business {
            Some(other) if *other != self.world.id => self.partner_user(other),
            _ => self.business_user(),
        };
        known([
            ("id", Some(json!(asset.id))),
            ("asset_group_name", Some(json!(asset.name))),
            ("asset_group_description", Some(json!(group.description))),
            ("asset_group_types", Some(json!(group.types))),
            ("owner", Some(owner)),
            ("created_by", group.created_by.as_deref().map(|name| self.somebody(name))),
            ("created_time", moment(group.created)),
            ("updated_time", moment(group.updated)),
            ("ad_accounts_ids", Some(inside(AD_ACCOUNT))),
            ("profiles_ids", Some(inside(PROFILE))),
            ("catalogs_ids", Some(inside(CATALOG))),
        ])
    }

    pub fn ad_account(&self, asset: &Asset, permissions: &BTreeSet<String>) -> Value {
        let owner = asset.owner_business.as_deref().filter(|owner| *owner != self.world.id);
        let (id, name) = match owner {
            Some(other) => (Some(other.to_owned()), self.partner_user(other)["username"].clone()),
            None if self.world.owns(asset) => (Some(self.world.id.clone()), json!(self.world.name)),
            None => (None, Value::Null),
        };
        let name = Some(name).filter(|name| !name.is_null());
        let owner = known([("id", id.map(Value::from)), ("username", name)]);
        let roles: Vec<_> = permissions.iter().filter(|word| ACCOUNT_ROLES.contains(&word.as_str())).collect();
        known([
            ("id", Some(json!(asset.id))),
            ("name", asset.name.clone().map(Value::from)),
            ("owner", Some(owner)),
            ("country", Some(json!("US"))),
            ("currency", Some(json!("USD"))),
            ("permissions", Some(json!(roles))),
        ])
    }

    /// An invite as answers to writes have it.
    pub fn invite_data(&self, invite: &Invite) -> Value {
        let moment = |text: &Option<String>| text.as_deref().and_then(milliseconds).map(Value::from);
        let data = known([
            ("invite_type", Some(json!(invite.kind))),
            ("invite_status", Some(json!(invite.status))),
            ("invite_expiration", moment(&invite.expires_at)),
            ("sent_at", moment(&invite.sent_at)),
            ("last_updated_time", moment(&invite.updated_at)),
        ]);
        json!({
            "id": invite.id,
            "is_received_invite": invite.received,
            "user": self.invitee(invite),
            "invite_data": data,
        })
    }

    /// An invite as the list has it.
    pub fn invite(&self, invite: &Invite) -> Value {
        let mut shape = self.invite_data(invite);
        shape["business_roles"] = self.roles_of(invite);
        let grants = invite.grants.iter().map(|Attached { asset, permissions }| (asset.as_str(), permissions));
        shape["assets_summary"] = self.summary(grants);
        shape["created_by_business"] =
            if invite.received { self.partner_user(&invite.invitee) } else { self.business_user() };
        if let Some(sent) = invite.sent_at.as_deref().and_then(milliseconds) {
            shape["created_time"] = json!(sent);
        }
        shape
    }

    fn roles_of(&self, invite: &Invite) -> Value {
        match &invite.role {
            Some(role) => json!([role]),
            None if invite.kind == "MEMBER_INVITE" => json!([]),
            None => json!(["PARTNER"]),
        }
    }

    /// Whom it was sent to: us, where we received it. Then who sent it is the business that created it.
    fn invitee(&self, invite: &Invite) -> Value {
        match (invite.received, invite.kind.as_str()) {
            (true, _) => self.business_user(),
            (false, "MEMBER_INVITE") if !self.choices.invited_addresses_shown => hidden(&invite.invitee),
            (false, "MEMBER_INVITE") => named(&invite.invitee),
            (false, _) => self.partner_user(&invite.invitee),
        }
    }

    /// One page of a list.
    pub fn page(&self, rows: Vec<Value>) -> Result<Value, Refusal> {
        let size = self.number("page_size");
        let print = self.print();
        let start = match self.given("bookmark").filter(|bookmark| !bookmark.is_empty()) {
            Some(bookmark) => {
                opened(bookmark, print).ok_or_else(|| Refusal::invalid(format!("Invalid bookmark: {bookmark}")))?
            }
            None => self.number("start_index"),
        };
        let rest = rows.len().saturating_sub(start);
        let total = rows.len();
        let mut page = json!({ "items": rows.into_iter().skip(start).take(size).collect::<Vec<_>>() });
        if rest > size {
            page["bookmark"] = json!(format!("{print:08x}{:08x}", start + size));
        } else if self.choices.last_page == LastPage::Null {
            page["bookmark"] = Value::Null;
        }
        if self.choices.totals_told && self.operation.id == "business_member_assets/get" {
            page["total_data_count"] = json!(total);
        }
        Ok(page)
    }

    /// What a bookmark belongs to: this list with these filters.
    fn print(&self) -> u32 {
        let mut print: u32 = 2_166_136_261;
        let paging = ["bookmark", "page_size", "start_index"];
        let mut mix =
            |text: &str| text.bytes().for_each(|byte| print = (print ^ u32::from(byte)).wrapping_mul(16_777_619));
        mix(&self.operation.id);
        for (name, value) in self.parameters.iter().filter(|(name, _)| !paging.contains(&name.as_str())) {
            mix(name);
            mix(&value.to_string());
        }
        print
    }
}

fn opened(bookmark: &str, print: u32) -> Option<usize> {
    let start = bookmark.strip_prefix(&format!("{print:08x}"))?;
    usize::from_str_radix(start, 16).ok()
}

/// An account that was found for an address: the address itself is not told.
fn hidden(address: &str) -> Value {
    let id = address.bytes().fold(300_000_000_000_000_000_u64, |id, byte| id + u64::from(byte) * 1_000_003);
    let name = address.split('@').next().unwrap_or_default();
    user(Some(&id.to_string()), Some(name), None)
}

/// Somebody by an id, an address or a user name.
fn named(name: &str) -> Value {
    if name.contains('@') {
        user(None, None, Some(name))
    } else if name.bytes().all(|byte| byte.is_ascii_digit()) {
        user(Some(name), None, None)
    } else {
        user(None, Some(name), None)
    }
}
