//! A collector whose disk is full.

mod small_disk;

use std::path::Path;
use std::time::Duration;

use roomready_shared::facts::Platform;
use roomready_shared::wire::v1::ErrorCode;
use roomready_tests::device::{FakeDevice, NotTaken};
use roomready_tests::http::client;
use roomready_tests::process::Launch;
use roomready_tests::school::SCHOOL;
use roomready_tests::wait::{PATIENCE, wait_until};

use small_disk::SmallDisk;

/// The fastest that the collector lets one device report for long.
const REPORT_EVERY: Duration = Duration::from_millis(110);

/// Records until one is refused; gives back the refusal.
async fn report_until_refused(laptop: &mut FakeDevice) -> NotTaken {
    let mut beats = tokio::time::interval(REPORT_EVERY);
    // Never two at once after a pause: the collector would refuse the second as too soon.
    beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for mark in 1..=200 {
        beats.tick().await;
        laptop.note_mark(mark);
        if let Err(refusal) = laptop.try_report().await {
            return refusal;
        }
    }
    panic!("200 records were taken by a disk without a free byte");
}

#[tokio::test]
async fn on_a_full_disk_it_refuses_in_words_keeps_what_it_had_and_goes_on_by_itself() {
    let disk = SmallDisk::start().await;
    let collector = disk.collector();
    let mut laptop = FakeDevice::enrol(disk.address(), disk.key(), "LAPTOP-1", Platform::Windows).await;
    laptop.note_readings(8_192);
    laptop.open_app();
    laptop.report().await;
    let staff = disk.staff().await;
    let board = format!("/schools/{SCHOOL}/rooms/101");
    assert!(staff.page(&board).await.contains("LAPTOP-1"));

    disk.fill();
    let refusal = report_until_refused(&mut laptop).await;
    let NotTaken::Refused {
        status,
        retry_after_s,
        body,
    } = refusal
    else {
        panic!("a full disk is answered: {refusal:?}");
    };
    assert_eq!(
        (status.as_u16(), body.error),
        (503, ErrorCode::Unavailable),
        "{body:?}"
    );
    assert!(
        retry_after_s.is_some_and(|seconds| seconds > 0),
        "it says when to come back"
    );
    assert_eq!(body.message, disk.words_for_devices());
    collector.wait_for_line(disk.words_for_the_log()).await;

    // Being alive needs no disk: the board stays true, and the device stays on it.
    let kept = std::mem::take(&mut laptop.waiting);
    laptop.report().await;
    assert!(
        staff.page(&board).await.contains("Working"),
        "the board still answers, and knows the device"
    );
    let alive = client()
        .get(format!("http://{}/livez", disk.address()))
        .send()
        .await;
    assert_eq!(alive.expect("it answers").status(), 200);
    assert_eq!(collector.status(), None, "and it runs on");

    disk.free();
    laptop.waiting = kept;
    wait_until("a report that is taken again", PATIENCE, async || {
        match laptop.try_report().await {
            Ok(_taken) => Ok(()),
            Err(refusal) => Err(format!("{refusal:?}")),
        }
    })
    .await;
    assert!(laptop.waiting.is_empty(), "what was refused before is taken now");
    assert_eq!(collector.stop().await.code(), Some(0));

    let copy = tempfile::tempdir().expect("a folder");
    let numbers: Vec<u64> = disk
        .record(copy.path())
        .news(laptop.stream)
        .iter()
        .map(|row| row.seq)
        .collect();
    let all: Vec<u64> = (1..=laptop.acked_through).collect();
    assert_eq!(numbers, all, "everything acknowledged is there, once");
}

#[tokio::test]
async fn what_the_watch_sees_while_the_disk_is_full_is_shown_at_once_and_recorded_when_there_is_space() {
    let disk = SmallDisk::start().await;
    let collector = disk.collector();
    let mut laptop = FakeDevice::enrol(disk.address(), disk.key(), "LAPTOP-1", Platform::Windows).await;
    laptop.open_app();
    laptop.promise_ms = 2_500;
    // Before the report: signing in may take longer than the laptop's promise.
    let staff = disk.staff().await;
    laptop.report().await;
    disk.fill();

    // From here on nobody hears the laptop.
    let board = format!("/schools/{SCHOOL}/rooms/101");
    for says in ["standing-lost", "Open incidents: 1"] {
        wait_until(says, PATIENCE, async || {
            let page = staff.page(&board).await;
            if page.contains(says) { Ok(()) } else { Err(page) }
        })
        .await;
    }
    disk.free();
    collector.wait_for_line("the record is written again").await;
    assert_eq!(collector.stop().await.code(), Some(0));
    let copy = tempfile::tempdir().expect("a folder");
    let entries = disk.record(copy.path()).entries();
    let opened = entries
        .iter()
        .filter(|entry| entry.kind == "incident_opened")
        .count();
    assert_eq!(opened, 1, "the incident is in the record, once: {entries:?}");
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_used_is_named() {
    let in_the_way = tempfile::NamedTempFile::new().expect("a file");
    let data: &Path = &in_the_way.path().join("data");
    let started = Launch::binary("roomready-collector")
        .arg("serve")
        .arg("--data")
        .arg(data)
        .args(["--listen", "127.0.0.1:0"])
        .run()
        .await;
    assert_eq!(started.code(), Some(1), "{started:?}");
    assert!(
        started
            .stderr
            .contains(&format!("cannot use {} as data folder", data.display())),
        "{}",
        started.stderr
    );
}
