//! Where rules report to.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::finding::{Cut, Exposure, Fingerprint, Fix, Level, Node, NotEvaluated, Place, Related, Severity, Witness};
use super::params::Params;
use super::rule::Rule;

/// Collects what one rule has to say.
pub struct Sink<'r> {
    rule: &'r Rule,
    /// The values of the rule's parameters.
    pub params: &'r Params,
    entries: Vec<Entry>,
    teller: Option<Teller<'r>>,
    reading: Reading,
    not_evaluated: Vec<NotEvaluated>,
}

/// How much of the findings is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reading {
    /// All of it.
    Proven,
    /// What stays of a finding without related places, witness, cut and fix.
    Told,
    /// Only how many they are, and so many were counted.
    Counted(u64),
}

/// Tells a finding by its number among those that are told later, and by whether somebody will read its proof.
type Teller<'r> = Box<dyn Fn(usize, bool) -> Draft + Send + 'r>;

/// Findings of one rule that are told only where somebody reads them: of what was there before, a plan compares no more than the
/// brief. For rules that find much. Each keeps the little that [`told_by`](Later::told_by) needs to tell it, not a closure of its own.
#[must_use = "nothing is reported before it is said who tells it"]
pub struct Later<'s, 'r, T> {
    sink: &'s mut Sink<'r>,
    entries: Vec<Entry>,
    things: Vec<T>,
}

/// What makes a finding the same as another one, and how much it touches: enough to compare two states.
#[derive(Clone, Copy, Debug)]
pub struct Brief<'n> {
    /// [`Draft::business`].
    pub business: Option<&'n str>,
    /// The stable name of the subject.
    pub subject: &'n str,
    /// The stable name of the object.
    pub object: Option<&'n str>,
    /// [`Draft::detail`]. One at most, so that there is no order of them to keep.
    pub detail: Option<&'n str>,
    /// [`Draft::exposure`].
    pub exposure: (usize, usize),
    /// [`Draft::impact`].
    pub impact: u64,
}

/// One finding of a rule, told or not yet. There are a million of them where a million grants are wrong, so it is small.
pub(super) struct Entry {
    pub(super) fingerprint: Fingerprint,
    exposure: Exposure,
    impact: u64,
    telling: Telling,
}

enum Telling {
    Told(Box<Draft>),
    /// By its number.
    Later(usize),
    /// The same finding twice: the second lends its places to the first.
    Twice(Box<(Telling, Telling)>),
}

impl Telling {
    fn told(self, teller: Option<&Teller<'_>>, proven: bool) -> Draft {
        match self {
            Telling::Told(draft) => *draft,
            Telling::Later(number) => {
                let draft = by(teller)(number, proven);
                debug_assert!(draft.assets.is_empty(), "a brief has no place for assets");
                draft
            }
            Telling::Twice(both) => {
                let (first, second) = *both;
                let mut draft = first.told(teller, proven);
                draft.absorb(&second.told(teller, proven));
                draft
            }
        }
    }

    /// The first of several, where it is told already.
    fn first(&self) -> Option<&Draft> {
        match self {
            Telling::Told(draft) => Some(draft),
            Telling::Later(_) => None,
            Telling::Twice(both) => both.0.first(),
        }
    }
}

#[expect(clippy::expect_used, reason = "only `told_by` adds findings that are told later, and it sets the teller")]
fn by<'t, 'r>(teller: Option<&'t Teller<'r>>) -> &'t Teller<'r> {
    teller.expect("somebody to tell it")
}

impl Entry {
    /// Under which name it is reported, where that is not the rule's.
    pub(super) fn own(&self) -> Option<&Own> {
        self.telling.first()?.own.as_ref()
    }

    /// It touches more people or assets, or others than another one, or weighs more.
    pub(super) fn is_worse(&self, before: &Entry) -> bool {
        self.exposure.people > before.exposure.people
            || self.exposure.assets > before.exposure.assets
            || !self.assets().is_subset(before.assets())
            || self.impact > before.impact
    }

    /// A brief is for findings about one asset, which is in their fingerprint, or about assets that the fingerprint names.
    fn assets(&self) -> &BTreeSet<String> {
        static NONE: BTreeSet<String> = BTreeSet::new();
        self.telling.first().map_or(&NONE, |draft| &draft.assets)
    }

    fn key(&self) -> (Option<&str>, Fingerprint) {
        (self.own().map(|own| own.name.as_str()), self.fingerprint)
    }

    /// Which of two comes first.
    pub(super) fn order(&self, other: &Entry) -> Ordering {
        self.key().cmp(&other.key())
    }

    fn with(self, other: Entry) -> Entry {
        Entry { telling: Telling::Twice(Box::new((self.telling, other.telling))), ..self }
    }
}

/// What one rule found, in the order of names and fingerprints.
pub(super) struct Found<'r> {
    pub(super) entries: Vec<Entry>,
    pub(super) told: Tells<'r>,
    /// Findings that are only counted.
    pub(super) counted: u64,
    pub(super) not_evaluated: Vec<NotEvaluated>,
}

