//! A service over a small site and a database of its own.
//!
//! Every test runs on the embedded database, or, where `NEUROCARE_TEST_MYSQL` holds the URL of a
//! MySQL or MariaDB server without a database's name, on that server. `./neurocare test` does both.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use server::config::Config;
use server::router::{AppState, router};
use server::store::{Store, schema};
use sqlx::{Connection as _, Executor as _, SqlitePool};
use tempfile::TempDir;
use time::{OffsetDateTime, PrimitiveDateTime};
use tower::ServiceExt as _;

/// The bytes of the site's only WebAssembly module.
pub(crate) const WASM: &[u8] = b"\0asm not really";

/// And of what stands in for its brotli form.
pub(crate) const WASM_BR: &[u8] = b"smaller";

pub(crate) struct Service {
    pub(crate) state: AppState,
    router: Router,
    folder: TempDir,
    database_url: Option<String>,
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

    /// On the embedded database, whatever the other tests run on.
    pub(crate) async fn start_embedded() -> Self {
        Self::start_on(None, &[]).await
    }

    /// With more flags on the command line.
    pub(crate) async fn start_with(flags: &[&str]) -> Self {
        Self::start_on(new_database().await, flags).await
    }

    /// On a database that exists.
    pub(crate) async fn start_on(database_url: Option<String>, flags: &[&str]) -> Self {
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
        let config = config(&folder, flags, database_url.clone());
        let store = Store::open(&config).await.unwrap();
        schema::migrate(&store).await.unwrap();
        let state = AppState::new(&config, store).unwrap();
        Self {
            router: router(state.clone()),
            state,
            folder,
            database_url,
        }
    }

    /// Another service on the same database, as behind a balancer.
    pub(crate) async fn another(&self) -> Self {
        match &self.state.store {
            Store::MySql(_) => Self::start_on(self.database_url.clone(), &[]).await,
            Store::Sqlite(..) => {
                let file = self.folder.path().join("data/neurocare.sqlite");
                Self::start_on(Some(format!("sqlite://{}", file.display())), &[]).await
            }
        }
    }

    /// The same with something else in its state.
    pub(crate) fn with_state(mut self, change: impl FnOnce(&mut AppState)) -> Self {
        change(&mut self.state);
        self.router = router(self.state.clone());
        self
    }

    /// The same state behind other routes.
    pub(crate) fn with_routes(mut self, routes: Router<AppState>) -> Self {
        self.router = server::router::layered(routes, self.state.clone());
        self
    }

    /// The embedded database.
    pub(crate) fn database(&self) -> &SqlitePool {
        match &self.state.store {
            Store::Sqlite(pool, _) => pool,
            Store::MySql(_) => panic!("this test is about the embedded database"),
        }
    }

    /// The number that a statement finds.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        match &self.state.store {
            Store::Sqlite(pool, _) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
            Store::MySql(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
        }
    }

    /// Runs a statement; how many rows it met.
    pub(crate) async fn run(&self, sql: &'static str) -> u64 {
        match &self.state.store {
            Store::Sqlite(pool, _) => pool.execute(sql).await.unwrap().rows_affected(),
            Store::MySql(pool) => pool.execute(sql).await.unwrap().rows_affected(),
        }
    }

    /// Runs a statement about a moment; how many rows it met.
    pub(crate) async fn run_at(&self, sql: &'static str, at: PrimitiveDateTime) -> u64 {
        match &self.state.store {
            Store::Sqlite(pool, _) => {
                let done = sqlx::query(sql).bind(at).execute(pool).await;
                done.unwrap().rows_affected()
            }
            Store::MySql(pool) => {
                let done = sqlx::query(sql).bind(at).execute(pool).await;
                done.unwrap().rows_affected()
            }
        }
    }

    /// The moment that a statement finds.
    pub(crate) async fn moment(&self, sql: &'static str) -> PrimitiveDateTime {
        match &self.state.store {
            Store::Sqlite(pool, _) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
            Store::MySql(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
        }
    }

    pub(crate) fn config(&self) -> Config {
        config(&self.folder, &[], self.database_url.clone())
    }

    /// The letters that were sent, oldest first, once there are `wanted` of them.
    pub(crate) async fn letters(&self, wanted: usize) -> Vec<String> {
        for _ in 0..1500 {
            let letters = self.letters_now();
            if letters.len() >= wanted {
                return letters;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("fewer than {wanted} letters");
    }

    /// The letters that have been sent by now, oldest first.
    pub(crate) fn letters_now(&self) -> Vec<String> {
        let mut files: Vec<_> = std::fs::read_dir(self.folder.path().join("data/outbox"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        files
            .iter()
            .map(|file| std::fs::read_to_string(file).unwrap())
            .filter(|letter| letter.ends_with("\r\n") || letter.ends_with('\n'))
            .collect()
    }

    /// The newest letter once there are `wanted` of them, without its transfer encoding.
    pub(crate) async fn newest_letter(&self, wanted: usize) -> String {
        let letters = self.letters(wanted).await;
        let newest = letters.last().unwrap();
        newest.replace("=\r\n", "").replace("=3D", "=")
    }

    /// The newest letter with these words once there are `wanted` of all, without its transfer
    /// encoding.
    pub(crate) async fn letter_with(&self, words: &str, wanted: usize) -> String {
        let letters = self.letters(wanted).await;
        let newest = letters.iter().rfind(|letter| letter.contains(words));
        newest.unwrap().replace("=\r\n", "").replace("=3D", "=")
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

/// The server to test on, unless it is the embedded database.
pub(crate) fn mysql() -> Option<String> {
    std::env::var("NEUROCARE_TEST_MYSQL").ok()
}

/// A new database on that server; its URL.
pub(crate) async fn new_database() -> Option<String> {
    Some(database_on(&mysql()?).await)
}

/// A new database on a server; its URL.
pub(crate) async fn database_on(server: &str) -> String {
    let name = format!("test_{}", uuid::Uuid::now_v7().simple());
    let mut connection = sqlx::MySqlConnection::connect(server).await.unwrap();
    connection
        .execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .await
        .unwrap();
    connection.close().await.unwrap();
    format!("{}/{name}", server.trim_end_matches('/'))
}

/// Now, in UTC.
pub(crate) fn now() -> PrimitiveDateTime {
    let now = OffsetDateTime::now_utc();
    PrimitiveDateTime::new(now.date(), now.time())
}

fn config(folder: &TempDir, flags: &[&str], database_url: Option<String>) -> Config {
    let site = folder.path().join("site");
    let data = folder.path().join("data");
    let mut arguments = vec![
        "server",
        "--site",
        site.to_str().unwrap(),
        "--data",
        data.to_str().unwrap(),
        // Many tests share one server.
        "--database-connections",
        "4",
    ];
    arguments.extend(flags);
    let mut config = Config::from_flags(arguments).unwrap();
    config.database_url = database_url;
    config
}

/// The secret of a letter's link to a page.
pub(crate) fn link(letter: &str, page: &str) -> String {
    let (_, after) = letter.split_once(&format!("/{page}#")).unwrap();
    after.chars().take(43).collect()
}
