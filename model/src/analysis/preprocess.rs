//! From a slice to what the network is given, and its answer back to the slice.
//!
//! Window, resample to the network's pixel size, reduce noise, crop to the lungs.

use super::SliceView;
use super::denoise::denoise;
use super::resample::{Span, resize_crop, resize_part};
use crate::mask::Mask;
use crate::network::{HU_WINDOW, NETWORK_PIXEL_MM};
use crate::settings::Denoise;
use crate::volume::Intensity;

/// Network pixels kept around the lung field, so that its rim has context.
const MARGIN_PX: usize = 24;

/// Longest edge, in pixels, that an image without known spacing keeps.
const LONGEST_EDGE_PX: usize = 512;

/// Value of padding: air.
const AIR: f32 = -1.0;

/// What the network is given.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkInput {
    /// Height in network pixels, a multiple of the network's stride.
    pub rows: usize,
    /// Width in network pixels, a multiple of the network's stride.
    pub cols: usize,
    /// `rows × cols` values from −1 (air) to 1, row-major.
    pub pixels: Vec<f32>,
    pub(super) placement: Placement,
}

/// Where the network input lies on the slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placement {
    /// Rows and columns of the slice.
    pub(super) slice: (usize, usize),
    /// Rows and columns of the whole slice on the network grid.
    pub(super) grid: (usize, usize),
    /// The part of that grid that is the input; past its end lies padding.
    pub(super) crop: (Span, Span),
}

/// A value as the network sees it: −1…1, clamped.
///
/// Hounsfield units are mapped linearly from [`HU_WINDOW`], grey levels from 0 to their
/// maximum.
pub fn normalise(value: i16, intensity: Intensity) -> f32 {
    let range = match intensity {
        Intensity::Hounsfield => HU_WINDOW,
        Intensity::Grey { max } => (0.0, f32::from(max).max(1.0)),
    };
    scaled(f32::from(value), range)
}

/// The same of Hounsfield units that are no whole numbers.
pub fn normalise_hu(hu: f32) -> f32 {
    scaled(hu, HU_WINDOW)
}

fn scaled(value: f32, (low, high): (f32, f32)) -> f32 {
    ((value - low) / (high - low)).clamp(0.0, 1.0) * 2.0 - 1.0
}

/// Rows and columns of the slice on the network grid.
///
/// Without spacing the pixels stay as they are, unless the image is larger than any
/// scanner's: then it is shrunk to a longest edge of 512 pixels.
fn grid_size(slice: &SliceView<'_>) -> (usize, usize) {
    let scale = |pixels: usize, factor: f32| ((pixels as f32 * factor).round() as usize).max(1);
    if let Some(spacing) = slice.spacing {
        return (
            scale(slice.rows, spacing.row_mm / NETWORK_PIXEL_MM),
            scale(slice.cols, spacing.col_mm / NETWORK_PIXEL_MM),
        );
    }
    let longest = slice.rows.max(slice.cols);
    if longest <= LONGEST_EDGE_PX {
        return (slice.rows.max(1), slice.cols.max(1));
    }
    let factor = LONGEST_EDGE_PX as f32 / longest as f32;
    (scale(slice.rows, factor), scale(slice.cols, factor))
}

/// Prepares a slice for the network.
///
/// The result covers the bounding box of `field` (`None` = the whole slice) and 24
/// network pixels around it, widened to multiples of `stride` in both directions; where
/// the slice is too small for that, the bottom and right are padded with air.
pub fn prepare(
    slice: &SliceView<'_>,
    field: Option<&Mask>,
    denoise_by: Denoise,
    stride: usize,
) -> NetworkInput {
    let grid = grid_size(slice);
    let normal: Vec<f32> = slice
        .values
        .iter()
        .map(|&value| normalise(value, slice.intensity))
        .collect();
    let size = (slice.rows, slice.cols);
    let bounds = field
        .filter(|f| (f.rows, f.cols) == size)
        .and_then(Mask::bounds);
    let (rows, cols) = bounds.map_or(
        (Span::whole(grid.0), Span::whole(grid.1)),
        |(rows, cols)| {
            (
                with_margin(rows, size.0, grid.0),
                with_margin(cols, size.1, grid.1),
            )
        },
    );
    let crop = (widened(rows, grid.0, stride), widened(cols, grid.1, stride));
    // Noise is reduced before anything is cut off.
    let part = match denoise_by {
        Denoise::None => (crop.0.within(grid.0), crop.1.within(grid.1)),
        Denoise::Median | Denoise::Gaussian => (Span::whole(grid.0), Span::whole(grid.1)),
    };
    let resized = resize_part(&normal, size, grid, part);
    let clean = denoise(resized, part.0.len, part.1.len, denoise_by);
    NetworkInput {
        rows: crop.0.len,
        cols: crop.1.len,
        pixels: cut(&clean, part, crop),
        placement: Placement {
            slice: size,
            grid,
            crop,
        },
    }
}

