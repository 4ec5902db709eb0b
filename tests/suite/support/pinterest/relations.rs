//! The operations that change members and partners, and what they have.

use serde_json::{Value, json};

use super::call::{Call, Done, Refusal, string, words};
use super::world::{Asset, Holder, Side};

pub fn set_roles(call: &mut Call<'_>) -> Done {
    let items = call.body.as_array().cloned().unwrap_or_default();
    protect_last_manager(call, &items, |item| item["business_role"] != "BIZ_ADMIN")?;
    let told = call.each(&items, is_member, |call, item| {
        let (id, role) = (string(item, "member_id"), string(item, "business_role"));
        let member = call.world.members.get_mut(&id).expect("checked");
        let old = std::mem::replace(&mut member.role, role.clone());
        call.effect(format!("role of member {id}"), Some(old), Some(role.clone()));
        json!({ "member_id": id, "business_role": role })
    })?;
    Ok(json!({ "items": told }))
}

pub fn delete_members(call: &mut Call<'_>) -> Done {
    let items = call.items("members");
    protect_last_manager(call, &items, |_| true)?;
    let told = call.each(&items, is_member_with_role, |call, item| {
        let id = string(item, "member_id");
        let role = call.world.members[&id].role.clone();
        end(call, &Holder::Member(id.clone()));
        call.effect(format!("membership of {id}"), Some(role), None);
        json!(id)
    })?;
    Ok(json!({ "deleted_members": told }))
}

fn is_member(call: &Call<'_>, item: &Value) -> Result<(), Refusal> {
    let id = string(item, "member_id");
    if call.world.members.contains_key(&id) {
        Ok(())
    } else {
        Err(Refusal::new(404, 30, format!("User not found: {id}")))
    }
}

fn is_member_with_role(call: &Call<'_>, item: &Value) -> Result<(), Refusal> {
    is_member(call, item)?;
    let member = &call.world.members[&string(item, "member_id")];
    if call.choices.deletion_role_must_match && item["business_role"] != member.role.as_str() {
        return Err(Refusal::invalid(format!("Member {} does not have this role", member.id)));
    }
    Ok(())
}

/// Where that is the choice, somebody must be left who administers the business.
fn protect_last_manager(call: &Call<'_>, items: &[Value], loses: impl Fn(&Value) -> bool) -> Result<(), Refusal> {
    let losing: Vec<String> = items.iter().filter(|item| loses(item)).map(|item| string(item, "member_id")).collect();
    let mut managers = call.world.members.values().filter(|member| member.role == "BIZ_ADMIN" && !member.system_user);
    if call.choices.last_manager_protected && managers.all(|member| losing.contains(&member.id)) {
        return Err(Refusal::new(403, 29, "A business needs at least one admin."));
    }
    Ok(())
}

/// Ends a relation; the grants that end with it are effects of their own.
fn end(call: &mut Call<'_>, holder: &Holder) {
    let assets: Vec<String> = call.world.grants_of(holder).map(|(asset, _)| asset.to_owned()).collect();
    for asset in assets {
        call.set_grant(holder, &asset, Default::default());
    }
    call.world.end(holder);
}

pub fn delete_partners(call: &mut Call<'_>) -> Done {
    let items = call.items("partner_ids");
    let side = call.body["partner_type"].as_str().map(Side::of);
    // Documented: one id that does not exist fails the whole call.
    let missing = items.iter().find(|id| partnership(call, id, side).is_none());
    if let Some(id) = missing {
        return Err(Refusal::new(404, 404, format!("Partner not found: {}", id.as_str().unwrap_or_default())));
    }
    let told = call.each(
        &items,
        |_, _| Ok(()),
        |call, id| {
            if let Some(holder) = partnership(call, id, side) {
                end(call, &holder);
                call.effect(format!("partnership with {}", holder.label()), Some("active".to_owned()), None);
            }
            id.clone()
        },
    )?;
    Ok(json!({ "deleted_partners": told }))
}

/// Without a type: the one there is, the inbound one first.
fn partnership(call: &Call<'_>, id: &Value, side: Option<Side>) -> Option<Holder> {
    let id = id.as_str().unwrap_or_default();
    let sides = side.map_or(vec![Side::Inbound, Side::Outbound], |side| vec![side]);
    sides.into_iter().map(|side| Holder::Partner(id.to_owned(), side)).find(|holder| call.world.has(holder))
}

