//! Small random worlds: an access repository and the export of a business that have much in common and differ in every way
//! that matters. Ids come from small pools, so that people, invites and grants meet.

use std::fmt::Write as _;

use accord::desired;
use accord::observed::{self, ObservedState};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The day on which every world is looked at.
pub const DAY: &str = "2026-11-22";
const PERMISSIONS: [&str; 4] = ["ADMIN", "ANALYST", "CAMPAIGN_MANAGER", "FINANCE_VIEW"];
const PEOPLE: usize = 6;
const ACCOUNTS: usize = 4;
const PARTNERS: usize = 3;

/// What is written and what is there.
#[derive(Clone, Debug)]
pub struct World {
    pub mode: &'static str,
    pub people_section: bool,
    pub partners_section: bool,
    pub groups_section: bool,
    pub people: Vec<Person>,
    pub teams: Vec<Team>,
    pub partners: Vec<Partner>,
    pub group: Group,
    /// How the rows of the export are turned, to shuffle them.
    pub turn: usize,
}

#[derive(Clone, Debug)]
pub struct Person {
    pub listed: bool,
    pub id_written: bool,
    pub manager: bool,
    pub until: End,
    pub grants: Option<Vec<Grant>>,
    pub standing: Standing,
    pub was_manager: bool,
    /// Permissions on each account in the export; bit 4 is a word that accord doesn't know, bit 5 one that can only be read.
    pub has: [u8; ACCOUNTS],
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Standing {
    Absent,
    Member,
    Pending,
    Expired,
    Declined,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    Never,
    Past,
    Future,
}

#[derive(Clone, Debug)]
pub struct Grant {
    pub on: Vec<usize>,
    pub permissions: u8,
    pub until: End,
}

#[derive(Clone, Debug)]
pub struct Team {
    pub members: Vec<usize>,
    pub grants: Vec<Grant>,
}

#[derive(Clone, Debug)]
pub struct Partner {
    pub listed: bool,
    pub ends: End,
    pub grants: Option<Vec<Grant>>,
    pub standing: Standing,
    pub has: [u8; ACCOUNTS],
}

#[derive(Clone, Debug)]
pub struct Group {
    pub listed: bool,
    pub contains: Option<Vec<usize>>,
    pub there: bool,
    pub holds: Vec<usize>,
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![6 => Just(End::Never), 1 => Just(End::Past), 1 => Just(End::Future)]
}

fn standing() -> impl Strategy<Value = Standing> {
    use Standing::*;
    prop_oneof![2 => Just(Absent), 5 => Just(Member), 1 => Just(Pending), 1 => Just(Expired), 1 => Just(Declined)]
}

fn some_of(limit: usize) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::btree_set(0..limit, 0..=limit).prop_map(|set| set.into_iter().collect())
}

fn grants() -> impl Strategy<Value = Vec<Grant>> {
    let grant = (prop::collection::btree_set(0..ACCOUNTS, 1..3), 1u8..16, end())
        .prop_map(|(on, permissions, until)| Grant { on: on.into_iter().collect(), permissions, until });
    prop::collection::vec(grant, 0..3)
}

/// What a principal has on the accounts; `odd` in a hundred cells hold words that accord doesn't write.
fn has(odd: u32) -> impl Strategy<Value = [u8; ACCOUNTS]> {
    let cell = prop_oneof![60 => Just(0u8), 40 => 1u8..16, odd => 16u8..64];
    [cell.clone(), cell.clone(), cell.clone(), cell]
}

fn person(odd: u32) -> impl Strategy<Value = Person> {
    let written = (any::<bool>(), any::<bool>(), prop::bool::weighted(0.2), end(), prop::option::of(grants()));
    (written, standing(), prop::bool::weighted(0.2), has(odd)).prop_map(
        |((listed, id_written, manager, until, grants), standing, was_manager, has)| Person {
            listed,
            id_written,
            manager,
            until,
            grants,
            standing,
            was_manager,
            has,
        },
    )
}

fn partner(odd: u32) -> impl Strategy<Value = Partner> {
    (any::<bool>(), end(), prop::option::of(grants()), standing(), has(odd))
        .prop_map(|(listed, ends, grants, standing, has)| Partner { listed, ends, grants, standing, has })
}

