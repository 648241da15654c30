//! Why there is no result.

/// Why a network could not be run.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EngineError {
    /// The input's sides do not fit the network.
    #[error(
        "An image of {rows} × {cols} pixels does not fit the network: both sides must be positive multiples of {stride}."
    )]
    Size {
        /// Height in pixels.
        rows: usize,
        /// Width in pixels.
        cols: usize,
        /// What the sides must be multiples of.
        stride: usize,
    },
    /// The number of values does not belong to the sides.
    #[error("The image has {found} values where {expected} are needed.")]
    InputLength {
        /// Values given.
        found: usize,
        /// `rows × cols`.
        expected: usize,
    },
    /// The input contains NaN or infinity.
    #[error("The image contains values that are not numbers. Open the scan again.")]
    InputNotFinite,
    /// The output contains NaN or infinity.
    #[error(
        "The network's result contains values that are not numbers. Choose the other back end in the settings."
    )]
    ResultNotFinite,
    /// The network has no output at this depth.
    #[error("This network has no output at depth {0}.")]
    NoSuchDepth(usize),
    /// Not enough memory for an image of this size.
    #[error(
        "There is not enough memory for an image of {rows} × {cols} pixels ({needed_mib} MiB needed). Close other pages or choose the smaller network."
    )]
    Memory {
        /// Height in pixels.
        rows: usize,
        /// Width in pixels.
        cols: usize,
        /// What the buffers need, in MiB.
        needed_mib: u64,
    },
    /// The GPU's limits are too small for an image of this size.
    #[error(
        "An image of {rows} × {cols} pixels is too large for this GPU ({needed_mib} MiB in one buffer, {limit_mib} MiB allowed). Choose the processor in the settings."
    )]
    GpuLimit {
        /// Height in pixels.
        rows: usize,
        /// Width in pixels.
        cols: usize,
        /// Largest buffer needed, in MiB.
        needed_mib: u64,
        /// Largest buffer allowed, in MiB.
        limit_mib: u64,
    },
    /// The GPU kernels handle four channels at a time.
    #[error(
        "The GPU needs a network whose width is a multiple of 4, this one has {0}. Choose the processor in the settings."
    )]
    Width(usize),
    /// No GPU can be used.
    #[error("No usable GPU was found ({0}). Choose the processor in the settings.")]
    NoGpu(String),
    /// The GPU has no memory left for what was asked of it.
    #[error(
        "The GPU has not enough memory left. Close other programs, or choose the processor in the settings."
    )]
    GpuMemory,
    /// The GPU failed or went away.
    #[error("The GPU reported a fault ({0}). Try again, or choose the processor in the settings.")]
    Gpu(String),
    /// The self-test's result is wrong.
    #[error(
        "The self-test failed: the output differs by {deviation} from the stored one ({tolerance} allowed). Results would be unreliable; choose the other back end in the settings."
    )]
    SelfTest {
        /// Largest deviation.
        deviation: f32,
        /// Largest deviation allowed.
        tolerance: f32,
    },
    /// The caller asked to stop.
    #[error("The analysis was stopped.")]
    Cancelled,
    /// A step refers to something that does not exist: a fault of the program.
    #[error("The engine's plan is inconsistent ({0}). Please report this.")]
    Plan(String),
}