pub fn set_member_grants(call: &mut Call<'_>) -> Done {
    let items = call.items("accesses");
    let told = call.each(&items, member_grant_fits, |call, item| {
        let (id, asset) = (string(item, "member_id"), string(item, "asset_id"));
        let holder = Holder::Member(id.clone());
        let mut permissions = words(&item["permissions"]);
        if !call.choices.member_grants_replaced {
            let old = call.world.grants.get(&(holder.clone(), asset.clone()));
            permissions.extend(old.into_iter().flatten().cloned());
        }
        call.set_grant(&holder, &asset, permissions.clone());
        json!({ "response": { "asset_id": asset, "member_id": id, "permissions": permissions } })
    })?;
    Ok(json!({ "items": told }))
}

fn member_grant_fits(call: &Call<'_>, item: &Value) -> Result<(), Refusal> {
    is_member(call, item)?;
    let asset = asset_of(call, item)?;
    call.check_fit(&asset, &words(&item["permissions"]))
}

fn asset_of(call: &Call<'_>, item: &Value) -> Result<Asset, Refusal> {
    let id = string(item, "asset_id");
    let asset = call.world.assets.get(&id).cloned();
    asset.ok_or_else(|| Refusal::new(404, 404, format!("Asset not found: {id}")))
}

pub fn delete_member_grants(call: &mut Call<'_>) -> Done {
    let items = call.items("accesses");
    let holder = |item: &Value| Holder::Member(string(item, "member_id"));
    let told = call.each(
        &items,
        |call, item| has_grant(call, &holder(item), item),
        |call, item| {
            let asset = string(item, "asset_id");
            call.set_grant(&holder(item), &asset, Default::default());
            json!({ "asset_id": asset, "member_id": string(item, "member_id") })
        },
    )?;
    Ok(json!({ "items": told }))
}

fn has_grant(call: &Call<'_>, holder: &Holder, item: &Value) -> Result<(), Refusal> {
    let asset = string(item, "asset_id");
    if call.world.grants.contains_key(&(holder.clone(), asset.clone())) {
        return Ok(());
    }
    Err(Refusal::new(404, 404, format!("{} has no access to {asset}", holder.label())))
}

pub fn set_partner_grants(call: &mut Call<'_>) -> Done {
    let items = call.items("accesses");
    let told = call.each(&items, partner_grant_fits, |call, item| {
        let (id, asset) = (string(item, "partner_id"), string(item, "asset_id"));
        let permissions = words(&item["permissions"]);
        call.set_grant(&Holder::Partner(id.clone(), Side::Inbound), &asset, permissions.clone());
        let kind = call.world.assets[&asset].kind.clone();
        json!({ "partner_id": id, "asset_id": asset, "asset_type": kind, "permissions": permissions })
    })?;
    Ok(json!({ "items": told }))
}

fn partner_grant_fits(call: &Call<'_>, item: &Value) -> Result<(), Refusal> {
    let id = string(item, "partner_id");
    if !call.world.has(&Holder::Partner(id.clone(), Side::Inbound)) {
        return Err(Refusal::new(404, 30, format!("User not found: {id}")));
    }
    let asset = asset_of(call, item)?;
    // Documented: what is shared with us can't be shared on.
    if !call.world.owns(&asset) {
        return Err(Refusal::new(403, 29, format!("You are not permitted to share asset {}", asset.id)));
    }
    call.check_fit(&asset, &words(&item["permissions"]))
}

pub fn delete_partner_grants(call: &mut Call<'_>) -> Done {
    let items = call.items("accesses");
    let side = |item: &Value| Side::of(item["partner_type"].as_str().unwrap_or("INTERNAL"));
    let holder = |item: &Value| Holder::Partner(string(item, "partner_id"), side(item));
    let told = call.each(
        &items,
        |call, item| has_grant(call, &holder(item), item),
        |call, item| {
            let asset = string(item, "asset_id");
            let kind = call.world.assets.get(&asset).map_or("AD_ACCOUNT", |row| row.kind.as_str()).to_owned();
            let old = call.set_grant(&holder(item), &asset, Default::default());
            json!({
                "partner_id": string(item, "partner_id"),
                "asset_id": asset,
                "asset_type": kind,
                "is_shared_partner": side(item) == Side::Outbound,
                "permissions": old,
            })
        },
    )?;
    Ok(json!({ "items": told }))
}
