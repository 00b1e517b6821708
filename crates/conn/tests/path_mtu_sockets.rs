//! Over real sockets, segments grow to what loopback carries.
#![cfg(feature = "tokio")]
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use common::{LOOPBACK, assert_same, pattern, quick, read_all, within, write_all};
use lucid_conn::{Config, Endpoint};

/// The largest UDP datagram over IPv4, less our header.
const MOST: u16 = 65_507 - 20;

#[tokio::test]
async fn loopback_carries_the_largest_datagram_there_is() {
    within(async {
        let config = Config { timestamps: false, receive_buffer: 1 << 20, ..quick() };
        let listener =
            Endpoint::builder().config(config.clone()).bind(LOOPBACK).await.unwrap().listen(1).unwrap();
        let client = Endpoint::builder().config(config).connect(listener.local_addr().unwrap());
        let (mut client, (mut server, _)) = tokio::try_join!(client, listener.accept()).unwrap();
        let sent = pattern(8 << 20);
        let (_, received) = tokio::join!(write_all(&mut client, &sent), read_all(&mut server));
        assert_same(&received, &sent);
        assert_eq!(client.info().unwrap().mss, MOST);
    })
    .await;
}
