use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use tempfile::TempDir;

use super::*;
use crate::store::Store as _;
use crate::store::contract::story;
use crate::store::sqlite::{DATABASE, SqliteStore};

/// A closed store with two devices, and so two entries.
async fn a_database() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path()).unwrap();
    story::enrolled(&store, 1).await;
    story::enrolled(&store, 2).await;
    store.close().await.unwrap();
    let database = folder.path().join(DATABASE);
    (folder, database)
}

fn told(database: &Path) -> String {
    inspect(database).unwrap_err().to_string()
}

#[tokio::test]
async fn a_sound_database_is_told_with_what_it_holds() {
    let (_folder, database) = a_database().await;
    let contents = inspect(&database).unwrap();
    assert_eq!((contents.entries, contents.devices, contents.news), (2, 2, 0));
    assert_eq!(contents.layout, i64::try_from(MIGRATIONS.len()).unwrap());
    assert_eq!(contents.last_entry, Some(story::at(-60)));
}

#[tokio::test]
async fn a_record_without_its_triggers_or_with_a_strangers_is_told_by_name() {
    for (damage, words) in [
        (
            "DROP TRIGGER entries_are_never_removed",
            "trigger entries_are_never_removed is missing",
        ),
        (
            "CREATE TRIGGER x AFTER INSERT ON entries BEGIN DELETE FROM devices; END",
            "trigger x was not made by RoomReady",
        ),
        (
            "CREATE VIEW sqlitex AS SELECT 1",
            "view sqlitex was not made by RoomReady",
        ),
        ("PRAGMA application_id = 7", "not made by RoomReady"),
        ("PRAGMA user_version = 900", "layout 900"),
        ("PRAGMA user_version = 0", "not made by RoomReady"),
    ] {
        let (_folder, database) = a_database().await;
        Connection::open(&database)
            .unwrap()
            .execute_batch(damage)
            .unwrap();
        let told = told(&database);
        assert!(told.contains(words), "{damage}: {told}");
    }
}

#[tokio::test]
async fn an_entry_that_was_cut_out_leaves_a_gap() {
    let (_folder, database) = a_database().await;
    let connection = Connection::open(&database).unwrap();
    let trigger: String = connection
        .query_row(
            "SELECT sql FROM sqlite_schema WHERE name = 'entries_are_never_removed'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let cut = format!("DROP TRIGGER entries_are_never_removed; DELETE FROM entries WHERE seq = 1; {trigger}");
    connection.execute_batch(&cut).unwrap();
    assert_eq!(
        told(&database),
        "the record is not whole: it has 1 entries, numbered from 2 to 2"
    );
}

#[tokio::test]
async fn a_row_that_belongs_to_nothing_and_a_page_of_rubbish_are_told() {
    let (_folder, database) = a_database().await;
    Connection::open(&database)
        .unwrap()
        .execute_batch("PRAGMA foreign_keys = OFF; INSERT INTO device_facts VALUES (99, '{}')")
        .unwrap();
    assert!(told(&database).contains("a row of device_facts"));

    let (_folder, database) = a_database().await;
    let mut file = std::fs::OpenOptions::new().write(true).open(&database).unwrap();
    file.seek(SeekFrom::Start(4096 * 3)).unwrap();
    file.write_all(&[0xA5; 4096]).unwrap();
    drop(file);
    assert!(told(&database).contains("the database "), "{}", told(&database));
}
