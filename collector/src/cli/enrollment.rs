//! `enrollment`: keys that let devices into a school or one room.

use jiff::{Timestamp, Unit};

use super::enrolment_file::EnrolmentFile;
use super::{Enrollment, EnrollmentList, EnrollmentNew, EnrollmentRevoke, Failure, config_command};
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::domain::entry::Actor;
use crate::domain::identity::{EnrolmentKey, KeyPlace};
use crate::limits;
use crate::secret::Secret;
use crate::store::sqlite::Visitor;

pub(super) fn run(command: &Enrollment) -> Result<(), Failure> {
    match command {
        Enrollment::New(arguments) => new(arguments),
        Enrollment::List(arguments) => list(arguments),
        Enrollment::Revoke(arguments) => revoke(arguments),
    }
}

fn new(arguments: &EnrollmentNew) -> Result<(), Failure> {
    let place = KeyPlace::of(arguments.school.clone(), arguments.room.clone());
    if let Some(file) = &arguments.config {
        let config = config_command::of(Some(file))?;
        if !knows(&config, &place) {
            let (what, correct) = match &place {
                KeyPlace::School(_) => ("school", "--school"),
                KeyPlace::Room(_) => ("room", "--school and --room"),
            };
            let message = format!(
                "there is no {what} {place} in {}; add it there, or correct {correct}",
                file.display()
            );
            return Err(Failure::usage(message));
        }
    }
    let mut visitor = Visitor::open(&arguments.data).map_err(Failure::failed)?;
    let found = visitor.whereabouts().map_err(Failure::failed)?;
    // First, so that what is wrong with it costs no key.
    let file = arguments
        .out
        .as_deref()
        .map(|out| EnrolmentFile::begin(out, arguments, found.as_ref()));
    let file = file.transpose()?;
    let key = Secret::new().map_err(Failure::failed)?;
    let now = SystemClock::start().wall();
    let ends = now
        .saturating_add(limits::days(arguments.days))
        .and_then(|ends| ends.round(Unit::Second))
        .unwrap_or(Timestamp::MAX);
    let kept = EnrolmentKey::new(key.hash(), place, arguments.uses, ends, now, Actor::Console);
    visitor.add_key(&kept).map_err(Failure::failed)?;
    let (place, id, uses) = (&kept.place, kept.id(), kept.uses);
    if let Some(file) = file {
        let written = file.finish(&key)?;
        println!(
            "{} lets in {uses} devices to {place}, until {ends}. It holds the key: give it to device management only.",
            written.display(),
        );
        println!("its key is called {id}; `enrollment revoke {id}` ends it");
        println!(
            "on each device: roomready-agent enroll --file {}",
            written.display()
        );
        return Ok(());
    }
    println!(
        "enrollment key for {place} (lets in {uses} devices, until {ends}): {}",
        key.reveal()
    );
    println!("it is called {id}; `enrollment revoke {id}` ends it");
    if found.as_ref().is_some_and(|found| found.by_private_ca) {
        println!(
            "devices must be given this collector's CA too: add --out FILE, and enrol them by that file"
        );
        return Ok(());
    }
    let address = found.and_then(|found| found.devices.into_iter().next());
    println!(
        "on each device: roomready-agent enroll --collector {} --key {}",
        address.unwrap_or_else(|| format!("http://{}", arguments.listen)),
        key.reveal()
    );
    Ok(())
}

fn knows(config: &Config, place: &KeyPlace) -> bool {
    match place {
        KeyPlace::School(school) => config.district.schools().contains_key(school),
        KeyPlace::Room(room) => config.district.room_title(room).is_some(),
    }
}

fn list(arguments: &EnrollmentList) -> Result<(), Failure> {
    let keys = Visitor::open(&arguments.data)
        .and_then(|visitor| visitor.keys())
        .map_err(Failure::failed)?;
    if keys.is_empty() {
        println!("there is no enrolment key; `enrollment new` makes one");
        return Ok(());
    }
    let now = SystemClock::start().wall();
    println!(
        "{:<14}{:<24}{:<12}{:<24}STATE",
        "KEY-ID", "FOR", "USES LEFT", "MADE BY"
    );
    for key in keys {
        let state = match key.lets_in(now) {
            Ok(()) => format!("until {}", key.ends),
            Err(refused) => refused.state(),
        };
        let uses = format!("{} of {}", key.uses_left, key.uses);
        let (id, place, by) = (key.id(), key.place.to_string(), key.made_by.to_string());
        println!("{id:<14}{place:<24}{uses:<12}{by:<24}{state}");
    }
    Ok(())
}

fn revoke(arguments: &EnrollmentRevoke) -> Result<(), Failure> {
    let now = SystemClock::start().wall();
    let key = Visitor::open(&arguments.data)
        .and_then(|mut visitor| visitor.revoke_key(arguments.key, now))
        .map_err(Failure::failed)?;
    println!(
        "key {} for {} lets nobody in any more; the devices that it let in stay",
        key.id(),
        key.place
    );
    Ok(())
}
