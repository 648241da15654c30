//! The size of pixels, where the reader knows what the file does not say.

use super::{Desk, Task};

impl Desk {
    /// Edge of a pixel of the scan that is shown, mm, if that is the reader's calibration.
    pub fn calibrated_mm(&self) -> Option<f32> {
        let scan = self.open.scan.as_ref().filter(|it| it.is_calibrated)?;
        scan.spacing.map(|it| it.col_mm)
    }

    /// The reader says how large pixels are, or (`None`) takes it back: sizes are by that from now
    /// on, and what was saved has others. The number of the run that measures what was found, if
    /// anything was.
    pub fn calibrate(&mut self, pixel_mm: Option<f32>) -> Option<u32> {
        self.open.scan.as_mut()?.calibrate(pixel_mm);
        let slices = self.open.results.len();
        (slices > 0).then(|| self.start_run(slices, Task::Judge))
    }
}
