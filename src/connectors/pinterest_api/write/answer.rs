//! Answers as outcomes. There are five shapes of partial success, and an operation that an answer says nothing about is looked at:
//!
//! | shape | calls | what it can say |
//! |---|---|---|
//! | `items` of `{invite, exception}` | invites sent, given grants, cancelled, answered | both, each may be null, none or both may come |
//! | `items` of `{response}` | grants of members set | `exception` is promised in prose and not in the schema |
//! | a list of what was done | roles, grants of partners, all removals | no place for a refusal |
//! | `exceptions` beside a list | groups changed and deleted | both |
//! | `exceptions` beside a map | requests to partners | which request was made; refusals name no partner |

use std::collections::BTreeSet;

use serde_json::Value;

use crate::connectors::Outcome;
use crate::model::{Principal, fold};
use crate::plan::Action;
use crate::plan::predict::asset_id;

use super::call::{Created, group_id, invited};

/// What an answer says of each action of its call, in their order.
pub(super) fn outcomes(actions: &[&Action], created: &Created, body: &Value) -> Vec<Outcome> {
    let one = |action: &&Action| match action {
        Action::CreateGroup { .. } => new_group(body),
        Action::AddToGroup { asset, .. } => content(action, asset_id(asset, created).ok(), true, created, body),
        Action::RemoveFromGroup { asset, .. } => content(action, asset_id(asset, created).ok(), false, created, body),
        Action::DeleteGroup { .. } => deleted_group(action, created, body),
        Action::InviteMember { .. } | Action::InvitePartner { .. } | Action::RequestPartner { .. } => {
            sent(action, actions.len() == 1, body)
                .map_or_else(|outcome| outcome, |id| Outcome::Done { created: Some(id) })
        }
        Action::AttachGrants { invite, .. }
        | Action::AcceptInvite { invite, .. }
        | Action::CancelInvite { invite, .. } => of_invite(invite, body),
        Action::SetGrant { principal: Principal::Person(person), asset, after, .. } => {
            let id = (person.id.as_deref().unwrap_or_default(), asset_id(asset, created).unwrap_or_default());
            member_grant((id.0, &id.1), after, body)
        }
        Action::RequestAccess { partner, .. } => request(&partner.id, body),
        Action::SetRole { person, .. } => listed(items(body), |item| is(item, "member_id", person.id.as_deref())),
        Action::RemoveMember { person, .. } => {
            listed(list(body, "deleted_members"), |item| word(item).as_deref() == person.id.as_deref())
        }
        Action::RemovePartner { partner, .. } => {
            listed(list(body, "deleted_partners"), |item| word(item).as_deref() == Some(&partner.id))
        }
        Action::SetGrant { principal, asset, .. } | Action::RemoveGrant { principal, asset, .. } => {
            let asset = asset_id(asset, created).ok();
            listed(items(body), |item| is(item, "asset_id", asset.as_deref()) && holds(item, principal))
        }
    };
    actions.iter().map(one).collect()
}

/// The id of the invite that an action sent.
///
/// An item that names nobody (a null invite and no exception, an invite without a user) is nobody's, unless it is the only one and
/// only one was asked for (`alone`).
pub(super) fn sent(action: &Action, alone: bool, body: &Value) -> Result<String, Outcome> {
    let Some(invited) = invited(action) else {
        return Err(unsaid("it invites nobody"));
    };
    let folded = fold(invited.name).into_owned();
    let named = |value: &Value| word(value).is_some_and(|name| fold(&name) == folded);
    let refusal = exceptions(body).find(|exception| list(exception, "users_or_partner_ids").iter().any(named));
    let user = |item: &&Value| {
        let user = &item["invite"]["user"];
        ["email", "username", "id"].iter().any(|key| named(&user[*key]))
    };
    // The address may be left out of what is shown of a user; another address is another user.
    let hidden =
        |item: &&Value| alone && items(body).len() == 1 && item["invite"]["user"][name_key(invited.name)].is_null();
    let found = items(body).iter().find(user).or_else(|| items(body).iter().find(hidden));
    let id = found.and_then(|item| text(&item["invite"], "id"));
    match (id, refusal) {
        (Some(id), None) => Ok(id),
        (None, Some(refusal)) => Err(Outcome::Failed { message: said(refusal) }),
        (Some(_), Some(refusal)) => Err(unsaid(&format!("the answer has both an invite and `{}`", said(refusal)))),
        (None, None) => Err(unsaid(&left_out(exceptions(body)))),
    }
}

/// Where an answer would show a name by which somebody was asked.
fn name_key(name: &str) -> &'static str {
    match name {
        address if address.contains('@') => "email",
        id if id.bytes().all(|byte| byte.is_ascii_digit()) => "id",
        _ => "username",
    }
}

/// What an answer says about one invite that was there before the call.
pub(super) fn of_invite(invite: &str, body: &Value) -> Outcome {
    let ours = |value: &Value| ["invite_or_request_id", "invite_id"].iter().any(|key| is(value, key, Some(invite)));
    let refusal = exceptions(body).find(|exception| ours(exception));
    let done = items(body).iter().any(|item| is(&item["invite"], "id", Some(invite)));
    match (done, refusal) {
        (true, None) => Outcome::Done { created: None },
        (false, Some(refusal)) => Outcome::Failed { message: said(refusal) },
        (true, Some(refusal)) => unsaid(&format!("the answer has both the invite and `{}`", said(refusal))),
        (false, None) => unsaid(&left_out(exceptions(body))),
    }
}

fn new_group(body: &Value) -> Outcome {
    match text(&body["asset_group"], "id") {
        Some(id) => Outcome::Done { created: Some(id) },
        None => unsaid("the answer does not tell the id of the group"),
    }
}

