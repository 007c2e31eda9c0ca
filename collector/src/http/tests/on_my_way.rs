//! "On my way" because of an incident that several rooms share.

use serde_json::json;

use super::harness::{Agent, Collector, LINCOLN, SignedInAs, lincoln_as, room_of_lincoln};
use crate::access::Role;
use crate::serve::Timeouts;

const BOARDS: [&str; 2] = ["/schools/lincoln-ms/rooms/101", "/schools/lincoln-ms/rooms/102"];

/// Rooms 101 and 102 test, three devices in each.
fn two_rooms() -> String {
    let room = "  [[school.room]]\n  id = \"102\"\n  name = \"Room 102\"\n[[device]]\nname = \"LIN-1\"";
    let text = LINCOLN.replacen("[[device]]\nname = \"LIN-1\"", room, 1);
    let session = text.split_once("[[session]]").unwrap().1;
    let second = session
        .replace("\"math\"", "\"reading\"")
        .replace("\"101\"", "\"102\"");
    let device = |(name, room): &(&str, &str)| {
        format!(
            "[[device]]\nname = \"{name}\"\nplatform = \"linux\"\nschool = \"lincoln-ms\"\nroom = \"{room}\"\n"
        )
    };
    let more: String = DEVICES[1..].iter().map(device).collect();
    text.replacen("[[session]]", &format!("{more}[[session]]"), 1) + "[[session]]" + &second
}

const DEVICES: [(&str, &str); 6] = [
    ("LIN-1", "101"),
    ("LIN-2", "101"),
    ("LIN-3", "101"),
    ("LIN-4", "102"),
    ("LIN-5", "102"),
    ("LIN-6", "102"),
];

/// The one incident of both rooms.
struct Shared {
    collector: Collector,
    /// Its devices, in the order of [`DEVICES`].
    agents: Vec<Agent>,
    /// Its id.
    id: String,
    /// The room in which it was not found.
    other: String,
}

/// All of them fall silent at once.
async fn all_silent() -> Shared {
    let collector = Collector::start_with(lincoln_as(&two_rooms()), Timeouts::default()).await;
    let mut agents = Vec::new();
    for (name, _) in DEVICES {
        let agent = Agent::enrol(&collector, name).await;
        let started = agent.report(&collector, 1, &[json!({"kind": "app_started"})]);
        assert_eq!(agent.send(&collector, &started).await.status, 200);
        agents.push(agent);
    }
    collector.seconds_pass(60).await;
    let (id, other) = collector.fleet.read(|fleet| {
        let log = fleet.incidents(&"lincoln-ms".parse().unwrap()).unwrap();
        let open = log.newest_first();
        assert_eq!(open.len(), 1, "one cause, one incident");
        let incident = &open[0].incident;
        let mut others = incident.rooms();
        assert!(others.remove(&incident.room) && others.len() == 1);
        let other = others.first().unwrap().to_string();
        (incident.id.to_string(), other)
    });
    Shared {
        collector,
        agents,
        id,
        other,
    }
}

/// Where it is asked and said in one of the rooms.
fn way_to(room: &str, id: &str) -> String {
    format!("/schools/lincoln-ms/rooms/{room}/on-my-way?incident={id}")
}

async fn see(collector: &Collector, person: &SignedInAs, path: &str) -> String {
    let reply = collector.get_with(path, &person.cookie).await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    reply.text
}

#[track_caller]
fn says(page: &str, words: &str) {
    assert!(page.contains(words), "{words:?} is not in {page}");
}

#[tokio::test]
async fn whoever_goes_to_one_of_the_rooms_says_so_there_and_each_of_them_hears_it() {
    let Shared {
        collector, id, other, ..
    } = all_silent().await;
    let technician = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let there = format!("/schools/lincoln-ms/rooms/{other}");
    let board = see(&collector, &technician, &there).await;
    let way = way_to(&other, &id);
    says(&board, &format!("href=\"{way}\""));
    let asks = see(&collector, &technician, &way).await;
    says(&asks, &format!("action=\"{way}\""));
    says(&asks, &format!("href=\"{there}\">"));

    let pressed = collector.post_form(&way, &technician, "").await;
    assert_eq!(
        (pressed.status, pressed.header("location")),
        (303, Some(there.as_str())),
        "{}",
        pressed.text
    );
    for room in BOARDS {
        let board = see(&collector, &technician, room).await;
        says(&board, "<strong>On my way:</strong> Technician ");
        says(&board, &format!("13:01, to Room {other}</p>"));
        says(&board, "Help has been told.");
    }
    // No permission for whole schools is needed to take it back.
    let mine = see(&collector, &technician, "/my-rooms").await;
    says(&mine, &format!("formaction=\"{there}/undo\""));
}

#[tokio::test]
async fn the_incident_s_page_lists_its_devices_room_by_room() {
    let Shared { collector, id, .. } = all_silent().await;
    let technician = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let page = see(&collector, &technician, &format!("/incidents/{id}")).await;
    let at: Vec<_> = DEVICES
        .map(|(name, room)| {
            let line = page.split(&format!(">{name}</a>")).nth(1);
            let line = line.unwrap_or_else(|| panic!("{name} is not in {page}"));
            says(&line[..line.find("</tr>").unwrap()], &format!("Room {room}</td>"));
            page.find(&format!(">{name}</a>"))
        })
        .into();
    assert!(at.is_sorted(), "{at:?}");
}

