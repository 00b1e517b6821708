use std::net::UdpSocket;

use lucid_wire::{Flags, Header, Options, SeqNum};

use super::*;
use crate::driver::inbox::{Arrived, Inbox};

/// One datagram.
fn add(batch: &mut Batch, to: SocketAddr, datagram: &[u8]) {
    batch.add(to, Codepoint::NotEct, datagram.len(), |out| out.extend_from_slice(datagram));
}

async fn receive(socket: &Socket) -> Vec<Arrived> {
    let mut inbox = Inbox::default();
    socket.readable().await.unwrap();
    inbox.receive(socket);
    inbox.arrived
}

#[tokio::test]
async fn datagrams_leave_whole_in_order_and_to_their_own_peers() {
    let peers = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
    let at = |n: usize| peers[n].local_addr().unwrap();
    let socket = Socket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    // Nobody else is heard, who may have known a port's last owner.
    peers.iter().for_each(|peer| peer.connect(socket.local_addr().unwrap()).unwrap());
    let mut batch = Batch::default();
    for (to, datagram) in [(0, "first"), (1, "other"), (0, "second, and longer")] {
        add(&mut batch, at(to), datagram.as_bytes());
    }
    while batch.flush(&socket) != Flushed::All {
        socket.writable().await.unwrap();
    }
    assert!(batch.is_empty());

    let mut buffer = [0; 100];
    for (to, expected) in [(0, "first"), (0, "second, and longer"), (1, "other")] {
        let (len, _) = peers[to].recv_from(&mut buffer).unwrap();
        assert_eq!(std::str::from_utf8(&buffer[..len]), Ok(expected));
    }
}

#[test]
fn it_is_full_at_its_bound_and_not_before() {
    let mut batch = Batch::default();
    let to = "127.0.0.1:1".parse().unwrap();
    add(&mut batch, to, &[0; Batch::BOUND - 1]);
    assert!(!batch.is_full());
    add(&mut batch, to, &[0]);
    assert!(batch.is_full());
}

