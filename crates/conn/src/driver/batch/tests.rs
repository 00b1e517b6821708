use std::net::UdpSocket;

use super::*;

#[tokio::test]
async fn datagrams_leave_whole_in_order_and_to_their_own_peers() {
    let peers = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
    let at = |n: usize| peers[n].local_addr().unwrap();
    let socket = Socket::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let mut batch = Batch::default();
    for (to, datagram) in [(0, "first"), (1, "other"), (0, "second, and longer")] {
        batch.add(at(to), |out| out.extend_from_slice(datagram.as_bytes()));
    }
    while batch.flush(&socket) != Sent::Done {
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
    batch.add(to, |out| out.resize(Batch::BOUND - 1, 0));
    assert!(!batch.is_full());
    batch.add(to, |out| out.push(0));
    assert!(batch.is_full());
}
