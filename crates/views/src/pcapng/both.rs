//! Both ends of a connection in one capture: each segment once, when it was sent, and whether it arrived.

use std::collections::{HashMap, VecDeque};
use std::io::{Read, Seek, Write};
use std::net::SocketAddr;
use std::time::Duration;

use lucid_conn::engine::{ReplayError, Time};

use super::addresses::Addresses;
use super::file::{File, Packet};
use super::{Error, Written, comment, packet};
use crate::segments::{Passed, Segments};

/// Writes what two endpoints have sent each other, by their recordings: each segment once, at the time that it was sent,
/// and whether it arrived. Addresses are those of the first one's view. Their clocks have nothing to do with each other, so
/// the second one's is set such that the shortest way takes as long there as back. Copies that are the same to the bit
/// can't be told apart: if one of them is lost, it is shown as the last.
///
/// # Errors
/// If a recording can't be read to its end (what came before is written), if both have nothing in common, or if `to` can't
/// be written to.
pub fn write_both<R: Read + Seek, W: Write>(recordings: [R; 2], to: W) -> Result<Written, Error> {
    let [mut first, mut second] = recordings;
    let (mut here, mut there) = (Heard::in_recording(&mut first)?, Heard::in_recording(&mut second)?);
    let fates = [there.fates_of(&here.sent), here.fates_of(&there.sent)];
    let common = Common::of([&here.sent, &there.sent], &fates).ok_or(Error::NothingInCommon)?;
    let ends = [common.shared(0, here.last), common.shared(1, there.last)];

    let mut file = File::begin(to, 0, "what two endpoints sent to each other")?;
    let mut written = Written::default();
    let mut addresses = Addresses::default();
    let [out, back] = fates;
    let mut sides = [Side::new(0, first, out, &common)?, Side::new(1, second, back, &common)?];
    let holds_payload = [0, 1].map(|side: usize| sides[side].segments.holds_payload());
    while let Some(Coming { at, peer, passed, fate, side }) = next_of(&mut sides, &common) {
        let (between, note) = addresses.between(peer, side == 0);
        let mut bytes = packet::with_ip(&passed.datagram, between, passed.ecn);
        let original_len = bytes.len();
        if !holds_payload[side] {
            packet::cut_payload(&mut bytes);
        }
        let became = match &fate {
            Some(arrival) => {
                let on_the_way = common.shared(1 - side, arrival.at).saturating_since(at);
                format!("Arrived after {}", comment::time(on_the_way))
            }
            None if at > ends[1 - side] => {
                "Whether it arrived isn't known: the other recording ends before".to_owned()
            }
            None => {
                written.lost += 1;
                "LOST on the way: the other recording doesn't have it".to_owned()
            }
        };
        let there = fate.into_iter().flat_map(|arrival| arrival.effects);
        let mut comment = vec![became];
        comment.extend(comment::lines(&passed));
        comment.extend(there.map(|effect| format!("There: {effect}")));
        comment.extend(note);
        file.packet(&Packet { at, outgoing: side == 0, original_len, bytes, comment })?;
    }
    written.packets = file.finish()?;
    here.broken.or(there.broken).map_or(Ok(written), |error| Err(error.into()))
}

/// A connection by its TCP ports: the first endpoint's, and the second's.
type Ports = [u16; 2];

/// What tells one segment from another: its header but for the checksum, and how long its payload is.
#[derive(PartialEq, Eq, Hash)]
struct Likeness {
    header: Box<[u8]>,
    payload: usize,
}

impl Likeness {
    fn of(datagram: &[u8]) -> Option<Self> {
        let header_len = usize::from(datagram.get(12)? >> 4) * 4;
        let mut header: Box<[u8]> = datagram.get(..header_len)?.into();
        header.get_mut(16..18)?.fill(0);
        Some(Self { header, payload: datagram.len() - header_len })
    }

    /// Source and destination.
    fn ports(&self) -> [u16; 2] {
        let port = |at: usize| u16::from_be_bytes([self.header[at], self.header[at + 1]]);
        [port(0), port(2)]
    }
}

/// What arrived at the other end, and what it did there.
struct Arrival {
    at: Time,
    from: SocketAddr,
    effects: Vec<String>,
}

/// What one endpoint sent, and what it heard.
struct Heard {
    sent: Vec<(Likeness, Time, SocketAddr)>,
    arrived: HashMap<Likeness, VecDeque<Arrival>>,
    last: Time,
    broken: Option<ReplayError>,
}

impl Heard {
    /// Reads a recording through, and goes back to its beginning.
    fn in_recording<R: Read + Seek>(recording: &mut R) -> Result<Self, Error> {
        let mut segments = Segments::open(&mut *recording)?;
        let mut heard = Self { sent: Vec::new(), arrived: HashMap::new(), last: Time::ZERO, broken: None };
        loop {
            match segments.next_segment() {
                Ok(Some(passed)) => heard.note(&passed),
                Ok(None) => break,
                Err(error) => {
                    heard.broken = Some(error);
                    break;
                }
            }
        }
        recording.rewind().map_err(lucid_conn::engine::RecordingError::from)?;
        Ok(heard)
    }

