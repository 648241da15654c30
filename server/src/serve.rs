//! Listening, and stopping without cutting anyone off.
//!
//! Connections are driven by hyper directly, because `axum::serve` 0.8 has no limit on how long a
//! client may take to send its headers: a few thousand idle ones would hold the server up. So would
//! clients that do not read what they asked for (`unread`).

mod unread;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, bail};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tower::ServiceExt as _;

use crate::config::Config;
use crate::metric;
use crate::router::{AppState, router};
use crate::store::{Store, StoreError, schema};

/// How long a client may take to send the head of a request, and may keep a connection
/// without sending one.
pub const HEAD_LIMIT: Duration = Duration::from_secs(20);

/// How long a client may take nothing of an answer. Long, because the kernel reports free buffer
/// space late and a slow line may hold hundreds of kilobytes.
pub const UNREAD_LIMIT: Duration = Duration::from_mins(5);

/// How long running requests may take once the server has been told to stop.
pub const FAREWELL: Duration = Duration::from_secs(10);

/// Between two rounds of removing what has expired.
const SWEEP: Duration = Duration::from_hours(1);

/// Listens, prepares the database, and serves until Ctrl-C or SIGTERM.
///
/// # Errors
/// The settings are not fit for their mode, the site was not built, the database cannot be
/// opened or has another schema, or the address is taken.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    config.check()?;
    if !config.site.join("pkg").is_dir() {
        bail!(
            "there is no built site in {}: run ./neurocare site, or name its folder with NEUROCARE_SITE",
            config.site.display()
        );
    }
    // Whatever may fail comes before the database is changed. Who connects meanwhile waits.
    let listener = TcpListener::bind(config.addr).await.with_context(|| {
        format!(
            "cannot listen on {}: is another server running? NEUROCARE_ADDR chooses another port",
            config.addr
        )
    })?;
    let addr = listener.local_addr()?;
    let figures = match config.metrics_addr {
        Some(addr) => Some(metric::listen(addr).await?),
        None => None,
    };
    let store = Store::open(&config).await?;
    let state = AppState::new(&config, store.clone())?;
    prepare(&store).await?;
    if let Some((listener, figures)) = figures {
        tracing::info!("figures are at http://{}/metrics", listener.local_addr()?);
        let router = metric::router(figures, store.clone());
        tokio::spawn(accept(listener, router, std::future::pending()));
    }
    tokio::spawn(sweep(store.clone()));
    let post = state.post.clone();
    tokio::spawn(async move { post.look_after().await });
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    tracing::info!("NeuroCare AI is at http://{addr}");
    let (post, stopping) = (state.post.clone(), state.stopping.clone());
    let stop = async {
        told_to_stop().await;
        stopping.cancel();
        let drain = config.drain();
        tracing::info!(
            drain_secs = drain.as_secs(),
            "told to stop: /readyz says so"
        );
        // A balancer that has not looked yet still sends people here.
        sleep(drain).await;
    };
    accept(listener, router(state), stop).await;
    post.finish().await;
    store.close().await;
    Ok(())
}

/// An embedded database is brought up to date; a server's is only looked at, because many instances
/// share it: `server migrate` is for that. One that is down may come back. A schema that is newer
/// than this release is no hindrance: it was made so that the release before still runs.
async fn prepare(store: &Store) -> anyhow::Result<()> {
    let needed = schema::newest();
    let is_embedded = matches!(store, Store::Sqlite(..));
    match schema::version(store).await {
        Ok(version) if version < needed && is_embedded => {
            let version = schema::migrate(store).await?;
            tracing::info!(schema.version = version, "the database is ready");
        }
        Ok(version) if version < needed => bail!(
            "the database has schema {version}, this release needs {needed}: run `server migrate` first"
        ),
        Ok(version) if version > needed => tracing::warn!(
            schema.version = version,
            schema.needed = needed,
            "the database has the schema of a newer release; it is served as it is"
        ),
        Ok(version) => tracing::info!(schema.version = version, "the database is ready"),
        Err(error @ (StoreError::Unavailable(_) | StoreError::Contended(_))) if !is_embedded => {
            tracing::warn!(%error, "the database does not answer yet");
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Removes what has expired, now and then. Many instances do it at different times.
async fn sweep(store: Store) {
    loop {
        let chance = u64::from(getrandom::u32().unwrap_or(0)) % SWEEP.as_secs();
        sleep(SWEEP / 2 + Duration::from_secs(chance)).await;
        if let Err(error) = store.sweep().await {
            tracing::warn!(%error, "what has expired was not removed");
        }
    }
}

/// Serves `router` on `listener` until `stop`; then running requests get [`FAREWELL`] to end.
pub async fn accept(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let open = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => converse(stream, peer, router.clone(), &open),
                Err(error) => rest_after(&error).await,
            },
            () = &mut stop => break,
        }
    }
    drop(listener);
    tracing::info!("stopping");
    if timeout(FAREWELL, open.shutdown()).await.is_err() {
        tracing::warn!("some requests took too long and were cut off");
    }
}

/// Answers the requests of one connection in a task of its own.
fn converse(stream: TcpStream, peer: SocketAddr, router: Router, open: &GracefulShutdown) {
    let service = router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(Body::new)
    });
    // Answers are small and written at once: waiting to fill a packet only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection is gone already");
    }
    let stream = unread::Limited::new(stream, UNREAD_LIMIT);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let connection = open.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended early");
        }
    });
}

/// A client that went away is nothing to wait for. Anything else, most likely too many open
/// files, needs a moment to pass.
async fn rest_after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    ) {
        tracing::error!(%error, "cannot accept a connection");
        sleep(Duration::from_secs(1)).await;
    }
}

/// Waits for Ctrl-C, or SIGTERM from a service manager.
async fn told_to_stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => (),
        () = terminate => (),
    }
}
