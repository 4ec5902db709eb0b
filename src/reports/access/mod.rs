//! Answers about the access graph: who can, what can, why, how far, what would be left.
//!
//! The types here are what JSON says and what text is made from. To add a format: a file, and a line where `commands` choose.

pub mod json;
pub mod text;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::graph::{BusinessRef, HopRef, NodeRef, PathRef};
use crate::model::{AssetRef, PersonRef};
use crate::reports::drawn::ReadingName;

/// Version of the JSON form.
pub const FORMAT_VERSION: u32 = 1;

/// A question and its answer.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AccessAnswer")]
pub struct Document {
    /// Always `accord-access`.
    pub format: &'static str,
    /// Version of this format.
    pub format_version: u32,
    /// The moment for which ends count.
    #[schemars(with = "String")]
    pub as_of: Timestamp,
    /// Which state of access was looked at.
    pub reading: ReadingName,
    /// The platform whose words these are.
    pub platform: String,
    /// The question, and what there is to say.
    #[serde(flatten)]
    pub answer: Answer,
}

/// What was asked, with the answer.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "question", rename_all = "kebab-case")]
pub enum Answer {
    /// Who can do something on an asset.
    WhoCan(WhoCan),
    /// What somebody can do.
    WhatCan(WhatCan),
    /// How somebody comes to an asset.
    Explain(Explain),
    /// How far a partner reaches.
    Reach(Reach),
    /// What is left without somebody.
    Simulate(Simulate),
}

/// Who can do something on an asset.
#[derive(Serialize, JsonSchema)]
pub struct WhoCan {
    /// The capability's name, or a permission's word.
    pub capability: String,
    /// What that is, for people.
    pub title: String,
    /// The asset.
    pub asset: AssetRef,
    /// Who surely can.
    pub people: Vec<Holder>,
    /// Who may: no source decides whether their permissions give it, or they have one that accord does not know.
    pub perhaps: Vec<Holder>,
    /// Who could give it to themselves, and can't do it now.
    pub could: Vec<Holder>,
}

/// Somebody with access to the asset in question.
#[derive(Serialize, JsonSchema)]
pub struct Holder {
    /// Who.
    pub person: PersonRef,
    /// The platform's words for what they have, sorted.
    pub permissions: Vec<String>,
    /// Whether all of it is still to come.
    pub pending: bool,
    /// How, the shortest first.
    pub paths: Vec<PathRef>,
}

/// What somebody can do.
#[derive(Serialize, JsonSchema)]
pub struct WhatCan {
    /// A person, or a business.
    pub who: NodeRef,
    /// What they have, by asset.
    pub access: Vec<OnAsset>,
    /// What they could give themselves beyond that, by asset.
    pub could: Vec<OnAsset>,
    /// The businesses they administer.
    pub manages: Vec<BusinessRef>,
}

/// What somebody has on an asset.
#[derive(Serialize, JsonSchema)]
pub struct OnAsset {
    /// The asset.
    pub asset: AssetRef,
    /// Who owns it.
    pub owner: Option<BusinessRef>,
    /// The platform's words, sorted.
    pub permissions: Vec<String>,
    /// Capabilities that these surely give.
    pub capabilities: Vec<String>,
    /// Capabilities beyond those that no source decides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub perhaps: Vec<String>,
    /// Whether all of it is still to come.
    pub pending: bool,
    /// `own`, `team`, `group`, `partner`: the kinds of paths that lead there.
    pub ways: Vec<&'static str>,
}

/// How somebody comes to an asset.
#[derive(Serialize, JsonSchema)]
pub struct Explain {
    /// Who.
    pub person: PersonRef,
    /// To what.
    pub asset: AssetRef,
    /// The platform's words for all paths together, sorted.
    pub permissions: Vec<String>,
    /// Capabilities that these surely give.
    pub capabilities: Vec<String>,
    /// Every path, the shortest first.
    pub paths: Vec<PathRef>,
    /// Ways in which the person could give himself access by administering a business.
    pub could: Vec<PathRef>,
    /// What to take out to end it.
    pub cut: Option<CutRef>,
}

/// The smallest set of edges that ends an access.
#[derive(Serialize, JsonSchema)]
pub struct CutRef {
    /// What has to go, with the lines or the record.
    pub edges: Vec<HopRef>,
    /// How many others lose something with it, at most.
    pub others: u64,
    /// Whether no smaller set does it.
    pub smallest: bool,
    /// Paths that only a partner can end.
    pub left: Vec<PathRef>,
}

/// How far a partner reaches.
#[derive(Serialize, JsonSchema)]
pub struct Reach {
    /// The partner.
    pub partner: BusinessRef,
    /// Those of our businesses that let it in, whose assets these are; empty for a client of ours.
    pub of: Vec<BusinessRef>,
    /// What it was given.
    pub assets: Vec<OnAsset>,
    /// Its people who have something on these assets.
    pub people: Vec<Reaching>,
    /// Its managers, who could give themselves all of it.
    pub managers: Vec<PersonRef>,
    /// Businesses that were given something by it.
    pub passes_on: Vec<BusinessRef>,
    /// Whether nobody says who its people are.
    pub people_unknown: bool,
}

/// One of a partner's people.
#[derive(Serialize, JsonSchema)]
pub struct Reaching {
    /// Who.
    pub person: PersonRef,
    /// On how many of the partner's assets they have something through it.
    pub assets: u64,
    /// Assets on which they have something without the partner as well.
    pub also_without: Vec<AssetRef>,
}

/// What is left without somebody.
#[derive(Serialize, JsonSchema)]
pub struct Simulate {
    /// Who is taken out.
    pub removed: NodeRef,
    /// From which of our businesses.
    pub from: Vec<BusinessRef>,
    /// How many pairs of person and asset lose something.
    pub losses: u64,
    /// How many people lose something.
    pub people: u64,
    /// Access of those concerned that remains.
    pub remains: Vec<Remains>,
}

/// Access that remains.
#[derive(Serialize, JsonSchema)]
pub struct Remains {
    /// Whose.
    pub person: PersonRef,
    /// To what.
    pub asset: AssetRef,
    /// The platform's words, sorted.
    pub permissions: Vec<String>,
    /// How, the shortest first.
    pub paths: Vec<PathRef>,
}
