//! Which convolution a GPU gets, and how large its workgroups are.
//!
//! Decided from what the adapter says about itself, not by trying: trying costs every user
//! seconds at every start, for what is known beforehand.

/// How the 3×3 convolutions are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConvKernel {
    /// `conv_direct.wgsl`: everything in registers.
    Direct,
    /// `conv_tiled.wgsl`: through workgroup memory.
    Tiled,
}

impl ConvKernel {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Direct, Self::Tiled];

    /// Workgroup memory of an emulated GPU is ordinary memory and its barriers cost more
    /// than they save; on a real one they are what the convolution lives on.
    pub(super) fn for_adapter(is_software: bool) -> Self {
        if is_software {
            Self::Direct
        } else {
            Self::Tiled
        }
    }
}

impl std::str::FromStr for ConvKernel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "direct" => Ok(Self::Direct),
            "tiled" => Ok(Self::Tiled),
            _ => Err(format!("unknown kernel \"{text}\": choose direct or tiled")),
        }
    }
}

/// In what the GPU computes.
///
/// f16 is not for everything: the slice itself is always f32, because its rounding alone would do
/// more to the logits than all later ones together, and so are sums near full resolution
/// (`sums_halves`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// f32.
    Single,
    /// Images and gates lie in memory as f16, and are computed with in f32: half the memory to
    /// hold, read and write. For comparison.
    Stored,
    /// The same, and f16 also where coarse planes are convolved: twice the speed there on GPUs that
    /// compute two halves at once.
    Half,
}

impl Precision {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Single, Self::Stored, Self::Half];

    /// An emulated GPU converts halves one by one and has no memory of its own to spare.
    pub(super) fn for_adapter(is_software: bool, has_halves: bool) -> Self {
        if has_halves && !is_software {
            Self::Half
        } else {
            Self::Single
        }
    }

    /// Bytes of a number.
    pub(in crate::engine) fn bytes(self) -> usize {
        match self {
            Self::Single => 4,
            Self::Stored | Self::Half => 2,
        }
    }

    /// Whether products and their sums are f16 at a level of the network.
    ///
    /// From level 2 on, where half of the work of a U-Net is, that adds next to nothing to what
    /// storing f16 does to the logits, in the mean; on all levels it adds two fifths of it
    /// (`tests/fixtures/engine/half_arithmetic.py`). The U-Net++ then has no margin to the limit.
    pub(super) fn sums_halves(self, level: usize) -> bool {
        self == Self::Half && level >= 2
    }

    /// What a shader begins with: the types that it stores (see `shape.wgsl`).
    pub(super) fn types(self) -> &'static str {
        match self {
            Self::Single => "alias Group = vec4f;\nalias Factor = f32;\n",
            Self::Stored | Self::Half => "enable f16;\nalias Group = vec4h;\nalias Factor = f16;\n",
        }
    }
}

impl std::str::FromStr for Precision {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "single" => Ok(Self::Single),
            "stored" => Ok(Self::Stored),
            "half" => Ok(Self::Half),
            _ => Err(format!(
                "unknown precision \"{text}\": choose single, stored or half"
            )),
        }
    }
}

/// Output channels that are computed together.
pub(super) const BLOCK: usize = 8;
/// Invocations of the direct kernel and the gate in a workgroup of an emulated GPU: the lanes of
/// the usual SIMD register. More would leave a processor idle where planes are small.
pub(super) const DIRECT_WORKGROUP: usize = 8;
/// Pixels of an invocation of the direct kernel, rows and columns.
pub(super) const DIRECT_TILE: (usize, usize) = (4, 8);
/// Rows of pixels of an invocation of the gate.
pub(super) const GATE_ROWS: usize = 2;
/// Invocations of a workgroup that pools, or computes the head, the answer or, on a real GPU, the
/// gate.
pub(super) const WORKGROUP: usize = 64;
/// Blocks of middle channels that a workgroup of the gate shares out at most.
const MOST_PARTS: usize = 8;
/// Columns of pixels of a workgroup of the tiled kernel.
pub(super) const TILE_COLUMNS: usize = 16;
/// Invocations that compute one block of outputs of a tile.
pub(super) const INVOCATIONS_A_BLOCK: usize = 32;
/// Workgroup memory for the patch, and for the weights of a block, in bytes.
const PATCH_BYTES: usize = 18 * 18 * 16;
const TAPS_BYTES: usize = 72 * 16;
/// More blocks bring little: the patch is read for each tile anyway.
const MOST_BLOCKS: usize = 4;

/// What a convolution's weights are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum WeightMemory {
    /// A storage buffer of any size.
    Storage,
    /// Pieces of at most [`UNIFORM_VECTORS`] in a uniform buffer.
    Uniform,
}

/// Vectors of 16 bytes in the largest uniform buffer that WebGPU promises, 64 KiB.
pub(super) const UNIFORM_VECTORS: usize = 4096;

/// Where the direct kernel reads weights from, for blocks of `block_vectors` and a plane of
/// `workgroups`.
///
/// An emulated GPU reads uniform buffers several times faster. But a block must fit, and as the
/// pieces are computed one after the other, a piece must have work for several threads.
pub(super) fn weight_memory(block_vectors: usize, workgroups: usize) -> WeightMemory {
    if block_vectors <= UNIFORM_VECTORS && workgroups >= 4 {
        WeightMemory::Uniform
    } else {
        WeightMemory::Storage
    }
}

