//! Masks corrected by hand: an area drawn, or the last one taken back.

use super::Workspace;
use crate::pipeline::{Freehand, Series};
use crate::protocol::Failure;

impl Workspace {
    /// Draws an area and whether it is tumour, or takes the last one back, and sends the slice.
    pub(super) fn correct(
        &mut self,
        run: u32,
        slice: usize,
        drawn: Option<(&Freehand, bool)>,
    ) -> Result<(), Failure> {
        self.run = run;
        let settings = self.made_with.get(&slice).map(|(_, it)| it.postprocess);
        if let (Some(volume), Some(settings)) = (&self.volume, &settings) {
            let alike = self.alike(slice);
            let series = Series::new(volume, &alike, settings);
            let analyses = &mut self.analyses;
            let has_changed = match drawn {
                Some((outline, is_tumour)) => series.correct(slice, analyses, outline, is_tumour),
                None => series.undo(slice, analyses),
            };
            if has_changed {
                self.send_slice(slice, None, None);
            }
        }
        self.finish()
    }
}
