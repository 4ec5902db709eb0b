//! What a language has to say, and how a text with placeholders is filled.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use super::{en, fr, nl};

/// A language of the checklist.
#[derive(Clone, Copy)]
pub struct Language(&'static Texts);

impl Language {
    /// English, the language of the rest of the program.
    pub const ENGLISH: Language = Language(&en::TEXTS);

    /// All of them, English first.
    pub const ALL: [Language; 3] = [Language::ENGLISH, Language(&fr::TEXTS), Language(&nl::TEXTS)];

    /// Its code, as the command line and the header of a checklist write it (`fr`).
    pub fn code(self) -> &'static str {
        self.0.code
    }

    /// Its own name for itself (`français`).
    pub fn name(self) -> &'static str {
        self.0.name
    }

    pub(super) fn texts(self) -> &'static Texts {
        self.0
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.code() == other.code()
    }
}

impl Eq for Language {}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A code that no language has.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("no checklist in the language `{code}`; there are {known}")]
pub struct UnknownLanguage {
    code: String,
    known: String,
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(code: &str) -> Result<Self, UnknownLanguage> {
        Language::ALL.into_iter().find(|language| language.code() == code).ok_or_else(|| UnknownLanguage {
            code: code.to_owned(),
            known: Language::ALL.map(|language| format!("`{}`", language.code())).join(", "),
        })
    }
}

/// Every text of one language. Placeholders stand in braces; a line whose value is empty is left out.
pub(super) struct Texts {
    pub code: &'static str,
    pub name: &'static str,
    /// Pairs that put unbreakable spaces where the language's typography wants them. Applied to the texts, not to names.
    pub spacing: &'static [(&'static str, &'static str)],

    /// Between the last two of a list.
    pub and: &'static str,
    /// `{name}` in the language's quotation marks.
    pub quoted: &'static str,
    /// Behind a name: `{id}`.
    pub id: &'static str,
    /// Behind a partner's name: `{id}`.
    pub business_id: &'static str,
    /// Behind the name of a group that an earlier step creates: `{step}`.
    pub created_in: &'static str,
    /// Somebody of whom no name, address or id is known.
    pub nobody: &'static str,
    /// What `principal` may do on `asset`: `{principal}`, `{rights}`.
    pub ending: &'static str,

    /// `{business}`.
    pub heading: &'static str,
    /// `{business}`, `{plan}`, `{as_of}`, `{count}`, `{only_manual}`.
    pub facts: &'static [&'static str],
    /// The value of `{only_manual}` where the checklist leaves out what the connector does.
    pub only_manual: &'static str,
    pub before_heading: &'static str,
    /// `{business}`.
    pub before: &'static [&'static str],
    pub ticking_heading: &'static str,
    pub ticking: &'static [&'static str],
    pub steps_heading: &'static str,
    pub no_steps: &'static str,

    /// `{steps}`: one number.
    pub after_one: &'static str,
    /// `{steps}`: several numbers.
    pub after_many: &'static str,
    /// `{operations}` of the plan that are not on this checklist.
    pub after_accord: &'static str,
    pub care_admin: &'static str,
    pub care_billing: &'static str,
    pub care_irreversible: &'static str,
    /// `{check}`.
    pub afterwards: &'static str,
    /// `{why}`.
    pub why: &'static str,
    /// `{places}`.
    pub written: &'static str,
    /// `{reasons}`, `{places}`.
    pub written_because: &'static str,
    pub unwritten: &'static str,
    /// `{place}`.
    pub unwritten_near: &'static str,
    /// `{until}`, `{place}`.
    pub ended: &'static str,
    /// `{operation}`, `{plan}`.
    pub undoes: &'static str,

    /// Sections of the console.
    pub employees: &'static str,
    pub partners: &'static str,
    /// They reach our assets; we reach theirs.
    pub inbound: &'static str,
    pub outbound: &'static str,

    /// Titles of the platform's words for roles, permissions and kinds of asset groups, as the console shows them.
    pub words: &'static [(&'static str, &'static str)],
    pub kinds: &'static [Kind],
    pub recipes: Recipes,
}

/// What a type of asset is called.
pub(super) struct Kind {
    /// The platform's word.
    pub word: &'static str,
    /// For people.
    pub title: &'static str,
    /// The section of the console where it is listed.
    pub section: &'static str,
}

/// How to do one kind of step.
pub(super) struct Recipe {
    /// One line, names only.
    pub title: &'static str,
    /// The clicks.
    pub how: &'static [&'static str],
    /// What to look for when it is done.
    pub check: &'static str,
}

