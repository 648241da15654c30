//! Saved analyses, put back on their scan.

use super::Workspace;
use crate::pipeline;
use crate::protocol::Failure;
use crate::saved::content;
use crate::web::failure;

impl Workspace {
    /// Put a saved analysis in the place of whatever was segmented.
    pub(super) fn restore(&mut self, run: u32, bytes: &[u8]) -> Result<(), Failure> {
        let unreadable = |error: &dyn std::fmt::Display| {
            failure(
                format!("The saved analysis cannot be put on this scan ({error})."),
                "Segment the scan again.",
            )
        };
        let content = content::parse(bytes).map_err(|error| unreadable(&error))?;
        self.analyses =
            pipeline::restore(self.scan()?, &content).map_err(|error| unreadable(&error))?;
        let (engine, settings) = (content.saved.engine, content.saved.settings);
        for slice in self.analyses.keys() {
            self.made_with.insert(*slice, (engine.clone(), settings));
        }
        self.run = run;
        for saved in &content.saved.slices {
            self.send_slice(saved.slice, Some(saved.total_ms), None);
        }
        self.finish()
    }
}
