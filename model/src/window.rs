//! Window centre and width: the range of HU shown from black to white.

use serde::{Deserialize, Serialize};

/// A linear window (DICOM PS3.3 C.11.2.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// The value shown as middle grey.
    pub centre: f32,
    /// The range from black to white; at least 1.
    pub width: f32,
}

/// A named window that radiologists switch to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preset {
    /// Short name for a button.
    pub name: &'static str,
    /// The window itself, in HU.
    pub window: Window,
}

/// The usual windows of chest CT, in HU.
pub const PRESETS: [Preset; 4] = [
    Preset {
        name: "Lung",
        window: Window {
            centre: -600.0,
            width: 1500.0,
        },
    },
    Preset {
        name: "Mediastinum",
        window: Window {
            centre: 40.0,
            width: 400.0,
        },
    },
    Preset {
        name: "Soft tissue",
        window: Window {
            centre: 50.0,
            width: 350.0,
        },
    },
    Preset {
        name: "Bone",
        window: Window {
            centre: 500.0,
            width: 2000.0,
        },
    },
];

impl Window {
    /// The window that shows grey levels 0 to `max` unchanged.
    pub fn full_range(max: i16) -> Self {
        Self {
            centre: f32::from(max) / 2.0,
            width: f32::from(max).max(1.0),
        }
    }

    /// Brightness 0–255 of a value.
    pub fn grey(self, value: i16) -> u8 {
        let width = self.width.max(1.0);
        let share = (f32::from(value) - self.centre) / width + 0.5;
        (share.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lung_window_maps_its_ends_to_black_and_white() {
        let lung = PRESETS[0].window;
        assert_eq!(lung.grey(-1350), 0);
        assert_eq!(lung.grey(150), 255);
        assert_eq!(lung.grey(-600), 128);
        assert_eq!(lung.grey(i16::MIN), 0);
        assert_eq!(lung.grey(i16::MAX), 255);
    }
}
