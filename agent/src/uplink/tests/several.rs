//! Several addresses of one collector.

use std::time::Duration;

use tokio::time::Instant;

use super::*;
use crate::ports::{Enroll as _, Uplink as _};
use crate::uplink::choice::{EARLIER_AGAIN_MS, FAILURES_BEFORE_NEXT};

fn both(first: &CollectorAddress, second: &CollectorAddress) -> HttpUplink {
    uplink(&[first, second], &Trust::System, &Proxies::None)
}

#[tokio::test]
async fn the_first_that_answers_as_ours_is_kept() {
    let portal = Server::start(&answer("200 OK", HTML, "<p>Welcome</p>")).await;
    let ours = Server::start(&taken()).await;
    let uplink = both(&portal.address, &ours.address);
    assert_eq!(uplink.speaks_to().as_ref(), Some(portal.address.host()));
    uplink.report(&report_at(0)).await.expect_err("a portal");
    for beat in 1..5 {
        uplink.report(&report_at(beat * 5_000)).await.expect("ours");
    }
    assert_eq!((portal.asked().len(), ours.asked().len()), (1, 4));
    assert_eq!(uplink.speaks_to().as_ref(), Some(ours.address.host()));
    let contact = uplink.contact();
    assert_eq!(contact.answered.expect("answered").address, ours.address);
    let trouble = contact.trouble.expect("told");
    assert_eq!(trouble.address, portal.address);
    assert!(trouble.words.contains("login page"), "{}", trouble.words);
}

#[tokio::test]
async fn a_collector_that_goes_away_is_left_after_a_few_failures_and_found_again_without_losing_a_beat() {
    let (first, second) = (Server::start(&taken()).await, Server::start(&taken()).await);
    let uplink = both(&first.address, &second.address);
    uplink.report(&report_at(0)).await.expect("the first");
    let first = first.end().await;
    for failure in 0..FAILURES_BEFORE_NEXT {
        uplink
            .report(&report_at(1_000 + u64::from(failure)))
            .await
            .expect_err("gone");
    }
    uplink.report(&report_at(6_000)).await.expect("the second");
    // While the first stays away, the look at it costs no report.
    let later = 6_000 + EARLIER_AGAIN_MS.1;
    uplink
        .report(&report_at(later))
        .await
        .expect("the second, after a look at the first");
    assert_eq!(second.asked().len(), 2);
    assert_eq!(uplink.contact().trouble.expect("told").address, first);
    let first = Server::start_again_at(&first, &taken()).await;
    uplink
        .report(&report_at(later + EARLIER_AGAIN_MS.1))
        .await
        .expect("the first again");
    uplink
        .report(&report_at(later + EARLIER_AGAIN_MS.1 + 5_000))
        .await
        .expect("and it is kept");
    assert_eq!((first.asked().len(), second.asked().len()), (2, 2));
}

#[tokio::test]
async fn an_earlier_address_that_says_nothing_holds_up_a_report_for_a_second_at_most() {
    let second = Server::start(&taken()).await;
    let nobody = Server::start("").await.end().await;
    let uplink = both(&nobody, &second.address);
    uplink.report(&report_at(0)).await.expect_err("nobody");
    uplink.report(&report_at(1_000)).await.expect("the second");
    let _mute = mute_at(&nobody);
    let started = Instant::now();
    uplink
        .report(&report_at(1_000 + EARLIER_AGAIN_MS.1))
        .await
        .expect("the second in time");
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(900), "it was looked at: {took:?}");
    assert!(
        took < Duration::from_secs(4),
        "and not for a whole exchange: {took:?}"
    );
}

/// A listener that never accepts: the system takes the connection, and nobody speaks.
fn mute_at(address: &CollectorAddress) -> std::net::TcpListener {
    std::net::TcpListener::bind(address.host().to_string()).expect("a port that was free")
}

#[tokio::test]
async fn a_collector_that_asks_to_wait_is_waited_for_and_not_left_for_another() {
    let busy = format!("{JSON}retry-after: 7\r\n");
    let body = "{\"error\":\"busy\",\"message\":\"many devices\"}";
    let (first, second) = (
        Server::start(&answer("429 Too Many Requests", &busy, body)).await,
        Server::start(&taken()).await,
    );
    let uplink = both(&first.address, &second.address);
    for beat in 0..5 {
        let got = uplink.report(&report_at(beat * 8_000)).await;
        assert!(matches!(got, Err(Trouble::Busy { .. })), "{got:?}");
    }
    assert!(second.asked().is_empty(), "a storm does not move on to the next");
}

#[tokio::test]
async fn enrolling_goes_through_the_addresses_until_one_says_yes_or_no() {
    let portal = Server::start(&answer("302 Found", "location: http://portal.example/\r\n", "")).await;
    let no = "{\"error\":\"bad_key\",\"message\":\"this key has ended\"}";
    let ours = Server::start(&answer("403 Forbidden", JSON, no)).await;
    let never = Server::start(&taken()).await;
    let list = [&portal, &ours, &never].map(|server| server.address.clone());
    let list = Collectors::new(list.to_vec()).expect("a list");
    let doors = Door::open_all(&list, &Trust::System, &Proxies::None).expect("clients");
    let refused = HttpUplink::unknown(doors)
        .enroll(&joining())
        .await
        .expect_err("a no");
    assert!(refused.to_string().contains("this key has ended"), "{refused}");
    assert_eq!(
        (portal.asked().len(), ours.asked().len(), never.asked().len()),
        (1, 1, 0)
    );
}
