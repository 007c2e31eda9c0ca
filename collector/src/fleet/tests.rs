//! The fleet over restarts, and what counts as judged.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use roomready_shared::facts::Platform;
use roomready_shared::ids::{ClockEpoch, RoomRef};
use roomready_shared::requirement::Requirement;
use roomready_shared::timetable::{Phase, Timetable, Timing};
use roomready_shared::units::ShortText;
use roomready_shared::wire::v1::{AppState, DuringTest, Live, RawNews};
use uuid::Uuid;

mod adopt;
mod wrong;

use super::*;
use crate::clock::{Clock as _, FakeClock};
use crate::domain::plan::{Draft, Paces, School, Session};
use crate::domain::standing::Standing;
use crate::ingest::Ingest;
use crate::secret::SecretHash;
use crate::store::memory::MemoryStore;
use crate::store::{Admission, NewDevice, Store};
use crate::watching;

fn at(time: &str) -> Timestamp {
    format!("2026-10-06T{time}Z").parse().unwrap()
}

fn room() -> RoomRef {
    RoomRef {
        school: "lincoln-ms".parse().unwrap(),
        room: "101".parse().unwrap(),
    }
}

/// In another school, where nobody tests.
fn library() -> RoomRef {
    RoomRef {
        school: "washington-es".parse().unwrap(),
        room: "library".parse().unwrap(),
    }
}

/// Room 101, where a test runs from eight to ten.
fn config() -> Config {
    config_with(None)
}

fn config_with(requirement: Option<Arc<Requirement>>) -> Config {
    let timetable = Timetable::new(
        at("07:00:00"),
        at("08:00:00"),
        at("10:00:00"),
        Vec::new(),
        Timing::Timed,
    );
    let session = Session {
        id: "math".parse().unwrap(),
        title: "Math".parse().unwrap(),
        room: room(),
        timetable: timetable.unwrap(),
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
        requirement,
        schools: BTreeMap::from([
            (room().school, school),
            (
                library().school,
                School {
                    title: "Washington".parse().unwrap(),
                    rooms: vec![(library().room, "Library".parse().unwrap())],
                    site: crate::domain::plan::Site::default(),
                    access_points: BTreeMap::new(),
                },
            ),
        ]),
        roster: Vec::new(),
        sessions: vec![session],
    };
    Config {
        district: Arc::new(District::new(draft).unwrap()),
        zone: jiff::tz::TimeZone::UTC,
        set_up_in: None,
        notices: Arc::default(),
        advice: Arc::default(),
    }
}

struct Collector {
    config: Config,
    store: Arc<dyn Store>,
    clock: Arc<FakeClock>,
    fleet: Fleet,
}

impl Collector {
    async fn start() -> Self {
        Self::start_with(config()).await
    }

