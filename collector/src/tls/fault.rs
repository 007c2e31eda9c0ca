//! What can be wrong with certificates and keys, worded for the person at the collector.

use std::io;
use std::path::PathBuf;

use jiff::Timestamp;

/// A certificate, a key or their folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file or folder refused.
    #[error("{} cannot be {doing}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// "read", "written".
        doing: &'static str,
        /// Why.
        source: io::Error,
    },
    /// Others on this computer could read the CA's key.
    #[error(
        "{} can be read by others on this computer, and whoever has it can pass for this collector; run: chmod {fix} {}",
        path.display(), path.display()
    )]
    Loose {
        /// The file or folder.
        path: PathBuf,
        /// What `chmod` should set.
        fix: &'static str,
    },
    /// Not what it should be.
    #[error("{} cannot be used: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// It has ended.
    #[error("the certificate in {} ended on {ended}; put a new one there", path.display())]
    Ended {
        /// The file.
        path: PathBuf,
        /// When.
        ended: Timestamp,
    },
    /// No CA was ever made.
    #[error("there is no CA in {}; the collector makes it when it starts with --devices", .0.display())]
    NoCa(PathBuf),
    /// A renewal is under way.
    #[error(
        "a new CA was made on {made} already, and signs from {signs} on; until then there is nothing to renew"
    )]
    UnderWay {
        /// When.
        made: Timestamp,
        /// From then on.
        signs: Timestamp,
    },
    /// The library could not make one.
    #[error("a certificate could not be made: {0}")]
    Make(#[from] rcgen::Error),
    /// The library cannot use one.
    #[error("a certificate cannot be used: {0}")]
    Use(#[from] rustls::Error),
}
