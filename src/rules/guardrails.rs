//! What of a policy binds less than before: the whole of `policy:`, by what holds rather than by what is written.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::policy::approvals::{ApprovalNeed, ApprovalPolicy, Signer};
use crate::policy::boundary::HolderKind;
use crate::policy::{
    self, Assertion, Boundary, Claim, ConflictSet, CustomRule, Exemption, GuardLimits, OutsideFile, Placed, Policy,
    Scope, Target, ToxicSet, Waiver, Who, glob,
};
use crate::source::Span;

use super::finding::Level;
use super::params::{Looser, Param, Params};
use super::settings::settings;

/// Something that binds less than before.
pub struct Loosened {
    /// A name that survives moves.
    pub name: String,
    /// What the change does, as the end of "this change".
    pub what: String,
    /// Where it stands now; what is gone stands nowhere.
    pub span: Option<Span>,
    /// Which grants it is about.
    pub concerns: Concerns,
}

/// Which grants something is about.
pub enum Concerns {
    /// All.
    All,
    /// Those in files that fit a pattern of each list of `fits`, and none of `but`.
    Files {
        /// Patterns of paths.
        fits: Vec<Vec<String>>,
        /// Patterns of paths.
        but: Vec<String>,
    },
    /// Those that are about each of these.
    Named(Vec<Target>),
    /// Those of a person with this stable name.
    Person(String),
}

impl Concerns {
    /// Whether it is about a grant in a file, whose holder and asset have these stable names.
    pub fn is(&self, path: &str, names: &[String]) -> bool {
        match self {
            Concerns::All => true,
            Concerns::Files { fits, but } => {
                let fit = |patterns: &Vec<String>| patterns.iter().any(|pattern| glob::fits_path(pattern, path));
                fits.iter().all(fit) && !fit(but)
            }
            Concerns::Named(targets) => targets.iter().all(|target| names.iter().any(|name| target.is(name))),
            Concerns::Person(person) => names.contains(person),
        }
    }
}

/// What binds less in `now` than in `before`.
pub fn loosened(before: &Policy, now: &Policy) -> Vec<Loosened> {
    let mut found = Comparison { before, now, found: Vec::new() };
    found.rules();
    found.custom_rules();
    found.waivers();
    found.exemptions();
    found.boundaries();
    found.sets();
    found.assertions();
    found.assignments();
    found.outside("directory", &before.directory, &now.directory);
    found.outside("activity", &before.activity, &now.activity);
    found.approvals(&before.approvals, &now.approvals);
    let limits = looser_limits(&before.guards, &now.guards);
    if !limits.is_empty() {
        let names: Vec<String> = limits.iter().map(|name| format!("`{name}`")).collect();
        found.all("guards".to_owned(), format!("loosens {} of the guards", names.join(", ")), None);
    }
    found.found
}

/// How much a level binds: less is stricter.
pub fn rank(level: Option<Level>) -> u8 {
    match level {
        Some(Level::Error) => 0,
        Some(Level::Warning) => 1,
        Some(Level::Note) => 2,
        None => 3,
    }
}

/// As files write it.
fn word(level: Option<Level>) -> &'static str {
    match level {
        Some(Level::Error) => "deny",
        Some(Level::Warning) => "warn",
        Some(Level::Note) => "note",
        None => "off",
    }
}

/// Whether two waivers accept the same.
pub fn same_waiver(one: &Waiver, two: &Waiver) -> bool {
    let names = |target: &Option<Target>| target.as_ref().map(|target| target.names.clone());
    one.rule.value == two.rule.value
        && names(&one.subject) == names(&two.subject)
        && names(&one.object) == names(&two.object)
}

