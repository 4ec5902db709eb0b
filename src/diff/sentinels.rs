//! Who must be in an export for it to be whole: protected people and partners, and service accounts whose id the files know.

use jiff::Timestamp;

use crate::desired::{DesiredState, Person};
use crate::model::{PrincipalIx, Sym};
use crate::observed::{Collection, Sentinel};

use super::scope::day;

/// Everybody whom a whole export of a business must hold at a moment.
///
/// A service account without an id may not be there yet, and nobody must be there whose last day has passed.
pub fn sentinels(desired: &DesiredState, business: usize, as_of: Timestamp) -> Vec<Sentinel> {
    let entry = &desired.businesses[business];
    let mut all: Vec<Sentinel> = Vec::new();
    for &(name, pos) in &entry.protected_names {
        let found = entry.protected.iter().find(|(_, place)| *place == pos);
        all.push(match found {
            Some(&(principal, _)) => of_principal(desired, principal),
            None => sentinel(desired, name, vec![name], &[Collection::Members, Collection::Partners]),
        });
    }
    let today = day(as_of);
    let holding = desired.memberships.iter();
    let holding = holding.filter(|row| row.business as usize == business && row.until.holds_on(today));
    let people = holding.map(|row| &desired.people[row.person as usize]);
    let accounts = people.filter(|person| person.service && person.id.is_some());
    all.extend(accounts.map(|person| of_person(desired, person)));
    // A handle without address or id is a name that no export knows.
    all.retain(|sentinel| !sentinel.names.is_empty());
    all.sort_unstable_by(|a, b| a.called.cmp(&b.called));
    all.dedup();
    all
}

fn of_principal(desired: &DesiredState, principal: PrincipalIx) -> Sentinel {
    if !principal.is_partner() {
        return of_person(desired, &desired.people[principal.index()]);
    }
    let partner = &desired.partners[principal.index()];
    sentinel(desired, partner.key, vec![partner.id], &[Collection::Partners])
}

fn of_person(desired: &DesiredState, person: &Person) -> Sentinel {
    let own = [person.id, person.username].into_iter().flatten();
    let names = own.chain(person.addresses.iter().copied()).collect();
    sentinel(desired, person.key, names, &[Collection::Members])
}

fn sentinel(desired: &DesiredState, called: Sym, names: Vec<Sym>, among: &'static [Collection]) -> Sentinel {
    let names = names.into_iter().map(|sym| desired.text(sym).to_owned()).collect();
    Sentinel { called: desired.text(called).to_owned(), names, among }
}

#[cfg(test)]
mod tests {
    use super::super::world::{TODAY, files_with};
    use super::*;

    #[test]
    fn protected_names_and_service_accounts_that_hold_are_looked_for() {
        let desired = files_with(
            ", protected: [ana@acme.example, nova, gone@acme.example, handle]",
            "
people:
  ana@acme.example: { id: \"11\", also: [ruiz@acme.example], username: ana }
  bot: { service: true, id: \"98\" }
  oldbot: { service: true, id: \"97\", until: 2026-11-21 }
  newbot: { service: true }
  handle:
partners:
  nova: { id: \"500\", direction: inbound }
",
        );
        let shown: Vec<String> = sentinels(&desired, 0, TODAY.parse().unwrap())
            .iter()
            .map(|sentinel| format!("{}: {} {:?}", sentinel.called, sentinel.names.join(" "), sentinel.among))
            .collect();
        assert_eq!(
            shown,
            [
                "ana@acme.example: 11 ana ana@acme.example ruiz@acme.example [Members]",
                "bot: 98 [Members]",
                "gone@acme.example: gone@acme.example [Members, Partners]",
                "nova: 500 [Partners]",
            ]
        );
    }
}
