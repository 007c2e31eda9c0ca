//! Every page in a real browser: readable by everybody, honest when it cannot be, and never silently wrong.

mod accessible;
mod accounts;
mod elsewhere;
mod honest;
mod keyboard;
mod live;
mod mine;
mod plain;
mod presses;
mod proctors;
mod strain;

use std::time::Duration;

use roomready_shared::facts::Platform;
use roomready_tests::browser::Browser;
use roomready_tests::device::Beating;
use roomready_tests::school::{Plan, Sitting, Staff, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};

/// How often the devices of these stories report.
const BEAT: Duration = Duration::from_secs(2);

/// A school in which something is going on everywhere.
struct BusySchool {
    school: TestSchool,
    /// Heard for as long as they are held.
    devices: Vec<Beating>,
}

/// One of its devices, in the order in which they are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Its test app has crashed; it has the one incident.
    Crashed,
    /// Its test runs.
    Working,
    /// It cannot test.
    Failing,
}

impl BusySchool {
    /// Room 101 tests with an incident; 102 is prepared with a device that fails; 103 has nothing.
    async fn start() -> Self {
        let plan = Plan::testing_room("101")
            .room("102", Sitting::Sweep)
            .room("103", Sitting::None)
            .seat("101", "1", "LAPTOP-1", Platform::Windows)
            .seat("101", "2", "LAPTOP-2", Platform::Windows)
            .seat("101", "3", "CHROME-3", Platform::Chromeos)
            .seat("102", "1", "LAPTOP-4", Platform::Windows)
            .seat("102", "2", "LAPTOP-5", Platform::Windows);
        let school = TestSchool::start(&plan).await;
        let mut crashed = school.device("101", "LAPTOP-1", Platform::Windows).await;
        crashed.note_readings(8_192);
        crashed.open_app();
        crashed.report().await;
        crashed.crash_app();
        let mut working = school.device("101", "LAPTOP-2", Platform::Windows).await;
        working.note_readings(8_192);
        working.open_app();
        let mut failing = school.device("102", "LAPTOP-4", Platform::Windows).await;
        failing.note_readings(512);
        let devices = [crashed, working, failing]
            .map(|device| device.keep_reporting(BEAT))
            .into();
        let busy = Self { school, devices };
        busy.wait_for(&busy.school.room("101"), "Open incidents: 1").await;
        busy.wait_for(&busy.school.room("102"), "standing-not-ready")
            .await;
        busy
    }

    /// Waits until a page says something.
    async fn wait_for(&self, path: &str, says: &str) -> Staff {
        let staff = self.school.staff().await;
        wait_until(&format!("{says:?} on {path}"), PATIENCE, async || {
            let page = staff.page(path).await;
            if page.contains(says) { Ok(()) } else { Err(page) }
        })
        .await;
        staff
    }

    fn device_page(&self, who: Who) -> String {
        format!("/devices/{}", self.devices[who as usize].id)
    }

    /// The page of its one incident.
    async fn incident_page(&self) -> String {
        let page = self.school.staff().await.page("/incidents").await;
        let address = page.split('"').find(|text| text.starts_with("/incidents/"));
        address
            .unwrap_or_else(|| panic!("the log links to its incident: {page}"))
            .to_owned()
    }
}

/// A room of a whole class, nobody of which was heard yet.
fn full_class() -> Plan {
    (1..=30).fold(Plan::testing_room("101"), |plan, seat| {
        plan.seat(
            "101",
            &seat.to_string(),
            &format!("LAPTOP-{seat:02}"),
            Platform::Windows,
        )
    })
}

/// The browser has nothing to complain of, except perhaps of the status of the page itself.
async fn assert_no_complaint(browser: &Browser, page: &str, status: u16) {
    let complaints: Vec<String> = browser
        .complaints()
        .await
        .into_iter()
        .filter(|complaint| status == 200 || !complaint.contains(&format!("status of {status}")))
        .collect();
    assert!(complaints.is_empty(), "{page}: {complaints:#?}");
}
