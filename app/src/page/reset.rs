//! A new password for whoever has forgotten theirs: asking for the letter, and following
//! its link.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::api::account;
use crate::form::{NewPassword, check_email, check_password};
use crate::session::Session;
use crate::ui::piece::IntoPiece as _;
use crate::ui::{Field, Form, Sending, Typed};

/// With a secret behind the address's `#` the new password is asked for, without one the e-mail
/// address. What stands behind `#` goes to no server and into no log.
#[component]
pub fn ResetPage() -> impl IntoView {
    let hash = use_location().hash;
    // After the page has come alive: the server, which rendered it, knew of no secret.
    let token = RwSignal::new(None);
    Effect::new(move |_| {
        let secret = hash.with(|hash| hash.trim_start_matches('#').to_owned());
        token.set((!secret.is_empty()).then_some(secret));
    });
    view! {
        <Title text="New password · NeuroCare AI" />
        <section class="sheet">
            <h1>"New password"</h1>
            {move || match token.get() {
                None => view! { <Letter /> }.into_piece(),
                Some(token) => view! { <Password token /> }.into_piece(),
            }}
        </section>
    }
    .into_piece()
}

#[component]
fn Letter() -> impl IntoView {
    let is_done = RwSignal::new(false);
    let sending = Sending::new("reset");
    let submit = move |typed: Typed| {
        let email = typed.text("email");
        let checked = check_email(&email).map(|_| ());
        let request = async move {
            account::request_reset(email).await?;
            is_done.try_set(true);
            Ok(())
        };
        sending.send(checked, Box::pin(request));
    };
    view! {
        <Show
            when=move || is_done.get()
            fallback=move || view! {
                <p class="muted">"You get an e-mail with a link to set a new password."</p>
                <Form sending button="Send the link" on_submit=submit>
                    <Field sending name="email" label="E-mail" kind="email" autocomplete="email" />
                </Form>
            }
        >
            <p role="status">
                <strong>"Check your e-mail. "</strong>
                "If there is an account with this address, an e-mail is on its way. The link in it is good for a short time."
            </p>
        </Show>
        <p class="small"><a href="/sign-in">"Back to sign in"</a></p>
    }
    .into_piece()
}

#[component]
fn Password(token: String) -> impl IntoView {
    let session = expect_context::<Session>();
    let is_done = RwSignal::new(false);
    let sending = Sending::new("password");
    let token = StoredValue::new(token);
    let submit = move |typed: Typed| {
        let form = NewPassword {
            token: token.get_value(),
            password: typed.text("password"),
        };
        let checked = check_password(&form.password);
        let request = async move {
            account::apply_reset(form).await?;
            session.signed_out();
            is_done.try_set(true);
            Ok(())
        };
        sending.send(checked, Box::pin(request));
    };
    view! {
        <Show
            when=move || is_done.get()
            fallback=move || view! {
                <Form sending button="Set the password" on_submit=submit>
                    <Field sending name="password" label="New password" kind="password" autocomplete="new-password"
                        hint="At least 12 characters; a few words are easy to remember." />
                </Form>
                <p class="small"><a href="/reset">"Ask for another e-mail"</a></p>
            }
        >
            <div role="status">
                <p><strong>"The new password is set. "</strong>"All browsers that were signed in are signed out."</p>
                <p class="actions"><a class="button primary" href="/sign-in">"Sign in"</a></p>
            </div>
        </Show>
    }
    .into_piece()
}
