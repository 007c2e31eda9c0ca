//! Operating systems and the kiosk apps that run on them.

use super::*;

#[test]
fn an_unlisted_system_works_unsupported_and_asks_for_a_look() {
    let mut facts = good_laptop();
    facts.os = by_agent(Os {
        distribution: Some(text("debian")),
        version: version("12"),
        ..os("Debian GNU/Linux 12 (bookworm)")
    });
    let (verdict, measured) = told(&facts, "os-linux");
    assert_eq!(verdict, Verdict::Warn);
    assert_eq!(measured, "Debian GNU/Linux 12 (bookworm): not on the list");
    assert_eq!(judge(&facts).readiness, Readiness::Attention);
}

#[test]
fn a_rolling_distribution_without_a_version_is_unlisted_not_unknown() {
    let mut facts = good_laptop();
    facts.os = by_agent(Os {
        distribution: Some(text("arch")),
        ..os("Arch Linux")
    });
    assert_eq!(told(&facts, "os-linux").0, Verdict::Warn);
    facts.os = by_agent(Os {
        distribution: Some(text("ubuntu")),
        ..os("Ubuntu")
    });
    assert_eq!(
        told(&facts, "os-linux"),
        (Verdict::Unknown, "Ubuntu; its version is not known".to_owned())
    );
}

#[test]
fn windows_is_judged_by_its_build_and_its_edition_s_last_day() {
    let mut facts = Facts::none(Platform::Windows);
    let mut judged = |system: Os, day: &str| {
        facts.os = Some(Reading {
            outcome: Outcome::Measured(system),
            source: Source::Agent,
            at: time(day),
        });
        let assessment = evaluate(&shipped("testnav-2026-27"), &facts, &Occasion::None, time(day));
        let finding = finding(&assessment, "os-windows");
        (finding.verdict, finding.measured)
    };
    let november = "2026-11-23T09:00:00Z";
    assert_eq!(
        judged(windows("26100.2314", "Education"), november),
        (Verdict::Pass, "Windows 11, build 26100.2314".to_owned())
    );
    let older = windows("22631.4317", "education");
    assert_eq!(judged(older.clone(), "2026-11-10T23:00:00Z").0, Verdict::Pass);
    assert_eq!(
        judged(older, "2026-11-11T00:30:00Z"),
        (
            Verdict::Warn,
            "Windows 11, build 22631.4317: accepted until 2026-11-10 only".to_owned()
        )
    );
    assert_eq!(
        judged(windows("22631", "Home"), "2026-10-01T09:00:00Z").0,
        Verdict::Warn
    );
    // An inventory knows the long number only.
    let from_inventory = Os {
        version: version("10.0.26200.1"),
        ..os("Windows")
    };
    assert_eq!(
        judged(from_inventory, november),
        (Verdict::Pass, "Windows, build 26200.1".to_owned())
    );
}

#[test]
fn windows_in_s_mode_is_worth_a_look() {
    let mut facts = Facts::none(Platform::Windows);
    facts.os = by_agent(Os {
        s_mode: Some(true),
        ..windows("26100", "Education")
    });
    assert_eq!(told(&facts, "s-mode"), (Verdict::Warn, "in S mode".to_owned()));
    facts.os = by_agent(Os {
        s_mode: None,
        ..windows("26100", "Education")
    });
    assert_eq!(told(&facts, "s-mode").0, Verdict::Unknown);
}

#[test]
fn chromeos_is_accepted_by_channel_with_a_floor_below_which_the_app_refuses() {
    let judged =
        |number: &str, channel| told(&chromebook(chromeos(number, channel), new_app()), "os-chromeos");
    assert_eq!(
        judged("150.0.7871", Channel::Stable),
        (Verdict::Pass, "ChromeOS 150.0.7871 (stable)".to_owned())
    );
    assert_eq!(judged("144.0.7559", Channel::Lts).0, Verdict::Pass);
    assert_eq!(judged("144.0.7559", Channel::Stable).0, Verdict::Warn);
    assert_eq!(judged("150.0.1", Channel::Lts).0, Verdict::Warn);
    assert_eq!(judged("150.0.1", Channel::Beta).0, Verdict::Warn);
    assert_eq!(
        judged("115.0.5790", Channel::Stable),
        (
            Verdict::Fail,
            "ChromeOS 115.0.5790 (stable): the app does not start below 116".to_owned()
        )
    );
    let untold = Os {
        channel: None,
        ..chromeos("150.0.1", Channel::Stable)
    };
    assert_eq!(
        told(&chromebook(untold, new_app()), "os-chromeos").0,
        Verdict::Unknown
    );
}

#[test]
fn a_chromebook_with_the_old_app_only_is_ready_on_lts_144_and_not_on_stable_151() {
    let readiness = |facts: &Facts| judge(facts).readiness;
    let lts = chromebook(chromeos("144.0.7559", Channel::Lts), old_app());
    assert_eq!(readiness(&lts), Readiness::Ready);
    let stable = chromebook(chromeos("151.0.1", Channel::Stable), old_app());
    assert_eq!(readiness(&stable), Readiness::NotReady);
    let (verdict, measured) = told(&stable, "kiosk-still-runs");
    assert_eq!(verdict, Verdict::Fail);
    assert_eq!(
        measured,
        "kiosk app mdmkkicfmmkgmpkmkdikhlbggogpicma: it runs up to ChromeOS 150 only, this is 151.0.1"
    );
    assert_eq!(
        readiness(&chromebook(chromeos("151.0.1", Channel::Stable), new_app())),
        Readiness::Ready
    );
    let after = time("2027-05-01T08:00:00Z");
    let late = evaluate(&shipped("testnav-2026-27"), &lts, &Occasion::None, after);
    assert_ne!(finding(&late, "kiosk-still-runs").verdict, Verdict::Pass);
}

#[test]
fn a_host_that_only_begins_alike_is_not_the_test_app() {
    let other = KioskEntry::Url(text("https://home.testnav.com.example.org/"));
    let facts = chromebook(chromeos("151.0.1", Channel::Stable), other);
    assert_eq!(told(&facts, "kiosk-app").0, Verdict::Warn);
    let below = KioskEntry::Url(text("https://home.testnav.com/?state=xx"));
    let facts = chromebook(chromeos("151.0.1", Channel::Stable), below);
    assert_eq!(told(&facts, "kiosk-app").0, Verdict::Pass);
}

#[test]
fn whether_the_old_app_runs_is_unknown_while_the_system_is() {
    let mut facts = chromebook(chromeos("150.0.1", Channel::Stable), old_app());
    facts.os = None;
    let (verdict, measured) = told(&facts, "kiosk-still-runs");
    assert_eq!(verdict, Verdict::Unknown);
    assert!(measured.ends_with("which is not known"), "{measured}");
}
