//! Rest: a connection on which nothing happens is kept as a row of bytes, and made whole again when something does.
//!
//! Whole it takes some kilobytes, most of them room for what is under way, in buffers that are as large as they once had
//! to be. Idle, nearly all of its numbers are zero or small, and come to some hundred bytes.

use std::any::Any;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;

use lucid_congestion::{Controller, Cubic, DeliveryRate, Pacer, RttEstimator, Time};
use lucid_wire::SeqNum;
use serde::{Deserialize, Serialize};

use super::ack_policy::{AckPolicy, Owed};
use super::cause::Cause;
use super::config::{Config, KeepAlive};
use super::connection::{Connection, Origin};
use super::ecn::Ecn;
use super::info::{Counts, Info};
use super::loss::Loss;
use super::message::ConnId;
use super::negotiated::Agreed;
use super::path_mtu::PathMtu;
use super::position::Position;
use super::rack::Rack;
use super::receiver::Receiver;
use super::recovery::{Episode, TailProbe};
use super::sender::Sender;
use super::state::State;
use super::timers::Timers;
use super::timestamps;
use super::undo::Undo;
use super::user_timeout::UserTimeout;

/// A connection at rest.
pub(crate) struct AtRest {
    config: Arc<Config>,
    /// One that isn't packed stays as it is: it may be anyone's.
    congestion: Option<Box<dyn Controller>>,
    resend_cause: Cause,
    packed: Box<[u8]>,
}

impl std::fmt::Debug for AtRest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AtRest").field("bytes", &self.packed.len()).finish_non_exhaustive()
    }
}

macro_rules! packed {
    ($($field:ident: $type:ty,)*) => {
        /// What is packed of a connection.
        #[derive(Serialize, Deserialize)]
        struct Packed {
            /// First, so that it can be read without the rest.
            counts: Counts,
            who: Who,
            cubic: Option<Cubic>,
            $($field: $type,)*
        }

        impl Connection {
            /// What is left of it: to be asked only where [`Connection::may_rest`] says so.
            pub(crate) fn rest(self) -> AtRest {
                let Self { origin, congestion, resend_cause, counts, unproven: _, ended: _, outbox: _, may_send: _, $($field,)* } = self;
                let (who, config) = Who::of(origin);
                let cubic = (&*congestion as &dyn Any).downcast_ref::<Cubic>().cloned();
                let congestion = cubic.is_none().then_some(congestion);
                let packed = postcard::to_allocvec(&Packed { counts, who, cubic, $($field,)* });
                let packed = packed.expect("memory takes it").into_boxed_slice();
                AtRest { config, congestion, resend_cause, packed }
            }
        }

        impl AtRest {
            /// The connection, whole again. It is what it was, but for room in its buffers.
            pub(crate) fn wake(self) -> Connection {
                let Self { config, congestion, resend_cause, packed } = self;
                let Packed { counts, who, cubic, $($field,)* } = postcard::from_bytes(&packed).expect("it was packed here");
                let origin = who.with(config);
                let congestion = congestion.or_else(|| cubic.map(|cubic| Box::new(cubic) as Box<dyn Controller>));
                let congestion = congestion.expect("one of them is there");
                let (unproven, ended, outbox, may_send) = (None, None, VecDeque::new(), true);
                Connection { origin, congestion, resend_cause, counts, unproven, ended, outbox, may_send, $($field,)* }
            }
        }
    };
}

packed! {
    state: State,
    passive: bool,
    sender: Sender,
    receiver: Option<Receiver>,
    agreed: Agreed,
    ts_recent: Option<timestamps::Recent>,
    acks: AckPolicy,
    loss: Loss,
    rack: Rack,
    rate: DeliveryRate,
    pacer: Pacer,
    episode: Option<Episode>,
    undo: Option<Undo>,
    tail_probe: Option<TailProbe>,
    limited_until: Option<Position>,
    last_sent: Time,
    ecn: Ecn,
    path_mtu: PathMtu,
    rtt: RttEstimator,
    timers: Timers,
    last_challenge: Option<Time>,
    opened_at: Time,
    last_heard: Time,
    stuck_since: Time,
    timeouts: u32,
    probes: u32,
    unanswered_probes: u32,
    keep_alive: Option<KeepAlive>,
    user_timeouts: UserTimeout,
    released: bool,
    reader_waits: bool,
    writer_waits: bool,
    full_told_at: Option<Position>,
}

/// Its origin, but for what it shares, and for how controllers are made: it has its own.
#[derive(Serialize, Deserialize)]
struct Who {
    id: ConnId,
    peer: SocketAddr,
    ports: (u16, u16),
    iss: SeqNum,
    timestamp_offset: u32,
    dice: u64,
    observed: bool,
}

impl Who {
    fn of(origin: Origin) -> (Self, Arc<Config>) {
        let Origin { id, peer, local_port, remote_port, iss, .. } = origin;
        let Origin { timestamp_offset, dice, config, make_controller: _, observed, .. } = origin;
        let ports = (local_port, remote_port);
        (Self { id, peer, ports, iss, timestamp_offset, dice, observed }, config)
    }

    fn with(self, config: Arc<Config>) -> Origin {
        let Self { id, peer, ports: (local_port, remote_port), .. } = self;
        let Self { iss, timestamp_offset, dice, observed, .. } = self;
        let make_controller = None;
        Origin {
            id,
            peer,
            local_port,
            remote_port,
            iss,
            timestamp_offset,
            dice,
            config,
            make_controller,
            observed,
        }
    }
}

impl Connection {
    /// Nothing is under way, nothing waits, and the peer has proven itself. What is about to end is not worth it.
    pub(crate) fn may_rest(&self) -> bool {
        let lasts = matches!(self.state, State::Established | State::FinWait2 | State::CloseWait);
        lasts
            && self.outbox.is_empty()
            && self.acks.owed() == Owed::Nothing
            && self.sender.is_empty()
            && self.receiver.as_ref().is_some_and(Receiver::is_empty)
    }
}

impl AtRest {
    /// To look at only: with a controller that knows nothing.
    fn look(&self) -> Connection {
        let (config, packed) = (Arc::clone(&self.config), self.packed.clone());
        let congestion = self.congestion.is_some().then(|| config.algorithm.build(config.congestion(1, 0)));
        Self { config, congestion, resend_cause: self.resend_cause, packed }.wake()
    }

    pub(crate) fn info(&self) -> Info {
        let connection = self.look();
        connection.info_with(self.congestion.as_deref().unwrap_or(connection.congestion.as_ref()))
    }

    pub(crate) fn counts(&self) -> Counts {
        let (counts, _) = postcard::take_from_bytes(&self.packed).expect("it was packed here");
        counts
    }

    pub(crate) fn room(&self) -> usize {
        self.look().room()
    }
}
