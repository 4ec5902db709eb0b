//! `policy:` from its text. Words are checked here, names of people and assets when all files are known.

use jiff::civil::Date;

use super::check_key;
use crate::desired::document::policy::{Assertion, Assets, Assignment, Boundary, Exemption, Parties, Policy, Waiver};
use crate::desired::shapes::{self, policy as shape};
use crate::policy::approvals::{ApprovalNeed, ApprovalPolicy, ApproverGroup, RISKS, Signer};
use crate::policy::boundary::{HOLDERS, HolderKind};
use crate::policy::levels::{LEVELS, PROFILES, Param, ParamValue};
use crate::policy::record;
use crate::policy::sets::TOXIC_SCOPES;
use crate::policy::{Claim, ConflictSet, GuardLimits, Level, Placed, Profile, RuleSetting, ToxicScope, ToxicSet};
use crate::source::At;
use crate::source::yaml::{Reader, Text};

/// Reads `policy:`, whose key stands at a place.
pub(super) fn policy(r: &mut Reader<'_>, at: At) -> Policy {
    let mut policy = Policy { at, ..Policy::default() };
    r.record(&shape::POLICY, at, |r, key, at| match key {
        "guards" => policy.guards = Some(Placed { value: guards(r, at), span: r.span(at) }),
        "profile" => policy.profile = pick(r, "a profile", &PROFILES, &Profile::ALL),
        "rules" => r.map("rules", |r, key| policy.rules.push(rule(r, &key))),
        "waivers" => r.list("waivers", |r| policy.waivers.extend(waiver(r))),
        "custom_rules" => r.map("custom rules", |r, key| policy.custom_rules.extend(super::custom::rule(r, &key))),
        "assertions" => r.list("assertions", |r| policy.assertions.extend(assertion(r))),
        "boundaries" => r.list("boundaries", |r| policy.boundaries.extend(boundary(r))),
        "toxic" => r.map("toxic sets", |r, key| policy.toxic.extend(toxic(r, &key))),
        "conflicts" => r.map("conflict sets", |r, key| policy.conflicts.extend(conflict(r, &key))),
        "assignments" => r.list("assignments", |r| policy.assignments.extend(assignment(r))),
        "protected_labels" => r.list("labels", |r| policy.protected_labels.extend(placed(r, "a label"))),
        "exempt" => r.list("exemptions", |r| policy.exempt.extend(exemption(r))),
        "directory" => policy.directory = placed(r, "a path"),
        "activity" => policy.activity = placed(r, "a path"),
        _ => policy.approvals = Some(Placed { value: approvals(r, at), span: r.span(at) }),
    });
    policy
}

fn approvals(r: &mut Reader<'_>, at: At) -> ApprovalPolicy {
    let mut policy = ApprovalPolicy::default();
    r.record(&shape::APPROVALS, at, |r, key, _| match key {
        "groups" => r.map("groups of people", |r, key| {
            check_key(r, &key, false);
            let name = keep(r, &key);
            policy.groups.push(ApproverGroup { name, people: texts(r, "a person") });
        }),
        "needs" => r.map("risks", |r, key| policy.needs.extend(approval(r, &key))),
        "signed" => policy.signed = r.flag("`true` or `false`").unwrap_or(false),
        "authors" => policy.authors = texts(r, "an address"),
        _ => r.map("keys by person", |r, key| {
            let person = keep(r, &key);
            policy.signers.extend(placed(r, "an SSH public key").map(|key| Signer { person, key }));
        }),
    });
    policy
}

fn approval(r: &mut Reader<'_>, key: &Text<'_>) -> Option<ApprovalNeed> {
    let mut need = ApprovalNeed { risk: keep(r, key), from: Vec::new(), count: 1 };
    let known = RISKS.contains(&key.text.as_ref());
    if !known {
        r.unknown_word("a risk", key, &RISKS);
    }
    let whole = r.record(&shape::APPROVAL, key.at, |r, field, _| match field {
        "from" => need.from = texts(r, "a group"),
        _ => number(r, &mut need.count, 100),
    });
    (known && whole).then_some(need)
}

