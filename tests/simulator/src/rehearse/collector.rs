//! The collector of a rehearsal: its own ways in, its own watch, over the store in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::FutureExt as _;
use jiff::SignedDuration;
use roomready_agent::ports::Fetched;
use roomready_agent::uplink::Trouble;
use roomready_collector::clock::{Clock, Mono};
use roomready_collector::config::Config;
use roomready_collector::domain::entry::Entry;
use roomready_collector::domain::incident::Note;
use roomready_collector::domain::watch::{Looked, Recorded};
use roomready_collector::fleet::{Fleet, restore, restore_recorded};
use roomready_collector::ingest::{Ingest, NotTaken};
use roomready_collector::secret::SecretHash;
use roomready_collector::store::memory::MemoryStore;
use roomready_collector::store::{Admission, EntryQuery, MOST_ENTRIES_A_PAGE, NewDevice, Page, Store};
use roomready_collector::watching;
use roomready_shared::facts::Platform;
use roomready_shared::ids::{DeviceId, DeviceName, RoomRef};
use roomready_shared::units::Timestamp;
use roomready_shared::wire::v1::{Report, ReportReply};

/// The collector's clocks: they show what the loop last said.
#[derive(Debug)]
struct Clocks {
    begins: Timestamp,
    shown: Mutex<Shown>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Shown {
    t: u64,
    /// When the running process began.
    started: u64,
    ahead_ms: i64,
}

impl Clocks {
    fn shown(&self) -> Shown {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Shown)) {
        change(&mut self.shown.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Clock for Clocks {
    fn wall(&self) -> Timestamp {
        let shown = self.shown();
        let since = i64::try_from(shown.t)
            .unwrap_or(i64::MAX)
            .saturating_add(shown.ahead_ms);
        self.begins
            .saturating_add(SignedDuration::from_millis(since))
            .unwrap_or(Timestamp::MAX)
    }

    fn mono(&self) -> Mono {
        let shown = self.shown();
        Mono::after_start(Duration::from_millis(shown.t.saturating_sub(shown.started)))
    }
}

struct Running {
    fleet: Fleet,
    ingest: Ingest,
}

/// The collector.
pub struct Collector {
    store: Arc<MemoryStore>,
    clocks: Arc<Clocks>,
    running: Option<Running>,
    /// Lines of the recording, where one is kept.
    recorded: Option<Vec<Recorded>>,
}

impl Collector {
    /// One that was set up and knows these devices, and does not run yet.
    #[must_use]
    pub fn set_up(begins: Timestamp, devices: &[(DeviceId, DeviceName, Platform, RoomRef)]) -> Self {
        let store = Arc::new(MemoryStore::new(uuid::Uuid::nil()));
        for (number, (id, name, platform, room)) in devices.iter().enumerate() {
            let mut credential = [0_u8; 32];
            credential[..8].copy_from_slice(&u64::try_from(number).unwrap_or(0).to_be_bytes());
            let device = NewDevice::new(
                *id,
                name.clone(),
                *platform,
                None,
                SecretHash::from_bytes(credential),
            );
            at_once(store.enrol(Admission::Room(room.clone()), device, begins))
                .expect("a device of the scenario is enrolled");
        }
        Self {
            store,
            clocks: Arc::new(Clocks {
                begins,
                shown: Mutex::default(),
            }),
            running: None,
            recorded: None,
        }
    }

    /// From its next start on, what its watches are given and write is kept.
    pub fn record(&mut self) {
        self.recorded = Some(Vec::new());
    }

    /// What was kept.
    #[must_use]
    pub fn recorded(&mut self) -> Vec<Recorded> {
        self.recorded.take().unwrap_or_default()
    }

    /// Whether it runs.
    #[must_use]
    pub const fn runs(&self) -> bool {
        self.running.is_some()
    }

    /// It is this time.
    pub fn show(&self, t: u64) {
        self.clocks.change(|shown| shown.t = t);
    }

    /// Its clock is set.
    pub fn set_clock(&self, ahead_ms: i64) {
        self.clocks.change(|shown| shown.ahead_ms = ahead_ms);
    }

    /// Starts it, on what its store holds.
    pub fn start(&mut self, config: Config) {
        if self.runs() {
            return;
        }
        self.clocks.change(|shown| shown.started = shown.t);
        let now = self.clocks.wall();
        let restored = match &self.recorded {
            Some(_) => at_once(restore_recorded(config, &*self.store, now)),
            None => at_once(restore(config, &*self.store, now)),
        };
        let fleet = restored.expect("the store in memory tells");
        let ingest = Ingest::new(
            Arc::clone(&self.store) as _,
            fleet.clone(),
            Arc::clone(&self.clocks) as _,
        );
        self.running = Some(Running { fleet, ingest });
    }

    /// Kills it: what was not durable is gone.
    pub fn kill(&mut self) {
        self.running = None;
    }

    /// The district's plan is another one from now on.
    pub fn adopt(&self, config: Config) {
        if let Some(running) = &self.running {
            let known = at_once(self.store.devices()).expect("the store in memory tells");
            running.fleet.adopt(config, known, self.clocks.wall());
        }
    }

    /// It looks outside by itself.
    pub fn looks(&self, vendor: bool, outside: bool) {
        if let Some(running) = &self.running {
            let looked = Looked {
                vendor: Some(vendor),
                outside: Some(outside),
            };
            running.fleet.looked(&super::district::school_id(), looked);
        }
    }

    /// One second of its watch.
    pub fn tick(&mut self) {
        let Some(running) = &self.running else {
            return;
        };
        let ticked = running.fleet.tick(watching::now(&*self.clocks));
        if let Some(recorded) = &mut self.recorded {
            recorded.extend(ticked.recorded);
        }
        at_once(self.store.append(ticked.entries, Some(ticked.judged))).expect("memory is never full");
        at_once(self.store.mark_alive(self.clocks.wall())).expect("memory is never full");
    }

    /// A report arrives; none when nobody is there.
    #[must_use]
    pub fn take(&self, device: DeviceId, report: &mut Report) -> Option<Result<ReportReply, Trouble>> {
        let running = self.running.as_ref()?;
        Some(at_once(running.ingest.take_here(device, report)).map_err(|refused| as_heard(&refused)))
    }

    /// A device asks for its assignment.
    ///
    /// # Errors
    /// When it gets none.
    pub fn assignment(&self, device: DeviceId, held: Option<&str>) -> Result<Fetched, Trouble> {
        let unreachable = || Trouble::Unreachable {
            why: "connection refused".to_owned(),
        };
        let running = self.running.as_ref().ok_or_else(unreachable)?;
        running
            .ingest
            .may_ask(device)
            .map_err(|refused| as_heard(&refused))?;
        let assignment = running
            .fleet
            .assignment(device, self.clocks.wall())
            .ok_or_else(|| as_heard(&NotTaken::NotEnrolled(device)))?;
        Ok(if held == Some(assignment.tag.as_str()) {
            Fetched::Unchanged
        } else {
            Fetched::New(Box::new(assignment))
        })
    }

    /// The fleet of the running process.
    #[must_use]
    pub fn fleet(&self) -> Option<&Fleet> {
        self.running.as_ref().map(|running| &running.fleet)
    }

    /// Lines of the record after a number.
    #[must_use]
    pub fn entries_after(&self, after: u64) -> Vec<Entry> {
        let mut all = Vec::new();
        let mut page = Page::After(after);
        loop {
            let query = EntryQuery {
                page,
                limit: MOST_ENTRIES_A_PAGE,
                ..EntryQuery::default()
            };
            let entries = at_once(self.store.entries(query)).expect("the store in memory tells");
            let Some(last) = entries.last() else {
                return all;
            };
            page = Page::After(last.seq);
            all.extend(entries);
        }
    }

    /// What the watch wrote, in order.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        let entries = self.entries_after(0);
        let notes = entries.iter().filter_map(|entry| Note::of_entry(&entry.entry));
        notes.filter_map(Result::ok).collect()
    }

    /// A person's line of the record, made durable and told to the fleet.
    pub fn acts(&self, entry: roomready_collector::domain::entry::NewEntry) -> Option<Entry> {
        let running = self.running.as_ref()?;
        let entry = at_once(self.store.append(vec![entry], None))
            .expect("memory is never full")
            .pop()?;
        let name = roomready_shared::ids::Title::parse("Pat Proctor").expect("a name");
        let called =
            roomready_collector::fleet::Called::of(name, roomready_collector::access::Role::Technician);
        running.fleet.acted(&entry, called);
        Some(entry)
    }

    /// What time it shows.
    #[must_use]
    pub fn wall(&self) -> Timestamp {
        self.clocks.wall()
    }

    /// When each device's latest record was stored, by id; for messages.
    #[must_use]
    pub fn heard(&self) -> BTreeMap<DeviceId, Option<Timestamp>> {
        self.running.as_ref().map_or_else(BTreeMap::new, |running| {
            running
                .fleet
                .read(|state| state.devices().map(|(id, device)| (id, device.heard)).collect())
        })
    }
}

/// What a device makes of a refusal, as its uplink would read it from the wire.
fn as_heard(refused: &NotTaken) -> Trouble {
    let why = refused.to_string();
    match refused {
        NotTaken::TooFast { retry_after_ms } => Trouble::Busy {
            retry_after_ms: Some(u64::from(*retry_after_ms)),
            why,
        },
        NotTaken::TooLarge(_) => Trouble::TooLarge,
        NotTaken::Malformed(_) => Trouble::Refused { status: 400, why },
        NotTaken::NotEnrolled(_) => Trouble::NotEnrolled { why },
        NotTaken::Store(_) | NotTaken::Interrupted => Trouble::Busy {
            retry_after_ms: None,
            why,
        },
    }
}

/// The store in memory answers at once, and so does everything that waits for nothing else.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("nothing waits in a rehearsal")
}
