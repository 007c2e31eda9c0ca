//! What was acknowledged is kept: through a kill without warning, a stop, a full disk.

mod backup;
mod full_disk;

use std::path::Path;
use std::time::Duration;

use roomready_shared::facts::Platform;
use roomready_shared::ids::StreamId;
use roomready_tests::agent::{AgentHome, TestApp};
use roomready_tests::device::{FakeDevice, NotTaken};
use roomready_tests::process::Launch;
use roomready_tests::school::{Plan, SCHOOL, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Devices that report at once.
const DEVICES: usize = 6;
/// Kills in a row, each at a moment of its own.
const KILLS: u32 = 3;
/// Acknowledged records of all devices before each kill: enough that some are under way at any moment.
const ACKED_BEFORE_A_KILL: u64 = 150;
/// The fastest that the collector lets one device report for long.
const REPORT_EVERY: Duration = Duration::from_millis(110);

/// What one device sent, and what of it was acknowledged.
struct Told {
    number: usize,
    stream: StreamId,
    acked_through: u64,
}

/// What a record of a device says, so that none can be taken for another.
fn mark(device: usize, seq: u64) -> u64 {
    device as u64 * 1_000_000 + seq
}

/// Reports new records until told to end, through every outage; then until nothing waits.
async fn talk(
    number: usize,
    mut device: FakeDevice,
    mut progress: impl FnMut(u64),
    end: watch::Receiver<bool>,
) -> Told {
    let mut beats = tokio::time::interval(REPORT_EVERY);
    loop {
        beats.tick().await;
        let ending = *end.borrow();
        if ending && device.waiting.is_empty() {
            break;
        }
        for _ in 0..if ending { 0 } else { 4 } {
            device.note_mark(mark(number, device.next_seq()));
        }
        let before = device.acked_through;
        match device.try_report().await {
            Ok(reply) => {
                assert!(
                    reply.refused.is_empty(),
                    "a sound record is never refused: {reply:?}"
                );
                progress(device.acked_through - before);
            }
            // Gone, or stopping: everything is kept and sent again.
            Err(NotTaken::NoAnswer(_)) => {}
            Err(NotTaken::Refused { status, .. }) => assert!(
                [429, 503].contains(&status.as_u16()),
                "only \"later\" is a good answer to a sound report, not {status}"
            ),
        }
    }
    Told {
        number,
        stream: device.stream,
        acked_through: device.acked_through,
    }
}

#[tokio::test]
async fn killed_in_the_middle_of_reports_it_loses_nothing_acknowledged_and_stores_nothing_twice() {
    let mut school = TestSchool::start(&Plan::testing_room("101")).await;
    let key = school.enrolment_key("101", 40).await;
    let (acked, mut acked_now) = watch::channel(0_u64);
    let (ending, end) = watch::channel(false);
    let mut talking = JoinSet::new();
    for number in 0..DEVICES {
        let name = format!("LAPTOP-{number}");
        let device = FakeDevice::enrol(school.address(), &key, &name, Platform::Windows).await;
        let (acked, end) = (acked.clone(), end.clone());
        talking.spawn(talk(
            number,
            device,
            move |more| acked.send_modify(|sum| *sum += more),
            end,
        ));
    }
    for _ in 0..KILLS {
        let goal = *acked_now.borrow() + ACKED_BEFORE_A_KILL;
        let enough = acked_now.wait_for(|sum| *sum >= goal);
        tokio::time::timeout(PATIENCE, enough)
            .await
            .expect("reports are acknowledged")
            .expect("devices talk");
        school.kill().await;
        school.start_again().await;
    }
    let _ = ending.send(true);
    let told = tokio::time::timeout(PATIENCE, talking.join_all())
        .await
        .expect("every outbox empties");
    school.kill().await;

    let record = school.record();
    assert_eq!(record.soundness(), "ok");
    let mut acknowledged = 0;
    for device in told {
        let stored = record.news(device.stream);
        let numbers: Vec<u64> = stored.iter().map(|row| row.seq).collect();
        let all: Vec<u64> = (1..=device.acked_through).collect();
        assert_eq!(numbers, all, "each acknowledged record stands once, in its order");
        for row in stored {
            let said = &row.body["facts"]["uptime"]["outcome"]["measured"];
            assert_eq!(
                said.as_u64(),
                Some(mark(device.number, row.seq)),
                "record {} says what was sent",
                row.seq
            );
        }
        acknowledged += device.acked_through;
    }
    println!(
        "{acknowledged} records of {DEVICES} devices acknowledged over {KILLS} kills; each is stored once"
    );
}

#[tokio::test]
async fn an_open_incident_outlives_a_kill_and_ends_when_its_device_is_heard() {
    let plan = Plan::testing_room("101").seat("101", "1", "LAPTOP-1", Platform::Windows);
    let mut school = TestSchool::start(&plan).await;
    let mut laptop = school.device("101", "LAPTOP-1", Platform::Windows).await;
    laptop.open_app();
    laptop.promise_ms = 2_500;
    laptop.report().await;
    let log = format!("/schools/{SCHOOL}/incidents");
    let staff = school.staff().await;
    let page_says = async |says: &str| {
        wait_until(says, PATIENCE, async || {
            let page = staff.page(&log).await;
            if page.contains(says) { Ok(()) } else { Err(page) }
        })
        .await;
    };
    page_says("Open: 1").await;
    // A page may be a moment ahead of the disk.
    let before = wait_until("the opening in the record", PATIENCE, async || {
        let entries = school.record().entries();
        let there = entries.iter().any(|entry| entry.kind == "incident_opened");
        there.then_some(entries)
    })
    .await;

    school.kill().await;
    school.start_again().await;
    // The same browser is still signed in, and the same incident is still open, told once.
    page_says("Open: 1").await;
    let after = school.record().entries();
    assert_eq!(after[..before.len()], before[..], "no entry is lost or changed");
    let opened = |entries: &[roomready_tests::school::EntryRow]| {
        entries
            .iter()
            .filter(|entry| entry.kind == "incident_opened")
            .count()
    };
    assert_eq!((opened(&before), opened(&after)), (1, 1), "{after:?}");

    let _laptop = laptop.keep_reporting(Duration::from_secs(2));
    page_says("Ended: 1").await;
    let entries = school.record().entries();
    let numbers: Vec<u64> = entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(
        numbers,
        (1..=numbers.len() as u64).collect::<Vec<_>>(),
        "numbered without a gap"
    );
}

#[tokio::test]
async fn a_record_sent_twice_or_out_of_turn_is_stored_once_and_in_turn() {
    let school = TestSchool::start(&Plan::testing_room("101")).await;
    let mut laptop = school.device("101", "LAPTOP-1", Platform::Windows).await;
    for mark in 1..=6 {
        laptop.note_mark(mark);
    }
    let whole = laptop.report_now();
    let mut late = whole.clone();
    late.news.drain(..3);
    late.first_seq = 4;
    let gap = laptop.send(&late).await.expect("a gap is answered, not refused");
    assert_eq!(
        (gap.acked_through, gap.expected),
        (0, Some(1)),
        "it asks for what is missing"
    );

    let taken = laptop.send(&whole).await.expect("taken");
    assert_eq!((taken.acked_through, taken.expected), (6, None));
    let again = laptop.send(&whole).await.expect("taken before");
    assert_eq!(again.acked_through, 6, "acknowledged again");
    let numbers: Vec<u64> = school
        .record()
        .news(laptop.stream)
        .iter()
        .map(|row| row.seq)
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
}

#[tokio::test]
async fn a_second_collector_on_the_same_data_folder_is_refused_and_the_first_goes_on() {
    let school = TestSchool::start(&Plan::testing_room("101")).await;
    let second = Launch::binary("roomready-collector")
        .arg("serve")
        .arg("--data")
        .arg(school.data())
        .args(["--listen", "127.0.0.1:0"])
        .run()
        .await;
    assert_eq!(second.code(), Some(1), "{second:?}");
    assert!(
        second.stderr.contains("another collector is already running on")
            && second.stderr.contains("stop it first"),
        "{}",
        second.stderr
    );
    let mut laptop = school.device("101", "LAPTOP-1", Platform::Windows).await;
    laptop.note_mark(1);
    assert_eq!(laptop.report().await.acked_through, 1);
}

/// Whether any file below a folder holds these bytes.
fn holds(folder: &Path, bytes: &str) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().map(|entry| entry.path()).any(|path| {
        if path.is_dir() {
            holds(&path, bytes)
        } else {
            // A file may go while it is looked at: its records were sent.
            let content = std::fs::read(&path).unwrap_or_default();
            content
                .windows(bytes.len())
                .any(|window| window == bytes.as_bytes())
        }
    })
}

