//! The collector's surface, walked from outside: who may see what, and what every answer carries.

mod described;

use std::collections::BTreeSet;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use roomready_shared::facts::Platform;
use roomready_tests::http::client;
use roomready_tests::school::{Plan, SCHOOL, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};
use serde_json::Value;

/// Every kind of page and stream that only the staff may see.
const FOR_STAFF: [&str; 18] = [
    "/",
    "/devices",
    "/incidents",
    "/schools/lincoln-ms",
    "/schools/lincoln-ms/devices",
    "/schools/lincoln-ms/incidents",
    "/schools/lincoln-ms/rooms/101",
    "/schools/lincoln-ms/rooms/101/devices",
    "/schools/lincoln-ms/rooms/no-such-room",
    "/devices/00000000-0000-4000-8000-000000000000",
    "/roster/LAPTOP-1",
    "/incidents/no-such-incident",
    "/live/district",
    "/live/incidents",
    "/live/schools/lincoln-ms",
    "/live/schools/lincoln-ms/rooms/101",
    "/live/roster/LAPTOP-1",
    "/live/incidents/no-such-incident",
];

/// Every call of a device.
const FOR_DEVICES: [(&str, &str); 3] = [
    ("POST", "/api/v1/reports"),
    ("GET", "/api/v1/assignment"),
    ("POST", "/api/v1/credential"),
];

async fn school() -> TestSchool {
    let plan = Plan::testing_room("101").seat("101", "1", "LAPTOP-1", Platform::Windows);
    TestSchool::start(&plan).await
}

fn assert_secure(path: &str, headers: &HeaderMap) {
    let value = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    let policy = value("content-security-policy");
    assert!(policy.contains("default-src 'none'"), "{path}: {policy:?}");
    assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy:?}");
    assert!(!policy.contains("unsafe"), "{path}: {policy:?}");
    assert_eq!(value("x-content-type-options"), "nosniff", "{path}");
    assert_eq!(value("referrer-policy"), "no-referrer", "{path}");
    assert!(headers.get("server").is_none(), "{path} says what it runs on");
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_asked_to_and_sees_nothing_of_a_room() {
    let school = school().await;
    for path in FOR_STAFF {
        let answer = client().get(school.url(path)).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
        assert_secure(path, answer.headers());
        assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
        let page = answer.text().await.expect("a page");
        assert!(page.contains("Please sign in"), "{path}: {page}");
        // Where they go after signing in is what they asked for themselves.
        let told = page.replace(path, "");
        for secret in ["LAPTOP-1", "Lincoln", "Room 101"] {
            assert!(!told.contains(secret), "{path} tells {secret} to a stranger");
        }
    }
}

#[tokio::test]
async fn every_page_of_the_staff_answers_with_the_same_strict_headers() {
    let school = school().await;
    let staff = school.staff().await;
    for path in FOR_STAFF.iter().filter(|path| !path.starts_with("/live")) {
        let answer = staff.get(path).await;
        assert_secure(path, answer.headers());
        let missing = path.contains("no-such") || path.contains("00000000");
        assert_eq!(answer.status(), if missing { 404 } else { 200 }, "{path}");
        assert_eq!(
            answer.headers()["content-type"],
            "text/html; charset=utf-8",
            "{path}"
        );
        let page = answer.text().await.expect("a page");
        for inline in [" style=", " onclick=", "<style", "javascript:"] {
            assert!(!page.contains(inline), "{path} has {inline}");
        }
    }
}

#[tokio::test]
async fn a_device_without_a_credential_and_a_person_with_a_cookie_are_no_device() {
    let school = school().await;
    let staff = school.staff().await;
    for (method, path) in FOR_DEVICES {
        let method: reqwest::Method = method.parse().expect("a method");
        let answer = client()
            .request(method, school.url(path))
            .json(&())
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 401, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/json", "{path}");
    }
    assert_eq!(staff.get("/api/v1/assignment").await.status(), 401);
    // And a device's credential opens no page.
    let laptop = school.device("101", "LAPTOP-1", Platform::Windows).await;
    let page = client()
        .get(school.url("/"))
        .bearer_auth(&laptop.credential)
        .send()
        .await;
    assert_eq!(page.expect("an answer").status(), 401);
}

