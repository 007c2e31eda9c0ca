//! What only a store on disk can promise.

use std::path::Path;

use roomready_shared::facts::Platform;

use super::convert::micros;
use super::*;
use crate::domain::event_time::{Basis, DeviceClocks};
use crate::store::contract::story;
use crate::store::{Admission, Refusal};

fn open(folder: &Path) -> SqliteStore {
    SqliteStore::open(folder).unwrap()
}

fn raw(folder: &Path) -> Connection {
    Connection::open(folder.join("roomready.sqlite3")).unwrap()
}

/// Closes a folder and the database in it to other accounts, as the collector makes them.
fn close(folder: &Path) {
    #[cfg(unix)]
    {
        use std::fs::{Permissions, set_permissions};
        use std::os::unix::fs::PermissionsExt as _;
        set_permissions(folder, Permissions::from_mode(0o700)).unwrap();
        set_permissions(folder.join("roomready.sqlite3"), Permissions::from_mode(0o600)).unwrap();
    }
}

#[tokio::test]
async fn a_restart_keeps_everything() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let device = story::enrolled(&store, 1).await;
    store
        .accept(story::starts(device, story::stream(1), 1..=3))
        .await
        .unwrap();
    let mut facts = story::batch(device, story::stream(1), 4);
    facts.news = vec![story::understood(story::free_disk(4, 40, 0))];
    store.accept(facts).await.unwrap();
    store.append(Vec::new(), Some(Arrival(3))).await.unwrap();
    store.mark_alive(story::at(9)).await.unwrap();
    let (devices, news, entries) = (
        store.devices().await.unwrap(),
        store.news_after(Arrival(0)).await.unwrap(),
        store.entries(EntryQuery::default()).await.unwrap(),
    );
    let district = store.district();
    store.close().await.unwrap();

    let store = open(folder.path());
    assert_eq!(store.district(), district);
    assert_eq!(store.devices().await.unwrap(), devices);
    assert_eq!(store.news_after(Arrival(0)).await.unwrap(), news);
    assert_eq!(store.entries(EntryQuery::default()).await.unwrap(), entries);
    assert_eq!(store.judged().await.unwrap(), Arrival(3));
    assert_eq!(store.last_alive().await.unwrap(), Some(story::at(9)));
    assert_eq!(store.next_wanted(device, story::stream(1)).await.unwrap(), 5);
}

#[tokio::test]
async fn the_record_can_be_neither_changed_nor_removed_nor_slipped_into() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    story::enrolled(&store, 1).await;
    story::enrolled(&store, 2).await;
    // As somebody with a database tool would try it.
    let connection = raw(folder.path());
    let columns = "(seq, at, school, actor, kind, subject, body)";
    let values = "0, '', 'system', 'collector_started', 'collector', '{}'";
    for (attempt, answer) in [
        ("UPDATE entries SET body = '{}'".to_owned(), "never changed"),
        ("DELETE FROM entries WHERE seq = 2".to_owned(), "never removed"),
        (
            format!("INSERT OR REPLACE INTO entries {columns} VALUES (1, {values})"),
            "to its end",
        ),
        (
            format!("INSERT INTO entries {columns} VALUES (9, {values})"),
            "to its end",
        ),
        (
            format!("INSERT INTO entries {columns} VALUES (0, {values})"),
            "to its end",
        ),
    ] {
        let error = connection.execute(&attempt, []).unwrap_err().to_string();
        assert!(error.contains(answer), "{attempt}: {error}");
    }
    assert_eq!(store.entries(EntryQuery::default()).await.unwrap().len(), 2);
}

/// Holds the writer while work is asked for, so that all of it waits together.
async fn waiting_together<T>(store: &SqliteStore, ask: impl FnOnce() -> T) -> T {
    let (entered, enters) = tokio::sync::oneshot::channel();
    let (release, held) = std::sync::mpsc::channel::<()>();
    let holding = store.write("hold the writer", move |_| {
        let _ = entered.send(());
        let _ = held.recv();
        Ok(())
    });
    enters.await.unwrap();
    let asked = ask();
    release.send(()).unwrap();
    holding.await.unwrap();
    asked
}

#[tokio::test]
async fn reports_that_wait_together_share_a_commit() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut devices = Vec::new();
    for number in 0..200 {
        devices.push(story::enrolled(&store, number).await);
    }
    let before = store.counts();
    let reports = waiting_together(&store, || {
        let reports = devices.iter().zip(0..);
        let reports = reports
            .map(|(device, number)| store.accept(story::starts(*device, story::stream(number), 1..=1)));
        reports.collect::<Vec<_>>()
    });
    for accepted in futures_util::future::join_all(reports.await).await {
        assert_eq!(accepted.unwrap().acked_through, 1);
    }
    let after = store.counts();
    assert_eq!(
        after.jobs - before.jobs,
        201,
        "the one that held the writer, and the reports"
    );
    assert_eq!(after.commits - before.commits, 2);
}

