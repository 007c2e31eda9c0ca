//! The test app comes first: the agent runs at lowered priority, for processor and disk.

use roomready_shared::facts::Platform;
use roomready_tests::agent::AgentHome;
use roomready_tests::process::Launch;
use roomready_tests::school::{Plan, TestSchool};

/// What the agent sets itself to: half way to the lowest.
const NICE: &str = "10";

/// The `nice` value of each thread of a program, as the kernel tells it.
fn nice_of_threads(pid: u32) -> Vec<String> {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).expect("a running program has threads");
    // A thread may have ended since it was listed.
    threads
        .filter_map(|thread| std::fs::read_to_string(thread.expect("a thread").path().join("stat")).ok())
        .map(|line| nice(&line))
        .collect()
}

fn nice(line: &str) -> String {
    // Fields are counted behind the name, which may hold anything; the 19th of all is the 17th there.
    let (_name, fields) = line.rsplit_once(") ").expect("a name in brackets");
    fields
        .split_whitespace()
        .nth(16)
        .expect("nineteen fields")
        .to_owned()
}

#[tokio::test]
async fn a_running_agent_stands_back_behind_every_other_program() {
    let plan = Plan::testing_room("101").seat("101", "1", "THIS-MACHINE", Platform::Linux);
    let school = TestSchool::start(&plan).await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    // A session of its own, as every service has; what the kernel shares by session is lowered then too.
    let agent = home.command("run").wrapped_in("setsid", &["--wait"]).start();
    let other = Launch::command("sleep").arg("600").start();
    agent.wait_for_line("assigned").await;

    let pid = the_agent_itself(&home);
    let threads = nice_of_threads(pid);
    assert!(
        !threads.is_empty() && threads.iter().all(|nice| nice == NICE),
        "each thread stands back: {threads:?}"
    );
    assert_ne!(nice_of_threads(other.pid()), [NICE], "others do not");

    let disk = Launch::command("ionice")
        .args(["-p", &pid.to_string()])
        .run()
        .await;
    assert_eq!(
        disk.stdout.trim(),
        "best-effort: prio 7",
        "behind everybody at the disk, and not \"idle\", which a busy disk never serves"
    );
    if let Ok(group) = std::fs::read_to_string(format!("/proc/{pid}/autogroup")) {
        assert!(
            group.trim().ends_with("nice 10"),
            "the session as a whole: {group}"
        );
    }
    let said = agent.tail();
    assert!(!said.contains("could not step back"), "{said}");
}

/// The agent that `setsid` has started, found by its data folder.
fn the_agent_itself(home: &AgentHome) -> u32 {
    let data = home.data().display().to_string();
    let processes = std::fs::read_dir("/proc")
        .expect("Linux lists its processes")
        .flatten();
    processes
        .filter_map(|process| process.file_name().to_str()?.parse::<u32>().ok())
        .find(|pid| {
            let words = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let words = String::from_utf8_lossy(&words).into_owned();
            let program = words.split('\0').next().unwrap_or_default();
            program.ends_with("roomready-agent") && words.contains(&data)
        })
        .expect("the agent runs")
}
