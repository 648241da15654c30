//! Building blocks of pages.

pub mod chart;
pub mod choice;
pub mod icon;
pub mod number;
pub mod progress;
pub mod theme;

pub use chart::{Histogram, Ratios};
pub use choice::{Choice, Toggle};
pub use icon::Logo;
pub use progress::ProgressBar;
pub use theme::ThemeToggle;
