//! What a segment and an acknowledgment cost the engine, at a window of any size: a run in virtual time, the same each
//! time, for a tool that counts instructions (`cargo xtask cost` has one count them, and makes a table).
//!
//! ```text
//! cost sender WINDOW HOLES ACKS [ALGORITHM]    bulk data leaves: so many segments are outstanding, with so many gaps
//! cost episode WINDOW HOLES ACKS [ALGORITHM]   the same without a gap, until so many of one window get lost: their repair
//! cost receiver WINDOW HOLES SEGMENTS          bulk data arrives: so many segments reach beyond so many gaps
//! ```
//!
//! The engine works inside of [`door`]'s functions, and nothing else does: what they cost, with all that they call, is
//! what the engine costs. What counts begins with a call of `door::begin`, after a few windows; so many ACKs or segments
//! later, or with the end of the repair, it ends. Standard output says how often each function was called meanwhile.

mod door;
mod held;
mod path;
mod receiving;
mod sending;

use std::error::Error;
use std::ops::Range;

use lucid_conn::Config;

/// How many segments a second the path carries, whatever the window: the round trip follows, so that time costs the
/// same at each window.
const RATE: u64 = 50_000;

/// So many windows go before what counts: until buffers and estimates are what they stay.
const WARM_UP: u64 = 4;

/// What is run.
#[derive(Clone, Debug)]
struct Load {
    /// Segments from the first that is not acknowledged to the last that is sent.
    window: u64,
    /// Gaps among them.
    holes: u64,
    /// How many ACKs, or segments, arrive and count.
    count: u64,
    /// Which segments may be lost, counted from the first of all.
    lossy: Range<u64>,
    /// A lost segment is one of so many; none: nothing is lost.
    lose_every: Option<u64>,
}

impl Load {
    /// Gaps there always are: a lost segment is missing for one round trip, and the window spans two.
    fn steady(window: u64, holes: u64, count: u64) -> Self {
        Self { window, holes, count, lossy: 0..u64::MAX, lose_every: window.checked_div(2 * holes) }
    }

    /// All the gaps are in one window.
    fn episode(self) -> Self {
        let first = WARM_UP * self.window;
        let lose_every = self.window.checked_div(self.holes);
        Self { lossy: first..first + self.window, lose_every, ..self }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (what, numbers) = words.split_first().ok_or("sender, episode or receiver?")?;
    let mut numbers = numbers.iter();
    let mut number = |name: &str| Ok::<u64, Box<dyn Error>>(numbers.next().ok_or(name)?.parse()?);
    let load = Load::steady(number("WINDOW?")?, number("HOLES?")?, number("COUNT?")?);
    let algorithm = numbers.next().map_or(Ok(Config::default().algorithm), |name| name.parse())?;
    let counts = match what.as_str() {
        "sender" => sending::run(&load, algorithm),
        "episode" => sending::run(&load.episode(), algorithm),
        "receiver" => receiving::run(&load),
        _ => return Err("sender, episode or receiver?".into()),
    };
    println!("{}", serde_json::to_string(&counts)?);
    Ok(())
}
