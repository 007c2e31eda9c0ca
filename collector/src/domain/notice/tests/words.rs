use roomready_shared::ids::{DeviceId, Title};
use uuid::Uuid;

use super::*;
use crate::domain::incident::Incident;

fn lost(seat: Option<&str>) -> Incident {
    let note = serde_json::json!({
        "incident": "lost-1", "session": "math", "room": "101", "condition": "lost_contact",
        "members": [{
            "device": DeviceId::new(Uuid::from_u128(1)), "name": "LIN-101-14", "seat": seat,
            "room": "101", "session": "math", "since": at(0),
        }],
        "since": at(0), "broken": at(6), "detected": at(12), "seen": "live", "cause": {"kind": "device", "confidence": "inferred"},
    });
    Incident::open(serde_json::from_value(note).unwrap())
}

fn clock(at: Timestamp) -> String {
    at.strftime("%-H:%M").to_string()
}

fn item(what: What, room: &str) -> Item {
    Item {
        what,
        rooms: vec![Title::parse(room).unwrap()],
        problem: problem(&lost(Some("12")), "TestNav", clock),
        cause: cause(&lost(Some("12")), "TestNav"),
        since: at(0),
        ruled_out: vec![
            "this room's Wi-Fi or power (28 of 29 other devices in this room are heard)".to_owned(),
        ],
        ended: (what == What::Over).then(|| "heard again".to_owned()),
        path: "/incidents/lost-1".to_owned(),
    }
}

fn of(kind: Kind, step: Step, items: Vec<Item>, more: usize) -> Notice {
    let tells = (0..items.len() + more).map(|number| {
        let key = CaseKey::Incident(format!("lost-{number}").parse().unwrap());
        (key, items.first().map_or(What::Opened, |item| item.what))
    });
    Notice {
        id: NoticeId::of_test(&id("on-call"), at(0)),
        target: id("on-call"),
        step,
        school: Some(school()),
        place: "Lincoln Middle School".parse().unwrap(),
        at: at(12),
        kind,
        tells: tells.collect(),
        items,
    }
}

#[test]
fn a_notice_names_room_problem_time_numbers_and_link_and_no_device() {
    let notice = of(Kind::Opened, Step::First, vec![item(What::Opened, "Room 101")], 0);
    assert_eq!(
        subject(&notice),
        "Room 101, Lincoln Middle School: Seat 12 has not been heard since 9:00"
    );
    let said = text(&notice, Some("https://rooms.example"));
    assert_eq!(
        said,
        [
            "Room 101: Seat 12 has not been heard since 9:00. Ruled out: this room's Wi-Fi or power (28 of 29 other devices in this room are heard).\n\
             https://rooms.example/incidents/lost-1",
            "Press \"On my way\" on that page: for 10 minutes nobody else is sent.",
        ]
    );
    assert_eq!(
        problem(&lost(None), "TestNav", clock),
        "One device has not been heard since 9:00",
        "the name of a device stays here"
    );
}

#[test]
fn each_kind_says_first_what_it_is() {
    let one = |kind, step, what| subject(&of(kind, step, vec![item(what, "Room 101")], 0));
    assert!(one(Kind::Over, Step::First, What::Over).starts_with("Over: Room 101"));
    assert!(one(Kind::Reminder, Step::First, What::Reminder).starts_with("Still open: Room 101"));
    assert!(one(Kind::Opened, Step::Second, What::Opened).starts_with("Nobody is on the way: Room 101"));
    let over = text(
        &of(Kind::Over, Step::First, vec![item(What::Over, "Room 101")], 0),
        None,
    );
    assert!(over[0].ends_with("It is over: heard again."), "{over:?}");
    assert_eq!(over.len(), 1, "nobody is asked to go where it is over");
}

#[test]
fn many_problems_are_counted_and_their_rooms_named() {
    let items = ["Room 101", "Room 102", "Room 101"].map(|room| item(What::Opened, room));
    let notice = of(Kind::Opened, Step::First, items.to_vec(), 2);
    assert_eq!(
        subject(&notice),
        "Lincoln Middle School: 5 problems in Room 101, Room 102"
    );
    assert!(text(&notice, None).contains(&"And 2 more.".to_owned()));
    let summary = of(Kind::Summary, Step::First, items.to_vec(), 0);
    assert_eq!(subject(&summary), "Lincoln Middle School: 3 problems open");
}

#[test]
fn a_test_is_clearly_a_test_and_asks_for_nothing() {
    let test = Notice::test(
        &target("on-call", Step::First),
        "Cedar Valley".parse().unwrap(),
        at(0),
    );
    assert!(subject(&test).starts_with("TEST: "));
    assert!(text(&test, Some("https://x"))[0].contains("nothing to do"));
}

#[test]
fn a_subject_is_cut_where_mail_programs_would_cut_it() {
    let long = "R".repeat(80);
    let notice = of(Kind::Opened, Step::Second, vec![item(What::Opened, &long)], 0);
    let cut = subject(&notice);
    assert!(cut.chars().count() <= 140 && cut.ends_with('…'), "{cut}");
}
