//! The CA's folder in the data folder: one file for each certificate, one beside it for its key.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::{Authority, TlsError, rules};

/// Its name in the data folder.
pub const FOLDER: &str = "ca";
/// How the file of a certificate ends. Its beginning is the time at which it was made.
const CERTIFICATE: &str = ".pem";
/// How the file of a key ends.
const KEY: &str = ".key";
/// How a certificate's file ends until it is whole.
const UNFINISHED: &str = ".unfinished";

/// Every CA of this collector, oldest first; there is always one.
#[derive(Debug)]
pub struct Authorities {
    folder: PathBuf,
    held: Vec<Authority>,
}

impl Authorities {
    /// Reads them, and makes the first one when there is none.
    ///
    /// # Errors
    /// When the folder cannot be used, others may read a key, or a file is damaged.
    pub fn open(data: &Path, now: Timestamp) -> Result<Self, TlsError> {
        let folder = data.join(FOLDER);
        make_private(&folder).map_err(|source| TlsError::File {
            path: folder.clone(),
            doing: "made",
            source,
        })?;
        match Self::read(data) {
            Err(TlsError::NoCa(_)) => {
                let first = Authority::make(now)?;
                keep(&folder, &first)?;
                tracing::info!(folder = %folder.display(), ends = %first.ends(), "made a CA for the devices' listener");
                Self::read(data)
            }
            read => read,
        }
    }

    /// Reads them.
    ///
    /// # Errors
    /// When there is none, and as for [`Self::open`].
    pub fn read(data: &Path) -> Result<Self, TlsError> {
        let folder = data.join(FOLDER);
        let reading = |path: &Path| {
            let path = path.to_owned();
            move |source| TlsError::File {
                path,
                doing: "read",
                source,
            }
        };
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(TlsError::NoCa(folder)),
            Err(error) => return Err(reading(&folder)(error)),
        };
        refuse_loose(&folder, "700")?;
        let mut held = Vec::new();
        for entry in entries {
            let path = entry.map_err(reading(&folder))?.path();
            if !path.to_string_lossy().ends_with(CERTIFICATE) {
                continue;
            }
            let beside = path.with_extension(&KEY[1..]);
            refuse_loose(&beside, "600")?;
            let pem = fs::read_to_string(&path).map_err(reading(&path))?;
            let key = fs::read_to_string(&beside).map_err(reading(&beside))?;
            held.push(Authority::read(pem, &key).map_err(|why| TlsError::Damaged { path, why })?);
        }
        if held.is_empty() {
            return Err(TlsError::NoCa(folder));
        }
        held.sort_by_key(Authority::made);
        Ok(Self { folder, held })
    }

    /// Makes one that takes over in [`rules::CA_OVERLAP`], and says when that will be.
    ///
    /// # Errors
    /// When a new one waits already, or cannot be kept.
    pub fn renew(&mut self, now: Timestamp) -> Result<Timestamp, TlsError> {
        if let (Some(signs), Some(newest)) = (self.roles(now).hands_over, self.held.last()) {
            let made = newest.made();
            return Err(TlsError::UnderWay { made, signs });
        }
        // Later than every other, whatever the clock says: they stand in this order, and are called by it.
        let newest = self.held.last().map(Authority::made);
        let after = newest.and_then(|made| made.checked_add(SignedDuration::from_secs(1)).ok());
        let new = Authority::make(after.map_or(now, |after| after.max(now)))?;
        keep(&self.folder, &new)?;
        let signs = rules::begins_to_sign(new.made());
        self.held.push(new);
        self.held.sort_by_key(Authority::made);
        Ok(signs)
    }

    /// Which of them does what.
    #[must_use]
    pub fn roles(&self, now: Timestamp) -> rules::Roles {
        let made: Vec<_> = self.held.iter().map(Authority::made).collect();
        rules::roles(&made, now)
    }

    /// The one that signs.
    #[must_use]
    pub fn signer(&self, now: Timestamp) -> &Authority {
        &self.held[self.roles(now).signs]
    }

    /// All of them, oldest first.
    #[must_use]
    pub fn all(&self) -> &[Authority] {
        &self.held
    }

    /// The certificates that devices are told to believe, in PEM.
    #[must_use]
    pub fn bundle(&self, now: Timestamp) -> String {
        let named = &self.held[self.roles(now).named_from..];
        named
            .iter()
            .map(|authority| format!("{}\n", authority.pem().replace('\r', "").trim_end()))
            .collect()
    }
}

