//! The seats of a sitting with their numbers.

use std::collections::BTreeSet;

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, DeviceName, SeatLabel};

use super::{Past, Swap};
use crate::domain::incident::{Basis, Counted, Incident, Span};
use crate::domain::minutes::{Asked, OwnTime, SeatMinutes, seat_minutes};
use crate::domain::people::{Act, Deed, Machine};
use crate::domain::plan::{Session, Watched};

/// A device that the sitting expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// What people call it.
    pub name: DeviceName,
    /// Which enrolled device it is; none that was ever heard.
    pub device: Option<DeviceId>,
    /// Its seat.
    pub seat: Option<SeatLabel>,
    /// How it is watched. Sentinels are no seats: leave them out.
    pub watched: Watched,
    /// When its test ends.
    pub ends: Timestamp,
}

/// A seat of the sitting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatPast {
    /// Who sat there, as expected or as it came.
    pub who: Expected,
    /// Whether the sitting expected it.
    pub expected: bool,
    /// Its own testing time; none when it never began.
    pub own: Option<OwnTime>,
    /// Its numbers.
    pub count: SeatCount,
}

/// The numbers of a seat, or why there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatCount {
    /// Nothing of ours runs on it: it was not watched one by one, which is not the same as nothing happening.
    NotWatched,
    /// Its test never began.
    NotStarted,
    /// Counted.
    Minutes(SeatMinutes),
}

impl Past {
    /// Every seat that was expected, then those that came without; `called` names a device that nobody expected.
    #[must_use]
    pub fn seats(
        &self,
        session: &Session,
        expected: Vec<Expected>,
        called: impl Fn(DeviceId) -> Option<DeviceName>,
        now: Timestamp,
    ) -> Vec<SeatPast> {
        let listed: BTreeSet<_> = expected.iter().filter_map(|seat| seat.device).collect();
        let swaps = self.swaps();
        let unlisted = self
            .came(&swaps)
            .into_iter()
            .filter(|device| !listed.contains(device));
        let unlisted = unlisted.filter_map(|device| {
            let member = self
                .incidents
                .values()
                .find_map(|incident| incident.member(device));
            let swap = swaps.iter().rfind(|swap| swap.new.device == Some(device));
            let name = || match (member, swap) {
                (Some(member), _) => Some(member.name.clone()),
                (None, swap) => swap.map(|swap| swap.new.name.clone()),
            };
            Some(Expected {
                name: called(device).or_else(name)?,
                device: Some(device),
                seat: match swap {
                    Some(swap) => swap.seat.clone(),
                    None => member.and_then(|member| member.seat.clone()),
                },
                watched: Watched::ByAgent,
                ends: session.timetable.ends(),
            })
        });
        let unlisted: Vec<_> = unlisted.collect();
        let ground = Ground::of(self, session, now);
        let all = expected.into_iter().map(|seat| (seat, true));
        all.chain(unlisted.into_iter().map(|seat| (seat, false)))
            .map(|(who, expected)| ground.seat(who, expected))
            .collect()
    }

    /// Devices that took part in it, or were brought to a seat of it.
    fn came(&self, swaps: &[Swap]) -> BTreeSet<DeviceId> {
        let members = self.incidents.values().flat_map(|incident| &incident.members);
        let members = members.filter(|member| member.session == self.session);
        members
            .map(|member| member.device)
            .chain(self.seats.keys().copied())
            .chain(swaps.iter().filter_map(|swap| swap.new.device))
            .collect()
    }
}

fn machine(who: &Expected, device: DeviceId) -> Machine {
    Machine {
        name: who.name.clone(),
        device: Some(device),
    }
}

/// What holds for every seat of the sitting.
struct Ground<'a> {
    past: &'a Past,
    session: &'a Session,
    now: Timestamp,
    started: Option<Timestamp>,
    /// When the first student began, or Start was pressed.
    begun: Option<Timestamp>,
    over: Option<Timestamp>,
    off: Vec<(Timestamp, Timestamp)>,
    answers: Vec<super::Answer>,
    deeds: Vec<&'a Act>,
}

impl<'a> Ground<'a> {
    fn of(past: &'a Past, session: &'a Session, now: Timestamp) -> Self {
        let (started, over) = past.pressed();
        let starts = past.seats.values().flatten();
        let starts = starts.filter(|(_, began)| *began).map(|(at, _)| *at);
        let planned = session.timetable.pauses();
        let planned = planned.iter().map(|pause| (pause.from, pause.until));
        let told = past.pauses(session).into_iter();
        let told = told.map(|(stretch, _)| (stretch.from, stretch.until.unwrap_or(now)));
        Self {
            past,
            session,
            now,
            started,
            begun: starts.chain(started).min(),
            over,
            off: planned.chain(told).collect(),
            answers: past.answers(),
            deeds: past.acts.standing(Some(&past.session)).collect(),
        }
    }

    fn seat(&self, mut who: Expected, expected: bool) -> SeatPast {
        if let Some(of) = who.device.and_then(|device| self.brought_to(&who, device)) {
            who.ends = self.ends_for(&of);
        }
        let own = self.own(&who);
        let count = match (who.watched, own) {
            (Watched::NotOneByOne, _) => SeatCount::NotWatched,
            (_, None) => SeatCount::NotStarted,
            (_, Some(own)) => SeatCount::Minutes(seat_minutes(&Asked {
                own,
                off: &self.off,
                spans: &self.spans(&who),
                blind: &self.past.blind,
                answers: &self.answers,
                now: self.now,
            })),
        };
        SeatPast {
            who,
            expected,
            own,
            count,
        }
    }

