//! Batteries, checks, and devices that come and go.

use std::collections::BTreeSet;

use roomready_shared::facts::Flow;
use roomready_shared::timetable::{Timetable, Timing};
use roomready_shared::units::Percent;
use roomready_shared::wire::v1::Charge;

use crate::domain::incident::{Change, Condition, Note};
use crate::domain::plan::Watched;
use crate::domain::standing::{Look, Standing, standing};
use crate::domain::watch::{Checks, Input, Reached, What};

use super::school::{MINUTE, TestSchool, at, id, plan};

impl TestSchool {
    fn charge(&mut self, name: &str, percent: u8, flow: Flow) {
        let percent = Percent::new(percent).unwrap();
        self.device(name).charge = Some(Charge { percent, flow });
    }

    /// Its battery runs down, a point each so many seconds, from this charge at this second on.
    fn runs_down(&mut self, name: &str, from: u8, a_point: i64, until: i64) {
        let began = self.second;
        while self.second < until {
            let lost = u8::try_from((self.second - began) / a_point).unwrap();
            self.charge(name, from - lost, Flow::Discharging);
            self.pass(5);
        }
    }

    fn checks_say(&mut self, name: &str, wrong: &[Condition]) {
        self.extra.push(Input::Checks(Checks {
            device: id(name),
            at: at(self.second),
            wrong: wrong.iter().copied().collect(),
            drain_tenths_per_hour: None,
        }));
    }

    fn standing(&self, name: &str) -> Standing {
        let device = self.state().device(id(name)).unwrap();
        standing(Look {
            watched: Watched::ByAgent,
            sight: device.sight(),
            fault: device.fault(),
            judged: None,
            phase: device.current().map(|current| current.phase),
            shared: false,
        })
    }

    /// The seat of this device ends then.
    fn ends(&mut self, name: &str, second: i64) {
        let mut plan = plan(&self.district);
        plan.devices.get_mut(&id(name)).unwrap().seatings[0].ends = at(second);
        for sitting in plan.sessions.values_mut() {
            sitting.last_end = sitting.last_end.max(at(second));
        }
        self.extra.push(Input::Plan(plan));
    }

    fn drops_for(&mut self, name: &str, seconds: i64) {
        self.dies(name);
        self.pass(seconds);
        self.comes_back(name);
        self.pass(15);
    }

    fn opened(&self) -> Vec<Condition> {
        let opened = self.notes.iter().filter_map(|note| match note {
            Note::Opened(note) => Some(note.condition),
            _ => None,
        });
        opened.collect()
    }
}

#[test]
fn a_battery_that_will_not_last_is_told_with_when_it_will_be_empty_and_is_over_on_the_charger() {
    let mut school = TestSchool::with(&["L-1", "L-2"]);
    school.charge("L-2", 30, Flow::Idle);
    school.until(0);
    school.all_open_the_app();
    // Forty points an hour: with 30 it will be off after some forty minutes, and the seat ends after sixty.
    school.runs_down("L-1", 30, 90, 6 * MINUTE);
    assert_eq!(
        school.told(),
        Vec::<String>::new(),
        "there is not yet enough to go on"
    );
    assert_eq!(school.standing("L-1"), Standing::Working);
    school.runs_down("L-1", 26, 90, 12 * MINUTE);
    let told = school.told();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].ends_with("seat 1 battery_wont_last"), "{told:?}");
    assert_eq!(school.standing("L-1"), Standing::Attention);
    let fault = school.state().device(id("L-1")).unwrap().fault().unwrap();
    let empty = fault.empty.unwrap().about;
    let off = at(6 * MINUTE + 23 * 90);
    assert!(
        empty.duration_since(off).abs().as_mins() <= 4,
        "{empty}, truly {off}"
    );
    school.charge("L-1", 22, Flow::Charging);
    school.pass(50);
    assert_eq!(
        school.told(),
        Vec::<String>::new(),
        "it may be pulled again at once"
    );
    school.pass(20);
    assert_eq!(school.told().len(), 1);
    assert_eq!(school.standing("L-1"), Standing::Working);
}

