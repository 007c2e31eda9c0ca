//! The acts of a room or of a school, and what they come to.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;
use roomready_shared::ids::{IncidentId, SessionId};
use serde::Serialize;
use uuid::Uuid;

use super::rule::{LEFT_ALONE_FOR, ON_THE_WAY_FOR};
use super::{Act, Deed, Machine, Spot, StillWorking};

/// Acts kept in memory of a room, or of a school as a whole. A lively morning has sixty; the record keeps all.
pub const MOST_ACTS_A_ROOM: usize = 400;
/// Keys of presses that are remembered of a room, longer than the acts themselves: a browser that was without a
/// network for the morning sends again what it does not know to have arrived.
pub const MOST_KEYS_A_ROOM: usize = 2_000;

/// The acts of a room, or of a school as a whole, in the order of the record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Acts {
    acts: Vec<Act>,
    keys: Keys,
}

/// Which presses have arrived, the oldest forgotten first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
struct Keys {
    known: BTreeSet<Uuid>,
    order: VecDeque<Uuid>,
}

/// What the acts of a room come to at a moment, for one sitting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Now<'a> {
    /// The raised hand, where one is up.
    pub hand: Option<&'a Act>,
    /// Who is on the way, newest first, at most one for each incident and person.
    pub on_the_way: Vec<OnTheWay<'a>>,
    /// Notes, newest first.
    pub notes: Vec<&'a Act>,
    /// Where the test stands, as people said.
    pub run: Run<'a>,
    /// Pauses that go on, oldest first.
    pub pauses: Vec<&'a Act>,
    /// Seats at which something is wrong, as people said, the one that waits longest first.
    pub troubles: Vec<Trouble<'a>>,
    /// What was said last of seats whose students have finished.
    pub finished: Vec<&'a Act>,
    /// Devices that were swapped in this sitting, oldest first.
    pub swaps: Vec<&'a Act>,
    /// Swaps, of whatever sitting, whose old device is still kept aside: it may hold answers.
    pub aside: Vec<&'a Act>,
    /// What was said last of whether students still work; a taken back answer is none.
    pub still: Option<(&'a Act, StillWorking)>,
}

/// Somebody is on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnTheWay<'a> {
    /// Because of which incident.
    pub incident: &'a IncidentId,
    /// What they said.
    pub act: &'a Act,
}

/// Something is wrong at a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble<'a> {
    /// Where.
    pub spot: &'a Spot,
    /// What was said last: a symptom, or that help is needed.
    pub act: &'a Act,
    /// What was said first of it.
    pub first: &'a Act,
}

