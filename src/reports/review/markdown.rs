//! A review as Markdown, for the comment of a pull request: within a number of bytes, risk first.
//!
//! What administers and what takes away is never folded. Where room is short it is told in shorter lines, then by name alone, and what
//! has no room even so is counted. The rest is folded and counted first.

use std::fmt::Write as _;

use crate::effect::Weight;
use crate::reports::told::{self, Block, Line, Sign};
use crate::reports::{proof, words};
use crate::review::{Merge, Review};
use crate::rules::Tally;
use crate::rules::finding::{Finding, State};
use crate::terminal::{prose, visible};

use super::text::{besides, operation};

/// GitHub takes 65,536 bytes; the rest is for what a workflow adds.
pub const DEFAULT_BUDGET: usize = 60_000;

/// Head, verdict and counts need so much.
pub const LEAST_BUDGET: usize = 4_000;

/// So many accounts of a folded line are named.
const NAMED: usize = 6;

/// So many who only gain are not folded.
const OPEN: usize = 12;

/// Of every hundred bytes, so many are for findings and for the merge, at most.
const FINDINGS: usize = 25;
const MERGE: usize = 15;

/// The longest text of foreign origin within a line.
const LONGEST: usize = 600;

/// The review as Markdown of at most `budget` bytes (at least [`LEAST_BUDGET`]).
pub fn render(review: &Review, budget: usize) -> String {
    let budget = budget.max(LEAST_BUDGET);
    let head = head(review);
    let foot = foot(review);
    let allowed = allowed(review, budget * FINDINGS / 100);
    let merge = merges(review, budget * MERGE / 100);
    let used = head.len() + foot.len() + allowed.len() + merge.len();
    let people = people(review, budget.saturating_sub(used));
    format!("{head}{people}{allowed}{merge}{foot}")
}

fn head(review: &Review) -> String {
    let mut out = String::from("## Access review\n\n");
    let refusing = review.judgement.refusing().count() as u64;
    let guards: usize = review.merge.iter().map(|merge| merge.refused.len()).sum();
    let _ = match (refusing, guards) {
        (0, 0) => writeln!(out, "✅ **Allowed**: no rule refuses this change.\n"),
        (0, n) => writeln!(out, "⛔ **Refused** by {}.\n", prose::count(n as u64, "guard", "guards")),
        (n, _) => {
            let count = prose::count(n, "finding", "findings");
            writeln!(out, "⛔ **Not allowed**: {count} that this change brings or worsens.\n")
        }
    };
    let headline = told::headline(&review.effects.totals);
    let _ = match headline.is_empty() {
        true if review.is_empty() => writeln!(out, "Nobody gains or loses anything.\n"),
        true => Ok(()),
        false => writeln!(out, "**{}**\n", prose::sentence(&headline.join(", "))),
    };
    out
}

fn foot(review: &Review) -> String {
    let compared = match &review.base {
        Some(base) => {
            let commit: String = base.commit.chars().take(10).collect();
            format!("Compared with {} ({})", code(&base.reference), code(&commit))
        }
        None => "Compared with the exported states".to_owned(),
    };
    format!(
        "---\n{compared}, as of {}. Digest of this review: `{}`.\n",
        words::moment(review.as_of),
        review.digest.short(20)
    )
}

/// What happens to people, with the later days.
fn people(review: &Review, room: usize) -> String {
    let mut blocks: Vec<(Option<String>, Block)> =
        review.effects.touched.iter().map(|effect| (None, told::block(effect))).collect();
    for later in &review.later {
        let on = format!("from {} on", later.on);
        blocks.extend(later.effects.touched.iter().map(|effect| (Some(on.clone()), told::block(effect))));
    }
    let mut ends = ends(review, room / 8);
    if review.not_looked_at > 0 {
        let days = prose::count(review.not_looked_at, "later beginning was", "later beginnings were");
        let _ = writeln!(ends, "⚠️ {days} not looked at.\n");
    }
    if blocks.is_empty() {
        return ends;
    }
    let title = "### Effect on people\n\n";
    let room = room.saturating_sub(title.len() + ends.len());
    let (pinned, others): (Vec<_>, Vec<_>) = blocks.into_iter().partition(|(_, block)| block.pinned);
    let mut out = String::from(title);
    let pinned = self::pinned(&pinned, room.saturating_sub(if others.is_empty() { 0 } else { COUNTS }));
    out.push_str(&pinned);
    out.push_str(&folded(&others, room.saturating_sub(pinned.len())));
    out.push_str(&ends);
    out
}

