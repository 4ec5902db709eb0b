//! A state with changes on top: kept apart while actions come in, merged into the sorted lists once at the end.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::model::digest::Hasher;
use crate::model::{AssetRef, Direction, PartnerRef, PermissionSet, PersonRef, Principal, PrincipalIx};
use crate::observed::{Asset, Content, InviteKind, ObservedState, Partner};

use super::super::Action;
use super::lookup::{group_key, number};
use super::{PredictError, merge};

/// Ids of groups that earlier actions created, by key.
pub(super) type Created = BTreeMap<String, String>;

/// The id of what was created, if anything was.
pub(super) type Done = Result<Option<String>, PredictError>;

/// What every action may need to know.
pub(super) struct Run<'c> {
    pub(super) created: &'c Created,
    pub(super) as_of: Timestamp,
}

pub(super) struct Draft<'a> {
    pub(super) state: &'a mut ObservedState,
    /// Assets, invites and partners from these indexes on are new and not yet in order.
    pub(super) old_assets: usize,
    pub(super) old_invites: usize,
    pub(super) old_partners: usize,
    pub(super) new_partners: BTreeMap<(String, Direction), u32>,
    pub(super) new_assets: BTreeMap<String, u32>,
    pub(super) new_invites: BTreeMap<String, usize>,
    /// Made at first need, for those who are known by name only.
    pub(super) names: OnceCell<BTreeMap<String, u32>>,
    pub(super) sent: OnceCell<BTreeMap<String, Vec<usize>>>,
    /// Indexes of what is gone, still in the lists.
    pub(super) gone: Gone,
    /// Grants that differ from the list; `None` = taken away.
    pub(super) grants: BTreeMap<(PrincipalIx, u32), Option<PermissionSet>>,
    /// Contents that differ from the list; `false` = taken out.
    contents: BTreeMap<Content, bool>,
}

#[derive(Default)]
pub(super) struct Gone {
    pub(super) people: BTreeSet<u32>,
    pub(super) partners: BTreeSet<u32>,
    pub(super) assets: BTreeSet<u32>,
}

impl Gone {
    fn principal(&self, principal: PrincipalIx) -> bool {
        let index = number(principal.index());
        if principal.is_partner() { self.partners.contains(&index) } else { self.people.contains(&index) }
    }
}

impl<'a> Draft<'a> {
    pub(super) fn of(state: &'a mut ObservedState) -> Self {
        Draft {
            old_assets: state.assets.len(),
            old_invites: state.invites.len(),
            old_partners: state.partners.len(),
            new_partners: BTreeMap::new(),
            state,
            new_assets: BTreeMap::new(),
            new_invites: BTreeMap::new(),
            names: OnceCell::new(),
            sent: OnceCell::new(),
            gone: Gone::default(),
            grants: BTreeMap::new(),
            contents: BTreeMap::new(),
        }
    }

    pub(super) fn perform(&mut self, action: &Action, created: &mut Created, as_of: Timestamp) -> Done {
        if let Action::CreateGroup { group, .. } = action {
            return self.create_group(group, created).map(Some);
        }
        let run = &Run { created, as_of };
        match action {
            Action::CreateGroup { .. } => Ok(None),
            Action::AddToGroup { group, asset } => self.set_content(group, asset, true, run),
            Action::RemoveFromGroup { group, asset } => self.set_content(group, asset, false, run),
            Action::DeleteGroup { group, .. } => self.delete_group(group, run),
            Action::InviteMember { person, role, grants } => self.invite_member(person, role, grants, run),
            Action::InvitePartner { partner, grants } => {
                self.invite_partner(InviteKind::PartnerInvite, partner, grants, run)
            }
            Action::RequestPartner { partner, grants } => {
                self.invite_partner(InviteKind::PartnerRequest, partner, grants, run)
            }
            Action::AttachGrants { invite, before, after, .. } => self.attach(invite, before, after, run),
            Action::AcceptInvite { invite, partner, grants } => self.accept(invite, partner, grants, run),
            Action::CancelInvite { invite, .. } => self.cancel(invite, run),
            Action::SetRole { person, before, after } => self.set_role(person, before, after),
            Action::SetGrant { principal, asset, before, after } => {
                self.set_grant((principal, asset), before, after, run)
            }
            Action::RemoveGrant { principal, asset, before } => self.remove_grant((principal, asset), before, run),
            Action::RequestAccess { partner, asset, before, after } => {
                self.request_access(partner, asset, (before, after), run)
            }
            Action::RemoveMember { person, .. } => self.remove_member(person),
            Action::RemovePartner { partner, .. } => self.remove_partner(partner),
        }
    }

