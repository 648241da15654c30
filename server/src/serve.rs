//! Listening, and stopping without cutting anyone off.

use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::config::Config;
use crate::database;
use crate::router::{AppState, router};

/// How long running requests may take once the server has been told to stop.
const FAREWELL: Duration = Duration::from_secs(10);

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

    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let serving = axum::serve(listener, router(AppState::new(&config, pool.clone())))
        .with_graceful_shutdown(async move {
            told_to_stop().await;
            tracing::info!("stopping");
            // The receiver is gone only when serving has ended already.
            let _ = stopping.send(());
        });
    let mut serving = std::pin::pin!(serving.into_future());
    tokio::select! {
        ended = &mut serving => ended?,
        _ = stopped => {
            if timeout(FAREWELL, serving).await.is_err() {
                tracing::warn!("some requests took too long and were cut off");
            }
        }
    }
    pool.close().await;
    Ok(())
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
