//! A school's enrolment keys.

use jiff::Timestamp;
use roomready_shared::ids::SchoolId;

use super::{Names, Scene, address};
use crate::domain::entry::Actor;
use crate::domain::identity::{EnrolmentKey, KeyPlace, KeyRefused};
use crate::limits;
use crate::pages::view::{EmptyState, EnrollmentPage, KeyRow, KeyState, MadeKey, Step};

/// The page of a school's keys; none when there is no such school.
#[must_use]
pub fn enrollment(
    scene: &Scene<'_>,
    school: &SchoolId,
    keys: &[EnrolmentKey],
    names: &Names,
    by_file_only: bool,
) -> Option<EnrollmentPage> {
    let known = scene.district().schools().get(school)?;
    let trail = vec![scene.district_link(), scene.school_link(school)];
    let of_school = keys.iter().filter(|key| key.place.school() == school);
    Some(EnrollmentPage {
        frame: scene.frame("Let devices in", trail, &address::school_log(school), None),
        school: known.title.to_string(),
        address: address::enrollment(school),
        rooms: known
            .rooms
            .iter()
            .map(|(id, title)| (id.to_string(), title.to_string()))
            .collect(),
        made: None,
        keys: of_school.map(|key| row(scene, key, names)).collect(),
        by_file_only,
        uses: limits::ENROLMENT_KEY_USES,
        days: limits::ENROLMENT_KEY_DAYS,
        empty: EmptyState {
            headline: "No keys yet".to_owned(),
            meaning: "A device needs a key once, when it joins.".to_owned(),
            steps: vec![Step {
                words: "Make one above: for a cart, choose its room.".to_owned(),
                command: None,
            }],
        },
    })
}

/// What is shown once of a key that was made just now.
#[must_use]
pub fn made_key(scene: &Scene<'_>, key: &EnrolmentKey, command: String) -> MadeKey {
    MadeKey {
        place: place(scene, &key.place),
        uses: key.uses,
        ends: scene.time(key.ends),
        command,
    }
}

fn row(scene: &Scene<'_>, key: &EnrolmentKey, names: &Names) -> KeyRow {
    KeyRow {
        id: key.id().to_string(),
        place: place(scene, &key.place),
        used: format!("{} of {}", key.uses.saturating_sub(key.uses_left), key.uses),
        made_by: match &key.made_by {
            Actor::Console => "at the collector's computer".to_owned(),
            by => names
                .get(&by.to_string())
                .cloned()
                .unwrap_or_else(|| "somebody whose account is gone".to_owned()),
        },
        made_at: (key.made_at > Timestamp::UNIX_EPOCH).then(|| scene.time(key.made_at)),
        state: match key.lets_in(scene.now) {
            Err(KeyRefused::Revoked(at)) => KeyState::Revoked(scene.time(at)),
            Err(KeyRefused::Ended(at)) => KeyState::Ended(scene.time(at)),
            Err(KeyRefused::UsedUp | KeyRefused::Unknown) => KeyState::UsedUp,
            Ok(()) => KeyState::Works(scene.time(key.ends)),
        },
    }
}

fn place(scene: &Scene<'_>, place: &KeyPlace) -> String {
    match place {
        KeyPlace::School(_) => "the whole school".to_owned(),
        KeyPlace::Room(room) => scene.room_title(room),
    }
}
