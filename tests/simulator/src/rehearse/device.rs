//! One device of a rehearsal: a machine, and the agent's own cycle on it.
//!
//! What [`roomready_agent::run`] does with timers and sockets is done here with the queue: each event is handed over,
//! then the cycle is asked what is due.

use roomready_agent::chance::Chance;
use roomready_agent::cycle::{Cycle, FETCH_LIMIT_MS, Settings, Todo};
use roomready_agent::outbox::DiskOutbox;
use roomready_agent::ports::{ClockRun, Moment};
use roomready_agent::probe::Kind;
use roomready_agent::uplink::Trouble;
use roomready_shared::facts::{AppRun, HostPort, Platform, Reading};
use roomready_shared::ids::{ClockEpoch, DeviceId, StreamId};
use roomready_shared::units::{ShortText, Timestamp};
use roomready_shared::wire::v1::{Assignment, DuringTest, ExitKind, GoodbyeReason, Report, ReportReply};

use super::collector::Collector;
use super::disk::Disk;
use super::machine::{Machine, State};
use super::network::{Network, Way};
use super::probes::{Look, is_of_the_network};
use super::queue::{AgentNext, Next, Queue};
use super::scenario;

/// A system without a connection says so at once.
const NO_LINK_MS: u64 = 20;
/// Nobody listens at the port: refused at once.
const REFUSED_MS: u64 = 5;
/// Nothing answers: the agent's own limit for a connection.
const SILENCE_MS: u64 = 3_000;
/// The connection stood and nothing comes any more: the agent's own limit for an exchange.
const EXCHANGE_MS: u64 = 5_000;
/// One way, at least and at most.
const ONE_WAY_MS: (u64, u64) = (3, 25);
/// The same on a slow way.
const SLOW_WAY_MS: u64 = 700;
/// A report that arrives twice comes again so much later.
const TWICE_MS: u64 = 40;
/// Runs of an agent are counted from 1.
const NO_RUN: u32 = 0;
/// Readings that come at once may make others due; so often at most before the next event.
const TURNS_AT_ONCE: usize = 8;

/// What a device needs of the world around it.
pub(super) struct World<'a> {
    pub(super) t: u64,
    pub(super) network: &'a Network,
    pub(super) collector: &'a Collector,
    pub(super) queue: &'a mut Queue,
}

/// A device.
pub struct Device {
    place: usize,
    id: DeviceId,
    platform: Platform,
    /// Without its agent.
    pub machine: Machine,
    /// What outlives its agent.
    pub disk: Disk,
    shelf: Option<Assignment>,
    run: Option<ClockRun>,
    agent: Option<Agent>,
    /// Counts runs of the agent, so that what was meant for an earlier one is dropped.
    runs: u32,
    /// The next report arrives twice.
    pub twice: bool,
    chance: Chance,
    /// What came while it slept.
    asleep: Vec<AgentNext>,
}

/// A running agent.
struct Agent {
    cycle: Cycle,
    /// The moment of the only wake that counts.
    wake_at: u64,
    /// When the report that is under way was sent.
    sent: Option<u64>,
    /// The running copy of the test app that the latest reading found.
    found: Option<Timestamp>,
}

impl Device {
    /// Switched off.
    #[must_use]
    pub fn new(
        place: usize,
        id: DeviceId,
        seat: &scenario::Device,
        begins: Timestamp,
        chance: Chance,
    ) -> Self {
        Self {
            place,
            id,
            platform: seat.platform,
            machine: Machine::new(begins, seat.battery),
            disk: Disk::default(),
            shelf: None,
            run: None,
            agent: None,
            runs: 0,
            twice: false,
            chance,
            asleep: Vec::new(),
        }
    }

    /// It is switched on, and its agent starts.
    pub(super) fn boot(&mut self, world: &mut World<'_>) {
        if self.machine.state != State::Off {
            return;
        }
        let epoch = ClockEpoch::new(uuid::Builder::from_random_bytes(self.chance.bytes()).into_uuid());
        self.machine.boot(world.t, epoch);
        self.run = None;
        self.start_agent(world);
    }

