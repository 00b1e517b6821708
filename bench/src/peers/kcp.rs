//! tokio_kcp: KCP in its fastest mode, as a stream.

use std::net::SocketAddr;

use tokio::net::UdpSocket;
use tokio_kcp::{KcpConfig, KcpListener, KcpNoDelayConfig, KcpStream};

use crate::Outcome;
use crate::options::Options;
use crate::peer::{self, Opening, any_port, socket};

pub(crate) struct Server(KcpListener);

impl peer::Server for Server {
    type Stream = KcpStream;

    async fn bind(options: &Options) -> Outcome<Self> {
        let udp = UdpSocket::from_std(socket(options.addr)?)?;
        Ok(Self(KcpListener::from_socket(config(options), udp).await?))
    }

    fn addr(&self) -> Outcome<SocketAddr> {
        Ok(self.0.local_addr()?)
    }

    async fn accept(&mut self) -> Outcome<Opening<KcpStream>> {
        let (stream, _) = self.0.accept().await?;
        Ok(Box::pin(async { Ok(stream) }))
    }
}

/// Each connection has a socket.
pub(crate) struct Client(KcpConfig);

impl peer::Client for Client {
    type Stream = KcpStream;

    async fn new(options: &Options) -> Outcome<Self> {
        Ok(Self(config(options)))
    }

    async fn connect(&self, addr: SocketAddr) -> Outcome<KcpStream> {
        let udp = UdpSocket::from_std(socket(any_port(addr))?)?;
        Ok(KcpStream::connect_with_socket(&self.0, udp, addr).await?)
    }
}

fn config(options: &Options) -> KcpConfig {
    let mut config = KcpConfig {
        nodelay: KcpNoDelayConfig::fastest(),
        wnd_size: (1024, 1024),
        flush_write: true,
        flush_acks_input: true,
        stream: true,
        ..KcpConfig::default()
    };
    if let Some(mtu) = options.mtu {
        config.mtu = mtu.into();
    }
    config
}
