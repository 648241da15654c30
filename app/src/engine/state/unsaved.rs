//! Whether anything would be lost with the page.

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

    /// Whether there are results that are saved nowhere. The sample's are had again with a click.
    pub fn has_unsaved(&self) -> bool {
        self.source.credit.is_none() && self.results.values().any(|r| r.run > self.saved_run)
    }
}
