//! Who calls: an access token, or what a new one is made from.
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "reads and renews the user's file of tokens")]

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;

use super::request::CallError;
use super::secret::Secret;

/// Tokens as the user gives them, each as a text.
#[derive(Default)]
pub struct Given {
    /// An access token (`pina_...`).
    pub access: Option<String>,
    /// A refresh token (`pinr_...`); it needs the app.
    pub refresh: Option<String>,
    /// The id of the app.
    pub app_id: Option<String>,
    /// The secret of the app.
    pub app_secret: Option<String>,
}

/// What calls are made with.
#[derive(Clone, Debug)]
pub struct Credentials {
    access: Option<Secret>,
    renewal: Option<Renewal>,
    /// Where new tokens are kept.
    file: Option<PathBuf>,
}

/// What a new access token is made from.
#[derive(Clone, Debug)]
pub(super) struct Renewal {
    pub(super) refresh: Secret,
    app_id: String,
    app_secret: Secret,
}

/// Why there are no credentials.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// Nothing was given.
    #[error("no token for Pinterest is given")]
    None,
    /// One of the parts can't be what it is said to be. It is not repeated.
    #[error("{0}")]
    Unfit(String),
    /// The file can't be read.
    #[error("the file of tokens `{0}` can't be read")]
    File(String, #[source] io::Error),
}

impl Credentials {
    /// Of texts.
    ///
    /// # Errors
    /// Where nothing is given, a part can't be a token, or a refresh token comes without its app.
    pub fn of(given: &Given) -> Result<Self, CredentialsError> {
        let Given { access, refresh, app_id, app_secret } = given;
        let access = secret(access.as_deref(), "access token")?;
        let refresh = secret(refresh.as_deref(), "refresh token")?;
        let app_id = app_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
        let app_secret = secret(app_secret.as_deref(), "app secret")?;
        let renewal = match (refresh, app_id, app_secret) {
            (Some(refresh), Some(app_id), Some(app_secret)) => {
                Some(Renewal { refresh, app_id: app_id.to_owned(), app_secret })
            }
            (None, ..) => None,
            (Some(_), ..) => {
                let message = "a refresh token needs the id and the secret of its app";
                return Err(CredentialsError::Unfit(message.to_owned()));
            }
        };
        if access.is_none() && renewal.is_none() {
            return Err(CredentialsError::None);
        }
        Ok(Credentials { access, renewal, file: None })
    }

    /// Of a file: an access token and nothing else, or a JSON object with `access_token`, or with `refresh_token`, `app_id` and
    /// `app_secret`. A JSON file gets the new tokens when they are renewed.
    ///
    /// # Errors
    /// As [`Credentials::of`], and where the file can't be read.
    pub fn read(path: &Path) -> Result<Self, CredentialsError> {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|error| CredentialsError::File(name.clone(), error))?;
        if !text.trim_start().starts_with('{') {
            return Credentials::of(&Given { access: Some(text), ..Given::default() });
        }
        // The error of the parser could repeat a token.
        let unfit = || CredentialsError::Unfit(format!("the file of tokens `{name}` is no JSON object"));
        let value: Value = serde_json::from_str(&text).map_err(|_| unfit())?;
        let word = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let app_id = word("app_id").or_else(|| value.get("app_id").and_then(Value::as_u64).map(|id| id.to_string()));
        let given = Given {
            access: word("access_token"),
            refresh: word("refresh_token"),
            app_id,
            app_secret: word("app_secret"),
        };
        Ok(Credentials { file: Some(path.to_owned()), ..Credentials::of(&given)? })
    }
}

fn secret(text: Option<&str>, what: &str) -> Result<Option<Secret>, CredentialsError> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
        return Ok(None);
    };
    let unfit = || CredentialsError::Unfit(format!("the {what} is none: spaces or other characters stand in it"));
    Secret::of(text).map(Some).ok_or_else(unfit)
}

impl Renewal {
    /// The `Authorization` header of the app.
    pub(super) fn authorization(&self) -> Secret {
        let pair = format!("{}:{}", self.app_id, self.app_secret.expose());
        let header = format!("Basic {}", BASE64_STANDARD.encode(pair));
        Secret::header(header)
    }
}

/// What a renewal gave.
pub(super) struct Fresh {
    access: Secret,
    lifetime: Option<Duration>,
    refresh: Option<Secret>,
    scopes: Option<Vec<String>>,
}

impl Fresh {
    /// Of the answer of the token endpoint; `None` where there is no token in it.
    pub(super) fn of(body: &Value) -> Option<Self> {
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        let scopes =
            text("scope").map(|words| words.split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_owned));
        Some(Fresh {
            access: Secret::of(text("access_token")?)?,
            lifetime: body.get("expires_in").and_then(Value::as_u64).map(Duration::from_secs),
            refresh: text("refresh_token").and_then(Secret::of),
            scopes: scopes.map(Iterator::collect),
        })
    }
}

