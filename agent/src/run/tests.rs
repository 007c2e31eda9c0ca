//! The loop with ports of a test's own, in a test's own time.

mod told;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::*;
use crate::assignment::MemoryShelf;
use crate::cycle::tests::{assignment, at_minute, device, requirement, sitting};
use crate::outbox::MemoryOutbox;
use crate::ports::{Moment, NoBoard, Silent};
use crate::probe::{Ask, Kind};
use roomready_shared::facts::{AppRun, Outcome, Platform, Reading, Source};
use roomready_shared::ids::{ClockEpoch, StreamId};
use roomready_shared::timetable::Phase;
use roomready_shared::units::ShortText;
use roomready_shared::wire::v1::{AppState, DuringTest, Report};
use tokio::sync::Notify;
use tokio::time::Instant;

/// Minute 10 of the sitting, then tokio's own (paused) time.
struct TestClock(Instant);

impl Clock for TestClock {
    fn now(&self) -> Moment {
        let passed = self.0.elapsed();
        let mono_ms = u64::try_from(passed.as_millis()).expect("a short test");
        Moment {
            wall: at_minute(10).checked_add(passed).expect("a time"),
            mono_ms,
            awake_ms: mono_ms,
        }
    }
    fn epoch(&self) -> ClockEpoch {
        ClockEpoch::new(uuid::Uuid::from_bytes([3; 16]))
    }
}

/// A machine whose test app runs until it is told to end.
struct Machine {
    clock: Arc<TestClock>,
    running: AtomicBool,
    end: Notify,
}

impl Probes for Machine {
    fn read(&self, ask: Ask) -> BoxFuture<'_, Facts> {
        Box::pin(async move {
            let mut facts = Facts::none(Platform::Linux);
            if ask.kinds.contains(Kind::AppRun) {
                let run = if self.running.load(Ordering::SeqCst) {
                    AppRun::Running { since: None }
                } else {
                    AppRun::NotRunning
                };
                facts.app_run = Some(Reading {
                    outcome: Outcome::Measured(run),
                    source: Source::Agent,
                    at: self.clock.now().wall,
                });
            }
            facts
        })
    }

    fn app_ended(&self) -> BoxFuture<'_, ExitKind> {
        Box::pin(async {
            self.end.notified().await;
            self.running.store(false, Ordering::SeqCst);
            ExitKind::Crashed
        })
    }
}

/// A collector that keeps what it hears, unless it is away or silent.
#[derive(Default)]
struct Collector {
    heard: Mutex<Vec<(Instant, Report)>>,
    away: AtomicBool,
    silent: AtomicBool,
    came: Notify,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
}

/// A request under way, until it is answered or given up.
struct UnderWay<'c>(&'c Collector);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Uplink for Collector {
    fn report<'a>(&'a self, report: &'a Report) -> BoxFuture<'a, Result<ReportReply, Trouble>> {
        Box::pin(async move {
            let _under_way = self.begin().await;
            if self.silent.load(Ordering::SeqCst) {
                std::future::pending::<()>().await;
            }
            if self.away.load(Ordering::SeqCst) {
                return Err(Trouble::Unreachable {
                    why: "connection refused".into(),
                });
            }
            self.heard
                .lock()
                .expect("one test")
                .push((Instant::now(), report.clone()));
            self.came.notify_one();
            Ok(ReportReply {
                acked_through: report.news.last().map_or(report.first_seq - 1, |news| news.seq),
                expected: None,
                refused: vec![],
                server_time: report.live.at,
                phase: Phase::Testing,
                next_ms: 5_000,
                assignment_tag: ShortText::fit("tag-1"),
                commands: vec![],
            })
        })
    }

    fn assignment<'a>(&'a self, _: Option<&'a str>) -> BoxFuture<'a, Result<Fetched, Trouble>> {
        Box::pin(async {
            let _under_way = self.begin().await;
            let assigned = assignment(Some(requirement()), vec![sitting(0, 60, 60)]);
            Ok(Fetched::New(Box::new(assigned)))
        })
    }
}

