//! From an action to a step: which recipe, and what goes into its placeholders.

use super::language::{Recipe, placeholders};
use super::wording::{Wording, code};
use crate::model::{AssetRef, Direction, PartnerRef, PersonRef, Principal};
use crate::plan::{Action, AttachedGrant, EndingGrant};

/// A recipe with its values.
pub(super) struct Step {
    recipe: &'static Recipe,
    values: Vec<(&'static str, String)>,
    lists: Vec<(&'static str, Vec<String>)>,
}

/// One instruction: a line, and items below it.
pub(super) struct Instruction {
    pub line: String,
    pub items: Vec<String>,
}

impl Step {
    pub fn title(&self, wording: &Wording<'_>) -> String {
        self.fill(wording, self.recipe.title)
    }

    pub fn check(&self, wording: &Wording<'_>) -> String {
        self.fill(wording, self.recipe.check)
    }

    /// The clicks. What has nothing to say (no description, nothing to switch off) is left out.
    pub fn instructions(&self, wording: &Wording<'_>) -> Vec<Instruction> {
        let said = self.recipe.how.iter().filter(|line| self.has_values(line));
        said.map(|line| Instruction { line: self.fill(wording, line).trim_end().to_owned(), items: self.items(line) })
            .collect()
    }

    fn has_values(&self, line: &str) -> bool {
        placeholders(line).into_iter().all(|name| {
            let text = self.values.iter().find(|(known, _)| *known == name);
            let list = self.lists.iter().find(|(known, _)| *known == name);
            text.is_some_and(|(_, text)| !text.is_empty()) || list.is_some_and(|(_, items)| !items.is_empty())
        })
    }

    fn items(&self, line: &str) -> Vec<String> {
        let names = placeholders(line);
        let lists = self.lists.iter().filter(|(name, _)| names.contains(name));
        lists.flat_map(|(_, items)| items.clone()).collect()
    }

    fn fill(&self, wording: &Wording<'_>, text: &str) -> String {
        let values: Vec<_> = self.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        wording.texts.fill(text, &values)
    }
}

/// The step for an action.
pub(super) fn of(action: &Action, wording: &Wording<'_>) -> Step {
    let recipes = &wording.texts.recipes;
    match action {
        Action::CreateGroup { group, description, types } => create_group(wording, group, description, types),
        Action::AddToGroup { group, asset } => content(wording, &recipes.add_to_group, group, asset),
        Action::RemoveFromGroup { group, asset } => content(wording, &recipes.remove_from_group, group, asset),
        Action::DeleteGroup { group, contents, grants } => delete_group(wording, group, contents, grants),
        Action::InviteMember { person, role, grants } => invite_member(wording, person, role, grants),
        Action::InvitePartner { partner, grants } => new_partner(wording, &recipes.invite_partner, partner, grants),
        Action::RequestPartner { partner, grants } => new_partner(wording, &recipes.request_partner, partner, grants),
        Action::AttachGrants { invite: _, invitee, before, after } => attach_grants(wording, invitee, before, after),
        Action::AcceptInvite { invite: _, partner, grants } => {
            let recipe = match partner.direction {
                Direction::Inbound => &recipes.accept_inbound,
                Direction::Outbound => &recipes.accept_outbound,
            };
            new_partner(wording, recipe, partner, grants)
        }
        Action::CancelInvite { invite: _, invitee, role: _, grants: _ } => {
            about(wording, &recipes.cancel_invite, invitee)
        }
        Action::SetRole { person, before, after } => set_role(wording, person, before, after),
        Action::SetGrant { principal, asset, before, after } => set_grant(wording, principal, asset, before, after),
        Action::RemoveGrant { principal, asset, before } => remove_grant(wording, principal, asset, before),
        Action::RequestAccess { partner, asset, before, after } => {
            request_access(wording, partner, asset, before, after)
        }
        Action::RemoveMember { person, role, grants } => remove_member(wording, person, role, grants),
        Action::RemovePartner { partner, grants } => remove_partner(wording, partner, grants),
    }
}

fn create_group(wording: &Wording<'_>, group: &AssetRef, description: &str, types: &[String]) -> Step {
    Step {
        recipe: &wording.texts.recipes.create_group,
        values: vec![
            ("what", wording.asset(group)),
            ("description", if description.trim().is_empty() { String::new() } else { wording.quoted(description) }),
            ("types", wording.permissions(types)),
        ],
        lists: Vec::new(),
    }
}

fn content(wording: &Wording<'_>, recipe: &'static Recipe, group: &AssetRef, asset: &AssetRef) -> Step {
    Step {
        recipe,
        values: vec![
            ("what", wording.asset(asset)),
            ("asset", wording.asset_in_full(asset)),
            ("section", wording.section(asset)),
            ("into", wording.asset(group)),
            ("group", wording.asset_in_full(group)),
        ],
        lists: Vec::new(),
    }
}

fn delete_group(wording: &Wording<'_>, group: &AssetRef, contents: &[AssetRef], grants: &[EndingGrant]) -> Step {
    Step {
        recipe: &wording.texts.recipes.delete_group,
        values: vec![("what", wording.asset(group)), ("asset", wording.asset_in_full(group))],
        lists: vec![
            ("contents", contents.iter().map(|asset| wording.asset_in_full(asset)).collect()),
            ("grants", wording.endings_by_principal(grants)),
        ],
    }
}

fn invite_member(wording: &Wording<'_>, person: &PersonRef, role: &str, grants: &[AttachedGrant]) -> Step {
    Step {
        recipe: &wording.texts.recipes.invite_member,
        values: vec![
            ("who", wording.person(person)),
            ("address", wording.address(person)),
            ("role", wording.title(role)),
        ],
        lists: vec![("grants", wording.attached(grants))],
    }
}

fn new_partner(wording: &Wording<'_>, recipe: &'static Recipe, partner: &PartnerRef, grants: &[AttachedGrant]) -> Step {
    Step {
        recipe,
        values: vec![
            ("who", wording.partner(partner)),
            ("principal", wording.partner_in_full(partner)),
            ("address", code(&partner.id)),
        ],
        lists: vec![("grants", wording.attached(grants))],
    }
}

fn attach_grants(
    wording: &Wording<'_>,
    invitee: &Principal,
    before: &[AttachedGrant],
    after: &[AttachedGrant],
) -> Step {
    let kept = |grant: &AttachedGrant| after.iter().any(|new| new.asset.identity() == grant.asset.identity());
    let dropped: Vec<_> = before.iter().filter(|grant| !kept(grant)).cloned().collect();
    let mut step = about(wording, &wording.texts.recipes.attach_grants, invitee);
    step.lists = vec![("grants", wording.attached(after)), ("dropped", wording.attached(&dropped))];
    step
}

/// A step about somebody and nothing else.
fn about(wording: &Wording<'_>, recipe: &'static Recipe, principal: &Principal) -> Step {
    Step {
        recipe,
        values: vec![
            ("who", wording.principal(principal)),
            ("principal", wording.principal_in_full(principal)),
            ("people", wording.people(principal).to_owned()),
        ],
        lists: Vec::new(),
    }
}

fn set_role(wording: &Wording<'_>, person: &PersonRef, before: &str, after: &str) -> Step {
    Step {
        recipe: &wording.texts.recipes.set_role,
        values: vec![
            ("who", wording.person(person)),
            ("principal", wording.person_in_full(person)),
            ("before", wording.title(before)),
            ("role", wording.title(after)),
        ],
        lists: Vec::new(),
    }
}

fn set_grant(
    wording: &Wording<'_>,
    principal: &Principal,
    asset: &AssetRef,
    before: &[String],
    after: &[String],
) -> Step {
    let recipes = &wording.texts.recipes;
    let recipe = if before.is_empty() { &recipes.give } else { &recipes.change };
    rights(wording, recipe, principal, asset, before, after)
}

fn remove_grant(wording: &Wording<'_>, principal: &Principal, asset: &AssetRef, before: &[String]) -> Step {
    let recipes = &wording.texts.recipes;
    let recipe = match principal {
        Principal::Partner(partner) if partner.direction == Direction::Outbound => &recipes.give_up,
        Principal::Partner(_) | Principal::Person(_) => &recipes.take,
    };
    rights(wording, recipe, principal, asset, before, &[])
}

fn request_access(
    wording: &Wording<'_>,
    partner: &PartnerRef,
    asset: &AssetRef,
    before: &[String],
    after: &[String],
) -> Step {
    let principal = Principal::Partner(partner.clone());
    let recipe = &wording.texts.recipes.request_access;
    rights(wording, recipe, &principal, asset, before, after)
}

/// A step about what somebody may do on an asset.
fn rights(
    wording: &Wording<'_>,
    recipe: &'static Recipe,
    principal: &Principal,
    asset: &AssetRef,
    before: &[String],
    after: &[String],
) -> Step {
    let only = |these: &[String], others: &[String]| -> Vec<String> {
        these.iter().filter(|word| !others.contains(word)).cloned().collect()
    };
    let mut step = about(wording, recipe, principal);
    step.values.extend([
        ("what", wording.asset(asset)),
        ("asset", wording.asset_in_full(asset)),
        ("section", wording.section(asset)),
        ("rights", wording.titles(after)),
        ("all", wording.permissions(after)),
        ("had", wording.permissions(before)),
        ("on", wording.permissions(&only(after, before))),
        ("off", wording.permissions(&only(before, after))),
    ]);
    step
}

fn remove_member(wording: &Wording<'_>, person: &PersonRef, role: &str, grants: &[EndingGrant]) -> Step {
    Step {
        recipe: &wording.texts.recipes.remove_member,
        values: vec![
            ("who", wording.person(person)),
            ("principal", wording.person_in_full(person)),
            ("role", wording.title(role)),
        ],
        lists: vec![("grants", wording.endings_by_asset(grants))],
    }
}

fn remove_partner(wording: &Wording<'_>, partner: &PartnerRef, grants: &[EndingGrant]) -> Step {
    Step {
        recipe: &wording.texts.recipes.remove_partner,
        values: vec![
            ("who", wording.partner(partner)),
            ("principal", wording.partner_in_full(partner)),
            ("direction", wording.direction(partner.direction).to_owned()),
        ],
        lists: vec![("grants", wording.endings_by_asset(grants))],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::{Language, sample};
    use super::*;

    #[test]
    fn every_action_has_a_value_for_each_placeholder_in_every_language() {
        for language in Language::ALL {
            let wording = Wording { texts: language.texts(), created: BTreeMap::new() };
            for action in sample::actions() {
                let step = of(&action, &wording);
                let known = |name: &str| {
                    step.values.iter().any(|(known, _)| *known == name)
                        || step.lists.iter().any(|(known, _)| *known == name)
                };
                let Recipe { title, how, check } = step.recipe;
                for text in [title, check].into_iter().chain(how.iter()) {
                    for name in placeholders(text) {
                        assert!(known(name), "{language:?}: `{name}` in `{text}`");
                    }
                }
                assert!(!step.title(&wording).contains("  "), "{}", step.title(&wording));
                assert!(step.instructions(&wording).len() >= 2);
            }
        }
    }

    #[test]
    fn a_title_and_a_check_never_have_an_empty_value() {
        for language in Language::ALL {
            let wording = Wording { texts: language.texts(), created: BTreeMap::new() };
            for action in sample::actions() {
                let step = of(&action, &wording);
                assert!(step.has_values(step.recipe.title), "{}", step.recipe.title);
                assert!(step.has_values(step.recipe.check), "{}", step.recipe.check);
            }
        }
    }
}
