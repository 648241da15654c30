//! At what height of the lung a lesion lies.

use model::finding::Lesion;
use model::saved::lesion::slices_tell_heights;

use super::Desk;

const THIRDS: [&str; 3] = ["lower third", "middle third", "upper third"];

impl Desk {
    /// The third of the lung's height, between the lowest and the highest slice that show lung,
    /// that most of a lesion's area on one slice lies in; no lobe. `None` where these are not the
    /// ends of the lung, as far as is known: not every slice was segmented, slices are uneven or
    /// missing, lung goes on to an end of the scan or is not recognised all the way, or it is not
    /// known which end is the head's; and where fewer slices show lung than there are thirds.
    pub fn third(&self, lesion: &Lesion) -> Option<&'static str> {
        let (scan, results) = (self.open.scan.as_ref()?, &self.open.results);
        let tells_heights =
            scan.is_oriented && scan.is_even() && slices_tell_heights(&scan.gaps, scan.slices);
        let with_lung = || results.values().filter(|it| it.lung_px > 0);
        let lung = with_lung().count();
        let (lowest, highest) = (with_lung().next()?.slice, with_lung().next_back()?.slice);
        let is_whole = results.len() == scan.slices
            && lowest > 0
            && highest + 1 < scan.slices
            && lowest + lung == highest + 1
            && lung >= THIRDS.len();
        let above_end = lesion.key_slice.checked_sub(lowest)?;
        let third = THIRDS.get(3 * above_end / lung);
        third.filter(|_| tells_heights && is_whole).copied()
    }
}
