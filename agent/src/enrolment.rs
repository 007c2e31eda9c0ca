//! Joining a collector by an enrolment file: by the command, or by an agent that starts for the first time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use roomready_shared::enrolment::Enrolment;
use roomready_shared::ids::DeviceName;
use roomready_shared::strict::{Faults, MAX_FILE_BYTES};
use roomready_shared::units::{ShortText, Timestamp};
use roomready_shared::wire::v1::EnrollRequest;

use crate::identity::{CaPrint, Identity, IdentityError};
use crate::keep;
use crate::ports::Enroll;
use crate::probe::SystemProbes;
use crate::uplink::{CaError, Collectors, Credential, Credentials, ProxyChoice, Trouble, Trust};

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

/// The CA that a collector names is not taken over.
#[derive(Debug, thiserror::Error)]
pub enum LearnError {
    /// It cannot be used.
    #[error(transparent)]
    Ca(#[from] CaError),
    /// Nothing in it is believed now.
    #[error("the CA that the collector names has no certificate in common with the one that is believed")]
    NothingInCommon,
    /// It could not be kept.
    #[error(transparent)]
    Identity(#[from] IdentityError),
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
        credentials: Credentials::one(Credential::new(reply.credential)),
        collectors: joining.collectors,
        ca: joining.ca,
        ca_instead_of: None,
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
/// how a district changes its collector's CA on devices that were away while the collector named a new one. A file whose CA
/// the collector has replaced since is older than what the device knows.
///
/// # Errors
/// When the changed identity could not be kept. False when there was nothing to change.
pub fn renew(identity: &mut Identity, file: &Enrolment, data: &Path) -> Result<bool, IdentityError> {
    let brought = file.ca.as_deref().map(CaPrint::of);
    let is_older = identity.ca_instead_of.is_some() && identity.ca_instead_of == brought;
    let (ca, ca_instead_of) = if is_older {
        (identity.ca.clone(), identity.ca_instead_of)
    } else {
        (file.ca.clone(), None)
    };
    let renewed = Identity {
        collectors: file.collectors.clone(),
        ca,
        ca_instead_of,
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

/// Takes over the CA that the collector names. A device that was enrolled without one goes on believing its system. One
/// certificate must be among those believed until now: by a slip of a collector nobody should be locked out.
///
/// # Errors
/// When the CA cannot be used, has nothing in common with the one believed, or could not be kept. False when it is known.
pub fn learn_ca(
    identity: &mut Identity,
    named: &str,
    now: Timestamp,
    data: &Path,
) -> Result<bool, LearnError> {
    let Some(held) = &identity.ca else {
        return Ok(false);
    };
    if held.trim() == named.trim() {
        return Ok(false);
    }
    let new = Trust::only(named, "what the collector named", now)?;
    let old = Trust::only(held, "the enrolment file", now)?;
    if !old.shares_one_with(&new) {
        return Err(LearnError::NothingInCommon);
    }
    let learnt = Identity {
        ca: Some(named.to_owned()),
        ca_instead_of: Some(identity.ca_instead_of.unwrap_or_else(|| CaPrint::of(held))),
        ..identity.clone()
    };
    learnt.save(data)?;
    *identity = learnt;
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
        assert_eq!(kept.credentials.present.reveal(), "its-own");
        assert_eq!(kept.collectors, list(&["https://b:1", "https://a:1"]));
    }

    fn ca() -> String {
        let key = rcgen::KeyPair::generate().expect("a key");
        let mut params = rcgen::CertificateParams::new(vec![]).expect("parameters");
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("a certificate");
        // With a collector's line ends: made on Windows it would have others than a kept file has.
        certificate.pem().replace('\r', "")
    }

    #[tokio::test]
    async fn a_device_learns_the_ca_that_its_collector_names_and_an_older_file_does_not_take_it_away() {
        let folder = tempfile::tempdir().expect("a folder");
        let now = "2026-10-06T14:00:00Z".parse().expect("a time");
        let (old, new, other) = (ca(), ca(), ca());
        let both = format!("{old}{new}");
        let file = |ca: &str| Enrolment {
            collectors: list(&["https://a:1"]),
            key: "the-key".into(),
            ca: Some(ca.to_owned()),
            proxy: None,
        };
        let brought = Joining {
            ca: Some(old.clone()),
            ..joining()
        };
        let mut identity = join(brought, &Welcoming, folder.path()).await.expect("let in");
        let data = folder.path();
        assert!(!learn_ca(&mut identity, &old, now, data).expect("known"));
        assert!(learn_ca(&mut identity, &both, now, data).expect("kept"));
        assert!(
            !renew(&mut identity, &file(&old), data).expect("kept"),
            "the file is older"
        );
        assert!(learn_ca(&mut identity, &new, now, data).expect("kept"));
        assert!(
            !renew(&mut identity, &file(&old), data).expect("kept"),
            "the file is still older"
        );
        let kept = Identity::load(data).expect("kept");
        assert_eq!(kept, identity);
        assert_eq!(kept.ca.as_deref().map(str::trim), Some(new.trim()));
        let refused = learn_ca(&mut identity, &other, now, data).expect_err("a slip");
        assert!(
            refused.to_string().contains("no certificate in common"),
            "{refused}"
        );
        assert!(learn_ca(&mut identity, "hello", now, data).is_err());
        assert!(
            renew(&mut identity, &file(&other), data).expect("kept"),
            "another file is a person's word"
        );
        assert_eq!(identity.ca, Some(other));
    }

    #[tokio::test]
    async fn a_device_that_was_given_no_ca_goes_on_believing_its_system() {
        let folder = tempfile::tempdir().expect("a folder");
        let now = "2026-10-06T14:00:00Z".parse().expect("a time");
        let mut identity = join(joining(), &Welcoming, folder.path()).await.expect("let in");
        assert!(!learn_ca(&mut identity, &ca(), now, folder.path()).expect("nothing to do"));
        assert_eq!(identity.ca, None);
    }
}