/// A text with its place.
pub(super) fn placed(r: &mut Reader<'_>, what: &str) -> Option<Placed<String>> {
    r.text(what).map(|text| keep(r, &text))
}

pub(super) fn keep(r: &Reader<'_>, text: &Text<'_>) -> Placed<String> {
    Placed { value: text.text.clone().into_owned(), span: r.span(text.at) }
}

/// Texts: a list, or one in its place.
fn texts(r: &mut Reader<'_>, what: &str) -> Vec<Placed<String>> {
    let mut list = Vec::new();
    r.one_or_many(what, |r| list.extend(placed(r, what)));
    list
}

/// Words of a table: a list, or one in its place.
fn words(r: &mut Reader<'_>, what: &str, names: &[&'static str]) -> Vec<Placed<String>> {
    let mut list = Vec::new();
    r.one_or_many(what, |r| {
        if let Some(text) = r.text(what) {
            if names.contains(&text.text.as_ref()) {
                list.push(keep(r, &text));
            } else {
                r.unknown_word(what, &text, names);
            }
        }
    });
    list
}

/// One of some words as the value it stands for.
pub(super) fn pick<T: Copy>(r: &mut Reader<'_>, what: &str, words: &[&'static str], all: &[T]) -> Option<Placed<T>> {
    let (index, at) = r.choice(what, words)?;
    Some(Placed { value: *all.get(index)?, span: r.span(at) })
}

fn day(r: &mut Reader<'_>) -> Option<Placed<Date>> {
    let span = r.at();
    let span = r.span(span);
    r.day("a day").map(|value| Placed { value, span })
}

fn guards(r: &mut Reader<'_>, at: At) -> GuardLimits {
    let mut limits = GuardLimits::default();
    r.record(&shape::GUARDS, at, |r, key, at| match key {
        "removals" => {
            r.record(&shape::REMOVALS, at, |r, key, _| {
                let limit = match key {
                    "floor" => &mut limits.removals_floor,
                    "count" => &mut limits.removals_count,
                    _ => &mut limits.removals_share,
                };
                number(r, limit, if key == "share" { 100 } else { u32::MAX });
            });
        }
        "snapshot_age" => limits.snapshot_age_hours = age(r).unwrap_or(limits.snapshot_age_hours),
        "desired_share" => number(r, &mut limits.desired_share, 100),
        "first_apply" => limits.first_apply = r.flag("`true` or `false`").unwrap_or(limits.first_apply),
        _ => number(r, &mut limits.managers, u32::MAX),
    });
    limits
}

fn number(r: &mut Reader<'_>, limit: &mut u32, most: u32) {
    match r.number("a whole number") {
        Some((number, at)) if number > most => {
            r.error("bad-number", at, format!("{number} is more than 100 percent"));
        }
        Some((number, _)) => *limit = number,
        None => {}
    }
}

/// `24h`, `3d`, or `off` for any age.
fn age(r: &mut Reader<'_>) -> Option<Option<u32>> {
    let text = r.text("an age such as `24h`, or `off`")?;
    let hours = match text.text.as_ref() {
        "off" => return Some(None),
        other => match (other.strip_suffix('h'), other.strip_suffix('d')) {
            (Some(hours), _) => hours.parse::<u32>().ok(),
            (_, Some(days)) => days.parse::<u32>().ok().and_then(|days| days.checked_mul(24)),
            _ => None,
        },
    };
    if hours.is_none() {
        r.error("bad-age", text.at, format!("`{}` is not an age", text.text)).help =
            Some("write hours (`24h`), days (`3d`), or `off` for any age".to_owned());
    }
    hours.map(Some)
}

