use roomready_shared::wire::v1::LostReason;

use super::*;
use crate::ingest::tests::{app_started, at, free_disk, free_disk_facts, report};

fn checked(report: &mut Report, received: Timestamp) -> Result<Checked, NotTaken> {
    check(report)?;
    Ok(take_out(report, received, DeviceClocks::default(), None))
}

fn refusal(report: &mut Report) -> String {
    checked(report, at(0))
        .expect_err("should have been refused")
        .to_string()
}

#[test]
fn a_sound_report_passes_and_hands_over_its_records() {
    let mut report = report(7, vec![app_started(7), app_started(8)]);
    let checked = checked(&mut report, at(0)).unwrap();
    assert_eq!(checked.news.iter().map(Offered::seq).collect::<Vec<_>>(), [7, 8]);
    assert!(
        checked
            .news
            .iter()
            .all(|news| matches!(news, Offered::Understood(_)))
    );
    assert!(report.news.is_empty());
}

#[test]
fn what_is_over_a_limit_is_refused_with_the_limit() {
    let many = (1..=65).map(app_started).collect();
    assert!(refusal(&mut report(1, many)).contains("may bring 64 records, but it brings 65"));
    let mut lossy = report(1, Vec::new());
    lossy.lost = vec![
        Lost {
            from: 1,
            to: 1,
            why: LostReason::Full
        };
        17
    ];
    assert!(matches!(checked(&mut lossy, at(0)), Err(NotTaken::TooLarge(_))));
}

#[test]
fn numbers_that_contradict_each_other_are_refused() {
    assert!(refusal(&mut report(0, Vec::new())).contains("numbered from 1"));
    assert!(refusal(&mut report(LARGEST_SEQ, vec![app_started(LARGEST_SEQ)])).contains("numbered from 1"));
    let hole = vec![app_started(5), app_started(7)];
    assert!(refusal(&mut report(5, hole)).contains("7 stands where 6 belongs"));
    let shifted = vec![app_started(6)];
    assert!(refusal(&mut report(5, shifted)).contains("6 stands where 5 belongs"));
    for (from, to) in [(0, 3), (5, 4), (1, LARGEST_SEQ + 1)] {
        let mut lossy = report(9, Vec::new());
        lossy.lost = vec![Lost {
            from,
            to,
            why: LostReason::Damaged,
        }];
        assert!(refusal(&mut lossy).contains("is none"), "{from} to {to}");
    }
}

#[test]
fn a_promise_is_between_a_moment_and_a_quarter_of_an_hour() {
    for (promise, sound) in [
        (0, false),
        (1, true),
        (MAX_PROMISE_MS, true),
        (MAX_PROMISE_MS + 1, false),
    ] {
        let mut report = report(1, Vec::new());
        report.next_within_ms = promise;
        assert_eq!(checked(&mut report, at(0)).is_ok(), sound, "{promise}");
    }
}

#[test]
fn a_clock_that_is_years_off_is_heard_and_one_that_is_none_is_not() {
    let mut old = report(1, Vec::new());
    old.live.at = "1970-01-01T00:00:05Z".parse().unwrap();
    assert!(checked(&mut old, at(0)).is_ok());
    old.live.at = "2399-01-01T00:00:00Z".parse().unwrap();
    assert!(refusal(&mut old).contains("not those of a clock"));
}

#[test]
fn one_record_that_cannot_be_taken_is_refused_by_itself() {
    let mut unknown = app_started(1);
    unknown.body = serde_json::json!({ "kind": "from_the_future" });
    let mut huge = app_started(2);
    huge.body = serde_json::json!({ "kind": "app_started", "padding": "x".repeat(MAX_NEWS_BYTES) });
    let mut timeless = app_started(3);
    timeless.at = Timestamp::MIN;
    let mut report = report(1, vec![unknown, huge, timeless, app_started(4)]);
    let checked = checked(&mut report, at(0)).unwrap();
    let reasons: Vec<_> = checked
        .news
        .iter()
        .map(|offered| match offered {
            Offered::Understood(_) => "understood".to_owned(),
            Offered::NotUnderstood { why, .. } => why.to_string(),
        })
        .collect();
    assert!(reasons[0].contains("record 1 cannot be read"), "{}", reasons[0]);
    assert!(reasons[1].contains("16384 are the most"), "{}", reasons[1]);
    assert!(reasons[2].contains("times of record 3"), "{}", reasons[2]);
    assert_eq!(reasons[3], "understood");
    let Offered::NotUnderstood { raw, .. } = &checked.news[1] else {
        panic!("was understood")
    };
    assert!(size(&raw.body) < 100, "kept aside without its body");
}

#[test]
fn a_time_is_cut_to_what_the_store_keeps() {
    let mut record = app_started(1);
    record.at = "2026-10-06T08:00:00.123456789Z".parse().unwrap();
    let mut report = report(1, vec![record]);
    let checked = checked(&mut report, at(0)).unwrap();
    let Offered::Understood(Dated { news, .. }) = &checked.news[0] else {
        panic!("was not understood")
    };
    assert_eq!(news.at, "2026-10-06T08:00:00.123456Z".parse().unwrap());
}

#[test]
fn readings_of_a_clock_a_day_off_count_from_when_they_were_taken() {
    let day = jiff::SignedDuration::from_hours(24);
    let of_live = report(1, Vec::new()).live.at;
    for told in [of_live + day, of_live - day] {
        let ten_seconds = jiff::SignedDuration::from_secs(10);
        // Read at the same moment as the record was made, ten seconds before the report.
        let News { mono_ms, epoch, .. } = free_disk(1).understand().unwrap();
        let mut facts = free_disk_facts();
        facts.move_times(|_| told - ten_seconds);
        let body = NewsBody::facts(facts);
        let record = News {
            seq: 1,
            at: told - ten_seconds,
            mono_ms,
            epoch,
            body,
        }
        .to_raw();
        let mut report = report(1, vec![record]);
        report.live.at = told;
        report.live.mono_ms = mono_ms + 10_000;
        let checked = checked(&mut report, at(30)).unwrap();
        let Offered::Understood(Dated {
            news:
                News {
                    at: of_record,
                    body: NewsBody::Facts { facts, .. },
                    ..
                },
            ..
        }) = &checked.news[0]
        else {
            panic!("was not understood")
        };
        assert_eq!(facts.disk.as_ref().unwrap().at, at(30) - ten_seconds);
        assert_eq!(*of_record, told - ten_seconds, "the record keeps its own time");
    }
}

#[test]
fn a_reading_from_the_future_is_as_old_as_its_report() {
    let mut facts = free_disk_facts();
    facts.move_times(|_| at(600));
    let News {
        at: told,
        mono_ms,
        epoch,
        ..
    } = free_disk(1).understand().unwrap();
    let body = NewsBody::facts(facts);
    let record = News {
        seq: 1,
        at: told,
        mono_ms,
        epoch,
        body,
    }
    .to_raw();
    let checked = checked(&mut report(1, vec![record]), at(0)).unwrap();
    let Offered::Understood(Dated {
        news: News {
            body: NewsBody::Facts { facts, .. },
            ..
        },
        ..
    }) = &checked.news[0]
    else {
        panic!("was not understood")
    };
    assert_eq!(facts.disk.as_ref().unwrap().at, at(0));
}
