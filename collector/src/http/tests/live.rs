//! A room changes on an open page.

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::harness::{Agent, Collector, PATIENCE};
use crate::access::Role;
use crate::limits;

const ROOM: &str = "/schools/lincoln-ms/rooms/101";

/// An open page's stream.
struct OpenPage(BufReader<TcpStream>);

impl OpenPage {
    async fn open(collector: &Collector, path: &str) -> Self {
        let cookie = collector.signed_in().await;
        let mut socket = TcpStream::connect(collector.address).await.unwrap();
        let request = format!("GET /live{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{cookie}\r\n\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        Self(BufReader::new(socket))
    }

    /// The next message's JSON; none at the end of the stream.
    async fn message(&mut self) -> Option<serde_json::Value> {
        loop {
            let mut line = String::new();
            let read = timeout(PATIENCE, self.0.read_line(&mut line))
                .await
                .expect("nothing was heard");
            if read.unwrap() == 0 {
                return None;
            }
            if let Some(data) = line.strip_prefix("data: ") {
                return Some(serde_json::from_str(data).unwrap());
            }
        }
    }
}

fn element<'a>(message: &'a serde_json::Value, id: &str) -> Option<&'a str> {
    let changes = message["changes"].as_array()?;
    changes.iter().find(|change| change["id"] == id)?["html"].as_str()
}

#[tokio::test]
async fn a_device_that_goes_silent_during_a_test_changes_its_tile_on_an_open_page() {
    let collector = Collector::in_lincoln().await;
    let agent = Agent::enrol(&collector, "LIN-1").await;
    collector.seconds_pass(1).await;
    agent.beat(&collector).await;
    collector.seconds_pass(1).await;
    let mut page = OpenPage::open(&collector, ROOM).await;
    let first = page.message().await.unwrap();
    let tile = element(&first, "seat-1").unwrap();
    assert!(tile.contains("Working"), "{tile}");

    // It promised to be heard within 5 s: two missed beats and a second later the tile has changed. One second has
    // passed since its beat already.
    collector.seconds_pass(10).await;
    let changed = page.message().await.unwrap();
    let lost = element(&changed, "seat-1").unwrap_or_else(|| panic!("the tile has not changed: {changed}"));
    assert!(lost.contains("Lost"), "{lost}");
    assert!(lost.contains("silent since"), "{lost}");

    agent.beat(&collector).await;
    collector.seconds_pass(1).await;
    let back = page.message().await.unwrap();
    assert!(
        element(&back, "seat-1").is_some_and(|tile| tile.contains("Working")),
        "{back}"
    );
}

#[tokio::test]
async fn a_seat_s_open_page_follows_what_others_say_of_it_and_tells_when_its_device_is_swapped() {
    let collector = Collector::in_lincoln().await;
    Agent::enrol(&collector, "LIN-1").await;
    Agent::enrol(&collector, "CART-9").await;
    collector.seconds_pass(1).await;
    let technician = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let seat = format!("{ROOM}/seat?device=LIN-1");
    let page = collector.get_with(&seat, &technician.cookie).await.text;
    let stream = format!("data-stream=\"/live{seat}\"");
    assert!(page.contains(&stream), "{page}");
    let mut open = OpenPage::open(&collector, &seat).await;
    let first = open.message().await.unwrap();
    assert!(!element(&first, "at-seat").unwrap().contains("Student goes on"));

    let press = async |path: &str, fields: &str| {
        let reply = collector
            .post_form(&format!("{ROOM}/{path}"), &technician, fields)
            .await;
        assert_eq!(reply.status, 303, "{}", reply.text);
    };
    press("seat", "device=LIN-1&what=frozen").await;
    let told = open.message().await.unwrap();
    let now = element(&told, "at-seat").unwrap_or_else(|| panic!("the seat has not changed: {told}"));
    assert!(now.contains("Seat 1: the screen is frozen"), "{now}");
    assert!(now.contains("Student goes on"), "{now}");
    assert!(
        element(&told, "at-swap").is_some_and(|now| now.contains("LIN-1 now: Help wanted")),
        "{told}"
    );

    press("swap", "device=LIN-1&new=CART-9").await;
    let told = open.message().await.unwrap();
    for id in ["at-seat", "at-swap"] {
        let gone = element(&told, id).unwrap_or_else(|| panic!("{id} has not changed: {told}"));
        assert!(gone.contains("LIN-1 was swapped for CART-9 at 13:00."), "{gone}");
        assert!(
            gone.contains("What is pressed here is not taken any more."),
            "{gone}"
        );
        let instead = format!("<a href=\"{ROOM}/seat?device=CART-9\">Go to CART-9</a>");
        assert!(gone.contains(&instead), "{gone}");
        assert!(!gone.contains("<button"), "{gone}");
    }
}

#[tokio::test]
async fn an_open_page_hears_the_end_when_the_collector_stops() {
    let collector = Collector::in_lincoln().await;
    let mut page = OpenPage::open(&collector, "/district").await;
    assert!(page.message().await.is_some());
    collector.stop.live.cancel();
    collector.stop.requests.cancel();
    assert_eq!(page.message().await, None);
}

#[tokio::test]
async fn an_open_page_hears_nothing_more_once_its_sign_in_is_over() {
    let collector = Collector::in_lincoln().await;
    let mut page = OpenPage::open(&collector, ROOM).await;
    assert!(page.message().await.is_some());
    collector.clock.pass(limits::STAFF_SESSION_LIFE);
    collector.seconds_pass(1).await;
    assert_eq!(page.message().await, None);
}

#[tokio::test]
async fn a_page_that_does_not_exist_has_no_stream() {
    let collector = Collector::in_lincoln().await;
    let cookie = collector.signed_in().await;
    let reply = collector
        .get_with("/live/schools/lincoln-ms/rooms/999", &cookie)
        .await;
    assert_eq!(reply.status, 404);
}
