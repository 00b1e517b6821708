//! The peer's side of the wire: from a script's numbers to those in a datagram, and back.

use std::collections::BTreeMap;

use bytes::Bytes;
use lucid_conn::engine::Codepoint;
use lucid_wire::{Flags, Header, Options, PseudoHeader, Segment, SeqNum, checksum};

use crate::syntax::{Packet, PacketOptions, TcpOption};

/// The peer's initial sequence number: its numbers wrap after 1500 bytes.
const PEER_ISN: u32 = u32::MAX - 1500;
/// The port that a listener is on, and that a `connect` goes to.
pub(crate) const SERVICE: u16 = 8080;
/// The peer's port, where it is the one to open.
const CLIENT: u16 = 5000;
/// Where the checksum stands in a segment.
const CHECKSUM: usize = 16;

/// Everything that turns the numbers of one connection into a script's.
#[derive(Clone, Copy, Debug)]
struct Flow {
    iss: u32,
    local_port: u16,
    /// What our first timestamp is more than the script says.
    clock_ahead: Option<u32>,
}

/// The numbers of all connections, by the peer's port.
#[derive(Debug)]
pub(crate) struct Network {
    flows: BTreeMap<u16, Flow>,
    /// The peer's port where a script names none.
    pub(crate) port: u16,
}

impl Network {
    pub(crate) fn new() -> Self {
        Self { flows: BTreeMap::new(), port: CLIENT }
    }

    /// The local port of the connection with this port of the peer's.
    pub(crate) fn local_port(&self, port: u16) -> u16 {
        self.flow(port).local_port
    }

    fn flow(&self, port: u16) -> Flow {
        let stranger = Flow { iss: 0, local_port: SERVICE, clock_ahead: None };
        self.flows.get(&port).copied().unwrap_or(stranger)
    }

    /// What the peer sends, as a datagram.
    pub(crate) fn datagram(&self, packet: &Packet) -> Bytes {
        let port = packet.port.unwrap_or(self.port);
        let flow = self.flow(port);
        let header = Header {
            source_port: port,
            destination_port: flow.local_port,
            sequence: number(packet.seq, PEER_ISN),
            acknowledgment: packet.ack.map_or(SeqNum::new(0), |ack| number(ack, flow.iss)),
            flags: packet.flags,
            window: packet.window.unwrap_or(u16::MAX),
            urgent_pointer: packet.urgent.unwrap_or(0),
            options: Options::default(),
        };
        let syn = i64::from(packet.flags.contains(Flags::SYN));
        let payload = text(packet.seq + syn, packet.len);
        let mut datagram = Vec::new();
        Segment { header, payload: payload.into() }.encode(&PseudoHeader::None, &mut datagram);
        put_options(&mut datagram, &flow.options(packet));
        datagram.into()
    }

    /// What the engine sends, in a script's numbers; only its timestamps stay as they are.
    pub(crate) fn packet(&mut self, segment: &Segment, ecn: Codepoint) -> Packet {
        let header = &segment.header;
        let port = header.destination_port;
        if header.flags.contains(Flags::SYN) {
            let before = self.flow(port);
            let iss = header.sequence.get();
            self.flows.insert(port, Flow { iss, local_port: header.source_port, ..before });
        }
        let flow = self.flow(port);
        Packet {
            port: (port != self.port).then_some(port),
            ecn: (ecn != Codepoint::NotEct).then_some(ecn),
            flags: header.flags,
            seq: relative(header.sequence, flow.iss),
            len: segment.payload.len() as u32,
            ack: header.flags.contains(Flags::ACK).then(|| relative(header.acknowledgment, PEER_ISN)),
            window: Some(header.window),
            urgent: header.flags.contains(Flags::URG).then_some(header.urgent_pointer),
            options: PacketOptions::These(list(segment)),
        }
    }

    /// The segment with its timestamp as the script counts, from `expected` on if it is the first.
    pub(crate) fn with_our_clock(&mut self, mut packet: Packet, expected: Option<&Packet>) -> Packet {
        let port = packet.port.unwrap_or(self.port);
        let flow = self.flow(port);
        let PacketOptions::These(options) = &mut packet.options else { return packet };
        for option in options {
            let TcpOption::Timestamps { val: Some(val), .. } = option else { continue };
            let first = expected.and_then(|expected| timestamp(&expected.options));
            let ahead = flow.clock_ahead.or(first.map(|first| val.wrapping_sub(first)));
            if let (None, Some(_), Some(known)) = (flow.clock_ahead, ahead, self.flows.get_mut(&port)) {
                known.clock_ahead = ahead;
            }
            *val = val.wrapping_sub(ahead.unwrap_or(0));
        }
        packet
    }
}