/// A world; `odd` in a hundred grants of the export hold words that accord doesn't write.
pub fn world(odd: u32) -> impl Strategy<Value = World> {
    let sections = (prop::bool::weighted(0.9), prop::bool::weighted(0.9), any::<bool>());
    let team = (some_of(PEOPLE), grants()).prop_map(|(members, grants)| Team { members, grants });
    let group = (any::<bool>(), prop::option::of(some_of(ACCOUNTS)), any::<bool>(), some_of(ACCOUNTS))
        .prop_map(|(listed, contains, there, holds)| Group { listed, contains, there, holds });
    let mode = prop_oneof![8 => Just("enforce"), 1 => Just("adopt"), 1 => Just("observe")];
    let people = prop::collection::vec(person(odd), PEOPLE);
    let partners = prop::collection::vec(partner(odd), PARTNERS);
    (mode, sections, people, prop::collection::vec(team, 0..3), partners, group, 0usize..50).prop_map(
        |(mode, (people_section, partners_section, groups_section), people, teams, partners, group, turn)| World {
            mode,
            people_section,
            partners_section,
            groups_section,
            people,
            teams,
            partners,
            group,
            turn,
        },
    )
}

fn person_id(index: usize) -> String {
    format!("20000000000000000{index}")
}

fn account_id(index: usize) -> String {
    format!("10000000000{index}")
}

fn partner_id(index: usize) -> String {
    format!("70000000000000000{index}")
}

const GROUP_ID: &str = "900000000001";
const BOSS_ID: &str = "299999999999999999";

/// The words of a cell: bits 0 to 3 are writable, 4 is unknown, 5 can only be read.
pub fn words(mask: u8) -> Vec<&'static str> {
    let all = [PERMISSIONS[0], PERMISSIONS[1], PERMISSIONS[2], PERMISSIONS[3], "FUTURE_WORD", "OWNER"];
    let mut words: Vec<_> =
        all.into_iter().enumerate().filter(|(bit, _)| mask & (1 << bit) != 0).map(|(_, word)| word).collect();
    words.sort_unstable();
    words
}

fn written_end(key: &str, end: End) -> String {
    match end {
        End::Never => String::new(),
        End::Past => format!(", {key}: 2026-11-21"),
        End::Future => format!(", {key}: 2026-11-22"),
    }
}