/// `rule: warn`, or `rule: { level: warn, parameter: value }`. Which rules and parameters there are, `rules` knows.
fn rule(r: &mut Reader<'_>, key: &Text<'_>) -> RuleSetting {
    let mut setting = RuleSetting { name: keep(r, key), level: None, params: Vec::new() };
    if !r.at_mapping() {
        setting.level = pick(r, "a level", &LEVELS, &Level::ALL);
        return setting;
    }
    r.map("parameters", |r, key| {
        let written = setting.params.iter().find(|param| param.name.value == key.text).map(|param| param.name.span);
        let written = written.or(setting.level.filter(|_| key.text == "level").map(|level| level.span));
        if let Some(first) = written {
            r.skip();
            let problem = r.error("duplicate-key", key.at, format!("`{}` is written twice", key.text));
            *problem = problem.clone().related(first, "first written here");
        } else if key.text == "level" {
            setting.level = pick(r, "a level", &LEVELS, &Level::ALL);
        } else {
            setting.params.extend(param(r, &key));
        }
    });
    setting
}

fn param(r: &mut Reader<'_>, key: &Text<'_>) -> Option<Param> {
    let at = r.at();
    let (name, span) = (keep(r, key), r.span(at));
    let value = if r.at_list() {
        let mut list = Vec::new();
        r.list("values", |r| list.extend(placed(r, "a value")));
        ParamValue::List(list)
    } else {
        ParamValue::Text(placed(r, "a value, or a list of values")?.value)
    };
    Some(Param { name, value, span })
}

fn waiver(r: &mut Reader<'_>) -> Option<Waiver> {
    let at = r.at();
    let (mut rule, mut subject, mut object, mut reason, mut owner) = (None, None, None, None, None);
    let (mut approved_by, mut approved_on, mut until, mut ticket) = (None, None, None, None);
    let mut renewed: Vec<Placed<Date>> = Vec::new();
    r.record(&shape::WAIVER, at, |r, key, _| match key {
        "rule" => rule = placed(r, "the name of a rule"),
        "subject" => subject = placed(r, "a person, team or partner"),
        "object" => object = placed(r, "an asset"),
        "reason" => reason = placed(r, "a text"),
        "owner" => owner = placed(r, "an address"),
        "approved_by" => approved_by = placed(r, "an address"),
        "approved_on" => approved_on = day(r),
        "until" => until = day(r),
        "ticket" => ticket = placed(r, "a text"),
        _ => r.list("days", |r| renewed.extend(day(r))),
    });
    let waiver = Waiver {
        rule: rule?,
        subject,
        object,
        reason: reason?,
        owner: owner?,
        approved_by: approved_by?,
        approved_on: approved_on?,
        until: until?,
        ticket,
        renewed,
        span: r.span(at),
    };
    check_waiver(r, at, &waiver);
    Some(waiver)
}

fn check_waiver(r: &mut Reader<'_>, at: At, waiver: &Waiver) {
    if waiver.subject.is_none() && waiver.object.is_none() {
        r.error("waives-everything", at, "this waiver says neither `subject` nor `object`").help =
            Some("say whom or what it is about; `policy: rules:` turns a rule off altogether".to_owned());
    }
    let mut before = waiver.approved_on;
    for renewed in &waiver.renewed {
        if renewed.value <= before.value {
            let message = format!("a renewal on {} does not come after {}", renewed.value, before.value);
            r.report(crate::source::Problem::error("not-in-order", renewed.span, message));
        }
        before = *renewed;
    }
    if waiver.until.value < before.value {
        let (last, first) = (waiver.until.value, before.value);
        let message = format!("this waiver ends on {last}, before it begins on {first}");
        r.report(crate::source::Problem::error("ends-before", waiver.until.span, message));
    }
}

