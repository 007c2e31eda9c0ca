use std::collections::BTreeMap;

use roomready_shared::facts::{Facts, Latency, Outcome, Platform, Reach, Reading, Source, Via};
use roomready_shared::units::{Seconds, ShortText, Timestamp};

use super::page::draw;
use super::*;
use crate::outbox::Peek;
use crate::service::state::State as Service;
use crate::status::{Judged, Standing};

fn healthy() -> House {
    House {
        administrator: true,
        service: Service::Installed {
            running: Some(true),
            said: "ActiveState=active".into(),
        },
        running: Judged {
            standing: Standing::InContact,
            status: None,
        },
        data: "/var/lib/roomready-agent".into(),
        folder: Folder::There {
            mode: Some(0o700),
            free: Some(1 << 33),
        },
        enrolled: Enrolled::As {
            name: "CART-3-12".into(),
            at: "https://collector.cedar-valley.example:8443".into(),
        },
        outbox: Outbox::There(Peek {
            waiting: 0,
            segments: 1,
            damaged: 0,
            bytes: 700,
        }),
        up_ms: 7_300_000,
        asleep_ms: 1_260_000,
        tells_exit: Some(true),
    }
}

fn reading<T>(outcome: Outcome<T>) -> Option<Reading<T>> {
    Some(Reading {
        outcome,
        source: Source::Agent,
        at: Timestamp::UNIX_EPOCH,
    })
}

fn answering(via: Via) -> Reach {
    let latency = Latency {
        median_us: 1_200,
        p95_us: 2_000,
        jitter_us: 100,
    };
    Reach::new(via, 3, 3, 1_500, Some(latency), None).expect("a sound reading")
}

/// A laptop whose account may not ping and whose homes are closed.
fn facts() -> Facts {
    let mut facts = Facts::none(Platform::Linux);
    facts.uptime = reading(Outcome::Measured(Seconds(7_300)));
    facts.display = reading(Outcome::Unsupported(ShortText::fit("no screen is connected")));
    facts.saved_responses = reading(Outcome::Denied(ShortText::fit("/home/a may not be looked into")));
    facts.gateway = reading(Outcome::Measured(answering(Via::Tcp)));
    facts.vendor = BTreeMap::new();
    facts
}

#[test]
fn a_house_in_order_has_nothing_worth_a_look() {
    let items = own(&healthy());
    assert_eq!((worth_a_look(&items), exit_code(&items)), (0, 0), "{items:?}");
}

#[test]
fn whatever_somebody_can_mend_says_what_helps() {
    let broken = House {
        service: Service::NotInstalled,
        running: Judged {
            standing: Standing::Vanished,
            status: None,
        },
        folder: Folder::There {
            mode: Some(0o755),
            free: None,
        },
        enrolled: Enrolled::Not { file: None },
        outbox: Outbox::There(Peek {
            waiting: 3,
            segments: 2,
            damaged: 1,
            bytes: 66_000,
        }),
        ..healthy()
    };
    let mut items = own(&broken);
    items.extend(reads(&facts(), false));
    let looks: Vec<&Item> = items.iter().filter(|item| item.state == State::Look).collect();
    assert_eq!(looks.len(), 7, "{looks:?}");
    assert!(looks.iter().all(|item| item.help.is_some()), "{looks:?}");
    assert_eq!(exit_code(&items), 10);
}

#[test]
fn what_is_not_to_be_had_here_is_no_reason_to_look() {
    let items = reads(&facts(), true);
    let display = items
        .iter()
        .find(|item| item.what == "Display")
        .expect("each fact");
    assert_eq!(display.state, State::NotHere);
    let pings = items.iter().find(|item| item.what == "Pings").expect("said");
    assert!(
        pings
            .help
            .as_deref()
            .is_some_and(|help| help.contains("ping_group_range"))
    );
    let mut facts = facts();
    facts.gateway = reading(Outcome::Measured(answering(Via::Icmp)));
    assert!(reads(&facts, true).iter().all(|item| item.what != "Pings"));
}

#[test]
fn the_page_is_read_in_one_look() {
    let mut items = own(&healthy());
    items.extend(reads(&facts(), true));
    let page = draw(&items, true);
    assert!(
        page.lines()
            .all(|line| line.chars().count() <= crate::layout::WIDTH),
        "{page}"
    );
    insta::assert_snapshot!(page);
}

#[test]
fn a_server_that_nobody_reaches_is_worth_a_look_and_a_gateway_that_answers_no_pings_is_not() {
    let silent = || {
        let why = Some(ShortText::fit("no answer"));
        reading(Outcome::Measured(
            Reach::new(Via::Icmp, 3, 0, 1_500, None, why).expect("a sound reading"),
        ))
    };
    let mut facts = facts();
    facts.gateway = silent();
    let host: roomready_shared::facts::HostPort = "home.testnav.com:443".parse().expect("a host");
    facts.vendor = BTreeMap::from([(host, silent().expect("one"))]);
    let items = reads(&facts, true);
    let state = |what: &str| items.iter().find(|item| item.what == what).map(|item| item.state);
    assert_eq!(state("home.testnav.com"), Some(State::Look));
    assert_eq!(state("Gateway"), Some(State::NotHere));
}

#[test]
fn a_fresh_machine_is_told_two_things_and_not_five() {
    let fresh = House {
        service: Service::NotInstalled,
        running: Judged {
            standing: Standing::NeverRan,
            status: None,
        },
        folder: Folder::Missing,
        enrolled: Enrolled::Not { file: None },
        outbox: Outbox::None,
        ..healthy()
    };
    let items = own(&fresh);
    let looks = items.iter().filter(|item| item.state == State::Look);
    let looks: Vec<&str> = looks.map(|item| item.what.as_str()).collect();
    assert_eq!(looks, ["Service", "Enrolment"]);
}
