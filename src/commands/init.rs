//! `accord init`: a first access repository, with comments that say what goes where.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Failure, Report, Session, Status, files};
use crate::desired;
use crate::platforms::PLATFORMS;
use crate::source::Problem;
use crate::terminal::prose;

/// Arguments of `accord init`.
#[derive(clap::Args)]
#[command(after_help = "\
Nothing is managed at first: a section that is not written is left alone. Where the business has people and accounts \
already, `accord import` writes all of this from an export.

Examples:
  accord init access --business-id 729090764583391194 --name 'Acme Retail' --owner ana@acme.example
  accord init --business-id 729090764583391194 --key acme --domain acme.example --domain acme.test")]
pub struct Init {
    /// The folder to start it in; made where it is missing
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// The platform's id of the business
    #[arg(long, value_name = "ID")]
    business_id: String,
    /// The name of the business
    #[arg(long)]
    name: Option<String>,
    /// The key by which the files call the business [default: made from the name, or `main`]
    #[arg(long)]
    key: Option<String>,
    /// The platform the business is on
    #[arg(long, default_value = PLATFORMS[0].name, value_parser = platforms())]
    platform: String,
    /// Address of a person who answers for the business; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    owner: Vec<String>,
    /// Mail domain whose addresses count as ours; may be repeated [default: those of the owners]
    #[arg(long, value_name = "DOMAIN")]
    domain: Vec<String>,
}

/// What the result file tells.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "InitDetails")]
pub struct Summary {
    /// The files that were written.
    written: Vec<String>,
}

impl Init {
    /// Writes the files; none where one of them exists.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        let documents = self.documents();
        check(&documents)?;
        let mut all: BTreeMap<PathBuf, Vec<u8>> =
            documents.into_iter().map(|(path, text)| (files::below(&self.folder, path), text.into_bytes())).collect();
        all.insert(files::below(&self.folder, SCHEMA_FILE), schema()?);
        let refused = |failure: Failure| {
            failure.help("`accord init` replaces nothing; name an empty folder, or edit the files that are there")
        };
        files::refuse_existing(all.keys()).map_err(refused)?;
        files::write_all(&all, false).map_err(refused)?;
        let written: Vec<String> = all.keys().map(|path| path.display().to_string()).collect();
        session.print(&format!("{}\n", written.join("\n")))?;
        let count = prose::len(&written, "file", "files");
        session.say(&format!("Wrote {count}. Nothing is managed yet; accord.yaml says what to do next."));
        Ok(Report::ok(Summary { written }))
    }

    fn documents(&self) -> Vec<(String, String)> {
        let texts = [
            ("accord.yaml", self.root()),
            ("accounts.yaml", ACCOUNTS.to_owned()),
            ("people.yaml", PEOPLE.to_owned()),
            ("profiles.yaml", PROFILES.to_owned()),
            ("teams/example.yaml", TEAMS.to_owned()),
            ("partners/example.yaml", PARTNERS.to_owned()),
        ];
        let modeline = |path: &str| {
            let up = "../".repeat(path.matches('/').count());
            format!("# yaml-language-server: $schema={up}{SCHEMA_FILE}\n")
        };
        texts.into_iter().map(|(path, text)| (path.to_owned(), modeline(path) + &text)).collect()
    }

    fn root(&self) -> String {
        let key = self.key.clone().unwrap_or_else(|| self.key_from_name());
        let domains = if self.domain.is_empty() { self.domains_of_owners() } else { self.domain.clone() };
        let name = match &self.name {
            Some(name) => format!("\n    name: {}", quoted(name)),
            None => String::new(),
        };
        ROOT.replace("{key}", &key)
            .replace("{platform}", &self.platform)
            .replace("{id}", &quoted(&self.business_id))
            .replace("\n    name: {name}", &name)
            .replace("{owners}", &list("owners", &self.owner, "ana@acme.example"))
            .replace("{domains}", &list("domains", &domains, "acme.example"))
    }

    fn key_from_name(&self) -> String {
        let name = self.name.as_deref().unwrap_or_default().to_lowercase();
        let words: Vec<&str> =
            name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            return "main".to_owned();
        }
        words.join("-")
    }

    fn domains_of_owners(&self) -> Vec<String> {
        let mut domains: Vec<String> =
            self.owner.iter().filter_map(|owner| Some(owner.rsplit_once('@')?.1.to_lowercase())).collect();
        domains.sort_unstable();
        domains.dedup();
        domains
    }
}

