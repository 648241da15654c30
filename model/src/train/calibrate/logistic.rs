//! Logistic regression, for few features and many examples.

/// Steps of Newton's method; it converges in less than ten.
const STEPS: usize = 50;
/// Half the square of every weight but the constant one, times this, is added to the loss: a
/// feature that separates all examples would have no finite weight.
const RIDGE: f64 = 1e-3;

/// The weights: a constant, then one for each of `N` features.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Logistic<const N: usize> {
    /// Added in any case.
    pub constant: f64,
    /// In the order of the features.
    pub weights: [f64; N],
}

impl<const N: usize> Logistic<N> {
    /// The weights of the lowest cross-entropy, by Newton's method.
    pub fn fit(examples: &[([f64; N], bool)]) -> Self {
        let mut now = Self {
            constant: 0.0,
            weights: [0.0; N],
        };
        for _ in 0..STEPS {
            let size = N + 1;
            // Gradient at the end of each row of the Hessian: a system of equations.
            let mut rows = vec![vec![0.0; size + 1]; size];
            for (features, is_true) in examples {
                let p = now.probability(features);
                let off = f64::from(u8::from(*is_true)) - p;
                let x = |at: usize| at.checked_sub(1).map_or(1.0, |at| features[at]);
                for (i, row) in rows.iter_mut().enumerate() {
                    for (j, cell) in row.iter_mut().enumerate() {
                        *cell += x(i) * if j == size { off } else { p * (1.0 - p) * x(j) };
                    }
                }
            }
            for (at, weight) in (1..).zip(now.weights) {
                rows[at][at] += RIDGE;
                rows[at][size] -= RIDGE * weight;
            }
            let step = solved(rows);
            now.constant += step[0];
            for (weight, step) in now.weights.iter_mut().zip(&step[1..]) {
                *weight += step;
            }
            if step.iter().all(|step| step.abs() < 1e-9) {
                break;
            }
        }
        now
    }

    /// The probability of an example.
    pub fn probability(&self, features: &[f64; N]) -> f64 {
        let terms = self.weights.iter().zip(features).map(|(w, x)| w * x);
        1.0 / (1.0 + (-(self.constant + terms.sum::<f64>())).exp())
    }
}

/// Solves a positive definite system by elimination; the right side is the last of each row.
fn solved(mut rows: Vec<Vec<f64>>) -> Vec<f64> {
    let size = rows.len();
    for at in 0..size {
        let pivot = rows[at].clone();
        for (other, row) in rows.iter_mut().enumerate() {
            let factor = row[at] / pivot[at];
            for (cell, above) in row.iter_mut().zip(&pivot) {
                if other == at {
                    *cell /= pivot[at];
                } else {
                    *cell -= factor * above;
                }
            }
        }
    }
    rows.iter().map(|row| row[size]).collect()
}
