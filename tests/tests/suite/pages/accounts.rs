//! People in a real browser: a new installation from its link to the first judged device, sign-in with a code,
//! recovery, and a sign-in that is ended from elsewhere.

use std::time::Duration;

use fantoccini::Locator;
use jiff::{SignedDuration, Timestamp};
use roomready_collector::account::TotpSecret;
use roomready_tests::agent::AgentHome;
use roomready_tests::browser::Browser;
use roomready_tests::clock::now;
use roomready_tests::process::{Launch, Program};
use roomready_tests::wait::{PATIENCE, wait_until};
use tempfile::TempDir;

use super::assert_no_complaint;

const PASSWORD: &str = "two herons and a lamp";
/// From a key on the page to a verdict on the board: the agent enrols, starts, reads and reports.
const FIRST_VERDICT: Duration = Duration::from_secs(60);

/// A collector as somebody starts it who has just installed it.
struct New {
    _data: TempDir,
    _collector: Program,
    base: String,
    link: String,
}

impl New {
    async fn start() -> Self {
        let data = tempfile::tempdir().expect("a folder for the data");
        let collector = Launch::binary("roomready-collector")
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data.path().join("data"))
            .start();
        let link = collector
            .wait_for("the set-up link", PATIENCE, |line| {
                let (_, link) = line.split_once("set up RoomReady (works once): ")?;
                Some(link.trim().to_owned())
            })
            .await;
        let (base, _) = link.split_once("/set-up").expect("a link leads to set-up");
        Self {
            base: base.to_owned(),
            link: link.clone(),
            _data: data,
            _collector: collector,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

async fn fill(browser: &Browser, field: &str, text: &str) {
    let element = wait_until(field, PATIENCE, async || {
        let found = browser.client().find(Locator::Css(field)).await;
        found.map_err(|fault| fault.to_string())
    })
    .await;
    element.clear().await.expect("the field can be emptied");
    element
        .send_keys(text)
        .await
        .expect("the field can be written into");
}

async fn arrives(browser: &Browser, path: &str) {
    wait_until(path, PATIENCE, async || {
        let here = browser.url().await;
        if here.contains(path) { Ok(()) } else { Err(here) }
    })
    .await;
}

/// An authenticator app that was told the key of the page.
async fn app(browser: &Browser) -> TotpSecret {
    let field = browser.client().find(Locator::Css("[name=secret]")).await;
    let hex = field
        .expect("the page has the key")
        .prop("value")
        .await
        .expect("the field can be read")
        .expect("the key is there");
    let bytes: Vec<u8> = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex"))
        .collect();
    TotpSecret::from_bytes(&bytes).expect("a key of ours")
}

/// A moment whose code was not used yet: one step ahead is accepted.
fn next_code() -> Timestamp {
    now() + SignedDuration::from_secs(30)
}

/// From the printed link to the page of the district, as an administrator with a second step.
async fn first_administrator(new: &New, browser: &Browser) -> TotpSecret {
    browser.open(&new.link).await;
    browser.assert_accessible_everywhere(&new.link).await;
    fill(browser, "#name", "Ada Byron").await;
    fill(browser, "#new", PASSWORD).await;
    fill(browser, "#again", PASSWORD).await;
    browser.follow("main button").await;
    arrives(browser, "/account/second-factor").await;
    let app = app(browser).await;
    fill(browser, "#code", &app.code_at(now())).await;
    browser.follow("main button.main-press").await;
    arrives(browser, "/set-up/district").await;
    app
}

async fn type_name_and_password(new: &New, browser: &Browser, name: &str) {
    browser.open(&new.url("/sign-in")).await;
    fill(browser, "#name", name).await;
    fill(browser, "#password", PASSWORD).await;
    browser.follow("main button").await;
}

#[tokio::test]
async fn from_the_printed_link_to_the_first_judged_device() {
    let new = New::start().await;
    let browser = Browser::start().await;
    first_administrator(&new, &browser).await;
    for page in ["/account/second-factor", "/set-up/district"] {
        browser.assert_accessible_everywhere(&new.url(page)).await;
        assert_no_complaint(&browser, page, 200).await;
    }
    fill(&browser, "#district", "Cedar Valley Schools").await;
    browser.click("#zone option[value='America/Chicago']").await;
    fill(&browser, "#school", "Lincoln Middle School").await;
    fill(&browser, "#rooms", "101\nLibrary").await;
    browser.follow("main button.main-press").await;
    arrives(&browser, "/set-up/device").await;
    browser
        .assert_accessible_everywhere(&new.url("/set-up/device"))
        .await;
    browser.follow("main button.main-press").await;
    let command = browser
        .wait_for_text("enrol-command", "roomready-agent enroll", PATIENCE)
        .await;
    let words: Vec<&str> = command.split_whitespace().collect();
    let home = AgentHome::empty();
    let enrolled = home
        .command(words[1])
        .args(words[2..].iter().copied())
        .run()
        .await;
    assert_eq!(enrolled.code(), Some(0), "{enrolled:?}");
    let _agent = home.run();
    browser.wait_for_text("tally", "1", FIRST_VERDICT).await;
    let judged = ["ready", "attention", "not ready", "unknown"];
    wait_until("the first verdict", FIRST_VERDICT, async || {
        let said = browser.text_of("tally").await.unwrap_or_default().to_lowercase();
        if judged.iter().any(|word| said.contains(word)) {
            Ok(())
        } else {
            Err(said)
        }
    })
    .await;
    browser.close().await;
}

#[tokio::test]
async fn somebody_signs_in_with_a_code_and_is_signed_out_from_another_browser() {
    let new = New::start().await;
    let (desk, phone) = (Browser::start().await, Browser::start().await);
    let app = first_administrator(&new, &desk).await;
    type_name_and_password(&new, &phone, "ada byron").await;
    fill(&phone, "#code", &app.code_at(next_code())).await;
    phone.follow("main button").await;
    wait_until("the overview", PATIENCE, async || {
        let here = phone.url().await;
        if here == new.url("/") { Ok(()) } else { Err(here) }
    })
    .await;
    for page in ["/account", "/accounts"] {
        desk.assert_accessible_everywhere(&new.url(page)).await;
        assert_no_complaint(&desk, page, 200).await;
    }
    desk.open(&new.url("/account")).await;
    desk.follow("[action='/account/sessions/end-others'] button")
        .await;
    arrives(&desk, "done=others").await;
    phone.open(&new.url("/")).await;
    assert!(phone.text().await.contains("Please sign in"));
    desk.follow(".own button").await;
    arrives(&desk, "/sign-in").await;
    desk.assert_accessible_everywhere(&new.url("/sign-in")).await;
    desk.close().await;
    phone.close().await;
}

#[tokio::test]
async fn an_administrator_hands_out_a_link_and_somebody_chooses_a_password_with_it() {
    let new = New::start().await;
    let (desk, theirs) = (Browser::start().await, Browser::start().await);
    first_administrator(&new, &desk).await;
    desk.open(&new.url("/accounts")).await;
    fill(&desk, "#name", "Maria Keller").await;
    desk.click("[name=role][value=technician]").await;
    desk.click("[name=school]").await;
    desk.follow("main button.main-press").await;
    let link = wait_until("the link", PATIENCE, async || {
        let found = desk.client().find(Locator::Css("code.once")).await;
        let found = found.map_err(|fault| fault.to_string())?;
        found.text().await.map_err(|fault| fault.to_string())
    })
    .await;
    theirs.open(&link).await;
    theirs.assert_accessible_everywhere(&link).await;
    fill(&theirs, "#new", PASSWORD).await;
    fill(&theirs, "#again", PASSWORD).await;
    theirs.follow("main button").await;
    wait_until("the overview", PATIENCE, async || {
        let here = theirs.url().await;
        if here == new.url("/") { Ok(()) } else { Err(here) }
    })
    .await;
    theirs.open(&link).await;
    assert!(theirs.text().await.contains("This link was used already"));
    desk.open(&new.url("/accounts")).await;
    desk.follow("table a[href^='/accounts/']:not([href='/accounts'])")
        .await;
    let of = desk.url().await;
    desk.assert_accessible_everywhere(&of).await;
    desk.close().await;
    theirs.close().await;
}
