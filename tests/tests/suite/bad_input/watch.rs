//! What the watch cannot take as it comes is counted, and puts nothing wrong on the board.

use roomready_shared::facts::Platform;
use roomready_tests::http::client;
use roomready_tests::school::{Plan, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};

#[tokio::test]
async fn a_crash_told_from_tomorrow_stands_at_its_receipt_and_is_counted() {
    let plan = Plan::testing_room("101").seat("101", "1", "PC-1", Platform::Windows);
    let school = TestSchool::start(&plan).await;
    let mut device = school.device("101", "PC-1", Platform::Windows).await;
    device.open_app();
    device.report().await;
    device.crash_app();
    for record in &mut device.waiting {
        // Its own clock, which never jumps, says that it has not happened yet.
        record.mono_ms += 24 * 60 * 60 * 1_000;
    }
    device.report().await;
    wait_until("the crash in the record", PATIENCE, async || {
        let incidents = school.record().incidents();
        let crash = incidents.iter().find(|one| one.condition == "test_app_crashed");
        crash
            .is_some_and(|crash| crash.members["PC-1"] <= roomready_tests::clock::now())
            .then_some(())
            .ok_or(incidents.len())
    })
    .await;
    let counts = client().get(school.url("/metrics")).send().await;
    let counts = counts.expect("it answers").text().await.expect("text");
    let line = "roomready_watch_odd_inputs_total{why=\"from_the_future\"} 1";
    assert!(counts.contains(line), "{line} in\n{counts}");
}
