//! What an endpoint and a listener promise, over real sockets on loopback.
#![cfg(feature = "tokio")]

mod common;

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use common::{LOOPBACK, endpoint, listener, pair, quick, read_all, reason, within, write_all};
use lucid_conn::engine::CallError;
use lucid_conn::{CloseReason, Endpoint, Listener, Stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn connecting_to_a_closed_udp_port_is_refused_by_the_network() {
    within(async {
        let nobody = UdpSocket::bind(LOOPBACK).unwrap().local_addr().unwrap();
        // At once, not when the SYN is repeated: that would be too late for this test.
        let mut config = quick();
        config.rto.initial = Duration::from_secs(60);
        config.rto.max = Duration::from_secs(60);
        let error = Endpoint::builder().config(config).connect(nobody).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        assert_eq!(reason(&error), Some(&CloseReason::Unreachable));
    })
    .await;
}

#[tokio::test]
async fn connecting_to_an_endpoint_that_does_not_listen_is_refused_by_it() {
    within(async {
        let (deaf, client) = (endpoint().await, endpoint().await);
        let error = client.connect(deaf.local_addr().unwrap()).await.unwrap_err();
        assert_eq!(
            (error.kind(), reason(&error)),
            (ErrorKind::ConnectionRefused, Some(&CloseReason::Refused))
        );
        client.idle().await;
    })
    .await;
}

#[tokio::test]
async fn a_peer_that_never_answers_is_given_up() {
    within(async {
        // Bound, so that there is no ICMP; but no one reads it.
        let silent = UdpSocket::bind(LOOPBACK).unwrap();
        let config = lucid_conn::Config { r2_syn: Duration::from_millis(300), ..quick() };
        let client = Endpoint::builder().config(config).connect(silent.local_addr().unwrap());
        let error = client.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert!(matches!(reason(&error), Some(CloseReason::TimedOut { retransmissions: 1.., .. })));
    })
    .await;
}

#[tokio::test]
async fn one_socket_carries_connections_both_ways() {
    within(async {
        let (left, right) = (endpoint().await, endpoint().await);
        let (at_left, at_right) = (left.local_addr().unwrap(), right.local_addr().unwrap());
        let (listens_left, listens_right) = (left.listen(4).unwrap(), right.listen_on(80, 4).unwrap());
        let (there, back, accepted_right, accepted_left) = tokio::try_join!(
            left.connect_to(at_right, 80),
            right.connect(at_left),
            listens_right.accept(),
            listens_left.accept(),
        )
        .unwrap();
        for (mut from, (mut to, peer), text) in [(there, accepted_right, b"->"), (back, accepted_left, b"<-")]
        {
            assert_eq!(from.local_addr().unwrap(), peer);
            write_all(&mut from, text).await;
            assert_eq!(read_all(&mut to).await, text);
        }
    })
    .await;
}

#[tokio::test]
async fn a_port_is_listened_on_once_and_freed_by_a_drop() {
    within(async {
        let endpoint = endpoint().await;
        let first = endpoint.listen_on(7, 1).unwrap();
        let error = endpoint.listen_on(7, 1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AddrInUse);
        assert_eq!(error.get_ref().unwrap().downcast_ref(), Some(&CallError::PortInUse(7)));
        drop(first);
        endpoint.listen_on(7, 1).unwrap();
    })
    .await;
}

#[tokio::test]
async fn beyond_the_backlog_a_connection_waits_until_another_is_accepted() {
    within(async {
        let listener = endpoint().await.listen(2).unwrap();
        let at = listener.local_addr().unwrap();
        let client = endpoint().await;
        let _waiting = (client.connect(at).await.unwrap(), client.connect(at).await.unwrap());
        let third = client.connect(at);
        tokio::pin!(third);
        // Its SYN is dropped: long after the others it is not there.
        let beyond = tokio::time::timeout(Duration::from_millis(150), &mut third).await;
        assert!(beyond.is_err(), "the backlog of 2 held 3");
        let _accepted = listener.accept().await.unwrap();
        third.await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_accept_that_is_cancelled_loses_no_connection() {
    within(async {
        let listener = listener().await;
        let at = listener.local_addr().unwrap();
        let clients = tokio::spawn(async move {
            let client = endpoint().await;
            let mut streams = Vec::new();
            for n in 0..10_u8 {
                let mut stream = client.connect(at).await.unwrap();
                stream.write_all(&[n]).await.unwrap();
                streams.push(stream);
            }
            streams
        });
        let (mut numbers, mut cancelled) = (Vec::new(), 0);
        while numbers.len() < 10 {
            tokio::select! {
                biased;
                accepted = listener.accept() => numbers.push(accepted.unwrap().0.read_u8().await.unwrap()),
                () = tokio::task::yield_now() => cancelled += 1,
            }
        }
        assert!(cancelled > 0, "no accept had to wait: nothing was tried");
        assert_eq!(numbers, (0..10).collect::<Vec<_>>());
        drop(clients.await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn idle_is_when_every_connection_is_over_time_wait_included() {
    within(async {
        let (mut client, mut server) = pair().await;
        let (client_side, server_side) = (client.endpoint().clone(), server.endpoint().clone());
        client.shutdown().await.unwrap();
        server.shutdown().await.unwrap();
        assert_eq!(client.closed().await, CloseReason::Finished);
        drop((client, server));
        assert_eq!(client_side.connections(), 1, "it closed first: it keeps TIME-WAIT");
        tokio::join!(client_side.idle(), server_side.idle());
        assert_eq!((client_side.connections(), server_side.connections()), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn the_socket_closes_when_no_one_needs_it() {
    within(async {
        let (client, server) = pair().await;
        let at = server.local_addr().unwrap();
        // One handle outlives the last connection: when it goes, nothing else is there to wake the task.
        let last = server.endpoint().clone();
        drop((client, server));
        last.idle().await;
        tokio::task::yield_now().await;
        drop(last);
        while UdpSocket::bind(at).is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn there_are_no_more_connections_than_allowed() {
    within(async {
        let listener = listener().await;
        let at = listener.local_addr().unwrap();
        let client = Endpoint::builder().config(quick()).max_connections(1).bind(LOOPBACK).await.unwrap();
        let _first = client.connect(at).await.unwrap();
        let error = client.connect(at).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::QuotaExceeded);
        assert_eq!(error.get_ref().unwrap().downcast_ref(), Some(&CallError::TooManyConnections));
    })
    .await;
}

/// RFC 9293 3.9.1.1 (MUST-43).
#[tokio::test]
async fn an_open_may_name_its_local_address() {
    within(async {
        let listener = listener().await;
        let free = UdpSocket::bind(LOOPBACK).unwrap().local_addr().unwrap();
        let client = Endpoint::builder().config(quick()).local(free);
        let client = client.connect(listener.local_addr().unwrap()).await.unwrap();
        let (_server, from) = listener.accept().await.unwrap();
        assert_eq!((from, client.local_addr().unwrap()), (free, free));
    })
    .await;
}

#[tokio::test]
async fn over_ipv6() {
    within(async {
        let listener = Listener::bind("[::1]:0").await.unwrap();
        let mut client = Stream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut server, from) = listener.accept().await.unwrap();
        assert_eq!(from, client.local_addr().unwrap());
        write_all(&mut client, b"six").await;
        assert_eq!(read_all(&mut server).await, b"six");
    })
    .await;
}

#[tokio::test]
async fn an_ipv6_socket_serves_ipv4_under_its_own_name() {
    within(async {
        let both = Endpoint::builder().config(quick()).bind("[::]:0").await.unwrap();
        let listener = both.listen(1).unwrap();
        let v4 = endpoint().await;
        let at = SocketAddr::from(([127, 0, 0, 1], listener.local_addr().unwrap().port()));
        let (_client, (_server, from)) = tokio::try_join!(v4.connect(at), listener.accept()).unwrap();
        assert_eq!(from, v4.local_addr().unwrap());
        let listener = v4.listen(2).unwrap();
        let port = v4.local_addr().unwrap().port();
        for name in ["127.0.0.1", "::ffff:127.0.0.1"] {
            let to = SocketAddr::new(name.parse().unwrap(), port);
            tokio::try_join!(both.connect(to), listener.accept()).unwrap();
        }
    })
    .await;
}

/// As a server does that has an endpoint for each core.
#[tokio::test]
async fn endpoints_share_an_address_and_each_peer_stays_with_one() {
    within(async {
        let shard = |at| Endpoint::builder().config(quick()).beside_others(true).bind(at);
        let first = shard(LOOPBACK.parse().unwrap()).await.unwrap();
        let at: SocketAddr = first.local_addr().unwrap();
        let second = shard(at).await.unwrap();
        assert!(Endpoint::bind(at).await.is_err(), "who doesn't say so has an address alone");
        let mut served = [0, 0];
        let listeners = [first, second].map(|shard| shard.listen(64).unwrap());
        for _ in 0..32 {
            let mut client = Endpoint::builder().config(quick()).connect(at).await.unwrap();
            client.write_all(b"from one").await.unwrap();
            let (shard, (mut server, _)) = tokio::select! {
                accepted = listeners[0].accept() => (0, accepted.unwrap()),
                accepted = listeners[1].accept() => (1, accepted.unwrap()),
            };
            let mut heard = [0; 8];
            server.read_exact(&mut heard).await.unwrap();
            assert_eq!(&heard, b"from one");
            served[shard] += 1;
        }
        assert!(served.iter().all(|&count| count > 0), "{served:?}: the kernel spreads peers");
    })
    .await;
}

#[tokio::test]
async fn a_stream_says_what_its_socket_can_do() {
    within(async {
        let (client, server) = pair().await;
        for stream in [client, server] {
            let socket = stream.info().unwrap().socket.unwrap();
            assert_eq!(socket, stream.endpoint().socket());
            assert!(socket.sent_at_once >= 1 && socket.received_at_once >= 1);
            assert!(socket.receive_buffer > 0 && socket.send_buffer > 0, "{socket:?}");
        }
    })
    .await;
}
