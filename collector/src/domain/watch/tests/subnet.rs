//! Networks by the word of their devices: between the school and an access point.

use crate::domain::incident::{Cause, Confidence, RuledOut, Suspect};

use super::common::{THREE_ROOMS, TWO_ROOMS, on_premises, testing};
use super::school::TestSchool;

pub(super) const WIFI: &str = "10.2.4.0/22";
pub(super) const CABLE: &str = "10.9.0.0/16";
pub(super) const THIRD_ROOM: [&str; 4] = ["N-1", "N-2", "N-3", "N-4"];
/// In each of three rooms two devices on Wi-Fi, and two on a cable.
pub(super) const ON_WIFI: [&str; 6] = ["L-1", "L-2", "M-1", "M-2", "N-1", "N-2"];
pub(super) const ON_CABLE: [&str; 6] = ["L-3", "L-4", "M-3", "M-4", "N-3", "N-4"];

pub(super) fn on_networks(names: &[&str], networks: &[(&str, &[&str])]) -> TestSchool {
    let mut school = testing(names);
    on_premises(&mut school, &[]);
    for (subnet, names) in networks {
        school.stand_in(Some(subnet), names);
    }
    school.pass(10);
    school
}

pub(super) fn mixed_rooms() -> TestSchool {
    on_networks(&THREE_ROOMS, &[(WIFI, &ON_WIFI), (CABLE, &ON_CABLE)])
}

pub(super) fn fail(school: &mut TestSchool, names: &[&str]) -> Vec<String> {
    names.iter().for_each(|name| school.dies(name));
    school.pass(30);
    without_times(&school.told())
}

pub(super) fn without_times(told: &[String]) -> Vec<String> {
    let line = |line: &String| line.split_once(' ').unwrap().1.to_owned();
    told.iter().map(line).collect()
}

pub(super) fn cause(school: &TestSchool) -> &Cause {
    &school.state().incidents().values().next().unwrap().cause
}

const fn well(what: Suspect, well: u32) -> RuledOut {
    RuledOut { what, well, of: well }
}

#[test]
fn two_rooms_on_one_network_are_one_incident_while_a_third_on_another_is_well() {
    let mut school = on_networks(&THREE_ROOMS, &[(WIFI, &TWO_ROOMS), (CABLE, &THIRD_ROOM)]);
    let told = fail(&mut school, &TWO_ROOMS);
    assert_eq!(told, ["8 devices in 101 102 lost_contact subnet"]);
    let cause = cause(&school);
    assert_eq!(cause.named.as_ref().unwrap().as_str(), WIFI);
    assert_eq!(cause.confidence, Confidence::Inferred);
    assert_eq!(
        cause.ruled_out,
        [well(Suspect::SchoolNetwork, 4), well(Suspect::Vendor, 4)]
    );
}

#[test]
fn of_rooms_with_two_networks_the_one_that_fails_is_the_cause_and_the_other_rules_out_the_rooms() {
    let mut school = mixed_rooms();
    let told = fail(&mut school, &ON_WIFI);
    assert_eq!(told, ["6 devices in 101 102 103 lost_contact subnet"]);
    let cause = cause(&school);
    assert_eq!(cause.named.as_ref().unwrap().as_str(), WIFI);
    assert_eq!(
        cause.ruled_out,
        [well(Suspect::OtherNetworks, 6), well(Suspect::Vendor, 6)]
    );
}

#[test]
fn few_in_each_room_are_a_whole_network() {
    let few = ["L-1", "M-1", "N-1"];
    let rest = ["L-2", "L-3", "L-4", "M-2", "M-3", "M-4", "N-2", "N-3", "N-4"];
    let mut school = on_networks(&THREE_ROOMS, &[(CABLE, &few), (WIFI, &rest)]);
    let told = fail(&mut school, &few);
    assert_eq!(told, ["3 devices in 101 102 103 lost_contact subnet"]);
}

#[test]
fn a_network_of_one_room_alone_is_that_room_s_and_the_others_in_it_speak_for_the_rest() {
    let names: Vec<_> = (1..=12).map(|seat| format!("L-{seat}")).collect();
    let mut all: Vec<_> = names.iter().map(String::as_str).collect();
    all.extend(["M-1", "M-2"]);
    let mut school = on_networks(&all, &[(WIFI, &all[..3]), (CABLE, &all[3..])]);
    let told = fail(&mut school, &all[..3]);
    assert_eq!(told, ["3 devices in 101 lost_contact room_network"]);
    assert_eq!(
        cause(&school).ruled_out[..2],
        [well(Suspect::OtherNetworks, 9), well(Suspect::SchoolNetwork, 2)]
    );
}