    /// Of every incident, also one that the device came into in another sitting: its own time says which part is of
    /// this one. What proved to be part of another incident is told in that one, where what became known of it is kept.
    fn spans(&self, who: &Expected) -> Vec<Span> {
        let Some(device) = who.device else {
            return Vec::new();
        };
        let all = self.past.incidents.values();
        let of = all
            .filter(|incident| incident.part_of().is_none())
            .filter_map(|incident: &Incident| incident.spans.get(&device));
        of.flatten()
            .copied()
            .chain(self.until_it_went_on(who, device))
            .collect()
    }

    /// From the swap until the test app was opened on the device that was brought, its student waited; where it never
    /// was, until the end.
    fn until_it_went_on(&self, who: &Expected, device: DeviceId) -> Option<Span> {
        let from = self.brought(who, device)?;
        let mut notes = self.notes(device).iter();
        let mut before = notes.clone().filter(|(at, _)| *at <= from);
        if before.next_back().is_some_and(|(_, began)| *began) {
            return None;
        }
        Some(Span {
            from,
            until: notes.find(|(at, began)| *began && *at > from).map(|(at, _)| *at),
            counted: Counted::Stopped,
            basis: Basis::Stated,
            plus_minus_ms: 0,
        })
    }

    /// When it was brought to a seat in place of another device, while students tested. One that was brought before is
    /// a seat like any other.
    fn brought(&self, who: &Expected, device: DeviceId) -> Option<Timestamp> {
        let machine = machine(who, device);
        let mut swaps = self.deeds.iter().filter_map(|act| match &act.deed {
            Deed::Swapped { new, .. } if new.is(&machine) => Some(act.when()),
            _ => None,
        });
        swaps.find(|at| self.begun.is_some_and(|begun| begun <= *at))
    }

    /// When it was taken away from its seat, and not brought to another one afterwards.
    fn taken_away(&self, machine: &Machine) -> Option<Timestamp> {
        let last = self.deeds.iter().rev().find_map(|act| match &act.deed {
            Deed::Swapped { new, .. } if new.is(machine) => Some(None),
            Deed::Swapped { old, .. } if old.is(machine) => Some(Some(act.when())),
            _ => None,
        });
        last.flatten()
    }

    /// By the plan whose seat it is that it was brought to last: where devices were swapped one after the other, that
    /// of the first.
    fn brought_to(&self, who: &Expected, device: DeviceId) -> Option<Machine> {
        let mut at = machine(who, device);
        let mut seat = None;
        for act in self.deeds.iter().rev() {
            if let Deed::Swapped { old, new, .. } = &act.deed
                && new.is(&at)
            {
                at = old.clone();
                seat = Some(old.clone());
            }
        }
        seat
    }

    /// When the test ends at the seat of a device, by the plan.
    fn ends_for(&self, of: &Machine) -> Timestamp {
        let mut own = self.session.own_ends();
        let own = own.find(|(tag, _)| *tag == of.key()).map(|(_, ends)| ends);
        own.unwrap_or(self.session.timetable.ends())
    }

    fn notes(&self, device: DeviceId) -> &[(Timestamp, bool)] {
        self.past
            .seats
            .get(&device)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    fn first_start(&self, device: DeviceId) -> Option<Timestamp> {
        let notes = self.notes(device).iter();
        notes.filter(|(_, began)| *began).map(|(at, _)| *at).next()
    }

    fn own(&self, who: &Expected) -> Option<OwnTime> {
        let device = who.device?;
        let notes = self.notes(device);
        let machine = machine(who, device);
        let brought = self.brought(who, device);
        let first = self.first_start(device);
        let affected = self.past.incidents.values().any(|incident| {
            let member = incident.member(device);
            member.is_some_and(|member| member.session == self.past.session)
        });
        // Start was pressed for those who were there, not for a device that was fetched afterwards.
        let pressed = self
            .started
            .filter(|_| brought.is_none() && (first.is_some() || affected));
        let from = [first, pressed, brought].into_iter().flatten().min()?;
        let from = from.max(self.session.timetable.starts());
        let last_start = notes.iter().rfind(|(_, began)| *began).map(|(at, _)| *at);
        let closed = notes.last().filter(|(_, began)| !began).map(|(at, _)| *at);
        // What was at another seat before it was brought here says nothing of this one.
        let closed = closed.filter(|at| brought.is_none_or(|brought| *at > brought));
        let said = self.deeds.iter().rev().find_map(|act| match &act.deed {
            Deed::SeatFinished { device } if device.device.is(&machine) => Some(act.when()),
            _ => None,
        });
        let said = said.filter(|said| last_start.is_none_or(|start| *said > start));
        // Whoever has more time goes on when the room as a whole is over.
        let over = self.over.filter(|_| who.ends <= self.session.timetable.ends());
        let until = [closed, said, over, self.taken_away(&machine)]
            .into_iter()
            .flatten()
            .fold(who.ends, Timestamp::min);
        (from < until).then_some(OwnTime { from, until })
    }
}
