use super::*;
use crate::check::{Inquiry, look};
use crate::cycle::tests::requirement;
use crate::ports::{Clock, Moment, Probes};
use crate::probe::Ask;
use futures_util::future::BoxFuture;
use roomready_shared::evaluate::Occasion;
use roomready_shared::facts::{
    Disk, Display, Facts, HostPort, Latency, Memory, Os, Platform, Power, Reach, Reading, Source, Via,
};
use roomready_shared::ids::ClockEpoch;
use roomready_shared::requirement::Requirement;
use roomready_shared::units::{Bytes, Seconds, ShortText, Timestamp, Version};
use roomready_shared::wire::v1::ExitKind;
use std::sync::Arc;

fn noon() -> Timestamp {
    "2026-10-06T12:00:00Z".parse().expect("a time")
}

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Moment {
        Moment {
            wall: noon(),
            mono_ms: 0,
            awake_ms: 0,
        }
    }
    fn epoch(&self) -> ClockEpoch {
        ClockEpoch::new(uuid::Uuid::nil())
    }
}

/// A machine that says what it is told to say.
struct Scripted(Facts);

impl Probes for Scripted {
    fn read(&self, _: Ask) -> BoxFuture<'_, Facts> {
        Box::pin(async { self.0.clone() })
    }
    fn app_ended(&self) -> BoxFuture<'_, ExitKind> {
        Box::pin(std::future::pending())
    }
}

fn read<T>(outcome: Outcome<T>) -> Option<Reading<T>> {
    Some(Reading {
        outcome,
        source: Source::Agent,
        at: noon(),
    })
}

/// An old laptop in a room whose filter holds up the vendor, and which may not send pings.
fn laptop() -> Facts {
    let mut facts = Facts {
        os: read(Outcome::Measured(Os {
            name: ShortText::fit("Ubuntu 22.04.5 LTS"),
            distribution: Some(ShortText::fit("ubuntu")),
            version: Version::parse("22.04").ok(),
            build: None,
            architecture: ShortText::fit("x86_64"),
            edition: None,
            channel: None,
            s_mode: None,
        })),
        memory: read(Outcome::Measured(Memory {
            total: Bytes::from_mib(1_500),
            available: Bytes::from_mib(700),
        })),
        disk: read(Outcome::Measured(Disk {
            total: Bytes::from_mib(60_000),
            free: Bytes::from_mib(9_000),
        })),
        display: read(Outcome::Measured(Display {
            width: 1366,
            height: 768,
            diagonal_tenths: Some(116),
        })),
        power: read(Outcome::Measured(Power::MainsOnly)),
        uptime: read(Outcome::Measured(Seconds(7_300))),
        gateway: read(Outcome::Denied(ShortText::fit(
            "this program may not send pings (Permission denied) and the gateway answers nothing else; pings need \
             net.ipv4.ping_group_range or the capability cap_net_raw",
        ))),
        ..Facts::none(Platform::Linux)
    };
    let silent = Reach::new(
        Via::Tls,
        3,
        0,
        3_000,
        None,
        Some(ShortText::fit("connection refused")),
    );
    let latency = Latency {
        median_us: 23_400,
        p95_us: 81_000,
        jitter_us: 900,
    };
    let slow = Reach::new(
        Via::Tls,
        3,
        2,
        3_000,
        Some(latency),
        Some(ShortText::fit("no answer in time")),
    );
    for (host, reach) in [("home.testnav.com:443", silent), ("practice.example:443", slow)] {
        facts.vendor.insert(
            HostPort::parse(host).expect("a host"),
            Reading {
                outcome: Outcome::Measured(reach.expect("sound")),
                source: Source::Agent,
                at: noon(),
            },
        );
    }
    facts
}

/// The same laptop as a released message tells of what is around its test.
fn laptop_with_all_around() -> Facts {
    let report = include_str!("../../../../tests/fixtures/wire/v1/report_of_what_is_around_a_test.json");
    let report: serde_json::Value = serde_json::from_str(report).expect("the fixture is JSON");
    let around: Facts =
        serde_json::from_value(report["news"][0]["body"]["facts"].clone()).expect("the fixture's facts");
    Facts {
        updates: around.updates,
        sleep: around.sleep,
        intruders: around.intruders,
        saved_responses: around.saved_responses,
        link: around.link,
        certificates: around.certificates,
        local: around.local,
        footprint: around.footprint,
        ..laptop()
    }
}

async fn output(facts: Facts, requirement: Option<Requirement>) -> CheckOutput {
    let inquiry = Inquiry {
        platform: Platform::Linux,
        requirement,
        occasion: Occasion::None,
        collector: None,
        outside: None,
    };
    let clock: Arc<dyn Clock> = Arc::new(Noon);
    look(&inquiry, &Scripted(facts), None, &clock).await
}

fn testnav() -> Requirement {
    let text = include_str!("../../../../configs/profiles/testnav-2026-27.toml");
    Requirement::from_profile("testnav-2026-27.toml", text).unwrap_or_else(|faults| panic!("{faults}"))
}

#[tokio::test]
async fn the_table_of_an_old_laptop_reads_from_the_worst_to_the_best() {
    let page = draw(
        &output(laptop_with_all_around(), Some(testnav())).await,
        Paint::Plain,
    );
    insta::assert_snapshot!(page);
}

#[tokio::test]
async fn without_requirements_the_table_shows_what_was_read() {
    let page = draw(&output(laptop_with_all_around(), None).await, Paint::Plain);
    insta::assert_snapshot!(page);
}

