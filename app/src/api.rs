//! What the page asks the server: one function a question, each with an address of its own.
//!
//! A function parses its form ([`crate::form`]) and hands it to the server's
//! [`Port`](crate::port::Port); everything else (cookies, hashing, SQL) is the server's.
//! Saved analyses themselves travel as bytes, by `PUT` and `GET` of [`document_path`], and their
//! figures as files, by `GET` of [`findings_path`].

/// A question to the server: there a server function that hands it to the port, in the
/// browser a request. The browser's half of `server` would bring a copy of its client for
/// every question, a twentieth of the page's module.
macro_rules! question {
    (
        $(#[doc = $doc:literal])*
        $path:literal $server:ident $name:ident($($argument:ident: $type:ty),*) -> $answer:ty
    ) => {
        $(#[doc = $doc])*
        #[cfg(not(feature = "hydrate"))]
        #[leptos::prelude::server(name = $server, endpoint = $path, prefix = "/api", input = leptos::server_fn::codec::Json)]
        pub async fn $name($($argument: $type),*) -> Result<$answer, ApiError> {
            let port = port()?;
            answered(&port, port.$name($($argument),*).await)
        }

        $(#[doc = $doc])*
        #[cfg(feature = "hydrate")]
        pub async fn $name($($argument: $type),*) -> Result<$answer, ApiError> {
            #[derive(serde::Serialize)]
            struct Question {
                $($argument: $type),*
            }
            super::client::ask(concat!("/api/", $path), &Question { $($argument),* }).await
        }
    };
}

pub mod account;
#[cfg(feature = "hydrate")]
pub(crate) mod client;
pub mod error;
pub mod history;

use std::fmt::Display;

pub use error::ApiError;

/// Where the document of an analysis is put and got.
pub fn document_path(id: impl Display) -> String {
    format!("/api/analyses/{id}")
}

/// Where the figures of a saved analysis are got as a file; `kind` is `csv` or `json`.
pub fn findings_path(id: impl Display, kind: &str) -> String {
    format!("/api/analyses/{id}/findings.{kind}")
}

/// Header with the [`marker`](crate::session::marker) of the account that a document belongs to.
/// The server takes it for no other: another window may have signed somebody else in.
pub const MARKER_HEADER: &str = "X-Account-Marker";

/// Header of the answer to a document that is stored: its SHA-256, in hexadecimal digits. A proxy
/// or a network's sign-in page that answers in the place of the server, with whatever status, does
/// not know it.
pub const STORED_HEADER: &str = "X-Stored-Digest";

/// What is stored about the account, as a file to download; without secrets and their hashes, a new
/// address that still waits for its link, letters on their way, and events beyond the newest 1,000.
pub const EXPORT_PATH: &str = "/api/account/export";

/// The server's side of the running request.
#[cfg(feature = "ssr")]
fn port() -> Result<crate::port::PortHandle, ApiError> {
    leptos::prelude::use_context().ok_or(ApiError::Server)
}

/// Gives the answer the status that belongs to its error.
#[cfg(feature = "ssr")]
fn answered<T>(port: &crate::port::PortHandle, result: Result<T, ApiError>) -> Result<T, ApiError> {
    if let Err(error) = &result {
        port.set_status(error.status());
    }
    result
}
