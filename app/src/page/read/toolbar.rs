//! Window presets, tools and slices.

use leptos::prelude::*;
use model::window::PRESETS;

use crate::room::cine::PACES;
use crate::room::{Room, Tool};
use crate::ui::Choice;
use crate::ui::piece::IntoPiece as _;
use crate::viewer::slab;

/// Above the viewer.
#[component]
pub fn Toolbar() -> impl IntoView {
    let room = expect_context::<Room>();
    let is_ct = Memo::new(move |_| room.is_ct());
    let obstacle = Memo::new(move |_| slab::obstacle(room));
    view! {
        <div class="toolbar" role="group" aria-label="Viewer">
            <Show when=move || is_ct.get()>
                <div class="group" role="group" aria-label="Window preset">
                    <Presets />
                </div>
            </Show>
            <Show when=move || is_ct.get() && { room.slices() > 1 }>
                <button type="button" class="button"
                    title=move || obstacle.get().unwrap_or("Brightest of about 10 mm: vessels become lines, nodules stay dots")
                    aria-disabled=move || obstacle.get().is_some().to_string()
                    aria-pressed=move || (room.is_slab.get() && obstacle.get().is_none()).to_string()
                    on:click=move |_| room.switch_slab()>
                    "MIP"
                </button>
            </Show>
            <Choice
                legend="Drag to"
                name="tool"
                options=vec![
                    (Tool::Pan, "Move"),
                    (Tool::Window, "Window"),
                    (Tool::Measure, "Measure"),
                    (Tool::Ellipse, "ROI"),
                    (Tool::Add, "Add area"),
                    (Tool::Cut, "Cut area"),
                ]
                value=Signal::derive(move || match room.tool.get() {
                    Tool::ShortAxis => Tool::Measure,
                    tool => tool,
                })
                on_change=move |tool| room.tool.set(tool)
            />
            <Zoom />
            {full_screen()}
        </div>
    }
    .into_late_piece()
}

/// The button for the whole screen, where the browser can show that.
#[cfg(feature = "hydrate")]
fn full_screen() -> Option<impl IntoView> {
    use crate::viewer::full_screen::{is_on, is_possible, switch};

    let is_full = RwSignal::new(is_on());
    // It is left with Escape, too, of which the page hears nothing else.
    let heard = window_event_listener_untyped("fullscreenchange", move |_| is_full.set(is_on()));
    on_cleanup(move || heard.remove());
    is_possible().then(|| {
        view! {
            <button type="button" class="button" aria-label="Full screen" title="Full screen (F)"
                aria-pressed=move || is_full.get().to_string() on:click=move |_| { switch(); }>
                <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" focusable="false">
                    <path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" fill="none" stroke="currentColor" stroke-width="1.5" />
                </svg>
            </button>
        }
        .into_late_piece()
    })
}

/// No browser, no screen.
#[cfg(not(feature = "hydrate"))]
fn full_screen() -> Option<&'static str> {
    None
}

/// Larger, smaller, whole.
#[component]
pub fn Zoom() -> impl IntoView {
    let room = expect_context::<Room>();
    view! {
        <div class="group" role="group" aria-label="Zoom">
            <button type="button" class="button" aria-label="Zoom out" on:click=move |_| room.zoom(0.8)>"−"</button>
            <output class="zoom">{move || format!("{:.0} %", room.view.get().zoom * 100.0)}</output>
            <button type="button" class="button" aria-label="Zoom in" on:click=move |_| room.zoom(1.25)>"+"</button>
            <button type="button" class="button" on:click=move |_| room.reset_view()>"Reset"</button>
        </div>
    }
    .into_late_piece()
}

#[component]
fn Presets() -> impl IntoView {
    let room = expect_context::<Room>();
    PRESETS
        .map(|preset| {
            view! {
                <button
                    type="button"
                    class="button"
                    aria-pressed=move || (room.window.get() == preset.window).to_string()
                    on:click=move |_| room.window.set(preset.window)
                >
                    {preset.name}
                </button>
            }
        })
        .collect_view()
}

/// Below the viewer; hidden for a single slice.
#[component]
pub fn SliceSlider() -> impl IntoView {
    let room = expect_context::<Room>();
    let go = move |event| {
        if let Ok(number) = event_target_value(&event).parse::<usize>() {
            room.turn_to(number.saturating_sub(1));
            // Where the slice stays, so does the thumb.
            #[cfg(feature = "hydrate")]
            event_target::<web_sys::HtmlInputElement>(&event)
                .set_value(&(room.slice.get_untracked() + 1).to_string());
        }
    };
    let words = move || format!("Slice {} of {}", room.slice.get() + 1, room.slices());
    // A slice that comes by itself is not read out.
    let live = move || room.is_playing.get().then_some("off");
    #[cfg(feature = "hydrate")]
    crate::room::cine::attend(room);
    view! {
        <Show when=move || { room.slices() > 1 }>
            <div class="slice-slider">
                <Cine />
                <button type="button" class="button" aria-label="Previous slice" on:click=move |_| room.step(-1)>"‹"</button>
                <input
                    type="range"
                    min="1"
                    max=move || room.slices()
                    prop:value=move || room.slice.get() + 1
                    aria-label="Slice"
                    aria-valuetext=words
                    on:input=go
                />
                <button type="button" class="button" aria-label="Next slice" on:click=move |_| room.step(1)>"›"</button>
                <output class="count" aria-live=live>{words}</output>
                <SliceMap />
            </div>
        </Show>
    }
    .into_late_piece()
}

/// Plays through the slices, and how fast.
#[component]
fn Cine() -> impl IntoView {
    let room = expect_context::<Room>();
    let told = move |playing, still| {
        if room.is_playing.get() {
            playing
        } else {
            still
        }
    };
    let words = move || told("Stop playing", "Play");
    let pick = move |event| {
        if let Ok(pace_ms) = event_target_value(&event).parse::<usize>() {
            room.pace_ms.set(pace_ms);
        }
    };
    let option = |(pace_ms, words): (usize, &'static str)| {
        let is_chosen = pace_ms == room.pace_ms.get_untracked();
        view! { <option value=pace_ms.to_string() selected=is_chosen>{words}</option> }
    };
    view! {
        <div class="cine">
            <button type="button" class="button" aria-label=words title="Play through the slices (G)"
                on:click=move |_| room.switch_cine()>
                {move || told("■", "▶\u{fe0e}")}
            </button>
            <select aria-label="Speed" on:change=pick>{PACES.map(option).collect_view()}</select>
        </div>
    }
    .into_late_piece()
}

/// A strip under the slider: which slices are segmented, and which have findings.
#[component]
fn SliceMap() -> impl IntoView {
    let room = expect_context::<Room>();
    let marks = Memo::new(move |_| {
        room.desk.with(|d| {
            d.open
                .results
                .values()
                .map(|r| (r.slice, !r.findings.is_empty()))
                .collect::<Vec<_>>()
        })
    });
    let strip = move || {
        marks
            .get()
            .into_iter()
            .map(|(slice, found)| {
                let class = if found { "found" } else { "clear" };
                view! { <rect class=class x=slice y="0" width="1" height="4" /> }
            })
            .collect_view()
    };
    view! {
        <svg
            class="slice-map"
            viewBox=move || format!("0 0 {} 4", room.slices().max(1))
            preserveAspectRatio="none"
            aria-hidden="true"
        >
            {strip}
        </svg>
    }
    .into_late_piece()
}
