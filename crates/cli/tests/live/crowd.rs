//! Many clients of a server, in this process.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use lucid_apps::{Client, Destination};
use lucid_conn::{Endpoint, Stream};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// So many open at once: half of what a server keeps waiting.
const AT_ONCE: usize = 64;
/// So many of them fetch a file over and over, if there are as many.
const BUSY: usize = 8;

pub(crate) struct Crowd {
    runtime: Option<Runtime>,
    /// They do nothing, but stay.
    _idle: Vec<Stream>,
}

impl Crowd {
    /// So many connections to a server, some of them at work.
    pub(crate) fn of(count: usize, server: &str) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let server = server.parse().expect("an address");
        let mut streams = runtime.block_on(open(count, server));
        let idle = streams.split_off(BUSY.min(streams.len()));
        for stream in streams {
            runtime.spawn(fetch(stream));
        }
        Self { runtime: Some(runtime), _idle: idle }
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.runtime.take().into_iter().for_each(Runtime::shutdown_background);
    }
}

async fn open(count: usize, server: SocketAddr) -> Vec<Stream> {
    let endpoint =
        Endpoint::builder().max_connections(count + 1).bind("127.0.0.1:0").await.expect("a socket");
    let endpoint = Arc::new(endpoint);
    let mut opening = JoinSet::new();
    let mut streams = Vec::new();
    for left in (0..count).rev() {
        let endpoint = Arc::clone(&endpoint);
        opening.spawn(async move { endpoint.connect(server).await });
        while opening.len() >= AT_ONCE || (left == 0 && !opening.is_empty()) {
            let opened = opening.join_next().await.expect("one is opening");
            streams.push(opened.expect("no panic").expect("it opens"));
        }
    }
    streams
}

/// Until the server or the test ends.
async fn fetch(stream: Stream) {
    let mut client = Client::new(stream);
    loop {
        let mut nowhere = tokio::io::sink();
        if client.get("some.bin", Destination::Writer(&mut nowhere), |_, _| {}).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
