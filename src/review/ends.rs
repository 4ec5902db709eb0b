//! Ends that move: nobody notices today, and access stays longer or goes earlier than was agreed.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::desired::DesiredState;
use crate::graph::PlaceRef;
use crate::model::Until;
use crate::source::Pos;

/// An end that is another one after the change.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndMoved {
    /// What ends, for people (`bo@acme.example on acme-fr: CAMPAIGN_MANAGER`).
    pub what: String,
    /// The last day before the change; absent = it did not end.
    #[schemars(with = "Option<String>")]
    pub before: Option<Date>,
    /// The last day after it; absent = it does not end any more.
    #[schemars(with = "Option<String>")]
    pub after: Option<Date>,
    /// The line.
    pub place: PlaceRef,
}

impl EndMoved {
    /// Whether access stays longer than was agreed.
    pub fn later(&self) -> bool {
        self.after.is_none_or(|after| self.before.is_some_and(|before| after > before))
    }
}

/// Ends that differ between two versions of the files, those that come later first.
pub(super) fn moved(base: &DesiredState, head: &DesiredState) -> Vec<EndMoved> {
    let (old, new) = (ends(base), ends(head));
    let mut moved: Vec<EndMoved> = new
        .into_iter()
        .filter_map(|(what, (after, pos))| {
            let &(before, _) = old.get(&what)?;
            let place = PlaceRef { file: head.files.path(pos.file).to_owned(), line: pos.line, column: pos.column };
            (before != after).then(|| EndMoved { what, before: before.date(), after: after.date(), place })
        })
        .collect();
    moved.sort_by(|a, b| (!a.later(), a).cmp(&(!b.later(), b)));
    moved
}

/// The last day of everything that is written, whatever line says it: of several sources the one that lasts longest.
fn ends(state: &DesiredState) -> BTreeMap<String, (Until, Pos)> {
    let text = |sym| state.text(sym);
    let mut ends: BTreeMap<String, (Until, Pos)> = BTreeMap::new();
    let mut add = |what: String, until: Until, pos: Pos| {
        let end = ends.entry(what).or_insert((until, pos));
        if until > end.0 {
            *end = (until, pos);
        }
    };
    for row in &state.memberships {
        let business = text(state.businesses[row.business as usize].key);
        let person = text(state.people[row.person as usize].key);
        add(format!("{person} in {business}: {}", row.role.title), row.until, row.pos);
    }
    for partner in &state.partners {
        let business = text(state.businesses[partner.business as usize].key);
        add(format!("partnership of {business} with {}", text(partner.key)), partner.ends, partner.pos);
    }
    for grant in &state.grants {
        let asset = &state.assets[grant.asset as usize];
        let platform = state.businesses[asset.business as usize].platform;
        let holder = match grant.principal.is_partner() {
            true => text(state.partners[grant.principal.index()].key),
            false => text(state.people[grant.principal.index()].key),
        };
        let words = platform.words(grant.permissions).join(", ");
        let pos = state.items[grant.item as usize].pos;
        add(format!("{holder} on {}: {words}", text(asset.key)), grant.until, pos);
    }
    ends
}
