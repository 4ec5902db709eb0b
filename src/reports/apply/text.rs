//! A run as text: what was not done and why first, what was done only counted, and what to do next.

use std::collections::BTreeMap;

use crate::apply::record::Moved;
use crate::apply::report::{BusinessReport, Counts, Fate, OperationReport, Report, Status, Verification};
use crate::plan::{Action, Plan};
use crate::reports::words;
use crate::terminal::{Ink, Page, Style, Text, prose};

/// What to show besides what went wrong.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// The command that goes on with this run, to name in what to do next.
    pub resume: Option<&'a str>,
    /// Whether to list what was done too, rather than count it.
    pub done: bool,
}

/// What came of running `plan`.
pub fn render_text(report: &Report, plan: &Plan, options: Options<'_>, style: &Style) -> String {
    let actions: BTreeMap<&str, &Action> = plan
        .businesses
        .iter()
        .flat_map(|business| &business.operations)
        .map(|operation| (operation.id.as_str(), &operation.action))
        .collect();
    let mut page = Page::new();
    if report.finished_before {
        let text = "This plan was carried out before; nothing was left to do.";
        page.line(0, Text::plain(text));
    }
    if report.dropped > 0 {
        let bytes = prose::count(report.dropped, "byte", "bytes");
        let text = format!("{bytes} at the end of the journal were cut short by a crash and left out");
        page.line(0, Text::of(Ink::Caution, "! ").and(&text));
    }
    for business in &report.businesses {
        page.gap();
        page.append(business_page(business, &actions, options));
    }
    page.gap();
    page.append(conclusion(report));
    page.append(next(report, options));
    page.render(style)
}

type Actions<'a> = BTreeMap<&'a str, &'a Action>;

fn business_page(report: &BusinessReport, actions: &Actions<'_>, options: Options<'_>) -> Page {
    let mut page = Page::new();
    let name = report.business.name.as_deref();
    let name = name.unwrap_or(&report.business.key);
    let target = format!(" ({} {})", report.target.connector, report.target.location);
    let heading = Text::of(Ink::Strong, name).and(&format!(": {}", counted(report.counts)));
    page.line(0, heading.then(Ink::Dim, &target));
    for kind in KINDS {
        let of_kind = |operation: &&OperationReport| (kind.holds)(&operation.fate);
        let operations: Vec<_> = report.operations.iter().filter(of_kind).collect();
        if operations.is_empty() || (kind.quiet && !options.done) {
            continue;
        }
        page.gap();
        let count = prose::number(operations.len() as u64);
        page.line(0, Text::of(kind.ink, kind.heading).and(&format!(" ({count})")));
        for operation in operations {
            page.append_indented(2, operation_page(kind.symbol, kind.ink, operation, actions));
        }
    }
    page.append(seen(report, actions));
    page
}

/// What can come of an operation, the worst first.
struct Kind {
    heading: &'static str,
    symbol: &'static str,
    ink: Ink,
    /// Whether it is only counted unless asked for.
    quiet: bool,
    holds: fn(&Fate) -> bool,
}

const KINDS: [Kind; 10] = [
    Kind {
        heading: "Nobody knows whether it was done",
        symbol: "?",
        ink: Ink::Alarm,
        quiet: false,
        holds: |fate| matches!(fate, Fate::Uncertain { .. }),
    },
    Kind {
        heading: "Failed half-way: an invite waits without what should come with it",
        symbol: "!",
        ink: Ink::Alarm,
        quiet: false,
        holds: |fate| matches!(fate, Fate::Failed { created: Some(_), .. }),
    },
    Kind {
        heading: "Failed, nothing changed",
        symbol: "!",
        ink: Ink::Alarm,
        quiet: false,
        holds: |fate| matches!(fate, Fate::Failed { created: None, .. }),
    },
    Kind {
        heading: "Stale, not done: what it rests on has moved",
        symbol: "!",
        ink: Ink::Caution,
        quiet: false,
        holds: |fate| matches!(fate, Fate::Stale { .. }),
    },
    Kind {
        heading: "Skipped: it needs one that was not done",
        symbol: "!",
        ink: Ink::Caution,
        quiet: false,
        holds: |fate| matches!(fate, Fate::Skipped { .. }),
    },
    Kind {
        heading: "Not reached",
        symbol: "!",
        ink: Ink::Caution,
        quiet: false,
        holds: |fate| matches!(fate, Fate::NotReached),
    },
    Kind {
        heading: "For a person to do",
        symbol: ">",
        ink: Ink::Change,
        quiet: false,
        holds: |fate| matches!(fate, Fate::Person { .. }),
    },
    Kind {
        heading: "Waiting for what a person must do",
        symbol: ">",
        ink: Ink::Change,
        quiet: false,
        holds: |fate| matches!(fate, Fate::Waiting { .. }),
    },
    Kind {
        heading: "Done already, by somebody else",
        symbol: "=",
        ink: Ink::Gain,
        quiet: true,
        holds: |fate| matches!(fate, Fate::AlreadySo { .. }),
    },
    Kind { heading: "Done", symbol: "=", ink: Ink::Gain, quiet: true, holds: |fate| matches!(fate, Fate::Done { .. }) },
];

