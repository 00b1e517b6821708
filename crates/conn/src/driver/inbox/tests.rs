use std::io;
use std::net::UdpSocket;

use super::*;

const SIZE: usize = 1000;

/// A socket that so many datagrams wait for, each sent by itself.
async fn socket_with(datagrams: usize) -> io::Result<Socket> {
    let socket = Socket::bind(([127, 0, 0, 1], 0).into())?;
    let peer = UdpSocket::bind("127.0.0.1:0")?;
    for _ in 0..datagrams {
        peer.send_to(&[7; SIZE], socket.local_addr()?)?;
    }
    socket.readable().await?;
    Ok(socket)
}

#[tokio::test]
async fn all_that_waits_is_taken_in_at_one_go() -> io::Result<()> {
    for looks in [false, true] {
        let socket = socket_with(5 * Inbox::AT_ONCE + 1).await?;
        let mut inbox = Inbox::default();
        inbox.take(&socket, looks);
        assert_eq!(inbox.arrived.len(), 5 * Inbox::AT_ONCE + 1);
    }
    Ok(())
}

#[tokio::test]
async fn what_is_more_than_enough_stays_for_the_next_time() -> io::Result<()> {
    let datagrams = Inbox::ENOUGH / SIZE + 3 * Inbox::AT_ONCE;
    let socket = socket_with(datagrams).await?;
    let mut inbox = Inbox::default();
    inbox.receive(&socket);
    let taken = inbox.arrived.len();
    assert_eq!(taken, (Inbox::ENOUGH / SIZE + 1).next_multiple_of(Inbox::AT_ONCE));
    inbox.receive(&socket);
    assert_eq!(inbox.arrived.len(), datagrams);
    Ok(())
}
