//! The operations that read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::call::{Call, Done, Refusal};
use super::choices::Listed;
use super::shapes::{ASSET_GROUP, is_of_type, user};
use super::world::{Asset, Holder, Side};

pub fn ad_accounts(call: &mut Call<'_>) -> Done {
    let mut rows = Vec::new();
    for asset in call.world.assets.values().filter(|asset| asset.kind == "AD_ACCOUNT") {
        let owned = call.world.owns(asset);
        let permissions = reach(call, asset);
        if !permissions.is_empty() && (owned || call.flag("include_shared_accounts")) {
            rows.push(call.ad_account(asset, &permissions));
        }
    }
    call.page(rows)
}

/// What whoever calls may do on an account: a manager everything that the business may, an employee what was granted.
fn reach(call: &Call<'_>, asset: &Asset) -> BTreeSet<String> {
    let Some(member) = &call.who.member else { return BTreeSet::new() };
    let own = call.world.grants.get(&(Holder::Member(member.clone()), asset.id.clone()));
    let mut permissions = own.cloned().unwrap_or_default();
    if call.manages() {
        permissions.extend(call.world.own_permissions(asset));
    }
    permissions
}

pub fn employers(call: &mut Call<'_>) -> Done {
    let mut rows = Vec::new();
    if let Some(member) = call.who.member.as_ref().and_then(|id| call.world.members.get(id)) {
        let mut row = call.member(member);
        row["id"] = json!(call.world.id);
        row["user"] = call.business_user();
        rows.push(row);
    }
    call.page(rows)
}

pub fn members(call: &mut Call<'_>) -> Done {
    let system = call.flag("fetch_system_users");
    let roles = call.words("business_roles");
    let ids = listed_ids(call, "member_ids");
    let rows = call.world.members.values().filter(|member| {
        member.system_user == system
            && roles.as_ref().is_none_or(|roles| roles.contains(&member.role))
            && ids.as_ref().is_none_or(|ids| ids.contains(&member.id))
    });
    call.page(rows.map(|member| call.member(member)).collect())
}

pub fn partners(call: &mut Call<'_>) -> Done {
    let side = call.given("partner_type").map(Side::of);
    let ids = listed_ids(call, "partner_ids");
    let rows = call.world.partners.values().filter(|partner| {
        side.is_none_or(|side| partner.direction == side) && ids.as_ref().is_none_or(|ids| ids.contains(&partner.id))
    });
    call.page(rows.map(|partner| call.partner(partner)).collect())
}

fn listed_ids(call: &Call<'_>, parameter: &str) -> Option<BTreeSet<String>> {
    let ids = call.given(parameter)?;
    Some(ids.split(',').map(|id| id.trim().to_owned()).collect())
}

pub fn assets(call: &mut Call<'_>) -> Done {
    let child = call.given("child_asset_id");
    // Groups are asked for then, whatever the default type is.
    let kind = if child.is_some() { ASSET_GROUP } else { call.given("asset_type").unwrap_or("AD_ACCOUNT") };
    let group = call.given("asset_group_id");
    let permissions = call.words("permissions");
    let inside = |group: &str, asset: &str| call.world.contents.contains(&(group.to_owned(), asset.to_owned()));
    let rows = call.world.assets.values().filter(|asset| {
        is_of_type(asset, kind)
            && child.is_none_or(|child| inside(&asset.id, child))
            && group.is_none_or(|group| inside(group, &asset.id))
            && permissions.as_ref().is_none_or(|wanted| !call.world.own_permissions(asset).is_disjoint(wanted))
    });
    call.page(rows.map(|asset| call.asset(asset)).collect())
}

pub fn asset_members(call: &mut Call<'_>) -> Done {
    let asset = known_asset(call)?;
    let system = call.flag("fetch_system_users");
    let mut rows = Vec::new();
    for member in call.world.members.values().filter(|member| member.system_user == system) {
        let permissions = held(call, &Holder::Member(member.id.clone()), &asset.id);
        if !permissions.is_empty() {
            rows.push(json!({ "user": call.member_user(member), "permissions": permissions }));
        }
    }
    call.page(rows)
}

