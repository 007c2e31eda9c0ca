//! Signing in: the page that everybody sees who is not known yet, and what its forms do.

mod code;
mod password;

pub(in crate::http) use code::by_code;
pub(in crate::http) use password::by_password;

use axum::extract::{Query, State};
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect, Response};
use http::header::SET_COOKIE;
use http::{Extensions, HeaderMap};
use roomready_shared::ids::{AccountId, BrowserSessionId};
use serde::Deserialize;
use uuid::Uuid;

use crate::access::Who;
use crate::domain::entry::NewEntry;
use crate::http::extract::person::{browser, cookie_name};
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::limits;
use crate::pages;
use crate::pages::view::{SignInLinkPage, SignInPage, SignInReason};
use crate::secret::Secret;
use crate::store::{Account, BrowserSession, Opens, SignedIn};

#[derive(Deserialize)]
pub(in crate::http) struct Link {
    token: Option<String>,
    /// What was just done, where the page is the answer to it.
    done: Option<String>,
}

/// The form; or, with a link, what it opens. That spends nothing and spends nothing: programs that look into mail open every link in it. Its button does.
pub(in crate::http) async fn page(
    State(app): State<App>,
    Query(link): Query<Link>,
) -> Result<Response, Refusal> {
    let Some(token) = link.token else {
        let reason = match link.done.as_deref() {
            Some("password") => SignInReason::Chosen,
            Some("out") => SignInReason::Out,
            _ => SignInReason::Needed,
        };
        let page = SignInPage::because(reason);
        return Ok(Html(pages::sign_in::render(&page)).into_response());
    };
    let token = Secret::shown(&token).ok_or_else(Refusal::sign_in_needed)?;
    let link = app.store.link(token.hash(), app.clock.wall()).await?;
    let Opens::SignIn(account) = link.opens else {
        return Err(Refusal::not_found("this link opens something else"));
    };
    let account = account_of(&app, account).await?;
    let page = SignInLinkPage {
        name: account.name.to_string(),
        token: token.reveal().to_owned(),
    };
    Ok(Html(pages::sign_in::render_link(&page)).into_response())
}

#[derive(Deserialize)]
pub(in crate::http) struct Spent {
    token: String,
}

/// Spends a link: this browser is signed in as its account.
pub(in crate::http) async fn by_link(
    State(app): State<App>,
    extensions: Extensions,
    headers: HeaderMap,
    Sent(link): Sent<Spent>,
) -> Result<Response, Refusal> {
    let token = Secret::shown(&link.token).ok_or_else(Refusal::sign_in_needed)?;
    let Opens::SignIn(account) = app.store.link(token.hash(), app.clock.wall()).await?.opens else {
        return Err(Refusal::not_found("this link opens something else"));
    };
    let account = account_of(&app, account).await?;
    let begins = Begins::new(&app, account, &headers)?;
    let entry = NewEntry::signed_in(
        begins.signed_in.session.begun_at,
        &begins.signed_in.actor(),
        "link",
    );
    let session = begins.signed_in.session.clone();
    app.store.spend_link(token.hash(), session, entry).await?;
    Ok(begins.answer(&app, &extensions, "/"))
}

pub(in crate::http) async fn account_of(app: &App, id: AccountId) -> Result<Account, Refusal> {
    app.store
        .account(id)
        .await?
        .filter(|account| account.closed_at.is_none())
        .ok_or_else(|| Refusal::not_found("the account of this link was closed"))
}

/// A sign-in that is about to begin.
pub(in crate::http) struct Begins {
    pub(in crate::http) signed_in: SignedIn,
    cookie: Secret,
}

impl Begins {
    pub(in crate::http) fn new(app: &App, account: Account, headers: &HeaderMap) -> Result<Self, Refusal> {
        let cookie = Secret::new().map_err(Refusal::internal)?;
        let now = app.clock.wall();
        let session = BrowserSession {
            id: BrowserSessionId::new(Uuid::new_v4()),
            cookie: cookie.hash(),
            who: Who::Account(account.id),
            browser: browser(headers),
            begun_at: now,
            used_at: now,
            ends: now
                .saturating_add(limits::STAFF_SESSION_LIFE)
                .map_err(Refusal::internal)?,
        };
        Ok(Self {
            signed_in: SignedIn { session, account },
            cookie,
        })
    }

    /// Begins it, with the entry about it.
    pub(in crate::http) async fn write(&self, app: &App, how: &str) -> Result<(), Refusal> {
        let session = self.signed_in.session.clone();
        let entry = NewEntry::signed_in(session.begun_at, &self.signed_in.actor(), how);
        Ok(app.store.begin_session(session, entry).await?)
    }

    /// Where somebody begins who did not ask for a page.
    pub(in crate::http) fn first_page(&self) -> &'static str {
        if self.signed_in.account.lacks_second_factor() {
            "/account/second-factor"
        } else {
            "/"
        }
    }

    /// Gives the browser its cookie and sends it on to one of our own pages.
    pub(in crate::http) fn answer(self, app: &App, extensions: &Extensions, to: &str) -> Response {
        let value = sign_in_cookie(extensions, app.port, &self.cookie);
        (AppendHeaders([(SET_COOKIE, value)]), Redirect::to(to)).into_response()
    }
}

/// Strict: no other site's link or form ever carries it. `Secure` wherever the way is encrypted; plain HTTP is served
/// on loopback only.
pub(in crate::http) fn sign_in_cookie(extensions: &Extensions, port: u16, cookie: &Secret) -> String {
    let name = cookie_name(extensions, port);
    let secure = if name.starts_with("__Host-") {
        "; Secure"
    } else {
        ""
    };
    format!(
        "{name}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{secure}",
        cookie.reveal(),
        limits::STAFF_SESSION_LIFE.as_secs(),
    )
}

/// Takes the cookie away again.
pub(in crate::http) fn no_cookie(extensions: &Extensions, port: u16) -> String {
    let name = cookie_name(extensions, port);
    let secure = if name.starts_with("__Host-") {
        "; Secure"
    } else {
        ""
    };
    format!("{name}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{secure}")
}

/// A path of ours to go to after signing in; the overview for anything else. Never another site: two slashes or a
/// backslash would lead to one.
pub(in crate::http) fn own_path(path: &str) -> &str {
    let is_ours = path.len() <= MOST_PATH_BYTES
        && path.starts_with('/')
        && !path.starts_with("//")
        && !path.starts_with("/sign-")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_ours { path } else { "/" }
}

/// Longest path that is gone back to: the longest of ours has two ids in it.
const MOST_PATH_BYTES: usize = 300;

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn one_is_sent_on_to_our_own_pages_only() {
        assert_eq!(
            own_path("/schools/lincoln-ms/rooms/101?order=seat"),
            "/schools/lincoln-ms/rooms/101?order=seat"
        );
        for elsewhere in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a b",
            "/\u{9}/evil.example",
            "/sign-out",
        ] {
            assert_eq!(own_path(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
