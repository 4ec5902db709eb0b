//! `accord explain`: what a rule is about, or how a person comes to an asset and what would end it.

use schemars::JsonSchema;
use serde::Serialize;

use super::questions::{self, Asked, Asking};
use super::{Failure, Report, Session, inputs};
use crate::graph::{AssetIx, PersonIx};
use crate::reports::access::{Answer, CutRef, Explain as ExplainAnswer};
use crate::reports::rules::{explained, listed};
use crate::rules::RULES;

/// Arguments of `accord explain`.
#[derive(clap::Args)]
#[command(override_usage = "accord explain [RULE]\n       accord explain <PERSON> <ASSET> [DIR] [OPTIONS]")]
#[command(after_help = "\
Examples:
  accord explain                             # all rules
  accord explain partner-has-admin           # one, with an example that fires and one that doesn't
  accord explain bo@acme.example acme-fr     # every path, with its lines, and the fewest lines that would end it")]
pub struct Explain {
    /// A rule, or a person (key, address, user name or id)
    #[arg(value_name = "RULE|PERSON")]
    first: Option<String>,
    /// An asset, by key, id or name
    #[arg(value_name = "ASSET")]
    asset: Option<String>,
    #[command(flatten)]
    asking: Asking,
}

/// What the result file tells.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExplainDetails")]
pub struct Summary {
    /// The rules that were told of.
    rules: Vec<String>,
    /// What was found about a person and an asset.
    access: Option<questions::Summary>,
}

impl Explain {
    /// Tells of one rule, lists all, or tells how somebody comes to an asset.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        if let (Some(person), Some(asset)) = (&self.first, &self.asset) {
            let asked = self.asking.read(session)?;
            let answer = answer(&asked, asked.person(person)?, asked.asset(asset)?);
            let found = answer.paths.len();
            let report = self.asking.show(&asked, Answer::Explain(answer), found, session)?;
            return Ok(report.map(|access| Summary { rules: Vec::new(), access: Some(access) }));
        }
        let style = session.terminal.out();
        let Some(name) = &self.first else {
            session.print(&listed(RULES, &style))?;
            let rules = RULES.iter().map(|rule| rule.name.to_owned()).collect();
            return Ok(Report::ok(Summary { rules, access: None }));
        };
        let rule = inputs::rule(name)?;
        session.print(&explained(rule, &style))?;
        Ok(Report::ok(Summary { rules: vec![rule.name.to_owned()], access: None }))
    }
}

fn answer(asked: &Asked, person: PersonIx, asset: AssetIx) -> ExplainAnswer {
    let graph = asked.graph();
    let permissions = graph.access(person, asset).map_or(0, |access| access.permissions);
    let on = asked.on_asset(asset, permissions);
    let paths = graph.paths(person, asset);
    let cut = (!paths.is_empty()).then(|| graph.cut(person, asset, u64::MAX)).map(|cut| CutRef {
        edges: asked.edges(&cut.edges),
        others: cut.others as u64,
        smallest: cut.exact,
        left: asked.paths(&cut.left),
    });
    ExplainAnswer {
        person: asked.nodes().person_ref(person),
        asset: on.asset,
        permissions: on.permissions,
        capabilities: on.capabilities,
        paths: asked.paths(&paths),
        could: asked.paths(&graph.potential_paths(person, asset)),
        cut,
    }
}
