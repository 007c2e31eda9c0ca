use jiff::{SignedDuration, Timestamp};
use roomready_shared::ids::{SchoolId, TargetId};

use super::*;

mod any;
mod words;

/// Seconds after nine.
fn at(second: i64) -> Timestamp {
    let nine: Timestamp = "2026-10-06T09:00:00Z".parse().unwrap();
    nine + SignedDuration::from_secs(second)
}

fn school() -> SchoolId {
    "lincoln-ms".parse().unwrap()
}

fn target(id: &str, step: Step) -> Target {
    Target {
        id: id.parse().unwrap(),
        name: id.parse().unwrap(),
        step,
        schools: None,
    }
}

/// One target on each step, after nothing, five and fifteen minutes.
fn plan() -> NoticePlan {
    NoticePlan {
        ladder: Ladder::USUAL,
        targets: vec![
            target("on-call", Step::First),
            target("school", Step::Second),
            target("district", Step::Third),
        ],
    }
}

fn incident(id: &str, known: i64) -> Case {
    Case {
        key: CaseKey::Incident(id.parse().unwrap()),
        known: at(known),
        over: None,
        on_the_way: vec![],
        highest: Step::Third,
    }
}

fn over(case: Case, second: i64) -> Case {
    Case {
        over: Some(at(second)),
        ..case
    }
}

fn answered(mut case: Case, second: i64) -> Case {
    case.on_the_way.push(at(second));
    case
}

/// What a second brings, and takes it into the ledger as the outbox would.
fn second(ledger: &mut Ledger, plan: &NoticePlan, cases: &[Case], second: i64) -> Vec<String> {
    let due = due(ledger, plan, &[(school(), cases.to_vec())], at(second));
    let said = due.iter().map(|due| {
        let keys = due.tells.iter().map(|(key, _)| match key {
            CaseKey::Incident(id) => id.to_string(),
            CaseKey::Hand { entry, .. } => format!("hand {entry}"),
        });
        let keys: Vec<_> = keys.collect();
        format!("{} {} {}", due.target, due.kind.word(), keys.join("+"))
    });
    let said: Vec<_> = said.collect();
    for due in &due {
        ledger.take(&notice(due, second));
    }
    said
}

fn notice(due: &Due, second: i64) -> Notice {
    Notice {
        id: NoticeId::of(due),
        target: due.target.clone(),
        step: due.step,
        school: Some(due.school.clone()),
        place: "Lincoln Middle School".parse().unwrap(),
        at: at(second),
        kind: due.kind,
        tells: due.tells.clone(),
        items: vec![],
    }
}

/// Everything that is told within these seconds, with the second.
fn told(
    ledger: &mut Ledger,
    plan: &NoticePlan,
    seconds: std::ops::Range<i64>,
    cases: impl Fn(i64) -> Vec<Case>,
) -> Vec<(i64, String)> {
    seconds
        .flat_map(|at| {
            second(ledger, plan, &cases(at), at)
                .into_iter()
                .map(move |said| (at, said))
        })
        .collect()
}

fn as_text(told: &[(i64, String)]) -> Vec<(i64, &str)> {
    told.iter().map(|(at, said)| (*at, said.as_str())).collect()
}

#[test]
fn the_technician_is_told_at_once_the_school_after_five_minutes_and_the_district_after_fifteen() {
    let told = told(&mut Ledger::default(), &plan(), 0..3_600, |_| {
        vec![incident("lost-1", 0)]
    });
    assert_eq!(
        as_text(&told),
        [
            (5, "on-call opened lost-1"),
            (305, "school opened lost-1"),
            (905, "district opened lost-1"),
        ],
        "each once, however long it goes on"
    );
}

