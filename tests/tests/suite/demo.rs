//! The first command of the README, cut short. What its minute shows is told beside the simulator and in the long
//! tests.

use std::time::Duration;

use roomready_tests::process::{Launch, url_in};
use roomready_tests::school::Staff;
use roomready_tests::wait::PATIENCE;

/// How long the demo is to play here, and what starting and stopping may add on a busy machine.
const SECONDS: u64 = 30;

#[tokio::test]
async fn the_demo_prints_its_address_and_link_shows_its_rooms_and_stops_by_itself() {
    let demo = Launch::binary("roomready-simulator")
        .args(["demo", "--port", "0", "--seconds", &SECONDS.to_string()])
        .start();
    let link = demo
        .wait_for("the sign-in link", PATIENCE, |line| {
            url_in(line).filter(|url| url.contains("/sign-in?token="))
        })
        .await;
    let address = demo.wait_for_url().await;
    assert!(link.starts_with(&address), "{link} is at {address}");

    let staff = Staff::sign_in(&link).await;
    let devices = staff.page("/devices").await;
    let rows = devices.matches("<tr role=\"row\" class=\"tone-").count();
    assert!((60..=70).contains(&rows), "about seventy devices, not {rows}");
    let chromebooks = devices.matches("Not watched").count() + devices.matches("Never reported").count();
    assert!(
        chromebooks >= rows / 2,
        "most of them without an agent: {chromebooks} of {rows}"
    );
    assert!(devices.contains("THIS-COMPUTER"), "this machine sits among them");

    let status = demo.ended(PATIENCE + Duration::from_secs(SECONDS)).await;
    assert_eq!(status.code(), Some(0));
    demo.wait_for_line("The demo has stopped").await;
}

#[tokio::test]
async fn the_demo_stops_when_asked_and_leaves_nothing_behind() {
    let demo = Launch::binary("roomready-simulator")
        .args(["demo", "--port", "0"])
        .start();
    let data = demo
        .wait_for("its data folder", PATIENCE, |line| {
            line.strip_prefix("Data: ")?
                .split_once(" (")
                .map(|(path, _)| path.to_owned())
        })
        .await;
    assert!(std::path::Path::new(&data).is_dir());
    assert_eq!(demo.stop().await.code(), Some(0));
    assert!(!std::path::Path::new(&data).exists(), "{data} is gone");
}
