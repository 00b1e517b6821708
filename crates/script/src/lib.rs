#![deny(missing_docs)]
//! packetdrill's script language for TCP, run against the engine in virtual time.
//!
//! A script is one side of a conversation: what the application calls, what the peer sends (`<`), and what the engine
//! must send, and when (`>`):
//!
//! ```
//! let text = "
//!     --profile=classic
//!     0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
//!     +0  bind(3, ..., ...) = 0
//!     +0  listen(3, 1) = 0
//!     +0  < S 0:0(0) win 32792 <mss 1000>
//!     +0  > S. 0:0(0) ack 1 <mss 1004>
//!     +.1 < . 1:1(0) ack 1 win 32792
//!     +0  accept(3, ..., ...) = 4
//!     +0  write(4, ..., 1000) = 1000
//!     +0  > P. 1:1001(1000) ack 1
//!     +0  %{ assert tcpi_rtt == 100000, tcpi_rtt }%
//! ";
//! let script = lucid_script::Script::parse("hello.pkt", text)?;
//! let outcome = lucid_script::run(&script, None)?;
//! assert!(outcome.passed(), "{outcome}");
//! # Ok::<(), lucid_script::SyntaxError>(())
//! ```
//!
//! No sockets, no root, no clock: the peer is the script, and time is what the script says. The engine is
//! `lucid_conn`'s, behind its one door; it is observed, so that a failure also says why the engine did what it did.
//!
//! # What is packetdrill's
//! * Times `0.1`, `+.1`, `0.1~0.2`, `+.1~+.2`, `*`, `0...0.2` for a call that blocks; none is `+0`. They are kept to
//!   within 4 ms, or `--tolerance_usecs`.
//! * Segments `S. 0:0(0) ack 1 win 5792 urg 7 <mss 1460,sackOK,TS val 1 ecr 2,nop,wscale 7>`, flags of `FSRP.UEW` or
//!   `-`, before them `[ect0]`, `[ect1]`, `[ce]` or `[noecn]`. Sequence numbers count from each side's SYN. What an expected segment leaves out may be anything; only
//!   without `<...>` it has no options. Our timestamps count from the first one that the script expects.
//! * `< icmp unreachable port_unreachable`.
//! * The calls `socket`, `bind`, `listen`, `accept`, `connect`, `read`, `recv`, `write`, `send`, `close`, `shutdown`,
//!   `setsockopt`, `getsockopt`, `fcntl`. Sockets never block, but where the time says so.
//!
//! # What is ours
//! * `--name=value` sets any value of `lucid_conn::Config` (`--rto.min=200ms`, `--nagle=false`; see `Config::set`), on top of
//!   `--profile` (`modern`, unless it says `classic`).
//! * `%{ assert CONDITION, SHOWN }%` asks `tcpi_...` as Linux counts them, all of `lucid_conn`'s `Info` under its own
//!   names (`cwnd`, `state`, `counts_timeouts`), and `seen("DuplicateData")`: how often an event had this cause.
//! * `[port 5001]` before the flags is a second peer; `kind 254 beef` an option that no one knows.
//! * Payload isn't looked at by packetdrill; here each byte depends on its sequence number, and is compared.
//! * What the engine sends and the script doesn't expect is a failure, also at the end.

mod files;
mod parse;
mod run;
mod settings;
mod syntax;

pub use files::find;
pub use parse::SyntaxError;
pub use run::{Outcome, run};
pub use syntax::{
    Action, Argument, Assertion, Call, CallResult, Event, Field, Packet, PacketOptions, Place, Script,
    Setting, TcpOption, When,
};
