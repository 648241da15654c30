//! A sheet of examples from the worst to the best: image, target (green), mask (red).

use std::path::Path;

use anyhow::{Context, Result};
use image::{Rgb, RgbImage};
use model::mask::Mask;

/// One picture in the making.
pub(crate) struct Example {
    /// −1…1 of the network's window, row by row.
    grey: Vec<f32>,
    /// Of what is to be found.
    target_rim: Mask,
    /// Of what was.
    mask_rim: Mask,
}

/// Pictures across and at most down.
const ACROSS: usize = 8;
const DOWN: usize = 4;
/// Pixels of the sheet for one of the picture.
const ZOOM: u32 = 2;

/// Of what has a Dice each as many as the sheet holds, at even ranks of it, the worst first.
pub(crate) fn spread<T: Copy>(mut all: Vec<(f32, T)>) -> Vec<T> {
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let count = all.len().min(ACROSS * DOWN);
    (0..count)
        .filter_map(|i| all.get(i * all.len() / count))
        .map(|it| it.1)
        .collect()
}

/// Writes the pictures, if there are any.
pub(crate) fn sheet(path: &Path, examples: &[Example]) -> Result<()> {
    let Some(first) = examples.first() else {
        return Ok(());
    };
    let size = |it: &Example| {
        let (rows, cols) = it.size();
        (rows as u32, cols as u32)
    };
    let (rows, cols) = size(first);
    let across = examples.len().min(ACROSS) as u32;
    let down = examples.len().div_ceil(ACROSS) as u32;
    let mut sheet = RgbImage::new(across * cols * ZOOM, down * rows * ZOOM);
    for (at, example) in (0..).zip(examples) {
        let corner = (at % ACROSS as u32 * cols, at / ACROSS as u32 * rows);
        let own = size(example);
        for row in 0..rows.min(own.0) {
            for col in 0..cols.min(own.1) {
                let colour = example.colour(row as usize, col as usize);
                for dy in 0..ZOOM {
                    for dx in 0..ZOOM {
                        let (x, y) = ((corner.0 + col) * ZOOM + dx, (corner.1 + row) * ZOOM + dy);
                        sheet.put_pixel(x, y, colour);
                    }
                }
            }
        }
    }
    sheet
        .save(path)
        .with_context(|| format!("writing {}", path.display()))
}

impl Example {
    /// Of grey levels, of the target (non-zero: set) and of the mask, all of its size.
    pub(crate) fn new(grey: Vec<f32>, target: &[u8], mask: &Mask) -> Self {
        let target = Mask::from_bytes(mask.rows, mask.cols, target);
        Self {
            grey,
            target_rim: target.map_or_else(|| Mask::empty(mask.rows, mask.cols), |it| it.rim()),
            mask_rim: mask.rim(),
        }
    }

    /// Rows and columns.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.mask_rim.rows, self.mask_rim.cols)
    }

    /// Of a pixel: on outlines theirs, else grey.
    pub(crate) fn colour(&self, row: usize, col: usize) -> Rgb<u8> {
        let at = row * self.mask_rim.cols + col;
        let grey = self.grey.get(at).copied().unwrap_or(-1.0);
        let grey = (grey.midpoint(1.0) * 255.0) as u8;
        let is_on = |rim: &Mask| rim.contains(row, col);
        match (is_on(&self.target_rim), is_on(&self.mask_rim)) {
            (true, true) => Rgb([255, 220, 0]),
            (true, false) => Rgb([0, 200, 60]),
            (false, true) => Rgb([255, 40, 40]),
            (false, false) => Rgb([grey; 3]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_shown_once_each_and_many_at_even_ranks() {
        let dice = |count: u16| (0..count).rev().map(|at| (f32::from(at), at)).collect();
        assert_eq!(spread(dice(0)), [0; 0]);
        assert!(spread(dice(8)).into_iter().eq(0..8));
        assert!(spread(dice(32)).into_iter().eq(0..32));
        let many = spread(dice(100));
        assert_eq!(many.len(), 32);
        assert_eq!((many[0], many[1], many[31]), (0, 3, 96));
    }
}
