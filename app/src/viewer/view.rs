//! Zoom and pan: where a point of the slice lies on the screen, and back.
//!
//! Two spaces meet here. *Image* coordinates count pixels of the slice as (row, col),
//! with pixel (0, 0) covering 0…1 both ways, so its centre is (0.5, 0.5). *Screen*
//! coordinates are CSS pixels from the canvas's top left corner as (x, y).

/// Smallest and largest zoom relative to "the whole slice fits".
pub const ZOOM_RANGE: (f64, f64) = (0.5, 24.0);

/// What is drawn into what: the slice's shape and the canvas's size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// Width of the canvas in CSS pixels.
    pub width: f64,
    /// Height of the canvas in CSS pixels.
    pub height: f64,
    /// Height of the slice in pixels.
    pub rows: usize,
    /// Width of the slice in pixels.
    pub cols: usize,
    /// Height of a pixel over its width (row spacing over column spacing).
    pub pixel_aspect: f64,
}

impl Frame {
    /// Height of a pixel over its width, 1 where it is not known.
    fn aspect(self) -> f64 {
        if self.pixel_aspect.is_finite() && self.pixel_aspect > 0.0 {
            self.pixel_aspect
        } else {
            1.0
        }
    }

    /// CSS pixels across an image pixel when the whole slice fits.
    fn fit(self) -> f64 {
        let (cols, rows) = (self.cols.max(1) as f64, self.rows.max(1) as f64);
        (self.width / cols).min(self.height / (rows * self.aspect()))
    }
}

/// What the user chose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// 1 = the whole slice fits the canvas.
    pub zoom: f64,
    /// Where the slice's centre lies, relative to the canvas's centre, in CSS pixels (x, y).
    pub pan: (f64, f64),
}

impl Default for View {
    fn default() -> Self {
        Self {
            zoom: 1.0,
            pan: (0.0, 0.0),
        }
    }
}

/// `screen = scale · image + offset`, per axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScreenFromImage {
    /// CSS pixels per image pixel across (x, cols) and down (y, rows).
    pub scale: (f64, f64),
    /// Screen position of the slice's top left corner (x, y).
    pub offset: (f64, f64),
}

impl ScreenFromImage {
    /// Screen (x, y) of image (row, col).
    pub fn apply(self, (row, col): (f64, f64)) -> (f64, f64) {
        (
            self.scale.0 * col + self.offset.0,
            self.scale.1 * row + self.offset.1,
        )
    }

    /// Image (row, col) of screen (x, y).
    pub fn invert(self, (x, y): (f64, f64)) -> (f64, f64) {
        (
            (y - self.offset.1) / self.scale.1,
            (x - self.offset.0) / self.scale.0,
        )
    }
}

impl View {
    /// The transform that draws the slice.
    pub fn screen_from_image(self, frame: Frame) -> ScreenFromImage {
        let (cols, rows) = (frame.cols.max(1) as f64, frame.rows.max(1) as f64);
        let (fit, aspect) = (frame.fit(), frame.aspect());
        let scale = (fit * self.zoom, fit * self.zoom * aspect);
        ScreenFromImage {
            scale,
            offset: (
                frame.width / 2.0 + self.pan.0 - scale.0 * cols / 2.0,
                frame.height / 2.0 + self.pan.1 - scale.1 * rows / 2.0,
            ),
        }
    }

    /// Zoomed by `factor` so that what lies under the screen point `at` stays there.
    #[must_use]
    pub fn zoomed_at(self, frame: Frame, at: (f64, f64), factor: f64) -> Self {
        let zoom = (self.zoom * factor).clamp(ZOOM_RANGE.0, ZOOM_RANGE.1);
        let ratio = zoom / self.zoom;
        // Vector from the slice's centre to the point grows by `ratio`.
        let centre = (
            frame.width / 2.0 + self.pan.0,
            frame.height / 2.0 + self.pan.1,
        );
        Self {
            zoom,
            pan: (
                self.pan.0 + (at.0 - centre.0) * (1.0 - ratio),
                self.pan.1 + (at.1 - centre.1) * (1.0 - ratio),
            ),
        }
        .kept_in(frame)
    }

    /// Moved by CSS pixels.
    #[must_use]
    pub fn panned(self, frame: Frame, dx: f64, dy: f64) -> Self {
        Self {
            pan: (self.pan.0 + dx, self.pan.1 + dy),
            ..self
        }
        .kept_in(frame)
    }

