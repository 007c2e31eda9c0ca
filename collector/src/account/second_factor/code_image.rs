//! A QR code as one path for an SVG in the page itself: no picture address that could be asked for again.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// Modules of quiet margin that scanners need around the code.
const MARGIN: usize = 4;

/// A QR code for a template: `<svg viewBox="0 0 SIDE SIDE"><path d="PATH"/></svg>`, dark modules only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeImage {
    /// Width and height in modules, margin included.
    pub side: usize,
    /// Digits, blanks and path letters only.
    pub path: String,
}

impl CodeImage {
    /// The code of a text; `None` when the text is too long for one (about 2,300 bytes).
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let mut path = String::new();
        for (y, row) in code.to_colors().chunks(width).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|one, next| one == next) {
                if run.first() == Some(&Color::Dark) {
                    // Whole runs: fewer seams between modules, and a third of the bytes.
                    let _ = write!(
                        path,
                        "M{} {}h{}v1h-{}z",
                        x + MARGIN,
                        y + MARGIN,
                        run.len(),
                        run.len()
                    );
                }
                x += run.len();
            }
        }
        Some(Self {
            side: width + 2 * MARGIN,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_covers_exactly_the_dark_modules() {
        let text = "otpauth://totp/RoomReady:Maria?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=RoomReady";
        let image = CodeImage::of(text).unwrap();
        let dark: usize = image
            .path
            .split('M')
            .skip(1)
            .filter_map(|run| run.split_once('h')?.1.split_once('v')?.0.parse::<usize>().ok())
            .sum();
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        let expected = code
            .to_colors()
            .iter()
            .filter(|color| **color == Color::Dark)
            .count();
        assert_eq!((dark, image.side), (expected, code.width() + 8));
        assert!(
            image
                .path
                .chars()
                .all(|c| c.is_ascii_digit() || "Mhvz -".contains(c))
        );
        assert_eq!(CodeImage::of(&"x".repeat(5_000)), None);
    }
}
