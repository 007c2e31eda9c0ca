//! Time zones to choose from.

use jiff::tz::TimeZone;

/// A zone by its IANA name and for people: `America/Chicago`, "Central (Chicago)".
pub type Choice = (String, String);

/// Time zones, those of the United States first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zones {
    /// Of the United States, from east to west.
    pub near: Vec<Choice>,
    /// All others that this machine knows, by name.
    pub others: Vec<Choice>,
    /// The machine's own, where it tells.
    pub own: Option<String>,
}

const UNITED_STATES: [(&str, &str); 9] = [
    ("America/New_York", "Eastern (New York)"),
    ("America/Detroit", "Eastern (Michigan)"),
    ("America/Indiana/Indianapolis", "Eastern (Indiana)"),
    ("America/Chicago", "Central (Chicago)"),
    ("America/Denver", "Mountain (Denver)"),
    ("America/Phoenix", "Mountain (Arizona)"),
    ("America/Los_Angeles", "Pacific (Los Angeles)"),
    ("America/Anchorage", "Alaska"),
    ("Pacific/Honolulu", "Hawaii"),
];

/// Reads the machine's list of zones.
#[must_use]
pub fn zones() -> Zones {
    let is_near = |name: &str| UNITED_STATES.iter().any(|(near, _)| *near == name);
    let mut others: Vec<Choice> = jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        // "Area/Place" is what people look for; the rest are old names and offsets.
        .filter(|name| name.contains('/') && !name.starts_with("Etc/") && !is_near(name))
        .filter(|name| {
            !["posix/", "right/", "US/", "SystemV/"]
                .iter()
                .any(|old| name.starts_with(old))
        })
        .map(|name| (name.clone(), name.replace('_', " ")))
        .collect();
    others.push(("UTC".to_owned(), "UTC".to_owned()));
    others.sort();
    others.dedup();
    let known = |name: &&(&str, &str)| TimeZone::get(name.0).is_ok();
    Zones {
        near: UNITED_STATES
            .iter()
            .filter(known)
            .map(|(name, words)| ((*name).to_owned(), (*words).to_owned()))
            .collect(),
        others,
        own: TimeZone::system().iana_name().map(str::to_owned),
    }
}
