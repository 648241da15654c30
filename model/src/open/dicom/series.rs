//! Which frames make up a volume, in which order and at which distance.

use super::super::error::Result;
use super::geometry::FrameInfo;
use super::header::Header;
use super::usual::{
    PARALLEL, keep_placed, keep_usual_direction, keep_usual_make, keep_usual_numbers,
    keep_usual_pass, keep_usual_pixels, keep_usual_rescale, mark_usual_make,
};
use crate::count::counted;
use crate::order;
use crate::vector::{Affine, column, dot, norm};
use crate::volume::even::{are_even, can_be_declared, upper_median};

/// Slices closer than this lie in the same place.
const SAME_PLACE_MM: f64 = 0.01;
/// Cosine of the angle between stack and normal below which the gantry was tilted (1°).
const TILT: f64 = 0.999_85;
/// How far off the line through the first and the last one a slice may begin, mm.
const SHIFTED_MM: f64 = 2.0;

/// A frame of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SliceSource {
    pub(super) file: usize,
    pub(super) frame: usize,
    pub(super) info: FrameInfo,
    /// Whether it was computed from the same data in the way that most were.
    pub(super) is_made_as_usual: bool,
    pub(super) instance: Option<f64>,
}

/// The slices of a volume in the order of ascending position along their normal.
#[derive(Debug)]
pub(super) struct Stack {
    pub(super) slices: Vec<SliceSource>,
    /// Distance between slices along the normal, mm.
    pub(super) spacing_mm: Option<f64>,
    /// Whether that is exactly the distance everywhere, and there are several slices.
    pub(super) can_declare_spacing: bool,
    /// LPS of the stack as sorted, if the files say so.
    pub(super) affine: Option<Affine>,
    /// Whether they lie where their slice locations say, for want of positions.
    pub(super) is_located: bool,
    pub(super) notes: Vec<String>,
}

impl Stack {
    /// What each slice is called in its series: the number of its frame where its file has several,
    /// else that of its image; `None` where one has none.
    pub(super) fn instance_numbers(&self, headers: &[Option<Header>]) -> Option<Vec<usize>> {
        let number = |slice: &SliceSource| {
            let header = headers.get(slice.file)?.as_ref()?;
            if header.frames.len() > 1 {
                Some(slice.frame + 1)
            } else {
                // What is no whole number, or larger than DICOM knows, comes back as another.
                let number = slice.instance?;
                let whole = number as i32;
                let is_same = (f64::from(whole) - number).abs() < f64::EPSILON;
                usize::try_from(whole).ok().filter(|_| is_same)
            }
        };
        self.slices.iter().map(number).collect()
    }

    /// How high each slice lies, mm; `None` where one does not say so.
    pub(super) fn positions_mm(&self) -> Option<Vec<f32>> {
        // Where slices are turned alike and not placed, their positions are one and the same, if
        // there are any.
        let has_heights = self.affine.is_some() || self.directions().is_none();
        let height = |slice: &SliceSource| {
            let info = slice.info;
            let place = if self.is_located {
                info.location_mm
            } else {
                info.position.filter(|_| has_heights).map(|[_, _, z]| z)
            };
            place.map(|mm| mm as f32)
        };
        self.slices.iter().map(height).collect()
    }

    /// Sorts the frames of `files`.
    pub(super) fn new(headers: &[Option<Header>], files: &[usize]) -> Result<Self> {
        let mut slices = Vec::new();
        for &file in files {
            let Some(header) = headers.get(file).and_then(Option::as_ref) else {
                continue;
            };
            let frames = header.frames.iter().enumerate();
            slices.extend(frames.map(|(frame, info)| SliceSource {
                file,
                frame,
                info: *info,
                is_made_as_usual: true,
                instance: header.instance,
            }));
        }
        let placeless = keep_placed(&mut slices);
        let turned = keep_usual_direction(&mut slices);
        let resized = keep_usual_pixels(headers, &mut slices)?;
        let rescaled = keep_usual_rescale(&mut slices);
        mark_usual_make(headers, &mut slices);
        let mut stack = Self {
            slices,
            spacing_mm: None,
            can_declare_spacing: false,
            affine: None,
            is_located: false,
            notes: Vec::new(),
        };
        for (left_out, what) in [
            (placeless, "without a place"),
            (turned, "in another direction"),
            (resized, "with pixels of another number or size"),
            (rescaled, "with values on another scale"),
        ] {
            if left_out > 0 {
                let images = counted(left_out, "image");
                stack.notes.push(format!("Left out: {images} {what}."));
            }
        }
        if stack.sort_by_position().is_none() && stack.sort_by_location().is_none() {
            stack.sort_by_number();
        }
        Ok(stack)
    }