fn operation_page(symbol: &str, ink: Ink, operation: &OperationReport, actions: &Actions<'_>) -> Page {
    let mut page = Page::new();
    let text = Text::of(ink, symbol).and(" ").and(&sentence(&operation.id, actions));
    page.line(0, text.and(" ").whole(Ink::Dim, &format!("[{}]", operation.id)));
    for text in details(&operation.fate, actions) {
        page.line(4, text);
    }
    if operation.fate.is_done() && !operation.this_run {
        page.line(4, Text::of(Ink::Dim, "by an earlier run"));
    }
    page
}

/// The operation in one sentence; its id alone where the plan given is not the one that was run.
fn sentence(id: &str, actions: &Actions<'_>) -> String {
    actions.get(id).map_or_else(|| id.to_owned(), |action| action.sentence())
}

fn details(fate: &Fate, actions: &Actions<'_>) -> Vec<Text> {
    let one = |text: String| vec![Text::plain(&text)];
    match fate {
        Fate::Done { created } | Fate::AlreadySo { created } => {
            let created = created.iter();
            created.map(|id| Text::of(Ink::Dim, &format!("its id is {id}"))).collect()
        }
        Fate::Failed { message, created } => {
            let said = Text::plain(&format!("the target says: {message}"));
            let waits = created.as_ref().map(|id| format!("invite {id} waits; `accord undo` can take it back"));
            std::iter::once(said).chain(waits.map(|text| Text::plain(&text))).collect()
        }
        Fate::Uncertain { message } => one(message.clone()),
        Fate::Stale { moved } => moved.iter().map(moved_text).collect(),
        Fate::Skipped { after } | Fate::Waiting { after } => one(format!("after: {}", sentence(after, actions))),
        Fate::Person { why } => one(why.clone()),
        Fate::NotReached => Vec::new(),
    }
}

/// `grant of member 12 on 34: expected ANALYST, is absent`.
fn moved_text(moved: &Moved) -> Text {
    let Moved { fact, expected, now } = moved;
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "absent".to_owned());
    let (expected, now) = (value(expected), value(now));
    Text::plain(&format!("{}: expected {expected}, is {now}", words::fact(fact)))
}

/// Whether what was done is there.
fn seen(report: &BusinessReport, actions: &Actions<'_>) -> Page {
    let mut page = Page::new();
    if let Some(why) = &report.halted {
        page.line(0, Text::default());
        page.line(0, Text::of(Ink::Alarm, "! the target took nothing more: ").and(why));
    }
    if let Some(why) = &report.unverified {
        page.gap();
        page.line(0, Text::default());
        let text = Text::of(Ink::Alarm, "! not verified: ");
        page.line(0, text.and(&format!("the state could not be read again: {why}")));
    }
    let Some(verification) = &report.verification else {
        return page;
    };
    let Verification { seen: _, predicted: _, unseen, differences } = verification;
    let nothing_done = report.counts.done == 0 && unseen.is_empty();
    if nothing_done && differences.is_empty() {
        return page;
    }
    page.line(0, Text::default());
    if unseen.is_empty() {
        if !nothing_done {
            page.line(0, Text::plain("Read again: everything that was done is there."));
        }
    } else {
        let count = prose::len(unseen, "operation", "operations");
        let text = format!("Read again: {count} said to be done cannot be seen");
        page.line(0, Text::of(Ink::Alarm, &text));
        for id in unseen {
            let text = Text::of(Ink::Alarm, "? ").and(&sentence(id, actions));
            page.line(2, text.and(" ").whole(Ink::Dim, &format!("[{id}]")));
        }
    }
    if !differences.is_empty() {
        let count = prose::len(differences, "fact", "facts");
        let text = format!("Somebody else changed {count} meanwhile");
        page.line(0, Text::of(Ink::Caution, &text));
        for moved in differences {
            page.line(2, moved_text(moved));
        }
    }
    page
}

