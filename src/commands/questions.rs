//! What the verbs that ask the graph share: which state of access, what people typed, and how the answer is shown.

use std::collections::BTreeSet;

use clap::ValueEnum;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::base::{self, Version};
use super::inputs::{Sources, World, blame};
use super::{Failure, Report, Session, Status};
use crate::diff;
use crate::graph::{
    AccessGraph, AssetIx, Builder, BusinessIx, EdgeIx, HopRef, Node, Nodes, Path, PathRef, PersonIx, Reading,
    Sources as GraphSources, StateSource,
};
use crate::model::Direction;
use crate::plan;
use crate::reports::access::{Answer, Document, FORMAT_VERSION, OnAsset, json, text};
use crate::reports::drawn::{Graphs, ReadingName};
use crate::source::Files;
use crate::source::nearest;
use crate::terminal::prose;

/// Options of every question.
#[derive(clap::Args)]
pub struct Asking {
    #[command(flatten)]
    looking: Looking,
    /// How to show the answer
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    format: Format,
}

/// What is looked at.
#[derive(clap::Args)]
pub struct Looking {
    #[command(flatten)]
    sources: Sources,
    #[command(flatten)]
    state: Which,
}

/// Which state of access.
#[derive(clap::Args)]
#[group(multiple = false)]
struct Which {
    /// Ask what the exports show (the default)
    #[arg(long)]
    observed: bool,
    /// Ask what the files want; needs no export
    #[arg(long)]
    desired: bool,
    /// Ask what there will be after the plan, with everything that waits as if it were there
    #[arg(long)]
    planned: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// What the result file tells.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "QuestionDetails")]
pub struct Summary {
    /// Which state of access was looked at.
    reading: ReadingName,
    /// How many people, assets, paths or remaining accesses the answer has.
    found: usize,
}

/// A graph with what it was made from.
pub struct Asked {
    world: World,
    graph: AccessGraph,
    before: Option<Before>,
}

/// A state to compare with, over the same nodes.
struct Before {
    graph: AccessGraph,
    /// The files whose lines it knows, where they are others.
    files: Option<Version>,
}

impl Looking {
    /// Reads what is needed and makes the graph. After the plan there is a state to compare with: what the exports show.
    ///
    /// # Errors
    /// Where something can't be read, or an error stands in the files.
    pub fn read(&self, session: &Session) -> Result<Asked, Failure> {
        let _span = tracing::info_span!("graph").entered();
        if self.state.desired {
            let world = self.sources.read_files(session)?;
            let sources = GraphSources { files: Some(&world.desired), ..GraphSources::default() };
            let graph = Builder::new(sources).desired(diff::day(world.as_of));
            return Ok(Asked { world, graph, before: None });
        }
        let world = self.sources.read(session)?;
        if self.state.planned {
            let outlook = plan::outlook(&world.input());
            let (before, graph) = outlook.map_err(|error| Failure::from_error(&error).status(blame(&error)))?;
            return Ok(Asked { world, graph, before: Some(Before { graph: before, files: None }) });
        }
        let sources = GraphSources { files: Some(&world.desired), base: None, states: exports(&world) };
        let graph = Builder::new(sources).observed(diff::day(world.as_of));
        Ok(Asked { world, graph, before: None })
    }

    /// What the files want, to be compared with what they wanted at the commit from which the branch began.
    ///
    /// # Errors
    /// Where something can't be read, or an error stands in the files.
    pub fn read_since(&self, reference: &str, session: &Session) -> Result<Asked, Failure> {
        let _span = tracing::info_span!("graph").entered();
        let world = self.sources.read_for_review(session)?;
        let version = base::version(self.sources.folder(), reference, &world.desired)?;
        let sources =
            GraphSources { files: Some(&world.desired), base: Some(&version.desired), states: exports(&world) };
        let builder = Builder::new(sources);
        let day = diff::day(world.as_of);
        let (before, graph) = (builder.base(day), builder.desired(day));
        drop(builder);
        Ok(Asked { world, graph, before: Some(Before { graph: before, files: Some(version) }) })
    }
}

fn exports(world: &World) -> Vec<StateSource<'_>> {
    world.businesses.iter().map(|one| StateSource { observed: &one.observed, predicted: None }).collect()
}

impl Asking {
    /// Reads what is needed and makes the graph.
    ///
    /// # Errors
    /// Where something can't be read, or an error stands in the files.
    pub fn read(&self, session: &Session) -> Result<Asked, Failure> {
        self.looking.read(session)
    }

