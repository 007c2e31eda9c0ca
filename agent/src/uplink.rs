//! The way to the collector: HTTP, one request at a time. Delivery only; what is worth sending is decided elsewhere.
//!
//! [`choice`] (which address, pure) → [`HttpUplink`] (asks it, does it) → [`Door`] (an address with its proxy and whose
//! certificates it believes) → `answer` and `fault` (what came of it, as a [`Trouble`] that names what helps).

mod answer;
pub mod choice;
mod contact;
mod credential;
mod door;
mod fault;
mod http;
mod proxy;
mod retry_after;
#[cfg(test)]
mod tests;
mod trouble;
mod trust;

pub use contact::{Answered, Contact, Told};
pub use credential::{Credential, CredentialShelf, Credentials};
pub use door::{ClientError, Door};
pub use http::{HttpUplink, LearnCa};
pub use proxy::{Hop, Proxies};
pub(crate) use retry_after::http_date;
pub use roomready_shared::address::{CollectorAddress, Collectors, ProxyAddress, ProxyChoice};
pub use trouble::{Stranger, Trouble};
pub use trust::{CaError, Pinned, Trust};
