//! A service over a small site and a database of its own.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use clap::Parser as _;
use server::config::Config;
use server::database;
use server::router::{AppState, router};
use sqlx::SqlitePool;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// The bytes of the site's only WebAssembly module.
pub(crate) const WASM: &[u8] = b"\0asm not really";

/// And of what stands in for its brotli form.
pub(crate) const WASM_BR: &[u8] = b"smaller";

pub(crate) struct Service {
    pub(crate) state: AppState,
    router: Router,
    folder: TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Service {
    /// As the defaults say.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// With more flags on the command line.
    pub(crate) async fn start_with(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("site");
        for (name, bytes) in [
            ("pkg/neurocare.js", b"export default 1".as_slice()),
            ("pkg/neurocare_bg.wasm", WASM),
            ("pkg/neurocare_bg.wasm.br", WASM_BR),
            ("engine-worker.js", b"import './engine/engine.js'"),
            ("weights/unet.safetensors", b"weights"),
        ] {
            let path = site.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        std::fs::write(folder.path().join("secret.txt"), "not for you").unwrap();
        let config = config(&folder, flags);
        let pool = database::open(&config).await.unwrap();
        database::migrate(&pool).await.unwrap();
        let state = AppState::new(&config, pool);
        Self {
            router: router(state.clone()),
            state,
            folder,
        }
    }

    /// The same state behind other routes.
    pub(crate) fn with_routes(mut self, routes: Router<AppState>) -> Self {
        self.router = server::router::layered(routes, self.state.clone());
        self
    }

    pub(crate) fn database(&self) -> &SqlitePool {
        &self.state.database
    }

    pub(crate) fn config(&self) -> Config {
        config(&self.folder, &[])
    }

    pub(crate) async fn get(&self, uri: &str) -> Answer {
        self.send(Request::get(uri).body(Body::empty()).unwrap())
            .await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

fn config(folder: &TempDir, flags: &[&str]) -> Config {
    let site = folder.path().join("site");
    let data = folder.path().join("data");
    let mut arguments = vec![
        "server",
        "--site",
        site.to_str().unwrap(),
        "--data",
        data.to_str().unwrap(),
    ];
    arguments.extend(flags);
    let mut config = Config::try_parse_from(arguments).unwrap();
    // The environment of the tests has no say.
    if !flags.contains(&"--database-url") {
        config.database_url = None;
    }
    config
}
