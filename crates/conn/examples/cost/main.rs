//! What a segment and an acknowledgment cost the engine, at a window of any size: a run in virtual time, the same each
//! time, for a tool that counts instructions (`cargo xtask cost` has one count them, and makes a table).
//!
//! ```text
//! cost sender WINDOW HOLES ACKS [ALGORITHM]    bulk data leaves: so many segments are outstanding, with so many gaps
//! cost receiver WINDOW HOLES SEGMENTS          and arrives: so many segments reach beyond so many gaps
//! ```
//!
//! The engine works inside of [`door`]'s functions, and nothing else does: what they cost, with all that they call, is
//! what the engine costs. Standard output says how often each was called.

mod door;
mod held;
mod path;
mod receiving;
mod sending;

use std::error::Error;

use lucid_conn::Config;

/// How many segments a second the path carries, whatever the window: the round trip follows, so that time costs the
/// same at each window.
const RATE: u64 = 50_000;

/// What is run.
#[derive(Clone, Copy, Debug)]
struct Load {
    /// Segments from the first that is not acknowledged to the last that is sent.
    window: u64,
    /// Gaps among them.
    holes: u64,
    /// How many ACKs, or segments, arrive.
    count: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (what, numbers) = words.split_first().ok_or("sender or receiver?")?;
    let mut numbers = numbers.iter();
    let mut number = |name: &str| Ok::<u64, Box<dyn Error>>(numbers.next().ok_or(name)?.parse()?);
    let load = Load { window: number("WINDOW?")?, holes: number("HOLES?")?, count: number("COUNT?")? };
    let algorithm = numbers.next().map_or(Ok(Config::default().algorithm), |name| name.parse())?;
    let counts = match what.as_str() {
        "sender" => sending::run(load, algorithm),
        "receiver" => receiving::run(load),
        _ => return Err("sender or receiver?".into()),
    };
    println!("{}", serde_json::to_string(&counts)?);
    Ok(())
}
