//! People at their browsers.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::service::{Answer, Service};

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A browser, which keeps the cookie that it gets.
pub(crate) struct Browser<'a> {
    pub(crate) service: &'a Service,
    pub(crate) cookie: String,
    /// Of the account that its page takes for signed in.
    pub(crate) marker: String,
    /// Where a proxy says that it is.
    host: Option<String>,
}

/// A flag with which [`Service::browser_at`] is believed.
pub(crate) const BEHIND_PROXY: [&str; 2] = ["--trusted-proxies", "127.0.0.1"];

/// What the registration form holds for somebody.
pub(crate) fn registration(email: &str) -> Value {
    json!({ "form": {
        "name": "Ada Lovelace",
        "email": email,
        "password": PASSWORD,
        "age": 36,
        "gender": "female",
        "mobile": "+44 20 7946 0018",
    }})
}

pub(crate) fn credentials(email: &str, password: &str) -> Value {
    json!({ "form": { "email": email, "password": password } })
}

impl Service {
    /// A browser without a cookie.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser {
            service: self,
            cookie: String::new(),
            marker: String::new(),
            host: None,
        }
    }

    /// A browser without a cookie, somewhere else.
    pub(crate) fn browser_at(&self, host: &str) -> Browser<'_> {
        Browser {
            host: Some(host.to_owned()),
            ..self.browser()
        }
    }

    /// Somebody who has registered and signed in.
    pub(crate) async fn person(&self, email: &str) -> Browser<'_> {
        let mut browser = self.browser();
        browser
            .ask("account/register", registration(email))
            .await
            .ok();
        browser.sign_in(email, PASSWORD).await;
        browser
    }

    /// Somebody with a confirmed address, whose registration took one letter.
    pub(crate) async fn confirmed(&self, email: &str) -> Browser<'_> {
        let mut browser = self.browser();
        browser
            .ask("account/register", registration(email))
            .await
            .ok();
        self.run("UPDATE accounts SET unconfirmed_since = NULL")
            .await;
        browser.sign_in(email, PASSWORD).await;
        browser
    }
}

impl Browser<'_> {
    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) {
        let answer = self
            .ask("account/sign_in", credentials(email, password))
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        self.cookie = answer.cookie();
        let key = answer.json()["image_key"].clone();
        self.marker = key.as_str().unwrap().chars().take(16).collect();
    }

    fn request(&self, method: &str, uri: &str) -> axum::http::request::Builder {
        let request = Request::builder().method(method).uri(uri);
        let request = match &self.host {
            Some(host) => request.header("x-forwarded-for", host),
            None => request,
        };
        request
            .header("host", "neurocare.example")
            .header("sec-fetch-site", "same-origin")
            .header(
                "user-agent",
                "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
            )
            .header("cookie", &self.cookie)
    }

    /// Calls a server function.
    pub(crate) async fn ask(&self, function: &str, arguments: Value) -> Answer {
        let request = self
            .request("POST", &format!("/api/{function}"))
            .header("content-type", "application/json")
            .body(Body::from(arguments.to_string()))
            .unwrap();
        self.service.send(request).await
    }

    pub(crate) async fn get(&self, uri: &str) -> Answer {
        let request = self.request("GET", uri).body(Body::empty()).unwrap();
        self.service.send(request).await
    }

    pub(crate) async fn put(&self, id: uuid::Uuid, document: &[u8]) -> Answer {
        let request = self
            .request("PUT", &format!("/api/analyses/{id}"))
            .header("content-type", "application/octet-stream")
            .header("content-length", document.len())
            .header("x-account-marker", &self.marker)
            .body(Body::from(document.to_vec()))
            .unwrap();
        self.service.send(request).await
    }

    /// Asks for a letter with a link to a new password.
    pub(crate) async fn request_reset(&self, email: &str) -> Answer {
        self.ask("account/request_reset", json!({ "email": email }))
            .await
    }

    pub(crate) async fn me(&self) -> Value {
        self.ask("account/me", json!({})).await.ok()
    }
}

impl Answer {
    /// The value of a function that succeeded.
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        self.json()
    }

    /// The kind of a refusal, after its status.
    pub(crate) fn refusal(&self) -> (u16, String) {
        let kind = self.json()["error"].as_str().unwrap_or_default().to_owned();
        (self.status.as_u16(), kind)
    }

    /// The field that a refusal names.
    pub(crate) fn field(&self) -> String {
        assert_eq!(
            self.refusal(),
            (422, "invalid".to_owned()),
            "{}",
            self.text()
        );
        self.json()["field"].as_str().unwrap().to_owned()
    }

    /// The cookie that was set, as it is sent back.
    pub(crate) fn cookie(&self) -> String {
        self.header("set-cookie")
            .split(';')
            .next()
            .unwrap()
            .to_owned()
    }
}
