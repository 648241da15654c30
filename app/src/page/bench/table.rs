//! What was measured.

use leptos::prelude::*;
use model::bench::Figures;

use crate::ui::number::duration;

/// A row a measurement, newest last; the steps of the last one; all of it as JSON.
#[component]
pub fn FiguresTable(
    /// All measurements of this visit.
    figures: RwSignal<Vec<Figures>>,
) -> impl IntoView {
    let rows = move || figures.get().into_iter().map(row).collect_view();
    let last_steps = move || {
        let last = figures.with(|all| all.last().map(|f| f.steps.clone()).unwrap_or_default());
        let steps = last.into_iter().map(|step| {
            view! {
                <tr>
                    <th scope="row">{step.name}</th>
                    <td>{format!("{:.2} ms", step.ms)}</td>
                    <td>{format!("{:.1}", step.gmac_per_s)}</td>
                </tr>
            }
        });
        steps.collect_view()
    };
    let has_steps = move || figures.with(|all| all.last().is_some_and(|f| !f.steps.is_empty()));
    let json = move || figures.with(|all| serde_json::to_string_pretty(all).unwrap_or_default());
    view! {
        <div class="scroll-x" role="region" aria-label="Measurements" tabindex="0">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Network"</th><th scope="col">"Image"</th><th scope="col">"Runs on"</th>
                        <th scope="col">"First"</th><th scope="col">"Warm, median"</th><th scope="col">"GMAC/s"</th>
                        <th scope="col">"Of peak"</th><th scope="col">"Memory"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p class="small muted">
            "GMAC/s: thousand million multiply-accumulates a second, as a direct convolution would need them. Peak: what this \
             processor’s vectors reach on one thread without any memory. The engine needs fewer multiplications than a direct \
             convolution (Winograd), so its share can be above 100 %."
        </p>
        <Show when=has_steps>
            <details class="sub">
                <summary>"Step by step (last measurement)"</summary>
                <table class="table">
                    <thead><tr><th scope="col">"Step"</th><th scope="col">"Time"</th><th scope="col">"GMAC/s"</th></tr></thead>
                    <tbody>{last_steps}</tbody>
                </table>
            </details>
        </Show>
        <details class="sub">
            <summary>"As JSON"</summary>
            <pre class="small" tabindex="0">{json}</pre>
        </details>
    }
    .into_any()
}

fn row(figures: Figures) -> impl IntoView {
    let share = figures.peak_gmac_per_s.map_or_else(
        || "–".to_owned(),
        |peak| format!("{:.0} %", figures.gmac_per_s / peak * 100.0),
    );
    view! {
        <tr>
            <th scope="row">{format!("{} {}", figures.case.architecture.title(), figures.case.width)}</th>
            <td>{format!("{0} × {0}", figures.case.edge)}</td>
            <td>{figures.adapter}</td>
            <td>{duration(figures.first_ms)}</td>
            <td>{duration(figures.warm_ms)}</td>
            <td>{format!("{:.1}", figures.gmac_per_s)}</td>
            <td>{share}</td>
            <td>{format!("{:.0} MiB", figures.memory_mib)}</td>
        </tr>
    }
    .into_any()
}
