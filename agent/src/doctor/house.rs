//! The agent's own house, from what was seen of it.

use std::path::PathBuf;

use roomready_shared::units::Seconds;

use super::{Group, Item, State};
use crate::outbox::Peek;
use crate::places::Places;
use crate::service::state::State as Service;
use crate::status::{Judged, Standing};

/// The data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Folder {
    /// It is not there.
    Missing,
    /// It is there and may not be looked into by whoever asks.
    Closed,
    /// It is there.
    There {
        /// Who may use it, where the system has such bits.
        mode: Option<u32>,
        /// Bytes free on its disk, where the system tells.
        free: Option<u64>,
    },
}

/// Who this device is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enrolled {
    /// Under this name, at these addresses.
    As {
        /// What people call it.
        name: String,
        /// Where.
        at: String,
    },
    /// Not at all; a file for it lies ready or does not.
    Not {
        /// The enrolment file that the settings name, if it is there.
        file: Option<PathBuf>,
    },
    /// The file with it cannot be used.
    Damaged(String),
}

/// The outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outbox {
    /// There is none yet.
    None,
    /// It cannot be read.
    Closed(String),
    /// So much lies in it.
    There(Peek),
}

/// What was seen.
#[derive(Debug, Clone)]
pub struct House {
    /// Whoever asks is an administrator: then more can be read than the service may.
    pub administrator: bool,
    /// How the service is.
    pub service: Service,
    /// How the running agent is.
    pub running: Judged,
    /// The data folder's path.
    pub data: PathBuf,
    /// The data folder.
    pub folder: Folder,
    /// Who the device is.
    pub enrolled: Enrolled,
    /// What waits.
    pub outbox: Outbox,
    /// Time since the system started, by the clock that counts sleep.
    pub up_ms: u64,
    /// How much of it the system slept.
    pub asleep_ms: u64,
    /// How the end of the test app is told here.
    pub tells_exit: Option<bool>,
}

/// A folder with less than this left is about to refuse news.
const LITTLE_BYTES: u64 = 64 * 1024 * 1024;

/// One item for each part of the house.
#[must_use]
pub fn own(house: &House) -> Vec<Item> {
    let mut items = vec![service(house), running(house), folder(house), enrolled(house)];
    items.extend(outbox(&house.outbox));
    items.push(clocks(house));
    items.extend(house.tells_exit.map(exits));
    items.sort_by_key(|item| item.state != State::Look);
    items
}

fn item(what: &str, state: State, seen: impl Into<String>) -> Item {
    Item::new(Group::Agent, what, state, seen)
}

fn service(house: &House) -> Item {
    let what = "Service";
    match &house.service {
        Service::Installed {
            running: Some(true), ..
        } => item(what, State::Well, "installed and runs"),
        Service::Installed { running: None, .. } => item(what, State::Well, "installed"),
        Service::Installed {
            running: Some(false),
            said,
        } => item(what, State::Look, format!("installed and does not run ({said})")).helped_by(format!(
            "See its log (on Linux: journalctl -u {}), then `roomready-agent service install` again.",
            Places::here().service
        )),
        Service::Staged | Service::NotInstalled if house.running.standing.runs() => {
            item(what, State::Well, "not installed; an agent was started by hand")
        }
        Service::Staged | Service::NotInstalled => item(what, State::Look, "not installed")
            .helped_by("`roomready-agent service install --enrolment FILE`"),
    }
}

fn running(house: &House) -> Item {
    let standing = house.running.standing;
    let state = match (standing, &house.service) {
        (Standing::InContact | Standing::StandsAside, _) => State::Well,
        // Where nothing is installed, that is the one thing to be said.
        (Standing::NeverRan, Service::NotInstalled) => State::NotHere,
        _ => State::Look,
    };
    let seen = match standing {
        Standing::InContact => "running, in contact with its collector",
        Standing::StandsAside => "running, stands aside while students test",
        Standing::NotYet => "running, has not spoken to its collector yet",
        Standing::Trouble => "running, out of contact",
        Standing::Refused => "running, refused by its collector",
        Standing::Ended => "not running; it ended in good order",
        Standing::Vanished => "not running; it ended without a goodbye",
        Standing::Stuck => "its process is there and does not move",
        Standing::NeverRan => "not running, and never ran with this data folder",
    };
    let item = item("Running agent", state, seen);
    match standing {
        _ if state != State::Look => item,
        Standing::NeverRan | Standing::Ended | Standing::Vanished => item.helped_by("Start the service."),
        _ => item.helped_by("`roomready-agent status` says why and since when."),
    }
}