/// Tells what was found.
pub(super) struct Tells<'r> {
    rule: &'r Rule,
    teller: Option<Teller<'r>>,
}

impl Tells<'_> {
    /// The finding itself; `proven` says whether somebody will read its proof.
    pub(super) fn tell(&self, entry: Entry, proven: bool) -> Draft {
        let Entry { fingerprint, exposure, impact, telling } = entry;
        let draft = telling.told(self.teller.as_ref(), proven);
        debug_assert_eq!(draft.fingerprint(self.rule.name), fingerprint, "a brief says what is told");
        debug_assert_eq!((draft.exposure, draft.impact), (exposure, impact), "a brief says what is told");
        draft
    }
}

/// A finding before it is known what the policy makes of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    pub(super) business: Option<String>,
    pub(super) subject: Node,
    pub(super) object: Option<Node>,
    pub(super) detail: Vec<String>,
    pub(super) message: String,
    pub(super) place: Option<Place>,
    pub(super) label: String,
    pub(super) record: Option<String>,
    pub(super) related: Vec<Related>,
    pub(super) witness: Vec<Witness>,
    pub(super) exposure: Exposure,
    pub(super) assets: BTreeSet<String>,
    pub(super) impact: u64,
    pub(super) cut: Vec<Cut>,
    pub(super) root: Option<Node>,
    pub(super) fix: Option<Fix>,
    pub(super) severity: Option<Severity>,
    pub(super) own: Option<Own>,
}

/// Under which name of its own a finding is reported, for rules that stand for others: custom rules and assertions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Own {
    pub(super) name: String,
    pub(super) level: Level,
}

impl<'r> Sink<'r> {
    /// An empty one.
    pub(super) fn new(rule: &'r Rule, params: &'r Params) -> Self {
        let reading = Reading::Proven;
        Sink { rule, params, entries: Vec::new(), teller: None, reading, not_evaluated: Vec::new() }
    }

    /// One of whose findings less is read.
    pub(super) fn reading(self, reading: Reading) -> Self {
        Sink { reading, ..self }
    }

    /// Whether somebody reads the proof: related places, witness, cut and fix. A rule that finds much leaves it out where nobody does.
    pub fn is_proven(&self) -> bool {
        self.reading == Reading::Proven
    }

    /// Whether nobody reads what is found: a rule that finds much may then count it instead of reporting it. What it would report under
    /// one fingerprint counts once.
    pub fn only_counts(&self) -> bool {
        matches!(self.reading, Reading::Counted(_))
    }

    /// Adds to the count, where [`Sink::only_counts`].
    pub fn count(&mut self, findings: usize) {
        debug_assert!(self.only_counts(), "somebody reads these");
        if let Reading::Counted(count) = &mut self.reading {
            *count += findings as u64;
        }
    }

    /// Takes a finding.
    pub fn report(&mut self, draft: Draft) {
        let fingerprint = draft.fingerprint(self.rule.name);
        let (exposure, impact) = (draft.exposure, draft.impact);
        self.entries.push(Entry { fingerprint, exposure, impact, telling: Telling::Told(Box::new(draft)) });
    }

    /// Takes findings that are told only where somebody reads them; once for a rule, since it is one function that tells them all.
    pub fn later<T>(&mut self) -> Later<'_, 'r, T> {
        debug_assert!(self.teller.is_none(), "one function tells all findings of a rule");
        Later { sink: self, entries: Vec::new(), things: Vec::new() }
    }

    /// Says that so many things could not be looked at, and why. Unknown is not false: whoever lacks data says so here.
    pub fn not_evaluated(&mut self, reason: impl Into<String>, count: usize) {
        let rule = self.rule.name.to_owned();
        self.not_evaluated.push(NotEvaluated { rule, reason: reason.into(), count: count as u64 });
    }

    /// Everything, by fingerprint; drafts of one fingerprint are one finding with several places.
    pub(super) fn finish(self) -> Found<'r> {
        let mut sorted = self.entries;
        // Stable: of one fingerprint the first that the rule reported leads.
        sorted.sort_by(Entry::order);
        let mut entries: Vec<Entry> = Vec::with_capacity(sorted.len());
        for entry in sorted {
            match entries.pop() {
                Some(first) if first.key() == entry.key() => entries.push(first.with(entry)),
                before => entries.extend(before.into_iter().chain([entry])),
            }
        }
        let mut not_evaluated = self.not_evaluated;
        not_evaluated.sort();
        let told = Tells { rule: self.rule, teller: self.teller };
        let counted = if let Reading::Counted(count) = self.reading { count } else { 0 };
        Found { entries, told, counted, not_evaluated }
    }
}

