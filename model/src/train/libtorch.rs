//! Training by libtorch, on the CPU or a card with CUDA: the same networks, recipe, windows
//! and loss, with libtorch's own differentiation in place of burn's, and the activations in
//! bfloat16 where the processor has it.
//!
//! burn computes the gradient of a 3×3 kernel as one convolution with a kernel as large as
//! the image. libtorch has kernels of its own for it, and for bfloat16 those of the CPU.
//! What a run leaves is the same network in burn's format.
//!
//! | module | what |
//! |---|---|
//! | [`layout`] | every parameter of a burn network in one order, out of it and into it |
//! | [`graph`] | the forward pass |
//! | [`loss`] | batch Dice, Dice by window and cross-entropy |
//! | [`state`] | weights, moments, moving average; written and read back |
//! | [`teach`] | what larger networks say of a batch |
//! | [`fit`] | the loop |

pub mod fit;
pub mod graph;
pub mod layout;
pub mod loss;
pub mod state;
pub mod teach;
