//! One HTML page that needs nothing else: no network, no second file. Everything that has to be known is in the page itself and can be
//! read without script; the picture of access and the matrix need it.
//!
//! Its policy (CSP) allows exactly the script and the style that stand in it, by their digests.

mod audit;
mod data;
mod parts;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::model::Digest;
use crate::reports::words;
use crate::review::Review;
use crate::terminal::prose;

pub use audit::{Audit, Examined};
pub use data::Data;

const STYLE: &str = include_str!("assets/page.css");
const SCRIPT: &str = include_str!("assets/page.js");

/// Cytoscape.js 3, MIT: drawing and handling of graphs. Its licence is in the file and beside it.
const DRAWING: &str = include_str!("assets/cytoscape.min.js");

/// What the library would write into the page itself, which the policy forbids; it finds it there instead.
const DRAWING_STYLE: &str = ".__________cytoscape_container { position: relative; }";

/// What a page is made from.
pub struct Page<'a> {
    /// What it is about.
    pub subject: Subject<'a>,
    /// The graphs, for picture and matrix.
    pub data: &'a Data,
    /// Reads a file of the access repository again, by its path relative to the root; gives nothing where its text must not be shown.
    pub text_of: &'a dyn Fn(&str) -> Option<String>,
}

/// What a page is about.
pub enum Subject<'a> {
    /// A change.
    Review(&'a Review),
    /// A state as it is.
    Audit(&'a Audit<'a>),
}

/// What stands on a page beside the picture and the matrix.
struct Content {
    title: String,
    header: Markup,
    /// Anchors with their titles; the first is where the skip link leads.
    sections: Vec<(&'static str, &'static str)>,
    body: Markup,
    files: Digest,
}

/// The page.
///
/// # Errors
/// Where JSON can't be written, which for these types does not happen.
pub fn render(page: &Page<'_>) -> Result<String, serde_json::Error> {
    // Within a script element only `<` could end it.
    let data = serde_json::to_string(page.data)?.replace('<', "\\u003c");
    let content = match page.subject {
        Subject::Review(review) => of_review(review, page),
        Subject::Audit(audit) => audit::content(audit, page),
    };
    Ok(document(&content, page.data, &data).into_string())
}

fn document(content: &Content, data: &Data, json: &str) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { (content.title) }
                style { (PreEscaped(STYLE)) }
                style id="__________cytoscape_stylesheet" { (PreEscaped(DRAWING_STYLE)) }
            }
            body {
                @if let Some((anchor, title)) = content.sections.first() {
                    a.skip href={ "#" (anchor) } { "Skip to: " (title) }
                }
                (content.header)
                (contents(&content.sections))
                main {
                    (content.body)
                    (picture(data))
                    (matrix(data))
                }
                (footer(&content.files))
                script type="application/json" id="data" { (PreEscaped(json)) }
                script { (PreEscaped(DRAWING)) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

fn of_review(review: &Review, page: &Page<'_>) -> Content {
    let merge = if review.base.is_some() { "On merge" } else { "Operations" };
    Content {
        title: format!("Access review {}", review.digest.short(12)),
        header: header(review),
        sections: vec![("effect", "Effect on people"), ("allowed", "Is it allowed?"), ("merge", merge)],
        body: html! { (parts::effect(review)) (parts::allowed(review, page.text_of)) (parts::merge(review)) },
        files: review.files,
    }
}

fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Digest::of(text.as_bytes()).0));
    format!(
        "default-src 'none'; script-src {} {}; style-src {} {}; img-src data:; base-uri 'none'; form-action 'none'",
        hash(DRAWING),
        hash(SCRIPT),
        hash(STYLE),
        hash(DRAWING_STYLE)
    )
}

fn header(review: &Review) -> Markup {
    let refusing = review.judgement.refusing().count() as u64;
    let guards: usize = review.merge.iter().map(|merge| merge.refused.len()).sum();
    html! {
        header {
            h1 { "Access review" }
            p.facts {
                @match &review.base {
                    Some(base) => {
                        "The files, compared with " code { (base.reference) } " at " code { (short(&base.commit)) }
                    }
                    None => "The files, compared with the exported states",
                }
                ", as of " (words::moment(review.as_of)) ". Digest of this review: " code { (review.digest.short(20)) } "."
            }
            @if refusing > 0 {
                p.verdict.refused {
                    "Not allowed: " (prose::count(refusing, "finding", "findings")) " that this change brings or worsens"
                }
            } @else if guards > 0 {
                p.verdict.refused { "Refused by " (prose::count(guards as u64, "guard", "guards")) }
            } @else {
                p.verdict.fine { "Allowed: no rule refuses this change" }
            }
            (tiles(review))
        }
    }
}

fn short(commit: &str) -> String {
    commit.chars().take(10).collect()
}

