use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::*;

/// A room whose tiles a test sets, and which counts how often it is painted.
#[derive(Clone, Default)]
struct Room(Arc<Mutex<Vec<Fragment>>>, Arc<AtomicUsize>);

impl Room {
    fn set(&self, tiles: &[(&str, &str)]) {
        *self.0.lock().unwrap() = tiles
            .iter()
            .map(|(id, html)| Fragment {
                id: (*id).into(),
                html: (*html).into(),
                parent: None,
            })
            .collect();
    }
}

impl Painter<&'static str> for Room {
    fn paint(&self, topic: &&'static str, _now: Timestamp) -> Painting {
        self.1.fetch_add(1, Ordering::Relaxed);
        (*topic == "101").then(|| self.0.lock().unwrap().clone())
    }
}

fn now() -> Timestamp {
    "2026-10-06T09:41:00Z".parse().unwrap()
}

fn hub(room: &Room, most: usize) -> (Hub<&'static str>, CancellationToken) {
    let stop = CancellationToken::new();
    (Hub::new(room.clone(), most, stop.clone()), stop)
}

async fn text(subscription: &mut Subscription<&'static str>) -> String {
    match subscription.next(now).await {
        Some(LiveMessage::Changes(text)) => text.to_string(),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn a_page_begins_with_everything_and_then_hears_only_what_changed() {
    let room = Room::default();
    room.set(&[("seat-2", "<i>ready</i>"), ("seat-1", "<i>ready</i>")]);
    let (hub, _stop) = hub(&room, 5);
    let mut page = hub.subscribe("101", now()).unwrap();
    let first = text(&mut page).await;
    assert_eq!(
        first,
        r#"{"changes":[{"id":"seat-2","html":"<i>ready</i>"},{"id":"seat-1","html":"<i>ready</i>"}],"whole":true,"at":"2026-10-06T09:41:00Z"}"#
    );
    room.set(&[("seat-2", "<i>lost</i>"), ("seat-1", "<i>ready</i>")]);
    hub.tick(now());
    assert_eq!(
        text(&mut page).await,
        r#"{"changes":[{"id":"seat-2","html":"<i>lost</i>"}],"at":"2026-10-06T09:41:00Z"}"#
    );
}

#[tokio::test]
async fn a_seat_that_is_no_longer_in_the_room_is_taken_away() {
    let room = Room::default();
    room.set(&[("seat-1", "a"), ("seat-2", "b")]);
    let (hub, _stop) = hub(&room, 5);
    let mut page = hub.subscribe("101", now()).unwrap();
    text(&mut page).await;
    room.set(&[("seat-1", "a")]);
    hub.tick(now());
    assert_eq!(
        text(&mut page).await,
        r#"{"changes":[{"id":"seat-2","html":""}],"at":"2026-10-06T09:41:00Z"}"#
    );
}

#[tokio::test]
async fn a_hundred_boards_of_one_room_cost_one_painting_a_tick_and_none_when_closed() {
    let room = Room::default();
    room.set(&[("seat-1", "a")]);
    let (hub, _stop) = hub(&room, 200);
    let pages: Vec<_> = (0..100).map(|_| hub.subscribe("101", now()).unwrap()).collect();
    let before = room.1.load(Ordering::Relaxed);
    hub.tick(now());
    assert_eq!(room.1.load(Ordering::Relaxed), before + 1);
    drop(pages);
    hub.tick(now());
    assert_eq!(room.1.load(Ordering::Relaxed), before + 1);
}

#[tokio::test]
async fn a_board_that_falls_behind_gets_one_fresh_snapshot_and_then_goes_on() {
    let room = Room::default();
    room.set(&[("seat-1", "0"), ("seat-2", "still")]);
    let (hub, _stop) = hub(&room, 5);
    let mut page = hub.subscribe("101", now()).unwrap();
    text(&mut page).await;
    for change in 1..=limits::LIVE_QUEUE * 3 {
        room.set(&[("seat-1", &change.to_string()), ("seat-2", "still")]);
        hub.tick(now());
    }
    let snapshot = text(&mut page).await;
    assert!(
        snapshot.contains(&format!(r#""html":"{}""#, limits::LIVE_QUEUE * 3)),
        "{snapshot}"
    );
    assert!(
        snapshot.contains("seat-2") && snapshot.contains(r#""whole":true"#),
        "a snapshot holds every element, and says so: {snapshot}"
    );
    room.set(&[("seat-1", "next"), ("seat-2", "still")]);
    hub.tick(now());
    let next = text(&mut page).await;
    assert!(
        next.contains("next") && !next.contains("seat-2") && !next.contains("whole"),
        "{next}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_quiet_page_hears_a_heartbeat() {
    let room = Room::default();
    let (hub, _stop) = hub(&room, 5);
    let mut page = hub.subscribe("101", now()).unwrap();
    text(&mut page).await;
    let waited = tokio::time::Instant::now();
    assert_eq!(page.next(now).await, Some(LiveMessage::Heartbeat));
    assert_eq!(waited.elapsed(), limits::LIVE_HEARTBEAT);
}

#[tokio::test]
async fn streams_end_when_the_collector_stops_and_no_new_one_begins() {
    let room = Room::default();
    let (hub, stop) = hub(&room, 5);
    let mut page = hub.subscribe("101", now()).unwrap();
    text(&mut page).await;
    stop.cancel();
    let ended = tokio::time::timeout(Duration::from_secs(5), page.next(now))
        .await
        .unwrap();
    assert_eq!(ended, None);
    assert_eq!(hub.subscribe("101", now()).unwrap_err(), NotLive::Stopping);
}

#[tokio::test]
async fn one_page_too_many_is_refused_until_another_closes() {
    let room = Room::default();
    let (hub, _stop) = hub(&room, 1);
    let first = hub.subscribe("101", now()).unwrap();
    assert_eq!(hub.subscribe("101", now()).unwrap_err(), NotLive::Full);
    drop(first);
    assert!(hub.subscribe("101", now()).is_ok());
    assert_eq!(
        hub.subscribe("no such room", now()).unwrap_err(),
        NotLive::NoSuchPage
    );
}
