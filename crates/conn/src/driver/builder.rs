//! Everything that can be chosen about an endpoint.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lucid_sim::Faults;
use rand::TryRng;
use rand::rngs::SysRng;
use tokio::net::{ToSocketAddrs, lookup_host};
use tokio::sync::Notify;

use super::batch::Batch;
use super::busy_poll::BusyPoll;
use super::clock::Clock;
use super::core::{Core, Observer, Told};
use super::endpoint::Endpoint;
use super::faults::{Impair, Path};
use super::recording::Recording;
use super::shared::{Duty, Shared};
use super::slot::Slots;
use super::socket::{Socket, canonical};
use super::stream::Stream;
use super::task;
use crate::engine::{Config, Endpoint as Engine, Event, MakeController, Recorder, Setup};

/// Makes an [`Endpoint`].
///
/// ```no_run
/// # async fn example() -> std::io::Result<()> {
/// use lucid_conn::{Endpoint, Impair, sim::Faults};
///
/// let faults = Faults { loss: "5%".parse().map_err(std::io::Error::other)?, ..Faults::default() };
/// let endpoint = Endpoint::builder()
///     .faults(faults, 7, Impair::Both)
///     .observer(|event| eprintln!("{event:?}"))
///     .bind("127.0.0.1:12345")
///     .await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "it does nothing until it binds or connects"]
#[derive(Default)]
pub struct Builder {
    config: Config,
    path: Path,
    observer: Option<Observer>,
    recording: Option<(Box<dyn io::Write + Send>, BeginRecording)>,
    controller: Option<MakeController>,
    max_connections: Option<usize>,
    secret: Option<[u8; 16]>,
    local: Option<SocketAddr>,
    beside_others: bool,
    busy_poll: Option<Duration>,
}

/// Which of its beginnings a recording has: with payload, or without.
type BeginRecording = fn(Box<dyn io::Write + Send>, &Setup) -> io::Result<Recorder>;

impl Builder {
    /// How many connections an endpoint holds at once, unless told otherwise. A connection's buffers hold up
    /// to 24 MiB with the default [`Config`], but only what is under way: most hold next to nothing.
    pub const MAX_CONNECTIONS: usize = 4096;

    /// How connections behave; by default, the [modern](crate::Profile::Modern) profile.
    pub fn config(self, config: Config) -> Self {
        Self { config, ..self }
    }

    /// Puts faults between the engine and the socket, in one direction or both. The same seed makes the same
    /// decisions for the same datagrams at the same times. Without this, or with perfect `faults`, it costs
    /// nothing.
    pub fn faults(self, faults: Faults, seed: u64, impair: Impair) -> Self {
        Self { path: Path::new(faults, seed, impair), ..self }
    }

    /// Shows every event to `observer`, in the order in which they happen.
    ///
    /// It is called from within the endpoint, under its lock: it should be quick, and must not call the
    /// endpoint or its streams.
    pub fn observer(self, observer: impl FnMut(&Event) + Send + 'static) -> Self {
        Self { observer: Some(Box::new(observer)), ..self }
    }

    /// Records the run into `sink`, for [`replay`](crate::engine::replay); [`Endpoint::finish_recording`] ends it.
    ///
    /// It is written from within the endpoint, 64 KiB at a time: `sink` should not block for long.
    pub fn record(self, sink: impl io::Write + Send + 'static) -> Self {
        Self { recording: Some((Box::new(sink), Recorder::new)), ..self }
    }

    /// As [`Builder::record`], with payload left out: zeros stand for it, the file has some 20 bytes for each segment, and it
    /// costs some 4 % of the throughput.
    pub fn record_without_payload(self, sink: impl io::Write + Send + 'static) -> Self {
        Self { recording: Some((Box::new(sink), Recorder::without_payload)), ..self }
    }

    /// Uses this congestion control instead of [`Config::algorithm`].
    pub fn controller(self, make: MakeController) -> Self {
        Self { controller: Some(make), ..self }
    }

    /// At most this many connections at once, in any state; by default [`Builder::MAX_CONNECTIONS`].
    pub fn max_connections(self, max: usize) -> Self {
        Self { max_connections: Some(max), ..self }
    }

    /// The secret behind initial sequence numbers (RFC 6528); by default, random from the operating system.
    /// Only for runs that are to be repeated: who knows it can guess sequence numbers.
    pub fn secret(self, secret: [u8; 16]) -> Self {
        Self { secret: Some(secret), ..self }
    }

    /// The UDP address that [`Builder::connect`] binds; by default, any address and a port that is free (MUST-43).
    pub fn local(self, local: SocketAddr) -> Self {
        Self { local: Some(local), ..self }
    }