fn tiles(review: &Review) -> Markup {
    let totals = &review.effects.totals;
    numbers(&[
        ("alarm", totals.new_managers + totals.new_administrators, "come to administer"),
        ("loss", totals.people_losing + totals.partners_losing, "lose access"),
        ("loss", totals.leaving, "leave"),
        ("gain", totals.people_gaining + totals.partners_gaining, "gain access"),
        ("gain", totals.joining, "join"),
        ("alarm", totals.partners_unknown, "partners whose people nobody knows"),
        ("", totals.assets, "accounts touched"),
    ])
}

/// Numbers that are seen first, in colour where they are not zero.
fn numbers(tiles: &[(&str, u64, &str)]) -> Markup {
    html! {
        ul.tiles {
            @for (class, count, what) in tiles {
                li class=(if *count > 0 { class } else { "" }) { b { (prose::number(*count)) } (what) }
            }
        }
    }
}

fn contents(sections: &[(&str, &str)]) -> Markup {
    html! {
        nav.contents aria-label="Contents" {
            ul {
                @for (anchor, title) in sections { li { a href={ "#" (anchor) } { (title) } } }
                li { a href="#access" { "Picture" } }
                li { a href="#who" { "People and accounts" } }
                li.theme { button id="theme" type="button" class="only-script" { "Light or dark" } }
            }
        }
    }
}

fn picture(data: &Data) -> Markup {
    let kinds = [
        ("business", "business"),
        ("partner", "partner"),
        ("person", "person"),
        ("service", "service account"),
        ("team", "team"),
        ("group", "asset group"),
        ("asset", "account"),
    ];
    html! {
        section id="access" {
            h2 { "Picture of access" }
            p.no-script { "The picture needs JavaScript." }
            @if let Some(left) = data.left_out() {
                p.caution { (left) }
            }
            div class="only-script" {
                div class="tools" role="group" aria-label="What is drawn" {
                    @if data.is_compared() { button type="button" data-view="changes" aria-pressed="false" { "What changes" } }
                    button type="button" data-view="all" aria-pressed="false" { "Everything" }
                    label { "Find " input id="search" type="search" placeholder="a person, partner or account" autocomplete="off"; }
                    button id="closer" type="button" aria-label="closer" { "+" }
                    button id="farther" type="button" aria-label="farther" { "−" }
                    button id="fit" type="button" { "Fit" }
                }
                ul id="found" aria-live="polite" {}
                p id="drawn" class="small" aria-live="polite" {}
                ul.legend aria-hidden="true" {
                    @for (class, name) in kinds { li { i class=(class) {} (name) } }
                    @if data.is_compared() {
                        li { i.line.gained {} "new" }
                        li { i.line.lost {} "lost" }
                    }
                }
                div id="picture" {
                    div id="canvas" role="img" aria-label="Graph of people, teams, businesses and accounts; the list beside it says what it shows" {}
                    div id="about" role="region" aria-label="What is selected" tabindex="0" {
                        p.small { "Choose somebody or something in the picture, or look for a name, to see every path with the line that gives it." }
                    }
                }
            }
        }
    }
}

fn matrix(data: &Data) -> Markup {
    html! {
        section id="who" {
            h2 { "People and accounts" }
            p.no-script { "The table needs JavaScript." }
            @if let Some(left) = data.left_out() {
                p.caution { (left) }
            }
            div class="only-script" {
                div class="tools" role="group" aria-label="Rows and columns" {
                    label { "Person " input id="matrix-person" type="search" autocomplete="off"; }
                    label { "Account " input id="matrix-asset" type="search" autocomplete="off"; }
                    @if data.is_compared() { label { input id="matrix-changes" type="checkbox"; "only what changes" } }
                    button id="row-back" type="button" { "↑ people" }
                    button id="row-on" type="button" { "↓ people" }
                    button id="column-back" type="button" { "← accounts" }
                    button id="column-on" type="button" { "→ accounts" }
                }
                p id="matrix-where" class="small" aria-live="polite" {}
                div id="matrix" tabindex="0" role="region" aria-label="Who reaches what" {}
                p.small {
                    "The highest thing somebody can do: see, edit, money (edit billing), admin (give others access)."
                    @if data.is_compared() { " + gains, − loses, ± both, struck out: no longer." }
                }
            }
        }
    }
}

fn footer(files: &Digest) -> Markup {
    html! {
        footer {
            p {
                "Made by accord " (env!("CARGO_PKG_VERSION")) " from files with the digest " code { (files.short(20)) } "."
            }
            p { "The picture is drawn by Cytoscape.js, © 2016-2026 The Cytoscape Consortium, MIT licence." }
            details {
                summary { "Its licence" }
                pre.source { (include_str!("assets/cytoscape.LICENSE")) }
            }
        }
    }
}
