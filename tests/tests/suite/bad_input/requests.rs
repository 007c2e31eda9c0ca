//! Requests that are not what the wire says.

use reqwest::{Response, StatusCode};
use roomready_shared::facts::Platform;
use roomready_shared::units::ShortText;
use roomready_shared::wire::v1::{
    EnrollRequest, ErrorBody, ErrorCode, MAX_DEPTH, MAX_NEWS, MAX_REPORT_BYTES,
};
use roomready_tests::device::{FakeDevice, NotTaken};
use roomready_tests::http::{RawConnection, client};
use roomready_tests::school::{Plan, TestSchool};
use roomready_tests::wait::PATIENCE;
use serde_json::json;

async fn school_with_laptop() -> (TestSchool, FakeDevice) {
    let school = TestSchool::start(&Plan::testing_room("101")).await;
    let laptop = school.device("101", "LAPTOP-1", Platform::Windows).await;
    (school, laptop)
}

/// Posts a body as this device's report.
async fn post(school: &TestSchool, device: &FakeDevice, body: impl Into<reqwest::Body>) -> Response {
    let request = client()
        .post(school.url("/api/v1/reports"))
        .bearer_auth(&device.credential)
        .header("content-type", "application/json")
        .body(body);
    request.send().await.expect("a bad body is answered, not cut off")
}

async fn refusal(answer: Response) -> (u16, ErrorCode, String) {
    let status = answer.status().as_u16();
    let text = answer.text().await.expect("a refusal is text");
    let body: ErrorBody =
        serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{status}, {fault}: {text}"));
    (status, body.error, body.message)
}

/// After whatever was refused, a sound report is taken and the log knows no panic.
async fn assert_unharmed(school: &TestSchool, device: &mut FakeDevice) {
    device.note_mark(1);
    device.report().await;
    let log = school.collector().tail();
    assert!(!log.contains("panic"), "{log}");
}

#[tokio::test]
async fn a_body_that_is_not_json_is_told_where_it_breaks() {
    let (school, mut laptop) = school_with_laptop().await;
    let (status, code, message) = refusal(post(&school, &laptop, "{\"live\": oops").await).await;
    assert_eq!((status, code), (400, ErrorCode::Malformed));
    assert!(
        message.contains("not whole JSON") && message.contains("column"),
        "{message}"
    );
    assert_unharmed(&school, &mut laptop).await;
}

