//! Files of the results for the user to keep.

use super::workspace::Workspace;
use super::{channel, failure, stamp};
use crate::calliper::Calliper;
use crate::dicom_seg::to_dicom_seg;
use crate::json;
use crate::open::{lesions_to_nifti, mask_to_nifti};
use crate::pipeline::marked;
use crate::protocol::{Event, ExportKind, Failure};
use crate::report::{MadeWith, Report, to_csv, to_json};

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
        ExportKind::MaskDicom => {
            let file = stamp::now()
                .ok_or("This browser gives no random numbers to name the file by.".to_owned())
                .and_then(|stamp| {
                    let engine = match made_with.as_slice() {
                        [all] => all.engine,
                        _ => None,
                    };
                    to_dicom_seg(scan, analyses, &summary.lesions, engine, &stamp)
                        .map_err(|error| error.to_string())
                })
                .map_err(|cause| failure(cause, "Export the findings or the NIfTI mask."))?;
            ("tumour-mask.dcm", "application/dicom", file)
        }
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
    channel::send_with(
        &Event::Exported {
            name: name.to_owned(),
            mime: mime.to_owned(),
        },
        &[&bytes],
    );
    Ok(())
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
