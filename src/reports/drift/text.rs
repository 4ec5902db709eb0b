//! Drift as text.

use std::collections::BTreeMap;

use crate::model::Principal;
use crate::plan::{Action, AttachedGrant, BusinessPlan, Cause, EndingGrant, Operation, Origin, Place, Plan};
use crate::reports::words::{self, Words};
use crate::terminal::{Ink, Page, Style, Text, prose, unbroken};

/// How many differences are drift: changed outside the files, or nobody knows where because no last applied state is known.
pub fn differences(plan: &Plan) -> usize {
    let operations = plan.businesses.iter().flat_map(|business| &business.operations);
    let said = plan.businesses.iter().flat_map(said);
    operations.filter(|operation| is_drift(operation)).count() + said.count()
}

/// What moved and no operation would take back.
fn said(plan: &BusinessPlan) -> impl Iterator<Item = &str> {
    plan.notices.iter().filter(|notice| notice.kind == SAID).map(|notice| notice.message.as_str())
}

/// The kind of notices that are drift themselves.
const SAID: &str = "drift";

/// What moved without the files, by person, partner and asset group.
///
/// The plan must be one of the current files; its operations would take the drift back.
pub fn render_text(plan: &Plan, style: &Style) -> String {
    let mut page = Page::new();
    for business in &plan.businesses {
        page.gap();
        page.append(business_page(business));
    }
    page.render(style)
}

const SETTLE: &str = "Each is settled in one of two ways: write it into the files, and it stays; or plan and apply, and it is taken back.";

fn is_drift(operation: &Operation) -> bool {
    match operation.origin {
        Origin::Drift | Origin::Conflict | Origin::Unknown => true,
        Origin::Files => false,
    }
}

fn business_page(plan: &BusinessPlan) -> Page {
    let words = Words::of(plan);
    let drift: Vec<&Operation> = plan.operations.iter().filter(|o| is_drift(o)).collect();
    let mut page = Page::new();
    page.line(0, title(plan, &drift));
    if drift.iter().any(|operation| operation.origin == Origin::Unknown) {
        let text = "no last applied state is known, so changes of the files count as well";
        page.line(2, Text::of(Ink::Caution, "! ").and(text));
    }
    for part in &plan.observed.incomplete {
        let text = format!("! {} not proven whole: ", part.collection);
        page.line(2, Text::of(Ink::Caution, &text).and(&part.reason));
    }
    for (subject, operations) in by_subject(&drift) {
        page.gap();
        page.line(2, Text::of(Ink::Strong, &subject));
        for operation in operations {
            page.append_indented(4, operation_page(operation, &words));
        }
    }
    for message in said(plan) {
        page.gap();
        page.line(2, Text::plain(message));
    }
    if !drift.is_empty() {
        page.gap();
        page.hanging(0, 0, Text::plain(SETTLE));
    }
    let files = plan.operations.len() - drift.len();
    if files > 0 {
        page.gap();
        let changes = prose::count(files as u64, "change", "changes");
        let text = format!("Besides, {changes} of the files wait to be applied (accord plan).");
        page.line(0, Text::of(Ink::Dim, &text));
    }
    page.append(others(plan));
    page
}

fn title(plan: &BusinessPlan, drift: &[&Operation]) -> Text {
    let name = plan.business.name.as_deref().unwrap_or(&plan.business.key);
    let moved = drift.len() + said(plan).count();
    if moved == 0 {
        let facts = prose::count(plan.totals.unchanged, "fact", "facts");
        let text = format!("No drift. Nothing moved in {name} without the files ({facts} compared).");
        return Text::of(Ink::Strong, &text);
    }
    let moved = prose::count(moved as u64, "thing", "things");
    Text::of(Ink::Strong, name).and(&format!(": {moved} moved without the files"))
}

/// Differences that no plan would act on, and what was brought back by hand.
fn others(plan: &BusinessPlan) -> Page {
    let mut page = Page::new();
    let withheld = plan.withheld.iter().map(|w| (w.why.as_str(), w.what.as_str()));
    let notices = plan.notices.iter().filter(|notice| notice.kind != SAID);
    let notices = notices.map(|n| (n.kind.as_str(), n.message.as_str()));
    for (heading, lines) in
        [("Different, but left alone", withheld.collect::<Vec<_>>()), ("Worth knowing", notices.collect())]
    {
        if !lines.is_empty() {
            page.gap();
            let count = prose::number(lines.len() as u64);
            page.line(0, Text::of(Ink::Strong, heading).and(&format!(": {count}")));
        }
        for (kind, text) in lines {
            page.line(2, Text::of(Ink::Caution, kind).and(&format!(": {text}")));
        }
    }
    let mut spaced = Page::new();
    if !page.is_empty() {
        spaced.line(0, Text::default());
        spaced.append(page);
    }
    spaced
}

