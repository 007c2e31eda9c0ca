//! Devices at a test that no session expects.

use super::harness::{Agent, Collector, LINCOLN, SignedInAs, lincoln_as, room_of_lincoln};
use crate::access::Role;
use crate::clock::Clock as _;
use crate::serve::Timeouts;

const SCHOOL: &str = "/schools/lincoln-ms";
const ROOM_101: &str = "/schools/lincoln-ms/rooms/101";
const ROOM_204: &str = "/schools/lincoln-ms/rooms/204";
const UNEXPECTED: &str = "/schools/lincoln-ms/rooms/204/unexpected";

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

/// Devices of Room 204 at a test while Room 101 tests.
struct Story {
    collector: Collector,
    agents: Vec<Agent>,
    technician: SignedInAs,
}

impl Story {
    async fn of(text: &str, devices: &[&str]) -> Self {
        let collector = Collector::start_with(lincoln_as(text), Timeouts::default()).await;
        let mut agents = Vec::new();
        for name in devices {
            agents.push(Agent::enrol(&collector, name).await);
        }
        let technician = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
        let story = Self {
            collector,
            agents,
            technician,
        };
        story.beat(devices.len()).await;
        story
    }

    /// So many of them are heard with the test app open.
    async fn beat(&self, devices: usize) {
        self.collector.seconds_pass(1).await;
        for agent in &self.agents[..devices] {
            agent.beat(&self.collector).await;
        }
        self.collector.seconds_pass(1).await;
    }

    async fn see(&self, path: &str) -> String {
        let reply = self.collector.get_with(path, &self.technician.cookie).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        reply.text
    }

    async fn press(&self, path: &str, fields: &str) -> Option<String> {
        let reply = self.collector.post_form(path, &self.technician, fields).await;
        assert_eq!(reply.status, 303, "{path}: {}", reply.text);
        reply.header("location").map(str::to_owned)
    }
}

#[track_caller]
fn says(page: &str, words: &str) {
    assert!(page.contains(words), "{words:?} is not in {page}");
}

#[track_caller]
fn says_not(page: &str, words: &str) {
    assert!(!page.contains(words), "{words:?} is in {page}");
}

#[tokio::test]
async fn a_room_whose_devices_test_without_a_session_is_asked_about_and_nobody_is_alarmed() {
    let mut story = Story::of(&with_room_204(), &[]).await;
    for name in ["B-1", "B-2", "B-3"] {
        story.agents.push(Agent::enrol(&story.collector, name).await);
    }
    story.beat(1).await;
    let one = story.see(SCHOOL).await;
    says(&one, "B-1 has the test app open, and no session expects it now.");
    says(&one, &format!("<a href=\"{UNEXPECTED}\">Seat it, or leave it"));
    story.beat(3).await;
    let all = story.see(SCHOOL).await;
    says(
        &all,
        "Did Room 204 move? 3 of its 3 devices have the test app open, and it has no session now.",
    );
    says_not(&all, "place-incidents");

    let page = story.see(UNEXPECTED).await;
    says(&page, "Did Room 204 move?");
    says(
        &page,
        "it needs a session: whoever looks after RoomReady’s settings",
    );
    says(
        &page,
        "Sessions now: <a href=\"/schools/lincoln-ms/rooms/101\">Grade 7 Math, Room 101</a>",
    );
    for name in ["B-1", "B-2", "B-3"] {
        says(&page, &format!("<strong>{name}</strong>"));
    }
}

