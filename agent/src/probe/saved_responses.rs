//! Answers that the test app keeps until the vendor has them: how many files, how large, how old. Their names and
//! contents are never read. A test app's own file is all that a student's work may hang on, so this only looks.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use roomready_shared::facts::{Outcome, SavedResponses};
use roomready_shared::units::{Bytes, Seconds, ShortText, Timestamp};

/// Most entries of folders that one look goes through, all users together. A test app keeps a handful for each test; what
/// has more is no such folder, and a thousand are a thousand calls to a disk that a test may need.
const MAX_ENTRIES: usize = 2_000;
/// How deep a look goes below a profile's place: the app keeps them there or in a folder for each test.
const MAX_DEPTH: usize = 3;

/// Looks into the places of a profile, filled in for this machine.
pub(super) fn read(places: &[PathBuf], now: Timestamp) -> Outcome<SavedResponses> {
    if places.is_empty() {
        return Outcome::Unsupported(ShortText::fit(
            "no user's folder was found in which the test app could keep answers",
        ));
    }
    let mut look = Look::new();
    for place in places {
        look.enter_place(place);
    }
    look.outcome(now)
}

/// One look under way.
struct Look {
    entries_left: usize,
    /// Places that could be looked into, whether or not they hold anything.
    seen: usize,
    refused: usize,
    trouble: Option<String>,
    cut_short: bool,
    count: u32,
    bytes: u64,
    newest: Option<Timestamp>,
    oldest: Option<Timestamp>,
}

impl Look {
    const fn new() -> Self {
        Self {
            entries_left: MAX_ENTRIES,
            seen: 0,
            refused: 0,
            trouble: None,
            cut_short: false,
            count: 0,
            bytes: 0,
            newest: None,
            oldest: None,
        }
    }

