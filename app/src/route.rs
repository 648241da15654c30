//! Which page belongs to which path, and what surrounds every page.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
#[cfg(feature = "hydrate")]
use leptos_router::NavigateOptions;
use leptos_router::components::{A, Route, Router, Routes};
use leptos_router::hooks::use_location;
#[cfg(feature = "hydrate")]
use leptos_router::hooks::use_navigate;
use leptos_router::path;

use crate::page::history::Listed;
use crate::page::{AboutPage, HomePage, Later, NotFoundPage, PrivacyPage, ReadPage, later};
use crate::room::Room;
#[cfg(feature = "hydrate")]
use crate::room::files::accept_drops;
use crate::saving::Outbox;
use crate::service::Outdated;
use crate::session::Session;
use crate::ui::focus;
use crate::ui::piece::IntoPiece as _;
use crate::ui::{AccountMenu, Logo, OutboxBar, ThemeToggle};

/// The pages that everybody may open, in the order of the navigation: path and name. The others are
/// [`Later`].
const NAVIGATION: [(&str, &str); 3] = [("/", "Home"), (READ, "Reading room"), ("/about", "About")];

/// What browsers without scripts show; only the server writes it.
const NO_SCRIPT: &str = if cfg!(feature = "ssr") {
    "<p class=\"notice\">Scripts are switched off. The reading room and the pages of an account need JavaScript and \
     WebAssembly: allow them for this site, then reload the page.</p>"
} else {
    ""
};

/// Path of the reading room.
const READ: &str = "/read";

/// The application: header, the page of the current path, footer.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let room = Room::new();
    let session = Session::new();
    let outbox = Outbox::new(session);
    provide_context(room);
    provide_context(session);
    provide_context(outbox);
    provide_context(Listed::new());
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        session.recall();
        outbox.open();
        room.guard_results();
        focus::holding::start();
        focus::menu::start();
    });
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        if let Some(id) = outbox.deleted.get() {
            room.desk.update(|d| d.no_longer_saved(&id));
        }
    });
    view! {
        <Router>
            <a class="skip" href="#main">"Skip to content"</a>
            <Header />
            <FollowKeyboard />
            <FollowDrop />
            <main id="main" tabindex="-1">
                <noscript inner_html=NO_SCRIPT></noscript>
                <Outdated />
                <OutboxBar />
                <Routes fallback=NotFoundPage>
                    <Route path=path!("/") view=HomePage />
                    <Route path=path!("/read") view=ReadPage />
                    <Route path=path!("/about") view=AboutPage />
                    <Route path=path!("/privacy") view=PrivacyPage />
                    <Route path=path!("/register") view=|| later(Later::Register) />
                    <Route path=path!("/sign-in") view=|| later(Later::SignIn) />
                    <Route path=path!("/reset") view=|| later(Later::Reset) />
                    <Route path=path!("/address") view=|| later(Later::Address) />
                    <Route path=path!("/account") view=|| later(Later::Account) />
                    <Route path=path!("/history") view=|| later(Later::History) />
                    <Route path=path!("/history/:id") view=|| later(Later::Saved) />
                    <Route path=path!("/follow-up") view=|| later(Later::FollowUp) />
                    <Route path=path!("/compare") view=|| later(Later::Compare) />
                </Routes>
            </main>
            <Footer />
        </Router>
    }
}

/// The keyboard goes on at the start of a new page: the link that led there may be gone with the
/// page before, or with the menu that it was in.
#[component]
fn FollowKeyboard() -> impl IntoView {
    let path = use_location().pathname;
    Effect::new(move |before: Option<()>| {
        path.track();
        if before.is_some() {
            focus::soon("main".to_owned());
        }
    });
}

/// A scan that is dropped on any page is opened in the reading room; left to the browser, it would
/// take the page's place.
#[component]
fn FollowDrop() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        let room = expect_context::<Room>();
        let navigate = use_navigate();
        let path = use_location().pathname;
        Effect::new(move |_| {
            let navigate = navigate.clone();
            accept_drops(room, move || {
                if path.with_untracked(|path| path != READ) {
                    navigate(READ, NavigateOptions::default());
                }
            });
        });
    }
}

#[component]
fn Header() -> impl IntoView {
    let session = expect_context::<Session>();
    let is_signed_in = Memo::new(move |_| session.me().is_some());
    let path = use_location().pathname;
    let here = move || path.with(|path| path.starts_with("/history").then_some("page"));
    let history = move || {
        let link = || view! { <li><a href="/history" aria-current=here>"History"</a></li> };
        is_signed_in.get().then(|| link().into_late_piece())
    };
    let [home, room, about] =
        NAVIGATION.map(|(href, name)| view! { <li><A href=href exact=true>{name}</A></li> });
    view! {
        <header class="site-header">
            <a class="brand" href="/"><Logo />"NeuroCare AI"</a>
            <nav aria-label="Main">
                <ul>{home}{room}{history}{about}</ul>
            </nav>
            <AccountMenu />
            <ThemeToggle />
        </header>
    }
}

#[component]
fn Footer() -> impl IntoView {
    view! {
        <footer class="site-footer">
            <p>
                <strong>"Preliminary screening, not a diagnosis."</strong>
                " NeuroCare AI is research software and not a medical device. Every result must be \
                 checked by a qualified healthcare professional before it influences care."
            </p>
            <p class="muted">
                "Images stay on this device. "<a href="/privacy">"Privacy"</a>" · Sample scan: LIDC-IDRI, CC BY 3.0."
            </p>
        </footer>
    }
}
