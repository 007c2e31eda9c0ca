//! A whole school's network on this machine: rooms with a switch each, a router, the school's own machines, and the world
//! outside. Each machine is a network of the kernel's of its own; nothing in it reaches the machine's real network.
//!
//! ```text
//! 101-1 101-2 101-3        102-1 102-2 102-3        collector (10.3.9.10)
//!    └── switch 101            └── switch 102            │
//!           └─────────── router ──────┴──────────────────┘
//!                           └── relay ── outside: vendor (10.9.0.80), another host (10.9.0.90), remote collector (10.9.0.10)
//! ```

mod open;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::net::TcpListener;
use std::process::Command;

use super::{NSENTER, UNSHARE, hold_connections, made_in};
use crate::process::{Launch, Program};
use crate::wait::PATIENCE;
pub use open::OpenSchool;

/// The vendor's host.
pub const VENDOR: &str = "10.9.0.80:443";
/// A host outside that has nothing to do with it.
pub const OUTSIDE: &str = "10.9.0.90:443";

/// What carries packets late. In Python, which the suites have anyway: the packet sockets that it takes are not to be had in
/// Rust without `unsafe`.
const RELAY: &str = include_str!("campus/relay.py");
/// So late each way, in milliseconds: beyond what the slow story's limit allows, and within an agent's patience.
const LATE_MS: &str = "250";
/// Of so many packets one is lost.
const LOST: &str = "20";
const CARRIES_ALL: &str = "ip link set inner master way0 && ip link set outer master way0";

/// Holds a network open.
const HOLD: &str = "ip link set lo up && echo holding && exec sleep infinity";

/// Where the collector stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// In the school.
    OnPremises,
    /// Outside.
    Remote,
}

impl Stands {
    const fn machine(self) -> (&'static str, &'static str) {
        match self {
            Self::OnPremises => ("collector", "10.3.9.10"),
            Self::Remote => ("outside", "10.9.0.10"),
        }
    }

    /// As the settings file writes it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OnPremises => "on-premises",
            Self::Remote => "remote",
        }
    }
}

/// A part of the network that a story breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// The cable between a room's switch and the router.
    Room(&'a str),
    /// The router as a whole.
    Router,
    /// The cable from the router to the world.
    Uplink,
    /// The same, which still carries: each packet late, and some not at all.
    SlowUplink,
    /// The vendor's host.
    Vendor,
    /// The way from the rooms to the collector, and nothing else.
    CollectorPath,
}

/// The machines, by name. Dropped, all of it ends.
pub struct Campus {
    machines: BTreeMap<String, Program>,
    rooms: Vec<String>,
    devices: u8,
    /// The program that carries what goes through the uplink, while that is slow.
    carrier: RefCell<Option<Program>>,
}

impl fmt::Debug for Campus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Campus")
            .field("rooms", &self.rooms)
            .finish_non_exhaustive()
    }
}

impl Campus {
    /// Lays it with so many devices in each room, or says why this machine permits none.
    ///
    /// # Panics
    ///
    /// When it permits networks and cannot lay this one.
    pub async fn lay(rooms: &[&str], devices: u8) -> Option<Self> {
        let permitted = Command::new(UNSHARE)
            .args(["--net", "ip", "link", "add", "try0", "type", "bridge"])
            .status();
        if !rustix::process::geteuid().is_root() || !permitted.is_ok_and(|status| status.success()) {
            eprintln!(
                "not run: laying a school's network needs root, and a kernel that permits networks and bridges"
            );
            return None;
        }
        let mut campus = Self {
            machines: BTreeMap::new(),
            rooms: rooms.iter().map(|room| (*room).to_owned()).collect(),
            devices,
            carrier: RefCell::default(),
        };
        for machine in ["router", "relay", "outside", "collector"] {
            campus.add(machine).await;
        }
        campus.join("router", "wan0", "relay", "inner");
        campus.join("relay", "outer", "outside", "net0");
        campus.on("relay", "ip link add way0 type bridge && ip link set way0 up");
        campus.on("relay", CARRIES_ALL);
        campus.on("router", "ip address add 10.9.0.1/24 dev wan0");
        campus.on(
            "outside",
            "for last in 10 90 80; do ip address add 10.9.0.$last/24 dev net0; done; ip route add default via 10.9.0.1",
        );
        campus.join("router", "lan0", "collector", "net0");
        campus.on(
            "router",
            "ip address add 10.3.9.1/24 dev lan0 && echo 1 > /proc/sys/net/ipv4/ip_forward",
        );
        campus.on(
            "collector",
            "ip address add 10.3.9.10/24 dev net0 && ip route add default via 10.3.9.1",
        );
        for (at, room) in (1..).zip(rooms) {
            campus.lay_room(at, room, devices).await;
        }
        for service in [VENDOR, OUTSIDE] {
            hold_connections(made_in(campus.machine("outside"), move || {
                TcpListener::bind(service)
            }));
        }
        Some(campus)
    }

