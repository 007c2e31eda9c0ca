//! Breaks and pauses, and when students did not test because of them.

use super::*;

const MIN: i64 = 60;

fn pause(from: i64, until: Option<i64>) -> Deed {
    Deed::Paused {
        from: at(from * MIN),
        until: until.map(|until| at(until * MIN)),
    }
}

fn resumed(from: i64) -> Deed {
    Deed::Resumed { from: at(from * MIN) }
}

/// Of a whole school.
fn school(deeds: &[(i64, Deed)]) -> Acts {
    let mut school = Acts::default();
    for act in acts(deeds).all() {
        let mut act = act.clone();
        act.session = None;
        school.take(act);
    }
    school
}

/// In minutes after nine.
fn stretches(room: &Acts, school: Option<&Acts>, timing: Timing) -> Vec<(i64, Option<i64>, Why)> {
    let minute = |time: Timestamp| time.duration_since(at(0)).as_secs() / MIN;
    pauses(room, school, &sitting(timing))
        .into_iter()
        .map(|stretch| (minute(stretch.from), stretch.until.map(minute), stretch.why))
        .collect()
}

#[test]
fn a_fire_drill_entered_afterwards_has_its_true_times() {
    let drill = pause(20, Some(45));
    let room = Acts::default();
    assert_eq!(check(&room, &drill, 50 * MIN), Ok(()));
    let room = acts(&[(50 * MIN, drill.clone())]);
    assert_eq!(
        stretches(&room, None, Timing::Timed),
        [(20, Some(45), Why::Pause)]
    );
    let math = math();
    assert!(
        room.now(Some(&math), at(51 * MIN)).pauses.is_empty(),
        "it is over, nothing is in force"
    );
    assert_eq!(check(&room, &drill, 51 * MIN), Err(NotNow::AlreadySo));
    let mut room = room;
    room.take(act(2, 51 * MIN, Deed::Undone(1)));
    assert!(stretches(&room, None, Timing::Timed).is_empty());
}

#[test]
fn a_pause_lies_inside_the_session_and_never_in_the_future() {
    let room = Acts::default();
    let at_minute = |deed: &Deed, minute: i64| check(&room, deed, minute * MIN);
    assert_eq!(at_minute(&pause(20, None), 20), Ok(()));
    assert_eq!(at_minute(&pause(21, None), 20), Err(NotNow::Future));
    assert_eq!(at_minute(&pause(10, Some(21)), 20), Err(NotNow::Future));
    assert_eq!(at_minute(&pause(10, Some(10)), 20), Err(NotNow::Backwards));
    assert_eq!(at_minute(&pause(-1, Some(10)), 20), Err(NotNow::OutsideSession));
    assert_eq!(
        at_minute(&pause(100, Some(121)), 130),
        Err(NotNow::OutsideSession)
    );
    assert_eq!(at_minute(&pause(100, Some(120)), 130), Ok(()));
    let session = sitting(Timing::UntilFinished);
    let moment = Moment {
        now: at(150 * MIN),
        session: Some(&session),
        sittings: vec![&session],
    };
    assert_eq!(
        room.check(&in_room(), &pause(130, None), &moment),
        Ok(()),
        "students work until they have finished"
    );
}

#[test]
fn a_pause_goes_on_until_somebody_says_since_when_students_work_again() {
    let mut room = acts(&[(20 * MIN, pause(18, None))]);
    let math = math();
    assert_eq!(room.now(Some(&math), at(21 * MIN)).pauses.len(), 1, "in force");
    assert_eq!(check(&room, &pause(21, None), 21 * MIN), Err(NotNow::AlreadySo));
    assert_eq!(stretches(&room, None, Timing::Timed), [(18, None, Why::Pause)]);
    assert_eq!(check(&room, &resumed(17), 40 * MIN), Err(NotNow::BeforeThePause));
    assert_eq!(check(&room, &resumed(41), 40 * MIN), Err(NotNow::Future));
    assert_eq!(check(&room, &resumed(30), 40 * MIN), Ok(()));
    room.take(act(2, 40 * MIN, resumed(30)));
    assert_eq!(
        stretches(&room, None, Timing::Timed),
        [(18, Some(30), Why::Pause)]
    );
    assert_eq!(check(&room, &resumed(35), 40 * MIN), Err(NotNow::AlreadySo));
}

#[test]
fn breaks_and_pauses_of_room_and_school_share_no_minute() {
    let room = acts(&[
        (0, Deed::Started),
        (30 * MIN, Deed::BreakBegun),
        (50 * MIN, Deed::BreakEnded),
        (70 * MIN, pause(65, Some(70))),
    ]);
    let school = school(&[
        (45 * MIN, pause(40, None)),
        (60 * MIN, resumed(55)),
        (80 * MIN, pause(66, Some(69))),
    ]);
    assert_eq!(
        stretches(&room, Some(&school), Timing::Timed),
        [
            (30, Some(50), Why::Break),
            (50, Some(55), Why::SchoolPause),
            (65, Some(70), Why::Pause)
        ]
    );
}

#[test]
fn what_is_said_of_another_session_or_lies_outside_of_this_one_does_not_count() {
    let mut room = Acts::default();
    let mut elsewhere = act(1, 30 * MIN, Deed::BreakBegun);
    elsewhere.session = Some("science".parse().unwrap());
    room.take(elsewhere);
    let school = school(&[(0, pause(-30, Some(10))), (180 * MIN, pause(110, Some(180)))]);
    assert_eq!(
        stretches(&room, Some(&school), Timing::Timed),
        [
            (0, Some(10), Why::SchoolPause),
            (110, Some(120), Why::SchoolPause)
        ]
    );
    assert_eq!(
        stretches(&room, Some(&school), Timing::UntilFinished)[1],
        (110, Some(180), Why::SchoolPause)
    );
}

#[test]
fn ending_the_test_ends_its_break_and_its_pause() {
    let room = acts(&[
        (30 * MIN, Deed::BreakBegun),
        (35 * MIN, pause(32, None)),
        (40 * MIN, Deed::Ended),
    ]);
    assert_eq!(
        stretches(&room, None, Timing::Timed),
        [(30, Some(40), Why::Break)]
    );
    assert_eq!(check(&room, &pause(41, None), 41 * MIN), Err(NotNow::Over));
    assert_eq!(
        check(&room, &pause(10, Some(15)), 41 * MIN),
        Ok(()),
        "written down after the end"
    );
}

#[test]
fn a_break_pressed_without_a_network_began_when_it_was_pressed() {
    let mut room = Acts::default();
    let press = |key: u128, minute: i64| {
        Some(Press {
            key: Uuid::from_u128(key),
            at: at(minute * MIN),
        })
    };
    room.take(Act {
        press: press(1, 30),
        ..act(1, 44 * MIN, Deed::BreakBegun)
    });
    room.take(Act {
        press: press(2, 40),
        ..act(2, 44 * MIN, Deed::BreakEnded)
    });
    assert_eq!(
        stretches(&room, None, Timing::Timed),
        [(30, Some(40), Why::Break)]
    );
}
