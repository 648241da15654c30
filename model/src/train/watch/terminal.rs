//! burn-train's terminal display: curves of its metrics of loss and learning rate and of the
//! validation Dice, and a key to stop. What its metrics call an epoch is the time from one
//! validation to the next.

use burn::tensor::{Device, Tensor};
use burn::train::Interrupter;
use burn::train::logger::TrainingProgressLogger as _;
use burn::train::metric::{LearningRateMetric, LossInput, LossMetric};
use burn::train::renderer::tui::TuiMetricsRendererWrapper;
use burn::train::renderer::{MetricsRenderer as _, MetricsRendererTraining as _};

use super::metric::{Shown, ValidationDice, about};
use super::{Steps, Validation, Watcher};

/// The display, what it shows, and the hand on its stop key.
pub(super) struct Terminal {
    renderer: TuiMetricsRendererWrapper,
    interrupter: Interrupter,
    loss: Shown<LossMetric>,
    rate: Shown<LearningRateMetric>,
    dice: Shown<ValidationDice>,
    first: usize,
    end: usize,
    /// Learning rate of the last step that it was told of.
    last_rate: f64,
}

impl Terminal {
    /// Takes over the terminal until it is dropped.
    pub(super) fn new(first: usize, end: usize) -> Self {
        let interrupter = Interrupter::new();
        let mut renderer = TuiMetricsRendererWrapper::new(interrupter.clone(), None);
        let loss = Shown::new(LossMetric::new());
        let rate = Shown::new(LearningRateMetric::new());
        let dice = Shown::new(ValidationDice::new());
        for definition in [loss.definition(), rate.definition(), dice.definition()] {
            renderer.register_metric(definition);
        }
        // A run is one epoch of the bar's: its batches are drawn at random for as long as it lasts.
        // Nothing is left of one that is asked to stop before where it stands.
        let left = end.saturating_sub(first);
        renderer.start(1, 1, Some(left), None);
        renderer.start_split("train", left);
        Self {
            renderer,
            interrupter,
            loss,
            rate,
            dice,
            first,
            end,
            last_rate: 0.0,
        }
    }
}

impl Watcher for Terminal {
    fn steps(&mut self, steps: Steps) {
        let about = about(steps.done, self.end, steps.learning_rate);
        let loss = Tensor::<1>::from_data([steps.loss as f32], &Device::flex());
        let states = [
            self.loss.update(&LossInput::new(loss), &about),
            self.rate.update(&(), &about),
        ];
        for state in states.into_iter().flatten() {
            self.renderer.update_train(state);
        }
        self.renderer.update_split(steps.done - self.first);
        self.last_rate = steps.learning_rate;
    }

    fn validation(&mut self, validation: Validation) {
        let about = about(validation.step, self.end, self.last_rate);
        if let Some(state) = self.dice.update(&validation.dice, &about) {
            self.renderer.update_valid(state);
        }
        self.loss.clear();
        self.rate.clear();
    }

    fn note(&mut self, text: &str) {
        self.renderer.log_event_training(text.to_owned());
    }

    fn wants_to_stop(&self) -> bool {
        self.interrupter.should_stop()
    }
}
