//! `accord.yaml`: the business, and sections that say that there is nothing.

use std::collections::BTreeMap;

use crate::observed::Collection;

use super::WriteOptions;
use super::files::comment;
use super::keys::slug;
use super::people::Person;
use super::sections::Written;
use super::yaml::{Value, block, list, remark};

/// Domains of mailboxes that anybody can have: never ours.
const PUBLIC_MAIL: [&str; 20] = [
    "aol.com",
    "gmail.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "mac.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "outlook.com",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "web.de",
    "yahoo.com",
    "yandex.ru",
    "zoho.com",
];

/// The lines of `accord.yaml`.
pub(super) fn document(written: &Written<'_, '_>, options: &WriteOptions) -> Vec<String> {
    let state = written.view.state;
    let name = state
        .business_name
        .as_deref()
        .filter(|name| super::is_writable(name));
    let mut lines: Vec<String> = comment(&[format!(
        "Written by `accord import` from the export of {} ({}). Edit it as you like.",
        state.captured_at,
        remark(&state.source)
    )])
    .collect();
    lines.push("version: 1".to_owned());
    lines.push("businesses:".to_owned());
    let mut fields = vec![
        ("platform", Value::text(state.platform.name)),
        ("id", Value::id(&state.business_id)),
    ];
    fields.extend(name.map(|name| ("name", Value::text(name))));
    let domains = domains(&written.view.people.list);
    fields.extend(domains.map(|domains| ("domains", Value::Written(domains))));
    let service = written
        .view
        .people
        .list
        .iter()
        .filter(|person| person.service);
    let service: Vec<&str> = service.map(|person| person.key.as_str()).collect();
    if !service.is_empty() {
        fields.push(("protected", Value::Texts(service)));
    }
    let snapshot = options.snapshot_path.as_deref();
    fields.extend(snapshot.map(|path| ("snapshot", Value::text(path))));
    let business = block(&key(name, &state.business_id), &fields);
    lines.extend(business.into_iter().map(|line| format!("  {line}")));
    lines.extend(nothing(written));
    lines
}

fn key(name: Option<&str>, id: &str) -> String {
    match slug(name.unwrap_or_default()) {
        key if key.is_empty() => slug(&format!("business-{id}")),
        key => key,
    }
}

/// The domains that look like ours: those of most managers, and those of a quarter of all people.
fn domains(people: &[Person<'_>]) -> Option<String> {
    let humans: Vec<&Person<'_>> = people
        .iter()
        .filter(|person| !person.service && person.domain.is_some())
        .collect();
    let managers: Vec<&Person<'_>> = humans
        .iter()
        .copied()
        .filter(|person| person.role.is_some_and(|role| role.admin))
        .collect();
    let (of_all, of_managers) = (counts(&humans), counts(&managers));
    let ours: Vec<&str> = of_all
        .iter()
        .filter(|(domain, count)| {
            let leading = of_managers.get(**domain).copied().unwrap_or(0);
            **count * 4 >= humans.len() || (leading * 2 >= managers.len() && leading > 0)
        })
        .map(|(domain, _)| *domain)
        .filter(|domain| !PUBLIC_MAIL.contains(domain))
        .collect();
    let count = |domain: &&str| of_all.get(domain).copied().unwrap_or(0);
    let covered: usize = ours.iter().map(count).sum();
    (!ours.is_empty()).then(|| {
        format!(
            "{} # guessed: {covered} of {} addresses",
            list(&ours),
            humans.len()
        )
    })
}

fn counts<'p>(people: &[&'p Person<'_>]) -> BTreeMap<&'p str, usize> {
    let mut counts = BTreeMap::new();
    for domain in people.iter().filter_map(|person| person.domain.as_deref()) {
        *counts.entry(domain).or_default() += 1;
    }
    counts
}

/// Sections that are written empty, so that what appears there one day is noticed. Only where the export proves that there is nothing.
fn nothing(written: &Written<'_, '_>) -> Vec<String> {
    let view = written.view;
    let state = view.state;
    let groups = view.assets.list.iter().any(|asset| asset.kind.group);
    let left = &view.left;
    let sections = [
        (
            "people",
            Collection::Members,
            view.people.list.is_empty() && left.people == 0,
        ),
        (
            "partners",
            Collection::Partners,
            view.partners.is_empty() && left.partners == 0,
        ),
        (
            "asset_groups",
            Collection::Assets,
            !groups && left.assets == 0,
        ),
    ];
    let empty: Vec<String> = sections
        .iter()
        .filter(|(_, collection, empty)| *empty && state.is_complete(*collection))
        .map(|(key, _, _)| format!("{key}: {{}}"))
        .collect();
    if empty.is_empty() {
        return empty;
    }
    let why = "The export proves that there are none. Written all the same: one that appears is then noticed.";
    [String::new(), format!("# {why}")]
        .into_iter()
        .chain(empty)
        .collect()
}