/// The limits of guards that allow more, as files write them.
fn looser_limits(before: &GuardLimits, now: &GuardLimits) -> Vec<&'static str> {
    let GuardLimits {
        removals_floor,
        removals_count,
        removals_share,
        snapshot_age_hours,
        desired_share,
        first_apply,
        managers,
    } = now;
    let age = |hours: Option<u32>| hours.unwrap_or(u32::MAX);
    let limits = [
        ("removals.floor", *removals_floor > before.removals_floor),
        ("removals.count", *removals_count > before.removals_count),
        ("removals.share", *removals_share > before.removals_share),
        ("snapshot_age", age(*snapshot_age_hours) > age(before.snapshot_age_hours)),
        ("desired_share", *desired_share < before.desired_share),
        ("first_apply", before.first_apply && !first_apply),
        ("managers", *managers < before.managers),
    ];
    limits.into_iter().filter(|(_, looser)| *looser).map(|(name, _)| name).collect()
}

struct Comparison<'a> {
    before: &'a Policy,
    now: &'a Policy,
    found: Vec<Loosened>,
}

impl Comparison<'_> {
    fn all(&mut self, name: String, what: String, span: Option<Span>) {
        self.found.push(Loosened { name, what, span, concerns: Concerns::All });
    }

    /// Levels and parameters as they hold: by the profile, and by what is written.
    fn rules(&mut self) {
        let old = settings(super::RULES, self.before, None);
        let new = settings(super::RULES, self.now, None);
        let mut by_profile = BTreeSet::new();
        for (old, new) in old.iter().zip(&new).filter(|(old, _)| old.level.is_some()) {
            let name = new.rule.name;
            let written = self.now.rule(name);
            let follows = |span: Option<Span>| span.is_none() && old.written.is_empty();
            if rank(new.level) > rank(old.level) {
                let span = written.and_then(|written| written.level).map(|level| level.span);
                match follows(span) {
                    true => drop(by_profile.insert(name)),
                    false => self.all(format!("rule/{name}"), format!("sets `{name}` to {}", word(new.level)), span),
                }
            }
            let params = new.rule.params.iter().filter(|param| is_raised(param, &old.params, &new.params));
            for param in params.filter(|_| new.level.is_some()) {
                let span = written.and_then(|written| written.param(param.name)).map(|param| param.span);
                let what = format!("loosens `{}` of `{name}`", param.name);
                match follows(span) {
                    true => drop(by_profile.insert(name)),
                    false => self.all(format!("rule/{name}/{}", param.name), what, span),
                }
            }
        }
        self.profile(&by_profile);
    }

    /// What another profile loosens, told once.
    fn profile(&mut self, rules: &BTreeSet<&str>) {
        if !rules.is_empty() {
            let profile = self.now.profile.map(|profile| profile.value).unwrap_or_default().word();
            let noun = if rules.len() == 1 { "rule" } else { "rules" };
            let what = format!("loosens {} {noun} (profile {profile})", rules.len());
            self.all("profile".to_owned(), what, self.now.profile.map(|profile| profile.span));
        }
    }

    fn custom_rules(&mut self) {
        for old in self.before.custom_rules.iter().filter(|old| old.level != policy::Level::Off) {
            let name = &old.name.value;
            let new = self.now.custom_rules.iter().find(|new| new.name.value == *name);
            let (what, span) = match new {
                None => (format!("removes the custom rule `{name}`"), None),
                Some(new) if new.level > old.level => {
                    (format!("sets `{name}` to {}", new.level.word()), Some(new.name.span))
                }
                Some(new) if custom(new) != custom(old) => {
                    (format!("changes when the custom rule `{name}` fires"), Some(new.name.span))
                }
                Some(_) => continue,
            };
            let kind = if new.is_some() { "rule" } else { "custom rule" };
            self.all(format!("{kind}/{name}"), what, span);
        }
    }

    fn waivers(&mut self) {
        for waiver in &self.now.waivers {
            let old = self.before.waivers.iter().find(|old| same_waiver(old, waiver));
            let accepts = |old: &Waiver| old.approver_known || !waiver.approver_known;
            if old.is_some_and(|old| old.until.value >= waiver.until.value && accepts(old)) {
                continue;
            }
            let about = [&waiver.subject, &waiver.object].into_iter().flatten().cloned().collect();
            let verb = if old.is_some_and(accepts) { "extends" } else { "adds" };
            self.found.push(Loosened {
                name: super::waivers::node(waiver).id,
                what: format!("{verb} {}", super::waivers::node(waiver).label),
                span: Some(waiver.span),
                concerns: Concerns::Named(about),
            });
        }
    }

    fn exemptions(&mut self) {
        let end = |exemption: &Exemption| exemption.until.map_or(Date::MAX, |until| until.value);
        for new in &self.now.exempt {
            let covers = |old: &&Exemption| old.who.names == new.who.names && end(old) >= end(new);
            if self.before.exempt.iter().any(|old| covers(&old)) {
                continue;
            }
            self.found.push(Loosened {
                name: format!("exempt/{}", new.who.written.value),
                what: format!("exempts `{}` from the directory", new.who.written.value),
                span: Some(new.span),
                concerns: Concerns::Named(vec![new.who.clone()]),
            });
        }
    }

    /// Files that had a boundary and have none, or have one that allows more: boundaries that fit one file add up.
    fn boundaries(&mut self) {
        let patterns = |of: Vec<&Boundary>| -> Vec<String> {
            of.iter().flat_map(|one| &one.files).map(|file| file.value.clone()).collect()
        };
        let mut found = Vec::new();
        for old in &self.before.boundaries {
            let fits = vec![patterns(vec![old])];
            let name = patterns(vec![old]).join(" ");
            found.push(Loosened {
                what: format!("removes the boundary of {name}"),
                name: format!("boundary/{name}"),
                span: None,
                concerns: Concerns::Files { fits, but: patterns(self.now.boundaries.iter().collect()) },
            });
        }
        for new in &self.now.boundaries {
            let (wider, others): (Vec<_>, Vec<_>) = self.before.boundaries.iter().partition(|old| allows(old, new));
            let name = patterns(vec![new]).join(" ");
            found.push(Loosened {
                what: format!("widens the boundary of {name}"),
                name: format!("boundary/{name}"),
                span: Some(new.span),
                concerns: Concerns::Files { fits: vec![patterns(vec![new]), patterns(others)], but: patterns(wider) },
            });
        }
        self.found.extend(found);
    }

    /// Named sets and labels that are gone, or hold for less.
    fn sets(&mut self) {
        for old in &self.before.toxic {
            let new = self.now.toxic.iter().find(|new| new.name.value == old.name.value);
            let same = new.is_some_and(|new| forbids_as_much(old, new));
            self.set("toxic set", &old.name, new.map(|new| new.name.span), same);
        }
        for old in &self.before.conflicts {
            let new = self.now.conflicts.iter().find(|new| new.name.value == old.name.value);
            let same = new.is_some_and(|new| holds_as_much(old, new));
            self.set("conflict set", &old.name, new.map(|new| new.span), same);
        }
        for old in &self.before.protected_labels {
            let new = self.now.protected_labels.iter().find(|new| new.value == old.value);
            self.set("protected label", old, new.map(|new| new.span), new.is_some());
        }
    }

    fn set(&mut self, kind: &str, name: &Placed<String>, now: Option<Span>, same: bool) {
        if !same {
            let verb = if now.is_some() { "changes" } else { "removes" };
            self.all(format!("{kind}/{}", name.value), format!("{verb} the {kind} `{}`", name.value), now);
        }
    }

    fn assertions(&mut self) {
        let lost = |old: &&Assertion| !self.now.assertions.iter().any(|new| claims_as_much(old, new));
        let gone = self.before.assertions.iter().filter(lost).count();
        if gone > 0 {
            self.all("assertions".to_owned(), format!("removes or weakens {gone} of the assertions"), None);
        }
    }

    /// Without any, nobody asks who is assigned; another one is how work is given.
    fn assignments(&mut self) {
        if !self.before.assignments.is_empty() && self.now.assignments.is_empty() {
            self.all("assignments".to_owned(), "removes the assignments".to_owned(), None);
        }
    }

    fn outside(&mut self, key: &str, old: &Option<OutsideFile>, new: &Option<OutsideFile>) {
        let Some(old) = old else { return };
        match new {
            None => self.all(key.to_owned(), format!("takes out `{key}`"), None),
            Some(new) if new.path.value != old.path.value => {
                self.all(key.to_owned(), format!("names another file as `{key}`"), Some(new.path.span));
            }
            Some(_) => {}
        }
    }

    fn approvals(&mut self, old: &ApprovalPolicy, new: &ApprovalPolicy) {
        for need in &old.needs {
            let risk = &need.risk.value;
            let same: Vec<&ApprovalNeed> = new.needs.iter().filter(|now| now.risk.value == *risk).collect();
            let by_others = |now: &ApprovalNeed| !texts(&now.from).is_subset(&texts(&need.from));
            let what = match same.first() {
                _ if same.iter().any(|now| now.count >= need.count && !by_others(now)) => continue,
                None => format!("asks for no approval of `{risk}` any more"),
                Some(now) if now.count < need.count => format!("asks for fewer approvals of `{risk}`"),
                Some(_) => format!("lets others approve `{risk}`"),
            };
            self.all(format!("approval/{risk}"), what, same.first().map(|now| now.risk.span));
        }
        if old.signed && !new.signed {
            self.all("approvals/signed".to_owned(), "takes approvals without a signature".to_owned(), None);
        }
        if !old.needs.is_empty() {
            self.approvers(old, new);
        }
    }

    /// Who may approve, with which keys, and who is no person.
    fn approvers(&mut self, old: &ApprovalPolicy, new: &ApprovalPolicy) {
        for group in &new.groups {
            let Some(before) = old.groups.iter().find(|before| before.name.value == group.name.value) else { continue };
            for person in group.people.iter().filter(|person| !has(&before.people, person)) {
                self.found.push(Loosened {
                    name: format!("approvers/{}/{}", group.name.value, person.value),
                    what: format!("makes `{}` an approver in `{}`", person.value, group.name.value),
                    span: Some(person.span),
                    concerns: Concerns::Person(format!("person:{}", person.value.to_lowercase())),
                });
            }
        }
        let had = |new: &Signer| {
            old.signers.iter().any(|old| old.key.value == new.key.value && old.person.value == new.person.value)
        };
        for signer in new.signers.iter().filter(|signer| old.signed && !had(signer)) {
            let who = &signer.person.value;
            self.all(format!("signer/{who}"), format!("takes another key for `{who}`"), Some(signer.key.span));
        }
        for author in new.authors.iter().filter(|author| !has(&old.authors, author)) {
            let who = &author.value;
            self.all(format!("author/{who}"), format!("takes `{who}` for a bot"), Some(author.span));
        }
    }
}

