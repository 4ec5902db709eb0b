//! Who may do what: for each principal the rows of the files and of the export, merged in the order of assets.
//!
//! A million rows on each side are compared without a string. Only rows that differ leave the fast path.
//!
//! What is compared are the permissions that a write accepts. A grant that holds another word is never rewritten: the platform
//! replaces whole sets, and nobody knows whether it keeps what we can't send back. So a difference on such a grant is held back, be it
//! more or less that is wanted, until the word is gone. The same goes for a grant with a word that does not fit the type of its
//! asset: no file can ask for it, so no file can say that it shall stay. Where the rest of such a grant is as the files say, there
//! is nothing to do and only a notice (`kept`): what a file can say is what is compared.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::desired::Mode;
use crate::model::{PermissionSet, PrincipalIx};
use crate::observed::{self, Collection};

use super::baseline::origin;
use super::change::{Cause, Deferred, Difference, Pair, Waiting, Who, Why};
use super::kept::Kept;
use super::rows::Rows;
use super::wanted::WantedGrant;
use super::{Comparison, index};

/// Space that is used again for every principal.
struct Merge {
    /// Rows of the export by principal.
    rows: Rows,
    /// By asset of the files, from the start of the range: its slot.
    slots: Vec<u32>,
    /// By slot: whether rows on it need a second look.
    special: Vec<bool>,
    wanted: Vec<WantedGrant>,
    /// What the files want of one principal, by slot.
    sorted: Vec<Want>,
    /// Grants on assets of a type that the platform's table does not have, by the type's word.
    strange: BTreeMap<String, u64>,
    /// Words that no file can say, on grants that are otherwise as they should be.
    kept: Kept,
}

/// What the files want on one asset.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Want {
    slot: u32,
    permissions: u32,
}

/// One principal whose grants are merged.
#[derive(Clone, Copy)]
pub(super) struct Holder {
    pub(super) who: Who,
    desired: Option<PrincipalIx>,
    pub(super) observed: PrincipalIx,
    /// Whether all assets are looked at, or only those that `--only` names.
    everywhere: bool,
    /// What they have is asked for, not given.
    asks: bool,
}