/// The key first: a certificate without one would be a CA that cannot sign.
fn keep(folder: &Path, authority: &Authority) -> Result<(), TlsError> {
    let stem = folder.join(authority.made().strftime("%Y%m%dT%H%M%SZ").to_string());
    let with = |end: &str| {
        let mut path = stem.clone().into_os_string();
        path.push(end);
        PathBuf::from(path)
    };
    let (certificate, key, unfinished) = (with(CERTIFICATE), with(KEY), with(UNFINISHED));
    let kept = write(&key, &authority.key_pem())
        .and_then(|()| write(&unfinished, authority.pem()))
        .and_then(|()| fs::rename(&unfinished, &certificate))
        .and_then(|()| sync(folder));
    kept.map_err(|source| TlsError::File {
        path: certificate,
        doing: "written",
        source,
    })
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn refuse_loose(path: &Path, fix: &'static str) -> Result<(), TlsError> {
    use std::os::unix::fs::PermissionsExt as _;
    // A key that is not there is told by whoever reads it.
    let loose = fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
    if loose {
        return Err(TlsError::Loose {
            path: path.to_owned(),
            fix,
        });
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_loose(_path: &Path, _fix: &'static str) -> Result<(), TlsError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + day * 86_400).unwrap()
    }

    #[test]
    fn the_first_start_makes_a_ca_that_the_next_one_finds_and_that_nobody_else_may_read() {
        let data = tempfile::tempdir().unwrap();
        assert!(matches!(Authorities::read(data.path()), Err(TlsError::NoCa(_))));
        let first = Authorities::open(data.path(), day(0)).unwrap();
        let again = Authorities::open(data.path(), day(1)).unwrap();
        assert_eq!(first.bundle(day(0)), again.bundle(day(1)));
        assert_eq!(first.all().len(), 1);
        let ends = first.all()[0].ends();
        assert_eq!(ends, day(3_650), "ten years");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            let folder = data.path().join(FOLDER);
            assert_eq!(mode(&folder), 0o700);
            let key = fs::read_dir(&folder)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .find(|path| path.to_string_lossy().ends_with(KEY))
                .unwrap();
            assert_eq!(mode(&key), 0o600);
            fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
            let refused = Authorities::read(data.path()).unwrap_err().to_string();
            assert!(
                refused.contains(&format!("chmod 600 {}", key.display())),
                "{refused}"
            );
        }
    }

    #[test]
    fn a_renewed_ca_is_named_beside_the_old_one_for_thirty_days_and_only_then_signs() {
        let data = tempfile::tempdir().unwrap();
        let mut held = Authorities::open(data.path(), day(0)).unwrap();
        let old = held.bundle(day(0));
        assert_eq!(held.renew(day(100)).unwrap(), day(130));
        let held = Authorities::read(data.path()).unwrap();
        let both = held.bundle(day(129));
        assert!(both.starts_with(&old) && both.len() > old.len());
        assert_eq!(held.signer(day(129)).made(), day(0));
        assert_eq!(held.signer(day(130)).made(), day(100));
        let new = held.bundle(day(130));
        assert_eq!(both, format!("{old}{new}"));
        let mut held = held;
        let refused = held.renew(day(101)).unwrap_err().to_string();
        assert!(refused.contains("signs from"), "{refused}");
    }

    #[test]
    fn a_ca_renewed_at_once_or_by_a_clock_that_was_set_back_still_waits_for_its_month() {
        for renewed in [day(100), day(40)] {
            let data = tempfile::tempdir().unwrap();
            let mut held = Authorities::open(data.path(), day(100)).unwrap();
            let old = held.signer(day(100)).digest();
            held.renew(renewed).unwrap();
            let held = Authorities::read(data.path()).unwrap();
            assert_eq!(held.all().len(), 2);
            assert_eq!(
                held.signer(day(129)).digest(),
                old,
                "the old one signs for its month"
            );
            assert_ne!(held.signer(day(131)).digest(), old);
        }
    }

    #[test]
    fn a_damaged_file_is_named_with_what_is_wrong() {
        let data = tempfile::tempdir().unwrap();
        let held = Authorities::open(data.path(), day(0)).unwrap();
        drop(held);
        let folder = data.path().join(FOLDER);
        let other = Authority::make(day(1)).unwrap();
        let key = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.to_string_lossy().ends_with(KEY))
            .unwrap();
        fs::write(&key, other.key_pem()).unwrap();
        let refused = Authorities::read(data.path()).unwrap_err().to_string();
        assert!(refused.contains("belongs to another certificate"), "{refused}");
    }
}
