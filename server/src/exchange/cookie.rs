//! The cookies of a session and of a sign-in that waits for the second factor (OWASP ASVS 5.0, 3.3.1
//! to 3.3.4).
//!
//! `__Host-` binds them to this host and path and to secure connections. Browsers count
//! `http://localhost` and `http://127.0.0.1` as secure (Chromium and Firefox do, Safari does not),
//! so there is one form of them everywhere.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use time::Duration;

use crate::store::pending_sign_in::LIFE;
use crate::store::session::ABSOLUTE;
use crate::token::{HashedToken, PlainToken};

/// A cookie that holds a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: &'static str,
    /// How long the browser keeps it.
    pub life: Duration,
}

/// That of a session.
pub const SESSION: Cookie = Cookie {
    name: "__Host-session",
    life: ABSOLUTE,
};

/// That of a sign-in whose password was right and that waits for the second factor.
pub const PENDING: Cookie = Cookie {
    name: "__Host-sign-in",
    life: LIFE,
};

const ATTRIBUTES: &str = "HttpOnly; Secure; SameSite=Lax; Path=/";

impl Cookie {
    /// The token in a request's cookie, hashed at once.
    pub(crate) fn token(self, headers: &HeaderMap) -> Option<HashedToken> {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().strip_prefix(self.name)?.strip_prefix('='))
            .find_map(PlainToken::parse)
            .map(|token| token.hash())
    }

    /// A new token, and what sets the cookie to it; `None` if the system gives no random numbers.
    pub(crate) fn issue(self) -> Option<(PlainToken, HeaderValue)> {
        let token = PlainToken::generate()?;
        let value = self.set(&token)?;
        Some((token, value))
    }

    /// Sets it.
    fn set(self, token: &PlainToken) -> Option<HeaderValue> {
        let (name, age) = (self.name, self.life.whole_seconds());
        HeaderValue::try_from(format!(
            "{name}={}; {ATTRIBUTES}; Max-Age={age}",
            token.to_text()
        ))
        .ok()
    }

    /// Removes it.
    pub(crate) fn clear(self) -> Option<HeaderValue> {
        HeaderValue::try_from(format!("{}=; {ATTRIBUTES}; Max-Age=0", self.name)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asvs_3_3_a_cookie_is_kept_from_scripts_other_sites_and_other_hosts() {
        let token = PlainToken::generate().unwrap();
        for (cookie, name, age) in [
            (SESSION, "__Host-session", 2_592_000),
            (PENDING, "__Host-sign-in", 600),
        ] {
            let value = cookie.set(&token).unwrap();
            assert_eq!(
                value.to_str().unwrap(),
                format!(
                    "{name}={}; HttpOnly; Secure; SameSite=Lax; Path=/; Max-Age={age}",
                    token.to_text()
                )
            );
        }
    }

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let token_of = |cookies: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, cookies.parse().unwrap());
            SESSION.token(&headers)
        };
        let text = "A".repeat(43);
        let wanted = PlainToken::parse(&text).map(|token| token.hash());
        let name = SESSION.name;
        assert!(token_of(&format!("a=b; {name}={text}; c=d")) == wanted);
        for other in [
            format!("session={text}"),
            format!("{}={text}", PENDING.name),
            format!("x{name}={text}"),
            format!("{name}=short"),
            String::new(),
        ] {
            assert!(token_of(&other).is_none(), "{other}");
        }
    }
}
