//! Which networks there are, and the settings that the burn networks (`crate::net`), the engine's
//! plan (`crate::engine`) and the weight files share. Each builds its graph by itself; tests hold
//! these together.

use serde::{Deserialize, Serialize};

/// Edge length of the pixels that the networks were trained on, in millimetres.
/// Every slice is resampled to it, so that a nodule has the same size in pixels
/// whatever the scanner's field of view.
pub const NETWORK_PIXEL_MM: f32 = 0.75;

/// Lower and upper end of the HU window that is scaled to the network's input −1…1.
pub const HU_WINDOW: (f32, f32) = (-1000.0, 400.0);

/// The two architectures of the paper ("the method as a whole" in `CREDITS.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Architecture {
    /// U-Net (Ronneberger et al. 2015).
    Unet,
    /// U-Net++ (Zhou et al. 2018) with attention gates (Oktay et al. 2018).
    Unetpp,
}

impl Architecture {
    /// Both, in the order they are offered.
    pub const ALL: [Self; 2] = [Self::Unet, Self::Unetpp];

    /// The short name used in file names, on the command line and in URLs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Unet => "unet",
            Self::Unetpp => "unetpp",
        }
    }

    /// The name shown to people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Unet => "U-Net",
            Self::Unetpp => "U-Net++",
        }
    }
}

impl std::str::FromStr for Architecture {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|a| a.id() == text)
            .ok_or_else(|| format!("unknown network \"{text}\": choose unet or unetpp"))
    }
}

/// Size and parts of one network.
///
/// Level `i` (0 is full resolution, `depth` the bottleneck) has `width · 2^i`
/// channels. Node `X[i][j]` is the double convolution at level `i`, column `j`;
/// U-Net uses `X[i][0]` (encoder) and `X[i][1]` (decoder) only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkConfig {
    /// Which architecture.
    pub architecture: Architecture,
    /// Channels at full resolution.
    pub width: usize,
    /// Number of 2×2 poolings.
    pub depth: usize,
    /// Attention gates on the skips (U-Net++).
    pub attention: bool,
    /// One head per `X[0][1..=depth]` instead of one in all (U-Net++).
    pub deep_supervision: bool,
}

impl NetworkConfig {
    /// The network of the published weights: everything that the paper gives it.
    pub fn published(architecture: Architecture) -> Self {
        let is_nested = architecture == Architecture::Unetpp;
        Self {
            architecture,
            width: 16,
            depth: 4,
            attention: is_nested,
            deep_supervision: is_nested,
        }
    }

    /// Channels at `level`.
    pub fn channels(&self, level: usize) -> usize {
        self.width << level
    }

    /// Rows and columns of an input must be multiples of this many pixels.
    pub fn stride(&self) -> usize {
        1 << self.depth
    }
}
