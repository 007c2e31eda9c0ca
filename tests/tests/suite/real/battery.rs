//! Batteries as the kernel shows them, made by umockdev and read by the real agent.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use roomready_shared::facts::Platform;
use roomready_tests::agent::{AgentHome, check};
use roomready_tests::binaries::workspace;
use roomready_tests::clock::in_minutes;
use roomready_tests::process::Launch;
use roomready_tests::school::{Plan, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};
use serde_json::Value;
use tempfile::TempDir;

const UMOCKDEV: &str = "/usr/bin/umockdev-run";

/// A laptop's pack at half of its charge, which it loses at a fifth an hour.
const HALF_FULL: [(&str, &str); 9] = [
    ("type", "Battery"),
    ("present", "1"),
    ("status", "Discharging"),
    ("energy_full", "40000000"),
    ("energy_full_design", "50000000"),
    ("energy_now", "20000000"),
    ("power_now", "8000000"),
    ("voltage_now", "11100000"),
    ("capacity", "50"),
];

/// Power supplies of one machine.
struct Supplies {
    folder: TempDir,
    text: String,
}

impl Supplies {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            text: String::new(),
        }
    }

    /// One more, with its attributes.
    fn with(mut self, name: &str, attributes: &[(&str, &str)]) -> Self {
        let _ = writeln!(self.text, "P: /devices/power_supply/{name}");
        let _ = writeln!(self.text, "E: POWER_SUPPLY_NAME={name}");
        let _ = writeln!(self.text, "E: SUBSYSTEM=power_supply");
        for (attribute, value) in attributes {
            let _ = writeln!(self.text, "A: {attribute}={value}\\n");
        }
        self.text.push('\n');
        self
    }

    /// The machine's one pack, like [`HALF_FULL`] but for some attributes; `""` takes one away.
    fn pack(self, others: &[(&str, &str)]) -> Self {
        let mut attributes: Vec<(&str, &str)> = HALF_FULL
            .into_iter()
            .filter(|(name, _)| !others.iter().any(|(other, _)| other == name))
            .collect();
        attributes.extend(others.iter().filter(|(_, value)| !value.is_empty()));
        self.with("BAT0", &attributes)
    }

    fn description(&self) -> PathBuf {
        let path = self.folder.path().join("supplies.umockdev");
        std::fs::write(&path, &self.text).expect("a file");
        path
    }

    /// Lets a program see these and no others.
    fn shown_to(&self, program: Launch) -> Launch {
        let description = self.description();
        let path = description.to_str().expect("a path of letters");
        program.wrapped_in(UMOCKDEV, &["-d", path, "--"])
    }

    async fn read(&self) -> Value {
        let finished = self.shown_to(check().arg("--json")).run().await;
        let told: Value =
            serde_json::from_str(&finished.stdout).unwrap_or_else(|fault| panic!("{fault}: {finished:?}"));
        told["facts"]["power"]["outcome"].clone()
    }

    /// The pack as the agent tells it.
    async fn battery(&self) -> Value {
        let outcome = self.read().await;
        let battery = outcome["measured"]["battery"].clone();
        assert!(battery.is_object(), "{outcome}");
        battery
    }
}

#[tokio::test]
async fn a_laptop_on_its_battery_tells_charge_drain_and_health_and_is_judged_by_them() {
    let laptop = Supplies::new().pack(&[]);
    let battery = laptop.battery().await;
    assert_eq!(battery["charge"], 50);
    assert_eq!(battery["flow"], "discharging");
    assert_eq!(battery["drain_tenths_per_hour"], 200);
    assert_eq!(battery["health"], 80);

    let profile = workspace().join("configs/profiles/testnav-2026-27.toml");
    let row = async |supplies: &Supplies, test_minutes: i64| {
        let ends = in_minutes(test_minutes).to_string();
        let look = check()
            .arg("--profile")
            .arg(&profile)
            .args(["--session-ends", &ends]);
        let table = supplies.shown_to(look).run().await.stdout;
        let row = table.lines().find(|line| line.contains("Battery"));
        row.unwrap_or_else(|| panic!("{table}")).to_owned()
    };
    // It lasts two hours and a half.
    let short = row(&laptop, 60).await;
    assert!(
        short.starts_with("ready") && short.contains("50 %, on battery"),
        "{short}"
    );
    let long = row(&laptop, 200).await;
    assert!(
        long.starts_with("attention") && long.contains("lasts about 150 min"),
        "{long}"
    );
    let low = Supplies::new().pack(&[("energy_now", "2000000"), ("capacity", "5")]);
    let low = row(&low, 10).await;
    assert!(
        !low.starts_with("ready") && low.contains("5 %, on battery"),
        "{low}"
    );
}

#[tokio::test]
async fn a_battery_that_counts_in_ampere_hours_tells_the_same() {
    let amperes = Supplies::new().pack(&[
        ("energy_full", ""),
        ("energy_full_design", ""),
        ("energy_now", ""),
        ("power_now", ""),
        ("charge_full", "4000000"),
        ("charge_full_design", "5000000"),
        ("charge_now", "2000000"),
        ("current_now", "800000"),
        ("voltage_min_design", "10800000"),
    ]);
    let battery = amperes.battery().await;
    assert_eq!(battery["charge"], 50);
    assert_eq!(battery["drain_tenths_per_hour"], 200);
    assert_eq!(battery["health"], 80);
}

