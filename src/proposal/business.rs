//! `accord.yaml`: the business, and sections that say that there is nothing.

use crate::observed::Collection;

use super::WriteOptions;
use super::domains::domains;
use super::files::comment;
use super::keys::named_or_numbered;
use super::sections::Written;
use super::view::View;
use super::yaml::{Value, block, remark};

/// The lines of `accord.yaml`.
pub(super) fn document(written: &Written<'_, '_>, options: &WriteOptions) -> Vec<String> {
    let view = written.view;
    let name = name(view);
    let key = named_or_numbered(name, "business", &view.state.business_id);
    let business = block(&key, &fields(view, name, options));
    let top = ["version: 1", "businesses:"].map(str::to_owned);
    let mut lines = vec![origin(view)];
    lines.extend(top);
    lines.extend(business.into_iter().map(|line| format!("  {line}")));
    lines.extend(nothing(view));
    lines
}

fn name<'a>(view: &View<'a>) -> Option<&'a str> {
    let name = view.state.business_name.as_deref();
    name.filter(|name| super::is_writable(name))
}

fn origin(view: &View<'_>) -> String {
    let (when, source) = (view.state.captured_at, remark(&view.state.source));
    format!("# Written by `accord import` from the export of {when} ({source}). Edit it as you like.")
}

fn fields<'v>(view: &'v View<'_>, name: Option<&str>, options: &WriteOptions) -> Vec<(&'static str, Value<'v>)> {
    let mut fields =
        vec![("platform", Value::text(view.state.platform.name)), ("id", Value::id(&view.state.business_id))];
    fields.extend(name.map(|name| ("name", Value::text(name))));
    let domains = domains(&view.people.list);
    fields.extend(domains.map(|domains| ("domains", Value::Written(domains))));
    let service = view.people.list.iter().filter(|person| person.service);
    let service: Vec<&str> = service.map(|person| person.key.as_str()).collect();
    fields.extend((!service.is_empty()).then_some(("protected", Value::Texts(service))));
    let snapshot = options.snapshot_path.as_deref();
    fields.extend(snapshot.map(|path| ("snapshot", Value::text(path))));
    let last_applied = options.last_applied_path.as_deref();
    fields.extend(last_applied.map(|path| ("last_applied", Value::text(path))));
    fields
}

/// Sections that are written empty, so that what appears there one day is noticed. Only where the export proves that there is nothing.
fn nothing(view: &View<'_>) -> Vec<String> {
    let empty: Vec<String> = empty_sections(view)
        .into_iter()
        .filter(|(_, collection, empty)| *empty && view.state.is_complete(*collection))
        .map(|(key, _, _)| format!("{key}: {{}}"))
        .collect();
    if empty.is_empty() {
        return empty;
    }
    let why = "The export proves that there are none. Written all the same: one that appears is then noticed.";
    let mut lines = vec![String::new()];
    lines.extend(comment(&[why.to_owned()]));
    lines.extend(empty);
    lines
}

fn empty_sections(view: &View<'_>) -> [(&'static str, Collection, bool); 3] {
    let left = &view.left;
    let groups = view.assets.list.iter().any(|asset| asset.kind.group);
    let people = !view.people.list.is_empty() || left.people > 0;
    let partners = !view.partners.is_empty() || left.partners > 0;
    [
        ("people", Collection::Members, !people),
        ("partners", Collection::Partners, !partners),
        ("asset_groups", Collection::Assets, !groups && left.assets == 0),
    ]
}
