//! The operations that invite, ask and answer.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::call::{Call, Done, Refusal, string};
use super::choices::{Bare, Repeated};
use super::faults::Fate;
use super::world::{Attached, Holder, Invite, Newcomer, Side};

const REQUEST: &str = "PARTNER_REQUEST";
const NOT_PENDING: &str = "Business Invite request cannot be performed on current invitation status.";

pub fn create(call: &mut Call<'_>) -> Done {
    let kind = string(&call.body, "invite_type");
    let role = string(&call.body, "business_role");
    let key = if kind == "MEMBER_INVITE" { "members" } else { "partners" };
    let items = call.items(key);
    if items.is_empty() {
        return Err(Refusal::invalid(format!("{kind} needs {key}")));
    }
    if (role == "PARTNER") == (key == "members") {
        return Err(Refusal::invalid(format!("{kind} can't have the role {role}")));
    }
    let refuse = |item: &Value, refusal: &Refusal| json!({ "code": refusal.code, "message": refusal.message, "invite_or_request_id": null, "users_or_partner_ids": [item] });
    Ok(call.each_invite(&items, refuse, |call, item| {
        let invitee = item.as_str().unwrap_or_default();
        let id = invite(call, &kind, &role, invitee)?;
        let row = &call.world.invites[&id];
        let user = call.invite_data(row)["user"].clone();
        Ok(json!({ "id": id, "user": user }))
    }))
}

fn invite(call: &mut Call<'_>, kind: &str, role: &str, invitee: &str) -> Result<String, Refusal> {
    let related = match kind {
        "MEMBER_INVITE" => call.world.member(invitee).is_some(),
        "PARTNER_INVITE" => call.world.has(&Holder::Partner(invitee.to_owned(), Side::Inbound)),
        _ => call.world.has(&Holder::Partner(invitee.to_owned(), Side::Outbound)),
    };
    if !can_be_named(kind, invitee) {
        return Err(Refusal::new(403, 403, format!("No user {invitee}")));
    }
    if related || invitee == call.world.id {
        return Err(Refusal::new(403, 403, "The relationship already exists."));
    }
    if let Some(waiting) = waiting(call, kind, invitee) {
        match call.choices.repeated_invite {
            Repeated::Refused => return Err(Refusal::new(403, 403, "An invite to this user is already pending.")),
            Repeated::Same => return Ok(waiting),
            Repeated::Second => {}
        }
    }
    make(call, kind, role, invitee, Vec::new())
}

/// The description takes any text; nobody is called like this.
fn can_be_named(kind: &str, invitee: &str) -> bool {
    let most = if kind == "MEMBER_INVITE" { 254 } else { 20 };
    (1..=most).contains(&invitee.len()) && invitee.bytes().all(|byte| byte.is_ascii_graphic())
}

fn waiting(call: &Call<'_>, kind: &str, invitee: &str) -> Option<String> {
    let same = |invite: &&Invite| {
        invite.status == "PENDING"
            && !invite.received
            && invite.kind == kind
            && invite.invitee.eq_ignore_ascii_case(invitee)
    };
    call.world.invites.values().find(same).map(|invite| invite.id.clone())
}

fn make(call: &mut Call<'_>, kind: &str, role: &str, to: &str, grants: Vec<Attached>) -> Result<String, Refusal> {
    let sent = call.world.invites.values().filter(|invite| invite.status == "PENDING" && !invite.received).count();
    if sent >= call.choices.pending_cap {
        return Err(Refusal::new(403, 403, "You hit the maximum number of pending invites allowed."));
    }
    let asked = grants.iter().map(|grant| format!("{} on {}", join(grant), grant.asset)).collect::<Vec<_>>().join(", ");
    let id = call.world.invite(kind, to, role, call.now, call.choices.invite_days);
    call.world.invites.get_mut(&id).expect("just made").grants = grants;
    // By whom it is sent to and what it asks for: a second invite has another id.
    call.effect(
        format!("{kind} to {} {asked}", to.to_lowercase()).trim_end().to_owned(),
        None,
        Some("PENDING".to_owned()),
    );
    Ok(id)
}

fn join(grant: &Attached) -> String {
    grant.permissions.iter().cloned().collect::<Vec<_>>().join(";")
}

