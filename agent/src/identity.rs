//! Who this device is to its collector: kept in one file of the data folder that only its owner may read.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use roomready_shared::enrolment::{ca, lines, quoted};
use roomready_shared::ids::{DeviceId, DeviceName};
use roomready_shared::strict::{Document, Faults, Reader};

use crate::keep;
use crate::uplink::{Collectors, Credential, CredentialShelf, Credentials, ProxyChoice};

/// Its file in the data folder.
pub const FILE: &str = "identity.toml";
/// Written and taken away again to see whether anything can be kept.
const ROOM: &str = "identity.try";
/// Largest file that is read: the CA's certificates are most of it.
const MAX_BYTES: u64 = 64 * 1024;

/// What enrolment gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The device's id.
    pub device: DeviceId,
    /// What people call it.
    pub name: DeviceName,
    /// Its own secret, and the one before it.
    pub credentials: Credentials,
    /// The addresses of the collector that knows it, in the order in which they are tried.
    pub collectors: Collectors,
    /// The certificates that the enrolment file brought, or that the collector named later, in PEM; with them, no others
    /// are believed.
    pub ca: Option<String>,
    /// The print of what an enrolment file brought, where the collector named others since.
    pub ca_instead_of: Option<CaPrint>,
    /// The proxy that the enrolment file named.
    pub proxy: Option<ProxyChoice>,
}

/// By what an enrolment file's certificates are known again: the file stays on the device, and is older than what the
/// collector named since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaPrint(u32);

impl CaPrint {
    /// Of certificates in PEM.
    #[must_use]
    pub fn of(pem: &str) -> Self {
        Self(crc32c::crc32c(pem.trim().as_bytes()))
    }
}

impl fmt::Display for CaPrint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl std::str::FromStr for CaPrint {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u32::from_str_radix(text, 16).map(Self)
    }
}

/// The file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The device was never enrolled here.
    #[error(
        "this device is not enrolled: {} is not there; enrol it with `roomready-agent enroll --collector URL --key KEY \
         --data {}`",
        path.display(),
        path.parent().unwrap_or(Path::new("DIR")).display()
    )]
    NotEnrolled {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// It cannot be read or written.
    #[error("{} cannot be used", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Its content is not an identity.
    #[error("{0}\nenrol the device again to replace it")]
    Damaged(Faults),
}

impl Identity {
    /// Reads it from a data folder.
    ///
    /// # Errors
    /// When it is not there, not readable or damaged.
    pub fn load(data: &Path) -> Result<Self, IdentityError> {
        let path = data.join(FILE);
        match keep::read(&path, MAX_BYTES) {
            Ok(Some(text)) => Self::parse(&path.display().to_string(), &text).map_err(IdentityError::Damaged),
            Ok(None) => Err(IdentityError::NotEnrolled { path }),
            Err(source) => Err(IdentityError::Io { path, source }),
        }
    }

    /// Keeps it in a data folder, which is made when it is not there.
    ///
    /// # Errors
    /// When it could not be made durable.
    pub fn save(&self, data: &Path) -> Result<(), IdentityError> {
        let path = data.join(FILE);
        make_folder(data)
            .and_then(|()| keep::replace(&path, self.to_string().as_bytes()))
            .map_err(|source| IdentityError::Io { path, source })
    }

    /// Makes sure that an identity can be kept in a data folder, before a collector is asked for one that is told once.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub fn make_room(data: &Path) -> Result<(), IdentityError> {
        let path = data.join(ROOM);
        make_folder(data)
            .and_then(|()| keep::replace(&path, b""))
            .and_then(|()| std::fs::remove_file(&path))
            .map_err(|source| IdentityError::Io {
                path: data.into(),
                source,
            })
    }

    fn parse(file: &str, text: &str) -> Result<Self, Faults> {
        let document = Document::parse(file, text)?;
        let mut root = document.root();
        let identity = Self::read(&mut root);
        root.finish();
        document.finish(identity)
    }

    fn read(root: &mut Reader<'_>) -> Option<Self> {
        let device = root
            .required("device", "\"00000000-0000-4000-8000-000000000000\"")
            .and_then(|value| value.parsed());
        let name = root
            .required("name", "\"CART-3-12\"")
            .and_then(|value| value.parsed());
        let credential = root
            .required("credential", "\"…\"")
            .and_then(|value| value.text());
        let earlier = root.optional("earlier_credential").map(|value| value.text());
        // Older agents wrote one address under another key.
        let collectors = match root.optional("collector") {
            Some(one) => one.parsed().map(Collectors::one),
            None => root
                .required("collectors", "[\"https://collector.example:8443\"]")
                .and_then(Collectors::read),
        };
        let certificates = root.optional("ca").map(ca);
        let instead_of = root.optional("ca_instead_of").map(|value| value.parsed());
        let proxy = root.optional("proxy").map(ProxyChoice::read);
        Some(Self {
            device: device?,
            name: name?,
            credentials: Credentials {
                present: Credential::new(credential?.to_owned()),
                earlier: match earlier {
                    Some(given) => Some(Credential::new(given?.to_owned())),
                    None => None,
                },
            },
            collectors: collectors?,
            ca: match certificates {
                Some(given) => Some(given?),
                None => None,
            },
            ca_instead_of: match instead_of {
                Some(given) => Some(given?),
                None => None,
            },
            proxy: match proxy {
                Some(given) => Some(given?),
                None => None,
            },
        })
    }
}