fn written_grants(grants: &[Grant]) -> String {
    let items = grants.iter().map(|grant| {
        let on: Vec<String> = grant.on.iter().map(|index| format!("a{index}")).collect();
        let until = written_end("until", grant.until);
        format!("{{ on: [{}], permissions: [{}]{until} }}", on.join(", "), words(grant.permissions).join(", "))
    });
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

impl World {
    /// The files, in an order of no meaning.
    pub fn texts(&self) -> Vec<(String, String)> {
        let mut root = format!(
            "version: 1\nbusinesses:\n  acme: {{ platform: pinterest, id: \"600000000000000001\", mode: {}, protected: [boss@acme.example] }}\naccounts:\n",
            self.mode
        );
        for index in 0..ACCOUNTS {
            let _ = writeln!(root, "  a{index}: {{ id: \"{}\", name: Account {index} }}", account_id(index));
        }
        let mut texts = vec![("accord.yaml".to_owned(), root)];
        if self.people_section {
            texts.push(("people.yaml".to_owned(), self.people_text()));
            texts.push(("teams.yaml".to_owned(), self.teams_text()));
        }
        if self.partners_section {
            texts.push(("partners/all.yaml".to_owned(), self.partners_text()));
        }
        if self.groups_section {
            texts.push(("groups.yaml".to_owned(), self.groups_text()));
        }
        texts
    }

    fn people_text(&self) -> String {
        let mut text = format!("people:\n  boss@acme.example: {{ id: \"{BOSS_ID}\", role: manager }}\n");
        for (index, person) in self.people.iter().enumerate().filter(|(_, person)| person.listed) {
            let id = if person.id_written { format!(", id: \"{}\"", person_id(index)) } else { String::new() };
            let role = if person.manager { "manager" } else { "employee" };
            let until = written_end("until", person.until);
            let grants = person
                .grants
                .as_ref()
                .map(|grants| format!(", grants: {}", written_grants(grants)))
                .unwrap_or_default();
            let _ = writeln!(text, "  p{index}@acme.example: {{ role: {role}{id}{until}{grants} }}");
        }
        text
    }

    fn teams_text(&self) -> String {
        let mut text = if self.teams.is_empty() { "teams: {}\n".to_owned() } else { "teams:\n".to_owned() };
        for (index, team) in self.teams.iter().enumerate() {
            let members: Vec<String> = team.members.iter().map(|person| format!("P{person}@acme.example")).collect();
            let _ = writeln!(
                text,
                "  t{index}: {{ members: [{}], grants: {} }}",
                members.join(", "),
                written_grants(&team.grants)
            );
        }
        text
    }

    fn partners_text(&self) -> String {
        let mut text = String::new();
        for (index, partner) in self.partners.iter().enumerate().filter(|(_, partner)| partner.listed) {
            let ends = written_end("ends", partner.ends);
            let grants = partner
                .grants
                .as_ref()
                .map(|grants| format!(", grants: {}", written_grants(grants)))
                .unwrap_or_default();
            let _ = writeln!(text, "  q{index}: {{ id: \"{}\", direction: inbound{ends}{grants} }}", partner_id(index));
        }
        if text.is_empty() { "partners: {}\n".to_owned() } else { format!("partners:\n{text}") }
    }

    fn groups_text(&self) -> String {
        if !self.group.listed {
            return "asset_groups: {}\n".to_owned();
        }
        let id = if self.group.there { format!("id: \"{GROUP_ID}\", ") } else { String::new() };
        let contains = self.group.contains.as_ref().map(|contains| {
            let keys: Vec<String> = contains.iter().map(|index| format!("a{index}")).collect();
            format!(", contains: [{}]", keys.join(", "))
        });
        let contains = contains.unwrap_or_default();
        format!("asset_groups:\n  g: {{ {id}name: Brands, description: all brands, types: [BRAND]{contains} }}\n")
    }

    /// The desired state.
    pub fn desired(&self) -> desired::DesiredState {
        let reading = desired::from_texts(&self.texts());
        assert_eq!(reading.problems, [], "{self:?}");
        reading.state.expect("a state without problems")
    }

    /// The rows of the export by collection.
    fn tables(&self) -> Vec<(&'static str, Vec<Value>)> {
        let mut members =
            vec![json!({ "id": BOSS_ID, "email": "boss@acme.example", "username": "boss", "role": "BIZ_ADMIN" })];
        let (mut partners, mut grants, mut invites) = (Vec::new(), Vec::new(), Vec::new());
        let mut grant = |kind: &str, id: &str, has: &[u8; ACCOUNTS]| {
            for (account, mask) in has.iter().enumerate().filter(|(_, mask)| **mask != 0) {
                let mut row = json!({ "asset": account_id(account), "permissions": words(*mask) });
                row[kind] = json!(id);
                if kind == "partner" {
                    row["direction"] = json!("inbound");
                }
                grants.push(row);
            }
        };
        for (index, person) in self.people.iter().enumerate() {
            let (id, role) = (person_id(index), if person.was_manager { "BIZ_ADMIN" } else { "EMPLOYEE" });
            match status(person.standing) {
                Some(status) => invites.push(invite(
                    &format!("5{index}"),
                    "MEMBER_INVITE",
                    &format!("p{index}@acme.example"),
                    role,
                    status,
                )),
                None if person.standing == Standing::Member => {
                    members.push(json!({ "id": id, "email": format!("p{index}@ACME.example"), "username": format!("p{index}"), "role": role }));
                    grant("member", &id, &person.has);
                }
                None => {}
            }
        }
        for (index, partner) in self.partners.iter().enumerate() {
            let id = partner_id(index);
            match status(partner.standing) {
                Some(status) => invites.push(invite(&format!("6{index}"), "PARTNER_INVITE", &id, "PARTNER", status)),
                None if partner.standing == Standing::Member => {
                    partners.push(json!({ "id": id, "name": format!("Agency {index}"), "direction": "inbound" }));
                    grant("partner", &id, &partner.has);
                }
                None => {}
            }
        }
        let account =
            |index| json!({ "id": account_id(index), "type": "AD_ACCOUNT", "name": format!("Account {index}") });
        let mut assets: Vec<Value> = (0..ACCOUNTS).map(account).collect();
        let mut contents = Vec::new();
        if self.group.there {
            assets.push(json!({ "id": GROUP_ID, "type": "ASSET_GROUP", "name": "Brands" }));
            contents
                .extend(self.group.holds.iter().map(|index| json!({ "group": GROUP_ID, "asset": account_id(*index) })));
        }
        let mut tables = vec![
            ("members", members),
            ("partners", partners),
            ("assets", assets),
            ("asset_group_members", contents),
            ("grants", grants),
            ("invites", invites),
        ];
        for (_, rows) in &mut tables {
            let turn = self.turn % rows.len().max(1);
            rows.rotate_left(turn);
        }
        tables
    }

    /// The observed state.
    pub fn observed(&self) -> ObservedState {
        self.observed_cut(None)
    }

    /// The observed state, with some rows missing at the end of one collection, as a broken download leaves it.
    pub fn observed_cut(&self, cut: Option<(&str, usize)>) -> ObservedState {
        let mut collections = serde_json::Map::new();
        for (name, rows) in self.tables() {
            let total = rows.len();
            let kept = cut
                .filter(|(collection, _)| *collection == name)
                .map_or(total, |(_, missing)| total.saturating_sub(missing));
            let items: Vec<_> = rows.into_iter().take(kept).collect();
            collections.insert(name.to_owned(), json!({ "complete": true, "total": total, "items": items }));
        }
        let snapshot = json!({
            "format": "accord-snapshot", "format_version": 1, "platform": "pinterest",
            "business": { "id": "600000000000000001", "name": "Acme" },
            "captured_at": "2026-11-22T06:00:00Z", "source": "test", "collections": collections,
        });
        let bytes = serde_json::to_vec(&snapshot).expect("JSON");
        observed::snapshot::read(&bytes, "state.json").unwrap_or_else(|error| panic!("{error}\n{snapshot:#}"))
    }

    /// The same world with the rows of the export in another order.
    pub fn turned(&self) -> World {
        World { turn: self.turn + 1, ..self.clone() }
    }
}

fn status(standing: Standing) -> Option<&'static str> {
    match standing {
        Standing::Pending => Some("PENDING"),
        Standing::Expired => Some("EXPIRED"),
        Standing::Declined => Some("DECLINED"),
        Standing::Absent | Standing::Member => None,
    }
}

