//! What may break into a test by itself.

use super::*;

fn foreign(trust: Trust) -> Certificates {
    Certificates {
        seen: 1,
        foreign: vec![ForeignCertificate {
            host: HostPort::parse("home.testnav.com:443").expect("a host"),
            trust,
            issuer: Some(text("Example Filter CA")),
        }],
    }
}

#[test]
fn a_filter_that_opens_encrypted_traffic_keeps_a_device_from_ready_and_is_named() {
    let mut facts = good_laptop();
    facts.certificates = by_agent(foreign(Trust::DeviceOnly));
    assert_eq!(
        told(&facts, "opened-traffic"),
        (
            Verdict::Fail,
            "encrypted traffic to home.testnav.com is opened on its way by \"Example Filter CA\"".to_owned()
        )
    );
    assert_eq!(judge(&facts).readiness, Readiness::NotReady);
    facts.certificates = by_agent(foreign(Trust::Nobody));
    assert!(told(&facts, "opened-traffic").1.contains("does not trust"));
}

#[test]
fn a_device_on_which_no_certificate_was_seen_is_never_simply_ready() {
    let mut facts = good_laptop();
    facts.certificates = by_agent(Certificates {
        seen: 0,
        foreign: vec![],
    });
    assert_eq!(told(&facts, "opened-traffic").0, Verdict::Unknown);
    assert_eq!(judge(&facts).readiness, Readiness::Unknown);
}

#[test]
fn a_program_that_disturbs_is_named_and_asks_for_a_look() {
    let mut facts = good_laptop();
    facts.intruders = by_agent(Intruders {
        looked_for: 9,
        running: vec![Title::parse("Zoom").expect("a title")],
    });
    assert_eq!(
        told(&facts, "disturbing-programs"),
        (Verdict::Fail, "Zoom runs".to_owned())
    );
    assert_eq!(judge(&facts).readiness, Readiness::Attention);
}

#[test]
fn a_restart_that_waits_is_missed_and_an_update_that_waits_is_worth_a_look() {
    let mut facts = good_laptop();
    let mut with = |restart_pending, update_pending| {
        facts.updates = by_agent(Updates {
            restart_pending,
            update_pending,
        });
        told(&facts, "restart-waits").0
    };
    assert_eq!(with(Some(true), None), Verdict::Fail);
    assert_eq!(with(Some(false), Some(true)), Verdict::Warn);
    assert_eq!(with(Some(false), None), Verdict::Pass);
    assert_eq!(with(None, Some(false)), Verdict::Unknown);
}

#[test]
fn a_laptop_that_sleeps_too_soon_on_either_feed_is_told_and_silence_is_unknown() {
    let mut facts = good_laptop();
    let mut with = |on_mains, on_battery| {
        facts.sleep = by_agent(SleepSettings {
            on_mains,
            on_battery,
            lid: None,
        });
        told(&facts, "sleep")
    };
    let after = |minutes: u64| Idle::After(Seconds(minutes * 60));
    assert_eq!(with(Idle::Never, after(10)).0, Verdict::Fail);
    assert!(with(Idle::Never, after(10)).1.contains("on its battery"));
    assert_eq!(with(Idle::NotTold, after(10)).0, Verdict::Fail, "one is enough");
    assert_eq!(with(Idle::NotTold, after(60)).0, Verdict::Unknown);
    assert_eq!(with(after(30), after(60)).0, Verdict::Pass);
    assert_eq!(with(Idle::Never, Idle::Never).1, "never sleeps by itself");
}

#[test]
fn answers_of_yesterday_are_told_and_those_of_the_test_that_runs_are_not() {
    let mut facts = good_laptop();
    facts.platform = Platform::Windows;
    let mut with = |count, hours: u64, incomplete| {
        facts.saved_responses = by_agent(SavedResponses {
            count,
            bytes: Bytes(2_048),
            newest: Some(Seconds(60)),
            oldest: Some(Seconds(hours * 3_600)),
            incomplete,
        });
        told(&facts, "saved-answers")
    };
    let (verdict, words) = with(2, 26, false);
    assert_eq!(verdict, Verdict::Fail);
    assert!(words.starts_with("2 files of answers"), "{words}");
    assert_eq!(with(1, 1, false).0, Verdict::Pass);
    assert_eq!(with(0, 26, false).0, Verdict::Pass);
    // A look that ended early is enough for a miss and never for a pass.
    assert!(with(2, 26, true).1.starts_with("at least 2 files"));
    assert_eq!(with(1, 1, true).0, Verdict::Unknown);
    assert_eq!(with(0, 26, true).0, Verdict::Unknown);
}

#[test]
fn the_school_s_own_test_server_is_judged_on_every_port_that_the_policy_names() {
    let policy = concat!(env!("CARGO_MANIFEST_DIR"), "/../configs/policy.example.toml");
    let policy = crate::requirement::tests::read(policy);
    let requirement = shipped("testnav-2026-27")
        .with_policy("policy.example.toml", &policy)
        .unwrap_or_else(|faults| panic!("{faults}"));
    let mut facts = good_laptop();
    let judged = |facts: &Facts| {
        let assessment = evaluate(&requirement, facts, &Occasion::None, time(NOW));
        let finding = finding(&assessment, "proctor-cache");
        (finding.verdict, finding.measured, finding.required)
    };
    let host = |text| HostPort::parse(text).expect("a host");
    facts
        .local
        .insert(host("10.2.0.9:4480"), by_agent(reach(900, 2, 2)).expect("read"));
    assert_eq!(judged(&facts).0, Verdict::Unknown, "the other port was not tried");
    facts
        .local
        .insert(host("10.2.0.9:4481"), by_agent(reach(0, 2, 0)).expect("read"));
    let (verdict, measured, required) = judged(&facts);
    assert_eq!(verdict, Verdict::Fail);
    assert_eq!(measured, "10.2.0.9:4481 does not answer: connection refused");
    assert_eq!(required, "ProctorCache answers");
}
