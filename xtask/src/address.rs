//! Where servers listen that are started for tests.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

/// An address of this machine alone that nobody listens on now.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?)
}