    /// `None` if a slice does not say where it lies, or all lie in one place.
    fn sort_by_position(&mut self) -> Option<()> {
        let first = self.slices.first()?.info;
        let normal = first.normal()?;
        let mut placed = Vec::with_capacity(self.slices.len());
        for slice in &self.slices {
            let parallel = dot(slice.info.normal()?, normal) > PARALLEL;
            placed.push((
                dot(slice.info.position?, normal),
                parallel.then_some(*slice)?,
            ));
        }
        self.take_in(placed)?;
        self.affine = self.place(normal);
        self.note_shift(normal);
        Some(())
    }

    /// `None` if a slice does not say where it is along the table, or all are in one place. The
    /// frames of a file share what that says.
    fn sort_by_location(&mut self) -> Option<()> {
        let mut located = Vec::with_capacity(self.slices.len());
        for slice in &self.slices {
            let is_alone = slice.frame == 0;
            located.push((slice.info.location_mm.filter(|_| is_alone)?, *slice));
        }
        // Several phases have as many slices in each place. If not, and all are in whole
        // millimetres, the places are rounded, and slices would be lost.
        let places: Vec<f64> = located.iter().map(|(at, _)| *at).collect();
        let here = |at: f64| {
            places
                .iter()
                .filter(|it| (**it - at).abs() < SAME_PLACE_MM)
                .count()
        };
        let usual = here(*places.first()?);
        let is_whole = |at: &f64| (at - at.round()).abs() < SAME_PLACE_MM;
        let is_rounded = places.iter().all(is_whole) && places.iter().any(|at| here(*at) != usual);
        if located.len() < 2 || is_rounded {
            return None;
        }
        self.take_in(located)?;
        self.is_located = true;
        self.note(if self.directions().is_some() {
            "The files do not say where each slice lies; they are in the order of their locations along the table."
        } else {
            "The files do not say how the patient lies; the slices are in the order of their locations along the table."
        });
        Some(())
    }

    /// Sorts slices by their places, mm, and leaves out what is in the place of another; `None` if
    /// all are in one.
    fn take_in(&mut self, mut placed: Vec<(f64, SliceSource)>) -> Option<()> {
        order::sort_by(&mut placed, |(a, _), (b, _)| a.total_cmp(b));
        let remade = keep_usual_make(&mut placed);
        let count = placed.len();
        // Of several phases in one place the first one stays, the same all the way.
        placed.dedup_by(|next, kept| {
            let is_same = (next.0 - kept.0).abs() < SAME_PLACE_MM;
            if is_same && is_before(&next.1, &kept.1) {
                std::mem::swap(next, kept);
            }
            is_same
        });
        if count > 1 && placed.len() == 1 {
            return None;
        }
        self.note_remade(remade);
        if placed.len() < count {
            self.notes.push(format!(
                "Left out: {} in the place of another.",
                counted(count - placed.len(), "slice")
            ));
        }
        let crossing = keep_usual_pass(&mut placed);
        if crossing > 0 {
            self.notes.push(format!(
                "Left out: {} of another acquisition of the same region.",
                counted(crossing, "image")
            ));
        }
        let places: Vec<f64> = placed.iter().map(|(at, _)| *at).collect();
        let distances = distances(&places);
        self.slices = placed.into_iter().map(|(_, slice)| slice).collect();
        let said = self.slices.first()?.info;
        self.spacing_mm = upper_median(&distances)
            .or(said.slice_spacing_mm)
            .or(said.thickness_mm);
        self.note_gaps(&distances);
        Some(())
    }

    fn note_remade(&mut self, left_out: usize) {
        if left_out > 0 {
            self.notes.push(format!(
                "Left out: {} of another thickness or kernel.",
                counted(left_out, "image")
            ));
        }
    }

    fn sort_by_number(&mut self) {
        let remade = keep_usual_numbers(&mut self.slices);
        self.note_remade(remade);
        let number = |slice: &SliceSource| slice.instance.unwrap_or(0.0);
        order::sort_by(&mut self.slices, |a, b| {
            number(a).total_cmp(&number(b)).then(a.frame.cmp(&b.frame))
        });
        let is_alone = self.slices.len() == 1;
        self.spacing_mm = self.slices.first().and_then(|slice| {
            // A slice's thickness says nothing of how far it is to the next one.
            let alone = slice.info.thickness_mm.filter(|_| is_alone);
            slice.info.slice_spacing_mm.or(alone)
        });
        self.note(if is_alone && self.directions().is_some() {
            "The file does not say where the slice lies in the patient."
        } else if is_alone {
            "The file does not say how the slice lies in the patient; it is shown as stored."
        } else {
            "The files do not say where each slice lies; they are in the order of their numbers."
        });
    }

