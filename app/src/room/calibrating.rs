//! The size of pixels, where the reader knows what the file does not say.

use leptos::prelude::*;
use model::decimal;
use model::protocol::{Request, VolumeInfo};
use model::volume::PixelSpacing;

use super::Room;

impl Room {
    /// The reader says how large the pixels of the open scan are, mm, or takes it back: sizes are
    /// by that once the worker has measured by it.
    pub fn calibrate(&self, pixel_mm: Option<f32>) {
        if let Some(run) = self.desk.try_update(|d| d.calibrate(pixel_mm)) {
            self.send(&Request::Calibrate { run, pixel_mm });
        }
    }

    /// Length in pixels of the line that was drawn last (tracks the lines).
    pub fn last_line_px(&self) -> Option<f64> {
        self.callipers.with(|lines| {
            let mut lines = lines.iter().rev();
            let line = lines.find(|it| !it.is_ellipse() && !it.is_begun_only())?;
            Some(line.axis().length(None))
        })
    }
}

/// Edge of a pixel where so many of them are as long as was typed, in mm.
///
/// # Errors
/// What is wrong with what was typed.
pub fn pixel_mm(typed: &str, length_px: f64, scan: &VolumeInfo) -> Result<f32, &'static str> {
    let mm = decimal::parse(&typed.trim().replace(',', ".")).filter(|mm| *mm > 0.0);
    let mm = mm.ok_or("Enter a number of millimetres, such as 0.7.")?;
    let pixel_mm = (mm / length_px) as f32;
    if PixelSpacing::square(pixel_mm).is_possible((scan.rows, scan.cols)) {
        Ok(pixel_mm)
    } else {
        Err(
            "That cannot be the size of a CT: pixels have 0.1 to 10 mm, and a slice is at most 1200 mm wide. Check the number.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::state::tests::fixture::scan;

    #[test]
    fn pixels_have_the_size_that_was_typed_or_that_of_a_known_length() {
        let scan = VolumeInfo {
            rows: 512,
            cols: 512,
            ..scan(1)
        };
        let mm = |typed, length_px| pixel_mm(typed, length_px, &scan);
        assert_eq!(mm("0.7", 1.0), Ok(0.7));
        assert_eq!(mm(" 0,7 ", 1.0), Ok(0.7));
        assert_eq!(mm("50", 100.0), Ok(0.5));
        for typed in ["", "x", "0", "-0.7", "0.7 mm", "1e999"] {
            assert!(mm(typed, 1.0).is_err(), "{typed}");
        }
        // In metres, in micrometres, and wider than any scanner.
        for typed in ["0.0007", "700", "2.5"] {
            assert!(
                mm(typed, 1.0).is_err_and(|it| it.contains("Check")),
                "{typed}"
            );
        }
    }
}
