//! Everything that can be chosen about a connection, as one plain value.

use core::time::Duration;
use std::fmt;
use std::str::FromStr;

use lucid_congestion::{Algorithm, Growth, Halve, Parameters, RtoBounds};
use lucid_wire::OptionLayout;
use serde::{Deserialize, Serialize};

/// How a connection behaves: a plain value, handed in, written into every recording.
///
/// Start from a [`Profile`] and change what you need:
///
/// ```
/// use lucid_conn::{Config, Profile};
/// let config = Config { nagle: false, ..Config::new(Profile::Modern) };
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// The largest payload of one segment, in bytes, both offered to the peer in the MSS option and used as
    /// our own upper bound when sending (RFC 9293 section 3.7.1). Values below 48 count as 48, and those
    /// above 65,487, which is all that a UDP datagram has room for, as that.
    pub mss: u16,
    /// What the congestion controller counts for each segment on top of its payload, in bytes. The seed counts
    /// a segment with its header (1024 = 20 + 1004); everyone else counts the payload alone (0).
    pub counted_header: u16,
    /// The congestion control algorithm.
    pub algorithm: Algorithm,
    /// The initial congestion window, in segments (RFC 5681 section 3.1, RFC 6928).
    pub initial_window: u16,
    /// The initial slow start threshold, in bytes.
    pub initial_slow_start_threshold: f64,
    /// How the congestion window grows in slow start.
    pub growth: Growth,
    /// What a loss halves.
    pub halve: Halve,
    /// Whether the first two duplicate ACKs each let one new segment out (RFC 3042).
    pub limited_transmit: bool,
    /// Whether recovery from losses is the sender's (scoreboard, RACK-TLP, PRR: RFC 8985, RFC 6937), or by duplicate
    /// ACKs that inflate the window (RFC 5681 section 3.2).
    pub proportional: bool,
    /// Whether selective acknowledgments are offered, and used if the peer offers them, too (RFC 2018).
    pub sack: bool,
    /// Whether the end of a flight is probed before the retransmission timeout (RFC 8985 section 7).
    pub tail_loss_probe: bool,
    /// Whether a retransmission timeout may prove spurious, and what it changed is taken back (RFC 5682, and RFC 2883
    /// or RFC 7323 for the proof).
    pub undo: bool,
    /// Whether segments are spread out over the round trip rather than sent in bursts.
    pub pacing: bool,
    /// Whether timestamps are offered, and used if the peer offers them, too (RFC 7323 section 3).
    pub timestamps: bool,
    /// The window scale to offer (RFC 7323 section 2): none for windows up to 65,535 bytes. At most 14, and no more than
    /// `receive_buffer` has bits.
    pub window_scale: Option<u8>,
    /// Whether explicit congestion notification is offered (RFC 3168 section 6.1.1).
    pub ecn: bool,
    /// How the options of a segment are laid out.
    pub option_layout: OptionLayout,
    /// How the size of datagrams is chosen.
    pub path_mtu: PathMtu,
    /// Bounds of the retransmission timeout (RFC 6298 section 2).
    pub rto: RtoBounds,
    /// How many retransmissions of one segment before the application is told of trouble: R1 (RFC 9293 section
    /// 3.8.3, SHLD-10: at least 3).
    pub r1: u32,
    /// How long one segment is retransmitted before the connection is given up: R2 (RFC 9293 section 3.8.3,
    /// SHLD-11: at least 100 s).
    pub r2: Duration,
    /// R2 for a SYN (MUST-23: at least 3 minutes, unless the application asks for less).
    pub r2_syn: Duration,
    /// How long an acknowledgment may wait for company (RFC 9293 section 3.8.6.3: below 0.5 s,
    /// and longer ones count as that). Zero: never.
    pub ack_delay: Duration,
    /// An acknowledgment is due at the latest with this many segments (SHLD-19: 2).
    pub ack_every: u8,
    /// So many acknowledgments at the beginning, and after each loss, don't wait: the peer's window is small then, and
    /// should not be held up (practice: Linux's quick ACKs).
    pub quick_acks: u16,
    /// Whether small segments wait while data is unacknowledged: the Nagle algorithm (RFC 9293 section 3.7.4).
    pub nagle: bool,
    /// How many bytes the application may write ahead of their acknowledgment, at most: twice what the windows let out, and
    /// 128 KiB, are taken.
    pub send_buffer: usize,
    /// How many received bytes may wait for the application to begin with.
    pub receive_buffer: usize,
    /// Up to how many the receive buffer grows by itself, so that the window is not what limits a fast path. No
    /// more than `receive_buffer`: it stays as it is.
    pub receive_buffer_max: usize,
    /// How an idle connection is kept alive; none: it isn't (RFC 9293 section 3.8.4).
    pub keep_alive: Option<KeepAlive>,
    /// How long data may stay unacknowledged before the connection is given up, told to the peer as well (RFC
    /// 5482); none: R2 decides, and the peer may ask for longer.
    pub user_timeout: Option<Duration>,
    /// Whether a listener whose backlog is full answers with cookies rather than not at all (RFC 4987 section 3.6).
    pub syn_cookies: bool,
    /// How long TIME-WAIT lasts: 2 MSL (RFC 9293 section 3.4.2).
    pub time_wait: Duration,
    /// How long FIN-WAIT-2 waits for a peer's FIN once no one reads any more (practice: 60 s).
    pub fin_wait_2: Duration,
    /// At most one challenge ACK in this time for each connection (RFC 5961 section 7; practice: 500 ms).
    pub challenge_ack_interval: Duration,
}

