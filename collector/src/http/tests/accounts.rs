//! One's own account, and everybody's for an administrator.

use super::harness::{Collector, Reply, SignedInAs};
use super::sign_in::{PASSWORD, cookie, encoded, hidden, kinds, secret, somebody, type_password};
use crate::access::Role;
use crate::clock::Clock as _;
use crate::domain::entry::EntryKind;
use crate::store::Account;

const NEW: &str = "two herons and a lamp";

/// Somebody at a browser of their own, signed in with their password.
async fn at_a_browser(collector: &Collector, account: &Account) -> SignedInAs {
    let reply = type_password(collector, account.name.as_str(), PASSWORD).await;
    let reply = if reply.status == 303 {
        reply
    } else {
        let code = secret().code_at(collector.clock.wall());
        let form = encoded(&[("token", &hidden(&reply.text, "token")), ("code", &code)]);
        let reply = collector.post("/sign-in/code", "", &form).await;
        // The next code, for the next sign-in.
        collector.clock.pass(std::time::Duration::from_secs(60));
        reply
    };
    let header = cookie(&reply);
    let page = collector.get_with("/account", header.trim_end()).await;
    assert_eq!(page.status, 200, "{}", page.text);
    SignedInAs {
        account: account.id,
        cookie: header.trim_end().to_owned(),
        csrf: hidden(&page.text, "csrf"),
    }
}

async fn press(collector: &Collector, person: &SignedInAs, path: &str, fields: &[(&str, &str)]) -> Reply {
    let form = [&[("csrf", person.csrf.as_str())], fields].concat();
    let headers = format!("{}\r\n", person.cookie);
    collector.post(path, &headers, &encoded(&form)).await
}

async fn sees_own_page(collector: &Collector, person: &SignedInAs) -> bool {
    collector.get_with("/account", &person.cookie).await.status == 200
}

#[tokio::test]
async fn a_new_password_signs_every_other_browser_out_and_the_old_one_opens_nothing() {
    let collector = Collector::in_lincoln().await;
    let account = somebody(&collector, Role::Technician).await;
    let here = at_a_browser(&collector, &account).await;
    let elsewhere = at_a_browser(&collector, &account).await;
    let change = async |present: &str, new: &str, again: &str| {
        let fields = [("present", present), ("new", new), ("again", again)];
        press(&collector, &here, "/account/password", &fields).await
    };
    let wrong = change("something else", NEW, NEW).await;
    assert!(
        wrong.text.contains("This is not your present password."),
        "{}",
        wrong.text
    );
    assert!(
        change(PASSWORD, "short", "short")
            .await
            .text
            .contains("at least 12 characters")
    );
    assert!(
        change(PASSWORD, NEW, PASSWORD)
            .await
            .text
            .contains("This is not the same.")
    );
    let common = change(PASSWORD, "password123456", "password123456").await;
    assert!(common.text.contains("tried first"), "{}", common.text);
    let done = change(PASSWORD, NEW, NEW).await;
    assert_eq!(
        (done.status, done.header("location")),
        (303, Some("/account?done=password"))
    );
    assert!(sees_own_page(&collector, &here).await);
    assert!(!sees_own_page(&collector, &elsewhere).await);
    assert_eq!(
        type_password(&collector, account.name.as_str(), PASSWORD)
            .await
            .status,
        401
    );
    assert_eq!(
        type_password(&collector, account.name.as_str(), NEW).await.status,
        303
    );
    assert!(kinds(&collector).await.contains(&EntryKind::PasswordChanged));
}