fn has(list: &[Placed<String>], one: &Placed<String>) -> bool {
    list.iter().any(|other| other.value.eq_ignore_ascii_case(&one.value))
}

/// Whether a parameter lets more pass than before.
fn is_raised(param: &Param, old: &Params, new: &Params) -> bool {
    let number = |params: &Params| params.number(param.name);
    let words = |params: &Params| params.words(param.name).iter().cloned().collect::<BTreeSet<_>>();
    let flag = |params: &Params| params.flag(param.name);
    match param.looser {
        Looser::More => number(new) > number(old) || !words(new).is_subset(&words(old)) || (flag(new) && !flag(old)),
        Looser::MoreOrNone => {
            let number = |params: &Params| number(params).checked_sub(1).unwrap_or(u32::MAX);
            number(new) > number(old)
        }
        Looser::Less => number(new) < number(old) || !words(old).is_subset(&words(new)) || (flag(old) && !flag(new)),
        Looser::LessThanAll => !reaches(&words(new), &words(old)),
    }
}

/// Whether a list of what something is about, where none means all, has all of another one.
fn reaches(list: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    list.is_empty() || (!other.is_empty() && other.is_subset(list))
}

fn texts(list: &[Placed<String>]) -> BTreeSet<String> {
    list.iter().map(|text| text.value.clone()).collect()
}

