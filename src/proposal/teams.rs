//! The teams of a proposal: those that the source has, then those found among people who share rights.

use std::collections::BTreeSet;

use super::keys::unique;
use super::mining::{self, Found, Limits, Row, Team};
use super::source_teams::{self, Given};
use super::team_names::Words;
use super::view::View;
use super::{Structure, WriteOptions};

/// A team with its name.
pub(super) struct NamedTeam {
    /// Its key.
    pub key: String,
    /// Its members, indexes of people ascending, and what they may do.
    pub team: Team,
    /// What a reader should know.
    pub remark: Option<String>,
}

/// Teams by key, and what no team gives.
pub(super) struct Teams {
    /// By key.
    pub list: Vec<NamedTeam>,
    /// For each person what is left.
    pub direct: Vec<Row>,
    /// How they came about.
    pub structure: Structure,
}

/// The teams of an export.
pub(super) fn teams(view: &View<'_>, options: &WriteOptions) -> Teams {
    let people = view.people.list.iter();
    let rows: Vec<Row> = people.map(|person| person.rights.clone()).collect();
    let Given { list, mut structure } = match options.source_teams {
        true => source_teams::given(view, &rows),
        false => Given::default(),
    };
    let given: Vec<Team> = list.iter().map(|team| team.team.clone()).collect();
    let found = find(view, &rows, &given, options);
    structure.given = given.len();
    structure.found = found.teams.len();
    Teams { list: with_keys(view, list, found.teams), direct: found.direct, structure }
}

/// Looks for teams among people. Service accounts keep grants of their own: a robot is nobody's colleague. Those who were invited are
/// described as the invitation was sent.
fn find(view: &View<'_>, rows: &[Row], given: &[Team], options: &WriteOptions) -> Found {
    let rest = mining::rest(rows, given);
    if !options.mine {
        return Found { teams: Vec::new(), direct: rest };
    }
    let people = view.people.list.iter();
    let apart: Vec<bool> = people.map(|person| person.service || person.invited.is_some()).collect();
    let alike = rows.iter().zip(&apart);
    let alike: Vec<Row> = alike.map(|(row, apart)| if *apart { Row::new() } else { row.clone() }).collect();
    let mut found = mining::mine(&alike, given, &limits(options));
    for ((row, rest), apart) in found.direct.iter_mut().zip(rest).zip(apart) {
        if apart {
            *row = rest;
        }
    }
    found
}

fn limits(options: &WriteOptions) -> Limits {
    Limits {
        identical: options.team_min_people.max(2),
        shared: options.team_min_people.max(3),
        steps: options.mining_steps,
    }
}

/// Gives all teams their keys. The source's names come first: people know them.
fn with_keys(view: &View<'_>, given: Vec<NamedTeam>, found: Vec<Team>) -> Vec<NamedTeam> {
    let words = Words::of(view);
    let found = found.into_iter().map(|team| NamedTeam::found(&words, team));
    let mut taken = BTreeSet::new();
    let mut all = Vec::new();
    for group in [given, found.collect()] {
        let wanted: Vec<_> = group.iter().map(|team| team.wanted_key(view)).collect();
        for (mut team, key) in group.into_iter().zip(unique(&wanted, &mut taken)) {
            team.key = key;
            all.push(team);
        }
    }
    all.sort_by(|a, b| a.key.cmp(&b.key));
    all
}

impl NamedTeam {
    fn found(words: &Words<'_, '_>, team: Team) -> Self {
        let count = team.members.len();
        NamedTeam {
            key: words.name(&team.grants),
            remark: Some(format!("found by import: {count} people with these rights")),
            team,
        }
    }

    /// The wish for a key, and a text that only this team has: its rights and people.
    fn wanted_key(&self, view: &View<'_>) -> (String, String) {
        let key = if self.key.is_empty() { "team" } else { &self.key };
        let grants = self.team.grants.iter().map(|cell| {
            let words = view.state.platform.words(cell.mask).join(";");
            format!("{} {words}", view.assets.key(cell.asset))
        });
        let members = self.team.members.iter();
        let members = members.filter_map(|member| view.people.list.get(*member as usize));
        let members = members.map(|person| person.key.clone());
        let text: Vec<String> = grants.chain(members).collect();
        (key.to_owned(), text.join("\n"))
    }
}
