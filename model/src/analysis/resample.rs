//! Resampling an image between pixel grids that cover the same area.
//!
//! Grids are aligned at their outer edges (half-pixel centres): output pixel `i` of
//! `m` lies at `(i + 0.5) · n / m − 0.5` among `n` input pixels. Enlarging is bilinear
//! with the edge pixel continued; shrinking widens the bilinear triangle by the
//! factor, so that every input pixel counts and fine structure does not alias.
//! Same results as `scipy.ndimage.zoom(order=1, grid_mode=True, mode="nearest")`
//! (enlarging) and Pillow's `Image.resize(BILINEAR)` in mode `F` (both).

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
}

/// Which input pixels make up each output pixel of one axis, and with what weight.
struct Taps {
    /// First input pixel and its range in `weights`, one per output pixel.
    outputs: Vec<(usize, std::ops::Range<usize>)>,
    weights: Vec<f32>,
}

impl Taps {
    fn new(input: usize, output: usize) -> Self {
        let mut taps = Self {
            outputs: Vec::with_capacity(output),
            weights: Vec::new(),
        };
        let scale = input as f64 / output as f64;
        let support = scale.max(1.0);
        for i in 0..output {
            let centre = (i as f64 + 0.5) * scale - 0.5;
            let first = (centre - support).ceil().max(0.0) as usize;
            let last = ((centre + support).floor().max(0.0) as usize).min(input.saturating_sub(1));
            let begin = taps.weights.len();
            let mut sum = 0.0;
            for k in first..=last {
                let weight = (1.0 - (k as f64 - centre).abs() / support).max(0.0);
                sum += weight;
                taps.weights.push(weight as f32);
            }
            if sum > 0.0 {
                for weight in taps.weights.iter_mut().skip(begin) {
                    *weight /= sum as f32;
                }
            }
            taps.outputs.push((first, begin..taps.weights.len()));
        }
        taps
    }

    /// For each output: pairs of input pixel and weight.
    fn of(&self, output: usize) -> impl Iterator<Item = (usize, f32)> + '_ {
        let (first, range) = self.outputs.get(output).cloned().unwrap_or((0, 0..0));
        let weights = self.weights.get(range).unwrap_or_default();
        weights
            .iter()
            .enumerate()
            .map(move |(k, &weight)| (first + k, weight))
    }
}

/// Resamples a whole image of `from` = (rows, cols) to `to` = (rows, cols).
///
/// `pixels` are `from.0 × from.1` values, row-major; the result `to.0 × to.1`.
pub fn resize(pixels: &[f32], from: (usize, usize), to: (usize, usize)) -> Vec<f32> {
    resize_crop(
        pixels,
        (Span::whole(from.0), Span::whole(from.1)),
        from,
        to,
        0.0,
    )
}

/// Like [`resize`], when only a part of the input image is at hand.
///
/// `pixels` hold the rows and columns `crop` of an image of `from` pixels (the crop may
/// stick out past its ends; what sticks out is not read); the rest of it is `outside`.
pub fn resize_crop(
    pixels: &[f32],
    crop: (Span, Span),
    from: (usize, usize),
    to: (usize, usize),
    outside: f32,
) -> Vec<f32> {
    let (rows, cols) = crop;
    if rows.len * cols.len != pixels.len() || from.0 * from.1 == 0 || pixels.is_empty() {
        return vec![outside; to.0 * to.1];
    }
    let row_taps = Taps::new(from.0, to.0);
    let col_taps = Taps::new(from.1, to.1);

    // Columns first: each row of the crop becomes `to.1` wide.
    let mut wide = vec![0.0f32; rows.len * to.1];
    for (line, out) in pixels
        .chunks_exact(cols.len)
        .zip(wide.chunks_exact_mut(to.1.max(1)))
    {
        for (j, value) in out.iter_mut().enumerate() {
            *value = col_taps
                .of(j)
                .map(|(k, weight)| {
                    let inside = k.checked_sub(cols.start).and_then(|k| line.get(k));
                    weight * inside.copied().unwrap_or(outside)
                })
                .sum();
        }
    }
    let mut out = vec![0.0f32; to.0 * to.1];
    for (i, line) in out.chunks_exact_mut(to.1.max(1)).enumerate() {
        for (k, weight) in row_taps.of(i) {
            let source = k
                .checked_sub(rows.start)
                .and_then(|k| wide.get(k * to.1..(k + 1) * to.1));
            match source {
                Some(source) => {
                    for (value, &s) in line.iter_mut().zip(source) {
                        *value += weight * s;
                    }
                }
                None => line.iter_mut().for_each(|value| *value += weight * outside),
            }
        }
    }
    out
}
