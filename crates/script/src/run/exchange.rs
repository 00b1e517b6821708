//! What happened so far, for whoever has to understand it.

use lucid_conn::engine::Time;

use super::network::Network;
use crate::syntax::Packet;

/// A line of the exchange.
#[derive(Clone, Debug)]
pub(crate) enum Line {
    Inbound {
        at: Time,
        packet: Packet,
    },
    Outbound {
        at: Time,
        packet: Packet,
    },
    Call {
        at: Time,
        call: String,
        returned: String,
    },
    Text {
        at: Time,
        text: String,
    },
    /// What the engine said of it.
    Why(String),
}

impl Line {
    /// The line as text, timestamps in the script's numbers.
    pub(crate) fn text(&self, network: &mut Network) -> String {
        match self {
            Self::Inbound { at, packet } => format!("{at} < {packet}"),
            Self::Outbound { at, packet } => {
                format!("{at} > {}", network.with_our_clock(packet.clone(), None))
            }
            Self::Call { at, call, returned } => format!("{at} * {call} = {returned}"),
            Self::Text { at, text } => format!("{at} {text}"),
            Self::Why(why) => format!("            | {why}"),
        }
    }
}
