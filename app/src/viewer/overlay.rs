//! The picture of a slice: windowed grey with coloured layers mixed in, in one pass.

use model::window::Window;

/// What a pixel belongs to, one bit each; a slice of these is a *label map*.
pub mod label {
    pub use model::saved::label::{FINAL, LUNG, RAW};

    /// Reference mask, which is never saved.
    pub const REFERENCE: u8 = 8;
}

/// Colours of the layers: blue, orange and yellow-green differ for every kind of
/// colour vision, also in brightness.
pub mod colour {
    /// Lung field.
    pub const LUNG: [u8; 3] = [76, 178, 255];
    /// Tumour.
    pub const TUMOUR: [u8; 3] = [255, 112, 51];
    /// Reference mask.
    pub const REFERENCE: [u8; 3] = [200, 255, 90];
    /// Measurements.
    pub const MEASURE: [u8; 3] = [255, 226, 92];
    /// Measurements by hand.
    pub const CALLIPER: [u8; 3] = [255, 166, 240];
}

/// How layers are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// The area is tinted.
    Fill,
    /// The outline is drawn.
    #[default]
    Contour,
    /// Both.
    Both,
}

impl Style {
    /// Whether areas are tinted.
    pub fn fills(self) -> bool {
        self != Self::Contour
    }

    /// Whether outlines are drawn.
    pub fn outlines(self) -> bool {
        self != Self::Fill
    }
}

/// What the user wants to see over the slice.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own on the page"
)]
pub struct Overlay {
    /// Show the lung field.
    pub lung: bool,
    /// Show the tumour.
    pub tumour: bool,
    /// Show the reference mask.
    pub reference: bool,
    /// The mask before postprocessing instead of after.
    pub raw: bool,
    /// How.
    pub style: Style,
    /// Opacity of fills and lines, 0…1.
    pub opacity: f32,
    /// Dark for bright, as on a film.
    pub is_inverted: bool,
}

impl Default for Overlay {
    fn default() -> Self {
        Self {
            lung: true,
            tumour: true,
            reference: true,
            raw: false,
            style: Style::default(),
            opacity: 0.8,
            is_inverted: false,
        }
    }
}

/// One visible layer: the bit of the label map, its colour, and how strongly an area is tinted at
/// full opacity (the lung is large, and is what is read: it gets a hint, and none where it has an
/// outline).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layer {
    /// Bit of the label map.
    pub bit: u8,
    /// Colour.
    pub rgb: [u8; 3],
    /// Share of the colour in a tinted pixel at opacity 1.
    pub tint: f32,
    /// Dashed outline.
    pub dashed: bool,
}

impl Overlay {
    /// The layers to draw, lowest first.
    pub fn layers(self) -> impl Iterator<Item = Layer> {
        let tumour_bit = if self.raw { label::RAW } else { label::FINAL };
        let lung_tint = if self.style.outlines() { 0.0 } else { 0.28 };
        [
            (self.lung, label::LUNG, colour::LUNG, lung_tint, false),
            (self.tumour, tumour_bit, colour::TUMOUR, 0.60, false),
            (
                self.reference,
                label::REFERENCE,
                colour::REFERENCE,
                0.0,
                true,
            ),
        ]
        .into_iter()
        .filter(|layer| layer.0)
        .map(|(_, bit, rgb, tint, dashed)| Layer {
            bit,
            rgb,
            tint,
            dashed,
        })
    }
}

/// RGBA bytes of a slice: `values` (row-major) through `window`, the overlay's filled
/// layers mixed in where `labels` (same length) says so. Missing labels = no layers.
pub fn compose(values: &[i16], labels: &[u8], window: Window, overlay: Overlay) -> Vec<u8> {
    let tints = tint_of_labels(overlay);
    let invert = if overlay.is_inverted { 255 } else { 0 };
    let mut rgba = Vec::with_capacity(values.len() * 4);
    for (i, &value) in values.iter().enumerate() {
        let grey = f32::from(window.grey(value) ^ invert);
        let bits = labels.get(i).copied().unwrap_or(0) & 0x0f;
        let mix = |channel: usize| {
            let (share, rgb) = tints[usize::from(bits)];
            (grey + (rgb[channel] - grey) * share + 0.5) as u8
        };
        rgba.extend_from_slice(&[mix(0), mix(1), mix(2), 255]);
    }
    rgba
}

