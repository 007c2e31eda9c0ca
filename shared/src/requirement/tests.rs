use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::facts::Channel;
use crate::units::Version;
use crate::verdict::{Basis, Confidence};

fn configs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs")
}

pub(crate) fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A profile of this project, as shipped.
pub(crate) fn shipped(name: &str) -> Requirement {
    let text = read(configs().join("profiles").join(format!("{name}.toml")));
    Requirement::from_profile(name, &text).unwrap_or_else(|faults| panic!("{faults}"))
}

fn bad(name: &str) -> String {
    read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../tests/fixtures/configs/bad")
            .join(name),
    )
}

/// A profile with one sound rule, to be bent by a test.
const SMALL: &str = r#"
[profile]
id = "small"
title = "Small requirements"
platform = "TestNav"
valid_from = 2026-07-15
review_by = 2027-07-15
[app]
name = "TestNav"
[[rule]]
id = "memory"
title = "Memory"
kind = "memory"
limits = { minimum = "2 GB" }
on = [{ platforms = ["windows"], demand = "required", settled_by = ["agent"] }]
time_to_live = "180d"
basis = "vendor"
source = "Page, 2026"
as_of = 2026-04-06
confidence = "high"
"#;

fn faults_of(text: &str) -> String {
    match Requirement::from_profile("x.toml", text) {
        Ok(_) => "no fault".to_owned(),
        Err(faults) => faults.to_string(),
    }
}

#[test]
fn every_profile_that_we_ship_is_sound_and_says_where_each_rule_comes_from() {
    let mut names: Vec<_> = std::fs::read_dir(configs().join("profiles"))
        .expect("the profiles")
        .map(|entry| entry.expect("a file").path())
        .collect();
    names.sort();
    assert!(names.len() >= 2, "{names:?}");
    for path in names {
        let requirement = Requirement::from_profile(&path.display().to_string(), &read(&path))
            .unwrap_or_else(|faults| panic!("{faults}"));
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        assert_eq!(
            stem,
            Some(requirement.profile.id.as_str()),
            "a profile's file bears its id"
        );
        for rule in &requirement.rules {
            assert!(!rule.authority.source.as_str().trim().is_empty(), "{}", rule.id);
            assert!(
                rule.fix.is_some(),
                "{} {} says what to do",
                requirement.profile.id,
                rule.id
            );
            if matches!(rule.check, Check::Latency(_) | Check::Battery(_)) {
                assert_eq!(
                    rule.authority.basis,
                    Basis::LocalPolicy,
                    "{}: no vendor publishes such a limit",
                    rule.id
                );
            }
        }
    }
}

#[test]
fn nothing_that_we_could_not_find_out_about_drc_can_fail_a_device() {
    let drc = shipped("drc-insight-2026-27");
    for rule in drc
        .rules
        .iter()
        .filter(|rule| rule.authority.basis == Basis::Vendor)
    {
        assert_eq!(rule.authority.confidence, Confidence::Low, "{}", rule.id);
    }
    assert!(drc.errors.is_empty());
}

#[test]
fn the_example_policy_lays_over_the_testnav_profile() {
    let profile = shipped("testnav-2026-27");
    let with = profile
        .clone()
        .with_policy(
            "policy.example.toml",
            &read(configs().join("policy.example.toml")),
        )
        .unwrap_or_else(|faults| panic!("{faults}"));
    let rule = |id: &str| {
        with.rules
            .iter()
            .find(|rule| rule.id.as_str() == id)
            .expect("the rule")
    };

    let battery = rule("battery");
    assert!(matches!(&battery.check, Check::Battery(charge) if charge.fail_below.get() == 40));
    assert!(!battery.on.contains_key(&Platform::Ipados) && battery.on.contains_key(&Platform::Windows));
    assert_eq!(rule("os-windows").on[&Platform::Windows].demand, Demand::Shown);
    assert_eq!(rule("managed-laptops").authority.basis, Basis::LocalPolicy);
    assert_eq!(
        rule("managed-laptops").authority.source.as_str(),
        "Example district: test devices"
    );

    let told: Vec<_> = with
        .deviations
        .iter()
        .map(|d| (d.rule.as_str(), d.change))
        .collect();
    assert_eq!(
        told,
        [
            ("battery", Change::Replaced),
            ("os-windows", Change::Shown),
            ("battery", Change::Off)
        ]
    );
    assert!(with.deviations.iter().all(|d| !d.reason.as_str().is_empty()));
    assert_ne!(profile.digest(), with.digest());
}

#[test]
fn a_profile_with_ten_mistakes_gives_ten_faults_with_their_lines() {
    let faults =
        Requirement::from_profile("ten-mistakes.toml", &bad("ten-mistakes.toml")).expect_err("ten mistakes");
    assert_eq!(faults.told().len(), 10, "{faults}");
    assert_eq!(faults.to_string(), bad("ten-mistakes.faults").trim_end());
}

