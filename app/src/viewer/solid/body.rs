//! The surface of lung and tumour over all segmented slices, on a grid that is coarse enough to be
//! drawn while it is turned.

use std::collections::BTreeMap;

use crate::viewer::overlay::label::{FINAL, LUNG};

/// Most cells along an edge of a slice.
const CELLS: usize = 128;

/// Cells of a slice: squares of a few pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    rows: usize,
    cols: usize,
    /// Pixels along an edge of a cell.
    pixels: usize,
}

impl Grid {
    /// Over slices of so many pixels.
    pub fn of(rows: usize, cols: usize) -> Self {
        let pixels = rows.max(cols).div_ceil(CELLS).max(1);
        Self {
            rows: rows.div_ceil(pixels),
            cols: cols.div_ceil(pixels),
            pixels,
        }
    }

    /// Cells of a label map of `cols` columns. A single pixel of tumour makes its cell one, so that
    /// the smallest nodule is seen; a cell is lung where its middle is.
    pub fn cells(self, labels: &[u8], cols: usize) -> Vec<u8> {
        let mut cells = vec![0; self.rows * self.cols];
        let middle = self.pixels / 2;
        for (row, line) in labels.chunks_exact(cols.max(1)).enumerate() {
            for (col, label) in line.iter().enumerate().filter(|(_, label)| **label != 0) {
                let is_middle = row % self.pixels == middle && col % self.pixels == middle;
                let kept = if is_middle { FINAL | LUNG } else { FINAL };
                if let Some(cell) = cells.get_mut(row / self.pixels * self.cols + col / self.pixels)
                {
                    *cell |= label & kept;
                }
            }
        }
        cells
    }
}

/// A cell with a side that is open.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facet {
    /// Its middle, in mm to the patient's left, back and head of the middle of all.
    pub at_mm: [f32; 3],
    /// Tumour; else lung.
    pub is_tumour: bool,
}

/// The surface.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    /// Cells of it.
    pub facets: Vec<Facet>,
    /// Edges of a cell in mm, towards left, back and head.
    pub cell_mm: [f32; 3],
    /// Half of what it takes up at most, however it is turned.
    pub reach_mm: f32,
    /// Edges of a voxel in mm, likewise.
    voxel_mm: [f32; 3],
    middle_mm: [f32; 3],
}

impl Body {
    /// Of the cells of all segmented slices; `voxel_mm` towards left, back and head. `None` where
    /// there is no lung and no tumour.
    pub fn of(slices: &BTreeMap<usize, Vec<u8>>, grid: Grid, voxel_mm: [f32; 3]) -> Option<Self> {
        let mut facets = Vec::new();
        let (mut low, mut high) = ([f32::MAX; 3], [f32::MIN; 3]);
        let in_cell = (grid.pixels - 1) as f32 / 2.0;
        for (&slice, cells) in slices {
            let (below, above) = (slice.checked_sub(1), slice + 1);
            let below = below.and_then(|slice| slices.get(&slice));
            let beside = [below, slices.get(&above)];
            for (i, &cell) in cells.iter().enumerate().filter(|(_, cell)| **cell != 0) {
                let (row, col) = (i / grid.cols, i % grid.cols);
                let around = Around {
                    cells,
                    grid,
                    beside,
                };
                for bit in [LUNG, FINAL] {
                    if cell & bit == 0 || around.is_closed(row, col, bit) {
                        continue;
                    }
                    let pixel = |at: usize| (at * grid.pixels) as f32 + in_cell;
                    let place = [pixel(col), pixel(row), slice as f32];
                    let at_mm = std::array::from_fn(|axis| place[axis] * voxel_mm[axis]);
                    for axis in 0..3 {
                        low[axis] = low[axis].min(at_mm[axis]);
                        high[axis] = high[axis].max(at_mm[axis]);
                    }
                    facets.push(Facet {
                        at_mm,
                        is_tumour: bit == FINAL,
                    });
                }
            }
        }
        if facets.is_empty() {
            return None;
        }
        let edge = grid.pixels as f32;
        let cell_mm = [voxel_mm[0] * edge, voxel_mm[1] * edge, voxel_mm[2]];
        let half = |axis: usize| f32::midpoint(high[axis] - low[axis], cell_mm[axis]);
        let body = Self {
            cell_mm,
            reach_mm: half(0).hypot(half(1)).max(half(2)),
            voxel_mm,
            middle_mm: std::array::from_fn(|axis| f32::midpoint(low[axis], high[axis])),
            facets,
        };
        let facets = body.facets.iter().map(|facet| Facet {
            at_mm: std::array::from_fn(|axis| facet.at_mm[axis] - body.middle_mm[axis]),
            ..*facet
        });
        Some(Self {
            facets: facets.collect(),
            ..body
        })
    }

    /// Where a voxel lies: in mm from the middle of all.
    pub fn place_mm(&self, slice: usize, (row, col): (f32, f32)) -> [f32; 3] {
        let voxel = [col, row, slice as f32];
        std::array::from_fn(|axis| voxel[axis] * self.voxel_mm[axis] - self.middle_mm[axis])
    }
}

/// A slice between those before and after it.
struct Around<'a> {
    cells: &'a [u8],
    grid: Grid,
    beside: [Option<&'a Vec<u8>>; 2],
}

impl Around<'_> {
    /// Whether all six neighbours of a cell have the bit, too.
    fn is_closed(&self, row: usize, col: usize, bit: u8) -> bool {
        let Grid { rows, cols, .. } = self.grid;
        let i = row * cols + col;
        let has = |cells: &[u8], i: usize| cells.get(i).is_some_and(|cell| cell & bit != 0);
        let is_inside = row > 0 && col > 0 && row + 1 < rows && col + 1 < cols;
        is_inside
            && [i - 1, i + 1, i - cols, i + cols]
                .iter()
                .all(|&i| has(self.cells, i))
            && self
                .beside
                .iter()
                .all(|cells| cells.is_some_and(|cells| has(cells, i)))
    }
}
