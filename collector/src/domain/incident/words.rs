//! Incidents in plain words. Times come in ready for reading: only pages know a school's time zone.

use jiff::Timestamp;
use roomready_shared::ids::DeviceId;
use roomready_shared::wire::v1::GoodbyeReason;

use super::{
    Cause, CauseKind, Change, Condition, Confidence, Counted, Ending, Incident, Member, Reason, RuledOut,
    Span, Suspect,
};

/// What to do until the district has approved its own words, while nobody knows that help knows.
pub const WHAT_TO_DO: &str =
    "Keep students seated. Do not close the test or restart. Note the time. Tell your technician.";

/// The same, once help knows: a notice of it arrived with somebody, or somebody is on the way.
pub const WHAT_TO_DO_TOLD: &str =
    "Keep students seated. Do not close the test or restart. Note the time. Help has been told.";

/// What to do; it says that help has been told only where that is so.
#[must_use]
pub const fn what_to_do(help_knows: bool) -> &'static str {
    if help_knows { WHAT_TO_DO_TOLD } else { WHAT_TO_DO }
}

/// What happened: "Seat 12 has not been heard since 9:41". `app` is the test app's name, `written` writes a time.
#[must_use]
pub fn headline(incident: &Incident, app: &str, written: impl Fn(Timestamp) -> String) -> String {
    let (who, place) = (subject(incident), place(incident));
    let one = incident.members.len() == 1;
    let (have, was) = if one { ("has", "was") } else { ("have", "were") };
    let (reaches, is) = if one { ("reaches", "is") } else { ("reach", "are") };
    let at = written(incident.since());
    let open = incident.is_open();
    match incident.condition {
        Condition::LostContact if open => format!("{who} {have} not been heard since {at}"),
        Condition::LostContact => format!("{who} {was} not heard from {at} on"),
        Condition::ShutDown => format!("{who} shut down at {at}"),
        Condition::Restarted => format!("{who} restarted at {at}"),
        Condition::Slept => format!("{who} went to sleep at {at}"),
        Condition::TestAppCrashed if incident.reasons.contains(&Reason::KeptClosing) => {
            format!("{app} keeps closing at {place}, since {at}")
        }
        Condition::TestAppCrashed => format!("{app} stopped at {place}, {at}"),
        Condition::TestAppNotRunning => format!("{app} is not open again at {place}, since {at}"),
        Condition::VendorUnreachable if open => format!("{who} {reaches} no {app} server since {at}"),
        Condition::VendorUnreachable => format!("{who} reached no {app} server from {at} on"),
        Condition::BatteryCritical => format!("{who} {have} almost no battery left, since {at}"),
        Condition::BatteryWontLast if open => format!("The battery at {place} will not last until the end"),
        Condition::BatteryWontLast => format!("The battery at {place} would not have lasted, at {at}"),
        Condition::ChargerUnplugged => format!("{who} {was} unplugged from the charger at {at}"),
        Condition::Unstable => format!("{who} {have} lost the connection again and again since {at}"),
        Condition::NetworkSlow if open => format!("The network is slow at {place}, since {at}"),
        Condition::NetworkSlow => format!("The network was slow at {place}, from {at} on"),
        Condition::Intruder if open => format!("Another program disturbs {app} at {place}, since {at}"),
        Condition::Intruder => format!("Another program disturbed {app} at {place}, from {at} on"),
        Condition::NetworkChanged if open => format!("{who} {is} on another network since {at}"),
        Condition::NetworkChanged => format!("{who} {was} on another network from {at} on"),
        Condition::ClockJumped => format!("The clock at {place} was moved at {at}"),
        Condition::StorageFull => format!("{who} {have} almost no storage left, since {at}"),
        Condition::CredentialShared => format!("Two machines report as {place}, since {at}"),
    }
}

