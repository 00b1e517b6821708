use std::net::UdpSocket;

use super::*;
use crate::driver::inbox::Inbox;

#[tokio::test]
async fn datagrams_leave_whole_in_order_and_to_their_own_peers() {
    let peers = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
    let at = |n: usize| peers[n].local_addr().unwrap();
    let socket = Socket::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let mut batch = Batch::default();
    for (to, datagram) in [(0, "first"), (1, "other"), (0, "second, and longer")] {
        batch.add(at(to), Codepoint::NotEct, |out| out.extend_from_slice(datagram.as_bytes()));
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
    batch.add(to, Codepoint::NotEct, |out| out.resize(Batch::BOUND - 1, 0));
    assert!(!batch.is_full());
    batch.add(to, Codepoint::NotEct, |out| out.push(0));
    assert!(batch.is_full());
}

/// Adds datagrams of these lengths to peers of these ports, and says what leaves as one, from the front on.
fn runs(datagrams: &[(u16, usize)], at_most: usize) -> Vec<usize> {
    let mut batch = Batch::default();
    for &(port, len) in datagrams {
        batch.add(([127, 0, 0, 1], port).into(), Codepoint::NotEct, |out| out.resize(out.len() + len, 0));
    }
    std::iter::from_fn(|| {
        let (count, len) = batch.alike(at_most);
        let bytes: usize = batch.datagrams.drain(..count).map(|(_, len)| len).sum();
        assert_eq!(bytes, len);
        (count > 0).then_some(count)
    })
    .collect()
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
    let peer = Socket::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let socket = Socket::connect("127.0.0.1:0".parse().unwrap(), peer.local_addr().unwrap()).await.unwrap();
    let sent: Vec<Vec<u8>> = (0..50_u8).map(|n| vec![n; if n % 20 == 19 { 700 } else { 1000 }]).collect();
    let mut batch = Batch::default();
    for datagram in &sent {
        batch.add(peer.local_addr().unwrap(), Codepoint::NotEct, |out| out.extend_from_slice(datagram));
    }
    while batch.flush(&socket) != Flushed::All {
        socket.writable().await.unwrap();
    }
    let mut inbox = Inbox::new();
    while inbox.datagrams.len() < sent.len() {
        peer.readable().await.unwrap();
        inbox.receive(&peer);
    }
    let received: Vec<_> = inbox.datagrams.iter().map(|datagram| datagram.bytes.to_vec()).collect();
    assert_eq!(received, sent);
    assert!(inbox.datagrams.iter().all(|datagram| datagram.peer == socket.local_addr().unwrap()));
}

/// The kernel doesn't cut it up for us, and a connection lives on.
#[tokio::test]
async fn a_datagram_that_no_network_carries_is_a_loss_like_any_other() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    let socket = Socket::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let mut batch = Batch::default();
    batch.add(peer.local_addr().unwrap(), Codepoint::NotEct, |out| out.resize(65_508, 1));
    batch.add(peer.local_addr().unwrap(), Codepoint::NotEct, |out| out.push(2));
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
        let peer = Socket::bind(local.parse().unwrap()).await.unwrap();
        let socket = Socket::bind(local.parse().unwrap()).await.unwrap();
        let sent = [Codepoint::NotEct, Codepoint::Ect0, Codepoint::Ect0, Codepoint::Ect1, Codepoint::Ce];
        let mut batch = Batch::default();
        for ecn in sent {
            batch.add(peer.local_addr().unwrap(), ecn, |out| out.extend_from_slice(b"alike"));
        }
        while batch.flush(&socket) != Flushed::All {
            socket.writable().await.unwrap();
        }
        let mut inbox = Inbox::new();
        while inbox.datagrams.len() < sent.len() {
            peer.readable().await.unwrap();
            inbox.receive(&peer);
        }
        let received: Vec<_> = inbox.datagrams.iter().map(|datagram| datagram.ecn).collect();
        assert_eq!(received, sent, "{local}");
    }
}

/// The kernel refuses a train of datagrams by its first, the largest.
#[test]
fn what_is_too_large_for_the_network_takes_nothing_else_with_it() {
    let mut batch = Batch::default();
    for len in [9000, 1400, 1400, 8000, 9000, 1400] {
        batch.add(([127, 0, 0, 1], 1).into(), Codepoint::NotEct, |out| out.resize(out.len() + len, 0));
    }
    let mut left = Vec::new();
    let network = |_, datagrams: &[u8], size: usize| {
        if size > 1500 {
            return if size > 8999 { Sent::TooLarge } else { Sent::Lost };
        }
        left.extend(datagrams.chunks(size).map(<[u8]>::len));
        Sent::Done
    };
    assert_eq!(batch.flush_with(|| 64, network), Flushed::All);
    assert_eq!(left, [1400, 1400, 1400]);
    assert_eq!(batch.too_large().len(), 2);
    assert!(batch.is_empty());
}