    async fn start_with(config: Config) -> Self {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Uuid::nil()));
        let clock = Arc::new(FakeClock::at(at("08:30:00")));
        let fleet = restore(config.clone(), &*store, clock.wall()).await.unwrap();
        Self {
            config,
            store,
            clock,
            fleet,
        }
    }

    /// The process ends without a word and is started again, on the same store.
    async fn restart(&mut self, down_for: Duration) {
        self.clock = Arc::new(FakeClock::at(self.clock.wall() + down_for));
        self.fleet = restore(self.config.clone(), &*self.store, self.clock.wall())
            .await
            .unwrap();
    }

    async fn seconds_pass(&self, seconds: u32) {
        for _ in 0..seconds {
            self.clock.pass(Duration::from_secs(1));
            let ticked = self.fleet.tick(watching::now(&*self.clock));
            self.store
                .append(ticked.entries, Some(ticked.judged))
                .await
                .unwrap();
            self.store.mark_alive(self.clock.wall()).await.unwrap();
        }
    }

    async fn enrol(&self, number: u8) -> DeviceId {
        let credential = SecretHash::from_bytes([number; 32]);
        let name: DeviceName = format!("LIN-{number}").parse().unwrap();
        let id = DeviceId::new(Uuid::from_u128(number.into()));
        let device = NewDevice::new(id, name, Platform::Linux, None, credential);
        let id = self
            .store
            .enrol(Admission::Room(room()), device, self.clock.wall())
            .await
            .unwrap()
            .device;
        let known = self
            .store
            .devices()
            .await
            .unwrap()
            .into_iter()
            .find(|device| device.id == id)
            .unwrap();
        self.fleet.enrolled(known);
        id
    }

    /// A report whose records have these bodies.
    async fn report(&self, device: DeviceId, first_seq: u64, bodies: &[serde_json::Value]) {
        self.report_by(SignedDuration::ZERO, device, first_seq, bodies)
            .await;
    }

    /// The same by a device whose clock runs ahead.
    async fn report_by(
        &self,
        ahead: SignedDuration,
        device: DeviceId,
        first_seq: u64,
        bodies: &[serde_json::Value],
    ) {
        let (at, mono_ms) = (self.clock.wall() + ahead, self.clock.mono().as_millis());
        let epoch = ClockEpoch::new(Uuid::nil());
        let news = (first_seq..).zip(bodies);
        let news = news
            .map(|(seq, body)| RawNews {
                seq,
                at,
                mono_ms,
                epoch,
                body: body.clone(),
            })
            .collect();
        let live = Live {
            at,
            mono_ms,
            epoch,
            phase: Phase::Testing,
            readiness: None,
            app: AppState::Running,
            charge: None,
            vendor: None,
            network: None,
            waiting: 0,
            anchor: None,
        };
        let report = Report {
            agent_version: ShortText::fit("0.1.0"),
            requirement_digest: None,
            live,
            stream: StreamId::new(device.uuid()),
            first_seq,
            news,
            lost: Vec::new(),
            next_within_ms: 5_000,
        };
        let clock: Arc<FakeClock> = Arc::clone(&self.clock);
        Ingest::new(Arc::clone(&self.store), self.fleet.clone(), clock)
            .take(device, report)
            .await
            .unwrap();
    }

    fn standing(&self, device: DeviceId) -> Standing {
        self.fleet
            .read(|state| state.standing(device, state.device(device).unwrap()))
    }

    fn open_incidents(&self) -> usize {
        self.fleet.read(|state| {
            let log = state.incidents(&room().school).unwrap();
            log.newest_first()
                .iter()
                .filter(|told| told.incident.is_open())
                .count()
        })
    }
}

fn app_started() -> serde_json::Value {
    serde_json::json!({"kind": "app_started"})
}

#[tokio::test]
async fn an_open_incident_survives_a_restart_and_is_not_opened_twice() {
    let mut collector = Collector::start().await;
    let device = collector.enrol(1).await;
    collector.seconds_pass(1).await;
    collector.report(device, 1, &[app_started()]).await;
    collector.seconds_pass(60).await;
    assert_eq!(
        (collector.standing(device), collector.open_incidents()),
        (Standing::Lost, 1)
    );

    collector.restart(Duration::from_secs(20)).await;
    collector.seconds_pass(60).await;
    assert_eq!(
        (collector.standing(device), collector.open_incidents()),
        (Standing::Lost, 1)
    );
    // It comes back: the same incident ends.
    for _ in 0..30 {
        collector.report(device, 2, &[]).await;
        collector.seconds_pass(5).await;
    }
    assert_eq!(
        (collector.standing(device), collector.open_incidents()),
        (Standing::Working, 0)
    );
}

#[tokio::test]
async fn after_a_restart_nobody_is_lost_before_there_was_time_to_be_heard() {
    let mut collector = Collector::start().await;
    let device = collector.enrol(1).await;
    collector.seconds_pass(1).await;
    collector.report(device, 1, &[app_started()]).await;
    collector.seconds_pass(2).await;
    collector.restart(Duration::from_secs(120)).await;
    collector.seconds_pass(1).await;
    assert_eq!(collector.standing(device), Standing::Checking);
}

