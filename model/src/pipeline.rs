//! One slice from values to findings: the same code in the browser's worker, on the
//! command line and in the evaluation.
//!
//! ```text
//! values ─ lung field ─ prepare ─ network (two looks) ─ probability ─ raw mask ─ final mask ─ findings
//! ```

mod beside;
mod calibrate;
mod confirm;
mod correct;
mod decision;
mod left;
mod looks;
#[cfg(feature = "open")]
mod marked;
mod masses;
mod number;
mod reject;
mod restore;
mod side;
#[cfg(any(feature = "cli", feature = "train"))]
mod volume;

pub use beside::{BESIDE_MM, Series, forget_unread};
pub use correct::{Correction, Freehand};
pub use decision::Decisions;
pub use left::Left;
#[cfg(feature = "open")]
pub use marked::marked;
pub use restore::{AsSaved, RestoreError, restore};
#[cfg(any(feature = "cli", feature = "train"))]
pub use volume::{segment_volume, threads};

use crate::analysis::SliceView;
use crate::analysis::evidence::Beside;
use crate::analysis::histogram::histogram;
use crate::analysis::lesion::{self, AnalysedSlice};
use crate::analysis::lung_field::{lung_field, shows_whole_body};
use crate::analysis::mass::{Masses, field_with_masses};
use crate::analysis::measure::corrected_findings;
use crate::analysis::postprocess::{final_mask, raw_mask};
use crate::analysis::preprocess::{clear_outside, prepare};
use crate::engine::{Engine, EngineError, Weights};
use crate::finding::{Finding, Lesion, Rejected};
use crate::map::Map;
use crate::mask::Mask;
use crate::metric::{Agreement, Confusion};
use crate::protocol::{Summary, is_searched};
use crate::settings::{Postprocess, Settings};
use crate::volume::Volume;

/// Raised with every release that gives other masks, sizes or volumes for the same scan, network
/// and settings, reading included: follow-up must not take such a change for growth.
pub const VERSION: u32 = 7;

/// Whatever computes a network: our engine on either back end, or burn as the reference.
pub trait Segmenter {
    /// Probabilities (0…1) of an input of `rows × cols` pixels in −1…1, same size and order: the
    /// sigmoid of logits divided by `temperature`. `step(done, total)` is awaited between
    /// layers; `false` cancels.
    // Callers are generic, and each computes on the thread it is on.
    #[expect(
        async_fn_in_trait,
        reason = "never used as a trait object, and never awaited on another thread"
    )]
    async fn probabilities(
        &mut self,
        input: &[f32],
        size: (usize, usize),
        temperature: f32,
        step: &mut impl AsyncFnMut(usize, usize) -> bool,
    ) -> Result<Vec<f32>, EngineError>;
}

impl Segmenter for Engine {
    async fn probabilities(
        &mut self,
        input: &[f32],
        size: (usize, usize),
        temperature: f32,
        step: &mut impl AsyncFnMut(usize, usize) -> bool,
    ) -> Result<Vec<f32>, EngineError> {
        Self::probabilities(self, input, size, temperature, step).await
    }
}

/// A network that is ready to run, with what its weights say about its output.
#[derive(Debug)]
pub struct Network<S = Engine> {
    /// What computes it.
    pub engine: S,
    /// Input edges must be multiples of this.
    pub stride: usize,
    /// Logits are divided by this before the sigmoid, see
    /// [`calibrated`](crate::engine::calibrated).
    pub temperature: f32,
    /// Probability from which a pixel counts as tumour, as the weights advise.
    pub threshold: f32,
}

impl<S: Segmenter> Network<S> {
    /// Pair an engine with the weights it was made from.
    pub fn new(engine: S, weights: &Weights) -> Self {
        Self {
            engine,
            stride: weights.config().stride(),
            temperature: weights.temperature(),
            threshold: weights.threshold(),
        }
    }
}