pub fn cancel(call: &mut Call<'_>) -> Done {
    let items = call.items("invite_ids");
    let refuse = |item: &Value, refusal: &Refusal| json!({ "invite_id": item, "message": refusal.message });
    Ok(call.each_invite(&items, refuse, |call, item| {
        let id = own_pending(call, item.as_str().unwrap_or_default())?;
        let now = call.now;
        call.world.close(&id, "CANCELLED", now);
        call.effect(format!("invite {id}"), Some("PENDING".to_owned()), Some("CANCELLED".to_owned()));
        Ok(call.invite_data(&call.world.invites[&id]))
    }))
}

/// A waiting invite that we sent.
fn own_pending(call: &Call<'_>, id: &str) -> Result<String, Refusal> {
    let invite = call.world.invites.get(id).filter(|invite| !invite.received);
    let invite = invite.ok_or_else(|| Refusal::new(404, 404, "Invite not found."))?;
    if invite.status != "PENDING" {
        return Err(Refusal::new(403, 403, NOT_PENDING));
    }
    Ok(invite.id.clone())
}

fn invite_exception(id: &Value, refusal: &Refusal) -> Value {
    json!({ "code": refusal.code, "message": refusal.message, "invite_or_request_id": id, "users_or_partner_ids": null })
}

pub fn attach(call: &mut Call<'_>) -> Done {
    let items = call.items("invites");
    let refuse = |item: &Value, refusal: &Refusal| invite_exception(&item["invite_id"], refusal);
    Ok(call.each_invite(&items, refuse, |call, item| {
        let id = own_pending(call, &string(item, "invite_id"))?;
        let invite = call.world.invites[&id].clone();
        if invite.kind != string(item, "invite_type") {
            return Err(Refusal::invalid(format!("Invite {id} is of another type")));
        }
        let grants = call.attached(&item["asset_id_to_permissions"]);
        if invite.kind != REQUEST {
            grants.iter().try_for_each(|grant| can_attach(call, &invite, grant))?;
        }
        attach_to(call, &id, grants);
        let invite = call.world.invites[&id].clone();
        let mut shape = call.invite_data(&invite);
        shape["created_by_business_id"] = json!(call.world.id);
        if let Some(member) = &call.who.member {
            shape["created_by_user_id"] = json!(member);
        }
        Ok(shape)
    }))
}

/// Ours to give, and fitting.
fn can_attach(call: &Call<'_>, invite: &Invite, grant: &Attached) -> Result<(), Refusal> {
    let asset = call.world.assets.get(&grant.asset);
    let asset = asset.ok_or_else(|| Refusal::new(404, 403, format!("Invalid asset id: {}", grant.asset)))?;
    if invite.kind == "PARTNER_INVITE" && !call.world.owns(asset) {
        return Err(Refusal::new(403, 29, format!("You are not permitted to share asset {}", asset.id)));
    }
    call.check_fit(asset, &grant.permissions)
}

/// Assets that are named get the new set; others keep theirs, or lose it where that is the choice.
fn attach_to(call: &mut Call<'_>, id: &str, grants: Vec<Attached>) {
    let now = call.now;
    if call.choices.attached_replaced {
        let kept = |old: &Attached| grants.iter().any(|grant| grant.asset == old.asset);
        let invite = call.world.invites.get_mut(id).expect("looked up before");
        let (stay, go) = std::mem::take(&mut invite.grants).into_iter().partition::<Vec<_>, _>(kept);
        invite.grants = stay;
        for old in go {
            call.effect(format!("{} attached to invite {id}", old.asset), Some(join(&old)), None);
        }
    }
    for grant in grants {
        let new = join(&grant);
        let invite = call.world.invites.get_mut(id).expect("looked up before");
        invite.updated_at = Some(now.to_string());
        let old = invite.grants.iter().position(|other| other.asset == grant.asset).map(|at| invite.grants.remove(at));
        let key = format!("{} attached to invite {id}", grant.asset);
        invite.grants.push(grant);
        invite.grants.sort_by(|a, b| a.asset.cmp(&b.asset));
        call.effect(key, old.map(|old| join(&old)), Some(new));
    }
}

pub fn request(call: &mut Call<'_>) -> Done {
    let items = call.items("asset_requests");
    let (mut made, mut exceptions) = (Map::new(), BTreeMap::<i64, Vec<String>>::new());
    for (index, item) in items.iter().enumerate() {
        let partner = string(item, "partner_id");
        let fate = call.fired.fate(index);
        let scripted = (2932, vec![format!("Access could not be requested from {partner}")]);
        let answer = if fate.done() { request_one(call, &partner, item) } else { Err(scripted) };
        match answer {
            _ if matches!(fate, Fate::Missing | Fate::Untold | Fate::Empty) => {}
            Ok(id) => drop(made.insert(partner, json!(id))),
            Err((code, messages)) => exceptions.entry(code).or_default().extend(messages),
        }
    }
    let list: Vec<Value> =
        exceptions.into_iter().map(|(code, messages)| json!({ "code": code, "messages": messages })).collect();
    // Not by item: which request an exception belongs to can only be told from the text.
    let exceptions = if list.is_empty() { Value::Null } else { json!(list) };
    Ok(json!({ "invites": made, "exceptions": exceptions }))
}