/// How long they are together.
fn len(datagrams: &[IoSlice<'_>]) -> usize {
    datagrams.iter().map(|part| part.len()).sum()
}

/// Adds datagrams of these lengths to peers of these ports, and says what leaves as one, from the front on.
fn runs(datagrams: &[(u16, usize)], at_most: usize) -> Vec<usize> {
    let mut batch = Batch::default();
    for &(port, len) in datagrams {
        add(&mut batch, ([127, 0, 0, 1], port).into(), &vec![0; len]);
    }
    let mut runs = Vec::new();
    let count = |_, datagrams: &[IoSlice<'_>], size: usize| {
        runs.push(len(datagrams).div_ceil(size));
        Sent::Done
    };
    assert_eq!(batch.flush_with(|| at_most, count), Flushed::All);
    runs
}

#[test]
fn what_is_equally_long_and_goes_to_one_peer_leaves_as_one() {
    assert_eq!(runs(&[(1, 100), (1, 100), (1, 100)], 64), [3]);
    assert_eq!(runs(&[(1, 100), (2, 100), (1, 100)], 64), [1, 1, 1]);
    assert_eq!(runs(&[(1, 100), (1, 100), (1, 40), (1, 40)], 64), [3, 1], "the last may be shorter");
    assert_eq!(runs(&[(1, 40), (1, 100), (1, 100)], 64), [1, 2], "but none is longer than the first");
    assert_eq!(runs(&[(1, 100), (1, 100), (1, 100)], 2), [2, 1]);
    assert_eq!(runs(&[(1, 100), (1, 100)], 1), [1, 1], "where the kernel can't take them apart");
    assert_eq!(runs(&[(1, 1000); 66], 100), [65, 1], "one UDP send holds no more bytes");
    assert_eq!(runs(&[(1, 65_507), (1, 65_507)], 64), [1, 1]);
}

#[tokio::test]
async fn what_leaves_as_one_arrives_apart() {
    let peer = Socket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let socket = Socket::connect("127.0.0.1:0".parse().unwrap(), peer.local_addr().unwrap()).unwrap();
    let sent: Vec<Vec<u8>> = (0..50_u8).map(|n| vec![n; if n % 20 == 19 { 700 } else { 1000 }]).collect();
    let mut batch = Batch::default();
    for datagram in &sent {
        add(&mut batch, peer.local_addr().unwrap(), datagram);
    }
    while batch.flush(&socket) != Flushed::All {
        socket.writable().await.unwrap();
    }
    let mut received = Vec::new();
    while received.len() < sent.len() {
        for arrived in receive(&peer).await {
            assert_eq!(arrived.from, socket.local_addr().unwrap());
            received.extend(arrived.bytes.chunks(arrived.size).map(<[u8]>::to_vec));
        }
    }
    assert_eq!(received, sent);
}

/// Segments of 20,000 bytes, but for the last, in pieces that end anywhere.
fn large_train() -> Train {
    let header = Header {
        source_port: 1,
        destination_port: 2,
        sequence: SeqNum::new(3),
        acknowledgment: SeqNum::new(4),
        flags: Flags::ACK,
        window: 5,
        urgent_pointer: 0,
        options: Options::default(),
    };
    let mut payload = Pieces::new();
    [30_001, 7, 19_999].iter().zip(1..).for_each(|(&len, byte)| payload.push(vec![byte; len].into()));
    Train::new(header, payload, 20_000)
}

fn encoded(train: &Train) -> Vec<u8> {
    let mut bytes = Vec::new();
    train.encode(&PseudoHeader::None, &mut bytes);
    bytes
}

#[tokio::test]
async fn a_large_train_leaves_from_where_it_lies_and_arrives_as_it_was() {
    for local in ["127.0.0.1:0", "[::1]:0"] {
        let peer = Socket::bind(local.parse().unwrap()).unwrap();
        let socket = Socket::bind(local.parse().unwrap()).unwrap();
        let (to, train) = (peer.local_addr().unwrap(), large_train());
        let mut batch = Batch::default();
        add(&mut batch, to, b"before");
        batch.add_train(to, Codepoint::Ect0, train.clone());
        add(&mut batch, to, b"behind");
        while batch.flush(&socket) != Flushed::All {
            socket.writable().await.unwrap();
        }
        let mut received = Vec::new();
        while received.len() < 5 {
            for arrived in receive(&peer).await {
                received.extend(arrived.bytes.chunks(arrived.size).map(|one| (one.to_vec(), arrived.ecn)));
            }
        }
        let of_train = encoded(&train);
        let of_train = of_train.chunks(train.datagram_len()).map(|one| (one.to_vec(), Codepoint::Ect0));
        let alone = |bytes: &[u8]| [(bytes.to_vec(), Codepoint::NotEct)].into_iter();
        let expected: Vec<_> = alone(b"before").chain(of_train).chain(alone(b"behind")).collect();
        assert_eq!(received, expected, "{local}");
    }
}

/// One datagram, and what couldn't go with it, in turn: what is left is what the socket is given next.
#[test]
fn a_large_train_may_leave_in_parts() {
    let train = large_train();
    let mut batch = Batch::default();
    batch.add_train(([127, 0, 0, 1], 1).into(), Codepoint::NotEct, train.clone());
    assert_eq!(batch.bytes.len(), 3 * train.header.len(), "its payload isn't copied");
    let (mut left, mut turn) = (Vec::new(), 0);
    let mut socket = |_, datagrams: &[IoSlice<'_>], size: usize| {
        assert!(len(datagrams) <= size, "one at once");
        turn += 1;
        if turn % 2 == 1 {
            return Sent::Full;
        }
        datagrams.iter().for_each(|part| left.extend_from_slice(part));
        Sent::Done
    };
    while batch.flush_with(|| 1, &mut socket) == Flushed::Full {
        let mut behind = Batch::default();
        std::mem::swap(&mut batch, &mut behind);
        batch.append(behind);
    }
    assert!(batch.is_empty() && batch.bytes.is_empty());
    assert_eq!(left, encoded(&train));
}

/// The kernel doesn't cut it up for us, and a connection lives on.
#[tokio::test]
async fn a_datagram_that_no_network_carries_is_a_loss_like_any_other() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    let socket = Socket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let mut batch = Batch::default();
    add(&mut batch, peer.local_addr().unwrap(), &[1; 65_508]);
    add(&mut batch, peer.local_addr().unwrap(), &[2]);
    while batch.flush(&socket) != Flushed::All {
        socket.writable().await.unwrap();
    }
    let mut buffer = [0; 100];
    let (len, _) = peer.recv_from(&mut buffer).unwrap();
    assert_eq!(buffer[..len], [2]);
}

#[tokio::test]
async fn each_datagram_keeps_its_codepoint() {
    for local in ["127.0.0.1:0", "[::1]:0"] {
        let peer = Socket::bind(local.parse().unwrap()).unwrap();
        let socket = Socket::bind(local.parse().unwrap()).unwrap();
        let sent = [Codepoint::NotEct, Codepoint::Ect0, Codepoint::Ect0, Codepoint::Ect1, Codepoint::Ce];
        let mut batch = Batch::default();
        for ecn in sent {
            batch.add(peer.local_addr().unwrap(), ecn, 5, |out| out.extend_from_slice(b"alike"));
        }
        while batch.flush(&socket) != Flushed::All {
            socket.writable().await.unwrap();
        }
        let mut received = Vec::new();
        while received.len() < sent.len() {
            for arrived in receive(&peer).await {
                received.extend(arrived.bytes.chunks(arrived.size).map(|_| arrived.ecn));
            }
        }
        assert_eq!(received, sent, "{local}");
    }
}

/// The kernel refuses a train of datagrams by its first, the largest.
#[test]
fn what_is_too_large_for_the_network_takes_nothing_else_with_it() {
    let mut batch = Batch::default();
    for len in [9000, 1400, 1400, 8000, 9000, 1400] {
        add(&mut batch, ([127, 0, 0, 1], 1).into(), &vec![0; len]);
    }
    let mut left = Vec::new();
    let network = |_, datagrams: &[IoSlice<'_>], size: usize| {
        if size > 1500 {
            return if size > 8999 { Sent::TooLarge } else { Sent::Lost };
        }
        left.extend(datagrams.iter().flat_map(|joined| joined.chunks(size).map(<[u8]>::len)));
        Sent::Done
    };
    assert_eq!(batch.flush_with(|| 64, network), Flushed::All);
    assert_eq!(left, [1400, 1400, 1400]);
    assert_eq!(batch.too_large().len(), 2);
    assert!(batch.is_empty());
}
