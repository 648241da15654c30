//! Saved analyses, put back on their scan.

use super::Workspace;
use crate::pipeline;
use crate::protocol::Failure;
use crate::saved::content;
use crate::web::failure;

impl Workspace {
    /// Put a saved analysis in the place of whatever was segmented, or several, which have no
    /// slice in common.
    pub(super) fn restore(&mut self, run: u32, documents: &[Vec<u8>]) -> Result<(), Failure> {
        let unreadable = |error: &dyn std::fmt::Display| {
            failure(
                format!("The saved analysis cannot be put on this scan ({error})."),
                "Segment the scan again.",
            )
        };
        let mut restored = Vec::new();
        for bytes in documents {
            let content = content::parse(bytes).map_err(|error| unreadable(&error))?;
            let analyses =
                pipeline::restore(self.scan()?, &content).map_err(|error| unreadable(&error))?;
            restored.push((content, analyses));
        }
        self.run = run;
        self.analyses.clear();
        for (content, analyses) in restored {
            let (engine, settings) = (content.saved.engine, content.saved.settings);
            for (slice, analysis) in analyses {
                self.made_with.insert(slice, (engine.clone(), settings));
                self.analyses.insert(slice, analysis);
            }
            for saved in &content.saved.slices {
                self.send_slice(saved.slice, Some(saved.total_ms), None);
            }
        }
        self.finish()
    }
}
