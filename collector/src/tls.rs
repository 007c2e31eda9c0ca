//! Who the collector proves to be: its private CA, the leaves that it signs, and a certificate of the district's own.
//!
//! [`rules`] says which CA signs, which ones devices are told to believe, and when a leaf is renewed: pure, over times.
//! [`Authorities`] is the CA's folder, [`Shown`] what a listener shows at this moment, [`keep`] the task that looks from
//! time to time whether that must change. A connection keeps what it was opened with; only newcomers see a change.

mod authority;
mod fault;
mod folder;
mod keep;
mod name;
mod own;
pub mod rules;
mod shown;
#[cfg(test)]
mod tests;

pub use authority::{Authority, Leaf};
pub use fault::TlsError;
pub use folder::{Authorities, FOLDER};
pub use keep::{Kept, keep};
pub use name::{Name, NotAName};
pub use own::OwnCertificate;
pub use shown::{Shown, server};
