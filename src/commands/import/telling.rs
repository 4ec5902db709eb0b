//! What an import has to tell people.

use std::path::Path;

use super::{incomplete, rows};
use crate::observed::{Collection, ObservedState};
use crate::proposal::{Left, Proposal, Structure, WriteReport};
use crate::terminal::{Ink, Page, Text, prose};

/// What is in an export, and what is wrong with it.
pub(super) fn contents(state: &ObservedState) -> Page {
    let mut page = Page::new();
    let name = state.business_name.as_deref().unwrap_or("A business without a name");
    let by = state.captured_by.as_deref().map(|by| format!(" by {by}")).unwrap_or_default();
    let about = format!(
        " ({} business {}), exported {}{by}",
        state.platform.title,
        state.business_id,
        state.captured_at.strftime("%Y-%m-%d %H:%M UTC")
    );
    page.line(0, Text::of(Ink::Strong, name).and(&about));
    let counts = Collection::ALL.map(|collection| {
        let (one, many) = nouns(collection);
        count(rows(state, collection), one, many)
    });
    page.line(2, Text::plain(&prose::list(&counts)));
    for (collection, why) in incomplete(state) {
        let text = Text::of(Ink::Caution, &format!("! {collection} not proven whole: "));
        page.line(2, text.and(&why));
    }
    for problem in &state.problems {
        page.line(2, Text::of(Ink::Caution, "! ").and(&problem.message));
    }
    page
}

fn nouns(collection: Collection) -> (&'static str, &'static str) {
    match collection {
        Collection::Members => ("member", "members"),
        Collection::Partners => ("partner", "partners"),
        Collection::Assets => ("asset", "assets"),
        Collection::AssetGroupMembers => ("asset in a group", "assets in groups"),
        Collection::Grants => ("grant", "grants"),
        Collection::Invites => ("invite", "invites"),
    }
}

/// What was written, and what the files don't say.
pub(super) fn written(folder: &Path, proposal: &Proposal) -> Page {
    let WriteReport {
        people,
        service_accounts,
        invited,
        partners,
        assets,
        profiles,
        person_grants,
        direct_grants,
        partner_grants,
        teams,
        lines,
        left,
    } = proposal.report;
    let mut page = Page::new();
    let files = count(proposal.files.len(), "file", "files");
    let lines = count(lines, "line", "lines");
    let wrote = format!("Wrote {files} ({lines}) to `{}`.", folder.display());
    page.line(0, Text::plain(&wrote));
    let things: Vec<String> = [
        (people, "person", "people"),
        (service_accounts, "service account", "service accounts"),
        (invited, "invited person", "invited people"),
        (partners, "partner", "partners"),
        (assets, "asset", "assets"),
        (profiles, "profile", "profiles"),
    ]
    .into_iter()
    .filter(|(n, ..)| *n > 0)
    .map(|(n, one, many)| count(n, one, many))
    .collect();
    page.line(2, Text::plain(&prose::list(&things)));
    let grants = format!(
        "{} of people ({} outside of teams), {} of partners",
        count(person_grants, "grant", "grants"),
        prose::number(direct_grants as u64),
        count(partner_grants, "grant", "grants"),
    );
    page.line(2, Text::plain(&grants));
    page.append(structure(teams));
    page.append(omissions(left));
    page
}

fn structure(teams: Structure) -> Page {
    let Structure { given, cut, not_exact, without_rights, found } = teams;
    let mut page = Page::new();
    if teams == Structure::default() {
        return page;
    }
    let text = format!(
        "{} of the export, {} found among people with the same rights",
        count(given, "team", "teams"),
        prose::number(found as u64)
    );
    page.line(2, Text::plain(&text));
    for (n, what) in [
        (cut, "of these written without members or grants that people don't have"),
        (not_exact, "left out: hardly anybody in them has what they give"),
        (without_rights, "left out: they give nothing, or have nobody"),
    ] {
        if n > 0 {
            let teams = prose::number(n as u64);
            page.line(4, Text::plain(&format!("{teams} {what}")));
        }
    }
    page
}

/// What the files don't say; a plan leaves it as it is.
fn omissions(left: Left) -> Page {
    let Left {
        grants_of_unknown_words,
        grants_that_do_not_fit,
        grants_of_silent_words,
        grants_on_unwritten_assets,
        grants_of_nobody,
        assets,
        groups,
        people,
        partners,
        superfluous_invites,
    } = left;
    let mut page = Page::new();
    for (n, why) in [
        (grants_of_unknown_words, "with a permission that accord doesn't know, which stays as it is"),
        (grants_that_do_not_fit, "with a permission that doesn't fit the asset, which stays as it is"),
    ] {
        if n > 0 {
            let what = format!("! written in part: {}", count(n, "grant", "grants"));
            page.line(2, Text::of(Ink::Caution, &what).and(&format!(" {why}")));
        }
    }
    for (n, one, many, why) in [
        (grants_of_silent_words, "grant", "grants", "of nothing but permissions that can't be written"),
        (grants_on_unwritten_assets, "grant", "grants", "on assets that are left out"),
        (grants_of_nobody, "grant", "grants", "whose holder or asset is not in the export"),
        (assets, "asset", "assets", "of a type that accord doesn't know, or without a proper id"),
        (groups, "asset group", "asset groups", "without its contents, which can't be written whole"),
        (people, "member", "members", "without a name or an id that can be written"),
        (partners, "partner", "partners", "without a proper id"),
        (
            superfluous_invites,
            "invite",
            "invites",
            "that a plan cancels: of somebody who is in already, or beside a newer one",
        ),
    ] {
        if n > 0 {
            let what = format!("! left out: {}", count(n, one, many));
            page.line(2, Text::of(Ink::Caution, &what).and(&format!(" {why}")));
        }
    }
    page
}

fn count(n: usize, one: &str, many: &str) -> String {
    prose::count(n as u64, one, many)
}
