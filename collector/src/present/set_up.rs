//! The pages of the first set-up.

use roomready_shared::ids::RoomRef;

use super::{Scene, Topic, address, room};
use crate::config::first::{Platform, Wrong, Zones};
use crate::pages::view::{
    Choice, Field, FieldKind, FirstKey, Frame, Link, SeatOrder, SetUpDevicePage, SetUpDistrictPage, Way,
};

/// What was written into the form about the district.
#[derive(Debug, Clone, Copy)]
pub struct DistrictWritten<'a> {
    /// The district's name.
    pub district: &'a str,
    /// The time zone's.
    pub zone: &'a str,
    /// The school's.
    pub school: &'a str,
    /// Rooms, one a line.
    pub rooms: &'a str,
    /// The platform's word.
    pub platform: &'a str,
}

/// The form for the district.
#[must_use]
pub fn set_up_district(
    scene: &Scene<'_>,
    zones: &Zones,
    written: &DistrictWritten<'_>,
    wrong: &[Wrong],
) -> SetUpDistrictPage {
    let wrong = |field: &str| {
        let told = wrong.iter().filter(|wrong| wrong.field == field);
        let told: Vec<_> = told.map(|wrong| wrong.sentence.as_str()).collect();
        (!told.is_empty()).then(|| told.join(" "))
    };
    let chosen_zone = match (written.zone, &zones.own) {
        ("", Some(own)) => vec![own.clone()],
        (written, _) => vec![written.to_owned()],
    };
    let zone = |(name, words): &(String, String)| Choice::new(name, words).chosen_in(&chosen_zone);
    let chosen_platform = match written.platform {
        "" => vec![Platform::TestNav.word().to_owned()],
        written => vec![written.to_owned()],
    };
    let platforms = Platform::ALL.map(|platform| Choice::new(platform.word(), platform.title()));
    let none = Choice::new("none", "Nothing yet").hinting("Devices report, and nothing is judged.");
    SetUpDistrictPage {
        frame: plain_frame(scene, "Your district"),
        way: Way { at: 2 },
        district: Field::new(FieldKind::Text, "district", "Name of the district")
            .holding(written.district)
            .wrong(wrong("district")),
        zones_near: zones.near.iter().map(zone).collect(),
        zones: zones.others.iter().map(zone).collect(),
        wrong_zone: wrong("zone"),
        school: Field::new(FieldKind::Text, "school", "First school")
            .holding(written.school)
            .hinting("The one where the first device stands.")
            .wrong(wrong("school")),
        rooms: Field::new(FieldKind::Lines, "rooms", "Its testing rooms, one a line")
            .holding(written.rooms)
            .hinting("A number or a name: 101, Library, Computer lab.")
            .wrong(wrong("rooms")),
        platforms: platforms
            .into_iter()
            .chain([none])
            .map(|choice| choice.chosen_in(&chosen_platform))
            .collect(),
        wrong_platform: wrong("platform"),
    }
}

/// A key that was just made for the first device.
#[derive(Debug, Clone)]
pub struct MadeKey {
    /// The key.
    pub key: String,
    /// How many devices it lets in.
    pub uses: u32,
    /// The line to paste.
    pub command: String,
    /// The line uses the file: devices must be given the collector's CA too.
    pub file_only: bool,
}

/// The first device's page; none when the district has no such room.
#[must_use]
pub fn set_up_device(
    scene: &Scene<'_>,
    of: &RoomRef,
    district_given: bool,
    key: Option<MadeKey>,
) -> Option<SetUpDevicePage> {
    let board = room::board(scene, of, SeatOrder::default())?;
    let stream = key.is_some().then(|| address::stream(&Topic::Room(of.clone())));
    Some(SetUpDevicePage {
        frame: Frame {
            stream,
            ..plain_frame(scene, "First device")
        },
        way: Way { at: 3 },
        district_given,
        room: scene.room_link(of),
        key: key.map(|made| FirstKey {
            key: made.key,
            uses: made.uses,
            command: made.command,
            file_only: made.file_only,
            tally: board.tally,
            seats: board.seats,
        }),
        make_url: "/set-up/device".to_owned(),
    })
}

fn plain_frame(scene: &Scene<'_>, title: &str) -> Frame {
    Frame {
        log: None,
        ..scene.frame(title, vec![Link::new("RoomReady", "/")], "/incidents", None)
    }
}
