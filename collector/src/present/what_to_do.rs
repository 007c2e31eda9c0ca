//! What to do about an incident, for whoever reads it; and the coordinator's page of the texts.

use roomready_shared::ids::RoomRef;

use super::people::{called, capital};
use super::{Scene, address};
use crate::domain::advice::Advice;
use crate::domain::incident::{CauseKind, Condition, Incident, WHAT_TO_DO};
use crate::domain::plan::Session;
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

/// All that the district has approved for a session's test, for paper: what each text is about, and its words.
pub(super) fn approved_for(scene: &Scene<'_>, session: &Session) -> Vec<(String, String)> {
    let requirement = scene.requirement_of(session);
    let platform = requirement.map(|requirement| &requirement.profile.platform);
    let texts = scene.state.config().advice.all().iter();
    let texts = texts.filter(|text| {
        let fits = text.platform.is_none() || text.platform.as_ref() == platform;
        fits && scene.state.approvals().of(text).is_some()
    });
    let told = texts.filter_map(|text| Some((capital(&kinds(text)), text.proctor.as_ref()?.to_string())));
    told.collect()
}

/// What a text is about: `the room's Wi-Fi or power, an access point`.
fn kinds(text: &Advice) -> String {
    let kinds = text.causes.iter().map(|cause| lies_in(*cause));
    let kinds = kinds.chain(text.conditions.iter().map(|condition| seen(*condition)));
    kinds.collect::<Vec<_>>().join(", ")
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
    let platform = text
        .platform
        .as_ref()
        .map_or_else(|| "Any test".to_owned(), ToString::to_string);
    TextCard {
        id: text.id.to_string(),
        about: format!("{platform}: {}", kinds(text)),
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

/// Where a cause lies, as one of several in a heading.
const fn lies_in(kind: CauseKind) -> &'static str {
    match kind {
        CauseKind::Device => "one device",
        CauseKind::Together => "several devices at once",
        CauseKind::TestApp => "the test app",
        CauseKind::RoomNetwork => "the room's Wi-Fi or power",
        CauseKind::AccessPoint => "an access point",
        CauseKind::Subnet => "one of the school's networks",
        CauseKind::SchoolNetwork => "the school's network",
        CauseKind::SchoolUplink => "the school's internet connection",
        CauseKind::CollectorPath => "the way to RoomReady only",
        CauseKind::Vendor => "the vendor's servers",
        CauseKind::VendorPath => "the way to the vendor's servers",
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
