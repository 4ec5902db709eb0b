//! One list, page by page to its end, and what proves that it is the end.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::request::{CallError, Request};
use super::super::source::Source;

/// Rows as they came, and why they may not be all.
#[derive(Default)]
pub(super) struct Listed {
    pub(super) rows: Vec<Value>,
    pub(super) flaw: Option<Flaw>,
}

/// Why a list is not whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Flaw {
    /// A call came to nothing.
    Call(CallError),
    /// An answer contradicts itself.
    Said(String),
}

impl Flaw {
    pub(super) fn text(&self) -> String {
        match self {
            Flaw::Call(error) => error.to_string(),
            Flaw::Said(text) => text.clone(),
        }
    }
}

/// The largest page there is.
const PAGE: usize = 250;

/// No business has as many pages of anything; a list that has goes on for ever.
const MOST_PAGES: usize = 20_000;

/// Reads a list. `indexed` is whether it can be begun at a place (`start_index`); then a last page that is full is proven to be the last.
pub(super) fn list(source: &dyn Source, request: &Request, indexed: bool) -> Listed {
    let mut listed = Listed::default();
    let mut last = 0;
    let mut told = None;
    let end = read_pages(source, request, &mut listed.rows, &mut last, &mut told);
    listed.flaw = end.err().or_else(|| short_of(told, listed.rows.len()));
    // A total that is reached is proof enough.
    if listed.flaw.is_none() && indexed && last == PAGE && told != Some(listed.rows.len() as u64) {
        listed.flaw = beyond(source, request, listed.rows.len());
    }
    if let Some(flaw) = &listed.flaw {
        tracing::debug!(call = request.name(), flaw = flaw.text(), "not whole");
    }
    listed
}

/// All pages. `last` becomes the length of the last one, `told` the total where the answers have one.
fn read_pages(
    source: &dyn Source,
    request: &Request,
    rows: &mut Vec<Value>,
    last: &mut usize,
    told: &mut Option<u64>,
) -> Result<(), Flaw> {
    let mut seen = BTreeSet::new();
    let mut bookmark = None;
    for _ in 0..MOST_PAGES {
        let page = request.clone().with("page_size", PAGE);
        let page = match &bookmark {
            Some(bookmark) => page.with("bookmark", bookmark),
            None => page,
        };
        let mut body = source.ask(&page).map_err(Flaw::Call)?.body;
        let next = next_bookmark(&body);
        *told = body.get("total_data_count").and_then(Value::as_u64).or(*told);
        let Some(Value::Array(mut items)) = body.get_mut("items").map(Value::take) else {
            return Err(Flaw::Said(format!("{}: the answer has no list", request.name())));
        };
        *last = items.len();
        rows.append(&mut items);
        match next {
            None => return Ok(()),
            Some(next) if !seen.insert(next.clone()) => {
                return Err(Flaw::Said(format!("{}: its pages go round in a circle", request.name())));
            }
            next => bookmark = next,
        }
    }
    Err(Flaw::Said(format!("{}: more than {MOST_PAGES} pages", request.name())))
}

/// Where the next page is; null, absent and empty are the end.
fn next_bookmark(body: &Value) -> Option<String> {
    match body.get("bookmark")? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn short_of(told: Option<u64>, rows: usize) -> Option<Flaw> {
    let told = told.filter(|told| *told > rows as u64)?;
    Some(Flaw::Said(format!("{rows} of {told} rows came")))
}

/// A full page without a bookmark may be the end, or a bookmark may be missing: looks whether a row follows.
fn beyond(source: &dyn Source, request: &Request, rows: usize) -> Option<Flaw> {
    let probe = request.clone().with("page_size", 1).with("start_index", rows);
    // A refusal may mean that there is no such place, and anything else as well: nothing is proven by it.
    let body = match source.ask(&probe) {
        Ok(answer) => answer.body,
        Err(error) => return Some(Flaw::Call(error)),
    };
    let said = |what: &str| Some(Flaw::Said(format!("{}: {what}", request.name())));
    match body.get("items").and_then(Value::as_array).map(Vec::is_empty) {
        Some(true) => None,
        Some(false) => said(&format!("the list ended after {rows} rows although more follow")),
        None => said(&format!("nobody knows whether more than {rows} rows follow: the answer has no list")),
    }
}
