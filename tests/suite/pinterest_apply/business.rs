//! A business of any size in which everything changes, as a seed and as files.

use std::fmt::Write as _;

pub(super) struct Size {
    pub(super) members: usize,
    pub(super) accounts: usize,
    pub(super) partners: usize,
    pub(super) groups: usize,
}

pub(super) const BUSINESS: &str = "729090764583391194";

/// What is there: everybody looks at one account, every partner too.
pub(super) fn seed(size: &Size) -> String {
    let mut members = vec![r#"{"id": "9", "email": "ana@acme.example", "role": "BIZ_ADMIN"}"#.to_owned()];
    let mut grants = Vec::new();
    for n in 0..size.members {
        members.push(format!(r#"{{"id": "{}", "email": "p{n}@acme.example", "role": "EMPLOYEE"}}"#, member(n)));
        grants.push(format!(
            r#"{{"member": "{}", "asset": "{}", "permissions": ["ANALYST"]}}"#,
            member(n),
            account(n % size.accounts)
        ));
    }
    let there = (0..size.partners).filter(|n| n % 6 != 0);
    let partners: Vec<String> = there
        .clone()
        .map(|n| format!(r#"{{"id": "{}", "name": "partner {n}", "direction": "inbound"}}"#, partner(n)))
        .collect();
    grants.extend(there.map(|n| {
        format!(
            r#"{{"partner": "{}", "direction": "inbound", "asset": "{}", "permissions": ["ANALYST"]}}"#,
            partner(n),
            account(n % size.accounts)
        )
    }));
    let assets: Vec<String> = (0..size.accounts)
        .map(|n| {
            format!(
                r#"{{"id": "{}", "type": "AD_ACCOUNT", "name": "Account {n}", "owner_business": "{BUSINESS}"}}"#,
                account(n)
            )
        })
        .collect();
    snapshot(&[("members", members), ("partners", partners), ("assets", assets), ("grants", grants)])
}

/// A snapshot with these rows and nothing else.
pub(super) fn snapshot(rows: &[(&str, Vec<String>)]) -> String {
    let all = ["members", "partners", "assets", "asset_group_members", "grants", "invites"];
    let texts = all.map(|name| {
        let items = rows.iter().find(|(own, _)| *own == name).map_or(&[][..], |(_, items)| items.as_slice());
        format!(r#""{name}": {{"complete": true, "total": {}, "items": [{}]}}"#, items.len(), items.join(",\n"))
    });
    format!(
        r#"{{"format": "accord-snapshot", "format_version": 1, "platform": "pinterest", "business": {{"id": "{BUSINESS}"}},
"captured_at": "2026-11-22T12:00:00Z", "captured_by": "9", "source": "invented", "collections": {{ {} }}}}"#,
        texts.join(",\n")
    )
}

/// The head of the files: guards wide open, the business on the platform.
pub(super) const HEAD: &str = "version: 1
policy:
  guards: { removals: { floor: 5000, count: 5000, share: 100 }, first_apply: false, desired_share: 0 }
businesses:
  acme: { platform: pinterest, id: \"729090764583391194\", snapshot: pinterest, last_applied: applied.json }
";

/// What shall be: one in five leaves, as many come, everybody gets another account, two in three lose the one they had, one in ten
/// becomes a manager, groups are made and filled; of partners some come, some go, and all get something else.
pub(super) fn files(size: &Size) -> String {
    let mut yaml = format!("{HEAD}accounts:\n");
    let mut line = |text: String| writeln!(yaml, "{text}").expect("a string takes all");
    for n in 0..size.accounts {
        line(format!("  acc-{n}: {{ id: \"{}\" }}", account(n)));
    }
    line("asset_groups:".to_owned());
    for n in 0..size.groups {
        let inside: Vec<String> =
            (0..size.accounts).filter(|at| at % size.groups == n).map(|at| format!("acc-{at}")).collect();
        let list = inside.join(", ");
        line(format!("  group-{n}: {{ name: Group {n}, description: of tests, types: [OTHER], contains: [{list}] }}"));
    }
    line("people:\n  ana@acme.example: { role: manager }".to_owned());
    let grant = |on: usize, word: &str| {
        format!("{{ on: [acc-{}], permissions: [{word}], reason: a test }}", on % size.accounts)
    };
    for n in (0..size.members).filter(|n| n % 5 != 0) {
        let role = if n % 10 == 1 { "manager" } else { "employee" };
        let mut grants = vec![grant(n + 7, "CAMPAIGN_MANAGER")];
        if n % 3 == 0 {
            grants.push(grant(n, "ANALYST"));
        }
        line(format!("  p{n}@acme.example: {{ role: {role}, grants: [{}] }}", grants.join(", ")));
    }
    for n in 0..size.members / 5 {
        let role = if n % 7 == 0 { "manager" } else { "employee" };
        line(format!("  new{n}@acme.example: {{ role: {role}, grants: [{}] }}", grant(n, "ANALYST")));
    }
    line("partners:".to_owned());
    for n in (0..size.partners).filter(|n| n % 6 != 1) {
        line(format!(
            "  partner-{n}: {{ id: \"{}\", direction: inbound, grants: [{}] }}",
            partner(n),
            grant(n, "CAMPAIGN_MANAGER")
        ));
    }
    yaml
}

pub(super) fn member(n: usize) -> usize {
    10_000 + n
}

pub(super) fn account(n: usize) -> usize {
    70_000 + n
}

pub(super) fn partner(n: usize) -> usize {
    500_000 + n
}