    /// Rows, columns and normal of the slices, if all say how they are turned; they are parallel.
    /// Without lengths and places.
    pub(super) fn directions(&self) -> Option<Affine> {
        let mut turned = self.slices.iter();
        turned
            .all(|slice| slice.info.direction.is_some())
            .then_some(())?;
        let first = self.slices.first()?.info;
        let ([row, col], normal) = (first.direction?, first.normal()?);
        let mut affine = [[0.0; 4]; 3];
        for (line, ((row, col), normal)) in affine.iter_mut().zip(row.iter().zip(col).zip(normal)) {
            *line = [*row, col, normal, 0.0];
        }
        Some(affine)
    }

    /// How thick most slices are.
    pub(super) fn thickness_mm(&self) -> Option<f64> {
        let all = self.slices.iter().filter_map(|it| it.info.thickness_mm);
        upper_median(&all.collect::<Vec<_>>())
    }

    fn note(&mut self, text: &str) {
        self.notes.push(text.to_owned());
    }

    fn note_gaps(&mut self, distances: &[f64]) {
        let Some(usual) = self.spacing_mm else { return };
        self.can_declare_spacing = can_be_declared(distances, usual);
        let missing: f64 = distances
            .iter()
            .map(|mm| (mm / usual).round() - 1.0)
            .filter(|&n| n >= 1.0)
            .sum();
        if missing >= 1.0 {
            self.notes.push(format!(
                "The series seems to lack about {}; volumes of lesions there are estimated from the slices beside the gap.",
                counted(missing as usize, "slice")
            ));
        } else if !are_even(distances.iter().copied(), usual) {
            self.notes.push(format!(
                "The slices are unevenly spaced; {usual:.2} mm is the usual distance."
            ));
        }
    }

    /// The affine matrix from the first slice, the last one and the pixel spacing.
    fn place(&self, normal: [f64; 3]) -> Option<Affine> {
        let (first, last) = (self.slices.first()?, self.slices.last()?);
        let [row_direction, col_direction] = first.info.direction?;
        // Without it, the directions are known all the same.
        let [row_mm, col_mm] = first.info.spacing_mm.unwrap_or([1.0, 1.0]);
        let origin = first.info.position?;
        let steps = self.slices.len().saturating_sub(1);
        let step = if steps == 0 {
            normal.map(|n| n * self.spacing_mm.unwrap_or(1.0))
        } else {
            let mut step = last.info.position?;
            for (to, from) in step.iter_mut().zip(origin) {
                *to = (*to - from) / steps as f64;
            }
            step
        };
        let mut affine = [[0.0; 4]; 3];
        let columns = row_direction
            .iter()
            .zip(col_direction)
            .zip(step)
            .zip(origin);
        for (row, (((along_row, along_col), step), origin)) in affine.iter_mut().zip(columns) {
            *row = [along_row * col_mm, along_col * row_mm, step, origin];
        }
        (norm(step) > SAME_PLACE_MM).then_some(affine)
    }

    /// Slices of a tilted gantry are each shifted against the one before, all by the same.
    fn note_shift(&mut self, normal: [f64; 3]) {
        let Some(affine) = self.affine else { return };
        let [step, origin] = [2, 3].map(|axis| column(&affine, axis));
        let rise = dot(step, normal);
        let is_off = |slice: &SliceSource| {
            let [x, y, z] = slice.info.position.unwrap_or(origin);
            let from_origin = [x - origin[0], y - origin[1], z - origin[2]];
            let steps = dot(from_origin, normal) / rise;
            let mut off = from_origin;
            for (off, step) in off.iter_mut().zip(step) {
                *off -= steps * step;
            }
            norm(off) > SHIFTED_MM
        };
        let note = if self.slices.iter().any(is_off) {
            "The slices are shifted against each other: places in the patient are not exact."
        } else if rise < TILT * norm(step) {
            "The gantry was tilted: the slices are shifted against each other."
        } else {
            return;
        };
        self.note(note);
    }
}

/// From each place to the next, mm.
pub(super) fn distances(places: &[f64]) -> Vec<f64> {
    let steps = places.windows(2);
    steps
        .filter_map(|pair| Some(pair.get(1)? - pair.first()?))
        .collect()
}

/// By pass, of which each may count its instances anew, by instance number, then by place in the
/// file.
pub(super) fn is_before(a: &SliceSource, b: &SliceSource) -> bool {
    let pass = |slice: &SliceSource| slice.info.pass.unwrap_or(i32::MAX);
    let number = |slice: &SliceSource| slice.instance.unwrap_or(f64::INFINITY);
    let order = pass(a).cmp(&pass(b));
    let order = order.then_with(|| number(a).total_cmp(&number(b)));
    order.then(a.frame.cmp(&b.frame)).is_lt()
}
