//! What happens in the demo, and when: plain data, repeated so that whoever opens the page later sees it too.

use crate::school::{Device, Reader, devices};

/// What happens to one simulated device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// Its test app crashes.
    AppCrashes,
    /// Its test app is opened, for the first time or again.
    AppOpens,
    /// Its reports no longer arrive; nothing else on it changes.
    GoesSilent,
    /// Its reports arrive again.
    ComesBack,
    /// Its own network is gone: nobody is reached.
    NetworkDown,
    /// Its own network is there again.
    NetworkUp,
    /// The school's way to the internet is gone; what stands in the school is reached.
    UplinkDown,
    /// The school's way to the internet is there again.
    UplinkUp,
    /// The vendor's servers do not answer.
    VendorDown,
    /// The vendor's servers answer again.
    VendorUp,
}

/// What happens to all devices of some rooms of [`DAY_SCHOOL`] at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Seconds after the start.
    pub at_s: u64,
    /// The rooms.
    pub rooms: &'static [&'static str],
    /// What happens there.
    pub what: Happening,
}

/// The school that a whole day passes in, within minutes.
pub const DAY_SCHOOL: &str = "maple-es";
/// Its rooms that share an access point.
const EAST_WING: &[&str] = &["11", "12"];
/// All of its rooms.
const ALL_ROOMS: &[&str] = &["11", "12", "13"];

/// The day: an access point, the school's way out and the vendor fail once each. A device looks at the way out once a
/// minute while its student tests, so those two last long enough for everybody to see them.
pub const DAY: [Turn; 6] = [
    Turn {
        at_s: 45,
        rooms: EAST_WING,
        what: Happening::NetworkDown,
    },
    Turn {
        at_s: 100,
        rooms: EAST_WING,
        what: Happening::NetworkUp,
    },
    Turn {
        at_s: 150,
        rooms: ALL_ROOMS,
        what: Happening::UplinkDown,
    },
    Turn {
        at_s: 270,
        rooms: ALL_ROOMS,
        what: Happening::UplinkUp,
    },
    Turn {
        at_s: 360,
        rooms: ALL_ROOMS,
        what: Happening::VendorDown,
    },
    Turn {
        at_s: 480,
        rooms: ALL_ROOMS,
        what: Happening::VendorUp,
    },
];

/// One line of the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cue {
    /// Seconds after the round began.
    pub at_s: u64,
    /// Which device.
    pub device: &'static str,
    /// What happens.
    pub what: Happening,
}

/// Length of a round. The first one shows everything within its first minute.
pub const ROUND_S: u64 = 180;

/// Both troubles are over before the minute ends; a round later they happen again. Between the end of a trouble and
/// the moment at which the board says so lie the device's own waiting (up to 15 s after silence, 5 s until an app is
/// seen) and two good reports.
pub const SCRIPT: [Cue; 4] = [
    Cue {
        at_s: 10,
        device: "LIN101-08",
        what: Happening::GoesSilent,
    },
    Cue {
        at_s: 14,
        device: "LIN101-04",
        what: Happening::AppCrashes,
    },
    Cue {
        at_s: 34,
        device: "LIN101-08",
        what: Happening::ComesBack,
    },
    Cue {
        at_s: 36,
        device: "LIN101-04",
        what: Happening::AppOpens,
    },
];

/// Has not opened its test app although its room tests: every class has one.
pub const LATECOMER: &str = "LIN101-06";

/// A class opens its test app within this many seconds.
const OPENING_S: u64 = 6;

/// One moment of the play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scene {
    /// Seconds after the start.
    pub at_s: u64,
    /// Name of the device.
    pub device: String,
    /// What happens.
    pub what: Happening,
}

/// When the students of the testing rooms open their test app, in order.
#[must_use]
pub fn openings() -> Vec<Scene> {
    let opens = |device: &Device| {
        device.tests_now() && matches!(device.reader, Reader::ScriptedAgent(_)) && device.name != LATECOMER
    };
    let mut scenes: Vec<Scene> = devices()
        .into_iter()
        .filter(opens)
        .map(|device| Scene {
            at_s: u64::from(device.seat.unwrap_or(0)) % OPENING_S,
            device: device.name,
            what: Happening::AppOpens,
        })
        .collect();
    scenes.sort_by_key(|scene| scene.at_s);
    scenes
}

