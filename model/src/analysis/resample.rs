//! Resampling an image between pixel grids that cover the same area.
//!
//! Grids are aligned at their outer edges (half-pixel centres): output pixel `i` of
//! `m` lies at `(i + 0.5) · n / m − 0.5` among `n` input pixels. Enlarging is bilinear
//! with the edge pixel continued; shrinking widens the bilinear triangle by the
//! factor, so that every input pixel counts and fine structure does not alias.
//! Same results as `scipy.ndimage.zoom(order=1, grid_mode=True, mode="nearest")`
//! (enlarging) and Pillow's `Image.resize(BILINEAR)` in mode `F` (both).

use std::ops::Range;

/// A contiguous stretch of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First pixel.
    pub start: usize,
    /// Number of pixels.
    pub len: usize,
}

impl Span {
    /// The whole of an axis of `len` pixels.
    pub fn whole(len: usize) -> Self {
        Self { start: 0, len }
    }

    /// One past the last pixel.
    pub fn end(self) -> usize {
        self.start + self.len
    }

    /// What of it lies on an axis of `len` pixels.
    #[must_use]
    pub fn within(self, len: usize) -> Self {
        let start = self.start.min(len);
        Self {
            start,
            len: self.end().min(len) - start,
        }
    }
}

/// Which input pixels make up each output pixel of a stretch of an axis, and with what weight.
struct Taps {
    /// Input pixels of an output pixel, the same number for all; some have no weight.
    width: usize,
    /// The first of them, output pixel by output pixel; never smaller than the one before.
    first: Vec<usize>,
    /// `width` weights for each output pixel.
    weights: Vec<f32>,
}

impl Taps {
    /// For the output pixels `part` of an axis that is resampled from `input` to `output` pixels,
    /// neither of which may be 0.
    fn new(input: usize, output: usize, part: Span) -> Self {
        let scale = input as f64 / output as f64;
        let support = scale.max(1.0);
        let width = ((2.0 * support).ceil() as usize).min(input);
        let mut taps = Self {
            width,
            first: Vec::with_capacity(part.len),
            weights: Vec::with_capacity(part.len * width),
        };
        for i in part.start..part.end() {
            let centre = (i as f64 + 0.5) * scale - 0.5;
            let first = ((centre - support).floor() + 1.0).max(0.0) as usize;
            let first = first.min(input - width);
            let weight = |k: usize| (1.0 - (k as f64 - centre).abs() / support).max(0.0);
            let inputs = first..first + width;
            let sum: f64 = inputs.clone().map(weight).sum();
            taps.first.push(first);
            taps.weights
                .extend(inputs.map(|k| (weight(k) / sum) as f32));
        }
        taps
    }

    /// The output pixels that any pixel of `crop` is a part of.
    fn touching(&self, crop: Span) -> Range<usize> {
        let before = |&first: &usize| first + self.width <= crop.start;
        let start = self.first.partition_point(before);
        let end = self.first.partition_point(|&first| first < crop.end());
        start..end.max(start)
    }

    /// First input pixel and weights of the output pixels `outputs`.
    fn of(&self, outputs: Range<usize>) -> impl Iterator<Item = (usize, &[f32])> {
        let weights = self.width * outputs.start..self.width * outputs.end;
        let weights = self.weights.get(weights).unwrap_or_default();
        let first = self.first.get(outputs).unwrap_or_default();
        first
            .iter()
            .copied()
            .zip(weights.chunks_exact(self.width.max(1)))
    }
}

/// Resamples a whole image of `from` = (rows, cols) to `to` = (rows, cols).
///
/// `pixels` are `from.0 × from.1` values, row-major; the result `to.0 × to.1`.
pub fn resize(pixels: &[f32], from: (usize, usize), to: (usize, usize)) -> Vec<f32> {
    resize_part(pixels, from, to, (Span::whole(to.0), Span::whole(to.1)))
}

/// The rows and columns `part` of what [`resize`] gives; it must not stick out.
pub fn resize_part(
    pixels: &[f32],
    from: (usize, usize),
    to: (usize, usize),
    part: (Span, Span),
) -> Vec<f32> {
    let crop = (Span::whole(from.0), Span::whole(from.1));
    resample(pixels, crop, from, to, part)
}

/// Like [`resize`], when only a part of the input image is at hand.
///
/// `pixels` hold the rows and columns `crop` of an image of `from` pixels (the crop may
/// stick out past its ends; what sticks out is not read); the rest of it is 0.
pub fn resize_crop(
    pixels: &[f32],
    crop: (Span, Span),
    from: (usize, usize),
    to: (usize, usize),
) -> Vec<f32> {
    resample(
        pixels,
        crop,
        from,
        to,
        (Span::whole(to.0), Span::whole(to.1)),
    )
}

