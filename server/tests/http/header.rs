//! What every response carries.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::service::{Answer, Service};

/// One response of every kind: page, files, health, and every kind of refusal.
async fn one_of_each(service: &Service) -> Vec<(&'static str, Answer)> {
    let post = |uri: &str| Request::post(uri).header("host", "here");
    vec![
        ("page", service.get("/").await),
        ("file", service.get("/pkg/neurocare.js").await),
        ("worker", service.get("/engine-worker.js").await),
        ("no page", service.get("/no/such/page").await),
        ("health", service.get("/livez").await),
        (
            "wrong method",
            service.send(post("/").body(Body::empty()).unwrap()).await,
        ),
        (
            "cross-site",
            service
                .send(
                    post("/")
                        .header("sec-fetch-site", "cross-site")
                        .body(Body::empty())
                        .unwrap(),
                )
                .await,
        ),
        (
            "too large",
            service
                .send(
                    post("/")
                        .header("content-length", "65537")
                        .body(Body::from(vec![0; 65537]))
                        .unwrap(),
                )
                .await,
        ),
    ]
}

fn directive<'a>(policy: &'a str, name: &str) -> Vec<&'a str> {
    policy
        .split(';')
        .map(str::trim)
        .find_map(|directive| directive.strip_prefix(name)?.strip_prefix(' '))
        .unwrap_or_else(|| panic!("no {name} in {policy}"))
        .split(' ')
        .collect()
}

#[tokio::test]
async fn asvs_3_4_every_response_has_every_security_header() {
    let service = Service::start().await;
    for (kind, answer) in one_of_each(&service).await {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{kind}: {name}");
        }
        assert!(
            answer.header("permissions-policy").contains("camera=()"),
            "{kind}"
        );
        let policy = answer.header("content-security-policy");
        for (name, value) in [
            ("default-src", "'none'"),
            ("connect-src", "'self'"),
            ("style-src", "'self'"),
            ("worker-src", "'self'"),
            ("base-uri", "'none'"),
            ("object-src", "'none'"),
            ("form-action", "'self'"),
            ("frame-ancestors", "'none'"),
        ] {
            assert_eq!(directive(policy, name), [value], "{kind}: {name}");
        }
        assert!(!policy.contains("unsafe-inline"), "{kind}");
        assert!(!policy.contains("'unsafe-eval'"), "{kind}");
        assert_eq!(
            answer
                .headers
                .get_all("content-security-policy")
                .iter()
                .count(),
            1,
            "{kind}"
        );
    }
}

#[tokio::test]
async fn asvs_3_4_3_every_page_has_a_nonce_of_its_own() {
    let service = Service::start().await;
    let mut nonces = Vec::new();
    for uri in ["/", "/", "/no/such/page"] {
        let answer = service.get(uri).await;
        let sources = directive(answer.header("content-security-policy"), "script-src");
        let nonce = sources
            .iter()
            .find_map(|source| source.strip_prefix("'nonce-")?.strip_suffix('\''))
            .expect("a nonce");
        // 128 bits in base64.
        assert!(nonce.len() >= 22, "{nonce}");
        let html = answer.text();
        let scripts = html.matches("<script").count();
        assert!(scripts > 0);
        assert_eq!(
            html.matches(&format!("nonce=\"{nonce}\"")).count(),
            scripts,
            "{html}"
        );
        nonces.push(nonce.to_owned());
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 3);
}

#[tokio::test]
async fn asvs_3_4_3_a_worker_may_run_wasm_but_no_inline_script() {
    let service = Service::start().await;
    let answer = service.get("/engine-worker.js").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        directive(answer.header("content-security-policy"), "script-src"),
        ["'self'", "'wasm-unsafe-eval'"]
    );
}

#[tokio::test]
async fn asvs_3_4_1_hsts_is_sent_behind_tls_and_only_there() {
    let plain = Service::start().await;
    assert_eq!(plain.get("/").await.header("strict-transport-security"), "");
    let behind_tls = Service::start_with(&["--behind-tls"]).await;
    for (kind, answer) in one_of_each(&behind_tls).await {
        assert_eq!(
            answer.header("strict-transport-security"),
            "max-age=63072000; includeSubDomains",
            "{kind}"
        );
    }
}

#[tokio::test]
async fn asvs_14_3_2_what_is_made_for_one_request_is_not_stored() {
    let service = Service::start().await;
    for uri in ["/", "/livez", "/readyz"] {
        assert_eq!(
            service.get(uri).await.header("cache-control"),
            "no-store",
            "{uri}"
        );
    }
}

#[tokio::test]
async fn asvs_13_4_the_server_does_not_name_its_software() {
    let service = Service::start().await;
    for (kind, answer) in one_of_each(&service).await {
        assert_eq!(answer.header("server"), "", "{kind}");
        assert_eq!(answer.header("x-powered-by"), "", "{kind}");
    }
}

#[tokio::test]
async fn pages_and_answers_to_them_name_the_release_that_the_page_module_is_of() {
    let service = Service::start().await;
    let ada = service.person("ada@example.org").await;
    let page = service.get("/").await;
    let named = page.header("x-release");
    assert_eq!(named.len(), 16);
    assert!(page.text().contains(&format!("data-release=\"{named}\"")));
    let nothing = uuid::Uuid::now_v7();
    let head = Request::head("/read").body(Body::empty()).unwrap();
    for answer in [
        service.send(head).await,
        ada.ask("account/me", serde_json::json!({})).await,
        service
            .browser()
            .ask("account/profile", serde_json::json!({}))
            .await,
        ada.get(&format!("/api/analyses/{nothing}")).await,
        ada.get("/api/account/export").await,
    ] {
        assert_eq!(answer.header("x-release"), named);
    }
    assert_eq!(service.get("/livez").await.header("x-release"), "");
}