    /// The same zoom (at least `min_zoom`), with image point (row, col) in the middle.
    #[must_use]
    pub fn centred_on(self, frame: Frame, point: (f64, f64), min_zoom: f64) -> Self {
        let view = Self {
            zoom: self.zoom.max(min_zoom).clamp(ZOOM_RANGE.0, ZOOM_RANGE.1),
            pan: (0.0, 0.0),
        };
        let (x, y) = view.screen_from_image(frame).apply(point);
        Self {
            pan: (frame.width / 2.0 - x, frame.height / 2.0 - y),
            ..view
        }
        .kept_in(frame)
    }

    /// The same place in the middle of a canvas of another size.
    #[must_use]
    pub fn resized(self, before: Frame, after: Frame) -> Self {
        let growth = after.fit() / before.fit();
        Self {
            pan: (self.pan.0 * growth, self.pan.1 * growth),
            ..self
        }
        .kept_in(after)
    }

    /// Pan limited so that a slice that fits lies in the canvas, and a larger one fills it.
    #[must_use]
    pub fn kept_in(self, frame: Frame) -> Self {
        let scale = self.screen_from_image(frame).scale;
        let limit = (
            (scale.0 * frame.cols as f64 - frame.width).abs() / 2.0,
            (scale.1 * frame.rows as f64 - frame.height).abs() / 2.0,
        );
        Self {
            pan: (
                self.pan.0.clamp(-limit.0, limit.0),
                self.pan.1.clamp(-limit.1, limit.1),
            ),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame {
        width: 600.0,
        height: 400.0,
        rows: 100,
        cols: 200,
        pixel_aspect: 1.0,
    };

    fn close(a: (f64, f64), b: (f64, f64)) -> bool {
        (a.0 - b.0).abs() < 1e-9 && (a.1 - b.1).abs() < 1e-9
    }

    #[test]
    fn the_whole_slice_fits_and_is_centred() {
        let map = View::default().screen_from_image(FRAME);
        assert!(close(map.scale, (3.0, 3.0)), "width is the tighter side");
        assert!(close(map.apply((0.0, 0.0)), (0.0, 50.0)));
        assert!(close(map.apply((100.0, 200.0)), (600.0, 350.0)));
    }

    #[test]
    fn tall_pixels_are_drawn_tall() {
        let map = View::default().screen_from_image(Frame {
            pixel_aspect: 2.0,
            ..FRAME
        });
        assert!(close(map.scale, (2.0, 4.0)), "200 rows' worth of height");
    }

    #[test]
    fn inverse_takes_the_screen_back_to_the_image() {
        let view = View {
            zoom: 3.3,
            pan: (41.0, -17.0),
        };
        let map = view.screen_from_image(FRAME);
        assert!(close(map.invert(map.apply((12.25, 77.5))), (12.25, 77.5)));
    }

    #[test]
    fn the_point_under_the_cursor_stays_while_zooming() {
        let view = View {
            zoom: 2.0,
            pan: (10.0, 5.0),
        };
        let at = (250.0, 180.0);
        let before = view.screen_from_image(FRAME).invert(at);
        let after = view.zoomed_at(FRAME, at, 1.7);
        assert!(close(after.screen_from_image(FRAME).invert(at), before));
        assert!((after.zoom - 3.4).abs() < 1e-9);
    }

    #[test]
    fn zoom_and_pan_have_ends() {
        let far = View::default().zoomed_at(FRAME, (300.0, 200.0), 1e9);
        assert!((far.zoom - ZOOM_RANGE.1).abs() < 1e-9);
    }

    #[test]
    fn the_slice_keeps_to_its_frame() {
        let pan_at = |zoom| {
            let view = View {
                zoom,
                ..View::default()
            };
            view.panned(FRAME, 1e9, -1e9).pan
        };
        assert!(close(pan_at(1.0), (0.0, -50.0)), "it fits across");
        assert!(close(pan_at(2.0), (300.0, -100.0)), "no edge comes in");
        assert!(close(pan_at(0.5), (150.0, -125.0)), "no edge goes out");
    }

    #[test]
    fn what_is_in_the_middle_stays_there_when_the_canvas_is_resized() {
        let turned = Frame {
            width: 300.0,
            height: 700.0,
            ..FRAME
        };
        let view = View::default().centred_on(FRAME, (45.0, 60.0), 10.0);
        let resized = view.resized(FRAME, turned);
        let middle = resized.screen_from_image(turned).apply((45.0, 60.0));
        assert!(close(middle, (150.0, 350.0)), "{middle:?}");
        assert!(close(view.resized(FRAME, FRAME).pan, view.pan));
    }

    #[test]
    fn a_finding_can_be_brought_to_the_middle() {
        let view = View::default().centred_on(FRAME, (30.5, 150.5), 4.0);
        let map = view.screen_from_image(FRAME);
        assert!(close(map.invert((300.0, 200.0)), (30.5, 150.5)));
        assert!((view.zoom - 4.0).abs() < 1e-9);
    }
}
