//! Images that are too large for the GPU's limits, computed in overlapping windows.
//!
//! A window is larger than the part of it that is kept, by a halo on every inner side. If the
//! halo is as wide as the network reaches, the kept part is what the whole image would give. At
//! the image's edge a window ends where the image ends, and so sees the same zero padding.
//! Windows start at multiples of the network's stride, so that pooling meets the same pixels,
//! and all have one size, so that buffers and bindings are made once.

use std::ops::Range;

/// Windows along one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Side {
    /// Length of every window, pixels.
    pub(super) length: usize,
    /// Start of each window, and the part of the image that is kept of it.
    pub(super) windows: Vec<(usize, Range<usize>)>,
}

/// Windows over an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Windows {
    pub(super) rows: Side,
    pub(super) cols: Side,
}

/// One window over an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    /// Rows and columns that are computed.
    computed: (Range<usize>, Range<usize>),
    /// Rows and columns that are kept.
    kept: (Range<usize>, Range<usize>),
}

impl Window {
    /// The computed part of an image `cols` wide.
    pub(super) fn cut(&self, image: &[f32], cols: usize) -> Vec<f32> {
        let (rows, columns) = self.computed.clone();
        let lines = image.chunks_exact(cols).skip(rows.start).take(rows.len());
        lines
            .flat_map(|line| line.iter().skip(columns.start).take(columns.len()))
            .copied()
            .collect()
    }

    /// Puts the kept part of `found`, computed for [`Window::cut`], into an image `cols` wide.
    pub(super) fn paste(&self, found: &[f32], image: &mut [f32], cols: usize) {
        let (rows, columns) = &self.kept;
        let (top, left) = (
            rows.start - self.computed.0.start,
            columns.start - self.computed.1.start,
        );
        let sources = found.chunks_exact(self.computed.1.len()).skip(top);
        let targets = image.chunks_exact_mut(cols).skip(rows.start);
        for (target, source) in targets.zip(sources).take(rows.len()) {
            let source = source.iter().skip(left);
            let target = target.iter_mut().skip(columns.start);
            for (target, value) in target.zip(source).take(columns.len()) {
                *target = *value;
            }
        }
    }
}

impl Side {
    /// `parts` windows over `side` pixels; `side`, `halo` are multiples of `stride`.
    fn new(side: usize, parts: usize, halo: usize, stride: usize) -> Self {
        let kept = side.div_ceil(parts).next_multiple_of(stride);
        let length = if parts == 1 {
            side
        } else {
            (kept + 2 * halo).min(side)
        };
        let window = |start: usize| {
            let first = start.saturating_sub(halo).min(side - length);
            (first, start..(start + kept).min(side))
        };
        Self {
            length,
            windows: (0..side).step_by(kept).map(window).collect(),
        }
    }
}

impl Windows {
    /// The windows over `rows × cols` pixels with the least work whose size `fits`, or `None` if
    /// none does. One window if the whole image fits.
    pub(super) fn new(
        (rows, cols): (usize, usize),
        reach: usize,
        stride: usize,
        fits: impl Fn(usize, usize) -> bool,
    ) -> Option<Self> {
        let halo = reach.next_multiple_of(stride);
        if fits(rows, cols) {
            return Some(Self {
                rows: Side::new(rows, 1, halo, stride),
                cols: Side::new(cols, 1, halo, stride),
            });
        }
        let sides = |side: usize| {
            let parts = 1..=side / stride;
            parts
                .map(|parts| Side::new(side, parts, halo, stride))
                .collect::<Vec<_>>()
        };
        let columns = sides(cols);
        let pairs = sides(rows).into_iter().flat_map(|rows| {
            let windows = move |cols: &Side| Self {
                rows: rows.clone(),
                cols: cols.clone(),
            };
            columns.iter().map(windows)
        });
        pairs
            .filter(|windows| fits(windows.rows.length, windows.cols.length))
            .min_by_key(Self::pixels)
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.rows.windows.len() * self.cols.windows.len()
    }

    /// The windows, row by row.
    pub(super) fn iter(&self) -> impl Iterator<Item = Window> + '_ {
        self.rows.windows.iter().flat_map(move |(top, rows)| {
            self.cols.windows.iter().map(move |(left, cols)| Window {
                computed: (
                    *top..*top + self.rows.length,
                    *left..*left + self.cols.length,
                ),
                kept: (rows.clone(), cols.clone()),
            })
        })
    }

    /// Pixels computed in all, those of the halo as often as they are.
    fn pixels(&self) -> usize {
        let side = |side: &Side| side.length * side.windows.len();
        side(&self.rows) * side(&self.cols)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_that_fits_is_one_window() {
        let windows = Windows::new((512, 512), 107, 16, |_, _| true).unwrap();
        for side in [windows.rows, windows.cols] {
            assert_eq!((side.length, side.windows), (512, vec![(0, 0..512)]));
        }
    }

    #[test]
    fn every_pixel_is_kept_once_with_a_halo_around_it() {
        let (halo, stride) = (112, 16);
        for side in [256, 496, 1024, 2048] {
            for parts in 1..=6 {
                let windows = Side::new(side, parts, halo, stride);
                let mut next = 0;
                for (start, kept) in windows.windows {
                    assert_eq!(kept.start, next);
                    next = kept.end;
                    let end = start + windows.length;
                    assert!(start.is_multiple_of(stride) && end <= side);
                    assert!(start == 0 || kept.start - start >= halo);
                    assert!(end == side || end - kept.end >= halo);
                }
                assert_eq!(next, side);
            }
        }
    }

    #[test]
    fn what_is_cut_and_pasted_is_the_image() {
        let (rows, cols) = (96, 64);
        let image: Vec<f32> = (0..rows * cols).map(|i| i as f32).collect();
        let fits = |rows: usize, cols: usize| rows * cols <= 48 * 48;
        let windows = Windows::new((rows, cols), 9, 8, fits).unwrap();
        assert!(windows.count() > 1);
        let mut pasted = vec![f32::NAN; image.len()];
        for window in windows.iter() {
            window.paste(&window.cut(&image, cols), &mut pasted, cols);
        }
        assert_eq!(pasted, image);
    }

    #[test]
    fn windows_keep_to_what_fits() {
        let fits = |rows: usize, cols: usize| rows * cols <= 640 * 640;
        let windows = Windows::new((1024, 1024), 107, 16, fits).unwrap();
        assert!(fits(windows.rows.length, windows.cols.length));
        assert!(windows.pixels() < 3 * 1024 * 1024, "{windows:?}");
        assert_eq!(Windows::new((1024, 1024), 107, 16, |_, _| false), None);
    }
}
