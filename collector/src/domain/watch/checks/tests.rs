//! What of a device's checks counts in a test, and what was changed since it began.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use roomready_shared::evaluate::{Occasion, evaluate};
use roomready_shared::facts::{
    Disk, Facts, Intruders, Latency, Link, LinkKind, Outcome, Platform, Proxy, Reach, Reading, Source,
    Subnet, Via,
};
use roomready_shared::requirement::{Check, Requirement};
use roomready_shared::units::Bytes;

use super::{Began, CLOCK_MOVED_MS, NetworkMark, Present, TELLS, wrong};
use crate::domain::incident::Condition;

fn requirement() -> Requirement {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs/profiles/testnav-2026-27.toml");
    let text = std::fs::read_to_string(file).unwrap();
    Requirement::from_profile("testnav", &text).unwrap()
}

fn now() -> Timestamp {
    "2026-10-06T14:41:00Z".parse().unwrap()
}

fn read<T>(value: T) -> Reading<T> {
    Reading {
        outcome: Outcome::Measured(value),
        source: Source::Agent,
        at: now(),
    }
}

fn reach(sent: u16, answered: u16, median_ms: u32) -> Reading<Reach> {
    let latency = Latency {
        median_us: median_ms * 1_000,
        p95_us: median_ms * 1_000,
        jitter_us: 0,
    };
    let latency = (answered > 0).then_some(latency);
    read(Reach::new(Via::Tcp, sent, answered, 60_000, latency, None).unwrap())
}

fn told(change: impl FnOnce(&mut Facts, &Requirement)) -> BTreeSet<Condition> {
    let requirement = requirement();
    let mut facts = Facts::none(Platform::Windows);
    change(&mut facts, &requirement);
    let assessment = evaluate(&requirement, &facts, &Occasion::None, now());
    wrong(&requirement, &facts, &assessment)
}

#[test]
fn the_table_names_kinds_that_there_are_and_each_condition_once() {
    let conditions: BTreeSet<_> = TELLS.iter().map(|(.., condition)| condition).collect();
    assert_eq!(conditions.len(), TELLS.len());
    for (kind, ..) in TELLS {
        assert!(Check::KINDS.contains(&kind), "{kind}");
    }
}

#[test]
fn time_and_loss_over_the_limit_are_slow_and_no_answer_is_something_else() {
    let to_vendor = |reach: Reading<Reach>| {
        told(|facts, requirement| {
            facts.vendor.insert(requirement.hosts[0].clone(), reach);
        })
    };
    let slow = BTreeSet::from([Condition::NetworkSlow]);
    assert_eq!(to_vendor(reach(20, 20, 30)), BTreeSet::new());
    assert_eq!(
        to_vendor(reach(20, 20, 200)),
        BTreeSet::new(),
        "worth a look, no incident"
    );
    assert_eq!(to_vendor(reach(20, 20, 401)), slow);
    assert_eq!(to_vendor(reach(20, 18, 30)), slow, "one in ten is lost");
    assert_eq!(
        to_vendor(reach(20, 0, 0)),
        BTreeSet::new(),
        "nothing answers at all"
    );
}

#[test]
fn a_disturbing_program_and_a_full_disk_are_told_when_they_are_missed() {
    let program = |running: Vec<_>| {
        told(|facts, _| {
            facts.intruders = Some(read(Intruders {
                looked_for: 4,
                running,
            }));
        })
    };
    assert_eq!(program(Vec::new()), BTreeSet::new());
    assert_eq!(
        program(vec!["Zoom".parse().unwrap()]),
        BTreeSet::from([Condition::Intruder])
    );
    let disk = |mib| {
        told(|facts, _| {
            let total = Bytes::from_mib(64_000);
            let free = Bytes::from_mib(mib);
            facts.disk = Some(read(Disk { total, free }));
        })
    };
    assert_eq!(disk(1_000), BTreeSet::new(), "less than recommended");
    assert_eq!(disk(100), BTreeSet::from([Condition::StorageFull]));
}

fn network(subnet: &str, gateway: &str) -> Option<NetworkMark> {
    NetworkMark::of(&Link {
        kind: LinkKind::Wireless,
        subnet: Some(Subnet::parse(subnet).unwrap()),
        gateway: Some(gateway.parse().unwrap()),
        resolvers: Vec::new(),
        proxy: Proxy::Direct,
    })
}

fn present(network: Option<NetworkMark>, ahead_ms: i64) -> Present {
    Present {
        network,
        ahead_ms: Some(ahead_ms),
    }
}

fn began(present: Present, already: &[Condition]) -> Began {
    Began::new(
        "math".parse().unwrap(),
        present,
        &already.iter().copied().collect(),
    )
}

#[test]
fn another_network_than_at_the_start_is_told_and_carrying_it_in_is_not() {
    let (cart, room, phone) = (
        network("10.1.0.0/16", "10.1.0.1"),
        network("10.4.0.0/16", "10.4.0.1"),
        network("172.20.10.0/28", "172.20.10.1"),
    );
    let mut began = began(present(cart, 0), &[]);
    began.follow(present(room, 0), false);
    assert_eq!(began.changed(present(room, 0)), BTreeSet::new());
    began.follow(present(room, 0), true);
    assert_eq!(began.changed(present(room, 0)), BTreeSet::new());
    began.follow(present(phone, 0), true);
    let changed = BTreeSet::from([Condition::NetworkChanged]);
    assert_eq!(began.changed(present(phone, 0)), changed);
    assert_eq!(
        began.changed(present(None, 0)),
        BTreeSet::new(),
        "not known is not another"
    );
    assert_eq!(began.changed(present(room, 0)), BTreeSet::new(), "it is back");
}

#[test]
fn a_clock_that_was_moved_is_told_and_one_that_was_wrong_or_is_set_right_is_not() {
    let day = 24 * 60 * 60 * 1_000;
    let moved = BTreeSet::from([Condition::ClockJumped]);
    let mut right = began(present(None, 0), &[]);
    right.follow(present(None, 400), true);
    assert_eq!(right.changed(present(None, CLOCK_MOVED_MS)), BTreeSet::new());
    assert_eq!(right.changed(present(None, -day)), moved);
    let mut wrong = began(present(None, day), &[]);
    wrong.follow(present(None, day), true);
    assert_eq!(
        wrong.changed(present(None, day + 2_000)),
        BTreeSet::new(),
        "it was so before"
    );
    assert_eq!(
        wrong.changed(present(None, 20)),
        BTreeSet::new(),
        "it was set right"
    );
}

#[test]
fn after_a_restart_what_was_changed_stays_changed() {
    let (room, phone) = (
        network("10.4.0.0/16", "10.4.0.1"),
        network("172.20.10.0/28", "172.20.10.1"),
    );
    let day = 24 * 60 * 60 * 1_000;
    let both = [Condition::NetworkChanged, Condition::ClockJumped];
    let mut began = began(present(phone, day), &both);
    began.follow(present(phone, day), true);
    assert_eq!(began.changed(present(phone, day)), BTreeSet::from(both));
    assert_eq!(began.changed(present(room, 0)), BTreeSet::new());
}
