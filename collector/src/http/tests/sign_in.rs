//! Name, password and code.

use std::time::Duration;

use super::harness::{Collector, Reply};
use crate::access::Role;
use crate::account::{Password, PasswordHash, TotpSecret};
use crate::clock::Clock as _;
use crate::domain::entry::{EntryKind, Subject};
use crate::limits;
use crate::store::{Account, AccountChange, Changed, EntryQuery, SecondFactor};

pub(super) const PASSWORD: &str = "the ferry leaves at six";

/// Somebody with a password, and with codes of [`secret`] when their role asks for them.
pub(super) async fn somebody(collector: &Collector, role: Role) -> Account {
    let account = collector.account(role, &["lincoln-ms"]).await;
    let hash = PasswordHash::of(&Password::typed(PASSWORD).unwrap()).unwrap();
    let factor = role.needs_second_factor().then(|| SecondFactor {
        secret: secret().as_bytes().to_vec(),
        used_step: 0,
    });
    for changed in [
        Changed::Password {
            hash: hash.as_str().to_owned(),
            keep: None,
        },
        Changed::SecondFactor(factor),
    ] {
        let change = AccountChange {
            account: account.id,
            changed,
            at: collector.clock.wall(),
            by_link: None,
            entries: Vec::new(),
        };
        collector.store.change_account(change).await.unwrap();
    }
    account
}

pub(super) fn secret() -> TotpSecret {
    TotpSecret::from_bytes(&[9; 20]).unwrap()
}

pub(super) fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

pub(super) async fn type_password(collector: &Collector, name: &str, password: &str) -> Reply {
    let form = encoded(&[
        ("name", name),
        ("password", password),
        ("to", "/schools/lincoln-ms"),
    ]);
    collector.post("/sign-in", "", &form).await
}

/// The value of a hidden field.
pub(super) fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| panic!("no field {name} in {page}"));
    rest.split('"').next().unwrap().to_owned()
}

/// The header of the cookie that an answer brought.
pub(super) fn cookie(reply: &Reply) -> String {
    let set = reply
        .header("set-cookie")
        .unwrap_or_else(|| panic!("no cookie in {}: {}", reply.status, reply.text));
    format!("cookie: {}\r\n", set.split(';').next().unwrap())
}

pub(super) async fn kinds(collector: &Collector) -> Vec<EntryKind> {
    let entries = collector.store.entries(EntryQuery::default()).await.unwrap();
    entries.iter().map(|entry| entry.entry.kind).collect()
}

#[tokio::test]
async fn a_technician_signs_in_with_name_and_password_and_gets_where_they_wanted() {
    let collector = Collector::in_lincoln().await;
    let account = somebody(&collector, Role::Technician).await;
    let name = account.name.as_str().to_uppercase();
    let reply = type_password(&collector, &name, PASSWORD).await;
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, Some("/schools/lincoln-ms"))
    );
    let page = collector
        .get_with("/schools/lincoln-ms", cookie(&reply).trim_end())
        .await;
    assert_eq!(page.status, 200);
    assert!(kinds(&collector).await.contains(&EntryKind::StaffSignedIn));
}

#[tokio::test]
async fn a_wrong_password_and_a_name_that_nobody_has_are_told_alike_and_written_down() {
    let collector = Collector::in_lincoln().await;
    let account = somebody(&collector, Role::Technician).await;
    let wrong = type_password(&collector, account.name.as_str(), "the ferry leaves at ten").await;
    let nobody = type_password(&collector, "Nobody Atall", PASSWORD).await;
    assert_eq!((wrong.status, nobody.status), (401, 401));
    let said = "Name or password is not right";
    assert!(wrong.text.contains(said) && nobody.text.contains(said));
    let entries = collector.store.entries(EntryQuery::default()).await.unwrap();
    let failed: Vec<_> = entries
        .iter()
        .filter(|entry| entry.entry.kind == EntryKind::SignInFailed)
        .collect();
    assert_eq!(failed[0].entry.subject, Subject::Account(account.id));
    assert_eq!(failed[1].entry.subject, Subject::Collector);
    assert!(!format!("{failed:?}").contains("Nobody Atall"));
}