/// Room for the counts of what is folded.
const COUNTS: usize = 700;

type Dated = (Option<String>, Block);

/// In full, else in short, else by name, else counted: the first of these for which there is room.
fn pinned(blocks: &[Dated], room: usize) -> String {
    for how in [full as fn(&Dated) -> String, short] {
        let told: String = blocks.iter().map(how).collect();
        if told.len() <= room {
            return told;
        }
    }
    named(blocks, room)
}

/// By name, one list for each kind of risk; and the rest counted.
fn named(blocks: &[Dated], room: usize) -> String {
    let mut out = String::from("There is no room to tell each of these; the page and the JSON do.\n\n");
    let mut kinds: Vec<Weight> = blocks.iter().map(|(_, block)| block.weight).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut left = room.saturating_sub(out.len());
    for (index, kind) in kinds.iter().enumerate() {
        let of_kind = blocks.iter().filter(|(_, block)| block.weight == *kind).flat_map(|(_, block)| names(block));
        let names: Vec<String> = of_kind.collect();
        let line = list(told::weight(*kind), &names, left / (kinds.len() - index));
        left = left.saturating_sub(line.len());
        out.push_str(&line);
    }
    out
}

/// `- **loss** (12): a, b, c and 9 more`.
fn list(kind: &str, names: &[String], room: usize) -> String {
    let mut out = format!("- **{kind}** ({}): ", prose::number(names.len() as u64));
    let mut shown = 0;
    for name in names {
        let name = code(name);
        if out.len() + name.len() + 60 > room {
            break;
        }
        if shown > 0 {
            out.push_str(", ");
        }
        out.push_str(&name);
        shown += 1;
    }
    if shown < names.len() {
        let _ = write!(out, " and {} more", prose::number((names.len() - shown) as u64));
    }
    out.push('\n');
    out
}

fn names(block: &Block) -> Vec<String> {
    if block.people.is_empty() || block.population.is_some() { vec![block.who.clone()] } else { block.people.clone() }
}

/// What neither administers nor takes away: as many as there is room for, the rest counted.
fn folded(blocks: &[Dated], room: usize) -> String {
    if blocks.is_empty() {
        return String::new();
    }
    let all: String = blocks.iter().map(full).collect();
    if blocks.len() <= OPEN && all.len() <= room {
        return all;
    }
    let open = format!("<details><summary>Others who gain ({})</summary>\n\n", prose::number(people_of(blocks)));
    let close = "\n</details>\n\n";
    let mut out = open;
    let room = room.saturating_sub(close.len() + 300);
    if out.len() + all.len() <= room {
        out.push_str(&all);
    } else {
        let mut shown = 0;
        for block in blocks {
            let told = short(block);
            if out.len() + told.len() > room {
                break;
            }
            out.push_str(&told);
            shown += 1;
        }
        out.push_str(&counted(&blocks[shown..]));
    }
    out.push_str(close);
    out
}

fn counted(blocks: &[Dated]) -> String {
    if blocks.is_empty() {
        return String::new();
    }
    let grants: usize = blocks.iter().flat_map(|(_, block)| &block.lines).map(|line| line.assets.len().max(1)).sum();
    let people = prose::count(people_of(blocks), "person or partner", "people and partners");
    format!("\n…and {people} with {}, told in the page and the JSON.\n", prose::count(grants as u64, "gain", "gains"))
}

fn people_of(blocks: &[Dated]) -> u64 {
    blocks.iter().map(|(_, block)| names(block).len() as u64).sum()
}

