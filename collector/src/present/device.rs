//! One device: its checks, what it cannot tell, what is known about it.

use roomready_shared::facts::{Facts, Link, LinkKind, Outcome, Platform, Power, Proxy, Reading};
use roomready_shared::ids::{DeviceId, DeviceName, RoomRef};
use roomready_shared::requirement::Requirement;
use roomready_shared::units::ShortText;
use roomready_shared::verdict::{Assessment, Basis, Confidence, Demand, Finding, Verdict};

use super::place::key;
use super::seats::{SeatNow, seat_of, with_what_was_said};
use super::{Scene, Topic, address, incident};
use crate::access::Permission;
use crate::domain::identity::Access;
use crate::domain::standing::Standing;
use crate::fleet::{DeviceNow, assess};
use crate::pages::view::{
    Check, CheckResult, Detail, DeviceHead, DevicePage, Fact, Fix, IdentityTrouble, Unread,
};

/// An enrolled device; none when there is no such device.
#[must_use]
pub fn known_device(scene: &Scene<'_>, id: DeviceId) -> Option<DevicePage> {
    let device = scene.state.device(id)?;
    let home = &device.home;
    let watch = scene
        .state
        .watch(&home.room.school)
        .and_then(|watch| watch.device(id));
    let current = watch.and_then(|watch| watch.current());
    let seat = current
        .and_then(|current| current.seat.as_ref())
        .or(home.seat.as_ref());
    let seat = seat_of(
        scene,
        &home.room,
        &home.name,
        home.platform,
        home.watched,
        seat,
        None,
    );
    let here = RoomRef {
        school: home.room.school.clone(),
        room: current.map_or_else(|| home.room.room.clone(), |current| current.room.clone()),
    };
    let seat = with_what_was_said(scene, seat, &here);
    let judged = device
        .facts
        .as_ref()
        .and_then(|facts| assess(scene.district(), home, facts, scene.now));
    // Unsent answers may exist on a device from its first use in a session on: nothing that erases is offered then.
    let in_use = watch.is_some_and(|watch| watch.test().started().is_some());
    let mut page = empty_page(scene, &seat, &Topic::Device(id));
    page.identity = identity(scene, &device.access);
    page.credential_forms = page
        .frame
        .may(Permission::ManageDevices)
        .then(|| format!("{}/credential", address::device(id)));
    if let Some((requirement, assessment)) = &judged {
        page.checks = checks(scene, requirement, assessment, in_use);
        page.requirements = Some(requirement.profile.title.to_string());
    } else {
        page.requirements = None;
    }
    if let Some(facts) = device.facts.as_deref() {
        page.unread = unread(facts);
        page.facts = known(scene, facts);
    }
    let log = scene.state.incidents(&home.room.school);
    let of_device = log
        .map(crate::fleet::IncidentLog::newest_first)
        .unwrap_or_default()
        .into_iter()
        .filter(|told| {
            let is_member = told.incident.members.iter().any(|member| member.device == id);
            is_member && told.incident.until().is_none_or(|until| scene.is_today(until))
        });
    page.incidents = of_device
        .map(|told| incident::card(scene, &home.room.school, &told.incident, None))
        .collect();
    page.details = details(
        id,
        device,
        judged
            .as_ref()
            .map(|(requirement, assessment)| (&**requirement, assessment)),
    );
    Some(page)
}

/// A device of the roster that has never enrolled; none when the roster does not know it.
#[must_use]
pub fn roster_device(scene: &Scene<'_>, name: &DeviceName) -> Option<DevicePage> {
    let entry = scene.district().match_device(name, None)?;
    let phase = scene
        .district()
        .session_at(&entry.room, scene.now)
        .map(|(_, phase)| phase);
    let seat = seat_of(
        scene,
        &entry.room,
        &entry.name,
        entry.platform,
        entry.watched,
        entry.seat.as_ref(),
        phase,
    );
    let seat = with_what_was_said(scene, seat, &entry.room);
    let mut page = empty_page(scene, &seat, &Topic::RosterDevice(entry.name.clone()));
    page.facts = vec![Fact {
        label: "System".to_owned(),
        value: entry.platform.to_string(),
        read_at: None,
    }];
    Some(page)
}

