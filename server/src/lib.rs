//! The thin backend: pages rendered on the server, static files, the database.
//!
//! Scans never come here: the browser opens, segments and measures them. The server
//! refuses bodies over [`router::BODY_LIMIT_BYTES`] on every route.
//!
//! | module | what |
//! |---|---|
//! | [`config`] | every setting, from flags and environment |
//! | [`database`] | the embedded SQLite file and its migrations |
//! | [`router`] | all routes and layers as one value, testable without a socket |
//! | [`page`] | Leptos pages and their content security policy |
//! | [`asset`] | static files, compressed ahead of time |
//! | [`header`] | the headers that every response carries |
//! | [`health`] | `/livez` and `/readyz` |
//! | [`serve`] | listening, and stopping gracefully |

pub mod asset;
pub mod config;
pub mod database;
pub mod header;
pub mod health;
pub mod log;
pub mod page;
pub mod router;
pub mod serve;
