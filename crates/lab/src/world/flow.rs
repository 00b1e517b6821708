//! The applications: a server that sends what it has, a client that reads what comes.

use std::time::Duration;

use bytes::Bytes;
use lucid_conn::engine::{Call, ConnId, Info, Input, Notice, Reply};

use super::host::{self, PORT};
use super::{CLIENTS, World};
use crate::report::{FlowReport, Point};

/// What servers send: the engine holds parts of this, and copies of nothing.
static PAYLOAD: [u8; 1 << 20] = [0; 1 << 20];

/// A flow, seen by its two applications.
#[derive(Debug, Default)]
pub(super) struct Flow {
    pub(super) group: usize,
    bytes: Option<u64>,
    /// The connection in its server's host.
    pub(super) server: Option<ConnId>,
    /// The connection in the clients' host.
    pub(super) client: Option<ConnId>,
    /// Not yet written; none: there is always more.
    left: Option<u64>,
    began: Duration,
    connected: Option<Duration>,
    completed: Option<Duration>,
    /// Bytes read by the client, and of these, after the warm-up.
    read: u64,
    counted: u64,
    curve: Vec<Point>,
}

impl Flow {
    pub(super) fn new(group: usize, bytes: Option<u64>) -> Self {
        Self { group, bytes, left: bytes, ..Self::default() }
    }

    fn read(&mut self, bytes: usize, counts: bool) {
        self.read += bytes as u64;
        self.counted += if counts { bytes as u64 } else { 0 };
    }

    /// A point of its curve.
    pub(super) fn sample(&mut self, at: Duration, info: Option<&Info>) {
        let (cwnd, in_flight) = info.map_or((0.0, 0.0), |info| (info.cwnd, info.flight_size as f64));
        self.curve.push(Point { at, cwnd, in_flight, delivered: self.read });
    }

    pub(super) fn outcome(self, server: Option<&Info>, client: Option<&Info>) -> FlowReport {
        FlowReport {
            group: self.group,
            bytes: self.bytes,
            began: self.began,
            handshake: self.connected.map(|at| at - self.began),
            completion: self.completed.map(|at| at - self.began),
            delivered: self.counted,
            mss: server.map_or(0, |info| info.mss),
            sent: server.map(|info| info.counts).unwrap_or_default(),
            received: client.map(|info| info.counts).unwrap_or_default(),
            curve: self.curve,
        }
    }
}

impl World<'_> {
    /// A client opens its connection.
    pub(super) fn begin(&mut self, flow: usize) {
        let server = self.flows[flow].group + 1;
        self.flows[flow].began = self.elapsed();
        let input = Input::Connect { peer: host::address(server), port: PORT };
        if let Ok(Reply::Opened(conn)) = self.hosts[CLIENTS].endpoint.handle(self.now, input) {
            let info = self.hosts[CLIENTS].endpoint.info(conn);
            let port = info.map_or(0, |info| info.local_port);
            self.flows[flow].client = Some(conn);
            self.expected.insert((server, port), flow);
            self.by_conn.insert((CLIENTS, conn), flow);
        }
        self.drain(CLIENTS);
        self.attend();
    }

    /// The applications hear what there is to hear, and act.
    pub(super) fn attend(&mut self) {
        while let Some((host, conn, notice)) = self.notices.pop_front() {
            match notice {
                Notice::Connected => self.connected(host, conn),
                Notice::Acceptable => self.accept(host, conn),
                Notice::Writable => self.serve(host, conn),
                Notice::Readable => self.read(conn, host),
                Notice::Closed(_) => self.give_up(host, conn),
                _ => {}
            }
        }
    }

    fn connected(&mut self, host: usize, conn: ConnId) {
        let now = self.elapsed();
        if let Some(&flow) = self.by_conn.get(&(host, conn)).filter(|_| host == CLIENTS) {
            self.flows[flow].connected = Some(now);
        }
    }

    fn accept(&mut self, host: usize, listener: ConnId) {
        while let Ok(Reply::Accepted(Some(conn))) =
            self.hosts[host].endpoint.handle(self.now, Input::Accept { listener })
        {
            let info = self.hosts[host].endpoint.info(conn);
            let flow = info.and_then(|info| self.expected.remove(&(host, info.remote_port)));
            if let Some(flow) = flow {
                self.flows[flow].server = Some(conn);
                self.by_conn.insert((host, conn), flow);
                self.serve(host, conn);
            }
        }
    }

    fn call(&mut self, host: usize, conn: ConnId, call: Call) -> Option<Reply> {
        let reply = self.hosts[host].endpoint.handle(self.now, Input::Call { conn, call }).ok();
        self.drain(host);
        reply
    }

    /// Writes as much as there is and as fits.
    fn serve(&mut self, host: usize, conn: ConnId) {
        let Some(&flow) = self.by_conn.get(&(host, conn)) else { return };
        loop {
            let left = self.flows[flow].left;
            let most = left.map_or(PAYLOAD.len(), |left| usize::try_from(left).unwrap_or(usize::MAX));
            if most == 0 {
                self.call(host, conn, Call::Shutdown);
                return;
            }
            let offered = most.min(PAYLOAD.len());
            let write = Call::Write(Bytes::from_static(&PAYLOAD[..offered]));
            let Some(Reply::Written(taken)) = self.call(host, conn, write) else { return };
            self.flows[flow].left = left.map(|left| left - taken as u64);
            if taken < offered {
                return;
            }
        }
    }

    /// Reads all that has come.
    fn read(&mut self, conn: ConnId, host: usize) {
        let Some(&flow) = self.by_conn.get(&(host, conn)).filter(|_| host == CLIENTS) else { return };
        let counts = self.elapsed() >= self.scenario.warm_up;
        loop {
            match self.call(host, conn, Call::Read { max: usize::MAX }) {
                Some(Reply::Data(data)) if !data.is_empty() => self.flows[flow].read(data.len(), counts),
                Some(Reply::EndOfStream) => {
                    self.complete(flow);
                    self.call(host, conn, Call::Shutdown);
                    return;
                }
                _ => return,
            }
        }
    }

    fn complete(&mut self, flow: usize) {
        if self.flows[flow].completed.is_none() {
            self.flows[flow].completed = Some(self.elapsed());
            self.running -= 1;
        }
    }

    /// A connection ended. One that had not brought all it had is not waited for.
    fn give_up(&mut self, host: usize, conn: ConnId) {
        let flow = self.by_conn.get(&(host, conn)).filter(|_| host == CLIENTS);
        if flow.is_some_and(|&flow| self.flows[flow].completed.is_none()) {
            self.running -= 1;
        }
    }
}
