//! `roomready-watch` on a computer of the staff: confirmed in a real browser, shown by a real notification service, and
//! silent where a student may sit.

use std::os::unix::fs::PermissionsExt as _;

use roomready_shared::facts::Platform;
use roomready_tests::browser::Browser;
use roomready_tests::desktop::{Desktop, Sign};
use roomready_tests::process::{Launch, Program};
use roomready_tests::school::{Plan, Sitting, TECHNICIAN, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};
use tempfile::TempDir;

/// A computer of the office, with the folder in which its sign-in is kept.
struct Office {
    folder: TempDir,
    computer: &'static str,
}

impl Office {
    fn new(computer: &'static str) -> Self {
        let folder = tempfile::tempdir().expect("a folder for a sign-in");
        Self { folder, computer }
    }

    fn watch(&self, words: &[&str]) -> Launch {
        Launch::binary("roomready-watch")
            .args(words.iter().copied())
            .env("ROOMREADY_WATCH_FOLDER", self.folder.path().join("roomready"))
            .env("ROOMREADY_WATCH_COMPUTER", self.computer)
            .env("ROOMREADY_WATCH_LOG", "info")
    }

    /// Signs in as the technician, who confirms it in this browser.
    async fn sign_in(&self, school: &TestSchool, browser: &Browser) {
        let program = self.watch(&["sign-in", &school.url("")]).start();
        let page = program.wait_for_url().await;
        let (_, code) = page.split_once("?code=").expect("the link carries the code");
        browser.open(&page).await;
        let text = browser.text().await;
        for told in [code, self.computer] {
            assert!(text.contains(told), "{told} in {text}");
        }
        browser.click(".act-yes").await;
        let ended = program.ended(PATIENCE).await;
        assert_eq!(ended.code(), Some(0), "{}", program.tail());
    }
}

async fn school() -> TestSchool {
    let plan = Plan::testing_room("101").room("102", Sitting::Testing).seat(
        "101",
        "1",
        "LAPTOP-1",
        Platform::Windows,
    );
    TestSchool::start(&plan).await
}

/// Waits until the service has shown something with all of these in it, from this line on; gives the line after it.
async fn shows(service: &Program, from: usize, all: &[&str]) -> usize {
    let what = format!("a notice with {all:?}");
    wait_until(&what, PATIENCE, async || {
        let lines: Vec<String> = service
            .lines()
            .into_iter()
            .skip(from)
            .map(|line| line.text)
            .collect();
        let text = lines.join("\n");
        if all.iter().all(|told| text.contains(told)) {
            Ok(from + lines.len())
        } else {
            Err(text)
        }
    })
    .await
}

#[tokio::test]
async fn a_technician_is_told_what_happens_and_by_name_of_nobody() {
    let desktop = Desktop::start().await;
    let service = desktop.notification_service().await;
    let mut school = school().await;
    let browser = school.browser_at("/account").await;
    let office = Office::new("OFFICE-3");
    office.sign_in(&school, &browser).await;
    let kept = office.folder.path().join("roomready").join("watch.json");
    let mode = |path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(kept.as_path()), 0o600, "nobody else reads it");
    assert_eq!(mode(kept.parent().expect("a folder")), 0o700);
    let status = office.watch(&["status"]).run().await;
    assert_eq!(status.code(), Some(0), "{status:?}");
    assert!(status.stdout.contains("nothing is open"), "{status:?}");

    let watch = desktop.inside(office.watch(&["run"])).start();
    watch.wait_for_line("connected").await;

    // Several things within a few seconds are one notice; both pages are open before, as loading one may take as long.
    let beside = school.browser_at(&school.room("102")).await;
    browser.open(&school.url(&school.room("101"))).await;
    tokio::join!(browser.click(".act-hand"), beside.click(".act-hand"));
    let line = shows(&service, 0, &["2 things need somebody", "Room 101", "Room 102"]).await;
    watch.wait_for_line("things=2").await;

    // An incident with its place.
    let mut crashed = school.device("101", "LAPTOP-1", Platform::Windows).await;
    crashed.note_readings(8_192);
    crashed.open_app();
    crashed.report().await;
    crashed.crash_app();
    let reporting = crashed.keep_reporting(std::time::Duration::from_secs(2));
    let line = shows(&service, line, &["Room 101, Lincoln Middle School", "/my-rooms"]).await;

    // Lost once, back once.
    school.kill().await;
    let line = shows(&service, line, &["No connection to RoomReady"]).await;
    school.start_again().await;
    let line = shows(&service, line, &["connected again"]).await;
    drop(reporting);

    // Ended on the account's page.
    browser.open(&school.url("/account")).await;
    assert!(browser.text().await.contains("OFFICE-3"));
    browser.click("[action^='/account/computers'] button").await;
    let ended = watch.ended(PATIENCE).await;
    assert_eq!(ended.code(), Some(30), "{}", watch.tail());
    shows(&service, line, &["shows no more notices here"]).await;
    let all: Vec<String> = service.lines().into_iter().map(|line| line.text).collect();
    assert!(
        !all.iter().any(|line| line.contains(TECHNICIAN)),
        "no notice names a person: {all:#?}"
    );
    let told = |words: &str| all.iter().filter(|line| line.contains(words)).count();
    assert_eq!(told("summary: 'No connection to RoomReady'"), 1, "{all:#?}");
    browser.close().await;
}

