//! The endpoint: all connections of one UDP socket, without the socket.

use std::net::SocketAddr;
use std::sync::Arc;

use lucid_congestion::{Controller, Parameters, Time};
use serde::{Deserialize, Serialize};

use super::config::Config;
use super::error::CallError;
use super::info::Info;
use super::message::{ConnId, Input, Output, Reply};

/// What an endpoint is made with. Together with the inputs it decides the whole run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    /// How its connections behave.
    pub config: Config,
    /// The secret behind initial sequence numbers and local ports (RFC 6528): random, new for every process.
    pub secret: [u8; 16],
    /// At most this many connections at once, in any state; a SYN beyond it is dropped.
    pub max_connections: usize,
}

/// Makes a connection's congestion controller, for algorithms from outside.
pub type MakeController = Arc<dyn Fn(Parameters) -> Box<dyn Controller> + Send + Sync>;

/// All connections of one UDP socket, without the socket: demultiplexing, listening, limits, resets for
/// strangers.
#[derive(Debug)]
pub struct Endpoint {}

#[allow(unused_variables, clippy::todo, reason = "to be written")]
impl Endpoint {
    /// An endpoint without connections.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        todo!()
    }

    /// Uses `make` for every new connection's congestion controller instead of `Config::algorithm`.
    #[must_use]
    pub fn with_controller(self, make: MakeController) -> Self {
        todo!()
    }

    /// Turns events on or off. Without them nothing is spent on them.
    pub fn observe(&mut self, on: bool) {
        todo!()
    }

    /// Takes one input in. Afterwards drain [`Endpoint::poll`] until it says [`Output::Wait`].
    ///
    /// # Errors
    /// An application's call that can't be carried out. Datagrams and time never fail.
    pub fn handle(&mut self, now: Time, input: Input) -> Result<Reply, CallError> {
        todo!()
    }

    /// The next output. It changes state only where it hands out a segment, so a caller whose socket is full
    /// may stop at any point and go on later.
    pub fn poll(&mut self, now: Time) -> Output {
        todo!()
    }

    /// A connection seen from outside; none if it doesn't exist.
    #[must_use]
    pub fn info(&self, conn: ConnId) -> Option<Info> {
        todo!()
    }

    /// How many bytes a [`super::Call::Write`] would take now.
    #[must_use]
    pub fn room(&self, conn: ConnId) -> usize {
        todo!()
    }

    /// The connection with this peer and these ports.
    #[must_use]
    pub fn find(&self, peer: SocketAddr, remote_port: u16, local_port: u16) -> Option<ConnId> {
        todo!()
    }

    /// How many connections there are, in any state; listeners don't count.
    #[must_use]
    pub fn connections(&self) -> usize {
        todo!()
    }
}