pub fn asset_partners(call: &mut Call<'_>) -> Done {
    let asset = known_asset(call)?;
    let mut rows = Vec::new();
    // An asset shared with us can't be shared on: then there is nobody, and the list is empty by the description.
    for partner in call.world.partners.values().filter(|row| row.direction == Side::Inbound && call.world.owns(&asset))
    {
        let permissions = held(call, &Holder::Partner(partner.id.clone(), Side::Inbound), &asset.id);
        if !permissions.is_empty() {
            let user = user(Some(&partner.id), partner.name.as_deref(), None);
            rows.push(json!({ "user": user, "permissions": permissions }));
        }
    }
    call.page(rows)
}

/// What somebody has on an asset: directly, and through groups where that is the choice.
fn held(call: &Call<'_>, holder: &Holder, asset: &str) -> BTreeSet<String> {
    let direct = call.world.grants.get(&(holder.clone(), asset.to_owned())).cloned().unwrap_or_default();
    if !call.choices.group_grants_expanded {
        return direct;
    }
    let groups = call.world.contents.iter().filter(|(_, inside)| inside == asset).map(|(group, _)| group.clone());
    let through = groups.filter_map(|group| call.world.grants.get(&(holder.clone(), group))).flatten().cloned();
    through.chain(direct).collect()
}

fn known_asset(call: &Call<'_>) -> Result<Asset, Refusal> {
    let id = call.text("asset_id");
    call.world.assets.get(&id).cloned().ok_or_else(|| Refusal::new(404, 404, format!("Asset not found: {id}")))
}

pub fn member_assets(call: &mut Call<'_>) -> Done {
    let holder = Holder::Member(call.text("member_id"));
    if !call.world.has(&holder) {
        return Err(Refusal::new(404, 30, "User not found."));
    }
    granted(call, &holder)
}

pub fn partner_assets(call: &mut Call<'_>) -> Done {
    let holder = Holder::Partner(call.text("partner_id"), Side::of(&call.text("partner_type")));
    if !call.world.has(&holder) {
        return Err(Refusal::new(404, 30, "User not found."));
    }
    granted(call, &holder)
}

fn granted(call: &Call<'_>, holder: &Holder) -> Done {
    let kind = call.text("asset_type");
    let of_type = |asset: &str| match call.world.assets.get(asset) {
        Some(asset) => is_of_type(asset, &kind),
        None => kind == "AD_ACCOUNT",
    };
    let mut all: BTreeMap<&str, BTreeSet<String>> =
        call.world.grants_of(holder).map(|(asset, permissions)| (asset, permissions.clone())).collect();
    if call.choices.group_grants_expanded {
        for (group, asset) in &call.world.contents {
            if let Some(permissions) = call.world.grants.get(&(holder.clone(), group.clone())) {
                all.entry(asset).or_default().extend(permissions.iter().cloned());
            }
        }
    }
    let rows = all.into_iter().filter(|(asset, _)| of_type(asset));
    call.page(rows.map(|(asset, permissions)| call.granted(asset, &permissions)).collect())
}

pub fn invites(call: &mut Call<'_>) -> Done {
    let members = call.flag("is_member");
    let kind = call.given("invite_type");
    let open = BTreeSet::from(["PENDING".to_owned(), "EXPIRED".to_owned()]);
    let statuses = call.words("invite_status").or((call.choices.listed_invites == Listed::Open).then_some(open));
    let rows = call.world.invites.values().filter(|invite| {
        (invite.kind == "MEMBER_INVITE") == members
            && kind.is_none_or(|kind| invite.kind == kind)
            && statuses.as_ref().is_none_or(|statuses| statuses.contains(&invite.status))
    });
    let rows: Vec<Value> = rows.map(|invite| call.invite(invite)).collect();
    call.page(rows)
}
