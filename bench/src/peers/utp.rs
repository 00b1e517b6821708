//! librqbit-utp: the micro transport protocol (BEP 29).

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;

use librqbit_utp::{SocketOpts, UtpSocketUdp, UtpStream};

use crate::Outcome;
use crate::options::Options;
use crate::peer::{self, CONNECTIONS, Opening, any_port};

/// It counts the headers of IP and UDP, too.
const HEADERS: usize = 28;

pub(crate) struct Server(Arc<UtpSocketUdp>);

impl peer::Server for Server {
    type Stream = UtpStream;

    async fn bind(options: &Options) -> Outcome<Self> {
        Ok(Self(open(options, options.addr).await?))
    }

    fn addr(&self) -> Outcome<SocketAddr> {
        Ok(self.0.bind_addr())
    }

    async fn accept(&mut self) -> Outcome<Opening<UtpStream>> {
        let stream = self.0.accept().await?;
        Ok(Box::pin(async { Ok(stream) }))
    }
}

/// All its connections share a socket.
pub(crate) struct Client(Arc<UtpSocketUdp>);

impl peer::Client for Client {
    type Stream = UtpStream;

    async fn new(options: &Options) -> Outcome<Self> {
        Ok(Self(open(options, any_port(options.addr)).await?))
    }

    async fn connect(&self, addr: SocketAddr) -> Outcome<UtpStream> {
        Ok(self.0.connect(addr).await?)
    }
}

async fn open(options: &Options, addr: SocketAddr) -> Outcome<Arc<UtpSocketUdp>> {
    let wishes = SocketOpts {
        link_mtu: options.mtu.and_then(|mtu| NonZeroUsize::new(usize::from(mtu) + HEADERS)),
        max_live_vsocks: NonZeroUsize::new(CONNECTIONS),
        disable_nagle: true,
        ..SocketOpts::default()
    };
    Ok(UtpSocketUdp::new_udp_with_opts(addr, wishes, Default::default()).await?)
}
