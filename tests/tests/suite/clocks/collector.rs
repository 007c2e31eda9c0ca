//! A collector on its real store, without sockets, on a clock that moves when told.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use roomready_collector::clock::{Clock as _, FakeClock};
use roomready_collector::config::Config;
use roomready_collector::domain::plan::{District, Draft, Paces, School, Session};
use roomready_collector::fleet::{Fleet, restore};
use roomready_collector::ingest::Ingest;
use roomready_collector::secret::SecretHash;
use roomready_collector::store::sqlite::SqliteStore;
use roomready_collector::store::{Admission, Arrival, NewDevice, Store as _, StoredNews};
use roomready_collector::watching;
use roomready_shared::facts::Platform;
use roomready_shared::ids::{DeviceId, RoomRef};
use roomready_shared::requirement::Requirement;
use roomready_shared::timetable::{Timetable, Timing};
use roomready_shared::wire::v1::{Assignment, DuringTest, Report, ReportReply};

use super::world::at;

fn room() -> RoomRef {
    RoomRef {
        school: "lincoln-ms".parse().expect("an id"),
        room: "101".parse().expect("an id"),
    }
}

/// What asks for the test app.
const PROFILE: &str = r#"
[profile]
id = "small"
title = "Small requirements"
platform = "Practice"
valid_from = 2026-07-15
review_by = 2027-07-15
hosts = ["practice.example:443"]
[app]
name = "Practice"
[app.linux]
processes = ["practice"]
paths = ["/opt/practice"]
[[rule]]
id = "memory"
title = "Memory"
kind = "memory"
limits = { minimum = "2 GB" }
on = [{ platforms = ["linux"], demand = "required", settled_by = ["agent"] }]
time_to_live = "180d"
basis = "vendor"
source = "Page, 2026"
as_of = 2026-04-06
confidence = "high"
"#;

/// A test from minute 0 to 120, prepared for an hour.
fn config() -> Config {
    let timetable = Timetable::new(at(-60), at(0), at(120), Vec::new(), Timing::Timed);
    let requirement = Requirement::from_profile("small.toml", PROFILE).expect("a sound profile");
    let session = Session {
        id: "math".parse().expect("an id"),
        title: "Math".parse().expect("a title"),
        room: room(),
        timetable: timetable.expect("a timetable"),
        requirement: Some(Arc::new(requirement)),
        seats_expected: None,
        seats: Vec::new(),
    };
    let school = School {
        title: "Lincoln".parse().expect("a title"),
        rooms: vec![(room().room, "Room 101".parse().expect("a title"))],
        site: roomready_collector::domain::plan::Site::default(),
        access_points: BTreeMap::new(),
    };
    let draft = Draft {
        name: "Cedar Valley".parse().expect("a title"),
        time_zone: "UTC".to_owned(),
        during_test: DuringTest::Quiet,
        paces: Paces::default(),
        proctoring: roomready_collector::domain::proctor::Proctoring::default(),
        outside: None,
        requirement: None,
        schools: BTreeMap::from([(room().school, school)]),
        roster: Vec::new(),
        sessions: vec![session],
    };
    Config {
        district: Arc::new(District::new(draft).expect("a sound district")),
        zone: jiff::tz::TimeZone::UTC,
        set_up_in: None,
        notices: Arc::default(),
        advice: Arc::default(),
    }
}

pub(super) struct Collector {
    folder: PathBuf,
    clock: Arc<FakeClock>,
    store: Arc<SqliteStore>,
    fleet: Fleet,
    ingest: Ingest,
    judged: Arrival,
}

impl Collector {
    pub(super) async fn start(folder: PathBuf, now: Timestamp) -> Self {
        let clock = Arc::new(FakeClock::at(now));
        let store = Arc::new(SqliteStore::open(&folder).expect("a store"));
        let fleet = restore(config(), &*store, now).await.expect("a fleet");
        let ingest = Ingest::new(
            Arc::<SqliteStore>::clone(&store),
            fleet.clone(),
            Arc::<FakeClock>::clone(&clock),
        );
        Self {
            folder,
            clock,
            store,
            fleet,
            ingest,
            judged: Arrival::default(),
        }
    }

    /// Ends, and starts again on the same folder at the same moment.
    pub(super) async fn restarted(self) -> Self {
        self.store.close().await.expect("closed");
        let Self { folder, clock, .. } = self;
        Self::start(folder, clock.wall()).await
    }

    pub(super) async fn enrol(&self) -> DeviceId {
        let device = NewDevice::new(
            DeviceId::new(uuid::Uuid::from_u128(1)),
            "CART-01".parse().expect("a name"),
            Platform::Linux,
            None,
            SecretHash::from_bytes([1; 32]),
        );
        let by = Admission::Room(room());
        let enrolled = self
            .store
            .enrol(by, device, self.clock.wall())
            .await
            .expect("let in");
        let known = self.store.devices().await.expect("devices").remove(0);
        self.fleet.enrolled(known);
        enrolled.device
    }

    /// Time passes, with a tick of the watch each second.
    pub(super) async fn passes(&mut self, ms: u64) {
        let mut left = Duration::from_millis(ms);
        while !left.is_zero() {
            let step = left.min(Duration::from_secs(1));
            self.clock.pass(step);
            left -= step;
            let ticked = self.fleet.tick(watching::now(&*self.clock));
            if !ticked.entries.is_empty() || ticked.judged != self.judged {
                self.judged = ticked.judged;
                let written = self.store.append(ticked.entries, Some(ticked.judged)).await;
                written.expect("the record is written");
            }
        }
    }

    pub(super) async fn take(&self, device: DeviceId, report: Report) -> ReportReply {
        self.ingest.take(device, report).await.expect("a report is taken")
    }

    pub(super) fn assignment(&self, device: DeviceId) -> Assignment {
        let now = self.clock.wall();
        self.fleet.assignment(device, now).expect("an assignment")
    }

    pub(super) async fn news(&self) -> Vec<StoredNews> {
        self.store.news_after(Arrival::default()).await.expect("records")
    }
}
