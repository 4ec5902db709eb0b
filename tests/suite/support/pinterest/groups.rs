//! The operations that change asset groups, system users and brand accounts.

use serde_json::{Value, json};

use super::call::{Call, Done, Refusal, string, words};
use super::faults::Fate;
use super::shapes::ASSET_GROUP;
use super::world::{Asset, Group};

pub fn create(call: &mut Call<'_>) -> Done {
    let id = call.world.mint();
    let name = string(&call.body, "asset_group_name");
    let owner_business = Some(call.world.id.clone());
    let asset =
        Asset { id: id.clone(), kind: ASSET_GROUP.to_owned(), name: Some(name.clone()), owner_business, client: None };
    let group = Group {
        description: Some(string(&call.body, "asset_group_description")),
        types: words(&call.body["asset_group_types"]).into_iter().collect(),
        created_by: Some(call.who.name.clone()),
        created: Some(call.now),
        updated: Some(call.now),
    };
    call.world.groups.insert(id.clone(), group);
    call.world.assets.insert(id, asset.clone());
    // By its name: a group made twice has two ids.
    call.effect(format!("group named {name}"), None, Some("created".to_owned()));
    Ok(json!({ "asset_group": call.group(&asset) }))
}

pub fn update(call: &mut Call<'_>) -> Done {
    let items = call.items("asset_groups_to_update");
    each(call, &items, "updated_asset_groups", |item| string(item, "asset_group_id"), update_one)
}

pub fn delete(call: &mut Call<'_>) -> Done {
    let items = call.items("asset_groups_to_delete");
    let id = |item: &Value| item.as_str().unwrap_or_default().to_owned();
    each(call, &items, "deleted_asset_groups", id, |call, item| {
        let group = own_group(call, item.as_str().unwrap_or_default())?;
        call.world.delete_group(&group.id);
        call.effect(format!("group {}", group.id), group.name, None);
        Ok(json!(group.id))
    })
}

/// The answer has a list of exceptions beside the list of what was done.
fn each(
    call: &mut Call<'_>,
    items: &[Value],
    key: &str,
    id: impl Fn(&Value) -> String,
    perform: impl Fn(&mut Call<'_>, &Value) -> Result<Value, Refusal>,
) -> Done {
    let (mut told, mut exceptions) = (Vec::new(), Vec::new());
    for (index, item) in items.iter().enumerate() {
        let fate = call.fired.fate(index);
        let scripted = Err(Refusal::new(500, 500, "Something went wrong."));
        let answer = if fate.done() { perform(call, item) } else { scripted };
        match answer {
            _ if matches!(fate, Fate::Missing | Fate::Untold | Fate::Empty) => {}
            Ok(answer) => told.push(answer),
            Err(refusal) => {
                let (code, message) = (refusal.code, refusal.message);
                exceptions.push(json!({ "asset_group_id": id(item), "code": code, "message": message }));
            }
        }
    }
    let exceptions = if exceptions.is_empty() { Value::Null } else { json!(exceptions) };
    Ok(json!({ key: told, "exceptions": exceptions }))
}

fn own_group(call: &Call<'_>, id: &str) -> Result<Asset, Refusal> {
    let group = call.world.assets.get(id).filter(|row| row.kind == ASSET_GROUP && call.world.owns(row));
    group.cloned().ok_or_else(|| Refusal::new(403, 29, "You are not permitted to access that resource."))
}

fn update_one(call: &mut Call<'_>, item: &Value) -> Result<Value, Refusal> {
    let group = own_group(call, &string(item, "asset_group_id"))?;
    let (add, remove) = (words(&item["assets_to_add"]), words(&item["assets_to_remove"]));
    for id in &add {
        let asset = call.world.assets.get(id).filter(|row| row.kind != ASSET_GROUP);
        asset.ok_or_else(|| Refusal::new(404, 29, format!("Invalid asset id: {id}")))?;
    }
    for (ids, inside) in [(add, true), (remove, false)] {
        for id in ids {
            put(call, &group.id, id, inside);
        }
    }
    rename(call, &group, item);
    let now = call.now;
    call.world.groups.entry(group.id.clone()).or_default().updated = Some(now);
    let group = call.world.assets[&group.id].clone();
    Ok(call.group(&group))
}

fn put(call: &mut Call<'_>, group: &str, asset: String, inside: bool) {
    let key = format!("{asset} in group {group}");
    let content = (group.to_owned(), asset);
    let was = call.world.contents.contains(&content);
    if inside {
        call.world.contents.insert(content);
    } else {
        call.world.contents.remove(&content);
    }
    let word = |inside: bool| inside.then(|| "inside".to_owned());
    call.effect(key, word(was), word(inside));
}

fn rename(call: &mut Call<'_>, group: &Asset, item: &Value) {
    if let Some(name) = item["name"].as_str() {
        let row = call.world.assets.get_mut(&group.id).expect("the group is there");
        let old = row.name.replace(name.to_owned());
        call.effect(format!("name of group {}", group.id), old, Some(name.to_owned()));
    }
    let about = call.world.groups.entry(group.id.clone()).or_default();
    if let Some(description) = item["description"].as_str() {
        about.description = Some(description.to_owned());
    }
    if item["asset_group_types"].is_array() {
        about.types = words(&item["asset_group_types"]).into_iter().collect();
    }
}

pub fn rename_system_user(call: &mut Call<'_>) -> Done {
    let id = call.text("system_user_id");
    let name = string(&call.body, "name");
    let user = call.world.members.get_mut(&id).filter(|member| member.system_user);
    let user = user.ok_or_else(|| Refusal::new(404, 30, "User not found."))?;
    let old = user.username.replace(name.clone());
    call.effect(format!("name of system user {id}"), old, Some(name));
    Ok(Value::Null)
}

pub fn create_brand_account(call: &mut Call<'_>) -> Done {
    own_hierarchy(call)?;
    let id = call.world.mint();
    let name = string(&call.body, "username");
    let taken = call.world.brands.values().any(|brand| brand["username"] == call.body["username"]);
    if taken {
        return Err(Refusal::new(409, 409, format!("Username is taken: {name}")));
    }
    call.world.brands.insert(id.clone(), call.body.clone());
    call.effect(format!("brand account named {name}"), None, Some("created".to_owned()));
    Ok(json!({ "brand_account_id": id }))
}

pub fn update_brand_account(call: &mut Call<'_>) -> Done {
    own_hierarchy(call)?;
    let id = call.text("brand_account_id");
    let other = call.world.id == id || call.world.partners.keys().any(|(partner, _)| *partner == id);
    if other {
        return Err(Refusal::new(409, 409, "This account is not a brand account."));
    }
    let brand = call.world.brands.get_mut(&id).ok_or_else(|| Refusal::new(404, 404, "User not found."))?;
    let before = brand.to_string();
    for (key, value) in call.body.as_object().into_iter().flatten() {
        brand[key] = value.clone();
    }
    let after = brand.to_string();
    call.effect(format!("brand account {id}"), Some(before), Some(after));
    Ok(json!({ "brand_account_id": id }))
}

fn own_hierarchy(call: &Call<'_>) -> Result<(), Refusal> {
    if call.text("business_hierarchy_id") == call.hierarchy && call.manages() {
        return Ok(());
    }
    Err(Refusal::forbidden(call.choices))
}