#[tokio::test]
async fn a_coordinator_is_asked_for_a_code_and_no_code_opens_twice() {
    let collector = Collector::in_lincoln().await;
    let account = somebody(&collector, Role::DistrictCoordinator).await;
    let half_way = type_password(&collector, account.name.as_str(), PASSWORD).await;
    assert_eq!(half_way.status, 200);
    assert!(
        half_way.header("set-cookie").is_none(),
        "a password alone opens nothing"
    );
    let token = hidden(&half_way.text, "token");
    let send = async |token: &str, code: &str| {
        let form = encoded(&[("token", token), ("code", code)]);
        collector.post("/sign-in/code", "", &form).await
    };
    let wrong = send(&token, "000000").await;
    assert_eq!(wrong.status, 401);
    assert!(wrong.text.contains("This code is not right"), "{}", wrong.text);
    let code = secret().code_at(collector.clock.wall());
    let right = send(&token, &code).await;
    assert_eq!(
        (right.status, right.header("location")),
        (303, Some("/schools/lincoln-ms"))
    );
    assert!(cookie(&right).contains("roomready"));
    let again = type_password(&collector, account.name.as_str(), PASSWORD).await;
    let again = send(&hidden(&again.text, "token"), &code).await;
    assert_eq!(again.status, 401, "somebody looked over their shoulder");
    assert_eq!(send(&token, &code).await.status, 401, "the form was used");
}

#[tokio::test]
async fn a_code_that_comes_too_late_begins_anew() {
    let collector = Collector::in_lincoln().await;
    let account = somebody(&collector, Role::Auditor).await;
    let half_way = type_password(&collector, account.name.as_str(), PASSWORD).await;
    let token = hidden(&half_way.text, "token");
    collector.clock.pass(limits::CODE_PATIENCE);
    let code = secret().code_at(collector.clock.wall());
    let form = encoded(&[("token", &token), ("code", &code)]);
    let late = collector.post("/sign-in/code", "", &form).await;
    assert_eq!(late.status, 401);
    assert!(late.text.contains("more than five minutes"), "{}", late.text);
}

#[tokio::test]
async fn whoever_guesses_has_to_wait_and_is_told_for_how_long() {
    let collector = Collector::in_lincoln().await;
    let account = somebody(&collector, Role::Technician).await;
    let name = account.name.as_str();
    for _ in 0..limits::FREE_MISTAKES {
        assert_eq!(type_password(&collector, name, "not it").await.status, 401);
    }
    let slowed = type_password(&collector, name, PASSWORD).await;
    assert_eq!((slowed.status, slowed.header("retry-after")), (429, Some("1")));
    assert!(slowed.text.contains("Try again in 1 second."), "{}", slowed.text);
    assert!(slowed.text.contains("not locked"));
    collector.clock.pass(Duration::from_secs(1));
    assert_eq!(
        type_password(&collector, name, PASSWORD).await.status,
        303,
        "whoever waited gets in"
    );
    let lines = kinds(&collector).await;
    let failed = lines.iter().filter(|kind| **kind == EntryKind::SignInFailed);
    assert_eq!(failed.count(), 1, "the others are counted and written together");
    collector.clock.pass(limits::FAILED_SIGN_INS_COUNTED);
    collector.app.write_failed_sign_ins().await;
    let entries = collector.store.entries(EntryQuery::default()).await.unwrap();
    let counted = entries.last().unwrap().entry.body.as_str();
    assert!(counted.contains("\"times\":4"), "{counted}");
}

#[tokio::test]
async fn a_password_alone_never_forgives_wrong_codes() {
    let collector = Collector::in_lincoln().await;
    let account = somebody(&collector, Role::Administrator).await;
    let mut slowed = false;
    for _ in 0..limits::FREE_MISTAKES {
        let page = type_password(&collector, account.name.as_str(), PASSWORD).await;
        if page.status == 429 {
            slowed = true;
            break;
        }
        let form = encoded(&[("token", &hidden(&page.text, "token")), ("code", "000000")]);
        let code = collector.post("/sign-in/code", "", &form).await;
        assert!(matches!(code.status, 401 | 429), "{}", code.status);
    }
    assert!(slowed, "password and code by turns would try a code each time");
}

#[tokio::test]
async fn the_page_that_asks_to_sign_in_leads_back_to_what_was_asked_for_and_to_no_other_site() {
    let collector = Collector::in_lincoln().await;
    let asked = collector.get("/schools/lincoln-ms/rooms/101?order=seat").await;
    assert_eq!(asked.status, 401);
    assert_eq!(
        hidden(&asked.text, "to"),
        "/schools/lincoln-ms/rooms/101?order=seat"
    );
    let account = somebody(&collector, Role::Technician).await;
    let form = encoded(&[
        ("name", account.name.as_str()),
        ("password", PASSWORD),
        ("to", "//evil.example/"),
    ]);
    let reply = collector.post("/sign-in", "", &form).await;
    assert_eq!((reply.status, reply.header("location")), (303, Some("/")));
}
