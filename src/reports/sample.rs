//! Plans made by hand for the tests of the reports: a small one with something of everything, and random ones.

use crate::model::{AssetRef, Digest, Direction, Fact, FactKey, PartnerRef, PersonRef, Principal, fact};
use crate::plan::*;
use jiff::civil::date;

pub fn person(key: &str, name: &str) -> PersonRef {
    PersonRef {
        key: Some(format!("{key}@norrhem.example")),
        id: Some(format!("70{}", key.bytes().fold(7u64, |n, b| n * 31 % 999_983 + u64::from(b)))),
        email: Some(format!("{key}@norrhem.example")),
        username: None,
        name: Some(name.to_owned()),
    }
}

pub fn partner(key: &str, id: &str, name: &str) -> PartnerRef {
    PartnerRef {
        key: Some(key.to_owned()),
        id: id.to_owned(),
        name: Some(name.to_owned()),
        direction: Direction::Inbound,
    }
}

pub fn account(key: &str, id: &str, name: &str) -> AssetRef {
    AssetRef {
        key: Some(key.to_owned()),
        id: Some(id.to_owned()),
        name: Some(name.to_owned()),
        kind: "AD_ACCOUNT".to_owned(),
    }
}

pub fn asset(kind: &str, key: &str, id: &str, name: &str) -> AssetRef {
    AssetRef { kind: kind.to_owned(), ..account(key, id, name) }
}

pub fn place(file: &str, line: u32, what: &str) -> Place {
    Place { file: file.to_owned(), line, column: 7, what: what.to_owned() }
}

pub fn written(places: &[(&str, u32, &str)], reasons: &[&str]) -> Cause {
    Cause::Written { places: places.iter().map(|(f, l, w)| place(f, *l, w)).collect(), reasons: strings(reasons) }
}

pub fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

pub fn operation(id: &str, action: Action, cause: Cause, risk: &[Risk]) -> Operation {
    let rests_on = vec![Fact { key: FactKey::Member { id: "701".to_owned() }, value: Some("EMPLOYEE".to_owned()) }];
    Operation {
        id: id.to_owned(),
        action,
        cause,
        risk: risk.to_vec(),
        after: Vec::new(),
        precondition: fact::digest(&rests_on),
        rests_on,
        undo: Undo::Reversible,
        by: Executor::Connector,
        origin: Origin::Files,
    }
}

pub fn set(who: impl Into<Principal>, asset: &AssetRef, before: &[&str], after: &[&str]) -> Action {
    Action::SetGrant { principal: who.into(), asset: asset.clone(), before: strings(before), after: strings(after) }
}

pub fn remove(who: impl Into<Principal>, asset: &AssetRef, before: &[&str]) -> Action {
    Action::RemoveGrant { principal: who.into(), asset: asset.clone(), before: strings(before) }
}

impl From<PersonRef> for Principal {
    fn from(person: PersonRef) -> Self {
        Principal::Person(person)
    }
}

impl From<PartnerRef> for Principal {
    fn from(partner: PartnerRef) -> Self {
        Principal::Partner(partner)
    }
}