#[test]
fn a_policy_that_departs_without_reason_person_and_day_is_refused() {
    let text = bad("policy-without-accountability.toml");
    let faults = shipped("testnav-2026-27")
        .with_policy("policy.toml", &text)
        .expect_err("eight mistakes");
    assert_eq!(
        faults.to_string(),
        bad("policy-without-accountability.faults").trim_end()
    );
}

#[test]
fn a_kind_that_does_not_exist_is_told_with_the_nearest_one() {
    let faults = faults_of(&SMALL.replace("kind = \"memory\"", "kind = \"memmory\""));
    assert!(
        faults.starts_with(
            "x.toml:13: \"kind\" in [[rule]] is \"memmory\"; did you mean \"memory\"? Known: os-version, "
        ),
        "{faults}"
    );
    assert!(!faults.contains("too-new"), "{faults}");
}

#[test]
fn what_contradicts_itself_is_told_where_it_stands() {
    let cases = [
        (
            "limits = { minimum = \"2 GB\" }",
            "",
            "\"limits\" is missing in [[rule]]; add a table [limits]",
        ),
        (
            "basis = \"vendor\"",
            "",
            "\"basis\" is missing in [[rule]]; add basis = \"vendor\"",
        ),
        ("source = \"Page, 2026\"", "source = \" \"", "it is empty"),
        (
            "on = [{ platforms = [\"windows\"], demand = \"required\", settled_by = [\"agent\"] }]",
            "on = []",
            "the rule applies nowhere; name at least one platform",
        ),
        ("[\"agent\"]", "[]", "nobody can settle the rule on Windows"),
        (
            "confidence = \"high\"",
            "confidence = \"low\"\nfix_erases_data = true",
            "there is no fix that could erase anything",
        ),
        (
            "[\"windows\"]",
            "[\"windows\", \"windows\"]",
            "\"windows\" is named twice",
        ),
        (
            "kind = \"memory\"\nlimits = { minimum = \"2 GB\" }",
            "kind = \"kiosk\"\nlimits = { any_of = [{ id = \"x\" }] }",
            "Windows has nothing that kiosk could look at; apply it to \"chromeos\" only",
        ),
        (
            "kind = \"memory\"\nlimits = { minimum = \"2 GB\" }",
            "kind = \"reach\"\nlimits = { target = \"vendor\" }",
            "a rule looks at the vendor's servers and the profile names none",
        ),
        (
            "kind = \"memory\"\nlimits = { minimum = \"2 GB\" }",
            "kind = \"os-version\"\nlimits = { any_of = [{ min = \"15\", max = \"13\" }], otherwise = \"warn\" }",
            "the range begins at 15 and ends at 13; write the lower version as min",
        ),
        (
            "kind = \"memory\"\nlimits = { minimum = \"2 GB\" }",
            "kind = \"os-version\"\nlimits = { any_of = [{ editions = [\"SE\"] }], otherwise = \"warn\" }",
            "the range accepts every version",
        ),
        (
            "kind = \"memory\"\nlimits = { minimum = \"2 GB\" }",
            "kind = \"battery\"\nlimits = { warn_below = 20, fail_below = 30 }",
            "it fails (30 %) before it warns (20 %)",
        ),
        (
            "kind = \"memory\"\nlimits = { minimum = \"2 GB\" }",
            "kind = \"uptime\"\nlimits = { warn_above = \"3d\", fail_above = \"2d\" }",
            "it fails before it warns; write at least what warn_above says",
        ),
    ];
    for (from, to, wanted) in cases {
        assert!(SMALL.contains(from), "{from}");
        let faults = faults_of(&SMALL.replace(from, to));
        assert!(faults.contains(wanted), "{to}\n{faults}");
        assert_eq!(faults.lines().count(), 1, "one mistake is one fault: {faults}");
    }
}

#[test]
fn a_rule_of_low_confidence_may_not_ask_for_a_fail() {
    let low = SMALL.replace("confidence = \"high\"", "confidence = \"low\"");
    let unknown = low.replace("[\"agent\"] }", "[\"agent\"], if_unknown = \"fail\" }");
    assert!(
        faults_of(&unknown).contains("a rule of low confidence cannot fail; write if_unknown = \"warn\"")
    );
    let otherwise = low.replace(
        "kind = \"memory\"\nlimits = { minimum = \"2 GB\" }",
        "kind = \"os-version\"\nlimits = { any_of = [{ min = \"26100\" }], otherwise = \"fail\" }",
    );
    assert!(
        faults_of(&otherwise).contains("a rule of low confidence cannot fail; write otherwise = \"warn\"")
    );
}

