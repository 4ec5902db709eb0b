//! The teams of a proposal: those that the source has, then those found among people who share rights.

use std::collections::{BTreeMap, BTreeSet};

use crate::observed::ObservedState;

use super::bundles::people_name;
use super::keys::{shortened, slug, unique};
use super::mining::{self, Cell, Found, Limits, Row, Team, within};
use super::view::View;
use super::{Structure, WriteOptions, rights};

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
    let rows: Vec<Row> = view
        .people
        .list
        .iter()
        .map(|person| person.rights.clone())
        .collect();
    let mut structure = Structure::default();
    let given = match options.source_teams {
        true => given(view, &rows, &mut structure),
        false => Vec::new(),
    };
    let given_teams: Vec<Team> = given.iter().map(|team| team.team.clone()).collect();
    let found = find(view, &rows, &given_teams, options);
    structure.given = given.len();
    structure.found = found.teams.len();
    let mut list = named(view, given, found.teams);
    list.sort_by(|a, b| a.key.cmp(&b.key));
    Teams {
        list,
        direct: found.direct,
        structure,
    }
}

/// Looks for teams among people. Service accounts keep grants of their own: a robot is nobody's colleague, and those who were invited
/// are described as the invitation was sent.
fn find(view: &View<'_>, rows: &[Row], given: &[Team], options: &WriteOptions) -> Found {
    let direct = mining::rest(rows, given);
    if !options.mine {
        return Found {
            teams: Vec::new(),
            direct,
        };
    }
    let apart: Vec<bool> = view
        .people
        .list
        .iter()
        .map(|person| person.service || person.invited.is_some())
        .collect();
    let mut people = rows.to_vec();
    for (row, apart) in people.iter_mut().zip(&apart) {
        if *apart {
            row.clear();
        }
    }
    let limits = Limits {
        identical: options.team_min_people.max(2),
        shared: options.team_min_people.max(3),
        steps: options.mining_steps,
    };
    let mut found = mining::mine(&people, given, &limits);
    for ((row, rest), apart) in found.direct.iter_mut().zip(direct).zip(apart) {
        if apart {
            *row = rest;
        }
    }
    found
}

/// A team as the source has it.
#[derive(Default)]
struct Source<'a> {
    members: BTreeSet<&'a str>,
    grants: BTreeMap<u32, u32>,
    /// Some of its grants can't be written.
    cut: bool,
}

/// The source's teams as far as every member really has what the team gives.
fn given(view: &View<'_>, rows: &[Row], structure: &mut Structure) -> Vec<NamedTeam> {
    let mut teams = Vec::new();
    for (name, source) in sources(view) {
        let members = source
            .members
            .iter()
            .filter_map(|id| view.people.by_id.get(id));
        let members: Vec<u32> = members.copied().collect();
        let grants = source.grants.into_iter();
        let all: Row = grants.map(|(asset, mask)| Cell { asset, mask }).collect();
        if all.is_empty() || members.is_empty() {
            structure.without_rights += 1;
            continue;
        }
        let Some(team) = exact(&all, &members, rows) else {
            structure.not_exact += 1;
            continue;
        };
        let fewer = members.len() - team.members.len();
        let narrower = source.cut || team.grants.len() < all.len();
        structure.cut += usize::from(narrower || fewer > 0);
        teams.push(NamedTeam {
            key: slug(name),
            remark: remark(fewer, narrower),
            team,
        });
    }
    teams
}

/// Where a team is not what the source says.
fn remark(fewer: usize, narrower: bool) -> Option<String> {
    let members = (fewer > 0).then(|| {
        format!(
            "{fewer} of its members in the source have less than it gives: they are not in it here"
        )
    });
    let grants = narrower.then(|| {
        "some of what it gives in the source is not written: its members don't have it".to_owned()
    });
    let remarks: Vec<String> = members.into_iter().chain(grants).collect();
    (!remarks.is_empty()).then(|| remarks.join("; "))
}

fn sources<'a>(view: &View<'a>) -> BTreeMap<&'a str, Source<'a>> {
    let state: &'a ObservedState = view.state;
    let writable = rights::writable(state.platform);
    let mut sources: BTreeMap<&str, Source<'a>> = BTreeMap::new();
    for row in &state.teams {
        let source = sources.entry(state.text(row.team)).or_default();
        source.members.insert(state.text(row.member));
    }
    for row in &state.team_grants {
        let source = sources.entry(state.text(row.team)).or_default();
        let mask = row.permissions.known & writable;
        match view.assets.find(state.text(row.asset)) {
            Some((index, _)) if !row.permissions.has_foreign() && mask != 0 => {
                *source.grants.entry(index).or_default() |= mask;
            }
            _ => source.cut = true,
        }
    }
    sources
}

/// The part of a team that is true: grants that most members have, members who have all of these.
fn exact(grants: &Row, members: &[u32], rows: &[Row]) -> Option<Team> {
    let has = |member: &u32, cells: &[Cell]| {
        let row = rows.get(*member as usize);
        row.is_some_and(|row| within(cells, row))
    };
    let most = |cell: &&Cell| {
        let count = members
            .iter()
            .filter(|member| has(member, &[**cell]))
            .count();
        count * 2 >= members.len() && count > 0
    };
    let grants: Row = grants.iter().filter(most).copied().collect();
    let members = members.iter().filter(|member| has(member, &grants));
    let mut members: Vec<u32> = members.copied().collect();
    members.sort_unstable();
    let team = Team { grants, members };
    (!team.grants.is_empty() && !team.members.is_empty()).then_some(team)
}

