//! The plan as steps for a person, and what the person has ticked.

use std::path::{Path, PathBuf};

use crate::commands::{Failure, Session, Status, files, inputs};
use crate::connectors::checklist::{Language, Tick, TickState, TickedChecklist, read_ticks, render};
use crate::connectors::{Connector, ConnectorError};
use crate::diagnostic;
use crate::plan::{BusinessPlan, Plan};
use crate::source::Files;

/// Writes the steps of the businesses that are named; none over a file that exists, for it may hold ticks.
pub(super) fn write(
    plan: &Plan,
    words: &[String],
    language: Language,
    session: &Session,
) -> Result<Vec<String>, Failure> {
    let keys: Vec<&str> = plan.businesses.iter().map(|part| part.business.key.as_str()).collect();
    let places = inputs::assign(words, "--checklist", &keys)?;
    files::refuse_existing(places.values())
        .map_err(|failure| failure.help("it may hold ticks; name another file, or remove this one first"))?;
    let all =
        places.into_iter().map(|(index, path)| (path, render(plan, index, false, language).into_bytes())).collect();
    files::write_all(&all, false)?;
    let written: Vec<String> = all.keys().map(|path| path.display().to_string()).collect();
    for path in &written {
        session.say(&format!("Wrote the steps to {path}. Work through them, export the business again, and run `accord apply` with `--ticked {path}`."));
    }
    Ok(written)
}

/// The ticks in a file as a target; `state` is where a fresh export is.
pub(super) fn ticked(
    plan: &Plan,
    part: &BusinessPlan,
    list: &Path,
    state: PathBuf,
    session: &Session,
) -> Result<Box<dyn Connector>, Failure> {
    let ticks = read(plan, part, list, session)?;
    let fresh = inputs::export(&state)?;
    let done = |tick: &Tick| tick.state == TickState::Done;
    if ticks.iter().any(done) && fresh.digest() == part.observed.digest {
        let message = format!(
            "`{}` is still the state that the plan was made from, so nothing that is ticked can be seen in it",
            state.display()
        );
        return Err(
            Failure::new(Status::Stale, message).help("export the business again, and name the export with `--target`")
        );
    }
    let look = move || inputs::export(&state).map_err(|failure| ConnectorError::Read(sentence(&failure)));
    Ok(Box::new(TickedChecklist::new(ticks, look)))
}

fn read(plan: &Plan, part: &BusinessPlan, list: &Path, session: &Session) -> Result<Vec<Tick>, Failure> {
    let bytes = files::read(list)?;
    let name = list.display().to_string();
    let ticks = read_ticks(&bytes, plan).map_err(|error| {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let files = Files::new(vec![name.clone()]);
        let style = session.terminal.err();
        let shown = diagnostic::render(&error.problems, &files, &|_| Some(text.clone()), &style);
        session.terminal.report(&shown);
        Failure::new(Status::Error, format!("the checklist `{name}` can't be taken at its word"))
    })?;
    let is_ours = |tick: &Tick| part.operations.iter().any(|operation| operation.id == tick.operation);
    if ticks.iter().all(is_ours) {
        return Ok(ticks);
    }
    let message = format!("the checklist `{name}` is of another business than `{}`", part.business.key);
    Err(Failure::new(Status::Usage, message))
}

/// A failure in one line, for what only takes a text.
fn sentence(failure: &Failure) -> String {
    let causes = failure.causes.iter().map(String::as_str);
    let all: Vec<&str> = std::iter::once(failure.message.as_str()).chain(causes).collect();
    all.join(": ")
}
