//! A cause that devices' own records point away from, and what the rest of the school shows of the way that all share.

use roomready_shared::units::ShortText;

use crate::domain::incident::{Cause, CauseKind, Confidence, Member, RuledOut, Suspect};
use crate::domain::watch::{Input, Reached, What};

use super::common::{ROOM, THREE_ROOMS, TWO_ROOMS, WELL, on_premises, reach, testing};
use super::school::{MINUTE, TestSchool, plan};
use super::subnet::{CABLE, THIRD_ROOM, WIFI, on_networks};

/// A gateway that answers, and nothing behind it.
const NOTHING_BEHIND: Reached = Reached {
    gateway: Some(true),
    resolution: Some(false),
    vendor: Some(false),
    outside: Some(false),
};
const CUT: What = What::Reached(NOTHING_BEHIND);

/// The collector stands elsewhere, and the district gave its map.
fn with_a_map(school: &mut TestSchool) {
    let mut plan = plan(&school.district);
    for (room, point) in [("101", "AP-7"), ("102", "AP-7"), ("103", "AP-8")] {
        plan.access_points
            .insert(room.parse().unwrap(), ShortText::fit(point));
    }
    school.extra.push(Input::Plan(plan));
}

fn die(school: &mut TestSchool, names: &[&str]) {
    names.iter().for_each(|name| school.dies(name));
}

/// They are back, and tell what they found while they were away.
fn tell(school: &mut TestSchool, names: &[&str], what: What) {
    for name in names {
        school.happened(name, what, 6 * MINUTE + 30);
        school.comes_back(name);
    }
    school.pass(20);
}

/// The cause of the incident that one of them is in, and what it was taken for.
fn cause_of<'a>(school: &'a TestSchool, name: &str) -> (&'a Cause, &'a [CauseKind]) {
    let mut all = school.state().incidents().values();
    let incident = all.find(|incident| {
        let named = |member: &Member| member.name.as_str() == name;
        incident.members.len() > 1 && incident.members.iter().any(named)
    });
    let incident = incident.unwrap();
    (&incident.cause, &incident.taken_for)
}

fn is_kept(school: &TestSchool, name: &str, kind: CauseKind, uplink: Option<(u32, u32)>) {
    let (cause, taken_for) = cause_of(school, name);
    assert_eq!((cause.kind, cause.confidence), (kind, Confidence::Inferred));
    assert_eq!(taken_for, []);
    let told = cause
        .ruled_out
        .iter()
        .find(|out| out.what == Suspect::SchoolUplink);
    let uplink = uplink.map(|(well, of)| RuledOut {
        what: Suspect::SchoolUplink,
        well,
        of,
    });
    assert_eq!(told.copied(), uplink);
}

fn is_the_way_out(school: &TestSchool, name: &str, from: CauseKind) {
    let (cause, taken_for) = cause_of(school, name);
    assert_eq!(
        (cause.kind, cause.confidence),
        (CauseKind::SchoolUplink, Confidence::Measured)
    );
    assert_eq!(taken_for, [from]);
    assert_eq!(cause.named, None);
    let contradicts = |out: &RuledOut| {
        matches!(
            out.what,
            Suspect::SchoolNetwork | Suspect::SchoolUplink | Suspect::OtherNetworks
        )
    };
    assert!(!cause.ruled_out.iter().any(contradicts), "{:?}", cause.ruled_out);
}

#[test]
fn a_room_is_not_cut_off_by_a_way_out_that_other_rooms_were_heard_through() {
    let mut school = testing(&THREE_ROOMS);
    die(&mut school, &ROOM);
    school.until(15 * MINUTE);
    // One after the other.
    for name in ROOM {
        tell(&mut school, &[name], CUT);
    }
    is_kept(&school, "L-1", CauseKind::RoomNetwork, Some((8, 8)));
    // That is told once, whoever returns after it.
    let told = school.told();
    let corrections = told.iter().filter(|line| line.contains("now room_network"));
    assert_eq!(corrections.count(), 1, "{told:?}");

    // One room that is well is enough, whatever else is silent.
    let mut school = testing(&THREE_ROOMS);
    die(&mut school, &TWO_ROOMS);
    school.until(15 * MINUTE);
    tell(&mut school, &TWO_ROOMS, CUT);
    is_kept(&school, "L-1", CauseKind::RoomNetwork, Some((4, 8)));
    is_kept(&school, "M-1", CauseKind::RoomNetwork, Some((4, 8)));
}

