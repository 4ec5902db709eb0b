//! Access as rules of the repository's own see it: one row for each person and asset, made from the graph.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use crate::graph::{Access as Reached, AssetIx, BusinessIx, EdgeKind, NameKind, Node, PersonIx, PersonKind};
use crate::model::Until;
use crate::policy::outside::Status;
use crate::policy::record::{Access, AssetFacts, PathKinds, PersonFacts, STATUS_WORDS};

use super::case::Case;

/// Everything that rows borrow from.
pub struct Rows<'a> {
    case: &'a Case<'a>,
    people: Vec<PersonFacts<'a>>,
    assets: Vec<AssetFacts<'a>>,
    /// By person: keys and ids of the partners they work for.
    partners: Vec<Partners<'a>>,
    /// Where somebody works for several partners: what lets them in.
    through: HashMap<(PersonIx, AssetIx), Partners<'a>>,
    ends: Option<Ends>,
}

#[derive(Clone, Default)]
struct Partners<'a> {
    businesses: Vec<BusinessIx>,
    keys: Vec<&'a str>,
    ids: Vec<&'a str>,
}

/// Last days of what the files grant, over all lines; absent where only an export has it.
struct Ends {
    people: HashMap<(PersonIx, AssetIx), Until>,
    partners: HashMap<(BusinessIx, AssetIx), Until>,
    day: Date,
}

impl<'a> Rows<'a> {
    /// Of the state that is looked at; `ends` says whether somebody asks when access ends.
    pub fn new(case: &'a Case<'a>, ends: bool) -> Self {
        let nodes = case.now.graph.nodes();
        let mut rows = Rows {
            case,
            people: nodes.people().map(|person| facts_of_person(case, person)).collect(),
            assets: nodes.assets().map(|asset| facts_of_asset(case, asset)).collect(),
            partners: nodes.people().map(|person| partners_of(case, person)).collect(),
            through: HashMap::new(),
            ends: ends.then(|| Ends::of(case)),
        };
        rows.find_through();
        rows
    }

    /// Every asset.
    pub fn assets(&self) -> &[AssetFacts<'a>] {
        &self.assets
    }

    /// Every row, by person and asset.
    pub fn iter(&self) -> impl Iterator<Item = (PersonIx, AssetIx, Access<'_>)> {
        let people = self.case.now.effective.iter();
        people.flat_map(move |(person, reached)| {
            reached.iter().filter_map(move |one| Some((person, one.asset, self.row(person, one)?)))
        })
    }

    fn row(&self, person: PersonIx, reached: &Reached) -> Option<Access<'_>> {
        let asset = reached.asset;
        let by_partner = reached.ways.partner();
        let partners = self.through.get(&(person, asset)).or_else(|| self.partners.get(person.at()));
        let partners = partners.filter(|_| by_partner);
        let mut paths = PathKinds::default();
        for (is, kind) in [
            (reached.ways.own() && !by_partner, PathKinds::DIRECT),
            (reached.ways.own() && by_partner && self.is_ours(person), PathKinds::DIRECT),
            (reached.ways.team(), PathKinds::TEAM),
            (reached.ways.group(), PathKinds::GROUP),
            (by_partner, PathKinds::PARTNER),
        ] {
            paths = if is { paths.with(kind) } else { paths };
        }
        Some(Access {
            person: self.people.get(person.at())?,
            asset: self.assets.get(asset.at())?,
            platform: self.case.now.graph.nodes().asset(asset).platform,
            permissions: reached.permissions,
            capabilities: reached.sure,
            undecided: reached.possible,
            paths,
            partners: partners.map_or(&[], |partners| partners.keys.as_slice()),
            partner_ids: partners.map_or(&[], |partners| partners.ids.as_slice()),
            days_left: self.ends.as_ref().and_then(|ends| ends.days_left(person, reached, partners)),
        })
    }

    /// Whether somebody works in one of our businesses.
    fn is_ours(&self, person: PersonIx) -> bool {
        self.people.get(person.at()).is_some_and(|facts| facts.role.is_some())
    }

    /// Who works for several partners is let in by those of them that have the asset.
    fn find_through(&mut self) {
        let case = self.case;
        let several = self.partners.iter().any(|partners| partners.businesses.len() > 1);
        if !several {
            return;
        }
        let mut shared: BTreeMap<BusinessIx, BTreeSet<AssetIx>> = BTreeMap::new();
        for (person, reached) in case.now.effective.iter() {
            let Some(all) = self.partners.get(person.at()).filter(|all| all.businesses.len() > 1) else {
                continue;
            };
            for one in reached.iter().filter(|one| one.ways.partner()) {
                let has = |business: &BusinessIx| {
                    shared.entry(*business).or_insert_with(|| shared_with(case, *business)).contains(&one.asset)
                };
                let through: Vec<BusinessIx> = all.businesses.iter().copied().filter(has).collect();
                if !through.is_empty() && through.len() < all.businesses.len() {
                    self.through.insert((person, one.asset), named(case, through));
                }
            }
        }
    }
}

