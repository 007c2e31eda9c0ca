//! The large sentence over the rooms of a school.

use super::samples::{crashed, places, row, silent};
use crate::pages::view::{IncidentCard, PlaceKind, Standing};

#[test]
fn what_all_urgent_rows_share_is_said_instead_of_which_comes_first() {
    let rows = vec![
        row("Room 11", 0, &[(3, Standing::Lost)], 1),
        row("Room 12", 1, &[(3, Standing::Lost)], 1),
        row("Room 13", 2, &[(3, Standing::Working)], 0),
    ];
    let mut board = places(PlaceKind::School, "Lincoln Middle School", rows, 1);
    let cause = "Most likely the access point “east wing”.";
    board.incidents.open = vec![IncidentCard {
        cause: Some(cause.to_owned()),
        ..silent()
    }];
    let summary = board.summary();
    assert_eq!(
        (summary.words.as_str(), summary.next.as_str()),
        ("2 of 3 rooms need help", cause)
    );
    board.rows[1].hand = Some("Hand raised 09:41".to_owned());
    assert_eq!(board.summary().next, "Look at Room 12 first.");
    board.rows[1].hand = None;
    board.incidents.open.push(crashed());
    assert_eq!(board.summary().next, "Look at Room 11 first.");
}