fn invite(id: &str, kind: &str, invitee: &str, role: &str, status: &str) -> Value {
    json!({
        "id": id, "kind": kind, "invitee": invitee, "role": role, "status": status,
        "sent_at": "2026-11-01T00:00:00Z", "expires_at": "2026-12-01T00:00:00Z",
    })
}

impl World {
    /// What the files want of people on accounts today, as (member id, account id, sorted words): for everybody whose grants are
    /// managed. `None` = nothing.
    pub fn wanted_grants(&self) -> Vec<(String, String, Option<String>)> {
        let managed = self.people_section
            && (!self.teams.is_empty() || self.people.iter().any(|person| person.listed && person.grants.is_some()));
        let mut wanted = Vec::new();
        for (index, person) in self.people.iter().enumerate().filter(|_| managed) {
            let holds = |end: End| end != End::Past;
            let mut cells = [0u8; ACCOUNTS];
            let own = person.grants.iter().flatten().filter(|_| person.listed);
            let teams = self.teams.iter().filter(|team| team.members.contains(&index)).flat_map(|team| &team.grants);
            let ended = person.listed && !holds(person.until);
            for grant in own.chain(teams).filter(|grant| holds(grant.until) && !ended) {
                for account in &grant.on {
                    cells[*account] |= grant.permissions;
                }
            }
            for (account, mask) in cells.into_iter().enumerate() {
                let words = (mask != 0).then(|| words(mask).join(";"));
                wanted.push((person_id(index), account_id(account), words));
            }
        }
        wanted
    }
}
