//! Masks that are kept until the end: in their own size, those of all slices do not fit into memory.

use model::mask::Mask;

/// A mask in about a hundredth of its size.
#[derive(Debug, Clone)]
pub(crate) struct Runs {
    rows: usize,
    cols: usize,
    /// Pixels that follow each other and are the same, and how many.
    parts: Vec<(u8, usize)>,
}

impl From<&Mask> for Runs {
    fn from(mask: &Mask) -> Self {
        let runs = mask.pixels.chunk_by(PartialEq::eq);
        Self {
            rows: mask.rows,
            cols: mask.cols,
            parts: runs
                .filter_map(|run| Some((*run.first()?, run.len())))
                .collect(),
        }
    }
}

impl From<&Runs> for Mask {
    fn from(mask: &Runs) -> Self {
        let parts = mask.parts.iter();
        Self {
            rows: mask.rows,
            cols: mask.cols,
            pixels: parts
                .flat_map(|&(pixel, count)| std::iter::repeat_n(pixel, count))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_comes_back_from_its_runs() {
        let mask = Mask {
            pixels: vec![0, 0, 1, 1, 1, 0],
            ..Mask::empty(2, 3)
        };
        let runs = Runs::from(&mask);
        assert_eq!(runs.parts, [(0, 2), (1, 3), (0, 1)]);
        assert_eq!(Mask::from(&runs), mask);
    }
}
