//! Waivers, assertions, boundaries and custom rules over small worlds.

use jiff::civil::{Date, date};

use super::assertion::{Breach, BreachKind};
use super::boundary::{Excess, Granted, HolderKind, Within};
use super::cel::Expression;
use super::custom::{Counted, Group, Limit, Outcome, Tally};
use super::pattern::{Pattern, Test};
use super::record::{AssetFacts, PathKinds, PersonFacts};
use super::target::Target;
use super::waiver::Match;
use super::*;
use crate::platforms::{Certainty, PLATFORMS};
use crate::source::{FileId, Pos};

fn span() -> Span {
    Pos::new(FileId(0), 1, 1).span(1)
}

fn placed<T>(value: T) -> Placed<T> {
    Placed { value, span: span() }
}

fn texts(list: &[&str]) -> Vec<Placed<String>> {
    list.iter().map(|text| placed((*text).to_owned())).collect()
}

fn target(names: &[&str]) -> Target {
    Target { written: placed(names[0].to_owned()), names: names.iter().map(|name| (*name).to_owned()).collect() }
}

fn waiver(rule: &str, subject: Option<Target>, object: Option<Target>, until: Date) -> Waiver {
    Waiver {
        rule: placed(rule.to_owned()),
        subject,
        object,
        reason: placed("r".to_owned()),
        owner: placed("o@acme.example".to_owned()),
        approved_by: target(&["person:ana@acme.example", "person:12"]),
        approver_known: true,
        approved_on: placed(date(2026, 11, 1)),
        until: placed(until),
        ticket: None,
        renewed: Vec::new(),
        span: span(),
    }
}

#[test]
fn a_waiver_covers_its_rule_its_subject_and_its_object() {
    let bo = || Some(target(&["person:bo@acme.example", "person:77"]));
    let fr = || Some(target(&["asset:1001"]));
    let later = date(2027, 1, 31);
    let list = [
        waiver("a", bo(), fr(), later),
        waiver("b", bo(), None, date(2026, 11, 30)),
        waiver("c", None, fr(), later),
        waiver("d", bo(), None, later),
    ];
    let unknown = [Waiver { approver_known: false, ..waiver("a", bo(), fr(), later) }];
    let found = Waivers::new(&unknown, date(2026, 12, 1)).find("a", Some("person:77"), Some("asset:1001"));
    assert_eq!(found.map(|(_, found)| found), Some(Match::ApprovedByNobody), "perhaps bo, under another address");
    let waivers = Waivers::new(&list, date(2026, 12, 1));
    let says = |rule, subject, object| waivers.find(rule, subject, object).map(|(_, found)| found);
    assert_eq!(says("a", Some("person:77"), Some("asset:1001")), Some(Match::Waived));
    assert_eq!(says("a", Some("person:77"), Some("asset:1002")), None);
    assert_eq!(says("a", Some("person:78"), Some("asset:1001")), None);
    assert_eq!(says("a", Some("person:77"), None), None);
    assert_eq!(says("b", Some("person:bo@acme.example"), Some("asset:1")), Some(Match::Expired));
    assert_eq!(says("c", Some("person:x"), Some("asset:1001")), Some(Match::Waived));
    assert_eq!(says("c", Some("asset:1001"), None), Some(Match::Waived), "a finding without an object");
    assert_eq!(says("c", Some("person:12"), Some("asset:1001")), Some(Match::ApprovedByBeneficiary));
    let unused: Vec<&str> = waivers.unused(|_| true).iter().map(|waiver| waiver.rule.value.as_str()).collect();
    assert_eq!(unused, ["d"]);
    assert!(waivers.unused(|rule| rule != "d").is_empty(), "nothing is known of a rule that was not evaluated");
}

#[test]
fn a_waiver_that_holds_wins_over_one_that_does_not() {
    let list = [waiver("a", None, None, date(2026, 11, 2)), waiver("a", None, None, date(2027, 1, 1))];
    let waivers = Waivers::new(&list, date(2026, 11, 2));
    assert_eq!(waivers.find("a", Some("x"), None).map(|(_, found)| found), Some(Match::Waived));
    let waivers = Waivers::new(&list, date(2026, 11, 3));
    let (found, says) = waivers.find("a", Some("x"), None).expect("the second holds");
    assert_eq!((found.until.value, says), (date(2027, 1, 1), Match::Waived));
    let waivers = Waivers::new(&list, date(2027, 1, 2));
    assert_eq!(waivers.find("a", Some("x"), None).map(|(_, found)| found), Some(Match::Expired));
}

