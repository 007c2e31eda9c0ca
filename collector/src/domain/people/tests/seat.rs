//! What people say of seats.

use super::*;

fn message(seat: &str, code: &str) -> Deed {
    Deed::Symptom {
        seat: spot(seat),
        symptom: Symptom::Message {
            code: code.parse().unwrap(),
        },
    }
}

fn seats(room: &Acts, second: i64) -> Vec<(String, u64, i64)> {
    let (math, nine) = (math(), at(0));
    let now = room.now(Some(&math), at(second));
    let of = |trouble: &Trouble<'_>| {
        let since = trouble.since().duration_since(nine).as_secs();
        (trouble.spot.to_string(), trouble.act.seq, since)
    };
    now.troubles.iter().map(of).collect()
}

#[test]
fn a_symptom_stands_until_somebody_says_that_the_student_goes_on() {
    // Each seat has its own device here.
    let other = |seat: &str| {
        let mut spot = spot(seat);
        spot.device.device = None;
        spot
    };
    let mut room = acts(&[
        (10, Deed::SeatNeedsHelp { device: other("12") }),
        (
            20,
            Deed::Symptom {
                seat: other("4"),
                symptom: Symptom::CannotSignIn,
            },
        ),
        (
            40,
            Deed::Symptom {
                seat: other("12"),
                symptom: Symptom::Frozen,
            },
        ),
    ]);
    assert_eq!(
        seats(&room, 60),
        [("seat 12".to_owned(), 3, 10), ("seat 4".to_owned(), 2, 20)],
        "who waits longest first, with what was said last"
    );
    let helped = |seat: &str| Deed::SeatHelped { device: other(seat) };
    assert_eq!(check(&room, &helped("7"), 60), Err(NotNow::AlreadySo));
    assert_eq!(check(&room, &helped("12"), 60), Ok(()));
    room.take(act(4, 60, helped("12")));
    assert_eq!(seats(&room, 61), [("seat 4".to_owned(), 2, 20)]);
    room.take(act(5, 65, Deed::Undone(4)));
    assert_eq!(seats(&room, 66).len(), 2, "pressed at the wrong seat");
    let finished = Deed::SeatFinished { device: other("12") };
    room.take(act(6, 70, finished.clone()));
    assert_eq!(seats(&room, 71), [("seat 4".to_owned(), 2, 20)]);
    assert_eq!(check(&room, &finished, 72), Err(NotNow::AlreadySo));
}

#[test]
fn the_same_symptom_pressed_by_two_people_is_one_and_another_code_is_news() {
    let room = acts(&[(0, message("4", "8026"))]);
    assert_eq!(check(&room, &message("4", "8026"), 5), Err(NotNow::AlreadySo));
    assert_eq!(check(&room, &message("4", "1001"), 5), Ok(()));
    let wants = Deed::SeatNeedsHelp { device: spot("4") };
    assert_eq!(
        check(&room, &wants, 5),
        Err(NotNow::AlreadySo),
        "help is wanted there already"
    );
}

#[test]
fn a_swapped_device_is_kept_aside_through_the_next_sitting_until_it_is_released() {
    let math = math();
    let mut room = acts(&[(0, frozen("4"))]);
    assert_eq!(check(&room, &swapped(), 10), Ok(()));
    room.take(act(2, 10, swapped()));
    assert!(seats(&room, 11).is_empty(), "the student sits at another device");
    let aside = |room: &Acts| {
        let afternoon = "science".parse().unwrap();
        [Some(&math), Some(&afternoon), None].map(|of| room.now(of, at(60)).aside.len())
    };
    assert_eq!(aside(&room), [1, 1, 1]);
    let swap = |old: &str, new: &str| Deed::Swapped {
        seat: Some("5".parse().unwrap()),
        old: machine(old),
        new: machine(new),
    };
    assert_eq!(check(&room, &swapped(), 20), Err(NotNow::AlreadySo));
    assert_eq!(
        check(&room, &swap("LIN-5", "lin-4"), 20),
        Err(NotNow::KeptAside),
        "answers of another student may be on it"
    );
    assert_eq!(
        check(&room, &swap("LIN-5", "SPARE-9"), 20),
        Err(NotNow::ElsewhereAlready)
    );
    assert_eq!(check(&room, &swap("LIN-5", "lin-5"), 20), Err(NotNow::SameDevice));
    let released = Deed::Released {
        device: machine("LIN-4"),
    };
    room.take(act(3, 30, released.clone()));
    assert_eq!(aside(&room), [0, 0, 0]);
    assert_eq!(check(&room, &released, 31), Err(NotNow::AlreadySo));
    assert_eq!(check(&room, &swap("LIN-5", "LIN-4"), 31), Ok(()));
    room.take(act(4, 40, Deed::Undone(3)));
    assert_eq!(aside(&room), [1, 1, 1], "released by mistake");
}