#[tokio::test]
async fn no_line_is_wider_than_80_columns_whatever_stands_in_it() {
    let mut facts = laptop();
    facts.display = read(Outcome::Failed(ShortText::fit(&"w".repeat(240))));
    for requirement in [None, Some(testnav()), Some(requirement())] {
        let page = draw(&output(facts.clone(), requirement).await, Paint::Plain);
        let widest = page.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(WIDTH), "{page}");
    }
}

#[tokio::test]
async fn colour_changes_no_word_and_no_column() {
    let output = output(laptop(), Some(testnav())).await;
    let coloured = draw(&output, Paint::Colour);
    assert!(coloured.contains("\u{1b}[31;1mnot ready\u{1b}[0m") || coloured.contains("\u{1b}[33m"));
    let mut plain = String::new();
    let mut letters = coloured.chars();
    while let Some(letter) = letters.next() {
        if letter == '\u{1b}' {
            letters.by_ref().find(|letter| *letter == 'm');
        } else {
            plain.push(letter);
        }
    }
    assert_eq!(plain, draw(&output, Paint::Plain));
}

#[tokio::test]
async fn the_worst_required_finding_decides_the_exit_code() {
    let small = output(laptop(), Some(requirement())).await;
    assert_eq!((small.readiness, small.exit_code), (Readiness::NotReady, 20));
    let mut enough = laptop();
    enough.memory = read(Outcome::Measured(Memory {
        total: Bytes::from_mib(8_000),
        available: Bytes::from_mib(700),
    }));
    assert_eq!(output(enough.clone(), Some(requirement())).await.exit_code, 0);
    enough.memory = read(Outcome::Failed(ShortText::fit("it is broken")));
    let unknown = output(enough, Some(requirement())).await;
    assert_eq!(unknown.exit_code, 30, "what could not be read is never ready");
    assert_eq!(unknown.unread[0].why.as_str(), "it is broken");
}

mod schema {
    //! The written document and what is printed hold together.

    use super::*;
    use serde_json::Value;

    const DOCUMENT: &str = include_str!("../../../../configs/schema/check.schema.json");

    /// Checks the part of JSON Schema that the document uses, and refuses any keyword that it does not know.
    fn check(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        let Some(rules) = schema.as_object() else {
            return;
        };
        for (keyword, rule) in rules {
            match keyword.as_str() {
                "$ref" => {
                    let name = rule.as_str().and_then(|text| text.strip_prefix("#/$defs/"));
                    let target = &root["$defs"][name.expect("a definition of this document")];
                    assert!(target.is_object(), "{rule} is not defined");
                    check(root, target, value, at, faults);
                }
                "type" if !is_a(rule, value) => faults.push(format!("{at} is not {rule}: {value}")),
                "enum" if !rule.as_array().expect("a list").contains(value) => {
                    faults.push(format!("{at} is none of {rule}: {value}"));
                }
                "const" if rule != value => faults.push(format!("{at} is not {rule}")),
                "required" => {
                    for key in rule.as_array().expect("a list") {
                        if value.get(key.as_str().expect("a key")).is_none() {
                            faults.push(format!("{at} lacks {key}"));
                        }
                    }
                }
                "properties" => properties(root, schema, value, at, faults),
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        check(root, rule, item, &format!("{at}[{index}]"), faults);
                    }
                }
                "type"
                | "enum"
                | "const"
                | "additionalProperties"
                | "description"
                | "$defs"
                | "$schema"
                | "$id"
                | "title"
                | "format" => {}
                unknown => panic!("this test does not know the keyword {unknown}"),
            }
        }
    }

    fn is_a(rule: &Value, value: &Value) -> bool {
        match rule.as_str() {
            Some("object") => value.is_object(),
            Some("array") => value.is_array(),
            Some("string") => value.is_string(),
            Some("boolean") => value.is_boolean(),
            Some("integer") => value.is_i64() || value.is_u64(),
            other => panic!("this test does not know the type {other:?}"),
        }
    }

    fn properties(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        let known = schema["properties"].as_object().expect("properties");
        for (key, value) in value.as_object().into_iter().flatten() {
            let rest = &schema["additionalProperties"];
            match known.get(key) {
                Some(rule) => check(root, rule, value, &format!("{at}.{key}"), faults),
                None if rest.is_object() => check(root, rest, value, &format!("{at}.{key}"), faults),
                None => faults.push(format!("{at}.{key} is not described")),
            }
        }
    }

    fn faults(output: &CheckOutput) -> Vec<String> {
        let document: Value = serde_json::from_str(DOCUMENT).expect("the document is JSON");
        let value = serde_json::to_value(output).expect("an output is JSON");
        let mut faults = vec![];
        check(&document, &document, &value, "output", &mut faults);
        faults
    }

    #[tokio::test]
    async fn what_is_printed_is_what_the_document_describes() {
        for requirement in [None, Some(testnav()), Some(requirement())] {
            let output = output(laptop_with_all_around(), requirement).await;
            assert_eq!(faults(&output), [""; 0]);
        }
    }

    #[tokio::test]
    async fn a_field_that_the_document_does_not_know_is_found() {
        let mut output = output(laptop(), None).await;
        output.schema = "roomready-check-2".into();
        output.unread[0].outcome = "sulking".into();
        assert_eq!(faults(&output).len(), 2, "{:?}", faults(&output));
    }
}