/// Done is what the group in the answer shows.
fn content(action: &Action, asset: Option<String>, inside: bool, created: &Created, body: &Value) -> Outcome {
    let group = group_id(action, created);
    let updated = list(body, "updated_asset_groups").iter().find(|item| is(item, "id", group.as_deref()));
    let refusal = of_group(group.as_deref(), body);
    match (updated, refusal) {
        (None, Some(refusal)) => Outcome::Failed { message: said(refusal) },
        (Some(updated), None) => {
            let lists = ["ad_accounts_ids", "profiles_ids", "catalogs_ids"];
            let shown = lists.iter().flat_map(|key| list(updated, key)).any(|id| word(id) == asset);
            if shown == inside { Outcome::Done { created: None } } else { unsaid("the answer does not show it") }
        }
        (Some(_), Some(refusal)) => unsaid(&format!("the answer has both the group and `{}`", said(refusal))),
        (None, None) => unsaid(&left_out(beside(body))),
    }
}

fn deleted_group(action: &Action, created: &Created, body: &Value) -> Outcome {
    let group = group_id(action, created);
    let deleted = list(body, "deleted_asset_groups").iter().any(|id| word(id) == group);
    match (deleted, of_group(group.as_deref(), body)) {
        (true, None) => Outcome::Done { created: None },
        (false, Some(refusal)) => Outcome::Failed { message: said(refusal) },
        (true, Some(refusal)) => unsaid(&format!("the answer has both the group and `{}`", said(refusal))),
        (false, None) => unsaid(&left_out(beside(body))),
    }
}

fn of_group<'b>(group: Option<&str>, body: &'b Value) -> Option<&'b Value> {
    beside(body).find(|exception| is(exception, "asset_group_id", group))
}

/// Done where the answer shows the very set that was sent.
fn member_grant((member, asset): (&str, &str), after: &[String], body: &Value) -> Outcome {
    let ours = |value: &Value| is(value, "member_id", Some(member)) && is(value, "asset_id", Some(asset));
    if let Some(item) =
        items(body).iter().find(|item| !item["exception"].is_null() && (ours(item) || ours(&item["exception"])))
    {
        return Outcome::Failed { message: said(&item["exception"]) };
    }
    let Some(item) = items(body).iter().find(|item| ours(&item["response"])) else {
        return unsaid(&left_out(exceptions(body)));
    };
    let shown: BTreeSet<String> = list(&item["response"], "permissions").iter().filter_map(word).collect();
    if shown == after.iter().cloned().collect() {
        return Outcome::Done { created: None };
    }
    unsaid(&format!("the answer shows `{}`", shown.into_iter().collect::<Vec<_>>().join(";")))
}

/// One request for everything that is asked of a partner: a refusal beside it may be about any part.
fn request(partner: &str, body: &Value) -> Outcome {
    let mut refusals = beside(body).peekable();
    match (text(&body["invites"], partner), refusals.peek()) {
        (Some(id), None) => Outcome::Done { created: Some(id) },
        _ => unsaid(&left_out(refusals)),
    }
}

/// Whether a list of what was done names it: either way the list has no place for a refusal.
fn listed(list: &[Value], ours: impl Fn(&Value) -> bool) -> Outcome {
    if list.iter().any(ours) {
        unsaid("the answer lists it, and has no place for a refusal")
    } else {
        unsaid("the answer leaves it out")
    }
}

fn holds(item: &Value, principal: &Principal) -> bool {
    match principal {
        Principal::Person(person) => is(item, "member_id", person.id.as_deref()),
        Principal::Partner(partner) => is(item, "partner_id", Some(&partner.id)),
    }
}

fn unsaid(message: &str) -> Outcome {
    Outcome::Unsaid { message: message.to_owned() }
}

/// With the refusals that name nobody.
fn left_out<'b>(refusals: impl Iterator<Item = &'b Value>) -> String {
    let words: BTreeSet<String> = refusals.map(said).collect();
    if words.is_empty() {
        return "the answer leaves it out".to_owned();
    }
    let words: Vec<String> = words.into_iter().take(3).collect();
    format!("the answer leaves it out and says `{}`", words.join("`, `"))
}

/// What a refusal says.
fn said(exception: &Value) -> String {
    let messages: Vec<String> = list(exception, "messages").iter().filter_map(word).collect();
    let words = text(exception, "message").unwrap_or_else(|| messages.join("; "));
    match (words.is_empty(), text(exception, "code")) {
        (true, Some(code)) => format!("refused with code {code}"),
        (true, None) => "refused without a reason".to_owned(),
        (false, Some(code)) => format!("{words} (code {code})"),
        (false, None) => words,
    }
}

fn items(body: &Value) -> &[Value] {
    list(body, "items")
}

/// Exceptions of items.
fn exceptions(body: &Value) -> impl Iterator<Item = &Value> {
    items(body).iter().map(|item| &item["exception"]).filter(|exception| !exception.is_null())
}

/// Exceptions beside a list or a map: a list of them, or a single one.
fn beside(body: &Value) -> impl Iterator<Item = &Value> {
    let single = body.get("exceptions").filter(|one| one.is_object());
    list(body, "exceptions").iter().chain(single)
}

fn list<'b>(value: &'b Value, key: &str) -> &'b [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text(value: &Value, key: &str) -> Option<String> {
    word(value.get(key)?)
}

/// A text; ids and codes may come as numbers.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn is(value: &Value, key: &str, wanted: Option<&str>) -> bool {
    wanted.is_some() && text(value, key).as_deref() == wanted
}