fn empty_page(scene: &Scene<'_>, seat: &SeatNow<'_>, topic: &Topic) -> DevicePage {
    let trail = vec![
        scene.district_link(),
        scene.school_link(&seat.room.school),
        scene.room_link(&seat.room),
    ];
    DevicePage {
        frame: scene.frame(
            seat.name.as_str(),
            trail,
            &address::school_log(&seat.room.school),
            Some(topic),
        ),
        head: DeviceHead {
            name: seat.name.to_string(),
            seat: seat.seat.as_ref().map(|seat| format!("Seat {seat}")),
            standing: seat.standing,
            reason: seat.reason_in_full(scene).map(|reason| sentence(&reason)),
            said: seat
                .trouble
                .as_ref()
                .filter(|_| seat.standing != Standing::HelpWanted)
                .map(|trouble| format!("Help wanted: {trouble}")),
            last_heard: seat
                .device
                .and_then(|(_, device)| device.heard)
                .map(|at| scene.time_to_the_second(at)),
            battery: seat.battery(),
        },
        identity: None,
        credential_forms: None,
        checks: Vec::new(),
        requirements: scene
            .district()
            .requirement()
            .map(|requirement| requirement.profile.title.to_string()),
        no_agent: matches!(seat.platform, Platform::Chromeos | Platform::Ipados),
        unread: Vec::new(),
        facts: Vec::new(),
        incidents: Vec::new(),
        details: Vec::new(),
    }
}

fn identity(scene: &Scene<'_>, access: &Access) -> Option<IdentityTrouble> {
    if let Some(at) = access.revoked_at {
        return Some(IdentityTrouble::Ended {
            since: scene.time(at),
        });
    }
    let since = scene.time(access.shared_at?);
    Some(IdentityTrouble::Shared { since })
}

fn sentence(fragment: &str) -> String {
    let mut letters = fragment.chars();
    letters.next().map_or_else(String::new, |first| {
        format!("{}{}.", first.to_uppercase(), letters.as_str())
    })
}

fn checks(scene: &Scene<'_>, requirement: &Requirement, assessment: &Assessment, in_use: bool) -> Vec<Check> {
    assessment
        .findings
        .iter()
        .map(|finding| check(scene, requirement, finding, in_use))
        .collect()
}

fn check(scene: &Scene<'_>, requirement: &Requirement, finding: &Finding, in_use: bool) -> Check {
    let fix = finding.fix.as_ref().filter(|fix| !(fix.erases_data && in_use));
    let rule = requirement.rules.iter().find(|rule| rule.id == finding.rule);
    Check {
        key: key(finding.rule.as_str()),
        title: finding.title.to_string(),
        result: match (finding.verdict, finding.demand) {
            (Verdict::Pass, _) => CheckResult::Pass,
            // What is only shown asks for a look and stops no test, on the page as in the verdict.
            (Verdict::Warn, _) | (Verdict::Fail, Demand::Shown) => CheckResult::Warn,
            (Verdict::Unknown, Demand::Required) => CheckResult::Unknown,
            (Verdict::Unknown, Demand::Shown) => CheckResult::NotTold,
            (Verdict::Fail, Demand::Required) => CheckResult::Fail,
        },
        measured: finding.measured.clone(),
        required: finding.required.clone(),
        required_by: match finding.authority.basis {
            Basis::Vendor => requirement.profile.platform.to_string(),
            Basis::LocalPolicy => "district policy".to_owned(),
        },
        fix: fix.map(|fix| Fix {
            words: fix.text.to_string(),
            deletes_data: fix.erases_data,
        }),
        read_at: finding.read_at.map(|at| scene.time(at)),
        too_old: rule
            .filter(|_| finding.stale)
            .map(|rule| format!("older than {}", rule.time_to_live)),
        details: check_details(finding),
    }
}

fn check_details(finding: &Finding) -> Vec<Detail> {
    let authority = &finding.authority;
    let confidence = match authority.confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    };
    let counts = match finding.demand {
        Demand::Required => "required",
        Demand::Shown => "shown only",
    };
    vec![
        detail("Rule", finding.rule.to_string()),
        detail("Counts as", counts.to_owned()),
        detail("Source", authority.source.to_string()),
        detail("As of", authority.as_of.to_string()),
        detail("Confidence", confidence.to_owned()),
    ]
}

fn detail(label: &str, value: String) -> Detail {
    Detail {
        label: label.to_owned(),
        value,
    }
}

/// Calls `tell` with each kind of fact that was tried, by its name for people.
fn each_fact(facts: &Facts, mut tell: impl FnMut(&str, &dyn AnyReading)) {
    macro_rules! tell {
        ($($field:ident: $label:literal),* $(,)?) => {
            $(if let Some(reading) = &facts.$field { tell($label, reading); })*
        };
    }
    tell! {
        os: "Operating system", memory: "Memory", disk: "Free disk space", display: "Display", power: "Battery",
        uptime: "Time since its start", clock: "Clock", managed: "Managed by the district", gateway: "Local network",
        resolution: "Looking up names", collector: "Way to RoomReady", app: "Test app", app_run: "Test app running",
        kiosk: "Kiosk app", updates: "Updates", sleep: "Sleep settings", intruders: "Disturbing programs",
        saved_responses: "Answers that wait", link: "Connection", certificates: "Opened traffic",
        footprint: "What RoomReady costs",
    }
    for (host, reading) in facts.vendor.iter().chain(&facts.local) {
        tell(&format!("Way to {}", host.host()), reading);
    }
}

