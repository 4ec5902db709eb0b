//! From what was read to a state, and to a word on how whole each part of it is.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::super::wire::{self, Binding, User};
use super::grants::{Grants, Holder};
use super::lists::{Lists, Part, kinds};
use super::{Export, Reading, is_admin};
use crate::model::{Direction, PermissionSet, Sym};
use crate::observed::draft::{Claim, ContentRow, Draft, DraftFault, GrantRow, Heading, Whose};
use crate::observed::{Asset, Collection, Invite, InviteKind, InviteStatus, Member, Partner};
use crate::platforms::pinterest;

/// So many reasons are told for one collection; the first ones usually explain the others.
const REASONS: usize = 3;

/// Everything on its way into a state.
pub(super) struct Settling<'a> {
    reading: &'a Reading<'a>,
    lists: &'a Lists,
    grants: &'a Grants,
    draft: Draft,
    /// Why collections are not whole.
    flaws: BTreeMap<Collection, Vec<String>>,
    /// Owners of assets that partners let us in on.
    lenders: BTreeMap<&'a str, &'a str>,
    /// Whose token it is, where the platform tells.
    me: &'a User,
}

impl<'a> Settling<'a> {
    /// `moved` is what would not stand still while it was read.
    pub(super) fn new(
        reading: &'a Reading<'a>,
        lists: &'a Lists,
        grants: &'a Grants,
        moved: &BTreeSet<Part>,
        me: &'a User,
    ) -> Self {
        let lenders = grants.rows.keys().filter_map(|(holder, asset)| match holder {
            Holder::Partner(id, Direction::Outbound) => Some((asset.as_str(), id.as_str())),
            Holder::Partner(_, Direction::Inbound) | Holder::Member(_) => None,
        });
        let lenders = lenders.collect();
        let draft = Draft::new(&pinterest::PLATFORM);
        let mut settling = Settling { reading, lists, grants, draft, flaws: BTreeMap::new(), lenders, me };
        settling.note_reader();
        settling.note_flaws(moved);
        settling
    }

    pub(super) fn finish(mut self) -> Result<Export, Vec<DraftFault>> {
        self.members();
        self.partners();
        self.assets();
        self.take_grants();
        self.invites();
        let counts = [
            (Collection::Members, self.draft.members.len()),
            (Collection::Partners, self.draft.partners.len()),
            (Collection::Assets, self.draft.assets.len()),
            (Collection::AssetGroupMembers, self.draft.contents.len()),
            (Collection::Grants, self.draft.grants.len()),
            (Collection::Invites, self.invite_count()),
        ];
        for (collection, count) in counts {
            let flaws = self.flaws.get(&collection).map_or(&[][..], Vec::as_slice);
            self.draft.claims.insert(collection, claim(count, flaws));
        }
        let flawed = self.flaws.iter().filter(|(_, flaws)| !flaws.is_empty()).map(|(name, _)| *name).collect();
        let Reading { business, captured_at, base, .. } = self.reading;
        let heading = Heading {
            business_id: (*business).to_owned(),
            business_name: self.lists.employer(business).and_then(|row| row.user.username.clone()),
            captured_at: *captured_at,
            captured_by: self.captured_by(),
            source: format!("Pinterest API v5 at {base}"),
            query: Some(self.query()),
        };
        Ok(Export { state: self.draft.finish(heading)?, flawed })
    }

    /// The member whose token it is. An owner is in no list, so nothing can be said of them.
    fn captured_by(&self) -> Option<String> {
        let is_me = |row: &&Binding| {
            let same_name = row.user.username.is_some() && row.user.username == self.me.username;
            self.me.id.as_ref() == Some(&row.id) || (self.me.id.is_none() && same_name)
        };
        let all = [false, true].into_iter().flat_map(|system| self.lists.bindings(Part::Members { system }));
        all.into_iter().find(is_me).map(|row| row.id.clone())
    }