/// What a device allows a workgroup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WorkgroupLimits {
    /// Invocations.
    pub(super) invocations: usize,
    /// Memory, bytes.
    pub(super) memory_bytes: usize,
}

impl WorkgroupLimits {
    /// Invocations of a workgroup that may as well be smaller than `usual`, a power of two.
    pub(super) fn workgroup(self, usual: usize) -> usize {
        1 << self.invocations.clamp(1, usual).ilog2()
    }
}

/// The constant by which a shader knows the size of its workgroups.
pub(super) fn workgroup_constant(invocations: usize) -> String {
    format!("const WORKGROUP = {invocations}u;\n")
}

/// Blocks of outputs that a workgroup of the tiled kernel computes, of `outputs` channels: a
/// power of two, no more than there are or fit.
pub(super) fn blocks(outputs: usize, limits: WorkgroupLimits) -> usize {
    let by_invocations = limits.invocations / INVOCATIONS_A_BLOCK;
    let by_memory = limits.memory_bytes.saturating_sub(PATCH_BYTES) / TAPS_BYTES;
    let most = outputs
        .div_ceil(BLOCK)
        .min(by_invocations)
        .min(by_memory)
        .clamp(1, MOST_BLOCKS);
    1 << most.ilog2()
}

/// Rows of pixels that an invocation of the tiled kernel computes at a level of the network.
/// Coarse planes have few pixels, of which a GPU would have too few invocations.
pub(super) fn rows(level: usize) -> usize {
    match level {
        0 | 1 => 8,
        2 => 4,
        _ => 2,
    }
}

/// How the gate's work is shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GateShares {
    /// Invocations of a workgroup.
    pub(super) workgroup: usize,
    /// Invocations that share the middle channels of the same pixels.
    pub(super) parts: usize,
    /// Columns of pixels of an invocation.
    pub(super) columns: usize,
}

impl GateShares {
    /// For `mids` middle channels.
    pub(super) fn new(kernel: ConvKernel, mids: usize, limits: WorkgroupLimits) -> Self {
        match kernel {
            ConvKernel::Direct => Self {
                workgroup: DIRECT_WORKGROUP,
                parts: 1,
                columns: 8,
            },
            ConvKernel::Tiled => {
                let workgroup = limits.workgroup(WORKGROUP);
                let most = MOST_PARTS.min(workgroup);
                Self {
                    workgroup,
                    parts: 1 << mids.div_ceil(BLOCK).clamp(1, most).ilog2(),
                    columns: 2,
                }
            }
        }
    }

    /// Tiles of pixels of a workgroup.
    pub(super) fn tiles(self) -> usize {
        self.workgroup / self.parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What WebGPU promises everywhere.
    const LEAST: WorkgroupLimits = WorkgroupLimits {
        invocations: 256,
        memory_bytes: 16 << 10,
    };

    #[test]
    fn emulated_gpus_get_no_workgroup_memory() {
        assert_eq!(ConvKernel::for_adapter(true), ConvKernel::Direct);
        assert_eq!(ConvKernel::for_adapter(false), ConvKernel::Tiled);
    }

    #[test]
    fn sums_are_in_f16_where_planes_are_coarse_and_it_is_wished() {
        let levels = |precision: Precision| (0..5).map(move |level| precision.sums_halves(level));
        assert!(levels(Precision::Half).eq([false, false, true, true, true]));
        assert!(!levels(Precision::Stored).any(|it| it) && !levels(Precision::Single).any(|it| it));
    }

    #[test]
    fn a_workgroup_is_as_large_as_the_layer_needs() {
        let sizes = [4, 8, 16, 24, 32, 256].map(|outputs| blocks(outputs, LEAST));
        assert_eq!(sizes, [1, 1, 2, 2, 4, 4]);
    }

    #[test]
    fn invocations_of_a_gate_share_the_blocks_there_are() {
        let shares = |kernel, mids| GateShares::new(kernel, mids, LEAST);
        let parts = [4, 8, 24, 64, 256].map(|mids| shares(ConvKernel::Tiled, mids).parts);
        assert_eq!(parts, [1, 1, 2, 8, 8]);
        assert_eq!(shares(ConvKernel::Tiled, 64).tiles(), 8);
        assert_eq!(shares(ConvKernel::Direct, 64).tiles(), 8);
    }

    #[test]
    fn weights_are_uniform_where_that_pays() {
        assert_eq!(weight_memory(48 * 9, 256), WeightMemory::Uniform);
        assert_eq!(weight_memory(456 * 9, 256), WeightMemory::Storage);
        assert_eq!(weight_memory(256 * 9, 1), WeightMemory::Storage);
    }

    #[test]
    fn a_workgroup_keeps_to_the_limits() {
        let few = WorkgroupLimits {
            invocations: 64,
            ..LEAST
        };
        let little = WorkgroupLimits {
            memory_bytes: PATCH_BYTES + 3 * TAPS_BYTES,
            ..LEAST
        };
        assert_eq!((blocks(64, few), blocks(64, little)), (2, 2));
        let fewer = WorkgroupLimits {
            invocations: 48,
            ..LEAST
        };
        let workgroups = [fewer, few, LEAST].map(|limits| limits.workgroup(WORKGROUP));
        assert_eq!(workgroups, [32, 64, 64]);
        assert_eq!(GateShares::new(ConvKernel::Tiled, 64, fewer).tiles(), 4);
    }
}