trait AnyReading {
    fn why_not(&self) -> Option<&ShortText>;
}

impl<T> AnyReading for Reading<T> {
    fn why_not(&self) -> Option<&ShortText> {
        match &self.outcome {
            Outcome::Measured(_) => None,
            Outcome::Unsupported(why) | Outcome::Denied(why) | Outcome::Failed(why) => Some(why),
        }
    }
}

fn unread(facts: &Facts) -> Vec<Unread> {
    let mut list = Vec::new();
    each_fact(facts, |what, reading| {
        if let Some(why) = reading.why_not() {
            list.push(Unread {
                what: what.to_owned(),
                why: why.to_string(),
            });
        }
    });
    list
}

fn known(scene: &Scene<'_>, facts: &Facts) -> Vec<Fact> {
    fn fact<T>(
        scene: &Scene<'_>,
        label: &str,
        reading: Option<&Reading<T>>,
        say: impl FnOnce(&T) -> String,
    ) -> Option<Fact> {
        let reading = reading?;
        let value = say(reading.value()?);
        Some(Fact {
            label: label.to_owned(),
            value,
            read_at: Some(scene.time(reading.at)),
        })
    }
    [
        fact(scene, "System", facts.os.as_ref(), |os| match &os.build {
            Some(build) => format!("{} (build {build})", os.name),
            None => os.name.to_string(),
        }),
        fact(scene, "Processor", facts.os.as_ref(), |os| {
            os.architecture.to_string()
        }),
        fact(scene, "Memory", facts.memory.as_ref(), |memory| {
            memory.total.to_string()
        }),
        fact(scene, "Disk", facts.disk.as_ref(), |disk| {
            format!("{} free of {}", disk.free, disk.total)
        }),
        fact(scene, "Display", facts.display.as_ref(), |display| {
            format!("{} × {}", display.width, display.height)
        }),
        fact(scene, "Power", facts.power.as_ref(), |power| match power {
            Power::MainsOnly => "mains only, no battery".to_owned(),
            Power::Battery(battery) => format!("battery at {}", battery.charge),
        }),
        fact(scene, "Connection", facts.link.as_ref(), connection),
        fact(scene, "Running for", facts.uptime.as_ref(), ToString::to_string),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn connection(link: &Link) -> String {
    let kind = match link.kind {
        LinkKind::Wired => "cable",
        LinkKind::Wireless => "Wi-Fi",
        LinkKind::Mobile => "mobile network",
        LinkKind::Tunnel => "tunnel (VPN or filter)",
        LinkKind::Other => "network",
    };
    let network = link
        .subnet
        .map_or_else(String::new, |subnet| format!(", network {subnet}"));
    let proxy = match &link.proxy {
        Proxy::Direct | Proxy::NotTold => String::new(),
        Proxy::Fixed(host) => format!(", through the proxy {host}"),
        Proxy::Script => ", proxy by script".to_owned(),
    };
    format!("{kind}{network}{proxy}")
}

fn details(id: DeviceId, device: &DeviceNow, judged: Option<(&Requirement, &Assessment)>) -> Vec<Detail> {
    let mut list = vec![
        detail("Device", id.to_string()),
        detail("Home room", device.home.room.to_string()),
        detail(
            "On the roster",
            if device.home.on_roster { "yes" } else { "no" }.to_owned(),
        ),
        detail("Enrolled", device.enrolled_at.to_string()),
    ];
    list.extend(
        device
            .agent_version
            .as_ref()
            .map(|version| detail("Agent", version.to_string())),
    );
    list.extend(
        device
            .live
            .as_ref()
            .map(|live| detail("Records waiting on it", live.waiting.to_string())),
    );
    let Some((requirement, assessment)) = judged else {
        return list;
    };
    // The verdict here holds; a difference is told, because somebody looking at the device sees the other one.
    let own = device
        .live
        .as_ref()
        .and_then(|live| live.readiness)
        .filter(|own| *own != assessment.readiness);
    list.extend(own.map(|own| {
        detail(
            "Its own verdict",
            format!("{own}; here: {}", assessment.readiness),
        )
    }));
    let digest = requirement.digest();
    let other = device.judged_by.as_ref().filter(|own| **own != digest);
    list.extend(other.map(|own| detail("Requirements it judges by", format!("{own}; here: {digest}"))));
    list
}
