//! burn-train's terminal display: curves of loss, learning rate and validation Dice, and a
//! key to stop.

use std::sync::Arc;

use burn::train::Interrupter;
use burn::train::logger::TrainingProgressLogger as _;
use burn::train::metric::{
    MetricAttributes, MetricDefinition, MetricEntry, MetricId, NumericAttributes, NumericEntry,
    SerializedEntry,
};
use burn::train::renderer::tui::TuiMetricsRendererWrapper;
use burn::train::renderer::{MetricState, MetricsRenderer as _, MetricsRendererTraining as _};

use super::{Steps, Validation, Watcher};

const LOSS: &str = "Loss";
const RATE: &str = "Learning rate";
const DICE: &str = "Dice";

/// The display, and the hand on its stop key.
pub(super) struct Terminal {
    renderer: TuiMetricsRendererWrapper,
    interrupter: Interrupter,
    first: usize,
}

impl Terminal {
    /// Takes over the terminal until it is dropped.
    pub(super) fn new(first: usize, end: usize) -> Self {
        let interrupter = Interrupter::new();
        let mut renderer = TuiMetricsRendererWrapper::new(interrupter.clone(), None);
        for (name, higher_is_better) in [(LOSS, false), (RATE, false), (DICE, true)] {
            renderer.register_metric(MetricDefinition {
                metric_id: id(name),
                name: Arc::new(name.to_owned()),
                description: None,
                attributes: MetricAttributes::Numeric(NumericAttributes {
                    unit: None,
                    higher_is_better,
                }),
            });
        }
        // A run is one epoch here: its batches are drawn at random for as long as it lasts.
        // Nothing is left of one that is asked to stop before where it stands.
        let left = end.saturating_sub(first);
        renderer.start(1, 1, Some(left), None);
        renderer.start_split("train", left);
        Self {
            renderer,
            interrupter,
            first,
        }
    }
}

impl Watcher for Terminal {
    fn steps(&mut self, steps: Steps) {
        self.renderer.update_train(state(LOSS, steps.loss));
        self.renderer.update_train(state(RATE, steps.learning_rate));
        self.renderer.update_split(steps.done - self.first);
    }

    fn validation(&mut self, validation: Validation) {
        self.renderer.update_valid(state(DICE, validation.dice));
    }

    fn note(&mut self, text: &str) {
        self.renderer.log_event_training(text.to_owned());
    }

    fn wants_to_stop(&self) -> bool {
        self.interrupter.should_stop()
    }
}

fn id(name: &str) -> MetricId {
    MetricId::new(Arc::new(name.to_owned()))
}

fn state(name: &str, value: f64) -> MetricState {
    let text = SerializedEntry::new(format!("{value:.5}"), value.to_string());
    let entry = MetricEntry::new(id(name), text);
    MetricState::Numeric(entry, Some(NumericEntry::Value(value)))
}
