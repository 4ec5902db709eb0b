//! What verbs read: an access repository and the states of its businesses.
#![expect(clippy::disallowed_methods, reason = "reads the clock, once")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

mod states;

use super::outside::{self, Outside};
use super::remote::{self, Access, Remote};
use super::{Failure, Session, Status, files, rosters};
use crate::connectors::pinterest_api;
use crate::desired::{self, DesiredState, Reading};
use crate::diagnostic::{self, Tally};
use crate::diff;
use crate::model::{Sym, fold};
use crate::observed::ObservedState;
use crate::plan::file::StoredPlan;
use crate::plan::{self, Abilities, BuildError, BusinessInput, Plan, PlanInput, Ruling};
use crate::policy::Applicant;
use crate::rules::{self, RULES, Rule, settings};
use crate::source::load;
use crate::source::nearest;
use crate::source::{FileId, Files, Level};
use crate::terminal::prose;

use states::{Loaded, States};

pub use states::{agreed_before, export, unusable};

/// What a plan is made from.
#[derive(clap::Args)]
pub struct Sources {
    /// The access repository
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// The exported state of a business: a snapshot, a folder of tables, or `pinterest` for the business on the platform [default: what accord.yaml names]
    #[arg(long, value_name = "[BUSINESS=]PATH")]
    state: Vec<String>,
    /// The state after the last apply [default: what accord.yaml names, once it is there]
    #[arg(long, value_name = "[BUSINESS=]PATH")]
    last_applied: Vec<String>,
    /// The day or the moment for which ends and ages count [default: now]
    #[arg(long, value_name = "DATE|TIMESTAMP", value_parser = moment)]
    at: Option<Timestamp>,
    #[command(flatten)]
    access: Access,
}

/// An access repository with the states of its businesses.
pub struct World {
    /// What the files say.
    pub desired: DesiredState,
    /// What is there.
    pub businesses: Vec<BusinessWorld>,
    /// The moment for which ends and ages count.
    pub as_of: Timestamp,
    /// How many threads to use.
    pub threads: usize,
    outside: Outside,
}

/// One business.
pub struct BusinessWorld {
    /// Index into the businesses of the files.
    pub index: usize,
    /// Its export.
    pub observed: ObservedState,
    /// Where that was read from, as plans show it.
    from: String,
    last_applied: Option<Loaded>,
    abilities: Abilities,
}

impl BusinessWorld {
    /// Where its export was read from, as plans show it.
    pub fn from(&self) -> &str {
        &self.from
    }

    /// Its key in the files.
    pub fn key<'w>(&self, world: &'w World) -> &'w str {
        world.desired.businesses.get(self.index).map_or("", |business| world.desired.text(business.key))
    }
}

impl World {
    /// Whether anybody has this key, address, user name or id.
    pub fn knows(&self, name: &str) -> bool {
        let folded = fold(name);
        let mut keys = self.desired.people.iter().map(|person| self.desired.text(person.key));
        keys.any(|key| fold(key) == folded)
            || self.businesses.iter().any(|business| {
                let observed = &business.observed;
                let mut names = observed.members.iter().flat_map(|member| observed.names_of(member));
                names.any(|known| fold(&known) == folded) || observed.find_member(name).is_some()
            })
    }

    /// What a plan for everything is made from.
    pub fn input(&self) -> PlanInput<'_> {
        self.input_for(&self.desired)
    }

    /// The same for another version of the files; businesses that it does not know are left out.
    pub fn input_for<'w>(&'w self, desired: &'w DesiredState) -> PlanInput<'w> {
        let known = |business: &'w BusinessWorld| {
            let key = business.key(self);
            let index = desired.businesses.iter().position(|other| desired.text(other.key) == key)?;
            Some((index, business))
        };
        let businesses = self.businesses.iter().filter_map(known).map(|(index, business)| BusinessInput {
            business: index,
            observed: &business.observed,
            from: business.from.clone(),
            last_applied: business.last_applied.as_ref().map(|last| &last.state),
            managed_before: business.last_applied.as_ref().and_then(|last| last.managed.clone()),
            files_before: business.last_applied.as_ref().and_then(|last| last.files.clone()),
            abilities: business.abilities,
        });
        PlanInput {
            desired,
            businesses: businesses.collect(),
            as_of: self.as_of,
            only: Vec::new(),
            overrides: Vec::new(),
            authors: Vec::new(),
            applicant: Applicant::default(),
            threads: self.threads,
            predict: true,
            rules: Some(self.ruling()),
        }
    }

    /// All rules, with what they know beside the states.
    pub fn ruling(&self) -> Ruling<'_> {
        Ruling {
            rules: RULES,
            profile: None,
            directory: self.outside.directory.as_ref(),
            activity: self.outside.activity.as_ref(),
            base: None,
        }
    }
}

