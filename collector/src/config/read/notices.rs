//! The part of the file that says whom to tell of incidents: `[notices]`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;
use lettre::message::Mailbox;
use roomready_shared::ids::{SchoolId, TargetId, Title};
use roomready_shared::strict::{Reader, Value};

use crate::domain::notice::{Ladder, MOST_TARGETS, NoticePlan, Step, Target};
use crate::domain::plan::School;
use crate::notify::{
    Address, Encryption, Hook, HookAddress, HookKind, KeptIn, MOST_RECIPIENTS, MailServer, Settings, Way,
};

/// Shortest and longest wait of the ladder: below a minute nobody could have answered, after four hours the sitting is over.
const WAITS: std::ops::RangeInclusive<Duration> = Duration::from_secs(60)..=Duration::from_secs(4 * 60 * 60);

/// Words for what a target is.
const KINDS: [(&str, Kind); 6] = [
    ("mail", Kind::Mail),
    ("signed", Kind::Signed),
    ("google-chat", Kind::GoogleChat),
    ("teams", Kind::Teams),
    ("slack", Kind::Slack),
    ("ntfy", Kind::Ntfy),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Mail,
    Signed,
    GoogleChat,
    Teams,
    Slack,
    Ntfy,
}

impl Kind {
    /// Whether its address is all that one needs to write there.
    const fn address_is_secret(self) -> bool {
        matches!(self, Self::GoogleChat | Self::Teams | Self::Slack)
    }
}

/// Reads `[notices]`; without it nobody is told.
pub(super) fn read(root: &mut Reader<'_>, schools: &BTreeMap<SchoolId, School>) -> Settings {
    let Some(mut reader) = root.optional("notices").and_then(Value::table) else {
        return Settings::default();
    };
    let base = reader.optional("base_url").and_then(Value::parsed);
    let proxy = reader.optional("proxy").and_then(Value::parsed);
    let ladder = ladder(&mut reader);
    let has_mail = reader.has("mail");
    let mail = reader.optional("mail").and_then(Value::table).and_then(mail);
    let mut settings = Settings {
        base,
        proxy,
        mail,
        plan: NoticePlan {
            ladder,
            targets: Vec::new(),
        },
        ..Settings::default()
    };
    let mut ids = BTreeSet::new();
    for target in reader.tables("target") {
        if settings.plan.targets.len() == MOST_TARGETS {
            let fault = format!("more than {MOST_TARGETS} targets");
            target.fault(&fault, "tell a group of people by one address of theirs");
            target.leave_unread();
            continue;
        }
        let Some((target, way)) = one(target, schools, has_mail, &mut ids) else {
            continue;
        };
        settings.ways.insert(target.id.clone(), way);
        settings.plan.targets.push(target);
    }
    reader.finish();
    settings
}

fn ladder(reader: &mut Reader<'_>) -> Ladder {
    let mut wait = |key, usual: SignedDuration| {
        let written = reader.optional(key).and_then(|value| value.duration(WAITS));
        written
            .and_then(|wait| SignedDuration::try_from(wait).ok())
            .unwrap_or(usual)
    };
    let ladder = Ladder {
        second_after: wait("second_after", Ladder::USUAL.second_after),
        third_after: wait("third_after", Ladder::USUAL.third_after),
    };
    if ladder.third_after <= ladder.second_after {
        reader.fault(
            "the third step of [notices] is not told after the second one",
            "write a longer \"third_after\" than \"second_after\"",
        );
    }
    ladder
}

fn mail(mut reader: Reader<'_>) -> Option<MailServer> {
    let host = reader
        .required("server", "\"smtp.cedarvalley.example\"")
        .and_then(host);
    let encryption = reader
        .optional("encryption")
        .and_then(|value| value.word(&Encryption::WORDS))
        .unwrap_or(Encryption::StartTls);
    let port = reader
        .optional("port")
        .and_then(|value| value.integer(1..=u16::MAX));
    let from = reader
        .required("from", "\"RoomReady <roomready@cedarvalley.example>\"")
        .and_then(mailbox);
    let ca = reader.optional("ca").and_then(Value::text).map(PathBuf::from);
    if ca.is_some() && encryption == Encryption::None {
        reader.fault_at(
            "ca",
            "nobody shows a certificate where nothing is encrypted",
            "write encryption = \"starttls\" or \"tls\", or leave \"ca\" out",
        );
    }
    let user = reader.optional("user").and_then(Value::text);
    let password = kept(&mut reader, "password");
    match (user, &password) {
        (Some(_), None) => reader.fault(
            "\"user\" in [notices.mail] has no password",
            "add password_file = \"/etc/roomready/mail-password\", or password_env with a name in the environment",
        ),
        (None, Some(_)) => reader.fault(
            "the password in [notices.mail] has no user",
            "add user = \"roomready\"",
        ),
        (Some(_), Some(_)) if encryption == Encryption::None => reader.fault(
            "[notices.mail] would send its password unencrypted",
            "write encryption = \"starttls\" or \"tls\", or leave user and password out",
        ),
        _ => {}
    }
    reader.finish();
    Some(MailServer {
        host: host?,
        port: port.unwrap_or(encryption.usual_port()),
        encryption,
        ca,
        from: from?,
        sign_in: user.map(str::to_owned).zip(password),
    })
}

