use proptest::prelude::*;

use super::*;

/// The secret of the examples in RFC 6238.
fn secret() -> TotpSecret {
    TotpSecret::from_bytes(b"12345678901234567890").unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn codes_are_those_of_the_standard() {
    // Appendix B of RFC 6238, the last six of its eight digits.
    for (second, code) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
    ] {
        assert_eq!(secret().code_at(at(second)), code);
        assert!(secret().accepts(code, at(second), None).is_some(), "{code}");
    }
}

#[test]
fn a_code_opens_once_and_then_never_again() {
    let now = at(1_234_567_890);
    let used = secret().accepts("005 924", now, None).unwrap();
    assert_eq!(secret().accepts("005924", now, Some(used)), None);
    let later = at(1_234_567_890 + 30);
    assert_eq!(
        secret().accepts("005924", later, Some(used)),
        None,
        "still in its window"
    );
    assert!(
        secret()
            .accepts(&secret().code_at(later), later, Some(used))
            .is_some()
    );
}

#[test]
fn one_step_of_a_slow_hand_or_a_fast_phone_is_forgiven_and_not_two() {
    let now = at(1_234_567_890);
    for (seconds, accepted) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
        let code = secret().code_at(at(1_234_567_890 + seconds));
        assert_eq!(
            secret().accepts(&code, now, None).is_some(),
            accepted,
            "{seconds}"
        );
    }
}

#[test]
fn an_app_can_be_told_by_scanning_or_by_typing() {
    assert_eq!(secret().grouped(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    assert_eq!(
        secret().address("Zoë & Co: 7"),
        "otpauth://totp/RoomReady:Zo%C3%AB%20%26%20Co%3A%207?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
         &issuer=RoomReady&algorithm=SHA1&digits=6&period=30"
    );
    assert_eq!(format!("{:?}", secret()), "TotpSecret(…)");
    assert_ne!(TotpSecret::new().unwrap(), TotpSecret::new().unwrap());
    assert!(TotpSecret::from_bytes(b"short").is_none());
}

proptest! {
    #[test]
    fn no_text_is_accepted_that_is_not_the_code_of_a_near_step(
        typed in prop_oneof!["\\PC{0,12}", "[0-9]{6}"],
        second in 60_i64..4_000_000_000,
    ) {
        let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let near = [-30, 0, 30].map(|off| secret().code_at(at(second + off)));
        let accepted = secret().accepts(&typed, at(second), None).is_some();
        prop_assert_eq!(accepted, near.contains(&digits));
    }

    #[test]
    fn a_step_only_ever_grows(seconds in proptest::collection::vec(0_i64..600, 1..40)) {
        let mut last: Option<Step> = None;
        for second in seconds {
            let now = at(1_700_000_000 + second);
            if let Some(step) = secret().accepts(&secret().code_at(now), now, last) {
                prop_assert!(last.is_none_or(|used| step > used));
                last = Some(step);
            }
        }
    }
}
