//! The kernel's TCP, through tokio. Its segments can't be pinned: on loopback it hands over 64 KiB at once, whatever the MSS.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::Outcome;
use crate::options::Options;
use crate::peer::{self, Opening};

pub(crate) struct Server(TcpListener);

impl peer::Server for Server {
    type Stream = TcpStream;

    async fn bind(options: &Options) -> Outcome<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(options.addr)?;
        Ok(Self(socket.listen(4096)?))
    }

    fn addr(&self) -> Outcome<SocketAddr> {
        Ok(self.0.local_addr()?)
    }

    async fn accept(&mut self) -> Outcome<Opening<TcpStream>> {
        let (stream, _) = self.0.accept().await?;
        stream.set_nodelay(true)?;
        Ok(Box::pin(async { Ok(stream) }))
    }
}

pub(crate) struct Client;

impl peer::Client for Client {
    type Stream = TcpStream;

    async fn new(_: &Options) -> Outcome<Self> {
        Ok(Self)
    }

    async fn connect(&self, addr: SocketAddr) -> Outcome<TcpStream> {
        let stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}
