//! A device reports to a collector whose store is real; only its clock is told what time it is.

mod two_machines;

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use roomready_shared::facts::{Disk, Facts, Outcome, Platform, Reading, Source};
use roomready_shared::ids::{ClockEpoch, RoomRef, StreamId};
use roomready_shared::timetable::{Phase, Timetable, Timing};
use roomready_shared::units::{Bytes, ShortText};
use roomready_shared::wire::v1::{AppState, DuringTest, Live, News, NewsBody, RawNews};
use uuid::Uuid;

use super::*;
use crate::clock::FakeClock;
use crate::config::Config;
use crate::domain::plan::{District, Draft, Paces, School, Session};
use crate::secret::SecretHash;
use crate::store::sqlite::SqliteStore;
use crate::store::{Admission, Arrival, NewDevice};

/// Minutes after eight.
pub(super) fn at(minute: i64) -> Timestamp {
    let eight: Timestamp = "2026-10-06T08:00:00Z".parse().unwrap();
    eight.checked_add(SignedDuration::from_mins(minute)).unwrap()
}

fn room() -> RoomRef {
    RoomRef {
        school: "lincoln-ms".parse().unwrap(),
        room: "101".parse().unwrap(),
    }
}

fn stream() -> StreamId {
    StreamId::new(Uuid::from_u128(5))
}

/// One school, one room, a test from nine to eleven that is prepared from half past eight.
fn config() -> Config {
    let session = Session {
        id: "math-7".parse().unwrap(),
        title: "Math 7".parse().unwrap(),
        room: room(),
        timetable: Timetable::new(at(30), at(60), at(180), Vec::new(), Timing::Timed).unwrap(),
        requirement: None,
        seats_expected: None,
        seats: Vec::new(),
    };
    let school = School {
        title: "Lincoln".parse().unwrap(),
        rooms: vec![(room().room, "Room 101".parse().unwrap())],
        site: crate::domain::plan::Site::default(),
        access_points: BTreeMap::new(),
    };
    let draft = Draft {
        name: "Cedar Valley".parse().unwrap(),
        time_zone: "UTC".to_owned(),
        during_test: DuringTest::Quiet,
        paces: Paces::default(),
        proctoring: crate::domain::proctor::Proctoring::default(),
        outside: None,
        requirement: None,
        schools: BTreeMap::from([(room().school, school)]),
        roster: Vec::new(),
        sessions: vec![session],
    };
    Config {
        set_up_in: None,
        notices: Arc::default(),
        advice: Arc::default(),
        district: Arc::new(District::new(draft).unwrap()),
        zone: jiff::tz::TimeZone::UTC,
    }
}

pub(super) fn app_started(seq: u64) -> RawNews {
    record(seq, NewsBody::AppStarted)
}

pub(super) fn free_disk(seq: u64) -> RawNews {
    record(seq, NewsBody::facts(free_disk_facts()))
}

pub(super) fn free_disk_facts() -> Facts {
    let mut facts = Facts::none(Platform::Linux);
    facts.disk = Some(Reading {
        outcome: Outcome::Measured(Disk {
            total: Bytes::from_mib(256 * 1024),
            free: Bytes::from_mib(40 * 1024),
        }),
        source: Source::Agent,
        at: at(0),
    });
    facts
}

fn record(seq: u64, body: NewsBody) -> RawNews {
    let news = News {
        seq,
        at: at(0),
        mono_ms: 1_000,
        epoch: ClockEpoch::new(Uuid::from_u128(9)),
        body,
    };
    news.to_raw()
}

pub(super) fn report(first_seq: u64, news: Vec<RawNews>) -> Report {
    Report {
        agent_version: ShortText::fit("0.1.0"),
        requirement_digest: None,
        live: Live {
            at: at(0),
            mono_ms: 1_000,
            epoch: ClockEpoch::new(Uuid::from_u128(9)),
            phase: Phase::Scheduled,
            readiness: None,
            app: AppState::Unknown,
            charge: None,
            vendor: None,
            network: None,
            waiting: 0,
            anchor: None,
        },
        stream: stream(),
        first_seq,
        news,
        lost: Vec::new(),
        next_within_ms: 5_000,
    }
}

struct Stage {
    ingest: Ingest,
    store: Arc<SqliteStore>,
    fleet: Fleet,
    clock: Arc<FakeClock>,
    device: DeviceId,
    _folder: tempfile::TempDir,
}

/// A collector at a minute, with one enrolled laptop that has never reported.
async fn stage(minute: i64) -> Stage {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path()).unwrap());
    let device = NewDevice::new(
        DeviceId::new(Uuid::from_u128(1)),
        "CART-01".parse().unwrap(),
        Platform::Linux,
        None,
        SecretHash::from_bytes([1; 32]),
    );
    let device = store
        .enrol(Admission::Room(room()), device, at(-60))
        .await
        .unwrap()
        .device;
    let clock = Arc::new(FakeClock::at(at(minute)));
    let fleet = crate::fleet::restore(config(), &*store, clock.wall())
        .await
        .unwrap();
    Stage {
        ingest: Ingest::new(
            Arc::<SqliteStore>::clone(&store),
            fleet.clone(),
            Arc::<FakeClock>::clone(&clock),
        ),
        store,
        fleet,
        clock,
        device,
        _folder: folder,
    }
}