/// What the incident's page says of LIN-1 and of LIN-2.
async fn lines_of_two(collector: &Collector, technician: &SignedInAs, id: &str) -> [String; 2] {
    let page = see(collector, technician, &format!("/incidents/{id}")).await;
    ["LIN-1", "LIN-2"].map(|name| {
        let line = page.split(&format!(">{name}</a>")).nth(1);
        let line = line.unwrap_or_else(|| panic!("{name} is not in {page}"));
        line[..line.find("</tr>").unwrap()].to_owned()
    })
}

#[tokio::test]
async fn the_incident_s_page_says_of_each_device_when_it_was_in_it() {
    let Shared {
        collector,
        agents,
        id,
        ..
    } = all_silent().await;
    let technician = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    for _ in 0..6 {
        collector.seconds_pass(5).await;
        agents[0].beat(&collector).await;
    }
    let [back, silent] = lines_of_two(&collector, &technician, &id).await;
    says(&back, "13:00:00");
    says(&back, "13:01:05");
    says(&silent, "13:00:00");
    says(&silent, "goes on");

    // Silent again, from 13:01:30 on.
    collector.seconds_pass(60).await;
    let [back, silent] = lines_of_two(&collector, &technician, &id).await;
    says(&back, "goes on<br>2 times: 13:00:00 to 13:01:05, since 13:01:30");
    assert!(!silent.contains("times"), "{silent}");
}

#[tokio::test]
async fn the_page_to_which_a_notice_leads_offers_it_while_the_incident_is_open() {
    let Shared {
        collector, id, other, ..
    } = all_silent().await;
    let technician = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let page = see(&collector, &technician, &format!("/incidents/{id}")).await;
    let found_in = if other == "101" { "102" } else { "101" };
    says(
        &page,
        &format!("href=\"{}\">On my way</a>", way_to(found_in, &id)),
    );
}

#[tokio::test]
async fn my_rooms_offers_it_from_each_chosen_room_and_comes_back_there() {
    let Shared {
        collector, id, other, ..
    } = all_silent().await;
    let technician = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let choice = format!("room=lincoln-ms%2F{other}");
    let chosen = collector.post_form("/my-rooms", &technician, &choice).await;
    let cookie = chosen.header("set-cookie").unwrap().split(';').next().unwrap();
    let cookies = technician.cookie.trim_end().to_owned() + "; " + cookie + "\r\n";
    let mine = collector.get_with("/my-rooms", &cookies).await.text;
    says(&mine, "<a href=\"/schools/lincoln-ms\">Room 101, Room 102</a>");
    let way = way_to(&other, &id);
    says(&mine, &format!("formaction=\"{way}\">On my way to Room {other}"));
    let form = "back=my-rooms";
    let pressed = collector.post_form(&way, &technician, form).await;
    assert_eq!(
        (pressed.status, pressed.header("location")),
        (303, Some("/my-rooms"))
    );
    // A script that kept the press is answered with a word, wherever it was pressed.
    let key = "key=0123456789abcdef0123456789abcdef&ago=1";
    let pressed = collector
        .post_form(&way, &technician, &format!("{form}&{key}"))
        .await;
    assert_eq!((pressed.status, pressed.text.trim()), (200, r#"{"taken":true}"#));
}

#[tokio::test]
async fn a_proctor_of_each_room_of_it_is_offered_it_and_says_it_in_their_own_room_only() {
    let Shared { collector, id, .. } = all_silent().await;
    for (room, session, elsewhere) in [("101", "math", "102"), ("102", "reading", "101")] {
        let proctor = collector.proctor_of(session, &room_of_lincoln(room)).await;
        let (way, board) = (way_to(room, &id), format!("/schools/lincoln-ms/rooms/{room}"));
        says(
            &see(&collector, &proctor, &board).await,
            &format!("href=\"{way}\""),
        );
        says(&see(&collector, &proctor, &way).await, "I am on my way");
        let pressed = collector.post_form(&way, &proctor, "").await;
        assert_eq!(
            (pressed.status, pressed.header("location")),
            (303, Some(board.as_str())),
            "{}",
            pressed.text
        );
        says(
            &see(&collector, &proctor, &board).await,
            &format!("to Room {room}</p>"),
        );
        let refused = collector.post_form(&way_to(elsewhere, &id), &proctor, "").await;
        assert_eq!(refused.status, 403, "the other room is not theirs");
    }
}

#[tokio::test]
async fn nobody_is_on_the_way_to_a_room_because_of_an_incident_that_does_not_reach_it() {
    let Shared { collector, id, .. } = all_silent().await;
    let technician = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let way = way_to("104", &id);
    assert_eq!(collector.get_with(&way, &technician.cookie).await.status, 404);
    assert_eq!(collector.post_form(&way, &technician, "").await.status, 404);
}