/// Everything known about one segmented slice.
#[derive(Debug, Clone)]
pub struct SliceAnalysis {
    /// Lung field with the masses that reach into it, or go on from one that does on a slice
    /// beside; `None` if no lung was recognised: then the whole slice was searched, or nothing
    /// where that shows neck or abdomen.
    pub field: Option<Mask>,
    /// Large regions; `None` where there are none, and in a restored analysis.
    pub masses: Option<Masses>,
    /// Tumour probability of every pixel, 0…255; empty in a restored analysis, because
    /// probabilities are not saved.
    pub probability: Vec<u8>,
    /// Threshold only.
    pub raw: Mask,
    /// After postprocessing.
    pub refined: Mask,
    /// Regions that are probable in themselves, given the slices beside; only where those are known
    /// and there are any.
    pub firm: Option<Mask>,
    /// Regions of the final mask.
    pub findings: Vec<Finding>,
    /// Regions that the reader has taken out of the final mask.
    pub rejected: Vec<Rejected>,
    /// What the reader has decided of it, which other settings and another run do not change.
    pub decisions: Decisions,
    /// Whether it was corrected before it was saved and came back.
    pub was_corrected: bool,
    /// What it was when it was saved; in a restored analysis.
    pub as_saved: Option<AsSaved>,
    /// Pixels per tenth of probability; none where nothing was searched.
    pub histogram: [u32; 10],
    /// Time the network took, in ms.
    pub network_ms: f64,
}

/// The slice does not exist, or the network could not be computed.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// An index past the end of the volume; the user reads it counted from 1.
    #[error("slice {} does not exist in this scan", .0 + 1)]
    NoSuchSlice(usize),
    /// The engine failed or was cancelled.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Borrow slice `index` of a volume with its geometry.
///
/// # Errors
/// [`PipelineError::NoSuchSlice`].
pub fn view(volume: &Volume, index: usize) -> Result<SliceView<'_>, PipelineError> {
    SliceView::of(volume, index).ok_or(PipelineError::NoSuchSlice(index))
}

/// Segment slice `index` of a volume, see [`segment_view`].
///
/// # Errors
/// [`PipelineError::NoSuchSlice`], and those of [`segment_view`].
pub async fn segment_slice(
    volume: &Volume,
    index: usize,
    network: &mut Network<impl Segmenter>,
    settings: &Settings,
    now_ms: fn() -> f64,
    step: &mut impl AsyncFnMut(usize, usize) -> bool,
) -> Result<SliceAnalysis, PipelineError> {
    segment_view(
        &view(volume, index)?,
        index,
        network,
        settings,
        now_ms,
        step,
    )
    .await
}

/// Segment one slice, the volume's `index`-th. `step(done, total)` is awaited between the network's
/// layers; when it returns `false` the job ends with [`EngineError::Cancelled`]. `now_ms` is the
/// caller's clock.
///
/// # Errors
/// The engine's own.
pub async fn segment_view(
    slice: &SliceView<'_>,
    index: usize,
    network: &mut Network<impl Segmenter>,
    settings: &Settings,
    now_ms: fn() -> f64,
    step: &mut impl AsyncFnMut(usize, usize) -> bool,
) -> Result<SliceAnalysis, PipelineError> {
    let field = lung_field(slice);
    if field.is_none() && shows_whole_body(slice) {
        // Clothes, the couch and bowel look like nodules to a network that has seen lungs only.
        if !step(1, 1).await {
            return Err(EngineError::Cancelled.into());
        }
        let nothing = vec![0; slice.values.len()];
        return Ok(SliceAnalysis::unmarked((slice.rows, slice.cols), nothing));
    }
    let input = prepare(slice, field.as_ref(), settings.denoise, network.stride);

    let started_ms = now_ms();
    let probabilities = network.look(&input, step).await?;
    let network_ms = now_ms() - started_ms;

    let mut probability = input.probability_on_slice(&probabilities, None);
    let (field, masses) = field.map_or((None, None), |field| {
        let (field, masses) =
            field_with_masses(field, &probability, network.threshold, slice.spacing);
        (Some(field), masses)
    });
    if let Some(field) = &field {
        clear_outside(&mut probability, field);
    }
    let histogram = histogram(&probability, field.as_ref());
    let mut analysis = SliceAnalysis {
        field,
        masses,
        histogram,
        network_ms,
        ..SliceAnalysis::unmarked((slice.rows, slice.cols), probability)
    };
    let alone = Beside::default();
    (analysis.raw, analysis.refined, analysis.findings) =
        postprocess(slice, index, &analysis, &alone, &settings.postprocess);
    Ok(analysis)
}

