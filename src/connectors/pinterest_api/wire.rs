//! Rows of answers, read tolerantly: a key may be missing, null, or hold a value nobody knows; keys that nobody asked for are passed over.

use jiff::Timestamp;
use serde_json::Value;

/// Somebody: a person, or a business.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(super) struct User {
    pub(super) id: Option<String>,
    pub(super) username: Option<String>,
    pub(super) email: Option<String>,
}

/// A membership, a partnership, or an employer.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Binding {
    /// Of the member, partner or employer.
    pub(super) id: String,
    pub(super) user: User,
    pub(super) roles: Vec<String>,
    /// Whether it is we who reach their assets.
    pub(super) shared: Option<bool>,
    pub(super) created: Option<Timestamp>,
    pub(super) created_by: User,
    /// Ad accounts and profiles that they reach, where the platform says so.
    pub(super) reach: Option<Vec<Grant>>,
}

/// An asset with permissions.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Grant {
    pub(super) asset: String,
    pub(super) permissions: Vec<String>,
}

/// An asset of the business, or one that somebody was given; then with permissions.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Asset {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) name: Option<String>,
    pub(super) permissions: Vec<String>,
    pub(super) group: Option<Group>,
}

/// What is in a group.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Group {
    pub(super) owner: Option<String>,
    pub(super) updated: Option<Timestamp>,
    /// Ids of ad accounts, profiles and catalogs; `None` where a list was not told.
    pub(super) contents: Option<Vec<String>>,
}

/// Somebody with permissions on the asset that was asked for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Held {
    pub(super) holder: String,
    pub(super) permissions: Vec<String>,
}

/// An invite or request.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Invite {
    pub(super) id: String,
    pub(super) kind: Option<String>,
    pub(super) status: Option<String>,
    pub(super) received: bool,
    pub(super) user: User,
    /// The business that sent it.
    pub(super) sender: User,
    pub(super) roles: Vec<String>,
    pub(super) sent: Option<Timestamp>,
    pub(super) updated: Option<Timestamp>,
    pub(super) expires: Option<Timestamp>,
    pub(super) grants: Vec<Grant>,
}

/// An ad account as the list of accounts has it: the only place where its name and its owner stand.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) owner: Option<String>,
}

impl User {
    /// Of an object, or of nothing.
    pub(super) fn of(value: Option<&Value>) -> Self {
        let Some(value) = value else { return User::default() };
        User { id: text(value, "id"), username: text(value, "username"), email: text(value, "email") }
    }

    /// What people call them: the address, else the user name, else the id.
    pub(super) fn named(&self) -> Option<&str> {
        self.email.as_deref().or(self.username.as_deref()).or(self.id.as_deref())
    }
}

impl Binding {
    /// `None` where it is about nobody.
    pub(super) fn of(value: &Value) -> Option<Self> {
        let user = User::of(value.get("user"));
        Some(Binding {
            id: text(value, "id").or_else(|| user.id.clone())?,
            user,
            roles: words(value.get("business_roles")),
            shared: value.get("is_shared_partner").and_then(Value::as_bool),
            created: moment(value.get("created_time")),
            created_by: User::of(value.get("created_by_user")),
            reach: summary(value.get("assets_summary")),
        })
    }
}

impl Asset {
    /// `None` where it has no id.
    pub(super) fn of(value: &Value) -> Option<Self> {
        let group = value.get("asset_group_info").filter(|info| info.is_object());
        let catalog = value.get("catalog_info").filter(|info| info.is_object());
        let group_name = group.and_then(|info| text(info, "asset_group_name"));
        let catalog_name = catalog.and_then(|info| text(info, "name"));
        Some(Asset {
            id: text(value, "asset_id")?,
            kind: text(value, "asset_type").unwrap_or_default(),
            name: group_name.or(catalog_name),
            permissions: words(value.get("permissions")),
            group: group.map(Group::of),
        })
    }
}

impl Group {
    fn of(info: &Value) -> Self {
        let lists = ["ad_accounts_ids", "profiles_ids", "catalogs_ids"].map(|key| info.get(key));
        // A list that is null is one without rows, by the description; one that is missing altogether was not told.
        let told = lists.iter().any(Option::is_some);
        let mut ids: Vec<String> = lists.into_iter().flat_map(words).collect();
        ids.sort_unstable();
        ids.dedup();
        Group {
            owner: User::of(info.get("owner")).id,
            updated: moment(info.get("updated_time")),
            contents: told.then_some(ids),
        }
    }
}

impl Held {
    /// `None` where it is about nobody.
    pub(super) fn of(value: &Value) -> Option<Self> {
        Some(Held { holder: User::of(value.get("user")).id?, permissions: words(value.get("permissions")) })
    }
}

impl Invite {
    /// `None` where it has no id.
    pub(super) fn of(value: &Value) -> Option<Self> {
        let data = value.get("invite_data").unwrap_or(&Value::Null);
        Some(Invite {
            id: text(value, "id")?,
            kind: text(data, "invite_type"),
            status: text(data, "invite_status"),
            received: value.get("is_received_invite").and_then(Value::as_bool).unwrap_or_default(),
            user: User::of(value.get("user")),
            sender: User::of(value.get("created_by_business")),
            roles: words(value.get("business_roles")),
            sent: moment(data.get("sent_at")).or_else(|| moment(value.get("created_time"))),
            updated: moment(data.get("last_updated_time")),
            expires: moment(data.get("invite_expiration")),
            grants: summary(value.get("assets_summary")).unwrap_or_default(),
        })
    }
}