    /// Its agent starts.
    pub(super) fn start_agent(&mut self, world: &mut World<'_>) {
        if self.agent.is_some() || self.machine.state != State::On {
            return;
        }
        let mut minting = Chance::from_seed(u64::from_be_bytes(first_eight(self.chance.bytes())));
        let mint =
            Box::new(move || StreamId::new(uuid::Builder::from_random_bytes(minting.bytes()).into_uuid()));
        // A disk that refuses even to be looked at: the agent would not start, and neither does this one.
        let Ok(outbox) = DiskOutbox::open(self.disk.clone(), mint) else {
            return;
        };
        let settings = Settings {
            device: self.id,
            platform: self.platform,
            collector: HostPort::parse("collector.school:8443").ok(),
            during_test: DuringTest::Quiet,
            agent_version: ShortText::fit(roomready_agent::VERSION),
        };
        let run = self.run.unwrap_or(ClockRun::begin(self.machine.epoch));
        let chance = Chance::from_seed(u64::from_be_bytes(first_eight(self.chance.bytes())));
        let now = self.now(world);
        let cycle = Cycle::start(settings, self.shelf.clone(), Box::new(outbox), run, chance, now);
        self.runs += 1;
        self.agent = Some(Agent {
            cycle,
            wake_at: 0,
            sent: None,
            found: None,
        });
        self.turn(world);
    }

    /// Its power goes.
    pub(super) fn die(&mut self) {
        self.agent = None;
        self.asleep.clear();
        self.machine.stop();
    }

    /// Its agent ends without a word.
    pub(super) fn kill_agent(&mut self) {
        self.agent = None;
    }

    /// Its agent ends and says why.
    pub(super) fn say_goodbye(&mut self, reason: GoodbyeReason, world: &mut World<'_>) {
        let now = self.now(world);
        if self.machine.state != State::On {
            return;
        }
        if let Some(mut agent) = self.agent.take() {
            let report = agent.cycle.goodbye(reason, now);
            let _heard = self.send_now(report, world);
        }
    }

    /// Its lid is closed.
    pub(super) fn sleep(&mut self, announced: bool, world: &mut World<'_>) {
        if self.machine.state != State::On {
            return;
        }
        let now = self.now(world);
        if let Some(mut agent) = self.agent.take() {
            if announced {
                let report = agent.cycle.sleeps(now);
                agent.sent = None;
                match self.send_now(report, world) {
                    Ok(reply) => agent.cycle.replied(&reply, now),
                    Err(trouble) => agent.cycle.failed(&trouble, now),
                }
            }
            self.agent = Some(agent);
        }
        self.machine.state = State::Asleep { since_ms: world.t };
    }

    /// Its lid is opened: what came meanwhile is found.
    pub(super) fn wake(&mut self, world: &mut World<'_>) {
        if !self.machine.wake(world.t) {
            return;
        }
        for next in std::mem::take(&mut self.asleep) {
            self.hand_over(next, world);
        }
        self.turn(world);
    }

    /// Its test app is opened.
    pub(super) fn open_app(&mut self, t: u64) {
        if self.machine.state == State::On && self.machine.app.is_none() {
            self.machine.app = Some(self.machine.wall(t));
        }
    }

    /// Its test app ends.
    pub(super) fn end_app(&mut self, exit: ExitKind, world: &mut World<'_>) {
        let Some(copy) = self.machine.app.take() else {
            return;
        };
        self.machine.app_exit = exit;
        let now = self.now(world);
        if let Some(agent) = &mut self.agent
            && agent.found == Some(copy)
            && self.machine.state == State::On
        {
            agent.found = None;
            agent.cycle.app_ended(exit, now);
            self.turn(world);
        }
    }

