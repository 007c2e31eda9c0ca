use std::time::Duration;

use roomready_tests::http::{End, RawConnection, client, exchange};
use roomready_tests::wait::PATIENCE;

use super::page_server::PageServer;

#[tokio::test]
async fn a_whole_request_is_answered_and_the_close_is_seen() {
    let server = PageServer::start(&[("/", "hello")]).await;
    let answer = exchange(server.address(), "GET / HTTP/1.1\r\nHost: here\r\n\r\n", PATIENCE).await;
    assert_eq!(
        (answer.status(), answer.body().as_str(), answer.end),
        (Some(200), "hello", End::Closed)
    );
}

#[tokio::test]
async fn half_a_request_is_told_apart_from_an_answered_one() {
    let server = PageServer::start(&[("/", "hello")]).await;
    let mut connection = RawConnection::open(server.address()).await;
    assert!(connection.send("GET / HT").await);
    let answer = connection.answer_within(Duration::from_millis(200)).await;
    assert_eq!((answer.status(), answer.end), (None, End::StillOpen));
    connection.finish_sending().await;
    assert!(
        connection.answer_within(PATIENCE).await.is_closed(),
        "given up, the server lets go"
    );
}

#[tokio::test]
async fn the_plain_client_speaks_http_without_a_proxy_or_a_redirect() {
    let server = PageServer::start(&[("/", "hello")]).await;
    let response = client().get(server.url("/")).send().await.unwrap();
    assert_eq!(response.text().await.unwrap(), "hello");
    assert_eq!(
        client().get(server.url("/none")).send().await.unwrap().status(),
        404
    );
}
