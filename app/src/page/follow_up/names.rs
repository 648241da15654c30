//! Where the names of lines stand that end beside each other.

use super::axes::BOTTOM;

/// From one name to the next, so that each can be read.
const GAP: f64 = 20.0;

/// Heights for names of lines that end on one day at `wanted`, in the same order: each as near to
/// its line as the others let it, and none below the drawing.
pub(super) fn apart(wanted: &[f64]) -> Vec<f64> {
    let mut names: Vec<(f64, usize)> = Vec::new();
    for (index, &y) in wanted.iter().enumerate() {
        let place = names.partition_point(|&(other, _)| other <= y);
        names.insert(place, (y, index));
    }
    let mut free_from = f64::NEG_INFINITY;
    for (y, _) in &mut names {
        *y = y.max(free_from);
        free_from = *y + GAP;
    }
    let mut free_to = BOTTOM;
    for (y, _) in names.iter_mut().rev() {
        *y = y.min(free_to);
        free_to = *y - GAP;
    }
    let mut heights = vec![0.0; wanted.len()];
    for (y, index) in names {
        if let Some(height) = heights.get_mut(index) {
            *height = y;
        }
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_heights(wanted: &[f64], heights: &[f64]) {
        let found = apart(wanted);
        let is_equal = found.iter().zip(heights).all(|(a, b)| (a - b).abs() < 1e-9);
        assert!(is_equal && found.len() == heights.len(), "{found:?}");
    }

    #[test]
    fn names_with_room_stand_at_their_lines() {
        assert_heights(&[100.0, 20.0, 60.0], &[100.0, 20.0, 60.0]);
    }

    #[test]
    fn names_of_near_lines_stand_below_each_other_in_the_lines_order() {
        assert_heights(&[104.0, 100.0, 160.0], &[120.0, 100.0, 160.0]);
    }

    #[test]
    fn at_the_bottom_they_go_up() {
        assert_heights(&[BOTTOM, BOTTOM], &[BOTTOM - GAP, BOTTOM]);
    }
}
