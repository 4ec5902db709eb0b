//! The middle depth: everybody who is affected, the gravest first, with what they gain and lose and why.

use std::collections::{BTreeMap, BTreeSet};

use super::blocks::Block;
use super::effect::{Effect, Sign, Subject, Weight, What};
use super::why::Reasons;
use crate::model::{AssetRef, Principal};
use crate::plan::BusinessPlan;
use crate::platforms::Certainty;
use crate::reports::words::{self, Words};
use crate::terminal::{Ink, Page, Text, prose};

/// Capabilities that are named before the rest is counted; all of them stand in the list of permissions at the end.
const CAPABILITIES: usize = 2;

/// More names than this are counted as well.
const MANY: usize = 3;

/// So many of a partner's own people are named before the rest is counted.
const THEIRS: usize = 5;

/// The sections of the affected, in order.
const SECTIONS: [(&str, &[Weight]); 3] = [
    ("Administration and money", &[Weight::Admin, Weight::Billing]),
    ("Access taken away", &[Weight::Loss]),
    ("Access given", &[Weight::Light]),
];

/// All sections that have somebody in them.
pub(super) fn page(plan: &BusinessPlan, blocks: &[Block<'_>], words: &Words, reasons: &Reasons<'_>) -> Page {
    let mut page = Page::new();
    let mut explained = BTreeSet::new();
    for (title, weights) in SECTIONS {
        let section: Vec<&Block<'_>> = blocks.iter().filter(|block| weights.contains(&block.weight())).collect();
        if section.is_empty() {
            continue;
        }
        page.gap();
        let heading = Text::of(Ink::Strong, title);
        page.line(0, heading.and(&format!(": {}", counted(&section))));
        for entry in merged(plan, &section, words, reasons) {
            page.gap();
            page.append(entry.page(words, &mut explained));
        }
    }
    page
}

/// How many of each kind: `4 people and 1 partner`.
pub(super) fn counted(blocks: &[&Block<'_>]) -> String {
    let of = |is: fn(&Subject) -> bool| blocks.iter().filter(|block| is(&block.subject)).count();
    let (people, partners) = (of(Subject::is_person), of(Subject::is_partner));
    let groups = blocks.len() - people - partners;
    let counts =
        [(people, "person", "people"), (partners, "partner", "partners"), (groups, "asset group", "asset groups")];
    let named: Vec<String> =
        counts.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| prose::count(n as u64, one, many)).collect();
    prose::list(&named)
}

/// Subjects to whom exactly the same happens, for the same reasons.
struct Entry<'a> {
    blocks: Vec<&'a Block<'a>>,
    what: Same,
}

/// What is the same for all subjects of an entry.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Same {
    /// Subjects of different kinds are never told together.
    is_person: bool,
    sign: Sign,
    tags: Vec<&'static str>,
    parts: Vec<Part>,
    /// A partner's own people who lose something with it.
    theirs: Vec<String>,
}

/// Effects with one reason.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    lines: Vec<Line>,
    why: Page,
}

/// One line of effects, and what may be explained below it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    text: Text,
    meaning: Option<Meaning>,
}

/// Permissions gained or lost beside others that are kept: what they mean is explained once.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Meaning {
    sign: Sign,
    permissions: Vec<String>,
    keeps: Vec<String>,
}

fn merged<'a>(plan: &BusinessPlan, blocks: &[&'a Block<'a>], words: &Words, reasons: &Reasons<'_>) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = Vec::new();
    let mut known: BTreeMap<Same, usize> = BTreeMap::new();
    for block in blocks {
        let what = Same {
            is_person: block.subject.is_person(),
            sign: block.sign(),
            tags: tags(block),
            parts: parts(block, words, reasons),
            theirs: theirs(plan, block),
        };
        let index = *known.entry(what.clone()).or_insert(entries.len());
        match entries.get_mut(index) {
            Some(entry) => entry.blocks.push(block),
            None => entries.push(Entry { blocks: vec![block], what }),
        }
    }
    entries
}

impl Entry<'_> {
    fn page(self, words: &Words, explained: &mut BTreeSet<Meaning>) -> Page {
        let Same { is_person: _, sign, tags, parts, theirs } = self.what;
        let mut heading = Text::of(sign.ink(), sign.symbol()).and(" ");
        if self.blocks.len() > MANY {
            heading = heading.and(&format!("{}: ", counted(&self.blocks)));
        }
        let names = self.blocks.iter().map(|block| name(block));
        for (index, name) in names.enumerate() {
            let between = match self.blocks.len() - index {
                _ if index == 0 => "",
                1 => " and ",
                _ => ", ",
            };
            heading = heading.and(between).then(Ink::Strong, &name);
        }
        for tag in tags {
            heading = heading.and(" ").then(Ink::Alarm, tag);
        }
        let mut page = Page::new();
        page.hanging(2, 4, heading);
        for part in parts {
            page.append_indented(4, part.page(words, explained));
        }
        if !theirs.is_empty() {
            let names = prose::list_some(&theirs, THEIRS);
            page.line(4, Text::plain(&format!("who loses something there, as they report: {names}")));
        }
        page
    }
}

impl Part {
    fn page(self, words: &Words, explained: &mut BTreeSet<Meaning>) -> Page {
        let mut page = Page::new();
        for line in self.lines {
            page.line(0, line.text);
            if let Some(meaning) = line.meaning
                && !explained.contains(&meaning)
            {
                page.append_indented(2, meaning.page(words));
                explained.insert(meaning);
            }
        }
        page.append_indented(2, self.why);
        page
    }
}