/// The day of [`DAY_SCHOOL`], a scene for each device.
#[must_use]
pub fn day() -> Vec<Scene> {
    let all = devices();
    let of = |turn: &'static Turn| {
        let there = all
            .iter()
            .filter(|device| device.school == DAY_SCHOOL && turn.rooms.contains(&device.room));
        there.map(|device| Scene {
            at_s: turn.at_s,
            device: device.name.clone(),
            what: turn.what,
        })
    };
    DAY.iter().flat_map(of).collect()
}

/// The whole play in order, round after round, without an end.
pub fn scenes() -> impl Iterator<Item = Scene> {
    let rounds = (0_u64..).flat_map(|round| {
        SCRIPT.iter().map(move |cue| Scene {
            at_s: round * ROUND_S + cue.at_s,
            device: cue.device.to_owned(),
            what: cue.what,
        })
    });
    let mut rounds = openings().into_iter().chain(rounds).peekable();
    let mut day = day().into_iter().peekable();
    std::iter::from_fn(move || {
        let day_first = match (day.peek(), rounds.peek()) {
            (Some(of_day), Some(of_round)) => of_day.at_s < of_round.at_s,
            (of_day, _) => of_day.is_some(),
        };
        if day_first { day.next() } else { rounds.next() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_fails_in_the_first_minute_is_well_again_within_it() {
        for cue in SCRIPT {
            let opposite = match cue.what {
                Happening::AppCrashes => Happening::AppOpens,
                Happening::GoesSilent => Happening::ComesBack,
                _ => continue,
            };
            let repaired = SCRIPT
                .iter()
                .find(|later| later.device == cue.device && later.what == opposite);
            assert!(
                repaired.is_some_and(|later| cue.at_s < later.at_s && later.at_s <= 40),
                "{cue:?}"
            );
        }
    }

    #[test]
    fn the_script_names_devices_that_have_a_scripted_agent() {
        for name in SCRIPT.iter().map(|cue| cue.device).chain([LATECOMER]) {
            let device = devices().into_iter().find(|device| device.name == name);
            assert!(
                matches!(device.map(|d| d.reader), Some(Reader::ScriptedAgent(_))),
                "{name}"
            );
        }
    }

    #[test]
    fn the_class_has_opened_its_test_app_before_anything_happens_but_one_seat_has_not() {
        let openings = openings();
        let students =
            |device: &Device| device.tests_now() && matches!(device.reader, Reader::ScriptedAgent(_));
        assert_eq!(
            openings.len() + 1,
            devices().iter().filter(|device| students(device)).count()
        );
        assert!(
            openings
                .iter()
                .all(|scene| scene.at_s < SCRIPT[0].at_s && scene.device != LATECOMER)
        );
    }

    #[test]
    fn the_play_goes_on_in_order_round_after_round() {
        let first: Vec<Scene> = scenes().take_while(|scene| scene.at_s < 3 * ROUND_S).collect();
        assert_eq!(first.len(), openings().len() + day().len() + 3 * SCRIPT.len());
        assert!(first.is_sorted_by_key(|scene| scene.at_s));
        let crashes = first
            .iter()
            .filter(|scene| scene.what == Happening::AppCrashes)
            .map(|scene| scene.at_s);
        assert_eq!(crashes.collect::<Vec<_>>(), [14, 194, 374]);
    }

    #[test]
    fn the_day_that_scenarios_rehearse_in_a_second_is_the_one_that_the_demo_plays() {
        let mut rest = include_str!("../../scenarios/demo-day.toml");
        for turns in DAY.chunks(2) {
            let [fails, is_well] = turns else {
                panic!("what fails is well again: {turns:?}")
            };
            // Its minute 0 is 09:01.
            let (minute, second) = (1 + fails.at_s / 60, fails.at_s % 60);
            let event = [
                format!("at = \"09:{minute:02}:{second:02}\"\nwhat = "),
                format!("for = \"{}s\"\n", is_well.at_s - fails.at_s),
            ];
            for line in event {
                rest = rest.split_once(&line).unwrap_or_else(|| panic!("{line}")).1;
            }
        }
    }
}
