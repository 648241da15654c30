//! What is saved of an analysis: everything that was found, nothing of the image.

use std::collections::BTreeMap;

use model::calliper::Calliper;
use model::finding::Finding;
use model::protocol::{EngineInfo, SliceResult, Summary, VolumeInfo};
use model::saved::lesion::{LungBox, saved_lesions, slices_tell_heights};
use model::saved::{Saved, SavedSlice, VERSION, content, limit, runs};
use serde::{Deserialize, Serialize};

use crate::api::ApiError;
use crate::api::history::Entry;
use crate::clock::today;
use crate::engine::state::{Desk, MadeWith};
use crate::form::{Day, check_label};
use crate::viewer::pixels::Pixels;

/// What the user says about an analysis.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caption {
    /// Patient label.
    pub label: String,
    /// Day of the examination.
    pub day: String,
}

impl Caption {
    /// What the open scan was saved under; else the day that its file says.
    pub fn of(desk: &Desk) -> Self {
        desk.open.caption.clone().unwrap_or_else(|| {
            let scan = desk.open.scan.as_ref();
            let day = scan.and_then(VolumeInfo::examined_on).unwrap_or_default();
            Self {
                day: day.to_owned(),
                ..Self::default()
            }
        })
    }

    /// As it is saved.
    ///
    /// # Errors
    /// A field that cannot be taken.
    pub fn checked(&self) -> Result<Self, ApiError> {
        Ok(Self {
            label: check_label(&self.label)?,
            day: self.day.parse::<Day>()?.until(today())?.to_string(),
        })
    }
}

impl From<&Entry> for Caption {
    /// What a saved analysis is called now: label and day may have been corrected since it was
    /// saved.
    fn from(entry: &Entry) -> Self {
        Self {
            label: entry.label.clone(),
            day: entry.examined_on.clone(),
        }
    }
}

/// Why the open scan has nothing to save in the account with this image key; `None` if it has.
pub fn obstacle(desk: &Desk, key: &str) -> Option<&'static str> {
    if desk.open.results.is_empty() || desk.open.summary.is_none() {
        let why_adrift = desk.why_adrift();
        why_adrift.or(Some("Segment a slice or the series first."))
    } else if !desk.may_go_to(key) {
        Some(
            "These results were made in another account. Open the scan again to segment and save it in yours.",
        )
    } else {
        None
    }
}

/// Why the slices cannot be saved as one. While a job runs they come one by one, and are alike
/// again at its end.
pub fn discord(desk: &Desk) -> Option<&'static str> {
    (desk.run.is_none() && desk.made_with().is_none()).then_some(
        "The slices were segmented with different settings or hardware. Segment the series again to save it as a whole.",
    )
}

/// The content of the document ([`model::saved::content`]) for the account with this image key.
///
/// # Errors
/// A sentence for the user.
pub fn content(
    desk: &Desk,
    pixels: &Pixels,
    lines: &[Calliper],
    caption: &Caption,
    key: &str,
) -> Result<Vec<u8>, String> {
    let caption = caption.checked().map_err(|error| error.to_string())?;
    if let Some(obstacle) = obstacle(desk, key).or_else(|| discord(desk)) {
        return Err(obstacle.to_owned());
    }
    if desk.run.is_some() {
        return Err("Wait until the segmentation is done, then save.".to_owned());
    }
    // A digest may still be that of the account before.
    let digest = desk.open.digest.as_ref().filter(|digest| digest.key == key);
    let (Some(scan), Some(summary), Some(digest), Some(made_with)) = (
        &desk.open.scan,
        &desk.open.summary,
        digest,
        desk.made_with(),
    ) else {
        return Err(
            "The scan is still being prepared for saving. Try again in a moment.".to_owned(),
        );
    };
    let summary = Summary {
        findings: findings(&desk.open.results),
        ..summary.clone()
    };
    let words = Words {
        caption,
        digest: digest.digest.clone(),
        lines: drawn(lines),
    };
    lay_out(&desk.open.results, pixels, scan, made_with, summary, words)
}

