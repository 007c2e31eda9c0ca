use jiff::Timestamp;
use roomready_shared::ids::{RuleId, Title};
use roomready_shared::units::ShortText;
use roomready_shared::verdict::{Authority, Basis, Confidence};
use roomready_shared::wire::v1::GoodbyeReason;

use super::*;
use crate::domain::incident::{Condition, Reason};

fn at() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn finding(verdict: Verdict, demand: Demand, stale: bool) -> Finding {
    Finding {
        rule: RuleId::parse("memory").unwrap(),
        title: Title::parse("Memory").unwrap(),
        verdict,
        demand,
        measured: String::new(),
        required: String::new(),
        authority: Authority {
            basis: Basis::Vendor,
            source: ShortText::fit("page"),
            as_of: jiff::civil::date(2026, 8, 1),
            confidence: Confidence::High,
        },
        fix: None,
        settled_by: None,
        read_at: None,
        stale,
    }
}

fn judged(readiness: Readiness) -> Option<Judged> {
    Some(Judged {
        readiness,
        only_old: false,
    })
}

fn look(sight: Sight, judged: Option<Judged>, phase: Option<Phase>) -> Look {
    Look {
        watched: Watched::ByAgent,
        sight,
        fault: None,
        judged,
        phase,
        shared: false,
    }
}

#[test]
fn standings_are_ordered_worst_first() {
    assert!(Standing::ALL.is_sorted());
    assert!(Standing::Lost < Standing::TestAppCrashed && Standing::NotWatched < Standing::Working);
}

#[test]
fn a_chromebook_in_testing_is_not_watched_and_never_lost_or_stale() {
    let sights = [
        Sight::NeverHeard,
        Sight::Checking,
        Sight::Silent { since: at() },
        Sight::Lost {
            since: at(),
            why: None,
        },
    ];
    for sight in sights {
        for phase in [Phase::Testing, Phase::Break] {
            for checks in [None, judged(Readiness::NotReady), judged(Readiness::Unknown)] {
                let look = Look {
                    watched: Watched::NotOneByOne,
                    ..look(sight, checks, Some(phase))
                };
                assert_eq!(standing(look), Standing::NotWatched);
            }
        }
    }
}

#[test]
fn a_chromebook_before_the_test_is_judged_by_what_the_district_knows_of_it() {
    let before = |checks| {
        standing(Look {
            watched: Watched::NotOneByOne,
            ..look(Sight::NeverHeard, checks, Some(Phase::Sweep))
        })
    };
    assert_eq!(before(None), Standing::NeverReported);
    assert_eq!(before(judged(Readiness::Ready)), Standing::Ready);
    assert_eq!(before(judged(Readiness::NotReady)), Standing::NotReady);
}

#[test]
fn each_sight_has_its_word() {
    let ready = judged(Readiness::Ready);
    let goodbye = GoodbyeReason::Sleep;
    for (sight, expected) in [
        (Sight::NeverHeard, Standing::NeverReported),
        (
            Sight::Lost {
                since: at(),
                why: None,
            },
            Standing::Lost,
        ),
        (
            Sight::AppCrashed {
                since: at(),
                why: None,
            },
            Standing::TestAppCrashed,
        ),
        (Sight::Checking, Standing::Checking),
        (Sight::Silent { since: at() }, Standing::Stale),
        (Sight::Away { goodbye, at: at() }, Standing::Away),
        (Sight::FinishedMaybe { at: at() }, Standing::FinishedMaybe),
        (Sight::AppNotBack { since: at() }, Standing::Attention),
        (Sight::Working { since: at() }, Standing::Working),
        (Sight::Here, Standing::Ready),
    ] {
        assert_eq!(
            standing(look(sight, ready, Some(Phase::Testing))),
            expected,
            "{sight:?}"
        );
    }
}

#[test]
fn checks_speak_before_the_test_and_whisper_while_it_runs() {
    let here = |readiness| standing(look(Sight::Here, judged(readiness), Some(Phase::Sweep)));
    assert_eq!(here(Readiness::NotReady), Standing::NotReady);
    assert_eq!(here(Readiness::Attention), Standing::Attention);
    assert_eq!(here(Readiness::Unknown), Standing::Unknown);
    let working = |readiness| {
        standing(look(
            Sight::Working { since: at() },
            judged(readiness),
            Some(Phase::Testing),
        ))
    };
    assert_eq!(working(Readiness::NotReady), Standing::Attention);
    assert_eq!(working(Readiness::Attention), Standing::Working);
    assert_eq!(working(Readiness::Unknown), Standing::Working);
}

