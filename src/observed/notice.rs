//! What a reader of a state should know: words nobody knows, references to nothing, teams that don't agree with grants.
//!
//! It follows from the rows alone, so that a state says the same after it was written and read again.

use std::collections::BTreeMap;

use crate::model::{PermissionSet, PrincipalIx};
use crate::platforms::Platform;
use crate::source::{Level, Problem, nearest};

use super::{Holder, InviteKind, InviteStatus, Lookup, ObservedState};

/// Pairs of team members and team grants that are compared at most: a small file can name very many.
const MAX_TEAM_PAIRS: usize = 20_000_000;

impl ObservedState {
    /// Brings `problems` up to date with the rows. Readers do it; after changes it is the caller's choice.
    pub fn notice(&mut self) {
        let mut problems = self.unknown_words();
        problems.extend(self.dangling_rows());
        problems.extend(self.shared_handles());
        problems.extend(self.contents_of_no_group());
        problems.extend(self.loose_rosters());
        problems.extend(self.teams_apart());
        self.problems = problems;
    }

    fn unknown_words(&self) -> Vec<Problem> {
        let platform = self.platform;
        let mut seen = Unknown::default();
        for row in &self.members {
            let word = self.text(row.role);
            seen.add(platform.role(word).is_none(), "role", word, "member");
        }
        for row in &self.assets {
            let word = self.text(row.kind);
            seen.add(platform.asset_type(word).is_none(), "asset type", word, "asset");
        }
        for row in &self.invites {
            if let InviteKind::Other(word) = row.kind {
                seen.add(true, "kind", self.text(word), "invite");
            }
            if let InviteStatus::Other(word) = row.status {
                seen.add(true, "state", self.text(word), "invite");
            }
        }
        self.unknown_permissions(&mut seen);
        seen.problems(platform)
    }

    fn unknown_permissions<'s>(&'s self, seen: &mut Unknown<'s>) {
        let grants = self.grants.iter().map(|row| row.permissions);
        let dangling = self.dangling_grants.iter().map(|row| row.permissions);
        let teams = self.team_grants.iter().map(|row| row.permissions);
        let attached = self.invites.iter().flat_map(|row| row.grants.iter().map(|(_, set)| *set));
        let rosters = self.rosters.iter().map(|row| row.permissions);
        self.count_sets(grants.chain(dangling), "grant", seen);
        self.count_sets(teams, "team grant", seen);
        self.count_sets(attached, "attached grant", seen);
        self.count_sets(rosters, "roster row", seen);
    }

    fn count_sets<'s>(
        &'s self,
        sets: impl Iterator<Item = PermissionSet>,
        holder: &'static str,
        seen: &mut Unknown<'s>,
    ) {
        for set in sets.filter(|set| set.has_foreign()) {
            for word in self.foreign_words(set) {
                seen.add(true, "permission", word, holder);
            }
        }
    }

    fn dangling_rows(&self) -> Vec<Problem> {
        let code = "dangling-reference";
        let mut problems = some(code, self.dangling_grants.iter(), |row| {
            let who = match row.holder {
                Holder::Member(id) => format!("member `{}`", self.text(id)),
                Holder::Partner(id, direction) => {
                    format!("{} partner `{}`", direction.word(), self.text(id))
                }
            };
            let asset = self.text(row.asset);
            format!("the grant of {who} on asset `{asset}` names what the export does not have")
        });
        problems.extend(some(code, self.dangling_contents.iter(), |row| {
            let (asset, group) = (self.text(row.asset), self.text(row.group));
            format!("asset `{asset}` in group `{group}`: one of them the export does not have")
        }));
        problems
    }

    fn shared_handles(&self) -> Vec<Problem> {
        let lookup = Lookup::new(self);
        let shared = lookup.shared_names().into_iter();
        some("ambiguous-name", shared, |(name, count)| {
            format!("{count} members have the address or user name `{name}`")
        })
    }

    fn contents_of_no_group(&self) -> Vec<Problem> {
        let mut groups: Vec<u32> = self.contents.iter().map(|content| content.group).collect();
        groups.dedup();
        let wrong =
            groups.into_iter().filter_map(|index| self.assets.get(index as usize)).filter(|row| !self.is_group(row));
        some("no-group", wrong, |row| {
            let (id, kind) = (self.text(row.id), self.text(row.kind));
            format!("asset `{id}` contains others and is no group but `{kind}`")
        })
    }

    fn loose_rosters(&self) -> Vec<Problem> {
        let mut partners: Vec<_> = self.rosters.iter().map(|row| row.partner).collect();
        partners.dedup();
        let ids = partners.into_iter().map(|sym| self.text(sym));
        let strangers = ids.filter(|id| self.partners.iter().all(|row| self.text(row.id) != *id));
        let mut problems =
            some("loose-roster", strangers, |id| format!("there is a roster of `{id}`, who is no partner"));
        let assets = self.rosters.iter().filter_map(|row| row.asset);
        let unknown = assets.map(|sym| self.text(sym)).filter(|id| self.find_asset(id).is_none());
        problems.extend(some("loose-roster", unknown, |id| {
            format!("a roster names asset `{id}`, which the export does not have")
        }));
        problems
    }

    /// What teams give must be among the grants of their members.
    fn teams_apart(&self) -> Vec<Problem> {
        let mut members: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for row in &self.teams {
            let team = members.entry(self.text(row.team)).or_default();
            team.push(self.text(row.member));
        }
        let in_team = |team: &str| members.get(team).map_or(&[][..], Vec::as_slice);
        let given = self.team_grants.iter().map(|row| in_team(self.text(row.team)).len());
        let pairs = given.fold(0, usize::saturating_add);
        if pairs > MAX_TEAM_PAIRS {
            let message = format!("teams and grants were not compared: {pairs} pairs, at most {MAX_TEAM_PAIRS} are");
            return vec![warning("teams-disagree", message)];
        }
        let lacking = self.team_grants.iter().flat_map(|row| {
            let people = in_team(self.text(row.team)).iter();
            let asset = self.text(row.asset);
            let lacking = people.filter(move |member| !self.has(member, asset, row.permissions));
            lacking.map(move |member| (row, *member))
        });
        let mut problems = self.team_strangers();
        problems.extend(some("teams-disagree", lacking, |(row, member)| {
            let (team, asset) = (self.text(row.team), self.text(row.asset));
            format!("team `{team}` gives member `{member}` more on asset `{asset}` than the grants say")
        }));
        problems
    }

    fn team_strangers(&self) -> Vec<Problem> {
        let rows = self.teams.iter();
        let strangers = rows.filter(|row| self.find_member(self.text(row.member)).is_none());
        some("teams-disagree", strangers, |row| {
            let (team, id) = (self.text(row.team), self.text(row.member));
            format!("`{id}` in team `{team}` is no member")
        })
    }

    /// Whether a member has at least these permissions; true for strangers, who are told of elsewhere.
    fn has(&self, member: &str, asset: &str, set: PermissionSet) -> bool {
        let Some(member) = self.find_member(member) else {
            return true;
        };
        let asset = self.find_asset(asset);
        let held = asset.and_then(|asset| self.grant(PrincipalIx::person(member), asset)).unwrap_or_default();
        let foreign = self.foreign_words(held);
        set.known_beyond(held) == 0 && self.foreign_words(set).iter().all(|word| foreign.contains(word))
    }
}