#[tokio::test]
async fn what_a_charger_does_decides_where_the_pack_does_not_say() {
    let with = |status, online| {
        let plugged = [("type", "Mains"), ("online", online)];
        Supplies::new().pack(&[("status", status)]).with("AC", &plugged)
    };
    for (status, online, flow) in [
        ("Charging", "1", "charging"),
        ("Full", "1", "full"),
        ("Not charging", "1", "idle"),
        ("Unknown", "1", "idle"),
        ("Unknown", "0", "discharging"),
        ("Discharging", "0", "discharging"),
    ] {
        let outcome = with(status, online).read().await;
        let told = &outcome["measured"]["battery"]["flow"];
        assert_eq!(told, flow, "{status}, {online}: {outcome}");
    }
}

#[tokio::test]
async fn a_battery_of_a_mouse_is_none_of_the_device() {
    let desktop = Supplies::new().with("mouse", &[HALF_FULL.as_slice(), &[("scope", "Device")]].concat());
    assert_eq!(desktop.read().await["measured"], "mains_only");
}

#[tokio::test]
async fn a_battery_that_tells_percents_alone_is_believed() {
    let tablet = Supplies::new().pack(&[
        ("energy_full", ""),
        ("energy_full_design", ""),
        ("energy_now", ""),
        ("power_now", ""),
    ]);
    let battery = tablet.battery().await;
    assert_eq!(
        (&battery["charge"], &battery["flow"]),
        (&Value::from(50), &Value::from("discharging"))
    );
    assert!(battery.get("drain_tenths_per_hour").is_none(), "{battery}");
}

#[tokio::test]
async fn whatever_nonsense_a_battery_tells_the_agent_says_a_percentage_or_why_it_cannot() {
    for nonsense in [
        [("energy_now", "nan"), ("capacity", "nan")],
        [("energy_now", "-5"), ("power_now", "-8000000")],
        [("energy_full", "0"), ("energy_full_design", "0")],
        [("energy_full", "0"), ("capacity", "250")],
        [("power_now", "99999999999999999999999999"), ("voltage_now", "0")],
        [("power_now", "inf"), ("energy_full_design", "1")],
        [("voltage_now", ""), ("status", "Perhaps")],
        [("energy_now", "80000000"), ("status", "")],
        [("present", "0"), ("energy_full", "")],
    ] {
        let outcome = Supplies::new().pack(&nonsense).read().await;
        if let Some(why) = outcome["failed"].as_str() {
            assert!(why.contains("battery"), "{nonsense:?}: {why}");
            continue;
        }
        let measured = &outcome["measured"];
        if measured == "mains_only" {
            assert!(nonsense.contains(&("present", "0")), "{nonsense:?}: {outcome}");
            continue;
        }
        let battery = &measured["battery"];
        assert!(
            battery["charge"].as_u64().is_some_and(|charge| charge <= 100),
            "{nonsense:?}: {outcome}"
        );
        let drain = battery.get("drain_tenths_per_hour").and_then(Value::as_u64);
        assert!(
            drain.is_none_or(|drain| drain <= 3_000),
            "{nonsense:?}: {outcome}"
        );
    }
}

/// Tells where umockdev keeps the files before the agent starts, so that a test can go on changing them.
const SAY_WHERE: &str = r#"echo "supplies in $UMOCKDEV_DIR"; exec "$0" "$@""#;

#[tokio::test]
async fn a_battery_that_runs_down_during_a_test_is_followed_on_the_board() {
    let plan = Plan::testing_room("101").seat("101", "1", "THIS-MACHINE", Platform::Linux);
    let school = TestSchool::start(&plan).await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    let laptop = Supplies::new().pack(&[]);
    let run = home.command("run").wrapped_in("/bin/sh", &["-c", SAY_WHERE]);
    let agent = laptop.shown_to(run).start();
    let supplies = agent
        .wait_for("the folder of its supplies", PATIENCE, |line| {
            line.strip_prefix("supplies in ").map(PathBuf::from)
        })
        .await;
    let staff = school.staff().await;
    let board_says = async |word: &str| {
        wait_until(word, PATIENCE, async || {
            let page = staff.page(&school.room("101")).await;
            if page.contains(word) { Ok(()) } else { Err(page) }
        })
        .await;
    };
    board_says("50 %").await;
    let put = |attribute: &str, value: &str| {
        let file = supplies.join("sys/devices/power_supply/BAT0").join(attribute);
        assert!(Path::new(&file).exists(), "{}", file.display());
        std::fs::write(file, value).expect("an attribute can be changed");
    };
    put("energy_now", "4400000\n");
    put("capacity", "11\n");
    board_says("11 %").await;
    assert_eq!(agent.status(), None);
}
