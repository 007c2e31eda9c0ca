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
}

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

/// The whole play in order, round after round, without an end.
pub fn scenes() -> impl Iterator<Item = Scene> {
    let rounds = (0_u64..).flat_map(|round| {
        SCRIPT.iter().map(move |cue| Scene {
            at_s: round * ROUND_S + cue.at_s,
            device: cue.device.to_owned(),
            what: cue.what,
        })
    });
    openings().into_iter().chain(rounds)
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
                Happening::AppOpens | Happening::ComesBack => continue,
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
        let first: Vec<Scene> = scenes().take(openings().len() + 3 * SCRIPT.len()).collect();
        assert!(first.is_sorted_by_key(|scene| scene.at_s));
        let crashes = first
            .iter()
            .filter(|scene| scene.what == Happening::AppCrashes)
            .map(|scene| scene.at_s);
        assert_eq!(crashes.collect::<Vec<_>>(), [14, 194, 374]);
    }
}
