//! One cause, one incident.

use roomready_shared::units::ShortText;

use crate::domain::incident::{CauseKind, Confidence, RuledOut, Suspect};
use crate::domain::plan::Site;
use crate::domain::watch::{Input, Looked, Reached, What};

use super::school::{MINUTE, TestSchool, plan};

pub(super) const ROOM: [&str; 4] = ["L-1", "L-2", "L-3", "L-4"];
pub(super) const TWO_ROOMS: [&str; 8] = ["L-1", "L-2", "L-3", "L-4", "M-1", "M-2", "M-3", "M-4"];
pub(super) const THREE_ROOMS: [&str; 12] = [
    "L-1", "L-2", "L-3", "L-4", "M-1", "M-2", "M-3", "M-4", "N-1", "N-2", "N-3", "N-4",
];

pub(super) const WELL: Reached = Reached {
    gateway: Some(true),
    resolution: Some(true),
    vendor: Some(true),
    outside: Some(true),
};

pub(super) fn testing(names: &[&str]) -> TestSchool {
    testing_with(names, WELL)
}

pub(super) fn testing_with(names: &[&str], reached: Reached) -> TestSchool {
    let mut school = TestSchool::with(names);
    reach(&mut school, names, reached);
    school.until(60);
    school.all_open_the_app();
    school.until(5 * MINUTE);
    school
}

pub(super) fn reach(school: &mut TestSchool, names: &[&str], reached: Reached) {
    for name in names {
        school.device(name).reached = reached;
    }
}

pub(super) fn on_premises(school: &mut TestSchool, map: &[(&str, &str)]) {
    let mut plan = plan(&school.district);
    plan.site = Site::OnPremises;
    for (room, point) in map {
        plan.access_points
            .insert(room.parse().unwrap(), ShortText::fit(point));
    }
    school.extra.push(Input::Plan(plan));
}

#[test]
fn a_whole_room_that_falls_silent_is_one_incident_and_ends_as_one() {
    let mut school = testing(&TWO_ROOMS);
    ROOM.iter().for_each(|name| school.dies(name));
    school.pass(30);
    assert_eq!(school.told(), ["5:17 4 devices in 101 lost_contact room_network"]);
    let incident = school.state().incidents().values().next().unwrap();
    assert_eq!(incident.cause.confidence, Confidence::Inferred);
    assert_eq!(
        incident.cause.ruled_out,
        [
            RuledOut {
                what: Suspect::SchoolNetwork,
                well: 4,
                of: 4
            },
            RuledOut {
                what: Suspect::Vendor,
                well: 4,
                of: 4
            },
        ]
    );
    for name in ROOM {
        school.comes_back(name);
    }
    school.pass(30);
    assert_eq!(
        school.told(),
        [
            "5:36 4 devices in 101 one back",
            "5:36 4 devices in 101 heard again"
        ]
    );
}

#[test]
fn two_of_ten_have_nothing_in_common() {
    let names = [
        "L-1", "L-2", "L-3", "L-4", "L-5", "L-6", "L-7", "L-8", "L-9", "L-10",
    ];
    let mut school = testing(&names);
    school.dies("L-1");
    school.dies("L-2");
    school.pass(30);
    let told = school.told();
    assert_eq!(told.len(), 2, "{told:?}");
    // Nor have three of eleven, who are less than a third.
    let mut school = testing(&[
        "L-1", "L-2", "L-3", "L-4", "L-5", "L-6", "L-7", "L-8", "L-9", "L-10", "L-11",
    ]);
    for name in ["L-1", "L-2", "L-3"] {
        school.dies(name);
    }
    school.pass(30);
    assert_eq!(school.told().len(), 3);
}

#[test]
fn without_a_map_two_rooms_are_two_incidents_while_a_third_is_well() {
    let mut school = testing(&THREE_ROOMS);
    TWO_ROOMS.iter().for_each(|name| school.dies(name));
    school.pass(30);
    let told = school.told();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told.iter()
            .all(|line| line.ends_with("lost_contact room_network")),
        "{told:?}"
    );
}

