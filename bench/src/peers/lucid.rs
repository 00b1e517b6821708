//! lucid, as its defaults are, unless a window is given.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use lucid_conn::engine::PathMtu;
use lucid_conn::{Config, Endpoint, Listener, Profile, Stream};

use super::fixed_window;
use crate::Outcome;
use crate::options::{Options, Record};
use crate::peer::{self, CONNECTIONS, Opening, any_port};

/// The part of a datagram that is our header without options. (Options are taken off the MSS: RFC 6691.)
const HEADER: u16 = 20;

/// The port within the UDP socket pair: it is the same on both sides of a relay, where UDP's isn't.
const PORT: u16 = 7;

pub(crate) struct Server(Listener);

impl peer::Server for Server {
    type Stream = Stream;

    async fn bind(options: &Options) -> Outcome<Self> {
        Ok(Self(endpoint(options, options.addr).await?.listen_on(PORT, 4096)?))
    }

    fn addr(&self) -> Outcome<SocketAddr> {
        Ok(self.0.local_addr()?)
    }

    async fn accept(&mut self) -> Outcome<Opening<Stream>> {
        let (stream, _) = self.0.accept().await?;
        stream.set_nodelay(true)?;
        Ok(Box::pin(async { Ok(stream) }))
    }
}

/// So many connections share a socket: between two of them there are 16,384 ports (RFC 6335 section 6), of which some
/// are left to what closes.
const EACH: usize = 15_000;

/// Its connections take its sockets in turn; mostly there is one.
pub(crate) struct Client {
    sockets: Vec<Endpoint>,
    connects: AtomicUsize,
}

impl peer::Client for Client {
    type Stream = Stream;

    async fn new(options: &Options) -> Outcome<Self> {
        let mut sockets = Vec::new();
        for _ in 0..options.count.unwrap_or(0) / EACH + 1 {
            sockets.push(endpoint(options, any_port(options.addr)).await?);
        }
        Ok(Self { sockets, connects: AtomicUsize::new(0) })
    }

    async fn connect(&self, addr: SocketAddr) -> Outcome<Stream> {
        let socket = self.connects.fetch_add(1, Ordering::Relaxed) % self.sockets.len();
        let stream = self.sockets[socket].connect_to(addr, PORT).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

async fn endpoint(options: &Options, addr: SocketAddr) -> Outcome<Endpoint> {
    let mut config = Config::new(Profile::Modern);
    if let Some(mtu) = options.mtu {
        config.mss = mtu.saturating_sub(HEADER);
        config.path_mtu = PathMtu::Fixed;
    }
    let mut builder = Endpoint::builder().max_connections(CONNECTIONS);
    if let Some(window) = options.window {
        // Twice: what is under way, and what waits for the application meanwhile.
        let buffer = 2 * usize::try_from(window)?;
        config.send_buffer = buffer;
        (config.receive_buffer, config.receive_buffer_max) = (buffer, buffer);
        config.window_scale = (0..14).find(|scale| buffer >> scale <= 0xffff).or(Some(14));
        builder = builder.controller(fixed_window::make(window));
    }
    // A file, as a user's recording is one; nobody reads it.
    builder = match options.record {
        None => builder,
        Some(Record::Headers) => builder.record_without_payload(tempfile::tempfile()?),
        Some(Record::Payload) => builder.record(tempfile::tempfile()?),
    };
    Ok(builder.config(config).bind(addr).await?)
}
