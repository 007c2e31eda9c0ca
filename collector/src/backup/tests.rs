//! What comes out of a backup, and what must not.

mod hostile;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::domain::entry::{Actor, Body, EntryKind, NewEntry, Subject};
use crate::store::Store as _;
use crate::store::sqlite::{DATABASE, SqliteStore};

fn now() -> Timestamp {
    "2026-10-06T15:00:00Z".parse().unwrap()
}

/// A closed collector's data folder, a key, and places for what is made.
struct World {
    folder: TempDir,
    public: String,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let public = make_key(&folder.path().join("key"), now()).unwrap();
        let world = Self { folder, public };
        let store = SqliteStore::open(&world.data()).unwrap();
        let started = |_| {
            let (kind, subject) = (EntryKind::CollectorStarted, Subject::Collector);
            NewEntry::new(now(), None, Actor::System, kind, subject, Body::empty())
        };
        store.append((0..5).map(started).collect(), None).await.unwrap();
        store.close().await.unwrap();
        fs::create_dir(world.data().join("ca")).unwrap();
        fs::create_dir(world.data().join("profiles")).unwrap();
        fs::write(world.data().join("ca/ca.key"), "a key").unwrap();
        fs::write(world.data().join("profiles/testnav.toml"), "a profile").unwrap();
        fs::write(world.data().join("collector.toml"), "settings").unwrap();
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn data(&self) -> PathBuf {
        self.path("data")
    }

    fn keys(&self) -> Keys {
        Keys::read(&self.path("key")).unwrap()
    }

    fn backup(&self) -> PathBuf {
        let out = self.path("backup.age");
        let to = recipients(std::slice::from_ref(&self.public)).unwrap();
        make(&self.data(), &out, &to, now()).unwrap();
        out
    }