fn assertion(r: &mut Reader<'_>) -> Option<Assertion> {
    let at = r.at();
    let (mut parties, mut assets, mut reason) = (Parties::default(), Assets::default(), None);
    let mut claims = Vec::new();
    let names = shape::claims();
    let whole = r.record(&shape::ASSERTION, at, |r, key, _| match key {
        "can" => claims.push((Claim::Can, words(r, "a capability, or `access`", &names))),
        "cannot" => claims.push((Claim::Cannot, words(r, "a capability, or `access`", &names))),
        "who_can" => claims.push((Claim::WhoCan, words(r, "a capability, or `access`", &names))),
        "reason" => reason = placed(r, "a text"),
        key if party(r, key, &mut parties) => {}
        key => asset(r, key, &mut assets),
    });
    let mut claims = claims.into_iter();
    let (first, second) = (claims.next(), claims.next());
    if second.is_some() {
        r.error("two-ways", at, "this assertion says more than one of `can`, `cannot` and `who_can`").help =
            Some("write an assertion for each".to_owned());
    }
    if first.is_none() && whole && !r.is_broken() {
        r.error("missing-key", at, "this assertion says none of `can`, `cannot` and `who_can`");
    }
    let (claim, capabilities) = first?;
    if parties.people.is_empty() && parties.teams.is_empty() && parties.partners.is_empty() {
        match claim {
            Claim::WhoCan if parties.written => {}
            Claim::WhoCan => {
                r.error("missing-key", at, "this assertion does not say who").help =
                    Some("write `people: []` for nobody".to_owned());
            }
            Claim::Can | Claim::Cannot => {
                r.error("missing-key", at, "this assertion names nobody: write `people`, `teams` or `partners`");
            }
        }
    }
    Some(Assertion { claim, capabilities, parties, assets, reason, span: r.span(at) })
}

/// Reads a key that names people; `false` where it is none.
fn party(r: &mut Reader<'_>, key: &str, parties: &mut Parties) -> bool {
    let list = match key {
        "people" => &mut parties.people,
        "teams" => &mut parties.teams,
        "partners" => &mut parties.partners,
        _ => return false,
    };
    *list = texts(r, "names");
    parties.written = true;
    true
}

/// Reads a key that names assets.
fn asset(r: &mut Reader<'_>, key: &str, assets: &mut Assets) {
    let list = match key {
        "on" => &mut assets.on,
        "clients" => &mut assets.clients,
        "labels" => &mut assets.labels,
        _ => &mut assets.businesses,
    };
    let at = r.at();
    let before = r.problem_count();
    *list = texts(r, "names");
    if list.is_empty() && r.problem_count() == before {
        r.error("empty-list", at, "this list is empty").help = Some("leave the key out to mean all".to_owned());
    }
}

fn boundary(r: &mut Reader<'_>) -> Option<Boundary> {
    let at = r.at();
    let mut entry = Boundary {
        files: Vec::new(),
        assets: Assets::default(),
        permissions: Vec::new(),
        capabilities: Vec::new(),
        holders: Vec::new(),
        roles: Vec::new(),
        reason: None,
        span: r.span(at),
    };
    let whole = r.record(&shape::BOUNDARY, at, |r, key, _| match key {
        "files" => entry.files = texts(r, "patterns of paths"),
        "permissions" => entry.permissions = words(r, "a permission", &record::permission_words()),
        "capabilities" => entry.capabilities = words(r, "a capability", &record::capability_names()),
        "holders" => r.one_or_many("holders", |r| {
            let all = [HolderKind::People, HolderKind::Teams, HolderKind::Partners];
            entry.holders.extend(pick(r, "whom a grant is for", &HOLDERS, &all));
        }),
        "roles" => entry.roles = words(r, "a role", &shapes::role_names()),
        "reason" => entry.reason = placed(r, "a text"),
        key => asset(r, key, &mut entry.assets),
    });
    for pattern in &entry.files {
        if let Some(fault) = crate::policy::glob::fault(&pattern.value) {
            let message = format!("`{}` is not a pattern of paths: {fault}", pattern.value);
            r.report(crate::source::Problem::error("bad-pattern", pattern.span, message));
        }
    }
    whole.then_some(entry)
}