/// What a business was given, with what is in the groups among it.
fn shared_with(case: &Case<'_>, business: BusinessIx) -> BTreeSet<AssetIx> {
    let graph = case.now.graph;
    let direct = graph.shares_to(business).filter_map(|edge| match graph.edge(edge).to {
        Node::Asset(asset) => Some(asset),
        Node::Person(_) | Node::Business(_) | Node::Team(_) => None,
    });
    with_contents(case, direct.collect())
}

fn with_contents(case: &Case<'_>, start: Vec<AssetIx>) -> BTreeSet<AssetIx> {
    let graph = case.now.graph;
    let mut found = BTreeSet::new();
    let mut open = start;
    while let Some(asset) = open.pop() {
        if !found.insert(asset) {
            continue;
        }
        for edge in graph.contents_of(asset) {
            if let Node::Asset(inner) = graph.edge(edge).to {
                open.push(inner);
            }
        }
    }
    found
}

fn facts_of_person<'a>(case: &Case<'a>, person: PersonIx) -> PersonFacts<'a> {
    let graph = case.now.graph;
    let nodes = graph.nodes();
    let node = nodes.person(person);
    let addresses: Vec<&str> = nodes.names_of_kind(person, NameKind::Address).collect();
    let id = nodes.names_of_kind(person, NameKind::Id).next();
    let username = nodes.names_of_kind(person, NameKind::Username).next();
    let key = node.key.map(|key| nodes.text(key)).or(addresses.first().copied()).or(username).or(id);
    let entry = case.known.directory.and_then(|directory| addresses.iter().find_map(|one| directory.find(one)));
    let active = case.known.activity.and_then(|activity| addresses.iter().find_map(|one| activity.find(one)));
    let teams = graph.teams_of(person).filter_map(|edge| match graph.edge(edge).to {
        Node::Team(team) => Some(nodes.text(nodes.team(team).key)),
        Node::Person(_) | Node::Business(_) | Node::Asset(_) => None,
    });
    PersonFacts {
        key: key.unwrap_or_default(),
        id,
        domain: addresses.first().and_then(|address| address.rsplit_once('@')).map(|(_, domain)| domain),
        service: node.kind != PersonKind::Human,
        external: is_external(case, person, &addresses),
        role: role(case, person),
        teams: teams.collect(),
        two_factor: entry.and_then(|entry| entry.two_factor),
        status: entry.map(|entry| match entry.status {
            Status::Active => STATUS_WORDS[0],
            Status::Suspended => STATUS_WORDS[1],
            Status::Left => STATUS_WORDS[2],
        }),
        inactive_days: active.map(|entry| entry.last_active.map_or(u32::MAX, |last| days(last, case.day))),
        addresses,
    }
}

fn days(since: Date, day: Date) -> u32 {
    u32::try_from(day.since(since).map_or(0, |span| span.get_days())).unwrap_or(0)
}

/// No address of our own domains. Where nobody says which those are, who works in none of our businesses.
fn is_external(case: &Case<'_>, person: PersonIx, addresses: &[&str]) -> bool {
    let nodes = case.now.graph.nodes();
    let ours = nodes.businesses().filter(|business| nodes.business(*business).ours);
    let answers: Vec<bool> = ours.filter_map(|business| nodes.has_own_address(person, business)).collect();
    match (addresses.is_empty(), answers.is_empty()) {
        (false, false) => !answers.contains(&true),
        _ => role(case, person).is_none(),
    }
}

/// The most privileged role in our businesses.
fn role(case: &Case<'_>, person: PersonIx) -> Option<&'static str> {
    let graph = case.now.graph;
    let mut best: Option<(bool, &'static str)> = None;
    for edge in graph.businesses_of(person) {
        let read = graph.edge(edge);
        let Node::Business(business) = read.to else { continue };
        let business = graph.nodes().business(business);
        if read.kind != EdgeKind::Member || !business.ours {
            continue;
        }
        let role = graph.role(edge).and_then(|word| business.platform.role(word));
        let role = role.or_else(|| business.platform.roles.iter().find(|role| role.admin == read.admin));
        if let Some(role) = role.filter(|role| best.is_none_or(|(admin, _)| role.admin && !admin)) {
            best = Some((role.admin, role.name));
        }
    }
    best.map(|(_, name)| name)
}

fn facts_of_asset<'a>(case: &Case<'a>, asset: AssetIx) -> AssetFacts<'a> {
    let nodes = case.now.graph.nodes();
    let node = nodes.asset(asset);
    let id = node.id.map(|id| nodes.text(id));
    let partner = |owner: BusinessIx| {
        let found = nodes.partnerships_with(owner).next().and_then(|one| one.key);
        nodes.text(found.unwrap_or(nodes.business(owner).id))
    };
    AssetFacts {
        key: node.key.map(|key| nodes.text(key)).or(id).unwrap_or_default(),
        id,
        business: case.now.business_of(asset).unwrap_or_default(),
        kind: node.kind.map_or("", |kind| kind.name),
        client: node.client.map(|client| nodes.text(client)),
        labels: node.labels.iter().map(|label| nodes.text(*label)).collect(),
        owner: node.owner.filter(|owner| !nodes.business(*owner).ours).map(partner),
    }
}

