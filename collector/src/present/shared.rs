//! Whether everything that is loudest in a room is one trouble: then its board says that once, and not seat by seat.

use std::collections::BTreeSet;

use roomready_shared::ids::{DeviceId, RoomRef};

use super::seats::SeatNow;
use super::{Scene, incident};
use crate::domain::incident::{CauseKind, Condition, Incident};
use crate::domain::standing::Standing;
use crate::pages::view::standing::Tone;
use crate::pages::view::verdict::SharedTrouble;

/// An incident that all loudest seats of a room are in.
pub(super) struct Shared<'a> {
    pub(super) incident: &'a Incident,
    pub(super) what: SharedTrouble,
    pub(super) devices: usize,
}

/// The incident that explains whatever is loudest in a room; none where one seat has a trouble of its own, which
/// somebody then has to look at.
pub(super) fn of<'a>(scene: &Scene<'a>, room: &RoomRef, seats: &[SeatNow<'_>]) -> Option<Shared<'a>> {
    let loudest = [Tone::Urgent, Tone::Caution]
        .into_iter()
        .map(|tone| {
            let of_tone = seats.iter().filter(|seat| seat.standing.tone() == tone);
            of_tone.collect::<Vec<_>>()
        })
        .find(|loud| !loud.is_empty())?;
    let mut open = incident::open(scene, &room.school, Some(&room.room)).into_iter();
    open.find_map(|told| {
        let incident = &told.incident;
        let (what, standing) = told_as(incident)?;
        let members: BTreeSet<DeviceId> = incident.still().map(|member| member.device).collect();
        let is_in = |seat: &&SeatNow<'_>| {
            seat.standing == standing && seat.device.is_some_and(|(id, _)| members.contains(&id))
        };
        (loudest.len() > 1 && loudest.iter().all(is_in)).then_some(Shared {
            incident,
            what,
            devices: loudest.len(),
        })
    })
}

/// What an incident of several devices does to each of them, and how a seat shows it; none where somebody has to look
/// at each device.
fn told_as(incident: &Incident) -> Option<(SharedTrouble, Standing)> {
    if incident.cause.kind == CauseKind::Device {
        return None;
    }
    match incident.condition {
        Condition::LostContact => Some((SharedTrouble::NotHeard, Standing::Lost)),
        Condition::VendorUnreachable => Some((SharedTrouble::NoVendor, Standing::Attention)),
        Condition::Unstable => Some((SharedTrouble::ComeAndGo, Standing::Unstable)),
        Condition::NetworkSlow => Some((SharedTrouble::Slow, Standing::Attention)),
        _ => None,
    }
}
