//! What the page asks of the worker.

use serde::{Deserialize, Serialize};

use super::{BackendChoice, Event, Failure, Judgement};
use crate::bench::{Case, Speeds};
use crate::network::Architecture;
use crate::settings::{Postprocess, Settings};

/// From the page to the worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Load a network's weights and prepare the back end, beside other requests. Answered by
    /// `EngineReady` or `NotReady`. One that was ready before stays until the weights of another
    /// are there, and is ready at once if it is asked for again.
    Prepare {
        /// Which network.
        architecture: Architecture,
        /// Where it shall run.
        backend: BackendChoice,
        /// URL of the weights.
        weights_url: String,
        /// SHA-256 of the file in hexadecimal; empty where it is not known which one it is.
        #[serde(default)]
        weights_sha256: String,
        /// What an earlier visit has measured on this machine.
        speeds: Option<Speeds>,
        /// Whether the page fetches a scan over the same line, which is to be seen first.
        #[serde(default)]
        after_scan: bool,
        /// Whether this machine has little memory, and fewer workers share a series.
        #[serde(default)]
        little_memory: bool,
    },
    /// Read files (one buffer each, same order as `names`; [`OPEN_BYTES`](super::OPEN_BYTES) at
    /// most). Answered by `Opened` or `NotOpened`.
    Open {
        /// File names, for messages and the order of pictures; they never leave the browser.
        names: Vec<String>,
        /// Place in [`VolumeInfo::series`](super::VolumeInfo::series), of another series of the
        /// same files; the longest without it.
        #[serde(default)]
        series: Option<usize>,
    },
    /// Read a reference mask for the open volume. Answered by `ReferenceOpened` or
    /// `ReferenceNotOpened`; a `Compare` afterwards compares the slices segmented before.
    OpenReference {
        /// File names.
        names: Vec<String>,
    },
    /// Send the values of a slice for drawing. Answered by `Slice`.
    Show {
        /// Slice index.
        slice: usize,
    },
    /// Send what lies around a voxel, for drawing. Answered by `Around`.
    Around {
        /// Which of these requests it is.
        id: u32,
        /// Slice index.
        slice: usize,
        /// Row of the voxel.
        row: usize,
        /// Column of the voxel.
        col: usize,
        /// How far, in mm.
        reach_mm: f32,
    },
    /// Segment slices; each answered by `Segmented` (and those that look different once their
    /// neighbours are known, again), all by `Finished`, `Cancelled` or `RunFailed`.
    Segment {
        /// Chosen by the page; comes back in the answers.
        run: u32,
        /// Slices in the order wanted.
        slices: Vec<usize>,
        /// What to do.
        settings: Settings,
    },
    /// Postprocess again, with other settings: `Segmented` for every slice done, then `Finished`.
    Refine {
        /// Chosen by the page.
        run: u32,
        /// The new postprocessing.
        postprocess: Postprocess,
    },
    /// Compare what is there with the reference mask. Answered like `Refine`.
    Compare {
        /// Chosen by the page.
        run: u32,
    },
    /// Take findings out of the result, put them back, confirm them or no longer, as the reader's
    /// own decision: `Segmented` for every slice that changed, then `Finished`.
    Judge {
        /// Chosen by the page.
        run: u32,
        /// What is said of them.
        judgement: Judgement,
        /// Slice, and place in that slice's findings, or in what is rejected on it.
        findings: Vec<(usize, usize)>,
    },
    /// Make an area that the reader has drawn tumour, or none: `Segmented` for the slice, then
    /// `Finished`.
    Correct {
        /// Chosen by the page.
        run: u32,
        /// Slice index.
        slice: usize,
        /// Corners of the line around it as (row, col), where pixel 0 covers 0…1.
        outline: Vec<(f32, f32)>,
        /// Tumour, or none.
        is_tumour: bool,
    },
    /// Take the last correction of a slice back. Answered like `Correct`.
    Undo {
        /// Chosen by the page.
        run: u32,
        /// Slice index.
        slice: usize,
    },
    /// Compute the open scan's keyed digest. Answered by `Digest`.
    Digest {
        /// The account's key, hex.
        key: String,
    },
    /// Put a saved analysis back on the open scan, or several of different slices: each buffer is
    /// the content of one ([`crate::saved::content`]). Answered like `Segment`.
    Restore {
        /// Chosen by the page.
        run: u32,
        /// The reader's word for how large pixels are, by which it was measured, as in `Calibrate`;
        /// it holds whatever comes of the rest.
        pixel_mm: Option<f32>,
    },
    /// Take the reader's word for how large the pixels of the open scan are, of which its file says
    /// nothing, and measure by that what was found. Answered like `Refine`: sizes are by it once
    /// that is finished.
    Calibrate {
        /// Chosen by the page.
        run: u32,
        /// Edge of a pixel, mm; `None` takes it back.
        pixel_mm: Option<f32>,
    },
    /// Measure a network on this machine. Answered by `Benched` or `Failed`.
    Bench {
        /// What to measure.
        case: Case,
        /// Warm runs.
        runs: usize,
    },
    /// Stop the running job after the current step of the network's plan; give up opening scans
    /// that were asked for, while a part of the program is awaited for it.
    Cancel,
    /// Make a file of the results. Answered by `Exported`.
    Export {
        /// What kind of file.
        kind: ExportKind,
        /// Lines and ellipses measured by hand, which findings as files hold, too: a list of
        /// [`Calliper`](crate::calliper::Calliper) as JSON, so that only the part of the worker
        /// that makes files need know them. Empty without any.
        #[serde(default)]
        lines: String,
        /// Day of the examination, `YYYY-MM-DD`, which a table holds; empty if it is not known.
        #[serde(default)]
        examined_on: String,
    },
}

