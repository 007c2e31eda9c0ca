//! What the demo says on standard output.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use super::folder::Folder;
use crate::school::{DAY_ENDS_MIN, Device, Reader, SCHOOLS, THIS_MACHINE, devices};
use crate::script::{DAY, Happening, LATECOMER, ROUND_S, SCRIPT, Scene, day};

/// Everything a person needs to begin.
pub(super) fn opening(address: SocketAddr, link: &str, folder: &Folder, lasts: Option<Duration>) -> String {
    let devices = devices();
    let rooms: usize = SCHOOLS.iter().map(|school| school.rooms.len()).sum();
    let unread = devices
        .iter()
        .filter(|device| device.reader == Reader::Nobody)
        .count();
    let place = |name: &str| {
        let device = devices.iter().find(|device| device.name == name);
        device.map_or_else(|| name.to_owned(), |device| device.place().to_string())
    };
    let mut text = format!(
        "RoomReady demo: {} schools, {rooms} rooms, {} devices, {unread} of them Chromebooks without an agent.\n\
         It listens on this computer only, at http://{address}\n\
         \n\
         Open this link to sign in (it works once):\n  {link}\n\
         \n\
         What you will see:\n\
         \x20 now      {}: {THIS_MACHINE}. This computer itself, read by the real agent\n\
         \x20          and judged against TestNav's requirements as it is. All other devices are simulated.\n\
         \x20 now      {}: {LATECOMER} has not opened TestNav. The others open it within seconds.\n",
        SCHOOLS.len(),
        devices.len(),
        place(THIS_MACHINE),
        place(LATECOMER),
    );
    for cue in SCRIPT {
        let _ = writeln!(
            text,
            "  at {}  {}: {}",
            minutes(cue.at_s),
            place(cue.device),
            announced(cue.what, cue.device)
        );
    }
    let _ = writeln!(text, "  The same again every {} minutes.", ROUND_S / 60);
    for turn in DAY {
        let _ = writeln!(
            text,
            "  at {}  Maple Elementary School: {}",
            minutes(turn.at_s),
            turn_announced(turn.what)
        );
    }
    let _ = writeln!(
        text,
        "  at {}  Maple Elementary School: the sessions end; their close-out sheets are at\n           \
         http://{address}/schools/maple-es\n",
        minutes(u64::try_from(DAY_ENDS_MIN * 60).unwrap_or_default()),
    );
    let kept = if folder.is_kept() {
        "kept"
    } else {
        "removed at the end"
    };
    let _ = writeln!(text, "Data: {} ({kept})", folder.path().display());
    let _ = writeln!(
        text,
        "Another sign-in link: cargo run -q -p roomready-collector -- sign-in-link --data {} --listen {address}",
        folder.collector().display()
    );
    let _ = match lasts {
        Some(lasts) => writeln!(
            text,
            "It stops by itself after {} s; Ctrl-C stops it sooner.",
            lasts.as_secs()
        ),
        None => writeln!(text, "Ctrl-C stops it."),
    };
    text
}

/// One line as it happens; nothing for the first opening of an app, which would be a line for each seat.
pub(super) fn happens(scene: &Scene) -> Option<String> {
    if let Some(turn) = DAY
        .iter()
        .find(|turn| turn.at_s == scene.at_s && turn.what == scene.what)
    {
        // One line for all devices of the turn: at the first of them.
        let first = day()
            .into_iter()
            .find(|first| (first.at_s, first.what) == (turn.at_s, turn.what));
        return (first.as_ref() == Some(scene)).then(|| {
            format!(
                "{:>5}  Maple Elementary School: {}",
                minutes(scene.at_s),
                turn_now(turn.what)
            )
        });
    }
    let cue = SCRIPT.iter().find(|cue| {
        cue.device == scene.device && cue.what == scene.what && scene.at_s % ROUND_S == cue.at_s
    })?;
    let devices = devices();
    let place = devices
        .iter()
        .find(|device| device.name == cue.device)
        .map(Device::place)?;
    Some(format!(
        "{:>5}  {place}: {}",
        minutes(scene.at_s),
        now(cue.what, cue.device)
    ))
}