#[test]
fn a_waiver_is_as_long_as_since_its_last_renewal() {
    let mut one = waiver("a", None, None, date(2027, 11, 1));
    assert_eq!(one.days(), 365);
    one.renewed = vec![placed(date(2027, 10, 2))];
    assert_eq!(one.days(), 30);
}

/// A world of three people on two accounts.
struct World {
    people: Vec<PersonFacts<'static>>,
    assets: Vec<AssetFacts<'static>>,
}

fn world() -> World {
    let person = |key, addresses: Vec<&'static str>| PersonFacts { key, addresses, ..PersonFacts::default() };
    let asset = |key, id, client| AssetFacts {
        key,
        id: Some(id),
        business: "acme",
        kind: "ad-account",
        client: Some(client),
        ..AssetFacts::default()
    };
    World {
        people: vec![
            person("ana", vec!["ana@acme.example"]),
            person("bo", vec!["bo@acme.example", "bo2@acme.example"]),
            person("lea@nova.example", vec!["lea@nova.example"]),
        ],
        assets: vec![asset("fr", "1001", "north"), asset("de", "1002", "south")],
    }
}

impl World {
    fn row(&self, person: usize, asset: usize, words: &[&str]) -> Access<'_> {
        let platform = PLATFORMS[0];
        let permissions = words.iter().filter_map(|word| platform.permission_bit(word)).fold(0, |a, b| a | b);
        let capabilities = platform.capabilities_of(permissions, Certainty::Inferred);
        let possible = platform.capabilities_of(permissions, Certainty::Undecided);
        Access {
            person: &self.people[person],
            asset: &self.assets[asset],
            platform,
            permissions,
            capabilities,
            undecided: possible & !capabilities,
            paths: if person == 2 { PathKinds::PARTNER } else { PathKinds::TEAM },
            partners: if person == 2 { &["nova"] } else { &[] },
            partner_ids: if person == 2 { &["5"] } else { &[] },
            days_left: None,
        }
    }

    fn asset_name(&self, index: usize) -> AssetName {
        let asset = &self.assets[index];
        let (business, key) = (asset.business.to_owned(), asset.key.to_owned());
        AssetName { written: placed(key.clone()), business, key, id: asset.id.map(str::to_owned) }
    }
}

fn person(name: &str) -> Who {
    Who::Person { written: placed(name.to_owned()), key: name.to_owned() }
}

fn assertion(claim: Claim, capabilities: &[&str], who: Vec<Who>, assets: Vec<AssetName>) -> Assertion {
    let scope = Scope { assets, ..Scope::default() };
    Assertion { claim, capabilities: texts(capabilities), who, scope, reason: None, span: span() }
}

fn shown(breaches: &[Breach]) -> Vec<String> {
    let one = |breach: &Breach| {
        format!("{:?} {} {} {}", breach.kind, breach.who, breach.asset, breach.capabilities.join("+"))
    };
    breaches.iter().map(one).collect()
}

#[test]
fn can_asks_all_of_it_of_each_on_each() {
    let world = world();
    let rows = [world.row(0, 0, &["CAMPAIGN_MANAGER"]), world.row(1, 0, &["FINANCE_VIEW"])];
    let both = || vec![world.asset_name(0), world.asset_name(1)];
    let who = || vec![person("ana"), person("bo2@acme.example")];
    let can = assertion(Claim::Can, &["edit-campaigns", "view-billing"], who(), both());
    assert_eq!(
        shown(&can.breaches(&rows, &world.assets)),
        [
            "Missing ana de edit-campaigns+view-billing",
            "Missing bo2@acme.example de edit-campaigns+view-billing",
            "Missing bo2@acme.example fr edit-campaigns",
        ]
    );
    let undecided = assertion(Claim::Can, &["edit-conversion-tags"], vec![person("ana")], vec![world.asset_name(0)]);
    assert_eq!(shown(&undecided.breaches(&rows, &world.assets)), ["Undecided ana fr edit-conversion-tags"]);
    let access = assertion(Claim::Can, &["access"], vec![person("bo")], vec![world.asset_name(0)]);
    assert_eq!(access.breaches(&rows, &world.assets), []);
}

