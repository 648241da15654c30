//! Training of the networks, and its data.
//!
//! | module | what |
//! |---|---|
//! | [`crops`] | the nodule crops of LIDC-IDRI, read once into memory |
//! | [`pack`] | the same decoded once, in one file |
//! | [`sample`] | random windows of them, augmented: one batch a step, from a seed |
//! | [`loader`] | batches made ahead by threads, and how fast |
//! | `view` | where a window lies in its crop |
//! | [`disturb`] | what another scanner would have made of it |
//! | [`hard`] | places of false alarms, shown more often |
//! | [`loss`] | batch Dice and cross-entropy that leave doubtful pixels out |
//! | [`average`] | moving average of the weights |
//! | [`recipe`] | the configuration of a run |
//! | [`checkpoint`] | everything a run needs to go on exactly where it stopped |
//! | `same` | that a run goes on as what it began |
//! | [`split`] | what a run may learn from |
//! | [`whole`] | files that are there whole or not at all |
//! | [`limits`] | threshold and least peak that are published with a network |
//! | [`stack`] | crops of consecutive slices as the series they come from |
//! | [`score`] | predictions for whole crops, and Dice by threshold |
//! | [`bootstrap`] | intervals over patients |
//! | [`calibrate`] | the temperature of the logits |
//! | [`start`] | the weights that a run begins with: random, another run's, published ones |
//! | [`nest`] | a trained U-Net inside a fresh U-Net++ |
//! | [`run`] | the loop of every run |
//! | [`fit`] | steps with burn |
//! | `libtorch` | steps on the CPU with libtorch, where it is built in |
//! | `watch` | who is told how a run goes |
//! | `log` | the course of a run as CSV |
//! | [`curve`], [`plot`] | the course of a run as a picture |

pub mod average;
pub mod bootstrap;
pub mod calibrate;
pub mod checkpoint;
pub mod crops;
pub mod curve;
pub mod disturb;
pub mod fit;
pub mod hard;
#[cfg(feature = "train-tch")]
pub mod libtorch;
pub mod limits;
pub mod loader;
mod log;
pub mod loss;
pub mod nest;
pub mod pack;
pub mod plot;
pub mod recipe;
pub mod run;
mod same;
pub mod sample;
pub mod score;
pub mod split;
pub mod stack;
pub mod start;
mod view;
mod watch;
pub mod whole;
