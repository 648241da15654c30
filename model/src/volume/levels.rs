//! Which grey levels a slice is shown with, where no unit says which ones matter.

/// The levels that all but a hundredth of a slice's pixels reach, and that all but a hundredth do
/// not exceed: bone, metal and burnt-in words are brighter than what they lie in by far. The lowest
/// level is not counted, which pads pictures. `None` where there is nothing else.
pub fn usual_levels(values: &[i16]) -> Option<(i16, i16)> {
    let lowest = *values.iter().min()?;
    let place = |value: i16| usize::from(value.abs_diff(lowest));
    let mut counts = vec![0_usize; 1 << 16];
    for &value in values {
        if let Some(count) = counts.get_mut(place(value)) {
            *count += 1;
        }
    }
    if let Some(padding) = counts.first_mut() {
        *padding = 0;
    }
    let all: usize = counts.iter().sum();
    let level = |rank: usize| {
        let mut below = 0;
        let is_reached = |count: &usize| {
            below += count;
            below > rank
        };
        let place = counts.iter().position(is_reached)?;
        i16::try_from(i32::from(lowest) + i32::try_from(place).ok()?).ok()
    };
    Some((level(all / 100)?, level(all.checked_sub(1 + all / 100)?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundredth_at_either_end_and_the_padding_do_not_count() {
        // 0 pads; of the other 1000, ten are darker and ten brighter than the rest.
        let mut values = vec![0; 5000];
        values.extend(vec![3; 10]);
        values.extend(100..=1079);
        values.extend(vec![30_000; 10]);
        assert_eq!(usual_levels(&values), Some((100, 1079)));
        assert_eq!(usual_levels(&[0, 0, 7]), Some((7, 7)));
        assert_eq!(
            usual_levels(&[i16::MIN, i16::MAX]),
            Some((i16::MAX, i16::MAX))
        );
        assert_eq!(usual_levels(&[5, 5]), None);
        assert_eq!(usual_levels(&[]), None);
    }
}
