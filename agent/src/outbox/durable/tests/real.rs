//! The outbox in a real folder.

use super::super::*;
use roomready_shared::units::Timestamp;

fn mint(byte: u8) -> Mint {
    Box::new(move || StreamId::new(uuid::Uuid::from_bytes([byte; 16])))
}

fn push(outbox: &mut DiskOutbox) -> u64 {
    let moment = Moment {
        wall: Timestamp::UNIX_EPOCH,
        mono_ms: 1,
        awake_ms: 1,
    };
    let kept = outbox.push(moment, ClockEpoch::new(uuid::Uuid::nil()), &NewsBody::AppStarted);
    kept.expect("kept")
}

#[test]
fn news_in_a_real_folder_outlives_the_program_and_is_for_the_owner_alone() {
    let data = tempfile::tempdir().expect("a folder");
    let path = data.path().join("outbox");
    let mut outbox = DiskOutbox::in_folder(&path, mint(1)).expect("opens");
    for _ in 0..1_000 {
        push(&mut outbox);
    }
    drop(outbox);
    let mut outbox = DiskOutbox::in_folder(&path, mint(2)).expect("opens again");
    assert_eq!(outbox.waiting(), 1_000);
    let stream = outbox.batch(1).stream;
    outbox.acknowledge(stream, 1_000);
    let names = std::fs::read_dir(&path).expect("a folder").count();
    assert_eq!(names, 2, "the lock and the segment that is written to");
    #[cfg(unix)]
    for entry in std::fs::read_dir(&path).expect("a folder") {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = entry
            .expect("an entry")
            .metadata()
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    drop(outbox);
    assert_eq!(
        push(&mut DiskOutbox::in_folder(&path, mint(3)).expect("opens")),
        1_001
    );
}

#[test]
fn a_second_agent_on_one_outbox_is_told_what_to_do() {
    let data = tempfile::tempdir().expect("a folder");
    let _first = DiskOutbox::in_folder(data.path(), mint(1)).expect("opens");
    let Err(error) = DiskOutbox::in_folder(data.path(), mint(2)) else {
        panic!("two agents on one outbox");
    };
    assert!(matches!(error, OpenError::InUse { .. }));
    assert!(error.to_string().contains("stop that one"), "{error}");
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    let data = tempfile::tempdir().expect("a folder");
    let file = data.path().join("file");
    std::fs::write(&file, "x").expect("a file");
    let Err(error) = DiskOutbox::in_folder(&file.join("outbox"), mint(1)) else {
        panic!("a file is no folder");
    };
    assert!(error.to_string().contains("file/outbox"), "{error}");
}
