//! Speaking to the collector.

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use roomready_agent::uplink::{ClientError, CollectorAddress, Door, Proxies, Trust};
use roomready_shared::units::ShortText;
use roomready_shared::wire::v1::{
    AGENT_HEADER, COMPUTER_HEADER, ErrorBody, WatchAsk, WatchGrant, WatchOffer, WatchRequest,
};
use serde::de::DeserializeOwned;

use crate::line::{NotAStream, Reader, Said};
use crate::place::Computer;

/// Largest answer beside the stream.
const MAX_ANSWER_BYTES: usize = 64 * 1024;
/// A stream is opened anew after so long: some proxies forget one without saying so.
const STREAM_LIFE: Duration = Duration::from_secs(60 * 60);
/// The collector speaks at least every 5 s: two silences and a little are a lost connection.
const SILENCE: Duration = Duration::from_secs(13);

/// The collector does not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// This computer's sign-in has ended.
    #[error("{0}")]
    SignedOut(String),
    /// Notices may not show on this computer, or not for this person.
    #[error("{0}")]
    NotHere(String),
    /// Nobody confirmed.
    #[error("{0}")]
    NotConfirmed(String),
    /// It has too much to do, or is going down: it may be asked again.
    #[error("{0}")]
    Later(String),
    /// It cannot be reached.
    #[error("{0} does not answer")]
    Unreachable(CollectorAddress, #[source] reqwest::Error),
    /// Whoever answers is no collector of this version.
    #[error("what answers at {0} is not a RoomReady collector of this version: {1}")]
    Stranger(CollectorAddress, String),
    /// The stream fell silent.
    #[error("the collector fell silent")]
    Silent,
    /// The stream ended.
    #[error("the collector ended the connection")]
    Ended,
    /// The stream is none of ours.
    #[error(transparent)]
    NotAStream(#[from] NotAStream),
}

impl Trouble {
    /// Whether asking again later may help.
    #[must_use]
    pub fn passes(&self) -> bool {
        !matches!(
            self,
            Self::SignedOut(_) | Self::NotHere(_) | Self::NotConfirmed(_)
        )
    }
}

/// The way to a collector from this computer.
#[derive(Debug)]
pub struct Collector {
    door: Door,
    /// What this computer is called, where somebody said so.
    named: Option<String>,
}

/// Whether somebody has confirmed.
pub enum Asked {
    /// Not yet.
    Pending,
    /// They have.
    Granted(WatchGrant),
}

impl Collector {
    /// The way to this address.
    ///
    /// # Errors
    /// When the system's certificate store cannot be read.
    pub fn at(
        address: CollectorAddress,
        named: Option<String>,
        proxies: &Proxies,
    ) -> Result<Self, ClientError> {
        let door = Door::open(address, &Trust::System, proxies)?;
        Ok(Self { door, named })
    }

    /// Which computer this is now: an agent may have come in the meantime.
    fn computer(&self) -> Result<Computer, Trouble> {
        Computer::here(self.named.as_deref()).map_err(|error| Trouble::NotHere(error.to_string()))
    }

    /// Where it is.
    #[must_use]
    pub const fn address(&self) -> &CollectorAddress {
        self.door.address()
    }

    fn to(&self, method: Method, path: &str) -> RequestBuilder {
        let address = self.address().at(path);
        self.door.client().request(method, address)
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Trouble> {
        let sent = request.send().await;
        let response = sent.map_err(|error| Trouble::Unreachable(self.address().clone(), error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(self.refusal(response).await)
    }

    /// What a refusal says, in the collector's own words.
    async fn refusal(&self, mut response: Response) -> Trouble {
        let status = response.status();
        let may_be_asked_again = response.headers().contains_key(RETRY_AFTER);
        let said = match whole(&mut response).await {
            Some(body) => serde_json::from_slice::<ErrorBody>(&body).ok(),
            None => None,
        };
        let Some(said) = said else {
            return Trouble::Stranger(self.address().clone(), format!("it answers {status}"));
        };
        let words = said.message.to_string();
        match status {
            StatusCode::UNAUTHORIZED => Trouble::SignedOut(words),
            StatusCode::FORBIDDEN | StatusCode::CONFLICT => Trouble::NotHere(words),
            StatusCode::NOT_FOUND => Trouble::NotConfirmed(words),
            _ if status.is_server_error() || may_be_asked_again => Trouble::Later(words),
            _ => Trouble::Stranger(self.address().clone(), words),
        }
    }

    async fn read<T: DeserializeOwned>(&self, mut response: Response) -> Result<T, Trouble> {
        let stranger = |why: &str| Trouble::Stranger(self.address().clone(), why.to_owned());
        let body = whole(&mut response)
            .await
            .ok_or_else(|| stranger("its answer does not end"))?;
        serde_json::from_slice(&body).map_err(|error| stranger(&error.to_string()))
    }

    /// Asks to be confirmed by somebody.
    ///
    /// # Errors
    /// When the collector refuses this computer, or cannot be asked.
    pub async fn ask_to_watch(&self, version: &str) -> Result<WatchOffer, Trouble> {
        let computer = self.computer()?;
        let request = WatchRequest {
            computer: computer.name,
            agent_here: computer.agent_here,
            version: ShortText::fit(version),
        };
        let response = self
            .send(self.to(Method::POST, "/api/v1/watchers").json(&request))
            .await?;
        self.read(response).await
    }

    /// Asks whether somebody has confirmed.
    ///
    /// # Errors
    /// When nobody will any more, or the collector cannot be asked.
    pub async fn ask_for_token(&self, offer: &WatchOffer) -> Result<Asked, Trouble> {
        let ask = WatchAsk {
            request: offer.request.clone(),
        };
        let response = self
            .send(self.to(Method::POST, "/api/v1/watchers/token").json(&ask))
            .await?;
        if response.status() == StatusCode::ACCEPTED {
            return Ok(Asked::Pending);
        }
        self.read(response).await.map(Asked::Granted)
    }

    /// Ends the token.
    ///
    /// # Errors
    /// When the collector cannot be asked. One that has ended already is no error.
    pub async fn sign_out(&self, token: &str) -> Result<(), Trouble> {
        let request = self
            .to(Method::DELETE, "/api/v1/watchers/token")
            .bearer_auth(token);
        match self.send(request).await {
            Ok(_) | Err(Trouble::SignedOut(_)) => Ok(()),
            Err(trouble) => Err(trouble),
        }
    }

    /// Opens the stream of what is open.
    ///
    /// # Errors
    /// When the token has ended, or notices may not show here, or the collector cannot be asked.
    pub async fn open(&self, token: &str) -> Result<Stream, Trouble> {
        let computer = self.computer()?;
        let request = self
            .to(Method::GET, "/api/v1/incidents/live")
            .header(COMPUTER_HEADER, computer.name.as_str())
            .header(AGENT_HEADER, if computer.agent_here { "yes" } else { "no" })
            .bearer_auth(token)
            .timeout(STREAM_LIFE);
        let response = self.send(request).await?;
        Ok(Stream {
            response,
            reader: Reader::default(),
            address: self.address().clone(),
        })
    }
}

/// The whole body, when it ends within [`MAX_ANSWER_BYTES`].
async fn whole(response: &mut Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.ok()? {
        if body.len() + piece.len() > MAX_ANSWER_BYTES {
            return None;
        }
        body.extend_from_slice(&piece);
    }
    Some(body)
}

/// What is open, as it changes.
#[derive(Debug)]
pub struct Stream {
    response: Response,
    reader: Reader,
    address: CollectorAddress,
}

impl Stream {
    /// What is said next; nothing where a piece completed nothing.
    ///
    /// # Errors
    /// When the stream ended, fell silent, or is none of ours.
    pub async fn next(&mut self) -> Result<Vec<Said>, Trouble> {
        let piece = tokio::time::timeout(SILENCE, self.response.chunk())
            .await
            .map_err(|_| Trouble::Silent)?
            .map_err(|error| Trouble::Unreachable(self.address.clone(), error))?
            .ok_or(Trouble::Ended)?;
        Ok(self.reader.take(&piece)?)
    }
}