    /// Somebody who is no manager sees what was assigned to them, and it looks like everything.
    fn note_reader(&mut self) {
        let lists = self.lists;
        let row = lists.employer(self.reading.business);
        let role = row.and_then(|row| strongest(&row.roles)).filter(|role| !is_admin(role));
        let why = match (row, role, lists.unasked(Part::Employers)) {
            (_, Some(role), _) => {
                Some(format!("it was read with the token of an `{role}`, who does not see everything"))
            }
            (None, _, Some(flaw)) => {
                Some(format!("nobody knows whether whoever read it sees everything ({})", flaw.text()))
            }
            _ => None,
        };
        if let Some(why) = why {
            for collection in Collection::ALL {
                self.flaw(collection, why.clone());
            }
        }
    }

    /// What people should know of how it was read.
    fn query(&self) -> String {
        let lists = "members, partners, assets, grants and invites, each list to its end, the lists twice";
        match self.lists.flaws().find(|(part, _)| *part == Part::Accounts) {
            Some((_, flaw)) => format!("{lists}; names of ad accounts are not known ({})", flaw.text()),
            None => lists.to_owned(),
        }
    }

    fn note_flaws(&mut self, moved: &BTreeSet<Part>) {
        let lists = self.lists;
        // Of what there is nothing of, nothing is owned, even where asking for it is refused.
        let moot = |part: Part| match part {
            Part::Owned(kind) => {
                lists.is_whole(Part::Assets(kind)) && lists.assets(Part::Assets(kind)).next().is_none()
            }
            _ => false,
        };
        for (part, flaw) in lists.flaws().filter(|(part, _)| !moot(*part)) {
            if let Some(collection) = part.collection() {
                self.flaw(collection, flaw.text());
            }
        }
        for collection in moved.iter().filter_map(|part| part.collection()) {
            self.flaw(collection, "it changed each time it was read".to_owned());
        }
        for flaw in &self.grants.flaws {
            self.flaw(Collection::Grants, flaw.text());
        }
        self.flaws.entry(Collection::Grants).or_default().extend(self.grants.untold(lists));
        for (of, on) in [
            (Collection::Grants, Collection::Members),
            (Collection::Grants, Collection::Partners),
            (Collection::Grants, Collection::Assets),
            (Collection::AssetGroupMembers, Collection::Assets),
        ] {
            if self.flaws.get(&on).is_some_and(|flaws| !flaws.is_empty()) {
                self.flaw(of, format!("it rests on the {}, which are not whole", on.word()));
            }
        }
    }

    fn flaw(&mut self, collection: Collection, why: String) {
        let flaws = self.flaws.entry(collection).or_default();
        if !flaws.contains(&why) {
            flaws.push(why);
        }
    }

    /// A value that can't be taken makes its collection doubtful.
    fn taken<T>(&mut self, collection: Collection, what: &str, result: Result<T, String>) -> Option<T> {
        result.map_err(|why| self.flaw(collection, format!("{what}: {why}"))).ok()
    }

    fn handle(&mut self, collection: Collection, text: Option<&str>) -> Option<Sym> {
        let result = self.draft.handle(text?);
        self.taken(collection, "a name", result)
    }

    fn moment(&mut self, moment: Option<Timestamp>) -> Option<Sym> {
        self.draft.moment(&moment?.to_string()).ok()
    }

    fn members(&mut self) {
        let lists = self.lists;
        let mut seen = BTreeMap::new();
        for system in [true, false] {
            for row in lists.bindings(Part::Members { system }) {
                self.first(&mut seen, Collection::Members, &row.id, row, |this| this.member(row, system));
            }
        }
    }

    /// Takes the first row of each id. Another one that says something else can't be told apart from it.
    fn first<R: PartialEq>(
        &mut self,
        seen: &mut BTreeMap<String, &'a R>,
        collection: Collection,
        key: &str,
        row: &'a R,
        take: impl FnOnce(&mut Self),
    ) {
        match seen.get(key) {
            None => {
                seen.insert(key.to_owned(), row);
                take(self);
            }
            Some(other) if *other == row => {}
            Some(_) => self.flaw(collection, format!("two rows of `{key}` say different things")),
        }
    }