/// The parts of a scope: businesses, and what is named besides.
fn scope(scope: &Scope) -> (BTreeSet<String>, BTreeSet<String>) {
    let Scope { assets, clients, labels, businesses } = scope;
    let assets = assets.iter().map(|asset| format!("asset {}/{}", asset.business, asset.key));
    let clients = clients.iter().map(|client| format!("client {}", client.value));
    let labels = labels.iter().map(|label| format!("label {}", label.value));
    (texts(businesses), assets.chain(clients).chain(labels).collect())
}

/// Whether one scope has all that another one has, by what they name.
fn encloses(one: &Scope, other: &Scope) -> bool {
    let ((businesses, named), (others, others_named)) = (scope(one), scope(other));
    reaches(&businesses, &others) && reaches(&named, &others_named)
}

/// Whether a boundary allows all that another one allows, whatever their files.
fn allows(one: &Boundary, other: &Boundary) -> bool {
    let Boundary { files: _, scope, permissions, capabilities, holders, roles, reason: _, span: _ } = one;
    let words = |holders: &[Placed<HolderKind>]| holders.iter().map(|kind| kind.value.word().to_owned()).collect();
    encloses(scope, &other.scope)
        && reaches(&texts(permissions), &texts(&other.permissions))
        && reaches(&texts(capabilities), &texts(&other.capabilities))
        && reaches(&words(holders), &words(&other.holders))
        && reaches(&texts(roles), &texts(&other.roles))
}

