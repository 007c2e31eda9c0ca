use std::net::IpAddr;
use std::time::Duration;

use roomready_shared::ids::AccountId;
use roomready_shared::units::ShortText;
use uuid::Uuid;

use super::*;
use crate::domain::proctor::Origin;
use crate::limits;
use crate::secret::SecretHash;

fn code(number: u8) -> WatchCode {
    let mut random = [0; CODE_LETTERS];
    random[CODE_LETTERS - 1] = number % 20;
    random[0] = number / 20;
    WatchCode::drawn(&random).unwrap()
}

fn offer(number: u8, from: u8, made_ms: u64) -> Offer {
    Offer {
        code: code(number),
        request: SecretHash::from_bytes([number; 32]),
        computer: ShortText::fit("OFFICE-3"),
        origin: Origin::of(IpAddr::from([10, 0, 0, from])),
        address: ShortText::fit("10.0.0.1"),
        made_ms,
        confirmed: None,
    }
}

fn person() -> AccountId {
    AccountId::new(Uuid::from_u128(7))
}

fn asks(offers: &mut Offers, number: u8, now_ms: u64) -> Asked {
    offers.ask(SecretHash::from_bytes([number; 32]), now_ms)
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap()
}

#[test]
fn a_code_is_read_as_people_type_it() {
    let code = WatchCode::drawn(&[0, 1, 2, 3, 4, 5, 6, 7]).unwrap();
    assert_eq!(code.to_string(), "BCDF-GHJK");
    for typed in ["BCDF-GHJK", "bcdfghjk", " bcdf ghjk "] {
        assert_eq!(typed.parse(), Ok(code), "{typed:?}");
    }
    for wrong in [
        "",
        "BCDF-GHJ",
        "BCDF-GHJKL",
        "BCDF-GHJA",
        "BCDF-GH1K",
        "ÄCDF-GHJK",
    ] {
        assert_eq!(wrong.parse::<WatchCode>(), Err(NotACode), "{wrong:?}");
    }
}

#[test]
fn no_letter_is_likelier_than_another() {
    assert_eq!(
        WatchCode::drawn(&[255; 64]),
        None,
        "what would favour some is left out"
    );
    let with_both: Vec<u8> = [250, 0, 251, 1, 2, 3, 4, 5, 6, 7].to_vec();
    assert_eq!(WatchCode::drawn(&with_both).unwrap().to_string(), "BCDF-GHJK");
}

#[test]
fn a_program_waits_until_somebody_confirms_and_is_told_once() {
    let mut offers = Offers::default();
    offers.make(offer(1, 1, 1_000)).unwrap();
    assert_eq!(asks(&mut offers, 1, 2_000), Asked::Pending(599_000));
    assert_eq!(
        asks(&mut offers, 9, 2_000),
        Asked::Gone,
        "another program learns nothing"
    );
    assert!(offers.waiting(code(1), 2_000).is_some());
    offers.confirm(code(1), person(), 3_000).unwrap();
    assert_eq!(offers.waiting(code(1), 3_000), None, "it waits no longer");
    assert_eq!(
        offers.confirm(code(1), person(), 3_000),
        Err(Gone),
        "nobody confirms it twice"
    );
    let told = asks(&mut offers, 1, 4_000);
    assert!(
        matches!(told, Asked::Confirmed(_, by) if by == person()),
        "{told:?}"
    );
    assert_eq!(asks(&mut offers, 1, 4_001), Asked::Gone);
}

#[test]
fn one_that_is_refused_or_too_old_is_gone() {
    let mut offers = Offers::default();
    offers.make(offer(1, 1, 0)).unwrap();
    offers.refuse(code(1));
    assert_eq!(asks(&mut offers, 1, 1), Asked::Gone);
    offers.make(offer(2, 1, 0)).unwrap();
    let end = ms(limits::WATCH_OFFER_LIFE);
    assert_eq!(asks(&mut offers, 2, end - 1), Asked::Pending(1));
    assert_eq!(offers.confirm(code(2), person(), end), Err(Gone));
    assert_eq!(asks(&mut offers, 2, end), Asked::Gone);
}

