//! The engine under test: one endpoint, its time, and all it said.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use bytes::Bytes;
use lucid_conn::Config;
use lucid_conn::engine::{
    CallError, CloseReason, Codepoint, ConnId, Endpoint, Info, Input, Notice, Output, Reply, Setup, Time,
};

use super::exchange::Line;
use super::network::Network;
use super::words;
use crate::syntax::Packet;

/// Where the peer is (RFC 5737: an address for examples).
pub(crate) const PEER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 7);

/// A segment that the engine sent and the script has not expected yet.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) at: Time,
    pub(crate) packet: Packet,
    pub(crate) payload: Bytes,
}

pub(crate) struct Host {
    pub(crate) config: Config,
    /// Made with the first socket that does something: until then options may change its configuration.
    endpoint: Option<Endpoint>,
    pub(crate) now: Time,
    wait: Option<Time>,
    pub(crate) network: Network,
    pub(crate) heard: VecDeque<Heard>,
    pub(crate) exchange: Vec<Line>,
    /// The connection that checks ask about.
    pub(crate) conn: Option<ConnId>,
    pub(crate) connected: BTreeSet<ConnId>,
    pub(crate) closed: BTreeMap<ConnId, CloseReason>,
    /// How often each cause was told.
    pub(crate) causes: BTreeMap<String, i64>,
}

impl Host {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            config,
            endpoint: None,
            now: Time::ZERO,
            wait: None,
            network: Network::new(),
            heard: VecDeque::new(),
            exchange: Vec::new(),
            conn: None,
            connected: BTreeSet::new(),
            closed: BTreeMap::new(),
            causes: BTreeMap::new(),
        }
    }

    pub(crate) fn has_started(&self) -> bool {
        self.endpoint.is_some()
    }

    pub(crate) fn info(&self) -> Option<Info> {
        self.endpoint.as_ref()?.info(self.conn?)
    }

    /// Hands something to the engine, and takes all it has to say.
    pub(crate) fn input(&mut self, input: Input) -> Result<Reply, CallError> {
        let config = &self.config;
        let endpoint = self.endpoint.get_or_insert_with(|| {
            let setup = Setup { config: config.clone(), secret: [7; 16], max_connections: 1000 };
            let mut endpoint = Endpoint::new(setup);
            endpoint.observe(true);
            endpoint
        });
        let reply = endpoint.handle(self.now, input);
        self.drain();
        reply
    }

    pub(crate) fn datagram(&mut self, bytes: Bytes, ecn: Codepoint) {
        // Datagrams never fail.
        let _ = self.input(Input::datagram(PEER, bytes, ecn));
        let port = self.network.port;
        let found = self
            .endpoint
            .as_ref()
            .and_then(|endpoint| endpoint.find(PEER, port, self.network.local_port(port)));
        self.conn = found.or(self.conn);
    }

    /// Time passes up to the next moment at which something is due, at most until `until`. Whether there may be more.
    pub(crate) fn tick(&mut self, until: Time) -> bool {
        let more = self.tick_once(until);
        if !more {
            self.now = self.now.max(until);
        }
        more
    }

    /// The same, but time stays where it was if nothing is due.
    pub(crate) fn tick_once(&mut self, until: Time) -> bool {
        let Some(at) = self.wait.filter(|&at| at <= until) else { return false };
        self.now = self.now.max(at);
        // Time never fails.
        let _ = self.input(Input::Tick);
        true
    }

    fn drain(&mut self) {
        let Some(endpoint) = &mut self.endpoint else { return };
        loop {
            match endpoint.poll(self.now) {
                Output::Transmit { conn, train, ecn, .. } => {
                    for segment in train.segments() {
                        let packet = self.network.packet(&segment, ecn);
                        if packet.port.is_none() {
                            self.conn = conn.or(self.conn);
                        }
                        self.exchange.push(Line::Outbound { at: self.now, packet: packet.clone() });
                        self.heard.push_back(Heard { at: self.now, packet, payload: segment.payload });
                    }
                }
                Output::Notice { conn, notice: Notice::Connected } => {
                    self.connected.insert(conn);
                }
                Output::Notice { conn, notice: Notice::Closed(reason) } => {
                    self.closed.insert(conn, reason);
                }
                Output::Notice { .. } => {}
                Output::Event(event) => {
                    *self.causes.entry(format!("{:?}", event.cause)).or_default() += 1;
                    self.exchange.extend(words::why(&event).map(Line::Why));
                }
                Output::Wait(at) => return self.wait = at,
            }
        }
    }
}
