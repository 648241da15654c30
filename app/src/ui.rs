//! Building blocks of pages.

pub mod account_menu;
pub mod address;
pub mod alive;
pub mod chart;
pub mod choice;
pub mod focus;
pub mod form;
pub mod icon;
pub mod labels;
pub mod loaded;
pub mod number;
pub mod outbox_bar;
pub mod piece;
pub mod private;
pub mod progress;
pub mod shielded;
pub mod sign_in;
#[cfg(feature = "hydrate")]
pub mod sure;
pub mod theme;
pub mod written;

pub use account_menu::AccountMenu;
pub use alive::is_alive;
pub use chart::{Histogram, Ratios};
pub use choice::{Choice, Toggle};
pub use form::{Done, Field, Form, Select, Sending, Typed};
pub use icon::Logo;
pub use loaded::Loaded;
pub use outbox_bar::OutboxBar;
pub use private::Private;
pub use progress::ProgressBar;
pub use sign_in::SignInForm;
pub use theme::ThemeToggle;
