//! The works: what a client does, and what it measures of it, by name. `cargo xtask bench` knows the names.

mod bulk;
mod connects;
mod idle;
mod round_trips;

use std::collections::BTreeMap;

use crate::options::{Options, Work};
use crate::peer::{Client, Stream};
use crate::usage::Usage;
use crate::{Outcome, requests};

/// Numbers by name; the unit is the name's end.
pub(crate) type Measured = BTreeMap<&'static str, f64>;

pub(crate) async fn run<C: Client>(work: Work, options: &Options) -> Outcome<Measured> {
    let client = C::new(options).await?;
    match work {
        Work::Bulk => bulk::one(&client, options).await,
        Work::Parallel => bulk::parallel(client, options).await,
        Work::RoundTrips => round_trips::run(&client, options).await,
        Work::Connects { at_once } => connects::run(client, at_once, options).await,
        Work::Idle => idle::run(client, options).await,
    }
}

/// What both processes have used.
struct Both {
    client: Usage,
    server: Usage,
}

impl Both {
    async fn now(stream: &mut impl Stream) -> Outcome<Self> {
        Ok(Self { server: requests::usage(stream).await?, client: Usage::now()? })
    }

    /// Seconds of CPU, of both together, since `before`.
    fn cpu_since(&self, before: &Self) -> f64 {
        let each = |after: Usage, before: Usage| after.cpu.saturating_sub(before.cpu).as_secs_f64();
        each(self.client, before.client) + each(self.server, before.server)
    }

    /// The larger of the two peaks, in MB.
    fn peak_mb(&self) -> f64 {
        self.client.peak.max(self.server.peak) as f64 / 1e6
    }
}
