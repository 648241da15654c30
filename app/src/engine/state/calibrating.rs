//! The size of pixels, where the reader knows what the file does not say.

use super::{Desk, Notice, Task};

/// What is said of what was found before.
const FOUND_BEFORE: &str = "Sizes are by your calibration now. What is marked was found without it: segment again to have the network see the image at that scale.";

impl Desk {
    /// Edge of a pixel of the scan that is shown, mm, if that is the reader's calibration.
    pub fn calibrated_mm(&self) -> Option<f32> {
        let scan = self.open.scan.as_ref().filter(|it| it.is_calibrated)?;
        scan.spacing.map(|it| it.col_mm)
    }

    /// The reader says how large pixels are, or (`None`) takes it back: the number of the run that
    /// measures by that. Until it is finished, nothing is.
    pub fn calibrate(&mut self, pixel_mm: Option<f32>) -> u32 {
        let run = self.start_run(self.open.results.len(), Task::Measure);
        self.open.calibrating = Some((run, pixel_mm));
        run
    }

    /// A run is finished. If the worker has measured in it by what the reader has said, sizes are
    /// by that from now on, and what was saved has others.
    pub(super) fn has_measured(&mut self, run: u32) {
        let Some((_, pixel_mm)) = self.open.calibrating.take_if(|(of, _)| *of == run) else {
            return;
        };
        if let Some(scan) = &mut self.open.scan {
            scan.calibrate(pixel_mm);
        }
        let runs = self.open.results.values().map(|it| it.run);
        self.open.origins.resized(runs);
        if pixel_mm.is_some() && self.has_result() {
            self.notice = Some(Notice {
                is_error: false,
                text: FOUND_BEFORE.to_owned(),
            });
        }
    }
}
