//! A person of the staff, seen as the requests of their browser.

use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use reqwest::{Client, Response};

use crate::http::client;

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Staff {
    client: Client,
    base: String,
    cookie: String,
}

impl Staff {
    /// Opens a sign-in link and presses its button, which spends it.
    ///
    /// # Panics
    ///
    /// When the link lets nobody in.
    pub async fn sign_in(link: &str) -> Self {
        let client = client();
        let (page, token) = link.split_once("?token=").expect("a link carries its token");
        let answer = client
            .post(format!("{page}/link"))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(format!("token={token}"))
            .send()
            .await
            .expect("the collector answers");
        let status = answer.status();
        let cookie = answer
            .headers()
            .get(SET_COOKIE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .unwrap_or_else(|| panic!("the sign-in link brought no cookie but {status}"))
            .to_owned();
        let base = link
            .split_once("/sign-in")
            .expect("a link leads to the sign-in page")
            .0
            .to_owned();
        Self { client, base, cookie }
    }

    /// The request that opens the stream of a page, as it goes over the wire.
    #[must_use]
    pub fn stream_request(&self, path: &str) -> String {
        format!(
            "GET /live{path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\n\r\n",
            self.base.trim_start_matches("http://"),
            self.cookie
        )
    }

    /// Asks for a page or a file, signed in.
    ///
    /// # Panics
    ///
    /// When nothing answers.
    pub async fn get(&self, path: &str) -> Response {
        self.client
            .get(format!("{}{path}", self.base))
            .header(COOKIE, &self.cookie)
            .send()
            .await
            .unwrap_or_else(|fault| panic!("GET {path}: {fault}"))
    }

    /// The text of a page.
    ///
    /// # Panics
    ///
    /// When there is no such page.
    pub async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        let status = answer.status();
        let text = answer.text().await.expect("a page is text");
        assert_eq!(status, 200, "GET {path}: {text}");
        text
    }

    /// Opens the stream that keeps a page live. It stays open until the response is dropped.
    ///
    /// # Panics
    ///
    /// When it is refused.
    pub async fn stream(&self, path: &str) -> Response {
        let answer = self.get(&format!("/live{path}")).await;
        assert_eq!(answer.status(), 200, "the live stream of {path} opens");
        answer
    }
}
