//! The deepest depth: every operation in order, with everything an executor and an auditor need, in the platform's own words.

use std::collections::BTreeMap;

use super::why::Reasons;
use crate::model::{AssetRef, Direction, Fact, PartnerRef, PersonRef, Principal};
use crate::plan::{Action, AttachedGrant, BusinessPlan, EndingGrant, Executor, Operation, Origin, Risk, Undo};
use crate::reports::words::{self, Words};
use crate::terminal::{Ink, Page, Text};

/// Width of the labels of rows.
const LABEL: usize = 11;

/// Every operation of a business.
pub(super) fn page(plan: &BusinessPlan, words: &Words, reasons: &Reasons<'_>) -> Page {
    let steps = Steps {
        words,
        reasons,
        numbers: (1..).zip(&plan.operations).map(|(number, operation)| (operation.id.as_str(), number)).collect(),
    };
    let mut page = Page::new();
    for (number, operation) in (1..).zip(&plan.operations) {
        page.gap();
        page.append(steps.step(number, operation));
    }
    page
}

struct Steps<'a> {
    words: &'a Words,
    reasons: &'a Reasons<'a>,
    numbers: BTreeMap<&'a str, usize>,
}

type Row = (&'static str, Text);

impl Steps<'_> {
    fn step(&self, number: usize, operation: &Operation) -> Page {
        let mut page = Page::new();
        let heading = format!("{number}. {}", title(&operation.action));
        let heading = Text::of(Ink::Strong, &heading).and("  ");
        page.line(2, heading.whole(Ink::Dim, &operation.id));
        for (label, text) in self.rows(operation) {
            let label = format!("{label:<LABEL$}");
            page.hanging(5, 5 + LABEL, Text::default().whole(Ink::Dim, &label).join(text));
        }
        page
    }

    fn rows(&self, operation: &Operation) -> Vec<Row> {
        let Operation { id: _, action, cause, risk, after, rests_on, precondition, undo, by, origin } = operation;
        let mut rows = self.action(action);
        rows.push(("why", self.reasons.cause(cause, None)));
        rows.push(("origin", Text::plain(origin_word(*origin))));
        let risks: Vec<&str> = risk.iter().copied().map(risk_word).collect();
        rows.push(("risk", none_or(&risks.join(", "))));
        if !after.is_empty() {
            rows.push(("needs", Text::plain(&self.earlier(after))));
        }
        rows.extend(rests_on.iter().map(|fact| ("rests on", fact_text(fact))));
        rows.push(("digest", Text::plain(&precondition.to_string())));
        rows.push(("undo", Text::plain(&undo_text(undo))));
        rows.push(("by", Text::plain(&executor(by))));
        rows
    }

    /// Ids of earlier steps with their numbers.
    fn earlier(&self, ids: &[String]) -> String {
        let named = ids.iter().map(|id| match self.numbers.get(id.as_str()) {
            Some(number) => format!("step {number} ({id})"),
            None => id.clone(),
        });
        named.collect::<Vec<_>>().join(", ")
    }

    /// What actions on groups and invitations are about; the others are told by `standing`.
    fn action(&self, action: &Action) -> Vec<Row> {
        match action {
            Action::CreateGroup { group, description, types } => vec![
                ("group", self.asset(group)),
                ("purpose", none_or(description)),
                ("kinds", none_or(&types.join(", "))),
            ],
            Action::AddToGroup { group, asset } | Action::RemoveFromGroup { group, asset } => {
                vec![("group", self.asset(group)), ("asset", self.asset(asset))]
            }
            Action::DeleteGroup { group, contents, grants } => {
                let mut rows = vec![("group", self.asset(group))];
                rows.extend(contents.iter().map(|asset| ("holds", self.asset(asset))));
                rows.extend(self.ending(grants));
                rows
            }
            Action::InviteMember { person, role, grants } => {
                let mut rows = vec![("person", person_text(person)), ("role", Text::plain(role))];
                rows.extend(self.attached("gives", grants));
                rows
            }
            Action::InvitePartner { partner, grants } | Action::RequestPartner { partner, grants } => {
                let mut rows = vec![("partner", partner_text(partner))];
                rows.extend(self.attached("gives", grants));
                rows
            }
            Action::AcceptInvite { invite, partner, grants } => {
                let mut rows = vec![("invitation", Text::plain(invite)), ("partner", partner_text(partner))];
                rows.extend(self.attached("gives", grants));
                rows
            }
            Action::AttachGrants { invite, invitee, before, after } => {
                let mut rows = vec![("invitation", Text::plain(invite)), who(invitee)];
                rows.extend(self.attached("before", before));
                rows.extend(self.attached("afterwards", after));
                rows
            }
            Action::CancelInvite { invite, invitee, role, grants } => {
                let mut rows = vec![("invitation", Text::plain(invite)), who(invitee)];
                rows.extend(role.iter().map(|role| ("role", Text::plain(role))));
                rows.extend(self.attached("gave", grants));
                rows
            }
            _ => self.standing(action),
        }
    }

    /// What actions on relations and grants that stand are about.
    fn standing(&self, action: &Action) -> Vec<Row> {
        match action {
            Action::SetRole { person, before, after } => vec![
                ("person", person_text(person)),
                ("before", Text::plain(before)),
                ("afterwards", Text::plain(after)),
            ],
            Action::SetGrant { principal, asset, before, after } => {
                let mut rows = vec![who(principal)];
                rows.extend(self.set(asset, before, after));
                rows
            }
            Action::RemoveGrant { principal, asset, before } => {
                let mut rows = vec![who(principal)];
                rows.extend(self.set(asset, before, &[]));
                rows
            }
            Action::RequestAccess { partner, asset, before, after } => {
                let mut rows = vec![("partner", partner_text(partner))];
                rows.extend(self.set(asset, before, after));
                rows
            }
            Action::RemoveMember { person, role, grants } => {
                let mut rows = vec![("person", person_text(person)), ("role", Text::plain(role))];
                rows.extend(self.ending(grants));
                rows
            }
            Action::RemovePartner { partner, grants } => {
                let mut rows = vec![("partner", partner_text(partner))];
                rows.extend(self.ending(grants));
                rows
            }
            // All the others, by name: a new action must find its place here or above.
            Action::CreateGroup { .. }
            | Action::AddToGroup { .. }
            | Action::RemoveFromGroup { .. }
            | Action::DeleteGroup { .. }
            | Action::InviteMember { .. }
            | Action::InvitePartner { .. }
            | Action::RequestPartner { .. }
            | Action::AttachGrants { .. }
            | Action::AcceptInvite { .. }
            | Action::CancelInvite { .. } => Vec::new(),
        }
    }

    fn set(&self, asset: &AssetRef, before: &[String], after: &[String]) -> [Row; 3] {
        [
            ("asset", self.asset(asset)),
            ("before", none_or(&before.join(", "))),
            ("afterwards", none_or(&after.join(", "))),
        ]
    }

    fn attached<'a>(
        &self,
        label: &'static str,
        grants: &'a [AttachedGrant],
    ) -> impl Iterator<Item = Row> + use<'a, '_> {
        grants.iter().map(move |grant| {
            let words = format!(": {}", grant.permissions.join(", "));
            (label, self.asset(&grant.asset).and(&words))
        })
    }

    fn ending<'a>(&self, grants: &'a [EndingGrant]) -> impl Iterator<Item = Row> + use<'a, '_> {
        grants.iter().map(move |grant| {
            let words = format!(": {}", grant.permissions.join(", "));
            let text = self.asset(&grant.asset).and(&words);
            let of = grant.principal.as_ref().map(|holder| who(holder).1);
            let text = match of {
                Some(holder) => text.and(" of ").join(holder),
                None => text,
            };
            ("ends", text)
        })
    }

    fn asset(&self, asset: &AssetRef) -> Text {
        let kind = self.words.kind(&asset.kind, 1);
        let id = asset.id.as_deref().map(|id| format!("{kind} {id}"));
        let id = id.unwrap_or_else(|| format!("{kind} to be created"));
        Text::plain(&format!("{} ({id})", asset.label()))
    }
}