/// The part `part` of the resampled image, from the part `crop` of the image that is not 0.
fn resample(
    pixels: &[f32],
    (rows, cols): (Span, Span),
    from: (usize, usize),
    to: (usize, usize),
    part: (Span, Span),
) -> Vec<f32> {
    let mut out = vec![0.0f32; part.0.len * part.1.len];
    if rows.len * cols.len != pixels.len() || from.0 * from.1 == 0 || out.is_empty() {
        return out;
    }
    let row_taps = Taps::new(from.0, to.0, part.0);
    let col_taps = Taps::new(from.1, to.1, part.1);
    let (touched_rows, touched_cols) = (row_taps.touching(rows), col_taps.touching(cols));
    // Rows first: whole rows are added up, several pixels at once, and only those that are needed.
    let mut mixed = vec![0.0f32; from.1];
    let inner = cols.start.min(from.1)..cols.end().min(from.1);
    let lines = out
        .chunks_exact_mut(part.1.len)
        .skip(touched_rows.start)
        .zip(row_taps.of(touched_rows));
    for (line, (first, weights)) in lines {
        let sums = mixed.get_mut(inner.clone()).unwrap_or_default();
        sums.fill(0.0);
        for (k, &weight) in (first..).zip(weights) {
            let at = k.checked_sub(rows.start).map(|k| k * cols.len);
            let source = at.and_then(|at| pixels.get(at..at + cols.len));
            for (sum, &value) in sums.iter_mut().zip(source.unwrap_or_default()) {
                *sum += weight * value;
            }
        }
        let values = line.get_mut(touched_cols.clone()).unwrap_or_default();
        for (value, (first, weights)) in values.iter_mut().zip(col_taps.of(touched_cols.clone())) {
            let near = mixed.get(first..first + weights.len()).unwrap_or_default();
            *value = near.iter().zip(weights).map(|(v, w)| v * w).sum();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(pixels: &[f32], cols: usize, part: (Span, Span)) -> Vec<f32> {
        let rows = part.0.start..part.0.end();
        rows.flat_map(|row| &pixels[row * cols + part.1.start..row * cols + part.1.end()])
            .copied()
            .collect()
    }

    prop_compose! {
        /// An axis of some pixels, and a stretch of it.
        fn stretch()(len in 1_usize..40)(len in Just(len), start in 0..len, end in 1..=len) -> (usize, Span) {
            let (start, end) = (start.min(end - 1), end.max(start + 1));
            (len, Span { start, len: end - start })
        }
    }

    proptest! {
        #[test]
        fn a_part_is_what_the_whole_has_there(
            from in (1_usize..40, 1_usize..40),
            ((rows, of_rows), (cols, of_cols)) in (stretch(), stretch()),
        ) {
            let pixels: Vec<f32> = (0..from.0 * from.1).map(|i| (i as f32 * 0.37).sin()).collect();
            let (to, part) = ((rows, cols), (of_rows, of_cols));
            let whole = resize(&pixels, from, to);
            prop_assert_eq!(resize_part(&pixels, from, to, part), cut(&whole, cols, part));
        }

        #[test]
        fn outside_of_a_crop_there_is_nothing(
            ((rows, of_rows), (cols, of_cols)) in (stretch(), stretch()),
            to in (1_usize..40, 1_usize..40),
        ) {
            let (from, crop) = ((rows, cols), (of_rows, of_cols));
            let inside = |row: usize, col: usize| {
                (of_rows.start..of_rows.end()).contains(&row) && (of_cols.start..of_cols.end()).contains(&col)
            };
            let places = (0..rows).flat_map(|row| (0..cols).map(move |col| (row, col)));
            let pixels: Vec<f32> = places
                .enumerate()
                .map(|(i, (row, col))| if inside(row, col) { (i as f32 * 0.37).sin() } else { 0.0 })
                .collect();
            let found = resize_crop(&cut(&pixels, cols, crop), crop, from, to);
            let expected = resize(&pixels, from, to);
            prop_assert!(found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-6));
        }

        #[test]
        fn pixels_that_stay_where_they_are_keep_their_values((rows, cols) in (1_usize..40, 1_usize..40)) {
            let pixels: Vec<f32> = (0..rows * cols).map(|i| (i as f32 * 0.37).sin()).collect();
            prop_assert_eq!(resize(&pixels, (rows, cols), (rows, cols)), pixels);
        }
    }
}
