//! Devices: the private CA, from the enrolment file to its renewal.

use roomready_shared::facts::Platform;
use roomready_tests::agent::AgentHome;
use roomready_tests::http::client;
use roomready_tests::process::{Launch, Program};
use roomready_tests::school::{Plan, TestSchool};
use roomready_tests::tls::Believer;
use roomready_tests::wait::{PATIENCE, wait_until};

use super::{ca_in, certificates, devices_address, enrolment_file, with_devices};

/// More than the month for which both CAs are named.
const A_MONTH_LATER: &str = "+31d";

fn plan() -> Plan {
    Plan::testing_room("101").seat("101", "1", "THIS-MACHINE", Platform::Linux)
}

async fn enrolled(school: &TestSchool) -> AgentHome {
    let home = AgentHome::empty();
    let file = enrolment_file(school.data(), school.folder(), "enrolment.toml").await;
    let enrolled = home
        .command("enroll")
        .arg("--file")
        .arg(file)
        .args(["--name", "THIS-MACHINE"])
        .run()
        .await;
    assert_eq!(enrolled.code(), Some(0), "{enrolled:?}");
    home
}

/// Until the collector has taken as many more reports.
async fn until_heard(agent: &Program, home: &AgentHome) {
    wait_until("an agent in contact", PATIENCE, async || {
        let said = home.command("status").run().await;
        let in_contact = said.stdout.contains("running, in contact");
        in_contact
            .then_some(())
            .ok_or_else(|| format!("{}\n{}", said.stdout, agent.tail()))
    })
    .await;
}

#[tokio::test]
async fn a_device_joins_by_its_enrolment_file_and_reports_over_tls_only() {
    let school = with_devices(&plan()).await;
    let home = enrolled(&school).await;
    let identity = home.data().join("identity.toml");
    assert_eq!(certificates(&ca_in(&identity)), 1);
    let text = std::fs::read_to_string(&identity).expect("an identity");
    assert!(text.contains("https://127.0.0.1:"), "{text}");
    let agent = home.run();
    until_heard(&agent, &home).await;

    // Each listener serves its own.
    let devices = devices_address(school.collector()).await;
    let here = Believer::of(&ca_in(&identity));
    let page = here.connect(devices).await.expect("our CA").ask("GET /").await;
    assert!(page.starts_with("HTTP/1.1 404"), "no pages for devices: {page}");
    let call = client()
        .post(school.url("/api/v1/enroll"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(call.status(), 404, "no device calls where people are");
    let plain = client().get(format!("http://{devices}/livez")).send().await;
    assert!(plain.is_err(), "plain HTTP is not answered: {plain:?}");
    agent.stop().await;
}

#[tokio::test]
async fn a_renewed_ca_reaches_running_devices_and_still_holds_when_it_takes_over() {
    let school = with_devices(&plan()).await;
    let home = enrolled(&school).await;
    let identity = home.data().join("identity.toml");
    let file = school.folder().join("enrolment.toml");
    let old = ca_in(&identity);
    // As device management installs it: the file stays there, and is looked at with each start.
    let start = |clock: &str| {
        let run = home.command("run").arg("--enrolment").arg(&file);
        if clock.is_empty() {
            run
        } else {
            run.with_clock_off_by(clock)
        }
        .start()
    };
    let agent = start("");
    until_heard(&agent, &home).await;
    let renewed = Launch::binary("roomready-collector")
        .args(["ca", "renew", "--data"])
        .arg(school.data())
        .run()
        .await;
    assert_eq!(renewed.code(), Some(0), "{renewed:?}");
    wait_until("a device that knows both", PATIENCE, async || {
        let held = ca_in(&identity);
        (certificates(&held) == 2).then_some(()).ok_or(held)
    })
    .await;
    until_heard(&agent, &home).await;
    let newer = enrolment_file(school.data(), school.folder(), "newer.toml").await;
    assert_eq!(certificates(&ca_in(&newer)), 2, "new devices are told of both");
    agent.stop().await;
    let address = devices_address(school.collector()).await;
    school.stop().await;

    let again = Launch::binary("roomready-collector")
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(school.data())
        .arg("--config")
        .arg(school.folder().join("collector.toml"))
        .args(["--devices", &address.to_string()])
        .with_clock_off_by(A_MONTH_LATER)
        .start();
    devices_address(&again).await;
    let agent = start(A_MONTH_LATER);
    wait_until("a device that knows the new one alone", PATIENCE, async || {
        let held = ca_in(&identity);
        let new_alone = certificates(&held) == 1 && held.trim() != old.trim();
        new_alone
            .then_some(())
            .ok_or_else(|| format!("{held}\n{}", agent.tail()))
    })
    .await;
    agent.stop().await;
    again.stop().await;
}