#[tokio::test]
async fn one_refused_piece_of_work_spoils_nothing_for_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let (one, other) = (story::enrolled(&store, 1).await, story::enrolled(&store, 2).await);
    let before = store.counts().commits;
    let (first, theft, second) = waiting_together(&store, || {
        futures_util::future::join3(
            store.accept(story::starts(one, story::stream(1), 1..=2)),
            store.accept(story::starts(other, story::stream(1), 1..=2)),
            store.accept(story::starts(other, story::stream(2), 1..=2)),
        )
    })
    .await
    .await;
    assert_eq!(store.counts().commits - before, 2, "they shared a commit");
    assert_eq!(first.unwrap().acked_through, 2);
    assert!(matches!(
        theft,
        Err(StoreError::Refused(Refusal::StreamOfAnother(_)))
    ));
    assert_eq!(second.unwrap().acked_through, 2);
    assert_eq!(store.news_after(Arrival(0)).await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_commit_that_fails_acknowledges_nothing_of_it_and_the_next_one_works() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let device = story::enrolled(&store, 1).await;
    let report = || store.accept(story::starts(device, story::stream(1), 1..=2));
    let (accepted, theft, _) = waiting_together(&store, || {
        futures_util::future::join3(
            report(),
            store.accept(story::starts(
                story::device(9, Platform::Linux).id,
                story::stream(1),
                1..=1,
            )),
            // Breaks a rule that is looked at only when the commit comes.
            store.execute("PRAGMA defer_foreign_keys = ON; INSERT INTO device_facts VALUES (999, '{}')"),
        )
    })
    .await
    .await;
    assert!(
        matches!(accepted, Err(StoreError::Unexpected { doing: "commit", .. })),
        "{accepted:?}"
    );
    assert!(
        matches!(theft, Err(StoreError::Refused(Refusal::DeviceUnknown(_)))),
        "{theft:?}"
    );
    assert!(store.news_after(Arrival(0)).await.unwrap().is_empty());
    assert_eq!(report().await.unwrap().acked_through, 2);
    assert_eq!(store.news_after(Arrival(0)).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_piece_of_work_that_fails_halfway_is_undone_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let device = story::enrolled(&store, 1).await;
    let (half, whole) = waiting_together(&store, || {
        futures_util::future::join(
            store.execute("UPDATE devices SET name = 'half'; SELECT no_such_thing"),
            store.accept(story::starts(device, story::stream(1), 1..=2)),
        )
    })
    .await
    .await;
    assert!(matches!(half, Err(StoreError::Unexpected { .. })), "{half:?}");
    assert_eq!(whole.unwrap().acked_through, 2);
    let known = store.devices().await.unwrap().remove(0);
    assert_eq!(known.name.as_str(), "CART-01");
    assert_eq!(known.stream.unwrap().next_wanted, 3);
}

#[tokio::test]
async fn when_the_disk_makes_sqlite_undo_everything_nobody_is_told_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let device = story::enrolled(&store, 1).await;
    let report = |number| store.accept(story::starts(device, story::stream(number), 1..=2));
    let (before, undone, after) = waiting_together(&store, || {
        let first = report(1);
        // What SQLite does of its own accord when a disk fails in the middle.
        let undo = store.execute("ROLLBACK; SELECT no_such_thing");
        futures_util::future::join3(first, undo, report(2))
    })
    .await
    .await;
    assert!(undone.is_err());
    for answer in [before, after] {
        let error = answer.expect_err("acknowledged what was undone");
        assert!(
            matches!(error, StoreError::Unexpected { doing, .. } if doing.contains("test")),
            "{error:?}"
        );
    }
    assert!(store.news_after(Arrival(0)).await.unwrap().is_empty());
    assert_eq!(report(1).await.unwrap().acked_through, 2);
}

