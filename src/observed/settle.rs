//! From rows in the order in which they came to a state: sorted, each key once, references by index.

use std::collections::BTreeMap;

use super::order::dangling_key;
use crate::model::{Direction, PermissionSet, PrincipalIx, Strings, Sym};

use super::draft::{Claim, ContentRow, Draft, DraftFault, GrantRow, Heading, Table, Whose};
use super::{Collection, Content, DanglingContent, DanglingGrant, Grant, Holder, ObservedState};

/// No list can be longer: a principal's index has 31 bits.
const MAX_ROWS: usize = i32::MAX as usize;

/// A draft that is being settled.
pub(super) struct Settle {
    draft: Draft,
    faults: Vec<DraftFault>,
    /// Rows that stood twice in equal words.
    repeated: BTreeMap<Collection, usize>,
}

impl Settle {
    pub(super) fn new(draft: Draft) -> Self {
        Settle { draft, faults: Vec::new(), repeated: BTreeMap::new() }
    }

    pub(super) fn finish(mut self, heading: Heading) -> Result<ObservedState, Vec<DraftFault>> {
        self.refuse_too_many();
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        self.settle_rows();
        self.settle_sources();
        let places = Places::new(&self.draft);
        let (grants, dangling_grants) = self.link_grants(&places);
        let (contents, dangling_contents) = self.link_contents(&places);
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        let claims = self.doubted();
        let Heading { business_id, business_name, captured_at, captured_by, source, query } = heading;
        let Draft {
            platform, strings, foreign, members, partners, assets, invites, rosters, teams, team_grants, ..
        } = self.draft;
        let mut state = ObservedState {
            business_name,
            captured_by,
            source,
            query,
            strings: strings.finished(),
            foreign,
            members,
            partners,
            assets,
            grants,
            contents,
            invites,
            rosters,
            teams,
            team_grants,
            dangling_grants,
            dangling_contents,
            ..ObservedState::new(platform, business_id, captured_at)
        };
        state.sort();
        state.judge(&claims);
        state.notice();
        Ok(state)
    }

    fn refuse_too_many(&mut self) {
        let draft = &self.draft;
        let lengths = [
            (Collection::Members, draft.members.len()),
            (Collection::Partners, draft.partners.len()),
            (Collection::Assets, draft.assets.len()),
            (Collection::Grants, draft.grants.len()),
        ];
        for (collection, length) in lengths.into_iter().filter(|(_, length)| *length > MAX_ROWS) {
            self.faults.push(DraftFault {
                table: Table::Collection(collection),
                row: MAX_ROWS,
                other: None,
                message: format!("{length} rows, at most {MAX_ROWS} are possible"),
                help: None,
            });
        }
    }

    fn settle_rows(&mut self) {
        let Draft { strings, members, partners, assets, invites, .. } = &mut self.draft;
        let id = |sym: Sym| strings.get(sym);
        let named = |what: &str, sym: Sym| format!("{what} `{}`", strings.get(sym));
        let found = [
            (Collection::Members, settle(members, |row| id(row.id), |row| named("member", row.id))),
            (
                Collection::Partners,
                settle(
                    partners,
                    |row| (id(row.id), row.direction),
                    |row| named(&format!("{} partner", row.direction.word()), row.id),
                ),
            ),
            (Collection::Assets, settle(assets, |row| id(row.id), |row| named("asset", row.id))),
            (Collection::Invites, settle(invites, |row| id(row.id), |row| named("invite", row.id))),
        ];
        for (collection, repeats) in found {
            self.note_repeats(collection, repeats);
        }
    }

