//! "On my way" because of an incident that several rooms share.

use serde_json::json;

use super::harness::{Agent, Collector, LINCOLN, SignedInAs, lincoln_as};
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
    /// Its address.
    url: String,
    /// The room in which it was not found.
    other: String,
}

/// All of them fall silent at once.
async fn all_silent() -> Shared {
    let collector = Collector::start_with(lincoln_as(&two_rooms()), Timeouts::default()).await;
    for (name, _) in DEVICES {
        let agent = Agent::enrol(&collector, name).await;
        let started = agent.report(&collector, 1, &[json!({"kind": "app_started"})]);
        assert_eq!(agent.send(&collector, &started).await.status, 200);
    }
    collector.seconds_pass(60).await;
    let (url, other) = collector.fleet.read(|fleet| {
        let log = fleet.incidents(&"lincoln-ms".parse().unwrap()).unwrap();
        let open = log.newest_first();
        assert_eq!(open.len(), 1, "one cause, one incident");
        let incident = &open[0].incident;
        let mut others = incident.rooms();
        assert!(others.remove(&incident.room) && others.len() == 1);
        let other = others.first().unwrap().to_string();
        (format!("/incidents/{}", incident.id), other)
    });
    Shared {
        collector,
        url,
        other,
    }
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
        collector,
        url,
        other,
    } = all_silent().await;
    let technician = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let there = format!("/schools/lincoln-ms/rooms/{other}");
    let board = see(&collector, &technician, &there).await;
    let way = format!("{url}/on-my-way");
    let from_here = format!("{way}?room={other}");
    says(&board, &from_here);
    let asks = see(&collector, &technician, &from_here).await;
    says(&asks, &format!("name=\"room\" value=\"{other}\""));
    says(&asks, &format!("href=\"{there}\">"));

    let pressed = collector
        .post_form(&way, &technician, &format!("room={other}"))
        .await;
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
    let Shared { collector, url, .. } = all_silent().await;
    let technician = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let page = see(&collector, &technician, &url).await;
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

#[tokio::test]
async fn my_rooms_offers_it_from_each_chosen_room_and_comes_back_there() {
    let Shared {
        collector,
        url,
        other,
    } = all_silent().await;
    let technician = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let choice = format!("room=lincoln-ms%2F{other}");
    let chosen = collector.post_form("/my-rooms", &technician, &choice).await;
    let cookie = chosen.header("set-cookie").unwrap().split(';').next().unwrap();
    let cookies = technician.cookie.trim_end().to_owned() + "; " + cookie + "\r\n";
    let mine = collector.get_with("/my-rooms", &cookies).await.text;
    says(&mine, "<a href=\"/schools/lincoln-ms\">Room 101, Room 102</a>");
    let offered = format!("name=\"room\" value=\"{other}\">On my way to Room {other}");
    says(&mine, &offered);
    let way = format!("{url}/on-my-way");
    let form = format!("room={other}&back=my-rooms");
    let pressed = collector.post_form(&way, &technician, &form).await;
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
async fn a_proctor_is_offered_it_only_where_it_can_be_pressed() {
    let Shared {
        collector,
        url,
        other,
    } = all_silent().await;
    let proctor = collector.proctor().await;
    let board = see(&collector, &proctor, BOARDS[0]).await;
    let way = format!("{url}/on-my-way");
    let found_here = other == "102";
    assert_eq!(board.contains(&way), found_here);
    let asked = collector.get_with(&way, &proctor.cookie).await.status;
    assert_eq!(asked, if found_here { 200 } else { 403 });
    let elsewhere = collector.post_form(&way, &proctor, "room=102").await;
    assert_eq!(
        elsewhere.status,
        if found_here { 404 } else { 403 },
        "the other room is not theirs"
    );
}