/// Makes a plan.
///
/// # Errors
/// Where an export is of another business, or an option names what is not there.
pub fn plan(input: &PlanInput<'_>) -> Result<Plan, Failure> {
    let _span = tracing::info_span!("plan").entered();
    plan::build(input).map_err(|error| Failure::from_error(&error).status(blame(&error)))
}

/// An option that names what is not there is a wrong command line.
pub fn blame(error: &BuildError) -> Status {
    match error {
        BuildError::OtherBusiness { .. } => Status::Error,
        BuildError::UnknownOnly { .. }
        | BuildError::UnknownGuard { .. }
        | BuildError::RuleOfBusiness { .. }
        | BuildError::RuleTwice { .. }
        | BuildError::NoFindingToAllow { .. }
        | BuildError::UnknownBusiness { .. }
        | BuildError::WhichBusiness { .. }
        | BuildError::Twice { .. }
        | BuildError::NothingToAllow { .. } => Status::Usage,
    }
}

/// The rule of a name on the command line.
///
/// # Errors
/// Where there is none.
pub fn rule(name: &str) -> Result<&'static Rule, Failure> {
    rules::by_name(name).ok_or_else(|| {
        let failure = Failure::new(Status::Usage, format!("there is no rule `{name}`"));
        match nearest(name, RULES.iter().map(|rule| rule.name)) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help("`accord explain` lists all rules"),
        }
    })
}

/// What the embedded target, a snapshot file, can do: everything that a plan can hold.
const ABILITIES: Abilities = Abilities { can: |_| Ok(()), batch: |_| 1000, follows: |_| false };

/// Where a state is.
struct Place {
    /// As it was written.
    word: String,
    path: PathBuf,
    /// As plans show it.
    shown: String,
    /// Whether the command line names it.
    asked: bool,
}

impl Sources {
    /// Reads the repository and the states; the two at the same time where there are threads for it.
    ///
    /// # Errors
    /// Where something can't be read, an error stands in the files, or no business has a state.
    pub fn read(&self, session: &Session) -> Result<World, Failure> {
        let world = self.read_any(session)?;
        if world.businesses.is_empty() { Err(no_state()) } else { Ok(world) }
    }

    /// Reads the repository alone.
    ///
    /// # Errors
    /// Where something can't be read, or an error stands in the files.
    pub fn read_files(&self, session: &Session) -> Result<World, Failure> {
        let reading = read_repository(&self.folder, session.threads)?;
        self.world(checked(&self.folder, reading, session)?, Vec::new(), self.at.unwrap_or_else(now), session)
    }

    /// Reads the repository and the states that there are.
    ///
    /// # Errors
    /// Where something can't be read, or an error stands in the files.
    pub fn read_any(&self, session: &Session) -> Result<World, Failure> {
        self.read_states(session, false)
    }

    /// The same for a review of the files, which needs no state: one that accord.yaml names may be absent.
    ///
    /// # Errors
    /// Where something can't be read, or an error stands in the files.
    pub fn read_for_review(&self, session: &Session) -> Result<World, Failure> {
        self.read_states(session, true)
    }