/// A plan around some operations, with nothing else to say.
pub fn plan(operations: Vec<Operation>) -> Plan {
    let passed = |guard: &str| GuardResult { guard: guard.to_owned(), verdict: Verdict::Passed };
    Plan {
        format: "accord-plan".to_owned(),
        format_version: FORMAT_VERSION,
        digest: Digest::of(b"plan"),
        as_of: "2026-11-22T06:00:00Z".parse().expect("a timestamp"),
        desired: Digest::of(b"files"),
        only: Vec::new(),
        businesses: vec![BusinessPlan {
            business: BusinessRef {
                key: "norrhem".to_owned(),
                platform: "pinterest".to_owned(),
                id: "687195134316".to_owned(),
                name: Some("Norrhem Home".to_owned()),
                mode: "enforce".to_owned(),
            },
            observed: ObservedRef {
                from: "state/current".to_owned(),
                digest: Digest::of(b"state"),
                captured_at: "2026-11-22T05:12:00Z".parse().expect("a timestamp"),
                captured_by: Some("access-bot@norrhem.example".to_owned()),
                incomplete: Vec::new(),
            },
            operations,
            withheld: Vec::new(),
            waiting: Vec::new(),
            deferred: Vec::new(),
            notices: Vec::new(),
            upcoming: Vec::new(),
            guards: vec![passed("removals"), passed("last-admin"), passed("own-access")],
            totals: Totals { unchanged: 1234, ..Totals::default() },
            unmanaged: Vec::new(),
            managed: Vec::new(),
            files: Vec::new(),
            partner_people: Vec::new(),
            calls: 0,
            predicted: Some(Digest::of(b"then")),
        }],
        rules: crate::rules::Judgement::default(),
        overrides: Vec::new(),
        approvals: crate::plan::Approvals::default(),
    }
}