/// Gives found teams names, and all of them keys.
fn named(view: &View<'_>, given: Vec<NamedTeam>, found: Vec<Team>) -> Vec<NamedTeam> {
    let words = Words::of(view);
    let found = found.into_iter().map(|team| NamedTeam {
        key: words.name(&team.grants),
        remark: Some(format!(
            "found by import: {} people with these rights",
            team.members.len()
        )),
        team,
    });
    let mut taken = BTreeSet::new();
    let mut all = Vec::new();
    // The source's names come first: people know them.
    for group in [given, found.collect()] {
        let wanted: Vec<(String, String)> = group
            .iter()
            .map(|team| (wanted_key(&team.key), told_apart(view, &team.team)))
            .collect();
        let keys = unique(&wanted, &mut taken);
        all.extend(
            group
                .into_iter()
                .zip(keys)
                .map(|(team, key)| NamedTeam { key, ..team }),
        );
    }
    all
}

fn wanted_key(name: &str) -> String {
    if name.is_empty() {
        "team".to_owned()
    } else {
        name.to_owned()
    }
}

/// A text that only this team has, from its rights and people.
fn told_apart(view: &View<'_>, team: &Team) -> String {
    let grants = team.grants.iter().map(|cell| {
        let words = view.state.platform.words(cell.mask).join(";");
        format!("{} {words}", view.assets.key(cell.asset))
    });
    let members = team
        .members
        .iter()
        .filter_map(|member| view.people.list.get(*member as usize));
    let members = members.map(|person| person.key.clone());
    grants.chain(members).collect::<Vec<_>>().join("\n")
}

/// Words of the assets' keys, to name teams by what they share.
struct Words<'v, 'a> {
    view: &'v View<'a>,
    /// Words at the start of every key, which tell nothing.
    prefix: usize,
    /// Words in every key.
    everywhere: BTreeSet<&'v str>,
}

impl<'v, 'a> Words<'v, 'a> {
    fn of(view: &'v View<'a>) -> Self {
        let mut keys = view
            .assets
            .list
            .iter()
            .map(|asset| asset.key.split('-').collect::<Vec<_>>());
        let first: Vec<&str> = keys.next().unwrap_or_default();
        let mut prefix = first.len();
        let mut everywhere: BTreeSet<&str> = first.iter().copied().collect();
        for key in keys {
            let same = first
                .iter()
                .zip(&key)
                .take_while(|(one, other)| one == other);
            prefix = prefix.min(same.count());
            everywhere.retain(|word| key.contains(word));
        }
        Words {
            view,
            prefix,
            everywhere,
        }
    }

    /// What the team is about, then what its people are.
    fn name(&self, grants: &[Cell]) -> String {
        let masks: BTreeSet<u32> = grants.iter().map(|cell| cell.mask).collect();
        let people = match masks.first() {
            Some(&mask) if masks.len() == 1 => people_name(self.view.state.platform, mask),
            _ => "team".to_owned(),
        };
        format!("{}-{people}", shortened(&self.subject(grants), 48))
    }

    fn subject(&self, grants: &[Cell]) -> String {
        let assets: Vec<u32> = grants.iter().map(|cell| cell.asset).collect();
        match assets.as_slice() {
            [] => "nothing".to_owned(),
            [one] => self.short(*one).to_owned(),
            [first, rest @ ..] => {
                let client = self.client(&assets);
                let shared = client.or_else(|| self.shared(&assets));
                shared.unwrap_or_else(|| match rest {
                    [second] => format!("{}-and-{}", self.short(*first), self.short(*second)),
                    _ if assets.len() == self.view.assets.list.len() => "everything".to_owned(),
                    _ => format!("{}-and-{}-more", self.short(*first), rest.len()),
                })
            }
        }
    }

    /// The client to whom all of them belong, unless everything does.
    fn client(&self, assets: &[u32]) -> Option<String> {
        let list = &self.view.assets.list;
        let clients = assets.iter().filter_map(|index| list.get(*index as usize));
        let clients: BTreeSet<Option<&str>> = clients.map(|asset| asset.client).collect();
        let all: BTreeSet<Option<&str>> = list.iter().map(|asset| asset.client).collect();
        let client = clients.first().copied().flatten()?;
        let client = slug(client);
        (clients.len() == 1 && all.len() > 1 && !client.is_empty()).then_some(client)
    }

    /// Words that all of them have, and hardly any other asset.
    fn shared(&self, assets: &[u32]) -> Option<String> {
        let mut keys = assets.iter().map(|index| self.view.assets.key(*index));
        let first = keys.next()?;
        let others: Vec<BTreeSet<&str>> = keys.map(|key| key.split('-').collect()).collect();
        let shared: Vec<&str> = first
            .split('-')
            .filter(|word| !self.everywhere.contains(word))
            .filter(|word| others.iter().all(|other| other.contains(word)))
            .collect();
        let telling = shared
            .iter()
            .any(|word| word.chars().any(char::is_alphabetic));
        let list = self.view.assets.list.iter();
        let with_all = list.filter(|asset| {
            let words: BTreeSet<&str> = asset.key.split('-').collect();
            shared.iter().all(|word| words.contains(word))
        });
        (telling && with_all.count() < assets.len() * 2).then(|| shared.join("-"))
    }

    /// A key without the words that every key starts with, where the rest still reads as a name.
    fn short(&self, asset: u32) -> &'v str {
        let key = self.view.assets.key(asset);
        let rest = key.splitn(self.prefix + 1, '-').nth(self.prefix);
        rest.filter(|rest| rest.starts_with(char::is_alphabetic))
            .unwrap_or(key)
    }
}
