//! Why the demo could not go on, in words for the person who started it.

use std::net::SocketAddr;
use std::path::PathBuf;

use roomready_agent::uplink::Trouble;
use roomready_collector::config::BadConfig;
use roomready_collector::error::RunError;
use roomready_collector::secret::NoRandomness;
use roomready_collector::store::StoreError;

/// The demo could not start or had to end.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Somebody else listens there.
    #[error(
        "port {port} is in use by another program; choose another with --port, or --port 0 for a free one"
    )]
    PortInUse {
        /// The port.
        port: u16,
    },
    /// It cannot listen for another reason.
    #[error("cannot listen on {address}; choose another port with --port, or --port 0 for a free one")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The folder cannot be written.
    #[error("cannot write {}; choose another folder with --data, or leave it out", path.display())]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The folder holds something else.
    #[error(
        "{} is not empty and holds no demo: nothing in it was touched; choose an empty or new folder with --data",
        path.display()
    )]
    NotADemo {
        /// The folder.
        path: PathBuf,
    },
    /// The folder is in use, damaged or of a newer version.
    #[error("cannot use this folder")]
    Data(#[source] StoreError),
    /// The requirements' file is not where it belongs.
    #[error("cannot read the requirements {}; run the demo from a whole checkout of RoomReady", path.display())]
    Profile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The configuration that the demo wrote is refused.
    #[error("the demo's own configuration is refused, which is a fault of RoomReady; please report it")]
    Config(#[from] BadConfig),
    /// The machine gives no random numbers.
    #[error(transparent)]
    Secret(#[from] NoRandomness),
    /// The collector's store cannot remember.
    #[error("the collector cannot remember")]
    Store(#[from] StoreError),
    /// The HTTP client cannot be made.
    #[error("cannot make an HTTP client")]
    Client(#[from] roomready_agent::uplink::ClientError),
    /// A device was not let in.
    #[error("{device} could not be enrolled")]
    Enrol {
        /// Its name.
        device: String,
        /// Why.
        source: Trouble,
    },
    /// The collector has ended by itself.
    #[error("the collector has ended by itself")]
    CollectorFailed(#[source] RunError),
    /// A part has ended without a reason.
    #[error("{part} has ended by itself{why}; please report it")]
    PartEnded {
        /// Which.
        part: String,
        /// Its last words, after a colon.
        why: String,
    },
    /// The demo's own data breaks a rule of the product.
    #[error("the demo's own data cannot be used, which is a fault of RoomReady; please report it")]
    OwnData(#[from] roomready_shared::ids::NotA),
}

impl DemoError {
    /// Whether the caller can do something about it: another port, another folder.
    #[must_use]
    pub const fn can_be_mended(&self) -> bool {
        matches!(
            self,
            Self::PortInUse { .. }
                | Self::Listen { .. }
                | Self::Folder { .. }
                | Self::NotADemo { .. }
                | Self::Data(_)
                | Self::Profile { .. }
        )
    }
}