#[tokio::test]
async fn a_sign_in_link_works_once() {
    let school = school().await;
    let link = school.sign_in_link().await;
    let (page, token) = link.split_once("?token=").expect("a link with its token");
    let spend = async |token: &str| {
        client()
            .post(format!("{page}/link"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("token={token}"))
            .send()
            .await
            .expect("an answer")
    };
    let first = spend(token).await;
    assert_eq!(first.status(), 303, "it leads on to the overview");
    let cookie = first.headers()["set-cookie"]
        .to_str()
        .expect("a cookie")
        .to_owned();
    for word in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    assert!(
        !link.contains(cookie.split(['=', ';']).nth(1).expect("a value")),
        "the link is not the cookie"
    );
    let second = spend(token).await;
    assert_eq!(second.status(), 401);
    assert!(second.text().await.expect("a page").contains("was used already"));
    assert_eq!(spend(&format!("0000{token}")).await.status(), 401);
}

#[tokio::test]
async fn looking_at_a_sign_in_link_does_not_spend_it() {
    let school = school().await;
    let link = school.sign_in_link().await;
    for _ in 0..2 {
        let looked = client().get(&link).send().await.expect("an answer");
        assert_eq!(looked.status(), 200);
        assert!(!looked.headers().contains_key("set-cookie"));
    }
    school.staff().await;
}

#[tokio::test]
async fn the_description_of_the_interface_is_whole_and_lists_every_call() {
    let school = school().await;
    let answer = client()
        .get(school.url("/api/openapi.json"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 200);
    let document: Value = answer.json().await.expect("JSON");
    assert!(
        document["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3.1")),
        "{document}"
    );
    let paths: BTreeSet<&str> = document["paths"]
        .as_object()
        .expect("paths")
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        paths,
        BTreeSet::from([
            "/api/v1/assignment",
            "/api/v1/credential",
            "/api/v1/enroll",
            "/api/v1/incidents/live",
            "/api/v1/reports",
            "/api/v1/watchers",
            "/api/v1/watchers/token"
        ])
    );

    // Each "$ref" leads somewhere, and each operation says what a refusal looks like.
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap_or_default();
        assert!(document.pointer(pointer).is_some(), "#{pointer} leads nowhere");
    }
    for path in document["paths"].as_object().expect("paths").values() {
        for operation in path.as_object().expect("operations").values() {
            assert!(operation["responses"]["503"].is_object(), "{operation}");
        }
    }
    // The messages of the wire are described by their own types.
    for schema in [
        "Report",
        "ReportReply",
        "EnrollRequest",
        "EnrollReply",
        "CredentialReply",
        "Assignment",
        "WatchOffer",
        "WatchGrant",
        "Sight",
        "ErrorBody",
    ] {
        assert!(
            document["components"]["schemas"][schema].is_object(),
            "{schema} is not described"
        );
    }
}

#[tokio::test]
async fn it_says_that_it_lives_that_it_is_ready_and_what_it_counts() {
    let school = school().await;
    let mut laptop = school.device("101", "LAPTOP-1", Platform::Windows).await;
    laptop.note_mark(1);
    laptop.report().await;
    for path in ["/livez", "/readyz"] {
        let answer = client().get(school.url(path)).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
    }
    let metrics = wait_until("a counted report", PATIENCE, async || {
        let answer = client()
            .get(school.url("/metrics"))
            .send()
            .await
            .expect("an answer");
        let text = answer.text().await.expect("text");
        let counted = text
            .lines()
            .any(|line| line.starts_with("roomready_") && line.contains("/api/v1/reports"));
        if counted { Ok(text) } else { Err(text) }
    })
    .await;
    for told in ["LAPTOP-1", &laptop.id.to_string(), "Lincoln"] {
        assert!(!metrics.contains(told), "metrics name {told}");
    }
}

#[tokio::test]
async fn an_assignment_that_a_device_holds_is_not_sent_again() {
    let school = school().await;
    let mut laptop = school.device("101", "LAPTOP-1", Platform::Windows).await;
    let reply = laptop.report().await;
    let assignment = laptop.assignment(None).await.expect("a first one");
    assert_eq!(
        assignment.tag, reply.assignment_tag,
        "the reply names the one to hold"
    );
    assert_eq!(assignment.device, laptop.id);
    assert_eq!(
        assignment.seat.as_ref().map(ToString::to_string).as_deref(),
        Some("1")
    );
    assert_eq!(assignment.sittings.len(), 1, "{assignment:?}");
    assert_eq!(
        laptop.assignment(Some(assignment.tag.as_str())).await,
        None,
        "held already"
    );
    assert!(laptop.assignment(Some("another")).await.is_some());
}

#[tokio::test]
async fn unknown_addresses_and_wrong_methods_are_refused_to_programs_in_json() {
    let school = school().await;
    let unknown = client()
        .get(school.url("/api/v1/nothing"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(unknown.status(), 404);
    let wrong = client()
        .get(school.url("/api/v1/reports"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(wrong.status(), 405);
    let body: Value = wrong.json().await.expect("JSON for programs");
    assert!(
        body["message"]
            .as_str()
            .is_some_and(|words| words.contains("/api/openapi.json")),
        "{body}"
    );
}

#[tokio::test]
async fn files_of_the_pages_may_be_kept_for_good_and_pages_may_not() {
    let school = school().await;
    let staff = school.staff().await;
    let page = staff.page(&format!("/schools/{SCHOOL}")).await;
    let assets: BTreeSet<&str> = page
        .split('"')
        .filter(|text| text.starts_with("/assets/"))
        .collect();
    assert!(assets.len() >= 3, "style, script and icon: {assets:?}");
    for asset in assets {
        // Without a sign-in: the sign-in page itself needs its style.
        let answer = client().get(school.url(asset)).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{asset}");
        assert!(
            answer.headers()["cache-control"]
                .to_str()
                .is_ok_and(|value| value.contains("immutable")),
            "{asset}"
        );
        let tag = answer.headers()["etag"].clone();
        let again = client()
            .get(school.url(asset))
            .header("if-none-match", tag)
            .send()
            .await
            .expect("an answer");
        assert_eq!(again.status(), 304, "{asset}");
    }
    assert_eq!(
        client()
            .get(school.url("/assets/no-such.css"))
            .send()
            .await
            .expect("an answer")
            .status(),
        404
    );
}
