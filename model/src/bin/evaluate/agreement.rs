//! The network beside its readers, by how many of them marked the nodule on the very image. Readers
//! have no names in the data, and the first of one nodule may be the second of the next: there is
//! no figure for a reader.

use model::train::bootstrap::{Interval, interval};
use serde::Serialize;

use crate::evaluate::scored::Scored;

/// Means over images that so many readers marked.
#[derive(Debug, Serialize)]
pub(crate) struct Agreement {
    readers: u8,
    images: usize,
    /// Dice of the network with each of these readers.
    network_with_readers: Option<Interval>,
    /// Dice of every two of these readers.
    readers_with_each_other: Option<Interval>,
    /// The first less the second, image by image.
    difference: Option<Interval>,
}

/// For two, three and four readers; empty where the data do not say who marked what.
pub(crate) fn agreement(scored: &[&Scored]) -> Vec<Agreement> {
    let of = |readers: u8| {
        let group = scored.iter().filter(|s| s.readers == Some(readers));
        let group: Vec<&&Scored> = group.collect();
        let over = |value: fn(&Scored) -> Option<f32>| {
            let values = group.iter();
            interval(values.filter_map(|s| Some((s.patient.as_str(), f64::from(value(s)?)))))
        };
        (!group.is_empty()).then(|| Agreement {
            readers,
            images: group.len(),
            network_with_readers: over(|s| s.dice_with_readers),
            readers_with_each_other: over(|s| s.dice_between_readers),
            difference: over(|s| Some(s.dice_with_readers? - s.dice_between_readers?)),
        })
    };
    (2..=4).filter_map(of).collect()
}
