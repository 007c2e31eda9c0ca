//! What every answer has in common.

use super::harness::Collector;
use crate::access::Role;
use crate::pages::assets::STYLE;

#[tokio::test]
async fn alive_and_ready_say_so_and_readiness_can_be_ill() {
    let collector = Collector::start().await;
    assert_eq!(collector.get("/livez").await.status, 200);
    assert_eq!(collector.get("/readyz").await.text, "ready\n");
    collector.store.close().await.unwrap();
    collector.clock.pass(crate::limits::READY_KEPT);
    assert_eq!(collector.get("/livez").await.status, 200);
    let ill = collector.get("/readyz").await;
    assert_eq!(ill.status, 503);
    assert!(ill.text.starts_with("not ready: "), "{}", ill.text);
}

#[tokio::test]
async fn what_is_not_there_is_404_as_json_for_programs_and_as_a_page_for_people() {
    let collector = Collector::start().await;
    let program = collector.get("/api/v1/nothing").await;
    assert_eq!(
        (program.status, program.header("content-type")),
        (404, Some("application/json"))
    );
    assert_eq!(program.json()["error"], "not_found");
    let person = collector.get("/nothing").await;
    assert_eq!(
        (person.status, person.header("content-type")),
        (404, Some("text/html; charset=utf-8"))
    );
    assert!(
        person.text.contains("This page does not exist"),
        "{}",
        person.text
    );
    assert_eq!(
        collector
            .send("DELETE /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .await
            .status,
        405
    );
}

#[tokio::test]
async fn every_answer_carries_the_security_headers_and_a_number() {
    let collector = Collector::start().await;
    for path in ["/", "/livez", "/api/v1/nothing", STYLE.url()] {
        let reply = collector.get(path).await;
        let policy = reply.header("content-security-policy").unwrap_or_default();
        assert_eq!(policy, crate::pages::assets::CONTENT_SECURITY_POLICY, "{path}");
        assert!(!policy.contains("unsafe"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(reply.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert!(reply.header("x-request-id").is_some(), "{path}");
        let kept = if path == STYLE.url() {
            crate::pages::assets::CACHE_CONTROL
        } else {
            "no-store"
        };
        assert_eq!(reply.header("cache-control"), Some(kept), "{path}");
    }
}

#[tokio::test]
async fn an_asset_that_the_browser_has_is_not_sent_again() {
    let collector = Collector::start().await;
    let first = collector.get(STYLE.url()).await;
    assert_eq!(
        (first.status, first.header("content-type")),
        (200, Some("text/css; charset=utf-8"))
    );
    let tag = first.header("etag").unwrap();
    let again = collector
        .get_with(STYLE.url(), &format!("if-none-match: {tag}"))
        .await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
}

#[tokio::test]
async fn numbers_are_for_this_computer_and_for_whoever_may_see_them() {
    let collector = Collector::start().await;
    assert_eq!(collector.get("/metrics").await.status, 200);
    for passed_on in [
        "x-forwarded-for: 10.1.2.3",
        "via: 1.1 proxy",
        "forwarded: for=10.1.2.3",
    ] {
        assert_eq!(
            collector.get_with("/metrics", passed_on).await.status,
            401,
            "a proxy on this computer speaks for anybody: {passed_on}"
        );
    }
    let technician = collector.signed_in_as(Role::Technician, &["my-school"]).await;
    let headers = format!("via: 1.1 proxy\r\n{}", technician.cookie);
    assert_eq!(collector.get_with("/metrics", &headers).await.status, 200);
    let auditor = collector.signed_in_as(Role::Auditor, &[]).await;
    let headers = format!("via: 1.1 proxy\r\n{}", auditor.cookie);
    assert_eq!(collector.get_with("/metrics", &headers).await.status, 403);
}

#[tokio::test]
async fn numbers_are_counted_by_route_and_never_by_address() {
    let collector = Collector::start().await;
    collector.get("/sign-in?token=thisisasecret").await;
    collector.get("/invented/by/somebody").await;
    let metrics = collector.get("/metrics").await;
    assert_eq!(metrics.status, 200);
    assert!(metrics.text.contains("route=\"/sign-in\""), "{}", metrics.text);
    assert!(metrics.text.contains("route=\"unmatched\""), "{}", metrics.text);
    assert!(
        !metrics.text.contains("thisisasecret") && !metrics.text.contains("invented"),
        "{}",
        metrics.text
    );
}

#[tokio::test]
async fn the_description_of_the_interface_names_every_route_of_devices_and_only_what_exists() {
    let collector = Collector::start().await;
    let document = collector.get("/api/openapi.json").await.json();
    let paths = document["paths"].as_object().unwrap();
    for (path, methods) in paths {
        for method in methods.as_object().unwrap().keys() {
            let request = format!(
                "{} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
                method.to_uppercase()
            );
            let status = collector.send(&request).await.status;
            assert!(
                ![404, 405].contains(&status),
                "{method} {path} is described and answers {status}"
            );
            let described = &methods[method]["responses"];
            assert!(
                described.get(status.to_string()).is_some(),
                "{method} {path} answers {status}: {described}"
            );
        }
    }
}
