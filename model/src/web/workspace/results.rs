//! What is done with masks once there are some.

use super::Workspace;
use crate::map::Map;
use crate::pipeline::{Series, SliceAnalysis, forget_unread};
use crate::protocol::{Failure, Request};
use crate::settings::Postprocess;
use crate::web::{export, failure};

impl Workspace {
    /// Works off a request that needs results; none of the others comes here.
    pub(in crate::web) fn answer_about_results(
        &mut self,
        request: Request,
        buffers: &[Vec<u8>],
    ) -> Result<(), Failure> {
        match request {
            Request::Refine { run, postprocess } => self.refine(run, postprocess),
            Request::Judge {
                run,
                judgement,
                findings,
            } => self.judge(run, judgement, findings),
            Request::Correct {
                run,
                slice,
                outline,
                is_tumour,
            } => self.correct(run, slice, Some((&outline, is_tumour))),
            Request::Undo { run, slice } => self.correct(run, slice, None),
            Request::Restore { run, .. } => self.restore(run, buffers),
            Request::Calibrate { run, pixel_mm } => self.calibrate(run, pixel_mm),
            Request::Export {
                kind,
                lines,
                examined_on,
            } => export::export(self, kind, &lines, &examined_on),
            _ => Ok(()),
        }
    }

    /// Postprocesses every slice again.
    fn refine(&mut self, run: u32, postprocess: Postprocess) -> Result<(), Failure> {
        let Some(volume) = &self.volume else {
            return Ok(());
        };
        if self.analyses.values().any(SliceAnalysis::is_restored) {
            return Err(failure(
                "A restored analysis has no probabilities, so its settings cannot be changed.",
                "Segment the scan again.",
            ));
        }
        for (_, settings) in self.made_with.values_mut() {
            settings.postprocess = postprocess;
        }
        forget_unread(&mut self.analyses);
        // Those that are alike by themselves: others have no say in them.
        let mut refined = Map::new();
        while let Some(&slice) = self.analyses.first_key() {
            let alike = self.alike(slice);
            let mut group = Map::new();
            for slice in alike.iter().chain([&slice]) {
                if let Some(analysis) = self.analyses.remove(slice) {
                    group.insert(*slice, analysis);
                }
            }
            Series::new(volume, &alike, &postprocess).refine_numbered(&mut group);
            for (slice, analysis) in group {
                refined.insert(slice, analysis);
            }
        }
        self.analyses = refined;
        self.run = run;
        self.send_all()
    }
}
