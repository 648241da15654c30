//! What is saved, and its way there and back.

use model::analysis::{SliceView, findings};
use model::map::Map;
use model::mask::Mask;
use model::network::Architecture;
use model::pipeline::{self, SliceAnalysis};
use model::protocol::{BackendChoice, EngineInfo, Summary};
use model::saved::label::{FINAL, LUNG, RAW};
use model::saved::lesion::{LungBox, saved_lesions};
use model::saved::{Saved, SavedSlice, VERSION, content, runs};
use model::settings::{Denoise, Postprocess, Settings};
use model::volume::{PixelSpacing, Volume};

use crate::phantom::tissue;

const EDGE: usize = 24;

pub(crate) fn volume(slices: usize) -> Volume {
    let voxels = (0..slices * EDGE * EDGE).map(|i| (i % 301) as i16 - 600);
    Volume {
        voxels: voxels.collect(),
        spacing: Some(PixelSpacing {
            row_mm: 0.7,
            col_mm: 0.8,
        }),
        ..tissue(EDGE, slices, Some(2.5))
    }
}

fn rectangle(rows: std::ops::Range<usize>, cols: std::ops::Range<usize>) -> Mask {
    let mut mask = Mask::empty(EDGE, EDGE);
    for row in rows {
        for col in cols.clone() {
            mask.pixels[row * EDGE + col] = 1;
        }
    }
    mask
}

/// A slice with a large and a small region, and a raw mask that is larger.
fn analysed(volume: &Volume, slice: usize, field: Option<Mask>) -> SliceAnalysis {
    let mut refined = rectangle(4..9, 5..11);
    refined.pixels[15 * EDGE + 15 + slice] = 1;
    let probability = vec![200; EDGE * EDGE];
    let view = SliceView::of(volume, slice).unwrap();
    SliceAnalysis {
        findings: findings(&refined, &probability, &view, slice),
        field,
        probability,
        raw: rectangle(3..10, 4..12),
        refined,
        histogram: [slice as u32; 10],
        network_ms: 12.5,
        ..SliceAnalysis::unmarked((EDGE, EDGE), Vec::new())
    }
}

pub(crate) fn saved(
    volume: &Volume,
    analyses: &Map<usize, SliceAnalysis>,
    summary: Summary,
) -> Vec<u8> {
    let maps: Vec<Vec<u8>> = analyses
        .values()
        .map(|a| {
            let bit = |mask: &Mask, i: usize, bit: u8| mask.pixels[i] * bit;
            (0..EDGE * EDGE)
                .map(|i| {
                    a.field.as_ref().map_or(0, |field| bit(field, i, LUNG))
                        | bit(&a.raw, i, RAW)
                        | bit(&a.refined, i, FINAL)
                })
                .collect()
        })
        .collect();
    let places = analyses.keys().copied().zip(maps.iter().map(Vec::as_slice));
    let lung = LungBox::around(places, EDGE, volume.slices());
    let saved = Saved {
        version: VERSION,
        label: "P".to_owned(),
        examined_on: "2026-11-24".to_owned(),
        digest: "0".repeat(64),
        rows: volume.rows,
        cols: volume.cols,
        scan_slices: volume.slices(),
        intensity: volume.intensity,
        spacing: volume.spacing,
        slice_spacing_mm: volume.slice_spacing_mm,
        gaps: Vec::new(),
        instance_numbers: Vec::new(),
        is_calibrated: false,
        is_head_unknown: false,
        series_number: None,
        engine: EngineInfo {
            architecture: Architecture::Unet,
            backend: BackendChoice::Cpu,
            adapter: "test".to_owned(),
            reason: None,
            self_test_error: 0.0,
            start_up_ms: 0.0,
            weights_version: "1".to_owned(),
            threshold: 0.5,
            least_peak: 0.9,
            pipeline_version: 1,
        },
        settings: Settings {
            architecture: Architecture::Unet,
            denoise: Denoise::None,
            postprocess: Postprocess::default(),
        },
        slices: analyses
            .iter()
            .map(|(&slice, a)| SavedSlice {
                slice,
                lung_px: a.field.as_ref().map_or(0, Mask::area_px),
                histogram: a.histogram,
                total_ms: 20.0,
                network_ms: a.network_ms,
                is_corrected: a.is_corrected(),
            })
            .collect(),
        lesions: saved_lesions(&summary, lung),
        lines: Vec::new(),
        rejected: analyses
            .values()
            .flat_map(|a| a.rejected.iter().cloned())
            .collect(),
        summary,
    };
    let masks: Vec<Vec<u8>> = maps.iter().map(|map| runs::encode(map)).collect();
    content::lay_out(&saved, &masks).unwrap()
}

/// Three of four slices, the last one without a lung; the summary with them.
pub(crate) fn example(volume: &Volume) -> (Map<usize, SliceAnalysis>, Summary) {
    let lung = || Some(rectangle(1..22, 2..20));
    let fields = [(0, lung()), (1, lung()), (3, None)];
    let mut analyses = fields
        .into_iter()
        .map(|(slice, field)| (slice, analysed(volume, slice, field)))
        .collect();
    let summary = pipeline::summarise(volume, &mut analyses, None);
    (analyses, summary)
}

/// Saved and back on their scan.
pub(crate) fn restored(
    volume: &Volume,
    analyses: &Map<usize, SliceAnalysis>,
    summary: Summary,
) -> Map<usize, SliceAnalysis> {
    let bytes = saved(volume, analyses, summary);
    pipeline::restore(volume, &content::parse(&bytes).unwrap()).unwrap()
}
