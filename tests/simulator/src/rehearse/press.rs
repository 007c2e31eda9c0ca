//! What people press, taken as the collector's own pages take it: checked, written, told to the fleet.

use roomready_collector::domain::entry::Actor;
use roomready_collector::domain::people::{self, About, Deed, Machine, NoteText, Spot};
use roomready_shared::ids::ProctorId;

use super::district::{device_id, room_ref, school_id};
use super::scenario::{Press, Pressed};
use super::stage::Stage;

/// Whoever presses in a rehearsal.
const SOMEBODY: Actor = Actor::Proctor(ProctorId::new(uuid::Uuid::from_u128(1)));

impl Stage<'_> {
    pub(super) fn press(&mut self, press: &Press) {
        let about = press.room.map_or_else(
            || About::School(school_id()),
            |room| About::Room(room_ref(self.scenario, room)),
        );
        if let Err(why) = self.try_press(&about, press) {
            let at = super::compare::clock(&self.scenario.zone, self.collector.wall());
            self.troubles.push(format!("at {at}, a press was refused: {why}"));
        }
    }

    fn try_press(&mut self, about: &About, press: &Press) -> Result<(), String> {
        let now = self.collector.wall();
        let deed = self
            .deed(about, &press.what)
            .ok_or("there is nothing to press it for")?;
        let kept = press.pressed.map(|at| {
            self.presses += 1;
            people::Press {
                key: uuid::Uuid::from_u128(self.presses),
                at,
            }
        });
        let fleet = self.collector.fleet().ok_or("the collector is away")?;
        let session = fleet
            .read(|state| state.check_act(about, &deed, None, kept, now))
            .map_err(|not_now| not_now.to_string())?;
        let entry = deed.to_entry(about, session.as_ref(), SOMEBODY, now, kept);
        let _written = self.collector.acts(entry);
        Ok(())
    }

    fn deed(&self, about: &About, what: &Pressed) -> Option<Deed> {
        Some(match what {
            Pressed::Start => Deed::Started,
            Pressed::Break => Deed::BreakBegun,
            Pressed::BreakOver => Deed::BreakEnded,
            Pressed::End => Deed::Ended,
            Pressed::Hand => Deed::HandRaised,
            Pressed::Note(text) => Deed::Noted(text.parse::<NoteText>().ok()?),
            Pressed::Symptom(device, symptom) => Deed::Symptom {
                seat: self.spot(*device),
                symptom: symptom.clone(),
            },
            Pressed::SeatNeedsHelp(device) => Deed::SeatNeedsHelp {
                device: self.spot(*device),
            },
            Pressed::SeatHelped(device) => Deed::SeatHelped {
                device: self.spot(*device),
            },
            Pressed::SeatFinished(device) => Deed::SeatFinished {
                device: self.spot(*device),
            },
            Pressed::Swap { old, new } => Deed::Swapped {
                seat: self.scenario.devices[*old].seat.clone(),
                old: self.machine(*old),
                new: self.machine(*new),
            },
            Pressed::Released(device) => Deed::Released {
                device: self.machine(*device),
            },
            Pressed::Pause { from, until } => Deed::Paused {
                from: *from,
                until: *until,
            },
            Pressed::Resume { from } => Deed::Resumed { from: *from },
            Pressed::StillWorking(answer) => Deed::StillWorking(*answer),
            Pressed::OnMyWay => self.newest_open(about).map(Deed::Acknowledged)?,
            Pressed::Undo => {
                let lines = self.collector.entries_after(0);
                let of_people = lines.iter().rev().find(|entry| entry.entry.actor == SOMEBODY);
                Deed::Undone(of_people?.seq)
            }
        })
    }

    fn newest_open(&self, about: &About) -> Option<roomready_shared::ids::IncidentId> {
        let fleet = self.collector.fleet()?;
        fleet.read(|state| {
            let watch = state.watch(about.school())?;
            let open = match about {
                About::Room(room) => watch.open_in(&room.room),
                About::School(_) => watch
                    .incidents()
                    .values()
                    .filter(|incident| incident.is_open())
                    .collect(),
            };
            open.first().map(|incident| incident.id.clone())
        })
    }

    fn machine(&self, place: usize) -> Machine {
        let device = &self.scenario.devices[place];
        Machine {
            name: device.name.clone(),
            device: device.has_agent().then(|| device_id(place)),
        }
    }

    fn spot(&self, place: usize) -> Spot {
        Spot {
            seat: self.scenario.devices[place].seat.clone(),
            device: self.machine(place),
        }
    }
}
