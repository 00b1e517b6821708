//! A connection in each of the eleven states, reached by calls and segments alone.
//!
//! In every synchronized state the receive window is 101 to 1000, and SND.NXT is 101: both sides have sent 100
//! places (99 bytes and a FIN, where there was a FIN). In FIN-WAIT-1, CLOSING and LAST-ACK our FIN, number 100,
//! is not acknowledged yet. The largest window that the peer ever offered is 500.

use std::time::Duration;

use lucid_conn::engine::State::{
    CloseWait, Closed, Closing, FinWait1, FinWait2, LastAck, Listen, SynReceived, SynSent, TimeWait,
};
use lucid_conn::engine::{Call, Config, Profile, State};

use super::script::Script;

pub fn config() -> Config {
    Config { receive_buffer: 1000, ack_delay: Duration::ZERO, ..Config::new(Profile::Classic) }
}

/// Brings a connection into a state.
pub fn in_state(state: State) -> Script {
    let mut script = match state {
        Closed => Script::new(&config()),
        Listen | SynReceived => Script::listening(&config()),
        _ => Script::connecting(&config()),
    };
    script.window = 500;
    match state {
        Closed | Listen | SynSent => {}
        SynReceived => script.says("SYN SEQ 0 MSS 1004"),
        _ => {
            script.hears(&["SYN SEQ 0"]);
            script.answer_the_syn("");
            synchronized(&mut script, state);
        }
    }
    assert_eq!(script.state(), state, "{}", script.exchange());
    script.ignores();
    script
}

fn synchronized(script: &mut Script, state: State) {
    let peer_finished = matches!(state, CloseWait | Closing | LastAck | TimeWait);
    let we_finished = matches!(state, FinWait1 | FinWait2 | Closing | LastAck | TimeWait);
    let bytes = |finished| if finished { 99 } else { 100 };
    script.writes(bytes(we_finished));
    let acknowledged = 1 + bytes(we_finished);
    script.says(&format!("SEQ 1 ACK {acknowledged} LEN {}", bytes(peer_finished)));
    assert_eq!(script.reads(1000).len(), bytes(peer_finished));
    let fin = "FIN SEQ 100";
    let shutdown = |script: &mut Script| drop(script.call(Call::Shutdown));
    match state {
        FinWait1 => shutdown(script),
        FinWait2 => {
            shutdown(script);
            script.says("SEQ 101 ACK 101");
        }
        CloseWait => script.says(&format!("{fin} ACK 101")),
        Closing => {
            shutdown(script);
            script.says(&format!("{fin} ACK 100"));
        }
        LastAck => {
            script.says(&format!("{fin} ACK 100"));
            shutdown(script);
        }
        TimeWait => {
            shutdown(script);
            script.says(&format!("{fin} ACK 101"));
        }
        _ => {}
    }
}