impl Flow {
    /// The peer's options, with the numbers as they are on the wire.
    fn options(&self, packet: &Packet) -> Vec<u8> {
        let PacketOptions::These(options) = &packet.options else { return Vec::new() };
        options.iter().flat_map(|option| self.option(option)).collect()
    }

    fn option(&self, option: &TcpOption) -> Vec<u8> {
        let value: (u8, Vec<u8>) = match option {
            TcpOption::Nop => return vec![1],
            TcpOption::Eol => return vec![0],
            TcpOption::Mss(mss) => (2, mss.to_be_bytes().to_vec()),
            TcpOption::WindowScale(shift) => (3, vec![*shift]),
            TcpOption::SackPermitted => (4, Vec::new()),
            TcpOption::Sack(blocks) => {
                let ends = blocks.iter().flat_map(|(start, end)| [*start, *end]);
                (5, ends.flat_map(|end| number(end, self.iss).get().to_be_bytes()).collect())
            }
            TcpOption::Timestamps { val, ecr } => {
                let ecr = ecr.unwrap_or(0).wrapping_add(self.clock_ahead.unwrap_or(0));
                (8, [val.unwrap_or(0).to_be_bytes(), ecr.to_be_bytes()].concat())
            }
            TcpOption::UserTimeout(bits) => (28, bits.to_be_bytes().to_vec()),
            TcpOption::Other { kind, value } => (*kind, value.clone()),
        };
        let (kind, value) = value;
        [vec![kind, value.len() as u8 + 2], value].concat()
    }
}

/// The bytes from this sequence number on: each follows from its number, so that none can be mistaken for another.
pub(crate) fn text(seq: i64, len: u32) -> Vec<u8> {
    (seq..seq + i64::from(len)).map(|number| (number.rem_euclid(251)) as u8).collect()
}

fn number(relative: i64, start: u32) -> SeqNum {
    SeqNum::new(start.wrapping_add(relative as u32))
}

fn relative(number: SeqNum, start: u32) -> i64 {
    i64::from(number.distance_from(SeqNum::new(start)))
}

pub(crate) fn timestamp(options: &PacketOptions) -> Option<u32> {
    let PacketOptions::These(options) = options else { return None };
    options.iter().find_map(|option| match option {
        TcpOption::Timestamps { val, .. } => *val,
        _ => None,
    })
}

/// The options as they are on the wire, padding left out. Whatever there is shows, known or not.
fn list(segment: &Segment) -> Vec<TcpOption> {
    let mut datagram = Vec::new();
    segment.encode(&PseudoHeader::None, &mut datagram);
    let mut rest = datagram.get(20..segment.header.len()).unwrap_or_default();
    let mut list = Vec::new();
    while let [kind, behind @ ..] = rest {
        rest = behind;
        match (*kind, behind) {
            (0, _) => break,
            (1, _) => {}
            (kind, [len, value @ ..]) => {
                let (value, behind) = value.split_at(usize::from(len.saturating_sub(2)).min(value.len()));
                list.push(read(kind, value));
                rest = behind;
            }
            (_, []) => break,
        }
    }
    list
}

/// One option.
fn read(kind: u8, value: &[u8]) -> TcpOption {
    let words: Vec<u32> = value.as_chunks().0.iter().map(|word| u32::from_be_bytes(*word)).collect();
    let place = |number: u32| relative(SeqNum::new(number), PEER_ISN);
    match (kind, value) {
        (2, [high, low]) => TcpOption::Mss(u16::from_be_bytes([*high, *low])),
        (3, [shift]) => TcpOption::WindowScale(*shift),
        (4, []) => TcpOption::SackPermitted,
        (5, _) => {
            let ends = words.as_chunks().0;
            TcpOption::Sack(ends.iter().map(|[start, end]| (place(*start), place(*end))).collect())
        }
        (8, _) if words.len() == 2 => TcpOption::Timestamps { val: Some(words[0]), ecr: Some(words[1]) },
        (28, [high, low]) => TcpOption::UserTimeout(u16::from_be_bytes([*high, *low])),
        _ => TcpOption::Other { kind, value: value.to_vec() },
    }
}

/// Options exactly as they were written, padded, into a datagram without any.
fn put_options(datagram: &mut Vec<u8>, options: &[u8]) {
    let mut options = options.to_vec();
    options.resize(options.len().next_multiple_of(4), 0);
    let at = datagram.len().min(20);
    if let Some(offset) = datagram.get_mut(12) {
        *offset = (((20 + options.len()) / 4) as u8) << 4;
    }
    datagram.splice(at..at, options);
    if let Some(field) = datagram.get_mut(CHECKSUM..CHECKSUM + 2) {
        field.fill(0);
    }
    let sum = checksum(datagram, &PseudoHeader::None);
    if let Some(field) = datagram.get_mut(CHECKSUM..CHECKSUM + 2) {
        field.copy_from_slice(&sum.to_be_bytes());
    }
}
