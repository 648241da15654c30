//! What the clinician makes of findings.

use std::collections::BTreeSet;

use super::Workspace;
use crate::order;
use crate::pipeline::SliceAnalysis;
use crate::protocol::{Failure, Judgement};

impl Workspace {
    /// Judge findings, and send the slices that changed.
    pub(super) fn judge(
        &mut self,
        run: u32,
        judgement: Judgement,
        mut findings: Vec<(usize, usize)>,
    ) -> Result<(), Failure> {
        self.run = run;
        let judge = match judgement {
            Judgement::Reject => SliceAnalysis::reject,
            Judgement::TakeBack => SliceAnalysis::take_back,
            Judgement::Confirm => SliceAnalysis::confirm,
            Judgement::Reopen => SliceAnalysis::reopen,
        };
        // From the last one on, so that places before it stay what they are.
        order::sort_by_key(&mut findings, |finding| *finding);
        findings.dedup();
        let mut changed = BTreeSet::new();
        for (slice, index) in findings.into_iter().rev() {
            if let Some(analysis) = self.analyses.get_mut(&slice)
                && judge(analysis, index)
            {
                changed.insert(slice);
            }
        }
        for slice in changed {
            self.send_slice(slice, None, None);
        }
        self.finish()
    }
}
