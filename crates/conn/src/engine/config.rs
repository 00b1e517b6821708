//! Everything that can be chosen about a connection, as one plain value.

use core::time::Duration;
use std::fmt;
use std::str::FromStr;

use lucid_congestion::{Algorithm, Growth, Halve, Parameters, RtoBounds};
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
    /// our own upper bound when sending (RFC 9293 section 3.7.1). Values below 48 count as 48.
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
    /// Whether small segments wait while data is unacknowledged: the Nagle algorithm (RFC 9293 section 3.7.4).
    pub nagle: bool,
    /// How many bytes the application may write ahead of their acknowledgment.
    pub send_buffer: usize,
    /// How many received bytes may wait for the application; the largest window ever offered.
    pub receive_buffer: usize,
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
            rto: RtoBounds::default(),
            r1: 3,
            r2: Duration::from_secs(100),
            r2_syn: Duration::from_secs(180),
            ack_delay: Duration::from_millis(200),
            ack_every: 2,
            nagle: true,
            send_buffer: 256 * 1024,
            receive_buffer: 65535,
            time_wait: Duration::from_secs(60),
            fin_wait_2: Duration::from_secs(60),
            challenge_ack_interval: Duration::from_millis(500),
        }
    }

    fn modern() -> Self {
        Self {
            // Ethernet's 1500 bytes less IPv4 (20), UDP (8) and our header (20).
            mss: 1452,
            counted_header: 0,
            algorithm: Algorithm::NewReno,
            initial_window: 10,
            initial_slow_start_threshold: f64::MAX,
            growth: Growth::PerByte,
            halve: Halve::FlightSize,
            limited_transmit: true,
            rto: RtoBounds { min: Duration::from_millis(200), ..RtoBounds::default() },
            ack_delay: Duration::from_millis(40),
            ..Self::classic()
        }
    }

    /// The congestion controller's parameters for segments of `mss` bytes.
    #[must_use]
    pub fn congestion(&self, mss: u16) -> Parameters {
        let smss = u32::from(mss) + u32::from(self.counted_header);
        Parameters {
            smss,
            initial_window: f64::from(smss) * f64::from(self.initial_window.max(1)),
            initial_slow_start_threshold: self.initial_slow_start_threshold,
            growth: self.growth,
            halve: self.halve,
        }
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
    #[default]
    Classic,
    /// What a careful engineer would turn on today.
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
