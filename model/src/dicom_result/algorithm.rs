//! How a lesion came about, and what kind it is of.

use super::Marked;
use super::code::{self, Code};
use super::text::line;
use crate::finding::{Lesion, is_mass};
use crate::pipeline::SliceAnalysis;

/// What found the lesions.
#[derive(Debug, Clone)]
pub(super) struct Algorithm {
    /// `AUTOMATIC`, or `SEMIAUTOMATIC` where a person had a hand in it.
    kind: &'static str,
    name: String,
}

impl Algorithm {
    /// Slices may have been computed by different engines. Rejecting findings and correcting
    /// outlines decides what is part of a lesion and what is none, which is "user assistance" in
    /// the words of the standard.
    pub(super) fn of(marked: &Marked<'_>) -> Self {
        let network = marked.engine.map_or_else(
            || "several networks".to_owned(),
            |it| format!("{} {}", it.architecture.title(), it.weights_version),
        );
        let is_judged = |it: &SliceAnalysis| !it.rejected.is_empty() || it.is_corrected();
        Self {
            kind: if marked.analyses.values().any(is_judged) {
                "SEMIAUTOMATIC"
            } else {
                "AUTOMATIC"
            },
            name: line(&format!("NeuroCare AI, {network}")),
        }
    }

    /// How a lesion came about, in the standard's word, and by what. One that is drawn owes nothing
    /// to a network.
    pub(super) fn behind(&self, lesion: &Lesion) -> (&'static str, Option<&str>) {
        if lesion.is_drawn() {
            ("MANUAL", None)
        } else {
            (self.kind, Some(&self.name))
        }
    }
}

/// A lesion's name, that of the page.
pub(super) fn name(lesion: &Lesion) -> String {
    format!("Lesion {}", lesion.number)
}

/// Nodule or mass.
pub(super) fn kind(lesion: &Lesion) -> Code {
    if lesion.longest_mm.is_some_and(is_mass) {
        code::MASS
    } else {
        code::NODULE
    }
}
