//! What reads are answered from: the network, or answers that were kept.

use super::client::Client;
use super::request::{Answer, CallError, Request};

/// Answers calls that read. Threads share it.
pub trait Source: Sync {
    /// Makes a call.
    ///
    /// # Errors
    /// As [`Client::send`].
    fn ask(&self, request: &Request) -> Result<Answer, CallError>;
}

impl Source for Client {
    fn ask(&self, request: &Request) -> Result<Answer, CallError> {
        self.send(request)
    }
}
