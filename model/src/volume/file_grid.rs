//! The grid of the file that a volume was read from.

/// Where the voxels of a volume lie in its NIfTI file, so that a mask can be written on the very
/// same grid: programs that lay one over the other want equal axes, not only equal places.
///
/// Other formats have none: their slices are put together here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FileGrid {
    /// Voxels along the file's axes i, j, k.
    pub size: [usize; 3],
    /// The file's axis that became columns, rows, slices.
    pub axis: [usize; 3],
    /// Whether it is walked backwards.
    pub flip: [bool; 3],
    /// How the file places its axes.
    pub space: NiftiSpace,
}

/// What a NIfTI header says about the place of its voxels in the patient (RAS; nifti1.h), in the
/// words of that header.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NiftiSpace {
    /// Handedness of the qform, and distances of voxels along i, j, k.
    pub pixdim: [f32; 4],
    /// Units of lengths (and times).
    pub xyzt_units: u8,
    /// What qform and sform refer to; 0 where there is none.
    pub codes: [i16; 2],
    /// Quaternion (b, c, d) and offset (x, y, z).
    pub qform: [f32; 6],
    /// Three rows of the affine matrix.
    pub sform: [[f32; 4]; 3],
}