    fn read_states(&self, session: &Session, optional: bool) -> Result<World, Failure> {
        let (reading, mut states) = self.read_both(session)?;
        let desired = checked(&self.folder, reading, session)?;
        let keys = desired.businesses.iter().map(|business| desired.text(business.key));
        let keys: Vec<&str> = keys.collect();
        let given = assign(&self.state, "--state", &keys)?;
        let last = assign(&self.last_applied, "--last-applied", &keys)?;
        let rosters = rosters::read(&self.folder, &desired)?;
        let as_of = self.at.unwrap_or_else(now);
        let mut businesses = Vec::new();
        for (index, business) in desired.businesses.iter().enumerate() {
            let key = desired.text(business.key);
            let place = self.place(given.get(&index), business.snapshot, &desired);
            let Some(place) = place.filter(|place| !optional || place.asked || files::exists(&place.path)) else {
                if !optional {
                    session.warn(&format!("business `{key}` is left out: no exported state is named for it"));
                }
                continue;
            };
            let (mut observed, from, abilities) = match Remote::named(&place.word, Some(desired.text(business.id))) {
                Some(named) => self.read_remote(&named?, session)?,
                None => (states.observed(&place, key)?, place.shown, ABILITIES),
            };
            for roster in rosters.iter().filter(|roster| roster.business == index) {
                observed.put_roster(&roster.partner, &roster.people);
            }
            observed.require_sentinels(&diff::sentinels(&desired, index, as_of));
            let last_applied = match self.place(last.get(&index), business.last_applied, &desired) {
                Some(place) => states.last_applied(&place)?,
                None => None,
            };
            businesses.push(BusinessWorld { index, observed, from, last_applied, abilities });
        }
        self.world(desired, businesses, as_of, session)
    }

    fn world(
        &self,
        desired: DesiredState,
        businesses: Vec<BusinessWorld>,
        as_of: Timestamp,
        session: &Session,
    ) -> Result<World, Failure> {
        let outside = outside::read(&self.folder, &desired.policy)?;
        Ok(World { desired, businesses, as_of, outside, threads: session.threads })
    }

    /// The folder of the repository.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The moment that the command line names.
    pub fn moment(&self) -> Option<Timestamp> {
        self.at
    }

    /// Reads a business over its platform's interface; what can't be read whole is told, and nothing of it will be removed.
    fn read_remote(&self, named: &Remote, session: &Session) -> Result<(ObservedState, String, Abilities), Failure> {
        let export = self.access.read(named, None)?;
        remote::warn_of_gaps(&export, session);
        Ok((export.state, named.name(), pinterest_api::ABILITIES))
    }

    fn read_both(&self, session: &Session) -> Result<(Reading, States), Failure> {
        let paths = self.early_paths()?;
        read_beside(&self.folder, session.threads, || States::read(paths))
    }

    /// Paths that are known before the files are read: those of the command line, or else those that accord.yaml names.
    fn early_paths(&self) -> Result<Vec<PathBuf>, Failure> {
        let mut paths: Vec<PathBuf> = Vec::new();
        for word in self.state.iter().chain(&self.last_applied) {
            let value = word.split_once('=').map_or(word.as_str(), |(_, path)| path);
            paths.extend([word, value].map(PathBuf::from).into_iter().find(|path| files::exists(path)));
        }
        if self.state.is_empty() && files::is_folder(&self.folder) {
            let named = desired::states_named(&self.folder).map_err(|error| Failure::from_error(&error))?;
            let named = named.into_iter().flat_map(|named| [named.snapshot, named.last_applied]);
            paths.extend(named.flatten().map(|path| files::below(&self.folder, path)));
        }
        paths.sort_unstable();
        paths.dedup();
        Ok(paths)
    }

    fn place(&self, given: Option<&PathBuf>, named: Option<Sym>, desired: &DesiredState) -> Option<Place> {
        if let Some(path) = given {
            let word = path.display().to_string();
            let shown = files::inside(&self.folder, path).unwrap_or_else(|| word.clone());
            return Some(Place { word, path: path.clone(), shown, asked: true });
        }
        let shown = desired.text(named?).to_owned();
        Some(Place { word: shown.clone(), path: files::below(&self.folder, &shown), shown, asked: false })
    }
}

fn no_state() -> Failure {
    Failure::new(Status::Error, "no exported state is named to compare the files with")
        .help("give one with `--state PATH`, or write `snapshot: PATH` for the business in accord.yaml")
}

/// Values of an option that is given for each business, by the business's place among `keys`: `PATH` where there is one business, else
/// `KEY=PATH`.
///
/// # Errors
/// Where it is not said which business a value is for, or a business has two.
pub fn assign(words: &[String], option: &str, keys: &[&str]) -> Result<BTreeMap<usize, PathBuf>, Failure> {
    let mut assigned = BTreeMap::new();
    for word in words {
        let (index, path) = one_assigned(word, option, keys)?;
        if assigned.insert(index, PathBuf::from(path)).is_some() {
            let key = keys.get(index).copied().unwrap_or_default();
            let message = format!("`{option}` is given twice for business `{key}`");
            return Err(Failure::new(Status::Usage, message));
        }
    }
    Ok(assigned)
}

