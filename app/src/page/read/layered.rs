//! The viewer with its slices and layers: of the open scan, or of a saved analysis.

use leptos::prelude::*;

use crate::page::read::{keys, layers, lesions, toolbar};
use crate::ui::piece::IntoPiece as _;
use crate::viewer::across::AcrossPanel;
use crate::viewer::canvas::Viewer;

/// Layers, planes and keys stand under the image, or beside it where a window is wider than high.
#[component]
pub fn LayeredViewer(
    /// Whether there is an image to draw and measure on, not masks alone.
    #[prop(optional)]
    is_reading: bool,
) -> impl IntoView {
    view! {
        <div class="layered">
            <Viewer />
            <toolbar::SliceSlider />
            <div class="beside">
                <lesions::LesionBar />
                <layers::LayerBar is_reading />
                {is_reading.then(|| view! { <AcrossPanel /> })}
            </div>
            <keys::Keys is_reading />
        </div>
    }
    .into_late_piece()
}
