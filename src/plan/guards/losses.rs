//! Guards on what certain people lose: managers, whoever applies the plan, protected principals.

use std::collections::BTreeSet;

use crate::diff::{Difference, Pair, Source, Who, names_of};
use crate::model::{PrincipalIx, fold};
use crate::policy::GuardLimits;

use super::super::Notice;
use super::super::reach::Space;
use super::super::render::Renderer;
use super::super::sentence::count;
use super::removals::sent_again;
use super::{Case, Finding, Refusal, refuse_for};

/// Too few managers who are people are left, and this plan is why.
pub(super) fn last_admin(case: &Case<'_>, limits: &GuardLimits) -> Finding {
    if limits.managers == 0 {
        return Finding::Off;
    }
    let managers: BTreeSet<u32> = (0..)
        .zip(&case.observed.members)
        .filter(|&(member, row)| case.observed.is_manager(row) && is_person(case, member))
        .map(|(member, _)| member)
        .collect();
    let mut left = managers.clone();
    let mut goes = Vec::new();
    for (step, sentence) in &case.steps {
        let (comes, leaves) = match step {
            Difference::SetRole { person, after, .. } if after.admin => (person.observed, None),
            Difference::SetRole { person, .. } | Difference::RemoveMember { person } => (None, person.observed),
            _ => (None, None),
        };
        left.extend(comes.filter(|&member| is_person(case, member)));
        if leaves.is_some_and(|member| left.remove(&member)) {
            goes.push(sentence.clone());
        }
    }
    if goes.is_empty() || left.len() >= limits.managers as usize {
        return Finding::Quiet;
    }
    let names: Vec<String> = left.iter().map(|&member| call(case, member)).collect();
    let left = match names.as_slice() {
        [] => "no manager would be left".to_owned(),
        names => format!("only {} would be left ({})", count(names.len(), "manager"), names.join(", ")),
    };
    Finding::Refused(Refusal {
        count: goes.len() as u64,
        message: format!("{left} of {}, at least {} must be", managers.len(), limits.managers),
        details: goes,
    })
}

/// Whether a member is a person: no system user, and not declared as a service account.
pub(super) fn is_person(case: &Case<'_>, member: u32) -> bool {
    let service = case.matches.people.person_of[member as usize]
        .is_some_and(|person| case.desired.people[person as usize].service);
    !service && !case.observed.members[member as usize].system
}

/// Whoever applies the plan, or took the export, would lose something.
pub(super) fn own_access(case: &Case<'_>) -> Finding {
    let mut names: Vec<String> = Vec::new();
    names.extend(case.observed.captured_by.clone());
    if let Some(person) = &case.applicant.0 {
        let own = [&person.id, &person.email, &person.username, &person.key];
        names.extend(own.into_iter().flatten().cloned());
    }
    let names: Vec<String> = names.iter().map(|name| fold(name).into_owned()).collect();
    let own: BTreeSet<PrincipalIx> = accounts_of(case, &names).into_iter().map(PrincipalIx::person).collect();
    refuse_for(losses(case, &own, &BTreeSet::new()), |lost| {
        format!("the applying account would lose {} of its own", things(lost))
    })
}

/// Members with one of these folded names or ids, and every other account of the same people, by any name that the files give them.
fn accounts_of(case: &Case<'_>, names: &[String]) -> BTreeSet<u32> {
    if names.is_empty() {
        return BTreeSet::new();
    }
    let person_of = &case.matches.people.person_of;
    let named = members_named(case, names);
    let mut people: BTreeSet<u32> = named.iter().filter_map(|&member| person_of[member as usize]).collect();
    let mut known: Vec<String> = names.to_vec();
    for (index, person) in (0..).zip(&case.desired.people) {
        let own = [Some(person.key), person.id, person.username].into_iter().flatten();
        let own = own.chain(person.addresses.iter().copied()).map(|sym| case.desired.text(sym));
        if people.contains(&index) || own.clone().any(|name| is_among(name, names)) {
            people.insert(index);
            known.extend(own.map(|name| fold(name).into_owned()));
        }
    }
    let mut accounts = members_named(case, &known);
    let theirs = (0..).zip(person_of).filter(|(_, person)| person.is_some_and(|person| people.contains(&person)));
    accounts.extend(theirs.map(|(member, _)| member));
    accounts
}

