//! A network's incident in time: who comes later, what a restart keeps, what devices tell when they are back.

use roomready_shared::facts::{Link, LinkKind, Outcome, Proxy, Reading, Source, Subnet};

use crate::domain::incident::{CauseKind, Confidence};
use crate::domain::watch::{Reached, What, subnet};

use super::common::{THREE_ROOMS, TWO_ROOMS, WELL};
use super::school::{MINUTE, TestSchool, at};
use super::subnet::{CABLE, ON_CABLE, ON_WIFI, WIFI, cause, fail, mixed_rooms, on_networks, without_times};

/// Until a device that was not heard since a restart is missed.
const FOUND_MISSING: i64 = 60;

#[test]
fn what_a_device_told_of_its_network_outlives_a_restart_of_the_collector() {
    let mut school = mixed_rooms();
    school.restart_collector(20);
    school.pass(2 * MINUTE);
    assert_eq!(
        fail(&mut school, &ON_WIFI),
        ["6 devices in 101 102 103 lost_contact subnet"]
    );
}

#[test]
fn a_network_that_failed_while_the_collector_was_down_is_one_incident() {
    let mut school = mixed_rooms();
    ON_WIFI.iter().for_each(|name| school.dies(name));
    school.restart_collector(20);
    school.pass(FOUND_MISSING);
    assert_eq!(
        without_times(&school.told()),
        ["6 devices in 101 102 103 lost_contact subnet"]
    );
}

#[test]
fn an_open_incident_of_a_network_goes_on_over_a_restart_and_ends_as_one() {
    let mut school = mixed_rooms();
    fail(&mut school, &ON_WIFI);
    school.restart_collector(20);
    school.pass(FOUND_MISSING);
    assert_eq!(school.told(), Vec::<String>::new());
    ON_WIFI.iter().for_each(|name| school.comes_back(name));
    school.pass(30);
    assert_eq!(
        without_times(&school.told()).last().unwrap(),
        "6 devices in 101 102 103 heard again"
    );
}

#[test]
fn the_last_one_of_a_network_joins_its_incident_and_its_neighbor_on_another_does_not() {
    let mut school = mixed_rooms();
    assert_eq!(
        fail(&mut school, &ON_WIFI[..5]),
        ["5 devices in 101 102 103 lost_contact subnet"]
    );
    school.pass(5 * MINUTE);
    assert_eq!(
        fail(&mut school, &["N-2"]),
        ["6 devices in 101 102 103 N-2 joined"]
    );
    assert_eq!(fail(&mut school, &["N-3"]), ["seat 3 lost_contact"]);
    // The last one of the cable in that room follows nobody on Wi-Fi.
    school.pass(2 * MINUTE);
    assert_eq!(fail(&mut school, &["N-4"]), ["seat 4 lost_contact"]);
}

#[test]
fn the_last_one_of_a_network_that_failed_in_one_room_joins_the_room_s_incident_while_another_network_there_is_well()
 {
    let names: Vec<_> = (1..=12).map(|seat| format!("L-{seat}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let (wifi, rest) = names.split_at(4);
    let (cable, tell_nothing) = rest.split_at(6);
    let mut school = on_networks(&names, &[(WIFI, wifi), (CABLE, cable)]);
    assert_eq!(
        fail(&mut school, &wifi[..3]),
        ["3 devices in 101 lost_contact room_network"]
    );
    school.pass(5 * MINUTE);
    // Neither one of the network that is well nor one that tells none has anything to do with it.
    assert_eq!(fail(&mut school, &cable[..1]), ["seat 5 lost_contact"]);
    assert_eq!(fail(&mut school, &tell_nothing[..1]), ["seat 11 lost_contact"]);
    assert_eq!(fail(&mut school, &wifi[3..]), ["4 devices in 101 L-4 joined"]);

    // While others of its network there are heard, one more that fails is alone.
    let (wifi, cable) = (&names[..5], &names[5..]);
    let mut school = on_networks(&names, &[(WIFI, wifi), (CABLE, cable)]);
    fail(&mut school, &wifi[..3]);
    school.pass(5 * MINUTE);
    assert_eq!(fail(&mut school, &wifi[3..4]), ["seat 4 lost_contact"]);

    // What both networks of a room have a part in is no network's.
    let mut school = on_networks(&names[..8], &[(WIFI, &names[..3]), (CABLE, &names[3..8])]);
    assert_eq!(
        fail(&mut school, &["L-1", "L-2", "L-4"]),
        ["3 devices in 101 lost_contact room_network"]
    );
    school.pass(5 * MINUTE);
    assert_eq!(fail(&mut school, &["L-3"]), ["seat 3 lost_contact"]);
}

#[test]
fn when_the_other_network_fails_a_moment_later_it_is_corrected_to_the_school() {
    let mut school = mixed_rooms();
    ON_WIFI.iter().for_each(|name| school.dies(name));
    school.pass(14);
    let told = fail(&mut school, &ON_CABLE);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0], "6 devices in 101 102 103 lost_contact subnet");
    assert!(
        told[1].starts_with("12 devices in 101 102 103 now school_network"),
        "{told:?}"
    );
    assert_eq!(cause(&school).named, None);
    let incident = school.state().incidents().values().next().unwrap();
    assert_eq!(incident.taken_for, [CauseKind::Subnet]);
}