/// The own people of a partner who lose something, as far as the partner reports them.
fn theirs(plan: &BusinessPlan, block: &Block<'_>) -> Vec<String> {
    let Subject::Principal(Principal::Partner(partner)) = &block.subject else {
        return Vec::new();
    };
    let lost = block.effects.iter().filter(|effect| effect.sign == Sign::Loss);
    let lost: BTreeSet<&str> = lost.filter_map(|effect| effect.asset()?.id.as_deref()).collect();
    let people = plan.partner_people.iter().filter(|theirs| theirs.partner == partner.id);
    let people = people.filter(|theirs| block.leaves() || theirs.assets.iter().any(|it| lost.contains(it.as_str())));
    people.map(|theirs| theirs.person.clone()).collect()
}

/// The subject's label; for a partner also which way the partnership points.
fn name(block: &Block<'_>) -> String {
    let label = block.label();
    match &block.subject {
        Subject::Principal(Principal::Partner(partner)) => {
            format!("{label}, {}", words::direction(partner.direction))
        }
        Subject::Principal(Principal::Person(_)) | Subject::Group(_) => label,
    }
}

fn tags(block: &Block<'_>) -> Vec<&'static str> {
    let tags = [
        (block.weighs(Weight::Admin), "[admin]"),
        (block.weighs(Weight::Billing), "[money]"),
        (block.is_outsider(), "[outside]"),
    ];
    let said = tags.into_iter().filter(|(holds, _)| *holds);
    said.map(|(_, tag)| tag).collect()
}

/// Effects with the same reasons together, in the order of the first of each.
fn parts(block: &Block<'_>, words: &Words, reasons: &Reasons<'_>) -> Vec<Part> {
    let mut parts: Vec<(Page, Vec<&Effect<'_>>)> = Vec::new();
    let mut known: BTreeMap<Page, usize> = BTreeMap::new();
    let own = block.subject.key();
    for effect in &block.effects {
        let why = reasons.page(effect.operation, own);
        let index = *known.entry(why.clone()).or_insert(parts.len());
        match parts.get_mut(index) {
            Some((_, effects)) => effects.push(effect),
            None => parts.push((why, vec![effect])),
        }
    }
    let parts = parts
        .into_iter()
        .map(|(why, effects)| Part { lines: gathered(&effects).iter().map(|g| g.line(words)).collect(), why });
    parts.collect()
}

/// Effects that differ only in the asset.
struct Gathered<'a> {
    effect: &'a Effect<'a>,
    assets: Vec<&'a AssetRef>,
}

fn gathered<'a>(effects: &[&'a Effect<'a>]) -> Vec<Gathered<'a>> {
    let mut gathered: Vec<Gathered<'a>> = Vec::new();
    let mut known = BTreeMap::new();
    for effect in effects {
        let asset = effect.asset();
        let index = match effect.but_for_the_asset() {
            Some(rest) => *known.entry(rest).or_insert(gathered.len()),
            None => gathered.len(),
        };
        match gathered.get_mut(index) {
            Some(others) => others.assets.extend(asset),
            None => gathered.push(Gathered { effect, assets: asset.into_iter().collect() }),
        }
    }
    gathered
}

impl Gathered<'_> {
    fn line(&self, words: &Words) -> Line {
        let Effect { sign, what, aside, .. } = self.effect;
        let text = Text::of(sign.ink(), sign.symbol()).and(" ");
        let (permissions, keeps) = match what {
            What::Said(said) => {
                return Line { text: text.and(said), meaning: None };
            }
            What::Grant { permissions, keeps, .. } => (permissions, keeps),
        };
        let stays = if *sign == Sign::Change { ": stays " } else { ": " };
        let mut text =
            text.and(&words.assets(&self.assets)).and(stays).then(sign.ink(), &words.permissions(permissions));
        if !keeps.is_empty() {
            text = text.and(&format!(" (keeps {})", words.permissions(keeps)));
        }
        if !aside.is_empty() {
            text = text.and(&format!(", {aside}"));
        }
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let meaning = Meaning { sign: *sign, permissions: owned(permissions), keeps: owned(keeps) };
        Line { text, meaning: Some(meaning) }
    }
}

impl Effect<'_> {
    fn asset(&self) -> Option<&AssetRef> {
        match &self.what {
            What::Said(_) => None,
            What::Grant { asset, .. } => Some(asset),
        }
    }

    /// All that its line says except for the asset's name; `None` where it is not about one.
    fn but_for_the_asset(&self) -> Option<impl Ord + '_> {
        let Effect { operation: _, sign, what, aside, weight: _ } = self;
        match what {
            What::Said(_) => None,
            What::Grant { asset, permissions, keeps } => Some((sign, &asset.kind, permissions, keeps, aside)),
        }
    }
}

impl Meaning {
    /// What the permissions let one do that what is kept does not, in plain words.
    fn page(&self, words: &Words) -> Page {
        let mut page = Page::new();
        let verb = match self.sign {
            Sign::Change => return page,
            Sign::Loss => "could: ",
            Sign::Gain => "can: ",
        };
        let kept = words.capabilities(&self.keeps, Certainty::Inferred);
        let held = words.capabilities(&self.permissions, Certainty::Inferred);
        let mut difference = held.clone();
        difference.retain(|capability| !kept.contains(capability));
        let text = match (held.as_slice(), difference.as_slice()) {
            ([], _) => return page,
            (_, []) => format!("{verb}nothing beyond {}", words.permissions(&self.keeps)),
            (_, difference) => format!("{verb}{}", prose::phrases(difference, CAPABILITIES)),
        };
        page.line(0, Text::of(Ink::Dim, &text));
        page
    }
}
