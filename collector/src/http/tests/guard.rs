//! What the guard lets through, and what it writes down.

use super::harness::Collector;
use crate::access::Role;
use crate::domain::entry::{Actor, Entry, EntryKind, Subject};
use crate::limits;
use crate::store::EntryQuery;

async fn log(collector: &Collector, kind: EntryKind) -> Vec<Entry> {
    let entries = collector.store.entries(EntryQuery::default()).await.unwrap();
    entries
        .into_iter()
        .filter(|entry| entry.entry.kind == kind)
        .collect()
}

#[tokio::test]
async fn who_looked_at_what_is_written_down() {
    let collector = Collector::in_lincoln().await;
    let coordinator = collector
        .signed_in_as(Role::SchoolCoordinator, &["lincoln-ms"])
        .await;
    let room = "/schools/lincoln-ms/rooms/101";
    assert_eq!(collector.get_with(room, &coordinator.cookie).await.status, 200);
    let views = log(&collector, EntryKind::Viewed).await;
    assert_eq!(views.len(), 1);
    let view = &views[0].entry;
    assert_eq!(view.actor, Actor::Account(coordinator.account));
    assert_eq!(view.subject, "room:lincoln-ms/101".parse::<Subject>().unwrap());
    assert_eq!(view.school, Some("lincoln-ms".parse().unwrap()));
    assert!(
        view.body.as_str().contains("/schools/{school}/rooms/{room}"),
        "{}",
        view.body.as_str()
    );
    collector
        .get_with("/schools/lincoln-ms/rooms/999", &coordinator.cookie)
        .await;
    assert_eq!(
        log(&collector, EntryKind::Viewed).await.len(),
        1,
        "what was not shown was not seen"
    );
}

#[tokio::test]
async fn reaching_for_what_is_not_theirs_is_written_down_and_a_flood_of_it_does_not_fill_the_record() {
    let collector = Collector::in_lincoln().await;
    let stranger = collector.signed_in_as(Role::Technician, &["oak-es"]).await;
    for _ in 0..50 {
        let reply = collector.get_with("/schools/lincoln-ms", &stranger.cookie).await;
        assert_eq!(reply.status, 403);
        assert!(!reply.text.contains("Lincoln Middle"), "{}", reply.text);
    }
    let refused = log(&collector, EntryKind::AccessRefused).await;
    assert_eq!(refused.len(), limits::MOST_REFUSALS_WRITTEN_A_MINUTE as usize);
    assert_eq!(
        refused[0].entry.subject,
        "school:lincoln-ms".parse::<Subject>().unwrap()
    );
}

#[tokio::test]
async fn somebody_of_one_school_sees_that_school_and_nothing_of_the_others() {
    let collector = Collector::in_lincoln().await;
    let here = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let elsewhere = collector.signed_in_as(Role::Technician, &["oak-es"]).await;
    for path in ["/", "/devices", "/incidents"] {
        assert_eq!(collector.get_with(path, &here.cookie).await.status, 200, "{path}");
        let reply = collector.get_with(path, &elsewhere.cookie).await;
        assert_eq!(reply.status, 200, "{path}");
        for name in ["Lincoln", "LIN-1", "Room 101"] {
            assert!(!reply.text.contains(name), "{path} tells {name}: {}", reply.text);
        }
    }
    let overview = collector.get_with("/", &here.cookie).await;
    assert!(overview.text.contains("Lincoln Middle School"));
}

#[tokio::test]
async fn a_coordinator_without_a_second_factor_sees_nothing_yet() {
    let collector = Collector::in_lincoln().await;
    let cookie = collector
        .signed_in_without_second_factor(Role::DistrictCoordinator)
        .await;
    for path in ["/", "/devices", "/schools/lincoln-ms/rooms/101"] {
        let reply = collector.get_with(path, &cookie).await;
        assert_eq!(reply.status, 403, "{path}");
        assert!(!reply.text.contains("Lincoln"), "{path}");
    }
}

#[tokio::test]
async fn an_auditor_reads_who_saw_what_by_name_and_takes_a_copy_which_is_written_down() {
    let collector = Collector::in_lincoln().await;
    let looker = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    collector
        .get_with("/schools/lincoln-ms/rooms/101", &looker.cookie)
        .await;
    let auditor = collector.signed_in_as(Role::Auditor, &[]).await;
    let page = collector.get_with("/access-log", &auditor.cookie).await;
    assert_eq!(page.status, 200);
    let name = format!("Technician {}", looker.account);
    for words in [name.as_str(), "Viewed", "Room 101, Lincoln Middle School"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    let copy = collector.post_form("/access-log/export", &auditor, "").await;
    assert_eq!(copy.status, 200, "{}", copy.text);
    assert!(
        copy.header("content-disposition")
            .unwrap()
            .starts_with("attachment"),
        "never shown inline"
    );
    let lines: Vec<_> = copy
        .text
        .lines()
        .filter(|line| line.contains("\"Viewed\""))
        .collect();
    assert!(lines[0].contains(&name), "{}", copy.text);
    assert_eq!(log(&collector, EntryKind::Exported).await.len(), 1);
}

#[tokio::test]
async fn the_access_log_is_read_in_pages_and_copied_whole() {
    let collector = Collector::in_lincoln().await;
    let auditor = collector.signed_in_as(Role::Auditor, &[]).await;
    for _ in 0..130 {
        collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    }
    let newest = collector.get_with("/access-log", &auditor.cookie).await.text;
    assert_eq!(newest.matches("<tr role=\"row\">").count(), 101, "and its head");
    let (_, older) = newest.split_once("/access-log?before=").unwrap();
    let (before, _) = older.split_once('"').unwrap();
    let older = collector
        .get_with(&format!("/access-log?before={before}"), &auditor.cookie)
        .await
        .text;
    assert!(older.contains("Newest lines"));
    let copy = collector.post_form("/access-log/export", &auditor, "").await.text;
    assert_eq!(copy.matches("\"Account created\"").count(), 131);
}

#[tokio::test]
async fn a_program_that_reads_pages_in_a_loop_is_told_to_wait() {
    let collector = Collector::in_lincoln().await;
    let cookie = collector.signed_in().await;
    for _ in 0..limits::MOST_VIEWS_A_MINUTE {
        assert_eq!(collector.get_with("/incidents", &cookie).await.status, 200);
    }
    let refused = collector.get_with("/incidents", &cookie).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), Some("60"));
    assert!(refused.text.contains("asks too often"), "{}", refused.text);
}

#[tokio::test]
async fn nothing_but_a_form_is_taken_from_a_browser() {
    let collector = Collector::in_lincoln().await;
    let token = collector.fresh_link().await;
    let json = collector
        .post_json("/sign-in/link", "", &format!("{{\"token\":\"{token}\"}}"))
        .await;
    assert_eq!(json.status, 415);
    let much = format!("token={}", "0".repeat(limits::MOST_FORM_BYTES));
    assert_eq!(collector.post("/sign-in/link", "", &much).await.status, 413);
}
