//! Growth between two measurements of one lesion.
//!
//! The volume doubling time assumes exponential growth (Schwartz, *Cancer* 14, 1961):
//! `VDT = Δt · ln 2 / ln(V₂ / V₁)`. Where a volume is missing, the cube of the diameter stands for
//! it, as for a sphere: 26 % more diameter is twice the volume. Where one examination may show a
//! part of the lesion only, its diameter may be that of a smaller cut, and there is no rate.
//!
//! What two measurements of an unchanged lesion differ by is no growth: a change of the volume
//! below 25 % (NELSON: van Klaveren and others, *N Engl J Med* 361, 2009), of a diameter by no more
//! than 1.5 mm (Lung-RADS v2022).

use serde::{Deserialize, Serialize};

use crate::finding::ERROR_MM;
use crate::saved::SavedLesion;

/// Changes of the volume below this are within the error of measurement, percent.
const LEAST_GROWTH_PERCENT: f64 = 25.0;

/// What growth was computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Basis {
    /// Measured volumes.
    Volume,
    /// Cubes of the longest diameters.
    Diameter,
}

/// Growth of a lesion.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Growth {
    /// From what.
    pub basis: Basis,
    /// Days between the examinations; 0 on the same day.
    pub days: i32,
    /// Change of the volume in percent; negative if it shrank.
    pub volume_percent: f64,
    /// Change of the longest diameter in percent, where both are known.
    pub diameter_percent: Option<f64>,
    /// Days in which the volume doubles at this rate; negative: halves. `None` on the same
    /// day or without change, when there is no rate, and where a diameter may be that of a part.
    pub doubling_days: Option<f64>,
    /// Whether two measurements of an unchanged lesion may differ by as much.
    #[serde(default)]
    pub is_within_error: bool,
    /// Whether it is from diameters of which one may be that of a part of the lesion.
    #[serde(default)]
    pub is_of_part: bool,
}

impl Growth {
    /// The same where not all slices of both examinations were segmented. Volumes are known of
    /// whole lesions only; a diameter is the longest of the slices that were.
    #[must_use]
    pub fn partly_segmented(self) -> Self {
        match self.basis {
            Basis::Volume => self,
            Basis::Diameter => Self {
                doubling_days: None,
                is_of_part: true,
                ..self
            },
        }
    }
}

