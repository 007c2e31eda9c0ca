//! The fleet in memory: what every enrolled device last said, how it is judged, and the watch of each school.
//!
//! Rebuilt from the store at each start ([`restore`]); nothing here is the only copy of anything but liveness. One
//! lock guards it, held for computing only, never across a wait.

mod adopt;
mod advice;
mod answer;
mod checks;
mod device;
mod identity;
mod inbox;
mod notices;
mod outbox;
mod people;
mod restore;
#[cfg(test)]
mod tests;
mod tick;
mod told;
mod wrong;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use roomready_shared::ids::{DeviceId, DeviceName, IncidentId, RoomRef, SchoolId, StreamId};
use roomready_shared::timetable::Phase;
use roomready_shared::wire::v1::{News, NewsBody, Report};

pub use answer::Answer;
pub use checks::{Checks, assess};
pub use device::DeviceNow;
pub use identity::Heard;
use inbox::Inbox;
pub use people::{Called, Present};
pub use restore::{RESTORE_LOOKS_BACK, restore, restore_recorded};
pub use tick::Ticked;
pub use told::{IncidentLog, MOST_TOLD, Told};

use crate::config::Config;
use crate::domain::advice::Approvals;
use crate::domain::event_time::{DeviceClocks, EventTime};
use crate::domain::identity::Presence;
use crate::domain::plan::{District, Enrolled};
use crate::domain::standing::{Look, Standing, standing};
use crate::domain::watch::{self, Input, Looked, Now, Place, Recorded, WatchState};
use crate::store::{Accepted, AccessNow, Arrival, KnownDevice};

/// A handle on the fleet. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Fleet(Arc<Mutex<State>>);

/// All that is kept, for those who read it under [`Fleet::read`].
#[derive(Debug)]
pub struct State {
    config: Config,
    /// Each by itself, so that the tree in which each report looks for its device is small.
    devices: BTreeMap<DeviceId, Box<DeviceNow>>,
    by_name: HashMap<String, DeviceId>,
    by_home: HashMap<RoomRef, BTreeSet<DeviceId>>,
    logs: BTreeMap<SchoolId, IncidentLog>,
    watches: BTreeMap<SchoolId, WatchState>,
    /// Devices at another one's seat, with its phase, as of the last tick.
    stand_ins: BTreeMap<DeviceId, Phase>,
    inbox: Inbox,
    people: people::People,
    approvals: Approvals,
    notices: notices::Notices,
    handed: Arrival,
    /// For each report that is being stored: the latest arrival handed over when that began.
    storing: BTreeMap<u64, Arrival>,
    next_ticket: u64,
    /// Lines of a recording that wait for the next tick; none when nothing is recorded.
    recording: Option<Vec<Recorded>>,
    /// The CA that devices are told to believe.
    devices_ca: Option<Arc<str>>,
}

/// A report is being stored. While this lives, what may arrive with it counts as not judged yet.
#[derive(Debug)]
pub struct Storing {
    fleet: Fleet,
    ticket: u64,
}

impl Drop for Storing {
    fn drop(&mut self) {
        self.fleet.state().storing.remove(&self.ticket);
    }
}

