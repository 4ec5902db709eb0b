//! What each operation means for whom: the same facts as the action, turned from "what is called" to "who gains or loses what".

use crate::model::{AssetRef, Direction, PartnerRef, PersonRef, Principal};
use crate::plan::{Action, AttachedGrant, EndingGrant, Operation, Risk};
use crate::reports::words::Words;
use crate::terminal::{Ink, prose};

/// Whom an effect is about.
#[derive(Clone, Debug)]
pub(super) enum Subject {
    /// A person or a partner.
    Principal(Principal),
    /// An asset group.
    Group(AssetRef),
}

/// Which way an effect goes. The order is that of reading.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Sign {
    /// Something becomes different, neither more nor less.
    Change,
    /// Something is taken away.
    Loss,
    /// Something is given.
    Gain,
}

/// One effect of one operation on one subject.
#[derive(Clone, Debug)]
pub(super) struct Effect<'a> {
    pub operation: &'a Operation,
    pub sign: Sign,
    pub what: What<'a>,
    /// When or why it happens, where the operation's cause does not say it: `once accepted`.
    pub aside: &'static str,
    pub weight: Weight,
}

/// What happens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum What<'a> {
    /// Something about the relation or the group, in words.
    Said(String),
    /// Permissions on an asset.
    Grant {
        asset: &'a AssetRef,
        permissions: Vec<&'a str>,
        /// What they had before and keep.
        keeps: Vec<&'a str>,
    },
}

/// How grave an effect is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Weight {
    /// Somebody becomes an administrator, of the business or of an asset.
    Admin,
    /// Somebody gets rights over money.
    Billing,
    /// Something is taken away.
    Loss,
    /// Anything else.
    Light,
}

impl Subject {
    fn person(person: &PersonRef) -> Self {
        Subject::Principal(Principal::Person(person.clone()))
    }

    fn partner(partner: &PartnerRef) -> Self {
        Subject::Principal(Principal::Partner(partner.clone()))
    }

    fn group(group: &AssetRef) -> Self {
        Subject::Group(group.clone())
    }
}

impl Sign {
    pub fn symbol(self) -> &'static str {
        match self {
            Sign::Change => "~",
            Sign::Loss => "-",
            Sign::Gain => "+",
        }
    }

    pub fn ink(self) -> Ink {
        match self {
            Sign::Change => Ink::Change,
            Sign::Loss => Ink::Loss,
            Sign::Gain => Ink::Gain,
        }
    }
}

/// The effects of an operation, each with its subject. No operation is without one.
pub(super) fn of<'a>(operation: &'a Operation, words: &Words) -> Vec<(Subject, Effect<'a>)> {
    let mut effects = Effects { operation, words, found: Vec::new() };
    effects.read();
    effects.found
}

struct Effects<'a, 'w> {
    operation: &'a Operation,
    words: &'w Words,
    found: Vec<(Subject, Effect<'a>)>,
}

impl<'a> Effects<'a, '_> {
    /// Effects of actions on groups and invitations; the others are told by `standing`.
    fn read(&mut self) {
        let (words, operation) = (self.words, self.operation);
        match &operation.action {
            Action::CreateGroup { group, description, types: _ } => {
                self.say(&Subject::group(group), Sign::Gain, format!("is created: {description}"));
            }
            Action::AddToGroup { group, asset } => {
                let said = format!("{} joins: {REACHED}", words.asset(asset));
                self.say(&Subject::group(group), Sign::Gain, said);
            }
            Action::RemoveFromGroup { group, asset } => {
                let said = format!("{} leaves: {NOT_REACHED}", words.asset(asset));
                self.say(&Subject::group(group), Sign::Loss, said);
            }
            Action::DeleteGroup { group, contents, grants } => {
                self.deletion(group, contents, grants);
            }
            Action::InviteMember { person, role, grants } => {
                let subject = Subject::person(person);
                let said = format!("is invited to become {}", words.role(role));
                self.push(&subject, Sign::Gain, What::Said(said), "", self.role_weight(role));
                self.attached(&subject, Sign::Gain, grants, ONCE_ACCEPTED);
            }
            Action::InvitePartner { partner, grants } => {
                let subject = Subject::partner(partner);
                self.say(&subject, Sign::Gain, "is invited to reach our assets".into());
                self.attached(&subject, Sign::Gain, grants, ONCE_ACCEPTED);
            }
            Action::RequestPartner { partner, grants } => {
                let subject = Subject::partner(partner);
                self.say(&subject, Sign::Gain, "is asked to let us in".into());
                self.attached(&subject, Sign::Gain, grants, ASKED_FOR);
            }
            Action::AttachGrants { invite: _, invitee, before, after } => {
                self.attachment(invitee, before, after);
            }
            Action::AcceptInvite { invite: _, partner, grants } => {
                let subject = Subject::partner(partner);
                let said = match partner.direction {
                    Direction::Inbound => "asked to reach our assets and is accepted",
                    Direction::Outbound => "offers us access, and we accept",
                };
                self.say(&subject, Sign::Gain, said.into());
                self.attached(&subject, Sign::Gain, grants, "");
            }
            Action::CancelInvite { invite: _, invitee, role, grants } => {
                self.cancellation(invitee, role.as_deref(), grants);
            }
            _ => self.standing(),
        }
    }