/// Those results on the desk that were made with this, as a worker puts them back on their scan. It
/// reads masks and findings; this document is stored nowhere and is nobody's.
///
/// # Errors
/// A sentence for the user.
pub fn to_put_back(desk: &Desk, pixels: &Pixels, made_with: &MadeWith) -> Result<Vec<u8>, String> {
    let Some(scan) = &desk.open.scan else {
        return Err("There is nothing to put back.".to_owned());
    };
    let results = desk.alike(made_with);
    let before = desk.open.summary.as_ref();
    let summary = Summary {
        findings: findings(&results),
        // Which of them are confirmed.
        lesions: before.map_or_else(Vec::new, |it| it.lesions.clone()),
        ..Summary::default()
    };
    let words = Words {
        digest: "0".repeat(64),
        ..Words::default()
    };
    lay_out(&results, pixels, scan, made_with, summary, words)
}

/// What a document has that is not found on the scan.
#[derive(Default)]
struct Words {
    caption: Caption,
    digest: String,
    lines: Vec<Calliper>,
}

type Results = BTreeMap<usize, SliceResult>;

fn findings(results: &Results) -> Vec<Finding> {
    let results = results.values();
    results.flat_map(|r| r.findings.iter().cloned()).collect()
}

fn lay_out(
    results: &Results,
    pixels: &Pixels,
    scan: &VolumeInfo,
    made_with: &MadeWith,
    summary: Summary,
    words: Words,
) -> Result<Vec<u8>, String> {
    let maps = || {
        let slices = results.keys();
        slices.map(|&slice| (slice, pixels.labels(slice)))
    };
    let lung = LungBox::around(maps(), scan.cols, scan.slices);
    let MadeWith { engine, settings } = made_with.clone();
    let slices = results.values().map(|r| SavedSlice {
        slice: r.slice,
        lung_px: r.lung_px,
        histogram: r.histogram,
        total_ms: r.total_ms,
        network_ms: r.network_ms,
        is_corrected: r.is_corrected,
    });
    let saved = Saved {
        version: VERSION,
        label: words.caption.label,
        examined_on: words.caption.day,
        digest: words.digest,
        rows: scan.rows,
        cols: scan.cols,
        scan_slices: scan.slices,
        intensity: scan.intensity,
        spacing: scan.spacing,
        is_calibrated: scan.is_calibrated,
        slice_spacing_mm: scan.slice_spacing_mm,
        gaps: scan.gaps.clone(),
        is_head_unknown: !scan.is_oriented,
        instance_numbers: scan.instance_numbers.clone(),
        series_number: scan.series_number,
        engine: shortened(engine),
        settings,
        slices: slices.collect(),
        rejected: results
            .values()
            .flat_map(|r| r.rejected.iter().cloned())
            .collect(),
        lines: words.lines,
        lesions: saved_lesions(
            &summary,
            lung.map(|lung| {
                lung.with_heights(scan.is_oriented && slices_tell_heights(&scan.gaps, scan.slices))
            }),
        ),
        summary,
    };
    let masks: Vec<Vec<u8>> = maps().map(|(_, labels)| runs::encode(labels)).collect();
    content::lay_out(&saved, &masks).map_err(|error| format!("It cannot be saved: {error}."))
}

/// Lines and ellipses with two ends, as many as are kept, without second axes that have one.
pub fn drawn(lines: &[Calliper]) -> Vec<Calliper> {
    let mut drawn: Vec<Calliper> = lines.iter().map(|line| line.settled()).collect();
    drawn.retain(|line| !line.is_begun_only());
    drawn.truncate(limit::LINES);
    drawn
}

/// Texts of drivers can be of any length.
fn shortened(mut engine: EngineInfo) -> EngineInfo {
    let texts = [&mut engine.adapter, &mut engine.weights_version]
        .into_iter()
        .chain(&mut engine.reason);
    for text in texts {
        text.truncate(text.floor_char_boundary(limit::TEXT_BYTES));
    }
    engine
}

#[cfg(test)]
mod tests;