#[test]
fn whoever_was_told_hears_once_that_it_is_over_and_nobody_else() {
    let told = told(&mut Ledger::default(), &plan(), 0..3_600, |now| {
        let case = incident("lost-1", 0);
        vec![if now < 400 { case } else { over(case, 400) }]
    });
    assert_eq!(
        as_text(&told),
        [
            (5, "on-call opened lost-1"),
            (305, "school opened lost-1"),
            (405, "on-call over lost-1"),
            (405, "school over lost-1"),
        ]
    );
}

#[test]
fn what_is_over_before_anybody_was_told_is_never_told() {
    let told = told(&mut Ledger::default(), &plan(), 0..60, |now| {
        let case = incident("lost-1", 0);
        vec![if now < 4 { case } else { over(case, 4) }]
    });
    assert_eq!(told, []);
}

#[test]
fn what_nobody_could_be_told_of_while_it_lasted_is_told_once_as_over_whatever_restarts() {
    // From second 2 to 400 nothing can be written: the collector stands still, or its disk is full.
    let cases = |now: i64| {
        let all = [("short", 0, 4), ("long", 0, 320), ("later", 100, 130)];
        let known = all.into_iter().filter(|(_, known, _)| *known <= now);
        let cases = known.map(|(id, known, end)| {
            let case = incident(id, known);
            if now < end { case } else { over(case, end) }
        });
        cases.collect::<Vec<_>>()
    };
    let (mut ledger, plan) = (Ledger::default(), plan());
    assert_eq!(told(&mut ledger, &plan, 0..2, cases), []);
    // What was written just before it was killed, and so is in the outbox alone.
    let written = due(&ledger, &plan, &[(school(), cases(400))], at(400));
    assert_eq!(
        second(&mut ledger, &plan, &cases(400), 400),
        ["on-call over later+long", "school over long"],
        "the short one had not been due, and the district's time had not come"
    );
    let mut restarted = Ledger::default();
    written.iter().for_each(|due| restarted.take(&notice(due, 400)));
    for mut ledger in [ledger, restarted] {
        assert_eq!(told(&mut ledger, &plan, 401..9_000, cases), []);
    }
}

#[test]
fn what_has_been_over_for_two_hours_is_no_news() {
    let cases = |_| vec![over(incident("lost-1", 0), 60)];
    let end = 60 + GIVEN_UP_AFTER.as_secs();
    assert_eq!(told(&mut Ledger::default(), &plan(), end..end + 60, cases), []);
    assert_eq!(
        as_text(&told(&mut Ledger::default(), &plan(), end - 1..end, cases)),
        [(end - 1, "on-call over lost-1")]
    );
}

#[test]
fn what_came_too_late_for_its_hour_and_is_over_is_in_the_summary() {
    let mut only_first = plan();
    only_first.targets.truncate(1);
    let told = told(&mut Ledger::default(), &only_first, 0..3_600, |now| {
        let known = (0..=now / 20).take(13);
        let cases = known.map(|number| (number, incident(&format!("i-{number:03}"), number * 20)));
        cases
            .map(|(number, case)| match number {
                12 if now >= 300 => over(case, 300),
                _ => case,
            })
            .collect()
    });
    assert_eq!(as_text(&told)[12..], [(1_125, "on-call summary i-012")]);
}

#[test]
fn a_burst_is_one_notice() {
    let told = told(&mut Ledger::default(), &plan(), 0..60, |now| {
        let known = [("a", 0), ("b", 2), ("c", 4), ("d", 20)];
        let known = known.into_iter().filter(|(_, known)| *known <= now);
        known.map(|(id, known)| incident(id, known)).collect()
    });
    assert_eq!(
        as_text(&told),
        [(5, "on-call opened a+b+c"), (25, "on-call opened d")]
    );
}

