//! Proctor links of a session, in words.

use std::collections::{BTreeMap, BTreeSet};

use roomready_shared::ids::{ProctorLinkId, RoomRef, SessionId};

use super::people::called;
use super::{Scene, address, what_to_do};
use crate::account::second_factor::CodeImage;
use crate::domain::plan::Session;
use crate::domain::proctor::{LinkState, MOST_LINKS_A_SESSION, ProctorLink, ProctorScreen, Window};
use crate::pages::view::{BrowserRow, Link, LinkCard, ProctorsPage, SayPage, SheetKind, SheetPage};

/// Characters of an address that stand together on a sheet: so many are read and typed at a glance.
const TYPED_AT_ONCE: usize = 4;

/// What the page knows besides the fleet.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Why no link may lead to people's pages, in plain words: nothing that browsers trust stands before them.
    pub not_shared: Option<&'static str>,
    /// Links whose address is still known, so that their sheet can be shown.
    pub fresh: &'a BTreeSet<ProctorLinkId>,
    /// Wrong words at a link of late.
    pub tried: &'a BTreeMap<ProctorLinkId, u32>,
}

/// Whether links may be made for a session, and else why not, in plain words.
///
/// # Errors
///
/// The reason.
pub fn may_make(
    scene: &Scene<'_>,
    session: &Session,
    not_shared: Option<&'static str>,
) -> Result<(), String> {
    if scene.district().proctoring().screen == ProctorScreen::Paper {
        return Err("This district lets proctors work on paper (proctor_screen = \"paper\" in its settings), so no link \
                    is made. Print a card for the room instead."
            .to_owned());
    }
    if let Some(why) = not_shared {
        return Err(why.to_owned());
    }
    if scene.now >= Window::of(session).closes {
        return Err("This session is over, so a link would open nothing.".to_owned());
    }
    Ok(())
}

/// The coordinator's page; none when there is no such session.
#[must_use]
pub fn of_session(scene: &Scene<'_>, id: &SessionId, asked: Asked<'_>) -> Option<ProctorsPage> {
    let session = scene.district().session(id)?;
    let room = &session.room;
    let window = Window::of(session);
    let links = scene.state.links_of(id);
    let holds = |link: &ProctorLink| link.revoked_at.is_none();
    let refused = may_make(scene, session, asked.not_shared).err();
    let over = scene.now >= window.closes;
    let url = address::proctors(&room.school, id);
    let trail = vec![
        scene.district_link(),
        scene.school_link(&room.school),
        scene.room_link(room),
    ];
    Some(ProctorsPage {
        frame: scene.frame("Proctors", trail, &address::school_log(&room.school), None),
        session: session.title.to_string(),
        place_and_time: format!("{}, {}", scene.room_title(room), times(scene, session)),
        window: format!(
            "Links work from {}, and move with the session.",
            works(scene, session)
        ),
        no_code: no_code(scene),
        word: links
            .iter()
            .find(|link| holds(link) && !over)
            .map(|link| link.word.reveal()),
        may_make: refused.is_none() && links.iter().filter(|link| holds(link)).count() < MOST_LINKS_A_SESSION,
        links: links.iter().map(|link| card(scene, link, &url, asked)).collect(),
        no_links: refused.filter(|_| !over),
        sheet_url: format!("{url}/sheet"),
        url,
    })
}

/// Why a sheet carries no code to scan.
fn no_code(scene: &Scene<'_>) -> Option<String> {
    let words = "No code to scan is printed: this district's proctors use the school's own screens \
                 (proctor_screen = \"staff devices\" in its settings).";
    (scene.district().proctoring().screen == ProctorScreen::StaffDevices).then(|| words.to_owned())
}

/// `Tue 6 Oct, 08:30 to 10:00`.
fn times(scene: &Scene<'_>, session: &Session) -> String {
    let (starts, ends) = (session.timetable.starts(), session.timetable.ends());
    let clock = |at| scene.clock(at);
    format!("{}, {} to {}", scene.day(starts), clock(starts), clock(ends))
}

/// `07:00 to 11:00`.
fn works(scene: &Scene<'_>, session: &Session) -> String {
    let window = Window::of(session);
    format!(
        "{} to {}",
        scene.written(window.opens),
        scene.written(window.closes)
    )
}

