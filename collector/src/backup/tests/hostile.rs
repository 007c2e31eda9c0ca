//! Archives that somebody else sealed for us: everybody may know a public key.

use std::io::Write as _;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tar::{EntryType, Header};

use super::*;
use crate::limits::{BACKUP_MOST_HEADER_BYTES, BACKUP_MOST_MANIFEST_BYTES};

/// Bytes of an archive, entry by entry, with no rule kept.
#[derive(Default)]
struct Tar(Vec<u8>);

impl Tar {
    fn entry(mut self, name: &str, kind: EntryType, claimed: u64, content: &[u8]) -> Self {
        let mut header = Header::new_gnu();
        // Past the library's own checks.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(claimed);
        header.set_entry_type(kind);
        header.set_mode(0o777);
        header.set_cksum();
        self.0.extend_from_slice(header.as_bytes());
        self.0.extend_from_slice(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    fn file(self, name: &str, content: &[u8]) -> Self {
        let bytes = u64::try_from(content.len()).unwrap();
        self.entry(name, EntryType::Regular, bytes, content)
    }

    fn ended(mut self) -> Self {
        self.0.extend_from_slice(&[0; 1024]);
        self
    }
}

fn listed(files: &[(&str, &[u8])]) -> Vec<u8> {
    let files: Vec<Value> = files
        .iter()
        .map(|(name, content)| {
            json!({"name": name, "bytes": content.len(), "sha256": hex::encode(Sha256::digest(content))})
        })
        .collect();
    json!({
        "format": 1, "collector": "0.1.0", "made_at": "2026-10-06T08:00:00Z", "layout": 2, "entries": 5,
        "district": "00000000-0000-4000-8000-000000000000", "files": files,
    })
    .to_string()
    .into_bytes()
}

fn seal(world: &World, plain: &[u8]) -> PathBuf {
    let out = world.path("hostile.age");
    let to: age::x25519::Recipient = world.public.parse().unwrap();
    fs::write(&out, age::encrypt(&to, plain).unwrap()).unwrap();
    out
}

#[tokio::test]
async fn an_archive_with_other_names_kinds_or_sizes_than_listed_is_refused() {
    let world = World::new().await;
    let sound = b"not a database".as_slice();
    let list = listed(&[(DATABASE, sound), ("ca/ca.key", b"key")]);
    let start = || Tar::default().file("manifest.json", &list);
    let long = vec![b' '; usize::try_from(BACKUP_MOST_MANIFEST_BYTES + 1).unwrap()];
    for (archive, words) in [
        (Tar::default(), "it is empty"),
        (
            Tar::default().file(DATABASE, sound),
            "where manifest.json belongs",
        ),
        (
            Tar::default().file("manifest.json", &long),
            "its list is too long",
        ),
        (
            Tar::default().file("manifest.json", b"{"),
            "its list cannot be read",
        ),
        (
            Tar::default().file("manifest.json", &listed(&[("../../etc/cron.d/x", sound)])),
            "no name that a backup carries",
        ),
        (start(), "is missing"),
        (start().file("/etc/passwd", sound), "something else stands where"),
        (start().file("../x", sound), "something else stands where"),
        (
            start().entry(DATABASE, EntryType::Symlink, 0, b""),
            "something else stands where",
        ),
        (
            start().entry(DATABASE, EntryType::Link, 0, b""),
            "something else stands where",
        ),
        (
            start().entry(DATABASE, EntryType::Directory, 0, b""),
            "something else stands where",
        ),
        (
            start().entry(DATABASE, EntryType::GNUSparse, 14, sound),
            "something else stands where",
        ),
        (
            start().entry("././@LongLink", EntryType::GNULongName, 1 << 40, b"x"),
            "something else stands where",
        ),
        (
            start().entry("x", EntryType::XHeader, 1 << 40, b"x"),
            "something else stands where",
        ),
        (
            start().entry(DATABASE, EntryType::Regular, 1 << 50, sound),
            "has not the size that is listed",
        ),
        (start().entry(DATABASE, EntryType::Regular, u64::MAX, sound), ""),
        (
            start().file(DATABASE, b"not a Database"),
            "is not what was packed",
        ),
        (
            start()
                .file(DATABASE, sound)
                .file("ca/ca.key", b"key")
                .file("ca/more", b"x")
                .ended(),
            "it holds more than it lists",
        ),
        (
            start()
                .file(DATABASE, sound)
                .file("ca/ca.key", b"key")
                .ended()
                .file("ca/more", b"x"),
            "something follows after its end",
        ),
        (
            start().file(DATABASE, sound).file("ca/ca.key", b"key").ended(),
            "the database cannot be read",
        ),
    ] {
        let told = world.refused(&seal(&world, &archive.0), &world.keys());
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[tokio::test]
async fn a_sound_database_beside_a_list_that_says_something_else_is_refused() {
    let world = World::new().await;
    let database = fs::read(world.data().join(DATABASE)).unwrap();
    let archive = Tar::default()
        .file("manifest.json", &listed(&[(DATABASE, &database)]))
        .file(DATABASE, &database)
        .ended();
    let told = world.refused(&seal(&world, &archive.0), &world.keys());
    assert!(told.contains("contradicts itself"), "{told}");
}

#[tokio::test]
async fn a_head_without_an_end_takes_no_memory() {
    let world = World::new().await;
    let path = world.path("endless.age");
    let mut file = fs::File::create(&path).unwrap();
    file.write_all(b"age-encryption.org/v1\n").unwrap();
    let row = format!("-> {}\n{}\n", "x".repeat(60), "A".repeat(43));
    for _ in 0..=BACKUP_MOST_HEADER_BYTES / 50 {
        file.write_all(row.as_bytes()).unwrap();
    }
    let told = world.refused(&path, &world.keys());
    assert!(told.contains("no backup of RoomReady"), "{told}");
}
