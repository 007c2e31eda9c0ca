//! A whole school's network on this machine: rooms with a switch each, a router, the school's own machines, and the world
//! outside. Each machine is a network of the kernel's of its own; nothing in it reaches the machine's real network.
//!
//! ```text
//! 101-1 101-2 101-3        102-1 102-2 102-3        collector (10.3.9.10)
//!    └── switch 101            └── switch 102            │
//!           └─────────── router ──────┴──────────────────┘
//!                           └── outside: vendor (10.9.0.80), another host (10.9.0.90), remote collector (10.9.0.10)
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use super::{NSENTER, UNSHARE, hold_connections, made_in};
use crate::agent::AgentHome;
use crate::process::{Launch, Program};
use crate::school::{Plan, Record, SCHOOL};
use crate::wait::PATIENCE;

/// The vendor's host.
pub const VENDOR: &str = "10.9.0.80:443";
/// A host outside that has nothing to do with it.
pub const OUTSIDE: &str = "10.9.0.90:443";

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
    /// The vendor's host.
    Vendor,
    /// The way from the rooms to the collector, and nothing else.
    CollectorPath,
}

/// The machines, by name. Dropped, all of it ends.
pub struct Campus {
    machines: BTreeMap<String, Program>,
    rooms: Vec<String>,
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
        };
        for machine in ["router", "outside", "collector"] {
            campus.add(machine).await;
        }
        campus.join("router", "wan0", "outside", "net0");
        campus.on("router", "ip address add 10.9.0.1/24 dev wan0");
        campus.on(
            "outside",
            "for last in 80 90 10; do ip address add 10.9.0.$last/24 dev net0; done; ip route add default via 10.9.0.1",
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

    /// Starts a collector that believes the plan, and an enrolled agent on each device.
    ///
    /// # Panics
    ///
    /// When anything of it does not start.
    pub async fn open(self, stands: Stands, devices: u8) -> OpenSchool {
        let mut plan = Plan::new()
            .site(stands.word())
            .outside(OUTSIDE)
            .vendor_hosts(&[VENDOR]);
        for room in &self.rooms {
            plan = plan.room(room, crate::school::Sitting::Testing);
            for number in 1..=devices {
                let name = device(room, number);
                plan = plan.seat(
                    room,
                    &number.to_string(),
                    &name,
                    roomready_shared::facts::Platform::Linux,
                );
            }
        }
        let folder = tempfile::tempdir().expect("a folder for the school");
        let config = plan.write(folder.path());
        let data = folder.path().join("data");
        let (machine, address) = stands.machine();
        let serve = Launch::binary("roomready-collector")
            .args(["serve", "--listen", "127.0.0.1:8480", "--devices"])
            .arg(format!("{address}:8443"))
            .arg("--data")
            .arg(&data)
            .arg("--config")
            .arg(config);
        let collector = self.runs(machine, serve).start();
        collector.wait_for_line("devices report to https://").await;
        let mut school = OpenSchool {
            agents: BTreeMap::new(),
            _collector: collector,
            campus: self,
            folder,
            data,
        };
        for room in school.campus.rooms.clone() {
            for number in 1..=devices {
                school.enrol(&room, number).await;
            }
        }
        school
    }
}

/// What a device is called.
#[must_use]
pub fn device(room: &str, number: u8) -> String {
    format!("LAPTOP-{room}-{number}")
}

/// A school in which students test.
#[derive(Debug)]
pub struct OpenSchool {
    agents: BTreeMap<String, (AgentHome, Program)>,
    _collector: Program,
    /// Its network.
    pub campus: Campus,
    folder: TempDir,
    data: PathBuf,
}

impl OpenSchool {
    async fn enrol(&mut self, room: &str, number: u8) {
        let name = device(room, number);
        let file = self.folder.path().join(format!("{name}.toml"));
        let written = Launch::binary("roomready-collector")
            .args(["enrollment", "new", "--school", SCHOOL, "--room", room, "--data"])
            .arg(&self.data)
            .arg("--out")
            .arg(&file)
            .run()
            .await;
        assert_eq!(written.code(), Some(0), "{written:?}");
        let home = AgentHome::empty();
        let enroll = home
            .command("enroll")
            .arg("--file")
            .arg(&file)
            .args(["--name", &name]);
        let enrolled = self.campus.runs(&name, enroll).run().await;
        assert_eq!(enrolled.code(), Some(0), "{name}: {enrolled:?}");
        let agent = self.campus.runs(&name, home.command("run")).start();
        self.agents.insert(name, (home, agent));
    }

    /// The agent on a device.
    ///
    /// # Panics
    ///
    /// When there is none of this name.
    #[must_use]
    pub fn agent(&self, name: &str) -> &Program {
        &self
            .agents
            .get(name)
            .unwrap_or_else(|| panic!("no device is called {name}"))
            .1
    }

    /// What the collector's file holds.
    #[must_use]
    pub fn record(&self) -> Record {
        Record::open(&self.data)
    }
}
