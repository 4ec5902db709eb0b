//! `accord simulate`: what access remains without somebody.

use std::collections::BTreeSet;

use super::questions::{Asked, Asking, Summary};
use super::{Failure, Report, Session, Status};
use crate::graph::{Access, BusinessIx, EdgeIx, EdgeKind, Node, PersonIx, Without};
use crate::reports::access::{Answer, Remains, Simulate as SimulateAnswer};

/// Arguments of `accord simulate`.
#[derive(clap::Args)]
#[command(after_help = "\
Takes a person out of every business that the files manage, or ends a partnership, and shows what is still there afterwards and by which \
path. Nothing is changed.

Examples:
  accord simulate --remove bo@acme.example
  accord simulate --remove nova                          # a partner: who of its people keeps something?
  accord simulate --remove bo@acme.example --from acme   # out of one business only
  accord simulate --remove nova --planned                # after the plan")]
pub struct Simulate {
    /// A person (key, address, user name or id) or a partner (key, id or name)
    #[arg(long, value_name = "WHO")]
    remove: String,
    /// Only out of this business, by key
    #[arg(long, value_name = "BUSINESS")]
    from: Option<String>,
    #[command(flatten)]
    asking: Asking,
}

/// What is taken out.
struct Removal {
    edges: Vec<EdgeIx>,
    from: BTreeSet<BusinessIx>,
    /// Whose remaining access is told.
    people: BTreeSet<PersonIx>,
    /// Only assets of these businesses; `None` = all.
    of: Option<BTreeSet<BusinessIx>>,
}

impl Simulate {
    /// Asks, and shows the answer.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        let asked = self.asking.read(session)?;
        let node = asked.who(&self.remove)?;
        let only = self.from.as_deref().map(|word| asked.business(word)).transpose()?;
        let removal = match node {
            Node::Person(person) => person_out(&asked, person, only),
            Node::Business(business) => partner_out(&asked, business, only),
            Node::Asset(_) | Node::Team(_) => return Err(nothing(&self.remove)),
        };
        if removal.edges.is_empty() {
            return Err(nothing(&self.remove));
        }
        let answer = answer(&asked, node, &removal);
        let found = answer.remains.len();
        self.asking.show(&asked, Answer::Simulate(answer), found, session)
    }
}

fn nothing(word: &str) -> Failure {
    Failure::new(Status::Usage, format!("there is nothing to take `{word}` out of"))
        .help("name a member of a business that the files manage, or a partner of one")
}

fn person_out(asked: &Asked, person: PersonIx, only: Option<BusinessIx>) -> Removal {
    let graph = asked.graph();
    let mut removal = Removal { edges: Vec::new(), from: BTreeSet::new(), people: BTreeSet::from([person]), of: None };
    for edge in graph.businesses_of(person) {
        let read = graph.edge(edge);
        if let Node::Business(business) = read.to
            && read.removable
            && only.is_none_or(|only| only == business)
        {
            removal.edges.push(edge);
            removal.from.insert(business);
        }
    }
    removal
}

/// Partnerships that let the partner in; where there is none it is a client, and what it lets us reach is ended.
fn partner_out(asked: &Asked, partner: BusinessIx, only: Option<BusinessIx>) -> Removal {
    let graph = asked.graph();
    let hosts = asked.hosts(partner);
    let mut removal =
        Removal { edges: Vec::new(), from: BTreeSet::new(), people: BTreeSet::new(), of: Some(BTreeSet::new()) };
    for edge in graph.edges() {
        let read = graph.edge(edge);
        let (EdgeKind::Partner, Node::Business(giver), Node::Business(receiver)) = (read.kind, read.from, read.to)
        else {
            continue;
        };
        let ours = if hosts.is_empty() { receiver } else { giver };
        let concerns = if hosts.is_empty() { giver == partner } else { receiver == partner && hosts.contains(&giver) };
        if !concerns || only.is_some_and(|only| only != ours) {
            continue;
        }
        removal.edges.push(edge);
        removal.from.insert(ours);
        removal.of.get_or_insert_default().insert(giver);
        let people = graph.members_of(receiver).map(|edge| graph.edge(edge).from);
        removal.people.extend(people.filter_map(|node| match node {
            Node::Person(person) => Some(person),
            Node::Business(_) | Node::Asset(_) | Node::Team(_) => None,
        }));
    }
    removal
}

fn answer(asked: &Asked, node: Node, removal: &Removal) -> SimulateAnswer {
    let (graph, nodes) = (asked.graph(), asked.nodes());
    let without = graph.without(removal.edges.iter().copied());
    let (mut people, mut losses) = (0, 0);
    let mut concerned: BTreeSet<PersonIx> = graph.resting_on(removal.edges.iter().copied()).into_iter().collect();
    concerned.extend(&removal.people);
    let mut remains = Vec::new();
    for person in concerned {
        let after = without.access_of(person);
        let lost = lost(&graph.access_of(person), &after);
        people += u64::from(lost > 0);
        losses += lost;
        if removal.people.contains(&person) {
            remains.extend(
                after
                    .iter()
                    .filter(|access| concerns(asked, removal, access))
                    .map(|access| remaining(asked, &without, person, access)),
            );
        }
    }
    SimulateAnswer {
        removed: nodes.node_ref(node),
        from: removal.from.iter().map(|&business| nodes.business_ref(business)).collect(),
        losses,
        people,
        remains,
    }
}

fn lost(before: &[Access], after: &[Access]) -> u64 {
    let kept = |access: &Access| {
        after.binary_search_by_key(&access.asset, |other| other.asset).map_or(0, |at| after[at].permissions)
    };
    before.iter().filter(|access| access.permissions & !kept(access) != 0).count() as u64
}

fn concerns(asked: &Asked, removal: &Removal, access: &Access) -> bool {
    let owner = asked.nodes().asset(access.asset).owner;
    removal.of.as_ref().is_none_or(|of| owner.is_some_and(|owner| of.contains(&owner)))
}

fn remaining(asked: &Asked, without: &Without<'_>, person: PersonIx, access: &Access) -> Remains {
    let nodes = asked.nodes();
    let words = nodes.asset(access.asset).platform.words(access.permissions);
    Remains {
        person: nodes.person_ref(person),
        asset: nodes.asset_ref(access.asset),
        permissions: words.into_iter().map(str::to_owned).collect(),
        paths: asked.paths(&without.paths(person, access.asset)),
    }
}
