//! HTTP/1.1 as far as a simulator needs it: own code on sockets, because no server library lets one cut an answer in the middle.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

/// Larger requests are a mistake.
const MOST_BYTES: usize = 4 << 20;
const MOST_HEADERS: usize = 64;

/// One request.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    /// Without the query, as sent: ids are digits, so nothing in it is ever encoded.
    pub path: String,
    pub query: Vec<(String, String)>,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Whether the other side wants to send more on this connection.
    pub keep: bool,
    /// The first line's target, as sent.
    pub target: String,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// One answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Option<Value>,
    /// Sent instead of the body: what is no JSON.
    pub raw: Option<String>,
}

impl Answer {
    pub fn new(status: u16, body: Option<Value>) -> Self {
        Answer { status, headers: Vec::new(), body, raw: None }
    }

    /// Adds a header.
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    /// As bytes of HTTP.
    pub fn bytes(&self, keep: bool, head_only: bool) -> Vec<u8> {
        let body = match (&self.raw, &self.body) {
            (Some(raw), _) => raw.clone(),
            (None, Some(body)) => body.to_string(),
            (None, None) => String::new(),
        };
        let mut text = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        let kind = if self.raw.is_some() { "text/html" } else { "application/json" };
        if !body.is_empty() {
            text.push_str(&format!("content-type: {kind}\r\n"));
        }
        let connection = if keep { "keep-alive" } else { "close" };
        text.push_str(&format!("content-length: {}\r\nconnection: {connection}\r\n\r\n", body.len()));
        if !head_only {
            text.push_str(&body);
        }
        text.into_bytes()
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Other",
    }
}

/// A connection from which requests are read one after the other.
pub struct Connection {
    stream: TcpStream,
    /// Read and not used yet.
    rest: Vec<u8>,
}

impl Connection {
    pub fn new(stream: TcpStream) -> Self {
        Connection { stream, rest: Vec::new() }
    }

    /// The next request; `None` where the other side has ended, cleanly between two requests.
    pub fn request(&mut self) -> io::Result<Option<Request>> {
        let Some((mut request, length)) = self.head()? else { return Ok(None) };
        if request.header("expect").is_some_and(|expect| expect.eq_ignore_ascii_case("100-continue")) {
            self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        request.body = match length {
            Length::Known(length) => self.take(length)?,
            Length::Chunked => self.chunks()?,
        };
        Ok(Some(request))
    }

    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)?;
        self.stream.flush()
    }

    fn head(&mut self) -> io::Result<Option<(Request, Length)>> {
        loop {
            if let Some((head, used)) = parsed(&self.rest)? {
                self.rest.drain(..used);
                return Ok(Some(head));
            }
            if !self.more()? {
                return if self.rest.is_empty() { Ok(None) } else { Err(broken("the request ends in its head")) };
            }
        }
    }

    fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        if length > MOST_BYTES {
            return Err(broken("the request is too large"));
        }
        while self.rest.len() < length {
            if !self.more()? {
                return Err(broken("the request ends in its body"));
            }
        }
        Ok(self.rest.drain(..length).collect())
    }

    fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let (used, size) = loop {
                match httparse::parse_chunk_size(&self.rest) {
                    Ok(httparse::Status::Complete(found)) => break found,
                    Ok(httparse::Status::Partial) if self.more()? => {}
                    _ => return Err(broken("a chunk has no size")),
                }
            };
            self.rest.drain(..used);
            let size = usize::try_from(size).map_err(|_| broken("a chunk is too large"))?;
            body.extend(self.take(size)?);
            self.take(2)?; // the line break after the chunk
            if size == 0 {
                return Ok(body);
            }
        }
    }

    /// Reads once more; `false` at the end.
    fn more(&mut self) -> io::Result<bool> {
        let mut buffer = [0; 16 << 10];
        let count = self.stream.read(&mut buffer)?;
        self.rest.extend_from_slice(&buffer[..count]);
        if self.rest.len() > MOST_BYTES {
            return Err(broken("the request is too large"));
        }
        Ok(count > 0)
    }
}

enum Length {
    Known(usize),
    Chunked,
}

/// The head of a request and how many bytes it takes; `None` where it is not whole yet.
fn parsed(bytes: &[u8]) -> io::Result<Option<((Request, Length), usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let used = match head.parse(bytes).map_err(|error| broken(&error.to_string()))? {
        httparse::Status::Complete(used) => used,
        httparse::Status::Partial => return Ok(None),
    };
    let target = head.path.unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = Request {
        method: head.method.unwrap_or_default().to_owned(),
        path: path.to_owned(),
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers: Vec::new(),
        body: Vec::new(),
        keep: head.version == Some(1),
        target: target.to_owned(),
    };
    for header in head.headers.iter() {
        let value = String::from_utf8_lossy(header.value).into_owned();
        request.headers.push((header.name.to_ascii_lowercase(), value));
    }
    if let Some(connection) = request.header("connection") {
        request.keep = !connection.eq_ignore_ascii_case("close");
    }
    let length = if request.header("transfer-encoding").is_some_and(|coding| coding.contains("chunked")) {
        Length::Chunked
    } else {
        let length = request.header("content-length").map_or(Ok(0), str::parse);
        Length::Known(length.map_err(|_| broken("`content-length` is no number"))?)
    };
    Ok(Some(((request, length), used)))
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}