/// What is taken to be the cause, as a sentence; none for a single device, whose headline says it all.
#[must_use]
pub fn cause_words(cause: &Cause, app: &str) -> Option<String> {
    let what = match cause.kind {
        CauseKind::RoomNetwork | CauseKind::AccessPoint | CauseKind::Subnet
            if cause.lies_behind_gateway() =>
        {
            let near = match (&cause.named, cause.kind) {
                (Some(name), CauseKind::AccessPoint) => format!("the access point “{name}”"),
                (Some(name), _) => format!("the network {name}"),
                (None, _) => "this room's network".to_owned(),
            };
            format!("what connects {near} to the rest; it answered its devices, and nothing beyond it did")
        }
        CauseKind::Device => return None,
        CauseKind::Together => {
            "something that reached several devices at once, such as an update or a command".to_owned()
        }
        CauseKind::TestApp => format!("{app} itself; it fails on several devices at once"),
        CauseKind::RoomNetwork => "this room's Wi-Fi or power".to_owned(),
        CauseKind::AccessPoint => match &cause.named {
            Some(name) => format!("the access point “{name}”"),
            None => "an access point that these rooms share".to_owned(),
        },
        CauseKind::Subnet => match &cause.named {
            Some(name) => format!("the network {name}, which devices of these rooms share"),
            None => "a network that devices of these rooms share".to_owned(),
        },
        CauseKind::SchoolNetwork => "the school's own network".to_owned(),
        CauseKind::SchoolUplink => "the school's connection to the internet".to_owned(),
        CauseKind::CollectorPath => {
            "only the way to RoomReady; students can go on with their test".to_owned()
        }
        CauseKind::Vendor => format!("{app}'s own servers; everything here answers"),
        CauseKind::VendorPath => {
            format!("the way from here to {app}'s servers; the rest of the school reaches them")
        }
    };
    Some(match cause.confidence {
        Confidence::Measured => format!("Measured by the devices: {what}."),
        Confidence::Inferred => format!("Most likely {what}."),
        Confidence::Stated => format!("As people in the rooms say: {what}."),
    })
}

/// The short name of a cause, for a line about it: "an access-point fault".
#[must_use]
pub const fn cause_name(kind: CauseKind) -> &'static str {
    match kind {
        CauseKind::Device => "a fault of one device",
        CauseKind::Together => "something that reached several devices at once",
        CauseKind::TestApp => "a fault of the test app",
        CauseKind::RoomNetwork => "a fault of the room's Wi-Fi or power",
        CauseKind::AccessPoint => "an access-point fault",
        CauseKind::Subnet => "a fault of one of the school's networks",
        CauseKind::SchoolNetwork => "a fault of the school's network",
        CauseKind::SchoolUplink => "a fault of the school's internet connection",
        CauseKind::CollectorPath => "a fault of the way to RoomReady only",
        CauseKind::Vendor => "a fault of the vendor's servers",
        CauseKind::VendorPath => "a fault of the way to the vendor's servers",
    }
}

/// What is ruled out: "the school's network".
#[must_use]
pub fn suspect_words(what: Suspect, app: &str) -> String {
    match what {
        Suspect::Room => "this room's Wi-Fi or power".to_owned(),
        Suspect::OtherNetworks => "other networks in the same rooms".to_owned(),
        Suspect::SchoolNetwork => "the school's network".to_owned(),
        Suspect::SchoolUplink => "the school's internet connection".to_owned(),
        Suspect::Vendor => format!("{app}'s servers"),
        Suspect::TestApp => format!("{app} itself"),
    }
}

/// What speaks for that, with its numbers.
#[must_use]
pub fn ruled_out_words(out: RuledOut, app: &str) -> String {
    let RuledOut { what, well, of } = out;
    match what {
        Suspect::Room => format!("{well} of {of} other devices in this room are heard"),
        Suspect::OtherNetworks => format!("{well} of {of} devices on them are heard"),
        Suspect::SchoolNetwork => format!("{well} of {of} devices in other rooms are heard"),
        Suspect::SchoolUplink => format!("{well} of {of} devices here reach the internet"),
        Suspect::Vendor => format!("{well} of {of} other devices here reach {app}'s servers"),
        Suspect::TestApp => format!("{well} of {of} other devices in this room have {app} running"),
    }
}

/// Whether a change is of a kind.
type Kind = fn(&Change) -> bool;

/// Changes of one kind that are told one by one; more are told as a number.
const TOLD_ONE_BY_ONE: usize = 3;

/// What became known about an incident at one moment, as a line of its story.
#[must_use]
pub fn amended_words(
    changes: &[Change],
    incident: &Incident,
    app: &str,
    written: impl Fn(Timestamp) -> String,
) -> String {
    let count = |kind: fn(&Change) -> bool| changes.iter().filter(|change| kind(change)).count();
    let summed: [(Kind, &str); 4] = [
        (|change| matches!(change, Change::Joined(_)), "more devices"),
        (
            |change| matches!(change, Change::Returned { .. }),
            "devices are back",
        ),
        (
            |change| matches!(change, Change::Exact { .. }),
            "devices sent their own records of it",
        ),
        (
            |change| matches!(change, Change::Symptom { .. }),
            "things followed from it on its devices",
        ),
    ];
    let mut words = Vec::new();
    for change in changes {
        if !summed
            .iter()
            .any(|(kind, _)| kind(change) && count(*kind) > TOLD_ONE_BY_ONE)
        {
            words.push(change_words(change, incident, app, &written));
        }
    }
    for (kind, what) in summed {
        let many = count(kind);
        if many > TOLD_ONE_BY_ONE {
            words.push(format!("{many} {what}"));
        }
    }
    words.join(". ")
}