/// The partners somebody works for. One of our businesses is a partner of another of ours.
fn partners_of<'a>(case: &Case<'a>, person: PersonIx) -> Partners<'a> {
    let graph = case.now.graph;
    let mut businesses: Vec<BusinessIx> = graph
        .businesses_of(person)
        .filter_map(|edge| match graph.edge(edge).to {
            Node::Business(business) => Some(business),
            Node::Person(_) | Node::Asset(_) | Node::Team(_) => None,
        })
        .filter(|business| graph.shares_to(*business).next().is_some())
        .collect();
    businesses.sort_unstable();
    businesses.dedup();
    named(case, businesses)
}

fn named<'a>(case: &Case<'a>, businesses: Vec<BusinessIx>) -> Partners<'a> {
    let nodes = case.now.graph.nodes();
    let mut keys = Vec::new();
    let mut ids = Vec::new();
    for &business in &businesses {
        let node = nodes.business(business);
        ids.push(nodes.text(node.id));
        let named = nodes.partnerships_with(business).filter_map(|one| one.key);
        keys.extend(named.map(|key| nodes.text(key)));
    }
    keys.sort_unstable();
    keys.dedup();
    Partners { businesses, keys, ids }
}

impl Ends {
    fn of(case: &Case<'_>) -> Self {
        let (graph, desired) = (case.now.graph, case.now.desired);
        let nodes = graph.nodes();
        let mut ends = Ends { people: HashMap::new(), partners: HashMap::new(), day: case.day };
        // An edge knows its items, and an item with its asset the last day.
        let mut by_item: HashMap<(u32, &str), Until> = HashMap::new();
        // A line that has ended counts as well: what an export still shows of it ended on that day.
        for grant in &desired.grants {
            let asset = desired.assets.get(grant.asset as usize);
            if let Some(id) = asset.map(|asset| desired.text(asset.id.unwrap_or(asset.key))) {
                let until = by_item.entry((grant.item, id)).or_insert(grant.until);
                *until = until.later(grant.until);
            }
        }
        for edge in graph.edges() {
            let read = graph.edge(edge);
            let Node::Asset(asset) = read.to else { continue };
            let node = nodes.asset(asset);
            let Some(id) = node.id.or(node.key).map(|id| nodes.text(id)) else { continue };
            let lines = graph.lines(edge);
            let last = |until: Option<Until>, line: &crate::graph::Line| {
                let own = line.item().and_then(|item| by_item.get(&(item, id)).copied()).unwrap_or(Until::FOREVER);
                Some(until.map_or(own, |until| until.later(own)))
            };
            let until = lines.iter().fold(None, last).unwrap_or(Until::FOREVER);
            ends.note(case, read.from, asset, until);
        }
        ends
    }

    fn note(&mut self, case: &Case<'_>, holder: Node, asset: AssetIx, until: Until) {
        let graph = case.now.graph;
        let people: Vec<PersonIx> = match holder {
            Node::Person(person) => vec![person],
            Node::Team(team) => {
                let members = graph.members_of_team(team).filter_map(|edge| match graph.edge(edge).from {
                    Node::Person(person) => Some(person),
                    Node::Business(_) | Node::Asset(_) | Node::Team(_) => None,
                });
                members.collect()
            }
            Node::Business(business) => {
                for asset in with_contents(case, vec![asset]) {
                    later(&mut self.partners, (business, asset), until);
                }
                return;
            }
            Node::Asset(_) => return,
        };
        for asset in with_contents(case, vec![asset]) {
            for &person in &people {
                later(&mut self.people, (person, asset), until);
            }
        }
    }

    /// Days until the last way ends; `None` where one has no end.
    fn days_left(&self, person: PersonIx, reached: &Reached, partners: Option<&Partners<'_>>) -> Option<i64> {
        let own = self.people.get(&(person, reached.asset)).copied();
        let shares = partners.into_iter().flat_map(|partners| &partners.businesses);
        let shared = shares.filter_map(|business| self.partners.get(&(*business, reached.asset)).copied());
        let last = match shared.reduce(Until::later) {
            // What a partner's people have ends with the partner's, whatever the partner says of its own people.
            Some(shared) => own.filter(|until| *until != Until::FOREVER).map_or(shared, |own| own.later(shared)),
            None => own?,
        };
        let last = last.date()?;
        last.since(self.day).ok().map(|span| i64::from(span.get_days()))
    }
}

fn later<K: Eq + std::hash::Hash>(map: &mut HashMap<K, Until>, key: K, until: Until) {
    let known = map.entry(key).or_insert(until);
    *known = known.later(until);
}
