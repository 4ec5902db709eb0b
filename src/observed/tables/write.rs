//! State to files.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::super::{Collection, Holder, Invite, ObservedState};
use super::export::Export;
use super::{ASSETS, CONTENTS, GRANTS, INVITES, MEMBERS, PARTNERS, ROSTER, TEAM_GRANTS, TEAMS};
use crate::model::Sym;

/// Writes a state as a folder of tables: files by path below the folder. The same state gives the same bytes; reading them gives the
/// state again. Optional columns and keys are only written where they say something, so that readers of the plain format get it.
pub fn write(state: &ObservedState) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut export = serde_json::to_vec_pretty(&Export::of(state)).unwrap_or_default();
    export.push(b'\n');
    files.insert("export.json".to_owned(), export);
    for collection in Collection::ALL {
        let file = format!("{}.csv", collection.word());
        files.insert(file, Tables(state).collection(collection).bytes());
    }
    for (partner, sheet) in Tables(state).rosters() {
        files.insert(format!("rosters/{partner}.csv"), sheet.bytes());
    }
    if !(state.teams.is_empty() && state.team_grants.is_empty()) {
        files.insert("teams.csv".to_owned(), Tables(state).teams().bytes());
        let team_grants = Tables(state).team_grants();
        files.insert("team_grants.csv".to_owned(), team_grants.bytes());
    }
    files
}

type Cell<'s> = Cow<'s, str>;

/// A table before it is written.
struct Out<'s> {
    columns: &'s [&'static str],
    /// Indexes of the columns that are the key, by which rows are sorted.
    key: &'s [usize],
    rows: Vec<Vec<Cell<'s>>>,
}

impl<'s> Out<'s> {
    fn new(columns: &'s [&'static str], key: &'s [usize], rows: impl Iterator<Item = Vec<Cell<'s>>>) -> Self {
        let rows = rows
            .map(|mut row| {
                row.truncate(columns.len());
                row
            })
            .collect();
        Out { columns, key, rows }
    }

    fn bytes(mut self) -> Vec<u8> {
        let key = self.key;
        self.rows.sort_by_cached_key(|row| {
            let cells = key.iter().filter_map(|column| row.get(*column));
            cells.cloned().collect::<Vec<_>>()
        });
        let mut bytes = Vec::new();
        line(&mut bytes, self.columns.iter().copied());
        for row in &self.rows {
            line(&mut bytes, row.iter().map(Cell::as_ref));
        }
        bytes
    }
}

/// A line as RFC 4180 has it, quoted only where needed.
fn line<'c>(bytes: &mut Vec<u8>, cells: impl Iterator<Item = &'c str>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            bytes.push(b',');
        }
        if cell.contains([',', '"', '\n', '\r']) {
            bytes.push(b'"');
            bytes.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
            bytes.push(b'"');
        } else {
            bytes.extend_from_slice(cell.as_bytes());
        }
    }
    bytes.push(b'\n');
}

#[derive(Clone, Copy)]
struct Tables<'s>(&'s ObservedState);

