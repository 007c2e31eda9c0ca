use proptest::prelude::*;

use super::*;

fn answers(rooms: &str, platform: &str) -> Result<Answers, WrongAnswers> {
    Answers::new(
        "Cedar Valley Schools",
        "America/Chicago",
        "Lincoln Middle School",
        rooms,
        platform,
    )
}

#[test]
fn what_set_up_writes_is_read_without_a_fault() {
    let data = tempfile::tempdir().unwrap();
    let answers = answers("101\n102\nLibrary\n\nComputer Lab \"B\"", "testnav").unwrap();
    let config = write(data.path(), &answers).unwrap();
    let again = load(&data.path().join(FILE_NAME)).unwrap();
    for config in [&config, &again] {
        let district = &config.district;
        assert_eq!(district.name().as_str(), "Cedar Valley Schools");
        assert_eq!(config.zone.iana_name(), Some("America/Chicago"));
        let (id, school) = district.schools().first_key_value().unwrap();
        assert_eq!(
            (id.as_str(), school.title.as_str()),
            ("lincoln-middle-school", "Lincoln Middle School")
        );
        let rooms: Vec<_> = school
            .rooms
            .iter()
            .map(|(id, title)| (id.as_str(), title.as_str()))
            .collect();
        assert_eq!(
            rooms,
            [
                ("101", "Room 101"),
                ("102", "Room 102"),
                ("library", "Library"),
                ("computer-lab-b", "Computer Lab \"B\""),
            ]
        );
        let requirement = district.requirement().unwrap();
        assert_eq!(requirement.profile.id.as_str(), "testnav-2026-27");
    }
    assert_eq!(
        answers.first_room().unwrap().to_string(),
        "lincoln-middle-school/101"
    );
    assert!(data.path().join("profiles/drc-insight-2026-27.toml").exists());
    let left: Vec<_> = fs::read_dir(data.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn each_choice_of_requirements_can_be_used() {
    for (word, profile) in [
        ("testnav", Some("testnav-2026-27")),
        ("drc-insight", Some("drc-insight-2026-27")),
        ("none", None),
    ] {
        let data = tempfile::tempdir().unwrap();
        let config = write(data.path(), &answers("101", word).unwrap()).unwrap();
        let required = config
            .district
            .requirement()
            .map(|required| required.profile.id.to_string());
        assert_eq!(required.as_deref(), profile);
    }
}

#[test]
fn a_configuration_that_is_there_is_never_written_over() {
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join(FILE_NAME), "by hand").unwrap();
    let refused = write(data.path(), &answers("101", "none").unwrap()).unwrap_err();
    assert!(matches!(refused, NotWritten::There(_)), "{refused}");
    assert_eq!(
        fs::read_to_string(data.path().join(FILE_NAME)).unwrap(),
        "by hand"
    );
}

#[test]
fn every_wrong_answer_is_told_at_once_and_in_plain_words() {
    let wrong = Answers::new(" ", "Mars/Olympus", "", "101\n101", "chess").unwrap_err();
    let told: Vec<_> = wrong
        .iter()
        .map(|wrong| (wrong.field, wrong.sentence.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("district", "Write the name of the district."),
            ("school", "Write the name of the school."),
            ("zone", "Choose a time zone from the list."),
            ("rooms", "Room 101 stands there twice."),
            ("platform", "Choose what the devices are to be checked for."),
        ]
    );
    assert_eq!(
        answers(" \n", "none").unwrap_err()[0].sentence,
        "Write at least one room, for example 101."
    );
}

#[test]
fn rooms_that_would_share_an_address_get_their_own() {
    let answers = answers("Lab!\nLab?\nlab\n校舎\n教室", "none").unwrap();
    let ids: Vec<_> = answers.rooms.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["lab", "lab-2", "lab-3", "room", "room-2"]);
}

#[test]
fn the_list_of_zones_begins_with_the_nearest_and_every_zone_in_it_is_known() {
    let zones = zones();
    assert_eq!(zones.near.len(), 9);
    assert!(zones.others.len() > 100, "{}", zones.others.len());
    for (name, _) in zones.near.iter().chain(&zones.others) {
        assert!(jiff::tz::TimeZone::get(name).is_ok(), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_names_people_give_the_file_can_be_read(
        district in "\\PC{1,80}", school in "\\PC{1,80}", rooms in "(\\PC{0,20}\n){1,8}",
    ) {
        if let Ok(answers) = Answers::new(&district, "UTC", &school, &rooms, "none") {
            let data = tempfile::tempdir().unwrap();
            let config = write(data.path(), &answers);
            prop_assert!(config.is_ok(), "{config:?}\n{}", file::text(&answers));
        }
    }
}