#[tokio::test]
async fn what_a_killed_agent_saw_while_its_collector_was_away_is_told_by_the_next_one() {
    let app = TestApp::install();
    let plan =
        Plan::testing_room("101")
            .test_app(app.process())
            .seat("101", "1", "THIS-MACHINE", Platform::Linux);
    let mut school = TestSchool::start(&plan).await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    let staff = school.staff().await;
    let agent = home.run();
    let board = school.room("101");
    wait_until("a judged device", PATIENCE, async || {
        let page = staff.page(&board).await;
        if page.contains("standing-ready") {
            Ok(())
        } else {
            Err(page)
        }
    })
    .await;
    school.kill().await;

    let running = app.open();
    wait_until("the open app in the outbox", PATIENCE, async || {
        holds(&home.data(), "app_started")
    })
    .await;
    agent.kill().await;
    running.kill().await;

    school.start_again().await;
    let _next = home.run();
    // The app is long gone: that the seat's test began is known from the outbox alone.
    wait_until("the begin of the seat's test", PATIENCE, async || {
        let entries = school.record().entries();
        let began = entries.iter().any(|entry| entry.kind == "seat_started");
        if began {
            Ok(())
        } else {
            Err(format!("{entries:?}"))
        }
    })
    .await;
}

/// Well under what a service manager grants, and what a person waits after Ctrl-C.
const QUICK: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_stop_does_not_wait_for_open_boards_and_forgets_nothing() {
    let mut school = TestSchool::start(&Plan::testing_room("101")).await;
    let mut laptop = school.device("101", "LAPTOP-1", Platform::Windows).await;
    laptop.note_mark(1);
    laptop.report().await;
    let staff = school.staff().await;
    let _board = staff.stream(&school.room("101")).await;
    let _log = staff.stream(&format!("/schools/{SCHOOL}/incidents")).await;

    let asked = tokio::time::Instant::now();
    let status = school.stop().await;
    let took = asked.elapsed();
    assert_eq!(status.code(), Some(0), "a stop that was asked for is no fault");
    assert!(took < QUICK, "stopping took {took:?} with two live pages open");

    school.start_again().await;
    laptop.note_mark(2);
    assert_eq!(
        laptop.report().await.acked_through,
        2,
        "the numbering goes on where it was"
    );
    let marks: Vec<u64> = school
        .record()
        .news(laptop.stream)
        .iter()
        .map(|row| row.seq)
        .collect();
    assert_eq!(marks, [1, 2]);
}
