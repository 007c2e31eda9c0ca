use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use roomready_shared::requirement::Requirement;

use super::*;
use crate::clock::FakeClock;
use crate::config::load_text;
use crate::domain::plan::District;

const VENDOR: &str = "login.example.org";
const OUTSIDE: &str = "outside.example";

/// A world in which a test says who answers.
#[derive(Default)]
struct World {
    answering: Mutex<BTreeSet<&'static str>>,
    tried: Mutex<u32>,
}

impl Vantage for World {
    fn answers<'a>(&'a self, host: &'a HostPort) -> BoxFuture<'a, bool> {
        *self.tried.lock().unwrap() += 1;
        let answers = self.answering.lock().unwrap().contains(host.host());
        async move { answers }.boxed()
    }
}

/// Two schools of which one tests from half past eight to ten, and a collector that looks.
struct Looking {
    district: District,
    world: World,
    clock: FakeClock,
    sights: Sights,
}

impl Looking {
    fn at(time: &str) -> Self {
        let profile = r#"
[profile]
id = "example"
title = "Example requirements"
platform = "Example"
valid_from = 2026-07-15
review_by = 2027-07-15
hosts = ["login.example.org:443", "answers.example.org:443"]
[app]
name = "Example"
[app.windows]
processes = ["Example.exe"]
[[rule]]
id = "memory"
title = "Memory"
kind = "memory"
limits = { minimum = "2 GB" }
on = [{ platforms = ["windows"], demand = "required", settled_by = ["agent"] }]
time_to_live = "180d"
basis = "vendor"
source = "Example"
as_of = 2026-04-06
confidence = "high"
fix = "Use another device."
"#;
        let text = r#"
district = "D"
zone = "UTC"
profile = "p.toml"
[network]
outside = "outside.example:443"
[[school]]
id = "lincoln-ms"
name = "Lincoln"
  [[school.room]]
  id = "101"
  name = "Room 101"
[[school]]
id = "oak-es"
name = "Oak"
[[session]]
id = "math"
name = "Math"
school = "lincoln-ms"
room = "101"
starts = "2026-10-06 08:30"
ends = "2026-10-06 10:00"
timing = "timed"
"#;
        let requirement = Requirement::from_profile("p.toml", profile).unwrap();
        Self {
            district: load_text("c.toml", text, &Arc::new(requirement)).unwrap(),
            world: World::default(),
            clock: FakeClock::at(time.parse().unwrap()),
            sights: Sights::default(),
        }
    }

    /// One look, after 15 s.
    async fn looks(&mut self, answering: &[&'static str]) -> Vec<(String, Looked)> {
        *self.world.answering.lock().unwrap() = answering.iter().copied().collect();
        let wanted = Wanted::of(&self.district, self.clock.wall());
        let told = look(&mut self.sights, wanted, &self.world, &self.clock).await;
        self.clock.pass(limits::LOOK_OUTSIDE_EVERY);
        told.into_iter()
            .map(|(school, looked)| (school.to_string(), looked))
            .collect()
    }

    fn tries(&self) -> u32 {
        std::mem::take(&mut *self.world.tried.lock().unwrap())
    }
}

fn lincoln(vendor: Option<bool>, outside: Option<bool>) -> Vec<(String, Looked)> {
    vec![("lincoln-ms".to_owned(), Looked { vendor, outside })]
}

#[tokio::test(start_paused = true)]
async fn what_answers_is_told_when_it_changes_and_each_minute() {
    let mut looking = Looking::at("2026-10-06T08:30:00Z");
    assert_eq!(
        looking.looks(&[VENDOR, OUTSIDE]).await,
        lincoln(Some(true), Some(true))
    );
    for _ in 0..3 {
        assert_eq!(looking.looks(&[VENDOR, OUTSIDE]).await, []);
    }
    assert_eq!(
        looking.looks(&[VENDOR, OUTSIDE]).await,
        lincoln(Some(true), Some(true))
    );
    assert_eq!(looking.looks(&[OUTSIDE]).await, lincoln(Some(false), Some(true)));
    assert_eq!(looking.looks(&[OUTSIDE]).await, []);
    assert_eq!(looking.looks(&[]).await, lincoln(Some(false), Some(false)));
}

#[tokio::test(start_paused = true)]
async fn what_never_answered_here_is_no_evidence_against_anybody() {
    let mut looking = Looking::at("2026-10-06T08:30:00Z");
    assert_eq!(looking.looks(&[]).await, [], "a firewall may keep us in");
    assert_eq!(looking.looks(&[OUTSIDE]).await, lincoln(None, Some(true)));
    assert_eq!(looking.looks(&[]).await, lincoln(None, Some(false)));
}

#[tokio::test(start_paused = true)]
async fn nobody_is_tried_unless_students_test_and_the_end_is_told() {
    let mut looking = Looking::at("2026-10-06T08:29:45Z");
    assert_eq!(looking.looks(&[VENDOR, OUTSIDE]).await, []);
    assert_eq!(looking.tries(), 0);
    assert_eq!(looking.looks(&[VENDOR, OUTSIDE]).await.len(), 1);
    assert_eq!(
        looking.tries(),
        4,
        "three hosts, and the one that is silent once more"
    );
    looking.clock.pass(Duration::from_secs(2 * 60 * 60));
    assert_eq!(looking.looks(&[VENDOR, OUTSIDE]).await, lincoln(None, None));
    assert_eq!(looking.tries(), 0);
    assert_eq!(looking.looks(&[VENDOR, OUTSIDE]).await, []);
}

#[tokio::test]
async fn this_machine_sees_a_port_that_takes_connections_and_one_that_does_not() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let open = HostPort::parse(&listener.local_addr().unwrap().to_string()).unwrap();
    let vantage = SystemVantage::default();
    assert!(vantage.answers(&open).await);
    drop(listener);
    assert!(!vantage.answers(&open).await);
    let nowhere = HostPort::parse("no-such-host.invalid:443").unwrap();
    assert!(!vantage.answers(&nowhere).await);
}

#[tokio::test(start_paused = true)]
async fn a_trial_on_ones_own_computer_speaks_to_nobody() {
    let mut config = crate::config::Config::built_in();
    config.district = Arc::new(Looking::at("2026-10-06T08:30:00Z").district);
    let now = "2026-10-06T08:30:00Z".parse().unwrap();
    let fleet = |config| Fleet::new(config, Vec::new(), std::collections::BTreeMap::new());
    assert_eq!(
        wanted(&fleet(config.clone()), false, now).hosts().len(),
        1,
        "it was asked to look at this one"
    );
    let text = "district = \"D\"\nzone = \"UTC\"\n";
    config.district = Arc::new(
        load_text(
            "c.toml",
            text,
            &Arc::new(
                Requirement::from_profile(
                    "p",
                    include_str!("../../../configs/profiles/testnav-2026-27.toml"),
                )
                .unwrap(),
            ),
        )
        .unwrap(),
    );
    assert!(wanted(&fleet(config), false, now).hosts().is_empty());
}
