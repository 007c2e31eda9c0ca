//! Devices at a test that no session expects.

use super::harness::{Agent, Collector, LINCOLN, lincoln_as};
use crate::serve::Timeouts;

const SCHOOL: &str = "/schools/lincoln-ms";

/// Lincoln with a second room, whose four devices have no session.
fn with_room_204() -> String {
    let room = "[[school]]\nid = \"lincoln-ms\"\nname = \"Lincoln Middle School\"\n";
    let both = format!("{room}  [[school.room]]\n  id = \"204\"\n  name = \"Room 204\"\n");
    let devices: String = (1..=4)
        .map(|nth| {
            format!(
                "[[device]]\nname = \"B-{nth}\"\nplatform = \"linux\"\nschool = \"lincoln-ms\"\nroom = \"204\"\n"
            )
        })
        .collect();
    LINCOLN.replace(room, &both) + &devices
}

#[tokio::test]
async fn a_room_whose_devices_test_without_a_session_is_asked_about_and_nobody_is_alarmed() {
    let collector = Collector::start_with(lincoln_as(&with_room_204()), Timeouts::default()).await;
    let mut agents = Vec::new();
    for name in ["B-1", "B-2", "B-3"] {
        agents.push(Agent::enrol(&collector, name).await);
    }
    let cookie = collector.signed_in().await;
    let beat = async |agents: &[Agent]| {
        collector.seconds_pass(1).await;
        for agent in agents {
            agent.beat(&collector).await;
        }
        collector.seconds_pass(1).await;
        collector.get_with(SCHOOL, &cookie).await.text
    };
    let one = beat(&agents[..1]).await;
    assert!(
        one.contains("B-1 has the test app open, and no session expects it now."),
        "{one}"
    );
    let all = beat(&agents).await;
    assert!(
        all.contains(
            "Did Room 204 move? 3 of its 3 devices have the test app open, and it has no session now."
        ),
        "{all}"
    );
    assert!(!all.contains("place-incidents"), "offered, not alarmed:\n{all}");
}
