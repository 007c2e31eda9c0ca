//! Taking over a changed district while everything runs.

use std::sync::Arc;

use jiff::Timestamp;
use roomready_shared::ids::DeviceId;

use super::Fleet;
use crate::config::Config;
use crate::domain::plan::Enrolled;
use crate::domain::watch::{Input, Recorded, Restored, WatchPlan, WatchState};
use crate::store::KnownDevice;

impl Fleet {
    /// From now on the district is this one. Devices keep what they said and are judged again; watches of schools that
    /// stay get their new plan at the next tick, new schools are watched from then on, and those that are gone are
    /// watched no more, as after a restart. `known` are the store's devices: they tell how each called itself when it
    /// enrolled, by which it is found on a roster.
    pub fn adopt(&self, config: Config, known: Vec<KnownDevice>, now: Timestamp) {
        let mut guard = self.state();
        let state = &mut *guard;
        let district = Arc::clone(&config.district);
        state.config = config;
        // Where nothing better is known (enrolled while the store was asked), a device is what it was called.
        for device in state.devices.values_mut() {
            let home = &device.home;
            let home = district.home_of(Enrolled {
                name: &home.name,
                serial: None,
                platform: home.platform,
                room: &home.room,
            });
            device.moves_to(home);
        }
        state.index_again();
        for device in known {
            state.place(device);
        }
        for device in state.devices.values_mut() {
            device.tag = None;
            device.judge(&district, now);
        }
        let schools = district.schools();
        state.watches.retain(|school, _| schools.contains_key(school));
        state.inbox.keep(|school| schools.contains_key(school));
        state.logs.retain(|school, _| schools.contains_key(school));
        for school in schools.keys() {
            let homes = state.devices.iter().map(|(id, device)| (*id, &device.home));
            let plan = WatchPlan::of(&district, school, homes);
            if state.watches.contains_key(school) {
                state.hand_over(school, Input::Plan(plan));
            } else {
                if let Some(recording) = &mut state.recording {
                    recording.push(Recorded::Begins(Restored::new(school.clone(), plan.clone())));
                }
                let watch = WatchState::new(school.clone(), plan);
                state.watches.insert(school.clone(), watch);
            }
        }
    }
}

impl super::State {
    fn index_again(&mut self) {
        self.by_name.clear();
        self.by_home.clear();
        let placed: Vec<(DeviceId, _)> = self
            .devices
            .iter()
            .map(|(id, device)| (*id, device.home.clone()))
            .collect();
        for (id, home) in placed {
            self.by_name.insert(super::name_key(&home.name), id);
            self.by_home.entry(home.room).or_default().insert(id);
        }
    }
}