    fn create_group(&mut self, group: &AssetRef, created: &mut Created) -> Result<String, PredictError> {
        let name = group.label();
        let named = self.state.assets.iter().enumerate().any(|(index, asset)| {
            !self.gone.assets.contains(&number(index))
                && self.state.text(asset.kind) == group.kind
                && asset.name.is_some_and(|sym| self.state.text(sym) == name)
        });
        if named {
            return Err(PredictError::Exists(format!("an asset group named `{name}` exists already")));
        }
        let id = self.mint(&["group", &name], |draft, id| draft.asset_index(id).is_some());
        let strings = &mut self.state.strings;
        let owner = strings.intern(&self.state.business_id);
        let asset = Asset {
            id: strings.intern(&id),
            kind: strings.intern(&group.kind),
            name: Some(strings.intern(&name)),
            owner_business: Some(owner),
            client: None,
        };
        self.new_assets.insert(id.clone(), number(self.state.assets.len()));
        self.state.assets.push(asset);
        if let Some(key) = group_key(group) {
            created.insert(key.to_owned(), id.clone());
        }
        Ok(id)
    }

    fn set_content(&mut self, group: &AssetRef, asset: &AssetRef, inside: bool, run: &Run) -> Done {
        let content = Content { group: self.asset(group, run.created)?, asset: self.asset(asset, run.created)? };
        let now = self.contents.get(&content).copied();
        if now.unwrap_or_else(|| self.state.contents.binary_search(&content).is_ok()) == inside {
            let what = format!("asset `{}` in group `{}`", asset.label(), group.label());
            return Err(moved(what, presence(inside), presence(!inside)));
        }
        self.contents.insert(content, inside);
        Ok(None)
    }

    fn delete_group(&mut self, group: &AssetRef, run: &Run) -> Done {
        let index = self.asset(group, run.created)?;
        self.gone.assets.insert(index);
        Ok(None)
    }

    fn remove_member(&mut self, person: &PersonRef) -> Done {
        let index = self.person(person)?;
        self.gone.people.insert(index);
        Ok(None)
    }

    fn remove_partner(&mut self, partner: &PartnerRef) -> Done {
        let index = self.partner(partner)?;
        self.gone.partners.insert(index);
        Ok(None)
    }

    fn set_role(&mut self, person: &PersonRef, before: &str, after: &str) -> Done {
        let index = self.person(person)? as usize;
        let now = self.state.text(self.state.members[index].role);
        if now != before {
            return Err(moved(format!("the role of `{}`", person.label()), now, before));
        }
        self.state.members[index].role = self.state.strings.intern(after);
        Ok(None)
    }

    fn set_grant(&mut self, on: (&Principal, &AssetRef), before: &[String], after: &[String], run: &Run) -> Done {
        let key = self.check_grant(on, before, run)?;
        let after = self.permission_set(after)?;
        self.grants.insert(key, Some(after));
        Ok(None)
    }

    fn remove_grant(&mut self, on: (&Principal, &AssetRef), before: &[String], run: &Run) -> Done {
        let key = self.check_grant(on, before, run)?;
        if self.permissions(key.0, key.1).is_empty() {
            let id = format!("{} on {}", on.0.label(), on.1.label());
            return Err(PredictError::Missing { what: "grant", id });
        }
        self.grants.insert(key, None);
        Ok(None)
    }

    fn check_grant(
        &self,
        (principal, asset): (&Principal, &AssetRef),
        before: &[String],
        run: &Run,
    ) -> Result<(PrincipalIx, u32), PredictError> {
        let holder = match principal {
            Principal::Person(person) => PrincipalIx::person(self.person(person)?),
            Principal::Partner(partner) => PrincipalIx::partner(self.partner(partner)?),
        };
        let index = self.asset(asset, run.created)?;
        let what = || format!("the grant to `{}` on `{}`", principal.label(), asset.label());
        self.expect(self.permissions(holder, index), before, what)?;
        Ok((holder, index))
    }

