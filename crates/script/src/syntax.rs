//! A script as a value: what was written, and where.

use std::fmt;
use std::time::Duration;

use lucid_conn::engine::Codepoint;
use lucid_wire::Flags;

mod packet;

pub use packet::{Field, Packet, PacketOptions, TcpOption};

/// A script: what is set at its head, and what happens.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    /// Its name, usually the file's.
    pub name: String,
    /// `--name=value`, in their order.
    pub settings: Vec<Setting>,
    /// What happens, in its order.
    pub events: Vec<Event>,
}

/// Where something stands in a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// `--name=value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Where it stands.
    pub place: Place,
    /// What is set: a field of the engine's `Config`, or a knob of the runner's.
    pub name: String,
    /// To what.
    pub value: String,
}

/// Something that happens, or must happen.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Where it stands.
    pub place: Place,
    /// When.
    pub when: When,
    /// What.
    pub action: Action,
}

/// When an event is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At any time: `*`.
    Any,
    /// Between these times since the start: `0.1`, `0.1~0.2`.
    Absolute(Duration, Duration),
    /// Between these times since the event before: `+.1`, `+.1~+.2`.
    Relative(Duration, Duration),
}

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// `<`: the peer sends this.
    Inbound(Packet),
    /// `>`: the engine must send this.
    Outbound(Packet),
    /// `< icmp unreachable port_unreachable`: the network says that no one is at the peer's address.
    Unreachable,
    /// The application calls.
    Call(Call),
    /// `%{ assert ... }%`.
    Check(Vec<Assertion>),
}

/// A system call and what it must return.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Its name.
    pub name: String,
    /// What it is given.
    pub arguments: Vec<Argument>,
    /// What it returns.
    pub result: CallResult,
    /// It blocks until this time (counted as its start is): `0...0.2 read(...)`.
    pub until: Option<Duration>,
}

/// An argument of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// `...`: whatever fits.
    Ellipsis,
    /// A number.
    Number(i64),
    /// A name of the C library's, or several: `O_RDWR|O_NONBLOCK`.
    Names(Vec<String>),
    /// Text in double quotes.
    Text(String),
    /// `[1]`
    List(Vec<Argument>),
    /// `{onoff=1, linger=0}`
    Fields(Vec<(String, Argument)>),
}

/// What a call returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallResult {
    /// Anything: `?`.
    Any,
    /// This number, not negative.
    Number(i64),
    /// -1, with this errno's name.
    Error(String),
}

impl fmt::Display for CallResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("?"),
            Self::Number(number) => number.fmt(f),
            Self::Error(errno) => write!(f, "-1 {errno}"),
        }
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ellipsis => f.write_str("..."),
            Self::Number(number) => number.fmt(f),
            Self::Names(names) => f.write_str(&names.join("|")),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::List(list) => write!(f, "[{}]", joined(list)),
            Self::Fields(fields) => {
                let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
                write!(f, "{{{}}}", fields.join(", "))
            }
        }
    }
}

/// Without the result: that is shown beside what was returned.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.name, joined(&self.arguments))
    }
}

fn joined(arguments: &[Argument]) -> String {
    arguments.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// One `assert`.
#[derive(Clone, Debug, PartialEq)]
pub struct Assertion {
    /// Where it stands.
    pub place: Place,
    /// What must be true.
    pub condition: String,
    /// What to show if it isn't, besides the condition.
    pub shown: Option<String>,
}

/// packetdrill's names for the ECN field.
pub(crate) const ECN: [(Codepoint, &str); 4] = [
    (Codepoint::NotEct, "noecn"),
    (Codepoint::Ect0, "ect0"),
    (Codepoint::Ect1, "ect1"),
    (Codepoint::Ce, "ce"),
];

/// The letter of each control bit, in packetdrill's order.
pub(crate) const LETTERS: [(Flags, char); 8] = [
    (Flags::FIN, 'F'),
    (Flags::SYN, 'S'),
    (Flags::RST, 'R'),
    (Flags::PSH, 'P'),
    (Flags::ACK, '.'),
    (Flags::URG, 'U'),
    (Flags::ECE, 'E'),
    (Flags::CWR, 'W'),
];
