//! Who said it, when, and what is told when nobody could.

use super::*;

#[test]
fn nobody_s_silence_makes_a_device_ready() {
    for platform in Platform::ALL {
        let assessment = judge(&Facts::none(platform));
        assert_eq!(assessment.readiness, Readiness::Unknown, "{platform}");
        assert!(
            assessment
                .findings
                .iter()
                .all(|finding| finding.measured == "not checked yet")
        );
    }
}

#[test]
fn yesterday_s_battery_must_be_seen_again_and_is_still_told() {
    let mut facts = good_laptop();
    if let Some(power) = &mut facts.power {
        power.at = before_now(20 * 3_600);
        power.outcome = Outcome::Measured(battery(96, Flow::Discharging, None));
    }
    let assessment = judge(&facts);
    let battery = finding(&assessment, "battery");
    assert_eq!(battery.verdict, Verdict::Unknown);
    assert!(battery.stale);
    assert_eq!(battery.fix, None, "nobody knows that anything is to be mended");
    assert_eq!(battery.measured, "96 %, on battery; 20 h ago, must be seen again");
    assert_eq!(assessment.readiness, Readiness::Unknown);
}

#[test]
fn what_could_not_be_read_says_why_instead_of_nothing() {
    let mut facts = good_laptop();
    let mut outcome = |outcome| {
        facts.power.as_mut().expect("a reading").outcome = outcome;
        told(&facts, "battery")
    };
    assert_eq!(
        outcome(Outcome::Denied(text("run as a service to read it"))),
        (
            Verdict::Unknown,
            "not permitted: run as a service to read it".to_owned()
        )
    );
    assert_eq!(
        outcome(Outcome::Unsupported(text("no battery interface"))),
        (
            Verdict::Unknown,
            "cannot be checked here: no battery interface".to_owned()
        )
    );
    assert_eq!(
        outcome(Outcome::Failed(text("the driver gave nothing"))),
        (
            Verdict::Unknown,
            "could not be checked: the driver gave nothing".to_owned()
        )
    );
}

#[test]
fn a_person_s_word_does_not_settle_what_only_the_agent_may() {
    let mut facts = good_laptop();
    facts.power.as_mut().expect("a reading").source = Source::Person;
    let battery = finding(&judge(&facts), "battery");
    assert_eq!(battery.verdict, Verdict::Unknown);
    assert_eq!(
        battery.measured,
        "96 %, full and on the charger; told by a person, which does not settle this"
    );
}

#[test]
fn a_rule_that_we_are_too_old_to_know_is_unknown_and_says_so() {
    let check = Check::TooNew {
        named: text("tls-inspection"),
    };
    let requirement = requiring(check, Confidence::High, IfUnknown::Unknown);
    let assessment = evaluate(&requirement, &good_laptop(), &Occasion::None, time(NOW));
    assert_eq!(assessment.readiness, Readiness::Unknown);
    assert_eq!(
        assessment.findings[0].measured,
        "this agent is too old to check tls-inspection"
    );
}

#[test]
fn what_is_unknown_comes_to_what_the_rule_says_and_low_confidence_softens_even_that() {
    let readiness = |confidence, if_unknown| {
        let requirement = requiring(Check::Managed, confidence, if_unknown);
        evaluate(&requirement, &good_laptop(), &Occasion::None, time(NOW)).readiness
    };
    assert_eq!(
        readiness(Confidence::High, IfUnknown::Unknown),
        Readiness::Unknown
    );
    assert_eq!(readiness(Confidence::High, IfUnknown::Warn), Readiness::Attention);
    assert_eq!(readiness(Confidence::High, IfUnknown::Fail), Readiness::NotReady);
    assert_eq!(readiness(Confidence::Low, IfUnknown::Fail), Readiness::Attention);
}

#[test]
fn a_fix_is_told_with_what_it_erases_and_only_where_something_is_wrong() {
    let mut facts = chromebook(chromeos("151.0.1", Channel::Stable), new_app());
    facts.disk = read(
        Disk {
            total: gib(160),
            free: Bytes::from_mib(200),
        },
        Source::Inventory,
    );
    let full = finding(&judge(&facts), "free-disk-chromeos");
    assert_eq!(
        (full.verdict, full.measured.as_str()),
        (Verdict::Fail, "200 MB free")
    );
    assert!(full.fix.expect("a fix").erases_data);
    assert!(finding(&judge(&facts), "managed").fix.is_none());
}
