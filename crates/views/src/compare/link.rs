//! A path in a few words: `100mbit,50ms,loss=1%`.

use core::time::Duration;

use lucid_sim::{Faults, Rate, parse_duration};
use thiserror::Error;

/// Why words describe no path.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{word:?} is nothing that a path can have: write for example 100mbit,50ms,loss=1%,queue=64000,jitter=2ms,reorder=1%,duplicate=1%,corrupt=1%"
)]
pub struct LinkError {
    /// The word that can't be read.
    pub word: String,
}

/// A rate, a round-trip time (half of it each way), and what goes wrong on the way there: `loss`, `jitter`, `reorder`,
/// `duplicate`, `corrupt`, and the `queue` before the line, in bytes. Returns the way there and the way back.
///
/// # Errors
/// The first word that is none of these.
pub fn parse_link(words: &str) -> Result<[Faults; 2], LinkError> {
    let mut there = Faults::default();
    let mut round_trip = Duration::ZERO;
    for word in words.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let error = || LinkError { word: word.to_owned() };
        match word.split_once('=') {
            Some(("loss", value)) => there.loss = value.parse().map_err(|_| error())?,
            Some(("reorder", value)) => there.reorder = value.parse().map_err(|_| error())?,
            Some(("duplicate", value)) => there.duplicate = value.parse().map_err(|_| error())?,
            Some(("corrupt", value)) => there.corrupt = value.parse().map_err(|_| error())?,
            Some(("jitter", value)) => there.jitter = parse_duration(value).map_err(|_| error())?,
            Some(("queue", value)) => there.queue = Some(value.parse().map_err(|_| error())?),
            Some(_) => return Err(error()),
            None => match (word.parse::<Rate>(), parse_duration(word)) {
                (Ok(rate), _) => there.rate = Some(rate),
                (_, Ok(time)) => round_trip = time,
                _ => return Err(error()),
            },
        }
    }
    there.delay = round_trip / 2;
    let back = Faults { delay: round_trip - round_trip / 2, ..Faults::default() };
    Ok([there, back])
}
