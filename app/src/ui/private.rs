//! Pages that need an account.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::session::{Session, Who, marker};
use crate::ui::address::{escaped, parameter};
use crate::ui::piece::IntoPiece as _;
use crate::ui::{SignInForm, is_alive};

/// Shows its children to whoever is signed in, and everybody else the way to sign in. They are made
/// anew for another account: what they show belongs to one.
#[component]
pub fn Private(
    /// What is said above a form to sign in with on the page itself, where the way back from
    /// another page would lack what stands behind the address's `#`.
    #[prop(optional)]
    in_place: Option<&'static str>,
    children: ChildrenFn,
) -> impl IntoView {
    let session = expect_context::<Session>();
    Effect::new(move |_| session.ask());
    let account = Memo::new(move |_| session.me().map(|me| marker(&me)));
    let shown = move || match account.get() {
        Some(_) => children().into_piece(),
        None => view! { <Outside in_place /> }.into_piece(),
    };
    view! { {shown} }.into_piece()
}

#[component]
fn Outside(in_place: Option<&'static str>) -> impl IntoView {
    let session = expect_context::<Session>();
    let has_form = Memo::new(move |_| in_place.is_some() && session.who.get() == Who::Nobody);
    view! {
        <div aria-live="polite">
            {move || match session.who.get() {
                Who::Unknown | Who::Somebody(_) => view! { <p class="muted">"One moment…"</p> }.into_piece(),
                Who::Failed(error) => view! {
                    <p class="error-text">{error.to_string()}</p>
                    <button type="button" class="button" on:click=move |_| session.ask()>"Try again"</button>
                }
                .into_piece(),
                Who::Nobody => match in_place {
                    Some(words) => view! { <p>{words}</p> }.into_piece(),
                    None => view! { <Ways session /> }.into_piece(),
                },
            }}
        </div>
        {move || has_form.get().then(|| view! { <SignInForm /> })}
    }
    .into_piece()
}

/// The ways in by other pages.
#[component]
fn Ways(session: Session) -> impl IntoView {
    let here = here();
    let by_way_of = move |page: &str| leading_to(page, Some(&here.get()));
    view! {
        <p>{move || why(session)}</p>
        <p class="actions">
            <a class="button primary" href=move || by_way_of("/sign-in")>"Sign in"</a>
            <a class="button" href=move || by_way_of("/register")>"Register"</a>
        </p>
    }
    .into_piece()
}

/// Why there is nothing to see.
fn why(session: Session) -> &'static str {
    let is_kept = session.unsent.with_value(Option::is_some);
    match (session.has_ended.get(), is_kept) {
        (false, _) => "This page belongs to an account. Please sign in.",
        (true, false) => {
            "You were signed out. What you changed here last may not be saved: sign in again to look."
        }
        (true, true) => {
            "You were signed out, so label and day are not changed. What you typed is here again once you have signed in."
        }
    }
}

/// The address of the page that is open.
pub fn here() -> Signal<String> {
    let location = use_location();
    Signal::derive(move || {
        let (path, search) = (location.pathname.get(), location.search.get());
        if search.is_empty() {
            path
        } else {
            [path, search].join("?")
        }
    })
}

/// The address of a page of forms after which `next` is to come, if it is known: behind `#`, for it
/// may name analyses, and no server is to log who was about to look at them.
pub fn leading_to(page: &str, next: Option<&str>) -> String {
    let next = next.map(|next| format!("#next={}", escaped(next)));
    page.to_owned() + &next.unwrap_or_default()
}

/// What is to come after the page of forms that is open, once it has come alive: the server, which
/// rendered it, knew nothing of it.
pub fn following() -> Signal<Option<String>> {
    let (location, is_alive) = (use_location(), is_alive());
    let next = move || {
        let (hash, search) = (location.hash, location.search);
        hash.with(|hash| search.with(|search| next_in(hash, search)))
    };
    Signal::derive(move || is_alive.get().then(next).flatten())
}

/// Pages of the release before, which may still be open, say it behind the `?`.
fn next_in(hash: &str, search: &str) -> Option<String> {
    let next = |text: &str| parameter(text, "next");
    next(hash.trim_start_matches('#')).or_else(|| next(search))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_of_the_release_before_says_behind_the_question_mark_is_understood() {
        let before = "next=%2Fcompare%3Fa%3D1";
        assert_eq!(next_in("", before).as_deref(), Some("/compare?a=1"));
        let now = next_in("#next=/history", before);
        assert_eq!(now.as_deref(), Some("/history"));
    }

    #[test]
    fn what_follows_a_form_stands_in_its_address_where_no_server_sees_it() {
        let pair = "/compare?a=1&b=2#c";
        let address = leading_to("/sign-in", Some(pair));
        let (sent, hash) = address.split_at("/sign-in".len());
        assert_eq!((sent, hash.find('#')), ("/sign-in", Some(0)));
        assert_eq!(next_in(hash, "").as_deref(), Some(pair));
        assert_eq!(leading_to("/sign-in", None), "/sign-in");
        assert_eq!(next_in("", ""), None);
    }
}
