//! Whom to tell and how, as the district's file says. No secret stands in it: a secret has a file or a name in the
//! environment.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use lettre::message::Mailbox;
use reqwest::Url;
use roomready_shared::address::CollectorAddress;
use roomready_shared::ids::TargetId;

use crate::domain::notice::NoticePlan;

/// Addresses of one mail target: a group's own address is better than a long list here.
pub const MOST_RECIPIENTS: usize = 20;

/// Everything about notices.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// Where people find the collector's pages; links begin with it.
    pub base: Option<CollectorAddress>,
    /// Whom, and when it is their turn.
    pub plan: NoticePlan,
    /// How each of them is told.
    pub ways: BTreeMap<TargetId, Way>,
    /// The mail server, where one is used.
    pub mail: Option<MailServer>,
    /// The proxy between this computer and web hooks, where there is one.
    pub proxy: Option<CollectorAddress>,
    /// What the environment held at the start, of the names that [`Settings::environment_names`] gives.
    pub environment: BTreeMap<String, String>,
}

/// How a target is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Way {
    /// By mail.
    Mail(Vec<Mailbox>),
    /// By a web hook.
    Hook(Hook),
}

/// A web hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// What it understands.
    pub kind: HookKind,
    /// Where it is.
    pub address: Address,
}

/// What a web hook understands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookKind {
    /// Our own signed message.
    Signed(KeptIn),
    /// Google Chat.
    GoogleChat,
    /// Microsoft Teams, by a workflow.
    Teams,
    /// Slack.
    Slack,
    /// ntfy, with an access token where it asks for one.
    Ntfy(Option<KeptIn>),
}

/// Where a web hook is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// It stands in the file.
    Written(HookAddress),
    /// It is a secret itself: whoever has it can write there.
    Kept(KeptIn),
}

/// Where a secret is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptIn {
    /// In a file, alone.
    File(PathBuf),
    /// In the environment under this name.
    Environment(String),
}

/// The mail server that takes notices.
#[derive(Debug, Clone, PartialEq)]
pub struct MailServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub encryption: Encryption,
    /// The CAs that alone are believed, in a file; whom this computer believes where none is named.
    pub ca: Option<PathBuf>,
    /// Whom notices come from.
    pub from: Mailbox,
    /// As whom to sign in there, and where the password is kept.
    pub sign_in: Option<(String, KeptIn)>,
}

/// How a connection to a mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// It begins in the clear and must turn to TLS before anything is said.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// None: for a server on this computer or in the same rack.
    None,
}

impl Encryption {
    /// Words in the file.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("starttls", Self::StartTls),
        ("tls", Self::Tls),
        ("none", Self::None),
    ];

    /// The port that is usual for it.
    #[must_use]
    pub const fn usual_port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }
}

/// The address of a web hook: encrypted, or on this very computer.
#[derive(Clone, PartialEq, Eq)]
pub struct HookAddress(Url);

/// A text that cannot be the address of a web hook. The text itself may be a secret and is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAHookAddress {
    /// No address at all.
    #[error("this is no address of a web hook; write it whole, beginning with https://")]
    NoAddress,
    /// Everybody on the way could read it.
    #[error(
        "a web hook is reached over https:// only, since the way there leads through other networks; http:// is for this very computer"
    )]
    InTheClear,
}

impl HookAddress {
    /// For the client.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// The computer alone, for pages and logs: the rest may be a secret.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or("")
    }
}

impl fmt::Debug for HookAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HookAddress({}, …)", self.host())
    }
}

impl FromStr for HookAddress {
    type Err = NotAHookAddress;

    fn from_str(text: &str) -> Result<Self, NotAHookAddress> {
        let url = Url::parse(text.trim()).map_err(|_| NotAHookAddress::NoAddress)?;
        let host = url.host_str().ok_or(NotAHookAddress::NoAddress)?;
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let is_here = host == "localhost"
            || bare
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback());
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_here => Ok(Self(url)),
            "http" => Err(NotAHookAddress::InTheClear),
            _ => Err(NotAHookAddress::NoAddress),
        }
    }
}

impl Settings {
    /// The same, with files that stand beside the district's file.
    #[must_use]
    pub fn in_folder(mut self, folder: &Path) -> Self {
        self.secrets_mut().into_iter().for_each(|kept| {
            if let KeptIn::File(path) = kept {
                *path = folder.join(&*path);
            }
        });
        if let Some(ca) = self.mail.as_mut().and_then(|mail| mail.ca.as_mut()) {
            *ca = folder.join(&*ca);
        }
        self
    }

    /// Names in the environment that hold secrets.
    #[must_use]
    pub fn environment_names(&self) -> BTreeSet<String> {
        let mut all = self.clone();
        let names = all.secrets_mut().into_iter().filter_map(|kept| match kept {
            KeptIn::Environment(name) => Some(name.clone()),
            KeptIn::File(_) => None,
        });
        names.collect()
    }

    fn secrets_mut(&mut self) -> Vec<&mut KeptIn> {
        let mut all = Vec::new();
        if let Some((_, password)) = self.mail.as_mut().and_then(|mail| mail.sign_in.as_mut()) {
            all.push(password);
        }
        for way in self.ways.values_mut() {
            let Way::Hook(hook) = way else { continue };
            match &mut hook.kind {
                HookKind::Signed(secret) | HookKind::Ntfy(Some(secret)) => all.push(secret),
                HookKind::GoogleChat | HookKind::Teams | HookKind::Slack | HookKind::Ntfy(None) => {}
            }
            if let Address::Kept(kept) = &mut hook.address {
                all.push(kept);
            }
        }
        all
    }
}