/// Something of everything, as in the example repository of one brand.
pub fn norrhem() -> Plan {
    let fr = account("norrhem-fr", "549755885101", "Norrhem France");
    let be = account("norrhem-be", "549755885102", "Norrhem Belgium");
    let brand = account("norrhem-brand", "549755885100", "Norrhem Brand");
    let kids = account("norrhem-kids", "549755885103", "Norrhem Kids");
    let ch = account("norrhem-ch", "549755885104", "Norrhem Switzerland");
    let dach = asset("ASSET_GROUP", "dach", "601", "German-speaking markets");
    let south = asset("ASSET_GROUP", "southern-europe", "602", "Southern Europe");
    let apac = asset("CATALOG", "catalog-apac", "811", "APAC catalog");
    let rive = partner("atelier-rive", "711000000000000042", "Atelier Rive");
    let freja = person("freja.holm", "Freja Holm");
    let magnus = person("magnus.oberg", "Magnus Öberg");
    let jonas = person("jonas.eklund", "Jonas Eklund");
    let nadia = person("nadia.benali", "Nadia Benali");
    let camille = person("camille.laurent", "Camille Laurent");
    let ines = person("ines.carvalho", "Inês Carvalho");
    let owen = person("owen.pryce", "Owen Pryce");
    let rosa = person("rosa", "Rosa Delgado");
    let gone = |nearest: Option<Place>| Cause::Unwritten { nearest };
    let invite_again = || Undo::Partly { why: "a new invitation has to be accepted".to_owned() };
    let mut operations = vec![
        operation(
            "role-1b2c3d4e5f60",
            Action::SetRole { person: freja.clone(), before: "EMPLOYEE".to_owned(), after: "BIZ_ADMIN".to_owned() },
            written(
                &[("people.yaml", 31, "person freja.holm@norrhem.example")],
                &["takes over the business from Magnus Öberg", "MKT-2291"],
            ),
            &[Risk::Admin],
        ),
        operation(
            "role-2b2c3d4e5f60",
            Action::SetRole { person: magnus.clone(), before: "BIZ_ADMIN".to_owned(), after: "EMPLOYEE".to_owned() },
            written(&[("people.yaml", 38, "person magnus.oberg@norrhem.example")], &[]),
            &[Risk::Removal],
        ),
        operation(
            "grant-3b2c3d4e5f60",
            set(magnus, &brand, &[], &["ANALYST"]),
            written(
                &[("people.yaml", 41, "grants of magnus.oberg@norrhem.example")],
                &["hands over until the end of January", "MKT-2291"],
            ),
            &[Risk::Addition],
        ),
        operation(
            "invite-4b2c3d4e5f60",
            Action::InviteMember {
                person: PersonRef { id: None, ..ines },
                role: "EMPLOYEE".to_owned(),
                grants: vec![AttachedGrant { asset: south, permissions: strings(&["CAMPAIGN_MANAGER"]) }],
            },
            written(
                &[
                    ("people.yaml", 12, "person ines.carvalho@norrhem.example"),
                    ("teams/southern-central-europe.yaml", 9, "team southern-europe"),
                ],
                &["runs campaigns in Portugal", "HR-3312"],
            ),
            &[Risk::Addition],
        ),
        operation(
            "cancel-6b2c3d4e5f60",
            Action::CancelInvite {
                invite: "90017".to_owned(),
                invitee: PersonRef { id: None, name: None, ..owen }.into(),
                role: Some("EMPLOYEE".to_owned()),
                grants: Vec::new(),
            },
            gone(None),
            &[Risk::Removal],
        ),
        operation(
            "content-8b2c3d4e5f60",
            Action::AddToGroup { group: dach.clone(), asset: ch },
            written(&[("accounts.yaml", 88, "asset group dach")], &[]),
            &[Risk::Addition],
        ),
        operation(
            "grant-9b2c3d4e5f60",
            set(camille.clone(), &dach, &[], &["CAMPAIGN_MANAGER"]),
            written(&[("teams/dach.yaml", 14, "team dach")], &["campaigns for the German-speaking markets", "HR-3290"]),
            &[Risk::Addition],
        ),
        operation(
            "remove-10b2c3d4e5f6",
            remove(camille, &fr, &["CAMPAIGN_MANAGER"]),
            gone(Some(place("teams/france.yaml", 6, "team france"))),
            &[Risk::Removal],
        ),
        operation(
            "remove-13b2c3d4e5f6",
            remove(rosa, &kids, &["CAMPAIGN_MANAGER"]),
            Cause::Ended {
                place: place("people.yaml", 120, "grants of rosa@delgado-studio.example"),
                until: date(2026, 10, 31),
            },
            &[Risk::Removal],
        ),
        operation(
            "remove-14b2c3d4e5f6",
            remove(nadia, &brand, &["ADMIN"]),
            gone(Some(place("people.yaml", 61, "person nadia.benali@norrhem.example"))),
            &[Risk::Removal],
        ),
        operation(
            "grant-15b2c3d4e5f60",
            set(rive.clone(), &fr, &["CAMPAIGN_MANAGER", "FINANCE_VIEW"], &["CAMPAIGN_MANAGER"]),
            written(
                &[("partners/atelier-rive.yaml", 11, "grants of atelier-rive")],
                &["new contract without invoices", "MKT-2250"],
            ),
            &[Risk::Removal],
        ),
        operation(
            "remove-16b2c3d4e5f6",
            remove(rive, &be, &["CAMPAIGN_MANAGER"]),
            gone(Some(place("partners/atelier-rive.yaml", 3, "partner atelier-rive"))),
            &[Risk::Removal],
        ),
        operation(
            "member-7b2c3d4e5f60",
            Action::RemoveMember {
                person: jonas,
                role: "EMPLOYEE".to_owned(),
                grants: vec![EndingGrant { principal: None, asset: brand.clone(), permissions: strings(&["ANALYST"]) }],
            },
            gone(None),
            &[Risk::Removal, Risk::Irreversible],
        ),
    ];
    for (key, name) in [("bram.janssen", "Bram Janssen"), ("ritu.sharma", "Ritu Sharma")] {
        operations.push(operation(
            &format!("grant-{key}"),
            set(person(key, name), &apac, &[], &["CATALOGS_MANAGER"]),
            written(&[("teams/central.yaml", 20, "team feeds")], &["feeds of the new catalog", "MKT-2299"]),
            &[Risk::Addition],
        ));
    }
    for operation in &mut operations {
        match operation.id.as_str() {
            "member-7b2c3d4e5f60" => operation.undo = invite_again(),
            "remove-14b2c3d4e5f6" => operation.origin = Origin::Drift,
            "role-2b2c3d4e5f60" => operation.after = vec!["role-1b2c3d4e5f60".to_owned()],
            "remove-10b2c3d4e5f6" => operation.after = vec!["grant-9b2c3d4e5f60".to_owned()],
            _ => {}
        }
    }
    let mut plan = plan(operations);
    remarks(&mut plan.businesses[0], brand);
    plan
}

