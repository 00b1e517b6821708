//! Bytes one way: over one connection, or over many at once.

use std::sync::Arc;
use std::time::Instant;

use super::{Both, Measured};
use crate::options::Options;
use crate::peer::Client;
use crate::{Outcome, requests};

const BYTES: u64 = 512 << 20;
const BYTES_EACH: u64 = 4 << 20;
const CONNECTIONS: usize = 100;

/// One connection.
pub(super) async fn one<C: Client>(client: &C, options: &Options) -> Outcome<Measured> {
    let bytes = options.bytes.unwrap_or(BYTES);
    let mut stream = client.connect(options.addr).await?;
    let before = Both::now(&mut stream).await?;
    let start = Instant::now();
    requests::send(&mut stream, bytes).await?;
    let seconds = start.elapsed().as_secs_f64();
    let after = Both::now(&mut stream).await?;
    C::close(stream).await;
    Ok(measured(bytes, seconds, &before, &after))
}

/// Many connections, all of which begin together.
pub(super) async fn parallel<C: Client>(client: C, options: &Options) -> Outcome<Measured> {
    let bytes = options.bytes.unwrap_or(BYTES_EACH);
    let count = options.count.unwrap_or(CONNECTIONS);
    let client = Arc::new(client);
    let mut control = client.connect(options.addr).await?;
    let mut streams = Vec::new();
    for _ in 0..count {
        let mut stream = client.connect(options.addr).await?;
        requests::byte(&mut stream).await?;
        streams.push(stream);
    }
    let before = Both::now(&mut control).await?;
    let start = Instant::now();
    let sending = streams.into_iter().map(|mut stream| {
        tokio::spawn(async move {
            requests::send(&mut stream, bytes).await?;
            let seconds = start.elapsed().as_secs_f64();
            C::close(stream).await;
            Outcome::Ok(seconds)
        })
    });
    let sending: Vec<_> = sending.collect();
    let mut times = Vec::new();
    for sent in sending {
        times.push(sent.await??);
    }
    let seconds = times.iter().copied().fold(0.0, f64::max);
    let after = Both::now(&mut control).await?;
    let mut measured = measured(bytes * count as u64, seconds, &before, &after);
    measured.insert("jain", jain(times.iter().map(|time| bytes as f64 / time)));
    Ok(measured)
}

fn measured(bytes: u64, seconds: f64, before: &Both, after: &Both) -> Measured {
    Measured::from([
        ("mb_per_s", bytes as f64 / 1e6 / seconds),
        ("cpu_s_per_gb", after.cpu_since(before) / (bytes as f64 / 1e9)),
        ("peak_mb", after.peak_mb()),
    ])
}

/// Jain's index of fairness: 1 where all rates are equal, 1/n where one has everything.
fn jain(rates: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = rates.clone().count() as f64;
    let (sum, squares) = rates.fold((0.0, 0.0), |(sum, squares), rate| (sum + rate, squares + rate * rate));
    sum * sum / (count * squares)
}

#[cfg(test)]
mod tests {
    use super::jain;

    #[test]
    fn jains_index_is_one_for_equals_and_an_nth_for_a_winner() {
        assert!((jain([3.0; 4].into_iter()) - 1.0).abs() < 1e-9);
        assert!((jain([1.0, 0.0, 0.0, 0.0].into_iter()) - 0.25).abs() < 1e-9);
    }
}
