//! Partners of a proposal: those in the export, and those that were asked and have not answered.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Direction;
use crate::observed::{self, InviteKind, ObservedState};

use super::invites::{self, Pending};
use super::keys::{is_id, named_or_numbered, unique};
use super::mining::Row;
use super::people::needless;
use super::rights::{Rights, Survey};

/// A partner.
pub(super) struct Partner<'a> {
    /// Its key.
    pub key: String,
    /// The platform's id of the partner business.
    pub id: &'a str,
    /// Its name.
    pub name: Option<&'a str>,
    /// Which way the partnership points.
    pub direction: Direction,
    /// Invited or asked, and has not answered.
    pub pending: bool,
    /// What can be written of its rights.
    pub rights: Row,
    /// What a reader should know.
    pub remarks: Vec<String>,
}

/// Partners in the making.
type Drafts<'a> = BTreeMap<(&'a str, Direction), (Partner<'a>, Rights)>;

/// The partners of an export.
pub(super) fn partners<'a>(survey: &mut Survey<'a, '_>) -> Vec<Partner<'a>> {
    let mut drafts = drafts(survey);
    add_grants(&mut drafts, survey);
    let asked = [(InviteKind::PartnerInvite, Direction::Inbound), (InviteKind::PartnerRequest, Direction::Outbound)];
    for (kind, direction) in asked {
        for pending in invites::pending(survey.state, kind).into_values() {
            add_pending(&mut drafts, survey, &pending, direction);
        }
    }
    finish(drafts)
}

fn drafts<'a>(survey: &mut Survey<'a, '_>) -> Drafts<'a> {
    let mut drafts = Drafts::new();
    for row in &survey.state.partners {
        let partner = Partner::of(survey.state, row);
        if is_id(partner.id) {
            drafts.insert((partner.id, partner.direction), (partner, Rights::default()));
        } else {
            survey.left.partners += 1;
        }
    }
    drafts
}

fn add_grants<'a>(drafts: &mut Drafts<'a>, survey: &mut Survey<'a, '_>) {
    let state = survey.state;
    for grant in state.grants.iter().filter(|grant| grant.principal.is_partner()) {
        let partner = state.partners.get(grant.principal.index());
        let key = partner.map(|partner| (state.text(partner.id), partner.direction));
        if let Some((_, rights)) = key.and_then(|key| drafts.get_mut(&key)) {
            survey.add_row(rights, grant);
        }
    }
}

/// What was asked of a business and not answered.
fn add_pending<'a>(drafts: &mut Drafts<'a>, survey: &mut Survey<'a, '_>, pending: &Pending<'a>, direction: Direction) {
    let all = 1 + pending.older.len();
    if !is_id(pending.invitee) {
        survey.left.superfluous_invites += all;
        return;
    }
    let key = (pending.invitee, direction);
    match (drafts.get_mut(&key), direction) {
        (None, _) => {
            drafts.insert(key, invited(survey, pending, direction));
        }
        // Whom we let in already needs no invitation.
        (Some((partner, _)), Direction::Inbound) => {
            survey.left.superfluous_invites += all;
            partner.remarks.extend(needless(all));
        }
        (Some((partner, rights)), Direction::Outbound) => {
            let remark = "some of these rights were asked for and not answered yet";
            partner.remarks.push(remark.to_owned());
            ask_for_more(survey, pending, rights);
        }
    }
}

/// A partner to be, with what the newest invitation brings.
fn invited<'a>(survey: &mut Survey<'a, '_>, pending: &Pending<'a>, direction: Direction) -> (Partner<'a>, Rights) {
    let mut partner = Partner::new(pending.invitee, direction);
    partner.pending = true;
    partner.remarks.extend(needless(pending.older.len()));
    survey.left.superfluous_invites += pending.older.len();
    let mut rights = Rights::default();
    survey.add_attached(&mut rights, &pending.newest.grants);
    (partner, rights)
}

/// Of a partner who lets us in, what we ask for is what we want, in place of what we have. The newest request counts.
fn ask_for_more<'a>(survey: &mut Survey<'a, '_>, pending: &Pending<'a>, rights: &mut Rights) {
    let oldest_first = pending.older.iter().rev().chain([&pending.newest]);
    for &(asset, set) in oldest_first.flat_map(|request| &request.grants) {
        survey.add_asked(rights, asset, set);
    }
}

fn finish(drafts: Drafts<'_>) -> Vec<Partner<'_>> {
    let inbound = drafts.keys().filter(|(_, direction)| *direction == Direction::Inbound);
    let inbound: BTreeSet<&str> = inbound.map(|(id, _)| *id).collect();
    let both = |id| inbound.contains(id);
    let drafts = drafts.into_values();
    let drafts: Vec<(Partner<'_>, Rights)> = drafts.collect();
    let wanted: Vec<(String, String)> =
        drafts.iter().map(|(partner, _)| partner.wanted_key(both(partner.id))).collect();
    let keys = unique(&wanted, &mut BTreeSet::new());
    let mut partners: Vec<Partner<'_>> =
        drafts.into_iter().zip(keys).map(|((partner, rights), key)| partner.finished(key, &rights)).collect();
    partners.sort_by(|a, b| a.key.cmp(&b.key));
    partners
}

impl<'a> Partner<'a> {
    fn new(id: &'a str, direction: Direction) -> Self {
        Partner {
            key: String::new(),
            id,
            name: None,
            direction,
            pending: false,
            rights: Row::new(),
            remarks: Vec::new(),
        }
    }

    fn of(state: &'a ObservedState, row: &observed::Partner) -> Self {
        let name = row.name.map(|sym| state.text(sym));
        Partner {
            name: name.filter(|name| super::is_writable(name)),
            ..Partner::new(state.text(row.id), row.direction)
        }
    }

    fn finished(mut self, key: String, rights: &Rights) -> Self {
        self.key = key;
        self.rights = rights.row();
        self.remarks.extend(rights.remarks());
        self
    }

    /// The name, with the direction where the same business is a partner both ways.
    fn wanted_key(&self, inbound_too: bool) -> (String, String) {
        let name = named_or_numbered(self.name, "partner", self.id);
        let key = match self.direction {
            Direction::Outbound if inbound_too => format!("{name}-outbound"),
            Direction::Outbound | Direction::Inbound => name,
        };
        (key, format!("{} {}", self.id, self.direction.word()))
    }
}
