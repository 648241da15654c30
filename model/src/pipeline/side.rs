//! Which lung each lesion lies in.

use super::{SliceAnalysis, view};
use crate::analysis::side::Lungs;
use crate::finding::Lesion;
use crate::map::Map;
use crate::volume::Volume;

/// Gives every lesion the side that it lies on in its key slice, where the file tells sides. The
/// lungs of a slice are told apart once for all lesions of it.
pub(super) fn give_sides(
    lesions: &mut [Lesion],
    volume: &Volume,
    analyses: &Map<usize, SliceAnalysis>,
) {
    if !volume.is_oriented {
        return;
    }
    for (&slice, analysis) in analyses {
        let own = lesions.iter_mut().filter(|it| it.key_slice == slice);
        let mut own = own.peekable();
        if own.peek().is_none() {
            continue;
        }
        let seen = view(volume, slice).ok().zip(analysis.field.as_ref());
        let lungs = seen.and_then(|(view, field)| Lungs::of(&view, field));
        for lesion in own {
            let regions = analysis.findings.iter();
            let regions = regions.filter(|it| it.lesion == lesion.number);
            let largest = regions.max_by_key(|it| it.area_px);
            let place = largest.map(|it| it.centre);
            lesion.side = lungs
                .as_ref()
                .zip(place)
                .and_then(|(it, at)| it.side_of(at));
        }
    }
}