#[tokio::test]
async fn a_browser_that_was_left_open_is_signed_out_from_another_one() {
    let collector = Collector::in_lincoln().await;
    let account = somebody(&collector, Role::Technician).await;
    let here = at_a_browser(&collector, &account).await;
    let left_open = at_a_browser(&collector, &account).await;
    let page = collector.get_with("/account", &here.cookie).await;
    let (_, rest) = page.text.split_once("/account/sessions/").unwrap();
    let id = rest.split('/').next().unwrap();
    let ended = press(&collector, &here, &format!("/account/sessions/{id}/end"), &[]).await;
    assert_eq!(ended.status, 303);
    assert!(!sees_own_page(&collector, &left_open).await);
    assert!(sees_own_page(&collector, &here).await);
    assert!(kinds(&collector).await.contains(&EntryKind::SessionEnded));
}

#[tokio::test]
async fn nobody_ends_a_sign_in_of_somebody_else() {
    let collector = Collector::in_lincoln().await;
    let (one, other) = (
        somebody(&collector, Role::Technician).await,
        somebody(&collector, Role::Technician).await,
    );
    let one = at_a_browser(&collector, &one).await;
    let target = at_a_browser(&collector, &other).await;
    let sessions = collector
        .store
        .sessions(Some(other.id), collector.clock.wall())
        .await
        .unwrap();
    let path = format!("/account/sessions/{}/end", sessions[0].id);
    assert_eq!(press(&collector, &one, &path, &[]).await.status, 303);
    assert!(sees_own_page(&collector, &target).await);
}

#[tokio::test]
async fn signing_out_ends_it_on_both_sides() {
    let collector = Collector::in_lincoln().await;
    let account = somebody(&collector, Role::Technician).await;
    let here = at_a_browser(&collector, &account).await;
    let out = press(&collector, &here, "/sign-out", &[]).await;
    assert_eq!(
        (out.status, out.header("location")),
        (303, Some("/sign-in?done=out"))
    );
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert!(!sees_own_page(&collector, &here).await);
    assert!(kinds(&collector).await.contains(&EntryKind::StaffSignedOut));
}

#[tokio::test]
async fn a_coordinator_without_a_second_step_reaches_only_its_set_up_and_then_everything() {
    let collector = Collector::in_lincoln().await;
    let header = collector
        .signed_in_without_second_factor(Role::DistrictCoordinator)
        .await;
    assert_eq!(collector.get_with("/", &header).await.status, 403);
    let page = collector.get_with("/account/second-factor", &header).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("<svg class=\"scan\""), "{}", page.text);
    let shown = hidden(&page.text, "secret");
    let bytes = hex::decode(&shown).unwrap();
    let app = crate::account::TotpSecret::from_bytes(&bytes).unwrap();
    assert!(page.text.contains(&app.grouped()));
    let code = app.code_at(collector.clock.wall());
    let csrf = hidden(&page.text, "csrf");
    let headers = format!("{header}\r\n");
    let send = async |code: &str| {
        let form = encoded(&[("csrf", &csrf), ("secret", &shown), ("code", code)]);
        collector.post("/account/second-factor", &headers, &form).await
    };
    let wrong = send("000000").await;
    assert_eq!(wrong.status, 400);
    assert_eq!(
        hidden(&wrong.text, "secret"),
        shown,
        "the app need not be told again"
    );
    assert_eq!(send(&code).await.status, 303);
    assert_eq!(collector.get_with("/", &header).await.status, 200);
    assert!(kinds(&collector).await.contains(&EntryKind::SecondFactorSet));
}

/// The link on the page that shows it once.
fn link(page: &str) -> String {
    let (_, rest) = page
        .split_once("/recover?token=")
        .unwrap_or_else(|| panic!("no link in {page}"));
    rest.chars().take_while(char::is_ascii_hexdigit).collect()
}