impl Account {
    /// `None` where it has no id.
    pub(super) fn of(value: &Value) -> Option<Self> {
        let owner = User::of(value.get("owner")).id;
        Some(Account { id: text(value, "id")?, name: text(value, "name"), owner })
    }
}

/// A text; ids that a server writes as numbers are taken as they stand. Nothing and the empty text are the same.
fn text(value: &Value, key: &str) -> Option<String> {
    match value.get(key)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The texts of a list, sorted, each once. What is no text is left out.
fn words(value: Option<&Value>) -> Vec<String> {
    let list = value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut words: Vec<String> = list
        .iter()
        .filter_map(|word| match word {
            Value::String(word) if !word.is_empty() => Some(word.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// A moment in milliseconds.
fn moment(value: Option<&Value>) -> Option<Timestamp> {
    let value = value?;
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok())?;
    Timestamp::from_millisecond(number).ok()
}

/// Ad accounts and profiles with permissions; `None` where nothing was told.
fn summary(value: Option<&Value>) -> Option<Vec<Grant>> {
    let value = value.filter(|value| value.is_object())?;
    let rows = ["ad_accounts", "profiles"].into_iter().filter_map(|key| value.get(key)?.as_array()).flatten();
    let grant = |row: &Value| Some(Grant { asset: text(row, "id")?, permissions: words(row.get("permissions")) });
    let mut grants: Vec<Grant> = rows.filter_map(grant).filter(|grant| !grant.permissions.is_empty()).collect();
    grants.sort_unstable();
    Some(grants)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_member_is_read_with_milliseconds_and_what_they_reach() {
        let row = json!({
            "id": "383791336903426391",
            "user": {"id": "383791336903426391", "username": "bo", "email": null},
            "business_roles": ["BIZ_ADMIN"],
            "created_time": 1_646_767_577_816_i64,
            "created_by_user": {"email": "ana@acme.example"},
            "assets_summary": {"ad_accounts": [{"id": "1", "permissions": ["ANALYST", "ADMIN"]}], "profiles": null},
            "is_shared_partner": false,
            "something_new": {"a": [1]},
        });
        let member = Binding::of(&row).unwrap();
        assert_eq!(member.created.unwrap().to_string(), "2022-03-08T19:26:17.816Z");
        assert_eq!((member.user.email.as_deref(), member.user.named()), (None, Some("bo")));
        assert_eq!(member.created_by.named(), Some("ana@acme.example"));
        assert_eq!(
            member.reach.unwrap(),
            [Grant { asset: "1".into(), permissions: vec!["ADMIN".into(), "ANALYST".into()] }]
        );
    }

    #[test]
    fn nothing_is_needed_but_an_id() {
        let member = Binding::of(&json!({"user": {"id": "7"}})).unwrap();
        assert_eq!((member.id.as_str(), member.roles.len(), member.reach), ("7", 0, None));
        let all_null = json!({
            "id": "7", "user": null, "business_roles": null, "created_time": null, "created_by_user": null,
            "assets_summary": null, "is_shared_partner": null,
        });
        assert_eq!(Binding::of(&all_null).unwrap().user, User::default());
        assert!(Binding::of(&json!({"user": {"username": "bo"}})).is_none());
        assert!(Invite::of(&json!({"id": "5", "user": null, "invite_data": null})).is_some());
        for nonsense in [json!(null), json!([]), json!("x"), json!(1)] {
            assert!(
                Binding::of(&nonsense).is_none() && Asset::of(&nonsense).is_none() && Held::of(&nonsense).is_none()
            );
        }
    }

    #[test]
    fn ids_stay_texts_of_any_length() {
        let long = "1234567890123456789012345";
        let asset = Asset::of(&json!({"asset_id": long, "asset_type": "SOMETHING_NEW", "permissions": ["SOS_READER"]}))
            .unwrap();
        assert_eq!((asset.id.as_str(), asset.kind.as_str()), (long, "SOMETHING_NEW"));
        assert_eq!(asset.permissions, ["SOS_READER"]);
    }

    #[test]
    fn a_group_tells_what_is_in_it_or_that_it_does_not() {
        let group = |info| Asset::of(&json!({"asset_id": "1", "asset_type": "ASSET_GROUP", "asset_group_info": info}));
        let told =
            group(json!({"asset_group_name": "Canada", "ad_accounts_ids": ["3", "2"], "profiles_ids": null})).unwrap();
        assert_eq!(told.name.as_deref(), Some("Canada"));
        assert_eq!(told.group.unwrap().contents.unwrap(), ["2", "3"]);
        assert_eq!(group(json!({"asset_group_name": "Canada"})).unwrap().group.unwrap().contents, None);
        assert_eq!(group(json!(null)).unwrap().group, None);
    }
}
