//! What the account says about its owner.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::api::account::{self, Me, Profile};
use crate::form::genders;
use crate::session::Session;
use crate::ui::loaded::{Answer, Loaded, Outlook};
use crate::ui::piece::IntoPiece as _;
use crate::ui::{Done, Field, Form, Select, Sending, Typed};

/// The profile, to see and to change.
#[component]
pub fn ProfileCard() -> impl IntoView {
    let session = expect_context::<Session>();
    let profile = Loaded::<Profile>::new();
    Effect::new(move |_| profile.ask(session, account::profile()));
    let form = move || {
        let profile_now = profile.with(Clone::clone);
        profile_now.map(|now| view! { <Change now profile /> })
    };
    view! {
        <div class="card">
            <h2>"Profile"</h2>
            <Outlook of=Signal::derive(move || profile.outlook()) again=profile.again />
            {form}
        </div>
    }
    .into_late_piece()
}

#[component]
fn Change(now: Profile, profile: Loaded<Profile>) -> impl IntoView {
    let session = expect_context::<Session>();
    let is_done = RwSignal::new(false);
    let next_email = RwSignal::new(now.next_email);
    let sending = Sending::new("profile");
    let submit = move |typed: Typed| {
        is_done.set(false);
        let form = typed.person();
        let faults = form.faults();
        let request = async move {
            let changed = account::change_profile(form).await?;
            if let Some(me) = session.me_untracked() {
                session.signed_in(Me {
                    name: changed.name.clone(),
                    ..me
                });
            }
            is_done.try_set(true);
            next_email.try_set(changed.next_email.clone());
            // The form stays as it is: a new one would take the focus away.
            profile
                .state
                .try_update_untracked(|state| *state = Answer::There(changed));
            Ok(())
        };
        sending.send_unless(faults, Box::pin(request));
    };
    let analyses = match now.analyses {
        1 => "1 analysis saved".to_owned(),
        n => format!("{n} analyses saved"),
    };
    view! {
        <p class="small muted">{format!("Registered on {} · {analyses}", now.since)}</p>
        <Form sending button="Save the profile" on_submit=submit>
            <Field sending name="name" label="Name" autocomplete="name" value=now.name />
            <Field sending name="email" label="E-mail" kind="email" autocomplete="email" value=now.email />
            <div class="columns">
                <Field sending name="age" label="Age" kind="number" value=now.age.to_string() />
                <Select sending name="gender" label="Gender (optional)" options=genders() value=now.gender is_optional=true />
            </div>
            <Field sending name="mobile" label="Mobile number (optional)" kind="tel" autocomplete="tel" value=now.mobile is_optional=true />
            <Field sending name="password" label="Current password" kind="password" autocomplete="current-password"
                is_optional=true hint="Only needed for another e-mail address or mobile number." />
        </Form>
        <Done is_done words="The profile is saved." />
        <Waiting next_email />
    }
    .into_late_piece()
}

/// The address that waits for its link, and the way to withdraw one that is mistyped.
#[component]
fn Waiting(next_email: RwSignal<String>) -> impl IntoView {
    let session = expect_context::<Session>();
    let fault = RwSignal::new(None::<ApiError>);
    let withdraw = move |_| {
        fault.set(None);
        leptos::task::spawn_local(async move {
            match account::withdraw_address().await {
                Ok(()) => {
                    next_email.try_set(String::new());
                }
                Err(error) => {
                    session.heard(&error);
                    fault.try_set(Some(error));
                }
            }
        });
    };
    let is_waiting = Memo::new(move |_| next_email.with(|next| !next.is_empty()));
    view! {
        <p class="small" role="status">{move || {
            let next = next_email.get();
            (!next.is_empty()).then(|| format!("An e-mail was sent to {next}. It becomes your address when you follow the link in it, signed in to this account. If none comes, save again."))
        }}</p>
        {move || is_waiting.get().then(|| view! {
            <button type="button" class="button quiet" on:click=withdraw>"Withdraw the new address"</button>
        })}
        <p class="error-text" role="alert">{move || fault.get().map(|f| f.to_string())}</p>
    }
    .into_late_piece()
}
