//! What the rest of a school shows while the devices of an incident are cut off: whether it was heard through the way
//! that all of them share.
//!
//! A moment long enough after the beginning and before the end is looked at, because rooms that fail of one cause fall
//! silent and come back one after the other: who was heard only before or only after it says nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use roomready_shared::ids::DeviceId;

use super::Explained;
use crate::domain::incident::{Counted, Incident, RuledOut, Suspect};
use crate::domain::plan::Site;
use crate::domain::watch::book::Book;
use crate::domain::watch::cause::{Devices, Share};
use crate::domain::watch::contact::Contact;
use crate::domain::watch::device::DeviceWatch;
use crate::domain::watch::table::{GATHERS_FOR, HEARD_WITHIN};

/// A stretch of time.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    from: Timestamp,
    until: Timestamp,
}

/// The devices that are not in an incident, while those in it were cut off.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Others {
    /// Heard all the while or in the middle of it.
    heard: usize,
    /// Of so many of which that is known.
    pub(super) of: usize,
    /// Those who were heard and reached somebody outside of the school.
    outside: usize,
    /// A room, or one of the school's networks, was well.
    pub(super) any_well: bool,
}

impl Others {
    /// Seen from the incident whose devices tell this.
    pub(super) fn of(
        incident: &Incident,
        told: &[&Explained],
        devices: &Devices,
        site: Site,
        book: &Book<'_>,
    ) -> Self {
        let Some(cut) = cut_off(told) else {
            return Self::default();
        };
        let core = middle(cut);
        let mut others = Self::default();
        let (mut rooms, mut networks) = (BTreeMap::new(), BTreeMap::new());
        for (id, device) in devices {
            let Some(current) = &device.current else { continue };
            let member = incident.member(*id).is_some();
            let heard = if member {
                Some(false)
            } else {
                was_heard(*id, device, cut, core, book)
            };
            let Some(heard) = heard else { continue };
            let share: &mut Share = rooms.entry(&current.room).or_default();
            share.count(!heard);
            if let Some(subnet) = device.subnet {
                let share: &mut Share = networks.entry(subnet).or_default();
                share.count(!heard);
            }
            if !member {
                // From elsewhere nobody is heard without the way out; a collector in the school hears them without it.
                let outside =
                    heard && (site == Site::Remote || device.looks.answered_in(core.from, core.until));
                others.of += 1;
                others.heard += usize::from(heard);
                others.outside += usize::from(outside);
            }
        }
        let mut shares = rooms.values().chain(networks.values());
        others.any_well = shares.any(|share| !share.is_hit());
        others
    }

    /// That the way out of the school failed is ruled out by those who used it meanwhile.
    pub(super) fn rule_out_the_way_out(self) -> Option<RuledOut> {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        (self.any_well && self.outside > 0).then(|| RuledOut {
            what: Suspect::SchoolUplink,
            well: number(self.outside),
            of: number(self.of),
        })
    }
}

/// When most of them were cut off: one that came back early, or much later, moves neither end.
fn cut_off(told: &[&Explained]) -> Option<Stretch> {
    let spans = || {
        let all = told.iter().flat_map(|explained| &explained.spans);
        all.filter(|span| span.counted == Counted::CutOff)
    };
    let from = median(spans().map(|span| span.from).collect())?;
    let until = median(spans().filter_map(|span| span.until).collect())?;
    (from <= until).then_some(Stretch { from, until })
}

fn median(mut times: Vec<Timestamp>) -> Option<Timestamp> {
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

/// All but what belongs to its beginning and its end, or its very middle.
fn middle(cut: Stretch) -> Stretch {
    let half = cut.until.duration_since(cut.from) / 2;
    let aside = GATHERS_FOR.min(half);
    Stretch {
        from: cut.from.saturating_add(aside).unwrap_or(cut.from),
        until: cut.until.saturating_sub(aside).unwrap_or(cut.until),
    }
}

/// Whether a device was heard then, and none where that is not known or says nothing: it had been silent for long.
fn was_heard(
    id: DeviceId,
    device: &DeviceWatch,
    cut: Stretch,
    core: Stretch,
    book: &Book<'_>,
) -> Option<bool> {
    let silent_since = match device.contact {
        Contact::Heard(run) if run.from <= core.until => return Some(true),
        // It is back: was that silence this one?
        Contact::Heard(_) => {
            let incident = book.incidents.get(device.last_absence.as_ref()?)?;
            let reaches_it = |until: Option<Timestamp>| until.is_none_or(|until| until >= core.from);
            let spans = incident.spans.get(&id)?;
            spans.last().filter(|span| reaches_it(span.until))?;
            incident.member(id)?.since
        }
        Contact::Silent { since, .. } => since,
        Contact::Never | Contact::Checking { .. } | Contact::Gone { .. } => return None,
    };
    if silent_since > core.until {
        return None;
    }
    if silent_since >= core.from {
        return Some(true);
    }
    (cut.from.duration_since(silent_since) <= HEARD_WITHIN).then_some(false)
}
