//! lucid, as its defaults are.

use std::net::SocketAddr;

use lucid_conn::engine::PathMtu;
use lucid_conn::{Config, Endpoint, Listener, Profile, Stream};

use crate::Outcome;
use crate::options::Options;
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

/// All its connections share a socket.
pub(crate) struct Client(Endpoint);

impl peer::Client for Client {
    type Stream = Stream;

    async fn new(options: &Options) -> Outcome<Self> {
        Ok(Self(endpoint(options, any_port(options.addr)).await?))
    }

    async fn connect(&self, addr: SocketAddr) -> Outcome<Stream> {
        let stream = self.0.connect_to(addr, PORT).await?;
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
    Ok(Endpoint::builder().config(config).max_connections(CONNECTIONS).bind(addr).await?)
}
