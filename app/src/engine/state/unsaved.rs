//! Whether anything would be lost with the page.

use model::protocol::SliceResult;

use super::Desk;
use crate::saving::document::Caption;

impl Desk {
    /// The newest run; its results and all before are what can be saved now.
    pub fn last_run(&self) -> u32 {
        self.last_run
    }

    /// Results of runs up to this one are saved under this caption.
    pub fn saved(&mut self, run: u32, caption: Caption) {
        self.claim();
        self.saved_run = run;
        self.caption = Some(caption);
    }

    /// Whether there are results that are saved nowhere. Of the sample the network's are had again with a
    /// click, the reader's are not.
    pub fn has_unsaved(&self) -> bool {
        let is_own = self.source.credit.is_none();
        let is_lost = |r: &SliceResult| is_own || r.is_corrected || !r.rejected.is_empty();
        let mut results = self.results.values();
        results.any(|r| r.run > self.saved_run && is_lost(r))
    }
}
