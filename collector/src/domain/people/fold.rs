//! The acts of a room, and what they come to.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use roomready_shared::ids::{IncidentId, SessionId};

use super::rule::ON_THE_WAY_FOR;
use super::{Act, Deed};

/// Acts of a room kept in memory. A lively morning has thirty; the record keeps all.
pub const MOST_ACTS_A_ROOM: usize = 200;

/// The acts of a room, in the order of the record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoomActs(Vec<Act>);

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
}

/// Somebody is on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnTheWay<'a> {
    /// Because of which incident.
    pub incident: &'a IncidentId,
    /// What they said.
    pub act: &'a Act,
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

impl RoomActs {
    /// Takes an act. One that is known already changes nothing.
    pub fn take(&mut self, act: Act) {
        let place = self.0.partition_point(|known| known.seq < act.seq);
        if self.0.get(place).is_some_and(|known| known.seq == act.seq) {
            return;
        }
        self.0.insert(place, act);
        if self.0.len() > MOST_ACTS_A_ROOM {
            self.make_room();
        }
    }

    /// All acts that are kept, oldest first.
    #[must_use]
    pub fn all(&self) -> &[Act] {
        &self.0
    }

    /// One act by its number.
    #[must_use]
    pub fn get(&self, seq: u64) -> Option<&Act> {
        let place = self.0.binary_search_by_key(&seq, |act| act.seq).ok()?;
        self.0.get(place)
    }

    /// Acts of a sitting that hold: those that were not taken back, and not the taking back. Oldest first.
    pub fn standing<'a>(
        &'a self,
        session: Option<&'a SessionId>,
    ) -> impl DoubleEndedIterator<Item = &'a Act> {
        let undone = self.undone();
        self.0.iter().filter(move |act| {
            act.session.as_ref() == session
                && !undone.contains(&act.seq)
                && !matches!(act.deed, Deed::Undone(_))
        })
    }

    /// What they come to.
    #[must_use]
    pub fn now<'a>(&'a self, session: Option<&'a SessionId>, now: Timestamp) -> Now<'a> {
        let mut seen = Now {
            hand: None,
            on_the_way: Vec::new(),
            notes: Vec::new(),
            run: Run::NotStarted,
        };
        let mut latest = BTreeMap::new();
        for act in self.standing(session) {
            match &act.deed {
                // The first to raise it is the one who waits.
                Deed::HandRaised => seen.hand = seen.hand.or(Some(act)),
                Deed::HandLowered => seen.hand = None,
                Deed::Acknowledged(incident) => {
                    latest.insert((incident, &act.by), act);
                }
                Deed::Noted(_) => seen.notes.insert(0, act),
                Deed::Started => seen.run = Run::Goes(act),
                Deed::BreakBegun => seen.run = Run::OnBreak(act),
                Deed::BreakEnded if matches!(seen.run, Run::OnBreak(_)) => seen.run = Run::Goes(act),
                Deed::Ended => seen.run = Run::Over(act),
                Deed::BreakEnded | Deed::Undone(_) => {}
            }
        }
        let fresh = latest
            .into_iter()
            .filter(|(_, act)| now.duration_since(act.at) < ON_THE_WAY_FOR)
            .map(|((incident, _), act)| OnTheWay { incident, act });
        seen.on_the_way = fresh.collect();
        seen.on_the_way.sort_by_key(|way| std::cmp::Reverse(way.act.seq));
        seen
    }

    fn undone(&self) -> BTreeSet<u64> {
        let undone = self.0.iter().filter_map(|act| match act.deed {
            Deed::Undone(seq) => Some(seq),
            _ => None,
        });
        undone.collect()
    }

    /// The oldest act that nothing depends on makes room: a hand that is up stays up, however much is written.
    fn make_room(&mut self) {
        let sessions: BTreeSet<_> = self.0.iter().map(|act| act.session.clone()).collect();
        let mut needed = BTreeSet::new();
        for session in &sessions {
            let now = self.now(session.as_ref(), Timestamp::MIN);
            needed.extend(now.hand.map(|act| act.seq));
            needed.extend(match now.run {
                Run::NotStarted => None,
                Run::Goes(act) | Run::OnBreak(act) | Run::Over(act) => Some(act.seq),
            });
        }
        let oldest = self.0.iter().position(|act| !needed.contains(&act.seq));
        self.0.remove(oldest.unwrap_or(0));
    }
}
