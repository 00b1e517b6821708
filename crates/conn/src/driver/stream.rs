//! A connection, as the application holds it.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, Bytes};
use lucid_wire::Pieces;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{ToSocketAddrs, lookup_host};

use super::buffers;
use super::busy_poll::Vigil;
use super::core::{Core, Ends};
use super::endpoint::Endpoint;
use super::split::{self, OwnedReadHalf, OwnedWriteHalf};
use crate::engine::{Call, CloseReason, ConnId, Info, KeepAlive};

/// A connection: the counterpart of [`tokio::net::TcpStream`].
///
/// - Reading gives exactly the bytes that the peer wrote, in order, once. The end of the stream is told only
///   when the peer has shut down its side and everything was read; whatever else ends the connection is an
///   error, never a silent end.
/// - Writing fills the send buffer, and waits when it is full.
/// - `shutdown` sends a FIN behind what was written, and returns at once; reading goes on. To know that
///   everything arrived, wait for [`Stream::closed`].
/// - Dropping it closes the connection in the background: what was written is still delivered. If received
///   data was left unread, the peer is told so by a reset (RFC 9293 section 3.6.1, SHLD-3).
///
/// # Errors of reading and writing
/// The inner error ([`io::Error::get_ref`]) is a [`CloseReason`], unless noted:
/// - `ConnectionReset`: the peer reset the connection (`Reset`);
/// - `TimedOut`: the peer was silent for too long (`TimedOut`, which says for how long, or `NotAlive`), or
///   took nothing for too long (`WindowClosed`);
/// - `ConnectionAborted`: [`Stream::abort`] was called (`Aborted`);
/// - `BrokenPipe`, of writing alone: this side was shut down already
///   ([`CallError::Closing`](crate::engine::CallError::Closing), or `Finished` once the connection is gone).
///
/// # Cancel safety
/// The methods of `AsyncReadExt` and `AsyncWriteExt` keep their promises: `read` and `write` are cancel safe,
/// `read_exact` and `write_all` are not.
#[derive(Debug)]
pub struct Stream {
    endpoint: Endpoint,
    id: ConnId,
    peer: SocketAddr,
    /// A read that found nothing looks at the socket first, the next time.
    reader: Vigil,
}

impl Stream {
    /// Opens a connection through a UDP socket of its own, with the default [`Config`](crate::Config); the TCP
    /// port is the UDP port. If the name has several addresses, they are tried one after the other. For
    /// everything else, see [`Builder::connect`](crate::Builder::connect).
    ///
    /// Cancel safe: if dropped before it is done, the connection is given up.
    ///
    /// # Errors
    /// Those of the last address that was tried, see [`Builder::connect`](crate::Builder::connect); or if the
    /// name can't be resolved.
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    pub async fn connect(addr: impl ToSocketAddrs) -> io::Result<Self> {
        let mut failure = io::Error::new(io::ErrorKind::InvalidInput, "no address to connect to");
        for peer in lookup_host(addr).await? {
            match Endpoint::builder().connect(peer).await {
                Ok(stream) => return Ok(stream),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    /// The peer's UDP address.
    #[must_use]
    pub fn peer_addr(&self) -> SocketAddr {
        self.peer
    }

    /// The UDP address of this side.
    ///
    /// # Errors
    /// If the operating system doesn't say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.endpoint.local_addr()
    }

    /// Its number, as events name it.
    #[must_use]
    pub fn id(&self) -> ConnId {
        self.id
    }

    /// The endpoint it belongs to.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// What `ss -ti` would show; none once the connection no longer exists.
    #[must_use]
    pub fn info(&self) -> Option<Info> {
        let info = self.endpoint.shared().lock().engine.info(self.id)?;
        Some(Info { socket: Some(self.endpoint.socket()), ..info })
    }

    /// Turns the Nagle algorithm off, or on again.
    ///
    /// # Errors
    /// If the connection has ended: those of writing.
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        self.ask(Call::SetNagle(!nodelay))
    }

    /// Holds back what fills no segment, or lets it go: for an application that writes in small pieces. No piece waits
    /// longer than 200 ms, and a shutdown takes the last one along.
    ///
    /// # Errors
    /// If the connection has ended: those of writing.
    pub fn set_cork(&self, corked: bool) -> io::Result<()> {
        self.ask(Call::SetCork(corked))
    }

    /// Keeps the connection alive while it is idle, or no longer.
    ///
    /// # Errors
    /// If the connection has ended: those of writing.
    pub fn set_keep_alive(&self, keep_alive: Option<KeepAlive>) -> io::Result<()> {
        self.ask(Call::SetKeepAlive(keep_alive))
    }

    /// How long data may stay unacknowledged before the connection is given up; the peer is told, too (RFC 5482). None:
    /// [`Config::r2`](crate::Config::r2) decides, and the peer may ask for longer.
    ///
    /// # Errors
    /// If the connection has ended: those of writing.
    pub fn set_user_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.ask(Call::SetUserTimeout(timeout))
    }

    /// Ends the connection at once, with a reset. What was written and not delivered is lost; reading and
    /// writing, on both sides, fails from now on.
    pub fn abort(&self) {
        let _gone_already = self.endpoint.shared().drive(|core, now| core.call(now, self.id, Call::Abort));
    }