#[test]
fn with_the_map_two_rooms_on_one_access_point_are_one_incident() {
    let mut school = testing(&THREE_ROOMS);
    on_premises(&mut school, &[("101", "AP-7"), ("102", "AP-7"), ("103", "AP-8")]);
    TWO_ROOMS.iter().for_each(|name| school.dies(name));
    school.pass(30);
    assert_eq!(
        school.told(),
        ["5:17 8 devices in 101 102 lost_contact access_point"]
    );
    let incident = school.state().incidents().values().next().unwrap();
    assert_eq!(incident.cause.named.as_ref().unwrap().as_str(), "AP-7");
    assert_eq!(incident.cause.confidence, Confidence::Inferred);
}

#[test]
fn every_room_silent_at_once_is_the_school_s_network_and_from_afar_its_way_out() {
    for (site, kind) in [
        (Site::OnPremises, CauseKind::SchoolNetwork),
        (Site::Remote, CauseKind::SchoolUplink),
    ] {
        let mut school = testing(&THREE_ROOMS);
        if site == Site::OnPremises {
            on_premises(&mut school, &[]);
        }
        THREE_ROOMS.iter().for_each(|name| school.dies(name));
        school.pass(30);
        assert_eq!(
            school.told(),
            [format!(
                "5:17 12 devices in 101 102 103 lost_contact {}",
                kind.word()
            )]
        );
    }
}

#[test]
fn failures_that_follow_each_other_within_a_minute_become_one_incident() {
    let mut school = testing(&TWO_ROOMS);
    for name in ROOM {
        school.dies(name);
        school.pass(14);
    }
    school.pass(60);
    let open: Vec<_> = school
        .state()
        .incidents()
        .values()
        .filter(|incident| incident.is_open())
        .collect();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].members.len(), 4);
    assert_eq!(open[0].cause.kind, CauseKind::RoomNetwork);
    let closed = school.state().incidents().len() - 1;
    assert!(closed <= 2, "the first ones may have been told alone: {closed}");
}

#[test]
fn a_device_that_dies_long_after_its_room_came_back_is_an_incident_of_its_own() {
    let mut school = testing(&TWO_ROOMS);
    ROOM.iter().for_each(|name| school.dies(name));
    school.pass(30);
    ROOM.iter().for_each(|name| school.comes_back(name));
    school.pass(300);
    school.told();
    school.dies("L-3");
    school.pass(30);
    assert_eq!(school.told(), ["10:47 seat 3 lost_contact"]);
}

#[test]
fn the_last_one_of_a_silent_room_joins_its_incident() {
    let mut school = testing(&TWO_ROOMS);
    for name in ["L-1", "L-2", "L-3"] {
        school.dies(name);
    }
    school.pass(300);
    school.told();
    school.dies("L-4");
    school.pass(30);
    assert_eq!(school.told(), ["10:17 4 devices in 101 L-4 joined"]);
}

#[test]
fn the_vendor_that_answers_nobody_while_everything_else_does_is_one_measured_incident() {
    let mut school = testing(&THREE_ROOMS);
    let cut = Reached {
        vendor: Some(false),
        ..WELL
    };
    reach(&mut school, &THREE_ROOMS, cut);
    school.pass(60);
    assert_eq!(
        school.told(),
        ["5:26 12 devices in 101 102 103 vendor_unreachable vendor"]
    );
    let incident = school.state().incidents().values().next().unwrap();
    assert_eq!(incident.cause.confidence, Confidence::Measured);
    reach(&mut school, &THREE_ROOMS, WELL);
    school.pass(60);
    assert!(
        school
            .state()
            .incidents()
            .values()
            .all(|incident| !incident.is_open())
    );
}

#[test]
fn trouble_with_the_vendor_in_one_of_three_rooms_is_the_way_and_not_the_vendor() {
    let mut school = testing(&THREE_ROOMS);
    let cut = Reached {
        vendor: Some(false),
        ..WELL
    };
    reach(&mut school, &ROOM, cut);
    school.pass(90);
    assert_eq!(
        school.told(),
        ["6:16 4 devices in 101 vendor_unreachable vendor_path"]
    );
}

