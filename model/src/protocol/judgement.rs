//! What a reader says of findings.

use serde::{Deserialize, Serialize};

/// One of the things that can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// They are none.
    Reject,
    /// They are some after all.
    TakeBack,
    /// They are some indeed.
    Confirm,
    /// Nothing yet: they are no longer confirmed.
    Reopen,
}

impl Judgement {
    /// What makes it undone.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Reject => Self::TakeBack,
            Self::TakeBack => Self::Reject,
            Self::Confirm => Self::Reopen,
            Self::Reopen => Self::Confirm,
        }
    }

    /// Whether it is said of what is rejected, not of what counts.
    pub fn is_of_rejected(self) -> bool {
        self == Self::TakeBack
    }
}
