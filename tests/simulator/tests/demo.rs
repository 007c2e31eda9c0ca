//! The demo as a newcomer starts it: the real program, its real pages, its real minute.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::{Instant, interval, timeout_at};

/// Enough for a busy machine to start everything; a free one takes a second.
const START: Duration = Duration::from_secs(30);
/// How often a page is looked at.
const LOOK: Duration = Duration::from_millis(250);
const ROOM: &str = "/schools/lincoln-ms/rooms/101";

struct Demo {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Demo {
    fn start(arguments: &[&str], data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_roomready-simulator"))
            .arg("demo")
            .args(arguments)
            .arg("--data")
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the demo's program starts");
        let out = child.stdout.take().expect("its output is piped");
        Self {
            child,
            lines: BufReader::new(out).lines(),
        }
    }

    async fn sign_in_link(&mut self) -> String {
        let found = async {
            while let Some(line) = self.lines.next_line().await.expect("its output is text") {
                if line.contains("/sign-in?token=") {
                    return line.trim().to_owned();
                }
            }
            panic!("the demo ended without a sign-in link");
        };
        tokio::time::timeout(START, found)
            .await
            .expect("a sign-in link in time")
    }
}

/// A person with a browser.
struct Visitor {
    client: reqwest::Client,
    base: String,
    cookie: String,
}

impl Visitor {
    async fn sign_in(link: &str) -> Self {
        roomready_agent::supervise::install_crypto();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        let (page, token) = link.split_once("?token=").expect("a link with its token");
        let answer = client
            .post(format!("{page}/link"))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(format!("token={token}"))
            .send()
            .await
            .expect("the link answers");
        let cookie = answer
            .headers()
            .get(SET_COOKIE)
            .expect("a cookie")
            .to_str()
            .expect("plain text");
        let (cookie, _) = cookie.split_once(';').expect("a cookie with its rules");
        let (base, _) = link.split_once("/sign-in").expect("a link to the sign-in page");
        Self {
            cookie: cookie.to_owned(),
            base: base.to_owned(),
            client,
        }
    }

    /// A page's words in reading order.
    async fn read(&self, path: &str) -> String {
        let request = self
            .client
            .get(format!("{}{path}", self.base))
            .header(COOKIE, &self.cookie);
        let answer = request.send().await.expect("the page answers");
        assert_eq!(answer.status(), 200, "{path}");
        let page = answer.text().await.expect("a page is text");
        let words = page
            .split('<')
            .map(|tag| tag.split_once('>').map_or(tag, |(_, text)| text));
        words
            .flat_map(str::split_whitespace)
            .collect::<Vec<_>>()
            .join(" ")
            .replace("&#39;", "'")
    }

    /// Looks at a page until it says so.
    async fn sees(&self, path: &str, words: &str, until: Instant) {
        let mut look = interval(LOOK);
        let mut last = String::new();
        let seeing = async {
            loop {
                look.tick().await;
                last = self.read(path).await;
                if last.contains(words) {
                    break;
                }
            }
        };
        if timeout_at(until, seeing).await.is_err() {
            panic!("{path} does not say {words:?} in time; it says:\n{last}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn within_a_minute_an_app_crashes_and_a_device_goes_silent_and_both_come_back() {
    let data = tempfile::tempdir().expect("a folder");
    let mut demo = Demo::start(&["--port", "0", "--seconds", "120"], &data.path().join("demo"));
    let link = demo.sign_in_link().await;
    let opened = Instant::now();
    let at = |second| opened + Duration::from_secs(second);
    let visitor = Visitor::sign_in(&link).await;

    visitor.sees(ROOM, "7 of 9 have opened TestNav", at(30)).await;
    let board = visitor.read(ROOM).await;
    assert!(
        !board.contains("Never reported THIS-COMPUTER"),
        "this machine is judged:\n{board}"
    );
    assert!(
        visitor
            .read("/schools/lincoln-ms/rooms/204")
            .await
            .contains("watched by LIN-STAFF-2")
    );

    visitor.sees(ROOM, "Seat 4 Test app crashed", at(33)).await;
    visitor.sees(ROOM, "Seat 8 Lost", at(33)).await;
    // What is over by then was open before. A state that a busy machine looked past does not come again.
    visitor.sees("/incidents", "Ended: 2", at(110)).await;
    let board = visitor.read(ROOM).await;
    assert!(
        board.contains("No open incident") && !board.contains("Seat 8 Lost"),
        "all is well again:\n{board}"
    );

    let ended = timeout_at(at(180), demo.child.wait())
        .await
        .expect("it stops by itself");
    assert_eq!(ended.expect("it ran").code(), Some(0));
}

#[tokio::test]
async fn what_the_caller_can_mend_ends_it_with_status_2_and_says_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let data = tempfile::tempdir().expect("a folder");
    let demo = Demo::start(&["--port", &port], &data.path().join("demo"));
    let ended = tokio::time::timeout(START, demo.child.wait_with_output())
        .await
        .expect("in time");
    let ended = ended.expect("it ran");
    assert_eq!(ended.status.code(), Some(2));
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(
        said.contains(&format!("port {port} is in use")) && said.contains("--port 0"),
        "{said}"
    );
}
