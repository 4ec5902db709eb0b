//! `accord explain`: what a rule is about.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Failure, Report, Session, inputs};
use crate::reports::rules::{explained, listed};
use crate::rules::RULES;

/// Arguments of `accord explain`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  accord explain                      # all rules
  accord explain partner-has-admin    # one, with an example that fires and one that doesn't")]
pub struct Explain {
    /// The rule
    #[arg(value_name = "RULE")]
    rule: Option<String>,
}

/// What the result file tells.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExplainDetails")]
pub struct Summary {
    /// The rules that were told of.
    rules: Vec<String>,
}

impl Explain {
    /// Tells of one rule, or lists all.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        let style = session.terminal.out();
        let Some(name) = &self.rule else {
            session.print(&listed(RULES, &style))?;
            return Ok(Report::ok(Summary { rules: RULES.iter().map(|rule| rule.name.to_owned()).collect() }));
        };
        let rule = inputs::rule(name)?;
        session.print(&explained(rule, &style))?;
        Ok(Report::ok(Summary { rules: vec![rule.name.to_owned()] }))
    }
}
