//! Promises that hold for every page: structure, strict policy, weight.

use std::collections::BTreeSet;

use super::samples;
use crate::pages::{
    assets,
    view::{SeatOrder, Standing},
};

/// First load of any page, everything together (design, "Promises to measure").
const FIRST_LOAD_BYTES: usize = 100_000;

#[test]
fn every_page_has_one_heading_landmarks_and_a_language() {
    for (name, html) in samples::all() {
        assert_eq!(html.matches("<h1").count(), 1, "{name}: one h1");
        assert_eq!(html.matches("<main").count(), 1, "{name}: one main");
        assert_eq!(html.matches("<header").count(), 1, "{name}: one header");
        assert!(
            html.starts_with("<!doctype html>") && html.contains("lang=\"en\""),
            "{name}"
        );
        assert!(html.contains("width=device-width"), "{name}");
    }
}

#[test]
fn no_page_needs_anything_the_policy_forbids() {
    for (name, html) in samples::all() {
        for forbidden in [
            " style=",
            "<style",
            " onclick",
            " onload",
            "javascript:",
            "http://cdn",
            "https://",
        ] {
            assert!(!html.contains(forbidden), "{name} holds {forbidden:?}");
        }
        let inline =
            html.matches("<script").count() - html.matches("<script type=\"module\" src=\"/assets/").count();
        assert_eq!(inline, 0, "{name} has a script of its own");
    }
    for part in assets::CONTENT_SECURITY_POLICY.split("; ") {
        assert!(!part.contains("unsafe"), "{part}");
    }
}

#[test]
fn every_id_is_used_once_and_every_shape_exists() {
    for (name, html) in samples::all() {
        let ids: Vec<_> = html
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let unique: BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "{name} uses an id twice: {ids:?}");
        for used in html
            .split("<use href=\"#")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
        {
            assert!(
                unique.contains(&used),
                "{name} uses the shape {used}, which is not drawn"
            );
        }
    }
}

#[test]
fn every_standing_has_its_own_word_and_its_own_shape() {
    let words: BTreeSet<_> = Standing::ALL.iter().map(|standing| standing.word()).collect();
    let sprite = include_str!("../../../templates/parts/shapes.html");
    let drawn: BTreeSet<_> = Standing::ALL
        .iter()
        .map(|standing| {
            let (_, symbol) = sprite
                .split_once(&format!("id=\"shape-{}\"", standing.slug()))
                .unwrap();
            symbol.split_once("</symbol>").unwrap().0
        })
        .collect();
    assert_eq!(
        (words.len(), drawn.len()),
        (Standing::ALL.len(), Standing::ALL.len())
    );
    for standing in Standing::ALL {
        assert_eq!(Standing::from_slug(standing.slug()), Some(standing));
    }
}

#[test]
fn standings_are_listed_worst_first_and_the_calm_ones_share_the_last_place() {
    assert!(Standing::ALL.is_sorted());
    let ranks: Vec<_> = Standing::ALL.iter().map(|standing| standing.rank()).collect();
    assert!(ranks.is_sorted());
    assert_eq!(Standing::Working.rank(), Standing::Ready.rank());
    assert!(Standing::NotWatched.rank() < Standing::Working.rank());
}

#[test]
fn the_first_load_of_the_heaviest_page_is_light() {
    for (name, html) in samples::all() {
        let asked_for = assets::ALL.iter().filter(|asset| html.contains(asset.url()));
        let assets: usize = asked_for.map(|asset| asset.sent().len()).sum();
        let weight = assets + html.len();
        assert!(weight < FIRST_LOAD_BYTES, "{name} weighs {weight} bytes");
    }
}

#[test]
fn the_close_out_sheet_folds_nothing_away_that_is_signed_on_paper() {
    let page = crate::pages::close_out::render(&samples::close_out());
    assert!(!page.contains("<details"), "{page}");
    for told in [
        "27 seats with nothing to tell",
        "Seats 1, 2, 3",
        "Seat 30",
        "As of Tue 24 Nov",
    ] {
        assert!(page.contains(told), "{told}");
    }
}

#[test]
fn a_live_page_says_so_and_works_without_a_script() {
    let page = |wanted: &str| {
        samples::all()
            .into_iter()
            .find(|(name, _)| *name == wanted)
            .unwrap()
            .1
    };
    let room = page("room");
    for promised in [
        "data-stream=\"/stream\"",
        "<noscript>",
        "reload to see changes",
        "id=\"live-band\" role=\"status\"",
    ] {
        assert!(room.contains(promised), "the room board lacks {promised}");
    }
    // One polite voice beside the one that tells of the connection: several would talk over each other.
    assert_eq!(room.matches("role=\"status\"").count(), 2);
    assert!(room.contains("id=\"live-say\" role=\"status\"") && !room.contains("role=\"log\""));
    assert!(room.contains("?order=seat") && room.contains("?order=worst"));
    let still = page("devices");
    assert!(!still.contains("data-stream") && !still.contains("Pause updates"));
}

#[test]
fn the_board_stands_in_the_order_it_says() {
    let mut seats = samples::room().seats;
    SeatOrder::WorstFirst.sort(&mut seats);
    assert_eq!(seats[0].label, "12");
    SeatOrder::BySeat.sort(&mut seats);
    assert_eq!(seats[0].label, "1");
    let html = crate::pages::room::render(&samples::room());
    assert!(html.find("id=\"seat-19\"") < html.find("id=\"seat-1\""));
    assert!(html.contains("data-sort=\"rank\""));
}

#[test]
fn an_asset_has_another_address_when_its_content_changes() {
    for asset in assets::ALL {
        assert!(asset.url().starts_with(&format!("/assets/{}?v=", asset.name)));
        assert_eq!(assets::Asset::named(asset.name), Some(asset));
    }
    assert_eq!(assets::Asset::named("../Cargo.toml"), None);
}

#[test]
fn the_page_script_is_small_and_reads_the_same_ages() {
    for kept_small in [assets::SAY, assets::PRESS] {
        let lines = kept_small.body.lines().count();
        assert!(lines < 220, "{} has {lines} lines", kept_small.name);
    }
    let script = assets::LIVE.body;
    assert!(
        script.lines().count() < 180,
        "live.js has {} lines",
        script.lines().count()
    );
    for words in ["just now", " ago", "in ${words}", "< 172800", "< 3600"] {
        assert!(
            script.contains(words),
            "live.js lost {words:?}, which pages/time.rs still says"
        );
    }
}
