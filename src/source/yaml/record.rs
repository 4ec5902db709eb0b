//! Records: mappings with known keys. Unknown, repeated and missing keys are problems; merge keys are followed.

use super::events::Event;
use super::reader::{Parser, Reader};
use crate::source::shape::Record;
use crate::source::{At, Problem, nearest};

impl<'a> Reader<'a> {
    /// Reads a record: `field` is called once for each known key, and must read the value. Unknown, repeated and missing
    /// keys are problems; `owner` is blamed for what is missing. Merge keys (`<<`) give what the record does not write itself.
    pub fn record(
        &mut self,
        shape: &'static Record,
        owner: At,
        mut field: impl FnMut(&mut Self, &'static str, At),
    ) -> bool {
        if self.peek().0 != Event::MapStart {
            self.wrong(&format!("a mapping ({})", shape.doc));
            return false;
        }
        self.next();
        let mut seen = [None; 32];
        let mut merges = Vec::new();
        self.fields(shape, &mut seen, &mut merges, false, &mut field);
        for merge in merges {
            self.merge(shape, merge, &mut seen, &mut field);
        }
        for (index, known) in shape.fields.iter().enumerate() {
            if known.required && seen[index].is_none() && !self.broken {
                let message = format!("`{}` is missing in this {}", known.name, shape.name);
                self.error("missing-key", owner, message).help = Some(format!("{}: {}", known.name, known.doc));
            }
        }
        true
    }

    fn fields(
        &mut self,
        shape: &'static Record,
        seen: &mut [Option<At>; 32],
        merges: &mut Vec<Vec<(Event<'a>, At)>>,
        merged: bool,
        field: &mut impl FnMut(&mut Self, &'static str, At),
    ) {
        loop {
            let (event, at) = self.next();
            let key = match event {
                Event::MapEnd | Event::End => return,
                Event::Scalar { text, .. } => text,
                other => {
                    self.error("bad-key", at, format!("a key of this {} must be a word", shape.name));
                    self.skip_after(&other);
                    self.skip();
                    continue;
                }
            };
            if key == "<<" && !merged {
                self.capture_merge(merges);
                continue;
            }
            let Some(index) = shape.index(&key) else {
                self.unknown_key(shape, &key, at);
                self.skip();
                continue;
            };
            match seen[index] {
                None => {
                    seen[index] = Some(at);
                    field(self, shape.fields[index].name, at);
                }
                Some(_) if merged => self.skip(),
                Some(first) => {
                    self.repeated(&key, first, at);
                    self.skip();
                }
            }
        }
    }

    fn repeated(&mut self, key: &str, first: At, at: At) {
        let problem = Problem::error("duplicate-key", at.span(self.file), format!("`{key}` is written twice"))
            .related(first.span(self.file), "first written here");
        self.report(problem);
    }

    fn unknown_key(&mut self, shape: &Record, key: &str, at: At) {
        let names = shape.fields.iter().map(|field| field.name);
        let help = match nearest(key, names.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: {}", names.collect::<Vec<_>>().join(", ")),
        };
        self.error("unknown-key", at, format!("unknown key `{key}` in {} {}", article(shape.name), shape.name)).help =
            Some(help);
    }

    /// Takes the value of a merge key: a mapping, or a list of mappings.
    fn capture_merge(&mut self, merges: &mut Vec<Vec<(Event<'a>, At)>>) {
        if self.at_mapping() {
            let events = self.capture();
            merges.push(events);
        } else if self.at_list() {
            self.next();
            while !matches!(self.peek().0, Event::SeqEnd | Event::End) {
                if self.at_mapping() {
                    let events = self.capture();
                    merges.push(events);
                } else {
                    self.wrong("a mapping to merge");
                }
            }
            self.next();
        } else {
            self.wrong("a mapping to merge");
        }
    }

    fn merge(
        &mut self,
        shape: &'static Record,
        events: Vec<(Event<'a>, At)>,
        seen: &mut [Option<At>; 32],
        field: &mut impl FnMut(&mut Self, &'static str, At),
    ) {
        let behind = self.peeked.take();
        match &mut self.events {
            Parser::General(parser) => parser.replay(events, behind),
            _ => return self.events = Parser::GaveUp,
        }
        self.next();
        let mut nested = Vec::new();
        self.fields(shape, seen, &mut nested, true, field);
    }

    /// Takes the next value as events.
    fn capture(&mut self) -> Vec<(Event<'a>, At)> {
        let mut events = Vec::new();
        let mut depth = 0usize;
        loop {
            let (event, at) = self.next();
            match event {
                Event::MapStart | Event::SeqStart => depth += 1,
                Event::MapEnd | Event::SeqEnd => depth = depth.saturating_sub(1),
                _ => {}
            }
            let over = event == Event::End;
            events.push((event, at));
            if depth == 0 || over {
                return events;
            }
        }
    }
}

fn article(name: &str) -> &'static str {
    if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}
