//! Whatever the timetable, whatever is guessed.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn a_link_is_open_exactly_in_the_window_of_its_sitting_as_it_stands_now(
        starts in -2_000..2_000_i64,
        lasts in 1..600_i64,
        longer in 0..120_i64,
        in_room in prop::sample::select(vec!["101", "102"]),
        minute in -3_000..4_000_i64,
    ) {
        let last = starts + lasts + longer;
        let district = district(vec![session(in_room, starts, starts + lasts, Some(last))]);
        let link = link();
        let state = link.state(&district, at(minute));
        prop_assert_eq!(state.open().is_some(), (starts - 90..last + 60).contains(&minute));
        prop_assert_eq!(state.room(), Some(&room(in_room)));
    }

    #[test]
    fn nobody_ever_waits_longer_than_half_a_minute(tries in prop::collection::vec((0..5_u8, 0..40_000_u64), 0..200)) {
        let mut guesses = Guesses::default();
        let mut now = 0;
        for (host, pause) in tries {
            now += pause;
            let origin = from(&format!("10.0.0.{host}"));
            let wait = match enter(&mut guesses, &link(), "0000".parse().ok(), 0, origin, now) {
                Err(NotEntered::WrongWord { wait } | NotEntered::Wait { wait }) => wait,
                other => panic!("{other:?}"),
            };
            prop_assert!(wait <= Duration::from_secs(30));
            let later = now + 30_000;
            prop_assert!(guesses.wait(link().id, origin, later).is_zero(), "the room is never locked");
        }
    }

    #[test]
    fn any_draw_is_a_word_that_is_read_back(random in any::<[u8; 4]>()) {
        let word = RoomWord::drawn(random);
        prop_assert_eq!(word.reveal().parse::<RoomWord>(), Ok(word));
    }
}
