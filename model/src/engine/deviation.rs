//! How far values are off those that are expected. One that is no number is not passed over: that
//! would hide a fault.

use crate::order;

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

/// A limit that divides `values` about evenly and that none is near: the middle of the widest gap
/// between two of the middle half. What lies above it is a mask that rounding does not change, of
/// networks whose own threshold means nothing on an image.
pub fn clear_limit(values: &[f32]) -> f32 {
    let mut sorted = values.to_vec();
    order::sort_by(&mut sorted, f32::total_cmp);
    let quarter = sorted.len() / 4;
    let middle = sorted.get(quarter..sorted.len() - quarter);
    let gap = |pair: &[f32]| match pair {
        [low, high] => high - low,
        _ => 0.0,
    };
    let gaps = middle.unwrap_or_default().windows(2);
    match gaps.max_by(|a, b| gap(a).total_cmp(&gap(b))) {
        Some([low, high]) => f32::midpoint(*low, *high),
        _ => 0.0,
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
    fn a_clear_limit_lies_in_the_widest_gap_of_the_middle_half() {
        // The widest of all, from 0 to 10, would leave one value on its side.
        let values = [0.0, 10.0, 16.0, 12.0, 11.0, 17.0, 18.0, 19.0];
        assert!((clear_limit(&values) - 14.0).abs() < 1e-6);
        assert!(clear_limit(&[]).abs() < 1e-6);
    }

    #[test]
    fn missing_values_are_infinitely_far_off() {
        assert!(largest_deviation(&[1.0], &[1.0, 2.0]).is_infinite());
        assert!(share_off(&[1.0], &[1.0, 2.0]).is_infinite());
    }
}
