//! Choosing one of a few, and switching one thing on or off.

use leptos::prelude::*;

use crate::ui::piece::IntoPiece as _;

/// A row of radio buttons that look like one segmented button.
#[component]
pub fn Choice<T>(
    /// What is chosen, for everybody.
    legend: &'static str,
    /// Group name, unique on the page.
    name: &'static str,
    /// Values and their words.
    options: Vec<(T, &'static str)>,
    /// The value chosen now.
    #[prop(into)]
    value: Signal<T>,
    /// Called with another value.
    #[prop(into)]
    on_change: Callback<T>,
    /// No choice now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let options = options.into_iter().map(move |(option, words)| {
        view! {
            <label>
                <input
                    type="radio"
                    name=name
                    prop:checked=move || value.get() == option
                    checked=value.get_untracked() == option
                    disabled=move || disabled.get()
                    on:change=move |_| on_change.run(option)
                />
                <span>{words}</span>
            </label>
        }
    });
    view! {
        <fieldset class="choice">
            <legend>{legend}</legend>
            <div class="segments">{options.collect_view()}</div>
        </fieldset>
    }
    .into_piece()
}

/// A checkbox with words, and a colour sample where it stands for a layer.
#[component]
pub fn Toggle(
    /// The words.
    words: &'static str,
    /// On or off.
    #[prop(into)]
    value: Signal<bool>,
    /// Called with the new state.
    #[prop(into)]
    on_change: Callback<bool>,
    /// Class of the colour sample.
    #[prop(optional)]
    swatch: Option<&'static str>,
) -> impl IntoView {
    view! {
        <label class="toggle">
            <input
                type="checkbox"
                prop:checked=move || value.get()
                checked=value.get_untracked()
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            {swatch.map(|class| view! { <i class=format!("swatch {class}") aria-hidden="true"></i> })}
            <span>{words}</span>
        </label>
    }
    .into_piece()
}
