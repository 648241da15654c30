//! The analysis against SciPy, scikit-image and Pillow (`fixtures/analysis/make.py`), on
//! real LIDC-IDRI slices, and on phantoms whose answer is known.

#![cfg(feature = "analysis")]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its fixture shall fail"
)]

#[path = "analysis/field.rs"]
mod field;
#[path = "analysis/finding.rs"]
mod finding;
#[path = "analysis/grid.rs"]
mod grid;
#[path = "analysis/mass.rs"]
mod mass;
#[path = "analysis/oracle.rs"]
mod oracle;
#[path = "analysis/postprocess.rs"]
mod postprocess;
#[cfg(feature = "engine")]
#[path = "analysis/section.rs"]
mod section;