fn host(value: Value<'_>) -> Option<String> {
    let place = value.place();
    let host = value.text()?;
    let fits =
        (1..=253).contains(&host.len()) && !host.contains(|c: char| c.is_whitespace() || "/:".contains(c));
    if !fits {
        place.fault(
            "is no name of a server",
            "write its name or address alone; the port stands in \"port\"",
        );
    }
    fits.then(|| host.to_owned())
}

fn mailbox(value: Value<'_>) -> Option<Mailbox> {
    let place = value.place();
    let parsed = value.text()?.parse().ok();
    if parsed.is_none() {
        place.fault(
            "is no mail address",
            "write \"name@example.org\" or \"Name <name@example.org>\"",
        );
    }
    parsed
}

/// One target with how it is told.
fn one(
    mut reader: Reader<'_>,
    schools: &BTreeMap<SchoolId, School>,
    has_mail: bool,
    ids: &mut BTreeSet<TargetId>,
) -> Option<(Target, Way)> {
    let id: Option<TargetId> = reader.required("id", "\"on-call\"").and_then(Value::parsed);
    let name: Option<Title> = reader
        .required("name", "\"Technician on call\"")
        .and_then(Value::parsed);
    let step = reader
        .required("step", "1")
        .and_then(|value| value.integer(1..=3_u8))
        .and_then(|number| Step::try_from(number).ok());
    let named = reader.optional("schools").and_then(|value| {
        let place = value.place();
        let named = value.list(schools.len().max(1), Value::parsed::<SchoolId>)?;
        for unknown in named.iter().filter(|school| !schools.contains_key(*school)) {
            place.fault(
                &format!("there is no school \"{unknown}\""),
                "write the id of a [[school]]",
            );
        }
        Some(named.into_iter().collect())
    });
    let kind = reader
        .required("kind", "\"mail\"")
        .and_then(|value| value.word(&KINDS));
    let way = kind.and_then(|kind| way(&mut reader, kind, has_mail));
    if kind.is_none() {
        reader.leave_unread();
        return None;
    }
    if let Some(id) = id.as_ref().filter(|id| !ids.insert((*id).clone())) {
        reader.fault(
            &format!("a second target \"{id}\""),
            "give each target its own id",
        );
    }
    reader.finish();
    let target = Target {
        id: id?,
        name: name?,
        step: step?,
        schools: named,
    };
    Some((target, way?))
}

fn way(reader: &mut Reader<'_>, kind: Kind, has_mail: bool) -> Option<Way> {
    if kind == Kind::Mail {
        let to = reader
            .required("to", "[\"on-call@cedarvalley.example\"]")
            .and_then(|value| value.list(MOST_RECIPIENTS, mailbox));
        if !has_mail {
            reader.fault(
                "a target of kind \"mail\" needs a mail server",
                "add [notices.mail] with server and from",
            );
        }
        return to.filter(|to| !to.is_empty()).map(Way::Mail);
    }
    let address = address(reader, kind);
    let kind = match kind {
        Kind::Mail => return None,
        Kind::GoogleChat => HookKind::GoogleChat,
        Kind::Teams => HookKind::Teams,
        Kind::Slack => HookKind::Slack,
        Kind::Ntfy => HookKind::Ntfy(kept(reader, "token")),
        Kind::Signed => {
            let secret = kept(reader, "secret");
            if secret.is_none() {
                reader.fault(
                    "a target of kind \"signed\" has no secret to sign with",
                    "add secret_file = \"/etc/roomready/hook-secret\", or secret_env with a name in the environment",
                );
            }
            HookKind::Signed(secret?)
        }
    };
    Some(Way::Hook(Hook {
        kind,
        address: address?,
    }))
}

fn address(reader: &mut Reader<'_>, kind: Kind) -> Option<Address> {
    let in_the_open = reader.has("address");
    let written = reader.optional("address").and_then(Value::parsed::<HookAddress>);
    let kept = kept(reader, "address");
    if kind.address_is_secret() && in_the_open {
        reader.fault_at(
            "address",
            "the address of this web hook is a secret: whoever has it can write there",
            "put it into a file and write address_file = \"/etc/roomready/hook-address\", or address_env",
        );
        return None;
    }
    let address = kept.map(Address::Kept).or(written.map(Address::Written));
    if address.is_none() && !in_the_open {
        reader.fault(
            "a web hook has no address",
            "add address_file = \"/etc/roomready/hook-address\" with the address in that file",
        );
    }
    address
}

/// `NAME_file` or `NAME_env`.
fn kept(reader: &mut Reader<'_>, name: &str) -> Option<KeptIn> {
    let (file_key, environment_key) = (format!("{name}_file"), format!("{name}_env"));
    let file = reader.optional(&file_key).and_then(Value::text);
    let environment = reader.optional(&environment_key).and_then(Value::text);
    if file.is_some() && environment.is_some() {
        let problem = format!("both \"{file_key}\" and \"{environment_key}\"");
        reader.fault(&problem, "write one of them");
    }
    let file = file.map(|path| KeptIn::File(PathBuf::from(path)));
    file.or(environment.map(|name| KeptIn::Environment(name.to_owned())))
}