/// One recipe for each kind of step.
pub(super) struct Recipes {
    /// `{what}`, `{description}`, `{types}`.
    pub create_group: Recipe,
    /// `{what}`, `{asset}`, `{section}`, `{group}`, `{into}`.
    pub add_to_group: Recipe,
    /// As for `add_to_group`.
    pub remove_from_group: Recipe,
    /// `{what}`, `{asset}`, `{contents}`, `{grants}`.
    pub delete_group: Recipe,
    /// `{who}`, `{address}`, `{role}`, `{grants}`.
    pub invite_member: Recipe,
    /// `{who}`, `{principal}`, `{address}`, `{grants}`.
    pub invite_partner: Recipe,
    /// As for `invite_partner`.
    pub request_partner: Recipe,
    /// `{who}`, `{principal}`, `{people}`, `{grants}`, `{dropped}`.
    pub attach_grants: Recipe,
    /// A request of theirs for our assets: as for `invite_partner`.
    pub accept_inbound: Recipe,
    /// An offer of theirs: as for `invite_partner`.
    pub accept_outbound: Recipe,
    /// `{who}`, `{principal}`, `{people}`.
    pub cancel_invite: Recipe,
    /// `{who}`, `{principal}`, `{before}`, `{role}`.
    pub set_role: Recipe,
    /// `{who}`, `{principal}`, `{people}`, `{what}`, `{asset}`, `{section}`, `{rights}`, `{on}`.
    pub give: Recipe,
    /// As for `give`, with `{off}` and `{all}`.
    pub change: Recipe,
    /// As for `give`, with `{had}`.
    pub take: Recipe,
    /// What a partner gave us: as for `take`.
    pub give_up: Recipe,
    /// As for `give`, with `{had}` and `{all}`.
    pub request_access: Recipe,
    /// `{who}`, `{principal}`, `{role}`, `{grants}`.
    pub remove_member: Recipe,
    /// `{who}`, `{principal}`, `{direction}`, `{grants}`.
    pub remove_partner: Recipe,
}

impl Texts {
    /// The console's title of a platform word; `None` for a word that this language doesn't know.
    pub fn title_of(&self, word: &str) -> Option<&'static str> {
        let entry = self.words.iter().find(|(known, _)| *known == word);
        entry.map(|(_, title)| *title)
    }

    pub fn kind(&self, word: &str) -> Option<&'static Kind> {
        self.kinds.iter().find(|kind| kind.word == word)
    }

    /// A text with the language's spaces and its values, which are put in as they are: ready-made Markdown.
    pub fn fill(&self, text: &str, values: &[(&str, &str)]) -> String {
        let spaced =
            self.spacing.iter().fold(Cow::from(text), |text, (plain, spaced)| Cow::from(text.replace(plain, spaced)));
        let mut filled = String::with_capacity(spaced.len());
        let mut rest = spaced.as_ref();
        while let Some((before, name, after)) = next_placeholder(rest) {
            filled.push_str(before);
            let value = values.iter().find(|(known, _)| *known == name);
            filled.push_str(value.map_or("", |(_, value)| value));
            rest = after;
        }
        filled.push_str(rest);
        filled
    }
}

/// The names of the placeholders of a text, in order.
pub(super) fn placeholders(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((_, name, after)) = next_placeholder(rest) {
        names.push(name);
        rest = after;
    }
    names
}

