//! The people and things of the stories.

use jiff::{SignedDuration, Timestamp};
use roomready_shared::facts::{Disk, Facts, Outcome, Platform, Reading, Source};
use roomready_shared::ids::{
    AccountId, BrowserSessionId, ClockEpoch, DeviceId, DeviceName, RoomRef, SchoolId, StreamId, Title,
};
use roomready_shared::timetable::Phase;
use roomready_shared::units::{Bytes, ShortText};
use roomready_shared::wire::v1::{AppState, Live, News, NewsBody, RawNews};
use uuid::Uuid;

use crate::access::{Role, Who};
use crate::domain::entry::{Actor, NewEntry};
use crate::domain::event_time::{Dated, DeviceClocks, EventTime};
use crate::domain::identity::{EnrolmentKey, KeyPlace};
use crate::secret::SecretHash;
use crate::store::{
    Account, Admission, Batch, BrowserSession, NewDevice, Offered, OneTimeLink, Opens, Store,
};

/// Minutes after eight in the morning of a test day.
pub(in crate::store) fn at(minute: i64) -> Timestamp {
    let eight: Timestamp = "2026-10-06T08:00:00Z".parse().unwrap();
    eight.checked_add(SignedDuration::from_mins(minute)).unwrap()
}

pub(in crate::store) fn hash(number: u32) -> SecretHash {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    SecretHash::from_bytes(bytes)
}

pub(in crate::store) fn school() -> SchoolId {
    SchoolId::parse("lincoln-ms").unwrap()
}

pub(in crate::store) fn room(name: &str) -> RoomRef {
    RoomRef {
        school: school(),
        room: name.parse().unwrap(),
    }
}

pub(in crate::store) fn stream(number: u128) -> StreamId {
    StreamId::new(Uuid::from_u128(0x5_0000 + number))
}

pub(in crate::store) fn account(number: u32, name: &str) -> Account {
    Account {
        id: AccountId::new(Uuid::from_u128(u128::from(0xa_0000 + number))),
        name: Title::parse(name).unwrap(),
        role: Role::Technician,
        schools: [school()].into(),
        password: None,
        second_factor: None,
        created_at: at(0),
        closed_at: None,
    }
}

pub(in crate::store) fn entry_about(account: &Account) -> NewEntry {
    NewEntry::account_created(at(0), Actor::Console, account.id, account.role, "lincoln-ms")
}

pub(in crate::store) fn sign_in_link(number: u32, account: &Account) -> OneTimeLink {
    OneTimeLink {
        token: hash(number),
        opens: Opens::SignIn(account.id),
        ends: at(60),
    }
}

/// A browser that signed in at minute 1, with a cookie of this number.
pub(in crate::store) fn session(number: u32, account: &Account) -> BrowserSession {
    BrowserSession {
        id: BrowserSessionId::new(Uuid::from_u128(u128::from(0xb_0000 + number))),
        cookie: hash(number),
        who: Who::Account(account.id),
        browser: ShortText::fit("Firefox"),
        begun_at: at(1),
        used_at: at(1),
        ends: at(720),
    }
}

pub(in crate::store) fn device(number: u32, platform: Platform) -> NewDevice {
    named(number, &format!("CART-{number:02}"), platform, None)
}

pub(in crate::store) fn named(
    number: u32,
    name: &str,
    platform: Platform,
    serial: Option<&str>,
) -> NewDevice {
    NewDevice::new(
        DeviceId::new(Uuid::from_u128(u128::from(0xd_0000 + number))),
        DeviceName::parse(name).unwrap(),
        platform,
        serial.map(ShortText::fit),
        hash(number),
    )
}

/// A key of room 101, good for an hour.
pub(in crate::store) fn key(uses: u32) -> EnrolmentKey {
    key_of(KeyPlace::Room(room("101")), uses)
}

pub(in crate::store) fn key_of(place: KeyPlace, uses: u32) -> EnrolmentKey {
    EnrolmentKey::new(hash(900), place, uses, at(60), at(-60), Actor::Console)
}

/// With the key of these stories; the roster does not know the device.
pub(in crate::store) fn by_key() -> Admission {
    Admission::Key {
        key: hash(900),
        roster: None,
    }
}

/// A laptop of room 101 that was let in.
pub(in crate::store) async fn enrolled(store: &dyn Store, number: u32) -> DeviceId {
    let admission = Admission::Room(room("101"));
    let device = device(number, Platform::Linux);
    store.enrol(admission, device, at(-60)).await.unwrap().device
}

pub(in crate::store) fn batch(device: DeviceId, stream: StreamId, first_seq: u64) -> Batch {
    Batch {
        device,
        stream,
        first_seq,
        news: Vec::new(),
        lost: Vec::new(),
        received_at: at(0),
        clocks: DeviceClocks::default(),
    }
}

/// A batch of app starts with these numbers.
pub(in crate::store) fn starts(
    device: DeviceId,
    stream: StreamId,
    seqs: std::ops::RangeInclusive<u64>,
) -> Batch {
    let mut batch = batch(device, stream, *seqs.start());
    batch.news = seqs.map(|seq| understood(app_started(seq))).collect();
    batch
}

fn news(seq: u64, body: NewsBody) -> News {
    News {
        seq,
        at: at(1),
        mono_ms: 1_000 * seq,
        epoch: ClockEpoch::new(Uuid::from_u128(0xe_0000)),
        body,
    }
}

pub(in crate::store) fn app_started(seq: u64) -> News {
    news(seq, NewsBody::AppStarted)
}

/// Free disk space, read at a minute.
pub(in crate::store) fn free_disk(seq: u64, gigabytes: u64, minute: i64) -> News {
    let mut facts = Facts::none(Platform::Linux);
    facts.disk = Some(Reading {
        outcome: Outcome::Measured(Disk {
            total: Bytes::from_mib(256 * 1024),
            free: Bytes::from_mib(gigabytes * 1024),
        }),
        source: Source::Agent,
        at: at(minute),
    });
    news(seq, NewsBody::facts(facts))
}

/// A record that is understood, at its own word.
pub(in crate::store) fn understood(news: News) -> Offered {
    let time = EventTime::measured(news.at, 7);
    Offered::Understood(Dated {
        news,
        time,
        ahead: false,
    })
}

/// A record of a kind that this program does not know.
pub(in crate::store) fn unreadable(seq: u64) -> Offered {
    let raw = RawNews {
        body: serde_json::json!({"kind": "from_the_future", "n": 1}),
        ..app_started(seq).to_raw()
    };
    let why = raw.understand().unwrap_err();
    Offered::NotUnderstood { raw, why }
}

/// The present state of a laptop whose clocks are right.
pub(in crate::store) fn live() -> Live {
    Live {
        at: at(4),
        mono_ms: 4_000,
        epoch: ClockEpoch::new(Uuid::from_u128(0xe_0000)),
        phase: Phase::Scheduled,
        readiness: None,
        app: AppState::Unknown,
        charge: None,
        vendor: None,
        network: None,
        waiting: 0,
        anchor: None,
    }
}
