//! A binary mask over one slice.

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
}
