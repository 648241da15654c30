//! Slices above and below the lungs, where there is nothing to search.

use model::analysis::{SliceView, lung_field, shows_whole_body};
use model::engine::EngineError;
use model::network::Architecture;
use model::pipeline::{
    Network, PipelineError, Segmenter, SliceAnalysis, segment_view, without_lung,
};
use model::settings::{Denoise, Postprocess, Settings};
use model::volume::{Intensity, PixelSpacing};

use crate::field::Case;

/// The values of a real slice with soft tissue in the place of its lungs, like a slice of the
/// abdomen.
fn without_lungs() -> (Case, Vec<i16>) {
    let case = Case::load("nodule", 0.703_125);
    let field = lung_field(&case.view()).unwrap();
    let values = case.hu.iter().zip(&field.pixels);
    let values = values.map(|(&hu, &lung)| if lung == 1 { 40 } else { hu });
    let values = values.collect();
    (case, values)
}

#[test]
fn the_body_without_lungs_is_told_from_an_image_of_a_part() {
    let (case, values) = without_lungs();
    let abdomen = SliceView {
        values: &values,
        ..case.view()
    };
    assert!(lung_field(&abdomen).is_none());
    assert!(shows_whole_body(&abdomen));

    // The middle of it, from inside the body: lungs may lie beside it.
    let (top, left, edge) = (180, 130, 260);
    let part: Vec<i16> = (0..edge * edge)
        .map(|i| values[(top + i / edge) * case.cols + left + i % edge])
        .collect();
    let part = SliceView {
        values: &part,
        rows: edge,
        cols: edge,
        ..case.view()
    };
    assert!(part.spacing.unwrap().row_mm * edge as f32 > 180.0);
    assert!(!shows_whole_body(&part));
    // The same as scanners give it that pad around a circle.
    let distance = |i: usize, half: f32| {
        let (row, col) = ((i / edge) as f32, (i % edge) as f32);
        (row - half).hypot(col - half)
    };
    let half = edge as f32 / 2.0;
    let padded: Vec<i16> = (0..edge * edge)
        .map(|i| {
            if distance(i, half) < half {
                part.values[i]
            } else {
                -1024
            }
        })
        .collect();
    assert!(!shows_whole_body(&SliceView {
        values: &padded,
        ..part
    }));

    let crop = SliceView {
        spacing: Some(PixelSpacing::square(0.3)),
        ..abdomen
    };
    assert!(!shows_whole_body(&crop), "15 cm are no body");
    let unknown = SliceView {
        spacing: None,
        ..abdomen
    };
    assert!(!shows_whole_body(&unknown));
    let picture = SliceView {
        intensity: Intensity::Grey { max: 255 },
        ..abdomen
    };
    assert!(!shows_whole_body(&picture));
}

/// A network that is sure of everything it is asked about.
struct Sure;

impl Segmenter for Sure {
    async fn probabilities(
        &mut self,
        input: &[f32],
        _size: (usize, usize),
        _temperature: f32,
        _step: &mut impl AsyncFnMut(usize, usize) -> bool,
    ) -> Result<Vec<f32>, EngineError> {
        Ok(vec![1.0; input.len()])
    }
}

/// What the pipeline makes of a slice if that network computes; `goes_on` answers between its
/// steps.
fn searched(case: &Case, values: &[i16], goes_on: bool) -> Result<SliceAnalysis, PipelineError> {
    let mut network = Network {
        engine: Sure,
        stride: 16,
        temperature: 1.0,
        threshold: 0.5,
    };
    let settings = Settings {
        architecture: Architecture::Unet,
        denoise: Denoise::None,
        postprocess: Postprocess::default(),
    };
    let slice = SliceView {
        values,
        ..case.view()
    };
    let mut step = async |_, _| goes_on;
    let run = segment_view(&slice, 0, &mut network, &settings, || 0.0, &mut step);
    pollster::block_on(run)
}

#[test]
fn nothing_is_searched_where_there_is_no_lung() {
    let (case, values) = without_lungs();
    let chest = searched(&case, &case.hu, true).unwrap();
    assert!(chest.histogram[9] > 0 && !chest.findings.is_empty());
    let abdomen = searched(&case, &values, true).unwrap();
    assert!(chest.is_searched() && !abdomen.is_searched());
    assert!(abdomen.findings.is_empty() && abdomen.raw.area_px() == 0);
    assert_eq!(abdomen.probability, vec![0; values.len()]);
    assert_eq!(without_lung(&[(2, chest), (7, abdomen)].into()), [7]);
}

#[test]
fn a_run_can_be_cancelled_where_there_is_no_lung() {
    let (case, values) = without_lungs();
    let cancelled = searched(&case, &values, false);
    assert!(matches!(
        cancelled,
        Err(PipelineError::Engine(EngineError::Cancelled))
    ));
}
