//! Which mail domains look like the business's own.

use std::collections::BTreeMap;

use super::people::Person;
use super::yaml::list;

/// Domains of mailboxes that anybody can have: never ours.
const PUBLIC_MAIL: &str = "aol.com gmail.com gmx.de gmx.net googlemail.com hotmail.com icloud.com live.com mac.com mail.ru \
    me.com msn.com outlook.com proton.me protonmail.com qq.com web.de yahoo.com yandex.ru zoho.com";

/// The value of `domains:`: those of most managers, and those of a quarter of all people; with a comment that says how sure that is.
pub(super) fn domains(people: &[Person<'_>]) -> Option<String> {
    let with_domain = |person: &&Person<'_>| !person.service && person.domain.is_some();
    let is_manager = |person: &&Person<'_>| person.role.is_some_and(|role| role.admin);
    let all = counts(people.iter().filter(with_domain));
    let managers = counts(people.iter().filter(with_domain).filter(is_manager));
    let (count, leading) = (total(&all), total(&managers));
    let is_ours = |domain: &str, people: usize| {
        let lead = managers.get(domain).copied().unwrap_or(0);
        let public = PUBLIC_MAIL.split(' ').any(|public| public == domain);
        !public && (people * 4 >= count || (lead > 0 && lead * 2 >= leading))
    };
    let ours = all.into_iter().filter(|(domain, people)| is_ours(domain, *people));
    let ours: BTreeMap<&str, usize> = ours.collect();
    let names: Vec<&str> = ours.keys().copied().collect();
    let covered = total(&ours);
    let text = format!("{} # guessed: {covered} of {count} addresses", list(&names));
    (!ours.is_empty()).then_some(text)
}

fn counts<'p>(people: impl Iterator<Item = &'p Person<'p>>) -> BTreeMap<&'p str, usize> {
    let mut counts = BTreeMap::new();
    for domain in people.filter_map(|person| person.domain.as_deref()) {
        *counts.entry(domain).or_default() += 1;
    }
    counts
}

fn total(counts: &BTreeMap<&str, usize>) -> usize {
    counts.values().sum()
}
