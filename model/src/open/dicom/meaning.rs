//! What the rescaled values of a series are: Hounsfield units, or grey levels.

use std::ops::RangeInclusive;

use super::super::intensity::{AIR_HU, LIKE_AIR_HU, NO_AIR, grey_up_to_brightest};
use super::geometry::Unit;
use super::header::{Header, Photometric};
use super::series::SliceSource;
use super::value::PADDING;
use crate::volume::Intensity;

/// Fat and air in Hounsfield units. What a CT stores before its rescale is never below zero, but
/// for padding of −2000 and less, which not every file names.
const BELOW_WATER_HU: RangeInclusive<i16> = -1100..=-1;

/// What files say of their values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Hounsfield,
    /// Nothing but that they are of a CT: some programs drop the rescale, and store what it began
    /// with.
    Ct,
    Grey,
}

impl Said {
    /// CT is in Hounsfield units, unless it is a picture of a CT (8 bits, no rescale). So is what
    /// says so, and what a program has written anew with a rescale that begins at air.
    pub(super) fn of(header: &Header, first: &SliceSource) -> Self {
        let (slope, intercept) = (first.info.slope, first.info.intercept);
        let is_far = |number: Option<f64>, neutral: f64| {
            number.is_some_and(|number| (number - neutral).abs() > f64::EPSILON)
        };
        let is_rescaled = is_far(slope, 1.0) || is_far(intercept, 0.0);
        let is_picture = header.samples.bits_stored <= 8 && !is_rescaled;
        let is_grey = matches!(header.samples.photometric, Photometric::Grey { .. });
        let begins_at_air = intercept.is_some_and(|hu| hu <= LIKE_AIR_HU);
        match first.info.unit {
            _ if is_picture || !is_grey => Self::Grey,
            Unit::Hounsfield => Self::Hounsfield,
            Unit::Unsaid if begins_at_air && (header.is_ct || header.is_converted) => {
                Self::Hounsfield
            }
            Unit::Unsaid if header.is_ct => Self::Ct,
            Unit::Unsaid | Unit::Other => Self::Grey,
        }
    }

    /// Turns rescaled values into what a volume holds. Padding becomes air, or black.
    pub(super) fn settle(self, voxels: &mut [i16], photometric: Photometric) -> Intensity {
        let has_fat_or_air = || voxels.iter().any(|it| BELOW_WATER_HU.contains(it));
        if self == Self::Hounsfield || (self == Self::Ct && has_fat_or_air()) {
            // MONOCHROME1 says how to draw them (PS3.3 C.7.6.3.1.2), not what they mean.
            for value in voxels {
                *value = (*value).max(AIR_HU);
            }
            return Intensity::Hounsfield;
        }
        let lowest = BELOW_WATER_HU.start();
        let is_padding = |it: i16| it == PADDING || (self == Self::Ct && it < *lowest);
        let measured = voxels.iter().copied().filter(|it| !is_padding(*it));
        let low = i32::from(measured.min().unwrap_or(0).min(0));
        let high = i32::from(voxels.iter().copied().max().unwrap_or(0).max(255));
        let is_inverted = photometric == Photometric::Grey { inverted: true };
        let is_wide = high - low > i32::from(i16::MAX);
        for value in &mut *voxels {
            let own = i32::from(*value);
            let level = if is_padding(*value) {
                0
            } else if is_inverted {
                high - own
            } else {
                own - low
            };
            *value = (level >> u32::from(is_wide)) as i16;
        }
        grey_up_to_brightest(voxels)
    }
}

/// Says what the values, and the distances of pixels, are.
pub(super) fn note(
    header: &Header,
    first: &SliceSource,
    said: Said,
    intensity: Intensity,
    notes: &mut Vec<String>,
) {
    let mut note = |text: &str| notes.push(text.to_owned());
    let is_hounsfield = intensity == Intensity::Hounsfield;
    if is_hounsfield && !header.is_ct {
        note("This is not marked as CT; by its rescale the values are taken as Hounsfield units.");
    } else if !header.is_ct {
        note("This is not marked as CT; its values are grey levels, not Hounsfield units.");
    } else if said == Said::Ct && !is_hounsfield {
        note(NO_AIR);
    } else if !is_hounsfield {
        note("The values are grey levels, not Hounsfield units.");
    } else if first.info.slope.is_none() && first.info.intercept.is_none() {
        note("The file gives no rescale; its values are taken as Hounsfield units.");
    }
    match first.info.spacing_mm {
        None => {
            note("The file gives no pixel spacing: sizes are in pixels until you calibrate them.");
        }
        Some(_) if first.info.spacing_is_imager => {
            note("The pixel spacing is that of the detector.");
        }
        Some(_) => {}
    }
}