#[test]
fn a_forecast_is_on_the_room_s_list_before_the_test_and_no_incident() {
    let mut school = TestSchool::from_second(-40 * MINUTE, &["L-1", "L-2", "LIB-2"]);
    let room = "101".parse().unwrap();
    school.charge("L-2", 90, Flow::Charging);
    school.runs_down("L-1", 40, 90, -20 * MINUTE);
    let batteries = school.state().batteries(&room);
    assert_eq!(batteries.of, 2, "a staff machine is nobody's seat");
    let short: Vec<_> = batteries.short.iter().map(|(device, _)| *device).collect();
    assert_eq!(short, [id("L-1")]);
    assert_eq!(school.standing("L-1"), Standing::Attention);
    assert_eq!(school.told(), Vec::<String>::new());
    school.charge("L-1", 27, Flow::Charging);
    school.pass(10);
    assert!(school.state().batteries(&room).short.is_empty());
}

#[test]
fn a_battery_must_last_as_long_as_its_own_seat() {
    // Thirty points an hour from 40 on: off after 75 minutes.
    let opened = |ends: i64| {
        let mut school = TestSchool::with(&["L-1"]);
        school.until(0);
        school.ends("L-1", ends);
        school.all_open_the_app();
        school.runs_down("L-1", 40, 120, 29 * MINUTE);
        school.opened()
    };
    assert_eq!(opened(60 * MINUTE), []);
    assert_eq!(opened(100 * MINUTE), [Condition::BatteryWontLast]);
}

#[test]
fn where_students_end_when_they_have_finished_a_battery_must_last_another_hour() {
    let opened = |timing: Timing| {
        let mut school = TestSchool::with(&["L-1"]);
        let mut plan = plan(&school.district);
        for sitting in plan.sessions.values_mut() {
            sitting.timetable =
                Timetable::new(at(-60 * MINUTE), at(0), at(240 * MINUTE), Vec::new(), timing).unwrap();
            sitting.last_end = at(240 * MINUTE);
        }
        for place in plan.devices.values_mut() {
            place.seatings[0].ends = at(240 * MINUTE);
        }
        school.extra.push(Input::Plan(plan));
        school.until(0);
        school.all_open_the_app();
        // Off after two hours and a half.
        school.runs_down("L-1", 80, 120, 40 * MINUTE);
        school.opened()
    };
    assert_eq!(opened(Timing::Timed), [Condition::BatteryWontLast]);
    assert_eq!(opened(Timing::UntilFinished), []);
}

#[test]
fn ten_percent_is_on_the_tile_at_once_and_told_after_ten_seconds() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(0);
    school.all_open_the_app();
    school.charge("L-1", 11, Flow::Discharging);
    school.until(60);
    assert_eq!(school.standing("L-1"), Standing::Working);
    school.charge("L-1", 10, Flow::Discharging);
    school.pass(6);
    assert_eq!(school.standing("L-1"), Standing::BatteryCritical);
    school.pass(10);
    let told = school.told();
    assert!(
        told.len() == 1 && told[0].ends_with("seat 1 battery_critical"),
        "{told:?}"
    );
    school.charge("L-1", 11, Flow::Discharging);
    school.pass(30);
    assert_eq!(school.told(), Vec::<String>::new(), "a point more is noise");
    school.charge("L-1", 11, Flow::Charging);
    school.pass(12);
    assert_eq!(school.told().len(), 1);
}

#[test]
fn who_has_finished_needs_no_battery() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(0);
    school.all_open_the_app();
    school.charge("L-1", 40, Flow::Charging);
    school.until(60);
    school.happens("L-1", What::AppClosed);
    school.charge("L-1", 6, Flow::Discharging);
    school.pass(10 * MINUTE);
    assert_eq!(school.told(), Vec::<String>::new());
    assert_eq!(school.standing("L-1"), Standing::FinishedMaybe);
}

