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

    /// Gives pixels (`row · cols + col`) a value, 0 or 1; those outside the mask are passed over.
    pub fn set<'a>(&mut self, pixels: impl IntoIterator<Item = &'a usize>, value: u8) {
        for &index in pixels {
            if let Some(pixel) = self.pixels.get_mut(index) {
                *pixel = value;
            }
        }
    }

    /// Number of set pixels.
    pub fn area_px(&self) -> usize {
        self.pixels.iter().filter(|&&p| p != 0).count()
    }

    /// Set pixels with an unset 4-neighbour or at the image's edge.
    #[must_use]
    pub fn rim(&self) -> Self {
        let mut rim = Self::empty(self.rows, self.cols);
        for (index, pixel) in rim.pixels.iter_mut().enumerate() {
            let (row, col) = (index / self.cols, index % self.cols);
            let is_inner = self.contains(row + 1, col)
                && self.contains(row, col + 1)
                && row.checked_sub(1).is_some_and(|up| self.contains(up, col))
                && col
                    .checked_sub(1)
                    .is_some_and(|left| self.contains(row, left));
            *pixel = u8::from(self.contains(row, col) && !is_inner);
        }
        rim
    }

    /// Rows and columns of the smallest rectangle around all set pixels; `None` if
    /// none is set.
    pub fn bounds(&self) -> Option<(Range<usize>, Range<usize>)> {
        let mut bounds: Option<(Range<usize>, Range<usize>)> = None;
        for (row, line) in self.pixels.chunks_exact(self.cols.max(1)).enumerate() {
            let first = leading(line, 0);
            if first == line.len() {
                continue;
            }
            let end = line.iter().rposition(|&p| p != 0).unwrap_or(first) + 1;
            let (rows, cols) = bounds.get_or_insert((row..row + 1, first..end));
            rows.end = row + 1;
            cols.start = cols.start.min(first);
            cols.end = cols.end.max(end);
        }
        bounds
    }
}

/// How many pixels at the start of a row are unset (`value` 0) or set (1).
pub(crate) fn leading(line: &[u8], value: u8) -> usize {
    // Sixteen at once: most of a slice is one or the other.
    let (chunks, _) = line.as_chunks::<16>();
    let whole = chunks.iter().take_while(|chunk| **chunk == [value; 16]);
    let whole = 16 * whole.count();
    let rest = line.get(whole..).unwrap_or_default().iter();
    let alike = rest.take_while(|&&pixel| (pixel != 0) == (value != 0));
    whole + alike.count()
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

    #[test]
    fn a_rim_does_not_go_on_across_the_end_of_a_row() {
        let mut mask = Mask::empty(5, 6);
        for row in 1..4 {
            mask.pixels[row * 6 + 3..row * 6 + 6].fill(1);
        }
        // It touches the edge, where what follows is the next row's first pixel.
        mask.pixels[3 * 6] = 1;
        let mut rim = mask.clone();
        rim.pixels[2 * 6 + 4] = 0;
        assert_eq!(mask.rim(), rim);
    }

    #[test]
    fn what_a_row_begins_with_is_counted_across_sixteens() {
        for (length, rest) in [(0, 0), (0, 3), (15, 1), (16, 20), (37, 1), (48, 0)] {
            for value in [0, 1] {
                let mut line = vec![value; length];
                line.extend(vec![1 - value; rest]);
                line.push(value);
                let expected = if rest == 0 { length + 1 } else { length };
                assert_eq!(leading(&line, value), expected);
            }
        }
    }
}
