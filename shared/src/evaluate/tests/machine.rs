//! Memory, display, battery, clock, app.

use super::*;

#[test]
fn a_four_gigabyte_laptop_that_counts_less_still_has_four() {
    let mut facts = good_laptop();
    let mut memory = |tenths| {
        facts.memory = by_agent(Memory {
            total: gib(tenths),
            available: gib(1),
        });
        told(&facts, "memory-linux")
    };
    assert_eq!(memory(37), (Verdict::Pass, "3.7 GB".to_owned()));
    assert_eq!(memory(30).0, Verdict::Warn);
    assert_eq!(
        memory(10).0,
        Verdict::Warn,
        "for Linux the number is inferred: it never fails"
    );
}

#[test]
fn a_battery_on_the_charger_passes_and_an_empty_one_off_it_fails() {
    let mut facts = good_laptop();
    let mut judged = |power| {
        facts.power = by_agent(power);
        told(&facts, "battery")
    };
    assert_eq!(
        judged(Power::MainsOnly),
        (Verdict::Pass, "no battery, runs on mains".to_owned())
    );
    assert_eq!(
        judged(battery(8, Flow::Charging, None)),
        (Verdict::Pass, "8 %, charging".to_owned())
    );
    assert_eq!(judged(battery(50, Flow::Discharging, None)).0, Verdict::Pass);
    assert_eq!(judged(battery(49, Flow::Discharging, None)).0, Verdict::Warn);
    assert_eq!(judged(battery(24, Flow::Discharging, None)).0, Verdict::Fail);
}

#[test]
fn a_battery_that_will_not_last_until_the_seat_s_end_says_so_in_minutes() {
    let mut facts = good_laptop();
    facts.power = by_agent(battery(70, Flow::Discharging, Some(1_000)));
    let judged = |starts: &str, ends: &str| {
        let sitting = Occasion::Sitting {
            starts: time(starts),
            seat_ends: time(ends),
        };
        let assessment = evaluate(&shipped("testnav-2026-27"), &facts, &sitting, time(NOW));
        let finding = finding(&assessment, "battery");
        (finding.verdict, finding.measured)
    };
    let not_enough = (
        Verdict::Warn,
        "70 %, on battery; lasts about 42 min, 90 min to go".to_owned(),
    );
    assert_eq!(
        judged("2026-11-23T08:00:00Z", "2026-11-23T10:30:00Z"),
        not_enough,
        "under way"
    );
    assert_eq!(
        judged("2026-11-23T10:00:00Z", "2026-11-23T11:30:00Z"),
        not_enough,
        "soon"
    );
    let enough = (Verdict::Pass, "70 %, on battery".to_owned());
    assert_eq!(
        judged("2026-11-23T08:00:00Z", "2026-11-23T09:30:00Z"),
        enough,
        "nearly over"
    );
    assert_eq!(
        judged("2026-11-23T06:00:00Z", "2026-11-23T08:30:00Z"),
        enough,
        "over"
    );
    assert_eq!(
        judged("2026-11-24T10:00:00Z", "2026-11-24T11:30:00Z"),
        enough,
        "tomorrow"
    );
}

#[test]
fn a_clock_counts_only_as_far_as_it_is_certainly_wrong() {
    let mut facts = good_laptop();
    let mut judged = |ahead_ms, uncertainty_ms| {
        facts.clock = by_agent(ClockOffset {
            ahead_ms,
            uncertainty_ms,
        });
        told(&facts, "clock")
    };
    assert_eq!(judged(-86_400_000, 100), (Verdict::Fail, "24 h slow".to_owned()));
    assert_eq!(judged(61_000, 2_000).0, Verdict::Pass);
    assert_eq!(judged(61_000, 500).0, Verdict::Warn);
    assert_eq!(judged(i64::MIN, 0).0, Verdict::Fail);
}

#[test]
fn a_display_held_upright_is_as_large_as_one_that_lies_and_one_without_size_stays_open() {
    let mut facts = Facts::none(Platform::Windows);
    facts.display = by_agent(Display {
        width: 768,
        height: 1024,
        diagonal_tenths: None,
    });
    assert_eq!(told(&facts, "screen"), (Verdict::Pass, "768 x 1024".to_owned()));
    assert_eq!(
        told(&facts, "screen-size"),
        (
            Verdict::Unknown,
            "768 x 1024; the display does not tell its size".to_owned()
        )
    );
    facts.display = by_agent(Display {
        width: 1366,
        height: 700,
        diagonal_tenths: Some(94),
    });
    assert_eq!(told(&facts, "screen").0, Verdict::Fail);
}

#[test]
fn an_app_is_judged_by_its_version_where_one_is_asked_for() {
    let drc = shipped("drc-insight-2026-27");
    let judged = |requirement: &Requirement, app| {
        let mut facts = Facts::none(Platform::Windows);
        facts.app = by_agent(app);
        let assessment = evaluate(requirement, &facts, &Occasion::None, time(NOW));
        let finding = finding(&assessment, "app");
        (finding.verdict, finding.measured, finding.required)
    };
    let installed = |number: Option<&str>| AppInstall::Installed {
        version: number.and_then(version),
        place: text("paths"),
    };
    let wanted = "DRC INSIGHT 16.0.0 or newer".to_owned();
    assert_eq!(
        judged(&drc, installed(Some("14.0.0"))),
        (Verdict::Warn, "version 14.0.0".to_owned(), wanted.clone()),
        "low confidence warns"
    );
    assert_eq!(
        judged(&drc, installed(Some("17.0"))),
        (Verdict::Pass, "version 17.0".to_owned(), wanted)
    );
    assert_eq!(judged(&drc, installed(None)).0, Verdict::Unknown);
    let testnav = shipped("testnav-2026-27");
    assert_eq!(judged(&testnav, installed(None)).0, Verdict::Pass);
    assert_eq!(
        judged(&testnav, AppInstall::NotInstalled),
        (
            Verdict::Fail,
            "not installed".to_owned(),
            "TestNav installed".to_owned()
        )
    );
}
