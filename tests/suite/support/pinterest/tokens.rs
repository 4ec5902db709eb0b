//! Who may call: access tokens, and new ones for refresh tokens (`POST /v5/oauth/token`).

use data_encoding::BASE64;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::call::Refusal;
use super::choices::Choices;
use super::http::{Answer, Request};

/// Sixty days, as the description of tokens says.
const REFRESH_SECONDS: i64 = 5_184_000;

/// An access token and what renews it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    pub secret: String,
    /// Id, address or user name of the person; or the id of a business for which they answer invites.
    pub user: String,
    pub scopes: Vec<String>,
    #[serde(default)]
    pub expires: Option<Timestamp>,
    #[serde(default)]
    pub refresh: Option<String>,
}

impl Token {
    /// With the scopes that accord can't do without.
    pub fn of(user: &str, secret: &str) -> Self {
        Token {
            secret: secret.to_owned(),
            user: user.to_owned(),
            scopes: ["ads:read", "biz_access:read", "biz_access:write"].map(str::to_owned).into(),
            expires: None,
            refresh: None,
        }
    }

    /// With the scope that tells whose it is, too.
    pub fn telling(mut self) -> Self {
        self.scopes.push("user_accounts:read".to_owned());
        self
    }
}

/// All tokens that were given out.
#[derive(Clone, Debug)]
pub struct Tokens {
    known: Vec<Token>,
    /// `id:secret` of the app that may renew them.
    app: String,
    made: u64,
}

impl Tokens {
    pub fn new(known: Vec<Token>, app: &str) -> Self {
        Tokens { known, app: app.to_owned(), made: 0 }
    }

    /// The token of a request.
    pub fn of(&self, request: &Request, now: Timestamp) -> Result<&Token, Refusal> {
        let failed = || Refusal::new(401, 2, "Authentication failed.");
        let (scheme, secret) =
            request.header("authorization").and_then(|text| text.split_once(' ')).ok_or_else(failed)?;
        let found = self.known.iter().find(|token| scheme.eq_ignore_ascii_case("bearer") && token.secret == secret);
        found.filter(|token| token.expires.is_none_or(|end| now < end)).ok_or_else(failed)
    }

    /// Ends the token of a request.
    pub fn expire(&mut self, request: &Request, now: Timestamp) {
        let Ok(secret) = self.of(request, now).map(|token| token.secret.clone()) else { return };
        if let Some(token) = self.known.iter_mut().find(|token| token.secret == secret) {
            token.expires = Some(now);
        }
    }

    /// Answers a form with a refresh token.
    pub fn renew(&mut self, request: &Request, choices: &Choices, now: Timestamp) -> Answer {
        match self.renewed(request, choices, now) {
            Ok(answer) => answer,
            Err(refusal) => refusal.answer(),
        }
    }

    fn renewed(&mut self, request: &Request, choices: &Choices, now: Timestamp) -> Result<Answer, Refusal> {
        let failed = || Refusal::new(401, 2, "Authentication failed.");
        let basic = format!("Basic {}", BASE64.encode(self.app.as_bytes()));
        if request.header("authorization") != Some(basic.as_str()) {
            return Err(failed());
        }
        let form: Vec<(String, String)> = form_urlencoded::parse(&request.body).into_owned().collect();
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        if field("grant_type") != Some("refresh_token") {
            return Err(Refusal::invalid("grant_type must be refresh_token"));
        }
        let old = field("refresh_token").ok_or_else(|| Refusal::invalid("refresh_token is missing"))?;
        let place = self.known.iter().rposition(|token| token.refresh.as_deref() == Some(old)).ok_or_else(failed)?;
        self.made += 1;
        let new = Token {
            secret: format!("pina_simulated_{}", self.made),
            refresh: Some(format!("pinr_simulated_{}", self.made)),
            expires: Some(now + SignedDuration::from_secs(choices.token_seconds)),
            ..self.known[place].clone()
        };
        if choices.refresh_ends_old {
            self.known.retain(|token| token.refresh.as_deref() != Some(old));
        }
        let answer = json!({
            "response_type": "refresh_token",
            "access_token": new.secret,
            "token_type": "bearer",
            "expires_in": choices.token_seconds,
            "scope": new.scopes.join(" "),
            "refresh_token": new.refresh,
            "refresh_token_expires_in": REFRESH_SECONDS,
            "refresh_token_expires_at": now.as_second() + REFRESH_SECONDS,
        });
        self.known.push(new);
        Ok(Answer::new(200, Some(answer)))
    }
}