/// `13 of 16 done, 1 failed, 2 stale`.
fn counted(counts: Counts) -> String {
    let Counts { done, already_so, failed, uncertain, stale, skipped, person, waiting, not_reached } = counts;
    let others = [
        (already_so, "done already"),
        (uncertain, "uncertain"),
        (failed, "failed"),
        (stale, "stale"),
        (skipped, "skipped"),
        (not_reached, "not reached"),
        (person, "for a person"),
        (waiting, "waiting for a person"),
    ];
    let total = done + others.iter().map(|(n, _)| n).sum::<u64>();
    let all = format!("{} of {} done", prose::number(done), prose::number(total));
    let others = others.into_iter().filter(|(n, _)| *n > 0);
    let others = others.map(|(n, what)| format!("{} {what}", prose::number(n)));
    [all].into_iter().chain(others).collect::<Vec<_>>().join(", ")
}

/// How the run ended, in one line.
fn conclusion(report: &Report) -> Page {
    let (ink, said) = match report.status {
        Status::Applied => (Ink::Strong, "Applied".to_owned()),
        Status::Stale => (Ink::Alarm, "Stale, nothing was written".to_owned()),
        Status::Partial => (Ink::Alarm, "Partly applied".to_owned()),
        Status::Interrupted { signal } => (Ink::Alarm, format!("Stopped by signal {signal} between two calls")),
    };
    let plan = report.plan.short(12);
    let all = report.businesses.iter().map(|business| business.counts);
    let counts = counted(all.fold(Counts::default(), Counts::and));
    // Of a single business its heading has said it.
    let counts = match report.businesses.as_slice() {
        [_] => String::new(),
        _ => format!(": {counts}"),
    };
    let mut page = Page::new();
    page.line(0, Text::of(ink, &said).and(&format!("{counts} (plan {plan}).")));
    page
}