#[test]
fn nor_is_an_access_point_and_nor_is_one_of_two_networks_in_a_room() {
    let mut school = testing(&THREE_ROOMS);
    with_a_map(&mut school);
    die(&mut school, &TWO_ROOMS);
    school.until(15 * MINUTE);
    tell(&mut school, &TWO_ROOMS, CUT);
    is_kept(&school, "L-1", CauseKind::AccessPoint, Some((4, 4)));
    assert_eq!(
        cause_of(&school, "L-1").0.named.as_ref().unwrap().as_str(),
        "AP-7"
    );

    let names = ["L-1", "L-2", "L-3", "L-4", "L-5", "L-6"];
    let mut school = on_networks(&names, &[(WIFI, &names[..3]), (CABLE, &names[3..])]);
    die(&mut school, &names[..3]);
    school.until(15 * MINUTE);
    tell(&mut school, &names[..3], CUT);
    is_kept(&school, "L-1", CauseKind::RoomNetwork, Some((3, 3)));
}

#[test]
fn a_room_that_was_the_only_one_learns_from_its_records_that_the_way_out_failed() {
    let mut school = testing(&ROOM);
    die(&mut school, &ROOM);
    school.until(15 * MINUTE);
    tell(&mut school, &ROOM, CUT);
    is_the_way_out(&school, "L-1", CauseKind::RoomNetwork);
}

#[test]
fn an_access_point_is_corrected_to_the_way_out_where_the_other_rooms_fell_silent_a_little_later() {
    for back_first in [0, 20] {
        let mut school = testing(&THREE_ROOMS);
        with_a_map(&mut school);
        die(&mut school, &TWO_ROOMS);
        school.pass(40);
        die(&mut school, &THIRD_ROOM);
        school.until(15 * MINUTE - back_first);
        // They are heard before it and after it, and were not while it lasted.
        tell(&mut school, &THIRD_ROOM, CUT);
        school.until(15 * MINUTE + 10);
        tell(&mut school, &TWO_ROOMS, CUT);
        is_the_way_out(&school, "L-1", CauseKind::AccessPoint);
        is_the_way_out(&school, "N-1", CauseKind::RoomNetwork);
    }
}

#[test]
fn a_room_that_was_silent_long_before_says_nothing_of_the_way_out() {
    let mut school = testing(&THREE_ROOMS);
    die(&mut school, &THIRD_ROOM);
    school.pass(4 * MINUTE);
    die(&mut school, &ROOM);
    school.until(15 * MINUTE);
    for name in ROOM {
        school.happened(name, CUT, 11 * MINUTE);
        school.comes_back(name);
    }
    school.pass(20);
    is_kept(&school, "L-1", CauseKind::RoomNetwork, Some((4, 4)));
}

#[test]
fn after_a_restart_it_counts_what_was_seen_of_the_others_when_it_began() {
    let mut school = testing(&THREE_ROOMS);
    die(&mut school, &ROOM);
    school.until(15 * MINUTE);
    school.restart_collector(20);
    tell(&mut school, &ROOM, CUT);
    // Nobody remembers who was heard meanwhile, so nothing new is said either.
    is_kept(&school, "L-1", CauseKind::RoomNetwork, None);
}