    /// Its rooms.
    pub fn rooms(&self) -> impl Iterator<Item = &str> {
        self.rooms.iter().map(String::as_str)
    }

    /// Each device by its room and seat.
    pub fn seats(&self) -> impl Iterator<Item = (&str, u8)> {
        self.rooms()
            .flat_map(|room| (1..=self.devices).map(move |number| (room, number)))
    }

    async fn lay_room(&mut self, at: u8, room: &str, devices: u8) {
        let switch = format!("switch-{room}");
        self.add(&switch).await;
        self.on(&switch, "ip link add sw0 type bridge && ip link set sw0 up");
        let port = format!("room{at}");
        self.join(&switch, "up0", "router", &port);
        self.on(&switch, "ip link set up0 master sw0");
        self.on("router", &format!("ip address add 10.3.{at}.1/24 dev {port}"));
        for number in 1..=devices {
            let name = device(room, number);
            self.add(&name).await;
            let port = format!("port{number}");
            self.join(&switch, &port, &name, "net0");
            self.on(&switch, &format!("ip link set {port} master sw0"));
            self.on(
                &name,
                &format!(
                    "ip address add 10.3.{at}.{}/24 dev net0 && ip route add default via 10.3.{at}.1",
                    10 + number
                ),
            );
        }
    }

    async fn add(&mut self, machine: &str) {
        let holder = Launch::command(UNSHARE)
            .args(["--net", "/bin/sh", "-c", HOLD])
            .start();
        holder
            .wait_for("its network", PATIENCE, |line| (line == "holding").then_some(()))
            .await;
        self.machines.insert(machine.to_owned(), holder);
    }

    fn machine(&self, name: &str) -> &Program {
        self.machines
            .get(name)
            .unwrap_or_else(|| panic!("no machine is called {name}"))
    }

    /// Lays a cable between two machines.
    fn join(&self, one: &str, end: &str, other: &str, other_end: &str) {
        let there = self.machine(other).pid();
        self.on(
            one,
            &format!(
                "ip link add dev {end} type veth peer name {other_end} netns {there} && ip link set {end} up"
            ),
        );
        self.on(other, &format!("ip link set {other_end} up"));
    }

    fn on(&self, machine: &str, line: &str) {
        let pid = self.machine(machine).pid().to_string();
        let done = Command::new(NSENTER)
            .args(["--target", &pid, "--net", "--", "/bin/sh", "-c", line])
            .output()
            .unwrap_or_else(|fault| panic!("{machine}: {line}: {fault}"));
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{machine}: {line}: {said}");
    }

    /// A program on one of the machines.
    #[must_use]
    pub fn runs(&self, machine: &str, program: Launch) -> Launch {
        let pid = self.machine(machine).pid().to_string();
        program.wrapped_in(NSENTER, &["--target", &pid, "--net", "--"])
    }

    /// Breaks a part.
    pub fn breaks(&self, part: Part<'_>) {
        self.set(part, "down");
    }

    /// Mends it.
    pub fn mends(&self, part: Part<'_>) {
        self.set(part, "up");
    }

    fn set(&self, part: Part<'_>, state: &str) {
        let broken = state == "down";
        match part {
            Part::Room(room) => self.on(&format!("switch-{room}"), &format!("ip link set up0 {state}")),
            Part::Router => {
                let forward = u8::from(!broken);
                // A router without power answers nobody either.
                self.on(
                    "router",
                    &format!(
                        "echo {forward} > /proc/sys/net/ipv4/ip_forward && \
                         echo {} > /proc/sys/net/ipv4/icmp_echo_ignore_all",
                        u8::from(broken)
                    ),
                );
            }
            // A cable that goes down takes its address's routes with it only at the far end; the default stays.
            Part::Uplink => self.on("router", &format!("ip link set wan0 {state}")),
            Part::SlowUplink => self.slows(broken),
            // Not the first address of its machine: the others would go with that one.
            Part::Vendor => {
                let what = if broken { "del" } else { "add" };
                self.on("outside", &format!("ip address {what} 10.9.0.80/24 dev net0"));
            }
            Part::CollectorPath => {
                let what = if broken { "add" } else { "del" };
                self.on("router", &format!("ip route {what} blackhole 10.3.9.10/32"));
            }
        }
    }
}

impl Campus {
    /// The relay is a bridge of the kernel's, or a program that takes the bridge's place.
    fn slows(&self, slow: bool) {
        let program = slow.then(|| {
            self.on(
                "relay",
                "ip link set inner nomaster && ip link set outer nomaster",
            );
            let python = Launch::command("python3").args(["-c", RELAY, LATE_MS, LOST, "inner", "outer"]);
            self.runs("relay", python).start()
        });
        *self.carrier.borrow_mut() = program;
        if !slow {
            self.on("relay", CARRIES_ALL);
        }
    }
}

/// What a device is called.
#[must_use]
pub fn device(room: &str, number: u8) -> String {
    format!("LAPTOP-{room}-{number}")
}
