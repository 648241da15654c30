//! Pages that the browser fetches when the first of them is opened: those of accounts and of saved
//! analyses, a fifth of the page's module. Who has a scan read for the first time does not wait for
//! them.
//!
//! The build takes them out of the module, with all that nothing else uses
//! (`xtask/src/wasm/parts.rs`).

use crate::page::{
    AccountPage, AddressPage, ComparePage, FollowUpPage, HistoryPage, RegisterPage, ResetPage,
    SavedPage, SignInPage,
};
use crate::ui::piece::{IntoPiece as _, Piece};

#[cfg(feature = "hydrate")]
pub use browser::{later, when_fetched};

/// One of these pages.
#[derive(Debug, Clone, Copy)]
pub enum Later {
    /// [`AccountPage`].
    Account,
    /// [`AddressPage`].
    Address,
    /// [`ComparePage`].
    Compare,
    /// [`FollowUpPage`].
    FollowUp,
    /// [`HistoryPage`].
    History,
    /// [`RegisterPage`].
    Register,
    /// [`ResetPage`].
    Reset,
    /// [`SavedPage`].
    Saved,
    /// [`SignInPage`].
    SignIn,
}

/// What paths of these pages begin with.
#[cfg(any(feature = "hydrate", test))]
const PLACES: [&str; 8] = [
    "account",
    "address",
    "compare",
    "follow-up",
    "history",
    "register",
    "reset",
    "sign-in",
];

/// Whether one of these pages is at a path.
#[cfg(any(feature = "hydrate", test))]
pub(crate) fn is_at(path: &str) -> bool {
    let place = path.split('/').nth(1);
    place.is_some_and(|place| PLACES.contains(&place))
}

fn page(which: Later) -> Piece {
    match which {
        Later::Account => AccountPage().into_piece(),
        Later::Address => AddressPage().into_piece(),
        Later::Compare => ComparePage().into_piece(),
        Later::FollowUp => FollowUpPage().into_piece(),
        Later::History => HistoryPage().into_piece(),
        Later::Register => RegisterPage().into_piece(),
        Later::Reset => ResetPage().into_piece(),
        Later::Saved => SavedPage().into_piece(),
        Later::SignIn => SignInPage().into_piece(),
    }
}

/// The page; the server has all of them.
#[cfg(not(feature = "hydrate"))]
pub fn later(which: Later) -> Piece {
    page(which)
}

#[cfg(feature = "hydrate")]
mod browser {
    // `wasm_split` writes the calls between the modules, which are of one compilation and share
    // their memory, and demands the error that only fetching can have.
    #![allow(unsafe_code, clippy::unnecessary_wraps)]

    use futures_util::FutureExt as _;
    use gloo::timers::callback::Timeout;
    use leptos::prelude::*;
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    use super::{Later, page};
    use crate::service;
    use crate::ui::loaded::{Fault, Outlook};
    use crate::ui::piece::{IntoPiece as _, Piece};

    /// Between two tries to fetch what a page of the server needs to come to life, how many there
    /// are, and after how many the reader is told.
    const PAUSE_MS: u32 = 3_000;
    const TRIES: u32 = 20;
    const TOLD_AFTER: u32 = 2;

    #[wasm_split(accounts, preload(fetch), fallible)]
    fn fetched(which: Later) -> Result<Piece, SplitLoaderError> {
        Ok(page(which))
    }

    /// Goes on with `then` when the pages are there: what the server wrote of one can come to life.
    pub fn when_fetched(then: fn()) {
        try_fetching(1, then);
    }

    fn try_fetching(tries: u32, then: fn()) {
        wasm_bindgen_futures::spawn_local(async move {
            let is_there = fetch().await.is_ok();
            service::is_incomplete(!is_there && tries >= TOLD_AFTER);
            if is_there {
                then();
            } else if tries < TRIES {
                Timeout::new(PAUSE_MS, move || try_fetching(tries + 1, then)).forget();
            }
        });
    }

    /// The page if they were fetched.
    fn at_once(which: Later) -> Option<Piece> {
        fetched(which).now_or_never()?.ok()
    }

    /// The page, now or as soon as it was fetched.
    pub fn later(which: Later) -> Piece {
        if let Some(page) = at_once(which) {
            return page;
        }
        let outlook = RwSignal::new((true, None));
        let again = RwSignal::new(0);
        Effect::new(move |_| {
            again.track();
            outlook.set((true, None));
            leptos::task::spawn_local(async move {
                let fault = fetch().await.err().map(|_| Fault {
                    words: "This page could not be fetched. Check the connection and try again. If the site has a new release, it opens in another tab.".to_owned(),
                    is_final: false,
                });
                outlook.try_set((false, fault));
            });
        });
        let page = move || {
            (outlook.get() == (false, None))
                .then(|| at_once(which))
                .flatten()
        };
        view! {
            <Outlook of=outlook again=again />
            {page}
        }
        .into_late_piece()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_these_pages_wait_until_they_are_fetched() {
        for path in ["/sign-in", "/history", "/history/0192", "/follow-up/"] {
            assert!(is_at(path), "{path}");
        }
        for path in ["/", "/read", "/about", "/no-such-page", "/historic"] {
            assert!(!is_at(path), "{path}");
        }
    }
}