    fn member(&mut self, row: &Binding, system: bool) {
        const WHERE: Collection = Collection::Members;
        let id = self.draft.id(&row.id);
        let Some(id) = self.taken(WHERE, "a member", id) else { return };
        let role = strongest(&row.roles);
        if role.is_none() {
            self.flaw(WHERE, format!("the role of member `{}` was not told", row.id));
        }
        let role = self.draft.word(role.unwrap_or(UNTOLD));
        let Some(role) = self.taken(WHERE, "a role", role) else { return };
        let email = self.handle(WHERE, row.user.email.as_deref());
        let username = self.handle(WHERE, row.user.username.as_deref());
        let (created_at, created_by) = (self.moment(row.created), self.handle(WHERE, row.created_by.named()));
        self.draft.members.push(Member { id, email, username, role, system, created_at, created_by });
    }

    fn partners(&mut self) {
        let lists = self.lists;
        let mut seen = BTreeMap::new();
        for (row, direction) in lists.partners() {
            let key = format!("{} ({})", row.id, direction.word());
            self.first(&mut seen, Collection::Partners, &key, row, |this| this.partner(row, direction));
        }
    }

    fn partner(&mut self, row: &Binding, direction: Direction) {
        const WHERE: Collection = Collection::Partners;
        let id = self.draft.id(&row.id);
        let Some(id) = self.taken(WHERE, "a partner", id) else { return };
        let name = row.user.username.as_deref().and_then(|name| self.draft.name(name).ok());
        let created_at = self.moment(row.created);
        self.draft.partners.push(Partner { id, name, direction, created_at });
    }

    fn assets(&mut self) {
        let lists = self.lists;
        let accounts: BTreeMap<&str, &wire::Account> = lists.accounts().map(|row| (row.id.as_str(), row)).collect();
        let owned: BTreeSet<&str> =
            kinds().flat_map(|kind| lists.assets(Part::Owned(kind))).map(|row| row.id.as_str()).collect();
        let mut seen = BTreeMap::new();
        for kind in kinds() {
            // What the business owns it also has, whichever of the two lists has lost it.
            for row in lists.assets(Part::Assets(kind)).chain(lists.assets(Part::Owned(kind))) {
                self.first(&mut seen, Collection::Assets, &row.id, row, |this| {
                    let account = accounts.get(row.id.as_str()).copied();
                    this.asset(row, kind, owned.contains(row.id.as_str()), account);
                });
            }
        }
    }

    fn asset(&mut self, row: &wire::Asset, asked: &str, owned: bool, account: Option<&wire::Account>) {
        const WHERE: Collection = Collection::Assets;
        let id = self.draft.id(&row.id);
        let Some(id) = self.taken(WHERE, "an asset", id) else { return };
        let kind = if row.kind.is_empty() { asked } else { &row.kind };
        let kind = self.draft.word(kind);
        let Some(kind) = self.taken(WHERE, "an asset type", kind) else { return };
        let name = row.name.as_deref().or_else(|| account?.name.as_deref());
        let name = name.and_then(|name| self.draft.name(name).ok());
        let said = row.group.as_ref().and_then(|group| group.owner.as_deref()).or_else(|| account?.owner.as_deref());
        let lender = self.lenders.get(row.id.as_str()).copied();
        let owner =
            if owned { Some(self.reading.business) } else { lender.or(said.filter(|id| *id != self.reading.business)) };
        let owner_business = owner.and_then(|owner| self.draft.id(owner).ok());
        self.draft.assets.push(Asset { id, kind, name, owner_business, client: None });
        if let Some(group) = &row.group {
            self.contents(id, &row.id, group);
        }
    }

    fn contents(&mut self, group: Sym, id: &str, info: &wire::Group) {
        const WHERE: Collection = Collection::AssetGroupMembers;
        let Some(contents) = &info.contents else {
            return self.flaw(WHERE, format!("what is in group `{id}` was not told"));
        };
        for asset in contents {
            let asset = self.draft.id(asset);
            if let Some(asset) = self.taken(WHERE, "an asset in a group", asset) {
                self.draft.contents.push(ContentRow { group, asset });
            }
        }
    }