#[test]
fn a_charger_that_is_pulled_in_a_test_is_told_and_a_cart_that_was_left_is_not() {
    let mut school = TestSchool::with(&["L-1", "L-2"]);
    school.charge("L-1", 80, Flow::Full);
    school.charge("L-2", 80, Flow::Full);
    school.until(30);
    // Taken out of the cart when testing has begun already, and opened then.
    school.charge("L-2", 80, Flow::Discharging);
    school.pass(10);
    school.all_open_the_app();
    school.until(120);
    assert_eq!(school.told(), Vec::<String>::new());
    school.charge("L-1", 80, Flow::Discharging);
    school.pass(50);
    assert_eq!(school.told(), Vec::<String>::new(), "somebody moves the plug");
    school.pass(30);
    let told = school.told();
    assert!(
        told.len() == 1 && told[0].ends_with("seat 1 charger_unplugged"),
        "{told:?}"
    );
    school.charge("L-1", 80, Flow::Idle);
    school.pass(15);
    assert_eq!(school.told().len(), 1);
}

#[test]
fn what_checks_say_is_told_in_testing_by_its_times_and_before_it_is_readiness() {
    let slow = [Condition::NetworkSlow];
    let mut school = TestSchool::from_second(-5 * MINUTE, &["L-1"]);
    school.checks_say("L-1", &slow);
    school.until(-1);
    assert_eq!(school.told(), Vec::<String>::new());
    school.until(69);
    assert_eq!(school.told(), Vec::<String>::new(), "a minute, and the hold");
    school.until(75);
    assert_eq!(school.opened(), slow);
    let incident = school.state().incidents().values().next().unwrap();
    assert_eq!(incident.since(), at(0), "what was so before was no incident");
    assert_eq!(school.standing("L-1"), Standing::Attention);
    school.told();
    school.checks_say("L-1", &[]);
    school.pass(50);
    assert_eq!(school.told(), Vec::<String>::new());
    school.pass(30);
    assert_eq!(school.told().len(), 1);
}

#[test]
fn each_condition_of_the_checks_opens_and_clears() {
    for condition in [
        Condition::NetworkSlow,
        Condition::Intruder,
        Condition::NetworkChanged,
        Condition::ClockJumped,
        Condition::StorageFull,
        Condition::CredentialShared,
    ] {
        let mut school = TestSchool::with(&["L-1"]);
        school.until(10);
        school.checks_say("L-1", &[condition, Condition::LostContact]);
        school.pass(90);
        assert_eq!(
            school.opened(),
            [condition],
            "and nothing that checks cannot tell"
        );
        school.checks_say("L-1", &[]);
        school.pass(90);
        assert!(
            school
                .state()
                .incidents()
                .values()
                .all(|incident| !incident.is_open())
        );
        assert_eq!(school.opened().len(), 1);
    }
}

#[test]
fn after_a_restart_an_open_incident_of_the_checks_waits_for_their_word() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(10);
    school.checks_say("L-1", &[Condition::StorageFull]);
    school.until(120);
    assert_eq!(school.opened(), [Condition::StorageFull]);
    school.restart_collector(5);
    school.pass(180);
    let open = |school: &TestSchool| school.state().device(id("L-1")).unwrap().open_conditions();
    assert_eq!(open(&school), BTreeSet::from([Condition::StorageFull]));
    school.checks_say("L-1", &[Condition::StorageFull]);
    school.pass(120);
    assert_eq!(open(&school), BTreeSet::from([Condition::StorageFull]));
    school.checks_say("L-1", &[]);
    school.pass(15);
    assert_eq!(open(&school), BTreeSet::new());
    assert_eq!(school.opened().len(), 1);
}

