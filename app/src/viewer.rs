//! The slice viewer: pure maths in small modules, and a thin layer that draws and listens.
//!
//! | module | what |
//! |---|---|
//! | [`view`] | zoom and pan: screen from image |
//! | [`window`] | window presets and dragging |
//! | [`overlay`] | grey and coloured layers to RGBA |
//! | [`contour`] | outlines of layers |
//! | [`across`] | planes across the slices |
//! | `spot` | the place that the reader points at (browser only) |
//! | [`slab`] | the brightest of a few slices |
//! | [`solid`] | lung and lesions in three dimensions |
//! | [`measure`] | hit test, words of measurements |
//! | `number` | where the numbers of lesions stand |
//! | [`pixels`] | slices in memory |
//! | [`words`] | what stands in the corners |
//! | `paint`, `input`, `keys` | canvas and events (browser only); `stroke`: which key is meant; `letters`: whether those that type do anything |
//! | `full_screen` | image and tools on the whole screen (browser only) |
//! | [`canvas`] | the component |

pub mod across;
pub mod canvas;
pub mod contour;
#[cfg(feature = "hydrate")]
pub mod full_screen;
#[cfg(feature = "hydrate")]
pub mod input;
#[cfg(feature = "hydrate")]
mod keys;
#[cfg(feature = "hydrate")]
pub mod letters;
pub mod measure;
#[cfg(any(feature = "hydrate", test))]
mod number;
pub mod overlay;
#[cfg(feature = "hydrate")]
pub mod paint;
pub mod pixels;
pub mod slab;
pub mod solid;
#[cfg(feature = "hydrate")]
mod spot;
#[cfg(any(feature = "hydrate", test))]
mod stroke;
pub mod view;
pub mod window;
pub mod words;
