//! How sure the network is, over the whole lung field.

use crate::mask::Mask;

/// Pixels per tenth of probability: 0–0.1, 0.1–0.2, … 0.9–1 (both ends included in the last).
///
/// `probability` holds 0…255 for 0…1; only pixels of `field` count, all if it is `None`.
pub fn histogram(probability: &[u8], field: Option<&Mask>) -> [u32; 10] {
    let mut counts = [0; 10];
    for (index, &p) in probability.iter().enumerate() {
        let is_inside = field.is_none_or(|f| f.pixels.get(index).is_some_and(|&b| b != 0));
        let tenth = (usize::from(p) * 10 / 255).min(9);
        if let Some(count) = counts.get_mut(tenth).filter(|_| is_inside) {
            *count += 1;
        }
    }
    counts
}
