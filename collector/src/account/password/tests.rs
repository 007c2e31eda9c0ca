use proptest::prelude::*;

use super::*;

const NAMES: KnownNames<'_> = KnownNames {
    person: "Maria Keller-Lindqvist",
    district: "Cedar Valley Schools",
};

fn chosen(text: &str) -> Result<Password, Unfit> {
    Password::chosen(text, NAMES)
}

#[test]
fn any_sentence_of_twelve_characters_will_do() {
    for text in [
        "the ferry leaves at six",
        "ppppp qqqqq!",
        "über den Wolken",
        "昨日の雨はもう止んだよね",
        "🦊🦊🐢🐢🦉🦉🐙🐙🐿🐿🦔🦔",
        "0x9f3a77c1e2",
        "Maria sells 3 old tubas",
    ] {
        assert!(chosen(text).is_ok(), "{text}");
    }
}

#[test]
fn the_length_is_counted_in_characters() {
    assert_eq!(chosen("elevenchars").unwrap_err(), Unfit::TooShort);
    assert_eq!(chosen("🦊🐢🦉🐙🐿🦔").unwrap_err(), Unfit::TooShort);
    let long: String = "correct tuba ferry "
        .chars()
        .cycle()
        .take(MOST_CHARACTERS)
        .collect();
    assert!(chosen(&long).is_ok());
    assert_eq!(chosen(&format!("{long}!")).unwrap_err(), Unfit::TooLong);
}

#[test]
fn what_is_tried_first_is_refused_in_its_usual_disguises() {
    for text in [
        "password1234",
        "Password2026!",
        "P@ssw0rd2026",
        "p4$$w0rd1234",
        "passwordpassword",
        "PASSWORDPASSWORD!!",
        "123456789012",
        "098765432109",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "qwertyuiop12",
        "qwertyuiopasdfghjkl",
        "1q2w3e4r5t6y",
        "iloveyouprincess",
        "Minecraft2026",
        "testing testing",
        "!!!letmein!!!",
        "correcthorsebatterystaple",
    ] {
        assert_eq!(chosen(text).unwrap_err(), Unfit::Common, "{text}");
    }
}

#[test]
fn a_name_that_everybody_knows_is_refused() {
    for text in [
        "maria keller-lindqvist",
        "KellerLindqvist1",
        "maria.maria.maria",
        "Cedar Valley Schools",
        "cedarvalleyschools2026",
        "roomreadyroomready",
        "RoomReady-2026",
    ] {
        assert_eq!(chosen(text).unwrap_err(), Unfit::Name, "{text}");
    }
}

#[test]
fn what_is_typed_at_the_door_follows_no_rule_but_an_end() {
    assert!(Password::typed("x").is_some());
    assert!(Password::typed("").is_none());
    assert!(Password::typed(&"x".repeat(MOST_CHARACTERS + 1)).is_none());
}

proptest! {
    #[test]
    fn every_text_is_answered(text in "\\PC{0,140}", person in "\\PC{0,20}", district in "\\PC{0,20}") {
        let length = text.chars().count();
        match Password::chosen(&text, KnownNames { person: &person, district: &district }) {
            Ok(_) => prop_assert!((LEAST_CHARACTERS..=MOST_CHARACTERS).contains(&length)),
            Err(Unfit::TooShort) => prop_assert!(length < LEAST_CHARACTERS),
            Err(Unfit::TooLong) => prop_assert!(length > MOST_CHARACTERS),
            Err(Unfit::Common | Unfit::Name) => {}
        }
    }

    #[test]
    fn a_common_word_stays_common_with_any_digits_behind_it(digits in "[0-9!?.]{6,20}", upper in any::<bool>()) {
        let word = if upper { "Welcome" } else { "welcome" };
        prop_assert_eq!(chosen(&format!("{word}{digits}")).unwrap_err(), Unfit::Common);
    }
}
