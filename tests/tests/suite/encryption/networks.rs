//! On a network: nothing is served in the open there, and one page says whether a network will do.

use std::net::SocketAddr;

use roomready_shared::facts::Platform;
use roomready_tests::browser::Browser;
use roomready_tests::http::RawConnection;
use roomready_tests::network::Network;
use roomready_tests::process::Launch;
use roomready_tests::school::{Plan, TestSchool};
use roomready_tests::tls::Believer;
use roomready_tests::wait::PATIENCE;

const PEOPLE: &str = "10.2.7.19:8480";
const DEVICES: &str = "10.2.7.19:8443";

#[tokio::test]
async fn off_loopback_people_and_devices_are_served_over_tls_alone() {
    let Some(network) = Network::usual().await else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let serve = Launch::binary("roomready-collector")
        .args(["serve", "--listen", PEOPLE, "--devices", DEVICES, "--data"])
        .arg(&data);
    let collector = network.device_runs(serve).start();
    collector
        .wait_for_line("devices report to https://10.2.7.19:8443")
        .await;
    let ca = Launch::binary("roomready-collector")
        .args(["ca", "show", "--data"])
        .arg(&data)
        .run()
        .await;
    let ours = Believer::of(&ca.stdout);
    for listener in [PEOPLE, DEVICES] {
        let address: SocketAddr = listener.parse().expect("an address");
        let mut plain = RawConnection::from(network.connect_from_gateway(address));
        plain.send("GET /livez HTTP/1.1\r\nHost: here\r\n\r\n").await;
        let answer = plain.answer_within(PATIENCE).await;
        assert!(
            answer.is_closed() && answer.status().is_none(),
            "{listener}: {}",
            answer.text()
        );
        let stream = network.connect_from_gateway(address);
        let mut secure = ours.over(stream, address.ip()).await.expect("our CA");
        let answer = secure.ask("GET /livez").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{listener}: {answer}");
    }
    collector.stop().await;
}

#[tokio::test]
async fn a_page_tells_whoever_opens_it_whether_this_network_will_do() {
    let plan = Plan::testing_room("101").seat("101", "1", "LAPTOP-1", Platform::Linux);
    let school = TestSchool::start(&plan).await;
    let browser = Browser::start().await;
    browser.open(&school.url("/reach")).await;
    browser
        .wait_for_text("reach-stream", "Changes arrive at once", PATIENCE)
        .await;
    let text = browser.text().await;
    assert!(
        text.contains("This page has arrived") && text.contains("Not needed"),
        "{text}"
    );
    assert!(!text.contains("Lincoln"), "it tells nothing of schools: {text}");
    browser.assert_accessible_everywhere(&school.url("/reach")).await;
    browser.set_javascript(false).await;
    browser.open(&school.url("/reach")).await;
    let text = browser.text().await;
    assert!(
        text.contains("Without JavaScript in this browser nothing can be tried"),
        "{text}"
    );
    browser.close().await;
}
