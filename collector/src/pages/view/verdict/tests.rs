//! What the large sentence says, room by room.

use super::*;

fn seat(place: usize, standing: Standing) -> SeatTile {
    SeatTile {
        key: place.to_string(),
        label: place.to_string(),
        place,
        standing,
        reason: None,
        battery: None,
        url: None,
        device: None,
    }
}

fn room(standings: &[(usize, Standing)]) -> Vec<SeatTile> {
    let all = standings
        .iter()
        .flat_map(|(devices, standing)| std::iter::repeat_n(*standing, *devices));
    all.enumerate()
        .map(|(place, standing)| seat(place + 1, standing))
        .collect()
}

fn judged(phase: Option<Phase>, standings: &[(usize, Standing)]) -> Verdict {
    Verdict::of(Seen {
        phase,
        seats: &room(standings),
        test_app: "TestNav",
        blind_since: None,
        paused_since: None,
        school_is_paused: false,
        shared: None,
    })
}

#[test]
fn before_start_it_counts_who_is_ready() {
    let verdict = judged(
        Some(Phase::Sweep),
        &[(28, Standing::Ready), (2, Standing::NotReady)],
    );
    assert_eq!(verdict.words, "28 of 30 ready");
    assert_eq!(verdict.tone, VerdictTone::Urgent);
    assert_eq!(
        verdict.next,
        "Look at seat 29 (not ready) and seat 30 (not ready). Open a seat to see what to do."
    );
    let verdict = judged(None, &[(30, Standing::Ready)]);
    assert_eq!(
        (verdict.words.as_str(), verdict.next.as_str()),
        ("All 30 ready", "Nothing to do.")
    );
    assert_eq!(verdict.tone, VerdictTone::Fine);
}

#[test]
fn during_the_test_it_counts_who_works() {
    let verdict = judged(Some(Phase::Testing), &[(30, Standing::Working)]);
    assert_eq!(
        (verdict.words.as_str(), verdict.tone),
        ("All 30 working", VerdictTone::Fine)
    );
    let verdict = judged(
        Some(Phase::Testing),
        &[(27, Standing::Working), (3, Standing::FinishedMaybe)],
    );
    assert_eq!(verdict.words, "27 of 30 working");
    assert_eq!(verdict.next, "Nothing to do: 3 probably finished.");
    assert_eq!(verdict.tone, VerdictTone::Quiet);
}

#[test]
fn who_needs_help_is_named_by_seat_worst_first() {
    let verdict = judged(
        Some(Phase::Testing),
        &[
            (1, Standing::TestAppCrashed),
            (1, Standing::Lost),
            (28, Standing::Working),
        ],
    );
    assert_eq!(verdict.words, "2 students need help");
    assert!(
        verdict
            .next
            .starts_with("Go to seat 2 (lost) and seat 1 (test app crashed)."),
        "{}",
        verdict.next
    );
    let verdict = judged(Some(Phase::Break), &[(9, Standing::Lost)]);
    assert!(
        verdict.next.contains("seat 4 (lost) and 5 more."),
        "{}",
        verdict.next
    );
    assert_eq!(
        judged(Some(Phase::Testing), &[(1, Standing::Lost)]).words,
        "1 student needs help"
    );
}

#[test]
fn it_never_says_all_working_about_devices_nobody_can_watch() {
    let verdict = judged(
        Some(Phase::Testing),
        &[(26, Standing::NotWatched), (4, Standing::Working)],
    );
    assert_eq!(verdict.words, "All 4 watched devices working");
    assert_eq!(
        verdict.next,
        "Nothing to do. Keep an eye on the other 26 yourself."
    );
    let verdict = judged(
        Some(Phase::Testing),
        &[(26, Standing::NotWatched), (1, Standing::Working)],
    );
    assert_eq!(verdict.words, "The 1 watched device working");
    let verdict = judged(Some(Phase::Testing), &[(26, Standing::NotWatched)]);
    assert_eq!(verdict.words, "Testing. Devices here are not watched one by one");
    assert_eq!(verdict.tone, VerdictTone::Quiet);
    assert_eq!(
        judged(None, &[(3, Standing::NotWatched)]).tone,
        VerdictTone::Quiet
    );
}

fn shared(what: SharedTrouble, standings: &[(usize, Standing)]) -> Verdict {
    Verdict::of(Seen {
        phase: Some(Phase::Testing),
        seats: &room(standings),
        test_app: "TestNav",
        blind_since: None,
        paused_since: None,
        school_is_paused: false,
        shared: Some(Shared {
            what,
            devices: standings[0].0,
            since: "09:41",
            to_do: "Keep students seated.",
        }),
    })
}

