//! Scans and marks of readers, out of files.

use std::rc::Rc;

use super::Workspace;
use super::shown::SHOWN;
use crate::digest::digest;
use crate::identity;
use crate::mask::Mask;
use crate::open::{self, NamedFile, Opened};
use crate::protocol::{Event, Failure, Stage, VolumeInfo};
use crate::volume::{Intensity, Volume, usual_levels};
use crate::web::{channel, text};

/// Of the middle slice; a picture of 8 bits is as it was made to be seen.
fn first_levels(volume: &Volume) -> Option<(i16, i16)> {
    match volume.intensity {
        Intensity::Grey { max: 256.. } => usual_levels(volume.slice(volume.slices() / 2)?),
        _ => None,
    }
}

impl Workspace {
    /// Puts the scan of these files in the place of what was open, and tells the page what it is.
    pub(in crate::web) fn open(
        &mut self,
        files: Vec<NamedFile>,
        series: Option<usize>,
    ) -> Result<(), Failure> {
        let Opened {
            volume,
            stated,
            series,
            chosen,
        } = open::open_series(files, series, &mut |done, total| {
            channel::send(&Event::Progress {
                stage: Stage::Reading,
                done: done as u64,
                total: total as u64,
            });
        })?;
        channel::send(&Event::Opened(VolumeInfo {
            rows: volume.rows,
            cols: volume.cols,
            slices: volume.slices(),
            intensity: volume.intensity,
            first_levels: first_levels(&volume),
            spacing: volume.spacing,
            is_calibrated: false,
            slice_spacing_mm: volume.slice_spacing_mm,
            is_stack: volume.is_stack(),
            slice_positions_mm: volume.slice_positions_mm.clone(),
            instance_numbers: volume.instance_numbers.clone(),
            is_oriented: volume.is_oriented,
            gaps: volume.gaps(),
            has_series: volume.dicom.is_some(),
            identity: identity::read(&stated, &text::decode).lines(),
            patient: series.get(chosen).and_then(|it| it.patient),
            series: series
                .iter()
                .map(|it| identity::words_of_series(it, &text::decode))
                .collect(),
            chosen_series: chosen,
            series_number: series.get(chosen).and_then(|it| it.number),
            format: volume.format.clone(),
            notes: volume.notes.clone(),
        }));
        let volume = Rc::new(volume);
        SHOWN.set(Some(Rc::clone(&volume)));
        self.volume = Some(volume);
        self.reference = None;
        self.analyses.clear();
        self.made_with.clear();
        Ok(())
    }

    /// Takes the marks of a reader for the open scan.
    pub(in crate::web) fn open_reference(&mut self, files: Vec<NamedFile>) -> Result<(), Failure> {
        let open::Reference { masks, apart_mm } = open::open_reference(files, self.scan()?)?;
        channel::send(&Event::ReferenceOpened {
            pixels: masks.iter().map(Mask::area_px).sum(),
            apart_mm,
        });
        self.reference = Some(masks);
        Ok(())
    }

    /// Tells the page how an account knows the open scan again.
    pub(in crate::web) fn digest(&self, key: String) -> Result<(), Failure> {
        let digest = digest(&key, self.scan()?);
        channel::send(&Event::Digest { key, digest });
        Ok(())
    }
}
