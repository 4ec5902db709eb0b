//! Everything in a plan that is not an effect: what waits, what follows later, what is left as found, ends, guards.

use std::collections::BTreeMap;

use crate::model::AssetRef;
use crate::plan::{BusinessPlan, Counts, Deferred, GuardResult, Place, Plan, Verdict, Waiting, Withheld};
use crate::reports::words::{self, Words};
use crate::terminal::{Ink, Page, Text, prose};

/// Guards that refuse or were overridden, with what they are about and how to go on.
pub(super) fn refusals(plan: &BusinessPlan, alone: bool) -> Page {
    let mut page = Page::new();
    for GuardResult { guard, verdict } in &plan.guards {
        match verdict {
            Verdict::Refused { count, message, details } => {
                page.line(0, said("! refused by ", Ink::Alarm, guard, message));
                for detail in details {
                    page.line(4, Text::plain(detail));
                }
                let allow = allow(plan, alone, guard, *count);
                let text = Text::plain("if this is right, plan again with ");
                page.line(4, text.whole(Ink::Strong, &allow));
            }
            Verdict::Overridden { count, message } => {
                let message = format!("{message} (allowed: exactly {})", prose::number(*count));
                page.line(0, said("! overridden ", Ink::Caution, guard, &message));
            }
            Verdict::Passed | Verdict::Off => {}
        }
    }
    page
}

/// The options that would let a refused plan pass, for the whole of it.
pub(super) fn allowing(plan: &Plan) -> Vec<String> {
    let alone = plan.businesses.len() == 1;
    let refused = plan.businesses.iter().flat_map(|business| {
        business.guards.iter().filter_map(move |result| match result.verdict {
            Verdict::Refused { count, .. } => Some(allow(business, alone, &result.guard, count)),
            Verdict::Overridden { .. } | Verdict::Passed | Verdict::Off => None,
        })
    });
    refused.collect()
}

fn allow(plan: &BusinessPlan, alone: bool, guard: &str, count: u64) -> String {
    let of = if alone { String::new() } else { format!("{}:", plan.business.key) };
    format!("--allow {of}{guard}={count}")
}

/// Every guard by its verdict.
pub(super) fn guards(plan: &BusinessPlan) -> Page {
    let named = |is: fn(&Verdict) -> bool| -> Vec<String> {
        let guards = plan.guards.iter().filter(|guard| is(&guard.verdict));
        guards.map(|guard| guard.guard.clone()).collect()
    };
    let groups = [
        (Ink::Alarm, "refuses", named(|v| matches!(v, Verdict::Refused { .. }))),
        (Ink::Caution, "overridden", named(|v| matches!(v, Verdict::Overridden { .. }))),
        (Ink::Plain, "passed", named(|v| matches!(v, Verdict::Passed))),
        (Ink::Caution, "switched off", named(|v| matches!(v, Verdict::Off))),
    ];
    let mut page = Page::new();
    for (ink, verdict, names) in groups.into_iter().filter(|(.., names)| !names.is_empty()) {
        let text = Text::of(ink, verdict).and(&format!(" ({})", names.len()));
        page.line(2, text.and(&format!(": {}", names.join(", "))));
    }
    titled("Guards", page)
}

/// Relations that wait for somebody else's answer.
pub(super) fn waiting(plan: &BusinessPlan) -> Page {
    let mut page = Page::new();
    for wait in &plan.waiting {
        let Waiting { invite: _, who, what, sent_at, expires_at } = wait;
        let mut text = Text::of(Ink::Strong, &words::principal(who)).and(&format!(" {what}"));
        for (verb, day) in [("sent", sent_at), ("lapses", expires_at)] {
            if let Some(day) = day {
                text = text.and(&format!(", {verb} {}", day_of(day)));
            }
        }
        page.line(2, text);
    }
    titled(&counted("Waiting for an answer", plan.waiting.len()), page)
}

/// What becomes possible only later; what differs only in the asset together.
pub(super) fn deferred(plan: &BusinessPlan, words: &Words) -> Page {
    let mut later: Vec<(&Deferred, Vec<&AssetRef>)> = Vec::new();
    let mut known = BTreeMap::new();
    for deferred in &plan.deferred {
        let Deferred { principal, asset, permissions, until } = deferred;
        let rest = (principal, &asset.kind, permissions, until);
        let index = *known.entry(rest).or_insert(later.len());
        match later.get_mut(index) {
            Some((_, assets)) => assets.push(asset),
            None => later.push((deferred, vec![asset])),
        }
    }
    let mut page = Page::new();
    for (deferred, assets) in later {
        let text = Text::of(Ink::Strong, &words::principal(&deferred.principal));
        let permissions = words.permissions(&deferred.permissions);
        let text = text.and(&format!(": {permissions} on {}", words.assets(&assets)));
        page.line(2, text.and(&format!(", {}", deferred.until)));
    }
    titled(&counted("Not possible yet", plan.deferred.len()), page)
}

