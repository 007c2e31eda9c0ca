//! An app's `Info.plist`.

use plist::Value;
use roomready_shared::units::{ShortText, Version};

/// What an app says of itself.
#[derive(Debug, PartialEq, Eq)]
pub struct Bundle {
    /// Its id.
    pub id: Option<String>,
    /// Its version, as people see it.
    pub version: Option<Version>,
}

/// From the list.
pub fn bundle(list: &Value) -> Bundle {
    let text = |key: &str| list.as_dictionary()?.get(key)?.as_string();
    Bundle {
        id: text("CFBundleIdentifier").map(str::to_owned),
        version: text("CFBundleShortVersionString")
            .or_else(|| text("CFBundleVersion"))
            .and_then(Version::leading),
    }
}

/// The first wanted id, or beginning of one, that this app's id has.
pub fn mark<'a>(id: &str, wanted: &'a [ShortText]) -> Option<&'a ShortText> {
    wanted.iter().find(|mark| {
        id.get(..mark.as_str().len())
            .is_some_and(|beginning| beginning.eq_ignore_ascii_case(mark.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_is_known_by_its_id_or_the_beginning_of_one() {
        let text = "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict><key>CFBundleIdentifier</key>\
                    <string>com.datarecognitioncorp.drcinsight.mac.sqa</string>\
                    <key>CFBundleShortVersionString</key><string>17.0.0</string></dict></plist>";
        let list = Value::from_reader(std::io::Cursor::new(text)).expect("a property list");
        let app = bundle(&list);
        assert_eq!(app.version, Version::leading("17.0.0"));
        let wanted = [ShortText::fit("com.datarecognitioncorp.drcinsight.mac")];
        assert_eq!(mark(app.id.as_deref().expect("an id"), &wanted), wanted.first());
        assert_eq!(mark("com.datarecognitioncorp", &wanted), None);
    }
}
