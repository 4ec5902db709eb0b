//! One attempt over the wire, and the address it goes to. What tries again is the client.

use std::time::Duration;

use ureq::http::{Response, Uri};
use ureq::{Agent, Body, Error, Proxy, RequestBuilder, Timeout};

use super::request::Method;
use super::secret::Secret;

/// One attempt.
pub struct Call<'a> {
    /// How.
    pub method: Method,
    /// Below the base address.
    pub path: &'a str,
    /// Parameters, not yet encoded.
    pub query: &'a [(String, String)],
    /// The whole `Authorization` header.
    pub authorization: &'a Secret,
    /// What is sent along.
    pub payload: Payload<'a>,
}

/// What is sent along.
pub enum Payload<'a> {
    /// Nothing.
    None,
    /// A JSON text.
    Json(&'a [u8]),
    /// Fields of a form, not yet encoded.
    Form(&'a [(&'a str, &'a str)]),
}

/// What came back.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Headers, names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body, unread.
    pub body: Vec<u8>,
}

/// Nothing whole came back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cut {
    /// Whether the other side may have got the call.
    pub sent: bool,
    /// What happened, for people.
    pub message: String,
}

/// Sends one call. Tests have their own.
pub trait Transport: Send + Sync {
    /// Sends it once.
    ///
    /// # Errors
    /// Where no whole answer came back.
    fn call(&self, call: &Call<'_>) -> Result<Reply, Cut>;
}

impl Reply {
    /// The value of a header, by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Where the interface is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Base {
    /// Without a `/` at its end.
    text: String,
    loopback: bool,
}

impl Base {
    /// Pinterest.
    pub const PINTEREST: &str = "https://api.pinterest.com/v5";

    /// Reads an address. A token sent without encryption is a token given away, so `http` is only taken for this machine.
    ///
    /// # Errors
    /// Where it is no such address.
    pub fn read(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| format!("`{text}` can't be the address of the interface: {why}");
        let uri: Uri = text.parse().map_err(|_| wrong("it is no web address"))?;
        let host = uri.host().ok_or_else(|| wrong("it names no host"))?;
        let authority = uri.authority().map(|authority| authority.as_str()).unwrap_or_default();
        if authority.contains('@') {
            // It is not repeated: what stands there is meant to be secret.
            return Err("the address of the interface must not hold a user or a password".to_owned());
        }
        if uri.query().is_some() || text.contains('#') {
            return Err(wrong("it has more than a path"));
        }
        let loopback = is_loopback(host);
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if loopback => {}
            Some("http") => return Err(wrong("`http` would send the token unencrypted; use `https`")),
            _ => return Err(wrong("it does not begin with `https://`")),
        }
        Ok(Base { text: text.trim_end_matches('/').to_owned(), loopback })
    }

    /// As it was given.
    pub fn text(&self) -> &str {
        &self.text
    }
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The network.
pub struct Http {
    agent: Agent,
    base: Base,
}

/// An answer that takes longer than this is as good as none.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection that takes longer than this will not come.
const CONNECT: Duration = Duration::from_secs(15);

/// More than a page can hold by far.
const MAX_BODY: u64 = 64 << 20;

impl Http {
    /// Ready to call; nothing is sent yet. A proxy of the environment (`HTTPS_PROXY`, `NO_PROXY`) is used, except to this machine.
    pub fn new(base: Base, parallel: usize) -> Self {
        let proxy = if base.loopback { None } else { Proxy::try_from_env() };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // A redirection could lead the token elsewhere; the client reports it.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .https_only(!base.loopback)
            .proxy(proxy)
            .max_idle_connections(parallel)
            .max_idle_connections_per_host(parallel)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(PATIENCE))
            .user_agent(concat!("accord/", env!("CARGO_PKG_VERSION")))
            .build();
        Http { agent: Agent::new_with_config(config), base }
    }