fn toxic(r: &mut Reader<'_>, key: &Text<'_>) -> Option<ToxicSet> {
    check_key(r, key, false);
    let mut set = ToxicSet { name: keep(r, key), capabilities: Vec::new(), scope: ToxicScope::Asset, reason: None };
    let before = r.problem_count();
    let whole = r.record(&shape::TOXIC, key.at, |r, key, _| match key {
        "capabilities" => set.capabilities = words(r, "a capability", &record::capability_names()),
        "within" => {
            let all = [ToxicScope::Asset, ToxicScope::Client, ToxicScope::Business];
            set.scope = pick(r, "where they come together", &TOXIC_SCOPES, &all).map_or(set.scope, |scope| scope.value);
        }
        _ => set.reason = placed(r, "a text").map(|text| text.value),
    });
    at_least_two(r, key, "a toxic set", &set.capabilities, before);
    whole.then_some(set)
}

fn conflict(r: &mut Reader<'_>, key: &Text<'_>) -> Option<ConflictSet> {
    check_key(r, key, false);
    let mut set = ConflictSet {
        name: keep(r, key),
        clients: Vec::new(),
        at_most: 1,
        except: Vec::new(),
        reason: None,
        span: r.span(key.at),
    };
    let before = r.problem_count();
    let whole = r.record(&shape::CONFLICT, key.at, |r, key, _| match key {
        "clients" => r.list("clients", |r| set.clients.extend(placed(r, "a client"))),
        "at_most" => set.at_most = r.number("a whole number").map_or(1, |(number, _)| number),
        "except" => set.except = texts(r, "people"),
        _ => set.reason = placed(r, "a text").map(|text| text.value),
    });
    at_least_two(r, key, "a conflict set", &set.clients, before);
    whole.then_some(set)
}

/// A set of one never comes together; one that stands twice is a slip.
fn at_least_two(r: &mut Reader<'_>, key: &Text<'_>, what: &str, members: &[Placed<String>], before: usize) {
    for (index, member) in members.iter().enumerate() {
        if let Some(first) = members.iter().take(index).find(|other| other.value == member.value) {
            let problem = crate::source::Problem::error(
                "duplicate",
                member.span,
                format!("`{}` stands twice in this set", member.value),
            );
            r.report(problem.related(first.span, "first written here"));
        }
    }
    if members.len() < 2 && r.problem_count() == before && !r.is_broken() {
        r.error("set-of-one", key.at, format!("{what} needs at least two members, found {}", members.len()));
    }
}

fn assignment(r: &mut Reader<'_>) -> Option<Assignment> {
    let at = r.at();
    let (mut parties, mut assets, mut reason) = (Parties::default(), Assets::default(), None);
    let before = r.problem_count();
    r.record(&shape::ASSIGNMENT, at, |r, key, _| match key {
        "reason" => reason = placed(r, "a text"),
        key if party(r, key, &mut parties) => {}
        key => asset(r, key, &mut assets),
    })
    .then_some(())?;
    let named = [&parties.people, &parties.teams, &parties.partners].into_iter().any(|list| !list.is_empty());
    if !named && r.problem_count() == before && !r.is_broken() {
        r.error("missing-key", at, "this assignment names nobody: write `people`, `teams` or `partners`");
    }
    Some(Assignment { parties, assets, reason, span: r.span(at) })
}

fn exemption(r: &mut Reader<'_>) -> Option<Exemption> {
    let at = r.at();
    let (mut who, mut reason, mut owner, mut until) = (None, None, None, None);
    r.record(&shape::EXEMPTION, at, |r, key, _| match key {
        "who" => who = placed(r, "a key, address or id"),
        "reason" => reason = placed(r, "a text"),
        "owner" => owner = placed(r, "an address"),
        _ => until = day(r),
    });
    Some(Exemption { who: who?, reason, owner, until, span: r.span(at) })
}
