//! A slow, long or lossy link: it relays datagrams between clients and one server, by the same rules for every peer.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lucid_conn::sim::{Faults, Link, Packet};
use tokio::net::UdpSocket;
use tokio::sync::mpsc::{Sender, channel};

use crate::Outcome;
use crate::options::Options;
use crate::peer::{any_port, socket};
use crate::server::listening;

/// Of the dice: the same datagrams meet the same fate in each run.
const SEED: u64 = 7;
/// So many datagrams may wait to be relayed; more stay in the kernel's buffers.
const WAITING: usize = 1024;
/// The largest datagram.
const LARGEST: usize = 1 << 16;

/// A datagram from or to a client.
#[derive(Clone)]
struct Datagram {
    client: SocketAddr,
    bytes: Vec<u8>,
}

impl Packet for Datagram {
    fn len(&self) -> usize {
        self.bytes.len()
    }

    fn is_data(&self) -> bool {
        true
    }

    fn corrupt(&mut self, bit: usize) {
        self.bytes[bit / 8] ^= 1 << (bit % 8);
    }

    fn mark(&mut self) -> bool {
        false
    }
}

/// Relays between whoever sends to it and the server at `options.addr`.
pub(crate) async fn run(options: &Options) -> Outcome {
    let face = UdpSocket::from_std(socket(any_port(options.addr))?)?;
    let port = face.local_addr()?.port();
    listening((options.addr.ip(), port).into(), None)?;
    let mut link = Relay::new(options);
    let (sender, mut answers) = channel(WAITING);
    let mut buffer = vec![0; LARGEST];
    loop {
        let due = link.next_delivery();
        tokio::select! {
            got = face.recv_from(&mut buffer) => {
                let (len, client) = got?;
                link.join(client, &sender).await?;
                link.up.push(link.now(), Datagram { client, bytes: buffer[..len].to_vec() });
            }
            Some(answer) = answers.recv() => {
                link.down.push(link.now(), answer);
            }
            () = tokio::time::sleep(due.unwrap_or_default()), if due.is_some() => {}
        }
        link.deliver(&face);
    }
}

/// The two directions, and a socket towards the server for each client.
struct Relay {
    start: Instant,
    server: SocketAddr,
    up: Link<Datagram>,
    down: Link<Datagram>,
    clients: HashMap<SocketAddr, Arc<UdpSocket>>,
}

impl Relay {
    fn new(options: &Options) -> Self {
        let faults: &Faults = &options.faults;
        Self {
            start: Instant::now(),
            server: options.addr,
            up: Link::new(faults.clone(), SEED),
            down: Link::new(faults.clone(), SEED + 1),
            clients: HashMap::new(),
        }
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// How long until a datagram has come through, if one is under way.
    fn next_delivery(&self) -> Option<Duration> {
        let next = self.up.next_delivery().into_iter().chain(self.down.next_delivery()).min();
        next.map(|at| at.saturating_sub(self.now()))
    }

    /// A client that wasn't seen before gets a socket, by which the server knows it.
    async fn join(&mut self, client: SocketAddr, answers: &Sender<Datagram>) -> Outcome {
        if !self.clients.contains_key(&client) {
            let towards = Arc::new(UdpSocket::from_std(socket(any_port(self.server))?)?);
            towards.connect(self.server).await?;
            tokio::spawn(listen(towards.clone(), client, answers.clone()));
            self.clients.insert(client, towards);
        }
        Ok(())
    }

    /// Hands on what has come through. What a socket doesn't take is lost, as in any router.
    fn deliver(&mut self, face: &UdpSocket) {
        let now = self.now();
        while let Some(Datagram { client, bytes }) = self.up.pop(now) {
            let _lost = self.clients[&client].try_send(&bytes);
        }
        while let Some(Datagram { client, bytes }) = self.down.pop(now) {
            let _lost = face.try_send_to(&bytes, client);
        }
    }
}

/// Takes the server's answers to one client.
async fn listen(towards: Arc<UdpSocket>, client: SocketAddr, answers: Sender<Datagram>) {
    let mut buffer = vec![0; LARGEST];
    // An error is the server's absence: the client will notice by itself.
    while let Ok(len) = towards.recv(&mut buffer).await {
        let answer = Datagram { client, bytes: buffer[..len].to_vec() };
        if answers.send(answer).await.is_err() {
            return;
        }
    }
}
