//! A network whose devices are heard, and reach nothing or not the vendor.

use crate::domain::incident::Confidence;
use crate::domain::watch::Reached;

use super::common::{THREE_ROOMS, TWO_ROOMS, WELL, on_premises, reach, testing_with};
use super::subnet::{
    CABLE, ON_CABLE, ON_WIFI, THIRD_ROOM, WIFI, cause, mixed_rooms, on_networks, without_times,
};

#[test]
fn a_network_that_does_not_reach_its_gateway_says_so_and_one_without_the_vendor_is_a_way() {
    for (gateway, told, sure) in [
        (false, "subnet", Confidence::Measured),
        (true, "vendor_path", Confidence::Measured),
    ] {
        let mut school = mixed_rooms();
        let cut = Reached {
            gateway: Some(gateway),
            vendor: Some(false),
            ..WELL
        };
        reach(&mut school, &ON_WIFI, cut);
        school.pass(90);
        assert_eq!(
            without_times(&school.told()),
            [format!("6 devices in 101 102 103 vendor_unreachable {told}")]
        );
        assert_eq!(cause(&school).confidence, sure);
    }
}

#[test]
fn the_vendor_that_fails_beyond_one_network_is_told_once() {
    let cut = Reached {
        vendor: Some(false),
        ..WELL
    };
    // All of room 101 and 102, on either network: Wi-Fi is nowhere else, the cable reaches a room that is well.
    let wifi = ["L-1", "L-2", "M-1", "M-2"];
    let cable = [&["L-3", "L-4", "M-3", "M-4"][..], &THIRD_ROOM].concat();
    let mut school = on_networks(&THREE_ROOMS, &[(WIFI, &wifi), (CABLE, &cable)]);
    reach(&mut school, &TWO_ROOMS, cut);
    school.pass(90);
    assert_eq!(
        without_times(&school.told()),
        ["8 devices in 101 102 vendor_unreachable vendor_path"]
    );

    // Who never looks at the vendor is no witness that another network reaches it.
    let mut school = testing_with(&THREE_ROOMS, Reached { vendor: None, ..WELL });
    on_premises(&mut school, &[]);
    school.stand_in(Some(WIFI), &ON_WIFI);
    school.stand_in(Some(CABLE), &ON_CABLE);
    reach(&mut school, &ON_WIFI, WELL);
    school.pass(10);
    reach(&mut school, &ON_WIFI, cut);
    school.pass(90);
    assert_eq!(
        without_times(&school.told()),
        ["6 devices in 101 102 103 vendor_unreachable vendor"]
    );
}
