//! What speaks against other causes, with numbers.

use std::collections::BTreeSet;

use roomready_shared::ids::RoomId;

use super::Item;
use super::evidence::Evidence;
use crate::domain::incident::{CauseKind, Condition, RuledOut, Suspect};
use crate::domain::watch::contact::{Contact, Test};
use crate::domain::watch::device::DeviceWatch;

impl Evidence<'_> {
    /// Suspects that are ruled out, with numbers. One that only few speak against is not ruled out.
    pub(super) fn ruled_out(
        &self,
        condition: Condition,
        kind: CauseKind,
        items: &[Item],
        rooms: &BTreeSet<RoomId>,
    ) -> Vec<RuledOut> {
        let hit: BTreeSet<_> = items.iter().map(|item| item.device).collect();
        let others = || self.heard.iter().filter(|(id, _, _)| !hit.contains(id));
        let here = || others().filter(|(_, room, _)| rooms.contains(*room));
        let elsewhere = || others().filter(|(_, room, _)| !rooms.contains(*room));
        let is_heard = |device: &DeviceWatch| matches!(device.contact, Contact::Heard(_));
        let mut out = Vec::new();
        let mut add = |what, answers: Vec<bool>| {
            let (well, of) = (answers.iter().filter(|well| **well).count(), answers.len());
            if well > 0 && well * 2 > of {
                let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
                out.push(RuledOut {
                    what,
                    well: number(well),
                    of: number(of),
                });
            }
        };
        let app = matches!(
            condition,
            Condition::TestAppCrashed | Condition::TestAppNotRunning
        );
        if app && kind == CauseKind::Device {
            add(
                Suspect::TestApp,
                here()
                    .filter(|(_, _, device)| device.test.started().is_some())
                    .map(|(_, _, device)| matches!(device.test, Test::Running { .. }))
                    .collect(),
            );
        }
        if condition.is_absence() && kind == CauseKind::Device {
            add(
                Suspect::Room,
                here().map(|(_, _, device)| is_heard(device)).collect(),
            );
        }
        if condition.is_absence()
            && matches!(
                kind,
                CauseKind::RoomNetwork | CauseKind::AccessPoint | CauseKind::Subnet
            )
        {
            let failed: BTreeSet<_> = hit.iter().filter_map(|id| self.subnet_of(*id)).collect();
            let in_another =
                |device: &DeviceWatch| device.subnet.is_some_and(|subnet| !failed.contains(&subnet));
            add(
                Suspect::OtherNetworks,
                here()
                    .filter(|(_, _, device)| !failed.is_empty() && in_another(device))
                    .map(|(_, _, device)| is_heard(device))
                    .collect(),
            );
        }
        if condition.is_absence() && kind != CauseKind::SchoolNetwork && kind != CauseKind::SchoolUplink {
            add(
                Suspect::SchoolNetwork,
                elsewhere().map(|(_, _, device)| is_heard(device)).collect(),
            );
        }
        if !matches!(kind, CauseKind::Vendor | CauseKind::SchoolUplink) {
            add(
                Suspect::Vendor,
                others()
                    // Without a sitting its look may be of this morning.
                    .filter(|(_, _, device)| is_heard(device) && device.current.is_some())
                    .filter_map(|(_, _, device)| device.reached.vendor)
                    .collect(),
            );
        }
        if matches!(kind, CauseKind::Vendor | CauseKind::VendorPath) {
            add(
                Suspect::SchoolUplink,
                self.heard
                    .iter()
                    .filter(|(_, _, device)| is_heard(device))
                    .filter_map(|(_, _, device)| device.reached.outside)
                    .collect(),
            );
        }
        out
    }
}