/// Unknown words by (what they are, the word, whose): how many.
#[derive(Default)]
struct Unknown<'s>(BTreeMap<(&'static str, &'s str, &'static str), usize>);

impl<'s> Unknown<'s> {
    fn add(&mut self, unknown: bool, what: &'static str, word: &'s str, holder: &'static str) {
        if unknown {
            *self.0.entry((what, word, holder)).or_default() += 1;
        }
    }

    fn problems(self, platform: &Platform) -> Vec<Problem> {
        let each = self.0.into_iter().map(|((what, word, holder), count)| {
            let plural = if count == 1 { "" } else { "s" };
            let message = format!(
                "`{word}` is no {what} that accord knows on {}: kept word for word in {count} {holder}{plural}",
                platform.title
            );
            let problem = warning("unknown-value", message);
            match nearest(word, known(platform, what)) {
                Some(near) => problem.help(format!("the nearest it knows is `{near}`")),
                None => problem,
            }
        });
        each.collect()
    }
}

fn known(platform: &Platform, what: &str) -> Vec<&'static str> {
    match what {
        "role" => platform.roles.iter().map(|role| role.word).collect(),
        "asset type" => platform.asset_types.iter().map(|kind| kind.word).collect(),
        "permission" => platform.permissions.iter().map(|one| one.word).collect(),
        "kind" => vec!["MEMBER_INVITE", "PARTNER_INVITE", "PARTNER_REQUEST"],
        _ => vec!["PENDING", "ACCEPTED", "DECLINED", "CANCELLED", "EXPIRED"],
    }
}

/// The first ten, and how many more.
fn some<T>(code: &'static str, mut items: impl Iterator<Item = T>, say: impl Fn(T) -> String) -> Vec<Problem> {
    const SHOWN: usize = 10;
    let shown = items.by_ref().take(SHOWN);
    let mut problems: Vec<_> = shown.map(|item| warning(code, say(item))).collect();
    let more = items.count();
    if more > 0 {
        problems.push(warning(code, format!("and {more} more of this kind")));
    }
    problems
}

fn warning(code: &'static str, message: String) -> Problem {
    Problem { level: Level::Warning, ..Problem::unplaced(code, message) }
}
