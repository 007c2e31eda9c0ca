//! The papers say what the program does.

mod people;
mod security;

use std::collections::{BTreeMap, BTreeSet};

use roomready_shared::facts::Platform;
use roomready_tests::http::client;
use roomready_tests::school::{Plan, TestSchool};
use serde_json::Value;

/// Messages that a device sends.
const SENT: [&str; 3] = ["EnrollRequest", "Report", "NewsBody"];
/// What a field must never be called, whatever the papers say: design section 5, "Privacy".
const NEVER: [&str; 12] = [
    "user",
    "student",
    "ssid",
    "mac_address",
    "screen",
    "window_title",
    "location",
    "latitude",
    "password",
    "login",
    "process_list",
    "email",
];

/// Every field of what a device sends, as `Schema.field`. The many readings of the interface's description are one
/// `Reading` and one `Outcome` here; what they hold goes by its own name.
fn fields(document: &Value) -> BTreeSet<String> {
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<String> = SENT.map(str::to_owned).to_vec();
    while let Some(name) = open.pop() {
        if seen.insert(name.clone()) {
            walk(&name, &name, &schemas[&name], &mut found, &mut open);
        }
    }
    found
}

fn walk(schema: &str, owner: &str, node: &Value, found: &mut BTreeSet<String>, open: &mut Vec<String>) {
    if let Some(target) = node["$ref"].as_str() {
        open.extend(target.rsplit('/').next().map(str::to_owned));
    }
    for (field, inner) in node["properties"].as_object().into_iter().flatten() {
        let held = schema.split_once('_').map(|(_, held)| held);
        let (shown, below) = match (owner, held) {
            (owner, Some(held)) if owner == schema && schema.starts_with("Outcome_") => ("Outcome", held),
            (owner, Some(_)) if owner == schema && schema.starts_with("Reading_") => ("Reading", owner),
            (owner, _) => (owner, owner),
        };
        found.insert(format!("{shown}.{field}"));
        walk(schema, below, inner, found, open);
    }
    let list = |key: &str| {
        node[key]
            .as_array()
            .into_iter()
            .flatten()
            .cloned()
            .collect::<Vec<_>>()
    };
    for part in [list("oneOf"), list("anyOf"), list("allOf")].concat() {
        walk(schema, owner, &part, found, open);
    }
    for key in ["items", "additionalProperties", "propertyNames"] {
        if node[key].is_object() {
            walk(schema, owner, &node[key], found, open);
        }
    }
}

/// Fields that the page lists, each with its row.
fn listed(page: &str) -> BTreeMap<String, &str> {
    let mut listed = BTreeMap::new();
    for row in page.lines().filter(|line| line.starts_with("| `")) {
        let names = row.split('|').nth(1).unwrap_or_default();
        for name in names.split('`').skip(1).step_by(2) {
            let before = listed.insert(name.to_owned(), row);
            assert!(before.is_none(), "{name} is listed twice");
        }
    }
    listed
}

async fn school() -> TestSchool {
    let plan = Plan::testing_room("101").seat("101", "1", "LAPTOP-1", Platform::Windows);
    TestSchool::start(&plan).await
}

/// What the collector says of its interface for devices.
async fn description(school: &TestSchool) -> Value {
    let answer = client().get(school.url("/api/openapi.json")).send().await;
    answer.expect("an answer").json().await.expect("JSON")
}

#[tokio::test]
async fn the_privacy_page_lists_every_field_that_a_device_sends_and_no_other() {
    let document = description(&school().await).await;
    let sent = fields(&document);
    assert!(
        sent.contains("Os.build") && sent.contains("Reading.at"),
        "{sent:?}"
    );
    let page = include_str!("../../../docs/privacy.md");
    let (_people, page) = page.split_once("## Every field").expect("the list of fields");
    let listed = listed(page);
    let names: BTreeSet<String> = listed.keys().cloned().collect();
    let missing: Vec<_> = sent.difference(&names).collect();
    let gone: Vec<_> = names.difference(&sent).collect();
    assert!(
        missing.is_empty(),
        "sent and not on the privacy page: {missing:?}"
    );
    assert!(gone.is_empty(), "on the privacy page and not sent: {gone:?}");
    for (name, row) in listed {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 4, "{name}: what, why, where and how long");
        assert!(
            !cells[1].is_empty() && !cells[3].is_empty(),
            "{name} is not explained"
        );
    }
    for field in &sent {
        let field = field.to_ascii_lowercase();
        assert!(
            !NEVER.iter().any(|word| field.contains(word)),
            "{field} is nothing that may be sent"
        );
    }
}
