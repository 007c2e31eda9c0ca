//! An agent whose collector is away, or does not know it.

use roomready_shared::facts::Platform;
use roomready_tests::agent::AgentHome;
use roomready_tests::school::{Plan, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

fn plan() -> Plan {
    Plan::testing_room("101").seat("101", "1", "THIS-MACHINE", Platform::Linux)
}

#[tokio::test]
async fn an_agent_whose_credential_is_refused_keeps_everything_and_says_what_to_do() {
    let school = TestSchool::start(&plan()).await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    let file = home.data().join("identity.toml");
    let identity = std::fs::read_to_string(&file).expect("who it is");
    let forged: String = identity
        .lines()
        .map(|line| match line.strip_prefix("credential = ") {
            Some(_) => format!("credential = \"{}\"\n", "0".repeat(64)),
            None => format!("{line}\n"),
        })
        .collect();
    std::fs::write(&file, forged).expect("who it is not");

    let agent = home.run();
    let said = agent.wait_for_line("refuses this device's credential").await;
    assert!(
        said.contains("everything is kept") && said.contains("roomready-agent enroll"),
        "{said}"
    );
    assert!(said.contains("waiting="), "it says how much waits: {said}");
    assert_eq!(agent.status(), None, "and it runs on");
    assert_eq!(agent.stop().await.code(), Some(0));
}

#[tokio::test]
async fn an_agent_without_its_collector_goes_on_and_tells_everything_when_it_is_back() {
    let mut school = TestSchool::start(&plan()).await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    school.kill().await;

    let agent = home.run();
    let said = agent.wait_for_line("the collector cannot be reached").await;
    assert!(said.contains("nothing is lost, trying again"), "{said}");
    assert_eq!(agent.status(), None, "it runs on");

    school.start_again().await;
    agent.wait_for_line("the collector answers again").await;
    let staff = school.staff().await;
    wait_until("a judged device on its board", PATIENCE, async || {
        let page = staff.page(&school.room("101")).await;
        if page.contains("standing-ready") {
            Ok(())
        } else {
            Err(page)
        }
    })
    .await;
}

#[tokio::test]
async fn an_agent_that_is_stopped_while_its_collector_is_away_ends_in_order() {
    let school = TestSchool::start(&plan()).await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    school.kill().await;
    let agent = home.run();
    agent.wait_for_line("the collector cannot be reached").await;
    assert_eq!(agent.stop().await.code(), Some(0));
}

#[tokio::test]
async fn enrolling_without_a_collector_or_with_a_wrong_key_says_so_and_leaves_nothing_behind() {
    let school = TestSchool::start(&plan()).await;
    let home = AgentHome::empty();
    let wrong = home.enroll(&school.url(""), "no-such-key", "THIS-MACHINE").await;
    assert_eq!(wrong.code(), Some(2), "{wrong:?}");
    assert!(
        wrong.stderr.contains("this enrolment key is not known"),
        "{}",
        wrong.stderr
    );

    school.kill().await;
    let away = home.enroll(&school.url(""), "any-key", "THIS-MACHINE").await;
    assert_eq!(away.code(), Some(2), "{away:?}");
    assert!(
        away.stderr.contains("the collector cannot be reached"),
        "{}",
        away.stderr
    );
    assert!(
        !away.stderr.contains("trying again"),
        "a command that ends does not try again: {}",
        away.stderr
    );
    assert!(
        !home.data().join("identity.toml").exists(),
        "who is not known has no identity"
    );

    let run = home.command("run").run().await;
    assert_eq!(run.code(), Some(2), "{run:?}");
    assert!(
        run.stderr.contains("this device is not enrolled"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn a_sign_in_page_of_the_network_is_not_taken_for_the_collector() {
    // What a guest network puts between: a friendly page, whatever was asked.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("its address");
    let portal = tokio::spawn(async move {
        let page = "<!doctype html><title>Welcome to our Wi-Fi</title>";
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            page.len()
        );
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4_096];
            let _read = stream.read(&mut request).await;
            let _sent = stream.write_all(format!("{head}{page}").as_bytes()).await;
            // A connection that is dropped with something unread is reset, and the page with it.
            let _ended = stream.shutdown().await;
            while stream.read(&mut request).await.is_ok_and(|length| length > 0) {}
        }
    });
    let home = AgentHome::empty();
    let enrolled = home
        .enroll(&format!("http://{address}"), "any-key", "THIS-MACHINE")
        .await;
    portal.abort();
    assert_eq!(enrolled.code(), Some(2), "{enrolled:?}");
    assert!(
        enrolled
            .stderr
            .contains("a login page answered instead of the collector"),
        "{}",
        enrolled.stderr
    );
}
