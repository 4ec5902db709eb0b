//! Businesses that are read, and changed, over their platform's interface: how they are named, and with which tokens.
#![expect(clippy::disallowed_methods, reason = "tokens and addresses come from the environment")]

use std::env;
use std::path::{Path, PathBuf};

use super::{Failure, Session, Status};
use crate::connectors::lock::{Holder, Lock, LockError};
use crate::connectors::pinterest_api::fetch::{Export, FetchError};
use crate::connectors::pinterest_api::raw::{RawError, Replay};
use crate::connectors::pinterest_api::{Base, Credentials, CredentialsError, Given, PinterestApi};
use crate::model::Digest;
use crate::terminal::prose;

/// Options of verbs that can reach a platform.
#[derive(clap::Args, Debug, Default)]
#[command(next_help_heading = "Options for `pinterest:ID`, a business on the platform")]
pub struct Access {
    /// A file with the token: the token alone, or JSON [default: $ACCORD_PINTEREST_TOKEN_FILE, or the token itself in $ACCORD_PINTEREST_TOKEN]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// The address of the interface [default: $ACCORD_PINTEREST_URL, or https://api.pinterest.com/v5]
    #[arg(long, value_name = "URL")]
    api_url: Option<String>,
}

/// A business on its platform, as a command line names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remote {
    /// The platform's id.
    pub business: String,
}

const PLATFORM: &str = "pinterest";

impl Remote {
    /// `pinterest:ID`, or `pinterest` where the id is known otherwise. A file of such a name is `./pinterest`.
    ///
    /// # Errors
    /// Where no id is said, or another one than is known.
    pub fn named(word: &str, known: Option<&str>) -> Option<Result<Self, Failure>> {
        let rest = word.strip_prefix(PLATFORM)?;
        let said = match rest.strip_prefix(':') {
            Some(id) => Some(id).filter(|id| !id.is_empty()),
            None if rest.is_empty() => None,
            None => return None,
        };
        Some(match (said, known) {
            (Some(said), Some(known)) if said != known => {
                let message = format!("`{word}` is another business than `{known}`, which the files name");
                Err(Failure::new(Status::Usage, message).help(format!("write `{PLATFORM}` alone")))
            }
            (Some(id), _) | (None, Some(id)) => Ok(Remote { business: id.to_owned() }),
            (None, None) => {
                let message = format!("`{word}` does not say which business");
                Err(Failure::new(Status::Usage, message).help(format!("write `{PLATFORM}:ID` with the platform's id")))
            }
        })
    }

    /// As plans show it.
    pub fn name(&self) -> String {
        format!("{PLATFORM}:{}", self.business)
    }
}

impl Access {
    /// Ready to call; nothing is sent yet.
    ///
    /// # Errors
    /// Where no token is given, or the address is none.
    pub fn open(&self, remote: &Remote) -> Result<PinterestApi, Failure> {
        Ok(PinterestApi::new(self.base()?, self.credentials()?, &remote.business))
    }

    /// Keeps other runs on this machine from changing the business at the same time. Where no lock file can be made there is none: what
    /// somebody else changes meanwhile is found by looking, too.
    ///
    /// # Errors
    /// Where another run holds it.
    pub fn lock(&self, remote: &Remote, holder: &Holder) -> Result<Option<Lock>, Failure> {
        let place = Digest::of(self.base()?.text().as_bytes()).short(12);
        let path = env::temp_dir().join(format!("accord-{PLATFORM}-{place}-{}", remote.business));
        match Lock::take(&path, holder) {
            Ok(lock) => Ok(Some(lock)),
            Err(error @ LockError::Held { .. }) => {
                Err(Failure::from_error(&error).status(Status::Stale).help("wait until that run has ended"))
            }
            Err(error @ LockError::Io { .. }) => {
                tracing::warn!(%error, "no lock");
                Ok(None)
            }
        }
    }

    /// Where a business is: with the address where it is not the platform's own, so that nobody goes on elsewhere with a run.
    ///
    /// # Errors
    /// Where the address is none.
    pub fn place(&self, remote: &Remote) -> Result<String, Failure> {
        let base = self.base()?;
        let name = remote.name();
        Ok(if base.text() == Base::PINTEREST { name } else { format!("{name} at {}", base.text()) })
    }

    /// The options as they were given, for a command that does the same again.
    pub fn words(&self) -> Vec<(&'static str, String)> {
        let file = self.token_file.as_ref().map(|path| ("--token-file", path.display().to_string()));
        file.into_iter().chain(self.api_url.clone().map(|url| ("--api-url", url))).collect()
    }