    /// Nothing tells whether these lists are whole, so that even equal rows that stand twice are refused.
    fn settle_sources(&mut self) {
        let Draft { strings, rosters, teams, team_grants, .. } = &mut self.draft;
        let id = |sym: Sym| strings.get(sym);
        let text = |sym: Option<Sym>| sym.map_or("", |sym| strings.get(sym));
        let rosters = settle(
            rosters,
            |row| {
                let who = (text(row.email), text(row.username));
                (id(row.partner), who, text(row.asset))
            },
            |row| {
                let who = text(row.email.or(row.username));
                format!("`{who}` on asset `{}`", text(row.asset))
            },
        );
        let teams = settle(
            teams,
            |row| (id(row.team), id(row.member)),
            |row| format!("member `{}` in team `{}`", id(row.member), id(row.team)),
        );
        let team_grants = settle(
            team_grants,
            |row| (id(row.team), id(row.asset)),
            |row| format!("team `{}` on asset `{}`", id(row.team), id(row.asset)),
        );
        self.clash(Table::Rosters, rosters, true);
        self.clash(Table::Teams, teams, true);
        self.clash(Table::TeamGrants, team_grants, true);
    }

    /// Grants by index, and those that name what is not there.
    fn link_grants(&mut self, places: &Places) -> (Vec<Grant>, Vec<DanglingGrant>) {
        let rows = std::mem::take(&mut self.draft.grants);
        self.undecided(&rows, places);
        let mut loose_rows = Vec::new();
        // In the place of the rows: a million of them need not stand there twice.
        let mut linked: Vec<Linked> = rows
            .into_iter()
            .enumerate()
            .filter_map(|(row, grant)| {
                let linked = places.linked(row, &grant);
                if linked.is_none() {
                    loose_rows.push((row, grant));
                }
                linked
            })
            .collect();
        if !linked.is_sorted_by(|a, b| a.key() < b.key()) {
            linked.sort_unstable_by_key(|grant| (grant.key(), grant.row));
            self.drop_repeated(&mut linked);
        }
        let grants = linked.into_iter().map(Linked::grant).collect();
        (grants, self.loose_grants(loose_rows, places))
    }

    /// Of sorted grants, those that stand twice.
    fn drop_repeated(&mut self, linked: &mut Vec<Linked>) {
        let Draft { strings, members, partners, assets, .. } = &self.draft;
        let subject = |grant: &Linked| {
            let index = grant.principal.index();
            let holder = if grant.principal.is_partner() {
                let row = &partners[index];
                Holder::Partner(row.id, row.direction)
            } else {
                Holder::Member(members[index].id)
            };
            grant_named(strings, holder, assets[grant.asset as usize].id)
        };
        let mut repeats = Repeats::default();
        linked.dedup_by(|again, first| {
            let same = again.key() == first.key();
            if same {
                let equal = again.permissions == first.permissions;
                let places = (first.row as usize, again.row as usize);
                repeats.add(places, equal, || subject(again));
            }
            same
        });
        self.note_repeats(Collection::Grants, repeats);
    }

    fn loose_grants(&mut self, rows: Vec<(usize, GrantRow)>, places: &Places) -> Vec<DanglingGrant> {
        let (order, rows): (Vec<usize>, Vec<GrantRow>) = rows.into_iter().unzip();
        let mut dangling: Vec<_> = rows.iter().map(|row| places.loose(row)).collect();
        let strings = &self.draft.strings;
        let mut repeats =
            settle(&mut dangling, |row| dangling_key(strings, row), |row| grant_named(strings, row.holder, row.asset));
        for pair in &mut repeats.pairs {
            let place = |index: usize| order.get(index).copied().unwrap_or(index);
            (pair.first, pair.again) = (place(pair.first), place(pair.again));
        }
        self.note_repeats(Collection::Grants, repeats);
        dangling
    }