/// How many records there are, and the largest number.
async fn stored(store: &SqliteStore) -> (u32, u32) {
    let count = store.read("count", |connection| {
        let row = "SELECT COUNT(*), MAX(seq) FROM news";
        Ok(connection.query_row(row, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
    });
    count.await.unwrap()
}

#[tokio::test]
async fn a_full_disk_acknowledges_nothing_and_is_forgotten_when_space_returns() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let device = story::enrolled(&store, 1).await;
    store
        .accept(story::starts(device, story::stream(1), 1..=1))
        .await
        .unwrap();
    // No page more than there are now.
    store.execute("PRAGMA max_page_count = 1").await.unwrap();
    let mut acknowledged = 1;
    let full = loop {
        let next = acknowledged + 1;
        match store
            .accept(story::starts(device, story::stream(1), next..=next + 40))
            .await
        {
            Ok(accepted) => acknowledged = accepted.acked_through,
            Err(error) => break error,
        }
        assert!(acknowledged < 10_000, "the disk never filled up");
    };
    assert!(matches!(full, StoreError::Full(_)), "{full:?}");
    assert!(full.to_string().contains("free some space"), "{full}");
    // It answers questions all the while, and what was acknowledged is there, no more and no less.
    let count = u32::try_from(acknowledged).unwrap();
    assert_eq!(stored(&store).await, (count, count));
    assert_eq!(
        store.next_wanted(device, story::stream(1)).await.unwrap(),
        acknowledged + 1
    );

    store.execute("PRAGMA max_page_count = 1000000").await.unwrap();
    let next = acknowledged + 1;
    let accepted = store
        .accept(story::starts(device, story::stream(1), next..=next + 40))
        .await
        .unwrap();
    assert_eq!(accepted.acked_through, next + 40);
    assert_eq!(stored(&store).await, (count + 41, count + 41));
    store.ready().await.unwrap();
}

#[tokio::test]
async fn a_report_too_large_for_the_disk_does_not_take_the_others_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let (one, other) = (story::enrolled(&store, 1).await, story::enrolled(&store, 2).await);
    store
        .accept(story::starts(other, story::stream(2), 1..=1))
        .await
        .unwrap();
    store.execute("PRAGMA max_page_count = 1").await.unwrap();
    let (large, small) = waiting_together(&store, || {
        futures_util::future::join(
            store.accept(story::starts(one, story::stream(1), 1..=2_000)),
            store.mark_alive(story::at(3)),
        )
    })
    .await
    .await;
    assert!(matches!(large, Err(StoreError::Full(_))), "{large:?}");
    // Whether the small one is saved or not is SQLite's choice; its answer is the truth.
    let kept = store.last_alive().await.unwrap();
    assert_eq!(kept.is_some(), small.is_ok());
    assert_eq!(store.next_wanted(one, story::stream(1)).await.unwrap(), 1);
}

#[tokio::test]
async fn two_collectors_on_one_folder_are_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path());
    let second = SqliteStore::open(folder.path()).unwrap_err();
    assert!(matches!(second, StoreError::InUse { .. }));
    assert!(
        second
            .to_string()
            .starts_with("another collector is already running on "),
        "{second}"
    );
    first.close().await.unwrap();
    // Free as soon as it is closed, though the first one is still there to say that it is.
    open(folder.path()).ready().await.unwrap();
    assert!(matches!(first.ready().await, Err(StoreError::Closed)));
}

#[tokio::test]
async fn data_of_a_newer_program_is_refused_with_a_sentence_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).close().await.unwrap();
    raw(folder.path())
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let error = SqliteStore::open(folder.path()).unwrap_err();
    let layouts = i64::try_from(schema::MIGRATIONS.len()).unwrap();
    assert!(
        matches!(error, StoreError::Newer { found: 99, known, .. } if known == layouts),
        "{error:?}"
    );
    assert!(
        error
            .to_string()
            .contains("last used by a newer RoomReady (layout 99"),
        "{error}"
    );
}

#[tokio::test]
async fn records_of_a_program_before_event_times_keep_their_own_word_as_an_inferred_one() {
    let folder = tempfile::tempdir().unwrap();
    let connection = raw(folder.path());
    connection.execute_batch(schema::MIGRATIONS[0]).unwrap();
    let received = micros(story::at(10));
    for (seq, told) in [(1, story::at(8)), (2, story::at(600))] {
        connection
            .execute_batch(&format!(
                "INSERT OR IGNORE INTO devices VALUES
                    (1, x'{id}', 'CART-01', 'linux', NULL, 'lincoln-ms', '101', x'{id}{id}', 0);
                 INSERT OR IGNORE INTO streams VALUES (1, x'{id}', 1, 3, {received});
                 INSERT INTO news (device, stream, seq, received_at, at, mono_ms, epoch, body)
                    VALUES (1, 1, {seq}, {received}, {told}, 1, x'{id}', '{{\"kind\":\"app_started\"}}');",
                id = "07".repeat(16),
                told = micros(told),
            ))
            .unwrap();
    }
    connection
        .execute_batch(&format!(
            "INSERT INTO meta VALUES ('district', '{}');
             PRAGMA user_version = 1; PRAGMA application_id = {}",
            Uuid::nil(),
            schema::APPLICATION
        ))
        .unwrap();
    drop(connection);
    close(folder.path());

    let store = open(folder.path());
    let news = store.news_after(Arrival(0)).await.unwrap();
    let times = news.iter().map(|news| (news.time.at, news.time.plus_minus_ms));
    assert_eq!(
        times.collect::<Vec<_>>(),
        [(story::at(8), 2 * 60_000), (story::at(10), 590 * 60_000)]
    );
    assert!(news.iter().all(|news| news.time.basis == Basis::Inferred));
    let device = store.devices().await.unwrap().remove(0);
    assert_eq!(
        (device.stream.unwrap().latest, device.clocks),
        (None, DeviceClocks::default())
    );
}

