//! Files of the results for the user to keep.

use super::channel;
use super::session::Session;
use crate::open::mask_to_nifti;
use crate::protocol::{Event, ExportKind, Failure};
use crate::report;

/// Make the file and send it to the page.
pub(super) fn export(session: &mut Session, kind: ExportKind) -> Result<(), Failure> {
    let (name, mime, bytes) = match kind {
        ExportKind::MaskNifti => (
            "tumour-mask.nii",
            "application/octet-stream",
            nifti(session)?,
        ),
        ExportKind::FindingsJson => {
            let summary = session.summary()?;
            let (engine, settings) = session.maker().unzip();
            let (scan, analyses) = (session.scan()?, &session.analyses);
            let json = report::to_json(engine, settings, scan, analyses, &summary);
            ("findings.json", "application/json", json.into_bytes())
        }
        ExportKind::FindingsCsv => {
            let summary = session.summary()?;
            let csv = report::to_csv(session.scan()?, &session.analyses, &summary);
            ("findings.csv", "text/csv", csv.into_bytes())
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

fn nifti(session: &Session) -> Result<Vec<u8>, Failure> {
    let volume = session.scan()?;
    let masks: Vec<_> = (0..volume.slices())
        .map(|slice| session.analyses.get(&slice).map(|a| a.refined.clone()))
        .collect();
    Ok(mask_to_nifti(volume, &masks))
}