impl Request {
    /// The run that it asks for.
    fn run(&self) -> Option<u32> {
        match self {
            Self::Segment { run, .. }
            | Self::Refine { run, .. }
            | Self::Compare { run }
            | Self::Judge { run, .. }
            | Self::Correct { run, .. }
            | Self::Undo { run, .. }
            | Self::Calibrate { run, .. }
            | Self::Restore { run, .. } => Some(*run),
            _ => None,
        }
    }

    /// What tells the page that this request failed, whatever else it has asked for meanwhile.
    pub fn refused(&self) -> impl FnOnce(Failure) -> Event + use<> {
        let run = self.run();
        let told = match self {
            Self::Open { .. } => Event::NotOpened,
            Self::OpenReference { .. } => Event::ReferenceNotOpened,
            _ => Event::Failed,
        };
        move |failure| match run {
            Some(run) => Event::RunFailed { run, failure },
            None => told(failure),
        }
    }
}

/// Files the user can download.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportKind {
    /// Final mask of all slices with the numbers of the lesions, `.nii`, in the scan's own
    /// geometry.
    MaskNifti,
    /// Lung field of all slices in the same way.
    LungNifti,
    /// Lesions as a DICOM Segmentation, of scans with
    /// [`VolumeInfo::has_series`](super::VolumeInfo::has_series).
    MaskDicom,
    /// The same lesions as contours of a DICOM RT Structure Set, of the same scans.
    ContoursDicom,
    /// What was measured of them as a DICOM Structured Report, of the same scans. It refers to the
    /// segments of a Segmentation, which is sent before it.
    ReportDicom,
    /// Findings, measurements, settings and adapter as JSON.
    FindingsJson,
    /// Findings as CSV.
    FindingsCsv,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_opened_with_a_choice_of_series_and_without() {
        let of = |text: &str| serde_json::from_str::<Request>(text).ok();
        let open = |series| {
            Some(Request::Open {
                names: vec!["a".to_owned()],
                series,
            })
        };
        assert_eq!(of(r#"{"open":{"names":["a"]}}"#), open(None));
        assert_eq!(of(r#"{"open":{"names":["a"],"series":2}}"#), open(Some(2)));
        assert_eq!(of(r#"{"open":{"names":["a"],"series":-1}}"#), None);
    }

    #[test]
    fn a_failure_says_what_failed() {
        let failure = || Failure {
            cause: "This is a text file.".to_owned(),
            way_out: "Choose another.".to_owned(),
        };
        let told = |request: Request| request.refused()(failure());
        let names = Vec::new;
        assert_eq!(
            told(Request::Open {
                names: names(),
                series: None
            }),
            Event::NotOpened(failure())
        );
        assert_eq!(
            told(Request::OpenReference { names: names() }),
            Event::ReferenceNotOpened(failure())
        );
        let of_run = Event::RunFailed {
            run: 7,
            failure: failure(),
        };
        assert_eq!(told(Request::Compare { run: 7 }), of_run);
        let pixel_mm = None;
        assert_eq!(told(Request::Restore { run: 7, pixel_mm }), of_run);
        assert_eq!(told(Request::Calibrate { run: 7, pixel_mm }), of_run);
        assert_eq!(told(Request::Show { slice: 7 }), Event::Failed(failure()));
    }
}
