//! macOS with launchd.

use std::path::Path;

use super::plan::{Call, Step};
use crate::places::Places;
use roomready_shared::facts::Platform;

/// The service's own account: no password, no shell, no home, not listed at the login window.
pub const ACCOUNT: &str = "_roomready";
const PLIST: &str = "/Library/LaunchDaemons/org.roomready.agent.plist";

/// The daemon's description. `packaging/launchd/org.roomready.agent.plist` is its reference copy.
///
/// `ProcessType` is "Standard" and not "Background": on a laptop that a test app keeps busy, background daemons are
/// starved, beats would come late, and a healthy device would look lost. The agent lowers itself to "utility".
#[must_use]
pub fn plist() -> String {
    let places = Places::of(Platform::Macos);
    let (label, program, settings) = (places.service, places.program, places.settings);
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>{label}</string>
	<key>ProgramArguments</key>
	<array>
		<string>{program}</string>
		<string>run</string>
		<string>--config</string>
		<string>{settings}</string>
	</array>
	<key>UserName</key>
	<string>{ACCOUNT}</string>
	<key>GroupName</key>
	<string>{ACCOUNT}</string>
	<key>InitGroups</key>
	<false/>
	<key>Umask</key>
	<integer>63</integer>
	<key>RunAtLoad</key>
	<true/>
	<key>KeepAlive</key>
	<true/>
	<key>ThrottleInterval</key>
	<integer>10</integer>
	<key>ExitTimeOut</key>
	<integer>10</integer>
	<key>ProcessType</key>
	<string>Standard</string>
	<key>Nice</key>
	<integer>10</integer>
	<key>LowPriorityIO</key>
	<true/>
	<key>SoftResourceLimits</key>
	<dict>
		<key>Core</key>
		<integer>0</integer>
	</dict>
</dict>
</plist>
"#
    )
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

pub(super) fn install(data: &Path) -> Vec<Step> {
    let own = vec![
        "/usr/sbin/chown".into(),
        "-R".into(),
        format!("{ACCOUNT}:{ACCOUNT}"),
        data.display().to_string(),
    ];
    vec![
        Step::Call(Call::MacAccount),
        Step::Call(Call::Run(own)),
        Step::Call(Call::Try(words(&format!(
            "/bin/launchctl bootout system {PLIST}"
        )))),
        Step::File {
            path: PLIST.into(),
            text: plist(),
            mode: 0o644,
        },
        Step::Call(Call::Run(words(&format!(
            "/bin/launchctl bootstrap system {PLIST}"
        )))),
    ]
}

pub(super) fn uninstall() -> Vec<Step> {
    vec![
        Step::Call(Call::Try(words(&format!(
            "/bin/launchctl bootout system {PLIST}"
        )))),
        Step::Gone(PLIST.into()),
    ]
}

/// A number for the account that nobody has, from `dscl . -list /Users UniqueID` (or groups). Those under 500 are the
/// system's own and hidden; Apple's stay under 300.
#[must_use]
pub fn free_number(list: &str) -> Option<u32> {
    let taken: Vec<u32> = list
        .lines()
        .filter_map(|line| line.split_whitespace().last()?.parse().ok())
        .collect();
    (350..=450).find(|number| !taken.contains(number))
}

/// What makes the account, given a free number.
#[must_use]
pub fn account(number: u32) -> Vec<Vec<String>> {
    let group = format!("/Groups/{ACCOUNT}");
    let user = format!("/Users/{ACCOUNT}");
    let number = number.to_string();
    [
        vec!["-create", &group],
        vec!["-create", &group, "PrimaryGroupID", &number],
        vec!["-create", &user],
        vec!["-create", &user, "UniqueID", &number],
        vec!["-create", &user, "PrimaryGroupID", &number],
        vec!["-create", &user, "UserShell", "/usr/bin/false"],
        vec!["-create", &user, "NFSHomeDirectory", "/var/empty"],
        vec!["-create", &user, "IsHidden", "1"],
        vec!["-create", &user, "RealName", "RoomReady agent"],
    ]
    .into_iter()
    .map(|words| {
        [vec!["/usr/bin/dscl", "."], words]
            .concat()
            .into_iter()
            .map(str::to_owned)
            .collect()
    })
    .collect()
}
