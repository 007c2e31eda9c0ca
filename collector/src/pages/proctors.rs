//! Proctor links: entering, the coordinator's page, the printed sheet.

use askama::Template;

use super::{
    fragment::written,
    view::{EnterPage, ProctorsPage, SheetKind, SheetPage},
};

#[derive(Template)]
#[template(path = "enter.html")]
struct Enter<'a> {
    view: &'a EnterPage,
}

#[derive(Template)]
#[template(path = "proctors.html")]
struct Proctors<'a> {
    view: &'a ProctorsPage,
}

#[derive(Template)]
#[template(path = "sheet.html")]
struct Sheet<'a> {
    view: &'a SheetPage,
}

/// The page that a link opens.
#[must_use]
pub fn enter(view: &EnterPage) -> String {
    written(&Enter { view })
}

/// The coordinator's page of a session.
#[must_use]
pub fn of_session(view: &ProctorsPage) -> String {
    written(&Proctors { view })
}

/// The printed sheet of a room.
#[must_use]
pub fn sheet(view: &SheetPage) -> String {
    written(&Sheet { view })
}
