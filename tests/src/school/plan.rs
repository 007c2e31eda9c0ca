//! What a test's school looks like, and the settings file that says so.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use roomready_shared::facts::Platform;

use super::{DISTRICT, SCHOOL, SCHOOL_NAME};
use crate::clock::{in_minutes, now};

/// The collector's settings in a school's folder.
pub(crate) const CONFIG_FILE: &str = "collector.toml";
const PROFILE_FILE: &str = "profile.toml";

/// The test app of every test's school, as pages call it.
pub const TEST_APP: &str = "TestProbe";

/// The sitting of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sitting {
    /// None at all.
    None,
    /// Students test: began ten minutes ago, lasts another hour and more.
    Testing,
    /// Being prepared: begins in half an hour.
    Sweep,
    /// Begins in three hours.
    Later,
    /// A whole one within a minute: being prepared, begins in 15 s, lasts 25 s.
    Brief,
}

/// A school before it is started.
#[derive(Debug, Clone)]
pub struct Plan {
    testing_pace: &'static str,
    during_test: &'static str,
    proctor_screen: &'static str,
    app_process: String,
    notices: String,
    site: Option<&'static str>,
    outside: Option<String>,
    vendor_hosts: Vec<String>,
    limits: Option<(&'static str, &'static str)>,
    rooms: Vec<(String, Sitting)>,
    devices: Vec<Expected>,
}

#[derive(Debug, Clone)]
struct Expected {
    room: String,
    name: String,
    platform: Platform,
    seat: Option<String>,
}

impl Plan {
    /// No rooms yet. Devices report each two seconds while students test: the fastest that leaves an agent its time.
    #[must_use]
    pub fn new() -> Self {
        Self {
            testing_pace: "2s",
            during_test: "quiet",
            proctor_screen: "staff devices",
            app_process: "no-such-program".to_owned(),
            notices: String::new(),
            site: None,
            outside: None,
            vendor_hosts: Vec::new(),
            limits: None,
            rooms: Vec::new(),
            devices: Vec::new(),
        }
    }

    /// One room in which students test.
    #[must_use]
    pub fn testing_room(room: &str) -> Self {
        Self::new().room(room, Sitting::Testing)
    }

    /// How often devices report while students test, as the settings file writes it.
    #[must_use]
    pub fn testing_pace(mut self, pace: &'static str) -> Self {
        self.testing_pace = pace;
        self
    }

    /// What agents do while students test: `quiet` or `off`.
    #[must_use]
    pub fn during_test(mut self, manner: &'static str) -> Self {
        self.during_test = manner;
        self
    }

    /// On which screens proctors may look: `staff devices`, `any` or `paper`.
    #[must_use]
    pub fn proctors_on(mut self, screen: &'static str) -> Self {
        self.proctor_screen = screen;
        self
    }

    /// Whom of the staff to tell: the part `[notices]` of the settings file.
    #[must_use]
    pub fn notices(mut self, part: &str) -> Self {
        part.clone_into(&mut self.notices);
        self
    }

    /// Where the collector stands: `on-premises` or `remote`.
    #[must_use]
    pub fn site(mut self, site: &'static str) -> Self {
        self.site = Some(site);
        self
    }

    /// A host outside that has nothing to do with the vendor.
    #[must_use]
    pub fn outside(mut self, host: &str) -> Self {
        self.outside = Some(host.to_owned());
        self
    }

    /// The vendor's hosts; without any, nobody is tried.
    #[must_use]
    pub fn vendor_hosts(mut self, hosts: &[&str]) -> Self {
        self.vendor_hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
        self
    }

    /// One more rule: a kind, and its limits as a profile writes them.
    #[must_use]
    pub const fn also(mut self, kind: &'static str, limits: &'static str) -> Self {
        self.limits = Some((kind, limits));
        self
    }

    /// The program that is the test app on Linux.
    #[must_use]
    pub fn test_app(mut self, process: &str) -> Self {
        process.clone_into(&mut self.app_process);
        self
    }

    /// One more room.
    #[must_use]
    pub fn room(mut self, id: &str, sitting: Sitting) -> Self {
        self.rooms.push((id.to_owned(), sitting));
        self
    }

    /// One more device on the roster, at a seat of a room that is named already.
    #[must_use]
    pub fn seat(mut self, room: &str, seat: &str, name: &str, platform: Platform) -> Self {
        self.devices.push(Expected {
            room: room.to_owned(),
            name: name.to_owned(),
            platform,
            seat: Some(seat.to_owned()),
        });
        self
    }

    /// Writes the settings file and its profile into a folder, and says where the settings file is.
    ///
    /// # Panics
    ///
    /// When the folder takes no files.
    pub fn write(&self, folder: &Path) -> PathBuf {
        for (file, text) in [(PROFILE_FILE, self.profile()), (CONFIG_FILE, self.config())] {
            std::fs::write(folder.join(file), text).expect("the school's folder takes files");
        }
        folder.join(CONFIG_FILE)
    }