    /// Effects of actions on relations and grants that stand.
    fn standing(&mut self) {
        let (words, operation) = (self.words, self.operation);
        match &operation.action {
            Action::SetRole { person, before, after } => self.role(person, before, after),
            Action::SetGrant { principal, asset, before, after } => {
                self.difference(&Subject::Principal(principal.clone()), asset, before, after, "");
            }
            Action::RemoveGrant { principal, asset, before } => {
                self.difference(&Subject::Principal(principal.clone()), asset, before, &[], "");
            }
            Action::RequestAccess { partner, asset, before, after } => {
                self.difference(&Subject::partner(partner), asset, before, after, ASKED_FOR);
            }
            Action::RemoveMember { person, role, grants } => {
                let subject = Subject::person(person);
                let said = format!("leaves the business (was {})", words.role(role));
                self.say(&subject, Sign::Loss, said);
                self.ending(&subject, grants, "");
            }
            Action::RemovePartner { partner, grants } => {
                let subject = Subject::partner(partner);
                self.say(&subject, Sign::Loss, "the partnership ends".into());
                self.ending(&subject, grants, "");
            }
            // All the others, by name: a new action must find its place here or above.
            Action::CreateGroup { .. }
            | Action::AddToGroup { .. }
            | Action::RemoveFromGroup { .. }
            | Action::DeleteGroup { .. }
            | Action::InviteMember { .. }
            | Action::InvitePartner { .. }
            | Action::RequestPartner { .. }
            | Action::AttachGrants { .. }
            | Action::AcceptInvite { .. }
            | Action::CancelInvite { .. } => {}
        }
    }

    fn deletion(&mut self, group: &'a AssetRef, contents: &'a [AssetRef], grants: &'a [EndingGrant]) {
        let names: Vec<String> = contents.iter().map(|asset| self.words.asset(asset)).collect();
        let held = match names.as_slice() {
            [] => "it is empty".to_owned(),
            names => format!("it holds {}", prose::list(names)),
        };
        let subject = Subject::group(group);
        self.say(&subject, Sign::Loss, format!("is deleted; {held}"));
        self.ending(&subject, grants, "the group is deleted");
    }

    fn attachment(&mut self, invitee: &Principal, before: &'a [AttachedGrant], after: &'a [AttachedGrant]) {
        let subject = Subject::Principal(invitee.clone());
        let said = "is invited already; what the invitation gives changes".to_owned();
        self.say(&subject, Sign::Change, said);
        for grant in after {
            let before = attached_on(before, &grant.asset);
            self.difference(&subject, &grant.asset, before, &grant.permissions, ONCE_ACCEPTED);
        }
        for grant in before {
            if attached_on(after, &grant.asset).is_empty() {
                self.difference(&subject, &grant.asset, &grant.permissions, &[], WAS_ATTACHED);
            }
        }
    }

    fn cancellation(&mut self, invitee: &Principal, role: Option<&str>, grants: &'a [AttachedGrant]) {
        let subject = Subject::Principal(invitee.clone());
        let said = match role {
            Some(role) => format!("the invitation to become {} is cancelled", self.words.role(role)),
            None => "the invitation is cancelled".to_owned(),
        };
        self.say(&subject, Sign::Loss, said);
        self.attached(&subject, Sign::Loss, grants, WAS_ATTACHED);
    }

    fn role(&mut self, person: &PersonRef, before: &str, after: &str) {
        let (was, becomes) = (self.words.role(before), self.words.role(after));
        let admin = |role| self.words.role_is_admin(role);
        let (sign, weight) = match (admin(before), admin(after)) {
            (false, true) => (Sign::Gain, Weight::Admin),
            (true, false) => (Sign::Loss, Weight::Loss),
            (true, true) => (Sign::Change, Weight::Admin),
            (false, false) => (Sign::Change, Weight::Light),
        };
        let said = format!("becomes {becomes} of the business (was {was})");
        self.push(&Subject::person(person), sign, What::Said(said), "", weight);
    }

