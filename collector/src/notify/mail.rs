//! Mail over SMTP.

use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{AsyncSmtpTransport, Error};
use lettre::{AsyncTransport as _, Tokio1Executor};

use super::{Encryption, Failure, MailServer, Settings};
use crate::domain::notice::{Notice, subject, text};
use crate::error::with_causes;

/// One word of the conversation. A server that looks its clients up takes some seconds.
const WORD: Duration = Duration::from_secs(15);

/// Tries once.
pub(super) async fn send(
    settings: &Settings,
    to: &[Mailbox],
    notice: &Notice,
    base: Option<&str>,
) -> Result<(), Failure> {
    let server = settings.mail.as_ref().ok_or_else(|| {
        Failure::new(
            "settings",
            "there is no mail server in the settings; add [notices.mail]",
        )
    })?;
    let message = message(server, to, notice, base)?;
    let transport = transport(settings, server).await?;
    match transport.send(message).await {
        Ok(_) => Ok(()),
        Err(error) => Err(trouble(&error, server)),
    }
}

fn message(
    server: &MailServer,
    to: &[Mailbox],
    notice: &Notice,
    base: Option<&str>,
) -> Result<Message, Failure> {
    let mut message = Message::builder()
        .from(server.from.clone())
        .subject(subject(notice))
        // The same on each try, so that a mailbox that has it already shows one.
        .message_id(Some(message_id(server, notice)))
        .date(SystemTime::from(notice.at))
        // No out-of-office answers, please (RFC 3834).
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ))
        .header(ContentType::TEXT_PLAIN);
    for mailbox in to {
        message = message.to(mailbox.clone());
    }
    let mut said = text(notice, base).join("\n\n");
    said.push_str("\n\n-- \nRoomReady. You are told because your district's settings name you.\n");
    message.body(said).map_err(|error| {
        Failure::new(
            "settings",
            &format!("the notice cannot be written as a mail: {error}; check the addresses of this target"),
        )
    })
}

fn message_id(server: &MailServer, notice: &Notice) -> String {
    format!("<{}@{}>", notice.id, server.from.email.domain())
}

async fn transport(
    settings: &Settings,
    server: &MailServer,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, Failure> {
    let parameters = || {
        TlsParameters::new_rustls(server.host.clone()).map_err(|error| {
            Failure::new(
                "tls",
                &format!("cannot prepare an encrypted connection: {}", with_causes(&error)),
            )
        })
    };
    let tls = match server.encryption {
        Encryption::StartTls => Tls::Required(parameters()?),
        Encryption::Tls => Tls::Wrapper(parameters()?),
        Encryption::None => Tls::None,
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host.clone())
        .port(server.port)
        .tls(tls)
        .timeout(Some(WORD))
        .hello_name(ClientId::Domain(server.from.email.domain().to_owned()));
    if let Some((user, password)) = &server.sign_in {
        let password = settings.reveal(password).await?;
        builder = builder.credentials(Credentials::new(user.clone(), password));
    }
    Ok(builder.build())
}

fn trouble(error: &Error, server: &MailServer) -> Failure {
    let MailServer { host, port, .. } = server;
    let causes = with_causes(error);
    if error.is_timeout() {
        return Failure::new(
            "timeout",
            &format!("the mail server {host}:{port} did not answer in time; it is tried again"),
        );
    }
    if error.is_tls() {
        return Failure::new(
            "tls",
            &format!(
                "the connection to {host}:{port} could not be encrypted; check \"encryption\" and that this computer \
                 believes the server's certificate ({causes})"
            ),
        );
    }
    match error.status().map(u16::from) {
        Some(530 | 534 | 535 | 538) => Failure::new(
            "refused",
            &format!("{host} does not let us in; check user and password of [notices.mail] ({causes})"),
        ),
        Some(550..=554) => Failure::new(
            "refused",
            &format!(
                "{host} does not take this mail; check \"from\" and the addresses of this target ({causes})"
            ),
        ),
        Some(_) => Failure::new(
            "server",
            &format!("{host} does not take the mail now; it is tried again ({causes})"),
        ),
        None => Failure::new(
            "connection",
            &format!(
                "cannot talk with the mail server {host}:{port}; check that it runs and may be reached ({causes})"
            ),
        ),
    }
}
