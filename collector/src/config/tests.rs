use std::path::PathBuf;

use roomready_shared::ids::{SessionId, Title};

use super::load::TextAlone;
use super::read::read;
use super::*;
use crate::domain::plan::Site;
use crate::domain::proctor::{ProctorScreen, Proctoring};

fn faults_of(text: &str) -> String {
    read("collector.toml", text, &mut TextAlone(None))
        .err()
        .map(|faults| faults.to_string())
        .unwrap_or_default()
}

const GOOD: &str = r#"
district = "D"
zone = "America/Chicago"
[[school]]
id = "lincoln-ms"
name = "Lincoln"
  [[school.room]]
  id = "101"
  name = "Room 101"
[[device]]
name = "LIN-1"
platform = "windows"
school = "lincoln-ms"
room = "101"
[[session]]
id = "math"
name = "Math"
school = "lincoln-ms"
room = "101"
starts = "2026-10-06 08:30"
ends = "2026-10-06 10:00"
timing = "timed"
"#;

#[test]
fn the_sample_is_a_district_that_can_be_used() {
    let path = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../configs/collector.example.toml"
    ));
    let config = load(&path).unwrap_or_else(|bad| panic!("{bad}"));
    assert_eq!(
        config.district.name(),
        &Title::parse("Cedar Valley Schools").unwrap()
    );
    assert_eq!(
        config.district.paces(),
        Paces::default(),
        "the sample shows the usual paces"
    );
    assert!(config.district.requirement().is_some());
    assert_eq!(config.district.proctoring().screen, ProctorScreen::StaffDevices);
    assert!(config.district.proctoring().phone_rule.is_some());
    let lincoln = &config.district.schools()[&"lincoln-ms".parse().unwrap()];
    assert_eq!(lincoln.site, Site::OnPremises);
    assert_eq!(
        lincoln.access_points[&"101".parse().unwrap()].as_str(),
        "AP-LIN-2 (upper corridor)"
    );
    assert_eq!(config.zone.iana_name(), Some("America/Chicago"));
}

#[test]
fn times_are_those_of_the_clock_on_the_districts_wall() {
    let district = read("c", GOOD, &mut TextAlone(None)).unwrap().district;
    let session = &district.sessions()[&SessionId::parse("math").unwrap()];
    assert_eq!(session.timetable.starts().to_string(), "2026-10-06T13:30:00Z");
    assert_eq!(session.timetable.sweep_from().to_string(), "2026-10-06T12:30:00Z");
}

#[test]
fn every_fault_is_told_at_once_with_its_line_and_what_to_write_instead() {
    let text = r#"
distrct = "D"
zone = "Chicago"
[pace]
idle = "20m"
[[school]]
id = "Lincoln MS"
name = "Lincoln"
[[school]]
id = "oak"
name = "Oak"
  [[school.room]]
  id = "12"
[[device]]
name = "OAK-1"
platform = "window"
school = "oak"
room = "13"
sentinal = true
[[session]]
id = "math"
name = "Math"
school = "oak"
room = "12"
starts = "2026-10-06"
ends = "2026-10-06 10:00"
timing = "timd"
  [[session.seat]]
  device = "OAK-1"
  ends = "late"
"#;
    let faults = faults_of(text);
    for expected in [
        "collector.toml:2: unknown key \"distrct\" at the top of the file; did you mean \"district\"?",
        "collector.toml:3: \"zone\" at the top of the file: \"Chicago\" is not a time zone",
        "collector.toml:5: \"idle\" in [pace]",
        "collector.toml:7: \"id\" in [[school]]",
        "collector.toml:12: \"name\" is missing in [[school.room]]",
        "collector.toml:16: \"platform\" in [[device]] is \"window\"; did you mean \"windows\"?",
        "device OAK-1 is in room oak/13, which is not listed; add the room or correct its id",
        "collector.toml:19: unknown key \"sentinal\" in [[device]]; did you mean \"sentinel\"?",
        "collector.toml:25: \"starts\" in [[session]]: \"2026-10-06\" is not a day and a time",
        "collector.toml:27: \"timing\" in [[session]] is \"timd\"; did you mean \"timed\"?",
        "collector.toml:30: \"ends\" in [[session.seat]]: \"late\" is not a day and a time",
    ] {
        assert!(faults.contains(expected), "not told: {expected}\n\n{faults}");
    }
    assert_eq!(faults.lines().count(), 11, "{faults}");
}

#[test]
fn without_a_word_about_screens_proctors_use_the_schools_own() {
    let district = read("c", GOOD, &mut TextAlone(None)).unwrap().district;
    assert_eq!(district.proctoring(), &Proctoring::default());
    let any = read(
        "c",
        &format!("proctor_screen = \"any\"\n{GOOD}"),
        &mut TextAlone(None),
    )
    .unwrap()
    .district;
    assert_eq!(any.proctoring().screen, ProctorScreen::Any);
}

#[test]
fn bad_rules_about_screens_and_telephones_are_told_with_what_to_write() {
    every_fault_is_told("proctors-on-any-screens");
}

#[test]
fn mistakes_about_networks_and_in_the_map_of_access_points_are_told_with_file_and_line() {
    every_fault_is_told("networks");
}

