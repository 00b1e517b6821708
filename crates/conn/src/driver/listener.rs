//! Takes connections in.

use std::io;
use std::net::SocketAddr;

use tokio::net::ToSocketAddrs;

use super::core::{Core, Ends};
use super::endpoint::Endpoint;
use super::stream::Stream;
use crate::engine::ConnId;

/// Takes connections in: the counterpart of [`tokio::net::TcpListener`].
///
/// Dropping it closes the port; connections that were accepted live on, those that were not are closed.
#[derive(Debug)]
pub struct Listener {
    endpoint: Endpoint,
    id: ConnId,
}

impl Listener {
    /// How many connections wait to be accepted, unless told otherwise; as in tokio.
    pub const BACKLOG: usize = 1024;

    /// Binds a UDP socket and listens on the TCP port of the same number, with the default
    /// [`Config`](crate::Config). For everything else, see [`Endpoint::builder`].
    ///
    /// # Errors
    /// As [`Endpoint::bind`].
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    pub async fn bind(addr: impl ToSocketAddrs) -> io::Result<Self> {
        Endpoint::bind(addr).await?.listen(Self::BACKLOG)
    }

    /// The next connection, its three-way handshake done, and its peer's UDP address.
    ///
    /// Cancel safe: if dropped before it is done, no connection is lost. Several tasks may wait at once.
    ///
    /// # Errors
    /// None today; the signature is tokio's.
    pub async fn accept(&self) -> io::Result<(Stream, SocketAddr)> {
        let next = |core: &mut Core, now| core.accept(now, self.id);
        // The one that was accepted before may be about to speak.
        let (id, peer) = self.endpoint.shared().wait_for(self.id, Ends::Listening, next).await?;
        Ok((Stream::new(self.endpoint.clone(), id, peer), peer))
    }

    /// The UDP address it is bound to.
    ///
    /// # Errors
    /// If the operating system doesn't say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.endpoint.local_addr()
    }

    /// The endpoint it belongs to.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Its number, as events name it.
    #[must_use]
    pub fn id(&self) -> ConnId {
        self.id
    }

    pub(super) fn new(endpoint: Endpoint, id: ConnId) -> Self {
        Self { endpoint, id }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.endpoint.shared().drive(|core, now| core.release(now, self.id));
    }
}
