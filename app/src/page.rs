//! The pages.

pub mod about;
pub mod home;
pub mod not_found;
pub mod read;

pub use about::AboutPage;
pub use home::HomePage;
pub use not_found::NotFoundPage;
pub use read::ReadPage;
