//! Analyses to save.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use model::finding::{Lesion, Verdict};
use model::network::Architecture;
use model::protocol::{BackendChoice, EngineInfo, Summary};
use model::saved::{Place, Saved, SavedLesion, SavedSlice, VERSION, content, envelope, runs};
use model::settings::{Denoise, Postprocess, Settings};
use model::volume::{Intensity, PixelSpacing};

/// Longest diameter of the lesion of [`analysis`]: not on its key slice.
pub(crate) const LONGEST_MM: f32 = 13.25;

/// A slice of 64 × 64 pixels with one lesion.
pub(crate) fn analysis(label: &str, examined_on: &str) -> Saved {
    Saved {
        version: VERSION,
        label: label.to_owned(),
        examined_on: examined_on.to_owned(),
        digest: "ab".repeat(32),
        rows: 64,
        cols: 64,
        scan_slices: 3,
        intensity: Intensity::Hounsfield,
        spacing: Some(PixelSpacing::square(0.7)),
        slice_spacing_mm: Some(1.25),
        gaps: Vec::new(),
        instance_numbers: Vec::new(),
        is_calibrated: false,
        is_head_unknown: false,
        series_number: None,
        engine: EngineInfo {
            architecture: Architecture::Unet,
            backend: BackendChoice::Cpu,
            adapter: "SIMD".to_owned(),
            reason: None,
            self_test_error: 0.001,
            start_up_ms: 12.0,
            weights_version: "2023-11-20".to_owned(),
            threshold: 0.5,
            least_peak: 0.9,
            pipeline_version: 1,
        },
        settings: Settings {
            architecture: Architecture::Unet,
            denoise: Denoise::None,
            postprocess: Postprocess::default(),
        },
        slices: vec![SavedSlice {
            slice: 1,
            lung_px: 900,
            histogram: [0; 10],
            total_ms: 90.0,
            network_ms: 70.0,
            is_corrected: false,
        }],
        summary: Summary {
            lesions: vec![Lesion {
                number: 1,
                slices: (1, 2),
                key_slice: 1,
                volume_ml: Some(0.5),
                longest_mm: Some(LONGEST_MM),
                confidence: 0.9,
                side: None,
                judgement: Verdict::default(),
            }],
            ..Summary::default()
        },
        lesions: vec![lesion(12.5, 0.9)],
        lines: Vec::new(),
        rejected: Vec::new(),
    }
}

pub(crate) fn lesion(longest_mm: f32, confidence: f32) -> SavedLesion {
    SavedLesion {
        number: 1,
        key_slice: 1,
        longest_slice: None,
        longest_mm: Some(longest_mm),
        perpendicular_mm: Some(8.0),
        area_mm2: Some(77.0),
        volume_ml: Some(0.5),
        mean_value: -30.0,
        confidence,
        place: Some(Place {
            left: 0.2,
            back: 0.5,
            up: None,
        }),
    }
}

/// The document of an analysis with an empty mask a slice.
pub(crate) fn document(saved: &Saved) -> Vec<u8> {
    let mask = runs::encode(&vec![0; saved.rows * saved.cols]);
    let masks = vec![mask; saved.slices.len()];
    pack(&content::lay_out(saved, &masks).unwrap())
}

/// Content in its envelope, right or wrong.
pub(crate) fn pack(content: &[u8]) -> Vec<u8> {
    envelope::wrap(content.len(), &deflated(content))
}

pub(crate) fn deflated(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// The content of a document.
pub(crate) fn unpacked(document: &[u8]) -> Vec<u8> {
    let (length, compressed) = envelope::open(document).unwrap();
    let mut content = Vec::new();
    DeflateDecoder::new(compressed)
        .read_to_end(&mut content)
        .unwrap();
    assert_eq!(content.len(), length);
    content
}
