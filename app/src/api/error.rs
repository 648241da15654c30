//! Why the server could not do what was asked, in words for the user.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// An answer that is not the one wished for. No detail of the server is ever in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum ApiError {
    /// There is no valid session.
    #[error("Please sign in.")]
    SignedOut,
    /// E-mail and password do not belong together; which of them is wrong is not said.
    #[error("E-mail and password do not match.")]
    WrongCredentials,
    /// E-mail and password are right; the second factor is asked for, too.
    #[error("Enter the code of your authenticator app.")]
    CodeNeeded,
    /// A form's field cannot be taken.
    #[error("{message}")]
    Invalid {
        /// The field's name in the form.
        field: String,
        /// What is wrong and what would be right.
        message: String,
    },
    /// A link for a new password that is used, outdated or wrong.
    #[error("This link is no longer valid. Ask for a new one.")]
    LinkExpired,
    /// Too many attempts.
    #[error("Too many attempts. Try again in {}.", wait(*wait_secs))]
    TooManyAttempts {
        /// Until the next attempt is looked at.
        wait_secs: u32,
    },
    /// It does not exist, or belongs to somebody else.
    #[error("There is nothing here: it was deleted, or the address is wrong.")]
    NotFound,
    /// The same id was saved before with another content; or label and day that were to be changed
    /// are others by now.
    #[error("Another analysis has been saved under this number.")]
    Conflict,
    /// The analysis was deleted; its number cannot be used again.
    #[error("This analysis has been deleted.")]
    Deleted,
    /// The document is larger than allowed.
    #[error(
        "The analysis is too large to be saved. Segment fewer slices, and save the others separately."
    )]
    TooLarge,
    /// The account is full.
    #[error("There is no room for this. Delete older analyses first.")]
    Full,
    /// The database does not answer, or too much is asked at once.
    #[error("The server is busy or cannot reach its database. Try again shortly.")]
    Unavailable,
    /// A fault of the server.
    #[error("The server made a mistake. Please try again.")]
    Server,
    /// A saved analysis that cannot be read.
    #[error("The saved analysis is damaged and cannot be opened.")]
    Damaged,
    /// The server cannot be reached.
    #[error("The server cannot be reached. Check the connection.")]
    Offline,
}

/// How long, in words.
fn wait(secs: u32) -> String {
    match secs {
        1 => "1 second".to_owned(),
        2..=119 => format!("{secs} seconds"),
        _ => format!("{} minutes", secs.div_ceil(60)),
    }
}

impl ApiError {
    /// A field's fault.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid {
            field: field.to_owned(),
            message: message.into(),
        }
    }

    /// The HTTP status that belongs to it.
    pub fn status(&self) -> u16 {
        match self {
            Self::SignedOut | Self::WrongCredentials | Self::CodeNeeded => 401,
            Self::Invalid { .. } | Self::LinkExpired => 422,
            Self::TooManyAttempts { .. } => 429,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Deleted => 410,
            Self::TooLarge => 413,
            Self::Full => 507,
            Self::Unavailable | Self::Offline => 503,
            Self::Server | Self::Damaged => 500,
        }
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Offline,
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => Self::invalid(
                "",
                "The server does not understand this form. Reload the page.",
            ),
            _ => Self::Server,
        }
    }
}