#[test]
fn ranges_are_read_with_their_channels_holes_and_days() {
    let testnav = shipped("testnav-2026-27");
    let os = |id: &str| {
        let rule = testnav
            .rules
            .iter()
            .find(|rule| rule.id.as_str() == id)
            .expect("the rule");
        match &rule.check {
            Check::OsVersion(os) => os.clone(),
            other => panic!("{id} is {}", other.kind()),
        }
    };
    let chromeos = os("os-chromeos");
    assert_eq!(chromeos.any_of[0].channel, Some(Channel::Stable));
    assert_eq!(chromeos.refused_below.as_ref().map(Version::as_str), Some("116"));
    let windows = os("os-windows");
    assert_eq!(windows.any_of[1].until, Some(jiff::civil::date(2026, 11, 10)));
    assert_eq!(windows.any_of[1].editions.len(), 2);
}

#[test]
fn the_narrowest_entry_explains_a_code() {
    let testnav = shipped("testnav-2026-27");
    let meaning = |code: &str| testnav.known_error(code).map(|known| known.meaning.as_str());
    assert_eq!(
        meaning("12008"),
        Some("TestNav may not write to its update folder")
    );
    assert_eq!(meaning("12003"), Some("TestNav could not update itself"));
    assert_eq!(
        meaning(" 8026 "),
        Some("The ProctorCache computer does not answer")
    );
    assert_eq!(meaning("3005"), None, "texts of the 3000s were not found");
}

#[test]
fn devices_get_what_is_judged_and_the_digest_is_of_that() {
    let testnav = shipped("testnav-2026-27");
    let sent = testnav.for_devices();
    assert!(sent.errors.is_empty() && sent.deviations.is_empty());
    assert_eq!(sent.digest(), testnav.digest());
    assert_eq!(testnav.digest().as_str().len(), 16);

    let json = serde_json::to_string(&sent).expect("JSON");
    assert!(json.len() < 64 * 1024, "{} bytes", json.len());
    let received: Requirement = serde_json::from_str(&json).expect("the same requirement");
    assert_eq!(received, sent);
    assert_eq!(received.digest(), testnav.digest());

    let mut other = sent;
    other.rules[0].time_to_live = Seconds(1);
    assert_ne!(other.digest(), testnav.digest());
}

#[test]
fn a_requirement_that_contradicts_itself_is_refused_on_the_wire_too() {
    let sound = Requirement::from_profile("x.toml", SMALL).expect("sound");
    let bend = |bend: fn(&mut Requirement)| {
        let mut bent = sound.clone();
        bend(&mut bent);
        let json = serde_json::to_string(&bent).expect("JSON");
        serde_json::from_str::<Requirement>(&json)
            .map_or_else(|error| error.to_string(), |_| "taken".to_owned())
    };
    assert_eq!(bend(|_| {}), "taken");
    assert!(bend(|r| r.rules[0].on.clear()).contains("rule memory: the rule applies nowhere"));
    assert!(bend(|r| r.rules.push(r.rules[0].clone())).contains("two rules have the id memory"));
    assert!(
        bend(|r| {
            r.rules[0].check = Check::Battery(BatteryCharge {
                warn_below: crate::units::Percent::clamped(10.0),
                fail_below: crate::units::Percent::clamped(20.0),
            });
        })
        .contains("it fails (20 %) before it warns (10 %)")
    );
}

proptest! {
    #[test]
    fn no_text_makes_the_profile_reader_panic(text in "(?s).{0,300}") {
        let _ = Requirement::from_profile("x.toml", &text);
    }

    #[test]
    fn a_profile_with_any_line_lost_or_doubled_is_read_or_refused_never_more(
        line in 0_usize..400, doubled: bool, junk in "[ -~]{0,20}"
    ) {
        let text = read(configs().join("profiles/testnav-2026-27.toml"));
        let mut lines: Vec<&str> = text.lines().collect();
        let at = line % lines.len();
        if doubled {
            lines.insert(at, lines[at]);
        } else {
            lines[at] = &junk;
        }
        if let Err(faults) = Requirement::from_profile("x.toml", &lines.join("\n")) {
            prop_assert!(!faults.told().is_empty());
            prop_assert!(faults.told().iter().all(|fault| fault.line <= lines.len()));
        }
    }
}

/// The blocks of TOML in the guide for people who write profiles.
fn examples_of_the_guide() -> Vec<String> {
    read(configs().join("README.md"))
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split_once("```").map(|(block, _)| block.to_owned()))
        .collect()
}

#[test]
fn the_guide_s_examples_are_sound_and_it_names_every_kind() {
    let examples = examples_of_the_guide();
    let profile =
        Requirement::from_profile("README.md", &examples[0]).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(profile.rules.len(), 1);
    let ranges = SMALL.replace(
        "kind = \"memory\"\nlimits = { minimum = \"2 GB\" }",
        &format!("kind = \"os-version\"\n{}", examples[1]),
    );
    assert_eq!(faults_of(&ranges), "no fault");

    let guide = read(configs().join("README.md"));
    for kind in Check::KINDS.iter().filter(|kind| **kind != "too-new") {
        assert!(
            guide.contains(&format!("\n| `{kind}` |")),
            "{kind} is not in configs/README.md"
        );
    }
}
