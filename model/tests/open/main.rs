//! Opening files: every format to the same voxels, every bad file to a clear error.
//!
//! The files and what must come out of them are made by `make.py`, `make_grids.py` and
//! `make_jpeg_ls.py` in `tests/fixtures/open`.
#![cfg(feature = "open")]
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test ends at the first surprise"
)]

mod bomb;
mod damage;
mod export;
mod fixture;
mod grids;
mod intensity;
mod jpeg_ls;
mod large;
mod left_out;
mod nifti;
mod not_a_scan;
mod nrrd;
mod numbers;
mod orientation;
mod pair;
mod passes;
mod picture;
mod projection;
mod reconstruction;
mod reference;
mod refusal;
mod series;
mod slices;
mod transfer_syntax;
mod turned;
