//! Somebody whose account has a second factor, and signing in as they do.

use serde_json::{Value, json};
use server::second_factor::totp::{code, step_now};

use crate::person::{Browser, PASSWORD, credentials};
use crate::service::{Answer, Service};

pub(crate) const ADA: &str = "ada@example.org";

/// Somebody whose account has a second factor.
pub(crate) struct Enrolled<'a> {
    pub(crate) browser: Browser<'a>,
    pub(crate) secret: Vec<u8>,
    pub(crate) recovery_codes: Vec<String>,
}

impl<'a> Enrolled<'a> {
    pub(crate) async fn new(service: &'a Service) -> Self {
        let browser = service.person(ADA).await;
        let secret = enrol(&browser).await;
        let shown = digits(&secret, step_now());
        let confirmed = browser.ask("account/confirm_second_factor", json!({ "code": shown }));
        let codes = confirmed.await.ok();
        Self {
            browser,
            secret,
            recovery_codes: serde_json::from_value(codes).unwrap(),
        }
    }

    /// What the app shows, which nobody has used yet.
    pub(crate) async fn unused_code(&self) -> String {
        let service = self.browser.service;
        service.run("UPDATE second_factors SET last_step = 0").await;
        digits(&self.secret, step_now())
    }

    /// Six digits that the app does not show.
    pub(crate) fn wrong_code(&self) -> String {
        let now = step_now();
        let near: Vec<u32> = (now - 3..=now + 3)
            .map(|step| code(&self.secret, step))
            .collect();
        let wrong = (0..8).find(|code| !near.contains(code)).unwrap();
        format!("{wrong:06}")
    }

    pub(crate) async fn has_it(&self) -> bool {
        self.browser
            .ask("account/second_factor", json!({}))
            .await
            .ok()["is_on"]
            == json!(true)
    }

    pub(crate) async fn codes_left(&self) -> Value {
        self.browser
            .ask("account/second_factor", json!({}))
            .await
            .ok()["recovery_codes"]
            .clone()
    }
}

/// Asks for a secret with the right password.
pub(crate) async fn enrol(browser: &Browser<'_>) -> Vec<u8> {
    let asked = browser.ask(
        "account/enrol_second_factor",
        json!({ "password": PASSWORD }),
    );
    let enrolment = asked.await.ok();
    let image = enrolment["image"].as_str().unwrap();
    assert!(image.starts_with("data:image/svg+xml;base64,"), "{image}");
    from_base32(enrolment["secret"].as_str().unwrap())
}

fn from_base32(text: &str) -> Vec<u8> {
    let digit = |c: char| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).unwrap();
    let digits: Vec<usize> = text.chars().filter(|c| *c != ' ').map(digit).collect();
    let bits: Vec<usize> = digits
        .iter()
        .flat_map(|digit| (0..5).rev().map(move |place| digit >> place & 1))
        .collect();
    bits.chunks_exact(8)
        .map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | *bit as u8))
        .collect()
}

pub(crate) fn digits(secret: &[u8], step: i64) -> String {
    format!("{:06}", code(secret, step))
}

/// A browser in which the right password was given, and that is asked for the code.
pub(crate) async fn pending<'a>(service: &'a Service, password: &str) -> Browser<'a> {
    let mut browser = service.browser();
    let form = credentials(ADA, password);
    let answer = browser.ask("account/sign_in", form).await;
    assert_eq!(answer.refusal(), (401, "code_needed".to_owned()));
    browser.cookie = answer.cookie();
    assert!(browser.cookie.starts_with("__Host-sign-in="));
    assert_eq!(browser.me().await, Value::Null, "no session yet");
    browser
}

pub(crate) async fn give(browser: &Browser<'_>, code: &str) -> Answer {
    browser
        .ask("account/sign_in_code", json!({ "code": code }))
        .await
}

pub(crate) fn signed_out() -> (u16, String) {
    (401, "signed_out".to_owned())
}