#[test]
fn what_devices_have_in_common_is_said_once_and_not_seat_by_seat() {
    let all = shared(SharedTrouble::NoVendor, &[(30, Standing::Attention)]);
    assert_eq!(
        (all.words.as_str(), all.next.as_str(), all.tone),
        (
            "No device here reaches TestNav since 09:41",
            "Keep students seated.",
            VerdictTone::Caution
        )
    );
    let some = shared(
        SharedTrouble::NotHeard,
        &[
            (8, Standing::Lost),
            (2, Standing::Attention),
            (20, Standing::NotWatched),
        ],
    );
    assert_eq!(
        (some.words.as_str(), some.next.as_str(), some.tone),
        (
            "8 of 10 devices have not been heard since 09:41",
            "Keep students seated.",
            VerdictTone::Urgent
        )
    );
    let part = [(3, Standing::Attention), (27, Standing::Working)];
    for (what, words) in [
        (
            SharedTrouble::NoVendor,
            "3 of 30 devices do not reach TestNav since 09:41",
        ),
        (
            SharedTrouble::ComeAndGo,
            "3 of 30 devices lose the connection again and again since 09:41",
        ),
        (
            SharedTrouble::Slow,
            "The network is slow for 3 of 30 devices since 09:41",
        ),
    ] {
        assert_eq!(shared(what, &part).words, words);
    }
}

#[test]
fn a_blind_collector_says_so_before_anything_else() {
    let verdict = Verdict::of(Seen {
        phase: Some(Phase::Testing),
        seats: &room(&[(3, Standing::Lost)]),
        test_app: "TestNav",
        blind_since: Some("09:41"),
        paused_since: None,
        school_is_paused: false,
        shared: None,
    });
    assert_eq!(verdict.words, "We cannot see this room since 09:41");
    assert_eq!(verdict.tone, VerdictTone::Blind);
}

#[test]
fn a_pause_is_in_the_sentence_and_hides_nobody_who_needs_help() {
    let paused = |phase, seats: &[SeatTile], blind_since| {
        Verdict::of(Seen {
            phase: Some(phase),
            seats,
            test_app: "TestNav",
            blind_since,
            paused_since: Some("09:10"),
            school_is_paused: false,
            shared: None,
        })
    };
    let calm = paused(Phase::Testing, &room(&[(30, Standing::Working)]), None);
    assert_eq!(
        (calm.words.as_str(), calm.tone),
        ("Paused since 09:10", VerdictTone::Quiet)
    );
    let lost = paused(Phase::Testing, &room(&[(1, Standing::Lost)]), None);
    assert_eq!(
        (lost.words.as_str(), lost.tone),
        ("Paused since 09:10. 1 student needs help", VerdictTone::Urgent)
    );
    let blind = paused(Phase::Testing, &room(&[(3, Standing::Lost)]), Some("09:41"));
    assert!(
        blind.next.starts_with("Everybody here is paused since 09:10."),
        "nobody is asked whether paused students work: {}",
        blind.next
    );
    let over = paused(Phase::Finished, &room(&[(3, Standing::Away)]), None);
    assert_eq!(over.words, "Session over");
}

#[test]
fn ready_devices_without_the_app_are_not_called_working() {
    let verdict = judged(Some(Phase::Testing), &[(30, Standing::Ready)]);
    assert_eq!(verdict.words, "30 ready, none has opened TestNav yet");
    let verdict = judged(
        Some(Phase::Testing),
        &[(12, Standing::Working), (18, Standing::Ready)],
    );
    assert_eq!(verdict.next, "Nothing to do: 18 not yet in TestNav.");
}

#[test]
fn a_fresh_start_says_that_it_is_checking() {
    let verdict = judged(Some(Phase::Testing), &[(30, Standing::Checking)]);
    assert_eq!(
        (verdict.words.as_str(), verdict.tone),
        ("Checking 30", VerdictTone::Quiet)
    );
}

#[test]
fn after_the_session_it_names_who_was_not_heard_again() {
    assert_eq!(
        judged(Some(Phase::Finished), &[(3, Standing::Away)]).words,
        "Session over"
    );
    let verdict = judged(
        Some(Phase::Finished),
        &[(2, Standing::Lost), (28, Standing::Away)],
    );
    assert_eq!(verdict.words, "Session over, 2 devices not heard again");
}

#[test]
fn an_empty_room_points_to_the_steps() {
    assert_eq!(judged(None, &[]).words, "No device has reported yet");
}

#[test]
fn no_verdict_shouts_when_every_seat_is_fine_or_quiet() {
    let phases = [
        None,
        Some(Phase::Scheduled),
        Some(Phase::Sweep),
        Some(Phase::Testing),
        Some(Phase::Break),
    ];
    let calm = Standing::ALL
        .into_iter()
        .filter(|standing| matches!(standing.tone(), Tone::Quiet | Tone::Fine));
    for standing in calm {
        for phase in phases {
            let verdict = judged(phase, &[(5, standing)]);
            assert!(
                matches!(verdict.tone, VerdictTone::Quiet | VerdictTone::Fine),
                "{standing:?} {phase:?}"
            );
        }
    }
}
