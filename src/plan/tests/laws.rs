//! Laws on random small worlds.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Made, Origin, Risk, Try, file};
use crate::desired::DesiredState;
use crate::diff::world::{export, files_with};
use crate::model::{Direction, PrincipalIx};
use crate::observed::{Grant, ObservedState};
use crate::plan::{Action, Operation, invariant, predict};

const ACCOUNTS: [usize; 4] = [0, 1, 2, 3];
const WORDS: [&str; 4] = ["ADMIN", "ANALYST", "CAMPAIGN_MANAGER", "FINANCE_VIEW"];

/// What somebody has or shall have: a word set for each account and each of two groups; 0 = nothing.
type Rights = [u8; 6];

#[derive(Clone, Debug)]
struct Human {
    /// Bit 0: the files know the id; bit 1: the line ended; bit 2: a partner is outbound.
    flags: u8,
    wanted: Option<(bool, Rights)>,
    there: There,
    manager: bool,
    has: Rights,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum There {
    No,
    Member,
    System,
    Pending,
    Declined,
    Expired,
}

#[derive(Clone, Debug)]
struct World {
    mode: &'static str,
    humans: Vec<Human>,
    partners: Vec<Human>,
    /// Of each group: whether the files want it, whether it is there, and its contents on both sides.
    groups: [(bool, bool, u8, u8); 2],
    managed: [bool; 3],
    odd: bool,
    limit: u32,
}

fn rights() -> impl Strategy<Value = Rights> {
    let cell = || prop_oneof![3 => Just(0u8), 2 => 1u8..16];
    [cell(), cell(), cell(), cell(), cell(), cell()]
}

fn human() -> impl Strategy<Value = Human> {
    let there = prop_oneof![
        2 => Just(There::No),
        8 => Just(There::Member),
        1 => Just(There::System),
        1 => Just(There::Pending),
        1 => Just(There::Declined),
        1 => Just(There::Expired),
    ];
    let wanted = prop::option::weighted(0.8, (prop::bool::weighted(0.3), rights()));
    let flags = prop_oneof![3 => 0u8..2, 1 => 0u8..8];
    (flags, wanted, there, prop::bool::weighted(0.3), rights()).prop_map(|(flags, wanted, there, manager, has)| Human {
        flags,
        wanted,
        there,
        manager,
        has,
    })
}

fn world() -> impl Strategy<Value = World> {
    let group = (any::<bool>(), any::<bool>(), 0u8..16, 0u8..16);
    let mode = prop_oneof![6 => Just("enforce"), 1 => Just("adopt")];
    let managed = [prop::bool::weighted(0.9), prop::bool::weighted(0.9), prop::bool::weighted(0.9)];
    (
        mode,
        prop::collection::vec(human(), 1..5),
        prop::collection::vec(human(), 0..3),
        [group.clone(), group],
        managed,
        prop::bool::weighted(0.2),
        1u32..3,
    )
        .prop_map(|(mode, humans, partners, groups, managed, odd, limit)| World {
            mode,
            humans,
            partners,
            groups,
            managed,
            odd,
            limit,
        })
}

fn way(partner: &Human) -> &'static str {
    if partner.flags & 4 != 0 { "outbound" } else { "inbound" }
}

fn words(mask: u8) -> Vec<&'static str> {
    let all = WORDS.into_iter().enumerate();
    all.filter(|(bit, _)| mask & 1 << bit != 0).map(|(_, word)| word).collect()
}