    /// Shows an answer.
    ///
    /// # Errors
    /// Where it can't be printed.
    pub fn show(
        &self,
        asked: &Asked,
        answer: Answer,
        found: usize,
        session: &Session,
    ) -> Result<Report<Summary>, Failure> {
        let reading = asked.reading();
        let document = Document {
            format: "accord-access",
            format_version: FORMAT_VERSION,
            as_of: asked.as_of(),
            reading,
            platform: asked.platform(),
            answer,
        };
        session.print(&match self.format {
            Format::Text => text::render(&document, &session.terminal.out()),
            Format::Json => json::render(&document).map_err(|error| Failure::of("can't write the answer", &error))?,
        })?;
        Ok(Report::ok(Summary { reading, found }))
    }
}

impl Asked {
    /// The graph.
    pub fn graph(&self) -> &AccessGraph {
        &self.graph
    }

    /// Who and what there is.
    pub fn nodes(&self) -> &Nodes {
        self.graph.nodes()
    }

    /// The graph, with the one before it where there is one.
    pub fn graphs(&self) -> Graphs<'_> {
        let files = self.files();
        let before = self.before.as_ref().map(|one| {
            let files = one.files.as_ref().map_or(files, |version| &version.desired.files);
            (&one.graph, files)
        });
        Graphs { before, after: (&self.graph, files) }
    }

    /// The commit with whose files it is compared.
    pub fn base(&self) -> Option<&str> {
        let version = self.before.as_ref()?.files.as_ref()?;
        Some(&version.base.commit)
    }

    /// Which state it is.
    pub fn reading(&self) -> ReadingName {
        match self.graph.reading() {
            Reading::Observed => ReadingName::Observed,
            Reading::Desired => ReadingName::Desired,
            Reading::Planned => ReadingName::Planned,
        }
    }

    /// The moment for which ends count.
    pub fn as_of(&self) -> Timestamp {
        self.world.as_of
    }

    fn platform(&self) -> String {
        let first = self.world.desired.businesses.first();
        first.map(|business| business.platform.name.to_owned()).unwrap_or_default()
    }

    fn files(&self) -> &Files {
        &self.world.desired.files
    }

    /// Paths as reports show them.
    pub fn paths(&self, paths: &[Path]) -> Vec<PathRef> {
        paths.iter().map(|path| self.graph.path_ref(path, self.files())).collect()
    }

    /// Edges as reports show them.
    pub fn edges(&self, edges: &[EdgeIx]) -> Vec<HopRef> {
        edges.iter().map(|&edge| self.graph.hop_ref(edge, self.files())).collect()
    }

    /// What somebody has on an asset, as reports show it.
    pub fn on_asset(&self, asset: AssetIx, permissions: u32) -> OnAsset {
        let nodes = self.nodes();
        let platform = nodes.asset(asset).platform;
        let (sure, possible) = self.graph.capabilities(platform, permissions);
        let names = |mask: u64| {
            let table = platform.capabilities.iter().enumerate();
            table.filter(|(bit, _)| mask & 1 << bit != 0).map(|(_, capability)| capability.name.to_owned()).collect()
        };
        OnAsset {
            asset: nodes.asset_ref(asset),
            owner: nodes.asset(asset).owner.map(|owner| nodes.business_ref(owner)),
            permissions: platform.words(permissions).into_iter().map(str::to_owned).collect(),
            capabilities: names(sure),
            perhaps: names(possible),
            pending: false,
            ways: Vec::new(),
        }
    }

    /// The person that a word names.
    ///
    /// # Errors
    /// Where it names nobody, or several.
    pub fn person(&self, word: &str) -> Result<PersonIx, Failure> {
        match self.nodes().find_people(word).as_slice() {
            [one] => Ok(*one),
            [] => Err(self.nobody("person", word, self.people_words())),
            several => {
                let names: Vec<String> =
                    several.iter().map(|&person| self.nodes().stable(Node::Person(person))).collect();
                Err(ambiguous("people", word, &names))
            }
        }
    }

    /// The asset that a word names.
    ///
    /// # Errors
    /// Where it names none, or several.
    pub fn asset(&self, word: &str) -> Result<AssetIx, Failure> {
        match self.nodes().find_assets(word).as_slice() {
            [one] => Ok(*one),
            [] => Err(self.nobody("asset", word, self.asset_words())),
            several => {
                let ids: Vec<String> = several
                    .iter()
                    .map(|&asset| self.nodes().stable(Node::Asset(asset)).split_off("asset:".len()))
                    .collect();
                Err(ambiguous("assets", word, &ids))
            }
        }
    }

    /// The business that a word names, as a partner or as one of ours.
    ///
    /// # Errors
    /// Where it names none, or several.
    pub fn business(&self, word: &str) -> Result<BusinessIx, Failure> {
        match self.nodes().find_businesses(word).as_slice() {
            [one] => Ok(*one),
            [] => Err(self.nobody("business or partner", word, self.business_words())),
            several => {
                let nodes = self.nodes();
                let ids: Vec<String> =
                    several.iter().map(|&business| nodes.text(nodes.business(business).id).to_owned()).collect();
                Err(ambiguous("businesses", word, &ids))
            }
        }
    }

    /// A person or a business.
    ///
    /// # Errors
    /// Where a word names nobody, or several.
    pub fn who(&self, word: &str) -> Result<Node, Failure> {
        let people = self.nodes().find_people(word);
        let businesses = self.nodes().find_businesses(word);
        match (people.as_slice(), businesses.as_slice()) {
            ([], []) => {
                let words = self.people_words().into_iter().chain(self.business_words()).collect();
                Err(self.nobody("person or partner", word, words))
            }
            ([], _) => self.business(word).map(Node::Business),
            (_, []) => self.person(word).map(Node::Person),
            _ => Err(ambiguous("a person and a partner", word, &["an address".to_owned(), "an id".to_owned()])),
        }
    }

    /// A person, a business or an asset.
    ///
    /// # Errors
    /// Where a word names nothing, or several.
    pub fn any(&self, word: &str) -> Result<Node, Failure> {
        let nodes = self.nodes();
        let people = nodes.find_people(word).into_iter().map(Node::Person);
        let businesses = nodes.find_businesses(word).into_iter().map(Node::Business);
        let assets = nodes.find_assets(word).into_iter().map(Node::Asset);
        let found: Vec<Node> = people.chain(businesses).chain(assets).collect();
        match found.as_slice() {
            [one] => Ok(*one),
            [] => {
                let words = self.people_words().into_iter().chain(self.business_words()).chain(self.asset_words());
                Err(self.nobody("person, partner or account", word, words.collect()))
            }
            several => {
                let names: Vec<String> = several.iter().map(|&node| nodes.stable(node)).collect();
                let names: Vec<String> = names.iter().map(|name| unprefixed(name).to_owned()).collect();
                Err(ambiguous("people, partners or accounts", word, &names))
            }
        }
    }

    /// Those of our businesses that let a partner in; none where it is a client, whose assets we reach.
    pub fn hosts(&self, business: BusinessIx) -> BTreeSet<BusinessIx> {
        let partnerships = self.nodes().partnerships().iter();
        let lets_in = partnerships.filter(|one| one.theirs == business && one.direction == Direction::Inbound);
        lets_in.map(|one| one.ours).collect()
    }

    fn nobody(&self, kind: &str, word: &str, words: Vec<String>) -> Failure {
        let failure = Failure::new(Status::Usage, format!("there is no {kind} `{word}` in the files or an export"));
        match nearest(word, words.iter().map(String::as_str)) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help("give the key, the id or the name"),
        }
    }

    fn people_words(&self) -> Vec<String> {
        let nodes = self.nodes();
        let named = |person: PersonIx| {
            let key = nodes.person(person).key.map(|key| nodes.text(key).to_owned());
            let names = nodes.names_of(person).iter().map(|name| nodes.text(name.text).to_owned());
            key.into_iter().chain(names).collect::<Vec<_>>()
        };
        nodes.people().flat_map(named).collect()
    }

    fn asset_words(&self) -> Vec<String> {
        let nodes = self.nodes();
        let named = |asset: AssetIx| {
            let keys = nodes.keys_of_asset(asset).map(|(_, key)| key.to_owned());
            let node = nodes.asset(asset);
            let own = [node.id, node.name].into_iter().flatten().map(|sym| nodes.text(sym).to_owned());
            keys.chain(own).collect::<Vec<_>>()
        };
        nodes.assets().flat_map(named).collect()
    }

    fn business_words(&self) -> Vec<String> {
        let nodes = self.nodes();
        let partners = nodes.partnerships().iter().filter_map(|one| one.key);
        let own = nodes.businesses().flat_map(|business| {
            let node = nodes.business(business);
            [node.key, Some(node.id), node.name].into_iter().flatten()
        });
        partners.chain(own).map(|sym| nodes.text(sym).to_owned()).collect()
    }
}

/// By name, then by id: as people look things up.
pub fn sort(rows: &mut [OnAsset]) {
    rows.sort_by_key(|row| (row.asset.label(), row.asset.id.clone()));
}

/// A stable name without its kind: what a command line takes.
fn unprefixed(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, rest)| rest)
}

fn ambiguous(kinds: &str, word: &str, names: &[String]) -> Failure {
    Failure::new(Status::Usage, format!("`{word}` names several {kinds}"))
        .help(format!("give one of {}", prose::list_some(names, 8)))
}
