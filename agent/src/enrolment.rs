//! Joining a collector by an enrolment file: by the command, or by an agent that starts for the first time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use roomready_shared::enrolment::Enrolment;
use roomready_shared::ids::DeviceName;
use roomready_shared::strict::{Faults, MAX_FILE_BYTES};
use roomready_shared::units::ShortText;
use roomready_shared::wire::v1::EnrollRequest;

use crate::identity::{Identity, IdentityError};
use crate::keep;
use crate::ports::Enroll;
use crate::probe::SystemProbes;
use crate::uplink::{Collectors, Credential, ProxyChoice, Trouble};

/// Held while a device enrols: of two agents on one data folder, one would forget what the other was told once.
const LOCK: &str = "enrolment.lock";

/// The enrolment file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EnrolmentError {
    /// It is not there.
    #[error("the enrolment file {} is not there", .0.display())]
    Missing(PathBuf),
    /// It cannot be read.
    #[error("the enrolment file {} cannot be read", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Something in it is wrong.
    #[error(
        "{0}\nwrite it anew with `roomready-collector enrollment new --out FILE`, or correct these lines"
    )]
    Faults(Faults),
}

/// A device could not join.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The way there, or the collector's no.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// What was told once could not be kept.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Another agent is at it.
    #[error("another agent is enrolling with the data folder {}: one at a time", .0.display())]
    Busy(PathBuf),
}

/// Reads an enrolment file.
///
/// # Errors
/// When it is missing, unreadable or wrong; every fault is told at once, and none shows the key.
pub fn read(path: &Path) -> Result<Enrolment, EnrolmentError> {
    let most = u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX);
    match keep::read(path, most) {
        Ok(Some(text)) => {
            Enrolment::parse(&path.display().to_string(), &text).map_err(EnrolmentError::Faults)
        }
        Ok(None) => Err(EnrolmentError::Missing(path.into())),
        Err(source) => Err(EnrolmentError::Io {
            path: path.into(),
            source,
        }),
    }
}

/// What a device joins by.
#[derive(Debug, Clone)]
pub struct Joining {
    /// The room's key.
    pub key: String,
    /// What people call the device.
    pub name: DeviceName,
    /// To be kept with its identity.
    pub collectors: Collectors,
    /// To be kept with its identity.
    pub ca: Option<String>,
    /// To be kept with its identity.
    pub proxy: Option<ProxyChoice>,
}

/// Makes the device known and keeps who it is.
///
/// # Errors
/// When nothing can be kept (asked first: the collector tells a credential once), the collector does not let it in, or
/// another agent does the same with this folder.
pub async fn join(joining: Joining, uplink: &dyn Enroll, data: &Path) -> Result<Identity, JoinError> {
    Identity::make_room(data)?;
    let _lock = lock(data)?;
    let request = EnrollRequest {
        key: joining.key,
        name: joining.name.clone(),
        platform: SystemProbes::platform(),
        serial: None,
        agent_version: ShortText::fit(crate::VERSION),
    };
    let reply = uplink.enroll(&request).await?;
    let identity = Identity {
        device: reply.device,
        name: joining.name,
        credential: Credential::new(reply.credential),
        collectors: joining.collectors,
        ca: joining.ca,
        proxy: joining.proxy,
    };
    identity.save(data)?;
    Ok(identity)
}

fn lock(data: &Path) -> Result<File, JoinError> {
    let path = data.join(LOCK);
    let io = |source| IdentityError::Io {
        path: path.clone(),
        source,
    };
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(JoinError::Busy(data.into())),
        Err(TryLockError::Error(source)) => Err(io(source).into()),
    }
}

/// Takes over addresses, CA and proxy from a newer enrolment file of the same collector; who the device is stays. That is
/// how a district changes its collector's CA on devices that are long enrolled.
///
/// # Errors
/// When the changed identity could not be kept. False when there was nothing to change.
pub fn renew(identity: &mut Identity, file: &Enrolment, data: &Path) -> Result<bool, IdentityError> {
    let renewed = Identity {
        collectors: file.collectors.clone(),
        ca: file.ca.clone(),
        proxy: file.proxy.clone(),
        ..identity.clone()
    };
    if renewed == *identity || !identity.collectors.meets(&file.collectors) {
        return Ok(false);
    }
    renewed.save(data)?;
    *identity = renewed;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::BoxFuture;
    use roomready_shared::ids::DeviceId;
    use roomready_shared::wire::v1::EnrollReply;

    struct Welcoming;

    impl Enroll for Welcoming {
        fn enroll<'a>(&'a self, request: &'a EnrollRequest) -> BoxFuture<'a, Result<EnrollReply, Trouble>> {
            assert_eq!(request.key, "the-key");
            Box::pin(async {
                Ok(EnrollReply {
                    device: DeviceId::new(uuid::Uuid::from_bytes([7; 16])),
                    credential: "its-own".into(),
                })
            })
        }
    }

    fn list(addresses: &[&str]) -> Collectors {
        let read = addresses.iter().map(|text| text.parse().expect("an address"));
        Collectors::new(read.collect()).expect("a list")
    }

    fn joining() -> Joining {
        Joining {
            key: "the-key".into(),
            name: DeviceName::parse("A-1").expect("a name"),
            collectors: list(&["https://a:1"]),
            ca: None,
            proxy: None,
        }
    }

    #[tokio::test]
    async fn of_two_agents_that_enrol_with_one_data_folder_one_waits() {
        let folder = tempfile::tempdir().expect("a folder");
        let held = lock(folder.path()).expect("free");
        let refused = join(joining(), &Welcoming, folder.path())
            .await
            .expect_err("held");
        assert!(
            refused.to_string().contains("another agent is enrolling"),
            "{refused}"
        );
        assert!(Identity::load(folder.path()).is_err(), "nothing was asked for");
        drop(held);
        let joined = join(joining(), &Welcoming, folder.path()).await.expect("let in");
        assert_eq!(Identity::load(folder.path()).expect("kept"), joined);
    }

    #[tokio::test]
    async fn a_newer_file_of_the_same_collector_changes_the_way_there_and_not_who_the_device_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut identity = join(joining(), &Welcoming, folder.path()).await.expect("let in");
        let file = |addresses: &[&str]| Enrolment {
            collectors: list(addresses),
            key: "another".into(),
            ca: None,
            proxy: Some(ProxyChoice::Direct),
        };
        let mut renewed = |file: &Enrolment| renew(&mut identity, file, folder.path()).expect("kept");
        assert!(!renewed(&file(&["https://c:1"])), "another district's collector");
        assert!(renewed(&file(&["https://b:1", "https://a:1"])));
        assert!(
            !renewed(&file(&["https://b:1", "https://a:1"])),
            "nothing to change"
        );
        let kept = Identity::load(folder.path()).expect("kept");
        assert_eq!(kept, identity);
        assert_eq!(kept.credential.reveal(), "its-own");
        assert_eq!(kept.collectors, list(&["https://b:1", "https://a:1"]));
    }
}