const SCHEMA_FILE: &str = "schemas/access-document.schema.json";

fn platforms() -> PossibleValuesParser {
    PossibleValuesParser::new(PLATFORMS.map(|platform| platform.name))
}

/// The values come from the command line: what would not be read again must not be written.
fn check(documents: &[(String, String)]) -> Result<(), Failure> {
    let reading = desired::from_texts(documents);
    let Some(problem) = first_placed(reading.problems) else {
        return Ok(());
    };
    let failure = Failure::new(Status::Usage, problem.message);
    Err(match problem.help {
        Some(help) => failure.help(help),
        None => failure,
    })
}

/// The problem that names the value; what follows from it has no place.
fn first_placed(problems: Vec<Problem>) -> Option<Problem> {
    problems.into_iter().min_by_key(|problem| (problem.span.is_none(), problem.span.map(|span| span.start)))
}

fn schema() -> Result<Vec<u8>, Failure> {
    let mut schema =
        serde_json::to_vec_pretty(&desired::schema()).map_err(|error| Failure::of("can't write the schema", &error))?;
    schema.push(b'\n');
    Ok(schema)
}

/// A text in double quotes; JSON's rules are YAML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A line with a list, or one that shows how it would look as a comment.
fn list(key: &str, items: &[String], example: &str) -> String {
    if items.is_empty() {
        return format!("# {key}: [{example}]");
    }
    let items: Vec<String> = items.iter().map(|item| quoted(item)).collect();
    format!("{key}: [{}]", items.join(", "))
}

const ROOT: &str = "\
# The root of this access repository. Any YAML file beside and below it may hold any section: split them as your teams like.
# docs: `accord --help`, and `accord validate` after every change
version: 1

businesses:
  {key}:
    platform: {platform}
    id: {id}
    name: {name}
    # people who answer for this business
    {owners}
    # mail domains whose addresses count as ours; everybody else is external
    {domains}
    # adopt: plans only add. Change it to `enforce` once no plan wants to remove what should stay.
    mode: adopt
    # accounts that no plan may take access from: the one that applies plans, automation
    # protected: [ads-bot@acme.example]
    # the exported state that `accord plan` compares with: a snapshot, or a folder of tables
    # snapshot: state/{key}.json
    # written by `accord apply`; tells our own changes from those made elsewhere
    # last_applied: state/{key}.applied.json

# Limits of the guards; these are the defaults. A plan beyond one of them is refused, unless `--allow` names the exact count.
# policy:
#   guards:
#     removals: { floor: 5, count: 20, share: 5 } # of one class: never below floor, always above count or share percent
#     snapshot_age: 24h # an older export is refused; off = any age
#     desired_share: 50 # refuse files that keep less than this percent of what exists
#     first_apply: true # refuse removals in what was never applied before
#     managers: 1 # people who must remain managers

# Next:
#   1. export the business and check it:   accord import export/ -o state/{key}.json
#   2. describe accounts, people, teams and partners in the files beside this one
#   3. accord validate && accord plan
";

const ACCOUNTS: &str = "\
# Ad accounts, other assets and asset groups. The key is how grants call an asset; ids are quoted, they are no numbers.
#
# accounts:
#   acme-fr: { id: \"549755885175\", name: Acme France, labels: [eu] }
#
# assets: # profiles, catalogs and everything else but groups
#   acme-profile: { type: profile, id: \"549755885176\", name: Acme }
#
# Once `asset_groups:` is written, a group that is not in it counts as unwanted.
# asset_groups:
#   emea: { name: EMEA brands, description: all brands of EMEA, types: [BRAND], contains: [acme-fr] } # no id: to be created
";

const PROFILES: &str = "\
# Named bundles of permissions: say what people need to do, and the smallest set of permissions that allows it is computed.
#
# profiles:
#   campaign-operator: { needs: [edit-campaigns, view-reporting], description: runs campaigns }
#   feed-manager: { permissions: [CATALOGS_MANAGER] } # or the platform's own words
";

const PEOPLE: &str = "\
# Employees and service accounts, by address. What a team says about its members need not be repeated here.
#
# Absent is not empty: while neither `people:` nor `teams:` is written, nobody is invited or removed. Once one of them is, whoever
# stands in neither counts as somebody who should not be there.
#
# people:
#   ana@acme.example: { name: Ana Ruiz, role: manager }
#   bo@acme.example:
#     name: Bo Larsen
#     until: 2030-06-30 # the last day
#   ads-bot@acme.example: { service: true, name: Feed automation }
";