impl Comparison<'_> {
    /// Compares grants, person by person and partner by partner.
    pub(super) fn compare_grants(&mut self) {
        let mut merge = self.merge();
        if self.business.managed.people_grants {
            for pair in self.members() {
                self.compare_member(pair, &mut merge);
            }
            self.defer_people();
        }
        for partner in self.matches.partners.range.clone() {
            let pair = self.matches.partners.of_desired(index(partner));
            if self.desired.partners[partner].grants_written && !self.matches.partners.disputed(pair) {
                self.compare_partner_grants(pair, &mut merge);
            }
        }
        for (kind, count) in std::mem::take(&mut merge.strange) {
            let message = format!(
                "{count} {} on assets of type `{kind}`, which accord does not know: left alone",
                if count == 1 { "grant" } else { "grants" }
            );
            self.notice("unknown-value", message, None);
        }
        self.report_kept(std::mem::take(&mut merge.kept));
    }

    fn merge(&self) -> Merge {
        let assets = &self.matches.assets;
        let slots = assets.range.clone().map(|asset| {
            let pair = assets.of_desired(index(asset));
            assets.slot(pair)
        });
        let platform = self.observed.platform;
        let mut special: Vec<bool> = (0..)
            .zip(&self.observed.assets)
            .map(|(asset, row)| {
                self.is_blocked(assets.of_observed(asset))
                    || self.leaving_groups[asset as usize]
                    || platform.asset_type(self.observed.text(row.kind)).is_none()
            })
            .collect();
        special.resize(assets.slots(), true);
        Merge {
            rows: Rows::of_observed(self.observed),
            slots: slots.collect(),
            special,
            wanted: Vec::new(),
            sorted: Vec::new(),
            strange: BTreeMap::new(),
            kept: Kept::default(),
        }
    }

    fn compare_member(&mut self, pair: Pair, merge: &mut Merge) {
        let Some(member) = pair.observed else { return };
        let everywhere = self.filter.person(pair);
        let skipped = self.leaving_members[member as usize]
            || self.matches.people.disputed(pair)
            || !(everywhere || self.filter.names_assets());
        if skipped {
            return;
        }
        self.compare_holder(
            Holder {
                who: Who::Person(pair),
                desired: pair.desired.map(PrincipalIx::person),
                observed: PrincipalIx::person(member),
                everywhere,
                asks: false,
            },
            merge,
        );
    }

    fn compare_partner_grants(&mut self, pair: Pair, merge: &mut Merge) {
        let who = Who::Partner(pair);
        let everywhere = self.filter.partner(pair);
        let Some(partnership) = pair.observed else {
            if !(everywhere && self.business.managed.partners) {
                self.defer_all(who);
            }
            return;
        };
        let skipped = self.leaving_partners[partnership as usize] || !(everywhere || self.filter.names_assets());
        if skipped {
            return;
        }
        self.compare_holder(
            Holder {
                who,
                desired: pair.desired.map(PrincipalIx::partner),
                observed: PrincipalIx::partner(partnership),
                everywhere,
                asks: self.asks_for(who),
            },
            merge,
        );
    }

    fn compare_holder(&mut self, holder: Holder, merge: &mut Merge) {
        self.want(holder, merge);
        let observed = self.observed;
        let rows = &observed.grants[merge.rows.range(holder.observed)];
        let requested = if holder.asks {
            self.requested(holder, merge, rows.iter().map(|row| (row.asset, row.permissions)))
        } else {
            Vec::new()
        };
        let (mut want, mut has) = (0, 0);
        loop {
            let (wanted, row) = (merge.sorted.get(want), rows.get(has));
            let order = match (wanted, row) {
                (None, None) => break,
                (Some(wanted), Some(row)) => wanted.slot.cmp(&row.asset),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
            };
            let permissions = wanted.filter(|_| order != Ordering::Greater).map_or(0, |wanted| wanted.permissions);
            let set = row.filter(|_| order != Ordering::Less).map_or(PermissionSet::default(), |row| row.permissions);
            let slot = wanted
                .filter(|_| order != Ordering::Greater)
                .map(|wanted| wanted.slot)
                .or(row.map(|row| row.asset))
                .unwrap_or_default();
            want += usize::from(order != Ordering::Greater);
            has += usize::from(order != Ordering::Less);
            let equal = set.known & self.writable == permissions && !set.has_foreign();
            if equal && holder.everywhere && !merge.special[slot as usize] {
                self.set.unchanged += u64::from(permissions != 0);
            } else {
                self.compare_row(holder, slot, (permissions, set), merge, &requested);
            }
        }
        self.notice_converged_grants(holder, merge);
    }

    /// Fills in what the files want of a principal, by slot.
    fn want(&self, holder: Holder, merge: &mut Merge) {
        merge.wanted.clear();
        merge.sorted.clear();
        if let Some(principal) = holder.desired {
            self.wanted.grants_of(principal, &mut merge.wanted);
        }
        let start = self.matches.assets.range.start;
        merge.sorted.extend(merge.wanted.iter().map(|grant| Want {
            slot: merge.slots[grant.asset as usize - start],
            permissions: grant.permissions & self.writable,
        }));
        merge.sorted.retain(|want| want.permissions != 0);
        if !merge.sorted.is_sorted() {
            merge.sorted.sort_unstable();
        }
    }

    fn compare_row(
        &mut self,
        holder: Holder,
        slot: u32,
        (wants, has): (u32, PermissionSet),
        merge: &mut Merge,
        requested: &[(u32, u32)],
    ) {
        let asset = self.asset_of_slot(slot);
        let has = match asset.observed {
            Some(_) => has,
            None => self.dangling(holder, asset),
        };
        if !(holder.everywhere || self.filter.asset(asset)) {
            return;
        }
        let writes = has.known & self.writable;
        let says = writes & self.fitting(asset.observed);
        if self.is_blocked(asset) {
            if wants != writes || has.has_foreign() {
                self.block(asset);
            }
            return;
        }
        if let Some(thing) = asset.observed {
            if self.leaving_groups[thing as usize] {
                return;
            }
            let kind = self.observed.text(self.observed.assets[thing as usize].kind);
            if self.observed.platform.asset_type(kind).is_none() {
                *merge.strange.entry(kind.to_owned()).or_default() += 1;
                return;
            }
        }
        if wants == says {
            self.set.unchanged += u64::from(wants != 0);
            if has.has_foreign() || says != writes {
                self.keep(holder, asset, has, writes & !says, &mut merge.kept);
            }
            return;
        }
        if let Some(until) = self.only_later(holder.who, asset) {
            self.set.deferred.push(Deferred { who: holder.who, asset, permissions: wants, until });
            return;
        }
        let aim = if self.only_widens() { wants | writes } else { wants };
        if requested.contains(&(slot, aim)) {
            return;
        }
        self.differ(holder, asset, wants, has);
    }

    /// Takes in a row that differs, or as much of it as may be done.
    fn differ(&mut self, holder: Holder, asset: Pair, wants: u32, has: PermissionSet) {
        let difference = differing(holder, asset, wants, has);
        let cause = self.row_cause(holder, asset, has);
        if has.has_foreign() {
            self.notice_new_words(holder, asset, has);
            let words = self.observed.foreign.get(has.foreign as usize - 1);
            let words = words.map(|words| words.join("`, `")).unwrap_or_default();
            let help = format!(
                "accord does not know `{words}`, and whoever writes a grant replaces all of it; change it in the platform's console"
            );
            self.withhold(Why::UnknownValue, difference, &cause, Some(help));
            return;
        }
        let unfit = has.known & self.writable & !self.fitting(asset.observed);
        if unfit != 0 {
            let words = self.observed.platform.words(unfit).join("`, `");
            let help = format!(
                "as far as accord knows, `{words}` does not fit an asset of this type, so no file can ask for it; change it in the platform's console"
            );
            self.withhold(Why::UnknownValue, difference, &cause, Some(help));
            return;
        }
        if has.known & !self.writable != 0 {
            let words = self.observed.platform.words(has.known & !self.writable);
            let help = format!(
                "`{}` can be read and not written, so the grant is left as it is; change it in the platform's console",
                words.join("`, `")
            );
            self.withhold(Why::Unwritable, difference, &cause, Some(help));
            return;
        }
        let then =
            self.baseline.as_ref().map(|baseline| baseline.grant(holder.observed, asset.observed) & self.writable);
        let origin = origin(then.as_ref(), &has.known, &wants);
        let gains = wants & !has.known;
        let barrier = self.barrier(&difference);
        if let (Some(why @ (Why::Adopt | Why::Incomplete)), true) = (barrier, gains != 0) {
            let adding = differing(holder, asset, wants | has.known, has);
            self.emit(adding, cause.clone(), origin);
            self.hold(why, difference, &cause);
            return;
        }
        self.emit(difference, cause, origin);
    }

    /// Permissions that fit the type of an asset: all where the export does not have it, none where its type is not known.
    fn fitting(&self, asset: Option<u32>) -> u32 {
        let Some(asset) = asset else { return u32::MAX };
        let kind = self.observed.assets[asset as usize].kind;
        let kind = self.observed.platform.asset_type(self.observed.text(kind));
        kind.map_or(0, |kind| kind.permissions)
    }

    /// Of what an invite brings on an asset, given by its id, the permissions that a file can ask for.
    pub(super) fn sayable(&self, asset: &str, set: PermissionSet) -> u32 {
        match (self.observed.find_asset(asset), self.slot_with_id(asset)) {
            (None, None) => 0,
            (thing, _) => set.known & self.writable & self.fitting(thing),
        }
    }

    /// Whether no file could ask for what an invite or request brings on an asset, given by its id: a word that is not known or
    /// does not fit, an asset of a type that is not known, or one that neither side lists.
    pub(super) fn beyond_files(&self, asset: &str, set: PermissionSet) -> bool {
        let thing = self.observed.find_asset(asset);
        let unfit = set.known & self.writable & !self.fitting(thing) != 0;
        set.has_foreign() || unfit || (thing.is_none() && self.slot_with_id(asset).is_none())
    }

    fn row_cause(&self, holder: Holder, asset: Pair, has: PermissionSet) -> Cause {
        match holder.desired {
            Some(principal) => self.wanted.grant_cause(principal, asset.desired, has.known),
            None => Cause::Unwritten(asset.desired.map(|asset| self.wanted.asset_source(asset))),
        }
    }

    /// What a principal has on an asset that the export's list of assets lacks.
    fn dangling(&self, holder: Holder, asset: Pair) -> PermissionSet {
        let observed = self.observed;
        let id =
            asset.desired.and_then(|asset| self.desired.assets[asset as usize].id).map(|sym| self.desired.text(sym));
        let at = holder.observed.index();
        let own = if holder.observed.is_partner() {
            let partner = &observed.partners[at];
            observed::Holder::Partner(partner.id, partner.direction)
        } else {
            observed::Holder::Member(observed.members[at].id)
        };
        let row = observed.dangling_grants.iter().find(|row| row.holder == own && Some(observed.text(row.asset)) == id);
        row.map(|row| row.permissions).unwrap_or_default()
    }

    fn asset_of_slot(&self, slot: u32) -> Pair {
        let assets = &self.matches.assets;
        if (slot as usize) < assets.asset_of.len() {
            assets.of_observed(slot)
        } else {
            Pair::desired(index(slot as usize - assets.asset_of.len() + assets.range.start))
        }
    }

    /// What we asked an outbound partner for and wait for: slots and permissions. Requests for anything else are cancelled.
    fn requested(
        &mut self,
        holder: Holder,
        merge: &Merge,
        has: impl Iterator<Item = (u32, PermissionSet)> + Clone,
    ) -> Vec<(u32, u32)> {
        let mut requested = Vec::new();
        if !holder.everywhere {
            return requested;
        }
        let (writable, widens) = (self.writable, self.only_widens());
        let missing = |slot: u32, permissions: u32| {
            let found = merge.sorted.binary_search_by_key(&slot, |want| want.slot);
            let held = has.clone().find(|&(asset, _)| asset == slot);
            let held = held.map_or(0, |(_, set)| set.known & writable);
            found.is_ok_and(|found| {
                let wants = merge.sorted[found].permissions;
                let aim = if widens { wants | held } else { wants };
                permissions == aim && held != aim
            })
        };
        let mut useless = Vec::new();
        for invite in self.pending_of(holder.who) {
            let asked: Vec<Option<(u32, u32)>> = self.observed.invites[invite as usize]
                .grants
                .iter()
                .map(|(asset, set)| {
                    let asset = self.observed.text(*asset);
                    let bits = set.known & writable;
                    let slot = self.slot_with_id(asset)?;
                    (bits != 0 && !self.beyond_files(asset, *set)).then_some((slot, bits))
                })
                .collect();
            // Nobody can say in a file that such a request shall go on, so it is not ours to cancel.
            if asked.contains(&None) {
                self.notice_strange_request(invite, holder.who);
                requested.extend(asked.into_iter().flatten());
                continue;
            }
            let useful =
                |asked: &Option<(u32, u32)>| asked.is_some_and(|(slot, permissions)| missing(slot, permissions));
            if !asked.is_empty() && asked.iter().all(useful) {
                requested.extend(asked.iter().flatten());
                self.set.waiting.push(Waiting { invite, who: holder.who });
            } else {
                useless.push((invite, asked));
            }
        }
        for (invite, asked) in useless {
            let place = holder.desired.map(|principal| self.wanted.partner_source(index(principal.index())));
            let before = self.set.changes.len();
            self.cancel(invite, Some(holder.who), Cause::Unwritten(place));
            if self.set.changes.len() == before {
                requested.extend(asked.iter().flatten());
            }
        }
        requested
    }

    /// Whether grants may become more and not less: what is asked for is then what we want on top of what we have.
    fn only_widens(&self) -> bool {
        self.business.mode == Mode::Adopt || !self.observed.is_complete(Collection::Grants)
    }

    fn notice_strange_request(&mut self, invite: u32, who: Who) {
        let id = self.observed.text(self.observed.invites[invite as usize].id);
        let message = format!(
            "the request `{id}` to {} is about something that no file can say: left alone",
            self.names.call(who)
        );
        self.notice("unknown-value", message, None);
    }

    fn pending_of(&mut self, who: Who) -> Vec<u32> {
        self.history(who).pending
    }

    /// The slot of an asset by id, on either side.
    fn slot_with_id(&self, id: &str) -> Option<u32> {
        self.observed.find_asset(id).or_else(|| {
            let assets = &self.matches.assets;
            let found = assets.range.clone().find(|&asset| {
                let own = self.desired.assets[asset].id;
                own.is_some_and(|sym| self.desired.text(sym) == id)
            })?;
            Some(assets.slot(Pair::desired(index(found))))
        })
    }

    /// Grants of people who are no members, and whom this comparison does not invite.
    fn defer_people(&mut self) {
        for person in self.wanted.people() {
            let pair = self.matches.people.of_person(person);
            let invited = self.business.managed.people && self.filter.person(pair);
            if pair.observed.is_none() && !self.matches.people.disputed(pair) && !invited {
                self.defer_all(Who::Person(pair));
            }
        }
    }

    fn defer_all(&mut self, who: Who) {
        let Some(principal) = Self::desired_principal(who) else {
            return;
        };
        let mut wanted = Vec::new();
        self.wanted.grants_of(principal, &mut wanted);
        for grant in wanted {
            let asset = self.matches.assets.of_desired(grant.asset);
            if self.filter.who(who) || self.filter.asset(asset) {
                self.set.deferred.push(Deferred {
                    who,
                    asset,
                    permissions: grant.permissions,
                    until: format!("after {} is in", self.names.call(who)),
                });
            }
        }
    }

    /// Says how many grants somebody else set to what the files ask for by now.
    fn notice_converged_grants(&mut self, holder: Holder, merge: &Merge) {
        let Some(baseline) = &self.baseline else {
            return;
        };
        // Whoever is new since got their grants with acceptance.
        if baseline.principal(holder.observed).is_none() || !holder.everywhere {
            return;
        }
        let then = baseline.grants(holder.observed);
        let now = &self.observed.grants[merge.rows.range(holder.observed)];
        let same = then.len() == now.len()
            && then.iter().zip(now).all(|(then, now)| {
                baseline.now[then.asset as usize] == Some(now.asset) && then.permissions.known == now.permissions.known
            });
        if same {
            return;
        }
        let wants = |slot: u32| {
            let found = merge.sorted.binary_search_by_key(&slot, |want| want.slot);
            found.map_or(0, |found| merge.sorted[found].permissions)
        };
        let moved = now.iter().filter(|row| {
            let now = row.permissions.known & self.writable;
            let then = baseline.grant(holder.observed, Some(row.asset)) & self.writable;
            then != now && wants(row.asset) == now
        });
        let gone = then.iter().filter(|row| {
            let slot = baseline.now[row.asset as usize];
            slot.is_some_and(|slot| now.binary_search_by_key(&slot, |row| row.asset).is_err() && wants(slot) == 0)
        });
        let count = moved.count() + gone.count();
        if count > 0 {
            let who = self.names.call(holder.who);
            let (grants, were) = if count == 1 { ("grant", "was") } else { ("grants", "were") };
            let message = format!("{count} {grants} of {who} {were} set by hand to what the files now say");
            self.notice("converged", message, None);
        }
    }
}

fn differing(holder: Holder, asset: Pair, wants: u32, has: PermissionSet) -> Difference {
    match holder.who {
        who if wants == 0 => Difference::RemoveGrant { who, asset, before: has },
        Who::Partner(partner) if holder.asks => Difference::RequestAccess { partner, asset, before: has, after: wants },
        who => Difference::SetGrant { who, asset, before: has, after: wants },
    }
}