    fn config(&self) -> String {
        let mut text = format!(
            "district = \"{DISTRICT}\"\nzone = \"America/Chicago\"\nduring_test = \"{}\"\n\
             proctor_screen = \"{}\"\nphone_rule = \"Phones of staff stay switched off while students test.\"\nprofile = \"{PROFILE_FILE}\"\n\n\
             [pace]\nidle = \"3s\"\nsweep = \"2s\"\nnear = \"2s\"\ntesting = \"{}\"\n\n\
             [[school]]\nid = \"{SCHOOL}\"\nname = \"{SCHOOL_NAME}\"\n",
            self.during_test, self.proctor_screen, self.testing_pace
        );
        if let Some(site) = self.site {
            let _ = writeln!(text, "site = \"{site}\"");
        }
        for (room, _sitting) in &self.rooms {
            let _ = write!(
                text,
                "\n  [[school.room]]\n  id = \"{room}\"\n  name = \"Room {room}\"\n"
            );
        }
        if let Some(outside) = &self.outside {
            let _ = writeln!(text, "\n[network]\noutside = \"{outside}\"");
        }
        for device in &self.devices {
            let _ = write!(
                text,
                "\n[[device]]\nname = \"{}\"\nplatform = \"{}\"\nschool = \"{SCHOOL}\"\nroom = \"{}\"\n",
                device.name,
                device.platform.word(),
                device.room
            );
            if let Some(seat) = &device.seat {
                let _ = writeln!(text, "seat = \"{seat}\"");
            }
        }
        for (room, sitting) in &self.rooms {
            let Some((starts, ends)) = sitting.window() else {
                continue;
            };
            let _ = write!(
                text,
                "\n[[session]]\nid = \"math-{room}\"\nname = \"Grade 7 Math\"\nschool = \"{SCHOOL}\"\nroom = \"{room}\"\n\
                 starts = \"{}\"\nends = \"{}\"\ntiming = \"timed\"\n",
                local(starts),
                local(ends)
            );
        }
        text.push_str(&self.notices);
        text
    }

    /// Little enough that every machine which runs the suites meets it; one who does not is made up by a test.
    fn profile(&self) -> String {
        let mut rules = rule_table("memory", "limits = { minimum = \"1 GB\" }");
        if let Some((kind, limits)) = self.limits {
            rules += &rule_table(kind, limits);
        }
        profile_of(&self.vendor_hosts, &self.app_process, &rules)
    }
}

/// A profile of one required rule, with limits that a test chooses: `rule("memory", "limits = { minimum = \"1 GB\" }")`.
#[must_use]
pub fn rule(kind: &str, limits: &str) -> String {
    profile("no-such-program", &rule_table(kind, limits))
}

fn profile(app_process: &str, rules: &str) -> String {
    profile_of(&[], app_process, rules)
}

fn profile_of(hosts: &[String], app_process: &str, rules: &str) -> String {
    let hosts = if hosts.is_empty() {
        String::new()
    } else {
        format!("hosts = {hosts:?}\n")
    };
    format!(
        r#"
[profile]
id = "testprobe"
title = "{TEST_APP} requirements"
platform = "{TEST_APP}"
valid_from = 2020-01-01
review_by = 2099-01-01
{hosts}
[app]
name = "{TEST_APP}"

[app.linux]
processes = ["{app_process}"]
paths = ["/"]

[app.windows]
processes = ["TestProbe.exe"]
paths = ['C:\TestProbe.exe']
{rules}"#
    )
}

fn rule_table(kind: &str, limits: &str) -> String {
    format!(
        r#"
[[rule]]
id = "the-{kind}-rule"
title = "Memory"
kind = "{kind}"
{limits}
on = [{{ platforms = ["linux", "windows", "macos"], demand = "required", settled_by = ["agent", "inventory"] }}]
time_to_live = "180d"
basis = "vendor"
source = "{TEST_APP}: system requirements"
as_of = 2026-04-06
confidence = "high"
fix = "Use a device with more memory for testing."
"#
    )
}

impl Default for Plan {
    fn default() -> Self {
        Self::new()
    }
}

impl Sitting {
    fn window(self) -> Option<(Timestamp, Timestamp)> {
        let (starts, ends) = match self {
            Self::None => return None,
            Self::Brief => {
                let second = jiff::SignedDuration::from_secs;
                return Some((now() + second(40), now() + second(65)));
            }
            Self::Testing => (-10, 80),
            Self::Sweep => (30, 120),
            Self::Later => (180, 270),
        };
        Some((in_minutes(starts), in_minutes(ends)))
    }
}

/// As the settings file writes a moment, in the school's time zone.
fn local(at: Timestamp) -> String {
    let zone = jiff::tz::TimeZone::get("America/Chicago").expect("a time zone that every system knows");
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S").to_string()
}