const TEAMS: &str = "\
# One file for each team keeps reviews small. Grants of teams, people and partners add up.
#
# teams:
#   social-fr:
#     owners: [ana@acme.example]
#     members:
#       - bo@acme.example
#       - { person: cy@acme.example, until: 2030-12-31 }
#     grants:
#       - { on: [acme-fr], profile: campaign-operator, reason: runs the French campaigns, ticket: MKT-124 }
";

const PARTNERS: &str = "\
# Agencies and other businesses that reach our assets (inbound), or whose assets we reach (outbound).
#
# partners:
#   nova:
#     id: \"500955295959238888\"
#     direction: inbound
#     name: Nova Media
#     contact: lead@nova.example
#     ends: 2030-06-30 # the last day of the contract
#     grants:
#       - { on: [acme-fr], profile: feed-manager, reason: product feed, until: 2030-03-31, approved_by: ana@acme.example }
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use crate::source::format::canonical;

    fn init(name: Option<&str>) -> Init {
        Init {
            folder: PathBuf::from("."),
            business_id: "729090764583391194".to_owned(),
            name: name.map(str::to_owned),
            key: None,
            platform: PLATFORMS[0].name.to_owned(),
            owner: vec!["Ana@Acme.example".to_owned(), "bo@acme.example".to_owned()],
            domain: Vec::new(),
        }
    }

    #[test]
    fn what_it_writes_is_valid_and_in_canonical_form() {
        for name in [None, Some("Acme Retail"), Some("no: \"#quotes\\"), Some("Ünïcode")] {
            let documents = init(name).documents();
            assert_eq!(check(&documents), Ok(()));
            for (path, text) in documents {
                assert_eq!(canonical(&text).as_deref(), Ok(&*text), "{path}");
            }
        }
    }

    /// The examples in the comments must be right, too: uncommented, everything is one valid repository.
    #[test]
    fn the_examples_in_the_comments_are_valid() {
        let mut documents = init(Some("Acme")).documents();
        for (path, text) in &mut documents {
            *text = examples(text);
            assert!(text.contains("\n  "), "{path} has no example");
            assert!(canonical(text).is_ok(), "{path}\n{text}");
        }
        let reading = desired::from_texts(&documents);
        assert_eq!(reading.problems, [], "{documents:#?}");
        let policy = reading.state.map(|state| Policy { files: Vec::new(), ..state.policy });
        assert_eq!(policy, Some(Policy::default()), "the limits shown are said to be the defaults");
    }

    /// The text with its examples uncommented: what begins with a key, and what is indented below it.
    fn examples(text: &str) -> String {
        const KEYS: &[&str] = &[
            "policy",
            "accounts",
            "assets",
            "asset_groups",
            "profiles",
            "people",
            "teams",
            "partners",
            "protected",
            "snapshot",
            "last_applied",
        ];
        let mut inside = false;
        let mut result = String::new();
        for line in text.lines() {
            let (indent, rest) = line.split_at(line.len() - line.trim_start().len());
            let code = rest.strip_prefix("# ").unwrap_or_default();
            let key = code.split_once(':').map(|(key, _)| key);
            inside = key.is_some_and(|key| KEYS.contains(&key)) || (inside && code.starts_with("  "));
            result += &format!("{indent}{}\n", if inside { code } else { rest });
        }
        result
    }

    #[test]
    fn keys_come_from_names() {
        let key = |name| init(name).key_from_name();
        assert_eq!(key(Some("Acme Retail (EU)")), "acme-retail-eu");
        assert_eq!(key(Some("広告")), "main");
        assert_eq!(key(None), "main");
    }

    #[test]
    fn domains_of_owners_are_ours() {
        assert_eq!(init(None).domains_of_owners(), ["acme.example"]);
    }

    #[test]
    fn values_that_would_not_be_read_again_are_refused() {
        for id in ["", "12x", "1\n2"] {
            let documents = Init { business_id: id.to_owned(), ..init(None) }.documents();
            assert!(check(&documents).is_err(), "{id:?}");
        }
        let documents = Init { key: Some("a: b".to_owned()), ..init(None) }.documents();
        assert!(check(&documents).is_err());
    }
}
