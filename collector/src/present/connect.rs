//! Letting a staff computer show notices.

use super::Scene;
use crate::access::Scope;
use crate::domain::watcher::Offer;
use crate::limits;
use crate::pages::view::{ComputerRow, ConnectPage, Field, FieldKind, Frame, Link, OfferedComputer};
use crate::store::WatchToken;

/// What somebody wrote into the field for the code.
#[derive(Debug, Clone, Default)]
pub struct CodeWritten {
    /// The text.
    pub text: String,
    /// What was wrong with it.
    pub wrong: Option<String>,
}

/// The page.
#[must_use]
pub fn connect(
    scene: &Scene<'_>,
    scope: &Scope,
    offer: Option<&Offer>,
    done: Option<&'static str>,
    written: CodeWritten,
) -> ConnectPage {
    let trail = vec![scene.district_link(), Link::new("Your account", "/account")];
    let frame = Frame {
        log: None,
        ..scene.frame("Notices on a staff computer", trail, "", None)
    };
    let schools: Vec<_> = scene.schools_in(scope).map(|id| scene.school_title(id)).collect();
    ConnectPage {
        frame,
        done,
        code: Field::new(FieldKind::Text, "code", "Code")
            .hinting("Eight letters, such as BCDF-GHJK.")
            .holding(written.text)
            .wrong(written.wrong),
        offer: offer.map(|offer| OfferedComputer {
            code: offer.code.to_string(),
            computer: offer.computer.to_string(),
            address: offer.address.to_string(),
        }),
        reach: match schools.as_slice() {
            [] => "your schools".to_owned(),
            [one] => (*one).to_owned(),
            [one, other] => format!("{one} or {other}"),
            many => format!("your {} schools", many.len()),
        },
        days: u32::try_from(limits::WATCH_TOKEN_LIFE.as_secs() / 86_400).unwrap_or(u32::MAX),
    }
}

/// Staff computers on the page of their owner's account.
pub(super) fn computers(scene: &Scene<'_>, tokens: &[WatchToken]) -> Vec<ComputerRow> {
    let rows = tokens.iter().map(|token| ComputerRow {
        id: token.id.to_string(),
        computer: token.computer.to_string(),
        made: scene.time(token.made_at),
        used: scene.time(token.used_at),
        ends: scene.time(token.ends),
    });
    rows.collect()
}
