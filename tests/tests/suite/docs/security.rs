//! The papers on security name what is there.

use std::collections::BTreeSet;
use std::path::Path;

use roomready_agent::places::Places;
use roomready_shared::facts::Platform;
use roomready_tests::binaries::workspace;
use serde_json::Value;

const CLAIMS: &str = include_str!("../../../../SECURITY.md");
const REVIEW: &str = include_str!("../../../../docs/security-review.md");

/// Words between back ticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The store's stories are listed for a macro, which tells each to every store.
const TOLD_TO_STORES: &str = "told_to_every_store! {";

/// Names of all tests in a folder of sources: a function right behind its attribute, or a story of the store.
fn tests_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("a file of it").path();
        if path.is_dir() {
            tests_in(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source");
            let stories = text.split_once(TOLD_TO_STORES).map_or("", |(_, rest)| rest);
            let stories = stories.split('}').next().unwrap_or_default();
            found.extend(stories.split(',').map(|name| name.trim().to_owned()));
            let mut is_test = false;
            for line in text.lines().map(str::trim) {
                if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                    is_test = true;
                } else if !line.starts_with("#[") {
                    let name = line
                        .strip_prefix("async fn ")
                        .or_else(|| line.strip_prefix("fn "))
                        .and_then(|rest| rest.split_once('('));
                    if let (true, Some((name, _))) = (is_test, name) {
                        found.insert(name.to_owned());
                    }
                    is_test = is_test && line.is_empty();
                }
            }
        }
    }
}

#[test]
fn every_claim_to_stop_something_names_a_test_that_exists() {
    let mut tests = BTreeSet::new();
    for room in [
        "shared/src",
        "agent/src",
        "collector/src",
        "tests/src",
        "tests/tests",
    ] {
        tests_in(&workspace().join(room), &mut tests);
    }
    assert!(
        tests.contains("every_claim_to_stop_something_names_a_test_that_exists"),
        "the search finds tests"
    );
    let rows: Vec<&str> = CLAIMS
        .lines()
        .filter(|line| line.starts_with("| ") && !line.ends_with("| Proven by |"))
        .collect();
    assert!(rows.len() > 30, "the tables are read");
    let mut missing = Vec::new();
    for row in rows {
        let proof = row.trim_matches('|').rsplit('|').next().unwrap_or_default();
        let names: Vec<&str> = quoted(proof).collect();
        if names.is_empty() {
            missing.push(format!("no test: {row}"));
        }
        missing.extend(
            names
                .into_iter()
                .filter(|name| !tests.contains(*name))
                .map(|name| format!("there is no test {name}")),
        );
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[tokio::test]
async fn the_review_lists_every_order_that_a_device_takes_and_no_other() {
    let school = super::school().await;
    let document = super::description(&school).await;
    let mut orders = BTreeSet::new();
    orders_in(&document["components"]["schemas"]["Command"], &mut orders);
    // What a device that is too old makes of an order; nobody can send it.
    orders.remove("too_new");
    let section = REVIEW
        .split("## What the collector can make a device do")
        .nth(1)
        .and_then(|rest| rest.split("\n## ").next())
        .expect("the section");
    let listed: BTreeSet<String> = section
        .lines()
        .filter(|line| line.starts_with("| `"))
        .filter_map(|line| quoted(line).next().map(str::to_owned))
        .collect();
    assert!(orders.contains("recheck"), "{orders:?}");
    assert_eq!(listed, orders);
}

/// The words that a tagged schema allows.
fn orders_in(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            for (name, inner) in fields {
                match (name.as_str(), inner) {
                    ("enum", Value::Array(words)) => {
                        found.extend(words.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    ("const", Value::String(word)) => {
                        found.insert(word.clone());
                    }
                    _ => orders_in(inner, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| orders_in(item, found)),
        _ => {}
    }
}

#[test]
fn the_review_names_the_programs_services_and_folders_that_are_installed() {
    for platform in [Platform::Linux, Platform::Windows, Platform::Macos] {
        let places = Places::of(platform);
        for name in [places.program, places.service, places.settings, places.data] {
            assert!(
                REVIEW.contains(&format!("`{name}`")),
                "{name} is not in the review"
            );
        }
    }
    let unit = include_str!("../../../../packaging/systemd/roomready-agent.service");
    assert!(unit.contains("User=roomready-agent") && REVIEW.contains("| account | `roomready-agent`"));
}

#[tokio::test]
async fn the_review_names_the_only_port_that_opens_by_itself() {
    let help = roomready_tests::process::Launch::binary("roomready-collector")
        .args(["serve", "--help"])
        .run()
        .await;
    let defaults: Vec<&str> = help
        .stdout
        .lines()
        .filter(|line| line.contains("[default: ") && line.contains(':'))
        .filter_map(|line| line.split("[default: ").nth(1)?.split(']').next())
        .filter(|default| default.contains(':'))
        .collect();
    assert_eq!(defaults, ["127.0.0.1:8480"], "{}", help.stdout);
    assert!(REVIEW.contains("people's pages are at 127.0.0.1:8480"));
}