impl Fleet {
    /// A fleet of these devices, nobody heard yet in this run.
    #[must_use]
    pub fn new(config: Config, devices: Vec<KnownDevice>, watches: BTreeMap<SchoolId, WatchState>) -> Self {
        let mut state = State {
            config,
            devices: BTreeMap::new(),
            by_name: HashMap::new(),
            by_home: HashMap::new(),
            logs: BTreeMap::new(),
            watches,
            stand_ins: BTreeMap::new(),
            inbox: Inbox::default(),
            people: people::People::default(),
            approvals: Approvals::default(),
            notices: notices::Notices::default(),
            handed: Arrival::default(),
            storing: BTreeMap::new(),
            next_ticket: 0,
            recording: None,
            devices_ca: None,
        };
        for device in devices {
            state.place(device);
        }
        Self(Arc::new(Mutex::new(state)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while judging ends the watch, and with it the process; until then pages may still be read.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads, without waiting for anything inside.
    pub fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state())
    }

    /// A device was let in, or let in again. Its watch hears of it at the next tick.
    pub fn enrolled(&self, device: KnownDevice) {
        let mut state = self.state();
        let id = device.id;
        let before = state.devices.get(&id).map(|device| device.home.clone());
        state.place(device);
        let Some(home) = state.devices.get(&id).map(|device| device.home.clone()) else {
            return;
        };
        if let Some(left) = before.filter(|before| before.room.school != home.room.school) {
            // The school that it left expects it nowhere, or it would soon miss it there.
            let mut place = Place::of(&state.config.district, &left);
            place.seatings.clear();
            state.hand_over(&left.room.school, Input::Device { device: id, place });
        }
        let place = Place::of(&state.config.district, &home);
        state.hand_over(&home.room.school, Input::Device { device: id, place });
    }

    /// Something became of a device's credential. Of two changes the later one holds, whichever is heard of first.
    pub fn access_changed(&self, now: AccessNow) {
        let mut state = self.state();
        if let Some(device) = state.devices.get_mut(&now.device)
            && device.access_change <= now.change
        {
            device.access = now.access;
            device.access_change = now.change;
            // Whoever spoke before spoke by what held before.
            device.presence = Presence::default();
        }
    }

    /// The collector looked outside by itself: the school's watch hears of it at the next tick.
    pub fn looked(&self, school: &SchoolId, looked: Looked) {
        self.state().hand_over(school, Input::Looked(looked));
    }

    /// Tells devices, with their assignment, whom to believe from now on.
    pub fn give_devices_ca(&self, bundle: Arc<str>) {
        let mut state = self.state();
        state.devices_ca = Some(bundle);
        for device in state.devices.values_mut() {
            device.tag = None;
        }
    }

    /// Call before a report is given to the store, and keep the result until [`Fleet::took`].
    #[must_use]
    pub fn storing(&self) -> Storing {
        let mut state = self.state();
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        let handed = state.handed;
        state.storing.insert(ticket, handed);
        Storing {
            fleet: self.clone(),
            ticket,
        }
    }

    /// The number that a device's stream wants next, where this run already knows.
    #[cfg(test)]
    pub(crate) fn next_wanted(&self, device: DeviceId, stream: StreamId) -> Option<u64> {
        self.read(|state| state.devices.get(&device)?.next_wanted(stream))
    }

    /// What its records are dated by: what is known of a device's clocks, and when the latest record of its stream
    /// happened.
    #[must_use]
    pub fn clocks(&self, device: DeviceId, stream: StreamId) -> (DeviceClocks, Option<EventTime>) {
        self.read(|state| match state.devices.get(&device) {
            Some(device) => (device.clocks.clone(), device.latest(stream)),
            None => (DeviceClocks::default(), None),
        })
    }

    /// A report was accepted and its news is durable: merges its facts, tells the watch.
    pub fn took(&self, device: DeviceId, report: &Report, accepted: &Accepted, received: Now) {
        let mut state = self.state();
        let district = Arc::clone(&state.config.district);
        let Some(known) = state.devices.get_mut(&device) else {
            return;
        };
        known.hear(report, received.wall);
        known.goes_on_at(report.stream, accepted);
        let fresh = || accepted.fresh.iter().map(|fresh| &fresh.dated);
        let learns = fresh().any(|dated| has_facts(&dated.news));
        if learns {
            for dated in fresh() {
                known.learn(&dated.news);
            }
            known.judge(&district, received.wall);
        }
        let tells = learns || known.wrong.clock_is_news(known.clocks.ahead_ms());
        let school = known.home.room.school.clone();
        if tells {
            state.tell_what_is_wrong(device, received.wall);
        }
        let mut input = watch::Report::new(
            device,
            received,
            &report.live,
            report.next_within_ms,
            report.stream,
            fresh(),
        );
        input.lost = !accepted.lost.is_empty();
        state.hand_over(&school, Input::Report(input));
        if let Some(last) = accepted.fresh.iter().map(|fresh| fresh.arrival).max() {
            state.handed = state.handed.max(last);
        }
    }
}

fn has_facts(news: &News) -> bool {
    matches!(news.body, NewsBody::Facts { .. })
}

impl State {
    /// Whom devices are told to believe, where they meet a certificate of the private CA.
    #[must_use]
    pub fn devices_ca(&self) -> Option<&str> {
        self.devices_ca.as_deref()
    }

