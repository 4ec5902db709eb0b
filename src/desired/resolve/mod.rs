//! From documents to the desired state: names become indexes, every reference is checked, grants are expanded.
//!
//! Order: businesses, then assets and profiles, then people, teams and partners, then grants, then the policy, which may name all of them. Every step reports what it finds
//! and goes on; a state is only given out where there is no error at all.

mod assets;
mod businesses;
mod by_sym;
mod grants;
mod people;
mod policy;

use std::borrow::Cow;

use crate::model::{Digest, SmallMap, SmallSet, Strings, Sym, Until, both, fold};
use crate::policy::Policy;
use crate::source::{At, FileId, Files, Level, Pos, Problem, Span, nearest};

use super::document::{Document, Word};
use super::{Asset, Business, DesiredState, Membership, Partner, Person, Profile, Team};
use by_sym::BySym;

/// A document with the file it stands in and its local symbols as global ones.
struct Source {
    file: FileId,
    /// The folder of the file, as a path of the repository.
    folder: String,
    doc: Document,
    global: Vec<Sym>,
    /// Index of the business its sections are about.
    business: Option<u32>,
}

impl Source {
    fn sym(&self, local: Sym) -> Sym {
        self.global[local.index()]
    }

    fn opt(&self, local: Option<Sym>) -> Option<Sym> {
        local.map(|sym| self.sym(sym))
    }

    fn pos(&self, at: At) -> Pos {
        at.pos(self.file)
    }

    fn span(&self, at: At) -> Span {
        at.span(self.file)
    }

    fn syms(&self, words: &[Word]) -> Vec<Sym> {
        words.iter().map(|word| self.sym(word.text)).collect()
    }
}

/// Everything known so far.
#[derive(Default)]
struct Resolver {
    strings: Strings,
    problems: Vec<Problem>,
    policy: Policy,
    businesses: Vec<Business>,
    assets: Vec<Asset>,
    profiles: Vec<Profile>,
    people: Vec<Person>,
    teams: Vec<Team>,
    partners: Vec<Partner>,
    memberships: Vec<Membership>,
    business_keys: SmallMap<Sym, u32>,
    asset_keys: SmallMap<(u32, Sym), u32>,
    profile_keys: SmallMap<Sym, u32>,
    /// Folded keys and addresses.
    addresses: BySym,
    partner_keys: SmallMap<(u32, Sym), u32>,
    /// Last days of memberships as `people:` writes them: they cap what teams give.
    caps: SmallMap<(u32, u32), Until>,
    /// Keys of assets that are written and refused: naming them is not a second mistake.
    refused: SmallSet<Sym>,
}

/// Resolves the documents of all files. The state is absent where there is an error.
pub(super) fn resolve(
    files: Files,
    root: Option<FileId>,
    documents: Vec<(FileId, Document)>,
    digest: Digest,
    mut problems: Vec<Problem>,
    threads: usize,
) -> (Option<DesiredState>, Vec<Problem>, Files) {
    let strings = documents.iter().map(|(_, doc)| doc.strings.len()).sum();
    let mut resolver = Resolver { strings: Strings::with_capacity(strings), ..Resolver::default() };
    let mut sources: Vec<Source> = documents.into_iter().map(|(file, doc)| resolver.adopt(&files, file, doc)).collect();
    resolver.businesses(&mut sources, root);
    resolver.assets(&sources);
    resolver.profiles(&sources);
    let links = resolver.people(&sources);
    resolver.protect(&sources);
    let mut memberships = std::mem::take(&mut resolver.memberships);
    let ((), (items, grants)) = both(
        threads,
        || memberships.sort_by_key(|row| (row.business, row.person, row.pos)),
        || resolver.grants(&mut sources, &links),
    );
    let contents = resolver.contents(&sources);
    resolver.policy(&mut sources, &files);
    drop_consequences(&problems, &mut resolver.problems);
    problems.append(&mut resolver.problems);
    if problems.iter().any(|problem| problem.level == Level::Error) {
        return (None, problems, files);
    }
    let Resolver { strings, policy, businesses, assets, profiles, people, teams, partners, .. } = resolver;
    let state = DesiredState {
        strings: strings.finished(),
        files: files.clone(),
        cut: Vec::new(),
        digest,
        businesses,
        assets,
        profiles,
        people,
        teams,
        partners,
        memberships,
        items,
        grants,
        contents,
        policy,
    };
    (Some(state), problems, files)
}

/// Behind a syntax error a file is not read, nor is one that can't be: names it would have brought are missing, and that is not worth a message each.
fn drop_consequences(read: &[Problem], found: &mut Vec<Problem>) {
    let cut = ["syntax", "too-deep", "tag", "alias", "too-many-aliases", "not-utf8", "unreadable"];
    if read.iter().any(|problem| cut.contains(&problem.code)) {
        found
            .retain(|problem| !["unknown-name", "which-business", "no-business", "no-version"].contains(&problem.code));
    }
}

impl Resolver {
    fn adopt(&mut self, files: &Files, file: FileId, mut doc: Document) -> Source {
        let global = self.strings.intern_all(doc.strings.iter().map(|(_, text)| text));
        doc.strings = Strings::new();
        let folder = files.path(file).rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        Source { file, folder, doc, global, business: None }
    }

    fn text(&self, sym: Sym) -> &str {
        self.strings.get(sym)
    }

    /// Lower case, for addresses and user names.
    fn fold(&mut self, sym: Sym) -> Sym {
        let folded = match fold(self.strings.get(sym)) {
            Cow::Borrowed(_) => return sym,
            Cow::Owned(folded) => folded,
        };
        self.strings.intern(&folded)
    }

    fn error(&mut self, code: &'static str, span: Span, message: String) -> &mut Problem {
        self.problems.push(Problem::error(code, span, message));
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    fn duplicate(&mut self, what: &str, name: Sym, span: Span, first: Pos) {
        let name = self.text(name).to_owned();
        let length = name.chars().count();
        let problem = Problem::error("duplicate", span, format!("{what} `{name}` is written twice"))
            .related(first.span(length), "first written here");
        self.problems.push(problem);
    }

    /// Reports a name that nothing has, with the nearest that something has.
    fn unknown(&mut self, what: &str, source: &Source, word: Word, known: impl Iterator<Item = Sym>) {
        let name = self.strings.get(source.sym(word.text));
        let help = nearest(name, known.map(|sym| self.strings.get(sym))).map(|near| format!("did you mean `{near}`?"));
        let message = format!("there is no {what} `{name}`");
        self.error("unknown-name", source.span(word.at), message).help = help;
    }

    /// The business an entry is about: its own `business:`, else the document's.
    fn business_of(&mut self, source: &Source, own: Option<Word>, at: At) -> Option<u32> {
        let Some(word) = own else {
            if source.business.is_none() && source.doc.business.is_none() {
                self.error(
                    "which-business",
                    source.span(at),
                    "it is not said which business this is about".to_owned(),
                )
                .help = Some("write `business:` at the top of the document, or in the entry".to_owned());
            }
            return source.business;
        };
        let found = self.business_keys.get(&source.sym(word.text)).copied();
        if found.is_none() {
            let keys: Vec<Sym> = self.businesses.iter().map(|business| business.key).collect();
            self.unknown("business", source, word, keys.into_iter());
        }
        found
    }
}
