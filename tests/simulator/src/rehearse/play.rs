//! What a line of the script does.

use roomready_shared::wire::v1::{ExitKind, GoodbyeReason};

use super::scenario::{Edit, Happening, OnCollector, OnDevice};
use super::stage::Stage;

impl Stage<'_> {
    pub(super) fn happens(&mut self, what: &Happening) {
        match what {
            Happening::Device(place, what) => self.on_device(*place, *what),
            Happening::Network(part, health) => self.network.set(part, *health),
            Happening::Collector(what) => self.on_collector(*what),
            Happening::Press(press) => self.press(press),
            Happening::Edit(edit) => self.edit(edit),
        }
    }

    fn on_device(&mut self, place: usize, what: OnDevice) {
        if let OnDevice::Carried { room } = what {
            self.network.carry(place, room);
            return;
        }
        self.on(place, |device, world| match what {
            OnDevice::Dies => device.die(),
            OnDevice::PowersOn => device.boot(world),
            OnDevice::ShutsDown | OnDevice::Restarts => {
                let reason = if what == OnDevice::Restarts {
                    GoodbyeReason::Restart
                } else {
                    GoodbyeReason::Shutdown
                };
                device.say_goodbye(reason, world);
                device.die();
            }
            OnDevice::LidCloses { announced } => device.sleep(announced, world),
            OnDevice::LidOpens => device.wake(world),
            OnDevice::ChargerPulled => device.machine.plug(world.t, false),
            OnDevice::ChargerPlugged => device.machine.plug(world.t, true),
            OnDevice::Battery { percent } => device.machine.set_charge(world.t, percent),
            OnDevice::AppOpens => device.open_app(world.t),
            OnDevice::AppCloses => device.end_app(ExitKind::Normal, world),
            OnDevice::AppCrashes => device.end_app(ExitKind::Crashed, world),
            OnDevice::ProgramStarts => device.machine.disturbed = true,
            OnDevice::ProgramEnds => device.machine.disturbed = false,
            OnDevice::AgentStops => device.say_goodbye(GoodbyeReason::AgentStopped, world),
            OnDevice::AgentKilled => device.kill_agent(),
            OnDevice::AgentStarts => device.start_agent(world),
            OnDevice::DiskFull => device.disk.set_full(true),
            OnDevice::DiskFree => device.disk.set_full(false),
            OnDevice::OutboxDamaged => device.disk.damage(),
            OnDevice::ClockSet { ahead_ms } => device.machine.set_clock(ahead_ms),
            OnDevice::ReportTwice => device.twice = true,
            OnDevice::Carried { .. } => {}
        });
    }

    fn on_collector(&mut self, what: OnCollector) {
        match what {
            OnCollector::Killed => self.collector.kill(),
            OnCollector::Started => match self.plan.config() {
                Ok(config) => self.collector.start(config),
                Err(faults) => self.troubles.extend(faults),
            },
            OnCollector::ClockSet { ahead_ms } => self.collector.set_clock(ahead_ms),
        }
    }

    fn edit(&mut self, edit: &Edit) {
        self.plan.edit(edit);
        match self.plan.config() {
            Ok(config) => self.collector.adopt(config),
            Err(faults) => self.troubles.extend(faults),
        }
    }
}
