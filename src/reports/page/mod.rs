//! One HTML page that needs nothing else: no network, no second file. Everything that has to be known is in the page itself and can be
//! read without script; the picture of access and the matrix need it.
//!
//! Its policy (CSP) allows exactly the script and the style that stand in it, by their digests.

mod data;
mod parts;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::model::Digest;
use crate::reports::words;
use crate::review::Review;
use crate::terminal::prose;

pub use data::Data;

const STYLE: &str = include_str!("assets/page.css");
const SCRIPT: &str = include_str!("assets/page.js");

/// Cytoscape.js 3, MIT: drawing and handling of graphs. Its licence is in the file and beside it.
const DRAWING: &str = include_str!("assets/cytoscape.min.js");

/// What the library would write into the page itself, which the policy forbids; it finds it there instead.
const DRAWING_STYLE: &str = ".__________cytoscape_container { position: relative; }";

/// What a page is made from.
pub struct Page<'a> {
    /// The change.
    pub review: &'a Review,
    /// The graphs, for picture and matrix.
    pub data: &'a Data,
    /// Reads a file of the access repository again, by its path relative to the root; gives nothing where its text must not be shown.
    pub text_of: &'a dyn Fn(&str) -> Option<String>,
}

/// The page.
///
/// # Errors
/// Where JSON can't be written, which for these types does not happen.
pub fn render(page: &Page<'_>) -> Result<String, serde_json::Error> {
    // Within a script element only `<` could end it.
    let data = serde_json::to_string(page.data)?.replace('<', "\\u003c");
    Ok(document(page, &data).into_string())
}

fn document(page: &Page<'_>, data: &str) -> Markup {
    let review = page.review;
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { "Access review " (review.digest.short(12)) }
                style { (PreEscaped(STYLE)) }
                style id="__________cytoscape_stylesheet" { (PreEscaped(DRAWING_STYLE)) }
            }
            body {
                a.skip href="#effect" { "Skip to the effect on people" }
                (header(review))
                (contents(review))
                main {
                    (parts::effect(review))
                    (parts::allowed(review, page.text_of))
                    (parts::merge(review))
                    (picture(page.data))
                    (matrix(page.data))
                }
                (footer(review))
                script type="application/json" id="data" { (PreEscaped(data)) }
                script { (PreEscaped(DRAWING)) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
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
    let tiles = [
        ("alarm", totals.new_managers + totals.new_administrators, "come to administer"),
        ("loss", totals.people_losing + totals.partners_losing, "lose access"),
        ("loss", totals.leaving, "leave"),
        ("gain", totals.people_gaining + totals.partners_gaining, "gain access"),
        ("gain", totals.joining, "join"),
        ("alarm", totals.partners_unknown, "partners whose people nobody knows"),
        ("", totals.assets, "accounts touched"),
    ];
    html! {
        ul.tiles {
            @for (class, count, what) in tiles {
                li class=(if count > 0 { class } else { "" }) { b { (prose::number(count)) } (what) }
            }
        }
    }
}

fn contents(review: &Review) -> Markup {
    html! {
        nav.contents aria-label="Contents" {
            ul {
                li { a href="#effect" { "Effect on people" } }
                li { a href="#allowed" { "Is it allowed?" } }
                li { a href="#merge" { @if review.base.is_some() { "On merge" } @else { "Operations" } } }
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
            p.no-script { "The picture needs JavaScript; the effects above say the same in words." }
            @if let Some(left) = data.left_out() {
                p.caution { (left) }
            }
            div class="only-script" {
                div class="tools" role="group" aria-label="What is drawn" {
                    button type="button" data-view="changes" aria-pressed="false" { "What changes" }
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
                    li { i.line.gained {} "new" }
                    li { i.line.lost {} "lost" }
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
                    label { input id="matrix-changes" type="checkbox"; "only what changes" }
                    button id="row-back" type="button" { "↑ people" }
                    button id="row-on" type="button" { "↓ people" }
                    button id="column-back" type="button" { "← accounts" }
                    button id="column-on" type="button" { "→ accounts" }
                }
                p id="matrix-where" class="small" aria-live="polite" {}
                div id="matrix" tabindex="0" role="region" aria-label="Who reaches what" {}
                p.small {
                    "The highest thing somebody can do: see, edit, money (edit billing), admin (give others access). "
                    "+ gains, − loses, ± both, struck out: no longer."
                }
            }
        }
    }
}

fn footer(review: &Review) -> Markup {
    html! {
        footer {
            p {
                "Made by accord " (env!("CARGO_PKG_VERSION")) " from files with the digest " code { (review.files.short(20)) } "."
            }
            p { "The picture is drawn by Cytoscape.js, © 2016-2026 The Cytoscape Consortium, MIT licence." }
            details {
                summary { "Its licence" }
                pre.source { (include_str!("assets/cytoscape.LICENSE")) }
            }
        }
    }
}
