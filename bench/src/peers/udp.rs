//! Bare UDP in full batches, with copies and a window: what any transport over UDP could reach at best. It repairs nothing:
//! a lost datagram is an error. One connection to a server, and one direction at a time.

use std::io::{self, ErrorKind, IoSliceMut};
use std::net::SocketAddr;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use quinn_udp::{RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::UdpSocket;

use crate::Outcome;
use crate::options::Options;
use crate::peer::{self, Opening, any_port, socket};

/// Where the datagram's bytes stand in the stream, and how many the other side has received: 8 bytes each.
const HEADER: usize = 16;
/// A datagram on Ethernet, unless another size is asked for.
const DATAGRAM: u16 = 1452;
/// Nothing more is sent while so many bytes are under way: enough for loopback, and it stays in the cache.
const WINDOW: u64 = 128 << 10;
/// The most that UDP takes or gives at once.
const BATCH: usize = 65_507;

pub(crate) struct Server {
    socket: Option<UdpSocket>,
    addr: SocketAddr,
    datagram: usize,
}

impl peer::Server for Server {
    type Stream = Stream;

    async fn bind(options: &Options) -> Outcome<Self> {
        let socket = UdpSocket::from_std(socket(options.addr)?)?;
        let addr = socket.local_addr()?;
        Ok(Self { socket: Some(socket), addr, datagram: datagram(options) })
    }

    fn addr(&self) -> Outcome<SocketAddr> {
        Ok(self.addr)
    }

    /// The first who says something has the socket.
    async fn accept(&mut self) -> Outcome<Opening<Stream>> {
        let Some(socket) = self.socket.take() else { std::future::pending().await };
        let from = socket.peek_sender().await?;
        let stream = Stream::new(socket, from, self.datagram).await?;
        Ok(Box::pin(async { Ok(stream) }))
    }
}

pub(crate) struct Client {
    datagram: usize,
}

impl peer::Client for Client {
    type Stream = Stream;

    async fn new(options: &Options) -> Outcome<Self> {
        Ok(Self { datagram: datagram(options) })
    }

    async fn connect(&self, addr: SocketAddr) -> Outcome<Stream> {
        let socket = UdpSocket::from_std(socket(any_port(addr))?)?;
        Stream::new(socket, addr, self.datagram).await
    }
}

fn datagram(options: &Options) -> usize {
    options.mtu.unwrap_or(DATAGRAM).into()
}

pub(crate) struct Stream {
    udp: UdpSocket,
    offload: UdpSocketState,
    peer: SocketAddr,
    /// The size of a full datagram.
    datagram: usize,
    /// Datagrams ready to go, one behind another.
    outgoing: Vec<u8>,
    /// How many bytes fill a batch.
    full: usize,
    /// How many bytes were written into datagrams, how many of them left, and how many the peer has.
    written: u64,
    sent: u64,
    arrived: u64,
    /// How many bytes came, and how many of them the peer was told of.
    received: u64,
    acknowledged: u64,
    incoming: Box<[u8]>,
    /// Which part of `incoming` wasn't looked at, and where its next datagram begins.
    unread: Range<usize>,
    stride: usize,
}

impl Stream {
    async fn new(udp: UdpSocket, peer: SocketAddr, datagram: usize) -> Outcome<Self> {
        udp.connect(peer).await?;
        let offload = UdpSocketState::new(UdpSockRef::from(&udp))?;
        let full = datagram * offload.max_gso_segments().min(BATCH / datagram);
        Ok(Self {
            udp,
            offload,
            peer,
            datagram,
            outgoing: Vec::with_capacity(full),
            full,
            written: 0,
            sent: 0,
            arrived: 0,
            received: 0,
            acknowledged: 0,
            incoming: vec![0; 1 << 16].into(),
            unread: 0..0,
            stride: 1,
        })
    }

    /// Copies what fits into the batch, and says how much that was.
    fn pack(&mut self, data: &[u8]) -> usize {
        let mut left = data;
        while !left.is_empty() && self.outgoing.len() < self.full {
            let filled = self.outgoing.len() % self.datagram;
            if filled == 0 {
                self.outgoing.extend(self.written.to_be_bytes());
                self.outgoing.extend(self.received.to_be_bytes());
                self.acknowledged = self.received;
            }
            let room = self.datagram - self.outgoing.len() % self.datagram;
            let (some, rest) = left.split_at(left.len().min(room));
            self.outgoing.extend(some);
            self.written += some.len() as u64;
            left = rest;
        }
        data.len() - left.len()
    }

    /// Sends the batch as one, once the window is open.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.outgoing.is_empty() {
            if self.sent - self.arrived >= WINDOW {
                ready!(self.poll_receive(cx))?;
                continue;
            }
            match self.send(&self.outgoing) {
                Ok(()) => {
                    self.outgoing.clear();
                    self.sent = self.written;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => ready!(self.udp.poll_send_ready(cx))?,
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Ready(Ok(()))
    }

    fn send(&self, contents: &[u8]) -> io::Result<()> {
        let transmit = Transmit {
            destination: self.peer,
            ecn: None,
            contents,
            segment_size: Some(self.datagram),
            src_ip: None,
        };
        self.udp.try_io(Interest::WRITABLE, || self.offload.try_send(UdpSockRef::from(&self.udp), &transmit))
    }

    /// Acknowledges the last batch, unless data did, and takes in one more.
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.received > self.acknowledged {
            self.send(&[0_u64.to_be_bytes(), self.received.to_be_bytes()].concat())?;
            self.acknowledged = self.received;
        }
        let mut meta = [RecvMeta::default()];
        loop {
            ready!(self.udp.poll_recv_ready(cx))?;
            let mut buffers = [IoSliceMut::new(&mut self.incoming)];
            let receive = || self.offload.recv(UdpSockRef::from(&self.udp), &mut buffers, &mut meta);
            match self.udp.try_io(Interest::READABLE, receive) {
                Ok(_) => break,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        let [RecvMeta { len, stride, .. }] = meta;
        let before = self.received;
        for datagram in self.incoming[..len].chunks(stride.max(1)) {
            let (position, arrived, payload) = parse(datagram)?;
            self.arrived = self.arrived.max(arrived).min(self.sent);
            if position != self.received && payload > 0 {
                return Poll::Ready(Err(io::Error::other(
                    "a datagram was lost, and bare UDP repairs nothing",
                )));
            }
            self.received += payload as u64;
        }
        if self.received > before {
            (self.unread, self.stride) = (0..len, stride);
        }
        Poll::Ready(Ok(()))
    }

    /// Copies out what was received, as far as there is room.
    fn unpack(&mut self, buf: &mut ReadBuf<'_>) {
        while !self.unread.is_empty() && buf.remaining() > 0 {
            let at = self.unread.start;
            let within = at % self.stride;
            let start = at + HEADER.saturating_sub(within);
            let end = (at - within + self.stride).min(self.unread.end);
            let some = (end - start).min(buf.remaining());
            buf.put_slice(&self.incoming[start..start + some]);
            self.unread.start = start + some;
        }
    }
}

/// A datagram's position in the stream, what it acknowledges, and how many bytes it carries.
fn parse(datagram: &[u8]) -> io::Result<(u64, u64, usize)> {
    let field = |at: usize| Some(u64::from_be_bytes(datagram.get(at..at + 8)?.try_into().ok()?));
    let fields = field(0).zip(field(8)).ok_or(ErrorKind::InvalidData)?;
    Ok((fields.0, fields.1, datagram.len() - HEADER))
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_send(cx))?;
        let filled = buf.filled().len();
        while buf.filled().len() == filled && buf.remaining() > 0 {
            if self.unread.is_empty() {
                ready!(self.poll_receive(cx))?;
            }
            self.unpack(buf);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        if self.outgoing.len() >= self.full {
            ready!(self.poll_send(cx))?;
        }
        Poll::Ready(Ok(self.pack(data)))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_send(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(cx)
    }
}
