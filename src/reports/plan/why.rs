//! Why an operation is in the plan, and what else a reviewer should know of it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::plan::{BusinessPlan, Cause, Executor, Operation, Origin, Place, Undo};
use crate::terminal::{Ink, Page, Text, prose};

/// Places that are named before the rest is counted.
const PLACES: usize = 5;

/// What is the same for a whole plan and so need not be repeated.
pub(super) struct Reasons<'a> {
    /// Last days of lines that end soon, by file and line.
    ends: BTreeMap<(&'a str, u32), Date>,
    /// Why a person must do every operation, where that is so for all of them.
    by_hand: Option<&'a str>,
}

impl<'a> Reasons<'a> {
    pub fn of(plan: &'a BusinessPlan) -> Self {
        let ends = plan.upcoming.iter().map(|end| ((end.place.file.as_str(), end.place.line), end.until)).collect();
        Reasons { ends, by_hand: all_by_hand(plan) }
    }

    /// Why a person must do every operation, where that is so for all of them.
    pub fn by_hand(&self) -> Option<&'a str> {
        self.by_hand
    }

    /// The lines below the effects of an operation on the subject of the key `own`, which needs no repetition.
    pub fn page(&self, operation: &Operation, own: Option<&str>) -> Page {
        let mut page = Page::new();
        let why = Text::of(Ink::Dim, "why: ").join(self.cause(&operation.cause, own));
        page.line(0, why);
        for (label, text) in self.remarks(operation) {
            page.line(0, Text::of(Ink::Caution, label).and(&text));
        }
        page
    }

    /// The cause in words.
    pub fn cause(&self, cause: &Cause, own: Option<&str>) -> Text {
        match cause {
            Cause::Written { places, reasons } => self.written(places, reasons, own),
            Cause::Unwritten { nearest } => {
                let text = Text::plain("no line asks for it");
                match nearest {
                    Some(nearest) => text.and("; see ").join(place(nearest, own)),
                    None => text,
                }
            }
            Cause::Ended { place: at, until } => Text::plain(&format!("ended on {until}: ")).join(place(at, own)),
            Cause::Undoes { plan, operation } => {
                Text::plain(&format!("undoes {operation} of the plan {}", plan.short(12)))
            }
        }
    }

    fn written(&self, places: &[Place], reasons: &[String], own: Option<&str>) -> Text {
        let mut text = Text::default();
        for (index, at) in places.iter().take(PLACES).enumerate() {
            let between = if index == 0 { "" } else { ", " };
            text = text.and(between).join(place(at, own));
        }
        if let Some(more) = places.len().checked_sub(PLACES).filter(|more| *more > 0) {
            text = text.and(&format!(" and {} more", prose::count(more as u64, "place", "places")));
        }
        let ends = places.iter().filter_map(|at| self.end(at)).min();
        let until = ends.map(|until| format!("until {until}"));
        // The ends of lines may stand among the reasons already.
        let until = until.filter(|until| !reasons.contains(until));
        let reasons: Vec<&str> = reasons.iter().map(String::as_str).chain(until.as_deref()).collect();
        if reasons.is_empty() {
            return text;
        }
        text.and(": ").and(&reasons.join("; "))
    }

    fn end(&self, place: &Place) -> Option<Date> {
        self.ends.get(&(place.file.as_str(), place.line)).copied()
    }

    fn remarks(&self, operation: &Operation) -> Vec<(&'static str, String)> {
        let mut remarks = Vec::new();
        match operation.origin {
            Origin::Drift => remarks.push(("drift: ", "changed outside the files since the last apply".to_owned())),
            Origin::Conflict => remarks.push((
                "conflict: ",
                "changed in the files and outside them since the last apply, to different ends".to_owned(),
            )),
            Origin::Files | Origin::Unknown => {}
        }
        match &operation.by {
            Executor::Person { why } if self.by_hand.is_none() => {
                remarks.push(("by hand: ", why.clone()));
            }
            Executor::Person { .. } | Executor::Connector => {}
        }
        match &operation.undo {
            Undo::Reversible => {}
            Undo::Partly { why } => remarks.push(("undo only in part: ", why.clone())),
            Undo::Impossible { why } => remarks.push(("no undo: ", why.clone())),
        }
        remarks
    }
}

/// A place as `file:line (what is there)`; without what is there where that is only the entry of the subject itself.
pub(super) fn place(place: &Place, own: Option<&str>) -> Text {
    let at = Text::default().whole(Ink::Plain, &format!("{}:{}", place.file, place.line));
    let is_own = own.is_some_and(|own| place.what.split(' ').any(|word| word == own));
    if place.what.is_empty() || is_own {
        return at;
    }
    at.and(" (").and(&place.what).and(")")
}

fn all_by_hand(plan: &BusinessPlan) -> Option<&str> {
    let mut whys = plan.operations.iter().map(|operation| match &operation.by {
        Executor::Person { why } => Some(why.as_str()),
        Executor::Connector => None,
    });
    let first = whys.next()??;
    whys.all(|why| why == Some(first)).then_some(first)
}
