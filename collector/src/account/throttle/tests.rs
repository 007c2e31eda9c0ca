use proptest::prelude::*;

use super::*;

const SCHOOL: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 7));
const ELSEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 9));

fn second(second: u64) -> Mono {
    Duration::from_secs(second)
}

/// Mistakes until one has to wait.
fn mistakes_until_wait(throttle: &mut Throttle, account: &str, address: IpAddr, now: Mono) -> u32 {
    let mut made = 0;
    while throttle.begin(account, address, now).is_ok() {
        made += 1;
    }
    made
}

#[test]
fn a_few_mistakes_are_free_and_then_each_costs_a_longer_wait_up_to_a_minute() {
    let mut throttle = Throttle::default();
    let mut now = second(1_000);
    assert_eq!(
        mistakes_until_wait(&mut throttle, "maria", SCHOOL, now),
        limits::FREE_MISTAKES
    );
    let mut waits = Vec::new();
    for _ in 0..9 {
        let Wait(wait) = throttle.begin("Maria ", SCHOOL, now).unwrap_err();
        waits.push(wait.as_secs());
        now += wait;
        let _mistake = throttle.begin("maria", SCHOOL, now).unwrap();
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
}

#[test]
fn somebody_who_signs_in_starts_afresh() {
    let mut throttle = Throttle::default();
    let now = second(1_000);
    for _ in 1..limits::FREE_MISTAKES {
        let _mistake = throttle.begin("maria", SCHOOL, now).unwrap();
    }
    let right = throttle.begin("maria", SCHOOL, now).unwrap();
    throttle.succeeded(right, now);
    assert_eq!(
        mistakes_until_wait(&mut throttle, "maria", SCHOOL, now),
        limits::FREE_MISTAKES
    );
}

#[test]
fn a_flood_from_elsewhere_keeps_nobody_waiting_where_they_signed_in_before() {
    let mut throttle = Throttle::default();
    let right = throttle.begin("maria", SCHOOL, second(1)).unwrap();
    throttle.succeeded(right, second(1));
    for minute in 0..30 {
        mistakes_until_wait(&mut throttle, "maria", ELSEWHERE, second(60 * minute));
    }
    assert!(throttle.begin("maria", ELSEWHERE, second(1_741)).is_err());
    assert!(throttle.begin("maria", SCHOOL, second(1_741)).is_ok());
}

#[test]
fn a_thousand_attempts_at_once_are_a_thousand_mistakes() {
    let mut throttle = Throttle::default();
    let under_way: Vec<_> = (0..1_000)
        .filter_map(|_| throttle.begin("maria", SCHOOL, second(1)).ok())
        .collect();
    assert_eq!(under_way.len(), limits::FREE_MISTAKES as usize);
}

#[test]
fn a_list_of_names_from_one_address_soon_waits_and_a_school_that_signs_in_never_does() {
    let mut throttle = Throttle::default();
    let now = second(1_000);
    for person in 0..10 * limits::ADDRESS_MISTAKES {
        let right = throttle.begin(&format!("teacher {person}"), SCHOOL, now).unwrap();
        throttle.succeeded(right, now);
    }
    let tried = (0..10 * limits::ADDRESS_MISTAKES)
        .take_while(|person| throttle.begin(&format!("name {person}"), ELSEWHERE, now).is_ok())
        .count();
    assert_eq!(tried, limits::ADDRESS_MISTAKES as usize);
    let Wait(wait) = throttle.begin("maria", ELSEWHERE, now).unwrap_err();
    assert!(wait <= limits::ADDRESS_MISTAKE_FORGOTTEN, "{wait:?}");
    assert!(throttle.begin("maria", ELSEWHERE, now + wait).is_ok());
}

#[test]
fn mistakes_are_forgotten_with_time() {
    let mut throttle = Throttle::default();
    mistakes_until_wait(&mut throttle, "maria", SCHOOL, second(0));
    let later = second(0) + limits::MISTAKE_FORGOTTEN * limits::FREE_MISTAKES;
    assert_eq!(
        mistakes_until_wait(&mut throttle, "maria", SCHOOL, later),
        limits::FREE_MISTAKES
    );
}

#[test]
fn one_network_of_ipv6_counts_as_one() {
    let mut throttle = Throttle::default();
    for host in 0..u64::from(limits::ADDRESS_MISTAKES) {
        let address: IpAddr = format!("2001:db8:1:2::{host:x}").parse().unwrap();
        let _mistake = throttle
            .begin(&format!("name {host}"), address, second(1))
            .unwrap();
    }
    let another: IpAddr = "2001:db8:1:2:ffff::1".parse().unwrap();
    assert!(throttle.begin("maria", another, second(1)).is_err());
    assert!(
        throttle
            .begin("maria", "2001:db8:1:3::1".parse().unwrap(), second(1))
            .is_ok()
    );
}

#[test]
fn what_it_remembers_is_bounded() {
    let mut throttle = Throttle::default();
    for number in 0..2 * u32::try_from(limits::MOST_THROTTLED_ADDRESSES).unwrap() {
        let address = IpAddr::V4(number.into());
        if let Ok(attempt) = throttle.begin(&format!("name {number}"), address, second(1)) {
            throttle.succeeded(attempt, second(1));
        }
    }
    assert!(throttle.accounts.len() <= limits::MOST_THROTTLED_ACCOUNTS);
    assert!(throttle.known.len() <= limits::MOST_THROTTLED_ACCOUNTS);
    assert!(throttle.addresses.len() <= limits::MOST_THROTTLED_ADDRESSES);
}

#[test]
fn a_part_of_a_second_is_told_as_a_whole_one() {
    assert_eq!(Wait(Duration::from_millis(1_001)).whole_seconds(), 2);
    assert_eq!(Wait(Duration::from_secs(2)).whole_seconds(), 2);
}

proptest! {
    #[test]
    fn nobody_ever_waits_longer_than_a_minute_and_whoever_waited_may_try(
        steps in proptest::collection::vec((0_u8..3, 0_u8..3, 0_u64..90_000, any::<bool>()), 1..200),
    ) {
        let mut throttle = Throttle::default();
        let mut now = Duration::ZERO;
        for (account, host, pause, right) in steps {
            now += Duration::from_millis(pause);
            let address = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, host));
            let attempt = match throttle.begin(&account.to_string(), address, now) {
                Ok(attempt) => attempt,
                Err(Wait(wait)) => {
                    prop_assert!(wait <= limits::LONGEST_SIGN_IN_WAIT);
                    now += wait;
                    let again = throttle.begin(&account.to_string(), address, now);
                    prop_assert!(again.is_ok(), "waited {wait:?} and then {again:?}");
                    again.unwrap()
                }
            };
            if right {
                throttle.succeeded(attempt, now);
            }
        }
    }
}
