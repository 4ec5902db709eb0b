//! The effects of a plan gathered by person, partner and asset group: what a reviewer approves.

use std::collections::BTreeMap;

use super::effect::{self, Effect, Sign, Subject, Weight};
use crate::model::{AssetRef, PartnerRef, PersonRef, Principal};
use crate::plan::{Action, BusinessPlan, Risk};
use crate::reports::words::{self, Words};
use crate::terminal::unbroken;

/// Everything that happens to one subject.
#[derive(Debug)]
pub(super) struct Block<'a> {
    pub subject: Subject,
    /// In reading order: relations first, then what is lost, then what is gained; else the order of the plan.
    pub effects: Vec<Effect<'a>>,
}

/// The blocks of a plan, the gravest first.
pub(super) fn of<'a>(plan: &'a BusinessPlan, words: &Words) -> Vec<Block<'a>> {
    let mut gathered = Gathered::default();
    for operation in &plan.operations {
        for (subject, effect) in effect::of(operation, words) {
            gathered.add(subject, effect);
        }
    }
    let mut blocks = gathered.blocks;
    for block in &mut blocks {
        block.effects.sort_by_key(|effect| (!effect.is_said(), effect.sign));
    }
    blocks.sort_by_cached_key(|block| {
        let identity = block.subject.identity();
        (block.weight(), !block.leaves(), block.label(), identity)
    });
    blocks
}

#[derive(Default)]
struct Gathered<'a> {
    blocks: Vec<Block<'a>>,
    /// Every name a subject goes by, and its block.
    known: BTreeMap<String, usize>,
}

impl<'a> Gathered<'a> {
    fn add(&mut self, subject: Subject, effect: Effect<'a>) {
        let names = subject.names();
        let found = names.iter().find_map(|name| self.known.get(name).copied());
        let index = found.unwrap_or(self.blocks.len());
        for name in names {
            self.known.entry(name).or_insert(index);
        }
        match self.blocks.get_mut(index) {
            Some(block) => {
                block.subject.learn(subject);
                block.effects.push(effect);
            }
            None => self.blocks.push(Block { subject, effects: vec![effect] }),
        }
    }
}

impl Block<'_> {
    /// The gravest of its effects.
    pub fn weight(&self) -> Weight {
        let weights = self.effects.iter().map(|effect| effect.weight);
        weights.min().unwrap_or(Weight::Light)
    }

    /// The way all its effects go, or that they go different ways.
    pub fn sign(&self) -> Sign {
        let all = |sign| self.effects.iter().all(|effect| effect.sign == sign);
        [Sign::Loss, Sign::Gain].into_iter().find(|sign| all(*sign)).unwrap_or(Sign::Change)
    }

    /// Whether some effect goes this way.
    pub fn has(&self, sign: Sign) -> bool {
        self.effects.iter().any(|effect| effect.sign == sign)
    }

    /// Whether some effect is this grave.
    pub fn weighs(&self, weight: Weight) -> bool {
        self.effects.iter().any(|effect| effect.weight == weight)
    }

    /// Whether a membership or partnership ends, or a group is deleted.
    pub fn leaves(&self) -> bool {
        self.effects.iter().any(|effect| {
            let ends = matches!(
                effect.operation.action,
                Action::RemoveMember { .. } | Action::RemovePartner { .. } | Action::DeleteGroup { .. }
            );
            ends && effect.is_said()
        })
    }

    /// Whether the plan says that somebody outside gains something, themselves or as a holder of the group. Partners are outside anyway.
    pub fn is_outsider(&self) -> bool {
        let external = |effect: &Effect<'_>| effect.operation.risk.contains(&Risk::External);
        !self.subject.is_partner() && self.effects.iter().any(external)
    }

    /// What the subject is called; a line is not broken inside it.
    pub fn label(&self) -> String {
        match &self.subject {
            Subject::Principal(principal) => unbroken(&words::principal(principal)),
            Subject::Group(group) => unbroken(&format!("{} (asset group)", group.label())),
        }
    }
}

