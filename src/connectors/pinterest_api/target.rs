//! A business on the platform, with a token for it.

use std::error::Error as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use jiff::Timestamp;

use super::auth::Credentials;
use super::client::Client;
use super::fetch::{Export, FetchError, Reading};
use super::preflight::Applicant;
use super::raw::{About, Keeping, RawError};
use super::transport::Base;
use super::write;
use crate::connectors::{Capabilities, Connector, ConnectorError, Context, Outcome};
use crate::observed::ObservedState;
use crate::plan::Operation;

/// A business that is read, and changed, through the interface.
pub struct PinterestApi {
    client: Client,
    business: String,
    base: String,
}

/// So many calls at a time: far below the limits, and enough that the network is not what one waits for.
const PARALLEL: usize = 8;

impl PinterestApi {
    /// Ready to call; nothing is sent yet.
    pub fn new(base: Base, credentials: Credentials, business: &str) -> Self {
        let text = base.text().to_owned();
        PinterestApi::over(Client::over(base, credentials, PARALLEL), &text, business)
    }

    /// With a client of one's own.
    pub fn over(client: Client, base: &str, business: &str) -> Self {
        PinterestApi { client, business: business.to_owned(), base: base.to_owned() }
    }

    /// Waits for nothing and reads nothing more once `stop` is not 0.
    #[must_use]
    pub fn stopped_by(self, stop: Arc<AtomicUsize>) -> Self {
        PinterestApi { client: self.client.stopped_by(stop), ..self }
    }

    /// Reads the whole state as it is now.
    ///
    /// # Errors
    /// Where nothing sensible can be read.
    pub fn read(&self) -> Result<Export, FetchError> {
        self.reading(self.now()).export(&self.client)
    }

    /// Reads the whole state, and keeps every answer in a folder.
    ///
    /// # Errors
    /// Where an answer can't be kept. Whether the state could be read is the inner result.
    pub fn read_keeping(&self, folder: &Path) -> Result<Result<Export, FetchError>, RawError> {
        let now = self.now();
        let keeping = Keeping::begin(&self.client, folder, &About::new(&self.business, &self.base, now))?;
        let export = self.reading(now).export(&keeping);
        keeping.finish()?;
        Ok(export)
    }

    /// Looks who would apply: `named` is who the user says it is.
    ///
    /// # Errors
    /// Where the token does not see the business.
    pub fn applicant(&self, named: Option<&str>) -> Result<Applicant, FetchError> {
        let standing = self.reading(self.now()).standing(&self.client)?;
        Ok(Applicant { standing, scopes: self.client.scopes(), named: named.map(str::to_owned) })
    }

    /// How many calls were sent so far.
    pub fn calls(&self) -> u64 {
        self.client.sent()
    }

    fn reading(&self, captured_at: Timestamp) -> Reading<'_> {
        Reading { business: &self.business, captured_at, base: &self.base, threads: PARALLEL }
    }

    /// To the second, as snapshots write it.
    fn now(&self) -> Timestamp {
        let now = self.client.wall();
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }
}

/// So often a run asks again for what an uncertain call was shown not to have done.
const REPEATS: u32 = 5;

impl Connector for PinterestApi {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            name: "Pinterest API",
            can: write::ABILITIES.can,
            batch: write::ABILITIES.batch,
            repeats: REPEATS,
        }
    }

    fn fetch(&mut self) -> Result<ObservedState, ConnectorError> {
        let export = self.read().map_err(|error| {
            let because = error.source().map(|source| format!(": {source}")).unwrap_or_default();
            ConnectorError::Read(format!("{error}{because}"))
        })?;
        Ok(export.state)
    }

    fn perform(&mut self, batch: &[&Operation], context: &Context<'_>) -> Vec<Outcome> {
        write::perform(&self.business, batch, context, &|request| self.client.send(request))
    }
}