/// The tokens of a run. Threads share them; while one renews them the others wait.
pub(super) struct Tokens {
    state: Mutex<State>,
    /// Everything that must not be seen, tokens that are out of use included. Apart, because it is asked for while a renewal holds the
    /// state.
    seen: Mutex<Vec<Secret>>,
}

struct State {
    access: Option<Access>,
    renewal: Option<Renewal>,
    file: Option<PathBuf>,
    /// How often it was renewed.
    generation: u64,
    scopes: Option<Vec<String>>,
}

struct Access {
    token: Secret,
    /// When it ends, where that is known.
    until: Option<Duration>,
}

/// A token to be sent, and which one it is.
pub(super) struct Bearer {
    pub(super) authorization: Secret,
    pub(super) generation: u64,
}

/// A token is renewed so long before its end.
const MARGIN: Duration = Duration::from_secs(60);

impl Tokens {
    pub(super) fn new(credentials: Credentials) -> Self {
        let Credentials { access, renewal, file } = credentials;
        let mut seen: Vec<Secret> = access.iter().cloned().collect();
        if let Some(renewal) = &renewal {
            seen.extend([renewal.refresh.clone(), renewal.app_secret.clone(), renewal.authorization()]);
        }
        let access = access.map(|token| Access { token, until: None });
        let state = State { access, renewal, file, generation: 0, scopes: None };
        Tokens { state: Mutex::new(state), seen: Mutex::new(seen) }
    }

    /// The token to send now; `renew` makes a new one where there is none or it is about to end.
    pub(super) fn bearer(
        &self,
        now: Duration,
        renew: impl FnOnce(&Renewal) -> Result<Fresh, CallError>,
    ) -> Result<Bearer, CallError> {
        let mut state = self.state();
        let good = |access: &Access| access.until.is_none_or(|until| now + MARGIN < until);
        if !state.access.as_ref().is_some_and(good)
            && let Some(renewal) = state.renewal.clone()
        {
            self.take(&mut state, renew(&renewal)?, now);
        }
        let token = state.access.as_ref().map(|access| access.token.expose()).unwrap_or_default();
        let authorization = Secret::header(format!("Bearer {token}"));
        Ok(Bearer { authorization, generation: state.generation })
    }

    /// Makes a new token after this one was refused; false where nothing is there to make one from.
    pub(super) fn renew(
        &self,
        refused: u64,
        now: Duration,
        renew: impl FnOnce(&Renewal) -> Result<Fresh, CallError>,
    ) -> Result<bool, CallError> {
        let mut state = self.state();
        if state.generation != refused {
            // Another thread has done it.
            return Ok(true);
        }
        let Some(renewal) = state.renewal.clone() else {
            return Ok(false);
        };
        self.take(&mut state, renew(&renewal)?, now);
        Ok(true)
    }

    /// What the token may do, where the platform has said so.
    pub(super) fn scopes(&self) -> Option<Vec<String>> {
        self.state().scopes.clone()
    }

    /// A text of the platform or the network without any of our secrets.
    pub(super) fn blot(&self, text: &str) -> String {
        self.seen().iter().fold(text.to_owned(), |text, secret| secret.blot(&text))
    }

    fn take(&self, state: &mut State, fresh: Fresh, now: Duration) {
        self.seen().extend([&fresh.access].into_iter().chain(&fresh.refresh).cloned());
        state.take(fresh, now);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seen(&self) -> MutexGuard<'_, Vec<Secret>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self, fresh: Fresh, now: Duration) {
        let Fresh { access, lifetime, refresh, scopes } = fresh;
        if let (Some(renewal), Some(refresh)) = (&mut self.renewal, refresh) {
            renewal.refresh = refresh;
        }
        self.access = Some(Access { token: access, until: lifetime.map(|lifetime| now + lifetime) });
        self.scopes = scopes.or(self.scopes.take());
        self.generation += 1;
        self.store();
    }

    /// A refresh token ends, and each renewal gives one that lasts longer: where there is a file, the next run finds it there.
    fn store(&self) {
        let Some(path) = &self.file else { return };
        match self.replace(path) {
            Ok(()) => tracing::info!(file = %path.display(), "kept the renewed tokens"),
            Err(error) => tracing::warn!(file = %path.display(), %error, "the renewed tokens can't be kept"),
        }
    }