    /// Tries a restore that must fail, and sees that nothing of it is left.
    fn refused(&self, backup: &Path, keys: &Keys) -> String {
        let before = names(self.folder.path());
        let told = restore(backup, keys, &self.path("restored"), now()).unwrap_err();
        assert_eq!(names(self.folder.path()), before, "nothing is left of it");
        let verified = verify(backup, keys, self.folder.path()).unwrap_err();
        assert_eq!(verified.to_string(), told.to_string(), "a look says the same");
        assert_eq!(names(self.folder.path()), before, "nor of the look");
        crate::error::with_causes(&told)
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn everything_comes_back_as_it_was_with_one_line_more_in_the_record() {
    let world = World::new().await;
    let backup = world.backup();
    let verified = verify(&backup, &world.keys(), world.folder.path()).unwrap();
    let listed: Vec<_> = verified
        .manifest
        .files
        .iter()
        .map(|file| file.name.as_str())
        .collect();
    assert_eq!(
        listed,
        [DATABASE, "collector.toml", "ca/ca.key", "profiles/testnav.toml"]
    );
    assert_eq!(verified.contents.entries, 5);

    let data = world.path("restored");
    let restored = restore(&backup, &world.keys(), &data, now()).unwrap();
    assert_eq!(restored.entry, 6);
    assert_eq!(names(&data), ["ca", "collector.toml", "profiles", DATABASE]);
    for name in ["ca/ca.key", "profiles/testnav.toml", "collector.toml"] {
        assert_eq!(
            fs::read(data.join(name)).unwrap(),
            fs::read(world.data().join(name)).unwrap(),
            "{name}"
        );
    }
    // Both records went on by a line of their own.
    for (folder, kind) in [(world.data(), "backup_made"), (data.clone(), "backup_restored")] {
        let last: String = Connection::open(folder.join(DATABASE))
            .unwrap()
            .query_row("SELECT kind FROM entries WHERE seq = 6", [], |row| row.get(0))
            .unwrap();
        assert_eq!(last, kind);
    }
    // Nobody but the collector's account reads it, and the collector starts on it.
    let store = SqliteStore::open(&data).unwrap();
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_backup_of_an_older_layout_is_made_and_restored_before_its_collector_is_updated() {
    let world = World::new().await;
    let old = world.path("old");
    crate::private::make_folder(&old).unwrap();
    crate::store::sqlite::make_layout(&old.join(DATABASE), 1).unwrap();
    let out = world.path("old.age");
    let to = recipients(std::slice::from_ref(&world.public)).unwrap();
    let made = make(&old, &out, &to, now()).unwrap();
    assert_eq!(made.manifest.layout, 1);
    let data = world.path("restored");
    restore(&out, &world.keys(), &data, now()).unwrap();
    SqliteStore::open(&data).unwrap().close().await.unwrap();
}

#[tokio::test]
async fn another_key_opens_nothing() {
    let world = World::new().await;
    let backup = world.backup();
    make_key(&world.path("other"), now()).unwrap();
    let other = Keys::read(&world.path("other")).unwrap();
    assert_eq!(
        world.refused(&backup, &other),
        "this key does not open the backup: it was made for another one"
    );
}

#[tokio::test]
async fn two_keys_open_it_each_and_so_do_as_many_as_are_allowed() {
    let world = World::new().await;
    let many = vec![world.public.clone(); crate::limits::BACKUP_MOST_KEYS];
    let out = world.path("many.age");
    make(&world.data(), &out, &recipients(&many).unwrap(), now()).unwrap();
    assert!(verify(&out, &world.keys(), world.folder.path()).is_ok());
    assert!(recipients(&[many.as_slice(), std::slice::from_ref(&world.public)].concat()).is_err());
    let second = make_key(&world.path("second"), now()).unwrap();
    let to = recipients(&[world.public.clone(), second]).unwrap();
    let out = world.path("both.age");
    make(&world.data(), &out, &to, now()).unwrap();
    for key in ["key", "second"] {
        let keys = Keys::read(&world.path(key)).unwrap();
        assert!(verify(&out, &keys, world.folder.path()).is_ok(), "{key}");
    }
}

#[tokio::test]
async fn a_backup_cut_off_anywhere_is_refused_whole() {
    let world = World::new().await;
    let backup = world.backup();
    let whole = fs::read(&backup).unwrap();
    let cut = world.path("cut.age");
    let ends = [
        0,
        10,
        100,
        300,
        1000,
        whole.len() / 2,
        whole.len() - 17,
        whole.len() - 1,
    ];
    for end in ends {
        fs::write(&cut, &whole[..end]).unwrap();
        let told = world.refused(&cut, &world.keys());
        assert!(
            told.contains("damaged or incomplete") || told.contains("no backup"),
            "{end}: {told}"
        );
    }
}

#[tokio::test]
async fn a_backup_with_one_bit_flipped_is_refused_wherever_it_is() {
    let world = World::new().await;
    let backup = world.backup();
    let whole = fs::read(&backup).unwrap();
    let flipped = world.path("flipped.age");
    let step = whole.len() / 23;
    for at in (0..whole.len()).step_by(step).chain([whole.len() - 1]) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(&flipped, bytes).unwrap();
        let told = world.refused(&flipped, &world.keys());
        assert!(!told.is_empty(), "{at}");
    }
}

#[tokio::test]
async fn nothing_is_ever_overwritten() {
    let world = World::new().await;
    let backup = world.backup();
    let to = recipients(std::slice::from_ref(&world.public)).unwrap();
    let told = make(&world.data(), &backup, &to, now()).unwrap_err().to_string();
    assert!(told.contains("is there already"), "{told}");
    let told = make_key(&world.path("key"), now()).unwrap_err().to_string();
    assert!(told.contains("is there already"), "{told}");
    let taken = world.path("taken");
    fs::create_dir(&taken).unwrap();
    fs::write(taken.join("note.txt"), "mine").unwrap();
    let told = restore(&backup, &world.keys(), &taken, now())
        .unwrap_err()
        .to_string();
    assert!(told.contains("never goes over data"), "{told}");
    assert_eq!(names(&taken), ["note.txt"]);
    // The collector's own folder least of all.
    assert!(matches!(
        restore(&backup, &world.keys(), &world.data(), now()),
        Err(BackupError::NotEmpty(_))
    ));
    let empty = world.path("empty");
    fs::create_dir(&empty).unwrap();
    assert!(restore(&backup, &world.keys(), &empty, now()).is_ok());
}

#[tokio::test]
async fn what_a_backup_cannot_carry_is_named_and_what_a_killed_one_left_is_removed() {
    let world = World::new().await;
    let left = world.data().join("backup-unfinished-of-a-killed-one");
    fs::create_dir(&left).unwrap();
    fs::write(left.join(DATABASE), "half").unwrap();
    fs::write(world.data().join("profiles/test nav.toml"), "x").unwrap();
    let to = recipients(std::slice::from_ref(&world.public)).unwrap();
    let out = world.path("backup.age");
    let told = make(&world.data(), &out, &to, now()).unwrap_err().to_string();
    assert!(told.contains("test nav.toml cannot be backed up"), "{told}");
    assert!(!out.exists());
    assert!(
        !names(&world.data())
            .iter()
            .any(|name| name.starts_with("backup-unfinished")),
        "{:?}",
        names(&world.data())
    );
}

#[tokio::test]
async fn a_damaged_database_is_not_backed_up_as_if_it_were_good() {
    let world = World::new().await;
    let connection = Connection::open(world.data().join(DATABASE)).unwrap();
    connection
        .execute_batch("DROP TRIGGER entries_are_never_changed")
        .unwrap();
    drop(connection);
    let to = recipients(std::slice::from_ref(&world.public)).unwrap();
    let told = make(&world.data(), &world.path("backup.age"), &to, now()).unwrap_err();
    let told = crate::error::with_causes(&told);
    assert!(told.contains("entries_are_never_changed is missing"), "{told}");
    assert!(!world.path("backup.age").exists());
}

#[test]
fn a_key_file_without_a_key_and_a_public_key_that_is_none_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    for text in ["", "# only a remark\n", "AGE-SECRET-KEY-1NONSENSE", "age1qqqq"] {
        fs::write(&file, text).unwrap();
        assert!(
            matches!(Keys::read(&file), Err(BackupError::NotAKey(_))),
            "{text}"
        );
    }
    let told = recipients(&["lincoln-ms".to_owned()]).unwrap_err().to_string();
    assert!(told.contains("begins with age1"), "{told}");
}
