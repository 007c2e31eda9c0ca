//! Captive portals, web filters and wrong addresses.

use super::*;
use crate::ports::Uplink as _;

const PAGE: &str = "<!doctype html><title>Welcome to SchoolNet</title>";

/// The trouble that an answer makes, and that it makes again: nothing is given up.
async fn told(status: &str, headers: &str, body: &str) -> Trouble {
    let server = Server::start(&answer(status, headers, body)).await;
    let uplink = plain(&server);
    let first = uplink.report(&report_at(0)).await.expect_err(status);
    let again = uplink.report(&report_at(5_000)).await.expect_err(status);
    assert_eq!(first, again);
    first
}

fn is(trouble: &Trouble, wanted: Stranger) -> bool {
    matches!(trouble, Trouble::NotOurs { who, .. } if *who == wanted)
}

#[tokio::test]
async fn a_redirect_to_another_host_is_a_login_page_and_only_that_host_is_told() {
    let away = format!("{HTML}location: https://portal.example/login?user=jane&next=/api/v1/reports\r\n");
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        let trouble = told(status, &away, PAGE).await;
        let text = trouble.to_string();
        assert!(
            text.starts_with("a login page answered instead of the collector (redirected to portal.example)"),
            "{text}"
        );
        assert!(!text.contains("jane") && !text.contains("/login"), "{text}");
    }
}

#[tokio::test]
async fn a_page_in_place_of_an_answer_is_a_login_page() {
    let ok = told("200 OK", HTML, PAGE).await;
    assert!(is(&ok, Stranger::LoginPage), "{ok}");
    let sign_in = told("511 Network Authentication Required", HTML, PAGE).await;
    assert!(is(&sign_in, Stranger::LoginPage), "{sign_in}");
}

#[tokio::test]
async fn a_filter_s_no_is_a_block_page_and_never_our_collector_s_no() {
    for status in ["403 Forbidden", "451 Unavailable For Legal Reasons"] {
        let trouble = told(status, HTML, PAGE).await;
        assert!(is(&trouble, Stranger::BlockPage), "{trouble}");
        assert!(
            trouble.to_string().starts_with("a block page answered"),
            "{trouble}"
        );
    }
    let empty = told("401 Unauthorized", "", "").await;
    assert!(is(&empty, Stranger::Somebody), "not our 401: {empty}");
}

#[tokio::test]
async fn a_redirect_within_the_address_says_what_may_be_wrong_with_it() {
    let https = format!("{HTML}location: https://127.0.0.1/secret/path\r\n");
    let trouble = told("301 Moved", &https, "").await;
    assert!(is(&trouble, Stranger::Somebody), "{trouble}");
    let text = trouble.to_string();
    assert!(
        text.contains("redirected within 127.0.0.1; is its address https?"),
        "{text}"
    );
    assert!(!text.contains("secret"), "{text}");
    let nowhere = told("302 Found", "", "").await.to_string();
    assert!(nowhere.contains("to nowhere"), "{nowhere}");
}

#[tokio::test]
async fn something_else_altogether_is_told_as_what_it_is() {
    let other = told("200 OK", "content-type: image/png\r\n", "PNG").await;
    assert!(
        other.to_string().contains("an answer of type image/png"),
        "{other}"
    );
    let ours = told("200 OK", JSON, "{\"hello\":1}").await;
    assert!(ours.to_string().contains("not understood"), "{ours}");
    let missing = told("404 Not Found", HTML, PAGE).await;
    assert!(is(&missing, Stranger::Somebody), "{missing}");
    assert!(missing.to_string().contains("status 404"), "{missing}");
}

#[tokio::test]
async fn a_stranger_s_wait_is_obeyed_for_a_few_seconds_only() {
    let got = told("503 Unavailable", "retry-after: 3\r\n", "upstream").await;
    assert!(
        matches!(
            got,
            Trouble::Busy {
                retry_after_ms: Some(3_000),
                ..
            }
        ),
        "{got:?}"
    );
    let got = told("503 Unavailable", "retry-after: 3600\r\n", "upstream").await;
    assert!(
        matches!(
            got,
            Trouble::Busy {
                retry_after_ms: Some(15_000),
                ..
            }
        ),
        "{got:?}"
    );
}