/// The last line.
pub(super) fn stopped(folder: &Folder) -> String {
    if folder.is_kept() {
        format!("The demo has stopped. Its data is in {}", folder.path().display())
    } else {
        "The demo has stopped and removed its data.".to_owned()
    }
}

fn announced(what: Happening, device: &str) -> String {
    match what {
        Happening::AppCrashes => format!("TestNav crashes on {device}; an incident opens at once"),
        Happening::AppOpens => format!("TestNav is opened again on {device}; within 20 s the incident ends"),
        Happening::GoesSilent => {
            format!("{device} goes silent; its tile changes within 13 s, an incident opens 10 s later")
        }
        Happening::ComesBack => format!("{device} is back; it is heard within 15 s, then the incident ends"),
        _ => turn_announced(what).to_owned(),
    }
}

fn now(what: Happening, device: &str) -> String {
    match what {
        Happening::AppCrashes => format!("TestNav has crashed on {device}"),
        Happening::AppOpens => format!("TestNav has been opened again on {device}"),
        Happening::GoesSilent => format!("{device} has gone silent"),
        Happening::ComesBack => format!("{device} can be heard again"),
        _ => turn_now(what).to_owned(),
    }
}

fn turn_announced(what: Happening) -> &'static str {
    match what {
        Happening::NetworkDown => "the access point of Rooms 11 and 12 fails; one incident within 25 s",
        Happening::UplinkDown => {
            "the school's internet connection fails; one incident as soon as everybody has seen it, within 100 s"
        }
        Happening::VendorDown => "TestNav's servers stop answering; one incident, within 100 s",
        _ => "it works again",
    }
}

fn turn_now(what: Happening) -> &'static str {
    match what {
        Happening::NetworkDown => "the access point of Rooms 11 and 12 has failed",
        Happening::NetworkUp => "the access point works again",
        Happening::UplinkDown => "the school's internet connection has failed",
        Happening::UplinkUp => "the internet connection works again",
        Happening::VendorDown => "TestNav's servers do not answer any more",
        _ => "TestNav's servers answer again",
    }
}

fn minutes(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::scenes;

    #[test]
    fn the_opening_names_the_link_and_every_cue_with_its_time_and_place() {
        let folder = Folder::prepare(None).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], 8480));
        let text = opening(address, "http://127.0.0.1:8480/sign-in?token=abc", &folder, None);
        for expected in [
            "3 schools, 7 rooms, 68 devices, 40 of them Chromebooks without an agent",
            "  http://127.0.0.1:8480/sign-in?token=abc\n",
            "Room 101, seat 1: THIS-COMPUTER",
            "Room 101, seat 6: LIN101-06 has not opened TestNav",
            "at 0:10  Room 101, seat 8: LIN101-08 goes silent",
            "at 0:14  Room 101, seat 4: TestNav crashes on LIN101-04",
            "at 0:34  Room 101, seat 8: LIN101-08 is back",
            "at 0:36  Room 101, seat 4: TestNav is opened again",
            "at 0:45  Maple Elementary School: the access point of Rooms 11 and 12 fails",
            "at 11:00  Maple Elementary School: the sessions end",
            "removed at the end",
            "sign-in-link --data",
            "Ctrl-C stops it",
        ] {
            assert!(text.contains(expected), "not said: {expected}\n\n{text}");
        }
    }

    #[test]
    fn what_happens_is_said_in_every_round_and_the_first_openings_are_not() {
        let said: Vec<String> = scenes()
            .take_while(|scene| scene.at_s < 200)
            .filter_map(|s| happens(&s))
            .collect();
        // The day of the third school has its own lines between them.
        let said: Vec<String> = said.into_iter().filter(|line| line.contains("seat")).collect();
        assert_eq!(said.len(), 6);
        assert_eq!(
            said[1],
            " 0:14  Room 101, seat 4: TestNav has crashed on LIN101-04"
        );
        assert_eq!(
            said[5],
            " 3:14  Room 101, seat 4: TestNav has crashed on LIN101-04"
        );
    }
}