impl<'r, T> Later<'_, 'r, T> {
    /// Takes a finding: what it is compared by, and what it is told from.
    pub fn report(&mut self, brief: &Brief<'_>, thing: T) {
        let names = [brief.subject, brief.object.unwrap_or_default()].into_iter().chain(brief.detail);
        let (people, assets) = brief.exposure;
        self.entries.push(Entry {
            fingerprint: Fingerprint::of(self.sink.rule.name, brief.business, names),
            exposure: Exposure { people: people as u64, assets: assets as u64 },
            impact: brief.impact,
            telling: Telling::Later(self.things.len()),
        });
        self.things.push(thing);
    }

    /// Reports them all. `tell` is asked with whether the proof is wanted as well (related places, witness, cut and fix).
    pub fn told_by(self, tell: impl Fn(&T, bool) -> Draft + Send + 'r)
    where
        T: Send + 'r,
    {
        let Later { sink, entries, things } = self;
        sink.entries.extend(entries);
        sink.teller = Some(Box::new(move |number, proven| tell(&things[number], proven)));
    }
}

impl Draft {
    /// A finding about somebody or something: one sentence, lower case, no full stop.
    pub fn new(subject: Node, message: impl Into<String>) -> Self {
        Draft {
            business: None,
            subject,
            object: None,
            detail: Vec::new(),
            message: message.into(),
            place: None,
            label: String::new(),
            record: None,
            related: Vec::new(),
            witness: Vec::new(),
            exposure: Exposure::default(),
            assets: BTreeSet::new(),
            impact: 0,
            cut: Vec::new(),
            root: None,
            fix: None,
            severity: None,
            own: None,
        }
    }

    /// On what.
    #[must_use]
    pub fn on(mut self, object: Node) -> Self {
        self.object = Some(object);
        self
    }

    /// In which business, by key.
    #[must_use]
    pub fn business(mut self, key: Option<&str>) -> Self {
        self.business = key.map(str::to_owned);
        self
    }

    /// What tells it from other findings of the rule about the same subject and object, by stable names: it goes into the
    /// fingerprint.
    #[must_use]
    pub fn detail(mut self, name: impl Into<String>) -> Self {
        self.detail.push(name.into());
        self
    }

    /// The line that causes it and what stands there. Without a line the label still says what it is.
    #[must_use]
    pub fn at(mut self, place: Option<Place>, label: impl Into<String>) -> Self {
        self.place = place;
        self.label = label.into();
        self
    }

    /// The row of the export that shows it.
    #[must_use]
    pub fn record(mut self, record: Option<String>) -> Self {
        self.record = record;
        self
    }

    /// Another place, such as the policy line that makes it a finding. Nothing happens where there is no place.
    #[must_use]
    pub fn related(mut self, place: Option<Place>, label: impl Into<String>) -> Self {
        let related = place.map(|place| Related { place, label: label.into() });
        self.related.extend(related);
        self
    }

    /// A path that proves it.
    #[must_use]
    pub fn witness(mut self, witness: Option<Witness>) -> Self {
        self.witness.extend(witness);
        self
    }

    /// How many people and assets it touches. More than before makes it *worsened*.
    #[must_use]
    pub fn exposure(mut self, people: usize, assets: usize) -> Self {
        self.exposure = Exposure { people: people as u64, assets: assets as u64 };
        self
    }

    /// Which assets it touches, by stable names, where they may change while their number stays. One that was not among them before
    /// makes it *worsened*.
    #[must_use]
    pub fn touching(mut self, assets: BTreeSet<String>) -> Self {
        self.assets = assets;
        self
    }

    /// The summed weight of the capabilities. More than before makes it *worsened*.
    #[must_use]
    pub fn impact(mut self, weight: u64) -> Self {
        self.impact = weight;
        self
    }

    /// The least that has to go.
    #[must_use]
    pub fn cut(mut self, cut: Vec<Cut>) -> Self {
        self.cut = cut;
        self
    }

    /// What it has in common with others that one repair would end.
    #[must_use]
    pub fn root(mut self, root: Node) -> Self {
        self.root = Some(root);
        self
    }

    /// How to mend it.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Another severity than the rule's.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Reports it under the name of a rule that the policy defines.
    #[must_use]
    pub fn under(mut self, name: &str, level: Level) -> Self {
        self.own = Some(Own { name: name.to_owned(), level });
        self
    }

    /// Without its proof.
    pub(super) fn unproven(mut self) -> Self {
        self.related.clear();
        self.witness.clear();
        self.cut.clear();
        self.fix = None;
        self
    }

    fn fingerprint(&self, rule: &str) -> Fingerprint {
        let rule = self.own.as_ref().map_or(rule, |own| &own.name);
        let object = self.object.as_ref().map_or("", |object| object.id.as_str());
        let mut detail: Vec<&str> = self.detail.iter().map(String::as_str).collect();
        detail.sort_unstable();
        let names = [self.subject.id.as_str(), object].into_iter().chain(detail);
        Fingerprint::of(rule, self.business.as_deref(), names)
    }

    /// Takes the places of another draft of the same finding.
    fn absorb(&mut self, other: &Draft) {
        let place = other.place.clone().filter(|place| self.place.as_ref() != Some(place));
        let own = place.map(|place| Related { place, label: other.label.clone() });
        for related in own.into_iter().chain(other.related.iter().cloned()) {
            if !self.related.contains(&related) {
                self.related.push(related);
            }
        }
    }
}
