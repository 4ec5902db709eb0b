//! `accord who-can`: who can do something on an asset, and how.

use super::questions::{Asked, Asking, Summary};
use super::{Failure, Report, Session, Status};
use crate::graph::{Access, AssetIx, PersonIx};
use crate::platforms::Platform;
use crate::reports::access::{Answer, Holder, WhoCan as WhoCanAnswer};
use crate::source::nearest;
use crate::terminal::prose;

/// Arguments of `accord who-can`.
#[derive(clap::Args)]
#[command(after_help = "\
Counts every path: own grants, teams, asset groups, and a partner's people through the partner. People who could give it to \
themselves, because they administer a business, are listed apart.

Examples:
  accord who-can edit-billing acme-fr
  accord who-can ADMIN acme-fr --planned       # a permission; after the plan
  accord who-can edit-campaigns 549755885175 access --format json")]
pub struct WhoCan {
    /// A capability (`edit-billing`) or a permission of the platform (`ADMIN`)
    #[arg(value_name = "CAPABILITY")]
    capability: String,
    /// An asset, by key, id or name
    #[arg(value_name = "ASSET")]
    asset: String,
    #[command(flatten)]
    asking: Asking,
}

/// What is asked for.
struct Wanted {
    name: String,
    title: String,
    capability: u64,
    permission: u32,
}

impl WhoCan {
    /// Asks, and shows the answer.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        let asked = self.asking.read(session)?;
        let asset = asked.asset(&self.asset)?;
        let wanted = Wanted::of(&self.capability, asked.nodes().asset(asset).platform)?;
        let on = asked.graph().people_on(asset);
        let mut people: Vec<Holder> = on
            .iter()
            .filter(|(_, access)| wanted.has(access))
            .map(|(person, access)| wanted.holder(&asked, *person, asset, access))
            .collect();
        let mut perhaps: Vec<Holder> = on
            .iter()
            .filter(|(_, access)| wanted.may(access))
            .map(|(person, access)| wanted.holder(&asked, *person, asset, access))
            .collect();
        let can: Vec<PersonIx> =
            on.iter().filter(|(_, access)| wanted.has(access)).map(|(person, _)| *person).collect();
        let mut could = wanted.could(&asked, asset, &can);
        for list in [&mut people, &mut perhaps, &mut could] {
            list.sort_by_key(|holder| holder.person.label());
        }
        let found = people.len();
        let answer = WhoCanAnswer {
            capability: wanted.name,
            title: wanted.title,
            asset: asked.nodes().asset_ref(asset),
            people,
            perhaps,
            could,
        };
        self.asking.show(&asked, Answer::WhoCan(answer), found, session)
    }
}

impl Wanted {
    fn of(word: &str, platform: &'static Platform) -> Result<Self, Failure> {
        let name = word.to_owned();
        if let Some(known) = platform.capabilities.iter().find(|known| known.name == word) {
            let capability = platform.capability_bit(word).unwrap_or(0);
            return Ok(Wanted { name, title: known.title.to_owned(), capability, permission: 0 });
        }
        if let Some(known) = platform.permissions.iter().find(|known| known.word == word) {
            let permission = platform.permission_bit(word).unwrap_or(0);
            let title = format!("do what {} gives", known.title);
            return Ok(Wanted { name, title, capability: 0, permission });
        }
        let capabilities = platform.capabilities.iter().map(|known| known.name);
        let words: Vec<&str> = capabilities.chain(platform.permissions.iter().map(|known| known.word)).collect();
        let failure =
            Failure::new(Status::Usage, format!("`{word}` is no capability or permission of {}", platform.title));
        Err(match nearest(word, words.iter().copied()) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => {
                let names: Vec<&str> = platform.capabilities.iter().map(|known| known.name).collect();
                failure.help(format!("capabilities are {}", prose::list(&names)))
            }
        })
    }

    fn has(&self, access: &Access) -> bool {
        access.sure & self.capability != 0 || access.permissions & self.permission != 0
    }

    fn may(&self, access: &Access) -> bool {
        !self.has(access) && (access.possible & self.capability != 0 || access.ways.foreign())
    }

    fn holder(&self, asked: &Asked, person: PersonIx, asset: AssetIx, access: &Access) -> Holder {
        let platform = asked.nodes().asset(asset).platform;
        let graph = asked.graph();
        let mut paths = graph.paths(person, asset);
        let gives = |permissions: u32| {
            let (sure, possible) = graph.capabilities(platform, permissions);
            (sure | possible) & self.capability != 0 || permissions & self.permission != 0
        };
        if paths.iter().any(|path| gives(path.permissions)) {
            paths.retain(|path| gives(path.permissions));
        }
        Holder {
            person: asked.nodes().person_ref(person),
            permissions: platform.words(access.permissions).into_iter().map(str::to_owned).collect(),
            pending: paths.iter().all(|path| path.pending),
            paths: asked.paths(&paths),
        }
    }

    /// Managers of the owner and of partners who can't do it now.
    fn could(&self, asked: &Asked, asset: AssetIx, can: &[PersonIx]) -> Vec<Holder> {
        let graph = asked.graph();
        let platform = asked.nodes().asset(asset).platform;
        let mut could = Vec::new();
        for person in graph.could_reach(asset).into_iter().filter(|person| !can.contains(person)) {
            let mut paths = graph.potential_paths(person, asset);
            paths.retain(|path| {
                let (sure, _) = graph.capabilities(platform, path.permissions);
                sure & self.capability != 0 || path.permissions & self.permission != 0
            });
            let together = paths.iter().fold(0, |bits, path| bits | path.permissions);
            if !paths.is_empty() {
                could.push(Holder {
                    person: asked.nodes().person_ref(person),
                    permissions: platform.words(together).into_iter().map(str::to_owned).collect(),
                    pending: paths.iter().all(|path| path.pending),
                    paths: asked.paths(&paths),
                });
            }
        }
        could
    }
}