#[test]
fn a_flood_from_one_address_keeps_nobody_else_out() {
    let mut offers = Offers::default();
    offers.make(offer(200, 2, 0)).unwrap();
    for number in 0..100 {
        offers.make(offer(number, 1, u64::from(number) + 1)).unwrap();
    }
    assert!(
        offers.waiting(code(200), 200).is_some(),
        "the other address still waits"
    );
    let of_the_flood = (0..100).filter(|number| offers.waiting(code(*number), 200).is_some());
    let of_the_flood: Vec<_> = of_the_flood.collect();
    assert_eq!(of_the_flood.len(), limits::MOST_WATCH_OFFERS_OF_AN_ADDRESS);
    assert_eq!(of_the_flood.last(), Some(&99), "the newest stay");
}

#[test]
fn a_flood_from_everywhere_is_refused_and_memory_stays_bounded() {
    let mut offers = Offers::default();
    let mut refused = 0;
    for number in 0..u16::MAX / 8 {
        let [high, low] = number.to_be_bytes();
        let mut one = offer(low, low, 0);
        one.origin = Origin::of(IpAddr::from([10, 1, high, low]));
        let mut random = [0; CODE_LETTERS];
        random[..4].copy_from_slice(&[high / 20, high % 20, low / 20, low % 20]);
        one.code = WatchCode::drawn(&random).unwrap();
        refused += usize::from(offers.make(one).is_err());
    }
    assert_eq!(usize::from(u16::MAX / 8) - refused, limits::MOST_WATCH_OFFERS);
    assert!(
        offers.make(offer(3, 3, ms(limits::WATCH_OFFER_LIFE))).is_ok(),
        "it goes on when they have ended"
    );
}

mod where_notices_may_show {
    use super::super::*;
    use crate::domain::plan::Watched;
    use crate::domain::plan::tests::district;
    use roomready_shared::ids::DeviceName;

    /// Nobody is enrolled.
    fn nobody(_: &DeviceName) -> Option<Watched> {
        None
    }

    #[test]
    fn never_on_a_student_s_device() {
        let district = district();
        for (name, agent_here) in [
            ("cart-1", true),
            ("cart-1", false),
            ("CART-1.school.example", false),
        ] {
            let refused = may_show_here(&district, nobody, name, agent_here);
            assert!(
                matches!(refused, Err(StudentsDevice::InTheRoster(_))),
                "{refused:?}"
            );
        }
    }

    #[test]
    fn beside_an_agent_only_where_the_roster_says_that_it_is_the_staff_s() {
        let district = district();
        assert_eq!(may_show_here(&district, nobody, "LIB-2", true), Ok(()));
        assert_eq!(may_show_here(&district, nobody, "OFFICE-3", false), Ok(()));
        let refused = may_show_here(&district, nobody, "OFFICE-3", true);
        assert!(
            matches!(refused, Err(StudentsDevice::AgentInstalled(_))),
            "{refused:?}"
        );
    }
    #[test]
    fn never_under_the_name_of_an_enrolled_device_that_is_not_the_staff_s() {
        let district = district();
        for (watched, allowed) in [
            (Watched::ByAgent, false),
            (Watched::NotOneByOne, false),
            (Watched::Sentinel, true),
        ] {
            let enrolled = |name: &DeviceName| (name.as_str() == "LOANER-7").then_some(watched);
            for name in ["LOANER-7", "LOANER-7.school.example"] {
                let said = may_show_here(&district, enrolled, name, false);
                assert_eq!(said.is_ok(), allowed, "{watched:?}: {said:?}");
            }
            assert_eq!(may_show_here(&district, enrolled, "OFFICE-3", false), Ok(()));
        }
    }
}
