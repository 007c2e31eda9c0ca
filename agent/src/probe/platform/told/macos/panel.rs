//! What a graphics driver keeps of a connected display.

use plist::Value;
use roomready_shared::facts::Display;

use super::super::edid;

/// Anything smaller, in centimetres, is a proportion and no size.
const LEAST_CM: f64 = 4.0;

/// `DisplayAttributes` of Apple's own graphics.
pub fn of_attributes(attributes: &Value) -> Option<Display> {
    let attributes = attributes.as_dictionary()?;
    let number = |key: &str| u32::try_from(attributes.get(key)?.as_unsigned_integer()?).ok();
    let (width, height) = (
        number("NativeFormatHorizontalPixels")?,
        number("NativeFormatVerticalPixels")?,
    );
    let centimetres = || {
        let sides = (
            f64::from(number("MaxHorizontalImageSize")?),
            f64::from(number("MaxVerticalImageSize")?),
        );
        let tenths = (sides.0.hypot(sides.1) / 0.254).round();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "positive and below 65535, tested just before"
        )]
        (sides.0 >= LEAST_CM && sides.1 >= LEAST_CM && tenths < 65_535.0).then_some(tenths as u16)
    };
    (width > 0 && height > 0).then(|| Display {
        width,
        height,
        diagonal_tenths: centimetres(),
    })
}

/// The display's own description, which older graphics pass on.
pub fn of_description(description: &[u8]) -> Option<Display> {
    let (width, height) = edid::resolution(description)?;
    Some(Display {
        width,
        height,
        diagonal_tenths: edid::diagonal(description),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_is_read_from_the_driver_s_attributes_or_from_its_own_description() {
        let text = "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict>\
                    <key>NativeFormatHorizontalPixels</key><integer>2560</integer>\
                    <key>NativeFormatVerticalPixels</key><integer>1440</integer>\
                    <key>MaxHorizontalImageSize</key><integer>60</integer>\
                    <key>MaxVerticalImageSize</key><integer>34</integer></dict></plist>";
        let list = Value::from_reader(std::io::Cursor::new(text)).expect("a property list");
        let display = of_attributes(&list).expect("a display");
        assert_eq!(
            (display.width, display.height, display.diagonal_tenths),
            (2560, 1440, Some(272))
        );
        assert_eq!(of_attributes(&Value::Boolean(true)), None);
        let mut panel = [0_u8; 128];
        (panel[54], panel[56], panel[59], panel[61]) = (1, 100, 100, 0x10);
        assert_eq!(
            of_description(&panel).map(|display| (display.width, display.height)),
            Some((100, 356))
        );
    }
}
