//! What an application asks, as one input each and its answer.

use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll};

use bytes::Bytes;
use lucid_wire::Pieces;

use super::buffers;
use super::core::Core;
use crate::engine::{Call, CallError, CloseReason, ConnId, Input, Reply, Time};

impl Core {
    /// Opens a connection or a listener, and a slot for it.
    pub(super) fn open(&mut self, now: Time, input: Input) -> Result<ConnId, CallError> {
        match self.handle(now, input)? {
            Reply::Opened(id) => {
                self.slot(id);
                Ok(id)
            }
            _ => Err(CallError::NoConnection),
        }
    }

    /// The next established connection of a listener, if one waits, and its peer; with a slot for it.
    pub(super) fn accept(
        &mut self,
        now: Time,
        listener: ConnId,
    ) -> Poll<Result<(ConnId, SocketAddr), CallError>> {
        while let Reply::Accepted(Some(id)) = self.handle(now, Input::Accept { listener })? {
            // One that has ended meanwhile is of no use to anyone.
            if let Some(info) = self.engine.info(id) {
                self.slot(id);
                return Poll::Ready(Ok((id, info.peer)));
            }
        }
        Poll::Pending
    }

    pub(super) fn call(&mut self, now: Time, conn: ConnId, call: Call) -> Result<Reply, CallError> {
        self.handle(now, Input::Call { conn, call })
    }

    /// The application lets go: the connection closes in the background, and no one is told any more.
    pub(super) fn release(&mut self, now: Time, conn: ConnId) {
        let _gone_already = self.call(now, conn, Call::Release);
        self.slots.remove(conn);
    }

    /// At most `max` bytes; none at the end of the stream.
    pub(super) fn poll_read(
        &mut self,
        now: Time,
        conn: ConnId,
        cx: &Context<'_>,
        max: usize,
    ) -> Poll<io::Result<Pieces>> {
        if !self.engine.is_readable(conn) {
            self.slot(conn).reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        match self.call(now, conn, Call::Read { max }) {
            Ok(Reply::Data(data)) if data.is_empty() => {
                self.slot(conn).reader = Some(cx.waker().clone());
                Poll::Pending
            }
            Ok(Reply::Data(data)) => Poll::Ready(Ok(data)),
            Ok(_) | Err(CallError::Closed(CloseReason::Finished)) => Poll::Ready(Ok(Pieces::new())),
            Err(error) => Poll::Ready(Err(error.into())),
        }
    }

    /// Takes as much of `len` bytes as the send buffer has room for; `first` makes so many of them.
    pub(super) fn poll_write(
        &mut self,
        now: Time,
        conn: ConnId,
        cx: &Context<'_>,
        len: usize,
        first: impl FnOnce(usize) -> Bytes,
    ) -> Poll<io::Result<usize>> {
        // At least one byte is offered: only who is refused something hears when there is room again.
        let offered = self.engine.room(conn).max(1).min(len);
        let bytes = first(offered);
        let write = if len < buffers::WORTH { Call::Write(bytes) } else { Call::WriteMore(bytes) };
        if matches!(write, Call::WriteMore(_)) && self.unflushed.last() != Some(&conn) {
            self.unflushed.push(conn);
        }
        match self.call(now, conn, write) {
            Ok(Reply::Written(0)) if offered > 0 => {
                self.slot(conn).writer = Some(cx.waker().clone());
                Poll::Pending
            }
            Ok(Reply::Written(taken)) => Poll::Ready(Ok(taken)),
            Ok(_) => Poll::Ready(Ok(0)),
            Err(error) => Poll::Ready(Err(error.into())),
        }
    }

    /// Whoever wrote has turned to something else: what fills no segment goes now.
    pub(super) fn flush(&mut self, now: Time) {
        while let Some(conn) = self.unflushed.pop() {
            let _gone_already = self.call(now, conn, Call::Flush);
        }
    }

    /// CLOSE: the FIN is queued behind what was written.
    pub(super) fn shutdown(&mut self, now: Time, conn: ConnId) -> io::Result<()> {
        match self.call(now, conn, Call::Shutdown) {
            // Shut down already: that is what was asked for.
            Ok(_) | Err(CallError::Closing | CallError::Closed(CloseReason::Finished)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
