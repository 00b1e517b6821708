//! What a stream promises, over real sockets on loopback.
#![cfg(feature = "tokio")]

mod common;

use std::io::ErrorKind;
use std::time::Duration;

use common::{assert_same, listener, pair, pattern, quick, read_all, reason, within, write_all};
use lucid_conn::engine::{CallError, PathMtu};
use lucid_conn::{CloseReason, Config, Endpoint};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const MIB: usize = 1 << 20;

#[tokio::test]
async fn a_mebibyte_each_way_at_once() {
    within(async {
        let (client, server) = pair().await;
        let (sent_there, sent_back) = (pattern(MIB), pattern(MIB + 1));
        let (mut client_reads, mut client_writes) = client.into_split();
        let (mut server_reads, mut server_writes) = server.into_split();
        let (_, _, came_back, came_there) = tokio::join!(
            write_all(&mut client_writes, &sent_there),
            write_all(&mut server_writes, &sent_back),
            read_all(&mut client_reads),
            read_all(&mut server_reads),
        );
        assert_same(&came_there, &sent_there);
        assert_same(&came_back, &sent_back);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn halves_on_different_tasks() {
    within(async {
        let (client, server) = pair().await;
        let (mut reads, mut writes) = server.into_split();
        let echo = tokio::spawn(async move { tokio::io::copy(&mut reads, &mut writes).await });
        let (mut reads, mut writes) = client.into_split();
        let writer = tokio::spawn(async move { write_all(&mut writes, &pattern(MIB)).await });
        assert_same(&read_all(&mut reads).await, &pattern(MIB));
        writer.await.unwrap();
        assert_eq!(echo.await.unwrap().unwrap(), MIB as u64);
    })
    .await;
}

#[tokio::test]
async fn after_shutdown_the_other_direction_goes_on() {
    within(async {
        let (mut client, mut server) = pair().await;
        client.shutdown().await.unwrap();
        assert_eq!(server.read(&mut [0]).await.unwrap(), 0);

        server.write_all(b"still here").await.unwrap();
        drop(server);
        assert_eq!(read_all(&mut client).await, b"still here");
        assert_eq!(client.closed().await, CloseReason::Finished);
        // Whatever becomes of TIME-WAIT, the exchange was whole.
        client.abort();
        assert_eq!(client.closed().await, CloseReason::Finished);
    })
    .await;
}

#[tokio::test]
async fn nothing_can_be_written_after_shutdown() {
    within(async {
        let (mut client, _server) = pair().await;
        client.shutdown().await.unwrap();
        client.shutdown().await.expect("once more is no mistake");
        let error = client.write(b"more").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        assert_eq!(error.get_ref().unwrap().downcast_ref(), Some(&CallError::Closing));
    })
    .await;
}

#[tokio::test]
async fn what_was_written_before_a_drop_is_delivered() {
    within(async {
        let (mut client, mut server) = pair().await;
        // More than the windows let out at once, less than the send buffer holds.
        client.write_all(&pattern(200_000)).await.unwrap();
        drop(client);
        assert_same(&read_all(&mut server).await, &pattern(200_000));
    })
    .await;
}

#[tokio::test]
async fn who_shuts_down_first_can_read_the_rest_late() {
    within(async {
        let (mut client, mut server) = pair().await;
        server.shutdown().await.unwrap();
        write_all(&mut client, b"for later").await;
        // Both sides have finished, and TIME-WAIT is over: the connection is gone, its bytes are not.
        assert_eq!(client.closed().await, CloseReason::Finished);
        assert_eq!(read_all(&mut client).await, b"");
        assert_eq!(server.closed().await, CloseReason::Finished);
        let (client_side, server_side) = (client.endpoint().clone(), server.endpoint().clone());
        drop(client);
        client_side.idle().await;
        assert_eq!(read_all(&mut server).await, b"for later");
        drop(server);
        server_side.idle().await;
    })
    .await;
}

#[tokio::test]
async fn an_abort_is_a_reset_for_the_peer() {
    within(async {
        let (mut client, mut server) = pair().await;
        client.write_all(b"x").await.unwrap();
        server.read_exact(&mut [0]).await.unwrap();
        client.abort();

        let error = server.read(&mut [0]).await.unwrap_err();
        assert_eq!((error.kind(), reason(&error)), (ErrorKind::ConnectionReset, Some(&CloseReason::Reset)));
        assert_eq!(server.closed().await, CloseReason::Reset);
        let error = server.write(b"y").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);

        let error = client.read(&mut [0]).await.unwrap_err();
        assert_eq!(
            (error.kind(), reason(&error)),
            (ErrorKind::ConnectionAborted, Some(&CloseReason::Aborted))
        );
    })
    .await;
}

#[tokio::test]
async fn letting_go_of_unread_data_is_a_reset_for_the_peer() {
    within(async {
        let (mut client, mut server) = pair().await;
        client.write_all(b"never read").await.unwrap();
        // Something arrived, and was left.
        server.read_exact(&mut [0]).await.unwrap();
        drop(server);
        let error = client.read(&mut [0]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    })
    .await;
}

#[tokio::test]
async fn a_read_that_is_cancelled_takes_nothing() {
    within(async {
        let (mut client, mut server) = pair().await;
        let writer = tokio::spawn(async move { write_all(&mut client, &pattern(300_000)).await });
        let (mut received, mut buffer, mut cancelled) = (Vec::new(), [0; 1000], 0);
        loop {
            tokio::select! {
                biased;
                read = server.read(&mut buffer) => match read.unwrap() {
                    0 => break,
                    len => received.extend_from_slice(&buffer[..len]),
                },
                () = tokio::task::yield_now() => cancelled += 1,
            }
        }
        assert!(cancelled > 0, "no read had to wait: nothing was tried");
        assert_same(&received, &pattern(300_000));
        writer.await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_writer_waits_for_a_slow_reader() {
    within(async {
        let (client, mut server) = pair().await;
        let capacity = quick().send_buffer + quick().receive_buffer;
        let (_reads, mut writes) = client.into_split();
        let mut writer = tokio::spawn(async move { write_all(&mut writes, &pattern(capacity + MIB)).await });
        // Nothing is read, until nothing moves any more: both buffers are full, and the writer waits.
        let full = async {
            // What the scale of the window rounds off may be left.
            while server.info().unwrap().receive_window >= 256 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            () = full => {}
            _ = &mut writer => panic!("{} bytes fitted into {capacity}", capacity + MIB),
        }
        assert_same(&read_all(&mut server).await, &pattern(capacity + MIB));
        writer.await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn dropping_the_half_that_writes_ends_that_direction_alone() {
    within(async {
        let (client, mut server) = pair().await;
        let (mut reads, writes) = client.into_split();
        drop(writes);
        assert_eq!(read_all(&mut server).await, b"");
        write_all(&mut server, b"still read").await;
        assert_eq!(read_all(&mut reads).await, b"still read");
    })
    .await;
}

#[tokio::test]
async fn halves_are_reunited_only_with_each_other() {
    within(async {
        let (client, server) = pair().await;
        let (client_reads, client_writes) = client.into_split();
        let (server_reads, server_writes) = server.into_split();
        let mismatch = client_reads.reunite(server_writes).unwrap_err();
        let mut client = mismatch.0.reunite(client_writes).unwrap();
        let mut server = server_reads.reunite(mismatch.1).unwrap();
        // Neither was shut down by it.
        write_all(&mut client, b"whole").await;
        assert_eq!(read_all(&mut server).await, b"whole");
        write_all(&mut server, b"again").await;
        assert_eq!(read_all(&mut client).await, b"again");
    })
    .await;
}

#[tokio::test]
async fn info_and_addresses_tell_of_the_connection() {
    within(async {
        let listener = listener().await;
        let at = listener.local_addr().unwrap();
        let config = Config { mss: 1452, path_mtu: PathMtu::Fixed, ..quick() };
        let client = Endpoint::builder().config(config).connect(at).await.unwrap();
        let (server, from) = listener.accept().await.unwrap();
        assert_eq!((client.peer_addr(), server.peer_addr()), (at, from));
        assert_eq!(server.local_addr().unwrap(), at);
        assert_eq!(client.local_addr().unwrap().port(), from.port());
        let info = client.info().unwrap();
        // Timestamps take 12 bytes of every segment.
        assert_eq!((info.remote_port, info.mss), (at.port(), 1452 - 12));
        assert_eq!(info.local_port, server.info().unwrap().remote_port);
        client.set_nodelay(true).unwrap();
    })
    .await;
}

/// Bytes go in and come out as they lie in memory; what a cancelled write took is gone from what was offered.
#[tokio::test]
async fn bytes_are_handed_over_whole_and_in_order() {
    within(async {
        let (mut client, mut server) = pair().await;
        let sent = pattern(3 * MIB);
        let mut offered = bytes::Bytes::from(sent.clone());
        let writing = tokio::time::timeout(Duration::from_millis(1), client.write_bytes(&mut offered)).await;
        assert!(writing.is_err() && !offered.is_empty(), "nobody reads: the buffers are full");
        let write = async {
            client.write_bytes(&mut offered).await.unwrap();
            client.shutdown().await.unwrap();
        };
        let read = async {
            let mut received = Vec::new();
            loop {
                let pieces = server.read_bytes(100_000).await.unwrap();
                if pieces.is_empty() {
                    return received;
                }
                assert!(pieces.len() <= 100_000);
                received.extend(pieces.to_vec());
            }
        };
        let (_, received) = tokio::join!(write, read);
        assert_same(&received, &sent);
        assert!(offered.is_empty());
    })
    .await;
}

/// A task that waited for data looked after the socket; then it turned to something else.
#[tokio::test]
async fn who_reads_no_more_holds_nothing_up() {
    within(async {
        let (mut client, mut server) = pair().await;
        let gave_up = tokio::time::timeout(Duration::from_millis(1), client.read(&mut [0])).await;
        assert!(gave_up.is_err(), "there is nothing to read");
        server.write_all(b"acknowledge this").await.unwrap();
        server.shutdown().await.unwrap();
        // Nobody reads, and still it arrives: the client's side takes it in.
        while client.info().unwrap().unread == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(read_all(&mut client).await, b"acknowledge this");
    })
    .await;
}

/// RFC 9293 section 3.8.6.3: an acknowledgment may ride with data. The first ones of a connection wait for no second segment,
/// but they do for an application that is about to answer.
#[tokio::test]
async fn an_answer_takes_the_acknowledgment_along() {
    const QUESTIONS: u64 = 10;
    within(async {
        let (mut client, mut server) = pair().await;
        let answers = tokio::spawn(async move {
            for _ in 0..QUESTIONS {
                let question = server.read_u8().await.unwrap();
                server.write_u8(question).await.unwrap();
            }
            server.info().unwrap().counts.segments_sent
        });
        for question in 0..QUESTIONS {
            client.write_u8(question as u8).await.unwrap();
            assert_eq!(client.read_u8().await.unwrap(), question as u8);
        }
        let questions = client.info().unwrap().counts.segments_sent;
        let answers = answers.await.unwrap();
        // Alone they would be twice as many; on a busy machine, some are taken in by another task.
        assert!(answers < QUESTIONS * 3 / 2 && questions < QUESTIONS * 3 / 2, "{answers}, {questions}");
    })
    .await;
}

/// It was held back for an application that had just been given the data, and says nothing.
#[tokio::test]
async fn who_says_nothing_acknowledges_all_the_same() {
    within(async {
        let (mut client, mut server) = pair().await;
        let reads = tokio::spawn(async move {
            let read = server.read_u8().await;
            (server, read)
        });
        client.write_u8(7).await.unwrap();
        let (_server, read) = reads.await.unwrap();
        assert_eq!(read.unwrap(), 7);
        while client.info().unwrap().flight_size > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(client.info().unwrap().counts.retransmissions, 0, "nobody had to ask");
    })
    .await;
}
