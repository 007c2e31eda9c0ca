//! What to do about an incident, for whoever reads it; and the coordinator's page of the texts.

use roomready_shared::ids::RoomRef;

use super::people::called;
use super::{Scene, address};
use crate::domain::advice::Advice;
use crate::domain::incident::{Condition, Incident, WHAT_TO_DO, cause_name};
use crate::pages::view::{EmptyState, TextCard, WhatToDoPage};

/// The text that is about an incident, if there is one.
fn about<'a>(scene: &Scene<'a>, room: &RoomRef, incident: &Incident) -> Option<&'a Advice> {
    let session = scene.district().session(&incident.session);
    let requirement = match session {
        Some(session) if session.room == *room => scene.requirement_of(session),
        _ => scene.district().requirement(),
    };
    let platform = requirement.map(|requirement| &requirement.profile.platform);
    let texts = &scene.state.config().advice;
    texts.about(platform, incident.cause.kind, incident.condition)
}

/// What proctors are to do: words that the district has approved.
pub(super) fn approved<'a>(scene: &Scene<'a>, room: &RoomRef, incident: &Incident) -> Option<&'a str> {
    let text = about(scene, room, incident)?;
    scene.state.approvals().of(text)?;
    text.proctor.as_ref().map(|words| words.as_str())
}

/// What a technician is to look at; nothing for somebody who sees one room only.
pub(super) fn for_technician(scene: &Scene<'_>, room: &RoomRef, incident: &Incident) -> Option<String> {
    if scene.only_room || !incident.is_open() {
        return None;
    }
    about(scene, room, incident).map(|text| text.technician.to_string())
}

/// The page.
#[must_use]
pub fn what_to_do_page(scene: &Scene<'_>) -> WhatToDoPage {
    let texts = scene.state.config().advice.all();
    WhatToDoPage {
        frame: scene.frame(
            "What to do",
            vec![scene.district_link()],
            address::DISTRICT_LOG,
            None,
        ),
        default: WHAT_TO_DO,
        texts: texts.iter().map(|text| card(scene, text)).collect(),
        empty: EmptyState {
            headline: "No texts".to_owned(),
            meaning:
                "The file that your settings name for what to do holds none, so rooms read the words above."
                    .to_owned(),
            steps: Vec::new(),
        },
    }
}

fn card(scene: &Scene<'_>, text: &Advice) -> TextCard {
    let approvals = scene.state.approvals();
    let approval = approvals.of(text);
    let kinds = text.causes.iter().map(|cause| cause_name(*cause));
    let kinds: Vec<_> = kinds
        .chain(text.conditions.iter().map(|condition| seen(*condition)))
        .collect();
    let platform = text
        .platform
        .as_ref()
        .map_or_else(|| "Any test".to_owned(), ToString::to_string);
    TextCard {
        id: text.id.to_string(),
        about: format!("{platform}: {}", kinds.join(", ")),
        technician: text.technician.to_string(),
        proctor: text.proctor.as_ref().map(ToString::to_string),
        source: format!("{}; as known on {}", text.source, text.as_of),
        digest: text.digest(),
        approved: approval.map(|approval| {
            format!(
                "Approved by {}, {}",
                called(scene, &approval.by),
                scene.written(approval.at)
            )
        }),
        changed: approvals.was_of_another_wording(text),
    }
}

const fn seen(condition: Condition) -> &'static str {
    match condition {
        Condition::LostContact => "a device is not heard",
        Condition::ShutDown => "a device shut down",
        Condition::Restarted => "a device restarted",
        Condition::Slept => "a device went to sleep",
        Condition::TestAppCrashed => "the test app stopped",
        Condition::TestAppNotRunning => "the test app is not open again",
        Condition::VendorUnreachable => "a device reaches no test server",
        Condition::BatteryCritical => "almost no battery left",
        Condition::BatteryWontLast => "the battery will not last",
        Condition::ChargerUnplugged => "the charger was unplugged",
        Condition::Unstable => "the connection comes and goes",
        Condition::NetworkSlow => "the network is slow",
        Condition::Intruder => "a program disturbs the test",
        Condition::NetworkChanged => "a device is on another network",
        Condition::ClockJumped => "a device's clock was changed",
        Condition::StorageFull => "almost no storage left",
        Condition::CredentialShared => "two machines report as one",
    }
}
