//! Backups: made beside a running collector, put back elsewhere.

use std::path::Path;
use std::time::Duration;

use roomready_shared::facts::Platform;
use roomready_tests::process::{Finished, Launch};
use roomready_tests::school::{Plan, Record, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};
use rusqlite::Connection;
use rusqlite::types::Value;
use tokio::sync::watch;

/// The fastest that the collector lets one device report for long.
const REPORT_EVERY: Duration = Duration::from_millis(110);
/// The collector's database in its data folder.
const DATABASE: &str = "roomready.sqlite3";

fn plan() -> Plan {
    Plan::testing_room("101").seat("101", "1", "LAPTOP-1", Platform::Windows)
}

fn backup(words: &[&str]) -> Launch {
    Launch::binary("roomready-collector")
        .arg("backup")
        .args(words.iter().copied())
}

/// A key, with its public part.
async fn key(folder: &Path) -> String {
    let made = backup(&["key", "--out"]).arg(folder.join("key")).run().await;
    assert_eq!(made.code(), Some(0), "{made:?}");
    let line = made.stdout.lines().find_map(|line| line.rsplit_once(": "));
    line.expect("a public key").1.to_owned()
}

async fn make(folder: &Path, data: &Path, name: &str, to: &str) -> Finished {
    let out = folder.join(name);
    backup(&["make", "--to", to, "--data"])
        .arg(data)
        .arg(out)
        .run()
        .await
}

async fn restore(folder: &Path, name: &str, data: &Path) -> Finished {
    backup(&["restore", "--identity"])
        .arg(folder.join("key"))
        .arg("--data")
        .arg(data)
        .arg(folder.join(name))
        .run()
        .await
}

/// Every row of every table, as the database holds them.
fn rows(data: &Path) -> Vec<(String, Vec<Vec<Value>>)> {
    let database = Connection::open(data.join(DATABASE)).expect("a database");
    let mut tables = database
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .expect("its tables");
    let names: Vec<String> = tables
        .query_map([], |row| row.get(0))
        .and_then(Iterator::collect)
        .expect("their names");
    names
        .into_iter()
        .map(|name| {
            let mut all = database
                .prepare(&format!("SELECT * FROM {name} ORDER BY 1, 2"))
                .expect("a table");
            let columns = all.column_count();
            let rows = all
                .query_map([], |row| (0..columns).map(|column| row.get(column)).collect())
                .and_then(Iterator::collect)
                .expect("its rows");
            (name, rows)
        })
        .collect()
}

#[tokio::test]
async fn a_backup_made_while_devices_report_is_one_moment_of_the_collector_and_runs_elsewhere() {
    let mut school = TestSchool::start(&plan()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let to = key(folder.path()).await;
    let mut laptop = school.device("101", "LAPTOP-1", Platform::Windows).await;
    laptop.open_app();
    laptop.report().await;
    let (stop, stopped) = watch::channel(false);
    let talking = tokio::spawn(async move {
        let mut beats = tokio::time::interval(REPORT_EVERY);
        // Never two at once after a pause: the collector would refuse the second as too soon.
        beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut mark = 0;
        while !*stopped.borrow() {
            beats.tick().await;
            mark += 1;
            laptop.note_mark(mark);
            laptop.report().await;
        }
        laptop
    });
    let live = Record::open(school.data());
    wait_until("records", PATIENCE, async || match live.all_news().len() {
        0..10 => Err("too few".to_owned()),
        _ => Ok(()),
    })
    .await;
    let made = make(folder.path(), school.data(), "one.age", &to).await;
    assert_eq!(made.code(), Some(0), "{made:?}");
    assert!(made.stdout.contains("settings that `serve` is given"), "{made:?}");
    let before = live.all_news().len();
    wait_until("more records after it", PATIENCE, async || {
        if live.all_news().len() > before {
            Ok(())
        } else {
            Err("none".to_owned())
        }
    })
    .await;
    stop.send(true).expect("the laptop listens");
    let mut laptop = talking.await.expect("the laptop");

    let looked = backup(&["verify", "--identity"])
        .arg(folder.path().join("key"))
        .arg(folder.path().join("one.age"))
        .run()
        .await;
    assert_eq!(looked.code(), Some(0), "{looked:?}");
    for words in ["is whole and good", "without a gap", "Devices: 1."] {
        assert!(looked.stdout.contains(words), "{words}: {}", looked.stdout);
    }
    let data = folder.path().join("restored");
    let restored = restore(folder.path(), "one.age", &data).await;
    assert_eq!(restored.code(), Some(0), "{restored:?}");
    let back = Record::open(&data);
    assert_eq!(back.soundness(), "ok");
    // What only grows is the beginning of what the running collector holds by now, row by row.
    let (news, all) = (back.all_news(), live.all_news());
    assert!(
        news.len() >= 10 && news.len() < all.len(),
        "{} of {}",
        news.len(),
        all.len()
    );
    assert_eq!(news, all[..news.len()]);
    let (mut entries, all) = (back.entries(), live.entries());
    let last = entries.pop().expect("an entry");
    assert_eq!(last.kind, "backup_restored");
    assert_eq!(entries, all[..entries.len()]);
    let noted: Vec<_> = all.iter().filter(|entry| entry.kind == "backup_made").collect();
    assert_eq!(noted.len(), 1, "the record says that a backup was made");
    let sum = made.stdout.split_once("SHA-256 ").expect("its digest").1;
    assert!(
        noted[0]
            .body
            .contains(sum.split_whitespace().next().expect("a digest")),
        "{noted:?}"
    );
    // One moment: the last record stored is the last one acknowledged to the stream.
    let last = news.last().expect("a record").seq;
    let next = rows(&data)
        .into_iter()
        .find(|(name, _)| name == "streams")
        .expect("streams")
        .1;
    assert!(
        next[0].contains(&Value::Integer(i64::try_from(last).expect("small") + 1)),
        "{next:?}"
    );

    // The restored collector knows the device, and where its numbers go on there.
    assert!(school.stop().await.success());
    school.move_to(&data);
    school.start_again().await;
    laptop.note_mark(9_999);
    let told = laptop.try_report().await.expect("an answer");
    assert_eq!(told.expected, Some(last + 1), "{told:?}");
}

#[tokio::test]
async fn a_backup_of_a_stopped_collector_comes_back_row_by_row() {
    let school = TestSchool::start(&plan()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let to = key(folder.path()).await;
    let mut laptop = school.device("101", "LAPTOP-1", Platform::Windows).await;
    laptop.open_app();
    laptop.note_readings(8_192);
    laptop.report().await;
    assert!(school.stop().await.success());
    let before = rows(school.data());
    let made = make(folder.path(), school.data(), "one.age", &to).await;
    assert_eq!(made.code(), Some(0), "{made:?}");
    let data = folder.path().join("restored");
    let restored = restore(folder.path(), "one.age", &data).await;
    assert_eq!(restored.code(), Some(0), "{restored:?}");
    let mut after = rows(&data);
    let entries = &mut after
        .iter_mut()
        .find(|(name, _)| name == "entries")
        .expect("entries")
        .1;
    assert!(entries.pop().is_some(), "the line about the restore");
    assert_eq!(after, before);
}
