//! Collects a convolution's input: skips, gate, upsampled coarse node and padding.

/// Everything that a convolution reads, unpacked. All planes are row-major.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Rows of the output.
    pub rows: usize,
    /// Columns of the output.
    pub cols: usize,
    /// Planes of `rows × cols`.
    pub skip: &'a [f32],
    /// One plane of `rows × cols`, multiplied with every skip plane.
    pub gate: Option<&'a [f32]>,
    /// Planes of `rows/2 × cols/2`, shown twice as large after the skips.
    pub coarse: Option<&'a [f32]>,
}

impl Source<'_> {
    /// Writes the input rows of `band` output rows from `first` on, to `target`.
    ///
    /// A plane there has a zero to the left of its first row, then for each of
    /// `band + 2` rows its pixels and one zero: the right border of a row is the left
    /// border of the next. Rows above and below the image are zero. The kernel can
    /// therefore run over a plane as over one long line, without asking for borders.
    pub(crate) fn pack(&self, first: usize, band: usize, target: &mut [f32]) {
        let plane = plane_length(band, self.cols);
        let pixels = self.rows * self.cols;
        let skips = self.skip.chunks_exact(pixels);
        let mut planes = target.chunks_exact_mut(plane);
        for (source, target) in skips.zip(&mut planes) {
            self.fill(target, first, |row, line| {
                let start = row * self.cols;
                let values = &source[start..start + self.cols];
                match self.gate {
                    None => line.copy_from_slice(values),
                    Some(gate) => {
                        let factors = &gate[start..start + self.cols];
                        for ((out, v), f) in line.iter_mut().zip(values).zip(factors) {
                            *out = v * f;
                        }
                    }
                }
            });
        }
        let half = self.cols / 2;
        let coarse = self.coarse.unwrap_or_default();
        // `max(1)`: without a coarse node there is nothing to cut, but zero is no length.
        for (source, target) in coarse.chunks_exact((pixels / 4).max(1)).zip(&mut planes) {
            self.fill(target, first, |row, line| {
                let start = row / 2 * half;
                let values = &source[start..start + half];
                for (pair, v) in line.chunks_exact_mut(2).zip(values) {
                    pair.fill(*v);
                }
            });
        }
    }

    fn fill(&self, plane: &mut [f32], first: usize, write: impl Fn(usize, &mut [f32])) {
        let Some((left, lines)) = plane.split_first_mut() else {
            return;
        };
        *left = 0.0;
        for (offset, line) in lines.chunks_exact_mut(self.cols + 1).enumerate() {
            match (first + offset).checked_sub(1) {
                Some(row) if row < self.rows => {
                    write(row, &mut line[..self.cols]);
                    line[self.cols] = 0.0;
                }
                _ => line.fill(0.0),
            }
        }
    }
}

/// Floats of one packed plane.
pub(crate) fn plane_length(band: usize, cols: usize) -> usize {
    (band + 2) * (cols + 1) + 1
}