#[test]
fn what_a_device_tells_after_a_gap_is_no_part_of_it() {
    let mut school = TestSchool::with(&["L-1", "L-2", "L-3", "L-4"]);
    school.until(0);
    school.all_open_the_app();
    school.until(30);
    for _ in 0..3 {
        school.drops_for("L-1", 16);
        school.pass(60);
    }
    let reached = |vendor| {
        What::Reached(Reached {
            vendor: Some(vendor),
            ..Reached::default()
        })
    };
    school.dies("L-1");
    school.pass(60);
    school.happened("L-1", reached(false), school.second - 50);
    school.comes_back("L-1");
    school.pass(30);
    let told = school.notes.iter().any(|note| match note {
        Note::Amended(amended) => amended
            .changes
            .iter()
            .any(|change| matches!(change, Change::Exact { .. })),
        _ => false,
    });
    assert!(told, "the gap is explained");
    for nth in 0..100 {
        school.happens("L-1", reached(nth % 2 == 0));
        school.pass(1);
    }
    assert_eq!(
        school.state().counts().left_out,
        0,
        "nothing waits to be explained"
    );
}

#[test]
fn three_drops_in_ten_minutes_are_unstable_and_further_ones_are_told_in_that_one_incident() {
    let mut school = TestSchool::with(&["L-1", "L-2", "L-3", "L-4"]);
    school.until(0);
    school.all_open_the_app();
    school.until(30);
    for _ in 0..3 {
        assert!(!school.opened().contains(&Condition::Unstable));
        school.drops_for("L-1", 16);
        school.pass(60);
    }
    assert_eq!(school.opened(), [Condition::Unstable]);
    assert_eq!(school.standing("L-1"), Standing::Unstable);
    let before = school.notes.len();
    for _ in 0..3 {
        school.drops_for("L-1", 60);
        school.pass(30);
    }
    assert_eq!(
        school.opened(),
        [Condition::Unstable],
        "no incident for each of them"
    );
    let lines = school.notes[before..].iter().filter(|note| match note {
        Note::Amended(amended) => amended.changes.iter().any(|change| {
            matches!(
                change,
                Change::Symptom {
                    condition: Condition::LostContact,
                    ..
                }
            )
        }),
        _ => false,
    });
    assert_eq!(lines.count(), 3);
    // Gone for good is more than coming and going.
    school.dies("L-1");
    school.pass(200);
    assert_eq!(school.opened(), [Condition::Unstable, Condition::LostContact]);
}

#[test]
fn ten_minutes_without_a_drop_are_stable_again() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(0);
    school.all_open_the_app();
    for _ in 0..3 {
        school.drops_for("L-1", 16);
    }
    assert_eq!(school.opened(), [Condition::Unstable]);
    school.pass(9 * MINUTE);
    assert_eq!(school.standing("L-1"), Standing::Unstable);
    school.pass(2 * MINUTE);
    assert_eq!(school.standing("L-1"), Standing::Working);
    school.drops_for("L-1", 16);
    school.pass(30);
    assert_eq!(
        school.opened(),
        [Condition::Unstable],
        "what is over begins anew with three more"
    );
}

#[test]
fn roaming_for_a_few_seconds_never_counts() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(0);
    school.all_open_the_app();
    for _ in 0..60 {
        school.dies("L-1");
        school.pass(4);
        school.comes_back("L-1");
        school.pass(10);
    }
    assert_eq!(school.opened(), []);
    assert_eq!(school.standing("L-1"), Standing::Working);
}

#[test]
fn sixty_flapping_devices_cost_a_bounded_number_of_incidents() {
    let names: Vec<_> = (1..=60).map(|seat| format!("L-{seat}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let mut school = TestSchool::with(&names);
    school.until(0);
    school.all_open_the_app();
    // Each at its own time, twenty times.
    for second in 0..25 * MINUTE {
        for (nth, name) in (0_i64..).zip(&names) {
            match (second + nth) % 75 {
                0 => school.dies(name),
                16 => school.comes_back(name),
                _ => {}
            }
        }
        school.pass(1);
    }
    let opened = school.opened();
    let unstable = opened
        .iter()
        .filter(|condition| **condition == Condition::Unstable)
        .count();
    assert!(unstable >= 1, "{opened:?}");
    assert!(opened.len() <= 2 * names.len(), "{} incidents", opened.len());
}