#[test]
fn a_table_that_is_none_is_told_with_its_line_and_hides_no_other_fault() {
    let folder = tempfile::tempdir().unwrap();
    let told = |table: &str| {
        std::fs::write(folder.path().join("map.csv"), table).unwrap();
        let path = folder.path().join("collector.toml");
        std::fs::write(
            &path,
            format!("access_points = \"map.csv\"\nzne = \"UTC\"\n{GOOD}"),
        )
        .unwrap();
        load(&path).unwrap_err().to_string()
    };
    let open = told("school,room,access_point\nlincoln-ms,101,\"AP\n");
    assert!(
        open.contains("map.csv:2: a quote is opened here and never closed; close it"),
        "{open}"
    );
    assert!(open.contains("did you mean \"zone\"?"), "{open}");
    let empty = told("");
    assert!(
        empty.contains("map.csv:1: the map is empty; begin it with"),
        "{empty}"
    );
    let missing = told("school,room\n");
    assert!(
        missing.contains("map.csv:1: the column \"access_point\" is missing"),
        "{missing}"
    );
}

#[test]
fn a_school_says_where_the_collector_stands_or_the_district_does_for_all() {
    let site = |text: &str| {
        let district = read("c", text, &mut TextAlone(None)).unwrap().district;
        district.schools().values().next().unwrap().site
    };
    assert_eq!(site(GOOD), Site::Remote, "claims less");
    let all = format!("site = \"on-premises\"\n{GOOD}");
    assert_eq!(site(&all), Site::OnPremises);
    let own = all.replace("name = \"Lincoln\"", "name = \"Lincoln\"\nsite = \"remote\"");
    assert_eq!(site(&own), Site::Remote);
}

fn every_fault_is_told(name: &str) {
    let folder = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/fixtures/configs/bad"
    ));
    let told = load(&folder.join(format!("{name}.toml")))
        .unwrap_err()
        .to_string();
    let wanted = std::fs::read_to_string(folder.join(format!("{name}.faults"))).unwrap();
    for line in wanted.lines() {
        assert!(told.contains(line), "not told: {line}\n\n{told}");
    }
    assert_eq!(told.lines().count(), wanted.lines().count() + 1, "{told}");
}

#[test]
fn an_hour_that_the_clocks_skip_is_no_time_for_a_test() {
    let faults = faults_of(&GOOD.replace("2026-10-06 08:30", "2026-03-08 02:30"));
    assert!(
        faults.contains("2026-03-08T02:30:00 does not exist here"),
        "{faults}"
    );
}

#[test]
fn a_policy_needs_a_profile_to_lie_over() {
    let faults = faults_of(&format!("policy = \"p.toml\"\n{GOOD}"));
    assert!(
        faults.contains("\"policy\" at the top of the file has no profile to lie over"),
        "{faults}"
    );
}

#[test]
fn requirement_files_are_found_beside_the_configuration_and_their_faults_told_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("collector.toml");
    std::fs::write(
        &path,
        format!("profile = \"missing.toml\"\nzne = \"UTC\"\n{GOOD}"),
    )
    .unwrap();
    let told = load(&path).unwrap_err().to_string();
    assert!(told.contains("missing.toml: cannot be read"), "{told}");
    assert!(told.contains("did you mean \"zone\"?"), "{told}");
}

#[test]
fn without_a_file_there_is_one_school_and_the_next_step_is_to_name_its_rooms() {
    let district = Config::built_in().district;
    assert_eq!(district.schools().len(), 1);
    assert!(district.schools().values().all(|school| school.rooms.is_empty()));
}

#[test]
fn mistakes_about_notices_are_told_with_what_to_write_and_no_secret_is_repeated() {
    every_fault_is_told("notices");
    let told = load(&PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/fixtures/configs/bad/notices.toml"
    )))
    .unwrap_err()
    .to_string();
    assert!(!told.contains("services/T0"), "{told}");
}

#[test]
fn the_sample_tells_whom_and_how() {
    let path = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../configs/collector.example.toml"
    ));
    let notices = load(&path).unwrap().notices;
    let told: Vec<_> = notices
        .plan
        .targets
        .iter()
        .map(|target| (target.id.as_str(), target.step.number()))
        .collect();
    assert_eq!(
        told,
        [("on-call", 1), ("lincoln", 2), ("chat", 2), ("district", 3)]
    );
    assert_eq!(notices.ways.len(), 4);
    assert_eq!(
        notices.plan.ladder,
        crate::domain::notice::Ladder::USUAL,
        "the sample shows the usual waits"
    );
    let mail = notices.mail.as_ref().unwrap();
    assert_eq!((mail.host.as_str(), mail.port), ("smtp.cedarvalley.example", 587));
    assert!(notices.environment_names().is_empty());
}

#[test]
fn a_secret_may_have_a_name_in_the_environment_and_files_stand_beside_the_settings() {
    let text = format!(
        "{GOOD}\n[notices]\n[[notices.target]]\nid = \"a\"\nname = \"A\"\nstep = 1\nkind = \"signed\"\n\
         address_env = \"HOOK\"\nsecret_file = \"hook-secret\"\n\
         [notices.mail]\nserver = \"relay\"\nfrom = \"a@b.example\"\nca = \"relay-ca.pem\"\n"
    );
    let notices = read("c", &text, &mut TextAlone(None)).unwrap().notices;
    assert_eq!(notices.environment_names(), ["HOOK".to_owned()].into());
    let placed = format!("{:?}", notices.in_folder(std::path::Path::new("/etc/roomready")));
    for file in ["hook-secret", "relay-ca.pem"] {
        assert!(placed.contains(&format!("/etc/roomready/{file}")), "{placed}");
    }
}
