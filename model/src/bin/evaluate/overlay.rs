//! A sheet of examples from the worst to the best: image, target (green), mask (red).

use std::path::Path;

use anyhow::{Context, Result};
use image::{Rgb, RgbImage};
use model::mask::Mask;

/// One picture in the making.
pub(crate) struct Example {
    /// −1…1 of the network's window, row by row.
    pub(crate) grey: Vec<f32>,
    pub(crate) target: Vec<u8>,
    pub(crate) mask: Mask,
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
    let (rows, cols) = (first.mask.rows as u32, first.mask.cols as u32);
    let across = examples.len().min(ACROSS) as u32;
    let down = examples.len().div_ceil(ACROSS) as u32;
    let mut sheet = RgbImage::new(across * cols * ZOOM, down * rows * ZOOM);
    for (at, example) in (0..).zip(examples) {
        let corner = (at % ACROSS as u32 * cols, at / ACROSS as u32 * rows);
        for row in 0..rows.min(example.mask.rows as u32) {
            for col in 0..cols.min(example.mask.cols as u32) {
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
    /// Of a pixel: on outlines theirs, else grey.
    pub(crate) fn colour(&self, row: usize, col: usize) -> Rgb<u8> {
        let at = row * self.mask.cols + col;
        let grey = self.grey.get(at).copied().unwrap_or(-1.0);
        let grey = (grey.midpoint(1.0) * 255.0) as u8;
        let rim = |pixels: &[u8]| {
            let is_set = |at: usize| pixels.get(at).is_some_and(|&p| p != 0);
            let (cols, up) = (self.mask.cols, at.checked_sub(self.mask.cols));
            is_set(at)
                && !(is_set(at + 1)
                    && is_set(at + cols)
                    && at.checked_sub(1).is_some_and(is_set)
                    && up.is_some_and(is_set))
        };
        match (rim(&self.target), rim(&self.mask.pixels)) {
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