#[test]
fn a_database_of_another_program_and_a_file_that_is_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    raw(folder.path())
        .execute_batch("CREATE TABLE recipes (a); PRAGMA user_version = 1")
        .unwrap();
    close(folder.path());
    let error = SqliteStore::open(folder.path()).unwrap_err().to_string();
    assert!(error.contains("was not made by RoomReady"), "{error}");

    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("roomready.sqlite3"),
        "shopping list ".repeat(400),
    )
    .unwrap();
    close(folder.path());
    let error = SqliteStore::open(folder.path()).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn data_that_other_accounts_can_read_is_not_served_and_the_fix_is_named() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).close().await.unwrap();
    let database = folder.path().join("roomready.sqlite3");
    for (path, loose, tight) in [(folder.path(), 0o755, 0o700), (&database, 0o640, 0o600)] {
        set_permissions(path, Permissions::from_mode(loose)).unwrap();
        let error = SqliteStore::open(folder.path()).unwrap_err();
        assert!(matches!(error, StoreError::Loose(_)), "{error:?}");
        let fix = format!("chmod {tight:o} {}", path.display());
        assert!(error.to_string().ends_with(&fix), "{error}");
        set_permissions(path, Permissions::from_mode(tight)).unwrap();
    }
    open(folder.path()).close().await.unwrap();
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data");
    std::fs::write(&file, "").unwrap();
    let error = SqliteStore::open(&file).unwrap_err().to_string();
    assert!(error.contains(&file.display().to_string()), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_can_read_the_data_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data");
    let store = open(&folder);
    store.ready().await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let mut files = 0;
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        files += 1;
    }
    assert!(files >= 3, "database, its log and the lock");
}

#[tokio::test]
async fn closing_finishes_what_was_asked_before() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let device = story::enrolled(&store, 1).await;
    let asked: Vec<_> = (0..20)
        .map(|number| store.accept(story::starts(device, story::stream(number), 1..=1)))
        .collect();
    store.close().await.unwrap();
    for accepted in futures_util::future::join_all(asked).await {
        assert_eq!(accepted.unwrap().acked_through, 1);
    }
    assert_eq!(
        open(folder.path()).news_after(Arrival(0)).await.unwrap().len(),
        20
    );
    assert!(
        !folder
            .path()
            .join("roomready.sqlite3-wal")
            .metadata()
            .is_ok_and(|log| log.len() > 0)
    );
}

#[tokio::test]
async fn too_much_at_once_is_told_to_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let (release, held) = std::sync::mpsc::channel::<()>();
    let holding = store.write("hold the writer", move |_| {
        let _ = held.recv();
        Ok(())
    });
    // One more than fits; the writer may already hold a batch of its own.
    let asked: Vec<_> = (0..WRITE_QUEUE + MOST_JOBS_A_COMMIT + 2)
        .map(|_| store.mark_alive(story::at(0)))
        .collect();
    release.send(()).unwrap();
    holding.await.unwrap();
    let answers = futures_util::future::join_all(asked).await;
    let busy = answers
        .iter()
        .filter(|answer| matches!(answer, Err(StoreError::Busy)))
        .count();
    assert!(
        busy > 0 && busy < answers.len(),
        "{busy} of {} were busy",
        answers.len()
    );
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer, Ok(()) | Err(StoreError::Busy)))
    );
}

#[tokio::test]
async fn a_device_row_that_was_tampered_with_is_named_as_damage() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store
        .enrol(
            Admission::Room(story::room("101")),
            story::device(1, Platform::Linux),
            story::at(0),
        )
        .await
        .unwrap();
    raw(folder.path())
        .execute("UPDATE devices SET room = 'Room 101!'", [])
        .unwrap();
    let error = store.devices().await.unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    assert!(
        crate::error::with_causes(&error).contains("a room id must be"),
        "{error}"
    );
}
