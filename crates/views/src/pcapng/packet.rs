//! A segment as an IP packet.

use lucid_conn::engine::Codepoint;
use lucid_wire::{PseudoHeader, checksum};

use super::addresses::{Addresses, Between};
use super::comment;
use super::file::Packet;
use crate::segments::Passed;

/// Where the checksum stands in a TCP header, and in an IPv4 header.
const TCP_CHECKSUM_AT: usize = 16;
const IPV4_CHECKSUM_AT: usize = 10;
const IPV4_LEN: usize = 20;
const IPV6_LEN: usize = 40;
/// TCP's number among the protocols over IP.
const TCP: u8 = 6;
/// How far our packets would have gone.
const HOPS: u8 = 64;

/// The packet of a segment that passed.
pub(super) fn of(passed: &Passed, addresses: &mut Addresses) -> Packet {
    let (between, note) = addresses.between(passed.peer, passed.outgoing);
    let mut comment = comment::lines(passed);
    comment.extend(note);
    let bytes = with_ip(&passed.datagram, between, passed.ecn);
    Packet { at: passed.at, outgoing: passed.outgoing, original_len: bytes.len(), bytes, comment }
}

/// A datagram's bytes behind an IP header.
pub(super) fn with_ip(datagram: &[u8], between: Between, ecn: Codepoint) -> Vec<u8> {
    let most = usize::from(u16::MAX) - IPV4_LEN;
    let datagram = &datagram[..datagram.len().min(most)];
    let mut packet = ip_header(between, ecn, datagram.len());
    let ip_len = packet.len();
    packet.extend_from_slice(datagram);
    readdress(&mut packet[ip_len..], &between.pseudo_header());
    packet
}

/// Leaves an IP packet's payload out, behind the header of its TCP segment.
pub(super) fn cut_payload(packet: &mut Vec<u8>) {
    let ip_len = if packet.first().is_some_and(|first| first >> 4 == 6) { IPV6_LEN } else { IPV4_LEN };
    if let Some(offset) = packet.get(ip_len + 12) {
        packet.truncate(ip_len + usize::from(offset >> 4) * 4);
    }
}

fn ip_header(between: Between, ecn: Codepoint, len: usize) -> Vec<u8> {
    let mut header = Vec::with_capacity(IPV6_LEN + len);
    match between {
        Between::V4 { source, destination } => {
            let [l0, l1] = ((IPV4_LEN + len) as u16).to_be_bytes();
            // Version and length; the ECN field. Not to be fragmented: what is a datagram stays one.
            header.extend([0x45, bits(ecn), l0, l1, 0, 0, 0x40, 0, HOPS, TCP, 0, 0]);
            header.extend(source.octets());
            header.extend(destination.octets());
            let checksum = checksum(&header, &PseudoHeader::None);
            header[IPV4_CHECKSUM_AT..IPV4_CHECKSUM_AT + 2].copy_from_slice(&checksum.to_be_bytes());
        }
        Between::V6 { source, destination } => {
            let [l0, l1] = (len as u16).to_be_bytes();
            // Version, and the ECN field, which crosses a byte's middle.
            header.extend([0x60, bits(ecn) << 4, 0, 0, l0, l1, TCP, HOPS]);
            header.extend(source.octets());
            header.extend(destination.octets());
        }
    }
    header
}

/// The ECN field's two bits (RFC 3168 section 5).
fn bits(ecn: Codepoint) -> u8 {
    match ecn {
        Codepoint::NotEct => 0b00,
        Codepoint::Ect1 => 0b01,
        Codepoint::Ect0 => 0b10,
        Codepoint::Ce => 0b11,
    }
}

/// Makes a checksum that covers these addresses. What was damaged is to be seen as damaged: its checksum stays wrong.
fn readdress(segment: &mut [u8], pseudo: &PseudoHeader) {
    let field = TCP_CHECKSUM_AT..TCP_CHECKSUM_AT + 2;
    let Some(&[high, low]) = segment.get(field.clone()) else { return };
    let is_intact = [high, low] == [0, 0] || checksum(segment, &PseudoHeader::None) == 0;
    segment[field.clone()].fill(0);
    let right = checksum(segment, pseudo);
    let shown = if is_intact { right } else { right ^ 1 };
    segment[field].copy_from_slice(&shown.to_be_bytes());
}

#[cfg(test)]
mod tests;
