//! A whole school comes back: 1,800 devices after half an hour without a network, all at once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use jiff::{SignedDuration, Timestamp};
use roomready_collector::clock::{Clock as _, FakeClock};
use roomready_collector::config::{Config, load_text};
use roomready_collector::fleet::restore;
use roomready_collector::ingest::Ingest;
use roomready_collector::secret::SecretHash;
use roomready_collector::store::sqlite::SqliteStore;
use roomready_collector::store::{Admission, Arrival, NewDevice, Store as _};
use roomready_collector::watching;
use roomready_shared::facts::{Facts, Outcome, Platform, Reach, Reading, Source, Via};
use roomready_shared::ids::{ClockEpoch, DeviceId, RoomRef, StreamId};
use roomready_shared::requirement::Requirement;
use roomready_shared::timetable::Phase;
use roomready_shared::units::ShortText;
use roomready_shared::wire::v1::{AppState, Live, News, NewsBody, Report};
use roomready_tests::binaries::workspace;
use roomready_tests::school::Record;
use tokio::time::Instant;
use uuid::Uuid;

const ROOMS: u16 = 60;
const SEATS: u16 = 30;
const DEVICES: u16 = ROOMS * SEATS;
const OUTAGE: SignedDuration = SignedDuration::from_mins(30);
/// Reports under way at once, as connections of one school have them.
const AT_ONCE: usize = 64;
/// The promise.
const BAR: Duration = Duration::from_secs(10);

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn room(number: u16) -> RoomRef {
    RoomRef {
        school: "lincoln-ms".parse().expect("an id"),
        room: format!("r{}", number / SEATS).parse().expect("an id"),
    }
}

fn config() -> Config {
    let mut text = "district = \"D\"\nzone = \"UTC\"\nprofile = \"p.toml\"\nsite = \"on-premises\"\n\
                    [[school]]\nid = \"lincoln-ms\"\nname = \"Lincoln\"\n"
        .to_owned();
    for room in 0..ROOMS {
        let _ = write!(
            text,
            "[[school.room]]\nid = \"r{room}\"\nname = \"Room {room}\"\n"
        );
    }
    for room in 0..ROOMS {
        let _ = write!(
            text,
            "[[session]]\nid = \"s{room}\"\nname = \"Math\"\nschool = \"lincoln-ms\"\nroom = \"r{room}\"\n\
             starts = \"2026-10-06 08:30\"\nends = \"2026-10-06 11:00\"\ntiming = \"timed\"\n"
        );
    }
    let path = workspace().join("configs/profiles/testnav-2026-27.toml");
    let profile = std::fs::read_to_string(path).expect("the profile");
    let requirement = Requirement::from_profile("p.toml", &profile).expect("a sound profile");
    let district = load_text("collector.toml", &text, &Arc::new(requirement)).expect("a sound district");
    Config {
        district: Arc::new(district),
        zone: jiff::tz::TimeZone::UTC,
        ..Config::built_in()
    }
}

/// One device of the school, with its outbox.
#[derive(Clone)]
struct Device {
    id: DeviceId,
    number: u16,
    next_seq: u64,
}

impl Device {
    fn report(&mut self, bodies: Vec<(Timestamp, NewsBody)>, start: Timestamp, now: Timestamp) -> Report {
        let epoch = ClockEpoch::new(Uuid::from_u128(u128::from(self.number) + 1));
        let mono =
            |at: Timestamp| u64::try_from(at.duration_since(start).as_millis()).unwrap_or(0) + 3_600_000;
        let first_seq = self.next_seq;
        let news: Vec<_> = (first_seq..)
            .zip(bodies)
            .map(|(seq, (at, body))| {
                News {
                    seq,
                    at,
                    mono_ms: mono(at),
                    epoch,
                    body,
                }
                .to_raw()
            })
            .collect();
        self.next_seq += news.len() as u64;
        Report {
            agent_version: ShortText::fit("0.1.0"),
            requirement_digest: None,
            live: Live {
                at: now,
                mono_ms: mono(now),
                epoch,
                phase: Phase::Testing,
                readiness: None,
                app: AppState::Running,
                charge: None,
                vendor: None,
                network: None,
                waiting: u32::try_from(news.len()).unwrap_or(u32::MAX),
                anchor: None,
            },
            stream: StreamId::new(Uuid::from_u128(u128::from(self.number) + 10_000)),
            first_seq,
            news,
            lost: Vec::new(),
            next_within_ms: 6_000,
        }
    }
}

fn ways(at: Timestamp, answers: bool) -> NewsBody {
    let latency = answers.then_some(roomready_shared::facts::Latency {
        median_us: 2_000,
        p95_us: 2_000,
        jitter_us: 0,
    });
    let reach = Reach::new(Via::Tcp, 1, u16::from(answers), 20, latency, None).expect("sound");
    let reading = Reading {
        outcome: Outcome::Measured(reach),
        source: Source::Agent,
        at,
    };
    let mut facts = Facts::none(Platform::Windows);
    facts.gateway = Some(reading.clone());
    facts.outside = Some(reading.clone());
    let host = "home.testnav.com:443".parse().expect("a host");
    facts.vendor.insert(host, reading);
    NewsBody::facts(facts)
}