fn card(scene: &Scene<'_>, link: &ProctorLink, url: &str, asked: Asked<'_>) -> LinkCard {
    let state = link.state(scene.district(), scene.now);
    let holds = matches!(state, LinkState::Early(..) | LinkState::Open(..));
    let inside: Vec<_> = scene.state.entered_by(link.id);
    let here = inside
        .iter()
        .filter(|present| present.proctor.released_at.is_none())
        .count();
    LinkCard {
        key: link.id.to_string(),
        state: match state {
            LinkState::Early(_, window) => format!("Works from {}", scene.written(window.opens)),
            LinkState::Open(_, window) => format!("Works until {}", scene.written(window.closes)),
            LinkState::Over(_, window) => format!("Worked until {}", scene.written(window.closes)),
            LinkState::Revoked(at) => format!("Ended {}", scene.written(at)),
            LinkState::NoSession => "Its session is no longer in the timetable".to_owned(),
        },
        holds,
        made_at: scene.time(link.made_at),
        made_by: called(scene, &link.made_by),
        wrong_words: match asked.tried.get(&link.id).copied().unwrap_or(0) {
            0 => None,
            1 => Some("1 wrong room word in the last minutes".to_owned()),
            many => Some(format!(
                "{many} wrong room words in the last minutes. If that was not your proctor, end this link and make a new one."
            )),
        },
        sheet_url: (holds && asked.fresh.contains(&link.id)).then(|| format!("{url}/{}/sheet", link.id)),
        browsers: match here {
            0 => "Nobody has entered".to_owned(),
            1 => "1 browser".to_owned(),
            many => format!("{many} browsers"),
        },
        inside: inside
            .iter()
            .map(|present| BrowserRow {
                id: present.proctor.id.to_string(),
                name: present.proctor.name.to_string(),
                role: present.proctor.capacity.to_string(),
                since: scene.time(present.proctor.entered_at),
                last_seen: present
                    .proctor
                    .released_at
                    .is_none()
                    .then(|| scene.time(present.last_seen)),
            })
            .collect(),
    }
}

/// The sheet of a link, with its address in the clear; none when there is no such session.
#[must_use]
pub fn link_sheet(scene: &Scene<'_>, id: &SessionId, base: &str, token: &str) -> Option<SheetPage> {
    let session = scene.district().session(id)?;
    let whole = format!("{base}/proctor?token={token}");
    let pieces = |text: &str| {
        let letters: Vec<_> = text.chars().collect();
        letters
            .chunks(TYPED_AT_ONCE)
            .map(|chunk| chunk.iter().collect())
            .collect::<Vec<String>>()
    };
    let mut address = vec![format!("{base}/proctor?token=")];
    address.extend(pieces(token));
    let no_code = no_code(scene);
    let kind = SheetKind::Link {
        works: works(scene, session),
        address,
        code: no_code.is_none().then(|| CodeImage::of(&whole)).flatten(),
        no_code,
    };
    Some(sheet(scene, session, kind))
}

/// The card to fill in by hand; none when there is no such session.
#[must_use]
pub fn paper_sheet(scene: &Scene<'_>, id: &SessionId) -> Option<SheetPage> {
    let session = scene.district().session(id)?;
    Some(sheet(scene, session, SheetKind::Paper))
}

fn sheet(scene: &Scene<'_>, session: &Session, kind: SheetKind) -> SheetPage {
    let RoomRef { school, .. } = &session.room;
    SheetPage {
        district: scene.district().name().to_string(),
        school: scene.school_title(school).to_owned(),
        room: scene.room_title(&session.room),
        session: session.title.to_string(),
        times: times(scene, session),
        phone_rule: scene
            .district()
            .proctoring()
            .phone_rule
            .as_ref()
            .map(ToString::to_string),
        approved: what_to_do::approved_for(scene, session),
        kind,
        back: Link::new(
            "Back to the proctors of this session",
            address::proctors(school, &session.id),
        ),
    }
}

/// What somebody reads whose link does not open.
#[must_use]
pub fn shut(scene: &Scene<'_>, state: LinkState<'_>) -> SayPage {
    let about = |session: &Session| {
        format!(
            "This link is for {} in {}, {}. It works from {}.",
            session.title,
            scene.room_title(&session.room),
            times(scene, session),
            works(scene, session)
        )
    };
    let ask = "If that is not what you expect, ask your coordinator.".to_owned();
    let (headline, words) = match state {
        LinkState::Early(session, window) => (
            format!("Too early: this link works from {}", scene.written(window.opens)),
            vec![about(session), "Open it again then.".to_owned()],
        ),
        LinkState::Over(session, window) => (
            format!("This link worked until {}", scene.written(window.closes)),
            vec![about(session), ask],
        ),
        LinkState::Revoked(at) => (
            "This link was ended".to_owned(),
            vec![format!(
                "Your coordinator ended it {}. Ask for the new one.",
                scene.written(at)
            )],
        ),
        LinkState::NoSession => (
            "This link's session is no longer in the timetable".to_owned(),
            vec!["Ask your coordinator where you are expected.".to_owned()],
        ),
        LinkState::Open(session, _) => (scene.room_title(&session.room), vec![about(session)]),
    };
    SayPage {
        headline,
        words,
        next: None,
    }
}

/// What somebody reads whose link is not known at all.
#[must_use]
pub fn unknown() -> SayPage {
    SayPage {
        headline: "This link is not known".to_owned(),
        words: vec![
            "Look whether the whole address was typed: it is long, and every letter counts.".to_owned(),
            "If it is right, ask your coordinator for a new link.".to_owned(),
        ],
        next: None,
    }
}
