//! What the user can choose about an analysis.

use serde::{Deserialize, Serialize};

use crate::network::Architecture;

/// Noise reduction before the network (paper §III, §V.B).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Denoise {
    /// The slice as it is.
    #[default]
    None,
    /// 3×3 median.
    Median,
    /// Gaussian, σ = 0.8 network pixels.
    Gaussian,
}

impl Denoise {
    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Median => "Median",
            Self::Gaussian => "Gaussian",
        }
    }
}

/// Whether a number is 0. Such a one is left out of what is saved, so that documents from before it
/// was kept stay what they are.
pub(crate) fn is_off<N: Default + PartialEq>(number: &N) -> bool {
    *number == N::default()
}

/// How the raw mask becomes the final one (paper §V.D).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Postprocess {
    /// Pixels with at least this probability belong to the tumour, 0…1.
    pub threshold: f32,
    /// Small regions (see `final_mask`) whose highest probability is lower are dropped, 0…1;
    /// 0 = off. Analyses saved before there was such a limit have none.
    #[serde(default, skip_serializing_if = "is_off")]
    pub least_peak: f32,
    /// Radius of the opening that removes specks and spurs, in mm; 0 = off.
    pub opening_mm: f32,
    /// Radius of the closing that bridges gaps, in mm; 0 = off.
    pub closing_mm: f32,
    /// Fill holes.
    pub fill_holes: bool,
    /// Components below this area are dropped, in mm².
    pub min_area_mm2: f32,
    /// Smooth the boundary.
    pub smooth: bool,
}

impl Default for Postprocess {
    fn default() -> Self {
        Self {
            threshold: 0.5,
            least_peak: 0.0,
            opening_mm: 0.0,
            closing_mm: 0.8,
            fill_holes: true,
            min_area_mm2: 2.0,
            smooth: true,
        }
    }
}

impl Postprocess {
    /// With what was chosen for a network on validation data, see `Weights::postprocess`.
    pub fn advised(threshold: f32, least_peak: f32) -> Self {
        Self {
            threshold,
            least_peak,
            ..Self::default()
        }
    }
}

/// One analysis.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Which network runs.
    pub architecture: Architecture,
    /// Noise reduction.
    pub denoise: Denoise,
    /// Postprocessing.
    pub postprocess: Postprocess,
}
