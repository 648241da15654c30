//! The order of lesions: what asks for a decision comes first.

use super::Followed;

/// Puts those that are new in the last of so many `visits`, or have grown by more than the error of
/// measurement, before the others; the largest first of either.
pub(super) fn put(lesions: &mut [Followed], visits: usize) {
    lesions.sort_by(|a, b| {
        let by_news = is_news(b, visits).cmp(&is_news(a, visits));
        by_news.then(largest_mm(b).total_cmp(&largest_mm(a)))
    });
}

fn is_news(lesion: &Followed, visits: usize) -> bool {
    let is_new = || {
        lesion
            .points
            .first()
            .is_some_and(|it| it.visit + 1 == visits)
    };
    let last = lesion.points.last().and_then(|it| it.growth);
    let is_growing = last.is_some_and(|it| it.volume_percent > 0.0 && !it.is_within_error);
    visits > 1 && (is_new() || is_growing)
}

/// Longest diameter in any examination.
fn largest_mm(lesion: &Followed) -> f32 {
    let sizes = lesion.points.iter().filter_map(|p| p.lesion.longest_mm);
    sizes.fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{lesion, visit};
    use super::super::{Course, Visit};

    /// The diameter of each lesion in the examination where it was found last, in their order.
    fn order(visits: &[Visit]) -> Vec<f32> {
        let course = Course::of_images(visits, &[]);
        let lesions = course.lesions.iter();
        lesions
            .filter_map(|it| it.points.last()?.lesion.longest_mm)
            .collect()
    }

    #[test]
    fn what_is_new_or_has_grown_comes_first_then_the_largest() {
        let first = visit(
            "2026-01-01",
            vec![lesion(9.0, 0.1), lesion(20.0, 0.4), lesion(6.0, 0.6)],
        );
        let new_and_grown = vec![
            lesion(9.2, 0.1),
            lesion(20.5, 0.4),
            lesion(11.0, 0.6),
            lesion(26.0, 0.9),
        ];
        assert_eq!(
            order(&[first.clone(), visit("2026-07-01", new_and_grown)]),
            [26.0, 11.0, 20.5, 9.2]
        );
        assert_eq!(
            order(&[first]),
            [20.0, 9.0, 6.0],
            "one examination has nothing new"
        );
    }

    #[test]
    fn a_large_lesion_comes_before_a_small_one_that_was_found_more_often() {
        let large_and_small = visit("2026-01-01", vec![lesion(30.0, 0.9), lesion(6.0, 0.1)]);
        assert_eq!(
            order(&[large_and_small, visit("2026-02-01", vec![lesion(6.0, 0.1)])]),
            [30.0, 6.0]
        );
    }
}
