//! Whether slices are as far apart everywhere.

/// Distances that differ by no more than this share of the usual one are as good as that.
const UNEVEN: f64 = 0.1;

/// Whether all distances are the usual one, to a tenth; also if there are none.
pub(crate) fn are_even(mut distances_mm: impl Iterator<Item = f64>, usual_mm: f64) -> bool {
    distances_mm.all(|mm| (mm - usual_mm).abs() <= UNEVEN * usual_mm)
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
}