impl Effect<'_> {
    /// Whether it is about the relation or group itself.
    pub fn is_said(&self) -> bool {
        matches!(self.what, effect::What::Said(_))
    }
}

impl Subject {
    /// Whether it is a person.
    pub fn is_person(&self) -> bool {
        matches!(self, Subject::Principal(Principal::Person(_)))
    }

    /// Whether it is a partner.
    pub fn is_partner(&self) -> bool {
        matches!(self, Subject::Principal(Principal::Partner(_)))
    }

    /// Its key in the files.
    pub fn key(&self) -> Option<&str> {
        match self {
            Subject::Principal(Principal::Person(person)) => person.key.as_deref(),
            Subject::Principal(Principal::Partner(partner)) => partner.key.as_deref(),
            Subject::Group(group) => group.key.as_deref(),
        }
    }

    /// A text that tells this subject from all others.
    pub fn identity(&self) -> String {
        self.names().into_iter().next().unwrap_or_default()
    }

    /// Every name by which two operations can mean the same subject, the surest first.
    fn names(&self) -> Vec<String> {
        match self {
            Subject::Principal(Principal::Person(person)) => person_names(person),
            Subject::Principal(Principal::Partner(partner)) => {
                vec![format!("partner:{}:{}", partner.direction.word(), partner.id)]
            }
            Subject::Group(group) => group_names(group),
        }
    }

    /// Takes over what another mention of the same subject knows and this one doesn't.
    fn learn(&mut self, other: Subject) {
        match (self, other) {
            (Subject::Principal(Principal::Person(mine)), Subject::Principal(Principal::Person(theirs))) => {
                mine.learn(theirs)
            }
            (Subject::Principal(Principal::Partner(mine)), Subject::Principal(Principal::Partner(theirs))) => {
                mine.learn(theirs)
            }
            (Subject::Group(mine), Subject::Group(theirs)) => mine.learn(theirs),
            _ => {}
        }
    }
}

fn person_names(person: &PersonRef) -> Vec<String> {
    let PersonRef { key, id, email, username, name } = person;
    let folded = |text: &Option<String>| text.as_ref().map(|text| text.to_lowercase());
    let mut names: Vec<String> =
        [("id", id.clone()), ("key", folded(key)), ("email", folded(email)), ("username", folded(username))]
            .into_iter()
            .filter_map(|(kind, text)| Some(format!("{kind}:{}", text?)))
            .collect();
    // Somebody of whom nothing else is known. A name alone is no identity where anything better is there.
    if names.is_empty() {
        names.push(format!("name:{}", name.as_deref().unwrap_or_default()));
    }
    names
}

fn group_names(group: &AssetRef) -> Vec<String> {
    let by_key = group.key.as_ref().map(|key| format!("group-key:{key}"));
    let by_id = group.id.as_ref().map(|id| format!("group:{id}"));
    let names: Vec<String> = by_id.into_iter().chain(by_key).collect();
    if names.is_empty() {
        return vec![format!("group-name:{}", group.label())];
    }
    names
}

/// Knowing more about the same thing.
trait Learn {
    fn learn(&mut self, other: Self);
}

impl Learn for PersonRef {
    fn learn(&mut self, other: Self) {
        let PersonRef { key, id, email, username, name } = other;
        self.key = self.key.take().or(key);
        self.id = self.id.take().or(id);
        self.email = self.email.take().or(email);
        self.username = self.username.take().or(username);
        self.name = self.name.take().or(name);
    }
}

impl Learn for PartnerRef {
    fn learn(&mut self, other: Self) {
        let PartnerRef { key, id: _, name, direction: _ } = other;
        self.key = self.key.take().or(key);
        self.name = self.name.take().or(name);
    }
}

impl Learn for AssetRef {
    fn learn(&mut self, other: Self) {
        let AssetRef { key, id, name, kind: _ } = other;
        self.key = self.key.take().or(key);
        self.id = self.id.take().or(id);
        self.name = self.name.take().or(name);
    }
}
