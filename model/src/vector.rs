//! Directions in the patient.

/// Patient coordinates (LPS, mm) of voxel (i, j, k, 1): three rows of a 4×4 matrix.
pub(crate) type Affine = [[f64; 4]; 3];

/// Column `axis` of the matrix.
pub(crate) fn column(affine: &Affine, axis: usize) -> [f64; 3] {
    affine.map(|row| row.get(axis).copied().unwrap_or(0.0))
}

/// Length of a vector.
pub(crate) fn norm(vector: [f64; 3]) -> f64 {
    dot(vector, vector).sqrt()
}

/// The vector of length one; `None` if it has no direction.
#[cfg(feature = "open")]
pub(crate) fn unit(vector: [f64; 3]) -> Option<[f64; 3]> {
    let length = norm(vector);
    (length.is_finite() && length > 1e-9).then(|| vector.map(|x| x / length))
}

/// Scalar product.
pub(crate) fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Cross product.
pub(crate) fn cross([ax, ay, az]: [f64; 3], [bx, by, bz]: [f64; 3]) -> [f64; 3] {
    [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx]
}
