//! Who keeps access must keep it at every moment between: what gives it anew comes before what takes the old away. And what the policy
//! keeps apart must not meet between two steps, where it meets neither before nor after: there the old goes first.

use std::collections::BTreeSet;

use crate::diff::Difference;
use crate::model::PrincipalIx;
use crate::observed::ObservedState;
use crate::platforms::{Certainty, Platform};

use super::reach::{Edge, Mask, Reach};

/// An arrow: the first step must be done before the second.
pub(super) type Arrow = (usize, usize);

/// Arrows that keep access without a gap.
pub(super) fn arrows(reach: &Reach<'_>) -> BTreeSet<Arrow> {
    let mut arrows = BTreeSet::new();
    for principal in reach.touched() {
        if !reach.gone.contains_key(&principal) {
            keep(reach, principal, &mut arrows);
        }
    }
    arrows
}

/// One way to one asset, with the steps that open or close it.
struct Way {
    before: Mask,
    after: Mask,
    steps: Vec<usize>,
}

fn keep(reach: &Reach<'_>, principal: PrincipalIx, arrows: &mut BTreeSet<Arrow>) {
    let edges = reach.edges(principal);
    for asset in endangered(reach, &edges) {
        let ways: Vec<Way> = edges.iter().filter_map(|edge| way(reach, edge, asset)).collect();
        keep_asset(&ways, arrows);
    }
}

/// Assets to which some way gets narrower.
fn endangered(reach: &Reach<'_>, edges: &[Edge]) -> BTreeSet<u32> {
    let mut assets = BTreeSet::new();
    for edge in edges {
        let narrower = edge.before & !reach.implied(edge.after) != 0;
        if narrower {
            assets.insert(edge.slot);
            assets.extend(reach.before.inside(edge.slot));
        } else {
            let inside = reach.before.inside(edge.slot).iter();
            assets.extend(inside.filter(|&&asset| !reach.after.has(edge.slot, asset)));
        }
    }
    assets
}

fn way(reach: &Reach<'_>, edge: &Edge, asset: u32) -> Option<Way> {
    let itself = edge.slot == asset;
    let inside = |there: bool, mask: Mask| {
        if itself || there { reach.implied(mask) } else { 0 }
    };
    let (was, will) = (reach.before.has(edge.slot, asset), reach.after.has(edge.slot, asset));
    let (before, after) = (inside(was, edge.before), inside(will, edge.after));
    if before == 0 && after == 0 {
        return None;
    }
    let mut steps: Vec<usize> = edge.step.filter(|_| edge.before != edge.after).into_iter().collect();
    if !itself && was != will {
        steps.extend(reach.content_steps(edge.slot, asset));
    }
    Some(Way { before, after, steps })
}

/// What is there before and after must be there all the time: by a way that stays, or by one that opens before another closes.
fn keep_asset(ways: &[Way], arrows: &mut BTreeSet<Arrow>) {
    let all = |mask: fn(&Way) -> Mask| ways.iter().fold(0, |all, way| all | mask(way));
    let kept = all(|way| way.before) & all(|way| way.after);
    let mut missing = kept & !all(|way| way.before & way.after);
    if missing == 0 {
        return;
    }
    let needed = missing;
    let mut openers: Vec<&Way> = Vec::new();
    for way in ways {
        if way.after & !way.before & missing != 0 {
            missing &= !(way.after & !way.before);
            openers.push(way);
        }
    }
    let closers = ways.iter().filter(|way| way.before & !way.after & needed != 0);
    for closer in closers {
        for opener in &openers {
            add(&opener.steps, &closer.steps, arrows);
        }
    }
}

fn add(first: &[usize], then: &[usize], arrows: &mut BTreeSet<Arrow>) {
    for &first in first {
        arrows.extend(then.iter().filter(|&&then| then != first).map(|&then| (first, then)));
    }
}

/// Arrows that keep a toxic set of capabilities from coming together on an asset between two steps, where it is together neither before
/// nor after. It takes one pair: everything that gives the first of them goes before anything gives the other.
pub(super) fn toxic_arrows(
    reach: &Reach<'_>,
    sets: &[u64],
    platform: &Platform,
    known: &BTreeSet<Arrow>,
) -> BTreeSet<Arrow> {
    let mut arrows = BTreeSet::new();
    if sets.is_empty() {
        return arrows;
    }
    for principal in reach.touched() {
        let edges = reach.edges(principal);
        for asset in concerned(reach, &edges) {
            let ways: Vec<Way> = edges.iter().filter_map(|edge| way(reach, edge, asset)).collect();
            for &set in sets.iter().filter(|&&set| is_apart(&ways, set, platform)) {
                keep_apart(&ways, set, platform, known, &mut arrows);
                for edge in &edges {
                    keep_shut(reach, edge, asset, set, platform, &mut arrows);
                }
            }
        }
    }
    arrows
}

