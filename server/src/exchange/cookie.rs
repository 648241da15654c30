//! The cookie of a session (OWASP ASVS 5.0, 3.3.1 to 3.3.4).
//!
//! `__Host-` binds it to this host and path and to secure connections. Browsers count
//! `http://localhost` and `http://127.0.0.1` as secure (Chromium and Firefox do, Safari does not),
//! so there is one form of it everywhere.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

use crate::store::session::ABSOLUTE;
use crate::token::{HashedToken, PlainToken};

/// Its name.
pub const NAME: &str = "__Host-session";

const ATTRIBUTES: &str = "HttpOnly; Secure; SameSite=Lax; Path=/";

/// The token in a request's cookie, hashed at once.
pub(crate) fn token(headers: &HeaderMap) -> Option<HashedToken> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().strip_prefix(NAME)?.strip_prefix('='))
        .find_map(PlainToken::parse)
        .map(|token| token.hash())
}

/// Sets it.
pub(crate) fn set(token: &PlainToken) -> Option<HeaderValue> {
    let age = ABSOLUTE.whole_seconds();
    HeaderValue::try_from(format!(
        "{NAME}={}; {ATTRIBUTES}; Max-Age={age}",
        token.to_text()
    ))
    .ok()
}

/// Removes it.
pub(crate) fn clear() -> Option<HeaderValue> {
    HeaderValue::try_from(format!("{NAME}=; {ATTRIBUTES}; Max-Age=0")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asvs_3_3_the_cookie_is_kept_from_scripts_other_sites_and_other_hosts() {
        let token = PlainToken::generate().unwrap();
        let cookie = set(&token).unwrap();
        assert_eq!(
            cookie.to_str().unwrap(),
            format!(
                "__Host-session={}; HttpOnly; Secure; SameSite=Lax; Path=/; Max-Age=2592000",
                token.to_text()
            )
        );
    }

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let token_of = |cookies: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, cookies.parse().unwrap());
            token(&headers)
        };
        let text = "A".repeat(43);
        let wanted = PlainToken::parse(&text).map(|token| token.hash());
        assert!(token_of(&format!("a=b; {NAME}={text}; c=d")) == wanted);
        for other in [
            format!("session={text}"),
            format!("x{NAME}={text}"),
            format!("{NAME}=short"),
            String::new(),
        ] {
            assert!(token_of(&other).is_none(), "{other}");
        }
    }
}