    /// Something of a run of its agent happens.
    pub(super) fn agent(&mut self, run: u32, next: AgentNext, world: &mut World<'_>) {
        let Some(agent) = self.agent.as_ref().filter(|_| run == self.runs) else {
            // A report that was on its way arrives whatever became of its sender.
            if let AgentNext::Arrives(report) = next {
                let _nobody_waits = self.arrive(report, world);
            }
            return;
        };
        if matches!(next, AgentNext::Wake) && agent.wake_at != world.t {
            return;
        }
        if self.machine.is_empty(world.t) {
            self.die();
            return;
        }
        match (self.machine.state, next) {
            (_, AgentNext::Arrives(report)) => self.report_arrives(report, world),
            (State::Asleep { .. }, AgentNext::Wake) => {}
            (State::Asleep { .. }, next) => self.asleep.push(next),
            (_, next) => {
                self.hand_over(next, world);
                self.turn(world);
            }
        }
    }

    fn hand_over(&mut self, next: AgentNext, world: &World<'_>) {
        let now = self.now(world);
        let Some(agent) = &mut self.agent else {
            return;
        };
        match next {
            AgentNext::Wake | AgentNext::Arrives(_) => {}
            AgentNext::Read(read) => agent.cycle.read(read.0, read.1, now),
            AgentNext::Answered(answer) => {
                // Given up by a goodbye before sleep.
                if agent.sent.take().is_none() {
                    return;
                }
                match *answer {
                    Ok(reply) => agent.cycle.replied(&reply, now),
                    Err(trouble) => agent.cycle.failed(&trouble, now),
                }
            }
            AgentNext::Fetched(answer) => match *answer {
                Ok(fetched) => {
                    if let Some(assignment) = agent.cycle.fetched(Ok(fetched), now) {
                        self.shelf = Some(assignment.clone());
                    }
                }
                Err(trouble) => {
                    agent.cycle.fetched(Err(&trouble), now);
                }
            },
            AgentNext::Rotated => agent.cycle.rotated(),
        }
    }

    /// The cycle is asked what is due until nothing is due at once.
    fn turn(&mut self, world: &mut World<'_>) {
        for _ in 0..TURNS_AT_ONCE {
            let now = self.now(world);
            let Some(agent) = &mut self.agent else {
                return;
            };
            let todo = agent.cycle.tick(now);
            let wake_at = self.machine.when(todo.wake_at).max(world.t + 1);
            agent.wake_at = wake_at;
            if !self.begin(todo, world) {
                world
                    .queue
                    .plan(wake_at, Next::Agent(self.place, self.runs, AgentNext::Wake));
                return;
            }
        }
        // Whatever is still due is due again in a moment.
        if let Some(agent) = &mut self.agent {
            agent.wake_at = world.t + 1;
            world
                .queue
                .plan(world.t + 1, Next::Agent(self.place, self.runs, AgentNext::Wake));
        }
    }

    /// Begins what is due. True when something came back at once.
    fn begin(&mut self, todo: Todo, world: &mut World<'_>) -> bool {
        let mut at_once = false;
        for ask in todo.asks {
            let look = Look {
                device: self.place,
                platform: self.platform,
                machine: &self.machine,
                network: world.network,
                collector_runs: world.collector.runs(),
                t: world.t,
            };
            let facts = look.read(&ask);
            if is_of_the_network(&ask) {
                let back = world.t + look.takes_ms(&ask);
                self.plan(back, AgentNext::Read(Box::new((ask.kinds, facts))), world);
                continue;
            }
            let now = self.machine.moment(world.t);
            if let Some(agent) = &mut self.agent {
                if ask.kinds.contains(Kind::AppRun) {
                    agent.found = match facts.app_run.as_ref().and_then(Reading::value) {
                        Some(AppRun::Running { since }) => *since,
                        Some(AppRun::NotRunning) | None => None,
                    };
                }
                agent.cycle.read(ask.kinds, facts, now);
                at_once = true;
            }
        }
        if let Some(run) = todo.keep {
            self.run = Some(run);
        }
        if let Some(report) = todo.report {
            self.send(report, world);
        }
        if let Some(held) = todo.fetch {
            self.fetch(held.as_deref(), world);
        }
        if todo.rotate {
            self.plan(world.t + REFUSED_MS, AgentNext::Rotated, world);
        }
        at_once
    }