impl Stage {
    async fn report(&self, first_seq: u64, news: Vec<RawNews>) -> ReportReply {
        self.ingest
            .take(self.device, report(first_seq, news))
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn news_is_durable_known_to_the_fleet_and_acknowledged() {
    let stage = stage(0).await;
    let reply = stage.report(1, vec![free_disk(1), app_started(2)]).await;
    assert_eq!((reply.acked_through, reply.expected), (2, None));
    assert_eq!(reply.server_time, at(0));
    assert_eq!(stage.store.news_after(Arrival(0)).await.unwrap().len(), 2);
    let disk = stage
        .fleet
        .read(|fleet| fleet.device(stage.device).unwrap().facts.as_ref()?.disk.clone());
    assert_eq!(disk.unwrap().value().unwrap().free, Bytes::from_mib(40 * 1024));
    let again = stage.report(1, vec![free_disk(1), app_started(2)]).await;
    assert_eq!(again.acked_through, 2);
    assert_eq!(stage.store.news_after(Arrival(0)).await.unwrap().len(), 2);
}

#[tokio::test]
async fn the_pace_follows_the_timetable() {
    let stage = stage(-30).await;
    let mut paces = Vec::new();
    // Half past seven, five past eight, half past eight, nine, eleven.
    for minutes in [0, 35, 25, 30, 120] {
        stage.clock.pass(Duration::from_secs(minutes * 60));
        let reply = stage.report(1, Vec::new()).await;
        paces.push((reply.phase, reply.next_ms));
    }
    assert_eq!(
        paces,
        [
            (Phase::Scheduled, 60_000),
            (Phase::Scheduled, 15_000),
            (Phase::Sweep, 15_000),
            (Phase::Testing, 5_000),
            (Phase::Finished, 60_000),
        ]
    );
}

#[tokio::test]
async fn a_report_without_news_writes_nothing_and_still_says_what_is_acknowledged() {
    let stage = stage(0).await;
    stage.report(1, vec![app_started(1)]).await;
    let before = stage.store.counts();
    for _ in 0..10 {
        assert_eq!(stage.report(2, Vec::new()).await.acked_through, 1);
    }
    assert_eq!(stage.store.counts(), before);
}

#[tokio::test]
async fn a_device_of_which_nothing_is_known_is_asked_for_everything_once() {
    let stage = stage(0).await;
    let asked = |reply: ReportReply| reply.commands.contains(&Command::Recheck);
    assert!(asked(stage.report(1, Vec::new()).await));
    assert!(!asked(stage.report(1, Vec::new()).await));
    stage.clock.pass(RECHECK_ASKED_AGAIN_AFTER);
    assert!(asked(stage.report(1, Vec::new()).await));
    stage.report(1, vec![free_disk(1)]).await;
    stage.clock.pass(RECHECK_ASKED_AGAIN_AFTER);
    assert!(!asked(stage.report(2, Vec::new()).await));
}

#[tokio::test]
async fn a_gap_is_answered_with_the_number_wanted_with_or_without_news() {
    let stage = stage(0).await;
    stage.report(1, vec![app_started(1)]).await;
    let gap = stage.report(5, vec![app_started(5)]).await;
    assert_eq!((gap.acked_through, gap.expected), (1, Some(2)));
    let gap = stage.report(5, Vec::new()).await;
    assert_eq!((gap.acked_through, gap.expected), (1, Some(2)));
}

#[tokio::test]
async fn a_device_that_hangs_up_while_its_news_is_stored_is_heard_all_the_same() {
    let stage = stage(0).await;
    let taking = stage.ingest.take(stage.device, report(1, vec![free_disk(1)]));
    // Polled once, then dropped, as a server does with a closed connection.
    assert!(taking.now_or_never().is_none());
    let heard = async {
        while stage.fleet.next_wanted(stage.device, stream()) != Some(2) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), heard)
        .await
        .expect("the fleet never heard of it");
    assert_eq!(stage.store.news_after(Arrival(0)).await.unwrap().len(), 1);
    assert!(
        stage
            .fleet
            .read(|fleet| fleet.device(stage.device).unwrap().facts.is_some())
    );
}

#[tokio::test]
async fn what_could_not_be_stored_is_neither_acknowledged_nor_known() {
    let stage = stage(0).await;
    stage.store.close().await.unwrap();
    let answer = stage
        .ingest
        .take(stage.device, report(1, vec![free_disk(1)]))
        .await;
    assert!(
        matches!(answer, Err(NotTaken::Store(StoreError::Closed))),
        "{answer:?}"
    );
    assert!(
        stage
            .fleet
            .read(|fleet| fleet.device(stage.device).unwrap().facts.is_none())
    );
    assert_eq!(stage.fleet.next_wanted(stage.device, stream()), None);
}

#[tokio::test]
async fn who_is_not_enrolled_and_who_reports_without_end_are_refused() {
    let stage = stage(0).await;
    let stranger = DeviceId::new(Uuid::from_u128(2));
    let answer = stage.ingest.take(stranger, report(1, Vec::new())).await;
    assert!(
        matches!(answer, Err(NotTaken::NotEnrolled(id)) if id == stranger),
        "{answer:?}"
    );
    for _ in 0..REPORTS_AT_ONCE {
        stage.report(1, Vec::new()).await;
    }
    let answer = stage.ingest.take(stage.device, report(1, Vec::new())).await;
    assert!(
        matches!(answer, Err(NotTaken::TooFast { retry_after_ms: 100 })),
        "{answer:?}"
    );
}