    fn enter_place(&mut self, place: &Path) {
        match place.symlink_metadata() {
            // A link may lead out of the user's folder, or to a drive that hangs.
            Ok(found) if found.is_dir() => self.enter_folder(place, MAX_DEPTH),
            Ok(_) => self.seen += 1,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                self.seen += 1;
            }
            Err(error) => self.failed(&error),
        }
    }

    fn enter_folder(&mut self, folder: &Path, depth: usize) {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.failed(&error),
        };
        self.seen += 1;
        for entry in entries {
            if self.entries_left == 0 {
                self.cut_short = true;
                return;
            }
            self.entries_left -= 1;
            // Neither call follows a link.
            let Ok((kind, entry)) = entry.and_then(|entry| Ok((entry.file_type()?, entry))) else {
                self.cut_short = true;
                continue;
            };
            if kind.is_file() {
                match entry.metadata() {
                    Ok(file) => self.count_in(&file),
                    // Sent and deleted while we looked, which is the best that can happen to it.
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    Err(_) => self.cut_short = true,
                }
            } else if kind.is_dir() {
                match depth.checked_sub(1) {
                    Some(depth) => self.enter_folder(&entry.path(), depth),
                    None => self.cut_short = true,
                }
            }
        }
    }

    fn count_in(&mut self, file: &std::fs::Metadata) {
        self.count = self.count.saturating_add(1);
        self.bytes = self.bytes.saturating_add(file.len());
        if let Some(at) = file.modified().ok().and_then(|at| Timestamp::try_from(at).ok()) {
            self.newest = self.newest.max(Some(at));
            self.oldest = Some(self.oldest.map_or(at, |oldest| oldest.min(at)));
        }
    }

    fn failed(&mut self, error: &std::io::Error) {
        if error.kind() == ErrorKind::PermissionDenied {
            self.refused += 1;
        } else {
            self.trouble = Some(error.to_string());
        }
    }

    fn outcome(self, now: Timestamp) -> Outcome<SavedResponses> {
        if self.seen == 0 {
            return match self.trouble {
                Some(why) if self.refused == 0 => Outcome::Failed(ShortText::fit(&format!(
                    "the folders of answers cannot be read: {why}"
                ))),
                _ => Outcome::Denied(ShortText::fit(
                    "users' folders may not be looked into by this program; let it run as a service that may",
                )),
            };
        }
        let age = |at: Timestamp| now.duration_since(at).max(SignedDuration::ZERO).as_secs();
        let age = |at| Seconds(u64::try_from(age(at)).unwrap_or(0));
        Outcome::Measured(SavedResponses {
            count: self.count,
            bytes: Bytes(self.bytes),
            newest: self.newest.map(age),
            oldest: self.oldest.map(age),
            incomplete: self.cut_short || self.refused > 0 || self.trouble.is_some(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use super::*;

    /// Two o'clock of a test's day.
    const NOW: &str = "2026-10-06T14:00:00Z";
    const HOUR: i64 = 3_600;

    fn now() -> Timestamp {
        NOW.parse().expect("a time")
    }

    fn answers(folder: &Path, name: &str, bytes: usize, hours_old: i64) {
        fs::create_dir_all(folder).expect("a folder");
        let file = File::create(folder.join(name)).expect("a file");
        file.set_len(bytes as u64).expect("its size");
        let at = now() - SignedDuration::from_secs(hours_old * HOUR);
        file.set_modified(at.into()).expect("its time");
    }

    fn measured(places: &[PathBuf]) -> SavedResponses {
        match read(places, now()) {
            Outcome::Measured(saved) => saved,
            other => panic!("not measured: {other:?}"),
        }
    }

    #[test]
    fn answers_of_two_students_are_counted_with_their_ages_and_nothing_else_is_told() {
        let homes = tempfile::tempdir().expect("a folder");
        let place = |user: &str| homes.path().join(user).join("Pearson/srf");
        answers(&place("one"), "a b.srf", 100, 26);
        answers(&place("two"), "c.srf", 50, 1);
        answers(&place("two").join("unit-1"), "d.srf", 7, 3);
        // A file from tomorrow is new, not older than anything.
        answers(&place("two"), "e.srf", 1, -24);
        let saved = measured(&[place("one"), place("two"), place("three")]);
        assert_eq!(
            saved,
            SavedResponses {
                count: 4,
                bytes: Bytes(158),
                newest: Some(Seconds(0)),
                oldest: Some(Seconds(26 * 3_600)),
                incomplete: false,
            }
        );
    }

    #[test]
    fn a_device_without_answers_says_so_and_one_without_users_cannot() {
        let homes = tempfile::tempdir().expect("a folder");
        let saved = measured(&[homes.path().join("one/Pearson/srf")]);
        assert_eq!((saved.count, saved.newest, saved.incomplete), (0, None, false));
        assert!(matches!(read(&[], now()), Outcome::Unsupported(_)));
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_nowhere() {
        use std::os::unix::fs::symlink;
        let homes = tempfile::tempdir().expect("a folder");
        let elsewhere = homes.path().join("elsewhere");
        answers(&elsewhere, "large", 1_000_000, 1_000);
        let place = homes.path().join("srf");
        answers(&place, "a.srf", 10, 1);
        symlink(&elsewhere, place.join("folder")).expect("a link");
        symlink(elsewhere.join("large"), place.join("file")).expect("a link");
        symlink(&place, place.join("round-and-round")).expect("a link");
        symlink(&elsewhere, homes.path().join("linked")).expect("a link");
        let saved = measured(&[place, homes.path().join("linked")]);
        assert_eq!((saved.count, saved.bytes), (1, Bytes(10)));
    }

    #[test]
    fn a_folder_that_is_too_full_or_too_deep_is_said_to_hold_at_least_what_was_counted() {
        let homes = tempfile::tempdir().expect("a folder");
        let full = homes.path().join("full");
        for number in 0..=MAX_ENTRIES {
            answers(&full, &number.to_string(), 1, 1);
        }
        let saved = measured(std::slice::from_ref(&full));
        assert_eq!(saved.count as usize, MAX_ENTRIES);
        assert!(saved.incomplete);
        let deep = homes.path().join("deep");
        answers(&deep.join("1/2/3"), "seen", 1, 1);
        answers(&deep.join("1/2/3/4"), "not seen", 1, 1);
        let saved = measured(&[deep]);
        assert_eq!((saved.count, saved.incomplete), (1, true));
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_may_not_be_read_is_a_refusal_only_when_no_other_could_be_read() {
        use std::os::unix::fs::PermissionsExt as _;
        // Root may read everything.
        if rustix::process::geteuid().is_root() {
            let closed = Look {
                refused: 1,
                ..Look::new()
            };
            assert!(matches!(closed.outcome(now()), Outcome::Denied(_)));
            let one_open = Look {
                refused: 1,
                seen: 1,
                ..Look::new()
            };
            assert!(matches!(one_open.outcome(now()), Outcome::Measured(saved) if saved.incomplete));
            return;
        }
        let homes = tempfile::tempdir().expect("a folder");
        let place = homes.path().join("closed/srf");
        answers(&place, "a.srf", 1, 1);
        fs::set_permissions(homes.path().join("closed"), fs::Permissions::from_mode(0o000)).expect("closed");
        assert!(matches!(
            read(std::slice::from_ref(&place), now()),
            Outcome::Denied(_)
        ));
        let saved = measured(&[place, homes.path().join("open")]);
        assert_eq!((saved.count, saved.incomplete), (0, true));
        fs::set_permissions(homes.path().join("closed"), fs::Permissions::from_mode(0o700)).expect("open");
    }
}
