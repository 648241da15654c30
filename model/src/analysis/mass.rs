//! Masses, which are wider than what the networks have learnt from.
//!
//! The training crops hold nodules of up to 3 cm. Of a mass of 5 cm the networks see little more
//! than its rim: inside it looks like the chest wall. At half the resolution it is as wide as what
//! they know, so the network looks at a slice once more, for a quarter of the work. Small regions
//! of that second look are left aside, because it takes vessels for nodules, and so is what the
//! first one saw nothing of: there it takes parts of the chest wall for masses.

use super::UNKNOWN_SPACING;
use super::postprocess::raw_mask;
use super::preprocess::{NetworkInput, Placement};
use super::region::regions;
use super::resample::{Span, resize};
use crate::mask::Mask;
use crate::network::NETWORK_PIXEL_MM;
use crate::volume::PixelSpacing;

/// Smallest region that counts as a mass, in mm²: a disk of 20 mm.
const LEAST_MM2: f32 = 300.0;

/// A mass is believed outside the lung field where at least this share of it lies inside, or where
/// slices beside say so.
const LEAST_SHARE_IN_FIELD: f32 = 0.1;

/// An input at half its resolution, for the second look: 1.5 mm a pixel.
///
/// Its sides are made multiples of `stride` by repeating the last row and column. Its
/// [`NetworkInput::on_slice`] leads back to the pixels of `input`.
pub fn halved(input: &NetworkInput, stride: usize) -> NetworkInput {
    let size = (input.rows, input.cols);
    let grid = ((size.0 / 2).max(1), (size.1 / 2).max(1));
    let small = resize(&input.pixels, size, grid);
    let stride = stride.max(1);
    let (rows, cols) = (
        grid.0.next_multiple_of(stride),
        grid.1.next_multiple_of(stride),
    );
    let last = |at: usize, len: usize| at.min(len.saturating_sub(1));
    let pixel = |row: usize, col: usize| small.get(last(row, grid.0) * grid.1 + last(col, grid.1));
    let places = (0..rows).flat_map(|row| (0..cols).map(move |col| (row, col)));
    NetworkInput {
        rows,
        cols,
        pixels: places
            .filter_map(|(row, col)| pixel(row, col).copied())
            .collect(),
        placement: Placement {
            slice: size,
            grid,
            crop: (Span::whole(rows), Span::whole(cols)),
        },
    }
}

/// What both looks say: the higher of both probabilities in regions of the second one that are
/// large and that the first one found something of, the first look's everywhere else.
///
/// # Arguments
/// * `first`, `second`: probabilities (0…1) of the same `size` = (rows, cols), row-major.
/// * `threshold`: the network's own, not the reader's: moving that must not bring back what
///   was left aside.
pub fn joined(
    mut first: Vec<f32>,
    second: &[f32],
    size: (usize, usize),
    threshold: f32,
) -> Vec<f32> {
    let mut mask = Mask::empty(size.0, size.1);
    for (pixel, &p) in mask.pixels.iter_mut().zip(second) {
        *pixel = u8::from(p >= threshold);
    }
    let least = LEAST_MM2 / (NETWORK_PIXEL_MM * NETWORK_PIXEL_MM);
    let seen = |index: &usize| first.get(*index).is_some_and(|&p| p >= threshold);
    let wanted: Vec<usize> = regions(&mask)
        .into_iter()
        .map(|region| region.pixels)
        .filter(|pixels| pixels.len() as f32 >= least && pixels.iter().any(seen))
        .flatten()
        .collect();
    for index in wanted {
        if let (Some(p), Some(&other)) = (first.get_mut(index), second.get(index)) {
            *p = p.max(other);
        }
    }
    first
}

/// Large regions of a slice, which slices beside it may have a say in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masses {
    /// Those that reach into the lung field.
    pub inside: Mask,
    /// What lies outside of the lung field of the others, in parts that hang together.
    pub outside: Vec<Part>,
}

/// A part of a slice that the network takes for tumour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its pixels (`row · cols + col`), ascending.
    pub pixels: Vec<usize>,
    /// Their probabilities, 0…255.
    pub probability: Vec<u8>,
    /// Whether the lung field has taken it in all the same.
    pub is_in_field: bool,
}

/// What stands in a plane of masses for one that reaches into the lung field.
const INSIDE: u8 = 1;

impl Masses {
    /// From a plane with a byte a pixel: 0, 1 in masses that reach into the lung field, and the
    /// probability (2…255) of the others outside of it. `None` if there are none.
    pub fn from_plane(plane: &[u8], (rows, cols): (usize, usize)) -> Option<Self> {
        let mask = |is_set: fn(u8) -> bool| Mask {
            rows,
            cols,
            pixels: plane.iter().map(|&it| u8::from(is_set(it))).collect(),
        };
        if plane.len() != rows * cols || plane.iter().all(|&it| it == 0) {
            return None;
        }
        let outside = regions(&mask(|it| it > INSIDE)).into_iter();
        Some(Self {
            inside: mask(|it| it == INSIDE),
            outside: outside
                .map(|region| Part {
                    probability: region.pixels.iter().map(|&at| plane[at]).collect(),
                    pixels: region.pixels,
                    is_in_field: false,
                })
                .collect(),
        })
    }

    /// The same plane again.
    pub fn plane(&self) -> Vec<u8> {
        let mut plane = self.inside.pixels.clone();
        for part in &self.outside {
            for (&at, &probability) in part.pixels.iter().zip(&part.probability) {
                plane[at] = probability;
            }
        }
        plane
    }
}

/// The lung field with the masses that reach into it, and all masses.
///
/// A mass at the chest wall or the mediastinum is as dense as these, so the lung field, found by
/// density, leaves most of it out.
///
/// # Arguments
/// * `probability`: 0…255 on the field's grid, also outside the field.
/// * `threshold`: the network's own, as for [`joined`].
pub fn field_with_masses(
    mut field: Mask,
    probability: &[u8],
    threshold: f32,
    spacing: Option<PixelSpacing>,
) -> (Mask, Option<Masses>) {
    let pixel_mm2 = spacing.unwrap_or(UNKNOWN_SPACING).area_mm2();
    let raw = raw_mask(probability, field.rows, field.cols, threshold);
    let mut plane = vec![0; field.pixels.len()];
    for region in regions(&raw) {
        let area = region.pixels.len() as f32;
        if area * pixel_mm2 < LEAST_MM2 {
            continue;
        }
        let is_inside = region.pixels_in(&field) as f32 >= LEAST_SHARE_IN_FIELD * area;
        for index in region.pixels {
            let (Some(in_field), Some(value)) = (field.pixels.get_mut(index), plane.get_mut(index))
            else {
                continue;
            };
            if is_inside {
                (*in_field, *value) = (1, INSIDE);
            } else if *in_field == 0 {
                let probability = probability.get(index).copied().unwrap_or(0);
                *value = probability.max(INSIDE + 1);
            }
        }
    }
    let masses = Masses::from_plane(&plane, (field.rows, field.cols));
    (field, masses)
}
