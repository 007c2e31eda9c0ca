//! The simulated district as a collector's configuration file: the demo goes the way every district goes.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use roomready_shared::units::Timestamp;

use super::{DISTRICT, Reader, SCHOOLS, SESSIONS, devices};

/// The zone that the demo's times are written in: the system's where it is known by name and no time of the demo is
/// skipped or repeated there today, UTC otherwise.
#[must_use]
pub fn usable_zone(system: TimeZone, now: Timestamp) -> TimeZone {
    let known = system.iana_name().is_some_and(|name| TimeZone::get(name).is_ok()) && !system.is_unknown();
    let read_back = |at: Timestamp| {
        let local = at.to_zoned(system.clone()).datetime();
        let ambiguous = system.to_ambiguous_timestamp(local);
        !ambiguous.is_ambiguous()
    };
    let plain = SESSIONS
        .iter()
        .flat_map(|session| [session.starts_min, session.ends_min])
        .all(|minutes| read_back(now + jiff::SignedDuration::from_mins(minutes)));
    if known && plain { system } else { TimeZone::UTC }
}

/// A host that nobody can reach: what the simulated devices read of it is the script's to say.
const OUTSIDE: &str = "www.cedar-valley.example:443";

/// Name of the file with the access points, beside the configuration.
pub const ACCESS_POINTS_FILE: &str = "access-points.csv";

/// `collector.toml` for a demo that starts now, with times of day in `zone`. `profile` is the file that the sessions
/// are judged by, relative to the configuration.
#[must_use]
pub fn config_text(now: Timestamp, zone: &TimeZone, profile: &str) -> String {
    let zone_name = zone.iana_name().unwrap_or("UTC");
    let mut text = format!(
        "# Written by the demo for the moment it was started.\n\
         district = \"{DISTRICT}\"\nzone = \"{zone_name}\"\nprofile = \"{profile}\"\n\
         access_points = \"{ACCESS_POINTS_FILE}\"\n"
    );
    schools(&mut text);
    roster(&mut text);
    let local = |minutes: i64| {
        let moment = now + jiff::SignedDuration::from_mins(minutes);
        moment
            .to_zoned(zone.clone())
            .strftime("%Y-%m-%d %H:%M:%S")
            .to_string()
    };
    let _ = write!(text, "\n[network]\noutside = \"{OUTSIDE}\"\n");
    for session in SESSIONS {
        let _ = write!(
            text,
            "\n[[session]]\nid = \"{}\"\nname = \"{}\"\nschool = \"{}\"\nroom = \"{}\"\nstarts = \"{}\"\nends = \"{}\"\n\
             timing = \"timed\"\n",
            session.id,
            session.name,
            session.school,
            session.room,
            local(session.starts_min),
            local(session.ends_min)
        );
    }
    text
}

fn schools(text: &mut String) {
    for school in SCHOOLS {
        let _ = write!(
            text,
            "\n[[school]]\nid = \"{}\"\nname = \"{}\"\nsite = \"on-premises\"\n",
            school.id, school.name
        );
        for (id, name) in school.rooms {
            let _ = write!(
                text,
                "\n  [[school.room]]\n  id = \"{id}\"\n  name = \"{name}\"\n"
            );
        }
    }
}

fn roster(text: &mut String) {
    for device in devices() {
        let _ = write!(
            text,
            "\n[[device]]\nname = \"{}\"\nplatform = \"{}\"\nschool = \"{}\"\nroom = \"{}\"\n",
            device.name,
            device.platform.word(),
            device.school,
            device.room
        );
        if let Some(seat) = device.seat {
            let _ = writeln!(text, "seat = \"{seat}\"");
        }
        if matches!(device.reader, Reader::Sentinel(_)) {
            text.push_str("sentinel = true\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use roomready_collector::config::load;
    use roomready_shared::ids::SessionId;
    use roomready_shared::timetable::Phase;

    #[test]
    fn the_collector_accepts_the_demo_and_two_rooms_are_testing_when_it_starts() {
        let folder = tempfile::tempdir().unwrap();
        let profile = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../configs/profiles/testnav-2026-27.toml"
        );
        std::fs::copy(profile, folder.path().join("profile.toml")).unwrap();
        let now: Timestamp = "2026-10-06T13:40:31Z".parse().unwrap();
        let zone = usable_zone(TimeZone::get("America/Chicago").unwrap(), now);
        std::fs::write(
            folder.path().join(ACCESS_POINTS_FILE),
            crate::school::ACCESS_POINTS,
        )
        .unwrap();
        let path = folder.path().join("collector.toml");
        std::fs::write(&path, config_text(now, &zone, "profile.toml")).unwrap();

        let district = load(&path).unwrap_or_else(|bad| panic!("{bad}")).district;
        assert_eq!(district.roster().len(), devices().len());
        let phase = |id| district.sessions()[&SessionId::parse(id).unwrap()].phase_at(now);
        assert_eq!(
            ["math-7", "ela-8", "algebra", "biology"].map(phase),
            [Phase::Testing, Phase::Testing, Phase::Sweep, Phase::Scheduled]
        );
    }

    #[test]
    fn a_time_that_today_comes_twice_is_not_written_as_a_local_one() {
        let chicago = TimeZone::get("America/Chicago").unwrap();
        let fall_back: Timestamp = "2026-11-01T05:50:00Z".parse().unwrap();
        assert_eq!(usable_zone(chicago.clone(), fall_back), TimeZone::UTC);
        let day_after: Timestamp = "2026-11-02T05:50:00Z".parse().unwrap();
        assert_eq!(usable_zone(chicago.clone(), day_after), chicago);
    }

    #[test]
    fn a_system_that_does_not_know_its_zone_gets_utc() {
        let now: Timestamp = "2026-10-06T13:40:00Z".parse().unwrap();
        for nameless in [TimeZone::unknown(), TimeZone::fixed(jiff::tz::offset(-5))] {
            assert_eq!(usable_zone(nameless, now), TimeZone::UTC);
        }
    }
}
