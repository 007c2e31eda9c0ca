//! Mail over SMTP.

use std::path::Path;
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{AsyncSmtpTransport, Error};
use lettre::{AsyncTransport as _, Tokio1Executor};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio::io::AsyncReadExt as _;

use super::{Encryption, Failure, MailServer, Settings, certificate};
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

/// Longest file with the certificates of CAs: some dozens of them.
const LONGEST_CA: u64 = 256 * 1024;

/// Whom to believe: the CAs of the settings alone, or whom this computer believes.
async fn parameters(server: &MailServer) -> Result<TlsParameters, Failure> {
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(path) = &server.ca {
        builder = builder.certificate_store(CertificateStore::None);
        for certificate in certificates(path).await? {
            builder = builder.add_root_certificate(certificate);
        }
    }
    builder.build_rustls().map_err(|error| {
        let text = format!("cannot prepare an encrypted connection: {}", with_causes(&error));
        Failure::new("tls", &text)
    })
}

/// Read for each try, as secrets are.
async fn certificates(path: &Path) -> Result<Vec<Certificate>, Failure> {
    let shown = path.display();
    let failure = |what: &str| {
        Failure::new(
            "settings",
            &format!("{what}; put the CA's certificate there in PEM, or correct \"ca\" in [notices.mail]"),
        )
    };
    let read = async {
        let mut text = Vec::new();
        let file = tokio::fs::File::open(path).await?;
        file.take(LONGEST_CA).read_to_end(&mut text).await?;
        Ok::<_, std::io::Error>(text)
    };
    let text = read
        .await
        .map_err(|error| failure(&format!("cannot read {shown}: {error}")))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let found = found.map_err(|_| failure(&format!("{shown} is damaged")))?;
    if found.is_empty() {
        return Err(failure(&format!("there is no certificate in {shown}")));
    }
    let certificates = found
        .iter()
        .map(|certificate| Certificate::from_der(certificate.to_vec()));
    certificates
        .collect::<Result<_, _>>()
        .map_err(|_| failure(&format!("{shown} holds something else than certificates")))
}

async fn transport(
    settings: &Settings,
    server: &MailServer,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, Failure> {
    let tls = match server.encryption {
        Encryption::StartTls => Tls::Required(parameters(server).await?),
        Encryption::Tls => Tls::Wrapper(parameters(server).await?),
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
    match certificate::under(error) {
        Some(rustls::Error::InvalidCertificate(wrong)) => {
            let believed = match &server.ca {
                Some(ca) => format!("only the CA in {} is", ca.display()),
                None => "name its CA by \"ca\" in [notices.mail]".to_owned(),
            };
            let why = certificate::fault(wrong, &believed);
            return Failure::new("tls", &format!("the certificate of {host}:{port} {why}"));
        }
        Some(_) => {
            let text = format!(
                "{host}:{port} does not speak TLS as \"encryption\" in [notices.mail] says; \"starttls\" and \"tls\" \
                 have ports of their own ({causes})"
            );
            return Failure::new("tls", &text);
        }
        None => {}
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