    /// Waits until the connection has ended, and says why. [`CloseReason::Finished`]: both sides have shut
    /// down, and everything that was written was acknowledged; TIME-WAIT goes on in the background.
    /// Cancel safe.
    pub async fn closed(&self) -> CloseReason {
        self.endpoint
            .shared()
            .wait_for(self.id, Ends::Sending, |core, _| ready_if(core.slot(self.id).ended.clone()))
            .await
    }

    /// Writes without a copy: what is taken is gone from `bytes`, and is kept as it lies in memory until the peer has
    /// acknowledged it. Done when all is taken.
    ///
    /// Cancel safe: what was taken by then is written, and the rest is still in `bytes`.
    ///
    /// # Errors
    /// Those of writing.
    pub async fn write_bytes(&mut self, bytes: &mut Bytes) -> io::Result<()> {
        self.write_bytes_shared(bytes).await
    }

    /// Reads without a copy: at most `max` bytes (not zero), in the pieces in which they came; none at the end of the
    /// stream. They share memory with what came together with them, 64 KiB at most for each: not to be kept for long.
    ///
    /// Cancel safe: what wasn't handed out is there for the next read.
    ///
    /// # Errors
    /// Those of reading.
    pub async fn read_bytes(&mut self, max: usize) -> io::Result<Pieces> {
        self.read_bytes_shared(max).await
    }

    /// Splits it into a half that reads and a half that writes, for two tasks.
    #[must_use]
    pub fn into_split(self) -> (OwnedReadHalf, OwnedWriteHalf) {
        split::halves(self)
    }

    fn ask(&self, call: Call) -> io::Result<()> {
        self.endpoint.shared().adjust(|core, now| core.call(now, self.id, call))?;
        Ok(())
    }

    pub(super) fn new(endpoint: Endpoint, id: ConnId, peer: SocketAddr) -> Self {
        Self { endpoint, id, peer, reader: Vigil::for_data(id) }
    }

    /// Waits for the end of the three-way handshake.
    pub(super) async fn connected(&self) -> Result<(), CloseReason> {
        let outcome = self.endpoint.shared().wait_for(self.id, Ends::Sending, |core, _| {
            let slot = core.slot(self.id);
            ready_if(slot.ended.clone().map(Err).or(slot.is_connected.then_some(Ok(()))))
        });
        outcome.await
    }

    pub(super) fn poll_read_shared(
        &self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if buf.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        self.poll_take(cx, buf.remaining()).map_ok(|data| data.iter().for_each(|piece| buf.put_slice(piece)))
    }

    fn poll_take(&self, cx: &mut Context<'_>, max: usize) -> Poll<io::Result<Pieces>> {
        let attempt = |core: &mut Core, now, cx: &Context<'_>| {
            core.flush(now);
            core.poll_read(now, self.id, cx, max)
        };
        let awake = |core: &mut Core| core.slot(self.id).reader = None;
        let outcome =
            self.endpoint.shared().attend(cx, self.reader.waits(), Some(&self.reader), awake, attempt);
        if outcome.is_ready() {
            self.reader.end();
        }
        outcome
    }

    pub(super) async fn read_bytes_shared(&self, max: usize) -> io::Result<Pieces> {
        poll_fn(|cx| self.poll_take(cx, max.max(1))).await
    }

    pub(super) fn poll_write_shared(&self, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_give(cx, data.len(), |taken| buffers::copy(&data[..taken]))
    }

    fn poll_give(
        &self,
        cx: &mut Context<'_>,
        len: usize,
        first: impl Fn(usize) -> Bytes,
    ) -> Poll<io::Result<usize>> {
        let attempt = |core: &mut Core, now, cx: &Context<'_>| core.poll_write(now, self.id, cx, len, &first);
        let awake = |core: &mut Core| core.slot(self.id).writer = None;
        // Who writes much needs the room that comes with the peer's acknowledgments.
        let outcome = self.endpoint.shared().attend(cx, len >= buffers::WORTH, None, awake, attempt);
        self.reader.speaks();
        outcome
    }

    pub(super) async fn write_bytes_shared(&self, bytes: &mut Bytes) -> io::Result<()> {
        while !bytes.is_empty() {
            let taken = poll_fn(|cx| self.poll_give(cx, bytes.len(), |taken| bytes.slice(..taken))).await?;
            bytes.advance(taken);
        }
        Ok(())
    }

    /// Everything that may go has been handed to the socket with each write; if that was full, this tries again.
    pub(super) fn flush_shared(&self) {
        self.endpoint.shared().drive(Core::flush);
    }

    pub(super) fn shutdown_shared(&self) -> io::Result<()> {
        self.endpoint.shared().drive(|core, now| core.shutdown(now, self.id))
    }
}

/// What there is, once there is something.
fn ready_if<T>(found: Option<T>) -> Poll<T> {
    found.map_or(Poll::Pending, Poll::Ready)
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.endpoint.shared().drive(|core, now| core.release(now, self.id));
        self.endpoint.shared().hand_over_duty();
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.poll_read_shared(cx, buf)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_shared(cx, data)
    }

    /// Sends what may be sent; what the windows hold back is not waited for, as in kernel TCP.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.flush_shared();
        Poll::Ready(Ok(()))
    }

    /// Queues the FIN, and doesn't wait for it to be acknowledged.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.shutdown_shared())
    }
}