#[test]
fn cannot_forbids_any_of_it_to_any_of_them() {
    let world = world();
    let rows =
        [world.row(2, 0, &["FINANCE_EDIT"]), world.row(2, 1, &["CAMPAIGN_MANAGER"]), world.row(0, 0, &["ADMIN"])];
    let nova = Who::Partner { written: placed("nova".to_owned()), business: "acme".to_owned(), id: "5".to_owned() };
    let cannot = assertion(Claim::Cannot, &["edit-billing", "edit-conversion-tags"], vec![nova], Vec::new());
    let breaches = cannot.breaches(&rows, &world.assets);
    assert_eq!(
        shown(&breaches),
        ["Forbidden lea@nova.example fr edit-billing", "Undecided lea@nova.example de edit-conversion-tags"]
    );
    assert_eq!(breaches[0].row, Some(0));
}

#[test]
fn who_can_is_an_exact_list() {
    let world = world();
    let rows = [world.row(0, 0, &["FINANCE_EDIT"]), world.row(2, 0, &["FINANCE_EDIT"]), world.row(2, 1, &["ADMIN"])];
    let team = Who::Team {
        written: placed("finance".to_owned()),
        business: "acme".to_owned(),
        members: vec!["ana".to_owned(), "bo".to_owned()],
    };
    let exact = assertion(Claim::WhoCan, &["edit-billing"], vec![team], vec![world.asset_name(0)]);
    assert_eq!(
        shown(&exact.breaches(&rows, &world.assets)),
        ["Missing bo fr edit-billing", "Forbidden lea@nova.example fr edit-billing"]
    );
    let nobody = assertion(Claim::WhoCan, &["access"], Vec::new(), vec![world.asset_name(1)]);
    assert_eq!(shown(&nobody.breaches(&rows, &world.assets)), ["Forbidden lea@nova.example de access"]);
    let nova = Who::Partner { written: placed("nova".to_owned()), business: "acme".to_owned(), id: "5".to_owned() };
    let exact = assertion(Claim::WhoCan, &["edit-billing"], vec![person("ana"), nova], vec![world.asset_name(0)]);
    assert_eq!(exact.breaches(&rows, &world.assets), []);
    let gone = assertion(Claim::WhoCan, &["edit-billing"], exact.who.clone(), vec![world.asset_name(1)]);
    assert_eq!(shown(&gone.breaches(&rows, &world.assets)), ["Missing ana de edit-billing"]);
    assert!(gone.breaches(&rows, &world.assets).iter().all(|breach| breach.kind == BreachKind::Missing));
}

fn boundary(files: &str, scope: Scope, permissions: &[&str], holders: &[HolderKind]) -> Boundary {
    Boundary {
        files: texts(&[files]),
        scope,
        permissions: texts(permissions),
        capabilities: Vec::new(),
        holders: holders.iter().map(|holder| placed(*holder)).collect(),
        roles: texts(&["employee"]),
        reason: None,
        span: span(),
    }
}

#[test]
fn a_file_may_grant_what_one_of_its_boundaries_allows() {
    let world = world();
    let north = Scope { clients: texts(&["north"]), ..Scope::default() };
    let list = [
        boundary("teams/**", north, &[], &[HolderKind::Teams]),
        boundary("teams/money.yaml", Scope::default(), &["FINANCE_VIEW"], &[]),
    ];
    let granted = |asset: usize, word: &str, holder| Granted {
        holder,
        asset: &world.assets[asset],
        platform: PLATFORMS[0],
        permissions: PLATFORMS[0].permission_bit(word).expect("a permission"),
    };
    let emea = Within::of(&list, "teams/emea/fr.yaml");
    let excess = |within: &Within<'_>, granted: Granted<'_>| within.violation(&granted).map(|found| found.excess);
    assert_eq!(excess(&emea, granted(0, "ADMIN", HolderKind::Teams)), None);
    assert_eq!(
        excess(&emea, granted(1, "ADMIN", HolderKind::People)),
        Some(vec![Excess::Asset, Excess::Holder(HolderKind::People)])
    );
    let money = Within::of(&list, "teams/money.yaml");
    assert_eq!(excess(&money, granted(1, "FINANCE_VIEW", HolderKind::Partners)), None);
    assert_eq!(
        excess(&money, granted(1, "FINANCE_EDIT", HolderKind::Partners)),
        Some(vec![Excess::Permissions(vec!["FINANCE_EDIT"])])
    );
    assert!(Within::of(&list, "people.yaml").is_open());
    assert_eq!(emea.role_violation("employee"), None);
    assert_eq!(
        emea.role_violation("manager").map(|found| found.excess),
        Some(vec![Excess::Role("manager".to_owned())])
    );
}

