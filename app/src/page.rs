//! The pages.

pub mod about;
pub mod account;
pub mod address;
pub mod compare;
pub mod follow_up;
pub mod history;
pub mod home;
pub mod later;
pub mod not_found;
pub mod privacy;
pub mod read;
pub mod register;
pub mod reset;
pub mod saved;
pub mod sign_in;

pub use about::AboutPage;
pub use account::AccountPage;
pub use address::AddressPage;
pub use compare::ComparePage;
pub use follow_up::FollowUpPage;
pub use history::HistoryPage;
pub use home::HomePage;
pub use later::{Later, later};
pub use not_found::NotFoundPage;
pub use privacy::PrivacyPage;
pub use read::ReadPage;
pub use register::RegisterPage;
pub use reset::ResetPage;
pub use saved::SavedPage;
pub use sign_in::SignInPage;