/// The operation as its kind is called.
fn title(action: &Action) -> &'static str {
    match action {
        Action::CreateGroup { .. } => "create an asset group",
        Action::AddToGroup { .. } => "put an asset into a group",
        Action::RemoveFromGroup { .. } => "take an asset out of a group",
        Action::DeleteGroup { .. } => "delete an asset group",
        Action::InviteMember { .. } => "invite a member",
        Action::InvitePartner { .. } => "invite a partner",
        Action::RequestPartner { .. } => "ask a partner to let us in",
        Action::AttachGrants { .. } => "change what an invitation gives",
        Action::AcceptInvite { .. } => "accept what a partner asks",
        Action::CancelInvite { .. } => "cancel an invitation",
        Action::SetRole { .. } => "change a business role",
        Action::SetGrant { .. } => "set a grant",
        Action::RemoveGrant { .. } => "remove a grant",
        Action::RequestAccess { .. } => "ask a partner for access",
        Action::RemoveMember { .. } => "remove a member",
        Action::RemovePartner { .. } => "end a partnership",
    }
}

fn who(principal: &Principal) -> Row {
    match principal {
        Principal::Person(person) => ("person", person_text(person)),
        Principal::Partner(partner) => ("partner", partner_text(partner)),
    }
}

/// A person by every name there is.
fn person_text(person: &PersonRef) -> Text {
    let PersonRef { key, id, email: _, username, name: _ } = person;
    let mut text = Text::plain(&person.label());
    for (what, value) in [("id", id), ("key", key), ("user name", username)] {
        if let Some(value) = value {
            text = text.and(&format!(", {what} {value}"));
        }
    }
    text
}

