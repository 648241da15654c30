//! The size of pixels, where the reader knows what the file does not say.

use std::rc::Rc;

use super::Workspace;
use super::shown::SHOWN;
use crate::protocol::Failure;

impl Workspace {
    /// Takes the reader's word for how large pixels are.
    pub(super) fn size_pixels(&mut self, pixel_mm: Option<f32>) {
        // What draws has the scan, too, and lets go of it meanwhile.
        SHOWN.set(None);
        if let Some(volume) = self.volume.as_mut().and_then(Rc::get_mut) {
            volume.calibrate(pixel_mm);
        }
        SHOWN.set(self.volume.clone());
    }

    /// The same, and measures all that was found by it.
    pub(super) fn calibrate(&mut self, run: u32, pixel_mm: Option<f32>) -> Result<(), Failure> {
        self.size_pixels(pixel_mm);
        let spacing = self.scan()?.spacing;
        for analysis in self.analyses.values_mut() {
            analysis.measure_again(spacing);
        }
        self.run = run;
        self.send_all()
    }
}
