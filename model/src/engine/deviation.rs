//! How far values are off those that are expected. One that is no number is not passed over: that
//! would hide a fault.

/// Largest absolute difference; infinite if the lengths differ, no number if one of them is none.
pub fn largest_deviation(found: &[f32], expected: &[f32]) -> f32 {
    if found.len() != expected.len() {
        return f32::INFINITY;
    }
    let differences = found.iter().zip(expected).map(|(f, e)| (f - e).abs());
    // `f32::max` would leave out what is no number.
    differences.max_by(f32::total_cmp).unwrap_or(0.0)
}

/// [`largest_deviation`] as a share of the largest value that is expected.
pub fn share_off(found: &[f32], expected: &[f32]) -> f32 {
    let off = largest_deviation(found, expected);
    if off == 0.0 {
        0.0
    } else {
        off / largest(expected)
    }
}

/// The largest of `values`, whatever its sign.
pub(crate) fn largest(values: &[f32]) -> f32 {
    values.iter().fold(0.0, |most: f32, it| most.max(it.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_difference_counts_whatever_its_sign() {
        let (found, expected) = ([1.0, 2.0, -4.0], [1.5, 2.0, -5.0]);
        assert!((largest_deviation(&found, &expected) - 1.0).abs() < 1e-6);
        assert!((share_off(&found, &expected) - 0.2).abs() < 1e-6);
        assert!(share_off(&[0.0], &[0.0]).abs() < 1e-6);
    }

    #[test]
    fn what_is_no_number_is_not_passed_over() {
        for values in [[f32::NAN, 1.0], [-f32::NAN, 1.0], [1.0, f32::NAN]] {
            assert!(largest_deviation(&values, &[0.0, 0.0]).is_nan());
            assert!(largest_deviation(&[0.0, 0.0], &values).is_nan());
            assert!(share_off(&values, &[3.0, 3.0]).is_nan());
            assert!(share_off(&[3.0, 3.0], &values).is_nan());
        }
    }

    #[test]
    fn missing_values_are_infinitely_far_off() {
        assert!(largest_deviation(&[1.0], &[1.0, 2.0]).is_infinite());
        assert!(share_off(&[1.0], &[1.0, 2.0]).is_infinite());
    }
}
