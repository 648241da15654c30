//! Lesions of DICOM scans as DICOM objects, to the byte as files that other programs have read.
//!
//! `tests/fixtures/dicom_seg` holds the scans (`make.py`), the files that must come out
//! (`expected`), and the scripts that held those against the scans with pydicom and others
//! (`check.py`, `check_structure_set.py`, `check_report.py`).
#![cfg(all(feature = "open", feature = "analysis", feature = "engine"))]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot make its example shall fail"
)]

#[macro_use]
mod example;
mod measurement_report;
mod seg;
mod structure_set;