#[tokio::test]
async fn a_crash_that_was_stored_and_not_judged_before_the_end_is_judged_after_it() {
    let mut collector = Collector::start().await;
    let device = collector.enrol(1).await;
    collector.seconds_pass(1).await;
    collector.report(device, 1, &[app_started()]).await;
    collector.seconds_pass(5).await;
    collector
        .report(
            device,
            2,
            &[serde_json::json!({"kind": "app_ended", "exit": "crashed"})],
        )
        .await;
    // No tick between the answer and the end.
    collector.restart(Duration::from_secs(1)).await;
    collector.seconds_pass(15).await;
    assert_eq!(collector.open_incidents(), 1);
}

#[tokio::test]
async fn a_crash_told_by_a_clock_a_day_ahead_is_judged_after_a_restart_too() {
    let mut collector = Collector::start().await;
    let device = collector.enrol(1).await;
    collector.seconds_pass(1).await;
    let day_ms = 24 * 60 * 60 * 1_000;
    let clock = serde_json::json!({
        "outcome": {"measured": {"ahead_ms": day_ms, "uncertainty_ms": 5}},
        "source": "agent",
        "at": collector.clock.wall(),
    });
    let facts = serde_json::json!({"kind": "facts", "facts": {"platform": "linux", "clock": clock}});
    collector.report(device, 1, &[facts, app_started()]).await;
    collector.seconds_pass(5).await;
    let crashed = serde_json::json!({"kind": "app_ended", "exit": "crashed"});
    collector
        .report_by(SignedDuration::from_millis(day_ms), device, 3, &[crashed])
        .await;
    // No tick between the answer and the end.
    collector.restart(Duration::from_secs(1)).await;
    collector.seconds_pass(15).await;
    assert_eq!(collector.open_incidents(), 1);
}

#[tokio::test]
async fn a_device_that_was_taken_to_another_school_is_not_missed_in_the_first() {
    let collector = Collector::start().await;
    let device = collector.enrol(1).await;
    collector.seconds_pass(1).await;
    collector.report(device, 1, &[app_started()]).await;
    collector.seconds_pass(1).await;
    let mut known = collector.store.devices().await.unwrap().remove(0);
    known.room = library();
    collector.fleet.enrolled(known);
    collector.seconds_pass(60).await;
    assert_eq!(collector.open_incidents(), 0);
}

#[tokio::test]
async fn what_is_still_being_stored_does_not_count_as_judged() {
    let collector = Collector::start().await;
    let (slow, quick) = (collector.enrol(1).await, collector.enrol(2).await);
    collector.seconds_pass(1).await;
    // The slow report has begun; the quick one overtakes it on its way to the fleet.
    let storing = collector.fleet.storing();
    collector.report(quick, 1, &[app_started()]).await;
    let ticked = collector.fleet.tick(watching::now(&*collector.clock));
    assert_eq!(
        ticked.judged,
        Arrival(0),
        "the slow one may have any number from 1 on"
    );
    drop(storing);
    collector.report(slow, 1, &[app_started()]).await;
    let ticked = collector.fleet.tick(watching::now(&*collector.clock));
    assert_eq!(ticked.judged, Arrival(2));
}

#[tokio::test]
async fn the_tag_in_a_reply_is_the_tag_of_the_assignment() {
    let collector = Collector::start().await;
    let device = collector.enrol(1).await;
    let now = collector.clock.wall();
    let answer = collector.fleet.answer(device, now).unwrap();
    assert_eq!((answer.phase, answer.next_ms), (Phase::Testing, 5_000));
    assert_eq!(
        answer.assignment_tag,
        collector.fleet.assignment(device, now).unwrap().tag
    );
    assert_eq!(
        collector.fleet.answer(DeviceId::new(Uuid::from_u128(9)), now),
        None
    );
}