/// Whether an assertion claims at least what another one claimed.
fn claims_as_much(old: &Assertion, new: &Assertion) -> bool {
    let Assertion { claim, capabilities, who, scope, reason: _, span: _ } = new;
    let names = |who: &[Who]| who.iter().map(|who| who.written().value.clone()).collect::<BTreeSet<_>>();
    let (who, had) = (names(who), names(&old.who));
    // Of those who alone may do something, fewer is more; of those who may or may not, more.
    let people = if *claim == Claim::WhoCan { who.is_subset(&had) } else { had.is_subset(&who) };
    *claim == old.claim
        && people
        && texts(&old.capabilities).is_subset(&texts(capabilities))
        && encloses(scope, &old.scope)
}

/// Whether a toxic set is complete wherever it was complete before.
fn forbids_as_much(old: &ToxicSet, new: &ToxicSet) -> bool {
    let ToxicSet { name: _, capabilities, scope, reason: _ } = new;
    texts(capabilities).is_subset(&texts(&old.capabilities)) && *scope == old.scope
}

/// Whether a conflict set keeps apart at least what it kept apart.
fn holds_as_much(old: &ConflictSet, new: &ConflictSet) -> bool {
    let ConflictSet { name: _, clients, at_most, except, reason: _, span: _ } = new;
    texts(&old.clients).is_subset(&texts(clients))
        && *at_most <= old.at_most
        && texts(except).is_subset(&texts(&old.except))
}

/// When a custom rule fires, without its places.
fn custom(rule: &CustomRule) -> String {
    let CustomRule {
        name: _,
        level: _,
        severity: _,
        message: _,
        help: _,
        matches,
        unless,
        when,
        limit,
        fires: _,
        quiet: _,
    } = rule;
    let pattern = |pattern: &Option<crate::policy::pattern::Pattern>| {
        let tests = pattern.iter().flat_map(|pattern| &pattern.tests);
        tests.map(|test| format!("{}={:?}", test.field, texts(&test.wanted))).collect::<BTreeSet<_>>()
    };
    let when = when.as_ref().map(|when| when.source.value.as_str());
    let limit = limit.map(|limit| (limit.at_most, limit.of, limit.per));
    format!("{:?} {:?} {when:?} {limit:?}", pattern(matches), pattern(unless))
}
