//! What must hold before a plan, between any two of its steps and after it, checked by carrying it out in memory.
//!
//! An oracle: it shares no code with what orders the steps, reads only the operations as they stand in the plan file, and takes its
//! time. Tests ask it about every plan they make.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Direction, Principal, PrincipalIx};
use crate::observed::ObservedState;
use crate::platforms::{Certainty, Platform};

use super::{Action, Operation};

/// A moment at which something is broken that holds before and after the plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    /// How many operations were done by then.
    pub after: usize,
    /// What is broken, in one sentence.
    pub what: String,
}

/// The first moment at which somebody who keeps access lacks it, or too few managers are left although enough are there at the end.
///
/// `counts` tells which members (by id) count as managers who are people.
pub fn first_broken(
    observed: &ObservedState,
    operations: &[Operation],
    counts: &dyn Fn(&str) -> bool,
    managers: usize,
) -> Option<Broken> {
    let moments: Vec<Moment> = moments(observed, operations);
    let (first, last) = (moments.first()?, moments.last()?);
    let access: Vec<Access> = moments.iter().map(|moment| moment.access(observed.platform)).collect();
    let enough = |moment: &Moment| {
        let people = moment.managers.iter().filter(|id| counts(id.as_str()));
        people.count() >= managers
    };
    let (before, after) = (access.first()?, access.last()?);
    let kept: Vec<(&Pair, BTreeSet<&String>)> = before
        .iter()
        .filter_map(|(pair, words)| Some((pair, words.intersection(after.get(pair)?).collect())))
        .collect();
    for (done, (moment, now)) in moments.iter().zip(&access).enumerate() {
        if enough(first) && enough(last) && !enough(moment) {
            let what = format!("fewer than {managers} managers");
            return Some(Broken { after: done, what });
        }
        let nothing = BTreeSet::new();
        for (pair, words) in &kept {
            let has = now.get(*pair).unwrap_or(&nothing);
            if let Some(word) = words.iter().find(|word| !has.contains(**word)) {
                let (who, asset) = pair;
                let what = format!("{who} lacks {word} on {asset}");
                return Some(Broken { after: done, what });
            }
        }
    }
    None
}

/// The first moment at which somebody holds all of a set of capabilities on an asset, who holds them all neither before nor after.
pub fn first_toxic(observed: &ObservedState, operations: &[Operation], sets: &[Vec<&str>]) -> Option<Broken> {
    let access: Vec<Access> =
        moments(observed, operations).iter().map(|moment| moment.access(observed.platform)).collect();
    let (first, last) = (access.first()?, access.last()?);
    for (done, now) in access.iter().enumerate() {
        for (pair, words) in now {
            let together = |at: &Access| at.get(pair).map(|words| held(words, observed.platform)).unwrap_or_default();
            let (was, will, is) = (together(first), together(last), held(words, observed.platform));
            let all = |held: &BTreeSet<&str>, set: &Vec<&str>| set.iter().all(|name| held.contains(name));
            if let Some(set) = sets.iter().find(|set| all(&is, set) && !all(&was, set) && !all(&will, set)) {
                let what = format!("{} holds {} on {}", pair.0, set.join(" and "), pair.1);
                return Some(Broken { after: done, what });
            }
        }
    }
    None
}

/// Names of the capabilities that some words give for sure.
fn held<'p>(words: &BTreeSet<String>, platform: &'p Platform) -> BTreeSet<&'p str> {
    let given = platform.permissions.iter().filter(|permission| words.contains(permission.word));
    let sure = given.flat_map(|permission| permission.capabilities).filter(|one| one.certainty < Certainty::Undecided);
    sure.map(|one| one.capability).collect()
}

type Pair = (String, String);
/// What each principal can do on each asset, everything that administration implies included.
type Access = BTreeMap<Pair, BTreeSet<String>>;

/// The state between two operations.
#[derive(Clone, Default)]
struct Moment {
    managers: BTreeSet<String>,
    grants: BTreeMap<Pair, BTreeSet<String>>,
    contents: BTreeSet<(String, String)>,
}

fn moments(observed: &ObservedState, operations: &[Operation]) -> Vec<Moment> {
    let mut moment = Moment::of(observed);
    let mut moments = vec![moment.clone()];
    for operation in operations {
        moment.perform(&operation.action, observed.platform);
        moments.push(moment.clone());
    }
    moments
}