#[test]
fn who_moves_to_another_network_belongs_to_that_one_from_then_on() {
    let mut school = on_networks(&THREE_ROOMS, &[(WIFI, &ON_WIFI), (CABLE, &ON_CABLE)]);
    school.stand_in(Some(CABLE), &["L-1"]);
    school.stand_in(None, &["M-1"]);
    school.pass(10);
    assert_eq!(
        fail(&mut school, &ON_WIFI),
        [
            "5 devices in 101 102 103 lost_contact subnet",
            "seat 1 lost_contact"
        ],
        "one stands on the cable now, one tells nothing and sits among the others"
    );
}

/// All on Wi-Fi fall silent, and tell this when they are back.
fn after(told: &[(What, i64)]) -> TestSchool {
    let mut school = mixed_rooms();
    fail(&mut school, &ON_WIFI);
    school.until(15 * MINUTE);
    for name in ON_WIFI {
        for (what, then) in told {
            school.happened(name, *what, *then);
        }
        school.comes_back(name);
    }
    school.pass(20);
    school
}

fn cut(gateway: bool) -> What {
    What::Reached(Reached {
        gateway: Some(gateway),
        vendor: Some(false),
        outside: Some(false),
        ..WELL
    })
}

#[test]
fn devices_that_are_back_confirm_or_correct_what_was_taken_for_their_network_s_trouble() {
    let now = |told: &[(What, i64)]| {
        let school = after(told);
        let cause = cause(&school).clone();
        let incident = school.state().incidents().values().next().unwrap();
        (
            cause.kind,
            cause.confidence,
            cause.named.is_some(),
            incident.taken_for.clone(),
        )
    };
    let in_it = 5 * MINUTE + 40;
    let corrected = vec![CauseKind::Subnet];
    assert_eq!(
        now(&[(cut(false), in_it)]),
        (CauseKind::Subnet, Confidence::Measured, true, vec![]),
        "its gateway did not answer"
    );
    assert_eq!(
        now(&[(cut(true), in_it)]),
        (CauseKind::Subnet, Confidence::Inferred, true, vec![]),
        "its gateway answered and nothing behind it: others were heard, so it is not the school's way out"
    );
    assert_eq!(
        now(&[]),
        (
            CauseKind::CollectorPath,
            Confidence::Measured,
            false,
            corrected.clone()
        ),
        "they could go on"
    );
    assert_eq!(
        now(&[(What::Sleeps, in_it), (What::Woke { slept_ms: 0 }, 14 * MINUTE)]),
        (CauseKind::Together, Confidence::Measured, false, corrected),
        "they were asleep"
    );
}

#[test]
fn a_telephone_s_network_and_one_that_every_connection_has_are_shared_with_nobody() {
    let told = |kind, network: &str| {
        let link = Link {
            kind,
            subnet: Subnet::parse(network).ok(),
            gateway: None,
            resolvers: Vec::new(),
            proxy: Proxy::Direct,
        };
        subnet(&Reading {
            outcome: Outcome::Measured(link),
            source: Source::Agent,
            at: at(0),
        })
    };
    assert_eq!(told(LinkKind::Wireless, WIFI), Subnet::parse(WIFI).ok());
    assert_eq!(told(LinkKind::Mobile, "172.20.10.0/28"), None);
    assert_eq!(told(LinkKind::Wired, "169.254.0.0/16"), None);
    assert_eq!(told(LinkKind::Wired, "fe80::/64"), None);
}

#[test]
fn the_same_inputs_with_networks_give_the_same_bytes() {
    let bytes = || {
        let mut school = on_networks(&THREE_ROOMS, &[(WIFI, &TWO_ROOMS)]);
        fail(&mut school, &TWO_ROOMS);
        (serde_json::to_string(school.state()).unwrap(), school.notes)
    };
    let (state, notes) = bytes();
    assert!(state.contains(WIFI));
    assert_eq!((state, notes), bytes());
}