impl World {
    fn desired(&self) -> DesiredState {
        let mut text = String::from("accounts:\n");
        for account in ACCOUNTS {
            text += &format!("  a{account}: {{ id: \"7{account}\", name: Account {account} }}\n");
        }
        if self.managed[0] {
            text += "people:\n  boss@acme.example: { role: manager }\n";
            for (at, human) in self.humans.iter().enumerate() {
                if let Some((manager, rights)) = &human.wanted {
                    let role = if *manager { "manager" } else { "employee" };
                    let grants = self.grants(rights);
                    let id = if human.flags & 1 != 0 { format!("id: \"2{at}\", ") } else { String::new() };
                    let until = if human.flags & 2 != 0 { "until: 2026-11-21, " } else { "" };
                    text += &format!("  p{at}@acme.example: {{ {id}{until}role: {role}, grants: [{grants}] }}\n");
                }
            }
        }
        if self.managed[1] {
            text += "partners:\n  one: { id: \"900\", direction: inbound }\n";
            for (at, partner) in self.partners.iter().enumerate() {
                if let Some((_, rights)) = &partner.wanted {
                    let grants = self.grants(rights);
                    let way = way(partner);
                    let ends = if partner.flags & 2 != 0 { "ends: 2026-11-21, " } else { "" };
                    text += &format!("  q{at}: {{ id: \"50{at}\", direction: {way}, {ends}grants: [{grants}] }}\n");
                }
            }
        }
        if self.managed[2] {
            text += "asset_groups:\n  keep: { id: \"99\", name: Keep, description: d, types: [BRAND] }\n";
            for (at, (wanted, _, contains, _)) in self.groups.iter().enumerate() {
                if *wanted {
                    let inside: Vec<String> = ACCOUNTS
                        .into_iter()
                        .filter(|account| contains & 1 << account != 0)
                        .map(|account| format!("a{account}"))
                        .collect();
                    let inside = inside.join(", ");
                    text += &format!(
                        "  g{at}: {{ name: Group {at}, description: d, types: [BRAND], contains: [{inside}] }}\n"
                    );
                }
            }
        }
        let mut desired = files_with(&format!(", mode: {}", self.mode), &text);
        desired.policy.guards.managers = self.limit;
        desired
    }

    fn grants(&self, rights: &Rights) -> String {
        let usable = |at: usize| match at {
            0..4 => true,
            _ => self.managed[2] && self.groups[at - 4].0,
        };
        let items = rights.iter().enumerate().filter(|(at, mask)| **mask != 0 && usable(*at)).map(|(at, mask)| {
            let on = if at < 4 { format!("a{at}") } else { format!("g{}", at - 4) };
            format!("{{ on: [{on}], permissions: [{}] }}", words(*mask).join(", "))
        });
        items.collect::<Vec<_>>().join(", ")
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = vec![
            "member 1 boss@acme.example BIZ_ADMIN".to_owned(),
            "partner 900 inbound One".to_owned(),
            "group 99 Keep".to_owned(),
        ];
        lines.extend(ACCOUNTS.map(|account| format!("account 7{account} Account {account}")));
        for (at, (_, there, _, holds)) in self.groups.iter().enumerate() {
            if *there {
                let inside: Vec<String> = ACCOUNTS
                    .into_iter()
                    .filter(|account| holds & 1 << account != 0)
                    .map(|account| format!("7{account}"))
                    .collect();
                lines.push(format!("group 8{at} Group {at} = {}", inside.join(" ")));
            }
        }
        for (at, human) in self.humans.iter().enumerate() {
            self.human_lines(at, human, &mut lines);
        }
        for (at, partner) in self.partners.iter().enumerate() {
            let id = format!("50{at}");
            let kind = if partner.flags & 4 != 0 { "PARTNER_REQUEST" } else { "PARTNER_INVITE" };
            let attached = self.attached(&partner.has);
            let asked = |status: &str| format!("asked 6{at} {id} {kind} {status} 2026-11-01{attached}");
            match partner.there {
                There::Member | There::System => {
                    let way = way(partner);
                    lines.push(format!("partner {id} {way} Agency {at}"));
                    self.right_lines(&format!("shared {id} {way}"), &partner.has, &mut lines);
                    if partner.there == There::System {
                        lines.push(asked("PENDING"));
                    }
                }
                There::Pending => lines.push(asked("PENDING")),
                There::Declined => lines.push(asked("DECLINED")),
                There::No | There::Expired => {}
            }
        }
        lines
    }

    fn human_lines(&self, at: usize, human: &Human, lines: &mut Vec<String>) {
        let role = if human.manager { "BIZ_ADMIN" } else { "EMPLOYEE" };
        let (id, email) = (format!("2{at}"), format!("P{at}@acme.example"));
        let attached = self.attached(&human.has);
        let invite = |status: &str| format!("invite 3{at} {email} {role} {status} 2026-11-01{attached}");
        match human.there {
            There::No => {}
            There::Member | There::System => {
                let kind = if human.there == There::System { "system" } else { "member" };
                lines.push(format!("{kind} {id} {email} {role}"));
                self.right_lines(&format!("grant {id}"), &human.has, lines);
            }
            There::Pending => lines.push(invite("PENDING")),
            There::Declined => lines.push(invite("DECLINED")),
            There::Expired => lines.push(invite("EXPIRED")),
        }
    }