fn request_one(call: &mut Call<'_>, partner: &str, item: &Value) -> Result<String, (i64, Vec<String>)> {
    if !call.world.has(&Holder::Partner(partner.to_owned(), Side::Outbound)) {
        return Err((2932, vec![format!("No partnership with {partner}")]));
    }
    let grants = call.attached(&item["asset_id_to_permissions"]);
    let wrong: Vec<String> = grants
        .iter()
        .filter(|grant| !theirs(call, partner, &grant.asset))
        .map(|grant| format!("Invalid asset id: {}", grant.asset))
        .collect();
    if !wrong.is_empty() {
        return Err((2932, wrong));
    }
    make(call, REQUEST, "PARTNER", partner, grants).map_err(|refusal| (refusal.code, vec![refusal.message]))
}

/// Whether an asset can be the partner's and be asked for: an ad account or profile. Where nothing is known of what the partner
/// owns, whatever is not ours can.
fn theirs(call: &Call<'_>, partner: &str, asset: &str) -> bool {
    if let Some(row) = call.world.assets.get(asset) {
        return !call.world.owns(row) && ["AD_ACCOUNT", "PROFILE"].contains(&row.kind.as_str());
    }
    let known = call.world.others.get(partner);
    known.is_none_or(|assets| assets.get(asset).is_some_and(|kind| ["AD_ACCOUNT", "PROFILE"].contains(&kind.as_str())))
}

pub fn respond(call: &mut Call<'_>) -> Done {
    let items = call.items("invites");
    let refuse = |item: &Value, refusal: &Refusal| invite_exception(&item["invite_id"], refusal);
    Ok(call.each_invite(&items, refuse, |call, item| {
        let id = string(item, "invite_id");
        let invite = call.world.invites.get(&id).cloned().filter(|invite| may_answer(call, invite));
        let invite = invite.ok_or_else(|| Refusal::new(404, 404, "Invite not found."))?;
        if invite.status != "PENDING" {
            return Err(Refusal::new(403, 403, NOT_PENDING));
        }
        let action = &item["action"];
        let now = call.now;
        let status = if action["accept_invite"] == true { "ACCEPTED" } else { "DECLINED" };
        if status == "ACCEPTED" {
            accept(call, &invite, &action["asset_id_to_permissions"])?;
        } else {
            call.world.close(&id, status, now);
        }
        call.effect(format!("invite {id}"), Some("PENDING".to_owned()), Some(status.to_owned()));
        Ok(call.invite_data(&call.world.invites[&id]))
    }))
}

/// Our managers answer what we received; whoever was invited answers what we sent.
fn may_answer(call: &Call<'_>, invite: &Invite) -> bool {
    if invite.received {
        return call.manages();
    }
    invite.invitee.eq_ignore_ascii_case(&call.who.name)
}

fn accept(call: &mut Call<'_>, invite: &Invite, map: &Value) -> Result<(), Refusal> {
    let given = map.is_object().then(|| call.attached(map));
    let ours_to_give = invite.received && invite.kind == REQUEST;
    if ours_to_give {
        let as_invite = Invite { kind: "PARTNER_INVITE".to_owned(), ..invite.clone() };
        given.iter().flatten().try_for_each(|grant| can_attach(call, &as_invite, grant))?;
    }
    let given = match given {
        // A member or partner who accepts can't widen what was attached.
        Some(_) if !invite.received && invite.kind != REQUEST => None,
        None if ours_to_give && call.choices.bare_acceptance == Bare::Nothing => Some(Vec::new()),
        given => given,
    };
    let before: Vec<Attached> = given.clone().unwrap_or_else(|| invite.grants.clone());
    let now = call.now;
    let holder = call.world.accept(&invite.id, given, Newcomer::default(), now);
    if let Some(holder) = holder {
        call.effect(format!("relation with {}", holder.label()), None, Some("active".to_owned()));
        for grant in before {
            call.effect(format!("grant of {} on {}", holder.label(), grant.asset), None, Some(join(&grant)));
        }
    }
    Ok(())
}
