//! A school on a campus in which students test: a real collector, and a real agent on each device.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;

use futures_util::future::join_all;
use roomready_shared::facts::Platform;
use tempfile::TempDir;

use super::{Campus, OUTSIDE, Stands, VENDOR, device};
use crate::agent::{AgentHome, TestApp};
use crate::process::{Launch, Program};
use crate::school::{Incident, Plan, Record, SCHOOL, Sitting};

const COLLECTOR: &str = "roomready-collector";
/// As the profiles of real test apps have it.
const LATENCY: &str =
    r#"limits = { target = "vendor", warn_above = "150ms", fail_above = "400ms", warn_loss_percent = 5 }"#;

/// The school. Dropped, everything in it is killed.
#[derive(Debug)]
pub struct OpenSchool {
    /// Its network.
    pub campus: Campus,
    stands: Stands,
    collector: Program,
    agents: BTreeMap<String, (AgentHome, Program)>,
    app: TestApp,
    running_app: Option<Program>,
    folder: TempDir,
    record: Record,
    /// Its incidents as of the record's latest line.
    read: RefCell<(u64, Vec<Incident>)>,
}

impl OpenSchool {
    /// Starts the collector with all devices on its roster, opens the test app, and enrols and starts the agents.
    ///
    /// # Panics
    ///
    /// When anything of it does not start.
    pub async fn open(campus: Campus, stands: Stands) -> Self {
        let app = TestApp::install();
        let folder = tempfile::tempdir().expect("a folder for the school");
        let mut plan = Plan::new()
            .site(stands.word())
            .outside(OUTSIDE)
            .vendor_hosts(&[VENDOR])
            .also("latency", LATENCY)
            .test_app(app.process());
        for room in campus.rooms() {
            plan = plan.room(room, Sitting::Testing);
        }
        for (room, number) in campus.seats() {
            let name = device(room, number);
            plan = plan.seat(room, &number.to_string(), &name, Platform::Linux);
        }
        plan.write(folder.path());
        let collector = serve(&campus, stands, &folder).await;
        let mut school = Self {
            record: Record::open(&folder.path().join("data")),
            running_app: Some(app.open()),
            agents: BTreeMap::new(),
            read: RefCell::default(),
            campus,
            stands,
            collector,
            app,
            folder,
        };
        let file = school.enrolment_file().await;
        let names: Vec<_> = school
            .campus
            .seats()
            .map(|(room, number)| device(room, number))
            .collect();
        let enrolled = names.iter().map(|name| school.enrolled(&file, name));
        let homes = join_all(enrolled).await;
        for (name, home) in names.into_iter().zip(homes) {
            let agent = school.campus.runs(&name, home.command("run")).start();
            school.agents.insert(name, (home, agent));
        }
        school
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    async fn enrolment_file(&self) -> PathBuf {
        let file = self.folder.path().join("enrolment.toml");
        let written = Launch::binary(COLLECTOR)
            .args(["enrollment", "new", "--school", SCHOOL, "--data"])
            .arg(self.data())
            .arg("--out")
            .arg(&file)
            .run()
            .await;
        assert_eq!(written.code(), Some(0), "{written:?}");
        file
    }

    async fn enrolled(&self, file: &std::path::Path, name: &str) -> AgentHome {
        let home = AgentHome::empty();
        let enroll = home
            .command("enroll")
            .arg("--file")
            .arg(file)
            .args(["--name", name]);
        let enrolled = self.campus.runs(name, enroll).run().await;
        assert_eq!(enrolled.code(), Some(0), "{name}: {enrolled:?}");
        home
    }

    /// Ends the agent on a device without warning.
    ///
    /// # Panics
    ///
    /// When there is none of this name.
    pub async fn kills_agent(&self, name: &str) {
        let (_, agent) = &self.agents[name];
        agent.kill().await;
    }

    /// Starts it again.
    ///
    /// # Panics
    ///
    /// When there is none of this name.
    pub fn starts_agent(&mut self, name: &str) {
        let (home, agent) = self.agents.get_mut(name).expect("a device of this name");
        *agent = self.campus.runs(name, home.command("run")).start();
    }

    /// Ends the collector without warning.
    pub async fn kills_collector(&self) {
        self.collector.kill().await;
    }

    /// Starts it again, on the same data.
    pub async fn starts_collector(&mut self) {
        self.collector = serve(&self.campus, self.stands, &self.folder).await;
    }

    /// Lets the test app crash on every device: they all run on one machine.
    pub async fn crashes_app(&mut self) {
        if let Some(app) = self.running_app.take() {
            app.kill().await;
        }
    }

    /// Opens it again.
    pub fn opens_app(&mut self) {
        self.running_app = Some(self.app.open());
    }

    /// What the collector's file holds.
    #[must_use]
    pub const fn record(&self) -> &Record {
        &self.record
    }

    /// Its incidents so far.
    #[must_use]
    pub fn incidents(&self) -> Vec<Incident> {
        let latest = self.record.latest_entry();
        let mut read = self.read.borrow_mut();
        if read.0 != latest {
            *read = (latest, self.record.incidents());
        }
        read.1.clone()
    }
}

/// Starts the collector where it stands, and waits until devices can reach it.
async fn serve(campus: &Campus, stands: Stands, folder: &TempDir) -> Program {
    let (machine, address) = stands.machine();
    let serve = Launch::binary(COLLECTOR)
        .args(["serve", "--listen", "127.0.0.1:8480", "--devices"])
        .arg(format!("{address}:8443"))
        .arg("--data")
        .arg(folder.path().join("data"))
        .arg("--config")
        .arg(folder.path().join(crate::school::CONFIG_FILE));
    let collector = campus.runs(machine, serve).start();
    // By then it has kept its own address, which the enrolment file is to say.
    collector.wait_for_line("collector is up").await;
    collector
}