    pub(super) fn expect(
        &self,
        now: PermissionSet,
        expected: &[String],
        what: impl FnOnce() -> String,
    ) -> Result<(), PredictError> {
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        let now = self.state.words(now);
        if now == expected {
            return Ok(());
        }
        Err(moved(what(), &listed(&now), &listed(&expected)))
    }

    /// What a principal has on an asset now; empty where there is no grant.
    pub(super) fn permissions(&self, principal: PrincipalIx, asset: u32) -> PermissionSet {
        if let Some(changed) = self.grants.get(&(principal, asset)) {
            return changed.unwrap_or_default();
        }
        self.state
            .grants
            .binary_search_by_key(&(principal, asset), |grant| (grant.principal, grant.asset))
            .map(|index| self.state.grants[index].permissions)
            .unwrap_or_default()
    }

    pub(super) fn permission_set(&self, words: &[String]) -> Result<PermissionSet, PredictError> {
        if words.is_empty() {
            return Err(PredictError::Unwritable("a grant without permissions can't be written".to_owned()));
        }
        let platform = self.state.platform;
        words.iter().try_fold(PermissionSet::default(), |set, word| {
            let bit = platform.permission_bit(word).ok_or_else(|| {
                PredictError::Unwritable(format!(
                    "`{word}` is not a permission that accord can write on {}",
                    platform.title
                ))
            })?;
            Ok(PermissionSet::of(set.known | bit))
        })
    }

    /// Eighteen digits, as platform ids have, derived from what they are about; the next try where they are taken (an earlier invite).
    pub(super) fn mint(&self, about: &[&str], taken: impl Fn(&Self, &str) -> bool) -> String {
        let ids = (0_u64..).map(|attempt| {
            let mut hasher = Hasher::new();
            hasher.piece(self.state.business_id.as_bytes()).piece(&attempt.to_le_bytes());
            for piece in about {
                hasher.piece(piece.as_bytes());
            }
            let digest = hasher.finish().0;
            let number = digest[..8].iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
            (FIRST_ID + number % (FIRST_ID * 9)).to_string()
        });
        ids.into_iter().find(|id| !taken(self, id)).unwrap_or_default()
    }

    /// Merges the changes into the sorted lists.
    pub(super) fn finish(self) {
        let Draft {
            state,
            old_assets,
            old_invites,
            old_partners,
            new_partners: _,
            new_assets: _,
            new_invites: _,
            names: _,
            sent: _,
            gone,
            grants,
            contents,
        } = self;
        merge::grants(&mut state.grants, grants, |grant| {
            gone.principal(grant.principal) || gone.assets.contains(&grant.asset)
        });
        merge::contents(&mut state.contents, contents, |content| {
            gone.assets.contains(&content.group) || gone.assets.contains(&content.asset)
        });
        merge::end_sources(state, &gone);
        let ObservedState { strings, members, partners, assets, invites, .. } = state;
        let assets = merge::rearrange(assets, &gone.assets, old_assets, |asset| strings.get(asset.id));
        let people = merge::rearrange(members, &gone.people, members.len(), |member| strings.get(member.id));
        let by = |partner: &Partner| (strings.get(partner.id), partner.direction);
        let partners = merge::rearrange(partners, &gone.partners, old_partners, by);
        if invites.len() > old_invites {
            invites.sort_by(|a, b| strings.get(a.id).cmp(strings.get(b.id)));
        }
        merge::renumber(state, &merge::Moves { people, partners, assets });
    }
}

/// The smallest number of eighteen digits.
const FIRST_ID: u64 = 100_000_000_000_000_000;

pub(super) fn missing(what: &'static str, id: &str) -> PredictError {
    PredictError::Missing { what, id: id.to_owned() }
}

pub(super) fn moved(what: String, now: &str, expected: &str) -> PredictError {
    PredictError::Moved { what, now: now.to_owned(), expected: expected.to_owned() }
}

fn presence(inside: bool) -> &'static str {
    if inside { "present" } else { "absent" }
}

pub(super) fn listed(words: &[String]) -> String {
    if words.is_empty() { "nothing".to_owned() } else { words.join(";") }
}
