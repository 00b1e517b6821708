//! What both sides did, drawn so that a failed run can be read.

use std::fmt;

use bytes::Bytes;
use lucid_conn::engine::Time;
use lucid_sim::Verdict;
use lucid_wire::{PseudoHeader, Segment};

use super::pair::Who;

/// The last rungs of a run: client on the left, server on the right.
#[derive(Default)]
pub struct Ladder {
    rungs: Vec<String>,
}

/// A run may be long; its end tells why it failed.
const KEPT: usize = 400;

impl Ladder {
    pub fn sent(&mut self, at: Time, who: Who, segment: &Segment, verdict: Verdict) {
        let fate = match verdict {
            Verdict { dropped: Some(reason), .. } => format!(" X {reason}"),
            Verdict { corrupted: true, .. } => " ~ corrupted".to_owned(),
            Verdict { duplicated: true, .. } => " = duplicated".to_owned(),
            Verdict { marked: true, .. } => " ! marked".to_owned(),
            Verdict { reordered: true, .. } => " % held back".to_owned(),
            _ => String::new(),
        };
        let arrow = match who {
            Who::Client => ">---",
            Who::Server => "---<",
        };
        self.push(format!("{at} {arrow} {}{fate}", line(segment)), who);
    }

    pub fn arrived(&mut self, at: Time, who: Who, datagram: &[u8]) {
        let arrow = match who {
            Who::Client => "<---",
            Who::Server => "--->",
        };
        let text = match Segment::decode(Bytes::copy_from_slice(datagram), &PseudoHeader::None) {
            Ok(segment) => line(&segment),
            Err(error) => format!("({error})"),
        };
        self.push(format!("{at} {arrow} {text}"), who);
    }

    pub fn note(&mut self, at: Time, who: Who, text: &str) {
        self.push(format!("{at}  *   {text}"), who);
    }

    fn push(&mut self, text: String, who: Who) {
        if self.rungs.len() >= 2 * KEPT {
            self.rungs.drain(..KEPT);
        }
        self.rungs.push(match who {
            Who::Client => text,
            Who::Server => format!("{:60}{text}", ""),
        });
    }
}

fn line(segment: &Segment) -> String {
    let header = &segment.header;
    format!(
        "{} SEQ {} ACK {} WND {}: {}",
        header.flags,
        header.sequence,
        header.acknowledgment,
        header.window,
        segment.payload.len()
    )
}

impl fmt::Display for Ladder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:60}server", "client")?;
        self.rungs
            .iter()
            .skip(self.rungs.len().saturating_sub(KEPT))
            .try_for_each(|rung| writeln!(f, "{rung}"))
    }
}
