//! A simulated device: the agent's own cycle, schedule, outbox and uplink, over readings that a script changes.
//!
//! Nothing of the agent is imitated. What is simulated is what lies outside of it: the machine ([`ScriptedProbes`]),
//! its clock ([`DeviceClock`]) and the network between it and the collector ([`Line`]).

mod clock;
mod line;
mod probes;
mod state;

pub use clock::DeviceClock;
pub use line::Line;
pub use probes::ScriptedProbes;
pub use state::{App, Broken, State};

use std::sync::Arc;

use roomready_agent::assignment::MemoryShelf;
use roomready_agent::chance::Chance;
use roomready_agent::outbox::MemoryOutbox;
use roomready_agent::ports::{Clock as _, NoBoard, Silent, Uplink};
use roomready_agent::run::Ports;
use roomready_shared::facts::Platform;
use roomready_shared::ids::StreamId;
use tokio::sync::watch;

use crate::school::{Temper, up_before_s};
use crate::script::Happening;

/// The strings by which the script moves one device.
#[derive(Debug)]
pub struct Strings {
    state: watch::Sender<State>,
    clock: Arc<DeviceClock>,
}

impl Strings {
    /// Lets something happen to the device, now.
    pub fn pull(&self, what: Happening) {
        let at = self.clock.now().wall;
        self.state.send_modify(|state| *state = state.after(what, at));
    }
}

/// Makes a device; `number` spreads devices so that no two are twins.
#[must_use]
pub fn simulated(
    platform: Platform,
    temper: Temper,
    number: u32,
    uplink: Arc<dyn Uplink>,
) -> (Strings, Ports) {
    let (state, seen) = watch::channel(State::default());
    let clock = Arc::new(DeviceClock::start(up_before_s(number)));
    let ports = Ports {
        clock: Arc::clone(&clock) as _,
        probes: Arc::new(ScriptedProbes::new(
            platform,
            temper,
            number,
            Arc::clone(&clock),
            seen.clone(),
        )),
        outbox: Box::new(MemoryOutbox::new(StreamId::new(uuid::Uuid::new_v4()))),
        uplink: Arc::new(Line::new(uplink, seen)),
        shelf: Arc::new(MemoryShelf::default()),
        chance: Chance::from_system(),
        board: Box::new(NoBoard),
        leaving: Arc::new(Silent),
    };
    (Strings { state, clock }, ports)
}
