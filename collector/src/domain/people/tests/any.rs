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
    ]
}

/// Presses with the seconds that passed before each.
fn presses() -> impl Strategy<Value = Vec<(i64, Deed)>> {
    prop::collection::vec((0..90_i64, deed()), 1..40)
}

/// What a person sees of a room: the hand, the notes, where the test stands.
fn seen(room: &RoomActs, second: i64) -> String {
    format!("{:?}", room.now(Some(&math()), at(second)))
}

proptest! {
    #[test]
    fn only_what_the_rules_allow_happens_and_undoing_at_once_leaves_no_trace_on_the_board(presses in presses()) {
        let (mut room, math) = (RoomActs::default(), math());
        let (mut second, mut seq) = (0, 0);
        for (pause, deed) in presses {
            second += pause;
            if room.check(&deed, Some(&math), at(second)).is_err() {
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
                prop_assert_eq!(again.check(&Deed::Undone(seq), Some(&math), at(second)), Ok(()));
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
        let (mut straight, mut turned) = (RoomActs::default(), RoomActs::default());
        all.iter().cloned().for_each(|act| straight.take(act));
        let turn = turn % all.len();
        all[turn..].iter().chain(&all[..turn]).chain(&all).cloned().for_each(|act| turned.take(act));
        prop_assert_eq!(straight, turned);
    }
}
