//! What the pointer does on the image.

/// What dragging with the left button or one finger does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tool {
    /// Moves the image.
    #[default]
    Pan,
    /// Changes the window.
    Window,
    /// Draws a line, or moves an end of one.
    Measure,
    /// Begins the second axis of the slice's last line, and measures from then on.
    ShortAxis,
    /// Draws an ellipse around a region of interest, or moves one.
    Ellipse,
    /// Draws around an area that is tumour.
    Add,
    /// Draws around an area that is none.
    Cut,
}

impl Tool {
    /// Whether it measures.
    pub fn measures(self) -> bool {
        matches!(self, Self::Measure | Self::ShortAxis | Self::Ellipse)
    }
}
