//! From a slice to measured findings, without the network itself: everything the
//! paper ("the method as a whole" in `CREDITS.md`) calls preprocessing (§III, §V.B) and
//! postprocessing (§V.D).
//!
//! ```text
//! SliceView ── lung_field ──► Mask (slice grid)
//!     │                        │
//!     └──── prepare ◄──────────┤      NetworkInput (network grid, −1…1)
//!                              │            │ the network
//!           probability_on_slice ◄──────────┘  (again at half the resolution: mass)
//!                  │
//!     raw_mask ► final_mask ► findings ► link ► Lesion
//! ```
//!
//! Two grids occur: the *slice grid* of the file and the *network grid*, whose pixels are
//! [`NETWORK_PIXEL_MM`] wide. Positions are (row, col) of pixel centres on both. The module is
//! pure: no clock, no threads, no platform.

pub mod component;
pub mod denoise;
pub mod diameter;
pub mod distance;
pub mod evidence;
mod group;
pub mod histogram;
pub mod lesion;
pub mod lung_field;
pub mod mass;
pub mod measure;
pub mod morphology;
pub mod postprocess;
pub mod preprocess;
pub mod region;
pub mod resample;
pub mod side;
pub mod smooth;
pub mod surface;

pub use evidence::Beside;
pub use histogram::histogram;
pub use lesion::{AnalysedSlice, VolumeGeometry, link};
pub use lung_field::{lung_field, shows_whole_body};
pub use measure::findings;
pub use postprocess::{final_mask, raw_mask};
pub use preprocess::{NetworkInput, prepare};

use crate::network::NETWORK_PIXEL_MM;
use crate::volume::{Intensity, PixelSpacing, Volume};

/// Pixel size assumed where a file does not tell, in mm: the network's own.
pub(crate) const UNKNOWN_SPACING: PixelSpacing = PixelSpacing::square(NETWORK_PIXEL_MM);

/// One slice as the analysis sees it.
#[derive(Debug, Clone, Copy)]
pub struct SliceView<'a> {
    /// `rows × cols` values, row-major.
    pub values: &'a [i16],
    /// Height in pixels.
    pub rows: usize,
    /// Width in pixels.
    pub cols: usize,
    /// What the values mean.
    pub intensity: Intensity,
    /// Pixel spacing, if known.
    pub spacing: Option<PixelSpacing>,
}

impl<'a> SliceView<'a> {
    /// Slice `index` of a volume; `None` past the end.
    pub fn of(volume: &'a Volume, index: usize) -> Option<Self> {
        Some(Self {
            values: volume.slice(index)?,
            rows: volume.rows,
            cols: volume.cols,
            intensity: volume.intensity,
            spacing: volume.spacing,
        })
    }
}