/// For each of the 16 label combinations: share of colour, and that colour. The topmost
/// tinted layer wins.
fn tint_of_labels(overlay: Overlay) -> [(f32, [f32; 3]); 16] {
    let mut table = [(0.0, [0.0; 3]); 16];
    if !overlay.style.fills() {
        return table;
    }
    for layer in overlay.layers().filter(|layer| layer.tint > 0.0) {
        for (bits, entry) in table.iter_mut().enumerate() {
            if bits as u8 & layer.bit != 0 {
                *entry = (layer.tint * overlay.opacity, layer.rgb.map(f32::from));
            }
        }
    }
    table
}

/// One label map out of the planes the worker sends (each `rows × cols` bytes of 0/1).
/// Planes that are missing or too short count as empty.
pub fn labels_from_planes(
    pixels: usize,
    lung: &[u8],
    raw: &[u8],
    last: &[u8],
    reference: Option<&[u8]>,
) -> Vec<u8> {
    let set = |plane: &[u8], i: usize, bit: u8| match plane.get(i) {
        Some(&p) if p != 0 => bit,
        _ => 0,
    };
    (0..pixels)
        .map(|i| {
            set(lung, i, label::LUNG)
                | set(raw, i, label::RAW)
                | set(last, i, label::FINAL)
                | set(reference.unwrap_or_default(), i, label::REFERENCE)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GREY: Window = Window {
        centre: 127.5,
        width: 255.0,
    };

    #[test]
    fn without_labels_the_slice_is_plain_grey() {
        let rgba = compose(&[0, 128, 255], &[], GREY, Overlay::default());
        assert_eq!(rgba, [0, 0, 0, 255, 128, 128, 128, 255, 255, 255, 255, 255]);
    }

    #[test]
    fn inverted_grey_is_dark_where_it_was_bright_and_layers_keep_their_colours() {
        let inverted = Overlay {
            is_inverted: true,
            style: Style::Fill,
            opacity: 1.0,
            ..Overlay::default()
        };
        let rgba = compose(&[0, 55, 155], &[0, 0, label::FINAL], GREY, inverted);
        assert_eq!([rgba[0], rgba[4]], [255, 200]);
        assert_eq!(&rgba[8..11], &[193, 107, 71], "60 % of orange on grey 100");
    }

    #[test]
    fn the_tumour_lies_over_the_lung_and_opacity_mixes() {
        let overlay = Overlay {
            style: Style::Fill,
            opacity: 1.0,
            ..Overlay::default()
        };
        let both = label::LUNG | label::FINAL;
        let rgba = compose(&[100, 100], &[label::LUNG, both], GREY, overlay);
        assert_eq!(&rgba[0..3], &[93, 122, 143], "28 % of blue on grey 100");
        assert_eq!(&rgba[4..7], &[193, 107, 71], "60 % of orange on grey 100");
        let clear = Overlay {
            opacity: 0.0,
            ..overlay
        };
        assert_eq!(compose(&[100], &[both], GREY, clear), [100, 100, 100, 255]);
    }

    #[test]
    fn contour_style_and_hidden_layers_leave_the_area_alone() {
        let contour = Overlay {
            style: Style::Contour,
            ..Overlay::default()
        };
        assert_eq!(compose(&[9], &[label::FINAL], GREY, contour)[0], 9);
        let hidden = Overlay {
            tumour: false,
            style: Style::Fill,
            ..Overlay::default()
        };
        assert_eq!(compose(&[9], &[label::FINAL], GREY, hidden)[0], 9);
    }

    #[test]
    fn raw_switch_shows_the_other_mask() {
        let raw = Overlay {
            raw: true,
            style: Style::Fill,
            opacity: 1.0,
            ..Overlay::default()
        };
        assert_ne!(compose(&[9], &[label::RAW], GREY, raw)[0], 9);
        assert_eq!(compose(&[9], &[label::FINAL], GREY, raw)[0], 9);
    }

    #[test]
    fn planes_become_bits_and_short_planes_are_empty() {
        let labels = labels_from_planes(3, &[1, 1, 0], &[0, 1, 0], &[0, 1], Some(&[0, 0, 1]));
        assert_eq!(labels, [1, 7, 8]);
    }
}
