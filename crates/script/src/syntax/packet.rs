//! A segment as a script writes it: numbers count from each side's SYN.

use std::fmt;

use lucid_conn::engine::Codepoint;
use lucid_wire::Flags;

use super::{ECN, LETTERS};

/// A segment. What an expected one leaves out (but for its options) may be anything.
#[derive(Clone, Debug, PartialEq)]
pub struct Packet {
    /// `[port 5001]`: the peer's TCP port, where there is more than one.
    pub port: Option<u16>,
    /// `[ect0]`: the ECN field of the IP header.
    pub ecn: Option<Codepoint>,
    /// The control bits.
    pub flags: Flags,
    /// The first sequence number.
    pub seq: i64,
    /// How many payload bytes.
    pub len: u32,
    /// The acknowledgment number.
    pub ack: Option<i64>,
    /// The window, as on the wire.
    pub window: Option<u16>,
    /// The urgent pointer.
    pub urgent: Option<u16>,
    /// The options.
    pub options: PacketOptions,
}

/// A segment's options.
#[derive(Clone, Debug, PartialEq)]
pub enum PacketOptions {
    /// `<...>`: any.
    Any,
    /// These; of an expected segment those that aren't padding, in any order.
    These(Vec<TcpOption>),
}

/// One option.
#[derive(Clone, Debug, PartialEq)]
pub enum TcpOption {
    /// `nop`
    Nop,
    /// `eol`
    Eol,
    /// `mss 1000`
    Mss(u16),
    /// `wscale 7`
    WindowScale(u8),
    /// `sackOK`
    SackPermitted,
    /// `TS val 100 ecr 200`; `*` is any.
    Timestamps {
        /// The sender's clock.
        val: Option<u32>,
        /// What it echoes.
        ecr: Option<u32>,
    },
    /// `sack 1001:2001 3001:4001`
    Sack(Vec<(i64, i64)>),
    /// `uto 20`: the 16 bits of a user timeout, seconds or (from 32768 on) minutes.
    UserTimeout(u16),
    /// `kind 254 beef`: any other, with its value's bytes in hexadecimal.
    Other {
        /// Its kind.
        kind: u8,
        /// Its value.
        value: Vec<u8>,
    },
}

/// A part of a segment that can differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The peer's port.
    Port,
    /// The ECN field.
    Ecn,
    /// The control bits.
    Flags,
    /// Sequence number and length.
    Seq,
    /// The acknowledgment.
    Ack,
    /// The window.
    Window,
    /// The urgent pointer.
    Urgent,
    /// The options.
    Options,
}

impl Field {
    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Port => "port",
            Self::Ecn => "ecn",
            Self::Flags => "flags",
            Self::Seq => "seq",
            Self::Ack => "ack",
            Self::Window => "win",
            Self::Urgent => "urg",
            Self::Options => "options",
        }
    }
}

impl Packet {
    /// The parts as text, in the order in which they are written.
    #[must_use]
    pub fn fields(&self) -> Vec<(Field, String)> {
        let Self { flags, seq, len, .. } = *self;
        let mut fields = Vec::new();
        fields.extend(self.port.map(|port| (Field::Port, format!("[port {port}]"))));
        fields.extend(self.ecn.map(|ecn| (Field::Ecn, format!("[{}]", codepoint(ecn)))));
        fields.push((Field::Flags, letters(flags)));
        fields.push((Field::Seq, format!("{seq}:{}({len})", seq + i64::from(len))));
        fields.extend(self.ack.map(|ack| (Field::Ack, format!("ack {ack}"))));
        fields.extend(self.window.map(|window| (Field::Window, format!("win {window}"))));
        fields.extend(self.urgent.map(|urgent| (Field::Urgent, format!("urg {urgent}"))));
        match &self.options {
            PacketOptions::Any => fields.push((Field::Options, "<...>".to_owned())),
            PacketOptions::These(options) if options.is_empty() => {}
            PacketOptions::These(options) => {
                let options: Vec<_> = options.iter().map(ToString::to_string).collect();
                fields.push((Field::Options, format!("<{}>", options.join(","))));
            }
        }
        fields
    }

    /// A part as text, if it is there.
    #[must_use]
    pub fn field(&self, wanted: Field) -> Option<String> {
        self.fields().into_iter().find(|(field, _)| *field == wanted).map(|(_, text)| text)
    }
}

impl fmt::Display for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<_> = self.fields().into_iter().map(|(_, text)| text).collect();
        f.write_str(&fields.join(" "))
    }
}

/// The ECN field as packetdrill writes it.
fn codepoint(ecn: Codepoint) -> &'static str {
    ECN.iter().find(|(known, _)| *known == ecn).map_or("noecn", |(_, name)| name)
}

/// The control bits as packetdrill writes them: `S.`; `-` for none.
fn letters(flags: Flags) -> String {
    let set: String =
        LETTERS.iter().filter(|(flag, _)| flags.contains(*flag)).map(|(_, letter)| letter).collect();
    if set.is_empty() { "-".to_owned() } else { set }
}

impl fmt::Display for TcpOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_any = |number: Option<u32>| number.map_or("*".to_owned(), |number| number.to_string());
        match self {
            Self::Nop => f.write_str("nop"),
            Self::Eol => f.write_str("eol"),
            Self::Mss(mss) => write!(f, "mss {mss}"),
            Self::WindowScale(shift) => write!(f, "wscale {shift}"),
            Self::SackPermitted => f.write_str("sackOK"),
            Self::Timestamps { val, ecr } => write!(f, "TS val {} ecr {}", or_any(*val), or_any(*ecr)),
            Self::UserTimeout(bits) => write!(f, "uto {bits}"),
            Self::Sack(blocks) => {
                f.write_str("sack")?;
                blocks.iter().try_for_each(|(start, end)| write!(f, " {start}:{end}"))
            }
            Self::Other { kind, value } => {
                write!(f, "kind {kind} ")?;
                value.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
}
