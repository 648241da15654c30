//! The browsers that are signed in.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::api::account::{self, SignIn};
use crate::clock::local;
use crate::room::Room;
use crate::session::Session;
use crate::ui::loaded::{Answer, Loaded, Outlook};
use crate::ui::piece::IntoPiece as _;

/// The list, and the ways to end one, this one, or all.
#[component]
pub fn SignInsCard() -> impl IntoView {
    let session = expect_context::<Session>();
    let room = expect_context::<Room>();
    let list = Loaded::<Vec<SignIn>>::new();
    Effect::new(move |_| list.ask(session, account::sign_ins()));
    let fault = RwSignal::new(None::<ApiError>);
    let rows = move || {
        let rows = list.with(Clone::clone).unwrap_or_default();
        rows.into_iter()
            .map(|sign_in| view! { <Row sign_in list fault /> })
            .collect_view()
    };
    let sign_out = move |everywhere: bool| {
        leptos::task::spawn_local(async move {
            match session.sign_out(everywhere).await {
                Ok(()) => room.tell_it_stays(),
                Err(error) => {
                    fault.try_set(Some(error));
                }
            }
        });
    };
    view! {
        <div class="card">
            <h2>"Signed-in browsers"</h2>
            <Outlook of=Signal::derive(move || list.outlook()) again=list.again />
            <ul class="sign-ins">{rows}</ul>
            <p class="error-text" role="alert">{move || fault.get().map(|f| f.to_string())}</p>
            <div class="actions">
                <button type="button" class="button" on:click=move |_| sign_out(false)>"Sign out here"</button>
                <button type="button" class="button" on:click=move |_| sign_out(true)>"Sign out everywhere"</button>
            </div>
        </div>
    }
    .into_late_piece()
}

#[component]
fn Row(
    sign_in: SignIn,
    list: Loaded<Vec<SignIn>>,
    fault: RwSignal<Option<ApiError>>,
) -> impl IntoView {
    let session = expect_context::<Session>();
    let id = sign_in.id;
    let end = move |_| {
        leptos::task::spawn_local(async move {
            match account::end_sign_in(id).await {
                // One that has ended already is as good.
                Ok(()) | Err(ApiError::NotFound) => {
                    list.state.try_update(|state| {
                        if let Answer::There(list) = state {
                            list.retain(|other| other.id != id);
                        }
                    });
                }
                Err(error) => {
                    session.heard(&error);
                    fault.try_set(Some(error));
                }
            }
        });
    };
    let since = local(&sign_in.since);
    let label = format!("End the sign-in of {} from {since}", sign_in.browser);
    let action = if sign_in.is_current {
        view! { <span class="badge">"This one"</span> }.into_late_piece()
    } else {
        view! { <button type="button" class="button quiet" aria-label=label on:click=end>"End"</button> }.into_late_piece()
    };
    view! {
        <li>
            <span>
                <strong>{sign_in.browser}</strong>
                <span class="small muted">{format!("Signed in {since} · last seen {}", local(&sign_in.seen))}</span>
            </span>
            {action}
        </li>
    }
    .into_late_piece()
}