fn remarks(business: &mut BusinessPlan, brand: AssetRef) {
    let waiting = |invite: &str, who: Principal, what: &str, sent: &str| Waiting {
        invite: invite.to_owned(),
        who,
        what: what.to_owned(),
        sent_at: Some(sent.to_owned()),
        expires_at: Some("2026-12-18T09:00:00Z".to_owned()),
    };
    business.waiting = vec![
        waiting("90011", person("leila.rahimi", "Leila Rahimi").into(), "to become Employee", "2026-11-18T09:00:00Z"),
        waiting(
            "90012",
            partner("lumen", "711000000000000077", "Lumen Measurement").into(),
            "to become a partner",
            "2026-11-13T09:00:00Z",
        ),
    ];
    business.deferred = vec![Deferred {
        principal: person("leila.rahimi", "Leila Rahimi").into(),
        asset: brand,
        permissions: strings(&["ANALYST"]),
        until: "after leila.rahimi@norrhem.example accepts the invitation".to_owned(),
    }];
    business.withheld = vec![
        Withheld {
            why: "declined".to_owned(),
            what: "invite viktor.horvat@norrhem.example to become Employee".to_owned(),
            removal: false,
            principal: None,
            related: Vec::new(),
            place: Some(place("people.yaml", 77, "person viktor.horvat@norrhem.example")),
            help: Some("`invite_again: 2026-11-22` in their entry sends a new invitation".to_owned()),
        },
        Withheld {
            why: "unknown-value".to_owned(),
            what: "take analyst from marcus.bell@norrhem.example on Norrhem US, whose grant also holds `CREATIVE_REVIEWER`"
                .to_owned(),
            removal: true,
            principal: None,
            related: Vec::new(),
            place: None,
            help: None,
        },
    ];
    business.notices = vec![Notice {
        kind: "rename".to_owned(),
        message: "ebba.nystrom@norrhem.example is ebba.lind@norrhem.example in the export, by the same id".to_owned(),
        place: Some(place("people.yaml", 55, "person ebba.nystrom@norrhem.example")),
    }];
    business.upcoming = vec![
        Upcoming {
            until: date(2026, 12, 31),
            what: "the membership of Petr Dvořák".to_owned(),
            place: place("people.yaml", 22, "person petr.dvorak@norrhem.example"),
        },
        Upcoming {
            until: date(2027, 1, 29),
            what: "reader on Norrhem Brand for Magnus Öberg".to_owned(),
            place: place("people.yaml", 41, "grants of magnus.oberg@norrhem.example"),
        },
    ];
    business.unmanaged = strings(&["grants of partner kitano-living", "contents of asset group brands"]);
    business.totals.before = Counts {
        members: 41,
        managers: 3,
        partners: 7,
        member_grants: 96,
        partner_grants: 17,
        pending_invites: 4,
        group_contents: 22,
    };
    business.totals.after =
        Counts { members: 40, member_grants: 95, partner_grants: 16, group_contents: 23, ..business.totals.before };
}

/// The same with a guard that refuses and a collection that is not proven whole.
pub fn refused() -> Plan {
    let mut plan = norrhem();
    let business = &mut plan.businesses[0];
    business.guards[0].verdict = Verdict::Refused {
        count: 7,
        message: "7 of 113 grants would be removed (6.2 %), limit 5 % above a floor of 5".to_owned(),
        details: strings(&[
            "Camille Laurent (camille.laurent@norrhem.example): Norrhem France",
            "Nadia Benali (nadia.benali@norrhem.example): Norrhem Brand",
            "and 5 more",
        ]),
    };
    business.observed.incomplete = vec![IncompleteCollection {
        collection: "invites".to_owned(),
        reason: "the export has 9 rows and declares 12".to_owned(),
    }];
    plan
}
