//! RFC 9293 section 3.10.1 to 3.10.6: what the application calls.

use bytes::Bytes;
use lucid_congestion::Time;
use lucid_wire::Pieces;

use super::cause::Cause;
use super::connection::Connection;
use super::error::{CallError, CloseReason};
use super::message::{Call, Reply};
use super::state::State;
use super::timers::Timer;

impl Connection {
    /// Takes a call in.
    pub(crate) fn call(&mut self, now: Time, call: Call) -> Result<Reply, CallError> {
        let reads = matches!(call, Call::Read { .. });
        let reply = match call {
            Call::Write(bytes) => {
                self.expect_more(false);
                self.send(now, bytes, false)
            }
            Call::WriteMore(bytes) => {
                self.expect_more(true);
                self.send(now, bytes, false)
            }
            Call::Flush => {
                self.expect_more(false);
                Ok(Reply::Done)
            }
            Call::WriteUrgent(bytes) => self.send(now, bytes, true),
            Call::Read { max } => self.receive(now, max),
            Call::Shutdown => self.close(),
            Call::Release => Ok(self.release(now)),
            Call::Abort => Ok(self.abort(now)),
            Call::SetNagle(on) => {
                self.sender.set_nagle(on);
                Ok(Reply::Done)
            }
            Call::SetUserTimeout(timeout) => {
                self.set_user_timeout(now, timeout);
                Ok(Reply::Done)
            }
            Call::SetCork(on) => {
                self.set_cork(on);
                Ok(Reply::Done)
            }
            Call::SetKeepAlive(keep_alive) => {
                self.set_keep_alive(keep_alive);
                Ok(Reply::Done)
            }
        };
        // Reading touches nothing that is sent, unless it opens the window.
        if !reads || self.acks.is_due() {
            self.arm(now);
        }
        reply
    }

    /// SEND (RFC 9293 section 3.10.2).
    fn send(&mut self, now: Time, bytes: Bytes, urgent: bool) -> Result<Reply, CallError> {
        self.alive()?;
        if self.sender.is_finishing() {
            return Err(CallError::Closing);
        }
        self.before_new_data(now);
        let offered = bytes.len();
        let taken = self.sender.write(bytes, urgent);
        self.writer_waits |= taken < offered;
        Ok(Reply::Written(taken))
    }

    /// RECEIVE (RFC 9293 section 3.10.3). What arrived before an orderly end can be read after it.
    fn receive(&mut self, now: Time, max: usize) -> Result<Reply, CallError> {
        let orderly = self.ended.as_ref().is_none_or(|reason| *reason == CloseReason::Finished);
        if let Some(receiver) = self.receiver.as_mut().filter(|_| orderly) {
            let data = receiver.read(max);
            self.reader_waits = receiver.unread() == 0 && !receiver.is_finished();
            if !data.is_empty() || max == 0 {
                self.tune_receive_buffer(now);
                self.owe_window_update();
                return Ok(Reply::Data(data));
            }
            if receiver.is_finished() {
                return Ok(Reply::EndOfStream);
            }
        }
        self.alive()?;
        Ok(Reply::Data(Pieces::new()))
    }

    /// CLOSE (RFC 9293 section 3.10.4): the FIN follows what is queued, and `output` moves the state with it.
    fn close(&mut self) -> Result<Reply, CallError> {
        if self.sender.is_finishing() {
            return Err(CallError::Closing);
        }
        self.alive()?;
        self.sender.finish();
        Ok(Reply::Done)
    }

    /// CLOSE by someone who will not read any more (RFC 9293 section 3.6.1, MAY-1).
    fn release(&mut self, now: Time) -> Reply {
        self.released = true;
        if self.ended.is_some() {
            return Reply::Done;
        }
        let unread = self.receiver.as_ref().is_some_and(|receiver| receiver.unread() > 0);
        if self.state == State::SynSent {
            self.end(now, CloseReason::Aborted, Cause::CloseCall);
        } else if unread && self.state != State::TimeWait {
            self.reset_peer(now, Cause::UnreadData);
        } else {
            self.sender.finish();
            self.linger_if_no_one_reads(now);
        }
        Reply::Done
    }

    /// ABORT (RFC 9293 section 3.10.5).
    fn abort(&mut self, now: Time) -> Reply {
        if self.ended.is_none() {
            self.reset_peer(now, Cause::AbortCall);
        }
        Reply::Done
    }

    /// A RST where the RFC wants one, and the end.
    pub(super) fn reset_peer(&mut self, now: Time, cause: Cause) {
        // RFC 9293 3.10.5: the peers of the other states know of no connection, or have closed it.
        if matches!(
            self.state,
            State::SynReceived | State::Established | State::FinWait1 | State::FinWait2 | State::CloseWait
        ) {
            self.send_reset(now, cause);
        }
        self.end(now, CloseReason::Aborted, cause);
    }

    /// FIN-WAIT-2 doesn't last for ever when no one reads.
    pub(super) fn linger_if_no_one_reads(&mut self, now: Time) {
        if self.released && self.state == State::FinWait2 {
            self.timers.set(Timer::Linger, now + self.origin.config.fin_wait_2);
        }
    }

    fn alive(&self) -> Result<(), CallError> {
        match &self.ended {
            None => Ok(()),
            Some(reason) => Err(CallError::Closed(reason.clone())),
        }
    }
}