#[tokio::test]
async fn a_device_that_no_session_expects_is_brought_to_a_seat_and_watched_there() {
    let story = Story::of(&with_room_204(), &["B-1"]).await;
    let page = story.see(UNEXPECTED).await;
    let choose = format!("{ROOM_204}/swap?tag=B-1");
    says(&page, &format!("href=\"{choose}\">Seat it here"));

    // Only Room 101 tests, so its seats are offered at once.
    let seats = story.see(&choose).await;
    says(&seats, "At which seat of Room 101 is B-1?");
    says(&seats, "action=\"/schools/lincoln-ms/rooms/101/swap\"");
    says(&seats, "<span>Seat 1: LIN-1, Never reported</span>");
    let asks = story.see(&format!("{ROOM_101}/swap?tag=B-1&device=LIN-1")).await;
    says(&asks, "Give seat 1 another device?");
    says(&asks, "New device: <strong>B-1, Room 204</strong>");
    let to = story
        .press(&format!("{ROOM_101}/swap"), "device=LIN-1&new=B-1")
        .await;
    assert_eq!(to.as_deref(), Some(ROOM_101));

    story.beat(1).await;
    says_not(&story.see(SCHOOL).await, "no session expects it now");
    says(
        &story.see(UNEXPECTED).await,
        "No device of this room is at a test",
    );
    let school = "lincoln-ms".parse().unwrap();
    let id = story.agents[0].id.parse().unwrap();
    let seated = story.collector.fleet.read(|fleet| {
        let current = fleet.watch(&school).unwrap().device(id).unwrap().current();
        current.map(|seat| {
            (
                seat.room.to_string(),
                seat.seat.clone().map(|seat| seat.to_string()),
            )
        })
    });
    assert_eq!(seated, Some(("101".to_owned(), Some("1".to_owned()))));
}

#[tokio::test]
async fn a_device_that_is_left_alone_is_not_offered_again_until_that_is_taken_back() {
    let story = Story::of(&with_room_204(), &["B-1", "B-2"]).await;
    says(&story.see(SCHOOL).await, "2 devices have the test app open");
    let to = story
        .press(&format!("{ROOM_204}/leave"), "device=B-1&back=unexpected")
        .await;
    assert_eq!(
        to.as_deref(),
        Some(UNEXPECTED),
        "the others are still to be decided"
    );
    says(&story.see(SCHOOL).await, "B-2 has the test app open");
    let page = story.see(UNEXPECTED).await;
    says(&page, "Left alone today");
    says_not(&page, "<strong>B-1</strong>");
    let restarted = story.collector.restarted(lincoln_as(&with_room_204())).await;
    let left = |fleet: &Collector| {
        fleet.fleet.read(|state| {
            let acts = state.acts(&room_of_lincoln("204")).unwrap();
            let left = acts.left_alone(fleet.clock.wall());
            left.map(|(device, act)| (device.name.to_string(), act.seq))
                .collect::<Vec<_>>()
        })
    };
    let before = left(&story.collector);
    assert_eq!(before.len(), 1);
    assert_eq!(left(&restarted), before, "the record keeps it");

    let seq = before[0].1;
    says(&page, &format!("name=\"seq\" value=\"{seq}\">Undo until"));
    let fields = format!("seq={seq}&back=unexpected");
    let to = story.press(&format!("{ROOM_204}/undo"), &fields).await;
    assert_eq!(to.as_deref(), Some(UNEXPECTED));
    says(&story.see(SCHOOL).await, "2 devices have the test app open");
    says_not(&story.see(UNEXPECTED).await, "Left alone today");
}

#[tokio::test]
async fn only_a_device_of_the_room_can_be_left_alone_there() {
    let story = Story::of(&with_room_204(), &["B-1"]).await;
    let reply = story
        .collector
        .post_form(&format!("{ROOM_101}/leave"), &story.technician, "device=B-1")
        .await;
    assert_eq!(reply.status, 409, "{}", reply.text);
    says(&reply.text, "This device is not one of this room");
}

#[tokio::test]
async fn students_who_open_the_app_for_the_next_session_of_their_room_are_expected() {
    let session = LINCOLN.split_once("[[session]]").unwrap().1;
    let next = session
        .replace("\"math\"", "\"reading\"")
        .replace("\"101\"", "\"204\"")
        .replace("12:30", "13:20");
    let soon = format!("{}[[session]]{next}", with_room_204());
    let story = Story::of(&soon, &["B-1"]).await;
    says_not(&story.see(SCHOOL).await, "the test app open");
    says(
        &story.see(UNEXPECTED).await,
        "No device of this room is at a test",
    );
}