#[test]
fn a_way_out_through_which_somebody_outside_answered_did_not_fail() {
    let only_the_vendor = What::Reached(Reached {
        gateway: Some(true),
        vendor: Some(false),
        ..WELL
    });
    let mut school = testing(&ROOM);
    die(&mut school, &ROOM);
    school.until(15 * MINUTE);
    tell(&mut school, &ROOM, only_the_vendor);
    is_kept(&school, "L-1", CauseKind::RoomNetwork, None);

    // What was read before it failed and not again says nothing: a later look does.
    let mut school = testing(&ROOM);
    die(&mut school, &ROOM);
    school.until(15 * MINUTE);
    for name in ROOM {
        school.happened(name, only_the_vendor, 6 * MINUTE);
    }
    tell(&mut school, &ROOM, CUT);
    is_the_way_out(&school, "L-1", CauseKind::RoomNetwork);
}

#[test]
fn a_collector_in_the_school_hears_others_whether_or_not_the_way_out_is_well() {
    let mut school = testing(&THREE_ROOMS);
    on_premises(&mut school, &[]);
    die(&mut school, &ROOM);
    reach(&mut school, &THREE_ROOMS, NOTHING_BEHIND);
    school.until(15 * MINUTE);
    reach(&mut school, &THREE_ROOMS, WELL);
    tell(&mut school, &ROOM, CUT);
    // The others reached nobody outside either, and were heard: it is not the way out that silenced the room.
    is_kept(&school, "L-1", CauseKind::RoomNetwork, None);
}

#[test]
fn one_of_the_same_room_that_goes_a_way_of_its_own_does_not_save_the_way_out() {
    let mut school = testing(&ROOM);
    die(&mut school, &ROOM[..3]);
    school.until(15 * MINUTE);
    tell(&mut school, &ROOM[..3], CUT);
    is_the_way_out(&school, "L-1", CauseKind::RoomNetwork);
}

#[test]
fn who_was_heard_for_a_good_part_of_it_was_heard_and_who_came_and_went_around_it_is_no_witness() {
    // Silent from the middle on.
    let mut school = testing(&THREE_ROOMS);
    with_a_map(&mut school);
    die(&mut school, &TWO_ROOMS);
    school.pass(5 * MINUTE);
    die(&mut school, &THIRD_ROOM);
    school.until(15 * MINUTE);
    tell(&mut school, &TWO_ROOMS, CUT);
    is_kept(&school, "L-1", CauseKind::AccessPoint, Some((4, 4)));

    // Silent with them, back before them and away again: when it was heard meanwhile is not known any more.
    let mut school = testing(&THREE_ROOMS);
    with_a_map(&mut school);
    die(&mut school, &TWO_ROOMS);
    school.pass(40);
    die(&mut school, &THIRD_ROOM);
    school.until(15 * MINUTE - 30);
    tell(&mut school, &THIRD_ROOM, CUT);
    die(&mut school, &THIRD_ROOM);
    school.until(15 * MINUTE + 10);
    tell(&mut school, &TWO_ROOMS, CUT);
    is_kept(&school, "L-1", CauseKind::AccessPoint, None);

    // Silent with them for a minute, and for a moment when it was over.
    let mut school = testing(&THREE_ROOMS);
    with_a_map(&mut school);
    die(&mut school, &TWO_ROOMS);
    school.pass(30);
    die(&mut school, &THIRD_ROOM);
    school.pass(50);
    THIRD_ROOM.iter().for_each(|name| school.comes_back(name));
    school.until(15 * MINUTE - 20);
    die(&mut school, &THIRD_ROOM);
    school.pass(15);
    THIRD_ROOM.iter().for_each(|name| school.comes_back(name));
    school.until(15 * MINUTE);
    tell(&mut school, &TWO_ROOMS, CUT);
    is_kept(&school, "L-1", CauseKind::AccessPoint, None);
}

#[test]
fn that_the_network_itself_answered_is_told_only_where_the_devices_tell_it() {
    let mut school = testing(&TWO_ROOMS);
    die(&mut school, &ROOM);
    school.until(15 * MINUTE);
    let no_gateway = What::Reached(Reached {
        gateway: None,
        ..NOTHING_BEHIND
    });
    tell(&mut school, &ROOM, no_gateway);
    is_kept(&school, "L-1", CauseKind::RoomNetwork, None);
}