fn one_assigned<'w>(word: &'w str, option: &str, keys: &[&str]) -> Result<(usize, &'w str), Failure> {
    let named = word.split_once('=').and_then(|(key, path)| {
        let index = keys.iter().position(|known| *known == key)?;
        Some((index, path))
    });
    let misnamed =
        word.split_once('=').filter(|(_, path)| files::exists(Path::new(path)) && !files::exists(Path::new(word)));
    match (named, keys) {
        (Some(named), _) => Ok(named),
        (None, [only]) => match misnamed {
            None => Ok((0, word)),
            Some((key, _)) => {
                let message = format!("`{option} {word}` names no business: there is no `{key}`");
                Err(Failure::new(Status::Usage, message).help(format!("the business is `{only}`")))
            }
        },
        (None, _) => {
            let message = format!("`{option} {word}` must say for which business");
            let help = format!("write `{option} KEY=PATH` with one of {}", prose::list(keys));
            Err(Failure::new(Status::Usage, message).help(help))
        }
    }
}

/// Reads a plan from a file, whole and as it was made.
///
/// # Errors
/// Where it can't be read, or was changed.
pub fn stored_plan(path: &Path) -> Result<StoredPlan, Failure> {
    let unusable = |error| Failure::of(format!("`{}` can't be used", path.display()), &error);
    plan::file::read(&files::read(path)?).map_err(unusable)
}

/// A day (its first moment in UTC) or a moment.
///
/// # Errors
/// Where it is neither.
pub fn moment(text: &str) -> Result<Timestamp, String> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let day: Date =
        text.parse().map_err(|_| "expected a day (2027-03-31) or a moment (2027-03-31T12:00:00Z)".to_owned())?;
    let start = day.to_zoned(TimeZone::UTC).map_err(|error| error.to_string())?;
    Ok(start.timestamp())
}

/// This moment, to the second.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// Reads an access repository, its problems not yet shown.
///
/// # Errors
/// Where a file can't be read.
pub fn read_repository(root: &Path, threads: usize) -> Result<Reading, Failure> {
    Ok(read_beside(root, threads, || ())?.0)
}

/// The same while something else is read.
fn read_beside<T: Send>(
    root: &Path,
    threads: usize,
    beside: impl FnOnce() -> T + Send,
) -> Result<(Reading, T), Failure> {
    if !files::is_folder(root) {
        let message = format!("`{}` is no folder", root.display());
        return Err(Failure::new(Status::Error, message).help("name the folder that holds accord.yaml"));
    }
    let _span = tracing::info_span!("read the files").entered();
    let read = desired::from_folder_beside(root, threads, beside);
    let (reading, other) = read.map_err(|error| Failure::from_error(&error))?;
    Ok((with_rules(reading), other))
}

/// With the problems of what the policy says about rules, which the reader of files doesn't know.
fn with_rules(mut reading: Reading) -> Reading {
    let Some(state) = &reading.state else { return reading };
    let problems = settings::problems(RULES, &state.policy);
    if problems.iter().any(|problem| problem.level == Level::Error) {
        reading.state = None;
    }
    let mut sink = diagnostic::Sink::from(std::mem::take(&mut reading.problems));
    sink.extend(problems);
    reading.problems = sink.finish();
    reading
}

/// Shows the problems of a repository, and gives its state where there is no error.
fn checked(root: &Path, reading: Reading, session: &Session) -> Result<DesiredState, Failure> {
    show_problems(root, &reading, session);
    let failure = invalid(&reading);
    reading.state.ok_or(failure)
}

/// Shows the problems of a repository with the lines they are on.
pub fn show_problems(root: &Path, reading: &Reading, session: &Session) {
    let text_of = |id: FileId| load::text(root, reading.files.path(id)).ok();
    // Paths as seen from here, so that they can be opened from what is printed.
    let seen = |(_, path): (FileId, &str)| files::below(root, path).display().to_string();
    let files = Files::new(reading.files.iter().map(seen).collect());
    let style = session.terminal.err();
    let shown = diagnostic::render(&reading.problems, &files, &text_of, &style);
    session.terminal.report(&shown);
}

/// The failure that a repository with errors ends in.
pub fn invalid(reading: &Reading) -> Failure {
    let tally = Tally::of(&reading.problems);
    Failure::new(Status::Error, format!("the access repository has {tally}"))
}
