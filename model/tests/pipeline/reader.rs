//! A reader at a scan of one slice who sets limits, draws and undoes.

use model::map::Map;
use model::pipeline::SliceAnalysis;
use model::settings::Postprocess;
use model::volume::Volume;

use crate::phantom::{alone, at, known, tissue};

/// The reader, the scan, and what is known of it.
pub(crate) struct Reader {
    pub(crate) volume: Volume,
    pub(crate) analyses: Map<usize, SliceAnalysis>,
    pub(crate) settings: Postprocess,
}

impl Reader {
    /// At a threshold of 0.3, with what the network sees on a square slice.
    pub(crate) fn of(slice: SliceAnalysis) -> Self {
        let mut reader = Self {
            volume: tissue(slice.raw.rows, 1, None),
            analyses: Map::from([(0, slice)]),
            settings: at(0.3),
        };
        reader.set(0.3);
        reader
    }

    pub(crate) fn set(&mut self, threshold: f32) {
        self.settings = at(threshold);
        alone(&self.volume, &self.settings).refine(&mut self.analyses);
    }

    pub(crate) fn draw(&mut self, outline: &[(f32, f32)], is_tumour: bool) -> bool {
        let series = alone(&self.volume, &self.settings);
        series.correct(0, &mut self.analyses, outline, is_tumour)
    }

    pub(crate) fn undo(&mut self) -> bool {
        alone(&self.volume, &self.settings).undo(0, &mut self.analyses)
    }

    pub(crate) fn slice(&self) -> &SliceAnalysis {
        known(&self.analyses, 0)
    }

    pub(crate) fn slice_mut(&mut self) -> &mut SliceAnalysis {
        self.analyses.get_mut(&0).unwrap()
    }

    pub(crate) fn areas(&self) -> Vec<usize> {
        self.slice().findings.iter().map(|f| f.area_px).collect()
    }
}
