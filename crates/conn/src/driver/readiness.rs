//! When a socket has something for us, and when it takes something again.
//!
//! On Unix the socket is registered for reading alone: the kernel tells of each datagram that has left the send buffer,
//! and to be woken for that costs more than to send one. Only where the buffer was full is there anyone to be told.

use std::io::{self, ErrorKind};
use std::net::UdpSocket;
use std::task::{Context, Poll};

use tokio::io::Interest;
#[cfg(unix)]
use tokio::io::unix::AsyncFd;

/// A socket that never waits.
pub(super) struct Readiness {
    #[cfg(unix)]
    socket: AsyncFd<UdpSocket>,
    #[cfg(not(unix))]
    socket: tokio::net::UdpSocket,
}

#[cfg(unix)]
#[allow(
    deprecated,
    reason = "what takes its place is for those who write unsafe code; a socket keeps its descriptor"
)]
fn register(socket: UdpSocket, interest: Interest) -> io::Result<AsyncFd<UdpSocket>> {
    AsyncFd::with_interest(socket, interest)
}

#[cfg(unix)]
impl Readiness {
    pub(super) fn new(socket: UdpSocket) -> io::Result<Self> {
        let interest = Interest::READABLE | Interest::ERROR;
        Ok(Self { socket: register(socket, interest)? })
    }

    pub(super) fn socket(&self) -> &UdpSocket {
        self.socket.get_ref()
    }

    /// Whether a datagram may wait: if not, this task is woken by the next one, and the one that asked before it is not.
    pub(super) fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket.poll_read_ready(cx).map_ok(|mut guard| guard.retain_ready())
    }

    /// Waits for a datagram, or for an error that the kernel reports without one.
    pub(super) async fn readable(&self) -> io::Result<()> {
        self.socket.ready(Interest::READABLE | Interest::ERROR).await.map(|mut guard| guard.retain_ready())
    }

    /// Waits until the socket takes something. Registered for as long as that takes, and not longer.
    pub(super) async fn writable(&self) -> io::Result<()> {
        let socket = self.socket().try_clone()?;
        register(socket, Interest::WRITABLE)?.writable().await.map(|mut guard| guard.retain_ready())
    }

    /// Reads, if there may be something to read.
    pub(super) fn try_read<T>(&self, read: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        self.socket.try_io(Interest::READABLE, |_| read())
    }

    /// Writes.
    #[expect(clippy::unused_self, reason = "elsewhere it is the runtime's affair")]
    pub(super) fn try_write<T>(&self, write: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        write()
    }

    /// Looks for an error, if there may be one.
    pub(super) fn try_error(&self) -> Option<io::Error> {
        let reported = |socket: &UdpSocket| socket.take_error()?.ok_or_else(|| ErrorKind::WouldBlock.into());
        self.socket.try_io(Interest::ERROR, reported).ok()
    }
}

#[cfg(not(unix))]
impl Readiness {
    pub(super) fn new(socket: UdpSocket) -> io::Result<Self> {
        Ok(Self { socket: tokio::net::UdpSocket::from_std(socket)? })
    }

    pub(super) fn socket(&self) -> &tokio::net::UdpSocket {
        &self.socket
    }

    /// Whether a datagram may wait: if not, this task is woken by the next one, and the one that asked before it is not.
    pub(super) fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket.poll_recv_ready(cx)
    }

    /// Waits for a datagram, or for an error that the kernel reports without one.
    pub(super) async fn readable(&self) -> io::Result<()> {
        self.socket.ready(Interest::READABLE | Interest::ERROR).await.map(|_| ())
    }

    /// Waits until the socket takes something.
    pub(super) async fn writable(&self) -> io::Result<()> {
        self.socket.writable().await
    }

    /// Reads, if there may be something to read.
    pub(super) fn try_read<T>(&self, read: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        self.socket.try_io(Interest::READABLE, read)
    }

    /// Writes.
    pub(super) fn try_write<T>(&self, write: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        self.socket.try_io(Interest::WRITABLE, write)
    }

    /// Looks for an error, if there may be one.
    pub(super) fn try_error(&self) -> Option<io::Error> {
        let reported = || self.socket.take_error()?.ok_or_else(|| ErrorKind::WouldBlock.into());
        self.socket.try_io(Interest::ERROR, reported).ok()
    }
}
