//! What must come out.

use std::time::Duration;

use roomready_collector::domain::incident::{Condition, Detection};
use roomready_shared::strict::{Reader, Value};

use super::length;
use super::school::School;
use super::time::Times;
use crate::rehearse::outcome::{CAUSES, SEEN};
use crate::rehearse::scenario::{Expect, Incident, Minutes};

/// Times may be off by this much where nothing else is written: a beat, a look at the test app, and a tick.
const WITHIN: Duration = Duration::from_secs(20);

pub(super) fn read(table: &mut Reader<'_>, times: &Times, school: &School) -> Expect {
    let incidents = table
        .tables("incident")
        .into_iter()
        .filter_map(|mut table| incident(&mut table, times, school))
        .collect();
    let minutes = table
        .tables("minutes")
        .into_iter()
        .filter_map(|mut table| minutes(&mut table, school))
        .collect();
    Expect { incidents, minutes }
}

fn incident(table: &mut Reader<'_>, times: &Times, school: &School) -> Option<Incident> {
    let causes = CAUSES.map(|kind| (kind.word(), kind.word()));
    let cause = table
        .required("cause", "\"device\"")
        .and_then(|value| value.word(&causes));
    let conditions = Condition::ALL.map(|condition| (condition.word(), condition));
    let condition = table
        .required("condition", "\"lost_contact\"")
        .and_then(|value| value.word(&conditions));
    let members = table
        .required("members", "[\"101-04\"]")
        .and_then(|value| school.devices_named(value));
    let rooms = table.optional("rooms").map(|value| school.rooms_named(value));
    let since = table
        .required("since", "\"09:12\"")
        .and_then(|value| times.at(value));
    let until = table.required("until", "\"09:18\"").map(|value| {
        if value.is_word("open") {
            Some(None)
        } else {
            times.at(value).map(Some)
        }
    });
    let within = table.optional("within").map_or(Some(WITHIN), length);
    let seen = table
        .optional("seen")
        .map_or(Some(Detection::Live), |value| value.word(&SEEN));
    let told_within = table.optional("told_within").and_then(length);
    let ending = table
        .optional("ending")
        .and_then(Value::text)
        .map(ToOwned::to_owned);
    let corrected_from = table
        .optional("corrected_from")
        .and_then(|value| value.word(&causes));
    let members = members?;
    let rooms = match rooms {
        Some(rooms) => rooms?,
        None => members
            .iter()
            .map(|device| school.devices[*device].room)
            .collect(),
    };
    Some(Incident {
        cause: cause?.to_owned(),
        condition: condition?,
        rooms,
        members,
        since: since?,
        until: until??,
        within: within?,
        seen: seen?,
        told_within,
        ending,
        corrected_from: corrected_from.map(ToOwned::to_owned),
    })
}

fn minutes(table: &mut Reader<'_>, school: &School) -> Option<Minutes> {
    let devices = table
        .required("devices", "[\"101-04\"]")
        .and_then(|value| school.devices_named(value));
    let mut time = |key| table.optional(key).map_or(Some(Duration::ZERO), length);
    let (stopped, cut_off, unheard) = (time("stopped"), time("cut_off"), time("unheard"));
    let within = table.optional("within").map_or(Some(WITHIN), length);
    Some(Minutes {
        devices: devices?,
        stopped: stopped?,
        cut_off: cut_off?,
        unheard: unheard?,
        within: within?,
    })
}