#[test]
fn a_school_on_one_network_and_one_whose_networks_all_fail_are_the_school_s_trouble() {
    for networks in [
        vec![(WIFI, THREE_ROOMS.as_slice())],
        vec![(WIFI, ON_WIFI.as_slice()), (CABLE, ON_CABLE.as_slice())],
    ] {
        let mut school = on_networks(&THREE_ROOMS, &networks);
        let told = fail(&mut school, &THREE_ROOMS);
        assert_eq!(told, ["12 devices in 101 102 103 lost_contact school_network"]);
        assert_eq!(cause(&school).named, None);
    }
}

#[test]
fn where_each_room_has_a_network_of_its_own_another_one_that_is_well_changes_nothing() {
    let (first, second, third) = (
        ["L-1", "L-2", "L-3"],
        ["M-1", "M-2", "M-3"],
        ["N-1", "N-2", "N-3"],
    );
    let networks: [(&str, &[&str]); 4] = [
        ("10.1.1.0/24", &first),
        ("10.1.2.0/24", &second),
        ("10.1.3.0/24", &third),
        (CABLE, &["L-4", "M-4", "N-4"]),
    ];
    let mut school = on_networks(&THREE_ROOMS, &networks);
    assert_eq!(
        fail(&mut school, &[first, second, third].concat()),
        ["9 devices in 101 102 103 lost_contact school_network"],
        "no network of theirs explains more than a room"
    );
}

#[test]
fn a_room_that_is_well_speaks_against_the_network_that_it_stands_in() {
    let mut school = on_networks(&THREE_ROOMS, &[(WIFI, &THREE_ROOMS)]);
    let told = fail(&mut school, &TWO_ROOMS);
    assert_eq!(
        told,
        [
            "4 devices in 101 lost_contact room_network",
            "4 devices in 102 lost_contact room_network"
        ]
    );
}

#[test]
fn who_tells_no_network_speaks_for_none_and_fails_with_those_it_sits_among() {
    // Nobody tells one: each room by itself, as ever.
    let mut school = on_networks(&THREE_ROOMS, &[]);
    assert_eq!(fail(&mut school, &TWO_ROOMS).len(), 2);

    // Older agents among the others fail with them.
    let told = ["L-1", "L-2", "L-3", "M-1", "M-2", "M-3"];
    let mut school = on_networks(&THREE_ROOMS, &[(WIFI, &told), (CABLE, &THIRD_ROOM)]);
    assert_eq!(
        fail(&mut school, &TWO_ROOMS),
        ["8 devices in 101 102 lost_contact subnet"]
    );

    // That they are well says nothing of another network.
    let told = ["L-1", "L-2", "L-3", "M-1", "M-2", "M-3", "N-1", "N-2", "N-3"];
    let mut school = on_networks(&THREE_ROOMS, &[(WIFI, &told)]);
    assert_eq!(
        fail(&mut school, &told),
        ["9 devices in 101 102 103 lost_contact school_network"]
    );
}

#[test]
fn what_fails_elsewhere_or_beside_it_in_the_same_moment_is_told_by_itself() {
    let mut school = on_networks(&THREE_ROOMS, &[(WIFI, &TWO_ROOMS), (CABLE, &THIRD_ROOM)]);
    let failed = [&TWO_ROOMS[..], &["N-2"]].concat();
    let mut told = fail(&mut school, &failed);
    told.sort();
    assert_eq!(
        told,
        ["8 devices in 101 102 lost_contact subnet", "seat 2 lost_contact"]
    );

    // A neighbor on another network, whose room is well but for those that failed.
    let mut school = mixed_rooms();
    let mut told = fail(&mut school, &[&ON_WIFI[..], &["L-3"]].concat());
    told.sort();
    assert_eq!(
        told,
        [
            "6 devices in 101 102 103 lost_contact subnet",
            "seat 3 lost_contact"
        ]
    );
}

#[test]
fn rooms_on_one_access_point_are_that_access_point_s_and_a_network_that_reaches_further_is_wider() {
    let map = [("101", "AP-7"), ("102", "AP-7"), ("103", "AP-8")];
    let mut school = on_networks(&THREE_ROOMS, &[(WIFI, &TWO_ROOMS), (CABLE, &THIRD_ROOM)]);
    on_premises(&mut school, &map);
    assert_eq!(
        fail(&mut school, &TWO_ROOMS),
        ["8 devices in 101 102 lost_contact access_point"]
    );

    let mut school = mixed_rooms();
    on_premises(&mut school, &map);
    assert_eq!(
        fail(&mut school, &ON_WIFI),
        ["6 devices in 101 102 103 lost_contact subnet"]
    );
}
