//! Slices in the page's memory: values to draw and label maps of what was found.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::across::Aim;
use super::contour::{Polygon, polygons};
use super::solid::{Body, Grid};

/// Bytes of values kept, those of 200 slices of 512²; other slices are asked for again.
const KEPT_BYTES: usize = 200 * 512 * 512 * size_of::<i16>();

/// That where there is little memory.
const SPARING_BYTES: usize = KEPT_BYTES / 2;

/// Slices kept, however large they are: the one in view and its neighbours.
const FEWEST: usize = 3;

/// Values, labels and outlines by slice.
#[derive(Debug, Default)]
pub struct Pixels {
    values: BTreeMap<usize, Vec<i16>>,
    labels: BTreeMap<usize, Vec<u8>>,
    outlines: BTreeMap<(usize, u8), Arc<Vec<Polygon>>>,
    /// Label maps on a coarse grid, and the surface of what they show; made when asked for.
    cells: BTreeMap<usize, Vec<u8>>,
    body: Option<Arc<Body>>,
    /// Whether label maps have come since it was made.
    body_is_old: bool,
    /// What is to be shown on the planes across the slices, and the values there once they have
    /// come.
    aim: Option<Aim>,
    across: Vec<Vec<i16>>,
    /// Counts what was asked for.
    asked: u32,
    /// What stands for every slice where there is no image; empty where there is one.
    blank: Vec<i16>,
    /// Whether fewer slices are kept, to save memory.
    is_sparing: bool,
    /// Slices that are kept besides.
    held: Vec<usize>,
}

impl Pixels {
    /// Of a saved analysis: label maps over slices of `pixels` dark pixels.
    pub fn without_image(pixels: usize) -> Self {
        Self {
            blank: vec![i16::MIN; pixels],
            ..Self::default()
        }
    }

    /// Of a scan, on a machine that may have `little_memory`.
    pub fn of_scan(little_memory: bool) -> Self {
        Self {
            is_sparing: little_memory,
            ..Self::default()
        }
    }

    /// Whether there is an image behind the label maps.
    pub fn has_image(&self) -> bool {
        self.blank.is_empty()
    }

    /// Something is to be shown across the slices; the number of the request for it, if it has to
    /// be asked for.
    pub fn ask_across(&mut self, aim: &Aim) -> Option<u32> {
        if self.aim.as_ref() == Some(aim) {
            return None;
        }
        self.aim = Some(aim.clone());
        self.across.clear();
        self.asked = self.asked.wrapping_add(1);
        Some(self.asked)
    }

    /// What was asked for will not come.
    pub fn ask_again(&mut self) {
        self.aim = None;
    }

    /// It is here; what was asked for before the last is not wanted any more.
    pub fn put_across(&mut self, id: u32, planes: Vec<Vec<i16>>) {
        if id == self.asked {
            self.across = planes;
        }
    }

    /// Its values on the first plane, the second.
    pub fn across(&self, aim: &Aim, plane: usize) -> Option<&[i16]> {
        let is_it = self.aim.as_ref() == Some(aim);
        self.across.get(plane).filter(|_| is_it).map(Vec::as_slice)
    }

    /// Values of a slice, row-major.
    pub fn values(&self, slice: usize) -> Option<&[i16]> {
        let blank = (!self.has_image()).then_some(&self.blank);
        self.values.get(&slice).or(blank).map(Vec::as_slice)
    }

    /// Label map of a slice (see [`super::overlay::label`]); empty before it is segmented.
    pub fn labels(&self, slice: usize) -> &[u8] {
        self.labels.get(&slice).map_or(&[], Vec::as_slice)
    }

    /// Keeps the values of a slice and forgets the slices farthest from the one shown
    /// if there are too many.
    pub fn put_values(&mut self, slice: usize, values: Vec<i16>, shown: usize) {
        self.values.insert(slice, values);
        let kept = self.kept();
        loop {
            let others = || self.values.keys().filter(|k| !self.held.contains(k));
            if others().count() <= kept {
                break;
            }
            let farthest = others().copied().max_by_key(|k| k.abs_diff(shown));
            farthest.and_then(|k| self.values.remove(&k));
        }
    }

    /// Keeps the values of these slices, too, until others are to be held: those of pictures that
    /// are about to be drawn.
    pub fn hold(&mut self, slices: Vec<usize>) {
        self.held = slices;
    }

    /// How many slices are kept, of the size of those that are here.
    fn kept(&self) -> usize {
        let limit_bytes = if self.is_sparing {
            SPARING_BYTES
        } else {
            KEPT_BYTES
        };
        let slice_bytes = self
            .values
            .values()
            .next()
            .map_or(0, |it| size_of_val(&it[..]));
        (limit_bytes / slice_bytes.max(1)).max(FEWEST)
    }

    /// The slice nearest to `shown` that is not here and would be kept, of `slices` in all.
    pub fn nearest_missing(&self, shown: usize, slices: usize) -> Option<usize> {
        let reach = (self.kept() - 1) / 2;
        (shown.saturating_sub(reach)..slices.min(shown + reach + 1))
            .filter(|&slice| self.values(slice).is_none())
            .min_by_key(|slice| slice.abs_diff(shown))
    }

