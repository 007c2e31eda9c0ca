//! A swapped element is the element of the page, to the letter.

use super::samples;
use crate::pages::{Fragment, device, people, place, room, view::*};

fn flat(html: &str) -> String {
    html.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn stands_in(page: &str, fragment: &Fragment) {
    assert!(
        fragment.html.contains(&format!("id=\"{}\"", fragment.id)),
        "{} does not carry its id",
        fragment.id
    );
    assert!(
        flat(page).contains(&flat(&fragment.html)),
        "{} is drawn otherwise in its page",
        fragment.id
    );
}

#[test]
fn every_live_element_of_the_room_board_is_drawn_as_in_the_page() {
    let board = samples::room();
    let page = room::render(&board);
    stands_in(&page, &room::head(&board.head));
    stands_in(&page, &room::verdict(&board.verdict));
    stands_in(&page, &people::strip(&board.people));
    stands_in(&page, &room::tally(&board.tally));
    stands_in(&page, &room::incidents(&board.incidents));
    for seat in &board.seats {
        stands_in(&page, &room::seat(seat));
    }
}

#[test]
fn every_live_element_of_a_school_is_drawn_as_in_the_page() {
    let board = samples::school();
    let page = place::render(&board);
    stands_in(&page, &place::summary(&board.summary()));
    stands_in(&page, &room::tally(&board.tally));
    stands_in(&page, &room::incidents(&board.incidents));
    for row in &board.rows {
        stands_in(&page, &place::row(row));
    }
}

#[test]
fn every_live_element_of_a_device_log_and_incident_is_drawn_as_in_the_page() {
    let view = samples::device();
    let page = device::render(&view);
    stands_in(&page, &device::head(&view.head));
    stands_in(&page, &device::checks(&view));
    stands_in(&page, &device::incidents(&view));
    let view = samples::log();
    stands_in(&crate::pages::log::render(&view), &crate::pages::log::log(&view));
    let view = samples::incident();
    stands_in(
        &crate::pages::incident::render(&view),
        &crate::pages::incident::story(&view),
    );
}

#[test]
fn what_is_to_be_decided_about_unexpected_devices_is_drawn_as_in_the_page() {
    for devices in [0, 1, 4] {
        let view = samples::unexpected(devices);
        let page = crate::pages::unexpected::render(&view);
        stands_in(&page, &crate::pages::unexpected::now(&view.now));
    }
}

#[test]
fn what_changes_at_a_seat_is_drawn_as_in_its_page_and_in_that_of_its_swap() {
    for now in [samples::seat_page().now, samples::gone()] {
        let seat = SeatPage {
            now: now.clone(),
            ..samples::seat_page()
        };
        stands_in(&people::seat(&seat), &people::at_seat(&now));
        let swap = SwapPage {
            now: now.clone(),
            ..samples::swap_page(1)
        };
        stands_in(&people::swap(&swap), &people::at_swap(&now));
    }
}

#[test]
fn what_became_of_notices_is_drawn_as_in_the_page() {
    let view = samples::notices();
    stands_in(
        &crate::pages::notices::render(&view),
        &crate::pages::notices::now(&view),
    );
}

#[test]
fn a_seat_knows_the_list_it_belongs_to_and_can_be_taken_away() {
    let board = samples::room();
    assert_eq!(room::seat(&board.seats[0]).parent, Some("seats"));
    let message = serde_json::to_string(&Fragment::gone("seat-12")).unwrap();
    assert_eq!(message, r#"{"id":"seat-12","html":""}"#);
}

#[test]
fn names_from_outside_cannot_become_markup() {
    let mut board = samples::room();
    board.seats[0].reason = Some("<script>alert(1)</script>".to_owned());
    board.head.room = "\"><img src=x>".to_owned();
    board.frame.zone = "\" onload=\"x".to_owned();
    board.frame.trail.push(Link::new("<b>", "javascript:\"<"));
    let page = room::render(&board);
    assert!(
        !page.contains("<script>alert")
            && !page.contains("<img")
            && !page.contains("\" onload")
            && !page.contains("<b>")
    );
}
