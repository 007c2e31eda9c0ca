//! The real agent, killed without warning for a minute: its outbox is looked at after each kill.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use roomready_agent::outbox::DiskOutbox;
use roomready_agent::ports::Outbox as _;
use roomready_shared::facts::Platform;
use roomready_shared::ids::StreamId;
use roomready_tests::agent::{AgentHome, TestApp};
use roomready_tests::school::{Plan, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};
use serde_json::Value;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

const A_MINUTE: Duration = Duration::from_secs(60);
/// More than a minute of an agent's life brings.
const MANY: usize = 100_000;

/// What the outbox on disk holds.
struct Held {
    stream: StreamId,
    first: u64,
    news: BTreeMap<u64, Value>,
}

/// Looks as the next agent will: what is torn is mended.
fn held(home: &AgentHome) -> Option<Held> {
    let folder: PathBuf = std::fs::read_dir(home.data().join("outbox"))
        .ok()?
        .flatten()
        .next()?
        .path();
    let mint = || StreamId::new(Uuid::new_v4());
    let outbox = DiskOutbox::in_folder(&folder, Box::new(mint)).unwrap_or_else(|fault| panic!("{fault}"));
    let batch = outbox.batch(MANY);
    assert!(batch.lost.is_empty(), "a kill loses nothing: {:?}", batch.lost);
    let numbered = (batch.first_seq..).zip(batch.news);
    let news = numbered
        .map(|(number, news)| (number, serde_json::to_value(news).expect("news is JSON")))
        .collect();
    Some(Held {
        stream: batch.stream,
        first: batch.first_seq,
        news,
    })
}

/// The same but for the times of readings, which the collector corrects by what it knows of the device's clock.
fn without_times(news: &Value) -> Value {
    match news {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| *name != "at")
            .map(|(name, value)| (name.clone(), without_times(value)))
            .collect(),
        Value::Array(values) => values.iter().map(without_times).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => news.clone(),
    }
}

/// Moments of kills: from before the agent has read its files to after its first reports.
fn lives() -> impl Iterator<Item = Duration> {
    let mut state = 0x9E37_79B9_u64;
    std::iter::repeat_with(move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis(20 + (state >> 33) % 1_800)
    })
}

#[tokio::test]
async fn killed_again_and_again_for_a_minute_an_agent_loses_nothing_and_tells_each_thing_once() {
    let app = TestApp::install();
    let plan =
        Plan::testing_room("101")
            .test_app(app.process())
            .seat("101", "1", "THIS-MACHINE", Platform::Linux);
    let mut school = TestSchool::start(&plan).await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    // It knows its test before the collector goes away.
    let agent = home.run();
    wait_until("its assignment", PATIENCE, async || {
        home.data().join("assignment.json").exists()
    })
    .await;
    agent.kill().await;
    school.kill().await;

    let began = Instant::now();
    let mut away = true;
    let mut seen: BTreeMap<u64, Value> = BTreeMap::new();
    let mut stream = None;
    let mut kills = 0;
    let mut running = None;
    for life in lives() {
        if began.elapsed() > A_MINUTE {
            break;
        }
        if away && began.elapsed() > A_MINUTE / 2 {
            school.start_again().await;
            away = false;
        }
        // The test app comes and goes, so that there is always something to tell.
        running = match running {
            None => Some(app.open()),
            Some(open) => {
                drop(open);
                None
            }
        };
        let agent = home.run();
        sleep_until(Instant::now() + life).await;
        agent.kill().await;
        kills += 1;

        let Some(now) = held(&home) else { continue };
        assert_eq!(
            *stream.get_or_insert(now.stream),
            now.stream,
            "a healthy outbox keeps its stream"
        );
        // What was in it before is in it still, unless the collector has it.
        for (number, news) in &seen {
            match now.news.get(number) {
                Some(same) => assert_eq!(same, news, "record {number} after kill {kills}"),
                None => assert!(
                    !away && *number < now.first,
                    "record {number} is gone after kill {kills}"
                ),
            }
        }
        seen.extend(now.news);
    }
    let stream = stream.expect("the agent has told something");

    let _last = home.run();
    let last = *seen.keys().next_back().expect("something was told");
    wait_until("the whole outbox at the collector", PATIENCE, async || {
        let stored = school.record().news(stream);
        let through = stored.last().map_or(0, |row| row.seq);
        if through >= last {
            Ok(())
        } else {
            Err(format!("{through} of {last}"))
        }
    })
    .await;
    let stored = school.record().news(stream);
    let numbers: Vec<u64> = stored.iter().map(|row| row.seq).collect();
    assert_eq!(
        numbers,
        (1..=numbers.len() as u64).collect::<Vec<_>>(),
        "each number once, in order"
    );
    for row in &stored {
        if let Some(news) = seen.get(&row.seq) {
            assert_eq!(
                without_times(&news["body"]),
                without_times(&row.body),
                "record {} is what was kept on the device",
                row.seq
            );
        }
    }
    println!(
        "{kills} kills; {} records kept over them, {} at the collector",
        seen.len(),
        stored.len()
    );
    assert!(
        kills >= 20 && last >= 20,
        "{kills} kills and {last} records are too few to prove anything"
    );
}
