//! Two hundred open boards, a quarter of which never read what they are sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use roomready_shared::facts::Platform;
use roomready_tests::device::FakeDevice;
use roomready_tests::http::RawConnection;
use roomready_tests::process::Launch;
use roomready_tests::school::{Plan, Staff, TECHNICIAN, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// Boards whose readers follow.
const FOLLOWING: usize = 150;
/// Boards whose readers take nothing: laptops that were closed with the page open.
const DEAF: usize = 50;
const SEATS: u32 = 30;
/// Seconds in which every tile of the room changes each second.
const ROUNDS: u64 = 15;
/// A board is never older than a second; the rest is for two cores that all suites share.
const NEVER_OLDER: Duration = Duration::from_secs(1);
const BUSY_MACHINE: Duration = Duration::from_secs(4);
/// What 200 boards may cost, each with its connection, its queue and its share of one painting.
const MOST_KB: u64 = 48 * 1024;
/// A sign-in is asked for every four seconds, and a quiet stream speaks each five.
const ENDS_WITHIN: Duration = Duration::from_secs(20);

/// What all the boards heard.
#[derive(Default)]
struct Heard {
    open: AtomicUsize,
    messages: AtomicU64,
    slowest_ms: AtomicU64,
}

/// Follows a board to its end, and counts.
async fn follow(staff: Staff, board: String, heard: Arc<Heard>) {
    // The client has a limit for a whole answer; a page that meets one opens its stream again.
    let mut stream = staff.stream(&board).await;
    heard.open.fetch_add(1, Ordering::SeqCst);
    let mut last = Instant::now();
    while let Ok(Some(chunk)) = stream.chunk().await {
        let gap = u64::try_from(last.elapsed().as_millis()).unwrap_or(u64::MAX);
        last = Instant::now();
        if chunk.starts_with(b"data:") {
            let messages = heard.messages.fetch_add(1, Ordering::SeqCst);
            // The first ones come while the others are still opening.
            if messages > 2 * FOLLOWING as u64 {
                heard.slowest_ms.fetch_max(gap, Ordering::SeqCst);
            }
        }
    }
    heard.open.fetch_sub(1, Ordering::SeqCst);
}

fn resident_kb(school: &TestSchool) -> u64 {
    let path = format!("/proc/{}/status", school.collector().pid());
    let text = std::fs::read_to_string(path).expect("the collector runs");
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.expect("Linux says how much memory a process holds")
}

async fn room() -> (TestSchool, Vec<FakeDevice>) {
    let mut plan = Plan::testing_room("101");
    for seat in 1..=SEATS {
        plan = plan.seat(
            "101",
            &seat.to_string(),
            &format!("LAPTOP-{seat}"),
            Platform::Windows,
        );
    }
    let school = TestSchool::start(&plan).await;
    let key = school.enrolment_key("101", SEATS).await;
    let mut laptops = Vec::new();
    for seat in 1..=SEATS {
        let name = format!("LAPTOP-{seat}");
        laptops.push(FakeDevice::enrol(school.address(), &key, &name, Platform::Windows).await);
    }
    (school, laptops)
}

/// Every tile changes: ready, not ready, ready.
async fn round(laptops: &mut [FakeDevice], number: u64) {
    for laptop in laptops {
        laptop.note_readings(if number.is_multiple_of(2) { 8_192 } else { 512 });
        laptop.report().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_boards_some_of_them_deaf_cost_little_and_end_with_their_sign_in() {
    let (school, mut laptops) = room().await;
    let board = school.room("101");
    let staff = school.staff().await;
    round(&mut laptops, 0).await;
    let before = resident_kb(&school);
    let heard = Arc::new(Heard::default());
    let mut following = JoinSet::new();
    for _ in 0..FOLLOWING {
        following.spawn(follow(staff.clone(), board.clone(), Arc::clone(&heard)));
    }
    let mut deaf = Vec::new();
    for _ in 0..DEAF {
        let mut connection = RawConnection::open(school.address()).await;
        assert!(connection.send(staff.stream_request(&board)).await);
        deaf.push(connection);
    }
    let open = || heard.open.load(Ordering::SeqCst);
    wait_until("all boards open", PATIENCE, async || {
        if open() == FOLLOWING { Ok(()) } else { Err(open()) }
    })
    .await;

    let mut second = interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for number in 1..=ROUNDS {
        second.tick().await;
        round(&mut laptops, number).await;
    }
    let grown = resident_kb(&school).saturating_sub(before);
    let slowest = Duration::from_millis(heard.slowest_ms.load(Ordering::SeqCst));
    let each = heard.messages.load(Ordering::SeqCst) / FOLLOWING as u64;
    println!(
        "{} boards: {grown} KB more, {each} messages each, the longest wait {slowest:?}",
        FOLLOWING + DEAF
    );
    assert!(grown < MOST_KB, "{grown} KB more for {} boards", FOLLOWING + DEAF);
    assert!(slowest < NEVER_OLDER + BUSY_MACHINE, "a board waited {slowest:?}");
    // The snapshot and most of the rounds: two may fall into one painting.
    assert!(each > ROUNDS / 2, "{each} messages in {ROUNDS} rounds");

    let began = Instant::now();
    let closed = Launch::binary("roomready-collector")
        .args(["account", "close", "--name", TECHNICIAN, "--data"])
        .arg(school.data())
        .run()
        .await;
    assert_eq!(closed.code(), Some(0), "{closed:?}");
    let mut number = ROUNDS;
    while open() > 0 {
        assert!(
            began.elapsed() < ENDS_WITHIN,
            "{} boards outlive the account",
            open()
        );
        second.tick().await;
        number += 1;
        round(&mut laptops, number).await;
    }
    println!("all boards ended {:?} after the account", began.elapsed());
    drop(deaf);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_stops_ends_its_boards_at_once_deaf_ones_too() {
    let (school, mut laptops) = room().await;
    let board = school.room("101");
    let staff = school.staff().await;
    round(&mut laptops, 0).await;
    let heard = Arc::new(Heard::default());
    let mut following = JoinSet::new();
    for _ in 0..FOLLOWING {
        following.spawn(follow(staff.clone(), board.clone(), Arc::clone(&heard)));
    }
    let mut deaf = Vec::new();
    for _ in 0..DEAF {
        let mut connection = RawConnection::open(school.address()).await;
        assert!(connection.send(staff.stream_request(&board)).await);
        deaf.push(connection);
    }
    wait_until("all boards open", PATIENCE, async || {
        let open = heard.open.load(Ordering::SeqCst);
        if open == FOLLOWING { Ok(()) } else { Err(open) }
    })
    .await;
    let began = Instant::now();
    let status = school.stop().await;
    while let Some(ended) = following.join_next().await {
        ended.expect("a board ends in good order");
    }
    println!("stopped, and all boards ended, within {:?}", began.elapsed());
    assert!(status.success(), "{status}");
    assert!(began.elapsed() < ENDS_WITHIN, "{:?}", began.elapsed());
}
