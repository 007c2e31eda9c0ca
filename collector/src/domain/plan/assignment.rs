//! What a device is told: its room, what it must meet, when.

use roomready_shared::ids::{DeviceId, Title};
use roomready_shared::timetable::Phase;
use roomready_shared::units::{ShortText, Timestamp};
use roomready_shared::wire::v1::{Assignment, SITTING_HORIZON_HOURS, Sitting};
use sha2::{Digest, Sha256};

use super::{District, Home};

const MS_A_DAY: i64 = 24 * 60 * 60 * 1000;

/// Bytes of the digest that make a tag: enough that two assignments of one device never share one by chance.
const TAG_BYTES: usize = 12;

impl District {
    /// The assignment of a device, with the CA that it is to believe, with a tag drawn from what it says: the same words always have the same tag.
    #[must_use]
    pub fn assignment(&self, device: DeviceId, home: &Home, ca: Option<&str>, now: Timestamp) -> Assignment {
        let horizon = jiff::SignedDuration::from_hours(SITTING_HORIZON_HOURS);
        let mut sittings: Vec<_> = self
            .seatings(home)
            .filter(|seating| seating.phase_at(now) != Phase::Finished)
            .filter(|seating| seating.session.timetable.starts().duration_since(now) <= horizon)
            .map(|seating| Sitting {
                session: seating.session.id.clone(),
                timetable: seating.session.timetable.clone(),
                seat_ends: seating.ends,
            })
            .collect();
        sittings.sort_by(|a, b| (a.timetable.starts(), &a.session).cmp(&(b.timetable.starts(), &b.session)));
        let seating = self
            .seating_at(home, now)
            .filter(|(_, phase)| *phase != Phase::Finished);
        let (room, seat) = match seating {
            Some((seating, _)) => (seating.session.room.clone(), seating.seat.cloned()),
            None => (home.room.clone(), home.seat.clone()),
        };
        let room_title = self.room_title(&room).cloned().unwrap_or_else(|| {
            Title::parse(room.room.as_str()).expect("an id is shorter than a title and printable")
        });
        let mut assignment = Assignment {
            tag: ShortText::fit(""),
            device,
            room,
            room_title,
            seat,
            requirement: self
                .requirement_of(home, now)
                .map(|requirement| requirement.for_devices()),
            sittings,
            during_test: self.during_test,
            valid_until: valid_until(now),
            ca: ca.map(ToOwned::to_owned),
            outside: self.outside.clone(),
        };
        assignment.tag = tag(&assignment);
        assignment
    }
}

/// Whole days, so that the tag changes once a day and not with every question: a device that asks daily never
/// runs out, one without a network is good for the horizon at least.
fn valid_until(now: Timestamp) -> Timestamp {
    let day = now.as_millisecond().div_euclid(MS_A_DAY);
    let days = SITTING_HORIZON_HOURS / 24 + 1;
    Timestamp::from_millisecond((day + days) * MS_A_DAY).unwrap_or(Timestamp::MAX)
}

fn tag(assignment: &Assignment) -> ShortText {
    let text = serde_json::to_vec(assignment).expect("an assignment is made of texts and numbers");
    ShortText::fit(&hex::encode(&Sha256::digest(&text)[..TAG_BYTES]))
}