impl Config {
    /// The values of a profile.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        match profile {
            Profile::Classic => Self::classic(),
            Profile::Modern => Self::modern(),
        }
    }

    /// The seed's parameters.
    fn classic() -> Self {
        Self {
            mss: 1004,
            counted_header: 20,
            algorithm: Algorithm::Reno,
            initial_window: 1,
            initial_slow_start_threshold: 65536.0,
            growth: Growth::PerAck,
            halve: Halve::Window,
            limited_transmit: false,
            proportional: false,
            sack: false,
            tail_loss_probe: false,
            undo: false,
            pacing: false,
            timestamps: false,
            window_scale: None,
            ecn: false,
            option_layout: OptionLayout::Aligned,
            path_mtu: PathMtu::Fixed,
            rto: RtoBounds::default(),
            r1: 3,
            r2: Duration::from_secs(100),
            r2_syn: Duration::from_secs(180),
            ack_delay: Duration::from_millis(200),
            ack_every: 2,
            quick_acks: 0,
            nagle: true,
            send_buffer: 256 * 1024,
            receive_buffer: 65535,
            receive_buffer_max: 0,
            // RFC 9293 3.8.4 (MUST-25): only for whoever asks.
            keep_alive: None,
            user_timeout: None,
            syn_cookies: false,
            time_wait: Duration::from_secs(60),
            fin_wait_2: Duration::from_secs(60),
            challenge_ack_interval: Duration::from_millis(500),
        }
    }

    fn modern() -> Self {
        Self {
            // As much as one UDP datagram holds: what the path carries is found out.
            mss: super::options::MAX_MSS,
            path_mtu: PathMtu::Discover,
            counted_header: 0,
            algorithm: Algorithm::Cubic,
            initial_window: 10,
            initial_slow_start_threshold: f64::MAX,
            growth: Growth::PerByte,
            // Paced, less than a window may be out when a loss shows; what was never used counts less (RFC 7661).
            halve: Halve::Window,
            limited_transmit: true,
            syn_cookies: true,
            proportional: true,
            sack: true,
            tail_loss_probe: true,
            undo: true,
            pacing: true,
            quick_acks: 16,
            // As Linux takes its 200 ms: not below the smoothed round trip's variance, so that a steady path of any
            // length leaves a delayed ACK the time to come.
            rto: RtoBounds {
                min: Duration::from_millis(200),
                granularity: Duration::from_millis(200),
                ..RtoBounds::default()
            },
            ack_delay: Duration::from_millis(40),
            timestamps: true,
            // 65,535 units of 256 bytes: as much as the receive buffer may ever hold.
            window_scale: Some(8),
            receive_buffer: 128 << 10,
            receive_buffer_max: 16 << 20,
            send_buffer: 4 << 20,
            ..Self::classic()
        }
    }

    /// The congestion controller's parameters for segments of `mss` bytes, with dice of its own.
    #[must_use]
    pub fn congestion(&self, mss: u16, seed: u64) -> Parameters {
        let smss = u32::from(mss) + u32::from(self.counted_header);
        Parameters {
            smss,
            initial_window: f64::from(smss) * f64::from(self.initial_window.max(1)),
            initial_slow_start_threshold: self.initial_slow_start_threshold,
            growth: self.growth,
            halve: self.halve,
            proportional: self.proportional,
            seed,
        }
    }
}

/// How the size of datagrams is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PathMtu {
    /// Segments have [`Config::mss`] bytes, or what the peer takes.
    #[default]
    Fixed,
    /// From 1200-byte datagrams, larger ones are tried (RFC 8899), up to [`Config::mss`] and what the peer takes. Where
    /// there is no SACK, or no sender's recovery ([`Config::proportional`]), it stays at those 1200 bytes.
    Discover,
}

/// How an idle connection is kept alive (RFC 9293 section 3.8.4, MUST-27).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeepAlive {
    /// After so long without a word from the peer the first probe goes (SHOULD be 2 hours at least by default).
    pub idle: Duration,
    /// So long between probes.
    pub interval: Duration,
    /// So many unanswered probes end the connection: never a single one (MUST-29).
    pub probes: u32,
}

impl Default for KeepAlive {
    /// Two hours (MUST-28), then 75 s and 9 probes.
    fn default() -> Self {
        Self { idle: Duration::from_secs(7200), interval: Duration::from_secs(75), probes: 9 }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new(Profile::default())
    }
}

/// A named set of [`Config`] values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// The seed's parameters, for the demos and for reading: 1004 bytes of data in a segment, an initial window
    /// of one segment, ssthresh 64 KiB, RTO from 1 s, an ACK for every second segment, Reno.
    Classic,
    /// What a careful engineer would turn on today: the default.
    #[default]
    Modern,
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Classic => "classic",
            Self::Modern => "modern",
        })
    }
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "classic" => Ok(Self::Classic),
            "modern" => Ok(Self::Modern),
            _ => Err(UnknownProfile(name.to_owned())),
        }
    }
}

/// A profile's name that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no profile {0:?}: choose classic or modern")]
pub struct UnknownProfile(String);

#[cfg(test)]
mod tests;
