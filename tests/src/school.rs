//! A school of its own for one test: a real collector on a fresh data folder, with rooms, a roster and sittings
//! around the present moment.

mod address;
mod incidents;
mod plan;
mod record;
mod staff;

use address::address_to_come_back_to;
pub use incidents::Incident;
pub(crate) use plan::CONFIG_FILE;
pub use plan::{Plan, Sitting, TEST_APP, rule};
pub use record::{EntryRow, NewsRow, Record};
pub use staff::Staff;

use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::browser::Browser;
use crate::device::FakeDevice;
use crate::http::client;
use crate::process::{Finished, Launch, Program, url_in};
use crate::wait::{PATIENCE, wait_until};
use roomready_shared::facts::Platform;

/// The one school of a [`TestSchool`], by its id.
pub const SCHOOL: &str = "lincoln-ms";
/// Its name.
pub const SCHOOL_NAME: &str = "Lincoln Middle School";
/// The name of its district.
pub const DISTRICT: &str = "Cedar Valley Schools";

/// Who looks after its devices.
pub const TECHNICIAN: &str = "Tess Ward";

/// The school's coordinator.
const COORDINATOR: &str = "Rosa Reyes";

const COLLECTOR: &str = "roomready-collector";

/// A running school. Dropped, its collector is killed and its folder removed.
#[derive(Debug)]
pub struct TestSchool {
    collector: Program,
    address: String,
    folder: TempDir,
    data: PathBuf,
    technician: OnceCell<()>,
}

impl TestSchool {
    /// A school as planned, with its collector up and ready.
    pub async fn start(plan: &Plan) -> Self {
        Self::start_in(plan, |serve| serve).await
    }

