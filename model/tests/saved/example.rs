//! Documents to test with.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use model::finding::{Finding, Lesion, Segment, Verdict};
use model::network::Architecture;
use model::protocol::{BackendChoice, EngineInfo, Summary};
use model::saved::lesion::{LungBox, saved_lesions};
use model::saved::{Saved, SavedSlice, VERSION, content, envelope, label, runs};
use model::settings::{Denoise, Postprocess, Settings};
use model::volume::{Intensity, PixelSpacing};

/// A generator of numbers that are the same every time (xorshift64*, Vigna 2016).
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() >> 33) as usize % end.max(1)
    }
}

pub(crate) fn finding(slice: usize, lesion: usize, area_px: usize) -> Finding {
    let line = Segment {
        from: (101.0, 88.5),
        to: (117.25, 99.0),
    };
    Finding {
        slice,
        lesion,
        area_px,
        area_mm2: Some(area_px as f32 * 0.4761),
        longest: line,
        longest_mm: Some(13.354),
        longest_px: 19.353_99,
        perpendicular: line,
        perpendicular_mm: Some(8.1),
        perpendicular_px: 11.739_13,
        mean_value: -41.387_5,
        confidence: 0.713_2,
        centre: (109.25, 93.75),
    }
}

/// A header for slices of `rows × cols` at the places `slices`, with a lesion of one finding a
/// slice.
pub(crate) fn header(rows: usize, cols: usize, slices: &[usize], findings_a_slice: usize) -> Saved {
    let findings: Vec<Finding> = slices
        .iter()
        .flat_map(|&slice| (1..=findings_a_slice).map(move |n| finding(slice, n, 40 * n)))
        .collect();
    let lesions = findings
        .iter()
        .filter(|f| Some(&f.slice) == slices.first())
        .map(|f| Lesion {
            number: f.lesion,
            slices: (slices[0], slices[slices.len() - 1]),
            key_slice: f.slice,
            volume_ml: Some(1.25),
            longest_mm: f.longest_mm,
            confidence: f.confidence,
            side: None,
            judgement: Verdict::default(),
        })
        .collect();
    let summary = Summary {
        lesions,
        findings,
        confidence: Some(0.713_2),
        slices_done: slices.len(),
        agreement: None,
    };
    Saved {
        version: VERSION,
        label: "Patient 12".to_owned(),
        examined_on: "2026-11-24".to_owned(),
        digest: "0123456789abcdef".repeat(4),
        rows,
        cols,
        scan_slices: slices.last().map_or(1, |last| last + 1),
        intensity: Intensity::Hounsfield,
        spacing: Some(PixelSpacing::square(0.69)),
        slice_spacing_mm: Some(2.5),
        gaps: Vec::new(),
        instance_numbers: Vec::new(),
        is_calibrated: false,
        is_head_unknown: false,
        series_number: None,
        engine: EngineInfo {
            architecture: Architecture::Unet,
            backend: BackendChoice::Cpu,
            adapter: "WebAssembly SIMD".to_owned(),
            reason: Some("This browser has no WebGPU.".to_owned()),
            self_test_error: 1.5e-6,
            start_up_ms: 410.25,
            weights_version: "2026-11-23".to_owned(),
            threshold: 0.37,
            least_peak: 0.0,
            pipeline_version: 0,
        },
        settings: Settings {
            architecture: Architecture::Unet,
            denoise: Denoise::None,
            postprocess: Postprocess {
                min_area_mm2: 7.0,
                ..Postprocess::default()
            },
        },
        slices: slices
            .iter()
            .map(|&slice| SavedSlice {
                slice,
                lung_px: 61_234,
                histogram: [60_000, 700, 200, 100, 80, 60, 40, 30, 20, 4],
                total_ms: 1_843.5,
                network_ms: 1_610.25,
                is_corrected: false,
            })
            .collect(),
        lesions: saved_lesions(
            &summary,
            LungBox::around(
                slices.iter().map(|&s| (s, [label::LUNG; 4].as_slice())),
                2,
                slices.len(),
            ),
        ),
        summary,
        lines: Vec::new(),
        rejected: Vec::new(),
    }
}

/// A small document: its header and label maps.
pub(crate) fn small() -> (Saved, Vec<Vec<u8>>) {
    let mut chance = Chance(7);
    let maps = (0..2)
        .map(|_| (0..6 * 5).map(|_| chance.below(8) as u8).collect())
        .collect();
    (header(6, 5, &[1, 4], 2), maps)
}

/// Content of a header and label maps.
pub(crate) fn lay_out(saved: &Saved, maps: &[Vec<u8>]) -> Vec<u8> {
    let masks: Vec<Vec<u8>> = maps.iter().map(|map| runs::encode(map)).collect();
    content::lay_out(saved, &masks).unwrap()
}

/// A document, as the browser makes it.
pub(crate) fn pack(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    envelope::wrap(content.len(), &encoder.finish().unwrap())
}

/// The content of a document; `None` if it is none. Never takes more memory than the
/// document says and the limits allow.
pub(crate) fn unpack(document: &[u8]) -> Option<Vec<u8>> {
    let (length, compressed) = envelope::open(document).ok()?;
    let mut content = Vec::new();
    DeflateDecoder::new(compressed)
        .take(length as u64 + 1)
        .read_to_end(&mut content)
        .ok()?;
    (content.len() == length).then_some(content)
}