    /// A grant of a partner in both directions must say which.
    fn undecided(&mut self, rows: &[GrantRow], places: &Places) {
        let mut partners = self.draft.partners.iter();
        if !partners.any(|row| places.both_directions(row.id)) {
            return;
        }
        let both = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.whose == Whose::Partner(None) && places.both_directions(row.principal));
        let faults = both.map(|(row, grant)| {
            let id = self.draft.strings.get(grant.principal);
            DraftFault {
                table: Table::Collection(Collection::Grants),
                row,
                other: None,
                message: format!("partner `{id}` is a partner in both directions"),
                help: Some("say which with `direction`: `inbound` or `outbound`".to_owned()),
            }
        });
        let faults: Vec<_> = faults.collect();
        self.faults.extend(faults);
    }

    fn link_contents(&mut self, places: &Places) -> (Vec<Content>, Vec<DanglingContent>) {
        let mut rows = std::mem::take(&mut self.draft.contents);
        let strings = &self.draft.strings;
        let repeats = settle(
            &mut rows,
            |row| (strings.get(row.group), strings.get(row.asset)),
            |row| {
                let (group, asset) = (strings.get(row.group), strings.get(row.asset));
                format!("asset `{asset}` in group `{group}`")
            },
        );
        self.note_repeats(Collection::AssetGroupMembers, repeats);
        let mut dangling = Vec::new();
        let contents = rows
            .into_iter()
            .filter_map(|ContentRow { group, asset }| {
                let linked = places.asset(group).zip(places.asset(asset));
                if linked.is_none() {
                    dangling.push(DanglingContent { group, asset });
                }
                linked.map(|(group, asset)| Content { group, asset })
            })
            .collect();
        (contents, dangling)
    }

    fn note_repeats(&mut self, collection: Collection, repeats: Repeats) {
        if repeats.equal > 0 {
            *self.repeated.entry(collection).or_default() += repeats.equal;
        }
        let strict = self.draft.strict;
        self.clash(Table::Collection(collection), repeats, strict);
    }

    fn clash(&mut self, table: Table, repeats: Repeats, strict: bool) {
        let pairs = repeats.pairs.into_iter().filter(|pair| strict || !pair.equal);
        self.faults.extend(pairs.map(|pair| DraftFault {
            table,
            row: pair.again,
            other: Some(pair.first),
            message: pair.subject,
            help: None,
        }));
    }

    /// What the export claims, with the doubts that its rows gave.
    fn doubted(&mut self) -> BTreeMap<Collection, Claim> {
        let mut claims = std::mem::take(&mut self.draft.claims);
        for (collection, count) in &self.repeated {
            let doubt = format!(
                "{} twice, as if pages had moved while it was read",
                if *count == 1 { "1 row stands".to_owned() } else { format!("{count} rows stand") }
            );
            claims.entry(*collection).or_default().doubts.push(doubt);
        }
        claims
    }
}

fn grant_named(strings: &Strings, holder: Holder, asset: Sym) -> String {
    let asset = strings.get(asset);
    match holder {
        Holder::Member(id) => {
            let id = strings.get(id);
            format!("the grant of member `{id}` on asset `{asset}`")
        }
        Holder::Partner(id, direction) => {
            let (id, way) = (strings.get(id), direction.word());
            format!("the grant of {way} partner `{id}` on asset `{asset}`")
        }
    }
}

/// A grant whose principal and asset were found.
struct Linked {
    principal: PrincipalIx,
    asset: u32,
    permissions: PermissionSet,
    /// By the order in which rows came.
    row: u32,
}

impl Linked {
    fn key(&self) -> (PrincipalIx, u32) {
        (self.principal, self.asset)
    }

    fn grant(self) -> Grant {
        Grant { principal: self.principal, asset: self.asset, permissions: self.permissions }
    }
}

/// Rows of one key.
#[derive(Default)]
struct Repeats {
    /// How many rows were left out because an equal one stands before them.
    equal: usize,
    /// The first of them, up to [`MAX_PAIRS`].
    pairs: Vec<Pair>,
}

impl Repeats {
    fn add(&mut self, places: (usize, usize), equal: bool, subject: impl FnOnce() -> String) {
        self.equal += usize::from(equal);
        // Equal ones fill only half of the room, so that they never hide one that differs.
        let room = if equal { MAX_PAIRS / 2 } else { MAX_PAIRS };
        if self.pairs.len() < room {
            let (first, again) = places;
            self.pairs.push(Pair { first, again, equal, subject: subject() });
        }
    }
}

/// Two rows of one key, by the order in which they came.
struct Pair {
    first: usize,
    again: usize,
    equal: bool,
    subject: String,
}

/// More are not told: a file in which everything stands twice has one fault, not a million.
const MAX_PAIRS: usize = 1000;

