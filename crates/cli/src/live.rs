//! A running lucid, looked at from outside: a local socket that only its owner can open, and what is said over it.
//!
//! Whoever attaches asks, and is told of every connection; nobody is told without asking, so it costs nothing while no one
//! is attached.
//!
//! | module | what it owns |
//! | --- | --- |
//! | `protocol` | what goes over the socket: JSON lines, typed for both sides |
//! | `gather` | an endpoint's connections as the protocol tells them, a slice at a time |
//! | `place` | where sockets lie, and that no one else can reach them |
//! | `door` | the side that answers |
//! | `attach` | the side that asks: which lucids run, and what they say |
//! | `rates` | how fast a connection moves data, from two looks at it |

#[cfg(unix)]
pub(crate) mod attach;
#[cfg(unix)]
mod door;
pub(crate) mod gather;
#[cfg(unix)]
mod place;
pub(crate) mod protocol;
pub(crate) mod rates;
#[cfg(test)]
pub(crate) mod testing;

use std::net::SocketAddr;

use lucid_conn::Endpoint;

use crate::exit::Failure;
use crate::metrics::Metrics;
use crate::report::Report;

/// How a run can be looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch {
    /// What the process does, as its user knows it: `serve`, `get`, ...
    pub(crate) command: &'static str,
    /// Where it tells Prometheus.
    pub(crate) metrics: Option<SocketAddr>,
}

/// An endpoint that can be looked at, until this is dropped.
pub(crate) struct Watchable {
    #[cfg(unix)]
    door: std::io::Result<door::Door>,
    metrics: Option<Metrics>,
}

impl Watchable {
    /// `counted_header` is the endpoint's [`lucid_conn::Config::counted_header`].
    ///
    /// # Errors
    /// The metrics that were asked for can't be served where they should be. Where there can be no socket the run goes on.
    pub(crate) async fn begin(
        watch: Watch,
        endpoint: &Endpoint,
        counted_header: u16,
    ) -> Result<Self, Failure> {
        let watched = gather::Watched::new(endpoint.clone(), watch.command, counted_header);
        let metrics = match watch.metrics {
            Some(address) => Some(Metrics::serve(address, watched.clone()).await?),
            None => None,
        };
        Ok(Self {
            #[cfg(unix)]
            door: door::Door::open(watched),
            metrics,
        })
    }

    /// Tells what there is to know of it.
    pub(crate) fn tell(&self, report: &Report) {
        #[cfg(unix)]
        if let Err(error) = &self.door {
            report.not_watchable(error);
        }
        if let Some(metrics) = &self.metrics {
            report.metrics(metrics.address);
        }
    }
}
