//! Businesses, and which business each document is about.

use crate::model::{PrincipalIx, SmallMap, Sym};
use crate::platforms;
use crate::source::{FileId, Problem};

use super::policy::check_root;
use super::{Resolver, Source};
use crate::desired::document;
use crate::desired::{Business, Managed};

impl Resolver {
    pub(super) fn businesses(&mut self, sources: &mut [Source], root: Option<FileId>) {
        self.root(sources, root);
        for source in sources.iter() {
            for entry in &source.doc.businesses {
                self.business(source, entry);
            }
        }
        self.businesses.sort_by(|a, b| self.strings.get(a.key).cmp(self.strings.get(b.key)));
        self.business_keys = (0u32..).zip(&self.businesses).map(|(index, business)| (business.key, index)).collect();
        if self.businesses.is_empty() && root.is_some() && self.problems.is_empty() {
            let problem = Problem::unplaced("no-business", "the access repository names no business")
                .help("write `businesses:` in accord.yaml; `accord init` shows how");
            self.problems.push(problem);
        }
        for source in sources.iter_mut() {
            source.business = self.document_business(source);
            self.sections(source);
        }
    }

    /// What only `accord.yaml` may say: version, ignored files.
    fn root(&mut self, sources: &[Source], root: Option<FileId>) {
        let mut version = false;
        for source in sources {
            version |= Some(source.file) == root && source.doc.version.is_some();
            check_root(self, source, root);
        }
        match root {
            None => {
                let problem = Problem::unplaced("no-root", "there is no `accord.yaml` here")
                    .help("an access repository has it at its top; `accord init` writes one");
                self.problems.push(problem);
            }
            Some(_) if !version => {
                let problem = Problem::unplaced("no-version", "accord.yaml does not say its `version`")
                    .help("write `version: 1` at its top");
                self.problems.push(problem);
            }
            Some(_) => {}
        }
    }

    fn business(&mut self, source: &Source, entry: &document::Business) {
        let key = source.sym(entry.key.text);
        let first = self.businesses.iter().find(|other| other.key == key).map(|other| other.pos);
        if let Some(first) = first {
            return self.duplicate("business", key, source.span(entry.key.at), first);
        }
        // Wrong or missing words are reported already; with stand-ins, what is written about this business is checked all the same.
        let word = entry.platform.map(|word| self.strings.get(source.sym(word.text)));
        let Some(platform) = word.map_or(Some(platforms::PLATFORMS[0]), platforms::by_name) else {
            return;
        };
        let id_sym = entry.id.map_or(key, |word| source.sym(word.text));
        let twin = self.businesses.iter().find(|other| other.id == id_sym && other.platform.name == platform.name);
        if let (Some(id), Some(other)) = (entry.id, twin) {
            let (key, pos) = (other.key, other.pos);
            let length = self.text(key).chars().count();
            let message = format!("business `{}` has this id too", self.text(key));
            let problem =
                Problem::error("duplicate-id", source.span(id.at), message).related(pos.span(length), "written here");
            return self.problems.push(problem);
        }
        let doc = &source.doc;
        let domains = source.syms(entry.domains.of(&doc.words)).into_iter().map(|sym| self.fold(sym)).collect();
        let protected = entry.protected.of(&doc.words);
        let protected_names =
            protected.iter().map(|word| (self.fold(source.sym(word.text)), source.pos(word.at))).collect();
        self.businesses.push(Business {
            key,
            pos: source.pos(entry.key.at),
            platform,
            id: id_sym,
            name: source.opt(entry.name),
            owners: source.syms(entry.owners.of(&doc.words)),
            mode: entry.mode,
            domains,
            protected: Vec::new(),
            protected_names,
            snapshot: entry.snapshot.map(|word| source.sym(word.text)),
            last_applied: entry.last_applied.map(|word| source.sym(word.text)),
            managed: Managed::default(),
        });
    }

    fn document_business(&mut self, source: &Source) -> Option<u32> {
        if source.doc.business.is_some() {
            return self.business_of(source, source.doc.business, crate::source::At::new(1, 1, 1));
        }
        (self.businesses.len() == 1).then_some(0)
    }

    /// Notes which sections are written for which business.
    fn sections(&mut self, source: &Source) {
        let doc = &source.doc;
        if let Some(at) = doc.people_written
            && let Some(business) = self.business_of(source, None, at)
        {
            let managed = &mut self.businesses[business as usize].managed;
            managed.people = true;
            managed.people_grants |= doc.people.iter().any(|person| person.grants.is_some());
        }
        let empty = [
            (doc.teams_written, doc.teams.is_empty()),
            (doc.partners_written, doc.partners.is_empty()),
            (doc.groups_written, !doc.assets.iter().any(|asset| asset.section == document::Section::Groups)),
        ];
        for (index, (at, empty)) in empty.into_iter().enumerate() {
            // A section with entries is about their businesses; an empty one is about the document's.
            if let (Some(at), true) = (at, empty)
                && let Some(business) = self.business_of(source, None, at)
            {
                let managed = &mut self.businesses[business as usize].managed;
                *[&mut managed.people, &mut managed.partners, &mut managed.groups][index] = true;
            }
        }
    }

    /// Whom no plan may take access from, as far as the files name them.
    pub(super) fn protect(&mut self, sources: &[Source]) {
        let ids: SmallMap<Sym, u32> =
            (0u32..).zip(&self.people).filter_map(|(index, person)| Some((person.id?, index))).collect();
        for source in sources {
            for entry in &source.doc.businesses {
                let key = source.sym(entry.key.text);
                let Some(&business) = self.business_keys.get(&key) else {
                    continue;
                };
                for word in entry.protected.of(&source.doc.words) {
                    let name = source.sym(word.text);
                    let folded = self.fold(name);
                    let partner = self.partner_keys.get(&(business, name)).map(|index| PrincipalIx::partner(*index));
                    let person =
                        self.addresses.get(folded).or_else(|| ids.get(&name).copied()).map(PrincipalIx::person);
                    if let Some(principal) = person.or(partner) {
                        self.businesses[business as usize].protected.push((principal, source.pos(word.at)));
                    }
                }
            }
        }
    }
}