/// What one device has to tell of half an hour: the way gone, the way back, five minutes packed six times, its battery
/// point by point, its test app closed and opened.
fn backlog(cut: Timestamp) -> Vec<(Timestamp, NewsBody)> {
    let at = |second: i64| cut + SignedDuration::from_secs(second);
    let mut news = vec![(at(20), ways(at(20), false))];
    for stretch in 0..6 {
        let (from, until) = (at(stretch * 300), at((stretch + 1) * 300));
        let reach = Reach::new(Via::Tcp, 5, 0, 300_000, None, None).expect("sound");
        news.push((
            until,
            NewsBody::Samples {
                from,
                until,
                vendor: Some(reach),
                battery: None,
            },
        ));
    }
    news.push((at(1_802), ways(at(1_802), true)));
    news.push((
        at(1_803),
        NewsBody::AppEnded {
            exit: roomready_shared::wire::v1::ExitKind::Normal,
        },
    ));
    news.push((at(1_804), NewsBody::AppStarted));
    news
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_an_hour_of_a_whole_school_is_replayed_within_ten_seconds_and_each_record_is_there_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = moment("2026-10-06T08:40:00Z");
    let clock = Arc::new(FakeClock::at(start));
    let store = Arc::new(SqliteStore::open(folder.path()).expect("a store"));
    let fleet = restore(config(), &*store, start).await.expect("a fleet");
    let devices: Vec<Device> = stream::iter(0..DEVICES)
        .map(|number| {
            let store = Arc::clone(&store);
            async move {
                let id = DeviceId::new(Uuid::from_u128(u128::from(number) + 1));
                let mut secret = [0; 32];
                secret[..2].copy_from_slice(&number.to_be_bytes());
                let device = NewDevice::new(
                    id,
                    format!("LAPTOP-{number}").parse().expect("a name"),
                    Platform::Windows,
                    None,
                    SecretHash::from_bytes(secret),
                );
                let enrolled = store.enrol(Admission::Room(room(number)), device, start).await;
                let id = enrolled.expect("let in").device;
                Device {
                    id,
                    number,
                    next_seq: 1,
                }
            }
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    for known in store.devices().await.expect("devices") {
        fleet.enrolled(known);
    }
    let ingest = Ingest::new(
        Arc::<SqliteStore>::clone(&store),
        fleet.clone(),
        Arc::<FakeClock>::clone(&clock),
    );
    let send = async |reports: Vec<(DeviceId, Report)>| {
        stream::iter(reports)
            .for_each_concurrent(AT_ONCE, |(id, report)| {
                let ingest = ingest.clone();
                async move {
                    let reply = ingest.take(id, report).await.expect("a report is taken");
                    assert!(reply.refused.is_empty(), "{reply:?}");
                }
            })
            .await;
    };
    let mut devices = devices;
    let well: Vec<_> = devices
        .iter_mut()
        .map(|device| {
            let news = vec![(start, NewsBody::AppStarted), (start, ways(start, true))];
            (device.id, device.report(news, start, start))
        })
        .collect();
    send(well).await;
    let tick = async |pass: Duration| {
        clock.pass(pass);
        let ticked = fleet.tick(watching::now(&*clock));
        store
            .append(ticked.entries, Some(ticked.judged))
            .await
            .expect("the record is written");
    };
    tick(Duration::from_secs(1)).await;
    let cut = clock.wall();
    for _ in 0..OUTAGE.as_secs() + 5 {
        tick(Duration::from_secs(1)).await;
    }

    let now = clock.wall();
    let back: Vec<_> = devices
        .iter_mut()
        .map(|device| (device.id, device.report(backlog(cut), start, now)))
        .collect();
    // Every tenth answer is lost on its way, so that the device sends everything again.
    let again: Vec<_> = back.iter().step_by(10).cloned().collect();
    let records: u64 = devices.iter().map(|device| device.next_seq - 1).sum();
    let began = Instant::now();
    send(back).await;
    send(again).await;
    tick(Duration::from_secs(1)).await;
    let took = began.elapsed();
    println!(
        "{DEVICES} devices replayed {} records of half an hour in {:.2} s, through the real way in and SQLite; promised: {} s",
        records - 2 * u64::from(DEVICES),
        took.as_secs_f64(),
        BAR.as_secs()
    );
    assert!(took < BAR, "{took:?}");

    let stored = store.news_after(Arrival::default()).await.map(|news| news.len());
    assert!(stored.is_ok_and(|stored| stored > 0));
    store.close().await.expect("closed");
    let record = Record::open(folder.path());
    let mut numbers: BTreeMap<StreamId, Vec<u64>> = BTreeMap::new();
    for stream in record.streams() {
        let seqs = record.news(stream).iter().map(|news| news.seq).collect();
        numbers.insert(stream, seqs);
    }
    assert_eq!(numbers.len(), usize::from(DEVICES));
    let whole: Vec<u64> = (1..=records / u64::from(DEVICES)).collect();
    for (stream, seqs) in numbers {
        assert_eq!(seqs, whole, "each record of {stream} once, in order");
    }
    let open = record.incidents();
    assert_eq!(open.len(), 1, "one cause, one incident: {}", open.len());
    assert_eq!(
        open[0].members.len(),
        usize::from(DEVICES),
        "though no line of the record holds them all"
    );
}
