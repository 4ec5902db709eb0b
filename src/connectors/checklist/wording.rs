//! Names of people, partners, assets and permissions in one language, as Markdown that foreign text cannot break out of.

use std::collections::BTreeMap;

use super::language::Texts;
use crate::model::{AssetRef, Direction, PartnerRef, PersonRef, Principal};
use crate::plan::{AttachedGrant, BusinessRef, EndingGrant, Place};
use crate::terminal::visible;

/// Says names in one language.
pub(super) struct Wording<'a> {
    pub texts: &'static Texts,
    /// Keys of the groups that a step of this checklist creates, with its number.
    pub created: BTreeMap<&'a str, usize>,
}

impl Wording<'_> {
    pub fn business(&self, business: &BusinessRef) -> String {
        let name = business.name.as_deref().unwrap_or(&business.key);
        let id = self.texts.fill(self.texts.business_id, &[("id", &code(&business.id))]);
        format!("{} ({id})", self.quoted(name))
    }

    /// A person's name, else what is known of them.
    pub fn person(&self, person: &PersonRef) -> String {
        match &person.name {
            Some(name) => escaped(name),
            None => self.handles(person).into_iter().next().unwrap_or_else(|| self.texts.nobody.to_owned()),
        }
    }

    /// A person's name with everything to look them up by.
    pub fn person_in_full(&self, person: &PersonRef) -> String {
        let handles = self.handles(person);
        match (&person.name, handles.split_first()) {
            (Some(name), Some(_)) => format!("{} ({})", escaped(name), handles.join(", ")),
            (None, Some((first, rest))) if !rest.is_empty() => {
                format!("{first} ({})", rest.join(", "))
            }
            _ => self.person(person),
        }
    }

    /// What to type where the console asks for a person.
    pub fn address(&self, person: &PersonRef) -> String {
        let known = [&person.email, &person.username, &person.id, &person.key];
        match known.into_iter().flatten().next() {
            Some(address) => code(address),
            None => self.texts.nobody.to_owned(),
        }
    }

    /// Address, user name and id; the key where the plan has none of them.
    fn handles(&self, person: &PersonRef) -> Vec<String> {
        let PersonRef { key, id, email, username, name: _ } = person;
        let mut handles: Vec<String> = [email, username].into_iter().flatten().map(|text| code(text)).collect();
        handles.extend(id.iter().map(|id| self.id(id)));
        if handles.is_empty() {
            handles.extend(key.iter().map(|key| code(key)));
        }
        handles
    }

    pub fn partner(&self, partner: &PartnerRef) -> String {
        self.quoted(&partner.label())
    }

    pub fn partner_in_full(&self, partner: &PartnerRef) -> String {
        let id = self.texts.fill(self.texts.business_id, &[("id", &code(&partner.id))]);
        if partner.name.is_none() && partner.key.is_none() {
            return id;
        }
        format!("{} ({id})", self.partner(partner))
    }

    pub fn direction(&self, direction: Direction) -> &'static str {
        match direction {
            Direction::Inbound => self.texts.inbound,
            Direction::Outbound => self.texts.outbound,
        }
    }

    pub fn principal(&self, principal: &Principal) -> String {
        match principal {
            Principal::Person(person) => self.person(person),
            Principal::Partner(partner) => self.partner(partner),
        }
    }

    pub fn principal_in_full(&self, principal: &Principal) -> String {
        match principal {
            Principal::Person(person) => self.person_in_full(person),
            Principal::Partner(partner) => self.partner_in_full(partner),
        }
    }

    /// The section of the console where such principals are listed.
    pub fn people(&self, principal: &Principal) -> &'static str {
        match principal {
            Principal::Person(_) => self.texts.employees,
            Principal::Partner(_) => self.texts.partners,
        }
    }

    pub fn asset(&self, asset: &AssetRef) -> String {
        self.quoted(&asset.label())
    }

    /// An asset's name with its type and id, or with the step that creates it.
    pub fn asset_in_full(&self, asset: &AssetRef) -> String {
        let kind = match self.texts.kind(&asset.kind) {
            Some(kind) => kind.title.to_owned(),
            None => code(&asset.kind),
        };
        let created = asset.key.as_deref().and_then(|key| self.created.get(key));
        let details = match (&asset.id, created) {
            (Some(id), _) => format!("{kind}, {}", self.id(id)),
            (None, Some(step)) => {
                let created = self.texts.fill(self.texts.created_in, &[("step", &step.to_string())]);
                format!("{kind}, {created}")
            }
            (None, None) => kind,
        };
        format!("{} ({details})", self.asset(asset))
    }

    /// The section of the console where such assets are listed.
    pub fn section(&self, asset: &AssetRef) -> String {
        match self.texts.kind(&asset.kind) {
            Some(kind) => kind.section.to_owned(),
            None => escaped(&asset.kind),
        }
    }

    /// The console's title of a role, permission or kind of group.
    pub fn title(&self, word: &str) -> String {
        match self.texts.title_of(word) {
            Some(title) => title.to_owned(),
            None => code(word),
        }
    }

    /// Titles only.
    pub fn titles(&self, words: &[String]) -> String {
        let titles: Vec<_> = words.iter().map(|word| self.title(word)).collect();
        self.joined(&titles)
    }

    /// Titles as the console shows them, each with the platform's word.
    pub fn permissions(&self, words: &[String]) -> String {
        let permissions: Vec<_> = words
            .iter()
            .map(|word| match self.texts.title_of(word) {
                Some(title) => format!("**{title}** ({})", code(word)),
                None => code(word),
            })
            .collect();
        self.joined(&permissions)
    }

    pub fn attached(&self, grants: &[AttachedGrant]) -> Vec<String> {
        grants.iter().map(|grant| self.ending(&self.asset_in_full(&grant.asset), &grant.permissions)).collect()
    }

    /// Grants of one principal, by asset.
    pub fn endings_by_asset(&self, grants: &[EndingGrant]) -> Vec<String> {
        grants.iter().map(|grant| self.ending(&self.asset_in_full(&grant.asset), &grant.permissions)).collect()
    }

    /// Grants on one asset, by principal.
    pub fn endings_by_principal(&self, grants: &[EndingGrant]) -> Vec<String> {
        grants
            .iter()
            .map(|grant| {
                let principal = match &grant.principal {
                    Some(principal) => self.principal_in_full(principal),
                    None => self.texts.nobody.to_owned(),
                };
                self.ending(&principal, &grant.permissions)
            })
            .collect()
    }

    fn ending(&self, principal: &str, permissions: &[String]) -> String {
        let rights = self.permissions(permissions);
        self.texts.fill(self.texts.ending, &[("principal", principal), ("rights", &rights)])
    }

    /// `a, b and c`.
    pub fn joined(&self, items: &[String]) -> String {
        match items.split_last() {
            None => String::new(),
            Some((last, [])) => last.clone(),
            Some((last, before)) => format!("{}{}{last}", before.join(", "), self.texts.and),
        }
    }

    pub fn quoted(&self, name: &str) -> String {
        self.texts.fill(self.texts.quoted, &[("name", &escaped(name))])
    }

    fn id(&self, id: &str) -> String {
        self.texts.fill(self.texts.id, &[("id", &code(id))])
    }
}

