//! One UDP socket that listens and connects.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::ToSocketAddrs;

use super::builder::Builder;
use super::listener::Listener;
use super::shared::Shared;
use super::socket::canonical;
use super::stream::Stream;
use crate::engine::{Input, SocketInfo};

/// One UDP socket, with any number of listeners and connections in both directions.
///
/// Cloning it is cheap, and gives another handle to the same socket. The socket closes when every handle is
/// gone (endpoints, listeners and streams) and every connection has closed in the background.
///
/// Bound to an unspecified address (`0.0.0.0`, `[::]`) on a machine with several, it answers from the address
/// that the system chooses, which may not be the one that was asked: better to bind the one that is meant.
#[derive(Clone)]
pub struct Endpoint {
    handle: Arc<Handle>,
}

/// Exists as long as anyone can still ask for something.
struct Handle {
    shared: Arc<Shared>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.drive(|core, _| core.is_abandoned = true);
    }
}

impl Endpoint {
    /// Binds a UDP socket, with the default [`Config`](crate::Config).
    ///
    /// # Errors
    /// As [`Builder::bind`].
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    pub async fn bind(addr: impl ToSocketAddrs) -> io::Result<Self> {
        Self::builder().bind(addr).await
    }

    /// To choose more than the address.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Listens on the TCP port whose number is that of the UDP port. At most `backlog` connections wait, half
    /// open or not yet accepted; a SYN beyond that is dropped, and its sender tries again.
    ///
    /// # Errors
    /// `AddrInUse` ([`CallError::PortInUse`](crate::engine::CallError::PortInUse)) if it listens already.
    pub fn listen(&self, backlog: usize) -> io::Result<Listener> {
        self.listen_on(self.local_addr()?.port(), backlog)
    }

    /// Listens on this TCP port within the UDP socket.
    ///
    /// # Errors
    /// As [`Endpoint::listen`].
    pub fn listen_on(&self, port: u16, backlog: usize) -> io::Result<Listener> {
        let id = self.shared().drive(|core, now| core.open(now, Input::Listen { port, backlog }))?;
        Ok(Listener::new(self.clone(), id))
    }

    /// Opens a connection to the TCP port whose number is that of the peer's UDP port.
    ///
    /// Cancel safe: if dropped before it is done, the connection is given up.
    ///
    /// # Errors
    /// The inner error is a [`CloseReason`](crate::CloseReason):
    /// - `ConnectionRefused`: the peer answered with a reset (`Refused`), or the network says that nothing is
    ///   at that UDP address (`Unreachable`; only known if the socket talks to that peer alone, see
    ///   [`Builder::connect`]);
    /// - `TimedOut`: no answer for as long as [`Config::r2_syn`](crate::Config::r2_syn) says.
    ///
    /// Or it is a [`CallError`](crate::engine::CallError):
    /// - `InvalidInput`: no connection can be opened to that address (`InvalidAddress`);
    /// - `QuotaExceeded`: there are too many connections already (`TooManyConnections`), or every local port towards that
    ///   peer is taken (`NoPortLeft`).
    pub async fn connect(&self, peer: SocketAddr) -> io::Result<Stream> {
        self.connect_to(peer, peer.port()).await
    }

    /// Opens a connection to this TCP port within the peer's UDP socket.
    ///
    /// Cancel safe: if dropped before it is done, the connection is given up.
    ///
    /// # Errors
    /// As [`Endpoint::connect`].
    pub async fn connect_to(&self, peer: SocketAddr, port: u16) -> io::Result<Stream> {
        let peer = canonical(peer);
        if self.shared().socket.peer().is_some_and(|only| only != peer) {
            let why = "this endpoint's UDP socket is connected to another peer";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let id = self.shared().drive(|core, now| core.open(now, Input::Connect { peer, port }))?;
        let stream = Stream::new(self.clone(), id, peer);
        stream.connected().await?;
        Ok(stream)
    }

    /// The UDP address it is bound to.
    ///
    /// # Errors
    /// If the operating system doesn't say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.shared().socket.local_addr()
    }

    /// What its UDP socket can do, and what the system granted it: whether datagrams leave and arrive many at once, and how
    /// large the kernel's buffers are. Where these are smaller than was asked for, fast peers lose datagrams; on Linux
    /// `sysctl -w net.core.rmem_max=4194304 net.core.wmem_max=4194304` grants it all.
    #[must_use]
    pub fn socket(&self) -> SocketInfo {
        self.shared().socket.info()
    }

    /// How many connections there are, in any state, TIME-WAIT included; listeners don't count.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared().lock().engine.connections()
    }

    /// Waits until there is no connection any more, TIME-WAIT included, and all that was sent has left. A
    /// program waits for this before it exits: what it has written may still be on its way, and a peer may
    /// need its last acknowledgment again. Cancel safe.
    pub async fn idle(&self) {
        self.shared().until_idle().await;
    }

    /// Ends the recording that [`Builder::record`] began, and hands all of it to its sink; what happens from
    /// then on is not recorded. If it isn't called, the recording ends with the endpoint.
    ///
    /// # Errors
    /// What the sink answered, now or when it was first unable to take more; the connections went on.
    pub fn finish_recording(&self) -> io::Result<()> {
        self.shared().lock().recording.finish()
    }

    pub(super) fn of(shared: Arc<Shared>) -> Self {
        Self { handle: Arc::new(Handle { shared }) }
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.handle.shared
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("local_addr", &self.local_addr().ok()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