fn full(dated: &Dated) -> String {
    let (on, block) = dated;
    let mut out = heading(on.as_deref(), block);
    for line in &block.lines {
        let _ = writeln!(out, "- {} {}", sign(line.sign), self::line(line));
        for (word, capabilities) in [("can now", &line.gains), ("can no longer", &line.loses)] {
            if let Some(capabilities) = capabilities {
                let _ = writeln!(out, "  - {word}: {}", escaped(capabilities));
            }
        }
        for (comes, way) in &line.ways {
            let _ = writeln!(out, "  - {} {}", if *comes { "by" } else { "was" }, code(way));
        }
    }
    for remark in &block.remarks {
        let _ = writeln!(out, "- ⚠️ {}", escaped(remark));
    }
    out.push('\n');
    out
}

fn heading(on: Option<&str>, block: &Block) -> String {
    let mut out = format!("**{}** {}", mark(block.weight), code(&block.who));
    if let Some(on) = on {
        let _ = write!(out, " ({on})");
    }
    if let Some(population) = &block.population {
        let _ = write!(out, ", {}", escaped(population));
    }
    if !block.people.is_empty() {
        let people: Vec<String> = block.people.iter().map(|name| code(name)).collect();
        let _ = write!(out, ": {}", prose::list(&people));
    }
    out.push_str("\n\n");
    out
}

fn short(dated: &Dated) -> String {
    let (on, block) = dated;
    let names: Vec<String> = names(block).iter().map(|name| code(name)).collect();
    let lines: Vec<String> =
        block.lines.iter().map(|line| format!("{} {}", sign(line.sign), self::line(line))).collect();
    let on = on.as_ref().map(|on| format!(" ({on})")).unwrap_or_default();
    format!("- **{}** {}{on}: {}\n", mark(block.weight), names.join(", "), lines.join("; "))
}

fn mark(weight: Weight) -> &'static str {
    match weight {
        Weight::Administration => "🔑 Administers:",
        Weight::Money => "💶 Billing:",
        Weight::Loss => "➖ Loses:",
        Weight::Partner => "🤝 Partner:",
        Weight::Gain => "➕ Gains:",
    }
}

fn sign(sign: Sign) -> &'static str {
    match sign {
        Sign::Gain => "`+`",
        Sign::Loss => "`-`",
        Sign::Change => "`~`",
    }
}

/// What happens, with every account by name where that must not be folded.
fn line(line: &Line) -> String {
    let mut text = escaped(&line.what);
    if !line.assets.is_empty() {
        let shown = if line.pinned { usize::MAX - 1 } else { NAMED };
        let assets: Vec<String> = line.assets.iter().map(|asset| code(asset)).collect();
        let count = if assets.len() > 1 { format!("{} ", prose::number(assets.len() as u64)) } else { String::new() };
        let _ = write!(text, " on {} ({count}{})", prose::list_some(&assets, shown), escaped(&line.kind));
    }
    if !line.aside.is_empty() {
        let _ = write!(text, " {}", line.aside);
    }
    text
}

fn ends(review: &Review, room: usize) -> String {
    if review.ends.is_empty() {
        return String::new();
    }
    let lines = review.ends.iter().map(|end| format!("- {}\n", code(&told::end(end))));
    format!("### Ends that move\n\n{}\n", fitting(lines, review.ends.len(), room))
}

/// As many lines as there is room for, and the rest counted.
fn fitting(lines: impl Iterator<Item = String>, all: usize, room: usize) -> String {
    let mut out = String::new();
    let mut shown = 0;
    for line in lines {
        if out.len() + line.len() + 40 > room {
            break;
        }
        out.push_str(&line);
        shown += 1;
    }
    if shown < all {
        let _ = writeln!(out, "- …and {} more", prose::number((all - shown) as u64));
    }
    out
}

