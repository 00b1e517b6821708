//! `[ect0] P. 1:1001(1000) ack 1 win 257 <nop,nop,TS val 100 ecr 200>`

use lucid_conn::engine::Codepoint;
use lucid_wire::Flags;

use super::cursor::{Cursor, Misread, Read};
use crate::syntax::{Action, ECN, LETTERS, Packet, PacketOptions, TcpOption};

/// What follows `<`.
pub(super) fn inbound(cursor: &mut Cursor<'_>) -> Read<Action> {
    if !cursor.takes_word("icmp") {
        let packet = packet(cursor)?;
        return match packet.options {
            PacketOptions::Any => Err(cursor.expected("the options that the peer sends, before this")),
            PacketOptions::These(_) => Ok(Action::Inbound(packet)),
        };
    }
    if !(cursor.takes_word("unreachable") && cursor.takes_word("port_unreachable")) {
        return Err(cursor.expected("\"unreachable port_unreachable\""));
    }
    Ok(Action::Unreachable)
}

/// A segment.
pub(super) fn packet(cursor: &mut Cursor<'_>) -> Read<Packet> {
    let (port, ecn) = brackets(cursor)?;
    let flags = flags(cursor)?;
    let (seq, len) = range(cursor)?;
    let mut packet = Packet {
        port,
        ecn,
        flags,
        seq,
        len,
        ack: None,
        window: None,
        urgent: None,
        options: PacketOptions::These(Vec::new()),
    };
    if cursor.takes_word("ack") {
        packet.ack = Some(cursor.number("an acknowledgment number")?);
    }
    if cursor.takes_word("win") {
        packet.window = Some(cursor.number("a window from 0 to 65535")?);
    }
    if cursor.takes_word("urg") {
        packet.urgent = Some(cursor.number("an urgent pointer from 0 to 65535")?);
    }
    if packet.flags.contains(Flags::ACK) && packet.ack.is_none() {
        return Err(cursor.expected("\"ack\" and a number, as the flags have \".\""));
    }
    // On the same line: on the next one it is the next event.
    if cursor.takes_on_this_line("<") {
        packet.options = options(cursor)?;
    }
    Ok(packet)
}

/// `[port 5001]`, `[ect0]`, or both.
fn brackets(cursor: &mut Cursor<'_>) -> Read<(Option<u16>, Option<Codepoint>)> {
    let (mut port, mut ecn) = (None, None);
    while cursor.takes("[") {
        if cursor.takes_word("port") {
            port = Some(cursor.number("a port from 0 to 65535")?);
        } else {
            let known = ECN.iter().find(|(_, name)| cursor.takes_word(name));
            let (codepoint, _) = known.ok_or_else(|| cursor.expected("noecn, ect0, ect1, ce, or port"))?;
            ecn = Some(*codepoint);
        }
        cursor.must_take("]")?;
    }
    Ok((port, ecn))
}

fn flags(cursor: &mut Cursor<'_>) -> Read<Flags> {
    cursor.skip_blanks();
    if cursor.takes("-") {
        return Ok(Flags::EMPTY);
    }
    let place = cursor.place();
    let word = cursor.clone().take_while(|character| !character.is_whitespace());
    let mut flags = Flags::EMPTY;
    for letter in word.chars() {
        let known = LETTERS.iter().find(|(_, known)| *known == letter);
        let Some((flag, _)) = known else {
            return Err(Misread { place, what: format!("expected flags of FSRP.UEW or -, found {word:?}") });
        };
        flags |= *flag;
    }
    cursor.take_while(|character| !character.is_whitespace());
    Ok(flags)
}

/// `1:1001(1000)`
fn range(cursor: &mut Cursor<'_>) -> Read<(i64, u32)> {
    const WHAT: &str = "sequence numbers as 1:1001(1000)";
    cursor.skip_blanks();
    let place = cursor.place();
    let start: i64 = cursor.number(WHAT)?;
    cursor.must_take(":")?;
    let end: i64 = cursor.number(WHAT)?;
    cursor.must_take("(")?;
    let len: u32 = cursor.number(WHAT)?;
    cursor.must_take(")")?;
    if start + i64::from(len) == end {
        Ok((start, len))
    } else {
        Err(Misread {
            place,
            what: format!("expected {len} bytes from {start} to end at {}", start + i64::from(len)),
        })
    }
}

/// What stands between `<` and `>`.
fn options(cursor: &mut Cursor<'_>) -> Read<PacketOptions> {
    if cursor.takes("...") {
        cursor.must_take(">")?;
        return Ok(PacketOptions::Any);
    }
    let mut options = Vec::new();
    while !cursor.takes(">") {
        if !options.is_empty() {
            cursor.must_take(",")?;
        }
        options.push(option(cursor)?);
    }
    Ok(PacketOptions::These(options))
}

fn option(cursor: &mut Cursor<'_>) -> Read<TcpOption> {
    const WHAT: &str = "an option: mss, nop, eol, wscale, sackOK, sack, TS, uto, kind";
    let mut ahead = cursor.clone();
    let option = match ahead.word(WHAT)? {
        "nop" => TcpOption::Nop,
        "eol" => TcpOption::Eol,
        "sackOK" => TcpOption::SackPermitted,
        "mss" => TcpOption::Mss(ahead.number("an MSS from 0 to 65535")?),
        "wscale" => TcpOption::WindowScale(ahead.number("a shift count")?),
        "TS" => timestamps(&mut ahead)?,
        "sack" => TcpOption::Sack(sack_blocks(&mut ahead)?),
        "uto" => TcpOption::UserTimeout(ahead.number("16 bits of user timeout")?),
        "kind" => other(&mut ahead)?,
        _ => return Err(cursor.expected(WHAT)),
    };
    *cursor = ahead;
    Ok(option)
}

/// `TS val 100 ecr 200`
fn timestamps(cursor: &mut Cursor<'_>) -> Read<TcpOption> {
    let mut value = |name: &str| {
        if !cursor.takes_word(name) {
            return Err(cursor.expected(&format!("{name:?}")));
        }
        if cursor.takes("*") { Ok(None) } else { cursor.number("a timestamp").map(Some) }
    };
    Ok(TcpOption::Timestamps { val: value("val")?, ecr: value("ecr")? })
}

/// `1001:2001 3001:4001`
fn sack_blocks(cursor: &mut Cursor<'_>) -> Read<Vec<(i64, i64)>> {
    let mut blocks = Vec::new();
    while !(cursor.sees(",") || cursor.sees(">")) {
        let start = cursor.number("a block as 1001:2001")?;
        cursor.must_take(":")?;
        blocks.push((start, cursor.number("a block as 1001:2001")?));
    }
    Ok(blocks)
}

/// `254 beef`
fn other(cursor: &mut Cursor<'_>) -> Read<TcpOption> {
    let kind = cursor.number("an option's kind from 0 to 255")?;
    cursor.skip_blanks();
    let place = cursor.place();
    let digits = cursor.take_while(|character| character.is_ascii_hexdigit());
    let bytes = digits.as_bytes().chunks(2).map(|pair| {
        std::str::from_utf8(pair)
            .ok()
            .filter(|pair| pair.len() == 2)
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
    });
    let value: Option<Vec<u8>> = bytes.collect();
    let value = value.filter(|value| value.len() < 39);
    let what = "expected at most 38 bytes as pairs of hexadecimal digits".to_owned();
    Ok(TcpOption::Other { kind, value: value.ok_or(Misread { place, what })? })
}