#[test]
fn nobody_outside_answers_anybody_so_it_is_the_school_s_way_out() {
    let mut school = testing(&THREE_ROOMS);
    on_premises(&mut school, &[]);
    let cut = Reached {
        vendor: Some(false),
        outside: Some(false),
        ..WELL
    };
    reach(&mut school, &THREE_ROOMS, cut);
    school.pass(60);
    assert_eq!(
        school.told(),
        ["5:26 12 devices in 101 102 103 vendor_unreachable school_uplink"]
    );
}

#[test]
fn without_a_host_outside_the_collector_s_own_look_tells_the_way_out_from_the_vendor() {
    let blind = Reached {
        gateway: Some(true),
        resolution: None,
        vendor: Some(false),
        outside: None,
    };
    for (outside, kind) in [(false, "school_uplink"), (true, "vendor")] {
        let well = Reached {
            vendor: Some(true),
            ..blind
        };
        let mut school = testing_with(&THREE_ROOMS, well);
        on_premises(&mut school, &[]);
        school.extra.push(Input::Looked(Looked {
            vendor: Some(false),
            outside: Some(outside),
        }));
        reach(&mut school, &THREE_ROOMS, blind);
        school.pass(60);
        assert_eq!(
            school.told(),
            [format!(
                "5:26 12 devices in 101 102 103 vendor_unreachable {kind}"
            )]
        );
    }
}

#[test]
fn a_crash_in_a_whole_room_is_one_incident_of_the_app() {
    let mut school = testing(&TWO_ROOMS);
    school.happens("L-1", What::AppCrashed);
    school.pass(4);
    assert_eq!(school.told(), ["5:01 seat 1 test_app_crashed"], "told at once");
    school.happens("L-2", What::AppCrashed);
    school.pass(4);
    assert_eq!(school.told(), ["5:05 seat 2 test_app_crashed"]);
    school.happens("L-3", What::AppCrashed);
    school.pass(4);
    assert_eq!(
        school.told(),
        [
            "5:09 3 devices in 101 now test_app, L-2 joined, L-3 joined",
            "5:09 seat 2 proved to be part of another incident"
        ]
    );
    for name in ["L-1", "L-2", "L-3"] {
        school.happens(name, What::AppStarted);
    }
    school.pass(20);
    assert!(
        school
            .state()
            .incidents()
            .values()
            .all(|incident| !incident.is_open())
    );
}

#[test]
fn a_storm_of_restarts_is_one_incident() {
    let mut school = testing(&ROOM);
    for name in ROOM {
        school.happens(name, What::Restarts);
    }
    school.pass(1);
    ROOM.iter().for_each(|name| school.dies(name));
    assert_eq!(school.told(), ["5:01 4 devices in 101 restarted together"]);
}

#[test]
fn what_follows_from_a_silence_is_a_symptom_and_no_incident() {
    let mut school = testing(&TWO_ROOMS);
    ROOM.iter().for_each(|name| school.dies(name));
    school.pass(60);
    school.told();
    for name in ROOM {
        school.comes_back(name);
        school.happens(name, What::AppCrashed);
    }
    school.pass(1);
    let told = school.told();
    assert_eq!(told, ["6:01 4 devices in 101 then test_app_crashed"]);
}

#[test]
fn two_causes_at_once_are_two_incidents() {
    let mut school = testing(&THREE_ROOMS);
    ROOM.iter().for_each(|name| school.dies(name));
    let cut = Reached {
        vendor: Some(false),
        ..WELL
    };
    reach(&mut school, &["M-1", "M-2", "M-3", "M-4"], cut);
    school.pass(90);
    let told = school.told();
    assert_eq!(
        told,
        [
            "5:17 4 devices in 101 lost_contact room_network",
            "6:16 4 devices in 102 vendor_unreachable vendor_path"
        ]
    );
}

#[test]
fn a_restart_of_the_collector_keeps_one_incident_for_a_silent_room() {
    let mut school = testing(&TWO_ROOMS);
    ROOM.iter().for_each(|name| school.dies(name));
    school.pass(60);
    school.told();
    school.restart_collector(20);
    school.pass(60);
    assert_eq!(school.told(), Vec::<String>::new());
    ROOM.iter().for_each(|name| school.comes_back(name));
    school.pass(30);
    assert_eq!(school.told().last().unwrap(), "7:26 4 devices in 101 heard again");
}