#[tokio::test]
async fn on_a_student_s_device_it_neither_signs_in_nor_shows_anything() {
    let mut desktop = Desktop::start().await;
    let _service = desktop.notification_service().await;
    let school = school().await;
    let student = Office::new("LAPTOP-1");
    let refused = student.watch(&["sign-in", &school.url("")]).run().await;
    assert_eq!(refused.code(), Some(2), "{refused:?}");
    assert!(
        refused.stderr.contains("LAPTOP-1 is a testing device"),
        "{refused:?}"
    );

    // Nor does a sign-in that was carried there.
    let office = Office::new("OFFICE-3");
    let browser = school.browser_at("/account").await;
    office.sign_in(&school, &browser).await;
    let carried = Office {
        folder: office.folder,
        computer: "LAPTOP-1",
    };
    desktop.settle().await;
    let refused = desktop.inside(carried.watch(&["run"])).run().await;
    assert_eq!(refused.code(), Some(2), "{refused:?}");
    // Not even that it cannot reach the collector, which knows whose device this is.
    school.kill().await;
    let watch = desktop.inside(carried.watch(&["run"])).start();
    watch.wait_for_line("does not answer").await;
    assert_eq!(watch.stop().await.code(), Some(0));
    desktop.settle().await;
    let notices = desktop
        .all_bus_words()
        .into_iter()
        .filter(|word| word.contains("member=Notify"));
    assert_eq!(notices.count(), 0, "nothing shows in front of a student");

    // Whoever saw nothing must have been able to see.
    desktop.notify().await;
    wait_until("the notice on the bus", PATIENCE, async || {
        let seen = |sign: &Sign| matches!(sign, Sign::OnTheBus(word) if word.contains("member=Notify"));
        desktop.signs().iter().any(seen)
    })
    .await;
    browser.close().await;
}

#[tokio::test]
async fn it_says_what_is_missing() {
    let school = school().await;
    let office = Office::new("OFFICE-3");
    for command in ["run", "status"] {
        let told = office.watch(&[command]).run().await;
        assert_eq!(told.code(), Some(30), "{told:?}");
        let words = format!("{}{}", told.stdout, told.stderr);
        assert!(words.contains("roomready-watch sign-in"), "{words}");
    }
    let browser = school.browser_at("/account").await;
    office.sign_in(&school, &browser).await;
    let nowhere = office
        .watch(&["run"])
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
        .run()
        .await;
    assert_eq!(nowhere.code(), Some(2), "{nowhere:?}");
    assert!(nowhere.stderr.contains("shows no notices"), "{nowhere:?}");
    let overheard = office.watch(&["sign-in", "http://rooms.example.org"]).run().await;
    assert_eq!(overheard.code(), Some(2), "{overheard:?}");
    assert!(overheard.stderr.contains("https"), "{overheard:?}");
    let out = office.watch(&["sign-out"]).run().await;
    assert_eq!(out.code(), Some(0), "{out:?}");
    browser.open(&school.url("/account")).await;
    assert!(
        !browser.text().await.contains("OFFICE-3"),
        "it ended at the collector too"
    );
    assert_eq!(office.watch(&["status"]).run().await.code(), Some(30));
    browser.close().await;
}
