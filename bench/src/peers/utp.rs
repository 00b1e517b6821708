//! librqbit-utp: the micro transport protocol (BEP 29).

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;

use librqbit_utp::{SocketOpts, UtpSocketUdp, UtpStream};
use tokio::sync::Semaphore;

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

/// So many handshakes with one address it can do at once; a further one fails.
const HANDSHAKES: usize = 4;

/// All its connections share a socket.
pub(crate) struct Client {
    socket: Arc<UtpSocketUdp>,
    turns: Semaphore,
}

impl peer::Client for Client {
    type Stream = UtpStream;

    async fn new(options: &Options) -> Outcome<Self> {
        let socket = open(options, any_port(options.addr)).await?;
        Ok(Self { socket, turns: Semaphore::new(HANDSHAKES) })
    }

    async fn connect(&self, addr: SocketAddr) -> Outcome<UtpStream> {
        let _turn = self.turns.acquire().await?;
        Ok(self.socket.connect(addr).await?)
    }

    /// Its shutdown would wait for the other side's: dropped, it closes in the background as the others do.
    async fn close(stream: UtpStream) {
        drop(stream);
    }
}

async fn open(options: &Options, addr: SocketAddr) -> Outcome<Arc<UtpSocketUdp>> {
    let wishes = SocketOpts {
        link_mtu: options.mtu.and_then(|mtu| NonZeroUsize::new(usize::from(mtu) + HEADERS)),
        max_live_vsocks: NonZeroUsize::new(CONNECTIONS),
        disable_nagle: true,
        dont_wait_for_lastack: true,
        ..SocketOpts::default()
    };
    Ok(UtpSocketUdp::new_udp_with_opts(addr, wishes, Default::default()).await?)
}