    /// Lets several endpoints bind one address (`SO_REUSEPORT`), of this process or of others: the kernel gives all
    /// datagrams of a peer's UDP address to one of them. So a server may have an endpoint for each core, on a runtime of
    /// its own, and no connection is ever worked on by two.
    ///
    /// All of them should be bound before peers come: where their number changes, the kernel spreads peers anew, and
    /// connections that then come to another endpoint end. [`Builder::bind`] fails with `Unsupported` where the system has
    /// no such thing.
    pub fn beside_others(self, beside_others: bool) -> Self {
        Self { beside_others, ..self }
    }

    /// How long a task that waits for an answer looks at the socket before it sleeps; by default 50 us, and zero is never. One
    /// that waits for more of the same looks for 10 us at most. Either does so only while no other task of its thread has
    /// anything to do with a socket of lucid's, and ever more rarely where what it waits for takes longer than that;
    /// meanwhile the thread does nothing else.
    pub fn busy_poll(self, lasts: Duration) -> Self {
        Self { busy_poll: Some(lasts), ..self }
    }

    /// Binds a UDP socket: the endpoint listens and connects once asked to. It lives on the current runtime.
    ///
    /// # Errors
    /// As [`tokio::net::UdpSocket::bind`]; or if the name can't be resolved, or the system has no randomness.
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    pub async fn bind(self, addr: impl ToSocketAddrs) -> io::Result<Endpoint> {
        let mut failure = io::Error::new(io::ErrorKind::InvalidInput, "no address to bind to");
        for local in lookup_host(addr).await? {
            let bind = if self.beside_others { Socket::bind_beside } else { Socket::bind };
            match bind(local) {
                Ok(socket) => return self.start(socket),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    /// Opens one connection to `peer` through a UDP socket of its own; the TCP port is the UDP port.
    ///
    /// The socket talks to that peer alone, so the kernel tells us when nothing is at that UDP address, and
    /// no stranger's datagram comes in.
    ///
    /// # Errors
    /// Those of [`Endpoint::connect`], and those of binding and connecting a [`tokio::net::UdpSocket`].
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    pub async fn connect(self, peer: SocketAddr) -> io::Result<Stream> {
        self.towards(peer)?.connect(peer).await
    }

    /// As [`Builder::connect`], but for the connection: [`Endpoint::connect`] to this peer opens it. So the endpoint is at hand
    /// while nobody has answered yet.
    ///
    /// # Errors
    /// Those of binding and connecting a [`tokio::net::UdpSocket`]; or the system has no randomness.
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    pub fn towards(self, peer: SocketAddr) -> io::Result<Endpoint> {
        let peer = canonical(peer);
        let any = match peer {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = Socket::connect(self.local.unwrap_or(any), peer)?;
        self.start(socket)
    }

    fn start(self, socket: Socket) -> io::Result<Endpoint> {
        let setup = Setup {
            config: self.config,
            secret: self.secret.map_or_else(random_secret, Ok)?,
            max_connections: self.max_connections.unwrap_or(Self::MAX_CONNECTIONS),
        };
        let recording = match self.recording {
            Some((sink, begin)) => Recording::with(begin(sink, &setup)?),
            None => Recording::default(),
        };
        let mut engine = Engine::new(setup);
        if let Some(make) = self.controller {
            engine = engine.with_controller(make);
        }
        engine.observe(self.observer.is_some());

        let socket = Arc::new(socket);
        let core = Core {
            engine,
            socket: Arc::clone(&socket),
            slots: Slots::default(),
            path: self.path,
            observer: self.observer,
            recording,
            batch: Batch::default(),
            unflushed: Vec::new(),
            is_lone: false,
            waits: false,
            is_drained: true,
            engine_due: None,
            asleep_until: None,
            is_sending: false,
            gathers: false,
            told: Told::default(),
            spare: Batch::default(),
            to_wake: Vec::new(),
            is_abandoned: false,
        };
        let (stir, idle, relief, watchers) = <(Notify, Notify, Notify, AtomicUsize)>::default();
        let (clock, core, inbox) = (Clock::start(), Mutex::new(core), Mutex::default());
        let busy_poll = BusyPoll::new(self.busy_poll.unwrap_or(BusyPoll::LASTS));
        let shared = Arc::new(Shared {
            clock,
            socket,
            core,
            inbox,
            duty: Duty::default(),
            busy_poll,
            stir,
            idle,
            relief,
            watchers,
        });
        tokio::spawn(task::run(Arc::clone(&shared)));
        Ok(Endpoint::of(shared))
    }
}

fn random_secret() -> io::Result<[u8; 16]> {
    let mut secret = [0; 16];
    SysRng.try_fill_bytes(&mut secret).map_err(io::Error::other)?;
    Ok(secret)
}