    fn replace(&self, path: &Path) -> io::Result<()> {
        let mut value: Value = serde_json::from_slice(&fs::read(path)?)?;
        if let Some(access) = &self.access {
            value["access_token"] = access.token.expose().into();
        }
        if let Some(renewal) = &self.renewal {
            value["refresh_token"] = renewal.refresh.expose().into();
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Its owner alone may read it, as with every temporary file.
        let mut new = tempfile::NamedTempFile::new_in(folder)?;
        new.write_all(&serde_json::to_vec_pretty(&value)?)?;
        new.write_all(b"\n")?;
        new.persist(path).map_err(|error| error.error)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn given(access: &str, refresh: &str, app: &str) -> Given {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Given {
            access: text(access),
            refresh: text(refresh),
            app_id: text(app),
            app_secret: text(if app.is_empty() { "" } else { "s3cr3t" }),
        }
    }

    #[test]
    fn what_is_missing_is_said_and_what_is_given_is_not_repeated() {
        let refusal = |given: &Given| Credentials::of(given).unwrap_err().to_string();
        assert_eq!(refusal(&Given::default()), "no token for Pinterest is given");
        assert!(refusal(&given("", "pinr_1", "")).contains("needs the id and the secret"));
        let split = refusal(&given("pina_one two", "", ""));
        assert!(split.contains("access token") && !split.contains("pina"), "{split}");
        assert!(Credentials::of(&given(" pina_1\n", "", "")).is_ok());
        assert!(Credentials::of(&given("", "pinr_1", "42")).is_ok());
    }

    #[test]
    fn nothing_that_prints_itself_prints_a_token() {
        let credentials = Credentials::of(&given("pina_1", "pinr_2", "42")).unwrap();
        let shown = format!("{credentials:?} {credentials:#?}");
        for secret in ["pina_1", "pinr_2", "s3cr3t"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(shown.contains("[secret]"));
    }

    #[test]
    fn the_app_says_who_it_is_in_the_basic_form() {
        let credentials = Credentials::of(&given("", "pinr_2", "42")).unwrap();
        let header = credentials.renewal.unwrap().authorization();
        // base64 of 42:s3cr3t
        assert_eq!(header.expose(), "Basic NDI6czNjcjN0");
    }

    #[test]
    fn a_file_is_a_token_or_an_object_and_gets_the_new_tokens() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        fs::write(&path, "pina_1\n").unwrap();
        assert!(Credentials::read(&path).unwrap().file.is_none());

        let object = json!({"app_id": 42, "app_secret": "s3cr3t", "refresh_token": "pinr_2", "note": "kept"});
        fs::write(&path, object.to_string()).unwrap();
        let tokens = Tokens::new(Credentials::read(&path).unwrap());
        let fresh = |_: &Renewal| {
            let body = json!({"access_token": "pina_3", "expires_in": 3600, "refresh_token": "pinr_4", "scope": "ads:read biz_access:read"});
            Ok(Fresh::of(&body).unwrap())
        };
        let bearer = tokens.bearer(Duration::ZERO, fresh).unwrap();
        assert_eq!(bearer.authorization.expose(), "Bearer pina_3");
        let kept: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(kept["refresh_token"], "pinr_4");
        assert_eq!(kept["note"], "kept");
        assert_eq!(tokens.scopes().unwrap(), ["ads:read", "biz_access:read"]);
        assert_eq!(tokens.blot("pinr_2 pina_3 pinr_4 s3cr3t"), "[secret] [secret] [secret] [secret]");

        fs::write(&path, "{\"access_token\": \"pina_1\"").unwrap();
        let message = Credentials::read(&path).unwrap_err().to_string();
        assert!(message.contains("no JSON object") && !message.contains("pina_1"), "{message}");
    }

    #[test]
    fn a_token_is_renewed_before_it_ends_and_once_for_all_threads() {
        let tokens = Tokens::new(Credentials::of(&given("", "pinr_2", "42")).unwrap());
        let made = std::cell::Cell::new(0);
        let fresh = |_: &Renewal| {
            made.set(made.get() + 1);
            Ok(Fresh::of(&json!({"access_token": format!("pina_{}", made.get()), "expires_in": 100})).unwrap())
        };
        let at = |seconds| tokens.bearer(Duration::from_secs(seconds), fresh).unwrap();
        assert_eq!(at(0).authorization.expose(), "Bearer pina_1");
        assert_eq!(at(39).authorization.expose(), "Bearer pina_1");
        let second = at(41);
        assert_eq!(second.authorization.expose(), "Bearer pina_2");
        let now = Duration::from_secs(42);
        assert!(tokens.renew(second.generation, now, fresh).unwrap());
        assert!(tokens.renew(second.generation, now, fresh).unwrap());
        assert_eq!(made.get(), 3);
    }
}