    fn take_grants(&mut self) {
        let grants = self.grants;
        for ((holder, asset), words) in &grants.rows {
            let (id, whose) = match holder {
                Holder::Member(id) => (id, Whose::Member),
                Holder::Partner(id, direction) => (id, Whose::Partner(Some(*direction))),
            };
            let (principal, asset) = (self.draft.id(id), self.draft.id(asset));
            let set = self.set(words);
            let row = principal.and_then(|principal| {
                let (asset, permissions) = (asset?, set?);
                Ok(GrantRow { principal, asset, permissions, whose })
            });
            if let Some(row) = self.taken(Collection::Grants, "a grant", row) {
                self.draft.grants.push(row);
            }
        }
    }

    /// A set of words, or why one of them can't be one: a grant is taken whole or not at all.
    fn set<'w>(&mut self, words: impl IntoIterator<Item = &'w String>) -> Result<PermissionSet, String> {
        let mut result = Ok(());
        for word in words {
            result = result.and(self.draft.add_word(word));
        }
        let set = self.draft.take_set();
        result.map(|()| set)
    }

    fn invites(&mut self) {
        let lists = self.lists;
        let mut seen = BTreeMap::new();
        for people in [true, false] {
            for row in lists.invites(people) {
                self.first(&mut seen, Collection::Invites, &row.id, row, |this| this.invite(row));
            }
        }
    }

    fn invite(&mut self, row: &wire::Invite) {
        let read = self.read_invite(row);
        let result = read.and_then(|invite| self.draft.push_invite(invite));
        self.taken(Collection::Invites, &format!("invite `{}`", row.id), result);
    }

    fn read_invite(&mut self, row: &wire::Invite) -> Result<Invite, String> {
        let id = self.draft.id(&row.id)?;
        let kind = row.kind.as_deref().ok_or("its kind was not told")?;
        let status = row.status.as_deref().ok_or("its state was not told")?;
        let (kind, status) = (self.draft.word(kind)?, self.draft.word(status)?);
        let kind = InviteKind::of_sym(kind, &self.draft.strings);
        let invitee = counterpart(row, kind).ok_or("it names nobody")?;
        let mut grants = Vec::new();
        for grant in &row.grants {
            grants.push((self.draft.id(&grant.asset)?, self.set(&grant.permissions)?));
        }
        Ok(Invite {
            id,
            kind,
            invitee: self.draft.handle(invitee)?,
            role: row.roles.first().map(|role| self.draft.word(role)).transpose()?,
            status: InviteStatus::of_sym(status, &self.draft.strings),
            received: row.received,
            sent_at: self.moment(row.sent),
            updated_at: self.moment(row.updated),
            expires_at: self.moment(row.expires),
            grants,
        })
    }

    fn invite_count(&self) -> usize {
        self.draft.invites().len()
    }
}

/// The role of a member whose role was not told. No platform has it.
const UNTOLD: &str = "UNKNOWN";

/// The role that counts where several are told: one that administers, else the first.
fn strongest(roles: &[String]) -> Option<&str> {
    roles.iter().find(|role| is_admin(role)).or(roles.first()).map(String::as_str)
}

/// Who is on the other side of an invite: whom we asked, or who asks us.
fn counterpart(row: &wire::Invite, kind: InviteKind) -> Option<&str> {
    let by_id = |user: &'_ User| user.id.is_some();
    match (row.received, kind) {
        (true, _) if by_id(&row.sender) => row.sender.id.as_deref(),
        (true, _) => row.sender.named(),
        (false, InviteKind::PartnerInvite | InviteKind::PartnerRequest) if by_id(&row.user) => row.user.id.as_deref(),
        (false, _) => row.user.named(),
    }
}

/// Flaws as a claim: with one of them nothing is ever removed.
fn claim(count: usize, flaws: &[String]) -> Claim {
    let told = flaws.iter().take(REASONS).cloned().collect::<Vec<_>>().join("; ");
    let more = flaws.len().saturating_sub(REASONS);
    let reason = match (flaws.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(told),
        (false, more) => Some(format!("{told}; and {more} more")),
    };
    Claim { present: true, complete: flaws.is_empty(), total: Some(count as u64), reason, doubts: Vec::new() }
}