/// What to do next, one line for each kind of thing that is left.
fn next(report: &Report, options: Options<'_>) -> Page {
    let resume = format!("`{}`", options.resume.unwrap_or("accord apply PLAN --resume"));
    let all = report.businesses.iter().map(|business| business.counts);
    let counts = all.fold(Counts::default(), Counts::and);
    let unseen = report.businesses.iter().any(|business| {
        let unseen = |verification: &Verification| !verification.unseen.is_empty();
        business.unverified.is_some() || business.verification.as_ref().is_some_and(unseen)
    });
    let mut page = Page::new();
    let mut advise = |holds: bool, before: &str, command: &str, after: &str| {
        if holds {
            let text = Text::of(Ink::Strong, "next: ").and(before);
            page.line(0, text.whole(Ink::Strong, command).and(after));
        }
    };
    let stopped = matches!(report.status, Status::Interrupted { .. }) || counts.not_reached > 0;
    advise(stopped, "", &resume, " goes on where this run stopped");
    let by_hand = "do by hand what is for a person";
    advise(counts.person > 0 && counts.waiting == 0, by_hand, "", "");
    let then = format!("{by_hand}, then ");
    advise(counts.waiting > 0, &then, &resume, " does what waits for it");
    let left = counts.failed + counts.stale + counts.skipped + counts.uncertain > 0;
    let fresh = "export again, then ";
    advise(left || unseen, fresh, "`accord plan`", " shows what is left; nothing has to be repaired first");
    page
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::apply::TargetRef;
    use crate::model::{Digest, FactKey};
    use crate::reports::sample;

    fn fates() -> Vec<Fate> {
        let moved = || Moved {
            fact: FactKey::MemberGrant { member: "12".to_owned(), asset: "34".to_owned() },
            expected: Some("ANALYST".to_owned()),
            now: None,
        };
        let after = || "role-1b2c3d4e5f60".to_owned();
        vec![
            Fate::Done { created: Some("77".to_owned()) },
            Fate::AlreadySo { created: None },
            Fate::Failed { message: "no such asset".to_owned(), created: None },
            Fate::Failed { message: "no such profile".to_owned(), created: Some("31".to_owned()) },
            Fate::Uncertain { message: "the connection was cut".to_owned() },
            Fate::Stale { moved: vec![moved()] },
            Fate::Skipped { after: after() },
            Fate::Person { why: "only the console can".to_owned() },
            Fate::Waiting { after: after() },
            Fate::NotReached,
        ]
    }

    fn report(fates: Vec<Fate>, status: Status) -> Report {
        let plan = sample::norrhem();
        let business = plan.businesses[0].business.clone();
        let operations: Vec<_> = plan.businesses[0]
            .operations
            .iter()
            .zip(fates)
            .map(|(operation, fate)| OperationReport { id: operation.id.clone(), fate, this_run: true })
            .collect();
        Report {
            plan: plan.digest,
            status,
            finished_before: false,
            dropped: 0,
            businesses: vec![BusinessReport {
                target: TargetRef {
                    business: business.key.clone(),
                    id: business.id.clone(),
                    connector: "snapshot file".to_owned(),
                    location: "state/acme.json".to_owned(),
                },
                business,
                counts: Counts::of(operations.iter().map(|operation| &operation.fate)),
                operations,
                verification: None,
                unverified: None,
                halted: None,
            }],
        }
    }

    fn shown(report: &Report, done: bool) -> String {
        let options = Options { resume: Some("accord apply run.plan --resume"), done };
        render_text(report, &sample::norrhem(), options, &Style::plain(100))
    }

    fn verified(report: &mut Report, unseen: Vec<String>, differences: Vec<Moved>) {
        report.businesses[0].verification =
            Some(Verification { seen: Digest::of(b"seen"), predicted: None, unseen, differences });
    }

    #[test]
    fn an_applied_plan_is_two_lines_and_a_proof() {
        let done = Fate::Done { created: None };
        let mut report = report(vec![done.clone(), done], Status::Applied);
        verified(&mut report, Vec::new(), Vec::new());
        let expected = "Norrhem Home: 2 of 2 done (snapshot file state/acme.json)\n\n\
                        Read again: everything that was done is there.\n\n\
                        Applied (plan 64879f7d6b96).\n";
        assert_eq!(shown(&report, false), expected);
    }

    #[test]
    fn everything_that_was_not_done_is_there_with_its_reason() {
        let text = shown(&report(fates(), Status::Partial), false);
        for part in [
            "1 of 10 done, 1 done already, 1 uncertain, 2 failed, 1 stale, 1 skipped, 1 not",
            "Failed, nothing changed (1)",
            "Failed half-way: an invite waits without what should come with it (1)",
            "invite 31 waits; `accord undo` can take it back",
            "the target says: no such asset",
            "Nobody knows whether it was done (1)",
            "the connection was cut",
            "grant of member 12 on 34: expected ANALYST, is absent",
            "Skipped: it needs one that was not done (1)",
            "after: change the role of Freja Holm",
            "only the console can",
            "Partly applied (plan ",
            "next: `accord apply run.plan --resume` goes on where this run stopped",
            "next: do by hand what is for a person, then `accord apply run.plan --resume`",
            "next: export again, then `accord plan` shows what is left",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        // What was done is only counted.
        assert!(!text.contains("[role-1b2c3d4e5f60]"), "{text}");
        let all = shown(&report(fates(), Status::Partial), true);
        assert!(all.contains("= change the role of Freja Holm"), "{all}");
        assert!(all.contains("its id is 77"), "{all}");
    }

    #[test]
    fn what_cannot_be_seen_is_not_called_done() {
        let done = Fate::Done { created: None };
        let mut report = report(vec![done], Status::Partial);
        verified(&mut report, vec!["role-1b2c3d4e5f60".to_owned()], vec![]);
        let text = shown(&report, false);
        assert!(text.contains("1 operation said to be done cannot be seen"), "{text}");
        assert!(text.contains("? change the role of Freja Holm"), "{text}");
        assert!(!text.contains("everything that was done is there"), "{text}");
        assert!(text.contains("next: export again"), "{text}");
    }

    #[test]
    fn a_state_that_could_not_be_read_again_is_told() {
        let mut report = report(vec![Fate::Done { created: None }], Status::Partial);
        report.businesses[0].unverified = Some("503".to_owned());
        let text = shown(&report, false);
        assert!(text.contains("! not verified: the state could not be read again: 503"), "{text}");
        report.businesses[0].halted = Some("too many calls".to_owned());
        let text = shown(&report, false);
        assert!(text.contains("! the target took nothing more: too many calls"), "{text}");
    }

    #[test]
    fn a_stale_plan_wrote_nothing_and_a_stopped_one_says_how_to_go_on() {
        let stale = report(vec![Fate::Stale { moved: Vec::new() }], Status::Stale);
        assert!(shown(&stale, false).contains("Stale, nothing was written (plan "));
        let stopped = report(vec![Fate::NotReached], Status::Interrupted { signal: 15 });
        let text = shown(&stopped, false);
        assert!(text.contains("Stopped by signal 15 between two calls"), "{text}");
        assert!(text.contains("next: `accord apply run.plan --resume`"), "{text}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_operation_is_missing_and_no_control_character_gets_through(
            chosen in prop::collection::vec(prop::sample::select(fates()), 0..15),
            message in any::<String>(),
        ) {
            let mut chosen = chosen;
            chosen.push(Fate::Failed { message: format!("{message}\u{1b}[2J"), created: None });
            let report = report(chosen, Status::Partial);
            let text = shown(&report, true);
            for operation in &report.businesses[0].operations {
                prop_assert!(text.contains(&format!("[{}]", operation.id)), "{}", text);
            }
            prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{:?}", text);
        }
    }
}