#[test]
fn a_device_whose_readings_are_only_old_is_out_of_date_and_not_unknown() {
    let old = finding(Verdict::Unknown, Demand::Required, true);
    let unread = finding(Verdict::Unknown, Demand::Required, false);
    let passed = finding(Verdict::Pass, Demand::Required, false);
    let of = |findings| {
        let judged = Judged::of(&Assessment::of(findings));
        standing(look(Sight::Here, Some(judged), Some(Phase::Sweep)))
    };
    assert_eq!(of(vec![passed.clone(), old.clone()]), Standing::Stale);
    assert_eq!(of(vec![passed.clone(), old, unread]), Standing::Unknown);
    assert_eq!(of(vec![passed]), Standing::Ready);
}

#[test]
fn a_device_that_two_machines_speak_for_is_attention_at_least_and_never_fine() {
    let shared = |sight, checks| {
        standing(Look {
            shared: true,
            ..look(sight, checks, Some(Phase::Testing))
        })
    };
    assert_eq!(shared(Sight::Here, judged(Readiness::Ready)), Standing::Attention);
    assert_eq!(shared(Sight::Working { since: at() }, None), Standing::Attention);
    assert_eq!(shared(Sight::NeverHeard, None), Standing::Attention);
    let lost = Sight::Lost {
        since: at(),
        why: None,
    };
    assert_eq!(shared(lost, None), Standing::Lost, "what is worse stays");
}

#[test]
fn a_sentinel_that_is_heard_is_all_right() {
    let look = Look {
        watched: Watched::Sentinel,
        ..look(Sight::Here, None, Some(Phase::Testing))
    };
    assert_eq!(standing(look), Standing::Ready);
}

#[test]
fn the_loudest_finding_is_a_missed_requirement_before_a_shown_warning() {
    let shown = finding(Verdict::Fail, Demand::Shown, false);
    let unknown = finding(Verdict::Unknown, Demand::Required, false);
    let failed = finding(Verdict::Fail, Demand::Required, false);
    let passed = finding(Verdict::Pass, Demand::Required, false);
    let all = Assessment::of(vec![
        passed.clone(),
        shown.clone(),
        unknown.clone(),
        failed.clone(),
    ]);
    assert_eq!(loudest_finding(&all), Some(&failed));
    assert_eq!(
        loudest_finding(&Assessment::of(vec![shown, unknown.clone()])),
        Some(&unknown)
    );
    assert_eq!(loudest_finding(&Assessment::of(vec![passed])), None);
}

#[test]
fn a_tile_s_reason_is_one_short_phrase() {
    let written = |_: Timestamp| "9:41".to_owned();
    let words = |sight: Sight| sight.words("TestNav", written).unwrap_or_default();
    let announced = Reason::Announced {
        goodbye: GoodbyeReason::Sleep,
        at: at(),
    };
    assert_eq!(
        words(Sight::Lost {
            since: at(),
            why: None
        }),
        "silent since 9:41"
    );
    assert_eq!(
        words(Sight::Lost {
            since: at(),
            why: Some(announced)
        }),
        "asleep since 9:41"
    );
    assert_eq!(
        words(Sight::AppCrashed {
            since: at(),
            why: Some(Reason::Crashed)
        }),
        "TestNav stopped at 9:41"
    );
    assert_eq!(
        words(Sight::AppCrashed {
            since: at(),
            why: Some(Reason::KeptClosing)
        }),
        "TestNav keeps closing since 9:41"
    );
    assert_eq!(
        words(Sight::AppNotBack { since: at() }),
        "TestNav is not open again"
    );
    assert_eq!(words(Sight::Here), "");
}

#[test]
fn what_is_wrong_with_a_device_that_is_there_is_its_standing_and_what_is_not_there_has_none() {
    let of = |sight, condition, checks| {
        standing(Look {
            fault: Some(Fault {
                condition,
                since: at(),
                percent: None,
                empty: None,
            }),
            ..look(sight, checks, Some(Phase::Testing))
        })
    };
    let working = Sight::Working { since: at() };
    let ready = judged(Readiness::Ready);
    assert_eq!(
        of(working, Condition::BatteryCritical, ready),
        Standing::BatteryCritical
    );
    assert_eq!(of(working, Condition::Unstable, ready), Standing::Unstable);
    assert_eq!(
        of(working, Condition::BatteryWontLast, ready),
        Standing::Attention
    );
    assert_eq!(of(Sight::Here, Condition::NetworkSlow, None), Standing::Attention);
    let lost = Sight::Lost {
        since: at(),
        why: None,
    };
    assert_eq!(of(lost, Condition::BatteryCritical, ready), Standing::Lost);
    let closed = Sight::FinishedMaybe { at: at() };
    assert_eq!(
        of(closed, Condition::BatteryCritical, ready),
        Standing::FinishedMaybe
    );
}
