//! Members whose texts are stored a batch at a time: each text of a million is new, and looking one up after the other waits for the memory
//! each time ([`Strings::intern_all`] tells why many at once don't).

use super::Member;
use super::ids::Ids;
use crate::model::{Strings, Sym, short_number};

/// A text that waits, by its place in the batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct LateText(usize);

/// A member whose texts wait.
#[derive(Debug)]
pub(super) struct LateMember {
    pub(super) id: LateText,
    pub(super) email: Option<LateText>,
    pub(super) username: Option<LateText>,
    pub(super) role: Sym,
    pub(super) system: bool,
    pub(super) created_at: Option<Sym>,
    pub(super) created_by: Option<Sym>,
}

/// A batch of members.
#[derive(Debug, Default)]
pub(super) struct Late {
    text: String,
    /// Where each text ends.
    ends: Vec<usize>,
    members: Vec<LateMember>,
}

/// So many members are a batch.
const BATCH: usize = 64;

impl Late {
    /// Keeps a text until the batch is full.
    pub(super) fn text(&mut self, text: &str) -> LateText {
        self.text.push_str(text);
        self.ends.push(self.text.len());
        LateText(self.ends.len() - 1)
    }

    /// Takes a member in; answers whether the batch is full.
    pub(super) fn push(&mut self, member: LateMember) -> bool {
        self.members.push(member);
        self.members.len() >= BATCH
    }

    /// Stores all texts and gives the members out, in the order in which they came.
    pub(super) fn settle(&mut self, strings: &mut Strings, ids: &mut Ids, members: &mut Vec<Member>) {
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        let texts = starts.zip(&self.ends).map(|(start, end)| self.text.get(start..*end).unwrap_or_default());
        let syms = strings.intern_all(texts);
        let sym = |text: LateText| syms[text.0];
        members.extend(self.members.drain(..).map(|late| {
            let LateMember { id, email, username, role, system, created_at, created_by } = late;
            let id = sym(id);
            if let Some(number) = short_number(strings.get(id))
                && ids.find(number, false).is_none()
            {
                ids.add(number, id);
            }
            Member { id, email: email.map(sym), username: username.map(sym), role, system, created_at, created_by }
        }));
        self.text.clear();
        self.ends.clear();
    }
}