#[test]
fn a_seat_that_is_swapped_twice_keeps_two_devices_aside() {
    let again = Deed::Swapped {
        seat: Some("4".parse().unwrap()),
        old: machine("SPARE-9"),
        new: machine("SPARE-10"),
    };
    let mut room = acts(&[(0, swapped())]);
    assert_eq!(check(&room, &again, 10), Ok(()));
    room.take(act(2, 10, again));
    let math = math();
    assert_eq!(room.now(Some(&math), at(20)).aside.len(), 2);
    assert_eq!(
        check(&room, &swapped(), 30),
        Err(NotNow::AlreadySo),
        "this swap was made"
    );
}

#[test]
fn the_last_four_of_a_tag_are_read_off_a_sticker() {
    let device = machine("LIN-CB-04821");
    for typed in ["4821", "04821", "cb04821", "LIN-CB-04821", " 48-21 "] {
        assert!(device.ends_in(typed), "{typed}");
    }
    for typed in ["", "  ", "482", "4822", "X04821"] {
        assert!(!device.ends_in(typed), "{typed}");
    }
}

#[test]
fn a_code_is_bounded_and_never_cut_in_silence() {
    assert_eq!(" 8026 \n".parse::<CodeText>().unwrap().as_str(), "8026");
    assert_eq!(" ".parse::<CodeText>(), Err(NotACode::Empty));
    assert_eq!("x".repeat(61).parse::<CodeText>(), Err(NotACode::TooLong(61)));
}

#[test]
fn whether_students_still_work_is_what_was_said_last() {
    let math = math();
    let said = |deeds: &[(i64, Deed)]| {
        let room = acts(deeds);
        room.now(Some(&math), at(60)).still.map(|(_, said)| said)
    };
    let answer = |answer| Deed::StillWorking(answer);
    assert_eq!(
        said(&[(0, answer(StillWorking::All)), (5, answer(StillWorking::Some))]),
        Some(StillWorking::Some)
    );
    assert_eq!(
        said(&[(0, answer(StillWorking::All)), (5, answer(StillWorking::None))]),
        None
    );
    assert_eq!(
        said(&[(0, answer(StillWorking::All)), (5, Deed::Undone(1))]),
        None
    );
    let room = acts(&[(0, answer(StillWorking::All))]);
    assert_eq!(
        check(&room, &answer(StillWorking::All), 9),
        Err(NotNow::AlreadySo)
    );
    assert_eq!(
        check(&Acts::default(), &answer(StillWorking::None), 9),
        Err(NotNow::AlreadySo)
    );
}

#[test]
fn a_device_that_is_left_alone_is_so_for_the_day_and_is_offered_again_the_next_morning() {
    let leave = |name: &str| Deed::LeftAlone {
        device: machine(name),
    };
    let left = |room: &Acts, second: i64| -> Vec<String> {
        let left = room.left_alone(at(second));
        left.map(|(device, _)| device.name.to_string()).collect()
    };
    let mut room = acts(&[(10, leave("B-1"))]);
    assert_eq!(left(&room, 20), ["B-1"]);
    let hours = |hours: i64| 10 + hours * 3_600;
    assert_eq!(check(&room, &leave("b-1"), hours(1)), Err(NotNow::AlreadySo));
    assert_eq!(check(&room, &leave("B-2"), hours(1)), Ok(()));
    assert_eq!(left(&room, hours(12) - 1), ["B-1"], "until the evening");
    assert!(left(&room, hours(12)).is_empty());
    assert_eq!(check(&room, &leave("B-1"), hours(23)), Ok(()), "the next morning");

    room.take(act(2, 60, Deed::Undone(1)));
    assert!(left(&room, 61).is_empty(), "pressed for the wrong device");
    assert_eq!(check(&room, &leave("B-1"), 61), Ok(()));
}

#[test]
fn what_is_left_alone_stays_so_however_much_is_written() {
    let device = machine("B-1");
    let mut room = acts(&[(0, Deed::LeftAlone { device })]);
    for seq in 2..600 {
        let at = i64::try_from(seq).unwrap();
        room.take(act(seq, at, Deed::HandRaised));
    }
    assert_eq!(room.left_alone(at(600)).count(), 1);
}