    /// What the district told us.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Schools, rooms, roster, sittings.
    #[must_use]
    pub fn district(&self) -> &District {
        &self.config.district
    }

    /// One enrolled device.
    #[must_use]
    pub fn device(&self, id: DeviceId) -> Option<&DeviceNow> {
        self.devices.get(&id).map(Box::as_ref)
    }

    /// Every enrolled device.
    pub fn devices(&self) -> impl Iterator<Item = (DeviceId, &DeviceNow)> {
        self.devices.iter().map(|(id, device)| (*id, &**device))
    }

    /// Every device's credential.
    pub fn access(&self) -> impl Iterator<Item = AccessNow> {
        self.devices.iter().map(|(id, device)| AccessNow {
            device: *id,
            access: device.access,
            change: device.access_change,
        })
    }

    /// The enrolled device of this name, whatever the case of its letters.
    #[must_use]
    pub fn device_named(&self, name: &DeviceName) -> Option<(DeviceId, &DeviceNow)> {
        let id = self.by_name.get(&name_key(name))?;
        self.devices.get(id).map(|device| (*id, &**device))
    }

    /// Enrolled devices at home in a room.
    pub fn devices_at_home(&self, room: &RoomRef) -> impl Iterator<Item = (DeviceId, &DeviceNow)> {
        let here = self.by_home.get(room).into_iter().flatten();
        here.filter_map(|id| self.devices.get(id).map(|device| (*id, &**device)))
    }

    /// The incidents of a school.
    #[must_use]
    pub fn incidents(&self, school: &SchoolId) -> Option<&IncidentLog> {
        self.logs.get(school)
    }

    /// An incident that is kept in memory, with its school.
    #[must_use]
    pub fn incident(&self, id: &IncidentId) -> Option<(&SchoolId, &Told)> {
        self.logs
            .iter()
            .find_map(|(school, log)| log.get(id).map(|told| (school, told)))
    }

    /// The watch of a school.
    #[must_use]
    pub fn watch(&self, school: &SchoolId) -> Option<&WatchState> {
        self.watches.get(school)
    }

    /// What a board says of an enrolled device.
    #[must_use]
    pub fn standing(&self, id: DeviceId, device: &DeviceNow) -> Standing {
        let watched = self
            .watch(&device.home.room.school)
            .and_then(|watch| watch.device(id));
        standing(Look {
            watched: device.home.watched,
            sight: watched.map(watch::DeviceWatch::sight).unwrap_or_default(),
            fault: watched.and_then(watch::DeviceWatch::fault),
            judged: device.checks.as_ref().map(|checks| checks.judged),
            phase: watched
                .and_then(watch::DeviceWatch::current)
                .map(|seat| seat.phase),
            shared: device.access.shared_at.is_some(),
        })
    }

    /// Puts a device where it belongs; one that is known keeps what it said.
    fn place(&mut self, known: KnownDevice) {
        let home = self.config.district.home_of(Enrolled {
            name: &known.name,
            serial: known.serial.as_ref(),
            platform: known.platform,
            room: &known.room,
        });
        let id = known.id;
        let earlier = self.devices.remove(&id);
        if let Some(earlier) = &earlier {
            // Two rooms may each have a "CART-01": the other one's name stays.
            let name = name_key(&earlier.home.name);
            if self.by_name.get(&name) == Some(&id) {
                self.by_name.remove(&name);
            }
            if let Some(room) = self.by_home.get_mut(&earlier.home.room) {
                room.remove(&id);
            }
        }
        self.by_name.insert(name_key(&home.name), id);
        self.by_home.entry(home.room.clone()).or_default().insert(id);
        let device = DeviceNow::new(home, known, earlier.map(|earlier| *earlier));
        self.devices.insert(id, Box::new(device));
    }

    fn hand_over(&mut self, school: &SchoolId, input: Input) {
        // A device of a school that is no longer configured is answered, and watched by nobody.
        if self.watches.contains_key(school) {
            self.inbox.put(school, input);
        }
    }
}

/// How names are compared: the roster's spelling may differ in capitals.
fn name_key(name: &DeviceName) -> String {
    name.as_str().to_lowercase()
}