/// `file:line`.
pub(super) fn place(place: &Place) -> String {
    code(&format!("{}:{}", place.file, place.line))
}

/// An id, address or word in code type, where its letters allow it.
pub(super) fn code(text: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "@._-+:/;".contains(letter);
    if !text.is_empty() && text.chars().all(plain) && visible::same_length(text) == text {
        format!("`{text}`")
    } else {
        escaped(text)
    }
}

/// Foreign text as Markdown that shows it on one line and does nothing else: no markup, no comment, no line of its own, no
/// letters that turn the direction of the line or hide.
pub(super) fn escaped(text: &str) -> String {
    let on_one_line: String =
        text.chars().map(|letter| if letter.is_control() || letter.is_whitespace() { ' ' } else { letter }).collect();
    let mut escaped = String::with_capacity(text.len());
    for letter in visible::same_length(&on_one_line).chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            letter => escaped.push(letter),
        }
    }
    escaped.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::Language;
    use super::*;

    fn english() -> Wording<'static> {
        Wording { texts: Language::ENGLISH.texts(), created: BTreeMap::from([("emea", 4)]) }
    }

    fn group(key: &str, id: Option<&str>) -> AssetRef {
        AssetRef {
            key: Some(key.to_owned()),
            id: id.map(str::to_owned),
            name: Some("EMEA brands".to_owned()),
            kind: "ASSET_GROUP".to_owned(),
        }
    }

    #[test]
    fn people_are_named_with_what_is_known() {
        let mut bo = PersonRef {
            name: Some("Bo Larsen".to_owned()),
            email: Some("bo@acme.example".to_owned()),
            id: Some("123".to_owned()),
            ..PersonRef::default()
        };
        assert_eq!(english().person_in_full(&bo), "Bo Larsen (`bo@acme.example`, ID `123`)");
        assert_eq!(english().person(&bo), "Bo Larsen");
        bo.name = None;
        assert_eq!(english().person_in_full(&bo), "`bo@acme.example` (ID `123`)");
        bo.email = None;
        assert_eq!(english().person_in_full(&bo), "ID `123`");
        assert_eq!(english().address(&bo), "`123`");
        assert_eq!(english().person_in_full(&PersonRef::default()), "somebody without a name");
    }

    #[test]
    fn a_new_group_is_named_by_the_step_that_creates_it() {
        let wording = english();
        assert_eq!(wording.asset_in_full(&group("emea", None)), "“EMEA brands” (asset group, created in step\u{a0}4)");
        assert_eq!(wording.asset_in_full(&group("emea", Some("77"))), "“EMEA brands” (asset group, ID `77`)");
        assert_eq!(wording.asset_in_full(&group("apac", None)), "“EMEA brands” (asset group)");
    }

    #[test]
    fn unknown_words_stay_as_they_are() {
        let words = ["CAMPAIGN_MANAGER".to_owned(), "NEW_ONE".to_owned()];
        assert_eq!(english().permissions(&words), "**Campaign** (`CAMPAIGN_MANAGER`) and `NEW_ONE`");
        assert_eq!(english().titles(&words), "Campaign and `NEW_ONE`");
    }

    #[test]
    fn foreign_text_stays_text() {
        assert_eq!(escaped("a\n- [x] <!-- accord:end -->"), "a - \\[x\\] &lt;!-- accord:end --&gt;");
        assert_eq!(escaped("**bold** `code`"), "\\*\\*bold\\*\\* \\`code\\`");
        assert_eq!(escaped("\u{202e}gnp.exe\u{200b}"), "\u{fffd}gnp.exe\u{fffd}");
        // Letters by their class, and yet nothing to see: two names that look the same must not be told apart by them.
        assert_eq!(escaped("bo\u{3164}"), "bo\u{fffd}");
        assert_eq!(code("bo\u{115f}@acme.example"), "bo\u{fffd}@acme.example");
        assert_eq!(escaped("mehr\u{200d}nush"), "mehr\u{fffd}nush");
        assert_eq!(code("bo_larsen@acme.example"), "`bo_larsen@acme.example`");
        assert_eq!(code("a`b"), "a\\`b");
        assert_eq!(code(""), "");
    }

    #[test]
    fn lists_are_joined_as_people_write_them() {
        let items = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(english().joined(&items), "a, b and c");
        assert_eq!(english().joined(&items[..2]), "a and b");
        assert_eq!(english().joined(&items[..1]), "a");
        assert_eq!(english().joined(&[]), "");
    }
}
