//! Why a finding is kept whose confidence alone would not do.

use model::finding::Finding;

use super::Desk;

impl Desk {
    /// Whether a finding is far below the threshold, so that it is kept only because it continues
    /// one on a slice beside. What smoothing adds to others does not halve their confidence.
    pub fn is_faint(&self, finding: &Finding) -> bool {
        let result = self.open.results.get(&finding.slice);
        let made = self.open.origins.of(result.into_iter());
        made.is_some_and(|made| {
            !finding.is_drawn() && finding.confidence < made.settings.postprocess.threshold / 2.0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::fixture::{finding, made_with, result};
    use super::*;
    use crate::engine::state::Task;

    #[test]
    fn what_is_far_below_its_own_threshold_is_faint_unless_it_is_drawn() {
        let mut desk = Desk::default();
        let run = desk.start_run(1, Task::Restore);
        desk.open.origins.restored(run, made_with());
        desk.open.results.insert(3, result(run, 3));
        let faint = |confidence| {
            desk.is_faint(&Finding {
                confidence,
                ..finding(3, 1)
            })
        };
        // The threshold is 0.7.
        assert_eq!(
            [0.0, 0.13, 0.34, 0.36, 0.9].map(faint),
            [false, true, true, false, false]
        );
    }
}
