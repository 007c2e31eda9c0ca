//! District and school pages and their live elements. Their `tally` and `incidents` are those of [`super::room`].

use askama::Template;

use super::{
    fragment::{Fragment, written},
    view::{IncidentCard, IncidentState, PlaceBoard, PlaceKind, PlaceRow, Standing, Verdict},
};

#[derive(Template)]
#[template(path = "place.html")]
struct Page<'a> {
    view: &'a PlaceBoard,
}

#[derive(Template)]
#[template(path = "parts/summary.html")]
struct Summary<'a> {
    summary: &'a Verdict,
}

#[derive(Template)]
#[template(path = "parts/row.html")]
struct Row<'a> {
    row: &'a PlaceRow,
}

/// The whole page.
#[must_use]
pub fn render(view: &PlaceBoard) -> String {
    written(&Page { view })
}

/// Element `summary`: the large sentence; take it from [`PlaceBoard::summary`].
#[must_use]
pub fn summary(summary: &Verdict) -> Fragment {
    Fragment::standing("summary", &Summary { summary })
}

/// Element `row-<key>`. A page that does not have the row yet takes it in.
#[must_use]
pub fn row(row: &PlaceRow) -> Fragment {
    Fragment::listed(format!("row-{}", row.key), "rows", &Row { row })
}