    fn attached(&self, has: &Rights) -> String {
        let ours = has.iter().enumerate().take(4).filter(|(_, mask)| **mask != 0);
        ours.map(|(at, mask)| format!(" 7{at}={}", words(*mask).join(";"))).collect()
    }

    fn right_lines(&self, prefix: &str, has: &Rights, lines: &mut Vec<String>) {
        for (at, mask) in has.iter().enumerate().filter(|(_, mask)| **mask != 0) {
            let there = at < 4 || self.groups[at - 4].1;
            let asset = if at < 4 { format!("7{at}") } else { format!("8{}", at - 4) };
            let odd = if self.odd && *mask == 5 { ";FUTURE" } else { "" };
            if there {
                lines.push(format!("{prefix} {asset} {}{odd}", words(*mask).join(";")));
            }
        }
    }

    fn observed(&self) -> ObservedState {
        export(&self.lines().join("\n"))
    }
}

fn after(observed: &ObservedState, operations: &[Operation]) -> ObservedState {
    let mut state = observed.clone();
    let actions = operations.iter().map(|operation| &operation.action);
    let at = "2026-11-22T12:00:00Z".parse().unwrap();
    let outcomes = predict::perform_all(&mut state, actions, &mut BTreeMap::new(), at);
    for (outcome, operation) in outcomes.iter().zip(operations) {
        // A person removes system users and creates service accounts; the prediction does it all the same.
        assert!(outcome.is_ok(), "{outcome:?}: {:?}", operation.action);
    }
    state
}

fn show(made: &Made) -> String {
    format!("{:#?}\n{:#?}", made.steps(), made.withheld())
}

/// A few dozen worlds each time, as many as wanted with `PROPTEST_CASES`.
fn toxic(capabilities: &[&str]) -> crate::policy::ToxicSet {
    use crate::policy::{Placed, ToxicScope, ToxicSet};
    let span = crate::source::Pos::default().span(1);
    let placed = |value: &str| Placed { value: value.to_owned(), span };
    ToxicSet {
        name: placed("set"),
        capabilities: capabilities.iter().map(|name| placed(name)).collect(),
        scope: ToxicScope::Asset,
        reason: None,
    }
}

fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = if default.cases == 256 { 64 } else { default.cases };
    ProptestConfig { cases, failure_persistence: None, ..default }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_second_plan_is_empty(world in world()) {
        let (desired, observed) = (world.desired(), world.observed());
        let made = Try::new(&desired, &observed).plan();
        let then = after(&observed, &made.business().operations);
        let again = Try::new(&desired, &then).plan();
        // Steps that no order kept safe may find one now.
        let stuck = made.withheld().iter().any(|held| held.starts_with("order:"));
        prop_assert!(stuck || again.steps().is_empty(), "{}\nthen\n{}", show(&made), show(&again));
    }

    #[test]
    fn nobody_who_keeps_access_lacks_it_between_two_steps(world in world()) {
        let (desired, observed) = (world.desired(), world.observed());
        let made = Try::new(&desired, &observed).plan();
        let people = |id: &str| {
            let member = observed.find_member(id).unwrap();
            !observed.members[member as usize].system
        };
        let broken = invariant::first_broken(
            &observed,
            &made.business().operations,
            &people,
            world.limit as usize,
        );
        prop_assert_eq!(broken, None, "{}", show(&made));
    }

    #[test]
    fn nothing_toxic_comes_together_between_two_steps(world in world()) {
        const SETS: [[&str; 2]; 2] = [["edit-campaigns", "edit-audiences"], ["view-billing", "edit-audiences"]];
        let (mut desired, observed) = (world.desired(), world.observed());
        desired.policy.toxic = SETS.iter().map(|set| toxic(set)).collect();
        let made = Try::new(&desired, &observed).plan();
        prop_assume!(!made.withheld().iter().any(|held| held.starts_with("order:")));
        let sets: Vec<Vec<&str>> = SETS.iter().map(|set| set.to_vec()).collect();
        let broken = invariant::first_toxic(&observed, &made.business().operations, &sets);
        prop_assert_eq!(broken, None, "{}", show(&made));
        let kept = invariant::first_broken(&observed, &made.business().operations, &|_| true, 0);
        prop_assert_eq!(kept, None, "{}", show(&made));
    }

    #[test]
    fn a_failed_step_takes_nobody_else_s_access(world in world(), fails in any::<prop::sample::Index>()) {
        let (desired, observed) = (world.desired(), world.observed());
        let made = Try::new(&desired, &observed).plan();
        let operations = &made.business().operations;
        prop_assume!(!operations.is_empty());
        let mut failed = vec![operations[fails.index(operations.len())].id.clone()];
        let mut done = Vec::new();
        for operation in operations {
            if failed.contains(&operation.id) || operation.after.iter().any(|id| failed.contains(id)) {
                failed.push(operation.id.clone());
            } else {
                done.push(operation.clone());
            }
        }
        // What the whole plan keeps must also be kept when a part of it is set apart.
        let whole = after(&observed, operations);
        let part = after(&observed, &done);
        let lost = lost_from(&observed, &whole, &part);
        prop_assert!(lost.is_empty(), "{lost:?}\n{}\nfailed {failed:?}", show(&made));
    }

    /// Also while what is taken away is not taken yet.
    #[test]
    fn whoever_comes_to_administer_or_from_outside_comes_by_a_step_that_says_so(world in world()) {
        let (desired, observed) = (world.desired(), world.observed());
        let made = Try::new(&desired, &observed).plan();
        let operations = &made.business().operations;
        let additions: Vec<&Operation> = operations.iter().filter(|one| !one.risk.contains(&Risk::Removal)).collect();
        for steps in [operations.iter().collect(), additions] {
            let mut then = observed.clone();
            let actions = steps.iter().map(|operation| &operation.action);
            predict::perform_all(&mut then, actions, &mut BTreeMap::new(), "2026-11-22T12:00:00Z".parse().unwrap());
            for (risk, is_meant) in [(Risk::Admin, is_admin as IsMeant), (Risk::External, is_foreign)] {
                let unsaid = unsaid(&observed, &then, operations, risk, is_meant);
                prop_assert!(unsaid.is_empty(), "{} {unsaid:?}\n{}", risk.word(), show(&made));
            }
        }
    }

    #[test]
    fn the_order_of_the_export_means_nothing(world in world(), turn in 0usize..40) {
        let desired = world.desired();
        let mut lines = world.lines();
        let observed = export(&lines.join("\n"));
        let turn = turn % lines.len();
        lines.rotate_left(turn);
        lines.reverse();
        let turned = export(&lines.join("\n"));
        let (one, two) = (Try::new(&desired, &observed).plan(), Try::new(&desired, &turned).plan());
        prop_assert_eq!(file::to_bytes(&one.0), file::to_bytes(&two.0));
    }

    #[test]
    fn a_saved_plan_comes_back(world in world()) {
        let made = Try::new(&world.desired(), &world.observed()).plan();
        let stored = made.stored();
        prop_assert_eq!(stored.plan(), &made.0);
    }

    #[test]
    fn what_is_unmanaged_is_untouched(world in world()) {
        let (desired, observed) = (world.desired(), world.observed());
        let made = Try::new(&desired, &observed).plan();
        for operation in &made.business().operations {
            let section = match &operation.action {
                Action::InviteMember { .. } | Action::SetRole { .. } | Action::RemoveMember { .. } => 0,
                Action::InvitePartner { .. } | Action::RemovePartner { .. } => 1,
                Action::CreateGroup { .. } | Action::DeleteGroup { .. } => 2,
                _ => continue,
            };
            prop_assert!(world.managed[section], "{:?}", operation.action);
        }
    }

    #[test]
    fn what_is_there_is_no_difference_to_itself(world in world()) {
        let (desired, observed) = (world.desired(), world.observed());
        let made = Try::new(&desired, &observed).plan();
        let then = after(&observed, &made.business().operations);
        let again = Try::new(&desired, &then).after(&then).plan();
        prop_assert!(again.origins().iter().all(|origin| *origin == Origin::Files));
        prop_assert!(again.notices().iter().all(|notice| !notice.starts_with("converged")));
    }

    #[test]
    fn adopting_removes_nothing(world in world()) {
        let world = World { mode: "adopt", ..world };
        let (desired, observed) = (world.desired(), world.observed());
        let made = Try::new(&desired, &observed).plan();
        let then = after(&observed, &made.business().operations);
        prop_assert!(lost_from(&observed, &observed, &then).is_empty(), "{}", show(&made));
        prop_assert!(then.members.len() >= observed.members.len());
        prop_assert!(made.refused().is_empty());
    }

    #[test]
    fn half_an_export_removes_nothing(world in world()) {
        let desired = world.desired();
        let mut lines = world.lines();
        lines.extend(crate::observed::Collection::ALL.map(|part| format!("part {}", part.word())));
        let observed = export(&lines.join("\n"));
        let made = Try::new(&desired, &observed).plan();
        let then = after(&observed, &made.business().operations);
        prop_assert!(lost_from(&observed, &observed, &then).is_empty(), "{}", show(&made));
    }
}