#[test]
fn undecided_capabilities_are_beyond_a_boundary_too() {
    let world = world();
    let mut one = boundary("**", Scope::default(), &[], &[]);
    one.capabilities = texts(&["edit-audiences", "upload-conversions", "view-audiences", "view-conversion-tags"]);
    let list = [one];
    let granted = Granted {
        holder: HolderKind::People,
        asset: &world.assets[0],
        platform: PLATFORMS[0],
        permissions: PLATFORMS[0].permission_bit("AUDIENCE_MANAGER").expect("a permission"),
    };
    let found = Within::of(&list, "people.yaml").violation(&granted).map(|found| found.excess);
    assert_eq!(found, Some(vec![Excess::Capabilities(vec!["edit-conversion-tags"])]));
}

fn pattern(field: &'static str, wanted: &[&str]) -> Pattern {
    Pattern { tests: vec![Test { field, wanted: texts(wanted) }], span: span() }
}

fn rule() -> CustomRule {
    CustomRule {
        name: placed("mine".to_owned()),
        level: Level::Deny,
        severity: 1,
        message: placed("m".to_owned()),
        help: None,
        matches: None,
        unless: None,
        when: None,
        limit: None,
        fires: Vec::new(),
        quiet: Vec::new(),
    }
}

#[test]
fn unknown_values_and_errors_never_pass_a_rule() {
    let world = world();
    let row = world.row(1, 0, &["FINANCE_EDIT"]);
    let when = |text: &str| Some(Expression::compile(placed(text.to_owned())).expect(text));
    let judge = |rule: CustomRule| rule.judge(&row);
    assert_eq!(judge(CustomRule { matches: Some(pattern("person", &["bo2@acme.*"])), ..rule() }), Outcome::Fires);
    assert_eq!(judge(CustomRule { matches: Some(pattern("person", &["ana"])), ..rule() }), Outcome::Quiet);
    assert_eq!(
        judge(CustomRule { matches: Some(pattern("two_factor", &["false"])), ..rule() }),
        Outcome::Unknown("two_factor")
    );
    assert_eq!(
        judge(CustomRule { unless: Some(pattern("two_factor", &["true"])), ..rule() }),
        Outcome::Unknown("two_factor")
    );
    assert_eq!(
        judge(CustomRule { unless: Some(pattern("two_factor", &["true"])), when: when("external"), ..rule() }),
        Outcome::Quiet
    );
    assert_eq!(judge(CustomRule { when: when("status == 'left'"), ..rule() }), Outcome::Unknown("status"));
    let broken = CustomRule { when: when("1 % size(teams) == 0"), ..rule() };
    assert_eq!(judge(broken.clone()), Outcome::Failed("division by zero".to_owned()));
    let outside = CustomRule { matches: Some(pattern("client", &["south"])), ..broken };
    assert_eq!(judge(outside), Outcome::Quiet, "a row it is not about is not evaluated");
}

#[test]
fn a_limit_counts_different_ones_in_each_group() {
    let world = world();
    let mut tally = Tally::new(Limit { at_most: 1, of: Counted::People, per: Group::Client, span: span() });
    for (index, (person, asset)) in [(0, 0), (1, 0), (1, 0), (2, 1)].into_iter().enumerate() {
        tally.add(&world.row(person, asset, &["ANALYST"]), index);
    }
    let exceeding: Vec<_> = tally.exceeding().collect();
    let [(group, members)] = exceeding.as_slice() else { panic!("one group, found {exceeding:?}") };
    assert_eq!(*group, "north");
    assert_eq!(members.iter().map(|(key, row)| (key.as_str(), *row)).collect::<Vec<_>>(), [("ana", 0), ("bo", 1)]);
    let mut by_partner = Tally::new(Limit { at_most: 0, of: Counted::Clients, per: Group::Partner, span: span() });
    by_partner.add(&world.row(2, 1, &["ANALYST"]), ());
    by_partner.add(&world.row(0, 1, &["ANALYST"]), ());
    assert_eq!(by_partner.exceeding().map(|(group, _)| group).collect::<Vec<_>>(), ["nova"]);
}