impl Collector {
    /// An answer takes its time.
    async fn begin(&self) -> UnderWay<'_> {
        let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_under_way.fetch_max(now, Ordering::SeqCst);
        let under_way = UnderWay(self);
        tokio::time::sleep_until(Instant::now() + Duration::from_millis(40)).await;
        under_way
    }

    fn news(&self) -> Vec<(u64, String)> {
        let heard = self.heard.lock().expect("one test");
        let news = heard.iter().flat_map(|(_, report)| &report.news);
        news.map(|news| (news.seq, news.body["kind"].as_str().expect("a kind").to_owned()))
            .collect()
    }

    /// Waits until a report satisfies the condition.
    async fn hears(&self, wanted: impl Fn(&Report) -> bool) -> Instant {
        let looking = async {
            loop {
                let found = {
                    let heard = self.heard.lock().expect("one test");
                    heard.iter().find(|(_, report)| wanted(report)).map(|(at, _)| *at)
                };
                match found {
                    Some(at) => return at,
                    None => self.came.notified().await,
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(300), looking)
            .await
            .expect("heard within five minutes")
    }
}

struct Running {
    machine: Arc<Machine>,
    collector: Arc<Collector>,
    shelf: Arc<MemoryShelf>,
    stop: CancellationToken,
    agent: tokio::task::JoinHandle<Ended>,
}

fn start() -> Running {
    start_with(Box::new(NoBoard), Arc::new(Silent))
}

fn start_with(board: Box<dyn StatusBoard>, leaving: Arc<dyn Leaving>) -> Running {
    let clock = Arc::new(TestClock(Instant::now()));
    let machine = Arc::new(Machine {
        clock: Arc::clone(&clock),
        running: AtomicBool::new(true),
        end: Notify::new(),
    });
    let collector = Arc::new(Collector::default());
    let shelf = Arc::new(MemoryShelf::default());
    let settings = Settings {
        device: device(),
        platform: Platform::Linux,
        collector: None,
        during_test: DuringTest::Quiet,
        agent_version: ShortText::fit("0.1.0"),
    };
    let ports = Ports {
        clock,
        probes: Arc::clone(&machine) as Arc<dyn Probes>,
        outbox: Box::new(MemoryOutbox::new(StreamId::new(uuid::Uuid::from_bytes([1; 16])))),
        uplink: Arc::clone(&collector) as Arc<dyn Uplink>,
        shelf: Arc::clone(&shelf) as Arc<dyn AssignmentShelf>,
        chance: Chance::from_seed(5),
        board,
        leaving,
    };
    let stop = CancellationToken::new();
    let agent = tokio::spawn(run(settings, ports, stop.clone()));
    Running {
        machine,
        collector,
        shelf,
        stop,
        agent,
    }
}

#[tokio::test(start_paused = true)]
async fn a_fresh_device_fetches_what_it_is_for_and_finds_its_test_app() {
    let device = start();
    device
        .collector
        .hears(|report| report.live.app == AppState::Running && report.live.phase == Phase::Testing)
        .await;
    assert!(device.shelf.load().is_some(), "the assignment is kept");
    let news = device.collector.news();
    assert_eq!(news.first(), Some(&(1, "started".to_owned())));
    assert!(news.iter().any(|(_, kind)| kind == "app_started"));
}

#[tokio::test(start_paused = true)]
async fn a_crash_of_the_test_app_is_heard_within_a_second() {
    let device = start();
    device
        .collector
        .hears(|report| report.live.app == AppState::Running)
        .await;
    let crashed = Instant::now();
    device.machine.end.notify_one();
    let heard = device
        .collector
        .hears(|report| report.news.iter().any(|news| news.body["kind"] == "app_ended"))
        .await;
    assert!(heard - crashed < Duration::from_secs(1), "{:?}", heard - crashed);
}

#[tokio::test(start_paused = true)]
async fn everything_that_happened_during_an_outage_arrives_once_and_in_order() {
    let device = start();
    device
        .collector
        .hears(|report| report.live.app == AppState::Running)
        .await;
    device.collector.away.store(true, Ordering::SeqCst);
    tokio::time::advance(Duration::from_secs(30)).await;
    device.machine.end.notify_one();
    let back = Instant::now() + Duration::from_secs(600);
    tokio::time::sleep_until(back).await;
    device.collector.away.store(false, Ordering::SeqCst);
    let heard = device
        .collector
        .hears(|report| report.news.iter().any(|news| news.body["kind"] == "app_ended"))
        .await;
    assert!(
        heard - back <= Duration::from_secs(16),
        "tried again within 15 s: {:?}",
        heard - back
    );
    let numbers: Vec<u64> = device.collector.news().iter().map(|(seq, _)| *seq).collect();
    let expected: Vec<u64> = (1..).take(numbers.len()).collect();
    assert_eq!(numbers, expected);
}

#[tokio::test(start_paused = true)]
async fn a_stopped_agent_says_goodbye_and_one_that_nobody_hears_ends_all_the_same() {
    let device = start();
    device
        .collector
        .hears(|report| report.live.app == AppState::Running)
        .await;
    device.stop.cancel();
    let ended = device.agent.await.expect("it ends");
    assert!(ended.goodbye_heard);
    assert_eq!(
        device.collector.news().last().map(|(_, kind)| kind.as_str()),
        Some("goodbye")
    );

    let device = start();
    device.collector.silent.store(true, Ordering::SeqCst);
    tokio::time::advance(Duration::from_secs(10)).await;
    let asked = Instant::now();
    device.stop.cancel();
    let ended = device.agent.await.expect("it ends");
    assert!(!ended.goodbye_heard && ended.waiting > 0);
    assert!(asked.elapsed() <= GOODBYE_LIMIT + Duration::from_millis(10));
}

#[tokio::test(start_paused = true)]
async fn a_watched_device_is_heard_at_least_as_often_as_it_promises() {
    let device = start();
    tokio::time::sleep_until(Instant::now() + Duration::from_secs(240)).await;
    let heard = device.collector.heard.lock().expect("one test");
    assert!(heard.len() > 40, "{}", heard.len());
    for pair in heard.windows(2) {
        let gap = (pair[1].0 - pair[0].0).as_millis();
        assert!(gap <= u128::from(pair[0].1.next_within_ms), "{gap}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_request_is_under_way_at_a_time_up_to_the_goodbye() {
    let device = start();
    for second in 0..120 {
        if second % 7 == 0 {
            device.machine.running.store(second % 2 == 0, Ordering::SeqCst);
            device.machine.end.notify_one();
        }
        device.collector.away.store(second % 40 > 30, Ordering::SeqCst);
        tokio::time::sleep_until(Instant::now() + Duration::from_secs(1)).await;
    }
    // It stops in the middle of one.
    device.collector.away.store(false, Ordering::SeqCst);
    while device.collector.under_way.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep_until(Instant::now() + Duration::from_millis(5)).await;
    }
    device.stop.cancel();
    assert!(device.agent.await.expect("it ends").goodbye_heard);
    assert_eq!(device.collector.most_under_way.load(Ordering::SeqCst), 1);
}
