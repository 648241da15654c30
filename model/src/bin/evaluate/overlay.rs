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
    pub(crate) dice: f32,
}

/// Pictures across and down.
const ACROSS: usize = 8;
const DOWN: usize = 4;
/// Pixels of the sheet for one of the picture.
const ZOOM: u32 = 2;

/// Writes pictures at even ranks of Dice, the worst first.
pub(crate) fn sheet(path: &Path, examples: &mut [Example]) -> Result<()> {
    examples.sort_by(|a, b| a.dice.total_cmp(&b.dice));
    let count = ACROSS * DOWN;
    let chosen: Vec<&Example> = (0..count)
        .filter_map(|i| examples.get(i * examples.len() / count))
        .collect();
    let Some(first) = chosen.first() else {
        return Ok(());
    };
    let (rows, cols) = (first.mask.rows as u32, first.mask.cols as u32);
    let size = (ACROSS as u32 * cols * ZOOM, DOWN as u32 * rows * ZOOM);
    let mut sheet = RgbImage::new(size.0, size.1);
    for (at, example) in (0..).zip(chosen) {
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