/// Growth from one measurement to a later one, `days` apart. `None` if neither volumes
/// nor diameters are known for both.
pub fn growth(earlier: &SavedLesion, later: &SavedLesion, days: i32) -> Option<Growth> {
    let ratio = |from: Option<f32>, to: Option<f32>| {
        let (from, to) = (f64::from(from?), f64::from(to?));
        let is_size = |value: f64| value > 0.0 && value.is_finite();
        (is_size(from) && is_size(to)).then(|| to / from)
    };
    let diameter = ratio(earlier.longest_mm, later.longest_mm);
    let (basis, volume) = match ratio(earlier.volume_ml, later.volume_ml) {
        Some(volume) => (Basis::Volume, volume),
        None => (Basis::Diameter, diameter?.powi(3)),
    };
    let volume_percent = (volume - 1.0) * 100.0;
    let diameter_mm = |lesion: &SavedLesion| f64::from(lesion.longest_mm.unwrap_or_default());
    let doublings = volume.log2();
    let growth = Growth {
        basis,
        days,
        volume_percent,
        diameter_percent: diameter.map(|d| (d - 1.0) * 100.0),
        // A change of less than a thousandth is none that a scan could show.
        doubling_days: (days > 0 && doublings.abs() > 1e-3).then(|| f64::from(days) / doublings),
        is_within_error: match basis {
            Basis::Volume => volume_percent.abs() < LEAST_GROWTH_PERCENT,
            Basis::Diameter => {
                (diameter_mm(later) - diameter_mm(earlier)).abs() <= f64::from(ERROR_MM)
            }
        },
        is_of_part: false,
    };
    // Of one that was seen whole, and another that was not.
    let is_one_whole = earlier.volume_ml.is_some() != later.volume_ml.is_some();
    Some(if is_one_whole {
        growth.partly_segmented()
    } else {
        growth
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::follow_up::matching::tests::lesion;

    fn sized(longest_mm: Option<f32>, volume_ml: Option<f32>) -> SavedLesion {
        SavedLesion {
            longest_mm,
            volume_ml,
            ..lesion(1, 10.0, None)
        }
    }

    fn close(value: f64, wanted: f64) {
        assert!((value - wanted).abs() < 0.05, "{value}, not {wanted}");
    }

    #[test]
    fn twice_the_volume_in_a_hundred_days_doubles_in_a_hundred_days() {
        let found = growth(&sized(None, Some(1.0)), &sized(None, Some(2.0)), 100).unwrap();
        assert_eq!(found.basis, Basis::Volume);
        close(found.volume_percent, 100.0);
        close(found.doubling_days.unwrap(), 100.0);
        assert_eq!(found.diameter_percent, None);
    }

    /// By hand: 90 · ln 2 / (3 · ln(8 / 6)) = 62.383 / 0.86305 = 72.3 days, +137.0 %.
    #[test]
    fn from_six_to_eight_millimetres_in_ninety_days() {
        let found = growth(&sized(Some(6.0), None), &sized(Some(8.0), None), 90).unwrap();
        assert_eq!(found.basis, Basis::Diameter);
        close(found.volume_percent, 137.0);
        close(found.diameter_percent.unwrap(), 33.3);
        close(found.doubling_days.unwrap(), 72.3);
    }

    /// By hand: 180 · ln 2 / (3 · ln(10 / 8)) = 124.766 / 0.66943 = 186.4 days, +95.3 %.
    #[test]
    fn from_eight_to_ten_millimetres_in_half_a_year() {
        let found = growth(&sized(Some(8.0), None), &sized(Some(10.0), None), 180).unwrap();
        close(found.volume_percent, 95.3);
        close(found.doubling_days.unwrap(), 186.4);
    }

    /// The rule of thumb of radiology: 26 % more diameter is a doubling.
    #[test]
    fn a_quarter_more_diameter_is_one_doubling() {
        let found = growth(&sized(Some(10.0), None), &sized(Some(12.6), None), 400).unwrap();
        close(found.volume_percent, 100.04);
        close(found.doubling_days.unwrap(), 399.9);
    }

    /// NELSON's threshold of growth (van Klaveren and others, *N Engl J Med* 361, 2009): 25 %
    /// in three months is 91 · ln 2 / ln 1.25 = 282.7 days.
    #[test]
    fn growth_by_a_quarter_in_three_months() {
        let found = growth(&sized(None, Some(0.2)), &sized(None, Some(0.25)), 91).unwrap();
        close(found.volume_percent, 25.0);
        close(found.doubling_days.unwrap(), 282.7);
    }

    #[test]
    fn what_unchanged_lesions_differ_by_is_within_the_error_of_measurement() {
        let of_volumes = |to| growth(&sized(None, Some(1.0)), &sized(None, Some(to)), 90);
        let of_diameters = |to| growth(&sized(Some(6.0), None), &sized(Some(to), None), 90);
        for (found, is_within_error) in [
            (of_volumes(1.24), true),
            (of_volumes(1.25), false),
            (of_volumes(0.76), true),
            (of_volumes(0.75), false),
            // A third more volume, if it were a sphere.
            (of_diameters(6.6), true),
            (of_diameters(7.5), true),
            (of_diameters(7.6), false),
            (of_diameters(4.4), false),
        ] {
            assert_eq!(found.unwrap().is_within_error, is_within_error, "{found:?}");
        }
    }

    #[test]
    fn volumes_win_over_diameters() {
        let found = growth(
            &sized(Some(10.0), Some(1.0)),
            &sized(Some(20.0), Some(2.0)),
            50,
        );
        let found = found.unwrap();
        assert_eq!(found.basis, Basis::Volume);
        close(found.doubling_days.unwrap(), 50.0);
        close(found.diameter_percent.unwrap(), 100.0);
    }

    #[test]
    fn one_volume_alone_is_not_compared_with_a_diameter() {
        let found = growth(&sized(Some(10.0), Some(1.0)), &sized(Some(10.0), None), 50).unwrap();
        assert_eq!(found.basis, Basis::Diameter);
        close(found.volume_percent, 0.0);
        assert_eq!(found.doubling_days, None);
    }

    /// One slice through the edge of a lesion of 9 mm shows 6 mm of it.
    #[test]
    fn of_a_part_and_a_whole_lesion_there_is_no_rate() {
        let (part, whole) = (sized(Some(6.0), None), sized(Some(9.0), Some(0.4)));
        for (earlier, later) in [(&part, &whole), (&whole, &part)] {
            let found = growth(earlier, later, 90).unwrap();
            assert_eq!((found.doubling_days, found.is_of_part), (None, true));
        }
    }

    #[test]
    fn where_not_all_slices_were_segmented_diameters_give_no_rate_and_volumes_do() {
        let by_diameter = growth(&sized(Some(6.0), None), &sized(Some(9.0), None), 90).unwrap();
        assert!(by_diameter.doubling_days.is_some() && !by_diameter.is_of_part);
        let partly = by_diameter.partly_segmented();
        assert_eq!((partly.doubling_days, partly.is_of_part), (None, true));
        let volumes = [Some(0.2), Some(0.4)].map(|ml| sized(Some(9.0), ml));
        let by_volume = growth(&volumes[0], &volumes[1], 90).unwrap();
        assert_eq!(by_volume.partly_segmented(), by_volume);
    }

    #[test]
    fn shrinking_halves() {
        let found = growth(&sized(None, Some(2.0)), &sized(None, Some(1.0)), 30).unwrap();
        close(found.volume_percent, -50.0);
        close(found.doubling_days.unwrap(), -30.0);
    }

    #[test]
    fn there_is_no_rate_on_the_same_day_nor_without_figures() {
        let same_day = growth(&sized(None, Some(1.0)), &sized(None, Some(2.0)), 0).unwrap();
        assert_eq!(same_day.doubling_days, None);
        assert_eq!(growth(&sized(None, None), &sized(None, None), 30), None);
        for bad in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert_eq!(
                growth(&sized(None, Some(bad)), &sized(None, Some(2.0)), 30),
                None
            );
        }
    }
}
