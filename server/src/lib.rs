//! The thin backend: pages rendered on the server, static files, accounts, saved results.
//!
//! Scans never come here: the browser opens, segments and measures them. What comes here of an
//! analysis is a document of `model::saved`: masks and figures. Every route has a limit on its
//! body: [`document::BODY_LIMIT_BYTES`] for that one, [`router::BODY_LIMIT_BYTES`] for all others.
//!
//! | module | what |
//! |---|---|
//! | [`config`] | every setting, from flags and environment |
//! | [`store`] | the database: SQLite or MySQL, its schema and every statement |
//! | [`router`] | all routes and layers as one value, testable without a socket |
//! | [`page`] | Leptos pages and their content security policy |
//! | [`exchange`] | one request and its answer as accounts see them: the pages' port |
//! | [`course`], [`turns`] | whose course is computed when; how much of one account is done at once |
//! | [`document`], [`export`] | saved analyses as bytes, and their figures as files; what is stored about an account as a file |
//! | [`password`], [`second_factor`], [`token`], [`letter`] | hashing, codes, secrets, letters |
//! | `client`, `browser`, `origin`, `clock` | who speaks, with what, sent by whom, when |
//! | `work`, `folder` | work on threads of its own; private folders |
//! | [`asset`] | static files, compressed ahead of time |
//! | [`header`], `attachment` | the headers that every response carries; names of files |
//! | [`log`] | log lines, without anything of whom they are about |
//! | [`health`], [`metric`] | `/livez` and `/readyz`; figures on a listener of their own |
//! | [`operator`] | accounts from the command line |
//! | [`serve`] | listening, and stopping gracefully |

#[macro_use]
pub mod store;
pub mod asset;
mod attachment;
mod browser;
pub mod client;
mod clock;
pub mod config;
pub mod course;
pub mod document;
pub mod exchange;
pub mod export;
mod folder;
pub mod header;
pub mod health;
pub mod letter;
pub mod log;
pub mod metric;
pub mod operator;
mod origin;
pub mod page;
pub mod password;
pub mod router;
pub mod second_factor;
pub mod serve;
pub mod token;
pub mod turns;
mod work;
