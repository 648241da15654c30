//! Taking everything along, and deleting it.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::api::account::Me;
use crate::api::{ApiError, EXPORT_PATH, account};
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
            <p>"What is stored about you, and all your analyses, as one JSON file:"</p>
            // Not a page: the router leaves links to files alone.
            <p class="actions"><a class="button" href=EXPORT_PATH download rel="external">"Export my data"</a></p>
            <p class="small muted">
                "Left out are the password’s hash, a new address that still waits for its link, and events (sign-ins and \
                 the like) beyond the newest 1,000."
            </p>
            <details class="sub">
                <summary>"Delete the account"</summary>
                <Deletion />
            </details>
        </div>
    }
    .into_late_piece()
}

#[component]
fn Deletion() -> impl IntoView {
    let session = expect_context::<Session>();
    let outbox = expect_context::<Outbox>();
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
            account::delete_account(password).await?;
            if let Some(me) = me {
                discard_all_of(outbox, &me);
            }
            session.signed_out();
            navigate("/", NavigateOptions::default());
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
