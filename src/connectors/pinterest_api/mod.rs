//! Pinterest Business Access over its API v5.
//!
//! A call is plain data ([`Request`]); [`Client`] brings it through. What reads stands in `fetch`, what writes in `write`. Facts about the
//! platform and their certainty: `docs/pinterest-api.md`.

mod auth;
mod client;
mod clock;
pub mod fetch;
mod pace;
pub mod preflight;
pub mod raw;
mod request;
mod secret;
mod source;
mod target;
mod transport;
mod wire;
mod write;

pub use auth::{Credentials, CredentialsError, Given};
pub use client::{Budget, Client};
pub use clock::{Clock, MachineClock};
pub use request::{Answer, CallError, Method, Repeat, Request};
pub use secret::Secret;
pub use source::Source;
pub use target::PinterestApi;
pub use transport::{Base, Call, Cut, Http, Payload, Reply, Transport};
pub use write::ABILITIES;