fn folder(house: &House) -> Item {
    let path = house.data.display();
    let what = "Data folder";
    match &house.folder {
        Folder::Missing => item(
            what,
            State::NotHere,
            format!("{path} is not there yet: enrolling or installing makes it"),
        ),
        Folder::Closed => item(what, State::Look, format!("{path} is closed to you"))
            .helped_by("Run this as an administrator (on Linux and macOS with sudo)."),
        Folder::There { free: Some(free), .. } if *free < LITTLE_BYTES => {
            item(what, State::Look, format!("{path}: its disk is nearly full"))
                .helped_by("Free some space: news that cannot be kept is told as lost.")
        }
        Folder::There { mode: Some(mode), .. } if mode & 0o077 != 0 => item(
            what,
            State::Look,
            format!("{path} is open to others (mode {mode:03o})"),
        )
        .helped_by("Close it: mode 700. The device's credential lies there."),
        Folder::There { .. } => item(what, State::Well, path.to_string()),
    }
}

fn enrolled(house: &House) -> Item {
    let what = "Enrolment";
    match &house.enrolled {
        Enrolled::As { name, at } => item(what, State::Well, format!("{name}, at {at}")),
        Enrolled::Not { file: Some(file) } => item(
            what,
            State::Look,
            format!("not enrolled yet; the file {} lies ready", file.display()),
        )
        .helped_by("The agent enrols by itself when it runs; `roomready-agent status` says what keeps it."),
        Enrolled::Not { file: None } => {
            let closed = house.folder == Folder::Closed;
            let seen = if closed { "cannot be seen" } else { "not enrolled" };
            let item = item(what, State::Look, seen);
            if closed {
                item
            } else {
                item.helped_by("`roomready-agent enroll --file FILE`")
            }
        }
        Enrolled::Damaged(why) => item(what, State::Look, format!("cannot be used: {why}"))
            .helped_by("Enrol again: `roomready-agent enroll --file FILE --again`"),
    }
}

fn outbox(outbox: &Outbox) -> Option<Item> {
    let what = "Outbox";
    Some(match outbox {
        Outbox::None => return None,
        Outbox::Closed(why) => item(what, State::Look, format!("cannot be read: {why}")),
        Outbox::There(peek) => {
            let waiting = match peek.waiting {
                0 => "nothing waits".to_owned(),
                1 => "1 record waits".into(),
                many => format!("{many} records wait"),
            };
            let size = peek.bytes.div_ceil(1024);
            if peek.damaged == 0 {
                item(what, State::Well, format!("{waiting}, {size} KB on disk"))
            } else {
                let seen = format!("{waiting}; damaged parts kept aside: {}", peek.damaged);
                item(what, State::Look, seen).helped_by(
                    "What could be read is delivered, the rest is told as lost. Have the disk checked.",
                )
            }
        }
    })
}

fn clocks(house: &House) -> Item {
    let [up, asleep] = [house.up_ms, house.asleep_ms].map(|ms| Seconds(ms / 1_000));
    let slept = if asleep.0 == 0 {
        "never asleep".to_owned()
    } else {
        format!("{asleep} of it asleep")
    };
    item(
        "Clocks",
        State::Well,
        format!("count sleep; up for {up}, {slept}"),
    )
}

fn exits(told: bool) -> Item {
    if told {
        item(
            "Crash or close",
            State::Well,
            "the kernel tells how the test app ended",
        )
    } else {
        item(
            "Crash or close",
            State::NotHere,
            "this kernel does not tell how the test app ended; Linux 6.15 and later do",
        )
    }
}
