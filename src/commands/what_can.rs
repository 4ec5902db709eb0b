//! `accord what-can`: what a person or a partner can do, and where.

use super::questions::{Asked, Asking, Summary, sort};
use super::{Failure, Report, Session};
use crate::graph::{Access, Node, PersonIx};
use crate::reports::access::{Answer, OnAsset, WhatCan as WhatCanAnswer};

/// Arguments of `accord what-can`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  accord what-can bo@acme.example
  accord what-can nova                       # a partner, by key, id or name
  accord what-can bo@acme.example --desired  # what the files want, without an export")]
pub struct WhatCan {
    /// A person (key, address, user name or id) or a partner (key, id or name)
    #[arg(value_name = "WHO")]
    who: String,
    #[command(flatten)]
    asking: Asking,
}

impl WhatCan {
    /// Asks, and shows the answer.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        let asked = self.asking.read(session)?;
        let node = asked.who(&self.who)?;
        let mut answer = WhatCanAnswer {
            who: asked.nodes().node_ref(node),
            access: Vec::new(),
            could: Vec::new(),
            manages: Vec::new(),
        };
        match node {
            Node::Person(person) => of_person(&asked, person, &mut answer),
            Node::Business(business) => {
                let reach = asked.graph().reach_of_business(business);
                answer.access = reach.iter().map(|access| row(&asked, access, false)).collect();
            }
            Node::Asset(_) | Node::Team(_) => {}
        }
        sort(&mut answer.access);
        sort(&mut answer.could);
        let found = answer.access.len();
        self.asking.show(&asked, Answer::WhatCan(answer), found, session)
    }
}

fn of_person(asked: &Asked, person: PersonIx, answer: &mut WhatCanAnswer) {
    let graph = asked.graph();
    let access = graph.access_of(person);
    answer.access = access.iter().map(|access| row(asked, access, true)).collect();
    for edge in graph.businesses_of(person).map(|edge| graph.edge(edge)).filter(|edge| edge.admin) {
        if let Node::Business(business) = edge.to {
            answer.manages.push(asked.nodes().business_ref(business));
        }
    }
    for could in graph.potential(person) {
        let has = access.binary_search_by_key(&could.asset, |access| access.asset).map_or(0, |at| access[at].sure);
        if could.sure & !has != 0 {
            answer.could.push(asked.on_asset(could.asset, could.permissions));
        }
    }
}

fn row(asked: &Asked, access: &Access, ways: bool) -> OnAsset {
    let named = [
        (access.ways.own(), "own"),
        (access.ways.team(), "team"),
        (access.ways.group(), "group"),
        (access.ways.partner(), "partner"),
    ];
    OnAsset {
        pending: access.permissions & !access.pending == 0,
        ways: named.into_iter().filter(|(is, _)| *is && ways).map(|(_, name)| name).collect(),
        ..asked.on_asset(access.asset, access.permissions)
    }
}
