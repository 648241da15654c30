//! Whether an examination shows the height at which a lesion of another one lies, told by the
//! lesions that both show: of two parts of the lung nothing else says where they overlap.

use super::conditions::Examination;
use super::matching::{Sighting, Track};

/// So many lesions must say it: one alone may not be the same.
const LEAST_LESIONS: usize = 2;

/// Whether the slices of the examination `visit` reach to where `lesion` of another one lies, by
/// each of the `tracks` that are in both.
pub(super) fn is_covered(
    visits: &[Examination<'_>],
    tracks: &[Track],
    lesion: Sighting,
    visit: usize,
) -> bool {
    let mut slices_here = tracks.iter().filter_map(|track| {
        let [here, there] = [visit, lesion.visit].map(|it| track.lesion_in(it));
        let here = height_mm(visits.get(visit)?, here?)?;
        let examination = visits.get(lesion.visit)?;
        let above_mm = height_mm(examination, lesion.lesion)? - height_mm(examination, there?)?;
        let conditions = visits.get(visit)?.conditions;
        let slice = (here + above_mm) / conditions.slice_spacing_mm?;
        let last = conditions.extent?.slices.checked_sub(1)?;
        Some((-0.5..=last as f32 + 0.5).contains(&slice))
    });
    let mut lesions = 0;
    slices_here.all(|is_shown| {
        lesions += 1;
        is_shown
    }) && lesions >= LEAST_LESIONS
}

/// How far a lesion lies above the lowest slice, where slices tell it.
fn height_mm(examination: &Examination<'_>, lesion: usize) -> Option<f32> {
    let lesion = examination.lesions.get(lesion)?;
    // Without it, slices are missing, or nobody knows which end is the head's.
    lesion.place?.up?;
    Some(lesion.key_slice as f32 * examination.conditions.slice_spacing_mm?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::follow_up::matching::tests::lesion;
    use crate::follow_up::{Conditions, Extent};
    use crate::saved::SavedLesion;

    fn on(slices: &[usize]) -> Vec<SavedLesion> {
        let on = |&key_slice: &usize| SavedLesion {
            key_slice,
            ..lesion(1, 9.0, Some((0.3, 0.5, Some(0.5))))
        };
        slices.iter().map(on).collect()
    }

    fn part(slices: usize, slice_spacing_mm: f32) -> Conditions {
        Conditions {
            extent: Some(Extent {
                segmented: slices,
                slices,
                lung_mm: None,
            }),
            slice_spacing_mm: Some(slice_spacing_mm),
            ..Conditions::default()
        }
    }

    /// Two lesions of both, on these slices, and one of the later one alone.
    fn is_shown(before: [usize; 2], later: [usize; 3], pairs: usize) -> bool {
        let (before, later) = (on(&before), on(&later));
        let (first, second) = (part(10, 5.0), part(20, 2.5));
        let visits =
            [(&before, &first), (&later, &second)].map(|(lesions, conditions)| Examination {
                lesions,
                conditions,
            });
        let at = |visit, lesion| Sighting { visit, lesion };
        let both = (0..pairs).map(|it| vec![at(0, it), at(1, it)]);
        let tracks = both.chain([vec![at(1, 2)]]).map(|sightings| Track {
            sightings,
            lacks_height: false,
        });
        is_covered(&visits, &tracks.collect::<Vec<_>>(), at(1, 2), 0)
    }

    #[test]
    fn a_place_between_the_slices_of_an_earlier_part_was_shown() {
        // The earlier one begins 5 mm lower; its slices are twice as thick.
        assert!(is_shown([1, 5], [0, 8, 14], 2), "on slice 8 of 10");
        assert!(!is_shown([1, 5], [0, 8, 19], 2), "at 52.5 mm of 45 mm");
        assert!(!is_shown([0, 4], [4, 12, 2], 2), "5 mm below it");
        assert!(
            !is_shown([1, 9], [0, 8, 14], 2),
            "they contradict each other"
        );
    }

    #[test]
    fn one_lesion_alone_says_nothing() {
        assert!(!is_shown([1, 5], [0, 8, 14], 1));
    }
}