    /// The same, with a collector that is started in a special way: more arguments, another environment.
    pub async fn start_in(plan: &Plan, special: impl FnOnce(Launch) -> Launch) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the school");
        plan.write(folder.path());
        let data = folder.path().join("data");
        let serve = special(serve(folder.path(), &data, &address_to_come_back_to()));
        let (collector, address) = up(serve).await;
        Self {
            collector,
            address,
            folder,
            data,
            technician: OnceCell::new(),
        }
    }

    /// Where the collector listens: `127.0.0.1:4711`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The address of a page or of a call.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The board of one of its rooms, as a path.
    #[must_use]
    pub fn room(&self, room: &str) -> String {
        format!("/schools/{SCHOOL}/rooms/{room}")
    }

    /// The folder of the settings files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The collector's data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The collector itself.
    #[must_use]
    pub fn collector(&self) -> &Program {
        &self.collector
    }

    /// Ends the collector without warning, as a power cut would.
    pub async fn kill(&self) {
        self.collector.kill().await;
    }

    /// Asks the collector to stop, and says how it went.
    pub async fn stop(&self) -> ExitStatus {
        self.collector.stop().await
    }

    /// Starts the collector again, at the same address and on the same data. It must have ended before.
    pub async fn start_again(&mut self) {
        assert!(
            self.collector.status().is_some(),
            "the collector still runs: end it before it is started again"
        );
        let (collector, address) = up(serve(self.folder.path(), &self.data, &self.address)).await;
        self.collector = collector;
        self.address = address;
    }

    /// From its next start on, the collector uses this data folder.
    pub fn move_to(&mut self, data: &Path) {
        data.clone_into(&mut self.data);
    }

    /// A collector command on this school's data folder, such as `sign-in-link`.
    #[must_use]
    pub fn command(&self, words: &[&str]) -> Launch {
        Launch::binary(COLLECTOR)
            .args(words.iter().copied())
            .arg("--data")
            .arg(self.data())
            .args(["--listen", &self.address])
    }

    /// A sign-in link that nobody has used, for the school's technician.
    pub async fn sign_in_link(&self) -> String {
        self.technician
            .get_or_init(async || {
                let made = create_technician(self.data()).run().await;
                assert_eq!(made.code(), Some(0), "{made:?}");
            })
            .await;
        let made = self
            .command(&["sign-in-link", "--account", TECHNICIAN])
            .run()
            .await;
        url_in(&made.stdout).unwrap_or_else(|| panic!("no sign-in link came: {made:?}"))
    }

    /// A browser at one of the pages, in which the school's coordinator is signed in.
    ///
    /// # Panics
    ///
    /// When the coordinator cannot be made.
    pub async fn coordinator_at(&self, path: &str) -> Browser {
        let role = ["--role", "school-coordinator", "--school", SCHOOL];
        self.somebody_at(COORDINATOR, &role, path).await
    }

    /// A browser at one of the pages, in which the district's coordinator is signed in.
    ///
    /// # Panics
    ///
    /// When the coordinator cannot be made.
    pub async fn district_coordinator_at(&self, path: &str) -> Browser {
        let role = ["--role", "district-coordinator"];
        self.somebody_at("D. Okafor", &role, path).await
    }

    async fn somebody_at(&self, name: &str, role: &[&str], path: &str) -> Browser {
        let made = Launch::binary(COLLECTOR)
            .args(["account", "create", "--name", name])
            .args(role.iter().copied())
            .arg("--data")
            .arg(self.data())
            .run()
            .await;
        assert_eq!(made.code(), Some(0), "{made:?}");
        record::give_second_factor(self.data(), name);
        let link = self.command(&["sign-in-link", "--account", name]).run().await;
        let link = url_in(&link.stdout).unwrap_or_else(|| panic!("no sign-in link came: {link:?}"));
        let browser = Browser::start().await;
        browser.open(&link).await;
        browser.click("main button").await;
        wait_until("the overview", PATIENCE, async || {
            let url = browser.url().await;
            if url == self.url("/") { Ok(()) } else { Err(url) }
        })
        .await;
        browser.open(&self.url(path)).await;
        browser
    }

    /// Somebody of the staff, signed in.
    pub async fn staff(&self) -> Staff {
        Staff::sign_in(&self.sign_in_link().await).await
    }

    /// Signs a browser in.
    pub async fn sign_in(&self, browser: &Browser) {
        browser.open(&self.sign_in_link().await).await;
        browser.click("main button").await;
        wait_until("the link leads to the overview", PATIENCE, async || {
            let here = browser.url().await;
            if here == self.url("/") { Ok(()) } else { Err(here) }
        })
        .await;
    }

    /// A browser that is signed in, at one of the pages.
    pub async fn browser_at(&self, path: &str) -> Browser {
        let browser = Browser::start().await;
        self.sign_in(&browser).await;
        browser.open(&self.url(path)).await;
        browser
    }

    /// A key that lets devices into a room.
    pub async fn enrolment_key(&self, room: &str, uses: u32) -> String {
        let made: Finished = self
            .command(&["enrollment", "new", "--school", SCHOOL, "--room", room])
            .args(["--uses", &uses.to_string()])
            .run()
            .await;
        let line = made
            .stdout
            .lines()
            .next()
            .unwrap_or_else(|| panic!("no key came: {made:?}"));
        let (_words, key) = line.rsplit_once(": ").expect("the key stands after a colon");
        key.to_owned()
    }

    /// A device that speaks the wire without an agent, enrolled in a room.
    pub async fn device(&self, room: &str, name: &str, platform: Platform) -> FakeDevice {
        let key = self.enrolment_key(room, 1).await;
        FakeDevice::enrol(&self.address, &key, name, platform).await
    }

    /// What the collector's file holds, read beside it.
    #[must_use]
    pub fn record(&self) -> Record {
        Record::open(self.data())
    }
}

/// The command that makes the school's technician.
#[must_use]
pub fn create_technician(data: &Path) -> Launch {
    Launch::binary(COLLECTOR)
        .args(["account", "create", "--name", TECHNICIAN])
        .args(["--role", "technician", "--school", SCHOOL, "--data"])
        .arg(data)
}

fn serve(folder: &Path, data: &Path, listen: &str) -> Launch {
    Launch::binary(COLLECTOR)
        .arg("serve")
        .arg("--data")
        .arg(data)
        .args(["--listen", listen])
        .arg("--config")
        .arg(folder.join(CONFIG_FILE))
}

/// Starts a collector and waits until it says that it is ready.
async fn up(serve: Launch) -> (Program, String) {
    let collector = serve.start();
    let url = collector.wait_for_url().await;
    let address = url
        .strip_prefix("http://")
        .expect("it listens on plain HTTP")
        .to_owned();
    let client = client();
    let ready = format!("http://{address}/readyz");
    wait_until("a ready collector", PATIENCE, async || {
        match client.get(&ready).send().await {
            Ok(answer) if answer.status() == 200 => Ok(()),
            Ok(answer) => Err(answer.status().to_string()),
            Err(fault) => Err(fault.to_string()),
        }
    })
    .await;
    (collector, address)
}
