//! What arrived: found to be segments in a row, or not, and put together again.

use std::net::SocketAddr;

use lucid_wire::{Flags, PseudoHeader, checksum};

use super::{
    CHECKSUM_AT, FLAGS_AT, Flows, MAX_PAYLOAD, Piece, SEQUENCE_AT, SEQUENCE_WORD, SHORTEST, WORDS, Zone,
    header_len, words_of,
};

/// What arrived together, without its payload. `are_segments`: all of it is known to be undamaged.
pub(super) fn pieces(
    flows: &mut Flows,
    from: SocketAddr,
    mut bytes: &[u8],
    size: usize,
    are_segments: bool,
) -> Vec<Piece> {
    let is_undamaged = |datagram: &[u8]| are_segments || has_right_checksum(datagram);
    let mut pieces = Vec::new();
    while !bytes.is_empty() {
        let (first, rest) = bytes.split_at(size.min(bytes.len()));
        bytes = rest;
        let Some(len) = whole_header(first).filter(|_| is_undamaged(first)) else {
            pieces.push(odd(from, first));
            continue;
        };
        let mut header = [0; WORDS * 4];
        header[..len].copy_from_slice(&first[..len]);
        header[CHECKSUM_AT..CHECKSUM_AT + 2].fill(0);
        let header = &mut header[..len];
        let each = first.len() - len;
        let (mut payload, mut last) = (each, each);
        while each > 0 && last == each && header[FLAGS_AT] & Flags::PSH.bits() == 0 && !bytes.is_empty() {
            let (next, rest) = bytes.split_at(size.min(bytes.len()));
            if !follows(header, payload, next) || next.len() - len > each || !is_undamaged(next) {
                break;
            }
            header[FLAGS_AT] = next[FLAGS_AT];
            last = next.len() - len;
            payload += last;
            bytes = rest;
        }
        pieces.push(Piece::Train(flows.pack(from, false, header, payload, each)));
    }
    pieces
}

/// The header's length, if all of it is there.
fn whole_header(datagram: &[u8]) -> Option<usize> {
    header_len(datagram).filter(|len| (SHORTEST..=datagram.len()).contains(len))
}

/// Whether it is right, or there is none.
fn has_right_checksum(datagram: &[u8]) -> bool {
    datagram[CHECKSUM_AT..CHECKSUM_AT + 2] == [0, 0] || checksum(datagram, &PseudoHeader::None) == 0
}

/// Whether a datagram has this header, so far behind it, and payload of its own.
fn follows(header: &[u8], behind: usize, datagram: &[u8]) -> bool {
    let len = header.len();
    if datagram.len() <= len {
        return false;
    }
    let is_alike = |places: std::ops::Range<usize>| header[places.clone()] == datagram[places];
    let sequence = words_of(&header[..SHORTEST])[SEQUENCE_WORD].wrapping_add(behind as u32);
    is_alike(0..SEQUENCE_AT)
        && datagram[SEQUENCE_AT..SEQUENCE_AT + 4] == sequence.to_be_bytes()
        && is_alike(SEQUENCE_AT + 4..FLAGS_AT)
        && header[FLAGS_AT] == datagram[FLAGS_AT] & !Flags::PSH.bits()
        && is_alike(FLAGS_AT + 1..CHECKSUM_AT)
        && is_alike(CHECKSUM_AT + 2..len)
}

/// What isn't a good segment. It is dropped for the same reason as before.
fn odd(from: SocketAddr, datagram: &[u8]) -> Piece {
    let kept = header_len(datagram).unwrap_or(0).clamp(SHORTEST, WORDS * 4).min(datagram.len());
    let mut beginning = datagram[..kept].to_vec();
    if kept >= CHECKSUM_AT + 2 {
        let was_right = has_right_checksum(datagram);
        beginning[CHECKSUM_AT..CHECKSUM_AT + 2].fill(0);
        if !was_right {
            let right = checksum(&beginning, &PseudoHeader::None);
            // Neither the right one, nor zero, which would say that there is none.
            let wrong = if right ^ 1 == 0 { right ^ 2 } else { right ^ 1 };
            beginning[CHECKSUM_AT..CHECKSUM_AT + 2].copy_from_slice(&wrong.to_be_bytes());
        }
    }
    Piece::Odd(from, Zone::of(from), beginning.into(), (datagram.len() - kept) as u32)
}

/// Who sent, and what: the datagrams one behind another, zeros for payload.
pub(super) fn arrived(flows: &mut Flows, pieces: Vec<Piece>) -> Option<(SocketAddr, Vec<u8>)> {
    let (mut from, mut bytes) = (None, Vec::new());
    for piece in pieces {
        match piece {
            Piece::Train(packed) => {
                let train = flows.unpack(packed, false)?;
                from = Some(train.peer);
                for (header, payload) in train.segments() {
                    bytes.extend(header);
                    bytes.resize(bytes.len() + payload, 0);
                }
            }
            Piece::Odd(mut peer, zone, beginning, zeros) => {
                zone.inspect(|zone| zone.put_back(&mut peer));
                from = Some(peer);
                bytes.extend(beginning);
                bytes.resize(bytes.len() + zeros.min(MAX_PAYLOAD) as usize, 0);
            }
        }
        if bytes.len() > MAX_PAYLOAD as usize {
            return None;
        }
    }
    from.map(|from| (from, bytes))
}
