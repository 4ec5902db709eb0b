//! The steps of one business: differences with their actions, named and put in order.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::{Change, ChangeSet, Difference, Who, names_of};
use crate::model::digest::Hasher;
use crate::model::{AssetRef, PartnerRef, PersonRef, Principal};
use crate::observed::Lookup;

use super::action::Action;
use super::gaps::{self, Arrow};
use super::holders::Holders;
use super::order::{self, Ordered};
use super::reach::Reach;
use super::render::Renderer;
use super::risk::{self, Risks};
use super::sentence::count;
use super::{Abilities, Operation, Origin, Place, Withheld, batches, evidence};

/// A difference that becomes an operation.
pub(super) struct Step {
    pub(super) change: Change,
    pub(super) action: Action,
    /// What it is about: who, on what.
    about: (String, String),
}

/// Steps in their order, and what could not be ordered.
pub(super) struct Steps {
    /// In their order.
    pub(super) list: Vec<Step>,
    /// By step: the steps that must be done before, as places in `list`.
    pub(super) after: Vec<Vec<usize>>,
    /// Differences that no order keeps safe.
    pub(super) withheld: Vec<Withheld>,
}

/// What ordering needs to know.
pub(super) struct Setting<'a> {
    pub(super) renderer: &'a Renderer<'a>,
    pub(super) is_person: &'a dyn Fn(u32) -> bool,
    pub(super) managers: u32,
    /// Capabilities that must not come together on an asset in one hand, as masks.
    pub(super) toxic: Vec<u64>,
}

impl Steps {
    pub(super) fn of(set: &mut ChangeSet, setting: &Setting<'_>) -> Self {
        let mut steps: Vec<Step> = std::mem::take(&mut set.changes)
            .into_iter()
            .filter_map(|change| Step::of(change, setting.renderer))
            .collect();
        // The order of the comparison means nothing: whatever it was, equal inputs give equal steps.
        steps.sort_by(|a, b| a.rank().cmp(&b.rank()));
        let arrows = arrows(&steps, setting);
        let ranks: Vec<usize> = (0..steps.len()).collect();
        let Ordered { order, stuck } = order::order(&ranks, &arrows);
        let withheld = hold_stuck(&steps, &stuck, setting);
        Steps::arranged(steps, &order, &arrows, withheld)
    }

    fn arranged(steps: Vec<Step>, order: &[usize], arrows: &BTreeSet<Arrow>, withheld: Vec<Withheld>) -> Self {
        let places: BTreeMap<usize, usize> = order.iter().enumerate().map(|(place, &step)| (step, place)).collect();
        let mut after = vec![Vec::new(); order.len()];
        for (first, then) in arrows {
            if let (Some(&first), Some(&then)) = (places.get(first), places.get(then)) {
                after[then].push(first);
            }
        }
        for list in &mut after {
            list.sort_unstable();
        }
        let mut steps: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
        let list = order.iter().filter_map(|&step| steps[step].take());
        Steps { list: list.collect(), after, withheld }
    }

    pub(super) fn differences(&self) -> impl Iterator<Item = &Difference> + Clone {
        self.list.iter().map(|step| &step.change.difference)
    }

    /// The operations of the plan file.
    pub(super) fn operations(
        &self,
        business: &str,
        domains: &[String],
        renderer: &Renderer<'_>,
        seen: &Lookup<'_>,
        abilities: &Abilities,
    ) -> Vec<Operation> {
        let about = |step: &'_ Step| step.about.clone();
        let ids = ids(business, self.list.iter().map(|step| (&step.action, about(step))));
        let holders = Holders::of(&renderer.names, self.list.iter().map(|step| &step.action));
        let risks = Risks::new(renderer.names, renderer.matches, domains, &holders);
        self.list
            .iter()
            .zip(&self.after)
            .zip(&ids)
            .map(|((step, after), id)| {
                let difference = &step.change.difference;
                let rests_on = evidence::facts(&step.action, &step.newcomer(renderer), seen);
                Operation {
                    id: id.clone(),
                    cause: renderer.cause(&step.change.cause),
                    risk: risks.of(difference),
                    after: after.iter().map(|&place| ids[place].clone()).collect(),
                    precondition: crate::model::fact::digest(&rests_on),
                    rests_on,
                    undo: risk::undo(&step.action),
                    by: risk::executor(difference, &step.action, &renderer.names, abilities.can),
                    origin: Origin::from(step.change.origin),
                    action: step.action.clone(),
                }
            })
            .collect()
    }
}

impl Step {
    fn of(change: Change, renderer: &Renderer<'_>) -> Option<Self> {
        let action = renderer.action(&change.difference)?;
        let about = about(&action);
        Some(Step { change, action, about })
    }

    /// Where it stands without arrows. No two steps of a business are equal in it.
    fn rank(&self) -> (u8, (&str, &str), &(String, String)) {
        (order::phase(&self.change.difference), batches::kind(&self.action), &self.about)
    }

    /// All names under which somebody who is invited may be known already.
    fn newcomer(&self, renderer: &Renderer<'_>) -> Vec<String> {
        match self.change.difference {
            Difference::Invite { who: who @ Who::Person(pair), .. } => {
                let mut names = names_of(who, &renderer.names);
                let id = renderer.names.person(pair).id;
                names.retain(|name| Some(name) != id.as_ref());
                names
            }
            _ => Vec::new(),
        }
    }
}

