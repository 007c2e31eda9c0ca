//! Connections that take a place and give nothing for it. The limits are the real ones, so each of these takes its
//! ten seconds, most of them asleep.

use std::time::Duration;

use roomready_shared::facts::Platform;
use roomready_tests::http::RawConnection;
use roomready_tests::school::{Plan, TestSchool};

/// What the collector grants a first header, and a body.
const GRANTED: Duration = Duration::from_secs(10);
/// More than that, for a busy machine; far less than any other limit of the collector.
const AT_MOST: Duration = Duration::from_secs(18);

async fn assert_let_go(connection: &mut RawConnection, status: Option<u16>) {
    let answer = connection.answer_within(AT_MOST).await;
    assert!(
        answer.is_closed(),
        "still open after {:?}: {}",
        answer.took,
        answer.text()
    );
    assert!(
        answer.took + Duration::from_secs(2) >= GRANTED,
        "closed after {:?} already, a slow school network needs longer",
        answer.took
    );
    assert_eq!(answer.status(), status, "{}", answer.text());
}

#[tokio::test]
async fn a_connection_that_never_sends_a_byte_is_closed() {
    let school = TestSchool::start(&Plan::new()).await;
    let mut connection = RawConnection::open(school.address()).await;
    assert_let_go(&mut connection, None).await;
}

#[tokio::test]
async fn a_request_that_never_ends_its_header_is_closed() {
    let school = TestSchool::start(&Plan::new()).await;
    let mut connection = RawConnection::open(school.address()).await;
    assert!(connection.send("GET /livez HTTP/1.1\r\nHost: he").await);
    let answer = connection.answer_within(AT_MOST).await;
    assert!(answer.is_closed(), "still open after {:?}", answer.took);
    assert!(matches!(answer.status(), None | Some(408)), "{}", answer.text());
}

#[tokio::test]
async fn a_body_that_drips_is_told_that_it_came_too_late() {
    let school = TestSchool::start(&Plan::testing_room("101")).await;
    let laptop = school.device("101", "LAPTOP-1", Platform::Windows).await;
    let mut connection = RawConnection::open(school.address()).await;
    let head = format!(
        "POST /api/v1/reports HTTP/1.1\r\nHost: here\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{",
        laptop.credential
    );
    assert!(connection.send(head).await);
    let answer = connection.answer_within(AT_MOST).await;
    assert!(answer.is_closed(), "still open after {:?}", answer.took);
    assert_eq!(answer.status(), Some(408), "{}", answer.text());
    assert!(
        answer.body().contains("nothing was taken, send it again"),
        "{}",
        answer.text()
    );
}