/// Where a room's test stands, as people said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run<'a> {
    /// Nobody has said that it begins.
    NotStarted,
    /// It goes on since this was said.
    Goes(&'a Act),
    /// A break since this was said.
    OnBreak(&'a Act),
    /// Over since this was said.
    Over(&'a Act),
}

impl Keys {
    fn take(&mut self, key: Uuid) {
        if self.known.insert(key) {
            self.order.push_back(key);
        }
        if self.order.len() > MOST_KEYS_A_ROOM
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

impl Acts {
    /// Takes an act. One that is known already changes nothing.
    pub fn take(&mut self, act: Act) {
        let place = self.acts.partition_point(|known| known.seq < act.seq);
        if self.acts.get(place).is_some_and(|known| known.seq == act.seq) {
            return;
        }
        if let Some(press) = act.press {
            self.keys.take(press.key);
        }
        self.acts.insert(place, act);
        if self.acts.len() > MOST_ACTS_A_ROOM {
            self.make_room();
        }
    }

    /// All acts that are kept, oldest first.
    #[must_use]
    pub fn all(&self) -> &[Act] {
        &self.acts
    }

    /// One act by its number.
    #[must_use]
    pub fn get(&self, seq: u64) -> Option<&Act> {
        let place = self.acts.binary_search_by_key(&seq, |act| act.seq).ok()?;
        self.acts.get(place)
    }

    /// Whether the press with this key has arrived already.
    #[must_use]
    pub fn has_arrived(&self, key: Uuid) -> bool {
        self.keys.known.contains(&key)
    }

    /// Each time that somebody said to be on the way because of an incident, and did not take it back; in the order of
    /// the record.
    pub fn on_the_way(&self, incident: &IncidentId) -> impl Iterator<Item = Timestamp> {
        self.holding()
            .filter(move |act| matches!(&act.deed, Deed::Acknowledged(of) if of == incident))
            .map(Act::when)
    }

    /// What was said of devices that are left alone for the day, of whatever sitting, oldest first.
    pub fn left_alone(&self, now: Timestamp) -> impl Iterator<Item = (&Machine, &Act)> {
        self.holding().filter_map(move |act| match &act.deed {
            Deed::LeftAlone { device } if now.duration_since(act.when()) < LEFT_ALONE_FOR => {
                Some((device, act))
            }
            _ => None,
        })
    }

    /// Acts of a sitting that hold: those that were not taken back, and not the taking back. Oldest first.
    pub fn standing<'a>(
        &'a self,
        session: Option<&'a SessionId>,
    ) -> impl DoubleEndedIterator<Item = &'a Act> {
        self.holding().filter(move |act| act.session.as_ref() == session)
    }

    /// The same of whatever sitting.
    fn holding(&self) -> impl DoubleEndedIterator<Item = &Act> {
        let undone = self.undone();
        self.acts
            .iter()
            .filter(move |act| !undone.contains(&act.seq) && !matches!(act.deed, Deed::Undone(_)))
    }

    /// What they come to.
    #[must_use]
    pub fn now<'a>(&'a self, session: Option<&'a SessionId>, now: Timestamp) -> Now<'a> {
        let mut seen = Now {
            hand: None,
            on_the_way: Vec::new(),
            notes: Vec::new(),
            run: Run::NotStarted,
            pauses: Vec::new(),
            troubles: Vec::new(),
            finished: Vec::new(),
            swaps: Vec::new(),
            aside: self.aside(),
            still: None,
        };
        let mut latest = BTreeMap::new();
        for act in self.standing(session) {
            if let Deed::Acknowledged(incident) = &act.deed {
                latest.insert((incident, &act.by), act);
            }
            seen.take(act);
        }
        let fresh = latest
            .into_iter()
            .filter(|(_, act)| now.duration_since(act.when()) < ON_THE_WAY_FOR)
            .map(|((incident, _), act)| OnTheWay { incident, act });
        seen.on_the_way = fresh.collect();
        seen.on_the_way.sort_by_key(|way| std::cmp::Reverse(way.act.seq));
        seen
    }

    fn aside(&self) -> Vec<&Act> {
        let mut aside: Vec<&Act> = Vec::new();
        for act in self.holding() {
            match &act.deed {
                Deed::Swapped { old, .. } => {
                    aside.retain(|held| !held.deed.took_away(old));
                    aside.push(act);
                }
                Deed::Released { device } => aside.retain(|held| !held.deed.took_away(device)),
                _ => {}
            }
        }
        aside
    }

    fn undone(&self) -> BTreeSet<u64> {
        let undone = self.acts.iter().filter_map(|act| match act.deed {
            Deed::Undone(seq) => Some(seq),
            _ => None,
        });
        undone.collect()
    }

    /// The oldest act that nothing depends on makes room: a hand that is up stays up, and a device that is kept aside
    /// stays so, however much is written.
    fn make_room(&mut self) {
        let sessions: BTreeSet<_> = self.acts.iter().map(|act| act.session.clone()).collect();
        let mut needed = BTreeSet::new();
        for session in &sessions {
            let now = self.now(session.as_ref(), Timestamp::MIN);
            needed.extend(now.hand.map(|act| act.seq));
            for trouble in &now.troubles {
                needed.extend([trouble.act.seq, trouble.first.seq]);
            }
            needed.extend(now.aside.iter().map(|act| act.seq));
        }
        let held = |seq: u64| self.get(seq).is_some();
        let gives_way = |act: &Act| match act.deed {
            // Without it, what it took back would hold again.
            Deed::Undone(seq) => !held(seq),
            _ => !needed.contains(&act.seq),
        };
        let passing = self
            .acts
            .iter()
            .position(|act| gives_way(act) && !act.deed.is_lasting());
        let oldest = passing.or_else(|| self.acts.iter().position(gives_way));
        self.acts.remove(oldest.unwrap_or(0));
    }
}

impl<'a> Now<'a> {
    fn take(&mut self, act: &'a Act) {
        match &act.deed {
            // The first to raise it is the one who waits.
            Deed::HandRaised => self.hand = self.hand.or(Some(act)),
            Deed::HandLowered => self.hand = None,
            Deed::Noted(_) => self.notes.insert(0, act),
            Deed::Started => self.run = Run::Goes(act),
            Deed::BreakBegun => self.run = Run::OnBreak(act),
            Deed::BreakEnded if matches!(self.run, Run::OnBreak(_)) => self.run = Run::Goes(act),
            Deed::Ended => {
                self.run = Run::Over(act);
                self.pauses.clear();
            }
            Deed::Symptom { seat: spot, .. } | Deed::SeatNeedsHelp { device: spot } => {
                let first = self.settle(spot).map_or(act, |earlier| earlier.first);
                self.troubles.push(Trouble { spot, act, first });
                self.troubles
                    .sort_by_key(|trouble| (trouble.since(), trouble.act.seq));
            }
            Deed::SeatHelped { device } => drop(self.settle(device)),
            Deed::SeatFinished { device } => {
                self.settle(device);
                self.finished.push(act);
            }
            Deed::Swapped { seat, old, .. } => {
                self.settle(&Spot {
                    seat: seat.clone(),
                    device: old.clone(),
                });
                self.swaps.push(act);
            }
            Deed::Paused { until: None, .. } => self.pauses.push(act),
            Deed::Resumed { .. } => self.pauses.clear(),
            Deed::StillWorking(StillWorking::None) => self.still = None,
            Deed::StillWorking(answer) => self.still = Some((act, *answer)),
            Deed::BreakEnded
            | Deed::Acknowledged(_)
            | Deed::Paused { .. }
            | Deed::Released { .. }
            | Deed::LeftAlone { .. }
            | Deed::Undone(_) => {}
        }
    }

    /// What was said of a seat holds no longer; gives the trouble that stood there.
    fn settle(&mut self, spot: &Spot) -> Option<Trouble<'a>> {
        self.finished
            .retain(|act| !act.deed.spot().is_some_and(|held| held.device.is(&spot.device)));
        let place = self
            .troubles
            .iter()
            .position(|trouble| trouble.spot.device.is(&spot.device))?;
        Some(self.troubles.remove(place))
    }

    /// What is wrong with a device, as people said.
    #[must_use]
    pub fn trouble_with(&self, device: &Machine) -> Option<&Trouble<'a>> {
        self.troubles
            .iter()
            .find(|trouble| trouble.spot.device.is(device))
    }
}

impl Trouble<'_> {
    /// Since when something is said to be wrong there.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.first.when()
    }
}

impl Deed {
    /// Whether it is a swap that took this device away.
    fn took_away(&self, device: &Machine) -> bool {
        matches!(self, Self::Swapped { old, .. } if old.is(device))
    }
}
