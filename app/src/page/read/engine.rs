//! Where the network runs, why, and how fast; diagnostics; the privacy note.

use leptos::prelude::*;
use model::bench::Speeds;
use model::protocol::BackendChoice;

use crate::engine::state::{EngineState, WorkerState};
use crate::export::diagnostics;
use crate::room::Room;
use crate::ui::Choice;
use crate::ui::number::duration;
use crate::ui::piece::IntoPiece as _;

/// The panel.
#[component]
pub fn EnginePanel() -> impl IntoView {
    let room = expect_context::<Room>();
    let is_running = Memo::new(move |_| room.desk.with(|d| d.run.is_some()));
    view! {
        <section class="card" aria-labelledby="engine-title">
            <h2 id="engine-title">"Engine"</h2>
            <Choice legend="Compute on" name="backend"
                options=[BackendChoice::Auto, BackendChoice::Gpu, BackendChoice::Cpu].map(|b| (b, b.title())).to_vec()
                value=room.backend
                on_change=move |b| room.choose_backend(b)
                disabled=is_running />
            <Status />
            <Diagnostics />
            <Privacy />
        </section>
    }
    .into_piece()
}

#[component]
fn Status() -> impl IntoView {
    let room = expect_context::<Room>();
    let state = Memo::new(move |_| room.desk.with(|d| (d.worker, d.engine.clone())));
    let timing = Memo::new(move |_| room.desk.with(diagnostics::mean_ms));
    let status = move || {
        match state.get() {
        (WorkerState::Off | WorkerState::Starting, _) => {
            view! { <p class="small">"The engine is being loaded."</p> }.into_piece()
        }
        (WorkerState::Broken, _) => {
            view! { <p class="small error-text">"The engine does not start in this browser."</p> }.into_piece()
        }
        (WorkerState::Up, EngineState::Off) => ().into_piece(),
        (WorkerState::Up, EngineState::Preparing(a)) => {
            view! { <p class="small">{format!("{} is being prepared.", a.title())}</p> }.into_piece()
        }
        (WorkerState::Up, EngineState::Failed(failure)) => view! {
            <p class="small error-text">{failure.to_string()}</p>
            <button type="button" class="button" on:click=move |_| retry(room)>"Try again"</button>
        }
        .into_piece(),
        (WorkerState::Up, EngineState::Ready(info)) => view! {
            <dl class="facts">
                <div>
                    <dt>"Runs on"</dt>
                    <dd><strong>{info.backend.title()}</strong>" · "{info.adapter}</dd>
                </div>
                {room.desk.with_untracked(|d| d.speeds.clone()).map(|speeds| view! {
                    <div><dt>"Measured"</dt><dd>{speed(&speeds)}</dd></div>
                })}
                {info.reason.map(|reason| view! { <div><dt>"Why"</dt><dd>{reason}</dd></div> })}
                <div><dt>"Network"</dt><dd>{info.architecture.title()}", weights "{info.weights_version}</dd></div>
                <div><dt>"Self-test"</dt><dd>{format!("passed, deviation {:.1e}", info.self_test_error)}</dd></div>
                <div><dt>"Start-up"</dt><dd>{duration(info.start_up_ms)}</dd></div>
                {move || timing.get().map(|(total, network)| view! {
                    <div><dt>"A slice"</dt><dd>{format!("{} (network {})", duration(total), duration(network))}</dd></div>
                })}
            </dl>
        }
        .into_piece(),
    }
    };
    view! { <div class="engine-status">{status}</div> }.into_piece()
}

/// Both back ends' times.
fn speed(speeds: &Speeds) -> String {
    let [gpu, cpu] = [speeds.gpu_ms, speeds.cpu_ms].map(duration);
    format!(
        "GPU {gpu}, processor {cpu} for {0} × {0} pixels",
        Speeds::EDGE
    )
}

fn retry(room: Room) {
    room.choose_engine(
        room.settings.get_untracked().architecture,
        room.backend.get_untracked(),
    );
}

/// Copies the text for a bug report.
#[component]
fn Diagnostics() -> impl IntoView {
    let copied = RwSignal::new(None::<bool>);
    #[cfg(feature = "hydrate")]
    let copy = {
        let room = expect_context::<Room>();
        move |_| {
            use crate::export::save;
            let text = room.desk.with_untracked(|d| {
                diagnostics::text(d, room.backend.get_untracked(), &save::browser())
            });
            leptos::task::spawn_local(async move {
                copied.set(Some(save::to_clipboard(&text).await));
            });
        }
    };
    #[cfg(not(feature = "hydrate"))]
    let copy = move |_| copied.set(None);
    view! {
        <div class="actions">
            <button type="button" class="button quiet" on:click=copy>"Copy diagnostics"</button>
            <span class="small" role="status">
                {move || match copied.get() {
                    None => "",
                    Some(true) => "Copied. It holds nothing about the patient.",
                    Some(false) => "The browser does not allow copying here.",
                }}
            </span>
        </div>
    }
    .into_piece()
}

#[component]
fn Privacy() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    let requests = {
        let room = expect_context::<Room>();
        // Counted again whenever something has happened.
        move || {
            let is_open = room.desk.with(|d| d.open.scan.is_some());
            is_open.then(|| {
                let now = crate::export::save::requests_so_far();
                now.saturating_sub(room.requests_at_open.get())
            })
        }
    };
    #[cfg(not(feature = "hydrate"))]
    let requests = || None::<u32>;
    view! {
        <p class="privacy-note small">
            <strong>"No image data is sent."</strong>
            " The scan is processed in this tab; no server address accepts images. Saving sends masks and \
             measurements, and only when you press Save."
            {move || requests().map(|n| format!(" Requests of this page since the scan was opened: {n}, beside its worker’s for networks and decoders."))}
        </p>
    }
    .into_piece()
}
