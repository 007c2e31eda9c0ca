//! The test app, followed by its handle, and the way to a real collector.

use jiff::{SignedDuration, Timestamp};
use roomready_shared::facts::Platform;
use roomready_tests::clock::now;
use roomready_tests::process::Program;
use roomready_tests::school::{NewsRow, Plan, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};

use crate::wine::{AT_ONCE, Windows, assert_went_well, seen_from_windows};

/// A test app that is open until it is told how to end.
struct App {
    said: tempfile::TempDir,
    program: Program,
}

impl App {
    fn open(windows: &Windows) -> Self {
        let place = windows.install("TestProbe.exe");
        let said = tempfile::tempdir().expect("a folder");
        let word = seen_from_windows(&said.path().join("code"));
        let program = windows.command("wine").arg(place).arg(word).start();
        Self { said, program }
    }

    /// Ends it with an exit code and says when.
    async fn end(self, code: u32) -> Timestamp {
        let written = self.said.path().join("being-written");
        std::fs::write(&written, code.to_string()).expect("the folder takes files");
        let at = now();
        std::fs::rename(written, self.said.path().join("code")).expect("the folder takes files");
        self.program.ended(PATIENCE).await;
        at
    }
}

fn of_kind(school: &TestSchool, kind: &str) -> Vec<NewsRow> {
    let all = school.record().all_news();
    all.into_iter().filter(|row| row.body["kind"] == kind).collect()
}

#[tokio::test]
async fn the_end_of_the_test_app_is_seen_at_once_and_with_its_kind() {
    let plan = Plan::testing_room("101").seat("101", "1", "LAPTOP-1", Platform::Windows);
    let school = TestSchool::start(&plan).await;
    let key = school.enrolment_key("101", 1).await;
    let laptop = Windows::fresh().await;
    let enrolled = laptop
        .agent("enroll")
        .args([
            "--collector",
            &school.url(""),
            "--key",
            &key,
            "--name",
            "LAPTOP-1",
        ])
        .args(["--data", r"C:\roomready"])
        .run()
        .await;
    assert_went_well(&enrolled);
    let printed = laptop
        .agent("report")
        .args(["--print", "--data", r"C:\roomready"])
        .run()
        .await;
    assert_went_well(&printed);
    let agent = laptop.agent("run").args(["--data", r"C:\roomready"]).start();

    for (round, (code, kind)) in [(0, "normal"), (0xC000_0005, "crashed"), (1, "crashed")]
        .into_iter()
        .enumerate()
    {
        let app = App::open(&laptop);
        wait_until("the app's start on the record", PATIENCE, async || {
            of_kind(&school, "app_started").len() > round
        })
        .await;
        let ended = app.end(code).await;
        let row = wait_until("its end on the record", PATIENCE, async || {
            of_kind(&school, "app_ended").get(round).cloned()
        })
        .await;
        assert_eq!(row.body["exit"], kind, "exit code {code:#x}");
        let seen = Timestamp::from_microsecond(row.at).expect("a time");
        let took = seen.duration_since(ended);
        let limit = SignedDuration::try_from(AT_ONCE).expect("a second");
        assert!(took < limit, "code {code:#x} was seen after {took}");
        eprintln!("exit code {code:#x}: {kind}, seen after {took:#}");
    }
    drop(agent);
}
