//! Connections that carry a byte each way and close.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::Measured;
use crate::options::Options;
use crate::peer::Client;
use crate::{Outcome, requests};

/// How many connections at most: the kernel's TCP keeps a port busy for each.
const COUNT: usize = 4_000;
/// How long a slow peer may take.
const TIME: Duration = Duration::from_secs(2);

/// So many at once, each followed by the next.
pub(super) async fn run<C: Client>(client: C, at_once: usize, options: &Options) -> Outcome<Measured> {
    let count = options.count.unwrap_or(COUNT);
    let client = Arc::new(client);
    let addr = options.addr;
    let started = Arc::new(AtomicUsize::new(0));
    let done = Arc::new(AtomicUsize::new(0));
    let start = Instant::now();
    let workers: Vec<_> = (0..at_once)
        .map(|_| {
            let (client, started, done) = (client.clone(), started.clone(), done.clone());
            tokio::spawn(async move {
                while start.elapsed() < TIME && started.fetch_add(1, Ordering::Relaxed) < count {
                    let mut stream = client.connect(addr).await?;
                    requests::byte(&mut stream).await?;
                    C::close(stream).await;
                    done.fetch_add(1, Ordering::Relaxed);
                }
                Outcome::Ok(())
            })
        })
        .collect();
    for worker in workers {
        worker.await??;
    }
    let seconds = start.elapsed().as_secs_f64();
    Ok(Measured::from([("per_s", done.load(Ordering::Relaxed) as f64 / seconds)]))
}
