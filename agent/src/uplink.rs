//! The way to the collector: HTTP, one request at a time. Delivery only; what is worth sending is decided elsewhere.

mod address;
mod http;
mod trouble;

pub use address::CollectorAddress;
pub use http::{Credential, HttpUplink, client};
pub use trouble::Trouble;
