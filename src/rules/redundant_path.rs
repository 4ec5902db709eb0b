//! A second line that gives what another one gives already.

use crate::desired::{Grant, Holder};
use crate::graph::Node;

use super::finding::{self, Edit, Fix, Safety, Severity};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "redundant-path",
    family: Family::LeastPrivilege,
    summary: "a grant of a person's own gives nothing that the teams they are in don't give",
    severity: Severity::Info,
    levels: Levels::INFORM,
    kind: Kind::State,
    data: &[],
    params: &[],
    fix: Safety::Safe,
    docs: Docs {
        why: "It does no harm until somebody leaves the team, and keeps the access by the forgotten line. Half of the people of a large \
organisation have such a line, so this is information.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  bo@acme.example:
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: before there was a team }
#       ^
teams:
  social:
    members: [bo@acme.example]
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: reports }
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
teams:
  social:
    members: [bo@acme.example]
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: reports }
"#,
        witness: "Both lines.",
        fix: "Remove the person's own line. It is safe where the line is for this one asset, and the other lasts as long.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let grants = &world.desired.grants;
    let live = |grant: &&Grant| {
        let item = &world.desired.items[grant.item as usize];
        grant.until.holds_on(case.day) && item.from.is_none_or(|from| from <= case.day)
    };
    let mut assets_of = vec![0_u32; world.desired.items.len()];
    for grant in grants {
        assets_of[grant.item as usize] += 1;
    }
    for rows in grants.chunk_by(|a, b| (a.principal, a.asset) == (b.principal, b.asset)) {
        if rows.len() < 2 || rows[0].principal.is_partner() {
            continue;
        }
        let rows: Vec<Grant> = rows.iter().filter(live).copied().collect();
        let own = |grant: &Grant| matches!(world.desired.items[grant.item as usize].holder, Holder::Person(_));
        let teams: Vec<&Grant> = rows.iter().filter(|grant| !own(grant)).collect();
        for grant in rows.iter().filter(|grant| own(grant)) {
            let covers: Vec<&&Grant> = teams.iter().filter(|team| lasts(team, grant)).collect();
            let given = covers.iter().fold(0, |all, team| all | team.permissions);
            if grant.permissions & !given == 0
                && let Some(team) = covers.first()
            {
                sink.report(draft(world, grant, team, assets_of[grant.item as usize] == 1));
            }
        }
    }
}

/// Whether one lasts at least as long as the other.
fn lasts(one: &Grant, other: &Grant) -> bool {
    one.until.later(other.until) == one.until
}

fn draft(world: &World<'_>, grant: &Grant, team: &Grant, alone: bool) -> Draft {
    let person = world.graph.person_of_files(grant.principal.index());
    let asset = world.graph.asset_of_files(grant.asset as usize);
    let desired = world.desired;
    let key = desired.text(desired.people[grant.principal.index()].key);
    let asset_key = desired.text(desired.assets[grant.asset as usize].key);
    let who = person.map_or_else(|| finding::Node::new("person", key, key), |person| world.node(Node::Person(person)));
    let what =
        asset.map_or_else(|| finding::Node::new("asset", asset_key, asset_key), |asset| world.node(Node::Asset(asset)));
    let (own, other) = (&desired.items[grant.item as usize], &desired.items[team.item as usize]);
    let Holder::Team(index) = other.holder else { return Draft::new(who, "") };
    let team_key = desired.text(desired.teams[index as usize].key);
    let place = world.place(own.pos);
    let edits = if alone { vec![Edit::Remove { at: place.clone() }] } else { Vec::new() };
    let safety = if alone { Safety::Safe } else { Safety::Choice };
    let message = format!("team {team_key} gives {} everything that this line gives on {}", who.label, what.label);
    Draft::new(who, message)
        .on(what)
        .business(Some(desired.text(desired.businesses[desired.assets[grant.asset as usize].business as usize].key)))
        .at(Some(place), "adds nothing")
        .related(Some(world.place(other.pos)), format!("team {team_key} gives it"))
        .exposure(1, 1)
        .root(finding::Node::new("team", team_key, format!("team {team_key}")))
        .fix(Fix { safety, text: "remove the line".to_owned(), edits })
}