/// Whether a set is together neither before nor after.
fn is_apart(ways: &[Way], set: u64, platform: &Platform) -> bool {
    let all = |mask: fn(&Way) -> Mask| capabilities(platform, ways.iter().fold(0, |all, way| all | mask(way)));
    let covers = |held: u64| held & set == set;
    !covers(all(|way| way.before)) && !covers(all(|way| way.after))
}

/// A way that is there neither before nor after can be there meanwhile: a grant on a group comes before an asset leaves it, or goes after
/// one has come.
fn keep_shut(reach: &Reach<'_>, edge: &Edge, asset: u32, set: u64, platform: &Platform, arrows: &mut BTreeSet<Arrow>) {
    let Some(step) = edge.step.filter(|_| edge.slot != asset) else { return };
    let (was, will) = (reach.before.has(edge.slot, asset), reach.after.has(edge.slot, asset));
    let gives = |mask: Mask| capabilities(platform, reach.implied(mask)) & set != 0;
    if was && !will && gives(edge.after & !edge.before) {
        add(&reach.content_steps(edge.slot, asset), &[step], arrows);
    }
    if !was && will && gives(edge.before & !edge.after) {
        add(&[step], &reach.content_steps(edge.slot, asset), arrows);
    }
}

/// Assets to which some way changes.
fn concerned(reach: &Reach<'_>, edges: &[Edge]) -> BTreeSet<u32> {
    let mut assets = BTreeSet::new();
    for edge in edges {
        let inside = || reach.before.inside(edge.slot).iter().chain(reach.after.inside(edge.slot)).copied();
        if edge.before != edge.after {
            assets.insert(edge.slot);
            assets.extend(inside());
        } else {
            let moves = |asset: &u32| reach.before.has(edge.slot, *asset) != reach.after.has(edge.slot, *asset);
            assets.extend(inside().filter(moves));
        }
    }
    assets
}

fn keep_apart(ways: &[Way], set: u64, platform: &Platform, known: &BTreeSet<Arrow>, arrows: &mut BTreeSet<Arrow>) {
    let all = |mask: fn(&Way) -> Mask| capabilities(platform, ways.iter().fold(0, |all, way| all | mask(way)));
    let (before, after) = (all(|way| way.before), all(|way| way.after));
    if (before | after) & set != set {
        return;
    }
    let (lost, gained) = (set & before & !after, set & after & !before);
    let pairs = bits(lost).flat_map(|old| bits(gained).map(move |new| apart(ways, old, new, platform)));
    let mut pairs: Vec<BTreeSet<Arrow>> = pairs.collect();
    // One that contradicts no other arrow, where there is one.
    pairs.sort_by_key(|pair| pair.iter().filter(|&&(first, then)| known.contains(&(then, first))).count());
    arrows.extend(pairs.into_iter().next().into_iter().flatten());
}

/// Every step that takes `old` away before every step that gives `new`.
fn apart(ways: &[Way], old: u64, new: u64, platform: &Platform) -> BTreeSet<Arrow> {
    let has = |mask: Mask, capability: u64| capabilities(platform, mask) & capability != 0;
    let closers = ways.iter().filter(|way| has(way.before, old) && !has(way.after, old));
    let mut arrows = BTreeSet::new();
    for closer in closers {
        for opener in ways.iter().filter(|way| has(way.after, new) && !has(way.before, new)) {
            add(&closer.steps, &opener.steps, &mut arrows);
        }
    }
    arrows
}

fn capabilities(platform: &Platform, mask: Mask) -> u64 {
    let known = u32::try_from(mask & Mask::from(u32::MAX)).unwrap_or_default();
    platform.capabilities_of(known, Certainty::Inferred)
}

fn bits(mask: u64) -> impl Iterator<Item = u64> {
    (0..u64::BITS).map(|bit| 1 << bit).filter(move |bit| mask & bit != 0)
}

/// New managers come before old ones go, where too few would be left meanwhile.
pub(super) fn manager_arrows<'d>(
    differences: impl Iterator<Item = &'d Difference> + Clone,
    observed: &ObservedState,
    is_person: impl Fn(u32) -> bool,
    at_least: u32,
) -> BTreeSet<Arrow> {
    let manages = |member: u32| observed.is_manager(&observed.members[member as usize]);
    let mut comes = Vec::new();
    let mut goes = Vec::new();
    for (step, difference) in differences.enumerate() {
        match difference {
            Difference::SetRole { person, after, .. } if after.admin => {
                comes.extend(person.observed.filter(|&member| is_person(member)).map(|_| step));
            }
            Difference::SetRole { person, .. } | Difference::RemoveMember { person } => {
                let manager = person.observed.filter(|&member| is_person(member) && manages(member));
                goes.extend(manager.map(|_| step));
            }
            _ => {}
        }
    }
    let managers =
        (0..).zip(&observed.members).filter(|&(member, row)| is_person(member) && observed.is_manager(row)).count();
    if managers.saturating_sub(goes.len()) >= at_least.max(1) as usize {
        return BTreeSet::new();
    }
    let pairs = comes.iter().flat_map(|&come| goes.iter().map(move |&go| (come, go)));
    pairs.collect()
}