/// A stretch of slice pixels on the network grid, with the margin, within the grid.
fn with_margin(pixels: std::ops::Range<usize>, slice: usize, grid: usize) -> Span {
    let scale = grid as f32 / slice.max(1) as f32;
    let start = ((pixels.start as f32 * scale).floor() as usize).saturating_sub(MARGIN_PX);
    let end = ((pixels.end as f32 * scale).ceil() as usize + MARGIN_PX).min(grid);
    Span {
        start,
        len: end.saturating_sub(start).max(1),
    }
}

/// The span made a multiple of `stride` long: on both sides as far as the grid
/// allows, else past its end.
fn widened(span: Span, grid: usize, stride: usize) -> Span {
    let len = span.len.next_multiple_of(stride.max(1));
    let centred = span.start.saturating_sub((len - span.len) / 2);
    Span {
        start: centred.min(grid.saturating_sub(len)),
        len,
    }
}

/// The part `crop` of an image of which `part` is at hand, with air where it sticks out of that.
fn cut(pixels: &[f32], part: (Span, Span), crop: (Span, Span)) -> Vec<f32> {
    let (rows, cols) = crop;
    let mut out = vec![AIR; rows.len * cols.len];
    let sources = pixels
        .chunks_exact(part.1.len.max(1))
        .skip(rows.start - part.0.start);
    for (line, source) in out.chunks_exact_mut(cols.len.max(1)).zip(sources) {
        let source = source.iter().skip(cols.start - part.1.start);
        for (value, &s) in line.iter_mut().zip(source) {
            *value = s;
        }
    }
    out
}

/// Makes every pixel outside `field`, which is of the same size, 0.
pub fn clear_outside(probability: &mut [u8], field: &Mask) {
    for (byte, &inside) in probability.iter_mut().zip(&field.pixels) {
        *byte *= u8::from(inside != 0);
    }
}

impl NetworkInput {
    /// The network's probabilities (0…1, `rows × cols`) on the slice grid; 0 outside the input.
    pub fn on_slice(&self, probability: &[f32]) -> Vec<f32> {
        let Placement { slice, grid, crop } = self.placement;
        resize_crop(probability, crop, grid, slice)
    }

    /// The network's probabilities (0…1, `rows × cols`) on the slice grid as 0…255.
    ///
    /// Pixels outside the input and outside `field` (if any) are 0.
    pub fn probability_on_slice(&self, probability: &[f32], field: Option<&Mask>) -> Vec<u8> {
        let slice = self.placement.slice;
        let mut bytes: Vec<u8> = self
            .on_slice(probability)
            .iter()
            // Rounds to the nearest, for less than a call of `round`.
            .map(|p| (p.clamp(0.0, 1.0) * 255.0 + 0.5) as u8)
            .collect();
        if let Some(field) = field.filter(|f| (f.rows, f.cols) == slice) {
            clear_outside(&mut bytes, field);
        }
        bytes
    }

    /// Where a slice position (row, col of pixel centres) lies in the input.
    pub fn position_from_slice(&self, row: f32, col: f32) -> (f32, f32) {
        let Placement { slice, grid, crop } = self.placement;
        let map = |at: f32, grid: usize, slice: usize, start: usize| {
            (at + 0.5) * grid as f32 / slice.max(1) as f32 - 0.5 - start as f32
        };
        (
            map(row, grid.0, slice.0, crop.0.start),
            map(col, grid.1, slice.1, crop.1.start),
        )
    }
}