    /// Keeps the label map of a slice.
    pub fn put_labels(&mut self, slice: usize, labels: Vec<u8>) {
        self.labels.insert(slice, labels);
        self.labels_changed(slice);
    }

    /// Forgets all label maps.
    pub fn forget_labels(&mut self) {
        self.labels.clear();
        self.outlines.clear();
        self.cells.clear();
        self.body = None;
    }

    /// Forgets the label map of a slice.
    pub fn forget_labels_of(&mut self, slice: usize) {
        self.labels.remove(&slice);
        self.labels_changed(slice);
    }

    fn labels_changed(&mut self, slice: usize) {
        self.outlines.retain(|key, _| key.0 != slice);
        self.cells.remove(&slice);
        self.body_is_old = true;
    }

    /// The surface of lung and tumour over all label maps, of slices of `rows × cols` voxels of
    /// `voxel_mm` towards left, back and head. One that is not of the last label maps will do while
    /// it `may_wait`.
    pub fn body(
        &mut self,
        rows: usize,
        cols: usize,
        voxel_mm: [f32; 3],
        may_wait: bool,
    ) -> Option<Arc<Body>> {
        if self.body.is_none() || self.body_is_old && !may_wait {
            let grid = Grid::of(rows, cols);
            for (&slice, labels) in &self.labels {
                let cells = self.cells.entry(slice);
                cells.or_insert_with(|| grid.cells(labels, cols));
            }
            self.body = Body::of(&self.cells, grid, voxel_mm).map(Arc::new);
            self.body_is_old = false;
        }
        self.body.clone()
    }

    /// Outlines of one layer of a slice, found once.
    pub fn outline(
        &mut self,
        slice: usize,
        rows: usize,
        cols: usize,
        bit: u8,
    ) -> Arc<Vec<Polygon>> {
        if let Some(known) = self.outlines.get(&(slice, bit)) {
            return Arc::clone(known);
        }
        let found = Arc::new(polygons(self.labels(slice), rows, cols, bit));
        self.outlines.insert((slice, bit), Arc::clone(&found));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fetches what is nearest to a slice in the middle of a long series of slices of `side`²,
    /// until nothing more is wanted; how many are here then.
    fn fetched_ahead(mut pixels: Pixels, side: usize) -> usize {
        let mut fetched = 0;
        while let Some(slice) = pixels.nearest_missing(500, 1000) {
            pixels.put_values(slice, vec![0; side * side], 500);
            fetched += 1;
            assert_eq!(pixels.values.len(), fetched, "nothing was pushed out");
        }
        fetched
    }

    #[test]
    fn far_slices_are_forgotten_first() {
        let mut pixels = Pixels::default();
        for slice in 0..=200 {
            pixels.put_values(slice, vec![0; 512 * 512], 200);
        }
        assert!(pixels.values(0).is_none());
        assert!(pixels.values(1).is_some() && pixels.values(200).is_some());
    }

    #[test]
    fn what_is_held_stays_however_far_it_is() {
        let mut pixels = Pixels::default();
        pixels.hold(vec![900]);
        for slice in (900..901).chain(0..=200) {
            pixels.put_values(slice, vec![0; 512 * 512], 0);
        }
        assert!(pixels.values(900).is_some() && pixels.values(199).is_some());
        assert!(pixels.values(200).is_none(), "as many others as ever");
        pixels.hold(Vec::new());
        pixels.put_values(1, vec![0; 512 * 512], 0);
        assert!(pixels.values(900).is_none());
    }

    #[test]
    fn as_many_slices_are_kept_as_memory_allows_and_always_three() {
        let kept = |little_memory, side| fetched_ahead(Pixels::of_scan(little_memory), side);
        assert_eq!(
            [512, 1024, 2048, 8192].map(|it| kept(false, it)),
            [199, 49, 11, 3]
        );
        assert_eq!(
            [512, 1024, 2048, 8192].map(|it| kept(true, it)),
            [99, 25, 5, 3]
        );
    }

    #[test]
    fn slices_are_fetched_from_the_shown_one_outwards() {
        let mut pixels = Pixels::default();
        assert_eq!(pixels.nearest_missing(2, 4), Some(2));
        for slice in [2, 1] {
            pixels.put_values(slice, vec![0], 2);
        }
        assert_eq!(pixels.nearest_missing(2, 4), Some(3));
        for slice in [3, 0] {
            pixels.put_values(slice, vec![0], 2);
        }
        assert_eq!(pixels.nearest_missing(2, 4), None);
    }

    #[test]
    fn without_an_image_every_slice_is_dark_and_none_is_asked_for() {
        let pixels = Pixels::without_image(3);
        assert_eq!(pixels.values(7), Some(&[i16::MIN; 3][..]));
        assert_eq!(pixels.nearest_missing(0, 9), None);
        assert!(!pixels.has_image() && Pixels::default().has_image());
    }

    #[test]
    fn a_new_label_map_has_a_new_outline() {
        let mut pixels = Pixels::default();
        pixels.put_labels(0, vec![4, 0]);
        assert_eq!(pixels.outline(0, 1, 2, 4).len(), 1);
        pixels.put_labels(0, vec![0, 0]);
        assert!(pixels.outline(0, 1, 2, 4).is_empty());
    }
}