fn arrows(steps: &[Step], setting: &Setting<'_>) -> BTreeSet<Arrow> {
    let differences = steps.iter().map(|step| &step.change.difference);
    let observed = setting.renderer.names.observed;
    let mut arrows = order::needs(differences.clone());
    arrows.extend(gaps::manager_arrows(differences.clone(), observed, setting.is_person, setting.managers));
    let reach = Reach::of(observed, setting.renderer.matches, differences);
    arrows.extend(gaps::arrows(&reach));
    let apart = gaps::toxic_arrows(&reach, &setting.toxic, observed.platform, &arrows);
    arrows.extend(apart);
    arrows
}

/// Steps that wait for each other are not done: whichever came first would leave somebody without access they keep, or with rights that
/// must not meet.
fn hold_stuck(steps: &[Step], stuck: &[usize], setting: &Setting<'_>) -> Vec<Withheld> {
    let renderer = setting.renderer;
    let apart = if setting.toxic.is_empty() { "" } else { " and keeps apart what the policy keeps apart" };
    let sentences: Vec<String> = stuck.iter().map(|&step| steps[step].action.sentence()).collect();
    let hold = |(at, &step): (usize, &usize)| {
        let change = &steps[step].change;
        let others: Vec<&str> = sentences
            .iter()
            .enumerate()
            .filter(|&(other, _)| other != at)
            .map(|(_, sentence)| sentence.as_str())
            .take(3)
            .collect();
        let place = match renderer.cause(&change.cause) {
            super::Cause::Written { places, .. } => places.into_iter().next(),
            super::Cause::Unwritten { nearest } => nearest,
            super::Cause::Ended { place, .. } => Some(place),
            super::Cause::Undoes { .. } => None,
        };
        let place: Option<Place> = place;
        Withheld {
            why: "order".to_owned(),
            what: sentences[at].clone(),
            removal: change.difference.removes(),
            principal: change.difference.who().and_then(|who| renderer.names.principal(who)),
            place,
            related: Vec::new(),
            help: Some(format!(
                "no order keeps everybody's access meanwhile{apart}: this conflicts with `{}`{}; make one of the changes first",
                others.join("`, `"),
                match stuck.len().saturating_sub(1 + others.len()) {
                    0 => String::new(),
                    more => format!(" and {}", count(more, "other step")),
                }
            )),
        }
    };
    stuck.iter().enumerate().map(hold).collect()
}

/// Ids of actions: the kind and as many digits of a digest as tell them apart, twelve at least.
pub(super) fn ids<'a>(business: &str, actions: impl Iterator<Item = (&'a Action, (String, String))>) -> Vec<String> {
    let digests: Vec<_> = actions
        .map(|(action, (who, what))| {
            let mut hasher = Hasher::new();
            for piece in [business, action.kind(), &who, &what] {
                hasher.piece(piece.as_bytes());
            }
            (action.kind(), hasher.finish())
        })
        .collect();
    let ids = |digits: usize| -> Vec<String> {
        digests.iter().map(|(kind, digest)| format!("{kind}-{}", digest.short(digits))).collect()
    };
    let short = ids(12);
    let distinct: BTreeSet<&String> = short.iter().collect();
    if distinct.len() == short.len() { short } else { ids(64) }
}

/// Who and what an action is about, in texts that are the same for the same and different for different ones.
pub(super) fn about(action: &Action) -> (String, String) {
    match action {
        Action::CreateGroup { group, .. } | Action::DeleteGroup { group, .. } => (group.identity(), String::new()),
        Action::AddToGroup { group, asset } | Action::RemoveFromGroup { group, asset } => {
            (group.identity(), asset.identity())
        }
        Action::InviteMember { person, .. } | Action::SetRole { person, .. } | Action::RemoveMember { person, .. } => {
            (person_identity(person), String::new())
        }
        Action::InvitePartner { partner, .. }
        | Action::RequestPartner { partner, .. }
        | Action::RemovePartner { partner, .. } => (partner_identity(partner), String::new()),
        Action::AcceptInvite { invite, partner, .. } => (partner_identity(partner), invite.clone()),
        Action::AttachGrants { invite, invitee, .. } | Action::CancelInvite { invite, invitee, .. } => {
            (identity(invitee), invite.clone())
        }
        Action::SetGrant { principal, asset, .. } | Action::RemoveGrant { principal, asset, .. } => {
            (identity(principal), asset.identity())
        }
        Action::RequestAccess { partner, asset, .. } => (partner_identity(partner), AssetRef::identity(asset)),
    }
}

fn identity(principal: &Principal) -> String {
    match principal {
        Principal::Person(person) => person_identity(person),
        Principal::Partner(partner) => partner_identity(partner),
    }
}

fn person_identity(person: &PersonRef) -> String {
    let PersonRef { key, id, email, username, name: _ } = person;
    let known = [("id", id), ("key", key), ("email", email), ("username", username)];
    known.iter().find_map(|(kind, name)| name.as_ref().map(|name| format!("{kind}:{name}"))).unwrap_or_default()
}

fn partner_identity(partner: &PartnerRef) -> String {
    format!("{}:{}", partner.direction.word(), partner.id)
}