impl Moment {
    fn of(observed: &ObservedState) -> Self {
        let text = |sym| observed.text(sym).to_owned();
        let asset = |at: u32| text(observed.assets[at as usize].id);
        let managers =
            observed.members.iter().filter(|member| observed.is_manager(member)).map(|member| text(member.id));
        let grants = observed.grants.iter().map(|grant| {
            let who = principal(observed, grant.principal);
            let words = observed.words(grant.permissions).into_iter().collect();
            ((who, asset(grant.asset)), words)
        });
        let contents = observed.contents.iter().map(|content| (asset(content.group), asset(content.asset)));
        Moment { managers: managers.collect(), grants: grants.collect(), contents: contents.collect() }
    }

    fn perform(&mut self, action: &Action, platform: &Platform) {
        match action {
            Action::AddToGroup { group, asset } => {
                self.contents.insert((group.identity(), asset.identity()));
            }
            Action::RemoveFromGroup { group, asset } => {
                self.contents.remove(&(group.identity(), asset.identity()));
            }
            Action::DeleteGroup { group, .. } => {
                let group = group.identity();
                self.contents.retain(|(own, _)| *own != group);
                self.grants.retain(|(_, asset), _| *asset != group);
            }
            Action::SetRole { person, after, .. } => {
                let id = person.id.clone().unwrap_or_default();
                let admin = platform.role(after).is_some_and(|role| role.admin);
                match admin {
                    true => self.managers.insert(id),
                    false => self.managers.remove(&id),
                };
            }
            Action::SetGrant { principal, asset, after, .. } => {
                let pair = (holder(principal), asset.identity());
                self.grants.insert(pair, after.iter().cloned().collect());
            }
            Action::RemoveGrant { principal, asset, .. } => {
                self.grants.remove(&(holder(principal), asset.identity()));
            }
            Action::RemoveMember { person, .. } => {
                let principal = Principal::Person(person.clone());
                self.managers.remove(person.id.as_deref().unwrap_or_default());
                self.end(&holder(&principal));
            }
            Action::RemovePartner { partner, .. } => {
                self.end(&holder(&Principal::Partner(partner.clone())));
            }
            Action::CreateGroup { .. }
            | Action::InviteMember { .. }
            | Action::InvitePartner { .. }
            | Action::RequestPartner { .. }
            | Action::AttachGrants { .. }
            | Action::AcceptInvite { .. }
            | Action::CancelInvite { .. }
            | Action::RequestAccess { .. } => {}
        }
    }

    fn end(&mut self, who: &str) {
        self.grants.retain(|(own, _), _| own != who);
    }

    fn access(&self, platform: &Platform) -> Access {
        let mut access = Access::new();
        for ((who, asset), words) in &self.grants {
            for reached in self.reached(asset) {
                let all = access.entry((who.clone(), reached)).or_default();
                all.extend(words.iter().cloned());
                let admin =
                    platform.permissions.iter().any(|permission| permission.admin && words.contains(permission.word));
                if admin {
                    all.extend(platform.permissions.iter().map(|one| one.word.to_owned()));
                }
            }
        }
        access
    }

    /// An asset and everything inside it.
    fn reached(&self, asset: &str) -> BTreeSet<String> {
        let mut reached = BTreeSet::from([asset.to_owned()]);
        let mut open = vec![asset.to_owned()];
        while let Some(next) = open.pop() {
            let from = (next.clone(), String::new());
            let inside = self.contents.range(from..).take_while(|(group, _)| *group == next);
            for (_, inner) in inside {
                if reached.insert(inner.clone()) {
                    open.push(inner.clone());
                }
            }
        }
        reached
    }
}

fn principal(observed: &ObservedState, principal: PrincipalIx) -> String {
    let at = principal.index();
    if principal.is_partner() {
        let partner = &observed.partners[at];
        name(observed.text(partner.id), Some(partner.direction))
    } else {
        name(observed.text(observed.members[at].id), None)
    }
}

fn holder(principal: &Principal) -> String {
    match principal {
        Principal::Person(person) => name(person.id.as_deref().unwrap_or_default(), None),
        Principal::Partner(partner) => name(&partner.id, Some(partner.direction)),
    }
}

fn name(id: &str, direction: Option<Direction>) -> String {
    let kind = direction.map_or("member", Direction::word);
    format!("{kind} {id}")
}