    fn note(&mut self, passed: &Passed) {
        self.last = self.last.max(passed.at);
        let Some(likeness) = Likeness::of(&passed.datagram) else { return };
        if passed.outgoing {
            self.sent.push((likeness, passed.at, passed.peer));
        } else {
            let arrival = Arrival { at: passed.at, from: passed.peer, effects: comment::effects(passed) };
            self.arrived.entry(likeness).or_default().push_back(arrival);
        }
    }

    /// What arrived here of all that was sent, in that order.
    fn fates_of(&mut self, sent: &[(Likeness, Time, SocketAddr)]) -> Vec<Option<Arrival>> {
        let fate = |(likeness, ..): &(Likeness, Time, SocketAddr)| {
            self.arrived.get_mut(likeness).and_then(VecDeque::pop_front)
        };
        sent.iter().map(fate).collect()
    }
}

/// What two endpoints have in common.
struct Common {
    /// How much is added to the times of each, so that they are on one axis.
    added: [Duration; 2],
    /// Each connection between them, and who the peer is: as the first sees it, and as the second sees it.
    peers: HashMap<Ports, [SocketAddr; 2]>,
}

impl Common {
    fn of(sent: [&[(Likeness, Time, SocketAddr)]; 2], fates: &[Vec<Option<Arrival>>; 2]) -> Option<Self> {
        let mut peers = HashMap::new();
        // The shortest way there and back, each by the clock of its end less that of its beginning.
        let mut shortest = [None, None];
        for side in [0, 1] {
            for ((likeness, at, peer), fate) in sent[side].iter().zip(&fates[side]) {
                let Some(arrival) = fate else { continue };
                let way = i128::from(arrival.at.as_nanos()) - i128::from(at.as_nanos());
                shortest[side] = Some(shortest[side].map_or(way, |least: i128| least.min(way)));
                let views = if side == 0 { [*peer, arrival.from] } else { [arrival.from, *peer] };
                peers.insert(seen_by_first(likeness, side), views);
            }
        }
        // What the second clock is ahead: if nothing came back, the way there is taken to need no time.
        let ahead = match shortest {
            [Some(there), Some(back)] => (there - back) / 2,
            [Some(there), None] => there,
            [None, Some(back)] => -back,
            [None, None] => return None,
        };
        let nanos = |nanos: i128| Duration::from_nanos(u64::try_from(nanos).unwrap_or(0));
        Some(Self { added: [nanos(ahead), nanos(-ahead)], peers })
    }

    /// A time of one of them, on the axis of both.
    fn shared(&self, side: usize, at: Time) -> Time {
        at + self.added[side]
    }
}

fn seen_by_first(likeness: &Likeness, side: usize) -> Ports {
    let [source, destination] = likeness.ports();
    if side == 0 { [source, destination] } else { [destination, source] }
}

/// What one of them sent, once more.
struct Side<R> {
    segments: Segments<R>,
    fates: std::vec::IntoIter<Option<Arrival>>,
    number: usize,
    next: Option<Coming>,
}

/// A segment that was sent between the two.
struct Coming {
    at: Time,
    /// The second one's address, as the first sees it.
    peer: SocketAddr,
    passed: Passed,
    fate: Option<Arrival>,
    side: usize,
}

impl<R: Read> Side<R> {
    fn new(number: usize, recording: R, fates: Vec<Option<Arrival>>, common: &Common) -> Result<Self, Error> {
        let segments = Segments::open(recording)?;
        let mut side = Self { segments, fates: fates.into_iter(), number, next: None };
        side.advance(common);
        Ok(side)
    }

    fn advance(&mut self, common: &Common) {
        self.next = None;
        // Where it breaks off is known since it was read for the first time.
        while let Ok(Some(passed)) = self.segments.next_segment() {
            if !passed.outgoing {
                continue;
            }
            let Some(likeness) = Likeness::of(&passed.datagram) else { continue };
            let Some(fate) = self.fates.next() else { return };
            // Either of them may have talked to others, too.
            let Some(views) = common.peers.get(&seen_by_first(&likeness, self.number)) else { continue };
            if views[self.number] == passed.peer {
                let at = common.shared(self.number, passed.at);
                self.next = Some(Coming { at, peer: views[0], passed, fate, side: self.number });
                return;
            }
        }
    }
}

/// What was sent next, by either of them.
fn next_of<R: Read>(sides: &mut [Side<R>; 2], common: &Common) -> Option<Coming> {
    let [first, second] = sides;
    let comes_first = match (&first.next, &second.next) {
        (Some(one), Some(other)) => one.at <= other.at,
        (one, _) => one.is_some(),
    };
    let side = if comes_first { first } else { second };
    let next = side.next.take();
    side.advance(common);
    next
}