fn partner_text(partner: &PartnerRef) -> Text {
    let direction = match partner.direction {
        Direction::Inbound => "inbound",
        Direction::Outbound => "outbound",
    };
    Text::plain(&format!("{}, id {}, {direction}", partner.label(), partner.id))
}

fn none_or(text: &str) -> Text {
    match text {
        "" => Text::of(Ink::Dim, "nothing"),
        text => Text::plain(text),
    }
}

fn origin_word(origin: Origin) -> &'static str {
    match origin {
        Origin::Unknown => "unknown (no last applied state)",
        Origin::Files => "the files changed",
        Origin::Drift => "changed outside the files (drift)",
        Origin::Conflict => "changed in the files and outside them (conflict)",
    }
}

fn risk_word(risk: Risk) -> &'static str {
    match risk {
        Risk::Admin => "administration",
        Risk::Billing => "money",
        Risk::External => "somebody outside",
        Risk::Removal => "removal",
        Risk::Irreversible => "cannot be undone by accord alone",
        Risk::Addition => "addition",
    }
}

fn undo_text(undo: &Undo) -> String {
    match undo {
        Undo::Reversible => "by the opposite operation".to_owned(),
        Undo::Partly { why } => format!("in part: {why}"),
        Undo::Impossible { why } => format!("not possible: {why}"),
    }
}

fn executor(by: &Executor) -> String {
    match by {
        Executor::Connector => "the connector".to_owned(),
        Executor::Person { why } => format!("a person, by checklist: {why}"),
    }
}

/// `grant of member 12 on 34 is CAMPAIGN_MANAGER`; `... is absent`.
fn fact_text(fact: &Fact) -> Text {
    let value = fact.value.as_deref().unwrap_or("absent");
    Text::plain(&format!("{} is {value}", words::fact(&fact.key)))
}
