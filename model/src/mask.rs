//! A binary mask over one slice.

use std::ops::Range;

/// One bit of meaning a pixel, stored as one byte (0 or 1), row-major.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    /// Height in pixels.
    pub rows: usize,
    /// Width in pixels.
    pub cols: usize,
    /// `rows × cols` bytes, each 0 or 1.
    pub pixels: Vec<u8>,
}

impl Mask {
    /// A mask with no pixel set.
    pub fn empty(rows: usize, cols: usize) -> Self {
        Self {
            rows,
            cols,
            pixels: vec![0; rows * cols],
        }
    }

    /// A mask from any bytes: non-zero is set. `None` if the length is not `rows × cols`.
    pub fn from_bytes(rows: usize, cols: usize, bytes: &[u8]) -> Option<Self> {
        (bytes.len() == rows * cols).then(|| Self {
            rows,
            cols,
            pixels: bytes.iter().map(|&b| u8::from(b != 0)).collect(),
        })
    }

    /// Whether the pixel is set; `false` outside the mask.
    pub fn contains(&self, row: usize, col: usize) -> bool {
        row < self.rows && col < self.cols && self.pixels.get(row * self.cols + col) == Some(&1)
    }

    /// Number of set pixels.
    pub fn area_px(&self) -> usize {
        self.pixels.iter().filter(|&&p| p != 0).count()
    }

    /// Rows and columns of the smallest rectangle around all set pixels; `None` if
    /// none is set.
    pub fn bounds(&self) -> Option<(Range<usize>, Range<usize>)> {
        let mut bounds: Option<(Range<usize>, Range<usize>)> = None;
        for (row, line) in self.pixels.chunks_exact(self.cols.max(1)).enumerate() {
            let Some(first) = line.iter().position(|&p| p != 0) else {
                continue;
            };
            let end = line.iter().rposition(|&p| p != 0).unwrap_or(first) + 1;
            let (rows, cols) = bounds.get_or_insert((row..row + 1, first..end));
            rows.end = row + 1;
            cols.start = cols.start.min(first);
            cols.end = cols.end.max(end);
        }
        bounds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_enclose_exactly_the_set_pixels() {
        let mut mask = Mask::empty(6, 9);
        assert_eq!(mask.bounds(), None);
        mask.pixels[2 * 9 + 7] = 1;
        mask.pixels[4 * 9 + 3] = 1;
        assert_eq!(mask.bounds(), Some((2..5, 3..8)));
        assert!(mask.contains(4, 3) && !mask.contains(3, 4) && !mask.contains(2, 16));
    }
}