/// What stands before the first placeholder, its name, and what follows.
fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::platforms::by_name;

    impl Recipes {
        /// Every recipe with its name: a forgotten one does not compile.
        fn all(&self) -> [(&'static str, &Recipe); 19] {
            let Recipes {
                create_group,
                add_to_group,
                remove_from_group,
                delete_group,
                invite_member,
                invite_partner,
                request_partner,
                attach_grants,
                accept_inbound,
                accept_outbound,
                cancel_invite,
                set_role,
                give,
                change,
                take,
                give_up,
                request_access,
                remove_member,
                remove_partner,
            } = self;
            [
                ("create_group", create_group),
                ("add_to_group", add_to_group),
                ("remove_from_group", remove_from_group),
                ("delete_group", delete_group),
                ("invite_member", invite_member),
                ("invite_partner", invite_partner),
                ("request_partner", request_partner),
                ("attach_grants", attach_grants),
                ("accept_inbound", accept_inbound),
                ("accept_outbound", accept_outbound),
                ("cancel_invite", cancel_invite),
                ("set_role", set_role),
                ("give", give),
                ("change", change),
                ("take", take),
                ("give_up", give_up),
                ("request_access", request_access),
                ("remove_member", remove_member),
                ("remove_partner", remove_partner),
            ]
        }
    }

    impl Texts {
        /// Every text outside the recipes, by name.
        fn singles(&self) -> BTreeMap<&'static str, Vec<&'static str>> {
            let lists = [("facts", self.facts), ("before", self.before), ("ticking", self.ticking)];
            let texts = [
                ("code", self.code),
                ("name", self.name),
                ("and", self.and),
                ("quoted", self.quoted),
                ("id", self.id),
                ("business_id", self.business_id),
                ("created_in", self.created_in),
                ("nobody", self.nobody),
                ("ending", self.ending),
                ("heading", self.heading),
                ("only_manual", self.only_manual),
                ("before_heading", self.before_heading),
                ("ticking_heading", self.ticking_heading),
                ("steps_heading", self.steps_heading),
                ("no_steps", self.no_steps),
                ("after_one", self.after_one),
                ("after_many", self.after_many),
                ("after_accord", self.after_accord),
                ("care_admin", self.care_admin),
                ("care_billing", self.care_billing),
                ("care_irreversible", self.care_irreversible),
                ("afterwards", self.afterwards),
                ("why", self.why),
                ("written", self.written),
                ("written_because", self.written_because),
                ("unwritten", self.unwritten),
                ("unwritten_near", self.unwritten_near),
                ("ended", self.ended),
                ("undoes", self.undoes),
                ("employees", self.employees),
                ("partners", self.partners),
                ("inbound", self.inbound),
                ("outbound", self.outbound),
            ];
            let texts = texts.map(|(name, text)| (name, vec![text]));
            lists.map(|(name, list)| (name, list.to_vec())).into_iter().chain(texts).collect()
        }
    }

    fn names<'a>(texts: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
        texts.into_iter().flat_map(placeholders).collect()
    }

    fn whole(recipe: &Recipe) -> Vec<&'static str> {
        let Recipe { title, how, check } = recipe;
        [*title, *check].into_iter().chain(how.iter().copied()).collect()
    }

    #[test]
    fn every_language_has_every_text_with_the_same_values() {
        let english = Language::ENGLISH.texts();
        for language in Language::ALL {
            let singles = language.texts().singles();
            for (name, texts) in english.singles() {
                let own = &singles[name];
                assert!(own.iter().all(|text| !text.trim().is_empty()), "{language:?} {name}");
                assert_eq!(own.len(), texts.len(), "{language:?} {name}");
                assert_eq!(names(own.clone()), names(texts), "{language:?} {name}");
            }
            for ((name, own), (_, recipe)) in language.texts().recipes.all().into_iter().zip(english.recipes.all()) {
                let texts = whole(own);
                assert!(texts.iter().all(|text| !text.trim().is_empty()), "{language:?} {name}");
                assert_eq!(own.how.len(), recipe.how.len(), "{language:?} {name}");
                for (line, english) in own.how.iter().zip(recipe.how) {
                    assert_eq!(names([*line]), names([*english]), "{language:?} {name}");
                }
                assert_eq!(names(texts), names(whole(recipe)), "{language:?} {name}");
            }
        }
    }

    #[test]
    fn every_word_of_the_platform_has_a_title_in_every_language() {
        let pinterest = by_name("pinterest").unwrap();
        for language in Language::ALL {
            let texts = language.texts();
            for word in pinterest
                .permissions
                .iter()
                .map(|permission| permission.word)
                .chain(pinterest.roles.iter().map(|role| role.word))
                .chain(["BRAND", "LOCATION_OR_LANGUAGE", "PRODUCT_LINE", "OTHER"])
            {
                assert!(texts.title_of(word).is_some(), "{language:?} {word}");
            }
            for kind in pinterest.asset_types {
                assert!(texts.kind(kind.word).is_some(), "{language:?} {}", kind.word);
            }
            let titles: BTreeSet<_> = texts.words.iter().map(|(_, title)| title).collect();
            assert_eq!(titles.len(), texts.words.len(), "{language:?}: one title, one word");
        }
    }

    #[test]
    fn languages_are_found_by_code_and_codes_differ() {
        let codes: BTreeSet<_> = Language::ALL.iter().map(|language| language.code()).collect();
        assert_eq!(codes, BTreeSet::from(["en", "fr", "nl"]));
        for language in Language::ALL {
            assert_eq!(language.code().parse(), Ok(language));
        }
        let problem = "de".parse::<Language>().unwrap_err().to_string();
        assert_eq!(problem, "no checklist in the language `de`; there are `en`, `fr`, `nl`");
    }

    #[test]
    fn values_are_put_in_once_and_as_they_are() {
        let texts = Language::ENGLISH.texts();
        let values = [("who", "{what} : x"), ("what", "y")];
        assert_eq!(texts.fill("a {who} b {what}", &values), "a {what} : x b y");
        assert_eq!(texts.fill("{unknown}no brace }", &values), "no brace }");
    }

    #[test]
    fn french_typography_binds_double_punctuation_and_guillemets() {
        let french = "fr".parse::<Language>().unwrap().texts();
        assert_eq!(
            french.fill("À vérifier : « {x} » ; sûr ?", &[("x", "a : b")]),
            "À vérifier\u{a0}: «\u{a0}a : b\u{a0}»\u{202f}; sûr\u{202f}?"
        );
    }
}
