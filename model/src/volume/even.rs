//! Whether slices are as far apart everywhere.

/// Distances that differ by no more than this share of the usual one are as good as that.
const UNEVEN: f64 = 0.1;

/// Whether all distances are the usual one, to a tenth; also if there are none.
pub(crate) fn are_even(mut distances_mm: impl Iterator<Item = f64>, usual_mm: f64) -> bool {
    distances_mm.all(|mm| (mm - usual_mm).abs() <= UNEVEN * usual_mm)
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
