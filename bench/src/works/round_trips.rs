//! Small messages there and back, one after another.

use std::fs::File;
use std::io::Write;
use std::time::Instant;

use super::{Both, Measured};
use crate::options::Options;
use crate::peer::Client;
use crate::{Outcome, requests};

const COUNT: usize = 20_000;
/// As many again, and more, go before: until caches, windows and datagram sizes are what they stay.
const WARM_UP: usize = 2_000;

pub(super) async fn run<C: Client>(client: &C, options: &Options) -> Outcome<Measured> {
    let count = options.count.unwrap_or(COUNT);
    let _awake = keep_cpus_awake();
    let mut stream = client.connect(options.addr).await?;
    requests::request(&mut stream, requests::ECHO, WARM_UP as u64).await?;
    for _ in 0..WARM_UP {
        requests::echo(&mut stream).await?;
    }
    let before = Both::now(&mut stream).await?;
    requests::request(&mut stream, requests::ECHO, count as u64).await?;
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let start = Instant::now();
        requests::echo(&mut stream).await?;
        times.push(start.elapsed());
    }
    let after = Both::now(&mut stream).await?;
    C::close(stream).await;
    times.sort_unstable();
    let at = |share: usize| times[(count - 1) * share / 100].as_secs_f64() * 1e6;
    let cpu_us = after.cpu_since(&before) / count as f64 * 1e6;
    Ok(Measured::from([("p50_us", at(50)), ("p99_us", at(99)), ("cpu_us", cpu_us)]))
}

/// A halted CPU takes longer to wake than a round trip: as long as this file is open, none halts deeply. Where it can't be
/// had, all peers are slow alike.
fn keep_cpus_awake() -> Option<File> {
    let mut file = File::options().write(true).open("/dev/cpu_dma_latency").ok()?;
    file.write_all(&0_i32.to_ne_bytes()).ok()?;
    Some(file)
}
