//! What a folder is scored to.

use anyhow::{Error, Result};
use model::train::calibrate::judged::Judged;

use crate::evaluate::calibration::Calibration;
use crate::evaluate::froc::Froc;
use crate::evaluate::nodules::OfNodule;
use crate::evaluate::overlay::Example;
use crate::evaluate::scored::Scored;
use crate::evaluate::volumes::Voxels;

/// Everything that reports, tables and plots are made of.
#[derive(Default)]
pub(crate) struct Results {
    pub(crate) scored: Vec<Scored>,
    pub(crate) calibration: Calibration,
    /// Regions of final masks, by how they were judged.
    pub(crate) judged: Vec<(&'static str, Vec<Judged>)>,
    /// The crops of the sheet.
    pub(crate) examples: Vec<Example>,
    /// The whole slices of the sheet, by its rows.
    pub(crate) slices: [Vec<Example>; 2],
    /// Nodules, each all its slices together.
    pub(crate) nodules: Vec<OfNodule>,
    /// Of volumes.
    pub(crate) volumes: Vec<Voxels>,
    /// Of whole slices.
    pub(crate) froc: Option<Froc>,
    /// Why others could not be scored.
    pub(crate) unscored: Vec<Error>,
}

impl Results {
    /// What comes of one image; the reason is kept where nothing does, and the others go on.
    pub(crate) fn kept<T>(&mut self, of: Result<T>) -> Option<T> {
        match of {
            Ok(found) => Some(found),
            Err(error) => {
                self.unscored.push(error);
                None
            }
        }
    }

    /// The results, if there are any.
    ///
    /// # Errors
    /// Nothing could be scored: why the first image could not.
    pub(crate) fn of_any(mut self) -> Result<Self> {
        if self.scored.is_empty() && !self.unscored.is_empty() {
            return Err(self.unscored.swap_remove(0));
        }
        Ok(self)
    }
}
