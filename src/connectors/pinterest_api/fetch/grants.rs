//! Who has what: asked by holder, or by asset where that takes fewer calls and says the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::request::{CallError, Request};
use super::super::source::Source;
use super::super::wire::{Asset, Binding, Held};
use super::is_admin;
use super::list::{Flaw, Listed, list};
use super::lists::{Lists, Part, kinds, partner_type};
use super::parallel::each;
use crate::model::Direction;
use crate::terminal::Progress;

/// Who holds a grant.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Holder {
    Member(String),
    Partner(String, Direction),
}

/// Everything that was read.
#[derive(Default)]
pub(super) struct Grants {
    /// Permissions by holder and asset.
    pub(super) rows: BTreeMap<(Holder, String), BTreeSet<String>>,
    /// Types of assets that only a grant shows, by id.
    pub(super) kinds: BTreeMap<String, String>,
    /// Why they may not be all.
    pub(super) flaws: Vec<Flaw>,
}

/// One question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Question {
    /// What a member or partner has of one type.
    Of(Holder, &'static str),
    /// Which people, or which system users, have an asset.
    MembersOn { asset: String, system: bool },
    /// Which partners have an asset.
    PartnersOn(String),
}

/// After so many calls that came to nothing the platform is gone, and asking on would take hours.
const PATIENCE: usize = 16;

impl Grants {
    pub(super) fn read(source: &dyn Source, business: &str, lists: &Lists, threads: usize) -> Self {
        let questions = questions(lists);
        let progress = Progress::begin("reading grants", u64::try_from(questions.len()).ok());
        let lost = AtomicUsize::new(0);
        let answers = each(threads, &questions, |question| {
            if lost.load(Ordering::Relaxed) >= PATIENCE {
                return Listed {
                    flaw: Some(Flaw::Said("the platform does not answer any more".to_owned())),
                    ..Listed::default()
                };
            }
            let listed = list(source, &question.request(business), true);
            if matches!(listed.flaw, Some(Flaw::Call(CallError::GaveUp { .. } | CallError::Unrenewed { .. }))) {
                lost.fetch_add(1, Ordering::Relaxed);
            } else {
                lost.store(0, Ordering::Relaxed);
            }
            progress.add(1);
            listed
        });
        let mut grants = Grants::default();
        for (question, listed) in questions.into_iter().zip(answers) {
            grants.take(question, listed);
        }
        grants
    }

    fn take(&mut self, question: Question, listed: Listed) {
        self.flaws.extend(listed.flaw);
        for row in &listed.rows {
            let read = match &question {
                Question::Of(holder, kind) => Asset::of(row).map(|asset| {
                    let kind = if asset.kind.is_empty() { (*kind).to_owned() } else { asset.kind };
                    self.kinds.insert(asset.id.clone(), kind);
                    (holder.clone(), asset.id, asset.permissions)
                }),
                Question::MembersOn { asset, .. } => {
                    Held::of(row).map(|held| (Holder::Member(held.holder), asset.clone(), held.permissions))
                }
                Question::PartnersOn(asset) => Held::of(row)
                    .map(|held| (Holder::Partner(held.holder, Direction::Inbound), asset.clone(), held.permissions)),
            };
            match read {
                Some((holder, asset, permissions)) if !permissions.is_empty() => {
                    self.rows.entry((holder, asset)).or_default().extend(permissions);
                }
                _ => self.flaws.push(Flaw::Said("a grant names nobody, no asset or no permission".to_owned())),
            }
        }
    }

    /// What a holder has through groups on an asset.
    fn through_groups(&self, holder: &Holder, groups: &[&str]) -> BTreeSet<&str> {
        let held = groups.iter().filter_map(|group| self.rows.get(&(holder.clone(), (*group).to_owned())));
        held.flatten().map(String::as_str).collect()
    }

