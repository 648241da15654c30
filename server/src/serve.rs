//! Listening, and stopping without cutting anyone off.
//!
//! Connections are driven by hyper directly, because `axum::serve` 0.8 has no limit on how
//! long a client may take to send its headers: a few thousand idle ones would hold the server up.

use std::future::Future;
use std::io;
use std::time::Duration;

use anyhow::{Context as _, bail};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tower::ServiceExt as _;

use crate::config::Config;
use crate::database;
use crate::router::{AppState, router};

/// How long a client may take to send the head of a request, and may keep a connection
/// without sending one.
pub const HEAD_LIMIT: Duration = Duration::from_secs(20);

/// How long running requests may take once the server has been told to stop.
pub const FAREWELL: Duration = Duration::from_secs(10);

/// Migrates, listens, and serves until Ctrl-C or SIGTERM.
///
/// # Errors
/// The site was not built, the database cannot be opened, or the address is taken.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    if !config.site.join("pkg").is_dir() {
        bail!(
            "there is no built site in {}: run ./neurocare site, or name its folder with NEUROCARE_SITE",
            config.site.display()
        );
    }
    let pool = database::open(&config).await?;
    let version = database::migrate(&pool).await?;
    let listener = TcpListener::bind(config.addr).await.with_context(|| {
        format!(
            "cannot listen on {}: is another server running? NEUROCARE_ADDR chooses another port",
            config.addr
        )
    })?;
    let addr = listener.local_addr()?;
    tracing::info!(schema.version = version, "NeuroCare AI is at http://{addr}");
    accept(
        listener,
        router(AppState::new(&config, pool.clone())),
        told_to_stop(),
    )
    .await;
    pool.close().await;
    Ok(())
}

/// Serves `router` on `listener` until `stop`; then running requests get [`FAREWELL`] to end.
pub async fn accept(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let open = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => converse(stream, router.clone(), &open),
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
fn converse(stream: TcpStream, router: Router, open: &GracefulShutdown) {
    let service = router.map_request(|request: Request<Incoming>| request.map(Body::new));
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
