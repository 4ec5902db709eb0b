//! Partners' own people, as the tables that `roster:` names.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Direction;
use crate::observed::RosterRow;

use super::keys::{file_name, unique};
use super::partners::Partner;
use super::view::View;

/// The path of each roster in the repository, by partner id.
pub(super) fn paths<'a>(view: &View<'a>) -> BTreeMap<&'a str, String> {
    let rows = view.state.rosters.iter();
    let with_rows: BTreeSet<&str> = rows.map(|row| view.state.text(row.partner)).collect();
    let partners = view.partners.iter();
    let partners = partners.filter(|partner| with_rows.contains(partner.id));
    let partners = partners.filter(|partner| belongs_to(view, partner));
    let (ids, wanted): (Vec<&str>, Vec<(String, String)>) =
        partners.map(|partner| (partner.id, (file_name(&partner.key), partner.key.clone()))).unzip();
    let names = unique(&wanted, &mut BTreeSet::new()).into_iter();
    let paths = names.map(|name| format!("rosters/{name}.csv"));
    ids.into_iter().zip(paths).collect()
}

/// Whether a roster of this partner's id is about this partnership: of two, about the one in which they reach our assets.
pub(super) fn belongs_to(view: &View<'_>, partner: &Partner<'_>) -> bool {
    let mut ours = view.partners.iter().filter(|other| other.id == partner.id);
    partner.direction == Direction::Inbound || ours.all(|other| other.direction == Direction::Outbound)
}

/// The tables, by path.
pub(super) fn files(view: &View<'_>) -> BTreeMap<String, Vec<u8>> {
    let mut tables: BTreeMap<&str, Vec<[String; 5]>> = BTreeMap::new();
    for row in &view.state.rosters {
        let table = tables.entry(view.state.text(row.partner)).or_default();
        table.push(cells(view, row));
    }
    let paths = paths(view);
    let tables = tables.into_iter();
    tables.filter_map(|(partner, rows)| Some((paths.get(partner)?.clone(), table(rows)))).collect()
}

fn cells(view: &View<'_>, row: &RosterRow) -> [String; 5] {
    let text = |sym: Option<_>| sym.map_or(String::new(), |sym| view.state.text(sym).to_owned());
    let words = view.state.words(row.permissions).join(";");
    [text(row.email), text(row.username), text(row.role), text(row.asset), words]
}

fn table(mut rows: Vec<[String; 5]>) -> Vec<u8> {
    rows.sort_unstable();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = ["email", "username", "role", "asset_id", "permissions"].map(str::to_owned);
    for row in std::iter::once(&header).chain(&rows) {
        // A writer into memory fails only on rows of different lengths, and these have five cells each.
        let _ = writer.write_record(row);
    }
    writer.into_inner().unwrap_or_default()
}
