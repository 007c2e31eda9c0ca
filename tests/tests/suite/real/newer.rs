//! Requirements that are newer than the agent.

use roomready_shared::facts::Platform;
use roomready_tests::agent::AgentHome;
use roomready_tests::process::Launch;
use roomready_tests::school::{Plan, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The kind of the one rule of a test's school, and one of a later year that is as long.
const KNOWN: &[u8] = br#""kind":"memory""#;
const OF_A_LATER_YEAR: &[u8] = br#""kind":"mosaic""#;

/// A collector of a later year: the present one, whose answers name another kind of rule. Gives back its address.
async fn of_a_later_year(collector: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("its address").to_string();
    tokio::spawn(async move {
        while let Ok((device, _)) = listener.accept().await {
            let Ok(collector) = TcpStream::connect(&collector).await else {
                continue;
            };
            let (mut from_device, mut to_device) = device.into_split();
            let (mut from_collector, mut to_collector) = collector.into_split();
            tokio::spawn(async move { tokio::io::copy(&mut from_device, &mut to_collector).await });
            tokio::spawn(async move {
                let mut bytes = vec![0; 256 * 1024];
                let mut answer = Vec::new();
                while let Ok(length @ 1..) = from_collector.read(&mut bytes).await {
                    answer.extend_from_slice(&bytes[..length]);
                    answer = later(&answer);
                    // What may be the word's beginning waits for its end.
                    let rest = answer.split_off(answer.len() - begun(&answer));
                    if to_device.write_all(&answer).await.is_err() {
                        return;
                    }
                    answer = rest;
                }
            });
        }
    });
    address
}

/// How many bytes at the end may be the beginning of [`KNOWN`].
fn begun(answer: &[u8]) -> usize {
    (1..KNOWN.len())
        .rev()
        .find(|length| answer.ends_with(&KNOWN[..*length]))
        .unwrap_or(0)
}

fn later(answer: &[u8]) -> Vec<u8> {
    let mut answer = answer.to_vec();
    let mut at = 0;
    while let Some(found) = answer[at..]
        .windows(KNOWN.len())
        .position(|window| window == KNOWN)
    {
        at += found;
        answer[at..at + KNOWN.len()].copy_from_slice(OF_A_LATER_YEAR);
    }
    answer
}

#[tokio::test]
async fn a_rule_that_the_agent_is_too_old_for_is_unknown_to_it_and_stops_nothing_else() {
    let plan = Plan::testing_room("101").seat("101", "1", "THIS-MACHINE", Platform::Linux);
    let school = TestSchool::start(&plan).await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    let address = of_a_later_year(school.address().to_owned()).await;
    let with = |command: Launch| command.args(["--collector", &format!("http://{address}")]);
    let agent = with(home.command("run")).start();
    let kept = home.data().join("assignment.json");
    wait_until("the requirement of a later year", PATIENCE, async || {
        let text = std::fs::read_to_string(&kept).unwrap_or_default();
        if text.contains("mosaic") {
            Ok(())
        } else {
            Err(text)
        }
    })
    .await;
    // Facts travel: the collector knows the rule and judges by it.
    let staff = school.staff().await;
    wait_until("a judged device", PATIENCE, async || {
        let page = staff.page(&school.room("101")).await;
        if page.contains("standing-ready") {
            Ok(())
        } else {
            Err(page)
        }
    })
    .await;
    assert_eq!(agent.status(), None);
    assert_eq!(agent.stop().await.code(), Some(0));

    // By itself the device does not call itself ready: it could not check one of the rules.
    let printed = with(home.command("report").arg("--print")).run().await;
    let report: Value =
        serde_json::from_str(&printed.stdout).unwrap_or_else(|fault| panic!("{fault}: {printed:?}"));
    assert_eq!(report["live"]["readiness"], "unknown", "{}", report["live"]);
}
