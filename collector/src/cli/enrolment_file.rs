//! The file that device management brings to devices.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use roomready_shared::address::{CollectorAddress, Collectors};
use roomready_shared::enrolment::{Enrolment, MAX_CA_BYTES, certificates_only};

use super::{EnrollmentNew, Failure};
use crate::clock::{Clock as _, SystemClock};
use crate::secret::Secret;
use crate::store::Whereabouts;
use crate::tls::Authorities;

/// Beside the file until it is whole.
const UNFINISHED: &str = "unfinished";

#[derive(Debug, thiserror::Error)]
enum FileError {
    #[error("{} is there already, and devices may be enrolling by it; --force replaces it", .0.display())]
    There(PathBuf),
    #[error("{} cannot be written", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("the CA file {} cannot be read", path.display())]
    ReadCa { path: PathBuf, source: io::Error },
    #[error("the CA file {} cannot be given to devices: {why}", path.display())]
    Ca { path: PathBuf, why: &'static str },
}

/// An enrolment file that waits for its key. Dropped before that, nothing of it is left.
pub(super) struct EnrolmentFile {
    collectors: Collectors,
    ca: Option<String>,
    out: PathBuf,
    beside: PathBuf,
    file: File,
}

impl EnrolmentFile {
    /// Checks all that can be wrong with it, and makes room for it. What the arguments do not say, the collector's latest
    /// start has said.
    pub(super) fn begin(
        out: &Path,
        arguments: &EnrollmentNew,
        found: Option<&Whereabouts>,
    ) -> Result<Self, Failure> {
        let addresses = if arguments.address.is_empty() {
            addresses(arguments, found)?
        } else {
            arguments.address.clone()
        };
        let collectors = Collectors::new(addresses).map_err(Failure::usage)?;
        let private = found.is_some_and(|found| found.by_private_ca);
        let ca = match &arguments.ca {
            Some(file) => Some(ca(file).map_err(Failure::usage)?),
            // Other addresses may be a proxy's, with a certificate of its own.
            None if private && arguments.address.is_empty() => {
                let authorities = Authorities::read(&arguments.data).map_err(Failure::failed)?;
                Some(authorities.bundle(SystemClock::start().wall()))
            }
            None => None,
        };
        if !arguments.force && out.exists() {
            return Err(Failure::usage(FileError::There(out.into())));
        }
        let mut name = out.file_name().unwrap_or_default().to_owned();
        name.push(".");
        name.push(UNFINISHED);
        let beside = out.with_file_name(name);
        let file = open(&beside).map_err(|source| {
            Failure::usage(FileError::Write {
                path: out.into(),
                source,
            })
        })?;
        Ok(Self {
            collectors,
            ca,
            out: out.into(),
            beside,
            file,
        })
    }

    /// Writes it whole, and only then under its name.
    pub(super) fn finish(mut self, key: &Secret) -> Result<PathBuf, Failure> {
        let enrolment = Enrolment {
            collectors: self.collectors.clone(),
            key: key.reveal().to_owned(),
            ca: self.ca.take(),
            proxy: None,
        };
        let text = format!(
            "# Written by `roomready-collector enrollment new`. The key lets devices in: whoever has this file can enrol.\n{enrolment}"
        );
        let written = self
            .file
            .write_all(text.as_bytes())
            .and_then(|()| self.file.sync_all())
            .and_then(|()| fs::rename(&self.beside, &self.out));
        match written {
            Ok(()) => Ok(self.out.clone()),
            Err(source) => Err(Failure::failed(FileError::Write {
                path: self.out.clone(),
                source,
            })),
        }
    }
}

impl Drop for EnrolmentFile {
    fn drop(&mut self) {
        // Renamed, it is not there any more.
        let _gone = fs::remove_file(&self.beside);
    }
}

fn addresses(
    arguments: &EnrollmentNew,
    found: Option<&Whereabouts>,
) -> Result<Vec<CollectorAddress>, Failure> {
    let own = [format!("http://{}", arguments.listen)];
    let told = found.map_or(own.as_slice(), |found| found.devices.as_slice());
    told.iter()
        .map(|address| CollectorAddress::parse(address).map_err(Failure::usage))
        .collect()
}

/// For its owner alone from the first moment.
fn open(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

fn ca(path: &Path) -> Result<String, FileError> {
    use std::io::Read as _;
    let most = u64::try_from(MAX_CA_BYTES).unwrap_or(u64::MAX);
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(most + 1).read_to_string(&mut text))
        .map_err(|source| FileError::ReadCa {
            path: path.into(),
            source,
        })?;
    certificates_only(&text).map_err(|why| FileError::Ca {
        path: path.into(),
        why,
    })?;
    Ok(text)
}