#[tokio::test]
async fn json_that_is_no_report_is_told_what_is_missing() {
    let (school, mut laptop) = school_with_laptop().await;
    let (status, code, message) =
        refusal(post(&school, &laptop, r#"{"agent_version": "0.1.0"}"#).await).await;
    assert_eq!((status, code), (422, ErrorCode::Malformed));
    assert!(message.contains("missing field `live`"), "{message}");
    assert_unharmed(&school, &mut laptop).await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_told_the_limit() {
    let (school, mut laptop) = school_with_laptop().await;
    let (status, code, message) =
        refusal(post(&school, &laptop, vec![b' '; MAX_REPORT_BYTES + 1]).await).await;
    assert_eq!((status, code), (413, ErrorCode::TooLarge));
    assert!(message.contains(&MAX_REPORT_BYTES.to_string()), "{message}");
    assert_unharmed(&school, &mut laptop).await;
}

#[tokio::test]
async fn a_body_nested_a_hundred_thousand_deep_is_told_the_depth() {
    let (school, mut laptop) = school_with_laptop().await;
    let (status, code, message) = refusal(post(&school, &laptop, "[".repeat(100_000)).await).await;
    assert_eq!((status, code), (413, ErrorCode::TooLarge));
    assert!(message.contains(&format!("deeper than {MAX_DEPTH}")), "{message}");
    assert_unharmed(&school, &mut laptop).await;
}

#[tokio::test]
async fn a_body_that_does_not_say_it_is_json_is_told_how_to() {
    let (school, laptop) = school_with_laptop().await;
    let request = client()
        .post(school.url("/api/v1/reports"))
        .bearer_auth(&laptop.credential)
        .body("{}");
    let (status, _code, message) = refusal(request.send().await.expect("an answer")).await;
    assert_eq!(status, 415);
    assert!(message.contains("content-type: application/json"), "{message}");
}

#[tokio::test]
async fn a_report_with_too_many_records_is_told_how_many_may_come() {
    let (school, mut laptop) = school_with_laptop().await;
    for mark in 0..=MAX_NEWS as u64 {
        laptop.note_mark(mark);
    }
    let mut report = laptop.report_now();
    report.news.clone_from(&laptop.waiting);
    let body = serde_json::to_string(&report).expect("a report is JSON");
    let (status, code, message) = refusal(post(&school, &laptop, body).await).await;
    assert_eq!((status, code), (413, ErrorCode::TooLarge));
    assert!(
        message.contains(&format!("may bring {MAX_NEWS} records")),
        "{message}"
    );
    // The same records, no more than allowed at once, are taken.
    laptop.report().await;
    laptop.report().await;
    assert!(laptop.waiting.is_empty());
}

#[tokio::test]
async fn one_record_that_nobody_understands_is_put_aside_and_holds_up_nothing() {
    let (school, mut laptop) = school_with_laptop().await;
    for mark in 1..=3 {
        laptop.note_mark(mark);
    }
    laptop.waiting[1].body = json!({"kind": "from_another_age"});
    let reply = laptop.report().await;
    assert_eq!(reply.acked_through, 3, "it counts as done");
    assert_eq!(reply.refused.len(), 1, "{reply:?}");
    assert_eq!(reply.refused[0].seq, 2);
    assert!(
        reply.refused[0].why.as_str().contains("cannot be read"),
        "{reply:?}"
    );
    let stored: Vec<u64> = school
        .record()
        .news(laptop.stream)
        .iter()
        .map(|row| row.seq)
        .collect();
    assert_eq!(stored, [1, 3]);
}

#[tokio::test]
async fn a_device_cut_off_in_the_middle_of_its_report_has_lost_nothing() {
    let (school, mut laptop) = school_with_laptop().await;
    laptop.note_mark(1);
    let body = serde_json::to_string(&laptop.report_now()).expect("a report is JSON");
    let head = format!(
        "POST /api/v1/reports HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        laptop.credential,
        body.len()
    );
    let mut connection = RawConnection::open(school.address()).await;
    assert!(
        connection
            .send(format!("{head}{}", &body[..body.len() / 2]))
            .await
    );
    connection.finish_sending().await;
    assert!(connection.answer_within(PATIENCE).await.is_closed());
    assert!(
        school.record().news(laptop.stream).is_empty(),
        "half a report is no report"
    );
    assert_unharmed(&school, &mut laptop).await;
    assert_eq!(laptop.acked_through, 2);
}

#[tokio::test]
async fn bytes_that_are_no_http_at_all_are_answered_and_hung_up_on() {
    let (school, mut laptop) = school_with_laptop().await;
    let mut connection = RawConnection::open(school.address()).await;
    // The first bytes of a TLS hello: somebody typed https.
    connection
        .send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
        .await;
    let answer = connection.answer_within(PATIENCE).await;
    assert!(answer.is_closed(), "{answer:?}");
    assert!(matches!(answer.status(), None | Some(400)), "{answer:?}");
    assert_unharmed(&school, &mut laptop).await;
}

#[tokio::test]
async fn an_unknown_credential_is_told_to_enrol() {
    let (school, mut laptop) = school_with_laptop().await;
    laptop.note_mark(1);
    laptop.credential = "0".repeat(64);
    let NotTaken::Refused { status, body, .. } = laptop.try_report().await.expect_err("a stranger") else {
        panic!("a stranger is answered");
    };
    assert_eq!(
        (status, body.error),
        (StatusCode::UNAUTHORIZED, ErrorCode::NotEnrolled)
    );
    assert!(body.message.contains("enrol this device again"), "{body:?}");
    assert!(school.record().news(laptop.stream).is_empty());
}

#[tokio::test]
async fn a_device_cannot_speak_in_another_one_s_stream() {
    let (school, mut laptop) = school_with_laptop().await;
    laptop.note_mark(1);
    laptop.report().await;
    let mut thief = school.device("101", "LAPTOP-2", Platform::Windows).await;
    thief.stream = laptop.stream;
    thief.note_mark(2);
    let NotTaken::Refused { status, body, .. } = thief.try_report().await.expect_err("not its stream") else {
        panic!("it is answered");
    };
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(body.message.contains("belongs to another device"), "{body:?}");
    assert_unharmed(&school, &mut laptop).await;
}

#[tokio::test]
async fn an_enrolment_key_that_does_not_let_in_says_why() {
    let school = TestSchool::start(&Plan::testing_room("101")).await;
    let enrol = async |key: &str| {
        let request = EnrollRequest {
            key: key.to_owned(),
            name: "LAPTOP-9".parse().expect("a name"),
            platform: Platform::Windows,
            serial: None,
            agent_version: ShortText::fit("0.1.0"),
        };
        let sent = client()
            .post(school.url("/api/v1/enroll"))
            .json(&request)
            .send()
            .await;
        refusal(sent.expect("an answer")).await
    };
    let (status, code, message) = enrol("not-a-key").await;
    assert_eq!((status, code), (403, ErrorCode::BadKey));
    assert!(message.contains("is not known"), "{message}");

    let key = school.enrolment_key("101", 1).await;
    let _only = FakeDevice::enrol(school.address(), &key, "LAPTOP-1", Platform::Windows).await;
    let (status, code, message) = enrol(&key).await;
    assert_eq!((status, code), (403, ErrorCode::BadKey));
    assert!(message.contains("used as often as it may"), "{message}");
    let enrolled = school
        .record()
        .entries()
        .iter()
        .filter(|entry| entry.kind == "device_enrolled")
        .count();
    assert_eq!(enrolled, 1, "who was refused is not in the record");
}