/// A protected principal would lose something, be it named in the files or only in `protected`.
pub(super) fn protected(case: &Case<'_>) -> Finding {
    let business = &case.desired.businesses[case.business];
    let names: Vec<String> =
        business.protected_names.iter().map(|&(sym, _)| fold(case.desired.text(sym)).into_owned()).collect();
    let matches = case.matches;
    let mut own: BTreeSet<PrincipalIx> = members_named(case, &names).into_iter().map(PrincipalIx::person).collect();
    own.extend(partners_named(case, &names));
    let mut invitees: BTreeSet<String> = names.into_iter().collect();
    for &(principal, _) in &business.protected {
        let at = crate::diff::index(principal.index());
        let (who, member) = if principal.is_partner() {
            if !matches.partners.range.contains(&principal.index()) {
                continue;
            }
            let pair = matches.partners.of_desired(at);
            (Who::Partner(pair), pair.observed.map(PrincipalIx::partner))
        } else {
            let pair = matches.people.of_person(at);
            (Who::Person(pair), pair.observed.map(PrincipalIx::person))
        };
        own.extend(member);
        invitees.extend(names_of(who, &case.names));
    }
    refuse_for(losses(case, &own, &invitees), |lost| {
        format!("protected people or partners would lose {}", things(lost))
    })
}

/// Protected names that neither the files nor the export know: perhaps a misspelling, which would protect nobody.
pub(in crate::plan) fn unknown_protected(case: &Case<'_>, renderer: &Renderer<'_>) -> Vec<Notice> {
    let business = &case.desired.businesses[case.business];
    let unknown = business.protected_names.iter().filter(|(sym, pos)| {
        let names = [fold(case.desired.text(*sym)).into_owned()];
        let named = business.protected.iter().any(|(_, place)| place == pos);
        !named && members_named(case, &names).is_empty() && partners_named(case, &names).is_empty()
    });
    unknown
        .map(|&(sym, pos)| {
            let name = case.desired.text(sym);
            Notice {
                kind: "protected".to_owned(),
                message: format!("`{name}` is protected, and neither the files nor the export know it"),
                place: Some(renderer.place(&Source { pos, what: "protected".to_owned(), item: None })),
            }
        })
        .collect()
}

fn things(lost: u64) -> String {
    count(usize::try_from(lost).unwrap_or(usize::MAX), "right")
}

/// Members with one of these folded names or ids.
pub(super) fn members_named(case: &Case<'_>, names: &[String]) -> BTreeSet<u32> {
    if names.is_empty() {
        return BTreeSet::new();
    }
    (0..)
        .zip(&case.observed.members)
        .filter(|(_, row)| {
            let own = [Some(row.id), row.email, row.username];
            let mut own = own.into_iter().flatten();
            own.any(|sym| is_among(case.observed.text(sym), names))
        })
        .map(|(member, _)| member)
        .collect()
}

/// Whether a name is one of some folded ones.
fn is_among(name: &str, folded: &[String]) -> bool {
    if name.is_ascii() {
        return folded.iter().any(|other| other.eq_ignore_ascii_case(name));
    }
    let name = fold(name);
    folded.iter().any(|other| *other == name)
}

/// Partnerships with one of these ids or folded names.
pub(super) fn partners_named(case: &Case<'_>, names: &[String]) -> BTreeSet<PrincipalIx> {
    (0..)
        .zip(&case.observed.partners)
        .filter(|(_, row)| {
            let mut own = [Some(row.id), row.name].into_iter().flatten();
            own.any(|sym| is_among(case.observed.text(sym), names))
        })
        .map(|(partner, _)| PrincipalIx::partner(partner))
        .collect()
}

/// Everything that some principals lose: relation, role, each asset they can no longer reach as before, invitations.
fn losses(case: &Case<'_>, own: &BTreeSet<PrincipalIx>, invitees: &BTreeSet<String>) -> Vec<String> {
    let mut lost = Vec::new();
    let person = |pair: &Pair| pair.observed.map(PrincipalIx::person);
    let again = sent_again(case);
    for (step, sentence) in &case.steps {
        let concerned = match step {
            Difference::RemoveMember { person: pair } | Difference::SetRole { person: pair, lowers: true, .. } => {
                person(pair).is_some_and(|principal| own.contains(&principal))
            }
            Difference::RemovePartner { partner } => {
                let principal = partner.observed.map(PrincipalIx::partner);
                principal.is_some_and(|principal| own.contains(&principal))
            }
            Difference::Cancel { invite, .. } => {
                let invitee = case.observed.invites[*invite as usize].invitee;
                let invitee = fold(case.observed.text(invitee));
                !again.contains(invite) && invitees.contains(invitee.as_ref())
            }
            _ => false,
        };
        if concerned {
            lost.push(sentence.clone());
        }
    }
    let mut space = Space::default();
    let touched = case.reach.touched();
    for &principal in own.intersection(&touched) {
        for slot in case.reach.lost(principal, &mut space) {
            let who = match principal.is_partner() {
                true => Who::Partner(Pair::observed(crate::diff::index(principal.index()))),
                false => Who::Person(Pair::observed(crate::diff::index(principal.index()))),
            };
            let asset = case.names.call_asset(case.matches.assets.of_observed(slot));
            lost.push(format!("{} on {asset}", case.names.call(who)));
        }
    }
    lost
}

fn call(case: &Case<'_>, member: u32) -> String {
    case.names.call_person(case.matches.people.of_member(member))
}
