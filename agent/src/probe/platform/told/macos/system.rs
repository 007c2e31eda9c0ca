//! Which macOS this is, and what its updates have left open.

use plist::Value;
use roomready_shared::facts::{Os, Updates};
use roomready_shared::units::{ShortText, Version};

/// `SystemVersion.plist`. The build has a letter in it ("24C101"), so it stands in the name and is no number.
pub fn os(list: &Value, architecture: &str) -> Option<Os> {
    let list = list.as_dictionary()?;
    let text = |key: &str| list.get(key)?.as_string();
    let version = text("ProductVersion")?;
    let product = text("ProductName").unwrap_or("macOS");
    let name = match text("ProductBuildVersion") {
        Some(build) => format!("{product} {version} ({build})"),
        None => format!("{product} {version}"),
    };
    Some(Os {
        name: ShortText::fit(&name),
        distribution: None,
        version: Version::leading(version),
        build: None,
        architecture: ShortText::fit(architecture),
        edition: None,
        channel: None,
        s_mode: None,
    })
}

/// `com.apple.SoftwareUpdate.plist`: what the last search found and nobody has installed since. That a restart is due is
/// told nowhere.
pub fn updates(list: &Value) -> Updates {
    let listed = || {
        list.as_dictionary()?
            .get("RecommendedUpdates")?
            .as_array()
            .map(|found| !found.is_empty())
    };
    let counted = || {
        list.as_dictionary()?
            .get("LastRecommendedUpdatesAvailable")?
            .as_unsigned_integer()
            .map(|count| count > 0)
    };
    Updates {
        restart_pending: None,
        update_pending: listed().or_else(counted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(body: &str) -> Value {
        let text = format!("<?xml version=\"1.0\"?><plist version=\"1.0\"><dict>{body}</dict></plist>");
        Value::from_reader(std::io::Cursor::new(text)).expect("a property list")
    }

    #[test]
    fn a_mac_says_its_version_and_its_build() {
        let version = list(
            "<key>ProductName</key><string>macOS</string><key>ProductVersion</key><string>15.2</string>\
             <key>ProductBuildVersion</key><string>24C101</string>",
        );
        let os = os(&version, "aarch64").expect("a version");
        assert_eq!(os.name.as_str(), "macOS 15.2 (24C101)");
        assert_eq!(os.version, Version::leading("15.2"));
        assert_eq!(os.build, None);
        assert!(super::os(&list(""), "aarch64").is_none());
    }

    #[test]
    fn an_update_that_was_found_waits_and_silence_says_nothing() {
        let pending = |body| updates(&list(body)).update_pending;
        assert_eq!(
            pending("<key>RecommendedUpdates</key><array><dict/></array>"),
            Some(true)
        );
        assert_eq!(
            pending(
                "<key>RecommendedUpdates</key><array/><key>LastRecommendedUpdatesAvailable</key><integer>2</integer>"
            ),
            Some(false),
            "the list is newer than the count"
        );
        assert_eq!(
            pending("<key>LastRecommendedUpdatesAvailable</key><integer>1</integer>"),
            Some(true)
        );
        assert_eq!(pending(""), None);
    }
}
