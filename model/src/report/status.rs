//! What is known of a finding besides its figures.

/// Where the outline of a finding comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// From the network.
    Marked,
    /// The reader has changed it.
    Corrected,
    /// It lies on a slice that the reader had corrected when it was saved; of which outline, was
    /// not saved.
    MarkedOrCorrected,
    /// The reader has drawn it where the network marked nothing.
    Drawn,
}

impl Status {
    /// As the table has it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Marked => "marked",
            Self::Corrected => "corrected",
            Self::MarkedOrCorrected => "marked or corrected",
            Self::Drawn => "drawn",
        }
    }
}