    fn send(&mut self, report: Report, world: &mut World<'_>) {
        if let Some(agent) = &mut self.agent {
            agent.sent = Some(world.t);
        }
        match self.way(world) {
            Ok(one_way) => self.plan(world.t + one_way, AgentNext::Arrives(Box::new(report)), world),
            Err((after, trouble)) => self.plan(
                world.t + after,
                AgentNext::Answered(Box::new(Err(trouble))),
                world,
            ),
        }
    }

    fn report_arrives(&mut self, report: Box<Report>, world: &mut World<'_>) {
        let sent = self
            .agent
            .as_ref()
            .and_then(|agent| agent.sent)
            .unwrap_or(world.t);
        let given_up = (sent + EXCHANGE_MS).max(world.t + 1);
        let (at, answer) = match self.arrive(report, world) {
            None => (given_up, Err(unreachable("no answer in time"))),
            Some(answer) => match self.way(world) {
                Ok(one_way) => (world.t + one_way, answer),
                Err(_) => (given_up, Err(unreachable("no answer in time"))),
            },
        };
        self.plan(at, AgentNext::Answered(Box::new(answer)), world);
    }

    /// A report that was sent arrives, if the way is still open then.
    fn arrive(
        &mut self,
        mut report: Box<Report>,
        world: &mut World<'_>,
    ) -> Option<Result<ReportReply, Trouble>> {
        if !world.network.collector(self.place).is_open() {
            return None;
        }
        if std::mem::take(&mut self.twice) {
            let again = AgentNext::Arrives(report.clone());
            // Of no run that there is: its answer is told to nobody.
            world
                .queue
                .plan(world.t + TWICE_MS, Next::Agent(self.place, NO_RUN, again));
        }
        world.collector.take(self.id, &mut report)
    }

    /// The last report before the end or before sleep: it arrives now or never.
    fn send_now(&mut self, report: Report, world: &mut World<'_>) -> Result<ReportReply, Trouble> {
        self.way(world).map_err(|(_, trouble)| trouble)?;
        self.arrive(Box::new(report), world)
            .unwrap_or_else(|| Err(unreachable("connection refused")))
    }

    fn fetch(&mut self, held: Option<&str>, world: &mut World<'_>) {
        match self.way(world) {
            Ok(one_way) => {
                let answer = world.collector.assignment(self.id, held);
                self.plan(world.t + 2 * one_way, AgentNext::Fetched(Box::new(answer)), world);
            }
            Err((after, trouble)) => {
                let after = after.min(FETCH_LIMIT_MS);
                self.plan(world.t + after, AgentNext::Fetched(Box::new(Err(trouble))), world);
            }
        }
    }

    /// How long one way to the collector takes, or when and how it turns out that there is none.
    fn way(&mut self, world: &World<'_>) -> Result<u64, (u64, Trouble)> {
        match world.network.collector(self.place) {
            Way::Open { .. } if !world.collector.runs() => {
                Err((REFUSED_MS, unreachable("connection refused")))
            }
            Way::Open { slow: false } => Ok(self.chance.between(ONE_WAY_MS.0, ONE_WAY_MS.1)),
            Way::Open { slow: true } => Ok(SLOW_WAY_MS),
            Way::NoLink => Err((NO_LINK_MS, unreachable("network is unreachable"))),
            Way::Silence => Err((SILENCE_MS, unreachable("no answer in time"))),
        }
    }

    fn plan(&self, at: u64, next: AgentNext, world: &mut World<'_>) {
        world.queue.plan(at, Next::Agent(self.place, self.runs, next));
    }

    fn now(&self, world: &World<'_>) -> Moment {
        self.machine.moment(world.t)
    }
}

fn unreachable(why: &str) -> Trouble {
    Trouble::Unreachable { why: why.to_owned() }
}

const fn first_eight(bytes: [u8; 16]) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..] = bytes;
    [a, b, c, d, e, f, g, h]
}
