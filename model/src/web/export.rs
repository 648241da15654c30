//! Files of the results for the user to keep.

use super::workspace::Workspace;
use super::{channel, failure, stamp};
use crate::calliper::Calliper;
use crate::dicom_result::{
    Marked, NoObject, Stamp, to_dicom_seg, to_measurement_report, to_structure_set,
};
use crate::json;
use crate::nifti_mask::{lesions_to_nifti, mask_to_nifti};
use crate::pipeline::marked;
use crate::protocol::{Event, ExportKind, Failure};
use crate::report::{MadeWith, Report, to_csv, to_json};

const DICOM: &str = "application/dicom";
const MASK: &str = "tumour-mask.dcm";

/// Make the file and send it to the page.
pub(super) fn export(
    workspace: &mut Workspace,
    kind: ExportKind,
    lines: &str,
    examined_on: &str,
) -> Result<(), Failure> {
    let summary = workspace.summary()?;
    let made_with = MadeWith::of_slices(&workspace.made_with);
    let (scan, analyses) = (workspace.scan()?, &workspace.analyses);
    let marked_lesions = Marked {
        volume: scan,
        analyses,
        lesions: &summary.lesions,
        engine: match made_with.as_slice() {
            [all] => all.engine,
            _ => None,
        },
    };
    let (name, mime, bytes) = match kind {
        ExportKind::MaskNifti => {
            let file = lesions_to_nifti(scan, &marked(analyses))?;
            ("tumour-mask.nii", "application/octet-stream", file)
        }
        ExportKind::LungNifti => {
            let mask = |slice| analyses.get(&slice)?.field.as_ref();
            let masks: Vec<_> = (0..scan.slices()).map(mask).collect();
            let file = mask_to_nifti(scan, &masks)?;
            ("lung-mask.nii", "application/octet-stream", file)
        }
        ExportKind::MaskDicom => (MASK, DICOM, object(&marked_lesions, to_dicom_seg)?),
        ExportKind::ContoursDicom => {
            let file = object(&marked_lesions, to_structure_set)?;
            ("tumour-contours.dcm", DICOM, file)
        }
        ExportKind::ReportDicom => ("measurements.dcm", DICOM, report(&marked_lesions)?),
        ExportKind::FindingsJson | ExportKind::FindingsCsv => {
            let lines = read_lines(lines)?;
            let report = Report::of_scan(made_with, scan, analyses, &summary, &lines, examined_on);
            if kind == ExportKind::FindingsJson {
                let json = to_json(&report).into_bytes();
                ("findings.json", "application/json", json)
            } else {
                ("findings.csv", "text/csv", to_csv(&report).into_bytes())
            }
        }
    };
    send(name, mime, &bytes);
    Ok(())
}

fn send(name: &str, mime: &str, bytes: &[u8]) {
    channel::send_with(
        &Event::Exported {
            name: name.to_owned(),
            mime: mime.to_owned(),
        },
        &[bytes],
    );
}

/// What makes an object of the lesions.
type Write = fn(&Marked<'_>, &Stamp) -> Result<Vec<u8>, NoObject>;

/// One, made now.
fn object(marked: &Marked<'_>, write: Write) -> Result<Vec<u8>, Failure> {
    stamped(|stamp| write(marked, stamp))
}

/// The report, and the Segmentation that it refers to, which is sent before.
fn report(marked: &Marked<'_>) -> Result<Vec<u8>, Failure> {
    let segmentation = stamped(|stamp| {
        send(MASK, DICOM, &to_dicom_seg(marked, stamp)?);
        Ok(stamp.clone())
    })?;
    stamped(|stamp| to_measurement_report(marked, stamp, &segmentation))
}

fn stamped<T>(make: impl FnOnce(&Stamp) -> Result<T, NoObject>) -> Result<T, Failure> {
    stamp::now()
        .ok_or("This browser gives no random numbers to name the file by.".to_owned())
        .and_then(|stamp| make(&stamp).map_err(|error| error.to_string()))
        .map_err(|cause| failure(cause, "Export the findings or the NIfTI mask."))
}

/// What the page sends of what was measured by hand.
fn read_lines(json: &str) -> Result<Vec<Calliper>, Failure> {
    if json.is_empty() {
        return Ok(Vec::new());
    }
    json::read(json).map_err(|_| {
        failure(
            "What was measured by hand could not be read.",
            "Reload the page.",
        )
    })
}