/// Operations by what they are about, in the order of the names.
fn by_subject<'a>(drift: &[&'a Operation]) -> BTreeMap<String, Vec<&'a Operation>> {
    let mut by_subject: BTreeMap<String, Vec<&Operation>> = BTreeMap::new();
    for operation in drift {
        by_subject.entry(subject(&operation.action)).or_default().push(operation);
    }
    by_subject
}

fn subject(action: &Action) -> String {
    let label = match action {
        Action::CreateGroup { group, .. }
        | Action::AddToGroup { group, .. }
        | Action::RemoveFromGroup { group, .. }
        | Action::DeleteGroup { group, .. } => format!("{} (asset group)", group.label()),
        Action::InviteMember { person, .. } | Action::SetRole { person, .. } | Action::RemoveMember { person, .. } => {
            words::person(person)
        }
        Action::InvitePartner { partner, .. }
        | Action::RequestPartner { partner, .. }
        | Action::RequestAccess { partner, .. }
        | Action::AcceptInvite { partner, .. }
        | Action::RemovePartner { partner, .. } => words::partner(partner),
        Action::AttachGrants { invitee: who, .. }
        | Action::CancelInvite { invitee: who, .. }
        | Action::SetGrant { principal: who, .. }
        | Action::RemoveGrant { principal: who, .. } => words::principal(who),
    };
    unbroken(&label)
}

fn operation_page(operation: &Operation, words: &Words) -> Page {
    let mut page = Page::new();
    for (moved, said) in moved(&operation.action, words) {
        let (symbol, ink) = match moved {
            Moved::Appeared => ("+", Ink::Loss),
            Moved::Vanished => ("-", Ink::Change),
            Moved::Differs => ("~", Ink::Change),
        };
        page.line(0, Text::of(ink, symbol).and(" ").and(&said));
    }
    if let Some(place) = place(&operation.cause) {
        let text = format!("see {}:{}", place.file, place.line);
        page.line(2, Text::of(Ink::Dim, &text));
    }
    if operation.origin == Origin::Conflict {
        page.line(2, Text::of(Ink::Caution, "conflict: ").and("the files changed too, to another end"));
    }
    page
}

/// How reality moved away from the files.
enum Moved {
    /// It is there, and no line asks for it.
    Appeared,
    /// A line asks for it, and it is not there.
    Vanished,
    /// It is there in another form.
    Differs,
}

/// What is so in reality, given what a plan would do to take it back.
fn moved(action: &Action, words: &Words) -> Vec<(Moved, String)> {
    use Moved::{Appeared, Differs, Vanished};
    let one = |moved, said: String| vec![(moved, said)];
    match action {
        Action::CreateGroup { .. } => one(Vanished, "the group does not exist".into()),
        Action::AddToGroup { asset, .. } => one(Vanished, format!("{} is not in it", words.asset(asset))),
        Action::RemoveFromGroup { asset, .. } => {
            one(Appeared, format!("{} is in it, which no line asks for", words.asset(asset)))
        }
        Action::DeleteGroup { grants, .. } => {
            let mut moved = one(Appeared, "the group exists, which no line asks for".into());
            moved.extend(ending(grants, words));
            moved
        }
        Action::InviteMember { role, .. } => {
            one(Vanished, format!("is not a member; the files say {}", words.role(role)))
        }
        Action::InvitePartner { .. } | Action::RequestPartner { .. } | Action::AcceptInvite { .. } => {
            one(Vanished, "is not a partner".into())
        }
        Action::AttachGrants { before, after, .. } => one(
            Differs,
            format!("is invited with {}; the files say {}", attached(before, words), attached(after, words)),
        ),
        Action::CancelInvite { .. } => one(Appeared, "is invited, which no line asks for".into()),
        _ => moved_standing(action, words),
    }
}

