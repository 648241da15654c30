//! Taking everything along, and deleting it.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::api::account::Me;
use crate::api::{ApiError, account};
use crate::engine::state::Desk;
use crate::room::Room;
use crate::saving::Outbox;
use crate::session::Session;
use crate::ui::piece::IntoPiece as _;
use crate::ui::{Field, Form, Sending, Typed};

/// Export and deletion.
#[component]
pub fn DataCard() -> impl IntoView {
    view! {
        <div class="card">
            <h2>"Your data"</h2>
            <Export />
            <p class="small muted">
                "Left out are the hashes of password and recovery codes, the secret of the authenticator app, a new address that \
                 still waits for its link, letters on their way, and events (sign-ins and the like) beyond the newest 1,000."
            </p>
            <details class="sub">
                <summary>"Delete the account"</summary>
                <Deletion />
            </details>
        </div>
    }
    .into_late_piece()
}

/// Fetched by the page: a link would make a failed download, without a word, of a refusal.
#[component]
fn Export() -> impl IntoView {
    let sending = Sending::new("export");
    let submit = move |_| sending.send(Ok(()), Box::pin(export()));
    view! {
        <Form sending button="Export my data" on_submit=submit>
            <p>"What is stored about you, and all your analyses, as one JSON file:"</p>
        </Form>
    }
    .into_late_piece()
}

#[cfg(feature = "hydrate")]
async fn export() -> Result<(), ApiError> {
    let file = crate::api::client::file(crate::api::EXPORT_PATH).await?;
    crate::export::save::blob("neurocare-account.json", &file);
    Ok(())
}

#[cfg(not(feature = "hydrate"))]
fn export() -> std::future::Ready<Result<(), ApiError>> {
    std::future::ready(Ok(()))
}

#[component]
fn Deletion() -> impl IntoView {
    let session = expect_context::<Session>();
    let outbox = expect_context::<Outbox>();
    let room = expect_context::<Room>();
    let navigate = use_navigate();
    let sending = Sending::new("delete");
    let submit = move |typed: Typed| {
        let password = typed.text("password");
        let checked = if password.is_empty() {
            Err(ApiError::invalid("password", "Enter your password."))
        } else {
            Ok(())
        };
        let navigate = navigate.clone();
        let request = async move {
            let me = session.me_untracked();
            let deletion = account::delete_account(password).await?;
            if let Some(me) = me {
                discard_all_of(outbox, &me);
            }
            room.desk.update(Desk::nothing_is_saved);
            session.deletion.set_value(Some(deletion));
            session.signed_out();
            navigate("/sign-in", NavigateOptions::default());
            Ok(())
        };
        sending.send(checked, Box::pin(request));
    };
    view! {
        <p>
            "The account and all its analyses are deleted at once and for good. Nobody can bring them back. What happened \
             to the account (sign-ins and the like, with the network of the address) stays for a year, without your name."
        </p>
        <Form sending button="Delete the account and all analyses" danger=true on_submit=submit>
            <Field sending name="password" label="Password" kind="password" autocomplete="current-password" />
        </Form>
    }
    .into_late_piece()
}

/// What waits in this browser belongs to the account, too.
fn discard_all_of(outbox: Outbox, me: &Me) {
    #[cfg(feature = "hydrate")]
    outbox.discard_all_of(crate::session::marker(me));
    #[cfg(not(feature = "hydrate"))]
    let _ = (outbox, me);
}
