//! A display's own description (EDID, 128 bytes and more): its size and the resolution it is made for.

/// Least description that carries a size.
const EDID_BYTES: usize = 128;
/// Anything under this, in millimetres, is not the side of a display that somebody tests on.
const LEAST_MM: f64 = 40.0;

/// Diagonal in tenths of an inch: in millimetres from its first timing, else in centimetres from its head.
pub fn diagonal(edid: &[u8]) -> Option<u16> {
    let edid = edid.get(..EDID_BYTES)?;
    let part = |at: usize| f64::from(edid[at]);
    let high = f64::from(edid[68] >> 4) * 256.0;
    let low = f64::from(edid[68] & 0x0F) * 256.0;
    let exact = (part(66) + high, part(67) + low);
    let rough = (part(21) * 10.0, part(22) * 10.0);
    // A television writes its proportions there, 16 by 9, and a head with one zero is a proportion too.
    let is_size = |(width, height): &(f64, f64)| *width >= LEAST_MM && *height >= LEAST_MM;
    let (width, height) = Some(exact)
        .filter(|size| has_timing(edid) && is_size(size))
        .or(Some(rough).filter(is_size))?;
    let tenths = (width.hypot(height) / 2.54).round();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 1 and 65535, tested just before"
    )]
    (1.0..=65_535.0).contains(&tenths).then_some(tenths as u16)
}

/// The resolution that the display is made for, by its first timing.
#[cfg(any(not(target_os = "linux"), test))]
pub fn resolution(edid: &[u8]) -> Option<(u32, u32)> {
    let edid = edid.get(..EDID_BYTES)?;
    if !has_timing(edid) {
        return None;
    }
    let of = |low: usize, high: usize| u32::from(edid[low]) | (u32::from(edid[high] >> 4) << 8);
    let interlaced = edid[71] & 0x80 != 0;
    let (width, height) = (of(56, 58), of(59, 61) * if interlaced { 2 } else { 1 });
    (width > 0 && height > 0).then_some((width, height))
}

/// A first descriptor without a pixel clock is text, not a timing.
const fn has_timing(edid: &[u8]) -> bool {
    edid[54] != 0 || edid[55] != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proportions_are_not_taken_for_a_size() {
        let mut television = [0_u8; 128];
        (television[54], television[66], television[67]) = (1, 16, 9);
        assert_eq!(diagonal(&television), None);
        // Landscape 16:9 in the head: (16 / 9 * 100) - 99.
        television[21] = 79;
        assert_eq!(diagonal(&television), None);
        (television[21], television[22]) = (52, 29);
        assert_eq!(diagonal(&television), Some(234));
    }

    #[test]
    fn the_first_timing_says_what_the_display_is_made_for() {
        let mut panel = [0_u8; 128];
        // 1366 = 0x556, 768 = 0x300.
        (panel[56], panel[58], panel[59], panel[61]) = (0x56, 0x50, 0x00, 0x30);
        assert_eq!(resolution(&panel), None, "without a pixel clock it is text");
        panel[54] = 1;
        assert_eq!(resolution(&panel), Some((1366, 768)));
        panel[71] = 0x80;
        assert_eq!(resolution(&panel), Some((1366, 1536)), "half pictures");
        assert_eq!(resolution(&panel[..100]), None);
    }
}