    /// What somebody gains and loses on an asset. Equal sets leave a line too: no operation may go unseen.
    fn difference(
        &mut self,
        subject: &Subject,
        asset: &'a AssetRef,
        before: &'a [String],
        after: &'a [String],
        aside: &'static str,
    ) {
        let beyond = |a: &'a [String], b: &'a [String]| -> Vec<&'a str> {
            a.iter().filter(|word| !b.contains(word)).map(String::as_str).collect()
        };
        let (gained, lost) = (beyond(after, before), beyond(before, after));
        let keeps: Vec<&str> = after.iter().filter(|word| before.contains(word)).map(String::as_str).collect();
        if gained.is_empty() && lost.is_empty() {
            self.push_grant(subject, Sign::Change, asset, keeps, Vec::new(), aside);
            return;
        }
        // What is kept is said once, with the loss: there it matters.
        let with_gain = if lost.is_empty() { keeps.clone() } else { Vec::new() };
        if !lost.is_empty() {
            self.push_grant(subject, Sign::Loss, asset, lost, keeps, aside);
        }
        if !gained.is_empty() {
            self.push_grant(subject, Sign::Gain, asset, gained, with_gain, aside);
        }
    }

    fn attached(&mut self, subject: &Subject, sign: Sign, grants: &'a [AttachedGrant], aside: &'static str) {
        for grant in grants {
            let permissions = grant.permissions.iter().map(String::as_str).collect();
            self.push_grant(subject, sign, &grant.asset, permissions, Vec::new(), aside);
        }
    }

    /// Grants that end with something; those of others are told to the others.
    fn ending(&mut self, subject: &Subject, grants: &'a [EndingGrant], aside: &'static str) {
        for grant in grants {
            let holder = grant.principal.clone().map(Subject::Principal);
            let permissions = grant.permissions.iter().map(String::as_str).collect();
            let holder = holder.as_ref().unwrap_or(subject);
            self.push_grant(holder, Sign::Loss, &grant.asset, permissions, Vec::new(), aside);
        }
    }

    fn push_grant(
        &mut self,
        subject: &Subject,
        sign: Sign,
        asset: &'a AssetRef,
        permissions: Vec<&'a str>,
        keeps: Vec<&'a str>,
        aside: &'static str,
    ) {
        let weight = match sign {
            Sign::Loss => Weight::Loss,
            Sign::Gain => self.grant_weight(&permissions),
            Sign::Change => Weight::Light,
        };
        let what = What::Grant { asset, permissions, keeps };
        self.push(subject, sign, what, aside, weight);
    }

    fn say(&mut self, subject: &Subject, sign: Sign, said: String) {
        let weight = match sign {
            Sign::Loss => Weight::Loss,
            Sign::Gain | Sign::Change => Weight::Light,
        };
        self.push(subject, sign, What::Said(said), "", weight);
    }

    fn push(&mut self, subject: &Subject, sign: Sign, what: What<'a>, aside: &'static str, weight: Weight) {
        let effect =
            Effect { operation: self.operation, sign, what, aside, weight: weight.min(stated(self.operation, sign)) };
        self.found.push((subject.clone(), effect));
    }

    fn role_weight(&self, role: &str) -> Weight {
        if self.words.role_is_admin(role) { Weight::Admin } else { Weight::Light }
    }

    /// A permission that the table doesn't know might be anything, so it weighs like an administrator's.
    fn grant_weight(&self, permissions: &[&str]) -> Weight {
        let weights = permissions.iter().map(|word| match self.words.known(word) {
            None => Weight::Admin,
            Some(known) if known.admin => Weight::Admin,
            Some(known) if known.privileged => Weight::Billing,
            Some(_) => Weight::Light,
        });
        weights.min().unwrap_or(Weight::Light)
    }
}

const ONCE_ACCEPTED: &str = "once accepted";
const ASKED_FOR: &str = "asked for";
const WAS_ATTACHED: &str = "was attached to it";
const REACHED: &str = "everybody with access to the group reaches it";
const NOT_REACHED: &str = "nobody reaches it through the group any more";

fn attached_on<'a>(grants: &'a [AttachedGrant], asset: &AssetRef) -> &'a [String] {
    let grant = grants.iter().find(|grant| grant.asset.identity() == asset.identity());
    grant.map_or(&[], |grant| &grant.permissions)
}

/// What the plan itself says about the risk of what is given or taken.
fn stated(operation: &Operation, sign: Sign) -> Weight {
    let has = |risk| operation.risk.contains(&risk);
    match sign {
        Sign::Gain | Sign::Change if has(Risk::Admin) => Weight::Admin,
        Sign::Gain | Sign::Change if has(Risk::Billing) => Weight::Billing,
        Sign::Loss => Weight::Loss,
        Sign::Gain | Sign::Change => Weight::Light,
    }
}
