//! What is kept of people, and what the privacy page says of it.

use std::collections::BTreeSet;

use rusqlite::{Connection, OpenFlags};

const PAGE: &str = include_str!("../../../../docs/privacy.md");
/// Tables that hold something about people.
const ABOUT_PEOPLE: [&str; 6] = [
    "accounts",
    "sessions",
    "sign_in_links",
    "proctor_links",
    "proctors",
    "watch_tokens",
];

#[tokio::test]
async fn the_privacy_page_lists_every_column_about_people_and_no_other() {
    let school = super::school().await;
    let database = Connection::open_with_flags(
        school.data().join("roomready.sqlite3"),
        OpenFlags::SQLITE_OPEN_READ_ONLY,
    )
    .expect("the collector's database");
    let mut kept = BTreeSet::new();
    for table in ABOUT_PEOPLE {
        let mut columns = database
            .prepare("SELECT name FROM pragma_table_info(?1)")
            .expect("its columns");
        let names: Vec<String> = columns
            .query_map([table], |row| row.get(0))
            .and_then(Iterator::collect)
            .expect("their names");
        assert!(!names.is_empty(), "there is no table {table}");
        kept.extend(names.into_iter().map(|name| format!("{table}.{name}")));
    }
    let section = PAGE
        .split("## People")
        .nth(1)
        .and_then(|rest| rest.split("\n## ").next())
        .expect("the section about people");
    let listed: BTreeSet<String> = section
        .lines()
        .filter(|line| line.starts_with("| `"))
        .filter_map(|line| line.split('|').nth(1))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect();
    assert_eq!(listed, kept);
}
