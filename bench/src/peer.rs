//! What a transport has to offer to be measured: streams, and two ways to come by one.

use std::net::SocketAddr;
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use crate::Outcome;
use crate::options::Options;

/// What sockets are asked to buffer in each direction, whatever the transport.
pub(crate) const KERNEL_BUFFER: usize = 4 << 20;

/// How many connections a transport must be ready to hold.
pub(crate) const CONNECTIONS: usize = 120_000;

/// A stream of bytes, both ways. Dropping it closes the connection.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Stream for T {}

/// A connection that has been asked for, and becomes a stream once its handshake is done.
pub(crate) type Opening<S> = Pin<Box<dyn Future<Output = Outcome<S>> + Send>>;

pub(crate) trait Server: Sized {
    type Stream: Stream;

    async fn bind(options: &Options) -> Outcome<Self>;

    /// Where it listens.
    fn addr(&self) -> Outcome<SocketAddr>;

    /// What a client must know to trust it, as PEM.
    fn certificate(&self) -> Option<String> {
        None
    }

    async fn accept(&mut self) -> Outcome<Opening<Self::Stream>>;
}

/// Shared by all connections of a client.
pub(crate) trait Client: Sized + Send + Sync + 'static {
    type Stream: Stream;

    fn new(options: &Options) -> impl Future<Output = Outcome<Self>> + Send;

    fn connect(&self, addr: SocketAddr) -> impl Future<Output = Outcome<Self::Stream>> + Send;

    /// Says goodbye as an application would. What becomes of it is the transport's business.
    fn close(mut stream: Self::Stream) -> impl Future<Output = ()> + Send {
        async move {
            let _gone_already = stream.shutdown().await;
        }
    }
}

/// A UDP socket with large buffers. The kernel may grant less, to all peers alike.
pub(crate) fn socket(addr: SocketAddr) -> Outcome<std::net::UdpSocket> {
    let socket = std::net::UdpSocket::bind(addr)?;
    let options = socket2::SockRef::from(&socket);
    options.set_recv_buffer_size(KERNEL_BUFFER)?;
    options.set_send_buffer_size(KERNEL_BUFFER)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// Any port of the interface that leads to `peer`.
pub(crate) fn any_port(peer: SocketAddr) -> SocketAddr {
    if peer.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0_u16; 8], 0).into() }
}