    fn send(&self, call: &Call<'_>) -> Result<Response<Body>, Error> {
        let url = format!("{}{}", self.base.text, call.path);
        let builder = match (call.method, &call.payload) {
            (Method::Get, Payload::None) => return prepared(self.agent.get(url), call).call(),
            (Method::Get, _) => self.agent.get(url).force_send_body(),
            // Bodies of deletions say what is deleted.
            (Method::Delete, _) => self.agent.delete(url).force_send_body(),
            (Method::Post, _) => self.agent.post(url),
            (Method::Patch, _) => self.agent.patch(url),
        };
        let builder = prepared(builder, call);
        match call.payload {
            Payload::None => builder.send_empty(),
            Payload::Json(bytes) => builder.content_type("application/json").send(bytes),
            Payload::Form(fields) => builder.send_form(fields.iter().copied()),
        }
    }
}

impl Transport for Http {
    fn call(&self, call: &Call<'_>) -> Result<Reply, Cut> {
        let mut response = self.send(call).map_err(|error| cut(&error))?;
        let text = |value: &ureq::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value)));
        let (status, headers) = (response.status().as_u16(), headers.collect());
        let body = response.body_mut().with_config().limit(MAX_BODY).read_to_vec();
        // The head came, so the call was sent; without the whole body nobody knows what it said.
        let body = body.map_err(|error| Cut { sent: true, ..cut(&error) })?;
        Ok(Reply { status, headers, body })
    }
}

fn prepared<B>(builder: RequestBuilder<B>, call: &Call<'_>) -> RequestBuilder<B> {
    let pairs = call.query.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    builder.query_pairs(pairs).header("authorization", call.authorization.expose()).header("accept", "application/json")
}

fn cut(error: &Error) -> Cut {
    let before = match error {
        Error::HostNotFound | Error::ConnectionFailed | Error::ConnectProxyFailed(_) | Error::BadUri(_) => true,
        Error::Timeout(timeout) => matches!(timeout, Timeout::Resolve | Timeout::Connect),
        Error::Io(error) => error.kind() == std::io::ErrorKind::ConnectionRefused,
        _ => false,
    };
    let message = match error {
        Error::HostNotFound => "the host is not known".to_owned(),
        Error::ConnectionFailed => "no connection".to_owned(),
        Error::Timeout(_) => format!("no answer in time ({} s)", if before { CONNECT } else { PATIENCE }.as_secs()),
        Error::Io(error) => format!("the connection broke ({error})"),
        other => format!("the connection broke ({other})"),
    };
    Cut { sent: !before, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for good in [
            "https://api.pinterest.com/v5",
            "https://api-sandbox.pinterest.com/v5/",
            "http://127.0.0.1:4010/v5",
            "http://localhost:4010",
            "http://[::1]:4010/v5",
        ] {
            let base = Base::read(good).unwrap();
            assert!(!base.text().ends_with('/'), "{good}");
        }
        for (wrong, why) in [
            ("http://api.pinterest.com/v5", "unencrypted"),
            ("http://127.0.0.1.evil.example/v5", "unencrypted"),
            ("http://localhost.evil.example/v5", "unencrypted"),
            ("ftp://127.0.0.1/v5", "https://"),
            ("api.pinterest.com", "https://"),
            ("https://api.pinterest.com/v5?a=b", "more than a path"),
            ("/v5", "no host"),
            ("", "no web address"),
        ] {
            let message = Base::read(wrong).unwrap_err();
            assert!(message.contains(why), "{wrong}: {message}");
        }
    }

    #[test]
    fn an_address_with_a_password_is_refused_and_not_repeated() {
        let message = Base::read("https://me:hunter2@api.pinterest.com/v5").unwrap_err();
        assert!(!message.contains("hunter2"), "{message}");
    }

    #[test]
    fn only_a_call_that_never_left_is_said_not_to_be_sent() {
        let sent = |error: Error| cut(&error).sent;
        assert!(!sent(Error::HostNotFound));
        assert!(!sent(Error::ConnectionFailed));
        assert!(!sent(Error::Timeout(Timeout::Connect)));
        assert!(sent(Error::Timeout(Timeout::RecvResponse)));
        assert!(sent(Error::Io(std::io::ErrorKind::ConnectionReset.into())));
        assert!(sent(Error::Io(std::io::ErrorKind::UnexpectedEof.into())));
    }
}
