//! Linux with systemd.

use std::path::{Path, PathBuf};

use super::plan::{Call, Step};
use crate::places::Places;
use roomready_shared::facts::Platform;

const UNIT: &str = "/etc/systemd/system/roomready-agent.service";
const ACCOUNT: &str = "roomready-agent";
const ACCOUNT_FILE: &str = "/etc/sysusers.d/roomready-agent.conf";
const WANTS: &str = "/etc/systemd/system/multi-user.target.wants";

/// The name of a data folder in /var/lib, as a unit names it.
#[must_use]
pub fn state_directory(data: &Path) -> Option<&str> {
    let name = data.strip_prefix("/var/lib").ok()?.to_str()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let fits = !name.is_empty() && !name.starts_with('.') && name != "private" && name.chars().all(plain);
    fits.then_some(name)
}

/// The unit. `packaging/systemd/roomready-agent.service` is its reference copy.
#[must_use]
pub fn unit(state_directory: &str, read_homes: bool) -> String {
    let places = Places::of(Platform::Linux);
    let (bounding, ambient) = if read_homes {
        ("CAP_DAC_READ_SEARCH", "AmbientCapabilities=CAP_DAC_READ_SEARCH\n")
    } else {
        ("", "")
    };
    let (program, settings) = (places.program, places.settings);
    format!(
        "\
[Unit]
Description=RoomReady agent: watches this testing device and shows nothing
After=network.target dbus.service
# It never gives up: a device that is silent for good is worse than a line in the log.
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart={program} run --config {settings}
Restart=always
RestartSec=5s
# systemd 254 and later: 5 s at first, up to 5 min when it keeps failing. An older one always waits 5 s.
RestartSteps=6
RestartMaxDelaySec=5min
TimeoutStopSec=10s

# An account of its own that nobody can sign in with. No DynamicUser: the message bus of Debian and Ubuntu lets no such
# account in, and there the agent asks why it is stopped.
User=roomready-agent
Group=roomready-agent
StateDirectory={state_directory}
StateDirectoryMode=0700
UMask=0077

# Behind every other program, but never starved: its beats must come in time. Short of memory, it goes first.
Nice=10
IOSchedulingClass=best-effort
IOSchedulingPriority=7
MemoryMax=64M
TasksMax=64
OOMScoreAdjust=500
LimitCORE=0

# What it may not. It does see other programs (no ProtectProc, no ProcSubset): the test app is one of them.
CapabilityBoundingSet={bounding}
{ambient}NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateMounts=yes
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
"
    )
}

/// What `systemd-sysusers` makes the account from.
#[must_use]
pub fn account() -> String {
    format!("u {ACCOUNT} - \"RoomReady agent\" / /usr/sbin/nologin\n")
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

fn systemctl(words: &[&str]) -> Vec<String> {
    [&["systemctl"], words]
        .concat()
        .into_iter()
        .map(str::to_owned)
        .collect()
}

pub(super) fn install(data: &Path, read_homes: bool) -> Vec<Step> {
    let service = Places::of(Platform::Linux).service;
    // The wish was looked at before: a folder that is none of /var/lib does not come here.
    let name = state_directory(data).unwrap_or("roomready-agent");
    vec![
        Step::File {
            path: ACCOUNT_FILE.into(),
            text: account(),
            mode: 0o644,
        },
        Step::Call(Call::Run(words(&["systemd-sysusers", ACCOUNT_FILE]))),
        Step::File {
            path: UNIT.into(),
            text: unit(name, read_homes),
            mode: 0o644,
        },
        Step::Folder {
            path: WANTS.into(),
            mode: 0o755,
        },
        Step::Link {
            path: wanted(),
            to: UNIT.into(),
        },
        Step::Call(Call::Run(systemctl(&["daemon-reload"]))),
        Step::Call(Call::Run(systemctl(&["restart", service]))),
    ]
}

fn wanted() -> PathBuf {
    Path::new(WANTS).join(Places::of(Platform::Linux).service)
}

pub(super) fn uninstall() -> Vec<Step> {
    let service = Places::of(Platform::Linux).service;
    vec![
        Step::Call(Call::Try(systemctl(&["stop", service]))),
        Step::Gone(wanted()),
        Step::GoneIfEmpty(WANTS.into()),
        Step::Gone(UNIT.into()),
        Step::Call(Call::Run(systemctl(&["daemon-reload"]))),
        Step::Call(Call::Try(systemctl(&["reset-failed", service]))),
        Step::Gone(ACCOUNT_FILE.into()),
        Step::GoneIfEmpty("/etc/sysusers.d".into()),
        // The group goes with the account, except where a system is set up otherwise.
        Step::Call(Call::Try(words(&["userdel", ACCOUNT]))),
        Step::Call(Call::Try(words(&["groupdel", ACCOUNT]))),
    ]
}
