//! Making an account.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::account::{self, Registered};
use crate::form::genders;
use crate::service::Service;
use crate::session::Session;
use crate::ui::piece::IntoPiece as _;
use crate::ui::private::{following, leading_to};
use crate::ui::{Field, Form, Select, Sending, Typed};

/// The registration form, and what follows it.
#[component]
pub fn RegisterPage() -> impl IntoView {
    let done = RwSignal::new(None);
    let is_closed = Service::of_page().is_closed;
    let next = following();
    let to_sign_in = move || next.with(|next| leading_to("/sign-in", next.as_deref()));
    view! {
        <Title text="Register · NeuroCare AI" />
        <section class="sheet">
            <h1>"Register"</h1>
            <Show when=move || is_closed>
                <p>"On this site, accounts are made by its operator. Ask there for one."</p>
            </Show>
            <Show when=move || done.get().is_some() fallback=move || (!is_closed).then(|| view! { <Registering done to_sign_in /> })>
                <div role="status">
                    <p><strong>{move || next_step(done.get())}</strong></p>
                    <p>
                        "If there was an account with this address already, nothing has changed, and its owner \
                         gets an e-mail about it."
                    </p>
                    <p class="actions"><a class="button primary" href=to_sign_in>"Sign in"</a></p>
                </div>
            </Show>
        </section>
    }
    .into_piece()
}

fn next_step(registered: Option<Registered>) -> &'static str {
    if registered == Some(Registered::Unconfirmed) {
        "Check your e-mail and follow the link in it. If none comes, “Password forgotten?” under “Sign in” sends another one."
    } else {
        "You can sign in now."
    }
}

#[component]
fn Registering<F>(done: RwSignal<Option<Registered>>, to_sign_in: F) -> impl IntoView
where
    F: Fn() -> String + Copy + Send + 'static,
{
    let session = expect_context::<Session>();
    let sending = Sending::new("register");
    let submit = move |typed: Typed| {
        let form = typed.person();
        let faults = form.faults_of_new();
        let request = async move {
            let email = form.email.clone();
            let registered = account::register(form).await?;
            session.newcomer.set_value(email);
            done.try_set(Some(registered));
            Ok(())
        };
        sending.send_unless(faults, Box::pin(request));
    };
    view! {
        <p class="muted">
            "An account keeps your analyses: masks and measurements, never images. Without one, the reading room \
             works all the same. Nobody but you and whoever runs this service can see what you enter here; of the age, \
             the year of birth is kept. "
            <a href="/privacy" target="_blank">"What is stored, and for how long"</a>
        </p>
        <Form sending button="Register" on_submit=submit>
            <Field sending name="name" label="Name" autocomplete="name" />
            <Field sending name="email" label="E-mail" kind="email" autocomplete="email" />
            <Field sending name="password" label="Password" kind="password" autocomplete="new-password"
                hint="At least 12 characters; a few words are easy to remember." />
            <div class="columns">
                <Field sending name="age" label="Age" kind="number" hint="From 16 years." />
                <Select sending name="gender" label="Gender (optional)" options=genders() is_optional=true />
            </div>
            <Field sending name="mobile" label="Mobile number (optional)" kind="tel" autocomplete="tel" is_optional=true
                hint="With country code, such as +44 20 7946 0018." />
        </Form>
        <p class="small">"You have an account? "<a href=to_sign_in>"Sign in"</a>"."</p>
    }
    .into_piece()
}