fn change_words(
    change: &Change,
    incident: &Incident,
    app: &str,
    written: impl Fn(Timestamp) -> String,
) -> String {
    let who = |device: &DeviceId| {
        incident
            .member(*device)
            .map_or_else(|| "A device".to_owned(), name_of)
    };
    match change {
        Change::Why(why) => reason_words(*why, app, written),
        Change::Joined(member) => format!("{} too, since {}", name_of(member), written(member.since)),
        Change::Returned { device, until } => format!("{} is back since {}", who(device), written(*until)),
        Change::Exact { device, spans } => {
            let told: Vec<_> = spans.iter().map(|span| span_words(span, app, &written)).collect();
            format!("{}, by its own records: {}", who(device), told.join("; "))
        }
        Change::Corrected { from, to, began } => {
            let now = cause_words(to, app).unwrap_or_else(|| "One device alone.".to_owned());
            let began = began
                .map(|at| format!(" It began at {}.", written(at)))
                .unwrap_or_default();
            match from {
                Some(from) => format!("First taken for {}. {now}{began}", cause_name(*from)),
                None => format!("{now}{began}"),
            }
        }
        Change::Refiled { act: Some(_) } => "It began in a pause: nobody was testing then".to_owned(),
        Change::Refiled { act: None } => "The pause that it began in was taken back".to_owned(),
        Change::Symptom {
            device,
            condition,
            at,
        } => {
            let what = match condition {
                // Of a device that comes and goes.
                Condition::LostContact => {
                    return format!("{} was not heard again from {} on", who(device), written(*at));
                }
                Condition::TestAppCrashed => format!("{app} stopped"),
                Condition::TestAppNotRunning => format!("{app} was not open any more"),
                Condition::VendorUnreachable => format!("no {app} server answered"),
                _ => "the network was slow".to_owned(),
            };
            format!("Because of it, {what} at {} ({})", who(device), written(*at))
        }
    }
}

fn span_words(span: &Span, app: &str, written: impl Fn(Timestamp) -> String) -> String {
    let what = match span.counted {
        Counted::Stopped => format!("{app} stopped or the device off"),
        Counted::CutOff => format!("no {app} server answered"),
        Counted::Unheard => "nothing is known".to_owned(),
        Counted::Working => "the test could go on".to_owned(),
    };
    match span.until {
        Some(until) => format!("{what} from {} to {}", written(span.from), written(until)),
        None => format!("{what} since {}", written(span.from)),
    }
}

/// What is known about why, as a line of an incident's story.
#[must_use]
pub fn reason_words(reason: Reason, app: &str, written: impl Fn(Timestamp) -> String) -> String {
    match reason {
        Reason::Announced { goodbye, at } => {
            let what = match goodbye {
                GoodbyeReason::Shutdown => "The device said that it shuts down",
                GoodbyeReason::Restart => "The device said that it restarts",
                GoodbyeReason::Sleep => "The device said that it goes to sleep",
                GoodbyeReason::AgentStopped => {
                    "RoomReady was stopped on the device; the device itself may go on"
                }
                GoodbyeReason::StandsAside => "RoomReady stands aside on the device during tests",
            };
            format!("{what} ({})", written(at))
        }
        Reason::Crashed => format!("{app} ended with an error"),
        Reason::KeptClosing => format!("{app} was closed three times within a minute"),
    }
}

/// How it ended, in a few words.
#[must_use]
pub fn ending_words(how: &Ending) -> String {
    match how {
        Ending::HeardAgain => "heard again".to_owned(),
        Ending::AppRunsAgain => "test app running again".to_owned(),
        Ending::Cleared => "no longer so".to_owned(),
        Ending::PartOf { .. } => "proved to be part of another incident".to_owned(),
        Ending::SessionOver { not_heard_again: 0 } => "session over".to_owned(),
        Ending::SessionOver { not_heard_again: 1 } => "session over, not heard again".to_owned(),
        Ending::SessionOver { not_heard_again } => format!("session over, {not_heard_again} not heard again"),
        Ending::SessionRemoved => "session taken out of the timetable".to_owned(),
    }
}

fn name_of(member: &Member) -> String {
    match &member.seat {
        Some(seat) => format!("Seat {seat}"),
        None => member.name.to_string(),
    }
}

/// "Seat 12", "LIB-2", "14 devices", "14 devices in 3 rooms".
fn subject(incident: &Incident) -> String {
    match incident.members.as_slice() {
        [] => format!("Students in {} rooms", incident.rooms().len()),
        [member] => name_of(member),
        many => match incident.rooms().len() {
            1 => format!("{} devices", many.len()),
            rooms => format!("{} devices in {rooms} rooms", many.len()),
        },
    }
}

/// "seat 12", "LIB-2", "14 devices".
fn place(incident: &Incident) -> String {
    match incident.members.as_slice() {
        [Member { seat: Some(seat), .. }] => format!("seat {seat}"),
        _ => subject(incident),
    }
}
