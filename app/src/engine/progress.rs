//! What a progress bar shows.

use model::network::Architecture;
use model::protocol::Stage;

use super::weights;

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Of what.
    pub stage: Stage,
    /// Done so far: bytes for `Download`, else pieces.
    pub done: u64,
    /// Of how many; 0 = unknown.
    pub total: u64,
    /// How long it will still take, if there is enough to tell that by.
    pub left_secs: Option<u64>,
}

/// Before so many slices are done, their mean says little: the first ones wait for the engine to
/// warm up.
const TELLING: u64 = 5;

impl Progress {
    /// `done` of `total` of a stage.
    pub fn new(stage: Stage, done: u64, total: u64) -> Self {
        Self {
            stage,
            done,
            total,
            left_secs: None,
        }
    }

    /// The same, after so long: what is left takes as long a piece as what is done, in the mean.
    #[must_use]
    pub fn after(self, elapsed_ms: u64) -> Self {
        let left = self.total.saturating_sub(self.done);
        let is_told = self.done >= TELLING && left > 0;
        let left_ms = elapsed_ms.saturating_mul(left).checked_div(self.done);
        Self {
            left_secs: left_ms.filter(|_| is_told).map(|ms| ms / 1000),
            ..self
        }
    }

    /// The same, of a network's weights: the server sends them compressed and so cannot say how
    /// many bytes come out of it, but their size is known.
    #[must_use]
    pub fn of_weights(self, architecture: Architecture) -> Self {
        match (self.stage, weights::published(architecture)) {
            (Stage::Download, Some(file)) if self.total == 0 => Self {
                total: file.bytes,
                ..self
            },
            _ => self,
        }
    }

    /// 0…1, or `None` where the end is unknown.
    pub fn share(&self) -> Option<f64> {
        (self.total > 0).then(|| (self.done as f64 / self.total as f64).clamp(0.0, 1.0))
    }

    /// The stage and its count in words.
    pub fn words(&self) -> String {
        let Self { done, total, .. } = *self;
        match self.stage {
            Stage::Download if total > 0 => {
                format!(
                    "Loading the network: {:.1} of {:.1} MB",
                    megabytes(done),
                    megabytes(total)
                )
            }
            Stage::Download => format!("Loading the network: {:.1} MB", megabytes(done)),
            Stage::StartUp => "Starting the engine and testing it".to_owned(),
            Stage::Reading if total > 1 => format!("Reading files: {done} of {total}"),
            Stage::Reading => "Reading the file".to_owned(),
            Stage::Segmenting if total > 1 => {
                let left = self.left_secs.map_or_else(String::new, left);
                format!("Segmenting slices: {done} of {total}{left}")
            }
            Stage::Segmenting => "Segmenting the slice".to_owned(),
            Stage::Layers if total > 0 => format!("Computing: {} %", done * 100 / total),
            Stage::Layers => "Computing".to_owned(),
        }
    }
}

/// Whole minutes are as much as a mean can tell.
fn left(secs: u64) -> String {
    match secs.div_ceil(60) {
        0 | 1 => ", less than a minute left".to_owned(),
        minutes => format!(", about {minutes} min left"),
    }
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_stay_within_the_bar() {
        assert_eq!(Progress::new(Stage::Reading, 1, 4).share(), Some(0.25));
        assert_eq!(Progress::new(Stage::Reading, 9, 4).share(), Some(1.0));
        assert_eq!(Progress::new(Stage::StartUp, 3, 0).share(), None);
    }

    #[test]
    fn a_download_of_unknown_length_ends_where_the_weights_do() {
        for architecture in Architecture::ALL {
            let of =
                |done, total| Progress::new(Stage::Download, done, total).of_weights(architecture);
            let total = of(1, 0).total;
            assert!((1_000_000..2_500_000).contains(&total), "{total}");
            assert_eq!(of(1, 7).total, 7);
        }
        let layers = Progress::new(Stage::Layers, 1, 0);
        assert_eq!(layers.clone().of_weights(Architecture::Unet), layers);
    }

    #[test]
    fn what_is_left_follows_from_the_mean_of_what_is_done() {
        let words = |done, total, elapsed_ms| {
            let progress = Progress::new(Stage::Segmenting, done, total);
            progress.after(elapsed_ms).words()
        };
        // 1.2 s a slice; 500 are left.
        assert_eq!(
            words(100, 600, 120_000),
            "Segmenting slices: 100 of 600, about 10 min left"
        );
        assert_eq!(
            words(560, 600, 672_000),
            "Segmenting slices: 560 of 600, less than a minute left"
        );
        let untold = [words(0, 600, 0), words(4, 600, 9_000), words(600, 600, 9)];
        assert!(untold.iter().all(|it| !it.contains("left")), "{untold:?}");
    }

    #[test]
    fn words_say_what_is_counted() {
        let words = Progress::new(Stage::Download, 1_500_000, 4_000_000).words();
        assert_eq!(words, "Loading the network: 1.5 of 4.0 MB");
        assert_eq!(
            Progress::new(Stage::Segmenting, 3, 120).words(),
            "Segmenting slices: 3 of 120"
        );
    }
}