/// Grants and contents that `before` and `kept` have and `now` lacks, whole or in part.
fn lost_from(before: &ObservedState, kept: &ObservedState, now: &ObservedState) -> Vec<String> {
    let access = |state: &ObservedState| {
        let operations: Vec<Operation> = Vec::new();
        let mut found = BTreeMap::new();
        assert!(invariant::first_broken(state, &operations, &|_| true, 0).is_none());
        for grant in &state.grants {
            let mut open = vec![grant.asset];
            while let Some(asset) = open.pop() {
                let key = (holder(state, grant.principal), state.text(state.assets[asset as usize].id).to_owned());
                let admin = state.words(grant.permissions).contains(&"ADMIN".to_owned());
                let all: u32 = if admin { u32::MAX } else { grant.permissions.known };
                *found.entry(key).or_insert(0) |= all;
                open.extend(state.contents_of(asset).iter().map(|content| content.asset));
            }
        }
        found
    };
    let (before, kept, now) = (access(before), access(kept), access(now));
    before
        .iter()
        .filter_map(|(key, before)| {
            let kept = before & kept.get(key)?;
            let now = now.get(key).copied().unwrap_or(0);
            (kept & !now != 0).then(|| format!("{key:?}"))
        })
        .collect()
}

type IsMeant = fn(&ObservedState, &Grant) -> bool;

fn is_admin(state: &ObservedState, grant: &Grant) -> bool {
    state.words(grant.permissions).contains(&"ADMIN".to_owned())
}

fn is_foreign(state: &ObservedState, grant: &Grant) -> bool {
    let partner = |at: usize| state.partners[at].direction == Direction::Inbound;
    grant.principal.is_partner() && partner(grant.principal.index())
}

/// Who has something on what that they did not have, and no step with this risk puts it there.
fn unsaid(
    before: &ObservedState,
    now: &ObservedState,
    steps: &[Operation],
    risk: Risk,
    is_meant: IsMeant,
) -> Vec<String> {
    let access = |state: &ObservedState| -> BTreeMap<(String, String), Vec<String>> {
        let id = |asset: u32| state.text(state.assets[asset as usize].id).to_owned();
        let mut found = BTreeMap::new();
        for grant in state.grants.iter().filter(|grant| is_meant(state, grant)) {
            let who = holder(state, grant.principal);
            let inside = state.contents_of(grant.asset).iter().map(|content| content.asset);
            for asset in inside.chain([grant.asset]) {
                let ways: &mut Vec<String> = found.entry((who.clone(), id(asset))).or_default();
                ways.push(
                    state.assets[grant.asset as usize].name.map(|name| state.text(name)).unwrap_or("-").to_owned(),
                );
            }
        }
        found
    };
    let before = access(before);
    let said = |asset: &str, ways: &[String]| {
        steps.iter().filter(|step| step.risk.contains(&risk)).any(|step| match &step.action {
            Action::AddToGroup { asset: added, .. } => added.id.as_deref() == Some(asset),
            Action::SetGrant { asset: on, .. } => ways.contains(&on.label()),
            _ => false,
        })
    };
    let new = access(now).into_iter().filter(|(key, _)| !before.contains_key(key));
    new.filter(|((_, asset), ways)| !said(asset, ways)).map(|(key, ways)| format!("{key:?} by {ways:?}")).collect()
}

fn holder(state: &ObservedState, principal: PrincipalIx) -> String {
    let at = principal.index();
    if principal.is_partner() {
        format!("partner {}", state.text(state.partners[at].id))
    } else {
        format!("member {}", state.text(state.members[at].id))
    }
}