/// Differences that are not operations, those that would take access away first.
pub(super) fn withheld(plan: &BusinessPlan) -> Page {
    let mut by_why: BTreeMap<(bool, &str), Vec<&Withheld>> = BTreeMap::new();
    for withheld in &plan.withheld {
        let key = (!withheld.removal, withheld.why.as_str());
        by_why.entry(key).or_default().push(withheld);
    }
    let mut page = Page::new();
    for ((_, why), differences) in by_why {
        page.line(2, Text::of(Ink::Caution, &prose::sentence(reason(why))).and(":"));
        for difference in &differences {
            let text = Text::plain(if difference.removal { "- " } else { "+ " });
            page.line(4, with_places(text.and(&difference.what), difference));
        }
        let mut helps: Vec<&str> = differences.iter().filter_map(|d| d.help.as_deref()).collect();
        helps.dedup();
        for help in helps {
            page.line(6, Text::of(Ink::Dim, "help: ").and(help));
        }
    }
    titled(&counted("Different, but left alone", plan.withheld.len()), page)
}

/// Renames, swaps, unknown values and the like.
pub(super) fn notices(plan: &BusinessPlan) -> Page {
    let mut page = Page::new();
    for notice in &plan.notices {
        let text = Text::of(Ink::Caution, &notice.kind).and(&format!(": {}", notice.message));
        page.line(2, with_place(text, notice.place.as_ref()));
    }
    titled(&counted("Worth knowing", plan.notices.len()), page)
}

/// Ends within 90 days.
pub(super) fn upcoming(plan: &BusinessPlan) -> Page {
    let mut page = Page::new();
    for end in &plan.upcoming {
        // The heading says so already.
        let what = end.what.strip_suffix(" ends").unwrap_or(&end.what);
        let text = Text::of(Ink::Strong, &end.until.to_string()).and(&format!("  {what}"));
        page.hanging(2, 14, with_place(text, Some(&end.place)));
    }
    titled(&counted("Ends within 90 days", plan.upcoming.len()), page)
}

/// What no file speaks about, and collections that are not proven whole.
pub(super) fn unmanaged(plan: &BusinessPlan) -> Page {
    let mut page = Page::new();
    for what in &plan.unmanaged {
        page.line(2, Text::plain(what));
    }
    titled(&counted("Not managed by the files", plan.unmanaged.len()), page)
}

/// How many calls the operations take.
pub(super) fn calls(plan: &BusinessPlan, words: &Words) -> Page {
    let mut page = Page::new();
    if plan.calls > 0 {
        let calls = prose::number(plan.calls);
        let platform = words.platform(&plan.business.platform);
        let text = format!("{calls}, as {platform} takes several operations of a kind at once");
        page.line(0, Text::of(Ink::Strong, "Calls: ").and(&text));
    }
    page
}

/// Counts that differ before and after.
pub(super) fn totals(plan: &BusinessPlan) -> Page {
    let (before, after) = (rows(plan.totals.before), rows(plan.totals.after));
    let moved: Vec<String> = before
        .into_iter()
        .zip(after)
        .filter(|((_, before), (_, after))| before != after)
        .map(|((what, before), (_, after))| format!("{what} {} -> {}", prose::number(before), prose::number(after)))
        .collect();
    let mut page = Page::new();
    if !moved.is_empty() {
        let text = Text::of(Ink::Strong, "Before and after: ").and(&moved.join(", "));
        page.line(0, text);
    }
    page
}

fn rows(counts: Counts) -> [(&'static str, u64); 7] {
    let Counts { members, managers, partners, member_grants, partner_grants, pending_invites, group_contents } = counts;
    [
        ("members", members),
        ("managers among them", managers),
        ("partners", partners),
        ("grants of members", member_grants),
        ("grants of partners", partner_grants),
        ("pending invitations", pending_invites),
        ("assets in groups", group_contents),
    ]
}

/// A heading, and below it what it is about; nothing where there is nothing.
pub(super) fn titled(heading: &str, below: Page) -> Page {
    let mut page = Page::new();
    if !below.is_empty() {
        page.line(0, Text::of(Ink::Strong, heading));
        page.append(below);
    }
    page
}

fn counted(heading: &str, count: usize) -> String {
    format!("{heading}: {}", prose::number(count as u64))
}

fn said(verb: &str, ink: Ink, guard: &str, message: &str) -> Text {
    let guard = format!("`{guard}`");
    Text::of(ink, verb).then(Ink::Strong, &guard).and(&format!(": {message}"))
}

fn with_places(text: Text, difference: &Withheld) -> Text {
    let places = difference.place.iter().chain(&difference.related);
    let places: Vec<String> = places.map(|at| format!("{}:{}", at.file, at.line)).collect();
    if places.is_empty() {
        return text;
    }
    text.and(&format!(" ({})", places.join(", ")))
}

fn with_place(text: Text, at: Option<&Place>) -> Text {
    match at {
        Some(at) => text.whole(Ink::Plain, &format!(" ({}:{})", at.file, at.line)),
        None => text,
    }
}

/// The day of a moment as the platform writes it.
fn day_of(moment: &str) -> &str {
    moment.split_once('T').map_or(moment, |(day, _)| day)
}

/// Why a difference is withheld, for people.
fn reason(why: &str) -> &str {
    match why {
        "adopt" => "mode `adopt` only adds",
        "observe" => "mode `observe` changes nothing",
        "incomplete" => "the export is not proven whole",
        "unknown-value" => "the platform shows a value that accord does not know",
        "declined" => "the invitation was declined",
        "left" => "left by themselves",
        "id-swap" => "an id and a name contradict each other",
        "ambiguous" => "it could mean several things in the export",
        "unwritable" => "the platform takes no such value",
        "unknown-asset" => "the export has no such asset",
        "wrong-type" => "the export has the id with another type",
        "received" => "an invitation that somebody else sent is open",
        "order" => "no safe order of steps exists",
        other => other,
    }
}