/// Sorts rows by key and keeps the first of each key. Costs one comparison a row where they are in order.
fn settle<T: Clone + PartialEq, K: Ord>(
    rows: &mut Vec<T>,
    key: impl Fn(&T) -> K,
    subject: impl Fn(&T) -> String,
) -> Repeats {
    let mut repeats = Repeats::default();
    if rows.is_sorted_by(|a, b| key(a) < key(b)) {
        return repeats;
    }
    let mut order: Vec<u32> = (0u32..).take(rows.len()).collect();
    order.sort_by(|&a, &b| key(&rows[a as usize]).cmp(&key(&rows[b as usize])));
    let mut first = 0;
    let mut kept: Vec<T> = Vec::with_capacity(rows.len());
    for again in order.into_iter().map(|place| place as usize) {
        let row = &rows[again];
        let last = kept.last().filter(|last| key(last) == key(row));
        let Some(equal) = last.map(|last| last == row) else {
            first = again;
            kept.push(row.clone());
            continue;
        };
        repeats.add((first, again), equal, || subject(row));
    }
    *rows = kept;
    repeats
}

/// Where the row of an id is, by symbol.
struct Places {
    members: Vec<u32>,
    inbound: Vec<u32>,
    outbound: Vec<u32>,
    assets: Vec<u32>,
}

/// No row.
const NOWHERE: u32 = u32::MAX;

impl Places {
    fn new(draft: &Draft) -> Self {
        let symbols = draft.strings.len();
        let way = |wanted: Direction| {
            let rows = (0u32..).zip(&draft.partners);
            let ids = rows.filter(move |(_, row)| row.direction == wanted);
            by_symbol(symbols, ids.map(|(index, row)| (row.id, index)))
        };
        Places {
            members: by_symbol(symbols, draft.members.iter().map(|row| row.id).zip(0..)),
            inbound: way(Direction::Inbound),
            outbound: way(Direction::Outbound),
            assets: by_symbol(symbols, draft.assets.iter().map(|row| row.id).zip(0..)),
        }
    }

    fn asset(&self, id: Sym) -> Option<u32> {
        place(&self.assets, id)
    }

    fn principal(&self, row: &GrantRow) -> Option<PrincipalIx> {
        let partner = |places: &[u32]| place(places, row.principal).map(PrincipalIx::partner);
        match row.whose {
            Whose::Member => place(&self.members, row.principal).map(PrincipalIx::person),
            Whose::Partner(Some(Direction::Inbound)) => partner(&self.inbound),
            Whose::Partner(Some(Direction::Outbound)) => partner(&self.outbound),
            Whose::Partner(None) => partner(&self.inbound).or_else(|| partner(&self.outbound)),
        }
    }

    fn both_directions(&self, id: Sym) -> bool {
        place(&self.inbound, id).is_some() && place(&self.outbound, id).is_some()
    }

    /// A grant that names what is not there, by ids.
    fn loose(&self, row: &GrantRow) -> DanglingGrant {
        let only_outbound =
            place(&self.inbound, row.principal).is_none() && place(&self.outbound, row.principal).is_some();
        let holder = match row.whose {
            Whose::Member => Holder::Member(row.principal),
            Whose::Partner(Some(direction)) => Holder::Partner(row.principal, direction),
            Whose::Partner(None) if only_outbound => Holder::Partner(row.principal, Direction::Outbound),
            // The platform's own default where nothing is said.
            Whose::Partner(None) => Holder::Partner(row.principal, Direction::Inbound),
        };
        DanglingGrant { holder, asset: row.asset, permissions: row.permissions }
    }

    fn linked(&self, row: usize, grant: &GrantRow) -> Option<Linked> {
        Some(Linked {
            principal: self.principal(grant)?,
            asset: self.asset(grant.asset)?,
            permissions: grant.permissions,
            row: u32::try_from(row).unwrap_or(u32::MAX),
        })
    }
}

fn by_symbol(symbols: usize, rows: impl Iterator<Item = (Sym, u32)>) -> Vec<u32> {
    let mut places = vec![NOWHERE; symbols];
    for (id, index) in rows {
        if let Some(place) = places.get_mut(id.index()) {
            *place = index;
        }
    }
    places
}

fn place(places: &[u32], id: Sym) -> Option<u32> {
    places.get(id.index()).copied().filter(|index| *index != NOWHERE)
}
