//! The second step at sign-in: switching it on with an authenticator app, recovery codes, and
//! switching it off.

use leptos::prelude::*;

use crate::api::account::{self, Enrolment, SecondFactor};
use crate::form::SecondProof;
use crate::session::Session;
use crate::ui::loaded::{Answer, Loaded, Outlook};
use crate::ui::piece::IntoPiece as _;
use crate::ui::{Field, Form, Sending, Typed, focus};

/// What the card knows.
#[derive(Clone, Copy)]
struct Card {
    factor: Loaded<SecondFactor>,
    /// What the app is to read, until its first code was given.
    enrolment: RwSignal<Option<Enrolment>>,
    /// Recovery codes that were made just now.
    codes: RwSignal<Vec<String>>,
}

impl Card {
    /// The server has switched it on or off, and made these recovery codes. The page may be gone.
    fn changed(self, is_on: bool, codes: Vec<String>) {
        let factor = SecondFactor {
            is_on,
            recovery_codes: codes.len() as u32,
        };
        self.enrolment.try_set(None);
        self.codes.try_set(codes);
        self.factor.state.try_set(Answer::There(factor));
        focus::soon("second-factor".to_owned());
    }
}

/// Whether signing in asks for a code, and the ways to change that.
#[component]
pub fn SecondFactorCard() -> impl IntoView {
    let session = expect_context::<Session>();
    let card = Card {
        factor: Loaded::new(),
        enrolment: RwSignal::new(None),
        codes: RwSignal::new(Vec::new()),
    };
    Effect::new(move |_| card.factor.ask(session, account::second_factor()));
    let now = move || {
        let factor = card.factor.with(|factor| *factor)?;
        Some(if factor.is_on {
            view! { <On card left=factor.recovery_codes /> }.into_late_piece()
        } else {
            view! { <Off card /> }.into_late_piece()
        })
    };
    view! {
        <div class="card">
            <h2 id="second-factor" tabindex="-1">"Second step at sign-in"</h2>
            <Outlook of=Signal::derive(move || card.factor.outlook()) again=card.factor.again />
            {now}
        </div>
    }
    .into_late_piece()
}

#[component]
fn Off(card: Card) -> impl IntoView {
    let step = move || match card.enrolment.get() {
        Some(enrolment) => view! { <Enrolling card enrolment /> }.into_late_piece(),
        None => view! { <SetUp card /> }.into_late_piece(),
    };
    step.into_late_piece()
}

/// Asks for the password, upon which the server makes a secret.
#[component]
fn SetUp(card: Card) -> impl IntoView {
    let sending = Sending::new("enrol");
    let submit = move |typed: Typed| {
        let password = typed.text("password");
        let request = async move {
            let enrolment = account::enrol_second_factor(password).await?;
            card.enrolment.try_set(Some(enrolment));
            focus::soon("confirm-code".to_owned());
            Ok(())
        };
        sending.send(Ok(()), Box::pin(request));
    };
    view! {
        <p>
            "It is off. Switched on, signing in also asks for a code that an authenticator app on your phone shows, so \
             that a password that somebody has found out is not enough."
        </p>
        <Form sending button="Set up" on_submit=submit>
            <Field sending name="password" label="Current password" kind="password" autocomplete="current-password" />
        </Form>
    }
    .into_late_piece()
}

/// Shows the secret, and asks for the first code of the app that has read it.
#[component]
fn Enrolling(card: Card, enrolment: Enrolment) -> impl IntoView {
    let sending = Sending::new("confirm");
    let submit = move |typed: Typed| {
        let code = typed.text("code");
        let request = async move {
            card.changed(true, account::confirm_second_factor(code).await?);
            Ok(())
        };
        sending.send(Ok(()), Box::pin(request));
    };
    // A secret of which no code came asks for nothing, and the next set-up replaces it.
    let give_up = move |_| {
        card.enrolment.set(None);
        focus::soon("second-factor".to_owned());
    };
    view! {
        <p>
            "Scan this with the app, or type the secret into it. Then enter the code that the app shows: until then, it \
             stays off."
        </p>
        <img class="qr" src=enrolment.image alt="QR code for the authenticator app" />
        <p>"Secret: "<code>{enrolment.secret}</code></p>
        <Form sending button="Switch on" on_submit=submit>
            <Field sending name="code" label="Code" autocomplete="one-time-code"
                hint="Six digits, others every half minute." />
        </Form>
        <button type="button" class="button quiet" on:click=give_up>"Cancel"</button>
    }
    .into_late_piece()
}

#[component]
fn On(card: Card, left: u32) -> impl IntoView {
    let codes = card.codes.get_untracked();
    let new = (!codes.is_empty()).then(|| {
        let codes = codes.into_iter();
        let codes = codes.map(|code| view! { <li><code>{code}</code></li> });
        view! {
            <p>
                <strong>"Keep these recovery codes now: they are not shown again. "</strong>
                "Each lets you in once without your phone."
            </p>
            <ul class="codes">{codes.collect_view()}</ul>
        }
    });
    view! {
        <p>"It is on: signing in asks for a code of your app, too. Recovery codes left: "{left.to_string()}"."</p>
        {new}
        <details class="sub">
            <summary>"Make new recovery codes"</summary>
            <Proved card ends=false />
        </details>
        <details class="sub">
            <summary>"Switch off"</summary>
            <Proved card ends=true />
        </details>
    }
    .into_late_piece()
}

/// What password and code are asked for: to switch it off, or to make new recovery codes.
#[component]
fn Proved(card: Card, ends: bool) -> impl IntoView {
    let (name, button) = if ends {
        ("factor-end", "Switch the second step off")
    } else {
        ("factor-codes", "Make new codes")
    };
    let sending = Sending::new(name);
    let submit = move |typed: Typed| {
        let form = SecondProof {
            password: typed.text("password"),
            code: typed.text("code"),
        };
        let request = async move {
            let codes = if ends {
                account::end_second_factor(form).await?;
                Vec::new()
            } else {
                account::renew_recovery_codes(form).await?
            };
            card.changed(!ends, codes);
            Ok(())
        };
        sending.send(Ok(()), Box::pin(request));
    };
    view! {
        <Form sending button danger=ends on_submit=submit>
            <Field sending name="password" label="Current password" kind="password" autocomplete="current-password" />
            <Field sending name="code" label="Code" autocomplete="one-time-code"
                hint="Of the app, or a recovery code." />
        </Form>
    }
    .into_late_piece()
}