impl SliceAnalysis {
    /// A slice of `rows × cols` pixels with these probabilities (0…255), without a lung field,
    /// and nothing marked on it yet.
    pub fn unmarked((rows, cols): (usize, usize), probability: Vec<u8>) -> Self {
        Self {
            field: None,
            masses: None,
            probability,
            raw: Mask::empty(rows, cols),
            refined: Mask::empty(rows, cols),
            firm: None,
            findings: Vec::new(),
            rejected: Vec::new(),
            decisions: Decisions::default(),
            was_corrected: false,
            as_saved: None,
            histogram: [0; 10],
            network_ms: 0.0,
        }
    }

    /// Whether there was a lung, or what may be one, to search.
    pub fn is_searched(&self) -> bool {
        is_searched(&self.histogram)
    }

    /// Whether it was saved and came back: it can be corrected, and has no probabilities that other
    /// settings would need.
    pub fn is_restored(&self) -> bool {
        self.as_saved.is_some()
    }
}

/// Raw mask, final mask and findings from a slice's probabilities.
fn postprocess(
    slice: &SliceView<'_>,
    index: usize,
    analysis: &SliceAnalysis,
    beside: &Beside<'_>,
    settings: &Postprocess,
) -> (Mask, Mask, Vec<Finding>) {
    let (probability, field) = (&analysis.probability, analysis.field.as_ref());
    let raw = raw_mask(probability, slice.rows, slice.cols, settings.threshold);
    let mut refined = final_mask(&raw, probability, beside, field, slice.spacing, settings);
    let marked = refined.clone();
    analysis.correct_again(&mut refined, slice, settings);
    let regions = corrected_findings(&refined, &marked, probability, slice, index);
    (raw, refined, regions)
}

/// Agreement of one slice's final mask with the reference of the same slice.
pub fn agreement(analysis: &SliceAnalysis, reference: &Mask) -> Agreement {
    Confusion::count(&analysis.refined.pixels, &reference.pixels).agreement()
}

/// Which of the segmented slices show no lung, so that nothing was searched on them.
pub fn without_lung(analyses: &Map<usize, SliceAnalysis>) -> Vec<usize> {
    let unsearched = analyses.iter().filter(|(_, it)| !it.is_searched());
    unsearched.map(|(&slice, _)| slice).collect()
}

/// Number the lesions over all segmented slices and sum up. `reference` has one mask
/// a slice of the volume, if one is open.
pub fn summarise(
    volume: &Volume,
    analyses: &mut Map<usize, SliceAnalysis>,
    reference: Option<&[Mask]>,
) -> Summary {
    let mut lesions = number_lesions(volume, analyses);
    side::give_sides(&mut lesions, volume, analyses);
    confirm::judge(&mut lesions, analyses);
    let agreement = reference.map(|masks| {
        analyses
            .iter()
            .filter_map(|(&index, analysis)| {
                Some(Confusion::count(
                    &analysis.refined.pixels,
                    &masks.get(index)?.pixels,
                ))
            })
            .fold(Confusion::default(), Confusion::merged)
            .agreement()
    });
    Summary {
        confidence: lesions
            .iter()
            .map(|lesion| lesion.confidence)
            .reduce(f32::max),
        lesions,
        findings: analyses
            .values()
            .flat_map(|analysis| analysis.findings.iter().cloned())
            .collect(),
        slices_done: analyses.len(),
        agreement,
    }
}

fn number_lesions(volume: &Volume, analyses: &mut Map<usize, SliceAnalysis>) -> Vec<Lesion> {
    let last = analyses.values().map(SliceAnalysis::last_kept_number).max();
    let mut slices: Vec<AnalysedSlice<'_>> = analyses
        .iter_mut()
        .map(|(&slice, analysis)| AnalysedSlice {
            slice,
            mask: &analysis.refined,
            findings: &mut analysis.findings,
        })
        .collect();
    lesion::link(&mut slices, &volume.into(), last.unwrap_or(0))
}
