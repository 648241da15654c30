//! Scans, engines and results as messages carry them, and a desk that is at work.

use model::protocol::{BackendChoice, Failure, SliceResult, Summary, VolumeInfo};
use model::settings::Settings;
use model::volume::Intensity;

use super::super::*;

pub(crate) fn scan(slices: usize) -> VolumeInfo {
    VolumeInfo {
        rows: 2,
        cols: 3,
        slices,
        intensity: Intensity::Hounsfield,
        first_levels: None,
        spacing: None,
        is_calibrated: false,
        slice_spacing_mm: None,
        is_stack: false,
        slice_positions_mm: Vec::new(),
        instance_numbers: Vec::new(),
        is_oriented: true,
        gaps: Vec::new(),
        has_series: true,
        identity: String::new(),
        patient: None,
        series: Vec::new(),
        chosen_series: 0,
        series_number: None,
        format: "DICOM".to_owned(),
        notes: Vec::new(),
    }
}

pub(crate) fn engine() -> EngineInfo {
    EngineInfo {
        architecture: Architecture::Unet,
        backend: BackendChoice::Cpu,
        adapter: "test".to_owned(),
        reason: None,
        self_test_error: 0.0,
        start_up_ms: 1.0,
        weights_version: "1".to_owned(),
        threshold: 0.4,
        least_peak: 0.9,
        pipeline_version: 1,
    }
}

pub(crate) fn result(run: u32, slice: usize) -> SliceResult {
    SliceResult {
        run,
        slice,
        findings: Vec::new(),
        rejected: Vec::new(),
        is_corrected: false,
        can_undo: false,
        lung_px: 0,
        histogram: [0; 10],
        is_repeated: false,
        total_ms: 1.0,
        network_ms: 1.0,
        agreement: None,
    }
}

fn failure(cause: &str) -> Failure {
    Failure {
        cause: cause.to_owned(),
        way_out: "Try another.".to_owned(),
    }
}

pub(super) fn not_opened(cause: &str) -> Event {
    Event::NotOpened(failure(cause))
}

pub(super) fn run_failed(run: u32, cause: &str) -> Event {
    let failure = failure(cause);
    Event::RunFailed { run, failure }
}

/// What was asked for beside scans and runs.
pub(super) fn failed(cause: &str) -> Event {
    Event::Failed(failure(cause))
}

pub(super) fn not_ready(cause: &str) -> Event {
    Event::NotReady(failure(cause))
}

/// A desk with a network and a scan of five slices.
pub(super) fn ready() -> Desk {
    let mut desk = Desk::default();
    desk.worker_starting();
    start(&mut desk);
    desk
}

/// The worker loads, its network is ready, and a scan of five slices is opened in it.
pub(super) fn start(desk: &mut Desk) {
    assert_eq!(desk.apply(Event::Loaded), Next::Prepare);
    prepare(desk, Architecture::Unet);
    desk.apply(Event::EngineReady(engine()));
    open(desk);
    desk.apply(Event::Opened(scan(5)));
}

pub(super) fn prepare(desk: &mut Desk, architecture: Architecture) {
    desk.preparing(architecture);
    desk.sent(&Request::Prepare {
        architecture,
        backend: BackendChoice::Auto,
        weights_url: String::new(),
        weights_sha256: String::new(),
        speeds: None,
        after_scan: false,
        little_memory: false,
    });
}

pub(super) fn open(desk: &mut Desk) {
    desk.opening(Source::default(), false);
    desk.sent(&Request::Open {
        names: Vec::new(),
        series: None,
    });
}

/// A segmentation of these slices begins.
pub(super) fn segmenting(desk: &mut Desk, slices: Vec<usize>, settings: Settings) -> u32 {
    let run = desk.start_run(slices.len(), Task::Segment);
    desk.sent(&Request::Segment {
        run,
        slices,
        settings,
    });
    run
}

pub(crate) fn finding(slice: usize, lesion: usize) -> model::finding::Finding {
    let point = model::finding::Segment {
        from: (1.0, 1.0),
        to: (1.0, 1.0),
    };
    model::finding::Finding {
        slice,
        lesion,
        area_px: 9,
        area_mm2: None,
        longest: point,
        longest_mm: None,
        longest_px: 3.0,
        perpendicular: point,
        perpendicular_mm: None,
        perpendicular_px: 3.0,
        mean_value: 0.0,
        confidence: 0.8,
        centre: (1.0, 1.0),
    }
}

pub(crate) fn lesion(number: usize) -> model::finding::Lesion {
    model::finding::Lesion {
        number,
        slices: (0, 0),
        key_slice: 0,
        volume_ml: None,
        longest_mm: None,
        confidence: 0.5,
        side: None,
        judgement: model::finding::Verdict::default(),
    }
}

pub(super) fn digest(desk: &mut Desk, digest: &str) {
    desk.apply(Event::Digest {
        key: "k".to_owned(),
        digest: digest.to_owned(),
    });
}

pub(crate) fn settings(threshold: f32) -> Settings {
    Settings {
        architecture: Architecture::Unet,
        denoise: model::settings::Denoise::None,
        postprocess: model::settings::Postprocess {
            threshold,
            ..Default::default()
        },
    }
}

/// The run ends with nothing more to say.
pub(super) fn finish(desk: &mut Desk, run: u32) {
    let summary = Summary::default();
    desk.apply(Event::Finished { run, summary });
}

/// With what a desk's results come back from the history.
pub(crate) fn made_with() -> MadeWith {
    MadeWith {
        engine: engine(),
        settings: settings(0.7),
    }
}
