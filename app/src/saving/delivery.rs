//! What an answer of the server means for an analysis that waits to be sent.

use crate::api::ApiError;

/// First pause between two tries.
const FIRST_PAUSE_MS: u32 = 2_000;

/// Longest pause between two tries.
const LONGEST_PAUSE_MS: u32 = 5 * 60_000;

/// What became of a try to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The server has it: it need not be kept here.
    Stored,
    /// The server had it, and its owner has deleted it there.
    Deleted,
    /// Its account is not signed in: it is kept until it is.
    SignIn,
    /// It failed for now.
    Later,
    /// The server will never take it, for this reason.
    Refused(String),
}

impl Delivery {
    /// What the status, the digest in [`STORED_HEADER`](crate::api::STORED_HEADER) and the text of
    /// the answer mean for a document whose digest is `sent`. Whoever on the way answers in the
    /// place of the server (a proxy, a sign-in page of the network) lets nothing go: that passes.
    pub fn from_answer(sent: &str, status: u16, stored: Option<&str>, text: &str) -> Self {
        match status {
            200 | 201 if stored == Some(sent) => Self::Stored,
            401 => Self::SignIn,
            // Time-outs, too many requests.
            408 | 425 | 429 => Self::Later,
            // A full account is the only fault of the server that does not pass by itself.
            400..=499 | 507 => match refusal(status, text) {
                Some(ApiError::Deleted) => Self::Deleted,
                Some(error) => Self::Refused(error.to_string()),
                None => Self::Later,
            },
            _ => Self::Later,
        }
    }
}

/// The server's reason; `None` if it is not the server that has answered.
fn refusal(status: u16, text: &str) -> Option<ApiError> {
    match model::json::read(text) {
        Ok(error) => Some(error),
        // Whoever has too small a limit has it the next time, too.
        Err(_) if status == 413 => Some(ApiError::TooLarge),
        Err(_) => None,
    }
}

/// Pause before the next try after `failures` failed ones: twice as long each time. `share`
/// (0…1, by chance) spreads browsers that lost their server at the same moment.
pub fn pause_ms(failures: u32, share: f64) -> u32 {
    let pause = FIRST_PAUSE_MS
        .saturating_mul(1 << failures.min(16))
        .min(LONGEST_PAUSE_MS);
    pause - (f64::from(pause) * 0.5 * share.clamp(0.0, 1.0)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &str = "ab12";

    fn of_status(status: u16, text: &str) -> Delivery {
        Delivery::from_answer(SENT, status, None, text)
    }

    #[test]
    fn only_what_the_server_has_or_had_is_let_go() {
        let of = |status, stored, text| Delivery::from_answer(SENT, status, stored, text);
        for status in [200, 201] {
            assert_eq!(of(status, Some(SENT), ""), Delivery::Stored);
            // A sign-in page of the network, a proxy that has another document, or none at all.
            for stored in [None, Some(""), Some("ab13")] {
                assert_eq!(of(status, stored, "<html>"), Delivery::Later);
            }
        }
        for status in [202, 204, 206, 302] {
            assert_eq!(of(status, Some(SENT), ""), Delivery::Later);
        }
        assert_eq!(of(410, None, r#"{"error":"deleted"}"#), Delivery::Deleted);
        for text in ["", "<html>", "{}", r#"{"error":"gone"}"#] {
            assert_eq!(of(410, None, text), Delivery::Later);
        }
    }

    #[test]
    fn what_passes_is_sent_again() {
        assert_eq!(of_status(401, ""), Delivery::SignIn);
        for status in [408, 429, 500, 502, 503, 504, 0] {
            assert_eq!(of_status(status, ""), Delivery::Later);
        }
    }

    #[test]
    fn a_refusal_says_why() {
        let text = r#"{"error":"too_large"}"#;
        assert_eq!(
            of_status(413, text),
            Delivery::Refused(ApiError::TooLarge.to_string())
        );
        assert_eq!(
            of_status(413, "<html>"),
            Delivery::Refused(ApiError::TooLarge.to_string())
        );
        let text = r#"{"error":"full"}"#;
        assert_eq!(
            of_status(ApiError::Full.status(), text),
            Delivery::Refused(ApiError::Full.to_string())
        );
        let text = r#"{"error":"invalid","field":"label","message":"Enter a label."}"#;
        assert_eq!(
            of_status(422, text),
            Delivery::Refused("Enter a label.".to_owned())
        );
    }

    #[test]
    fn what_a_proxy_answers_in_the_place_of_the_server_is_no_refusal() {
        for status in [400, 403, 404, 407, 507] {
            assert_eq!(of_status(status, "<html>"), Delivery::Later);
        }
        let text = r#"{"error":"not_found"}"#;
        assert_eq!(
            of_status(404, text),
            Delivery::Refused(ApiError::NotFound.to_string())
        );
    }

    #[test]
    fn pauses_double_up_to_five_minutes_and_are_spread() {
        assert_eq!(pause_ms(0, 0.0), 2_000);
        assert_eq!(pause_ms(3, 0.0), 16_000);
        assert_eq!(pause_ms(40, 0.0), LONGEST_PAUSE_MS);
        assert_eq!(pause_ms(1, 1.0), 2_000);
        assert!(pause_ms(1, 0.3) > pause_ms(1, 0.8));
    }
}