impl<'s> Tables<'s> {
    fn collection(self, collection: Collection) -> Out<'s> {
        match collection {
            Collection::Members => self.members(),
            Collection::Partners => self.partners(),
            Collection::Assets => self.assets(),
            Collection::AssetGroupMembers => self.contents(),
            Collection::Grants => self.grants(),
            Collection::Invites => self.invites(),
        }
    }

    fn members(self) -> Out<'s> {
        let rows = self.0.members.iter().map(|row| {
            vec![
                self.text(row.id),
                self.optional(row.email),
                self.optional(row.username),
                self.text(row.role),
                Cow::Borrowed(flag(row.system)),
                self.optional(row.created_at),
                self.optional(row.created_by),
            ]
        });
        Out::new(&MEMBERS, &[0], rows)
    }

    fn partners(self) -> Out<'s> {
        let rows = self.0.partners.iter().map(|row| {
            vec![
                self.text(row.id),
                self.optional(row.name),
                Cow::Borrowed(row.direction.word()),
                self.optional(row.created_at),
            ]
        });
        Out::new(&PARTNERS, &[0, 2], rows)
    }

    fn assets(self) -> Out<'s> {
        let rows = self.0.assets.iter().map(|row| {
            vec![
                self.text(row.id),
                self.text(row.kind),
                self.optional(row.name),
                self.optional(row.owner_business),
                self.optional(row.client),
            ]
        });
        Out::new(&ASSETS, &[0], rows)
    }

    fn contents(self) -> Out<'s> {
        let listed = self.0.contents.iter().filter_map(|row| {
            let id = |index: u32| self.0.assets.get(index as usize).map(|row| row.id);
            Some((id(row.group)?, id(row.asset)?))
        });
        let dangling = self.0.dangling_contents.iter();
        let rows = listed
            .chain(dangling.map(|row| (row.group, row.asset)))
            .map(|(group, asset)| vec![self.text(group), self.text(asset)]);
        Out::new(&CONTENTS, &[0, 1], rows)
    }

    fn grants(self) -> Out<'s> {
        let columns = if self.needs_direction() { 5 } else { 4 };
        let listed = self.0.grants.iter().filter_map(|row| {
            let asset = self.0.assets.get(row.asset as usize)?.id;
            Some((self.0.holder(row.principal)?, asset, row.permissions))
        });
        let dangling = self.0.dangling_grants.iter();
        let rows = listed.chain(dangling.map(|row| (row.holder, row.asset, row.permissions))).map(
            |(holder, asset, permissions)| {
                let (kind, id, direction) = match holder {
                    Holder::Member(id) => ("member", id, ""),
                    Holder::Partner(id, direction) => ("partner", id, direction.word()),
                };
                vec![
                    Cow::Borrowed(kind),
                    self.text(id),
                    self.text(asset),
                    Cow::Owned(self.0.joined_words(permissions)),
                    Cow::Borrowed(direction),
                ]
            },
        );
        Out::new(&GRANTS[..columns], &[0, 1, 2, 4], rows)
    }

    /// Whether a partner's id alone does not tell which partnership is meant.
    fn needs_direction(self) -> bool {
        let mut pairs = self.0.partners.windows(2);
        let mut dangling = self.0.dangling_grants.iter();
        pairs.any(|pair| pair[0].id == pair[1].id) || dangling.any(|row| matches!(row.holder, Holder::Partner(..)))
    }

    fn invites(self) -> Out<'s> {
        let told = |row: &Invite| row.received || row.updated_at.is_some();
        let columns = if self.0.invites.iter().any(told) { 10 } else { 8 };
        let strings = &self.0.strings;
        let rows = self.0.invites.iter().map(|row| {
            vec![
                self.text(row.id),
                Cow::Borrowed(row.kind.word(strings)),
                self.text(row.invitee),
                self.optional(row.role),
                Cow::Borrowed(row.status.word(strings)),
                self.optional(row.sent_at),
                self.optional(row.expires_at),
                Cow::Owned(self.0.attached_text(row)),
                Cow::Borrowed(flag(row.received)),
                self.optional(row.updated_at),
            ]
        });
        Out::new(&INVITES[..columns], &[0], rows)
    }

    fn rosters(self) -> impl Iterator<Item = (&'s str, Out<'s>)> {
        let state = self.0;
        let partners = state.rosters.chunk_by(|a, b| a.partner == b.partner);
        partners.filter_map(move |rows| {
            let partner = state.text(rows.first()?.partner);
            let rows = rows.iter().map(|row| {
                vec![
                    Tables(state).optional(row.email),
                    Tables(state).optional(row.username),
                    Tables(state).optional(row.role),
                    Tables(state).optional(row.asset),
                    Cow::Owned(state.joined_words(row.permissions)),
                ]
            });
            Some((partner, Out::new(&ROSTER, &[0, 1, 3], rows)))
        })
    }

    fn teams(self) -> Out<'s> {
        let rows = self.0.teams.iter();
        let rows = rows.map(|row| vec![self.text(row.team), self.text(row.member)]);
        Out::new(&TEAMS, &[0, 1], rows)
    }

    fn team_grants(self) -> Out<'s> {
        let rows = self.0.team_grants.iter().map(|row| {
            vec![self.text(row.team), self.text(row.asset), Cow::Owned(self.0.joined_words(row.permissions))]
        });
        Out::new(&TEAM_GRANTS, &[0, 1], rows)
    }

    fn text(&self, sym: Sym) -> Cell<'s> {
        Cow::Borrowed(self.0.text(sym))
    }

    fn optional(&self, sym: Option<Sym>) -> Cell<'s> {
        Cow::Borrowed(sym.map_or("", |sym| self.0.text(sym)))
    }
}

fn flag(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
