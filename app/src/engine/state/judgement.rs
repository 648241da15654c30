//! What the reader says about findings.

/// One of the things that can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// They are none.
    Reject,
    /// They are some after all.
    TakeBack,
}

impl Judgement {
    /// On its button.
    pub fn words(self) -> &'static str {
        match self {
            Self::Reject => "Reject",
            Self::TakeBack => "Take back",
        }
    }

    /// What makes it undone.
    pub fn opposite(self) -> Self {
        match self {
            Self::Reject => Self::TakeBack,
            Self::TakeBack => Self::Reject,
        }
    }

    /// Whether it is said of what is rejected, not of what counts.
    pub(super) fn is_of_rejected(self) -> bool {
        self == Self::TakeBack
    }
}
