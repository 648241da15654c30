//! The pages of NeuroCare AI.
//!
//! Rendered on the server with feature `ssr`, brought to life in the browser with
//! feature `hydrate`; never both at once. Only code behind `hydrate` touches the
//! page's DOM, the worker or the network.
//!
//! | module | what |
//! |---|---|
//! | [`shell`](mod@shell) | the HTML document |
//! | [`route`] | which page belongs to which path |
//! | [`page`] | one page a file; `page/read/` has the panels of the reading room |
//! | [`api`] | what the page asks the server; [`form`]: what people type, and the rules for it |
//! | `port` | the server's side of [`api`], implemented by the server |
//! | [`session`] | who is signed in; [`service`]: what the server says of itself |
//! | [`saving`] | what is saved of an analysis, the outbox, getting it back |
//! | [`room`] | the reading room's state and what its controls do |
//! | [`engine`] | the worker: messages in, state out |
//! | [`viewer`] | the slice viewer |
//! | [`course`] | lesions over time, computed on the server; `image`: which analyses are of one image |
//! | [`export`] | downloads and diagnostics |
//! | `storage` | what the browser keeps from one visit to the next; `clock`: the time |
//! | [`ui`] | building blocks of pages |

#![recursion_limit = "256"]

pub mod api;
mod clock;
pub mod course;
pub mod engine;
pub mod export;
pub mod form;
mod image;
pub mod page;
#[cfg(feature = "ssr")]
pub mod port;
pub mod room;
pub mod route;
pub mod saving;
pub mod service;
pub mod session;
pub mod shell;
#[cfg(feature = "hydrate")]
mod storage;
pub mod ui;
pub mod viewer;

pub use route::App;
#[cfg(feature = "ssr")]
pub use shell::shell;

/// Brings the server's page to life; called by the page's script.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    let path = web_sys::window().and_then(|window| window.location().pathname().ok());
    if path.as_deref().is_none_or(page::later::is_at) {
        page::later::when_fetched(come_to_life);
    } else {
        come_to_life();
    }
}

#[cfg(feature = "hydrate")]
fn come_to_life() {
    leptos::mount::hydrate_body(App);
}