fn allowed(review: &Review, room: usize) -> String {
    let mut mine: Vec<&Finding> = review.judgement.findings.iter().collect();
    mine.retain(|finding| matches!(finding.state, Some(State::New | State::Worsened)));
    mine.sort_by_key(|finding| !finding.refuses());
    let mut out = String::from("### Is it allowed?\n\n");
    if mine.is_empty() {
        out.push_str("No rule finds anything that this change brings or worsens.\n");
    }
    let full: Vec<String> = mine.iter().map(|finding| found(finding, true)).collect();
    let lines = match full.iter().map(String::len).sum::<usize>() <= room.saturating_sub(300) {
        true => full,
        false => mine.iter().map(|finding| found(finding, false)).collect(),
    };
    out.push_str(&fitting(lines.into_iter(), mine.len(), room.saturating_sub(300)));
    let besides = besides(&Tally::of(&review.judgement));
    if !besides.is_empty() {
        let _ = write!(out, "\nBesides, not counted against this change: {}.\n", besides.join(", "));
    }
    out.push('\n');
    out
}

fn found(finding: &Finding, details: bool) -> String {
    let state = finding.state.map(State::word).unwrap_or_default();
    let place = finding.place.as_ref().map(|place| format!(" {}", code(&proof::at(place)))).unwrap_or_default();
    let waived = if finding.waived.is_some() { ", waived" } else { "" };
    let mark = if finding.refuses() { "⛔ " } else { "" };
    let mut out = format!(
        "- {mark}**{}** ({state}{waived}) {}: {}{place}\n",
        finding.level.word(),
        code(&finding.rule),
        escaped(&finding.message)
    );
    if details {
        for detail in proof::details(finding) {
            let _ = writeln!(out, "  - {}", escaped(&detail));
        }
    }
    out
}

fn merges(review: &Review, room: usize) -> String {
    let mut out = String::from("### What happens on merge\n\n");
    if review.merge.is_empty() {
        out.push_str("Not known: no exported state was given.\n\n");
    }
    let each = room / review.merge.len().max(1);
    for merge in &review.merge {
        out.push_str(&on_merge(merge, review.base.is_some(), each));
    }
    out
}

fn on_merge(merge: &Merge, change: bool, room: usize) -> String {
    let name = merge.business.name.as_deref().unwrap_or(&merge.business.key);
    let count = prose::len(&merge.operations, "operation", "operations");
    let mut out = format!("**{}**: {count}, against {}\n\n", code(name), code(&merge.from));
    let refused = merge.refused.iter().map(|one| format!("- ⛔ guard {}\n", escaped(one)));
    let withheld = merge.withheld.iter().map(|one| format!("- left alone: {}\n", escaped(one)));
    let gone = merge.no_longer.iter().map(|one| format!("- no longer: {}\n", escaped(one)));
    let operations = merge.operations.iter().map(|one| format!("- {}\n", escaped(&operation(one))));
    let all = merge.refused.len() + merge.withheld.len() + merge.no_longer.len() + merge.operations.len();
    let lines = refused.chain(withheld).chain(gone).chain(operations);
    out.push_str(&fitting(lines, all, room.saturating_sub(out.len() + 200)));
    if change && merge.already > 0 {
        let count = prose::count(merge.already, "operation waits", "operations wait");
        let _ = write!(out, "\n{count} already, without this change.\n");
    }
    out.push('\n');
    out
}

/// Foreign text as code: nobody is mentioned, nothing is a link, and no Markdown or HTML in it counts.
fn code(text: &str) -> String {
    let text = cut(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A code span must not begin or end with its fence's character.
    let space = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// Foreign text within prose: no mention, no link, no Markdown, no HTML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for character in cut(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A character without width keeps them from being mentions, references and links; no escape does.
            '@' | '#' => out.extend([character, '\u{200b}']),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '!' | '|' | '~' | '$' | '^' => {
                out.extend(['\\', character])
            }
            _ => out.push(character),
        }
    }
    out.replace("://", ":\u{200b}//").replace("www.", "www\u{200b}.")
}

/// One line without hidden characters, not longer than a line should be.
fn cut(text: &str) -> String {
    let safe = visible::line(text);
    if safe.chars().count() <= LONGEST {
        return safe.into_owned();
    }
    safe.chars().take(LONGEST).chain(['…']).collect()
}
