//! Dragging and keys change the window; the readout in words.

use model::protocol::VolumeInfo;
use model::volume::Intensity;
use model::window::{PRESETS, Window};

/// The range a window is kept in: that of the values (16 bits), which only CT does not fill.
const CENTRE_RANGE: (f32, f32) = (-32_768.0, 32_767.0);
const WIDTH_RANGE: (f32, f32) = (1.0, 65_536.0);

/// The window a scan is first shown with: lung for CT, for grey images the levels that it comes
/// with, else everything.
pub fn first_window(scan: &VolumeInfo) -> Window {
    match (scan.intensity, scan.first_levels) {
        (Intensity::Hounsfield, _) => LUNG,
        (Intensity::Grey { .. }, Some((darkest, brightest))) => in_range(Window {
            centre: f32::midpoint(darkest.into(), brightest.into()),
            width: f32::from(brightest) - f32::from(darkest),
        }),
        (Intensity::Grey { max }, None) => Window::full_range(max),
    }
}

/// The window of lungs.
pub const LUNG: Window = PRESETS[0].window;

/// The window after dragging by (dx, dy) CSS pixels from where it was `start`: to the
/// right widens (less contrast), down raises the centre (darker), as workstations do.
/// Both scale with the width, so narrow windows can be set finely.
pub fn dragged(start: Window, dx: f64, dy: f64) -> Window {
    let width = start.width.max(1.0);
    in_range(Window {
        centre: start.centre + dy as f32 * (width / 400.0).max(0.25),
        width: width * (dx as f32 / 250.0).exp(),
    })
}

/// In whole numbers, and within what there can be.
pub fn in_range(window: Window) -> Window {
    Window {
        centre: window.centre.clamp(CENTRE_RANGE.0, CENTRE_RANGE.1).round(),
        width: window.width.clamp(WIDTH_RANGE.0, WIDTH_RANGE.1).round(),
    }
}

/// The name of the preset a window equals, if any.
pub fn preset_name(window: Window) -> Option<&'static str> {
    PRESETS
        .iter()
        .find(|p| p.window == window)
        .map(|preset| preset.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::state::tests::fixture::scan;

    fn grey(max: i16, first_levels: Option<(i16, i16)>) -> VolumeInfo {
        VolumeInfo {
            intensity: Intensity::Grey { max },
            first_levels,
            ..scan(1)
        }
    }

    #[test]
    fn no_movement_changes_nothing() {
        assert_eq!(dragged(LUNG, 0.0, 0.0), LUNG);
        assert_eq!(preset_name(LUNG), Some("Lung"));
    }

    #[test]
    fn right_widens_and_down_darkens() {
        let wider = dragged(LUNG, 100.0, 0.0);
        assert!(wider.width > LUNG.width);
        assert_eq!(wider.centre.to_bits(), LUNG.centre.to_bits());
        let darker = dragged(LUNG, 0.0, 50.0);
        assert!(darker.grey(-600) < LUNG.grey(-600));
        assert_eq!(preset_name(darker), None);
    }

    #[test]
    fn a_window_never_collapses_or_runs_away() {
        let narrow = dragged(LUNG, -1e6, 0.0);
        assert!(narrow.width >= 1.0);
        let wide = dragged(LUNG, 1e6, 1e6);
        assert!(wide.width <= WIDTH_RANGE.1 && wide.centre <= CENTRE_RANGE.1);
    }

    #[test]
    fn the_first_drag_over_a_grey_image_of_16_bits_does_not_jump() {
        let start = first_window(&grey(i16::MAX, None));
        let moved = dragged(start, 1.0, 1.0);
        assert!((moved.centre - start.centre).abs() < 100.0);
        assert!((moved.width - start.width).abs() < 200.0);
    }

    #[test]
    fn grey_images_open_with_their_full_range() {
        let window = first_window(&grey(255, None));
        assert_eq!((window.grey(0), window.grey(255)), (0, 255));
        assert_eq!(first_window(&scan(1)), LUNG);
    }

    #[test]
    fn grey_images_with_more_levels_than_a_screen_open_with_those_that_are_usual() {
        let window = first_window(&grey(2047, Some((24, 700))));
        assert_eq!((window.grey(24), window.grey(700)), (0, 255));
        assert!(first_window(&grey(2047, Some((7, 7)))).width >= 1.0);
    }
}
