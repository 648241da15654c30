//! Tumour probabilities over the lung on the slice shown.

use leptos::prelude::*;

use crate::engine::state::Desk;
use crate::room::Room;
use crate::ui::Histogram;
use crate::ui::number::grouped;
use crate::ui::piece::IntoPiece as _;

/// The panel; there is none before the first result.
#[component]
pub fn ProbabilitiesPanel() -> impl IntoView {
    let room = expect_context::<Room>();
    let has_result = Memo::new(move |_| room.desk.with(Desk::has_result));
    view! {
        <Show when=move || has_result.get()>
            <section class="card" aria-labelledby="probabilities-title">
                <h2 id="probabilities-title">{move || format!("Probabilities on slice {}", room.slice.get() + 1)}</h2>
                <Probabilities />
            </section>
        </Show>
    }
    .into_late_piece()
}

/// Histogram and table of probabilities over the lung on the slice shown.
#[component]
fn Probabilities() -> impl IntoView {
    let room = expect_context::<Room>();
    let shown = Memo::new(move |_| {
        let slice = room.slice.get();
        room.desk.with(|d| {
            d.open
                .results
                .get(&slice)
                .map(|r| r.is_searched().then_some((r.histogram, r.lung_px)))
        })
    });
    // Another network may be chosen by now, with a threshold of its own.
    let threshold = Signal::derive(move || {
        let chosen = room.settings.get();
        let made_with = room.desk.with(|d| d.made_with().map(|made| made.settings));
        made_with.unwrap_or(chosen).postprocess.threshold
    });
    move || {
        match shown.get() {
        None => {
            view! { <p class="small muted">"This slice is not segmented."</p> }.into_late_piece()
        }
        Some(None) => {
            view! { <p class="small muted">"No lung is seen on this slice, so nothing was searched."</p> }
                .into_late_piece()
        }
        Some(Some((counts, lung_px))) => view! {
            <Histogram counts threshold />
            <p class="small muted">"Pixels of the lung by tumour probability, logarithmic height; the line is the threshold."</p>
            <details class="sub">
                <summary>"As a table"</summary>
                <HistogramTable counts lung_px />
            </details>
        }
        .into_late_piece(),
    }
    }
}

#[component]
fn HistogramTable(counts: [u32; 10], lung_px: usize) -> impl IntoView {
    let share = move |count: u32| {
        if lung_px == 0 {
            "–".to_owned()
        } else {
            format!("{:.2}\u{a0}%", f64::from(count) * 100.0 / lung_px as f64)
        }
    };
    let rows = counts.into_iter().enumerate().map(|(i, count)| {
        view! {
            <tr>
                <th scope="row">{format!("{}–{}\u{a0}%", i * 10, i * 10 + 10)}</th>
                <td>{grouped(count.into())}</td>
                <td>{share(count)}</td>
            </tr>
        }
    });
    view! {
        <table class="table">
            <thead><tr><th scope="col">"Probability"</th><th scope="col">"Pixels"</th><th scope="col">"Of the lung"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_late_piece()
}
