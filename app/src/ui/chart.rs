//! Charts as SVG. A table beside them has the same figures, or they have them as text.

use leptos::prelude::*;

use crate::ui::piece::IntoPiece as _;

use super::number::grouped;

/// Height of the drawing area of the histogram in SVG units.
const HEIGHT: f64 = 96.0;

/// Height of a histogram bar: logarithmic, because nearly all pixels are far from any
/// tumour and the few others are the ones of interest. An empty class has no bar, one
/// pixel a visible one.
fn bar_height(count: u32, largest: u32) -> f64 {
    let level = |n: u32| (1.0 + f64::from(n)).log10();
    if count == 0 || largest == 0 {
        0.0
    } else {
        (HEIGHT * level(count) / level(largest)).max(3.0)
    }
}

/// Pixels per tenth of probability.
#[component]
pub fn Histogram(
    /// Pixels in 0–10 %, 10–20 %, …
    counts: [u32; 10],
    /// The threshold, 0…1, drawn as a line.
    #[prop(into)]
    threshold: Signal<f32>,
) -> impl IntoView {
    let largest = counts.iter().copied().max().unwrap_or(0);
    let bars = counts.into_iter().enumerate().map(|(i, count)| {
        let height = bar_height(count, largest);
        let x = 4 + i * 29;
        view! {
            <rect class=if i < 5 { "bar low" } else { "bar high" }
                x=x y=HEIGHT + 4.0 - height width="26" height=height rx="2">
                <title>{format!("{}–{}\u{a0}%: {} pixels", i * 10, i * 10 + 10, grouped(count.into()))}</title>
            </rect>
        }
    });
    let ticks = [0, 25, 50, 75, 100].map(|p| {
        view! { <text x=4.0 + f64::from(p) * 2.88 y="118" text-anchor="middle">{p}</text> }
    });
    let line = move || 2.5 + f64::from(threshold.get()) * 290.0;
    view! {
        <svg class="chart" viewBox="-8 0 312 136" role="img" aria-label="Histogram of tumour probability over the lung, logarithmic">
            {bars.collect_view()}
            <line class="axis" x1="0" x2="296" y1=HEIGHT + 4.5 y2=HEIGHT + 4.5 />
            <line class="threshold" x1=line x2=line y1="0" y2=HEIGHT + 4.0 />
            {ticks.collect_view()}
            <text class="title" x="148" y="133" text-anchor="middle">"tumour probability, %"</text>
        </svg>
    }
    .into_late_piece()
}

/// Ratios between 0 and 1 as horizontal bars.
#[component]
pub fn Ratios(
    /// Name and value; a value that does not exist has no bar.
    ratios: Vec<(&'static str, Option<f32>)>,
) -> impl IntoView {
    let height = ratios.len() * 26;
    let rows = ratios.into_iter().enumerate().map(|(i, (name, value))| {
        let y = i * 26;
        let width = f64::from(value.unwrap_or(0.0).clamp(0.0, 1.0)) * 150.0;
        view! {
            <text x="0" y=y + 16>{name}</text>
            <rect class="track" x="96" y=y + 5 width="150" height="14" rx="3" />
            <rect class="bar high" x="96" y=y + 5 width=width height="14" rx="3" />
            <text class="value" x="256" y=y + 16>{super::number::ratio(value)}</text>
        }
    });
    view! {
        <svg class="chart" viewBox=format!("0 0 300 {height}")>
            {rows.collect_view()}
        </svg>
    }
    .into_late_piece()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_class_fills_the_chart_and_empty_ones_stay_empty() {
        assert!((bar_height(50_000, 50_000) - HEIGHT).abs() < 1e-9);
        assert!(bar_height(0, 50_000) < 1e-9);
        assert!(bar_height(0, 0) < 1e-9);
    }

    #[test]
    fn a_few_pixels_among_many_can_be_seen() {
        let few = bar_height(9, 99_999);
        assert!((few - HEIGHT / 5.0).abs() < 1e-6, "log10(10)/log10(100000)");
    }
}
