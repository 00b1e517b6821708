//! Connections that have been used and are now silent.

use std::sync::Arc;
use std::time::Duration;

use super::{Both, Measured};
use crate::options::Options;
use crate::peer::Client;
use crate::{Outcome, requests};

const COUNT: usize = 10_000;
/// So many are opened at once.
const AT_ONCE: usize = 50;
/// How long what follows a handshake may go on: acknowledgments, searches for the path's datagram size.
const SETTLING: Duration = Duration::from_secs(3);
/// How long nothing is done, and CPU time is counted.
const SILENCE: Duration = Duration::from_secs(5);

pub(super) async fn run<C: Client>(client: C, options: &Options) -> Outcome<Measured> {
    let count = options.count.unwrap_or(COUNT);
    let client = Arc::new(client);
    let addr = options.addr;
    let mut control = client.connect(addr).await?;
    let empty = Both::now(&mut control).await?;
    let openers = (0..AT_ONCE).map(|opener| {
        let client = client.clone();
        let share = (count + opener) / AT_ONCE;
        tokio::spawn(async move {
            let mut streams = Vec::with_capacity(share);
            for _ in 0..share {
                let mut stream = client.connect(addr).await?;
                requests::byte(&mut stream).await?;
                streams.push(stream);
            }
            Outcome::Ok(streams)
        })
    });
    let openers: Vec<_> = openers.collect();
    let mut held = Vec::new();
    for opener in openers {
        held.push(opener.await??);
    }
    tokio::time::sleep(SETTLING).await;
    let full = Both::now(&mut control).await?;
    tokio::time::sleep(SILENCE).await;
    let later = Both::now(&mut control).await?;
    let each = |full: u64, empty: u64| full.saturating_sub(empty) as f64 / 1024.0 / count as f64;
    // Taking each apart in turn is no part of the work: the process just ends.
    std::mem::forget(held);
    Ok(Measured::from([
        ("client_kib", each(full.client.resident, empty.client.resident)),
        ("server_kib", each(full.server.resident, empty.server.resident)),
        ("idle_cpu_percent", later.cpu_since(&full) / SILENCE.as_secs_f64() * 100.0),
    ]))
}