    fn base(&self) -> Result<Base, Failure> {
        let url = self.api_url.clone().or_else(|| variable("ACCORD_PINTEREST_URL"));
        let url = url.unwrap_or_else(|| Base::PINTEREST.to_owned());
        Base::read(&url).map_err(|message| Failure::new(Status::Usage, message))
    }

    /// Reads a business, and keeps the answers where that is asked for.
    ///
    /// # Errors
    /// Where nothing sensible can be read.
    pub fn read(&self, remote: &Remote, keep: Option<&Path>) -> Result<Export, Failure> {
        let api = self.open(remote)?;
        let export = match keep {
            Some(folder) => api.read_keeping(folder).map_err(|error| kept(&error))?,
            None => api.read(),
        };
        tracing::info!(calls = api.calls(), business = remote.business, "read over the interface");
        export.map_err(|error| unread(&error))
    }

    fn credentials(&self) -> Result<Credentials, Failure> {
        let file = self.token_file.clone().or_else(|| variable("ACCORD_PINTEREST_TOKEN_FILE").map(PathBuf::from));
        let credentials = match file {
            Some(file) => Credentials::read(&file),
            None => Credentials::of(&Given {
                access: variable("ACCORD_PINTEREST_TOKEN"),
                refresh: variable("ACCORD_PINTEREST_REFRESH_TOKEN"),
                app_id: variable("ACCORD_PINTEREST_APP_ID"),
                app_secret: variable("ACCORD_PINTEREST_APP_SECRET"),
            }),
        };
        credentials.map_err(|error| {
            let failure = Failure::from_error(&error);
            match error {
                CredentialsError::None => failure.help(
                    "put it into $ACCORD_PINTEREST_TOKEN, or into a file that `--token-file` names; \
                     docs/pinterest-api.md tells how to get one",
                ),
                CredentialsError::Unfit(_) | CredentialsError::File(..) => failure,
            }
        })
    }
}

/// Reads a business again from answers that were kept.
///
/// # Errors
/// Where they are not there, or nothing sensible is in them.
pub fn reread(folder: &Path) -> Result<Export, Failure> {
    let replay = Replay::open(folder).map_err(|error| kept(&error))?;
    replay.export().map_err(|error| unread(&error))
}

/// Says which parts could not be read whole. The state has the reasons.
pub fn warn_of_gaps(export: &Export, session: &Session) {
    if let Some(failure) = gaps(export) {
        session.warn(&failure.message);
    }
}

/// The failure that an export with gaps ends in.
pub fn gaps(export: &Export) -> Option<Failure> {
    if export.flawed.is_empty() {
        return None;
    }
    let names: Vec<&str> = export.flawed.iter().map(|collection| collection.word()).collect();
    let message = format!("not everything could be read: {}", prose::list(&names));
    Some(
        Failure::new(Status::Error, message)
            .help("what is not whole is marked so: no plan removes anything because of it"),
    )
}

/// The failure of a business that can't be read.
pub fn unread(error: &FetchError) -> Failure {
    let failure = Failure::from_error(error);
    match error {
        FetchError::Denied { error, .. } if error.status() == Some(401) => failure.help(
            "the token may be over, may lack the scope `biz_access:read`, or may be one of the sandbox \
             (tokens of the sandbox and of the platform itself are not taken for each other)",
        ),
        FetchError::Denied { .. } => {
            failure.help("is the id right, and is the owner of the token a manager of that business?")
        }
        FetchError::Nothing { .. } => failure.help("nothing was written; try again, or look at `--api-url`"),
        FetchError::Id(_) | FetchError::Contradiction { .. } => failure,
    }
}

fn kept(error: &RawError) -> Failure {
    let failure = Failure::from_error(error);
    match error {
        RawError::NotEmpty(_) => failure.help("name an empty folder, or one that is not there yet"),
        RawError::Io(..) | RawError::Unfit(..) => failure,
    }
}

/// A variable of the environment that is there and not empty.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_business_is_named_by_platform_and_id() {
        let named = |word, known| Remote::named(word, known).map(|named| named.map(|remote| remote.business));
        assert_eq!(named("pinterest:42", None), Some(Ok("42".to_owned())));
        assert_eq!(named("pinterest", Some("42")), Some(Ok("42".to_owned())));
        assert_eq!(named("pinterest:42", Some("42")), Some(Ok("42".to_owned())));
        for path in ["./pinterest", "pinterest.json", "pinterests", "export/", "state/pinterest:42", "Pinterest:42"] {
            assert_eq!(named(path, Some("42")), None, "{path}");
        }
        for (word, known) in [("pinterest", None), ("pinterest:", None), ("pinterest:43", Some("42"))] {
            assert!(matches!(named(word, known), Some(Err(Failure { status: Status::Usage, .. }))), "{word}");
        }
    }
}