/// The identity in a data folder, for a running agent that gets a new credential.
#[derive(Debug)]
pub struct IdentityShelf(PathBuf);

impl IdentityShelf {
    /// In this folder.
    #[must_use]
    pub fn new(data: &Path) -> Self {
        Self(data.to_owned())
    }
}

impl CredentialShelf for IdentityShelf {
    fn keep(&self, credentials: &Credentials) -> io::Result<()> {
        // Read anew: addresses may have been taken over from a newer enrolment file meanwhile.
        let mut identity = Identity::load(&self.0).map_err(io::Error::other)?;
        if identity.credentials.present != credentials.present
            && Some(&identity.credentials.present) != credentials.earlier.as_ref()
            && identity.credentials.earlier != credentials.earlier
        {
            // Somebody has enrolled this device anew beside the running agent: what that gave stays.
            return Err(io::Error::other(
                "this device was enrolled anew; start the agent again",
            ));
        }
        identity.credentials = credentials.clone();
        identity.save(&self.0).map_err(io::Error::other)
    }
}

/// The file's text. This is the one place that writes the secret out.
impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "# Written by `roomready-agent enroll`. The credential is this device's own: keep it here."
        )?;
        writeln!(f, "device = {}", quoted(&self.device.to_string()))?;
        writeln!(f, "name = {}", quoted(self.name.as_str()))?;
        writeln!(f, "credential = {}", quoted(self.credentials.present.reveal()))?;
        if let Some(earlier) = &self.credentials.earlier {
            writeln!(f, "earlier_credential = {}", quoted(earlier.reveal()))?;
        }
        writeln!(f, "collectors = {}", self.collectors)?;
        if let Some(proxy) = &self.proxy {
            writeln!(f, "proxy = {}", quoted(&proxy.to_string()))?;
        }
        if let Some(print) = &self.ca_instead_of {
            writeln!(f, "ca_instead_of = {}", quoted(&print.to_string()))?;
        }
        if let Some(ca) = &self.ca {
            writeln!(f, "ca = {}", lines(ca))?;
        }
        Ok(())
    }
}

/// Makes the data folder, for its owner alone.
fn make_folder(data: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        Identity {
            device: DeviceId::new(uuid::Uuid::from_bytes([7; 16])),
            name: DeviceName::parse("CART-3 \"12\"").expect("a name"),
            credentials: Credentials::one(Credential::new("s3cret\\\"x".into())),
            collectors: Collectors::one("http://127.0.0.1:7700".parse().expect("an address")),
            ca: None,
            ca_instead_of: None,
            proxy: None,
        }
    }

    #[test]
    fn an_enrolled_device_is_the_same_after_a_restart_and_its_secret_is_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        identity().save(&data).expect("kept");
        assert_eq!(Identity::load(&data).expect("read"), identity());
        assert!(!format!("{:?}", identity()).contains("s3cret"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
            assert_eq!((mode(&data), mode(&data.join(FILE))), (0o700, 0o600));
        }
    }

    #[test]
    fn what_the_enrolment_file_brought_is_kept_with_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let addresses = ["https://a:8443", "https://b:8443"].map(|text| text.parse().expect("an address"));
        let whole = Identity {
            credentials: Credentials {
                present: Credential::new("new".into()),
                earlier: Some(Credential::new("old".into())),
            },
            collectors: Collectors::new(addresses.to_vec()).expect("a list"),
            ca: Some("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n".into()),
            proxy: Some(ProxyChoice::Direct),
            ..identity()
        };
        whole.save(folder.path()).expect("kept");
        assert_eq!(Identity::load(folder.path()).expect("read"), whole);
    }

    #[test]
    fn an_identity_of_an_older_agent_still_holds() {
        let folder = tempfile::tempdir().expect("a folder");
        let older = "# Written by `roomready-agent enroll`. The credential is this device's own: keep it here.\n\
            device = \"07070707-0707-0707-0707-070707070707\"\nname = 'CART-3 \"12\"'\n\
            credential = 's3cret\\\"x'\ncollector = \"http://127.0.0.1:7700\"\n";
        std::fs::write(folder.path().join(FILE), older).expect("a file");
        assert_eq!(Identity::load(folder.path()).expect("read"), identity());
    }

    #[test]
    fn a_folder_that_cannot_keep_an_identity_is_told_before_one_is_asked_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        Identity::make_room(&data).expect("it can");
        assert_eq!(
            std::fs::read_dir(&data).expect("made").count(),
            0,
            "nothing is left"
        );
        std::fs::write(folder.path().join("file"), "").expect("a file");
        let error = Identity::make_room(&folder.path().join("file")).expect_err("a file is no folder");
        assert!(error.to_string().contains("cannot be used"), "{error}");
    }

    #[test]
    fn a_missing_or_damaged_identity_says_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = Identity::load(folder.path())
            .expect_err("not enrolled")
            .to_string();
        assert!(error.contains("roomready-agent enroll"), "{error}");
        std::fs::write(folder.path().join(FILE), "device = \"x\"\nname = \"a\"").expect("a file");
        let error = Identity::load(folder.path()).expect_err("damaged").to_string();
        assert!(
            error.contains("device") && error.contains("enrol the device again"),
            "{error}"
        );
    }
}
