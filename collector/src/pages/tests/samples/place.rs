//! A school and a district, and one that is empty.

use super::{
    frame,
    incident::{crashed, silent},
};
use crate::pages::view::*;

pub(in crate::pages::tests) fn row(
    name: &str,
    place: usize,
    standings: &[(usize, Standing)],
    incidents: usize,
) -> PlaceRow {
    let key = name.to_lowercase().replace(' ', "-");
    let all = standings
        .iter()
        .flat_map(|(devices, standing)| std::iter::repeat_n(*standing, *devices));
    PlaceRow {
        link: Link::new(name, format!("/places/{key}")),
        place,
        tally: Tally::of(all, |standing| {
            Some(format!("/places/{key}/devices?show={}", standing.slug()))
        }),
        open_incidents: incidents,
        log_url: format!("/places/{key}/incidents"),
        now: Some(SessionLine {
            name: "Grade 7 Math".to_owned(),
            state: "Testing, 1 h 12 min left".to_owned(),
        }),
        next: Some("Grade 8 Math, 12:30".to_owned()),
        proctor: None,
        hand: None,
        elsewhere: None,
        key,
    }
}

pub(in crate::pages::tests) fn places(
    kind: PlaceKind,
    name: &str,
    rows: Vec<PlaceRow>,
    depth: usize,
) -> PlaceBoard {
    let standings = rows.iter().flat_map(|row| {
        row.tally
            .counts()
            .iter()
            .flat_map(|count| std::iter::repeat_n(count.standing, count.devices))
    });
    PlaceBoard {
        frame: frame(name, depth),
        paused: (kind == PlaceKind::School).then(super::school_paused),
        pause: (kind == PlaceKind::School).then(super::school_pause),
        kind,
        name: name.to_owned(),
        tally: Tally::of(standings, |standing| {
            Some(format!("/devices?show={}", standing.slug()))
        }),
        rows,
        enrollment: None,
        close_outs: Vec::new(),
        empty: EmptyState::no_rooms("[[school]]\nid = \"lincoln\"\nname = \"Lincoln Middle School\""),
        incidents: IncidentPanel {
            open: vec![silent(), crashed()],
            ended_today: 3,
            log_url: Some("/incidents".to_owned()),
        },
    }
}

pub(in crate::pages::tests) fn school() -> PlaceBoard {
    use Standing::*;
    let quiet = PlaceRow {
        now: None,
        next: None,
        elsewhere: Some(Elsewhere {
            words: "CART-B-01 has the test app open, and no session expects it now.".to_owned(),
            offer: Link::new("Seat it, or leave it", "/schools/lincoln/rooms/204/unexpected"),
        }),
        ..row("Library", 3, &[], 0)
    };
    let proctored = PlaceRow {
        proctor: Some("proctor here since 07:58".to_owned()),
        ..row("Room 102", 1, &[(28, Working)], 0)
    };
    let rows = vec![
        proctored,
        row(
            "Room 101",
            0,
            &[
                (1, Lost),
                (1, TestAppCrashed),
                (1, Attention),
                (1, FinishedMaybe),
                (26, Working),
            ],
            2,
        ),
        row("Room 103", 2, &[(26, NotWatched), (3, Working), (1, Unknown)], 0),
        quiet,
    ];
    places(PlaceKind::School, "Lincoln Middle School", rows, 1)
}

pub(in crate::pages::tests) fn district() -> PlaceBoard {
    use Standing::*;
    let rows = vec![
        row(
            "Roosevelt Elementary",
            1,
            &[(214, NotWatched), (61, Working), (4, NeverReported)],
            0,
        ),
        row(
            "Lincoln Middle School",
            0,
            &[
                (1, Lost),
                (1, TestAppCrashed),
                (2, Attention),
                (26, NotWatched),
                (57, Working),
            ],
            2,
        ),
        row(
            "Washington High School",
            2,
            &[(1, NotReady), (12, Stale), (480, Ready)],
            0,
        ),
    ];
    places(PlaceKind::District, "Cedar Valley schools", rows, 0)
}

pub(in crate::pages::tests) fn district_empty() -> PlaceBoard {
    let mut empty = places(PlaceKind::District, "Cedar Valley schools", Vec::new(), 0);
    empty.incidents.open.clear();
    empty.incidents.ended_today = 0;
    empty
}