#[test]
fn while_somebody_is_on_the_way_it_is_quiet_and_then_those_who_know_are_reminded() {
    let told = told(&mut Ledger::default(), &plan(), 0..3_600, |now| {
        let case = incident("lost-1", 0);
        vec![if now < 60 { case } else { answered(case, 60) }]
    });
    // Nobody was on the way for one minute; after the ten of the acknowledgement four are left until the school hears.
    assert_eq!(
        as_text(&told),
        [
            (5, "on-call opened lost-1"),
            (665, "on-call reminder lost-1"),
            (905, "school opened lost-1"),
            (1_505, "district opened lost-1"),
        ]
    );
}

#[test]
fn each_time_that_on_my_way_runs_out_there_is_one_more_reminder() {
    let case = |now| {
        let mut case = incident("lost-1", 0);
        for said in [10, 400, 2_000] {
            if now >= said {
                case = answered(case, said);
            }
        }
        vec![case]
    };
    let mut only_first = plan();
    only_first.targets.truncate(1);
    let told = told(&mut Ledger::default(), &only_first, 0..3_600, case);
    assert_eq!(
        as_text(&told),
        [
            (5, "on-call opened lost-1"),
            (1_005, "on-call reminder lost-1"),
            (2_605, "on-call reminder lost-1"),
        ]
    );
}

#[test]
fn who_is_on_the_way_before_the_first_notice_keeps_everybody_quiet() {
    let told = told(&mut Ledger::default(), &plan(), 0..700, |now| {
        let case = incident("lost-1", 0);
        vec![if now < 3 { case } else { answered(case, 3) }]
    });
    assert_eq!(
        as_text(&told),
        [(605, "on-call opened lost-1")],
        "ten minutes later nobody has come"
    );
}

#[test]
fn a_raised_hand_is_told_too_and_stays_below_its_highest_step() {
    let hand = |now: i64| {
        let case = Case {
            key: CaseKey::Hand {
                room: "101".parse().unwrap(),
                entry: 7,
            },
            highest: Step::Second,
            ..incident("unused", 0)
        };
        vec![if now < 1_000 { case } else { over(case, 1_000) }]
    };
    let told = told(&mut Ledger::default(), &plan(), 0..1_200, hand);
    assert_eq!(
        as_text(&told),
        [
            (5, "on-call opened hand 7"),
            (305, "school opened hand 7"),
            (1_005, "on-call over hand 7"),
            (1_005, "school over hand 7"),
        ]
    );
}

#[test]
fn a_target_hears_of_its_schools_only() {
    let mut plan = plan();
    plan.targets[0].schools = Some(["oak-es".parse().unwrap()].into());
    let told = told(&mut Ledger::default(), &plan, 0..400, |_| {
        vec![incident("lost-1", 0)]
    });
    assert_eq!(as_text(&told), [(305, "school opened lost-1")]);
}

#[test]
fn after_twelve_notices_in_an_hour_the_rest_comes_together_every_quarter_of_an_hour() {
    let mut only_first = plan();
    only_first.targets.truncate(1);
    let mut ledger = Ledger::default();
    let told = told(&mut ledger, &only_first, 0..7_200, |now| {
        let known = (0..=now / 20).take(180);
        known
            .map(|number| incident(&format!("i-{number:03}"), number * 20))
            .collect()
    });
    let single = told.iter().filter(|(_, said)| said.contains("opened")).count();
    let summaries: Vec<_> = told
        .iter()
        .filter(|(_, said)| said.contains("summary"))
        .map(|(at, _)| *at)
        .collect();
    assert_eq!(
        told.iter().take(12).map(|(at, _)| *at).collect::<Vec<_>>(),
        (0..12).map(|n| 5 + n * 20).collect::<Vec<_>>()
    );
    assert_eq!(summaries[0], 225 + 900, "a quarter of an hour after the twelfth");
    for hour in told.windows(17) {
        assert!(
            hour[16].0 - hour[0].0 >= 3_600,
            "never more than 16 within an hour: {hour:?}"
        );
    }
    let names: Vec<_> = told
        .iter()
        .flat_map(|(_, said)| said.rsplit(' ').next().unwrap().split('+'))
        .collect();
    assert_eq!(names.len(), 180, "each of them once; {single} on their own");
    assert_eq!(names.iter().collect::<std::collections::BTreeSet<_>>().len(), 180);
}

