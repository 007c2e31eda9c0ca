//! A mail server that a test looks into.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::notify::{Encryption, MailServer, Settings, Way};

/// A mail that was taken: who, to whom, its bytes, and as whom its sender had signed in.
#[derive(Debug, Clone, Default)]
pub(super) struct Mail {
    pub(super) from: String,
    pub(super) to: Vec<String>,
    pub(super) text: String,
    pub(super) signed_in: Option<String>,
    pub(super) encrypted: bool,
}

/// A mail server of RFC 5321's kind, which knows some mailboxes.
pub(super) struct MailHouse {
    pub(super) address: SocketAddr,
    taken: Arc<Mutex<Vec<Mail>>>,
    /// Answers to `DATA`'s end, one after another; the last one again and again.
    verdicts: Vec<&'static str>,
    tls: Option<(Encryption, TlsAcceptor)>,
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

type Line = BufReader<Box<dyn Wire>>;

impl MailHouse {
    pub(super) async fn open(verdicts: Vec<&'static str>) -> Arc<Self> {
        Self::open_with(verdicts, None).await
    }

    /// One that takes mails over TLS: from the first byte, or once it is asked to.
    pub(super) async fn encrypted(encryption: Encryption, tls: rustls::ServerConfig) -> Arc<Self> {
        let tls = TlsAcceptor::from(Arc::new(tls));
        Self::open_with(vec!["250 taken"], Some((encryption, tls))).await
    }

    async fn open_with(verdicts: Vec<&'static str>, tls: Option<(Encryption, TlsAcceptor)>) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let house = Arc::new(Self {
            address: listener.local_addr().unwrap(),
            taken: Arc::default(),
            verdicts,
            tls,
        });
        let open = Arc::clone(&house);
        tokio::spawn(async move {
            let mut number = 0;
            while let Ok((socket, _)) = listener.accept().await {
                let verdict = open.verdicts[number.min(open.verdicts.len() - 1)];
                number += 1;
                let open = Arc::clone(&open);
                tokio::spawn(async move {
                    let (mut line, mut encrypted): (Line, bool) = (wrapped(socket), false);
                    if let Some((Encryption::Tls, tls)) = &open.tls {
                        (line, encrypted) = (wrapped(tls.accept(line.into_inner()).await.ok()?), true);
                    }
                    say(&mut line, "220 mail.example ESMTP").await?;
                    open.talk(line, encrypted, verdict).await
                });
            }
        });
        house
    }

    async fn talk(&self, mut socket: Line, mut encrypted: bool, verdict: &str) -> Option<()> {
        let mut mail = Mail::default();
        loop {
            let mut line = String::new();
            if socket.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let line = line.trim_end();
            let (word, rest) = line.split_once([' ', ':']).unwrap_or((line, ""));
            match (word.to_ascii_uppercase().as_str(), &self.tls) {
                ("EHLO", Some((Encryption::StartTls, _))) if !encrypted => {
                    say(&mut socket, "250-mail.example\r\n250 STARTTLS").await?;
                }
                ("EHLO", _) => {
                    say(&mut socket, "250-mail.example\r\n250-AUTH PLAIN\r\n250 8BITMIME").await?;
                }
                ("STARTTLS", Some((_, tls))) => {
                    say(&mut socket, "220 go on").await?;
                    socket = wrapped(tls.accept(socket.into_inner()).await.ok()?);
                    encrypted = true;
                }
                ("AUTH", _) => {
                    mail.signed_in = Some(rest.to_owned());
                    say(&mut socket, "235 well").await?;
                }
                ("MAIL", _) => {
                    rest.clone_into(&mut mail.from);
                    say(&mut socket, "250 go on").await?;
                }
                ("RCPT", _) if rest.contains("nobody@") => {
                    say(&mut socket, "550 5.1.1 no such mailbox").await?;
                }
                ("RCPT", _) => {
                    mail.to.push(rest.to_owned());
                    say(&mut socket, "250 go on").await?;
                }
                ("DATA", _) => {
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
                        mail.encrypted = encrypted;
                        self.taken.lock().unwrap().push(std::mem::take(&mut mail));
                    }
                    say(&mut socket, verdict).await?;
                }
                ("QUIT", _) => {
                    say(&mut socket, "221 bye").await?;
                    return Some(());
                }
                _ => say(&mut socket, "250 well").await?,
            }
        }
    }

    pub(super) fn taken(&self) -> Vec<Mail> {
        self.taken.lock().unwrap().clone()
    }

    /// Settings of a district that uses it.
    pub(super) fn settings(&self, encryption: Encryption) -> Settings {
        Settings {
            mail: Some(MailServer {
                host: self.address.ip().to_string(),
                port: self.address.port(),
                encryption,
                ca: None,
                from: "RoomReady <roomready@cedarvalley.example>".parse().unwrap(),
                sign_in: None,
            }),
            ..Settings::default()
        }
    }
}

pub(super) fn to(addresses: &[&str]) -> Way {
    Way::Mail(addresses.iter().map(|address| address.parse().unwrap()).collect())
}

fn wrapped(wire: impl Wire + 'static) -> Line {
    BufReader::new(Box::new(wire))
}

async fn say(socket: &mut Line, line: &str) -> Option<()> {
    let line = format!("{line}\r\n");
    socket.get_mut().write_all(line.as_bytes()).await.ok()?;
    socket.get_mut().flush().await.ok()
}
