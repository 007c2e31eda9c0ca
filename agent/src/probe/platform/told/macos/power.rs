//! `com.apple.PowerManagement*.plist`: minutes until the Mac sleeps, by how it is fed.

use plist::Value;
use roomready_shared::facts::{Idle, SleepSettings};
use roomready_shared::units::Seconds;

/// From the list. What closing the lid does is no setting on a Mac.
pub fn sleep(list: &Value) -> SleepSettings {
    let minutes = |fed: &str| {
        list.as_dictionary()?
            .get(fed)?
            .as_dictionary()?
            .get("System Sleep Timer")?
            .as_unsigned_integer()
    };
    let idle = |fed| match minutes(fed) {
        None => Idle::NotTold,
        Some(0) => Idle::Never,
        Some(minutes) => Idle::After(Seconds(minutes.saturating_mul(60))),
    };
    SleepSettings {
        on_mains: idle("AC Power"),
        on_battery: idle("Battery Power"),
        lid: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mac_never_sleeps_on_the_charger_and_soon_on_its_battery() {
        let text = "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict>\
                    <key>AC Power</key><dict><key>System Sleep Timer</key><integer>0</integer></dict>\
                    <key>Battery Power</key><dict><key>System Sleep Timer</key><integer>10</integer></dict>\
                    </dict></plist>";
        let list = Value::from_reader(std::io::Cursor::new(text)).expect("a property list");
        let told = sleep(&list);
        assert_eq!(told.on_mains, Idle::Never);
        assert_eq!(told.on_battery, Idle::After(Seconds(600)));
        assert_eq!(sleep(&Value::Boolean(true)).on_battery, Idle::NotTold);
    }
}
