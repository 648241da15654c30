//! What follows each convolution while a network is trained.

use serde::{Deserialize, Serialize};

/// Groups of channels that are normalised together, at most: narrow networks have fewer.
const GROUPS: usize = 8;

/// The normalisation of a network in training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Normalisation {
    /// Over the batch (Ioffe and Szegedy 2015): what the published networks were trained with.
    #[default]
    Batch,
    /// Over groups of channels of each image by itself (Wu and He 2018), whatever the size of the
    /// batch. It depends on the image, so no convolution can take it in: networks with it can be
    /// trained and compared, and not be published.
    Group,
    /// None at all: convolutions with a bias.
    None,
}

/// Groups of so many channels: the most up to eight that divide them.
pub fn groups(channels: usize) -> usize {
    let divides = |&groups: &usize| channels.is_multiple_of(groups);
    (1..=GROUPS).rev().find(divides).unwrap_or(1)
}
