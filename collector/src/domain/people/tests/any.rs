//! Whatever people press, in whatever order and whenever.

use proptest::prelude::*;

use super::*;

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        Just(Deed::HandRaised),
        Just(Deed::HandLowered),
        Just(Deed::Acknowledged(incident())),
        Just(note("Seat 4.")),
        Just(Deed::Started),
        Just(Deed::BreakBegun),
        Just(Deed::BreakEnded),
        Just(Deed::Ended),
        (1..40_u64).prop_map(Deed::Undone),
        ("[4-6]", 0..4_u8).prop_map(|(seat, what)| match what {
            0 => Deed::Symptom {
                seat: own(&seat),
                symptom: Symptom::Frozen,
            },
            1 => Deed::SeatNeedsHelp { device: own(&seat) },
            2 => Deed::SeatHelped { device: own(&seat) },
            _ => Deed::SeatFinished { device: own(&seat) },
        }),
        ("[4-6]", "[4-9]").prop_map(|(old, new)| Deed::Swapped {
            seat: Some("4".parse().unwrap()),
            old: machine(&format!("LIN-{old}")),
            new: machine(&format!("LIN-{new}")),
        }),
        "[4-9]".prop_map(|name| Deed::Released {
            device: machine(&format!("LIN-{name}")),
        }),
        "[4-9]".prop_map(|name| Deed::LeftAlone {
            device: machine(&format!("LIN-{name}")),
        }),
        (0..3_600_i64, prop::option::of(0..3_600_i64)).prop_map(|(from, until)| Deed::Paused {
            from: at(from),
            until: until.map(at),
        }),
        (0..3_600_i64).prop_map(|from| Deed::Resumed { from: at(from) }),
        prop_oneof![
            Just(StillWorking::All),
            Just(StillWorking::Some),
            Just(StillWorking::None)
        ]
        .prop_map(Deed::StillWorking),
    ]
}

/// A seat with a device of its own.
fn own(seat: &str) -> Spot {
    let mut spot = spot(seat);
    spot.device.device = None;
    spot
}

/// Presses with the seconds that passed before each.
fn presses() -> impl Strategy<Value = Vec<(i64, Deed)>> {
    prop::collection::vec((0..90_i64, deed()), 1..40)
}

/// What a person sees of a room: the hand, the notes, where the test stands.
fn seen(room: &Acts, second: i64) -> String {
    let pauses = pauses(room, None, &sitting(Timing::Timed));
    format!("{:?} {pauses:?}", room.now(Some(&math()), at(second)))
}

proptest! {
    #[test]
    fn only_what_the_rules_allow_happens_and_undoing_at_once_leaves_no_trace_on_the_board(presses in presses()) {
        let mut room = Acts::default();
        let (mut second, mut seq) = (0, 0);
        for (pause, deed) in presses {
            second += pause;
            if check(&room, &deed, second).is_err() {
                continue;
            }
            if let Deed::Undone(of) = deed {
                let age = at(second).duration_since(room.get(of).unwrap().at);
                prop_assert!(age <= UNDO_WITHIN);
            }
            let before = seen(&room, second);
            seq += 1;
            room.take(act(seq, second, deed.clone()));
            if deed.can_be_undone() {
                // As it would be if it were taken back at once.
                let mut again = room.clone();
                prop_assert_eq!(check(&again, &Deed::Undone(seq), second), Ok(()));
                again.take(act(seq + 1, second, Deed::Undone(seq)));
                let after = seen(&again, second);
                // Saying "on my way" anew replaces the earlier saying, so undoing it brings that one back.
                prop_assert_eq!(before, after);
            }
        }
    }

    #[test]
    fn the_order_in_which_entries_arrive_does_not_matter(presses in presses(), turn in 0..40_usize) {
        let all: Vec<_> = (1..).zip(&presses).map(|(seq, (second, deed))| act(seq, *second, deed.clone())).collect();
        let (mut straight, mut turned) = (Acts::default(), Acts::default());
        all.iter().cloned().for_each(|act| straight.take(act));
        let turn = turn % all.len();
        all[turn..].iter().chain(&all[..turn]).chain(&all).cloned().for_each(|act| turned.take(act));
        prop_assert_eq!(straight, turned);
    }

    #[test]
    fn stretches_are_in_order_apart_from_each_other_and_inside_the_session(
        room_says in presses(), school_says in presses()
    ) {
        let of = |presses: &[(i64, Deed)], session: Option<SessionId>| {
            let (mut acts, mut second) = (Acts::default(), 0);
            for (seq, (pause, deed)) in (1..).zip(presses) {
                second += pause;
                acts.take(Act { session: session.clone(), ..act(seq, second, deed.clone()) });
            }
            acts
        };
        let (room, school) = (of(&room_says, Some(math())), of(&school_says, None));
        for timing in [Timing::Timed, Timing::UntilFinished] {
            let session = sitting(timing);
            let all = pauses(&room, Some(&school), &session);
            let mut free_from = Some(session.timetable.starts());
            for stretch in &all {
                prop_assert!(free_from.is_some_and(|free| free <= stretch.from), "{:?}", all);
                prop_assert!(stretch.until.is_none_or(|until| stretch.from < until), "{:?}", all);
                free_from = stretch.until;
            }
            if timing == Timing::Timed && let Some(last) = all.last().and_then(|last| last.until) {
                prop_assert!(last <= session.last_end());
            }
        }
    }

    #[test]
    fn with_however_much_written_a_hand_and_what_minutes_are_counted_by_stay(presses in presses()) {
        let mut room = Acts::default();
        let (mut second, mut seq) = (0, 0);
        for (pause, deed) in presses {
            second += pause;
            if check(&room, &deed, second).is_ok() {
                seq += 1;
                room.take(act(seq, second, deed));
            }
        }
        let without_notes = |room: &Acts| {
            let math = math();
            let now = room.now(Some(&math), at(second));
            let all = pauses(room, None, &sitting(Timing::Timed));
            format!("{:?} {:?} {:?} {:?} {:?} {all:?}", now.hand, now.run, now.pauses, now.aside, now.troubles)
        };
        let before = without_notes(&room);
        for number in 1..=u64::try_from(MOST_ACTS_A_ROOM).unwrap() {
            room.take(act(seq + number, second, note("seat 3")));
        }
        prop_assert_eq!(room.all().len(), MOST_ACTS_A_ROOM);
        prop_assert_eq!(before, without_notes(&room));
    }
}