#[test]
fn a_restart_at_any_second_tells_the_same() {
    let cases = |now: i64| {
        let mut all = vec![incident("a", 0), incident("b", 3)];
        if now >= 100 {
            all[0] = answered(all[0].clone(), 100);
        }
        if now >= 900 {
            all[1] = over(all[1].clone(), 900);
        }
        all
    };
    let whole = told(&mut Ledger::default(), &plan(), 0..2_000, cases);
    for restart in (0..1_600).step_by(53) {
        let (mut first, mut outbox) = (Ledger::default(), Vec::new());
        let mut all = Vec::new();
        for now in 0..2_000 {
            if now == restart {
                first = Ledger::default();
                outbox.iter().for_each(|notice| first.take(notice));
            }
            let due = due(&first, &plan(), &[(school(), cases(now))], at(now));
            for due in &due {
                outbox.push(notice(due, now));
            }
            all.extend(
                second(&mut first, &plan(), &cases(now), now)
                    .into_iter()
                    .map(|said| (now, said)),
            );
        }
        assert_eq!(all, whole, "restarted at {restart}");
        let ids: std::collections::BTreeSet<_> = outbox.iter().map(|notice| notice.id).collect();
        assert_eq!(ids.len(), outbox.len(), "no id twice");
    }
}

#[test]
fn the_same_decision_has_the_same_id_and_another_one_another() {
    let due_of = |cases: Vec<Case>, now| due(&Ledger::default(), &plan(), &[(school(), cases)], at(now));
    let once = due_of(vec![incident("a", 0)], 5);
    let again = due_of(vec![incident("a", 0)], 60);
    let other = due_of(vec![incident("b", 0)], 5);
    assert_eq!(NoticeId::of(&once[0]), NoticeId::of(&again[0]));
    assert_ne!(NoticeId::of(&once[0]), NoticeId::of(&other[0]));
    let id = NoticeId::of(&once[0]);
    assert_eq!(id.to_string().parse(), Ok(id));
    assert!("x".parse::<NoticeId>().is_err());
}

#[test]
fn help_knows_only_of_what_arrived() {
    let mut ledger = Ledger::default();
    let case = incident("a", 0);
    let first = due(&ledger, &plan(), &[(school(), vec![case.clone()])], at(5));
    let first = notice(&first[0], 5);
    ledger.take(&first);
    assert!(!ledger.has_arrived(&case.key));
    ledger.delivered(&first);
    assert!(ledger.has_arrived(&case.key));
}

#[test]
fn a_case_whose_target_left_the_settings_is_forgotten() {
    let mut ledger = Ledger::default();
    second(&mut ledger, &plan(), &[incident("a", 0)], 5);
    assert_eq!(ledger.told().count(), 1);
    ledger.forget(at(5) + FORGOTTEN_AFTER);
    assert_eq!(ledger.told().count(), 1);
    ledger.forget(at(6) + FORGOTTEN_AFTER);
    assert_eq!(ledger.told().count(), 0);
}

#[test]
fn a_notice_is_tried_more_and_more_seldom_and_given_up_after_two_hours() {
    let (mut now, mut tries) = (at(0), Vec::new());
    let mut failed = 0;
    loop {
        failed += 1;
        let Some(next) = next_try(at(0), failed, now) else {
            break;
        };
        tries.push(next.duration_since(now).as_secs());
        now = next;
    }
    assert_eq!(tries[..7], [5, 15, 30, 60, 120, 300, 300]);
    assert!(now.duration_since(at(0)) > SignedDuration::from_mins(110));
    assert!(tries.len() < 40, "{}", tries.len());
}

fn id(text: &str) -> TargetId {
    text.parse().unwrap()
}
