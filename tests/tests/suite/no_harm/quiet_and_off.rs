//! While students test: quiet, or not at all. Also without a collector, and also when nobody knows.

use roomready_shared::facts::Platform;
use roomready_tests::agent::{AgentHome, TestApp};
use roomready_tests::http::client;
use roomready_tests::process::Program;
use roomready_tests::school::{Plan, Sitting, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};

/// How the agent begins, or goes on, in its log.
const TESTING_QUIETLY: &str = "Conduct { phase: Some(Testing), manner: Quiet }";
const OFF: &str = "Conduct { phase: Some(Testing), manner: Off }";
const NOBODY_KNOWS: &str = "Conduct { phase: None, manner: Quiet }";

fn plan(sitting: Sitting) -> Plan {
    Plan::new()
        .room("101", sitting)
        .seat("101", "1", "THIS-MACHINE", Platform::Linux)
}

/// What the agent has read since a line of its log, each with what it was allowed to cost.
fn readings_after(agent: &Program, mark: &str) -> Vec<String> {
    let lines = agent.lines();
    let lines = lines.iter().map(|line| line.text.clone());
    lines
        .skip_while(|line| !line.contains(mark))
        .filter(|line| line.contains("reads kinds="))
        .collect()
}

/// Reports that the collector has answered so far.
async fn reports(school: &TestSchool) -> u64 {
    let answer = client().get(school.url("/metrics")).send().await;
    let text = answer.expect("the collector answers").text().await.expect("text");
    text.lines()
        .filter(|line| line.starts_with("roomready_requests_total") && line.contains("/api/v1/reports"))
        .filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok())
        .sum()
}

#[tokio::test]
async fn started_without_its_collector_a_device_knows_from_its_disk_that_students_test_and_is_quiet() {
    let school = TestSchool::start(&plan(Sitting::Testing)).await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    let agent = home.run();
    agent.wait_for_line("assigned").await;
    agent.stop().await;
    school.kill().await;

    let agent = home.command("run").args(["--log", "debug"]).start();
    agent.wait_for_line(TESTING_QUIETLY).await;
    agent.wait_for_line("nothing is lost, trying again").await;
    wait_until("readings in testing", PATIENCE, async || {
        readings_after(&agent, TESTING_QUIETLY).len() >= 4
    })
    .await;
    let readings = readings_after(&agent, "begins");
    assert!(
        readings.iter().all(|line| line.contains("effort=Light")),
        "nothing that costs the test anything: {readings:#?}"
    );
}

#[tokio::test]
async fn a_device_that_knows_of_no_timetable_acts_as_if_students_tested() {
    let school = TestSchool::start(&plan(Sitting::None)).await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    school.kill().await;
    let agent = home.command("run").args(["--log", "debug"]).start();
    agent.wait_for_line(NOBODY_KNOWS).await;
    agent.wait_for_line("nothing is lost, trying again").await;
    let readings = readings_after(&agent, "begins");
    assert!(
        !readings.is_empty() && readings.iter().all(|line| line.contains("effort=Light")),
        "{readings:#?}"
    );
}

#[tokio::test]
async fn a_district_that_wants_nothing_in_a_test_gets_nothing_and_no_incident_for_it() {
    let app = TestApp::install();
    let plan = plan(Sitting::Brief).during_test("off").test_app(app.process());
    let school = TestSchool::start(&plan).await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    let agent = home.command("run").args(["--log", "debug"]).start();
    agent.wait_for_line(OFF).await;
    agent.wait_for_line("StandsAside").await;

    // It says goodbye; then there is silence until the sitting is over.
    wait_until("its goodbye at the collector", PATIENCE, async || {
        let news = school.record().all_news();
        let said = news
            .iter()
            .any(|row| row.body["kind"] == "goodbye" && row.body["reason"] == "stands_aside");
        if said { Ok(()) } else { Err(agent.tail()) }
    })
    .await;
    let mut before = reports(&school).await;
    let mut same = 0;
    wait_until("silence", PATIENCE, async || {
        let now = reports(&school).await;
        same = if now == before { same + 1 } else { 0 };
        before = now;
        same > 40
    })
    .await;
    let _running = app.open();
    let quiet_until = reports(&school).await;
    let over = "to=Conduct { phase: Some(Finished)";
    let mut in_the_test = quiet_until;
    // The agent's word that the sitting is over may be read a look after its first report.
    let mut one_look_ago = quiet_until;
    wait_until("the end of the sitting", PATIENCE * 2, async || {
        let now = reports(&school).await;
        let over = agent.lines().iter().any(|line| line.text.contains(over));
        if !over {
            in_the_test = one_look_ago;
            one_look_ago = now;
        }
        over
    })
    .await;
    assert_eq!(in_the_test, quiet_until, "no report in the test");
    let lines: Vec<String> = agent.lines().iter().map(|line| line.text.clone()).collect();
    let in_the_test: Vec<&String> = lines
        .iter()
        .skip_while(|line| !line.contains(OFF))
        .take_while(|line| !line.contains(over))
        .filter(|line| line.contains("reads kinds="))
        .collect();
    assert!(in_the_test.is_empty(), "no reading either: {in_the_test:#?}");

    // Then it is there again, sees the app that is still open, and nobody was alarmed meanwhile.
    wait_until("the next report", PATIENCE, async || {
        reports(&school).await > quiet_until
    })
    .await;
    agent.wait_for_line("AppStarted").await;
    let entries = school.record().entries();
    assert!(
        entries.iter().all(|entry| entry.kind != "incident_opened"),
        "{entries:#?}"
    );
}
