//! Clocks, in accelerated time: the agent's real cycle with its real outbox and clock file on disk, against the real
//! ingest and store of a collector. What is scripted is what lies outside of both: the machine, its clocks, the network.

mod collector;
mod machine;
mod world;

use std::collections::BTreeSet;

use roomready_collector::domain::event_time::Basis;
use roomready_shared::timetable::Phase;
use roomready_shared::wire::v1::ExitKind;

use world::{MINUTE, Told, World};

/// What must have come of every record: it is measured, and true within its ±. Each boot is one epoch, however often the
/// agent is started in it.
fn measured_and_true(told: &[Told], boots: usize) {
    for record in told {
        let off = record.at_ms.abs_diff(record.truly_ms);
        assert_eq!(record.basis, Basis::Measured, "{record:?}");
        assert!(off <= record.plus_minus_ms, "{off} ms off: {record:?}");
    }
    let epochs: BTreeSet<_> = told.iter().map(|record| record.epoch).collect();
    assert_eq!(epochs.len(), boots);
}

/// Kinds and nearest minutes of what happened to the test app and to the machine.
fn happenings(told: &[Told]) -> Vec<(&str, i64)> {
    let minute = |record: &Told| (record.at_ms + MINUTE / 2).div_euclid(MINUTE);
    let matter = told
        .iter()
        .filter(|record| record.kind != "facts" && record.kind != "samples");
    matter
        .map(|record| (record.kind.as_str(), minute(record)))
        .collect()
}

#[tokio::test]
async fn after_half_an_hour_without_a_network_with_sleep_a_clock_jump_and_a_kill_every_event_is_there_once_at_its_time()
 {
    let mut world = World::start().await;
    world.until(2).await;
    world.app_opens();
    world.until(5).await;
    world.network_is(false);
    world.until(8).await;
    world.app_ends(ExitKind::Normal);
    world.until(9).await;
    world.app_opens();
    world.until(12).await;
    world.sleeps_until(17).await;
    world.until(18).await;
    world.wall_clock_jumps_by(-3 * 24 * 60);
    world.until(20).await;
    assert_eq!(world.phase(), Some(Phase::Testing));
    world.agent_is_killed();
    world.until(22).await;
    world.agent_starts();
    world.until(25).await;
    assert_eq!(
        world.phase(),
        Some(Phase::Testing),
        "three days ago it was scheduled"
    );
    world.app_ends(ExitKind::Crashed);
    world.until(26).await;
    world.app_opens();
    world.until(30).await;
    world.wall_clock_jumps_by(9 * 24 * 60);
    world.until(35).await;
    world.network_is(true);
    world.until(38).await;

    let told = world.told().await;
    measured_and_true(&told, 1);
    // Half a round trip, and what two clocks drift apart in half an hour.
    let apart = told.iter().filter(|record| record.at_ms > 5 * MINUTE);
    for record in apart {
        assert!(record.plus_minus_ms < 500, "{record:?}");
    }
    assert_eq!(
        happenings(&told),
        [
            ("started", -5),
            ("app_started", 2),
            ("app_ended", 8),
            ("app_started", 9),
            ("woke", 17),
            ("started", 22),
            ("app_started", 22),
            ("app_ended", 25),
            ("app_started", 26),
        ]
    );
    assert_eq!(world.waiting(), 0, "nothing is left on the device");
}

#[tokio::test]
async fn a_boot_that_is_over_is_dated_by_what_the_collector_kept_of_it_through_its_own_restart() {
    let mut world = World::start().await;
    world.until(2).await;
    world.app_opens();
    world.until(5).await;
    world.network_is(false);
    world.until(8).await;
    world.app_ends(ExitKind::Crashed);
    world.until(9).await;
    world.wall_clock_jumps_by(24 * 60);
    world.until(10).await;
    world.machine_is_rebooted_until(12).await;
    world.collector_restarts().await;
    world.until(13).await;
    assert_eq!(
        world.phase(),
        None,
        "tomorrow, says its clock, and nobody confirms it: quiet"
    );
    world.app_opens();
    world.until(20).await;
    world.network_is(true);
    world.until(23).await;

    let told = world.told().await;
    measured_and_true(&told, 2);
    let crash = told
        .iter()
        .find(|record| record.kind == "app_ended")
        .expect("told");
    assert!(crash.plus_minus_ms < 500, "{crash:?}");
    assert_eq!(
        happenings(&told),
        [
            ("started", -5),
            ("app_started", 2),
            ("app_ended", 8),
            ("started", 12),
            // Looked for each minute only, while nobody knows the phase.
            ("app_started", 14),
        ]
    );
    assert_eq!(world.phase(), Some(Phase::Testing));
}
