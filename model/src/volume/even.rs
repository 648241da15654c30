//! Whether slices are as far apart everywhere. How much distances may differ depends on what they
//! are for: each purpose has its limit here.

/// What is further than this share from the usual distance is worth a note.
const WORTH_A_NOTE: f64 = 0.1;
/// Up to this share from it, it can be declared as that of all slices (DICOM Segmentation).
#[cfg(feature = "open")]
const DECLARED: f64 = 0.01;
/// On planes across the slices, the largest distance may be this share more than the least, …
const RESLICED: f32 = 0.1;
/// … plus this, because files round positions (mm).
const ROUNDED_MM: f32 = 0.1;

/// Whether all distances are the usual one, so that none is worth a note; also if there are none.
pub(crate) fn are_even(distances_mm: impl Iterator<Item = f64>, usual_mm: f64) -> bool {
    are_within(WORTH_A_NOTE, distances_mm, usual_mm)
}

/// Whether the usual distance is exact enough to be declared as that of all slices; not if there
/// are no distances.
#[cfg(feature = "open")]
pub(crate) fn can_be_declared(distances_mm: &[f64], usual_mm: f64) -> bool {
    !distances_mm.is_empty() && are_within(DECLARED, distances_mm.iter().copied(), usual_mm)
}

/// Whether what is straight looks straight on planes across slices at these distances.
pub(crate) fn can_be_resliced(distances_mm: impl Iterator<Item = f32>) -> bool {
    let (least, most) = distances_mm.fold((f32::INFINITY, 0.0_f32), |(least, most), mm| {
        (least.min(mm), most.max(mm))
    });
    most <= least * (1.0 + RESLICED) + ROUNDED_MM
}

fn are_within(share: f64, mut distances_mm: impl Iterator<Item = f64>, usual_mm: f64) -> bool {
    distances_mm.all(|mm| (mm - usual_mm).abs() <= share * usual_mm)
}

/// Distances in mm from each slice to the next, of which `usual_mm` is the usual one.
pub(crate) fn steps_mm(positions_mm: &[f32], usual_mm: f32, slices: usize) -> Vec<f32> {
    let mut steps: Vec<f32> = positions_mm
        .windows(2)
        .filter_map(|pair| Some((pair.get(1)? - pair.first()?).abs()))
        .collect();
    // Positions are along the patient, distances along the slices' normal: they differ by the
    // same factor all the way where the gantry was tilted.
    if let Some(usual_step) = upper_median(&steps).filter(|&mm| mm > 0.0) {
        for step in &mut steps {
            *step *= usual_mm / usual_step;
        }
    } else {
        steps = vec![usual_mm; slices.saturating_sub(1)];
    }
    steps
}

/// The value in the middle, the upper one of two; `None` if there is none. Found by counting: in
/// nearly all scans the first value is it, and a sort of its own would be a kilobyte of the page.
pub(crate) fn upper_median<T: PartialOrd + Copy>(values: &[T]) -> Option<T> {
    let count = |is_such: &dyn Fn(T) -> bool| values.iter().filter(|&&it| is_such(it)).count();
    let middle = values.len() / 2;
    let is_middle =
        |&value: &T| (count(&|it| it < value)..count(&|it| it <= value)).contains(&middle);
    values.iter().copied().find(is_middle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_more_or_less_is_even_and_more_is_not() {
        let of = |distances: &[f64]| are_even(distances.iter().copied(), 2.0);
        assert!(of(&[]) && of(&[2.0, 1.85, 2.15]));
        assert!(!of(&[2.0, 2.25]) && !of(&[1.75, 2.0]));
    }

    #[test]
    #[cfg(feature = "open")]
    fn a_distance_is_declared_that_is_exact_to_a_hundredth() {
        assert!(can_be_declared(&[2.0, 2.019, 1.981], 2.0));
        assert!(!can_be_declared(&[2.0, 2.03], 2.0));
        assert!(!can_be_declared(&[], 2.0));
    }

    #[test]
    fn slices_are_resliced_that_are_even_but_for_the_rounding_of_their_places() {
        let of = |distances: &[f32]| can_be_resliced(distances.iter().copied());
        assert!(of(&[]) && of(&[2.0, 2.25]) && of(&[0.5, 0.6]));
        assert!(!of(&[2.0, 2.5]) && !of(&[0.5, 1.0]));
    }

    #[test]
    fn the_middle_of_many_is_found_without_their_order() {
        for (values, middle) in [
            (vec![], None),
            (vec![3.0], Some(3.0)),
            (vec![5.0, 1.0], Some(5.0)),
            (vec![2.0, 9.0, 2.0, 1.0, 2.5], Some(2.0)),
            (vec![4.0, 1.0, 3.0, 2.0], Some(3.0)),
        ] {
            assert_eq!(upper_median::<f64>(&values), middle, "{values:?}");
        }
    }
}
