//! burn-train's metrics, as the terminal display takes them.

use std::sync::Arc;

use burn::data::dataloader::Progress;
use burn::tensor::TensorReadError;
use burn::train::metric::state::{FormatOptions, NumericMetricState};
use burn::train::metric::{
    Metric, MetricAttributes, MetricDefinition, MetricEntry, MetricId, MetricMetadata, MetricName,
    Numeric, NumericAttributes, NumericEntry, SerializedEntry,
};
use burn::train::renderer::MetricState;

/// A metric, and the name that a display knows it by.
pub(super) struct Shown<M> {
    id: MetricId,
    metric: M,
}

impl<M: Metric + Numeric> Shown<M> {
    pub(super) fn new(metric: M) -> Self {
        Self {
            id: MetricId::new(metric.name()),
            metric,
        }
    }

    /// What a display is told of it before any value.
    pub(super) fn definition(&self) -> MetricDefinition {
        MetricDefinition::new(self.id.clone(), &self.metric)
    }

    /// Takes note of a value; nothing where it cannot be read from its device.
    pub(super) fn update(
        &mut self,
        value: &M::Input,
        about: &MetricMetadata,
    ) -> Option<MetricState> {
        let text = self.metric.update(value, about).ok()?;
        let entry = MetricEntry::new(self.id.clone(), text);
        Some(MetricState::Numeric(entry, self.metric.value()))
    }

    /// Begins its mean anew.
    pub(super) fn clear(&mut self) {
        self.metric.clear();
    }
}

/// What a metric is told beside its value.
///
/// # Arguments
/// `done`, `end`: steps; `rate`: the learning rate of the last one.
pub(super) fn about(done: usize, end: usize, rate: f64) -> MetricMetadata {
    MetricMetadata {
        progress: Progress {
            items_processed: done,
            items_total: end,
            unit: Some("steps".to_owned()),
        },
        iteration: Some(done),
        lr: Some(rate.into()),
    }
}

/// The Dice of a validation: of all its crops together, at their best threshold, which burn-train's
/// own Dice metric has not.
#[derive(Clone)]
pub(super) struct ValidationDice {
    name: MetricName,
    state: NumericMetricState,
}

impl ValidationDice {
    pub(super) fn new() -> Self {
        Self {
            name: Arc::new("Dice".to_owned()),
            state: NumericMetricState::new(),
        }
    }

    fn format(&self) -> FormatOptions {
        FormatOptions::new(self.name()).precision(4)
    }
}

impl Metric for ValidationDice {
    type Input = f64;

    fn name(&self) -> MetricName {
        Arc::clone(&self.name)
    }

    fn attributes(&self) -> MetricAttributes {
        let higher_is_better = true;
        NumericAttributes {
            unit: None,
            higher_is_better,
        }
        .into()
    }

    fn update(
        &mut self,
        dice: &f64,
        _about: &MetricMetadata,
    ) -> Result<SerializedEntry, TensorReadError> {
        self.state.update(*dice, 1);
        Ok(self.state.compute_update(self.format()))
    }

    fn compute(&mut self) -> Result<SerializedEntry, TensorReadError> {
        Ok(self.state.compute_final(self.format()))
    }

    fn clear(&mut self) {
        self.state.reset();
    }
}

impl Numeric for ValidationDice {
    fn value(&self) -> Option<NumericEntry> {
        Some(self.state.current_value())
    }

    fn running_value(&self) -> Option<NumericEntry> {
        Some(self.state.running_value())
    }

    fn final_value(&self) -> NumericEntry {
        self.state.final_value()
    }
}

#[cfg(test)]
mod tests {
    use burn::train::metric::LearningRateMetric;

    use super::*;

    /// What a display draws.
    fn drawn(state: Option<MetricState>) -> f64 {
        match state {
            Some(MetricState::Numeric(_, Some(entry))) => entry.current(),
            other => panic!("{other:?} is no number"),
        }
    }

    #[test]
    fn the_dice_drawn_is_that_of_the_last_validation() {
        let mut dice = Shown::new(ValidationDice::new());
        assert_eq!(*dice.definition().name, "Dice");
        for value in [0.25, 0.75] {
            let found = drawn(dice.update(&value, &about(6, 12, 0.1)));
            assert!((found - value).abs() < 1e-12, "{found}");
        }
        let NumericEntry::Final(mean) = dice.metric.final_value() else {
            panic!("no final value")
        };
        assert!((mean - 0.5).abs() < 1e-12, "{mean}");
    }

    #[test]
    fn the_learning_rate_drawn_is_that_of_the_last_step_before_the_mean_begins_anew() {
        let mut rate = Shown::new(LearningRateMetric::new());
        for value in [0.01, 0.002] {
            let found = drawn(rate.update(&(), &about(50, 100, value)));
            assert!((found - value).abs() < 1e-12, "{found}");
            rate.clear();
        }
    }
}