#[tokio::test]
async fn an_administrator_adds_somebody_who_chooses_a_password_by_a_link_that_works_once() {
    let collector = Collector::in_lincoln().await;
    let admin = somebody(&collector, Role::Administrator).await;
    let admin = at_a_browser(&collector, &admin).await;
    let fields = [("name", "Maria Keller"), ("role", "technician")];
    let incomplete = press(&collector, &admin, "/accounts", &fields).await;
    assert_eq!(incomplete.status, 400);
    assert!(incomplete.text.contains("Choose their school."));
    let fields = [&fields[..], &[("school", "lincoln-ms")]].concat();
    let made = press(&collector, &admin, "/accounts", &fields).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let taken = press(&collector, &admin, "/accounts", &fields).await;
    assert_eq!(taken.status, 409);
    let token = link(&made.text);
    let page = collector.get(&format!("/recover?token={token}")).await;
    assert!(page.text.contains("Welcome, Maria Keller"), "{}", page.text);
    let choose = async |new: &str| {
        let form = encoded(&[("token", &token), ("new", new), ("again", new)]);
        collector.post("/recover", "", &form).await
    };
    assert!(
        choose("maria keller")
            .await
            .text
            .contains("which anyone would try")
    );
    let chosen = choose(NEW).await;
    assert_eq!((chosen.status, chosen.header("location")), (303, Some("/")));
    assert_eq!(choose(NEW).await.status, 401, "the link is spent");
    assert_eq!(type_password(&collector, "maria keller", NEW).await.status, 303);
    let written = kinds(&collector).await;
    for kind in [
        EntryKind::AccountCreated,
        EntryKind::RecoveryLinkMade,
        EntryKind::PasswordChanged,
    ] {
        assert!(written.contains(&kind), "{kind}");
    }
}

#[tokio::test]
async fn a_recovery_link_alone_does_not_get_past_the_second_step() {
    let collector = Collector::in_lincoln().await;
    let admin = somebody(&collector, Role::Administrator).await;
    let admin = at_a_browser(&collector, &admin).await;
    let auditor = somebody(&collector, Role::Auditor).await;
    let of = format!("/accounts/{}", auditor.id);
    let first = press(&collector, &admin, &format!("{of}/link"), &[]).await;
    let second = press(&collector, &admin, &format!("{of}/link"), &[]).await;
    let choose = async |token: &str| {
        let form = encoded(&[("token", token), ("new", NEW), ("again", NEW)]);
        collector.post("/recover", "", &form).await
    };
    assert_eq!(
        choose(&link(&first.text)).await.status,
        401,
        "a later link ends it"
    );
    let chosen = choose(&link(&second.text)).await;
    assert_eq!(chosen.header("location"), Some("/sign-in?done=password"));
    assert!(chosen.header("set-cookie").is_none());
    let reset = press(&collector, &admin, &format!("{of}/second-factor/reset"), &[]).await;
    assert_eq!(reset.status, 303);
    let signed_in = type_password(&collector, auditor.name.as_str(), NEW).await;
    assert_eq!(signed_in.status, 303);
    let page = collector.get_with("/", cookie(&signed_in).trim_end()).await;
    assert_eq!(page.status, 403, "the step is due again");
}

#[tokio::test]
async fn a_closed_account_is_out_at_once_and_the_last_administrator_stays() {
    let collector = Collector::in_lincoln().await;
    let admin = somebody(&collector, Role::Administrator).await;
    let own = format!("/accounts/{}", admin.id);
    let admin_name = admin.name.clone();
    let admin = at_a_browser(&collector, &admin).await;
    let technician = somebody(&collector, Role::Technician).await;
    let there = at_a_browser(&collector, &technician).await;
    let close = format!("/accounts/{}/close", technician.id);
    assert_eq!(press(&collector, &admin, &close, &[]).await.status, 303);
    assert!(!sees_own_page(&collector, &there).await);
    assert_eq!(
        type_password(&collector, technician.name.as_str(), PASSWORD)
            .await
            .status,
        401
    );
    assert_eq!(
        press(&collector, &admin, &format!("{own}/close"), &[])
            .await
            .status,
        403
    );
    let fields = [("name", admin_name.as_str()), ("role", "auditor")];
    let demoted = press(&collector, &admin, &own, &fields).await;
    assert_eq!(demoted.status, 409);
    assert!(
        demoted.text.contains("This is the only administrator"),
        "{}",
        demoted.text
    );
}
