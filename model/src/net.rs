//! The networks in burn: the form that is trained, the form that is published, and
//! the files between the two.
//!
//! | module | what |
//! |---|---|
//! | [`block`] | convolution, normalisation and `ReLU`, twice: one node of the grid |
//! | [`gate`] | the attention gate on a skip connection |
//! | [`network`] | the grid of nodes, as U-Net and as U-Net++ |
//! | [`normalisation`] | what follows each convolution in training: batch, group, none |
//! | [`fold`] | batch normalisation folded into the convolutions before it |
//! | [`unfold`] | the opposite: published weights in the form that is trained |
//! | [`mean`] | the mean of networks of one origin |
//! | [`weights`] | safetensors in and out |
//! | `reference` | the folded form as the segmenter of the pipeline |
//!
//! The folded form is the reference that the engine is compared with.

pub mod block;
pub mod fold;
pub mod gate;
pub mod mean;
pub mod network;
pub mod normalisation;
#[cfg(feature = "analysis")]
mod reference;
pub mod unfold;
pub mod weights;

pub use network::{Form, Network, columns, head_columns};
pub use normalisation::Normalisation;
pub use weights::{Label, WeightsError, load_folded};