    /// What the lists say that somebody reaches and no grant gives: then a grant was not read. Managers may reach everything without one.
    pub(super) fn untold(&self, lists: &Lists) -> Option<String> {
        let groups = groups_of(lists);
        let no_groups = Vec::new();
        for (holder, binding) in holders(lists) {
            if binding.roles.iter().any(|role| is_admin(role)) {
                continue;
            }
            for grant in binding.reach.iter().flatten() {
                let own = self.rows.get(&(holder.clone(), grant.asset.clone()));
                let through = self.through_groups(&holder, groups.get(grant.asset.as_str()).unwrap_or(&no_groups));
                let told = |word: &String| own.is_some_and(|own| own.contains(word)) || through.contains(word.as_str());
                if let Some(word) = grant.permissions.iter().find(|word| !told(word)) {
                    let (id, asset) = (&binding.id, &grant.asset);
                    return Some(format!(
                        "`{id}` is said to have `{word}` on asset `{asset}`, and no grant that was read says so"
                    ));
                }
            }
        }
        None
    }
}

/// Groups by what is in them.
fn groups_of(lists: &Lists) -> BTreeMap<&str, Vec<&str>> {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in kinds().flat_map(|kind| lists.assets(Part::Assets(kind))) {
        for inside in row.group.iter().filter_map(|group| group.contents.as_ref()).flatten() {
            groups.entry(inside).or_default().push(&row.id);
        }
    }
    groups
}

/// Everybody who can hold a grant, with what the lists say of them.
fn holders(lists: &Lists) -> impl Iterator<Item = (Holder, &Binding)> {
    let members = [false, true].into_iter().flat_map(|system| lists.bindings(Part::Members { system }));
    let members = members.map(|row| (Holder::Member(row.id.clone()), row));
    members.chain(lists.partners().map(|(row, direction)| (Holder::Partner(row.id.clone(), direction), row)))
}

/// The fewest questions whose answers are all grants.
///
/// Asked by asset, the platform may or may not count who has it through a group (nobody says which), so that only types of which nothing
/// is in a group are asked that way. What partners let us do is only told by partner. Of a type of which there is nothing, nobody has
/// anything.
pub(super) fn questions(lists: &Lists) -> Vec<Question> {
    let holders: BTreeSet<Holder> = holders(lists).map(|(holder, _)| holder).collect();
    let (outbound, ours): (Vec<&Holder>, Vec<&Holder>) =
        holders.iter().partition(|holder| matches!(holder, Holder::Partner(_, Direction::Outbound)));
    let groups = groups_of(lists);
    let mut questions = Vec::new();
    for kind in kinds() {
        let assets: BTreeSet<&str> = lists.assets(Part::Assets(kind)).map(|row| row.id.as_str()).collect();
        let whole = lists.is_whole(Part::Assets(kind));
        if assets.is_empty() && whole {
            continue;
        }
        let grouped = assets.iter().any(|id| groups.contains_key(id));
        let by_asset = whole && !grouped && assets.len() * QUESTIONS_PER_ASSET < ours.len();
        let of = |holder: &&Holder| Question::Of((*holder).clone(), kind);
        questions.extend(outbound.iter().map(of));
        if by_asset {
            questions.extend(assets.into_iter().flat_map(on));
        } else {
            questions.extend(ours.iter().map(of));
        }
    }
    questions
}

/// People, system users, partners.
const QUESTIONS_PER_ASSET: usize = 3;

fn on(asset: &str) -> [Question; QUESTIONS_PER_ASSET] {
    let members = |system| Question::MembersOn { asset: asset.to_owned(), system };
    [members(false), members(true), Question::PartnersOn(asset.to_owned())]
}

impl Question {
    fn request(&self, business: &str) -> Request {
        let below = |path: String| Request::get(format!("/businesses/{business}{path}"));
        match self {
            Question::Of(Holder::Member(id), kind) => below(format!("/members/{id}/assets")).with("asset_type", kind),
            Question::Of(Holder::Partner(id, direction), kind) => below(format!("/partners/{id}/assets"))
                .with("partner_type", partner_type(*direction))
                .with("asset_type", kind),
            Question::MembersOn { asset, system } => {
                below(format!("/assets/{asset}/members")).with("fetch_system_users", system)
            }
            Question::PartnersOn(asset) => below(format!("/assets/{asset}/partners")),
        }
    }
}