/// The same for relations and grants that stand.
fn moved_standing(action: &Action, words: &Words) -> Vec<(Moved, String)> {
    use Moved::{Appeared, Differs, Vanished};
    let one = |moved, said: String| vec![(moved, said)];
    match action {
        Action::SetRole { before, after, .. } => {
            one(Differs, format!("is {} of the business; the files say {}", words.role(before), words.role(after)))
        }
        Action::SetGrant { asset, before, after, .. } | Action::RequestAccess { asset, before, after, .. } => {
            let asset = words.asset(asset);
            let wanted = words.permissions(after);
            match before.as_slice() {
                [] => one(Vanished, format!("lacks {wanted} on {asset}")),
                before => one(Differs, format!("has {} on {asset}; the files say {wanted}", words.permissions(before))),
            }
        }
        Action::RemoveGrant { asset, before, .. } => one(
            Appeared,
            format!("has {} on {}, which no line asks for", words.permissions(before), words.asset(asset)),
        ),
        Action::RemoveMember { role, grants, .. } => {
            let role = words.role(role);
            let mut moved = one(Appeared, format!("is a member ({role}), which no line asks for"));
            moved.extend(ending(grants, words));
            moved
        }
        Action::RemovePartner { grants, .. } => {
            let mut moved = one(Appeared, "is a partner, which no line asks for".into());
            moved.extend(ending(grants, words));
            moved
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

fn attached(grants: &[AttachedGrant], words: &Words) -> String {
    let named: Vec<String> = grants
        .iter()
        .map(|grant| format!("{} on {}", words.permissions(&grant.permissions), words.asset(&grant.asset)))
        .collect();
    if named.is_empty() {
        return "no grants".to_owned();
    }
    prose::list(&named)
}

fn ending(grants: &[EndingGrant], words: &Words) -> Vec<(Moved, String)> {
    let said = grants.iter().map(|grant| {
        let (permissions, asset) = (words.permissions(&grant.permissions), words.asset(&grant.asset));
        let has = match &grant.principal {
            Some(holder @ (Principal::Person(_) | Principal::Partner(_))) => {
                format!("{} has", words::principal(holder))
            }
            None => "has".to_owned(),
        };
        (Moved::Appeared, format!("{has} {permissions} on {asset}"))
    });
    said.collect()
}

/// Where a reader would look.
fn place(cause: &Cause) -> Option<&Place> {
    match cause {
        Cause::Written { places, .. } => places.first(),
        Cause::Unwritten { nearest } => nearest.as_ref(),
        Cause::Ended { place, .. } => Some(place),
        Cause::Undoes { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::sample::{self, account, operation, person, remove, set, written};

    fn shown(plan: &Plan) -> String {
        render_text(plan, &Style::plain(80))
    }

    #[test]
    fn only_what_moved_without_the_files_is_told() {
        let plan = sample::norrhem();
        let text = shown(&plan);
        assert_eq!(differences(&plan), 1);
        assert!(text.starts_with("Norrhem Home: 1 thing moved without the files\n"), "{text}");
        let of_nadia = "  Nadia Benali (nadia.benali@norrhem.example)\n    \
                        + has admin on Norrhem Brand (ad account), which no line asks for\n      \
                        see people.yaml:61\n";
        assert!(text.contains(of_nadia), "{text}");
        assert!(!text.contains("Freja"), "{text}");
        assert!(text.contains("Besides, 14 changes of the files wait to be applied"), "{text}");
        assert!(text.contains("Different, but left alone: 2"), "{text}");
    }

    #[test]
    fn what_is_missing_and_what_differs_is_told_from_the_side_of_reality() {
        let bo = person("bo", "Bo");
        let fr = account("fr", "1", "France");
        let de = account("de", "2", "Germany");
        let mut operations = vec![
            operation("1", set(bo.clone(), &fr, &[], &["ANALYST"]), written(&[], &[]), &[]),
            operation("2", set(bo.clone(), &de, &["ADMIN"], &["ANALYST"]), written(&[], &[]), &[]),
            operation(
                "3",
                Action::SetRole { person: bo.clone(), before: "BIZ_ADMIN".into(), after: "EMPLOYEE".into() },
                written(&[], &[]),
                &[],
            ),
            operation("4", remove(bo, &fr, &["ANALYST"]), written(&[], &[]), &[]),
        ];
        for operation in &mut operations {
            operation.origin = Origin::Drift;
        }
        operations[3].origin = Origin::Conflict;
        let text = shown(&sample::plan(operations));
        for line in [
            "- lacks analyst on France (ad account)",
            "~ has admin on Germany (ad account); the files say analyst",
            "~ is Manager of the business; the files say Employee",
            "+ has analyst on France (ad account), which no line asks for",
            "conflict: the files changed too, to another end",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
        assert_eq!(text.matches("Bo (bo@").count(), 1, "{text}");
    }

    #[test]
    fn without_a_last_applied_state_every_difference_counts_and_that_is_said() {
        let mut plan = sample::norrhem();
        for operation in &mut plan.businesses[0].operations {
            operation.origin = Origin::Unknown;
        }
        assert_eq!(differences(&plan), 15);
        assert!(shown(&plan).contains("! no last applied state is known"));
    }

    #[test]
    fn what_no_operation_would_take_back_counts_too() {
        let mut plan = sample::plan(Vec::new());
        let message = "bo was given `FUTURE` on fr outside the files".to_owned();
        plan.businesses[0].notices =
            vec![crate::plan::Notice { kind: "drift".to_owned(), message: message.clone(), place: None }];
        assert_eq!(differences(&plan), 1);
        let text = shown(&plan);
        assert!(text.starts_with("Norrhem Home: 1 thing moved without the files\n"), "{text}");
        assert_eq!(text.matches(&message).count(), 1, "{text}");
        assert!(!text.contains("Worth knowing"), "{text}");
    }

    #[test]
    fn no_drift_is_one_sentence() {
        let text = render_text(&sample::plan(Vec::new()), &Style::plain(100));
        assert_eq!(text, "No drift. Nothing moved in Norrhem Home without the files (1,234 facts compared).\n");
    }
}
