use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::world::*;
use crate::notify::{Encryption, MailServer, Settings, Way};
use crate::store::Delivery;

/// A mail that was taken: who, to whom, and its bytes.
#[derive(Debug, Clone, Default)]
struct Mail {
    from: String,
    to: Vec<String>,
    text: String,
}

/// A mail server of RFC 5321's kind, which knows some mailboxes.
struct MailHouse {
    address: SocketAddr,
    taken: Arc<Mutex<Vec<Mail>>>,
    /// Answers to `DATA`'s end, one after another; the last one again and again.
    verdicts: Vec<&'static str>,
}

impl MailHouse {
    async fn open(verdicts: Vec<&'static str>) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let house = Arc::new(Self {
            address: listener.local_addr().unwrap(),
            taken: Arc::default(),
            verdicts,
        });
        let open = Arc::clone(&house);
        tokio::spawn(async move {
            let mut number = 0;
            while let Ok((socket, _)) = listener.accept().await {
                let verdict = open.verdicts[number.min(open.verdicts.len() - 1)];
                number += 1;
                let open = Arc::clone(&open);
                tokio::spawn(async move { open.talk(socket, verdict).await });
            }
        });
        house
    }

    async fn talk(&self, socket: TcpStream, verdict: &str) -> Option<()> {
        let mut socket = BufReader::new(socket);
        let mut mail = Mail::default();
        say(&mut socket, "220 mail.example ESMTP").await?;
        loop {
            let mut line = String::new();
            if socket.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let line = line.trim_end();
            let (word, rest) = line.split_once([' ', ':']).unwrap_or((line, ""));
            match word.to_ascii_uppercase().as_str() {
                "EHLO" => say(&mut socket, "250-mail.example\r\n250 8BITMIME").await?,
                "MAIL" => {
                    rest.clone_into(&mut mail.from);
                    say(&mut socket, "250 go on").await?;
                }
                "RCPT" if rest.contains("nobody@") => say(&mut socket, "550 5.1.1 no such mailbox").await?,
                "RCPT" => {
                    mail.to.push(rest.to_owned());
                    say(&mut socket, "250 go on").await?;
                }
                "DATA" => {
                    say(&mut socket, "354 end with a dot").await?;
                    loop {
                        let mut line = String::new();
                        socket.read_line(&mut line).await.ok()?;
                        if line == ".\r\n" {
                            break;
                        }
                        mail.text.push_str(&line);
                    }
                    if verdict.starts_with('2') {
                        self.taken.lock().unwrap().push(std::mem::take(&mut mail));
                    }
                    say(&mut socket, verdict).await?;
                }
                "QUIT" => {
                    say(&mut socket, "221 bye").await?;
                    return Some(());
                }
                _ => say(&mut socket, "250 well").await?,
            }
        }
    }

    fn taken(&self) -> Vec<Mail> {
        self.taken.lock().unwrap().clone()
    }

    fn settings(&self, encryption: Encryption) -> Settings {
        Settings {
            mail: Some(MailServer {
                host: self.address.ip().to_string(),
                port: self.address.port(),
                encryption,
                from: "RoomReady <roomready@cedarvalley.example>".parse().unwrap(),
                sign_in: None,
            }),
            ..Settings::default()
        }
    }
}

async fn say(socket: &mut BufReader<TcpStream>, line: &str) -> Option<()> {
    let line = format!("{line}\r\n");
    socket.get_mut().write_all(line.as_bytes()).await.ok()
}

fn to(addresses: &[&str]) -> Way {
    Way::Mail(addresses.iter().map(|address| address.parse().unwrap()).collect())
}

#[tokio::test]
async fn a_mail_says_room_problem_and_link_and_asks_for_no_answer() {
    let house = MailHouse::open(vec!["250 taken"]).await;
    let both = to(&["on-call@cedarvalley.example", "Tech <tech@cedarvalley.example>"]);
    let world = World::telling(vec![("on-call", both)], house.settings(Encryption::None));
    let notice = notice("on-call", 1);
    world.put(&notice).await;
    world
        .until(&notice, "delivered", |known| {
            matches!(known.delivery, Delivery::Delivered { .. })
        })
        .await;
    let taken = house.taken();
    assert_eq!(taken.len(), 1);
    let Mail { from, to, text } = &taken[0];
    assert!(from.contains("<roomready@cedarvalley.example>"), "{from}");
    assert_eq!(to.len(), 2, "{to:?}");
    for line in [
        format!("Message-ID: <{}@cedarvalley.example>", notice.id),
        "Date: Tue, 06 Oct 2026 09:00:00 +0000".to_owned(),
        "Auto-Submitted: auto-generated".to_owned(),
        "Content-Type: text/plain; charset=utf-8".to_owned(),
    ] {
        assert!(text.contains(&line), "{line} is not in\n{text}");
    }
    assert!(text.contains("https://rooms.example/incidents/lost-1"), "{text}");
    world.stop().await;
}

#[tokio::test]
async fn a_mail_that_is_put_off_comes_again_with_the_same_message_id_and_is_taken_once() {
    let house = MailHouse::open(vec!["451 4.7.1 come again later", "250 taken"]).await;
    let world = World::telling(
        vec![("on-call", to(&["on-call@cedarvalley.example"]))],
        house.settings(Encryption::None),
    );
    let notice = notice("on-call", 1);
    world.put(&notice).await;
    let failed = world.until(&notice, "put off", |known| known.failures == 1).await;
    let why = failed.failed.unwrap().1.to_string();
    assert!(
        why.contains("does not take the mail now") && why.contains("451"),
        "{why}"
    );
    world.pass(5);
    world
        .until(&notice, "delivered", |known| known.delivery.is_done())
        .await;
    assert_eq!(house.taken().len(), 1);
    world.stop().await;
}

#[tokio::test]
async fn a_mailbox_that_is_not_there_is_told_with_what_to_check() {
    let house = MailHouse::open(vec!["250 taken"]).await;
    let world = World::telling(
        vec![("on-call", to(&["nobody@cedarvalley.example"]))],
        house.settings(Encryption::None),
    );
    let notice = notice("on-call", 1);
    world.put(&notice).await;
    let failed = world.until(&notice, "refused", |known| known.failures == 1).await;
    let why = failed.failed.unwrap().1.to_string();
    assert!(
        why.contains("check \"from\" and the addresses") && why.contains("no such mailbox"),
        "{why}"
    );
    world.stop().await;
}

#[tokio::test]
async fn a_server_that_does_not_turn_to_tls_is_told_nothing() {
    let house = MailHouse::open(vec!["250 taken"]).await;
    let world = World::telling(
        vec![("on-call", to(&["on-call@cedarvalley.example"]))],
        house.settings(Encryption::StartTls),
    );
    let notice = notice("on-call", 1);
    world.put(&notice).await;
    let failed = world.until(&notice, "failed", |known| known.failures == 1).await;
    let why = failed.failed.unwrap().1.to_string();
    assert!(why.contains("127.0.0.1"), "{why}");
    assert!(house.taken().is_empty(), "nothing goes in the clear");
    world.stop().await;
}
