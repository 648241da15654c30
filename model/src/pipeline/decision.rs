//! What a reader decides of a slice, apart from what follows of it under the settings of the moment.

use std::collections::BTreeSet;

use super::Correction;

/// What the reader has said of a slice, and drawn there, since it was analysed or came back.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    /// Pixels of everything that was rejected, whatever the settings were then.
    pub unwanted: BTreeSet<usize>,
    /// Pixels of everything that was confirmed, whatever the settings were then.
    pub confirmed: BTreeSet<usize>,
    /// What was corrected, the last one at the end.
    pub corrections: Vec<Correction>,
}

impl Decisions {
    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.unwanted.is_empty() && self.confirmed.is_empty() && self.corrections.is_empty()
    }
}
