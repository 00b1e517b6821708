//! Why something happened: one sentence, and the clause that asks for it.

use serde::{Serialize, Serializer};

macro_rules! causes {
    ($($(#[$doc:meta])* $name:ident = $sentence:literal, $rfc:literal;)*) => {
        /// Why something happened. [`Cause::sentence`] says it in words, [`Cause::rfc`] names the clause.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Cause {
            $(#[doc = $sentence] #[doc = ""] #[doc = $rfc] $name,)*
        }

        impl Cause {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The cause in words.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }

            /// The clause that asks for it.
            #[must_use]
            pub const fn rfc(self) -> &'static str {
                match self { $(Self::$name => $rfc,)* }
            }
        }
    };
}

causes! {
    // The application.
    OpenCall = "the application opened it", "RFC 9293 3.10.1";
    SendCall = "the application has data to send", "RFC 9293 3.10.2";
    CloseCall = "the application closed its side", "RFC 9293 3.10.4";
    AbortCall = "the application aborted", "RFC 9293 3.10.5";
    UnreadData = "the application let go with data unread", "RFC 9293 3.6.1 (SHLD-3)";
    NoReader = "data arrived and no one reads any more", "RFC 9293 3.6.1 (SHLD-3)";

    // Segments, in the order of their checks.
    SegmentArrived = "a segment arrived", "RFC 9293 3.10.7";
    SynArrived = "a SYN arrived", "RFC 9293 3.10.7.2";
    SynAckArrived = "our SYN was answered", "RFC 9293 3.10.7.3";
    SimultaneousOpen = "both sides sent a SYN at once", "RFC 9293 3.10.7.3";
    SynAcknowledged = "our SYN is acknowledged", "RFC 9293 3.10.7.4 (fifth)";
    FinArrived = "the peer has finished", "RFC 9293 3.10.7.4 (eighth)";
    FinAcknowledged = "our FIN is acknowledged", "RFC 9293 3.10.7.4 (fifth)";
    BothFinished = "both sides have finished", "RFC 9293 3.10.7.4 (eighth)";
    ResetArrived = "the peer reset the connection", "RFC 9293 3.10.7.4 (second)";
    PeerUnreachable = "the network reports the peer's port unreachable", "RFC 9293 3.9.2.2";

    // Why a segment is dropped.
    Malformed = "the datagram is not a TCP segment", "RFC 9293 3.1";
    BadChecksum = "its checksum is wrong", "RFC 9293 3.1 (MUST-3)";
    BadOption = "an option's length is illegal", "RFC 9293 3.1 (MUST-7)";
    NoConnection = "there is no such connection", "RFC 9293 3.10.7.1";
    StrayReset = "a reset for no connection is never answered", "RFC 9293 3.10.7.1";
    ListenIgnores = "a listener takes nothing but a SYN", "RFC 9293 3.10.7.2";
    InvalidSource = "no answer can reach its source", "RFC 9293 3.9.2.3 (MUST-63)";
    BacklogFull = "the listener's backlog is full", "RFC 4987 3";
    AcceptQueueFull = "as many connections as may wait to be accepted", "RFC 4987 3.6";
    CookieReturned = "the ACK brought back a cookie of ours", "RFC 4987 3.6";
    BadCookie = "what it acknowledges is no cookie of ours, or an old one", "RFC 4987 3.6";
    CookieSpent = "the cookie that it brings back has opened its connection before", "RFC 4987 3.6";
    CookieUnproven = "what it acknowledges may be a cookie of ours, which the first segment behind the SYN will prove", "RFC 4987 3.6";
    TimeWaitReused = "a later SYN begins a new connection", "RFC 9293 3.6.1 (MAY-2), RFC 6191 2";
    TimeWaitTakenOver = "a new open takes its ports: no other is left", "RFC 7323 B.2";
    TooManyConnections = "the endpoint holds as many connections as it may", "RFC 4987 3";
    UnacceptableSequence = "it lies outside the receive window", "RFC 9293 3.10.7.4 (first)";
    UnacceptableAck = "it acknowledges what was never sent", "RFC 9293 3.10.7.3";
    NoAck = "it has no ACK", "RFC 9293 3.10.7.4 (fifth)";
    ResetOutsideWindow = "a reset outside the window is ignored", "RFC 5961 3.2";
    ResetNotExact = "a reset that is not exactly at RCV.NXT is challenged", "RFC 5961 3.2";
    SynInConnection = "a SYN in a connection is challenged", "RFC 5961 4.2";
    AckOutOfRange = "its ACK is out of range", "RFC 5961 5.2";
    TimeWaitIgnoresReset = "TIME-WAIT is not ended by a reset", "RFC 1337 3";
    NotASyn = "a connection begins with a SYN", "RFC 9293 3.10.7.3";
    ChallengeLimit = "challenge ACKs are limited", "RFC 5961 7";
    TimestampTooOld = "its timestamp is older than one that came in order", "RFC 7323 5.3 (R1)";
    NoTimestamp = "it lacks the timestamp that was agreed on", "RFC 7323 3.2";
    Unvalidated = "an address not yet proven is sent no more than it sent", "RFC 4987 3";

    // Acknowledging.
    SecondSegment = "a second segment waits for its ACK", "RFC 5681 4.2";
    AckDelayTimer = "the delayed ACK's time is up", "RFC 9293 3.8.6.3 (MUST-40)";
    AckMayWait = "an ACK may wait for a second segment", "RFC 9293 3.8.6.3 (SHLD-18)";
    OutOfOrderData = "a segment out of order draws an ACK at once", "RFC 5681 4.2";
    GapFilled = "a segment that fills a gap draws an ACK at once", "RFC 5681 4.2";
    DuplicateData = "a duplicate is acknowledged again", "RFC 9293 3.10.7.4 (first)";
    WindowUpdate = "the receive window opened", "RFC 9293 3.8.6.2.2";
    QuickAck = "the first ACKs of a connection, and those after a loss, don't wait", "RFC 5681 4.2";
    ReaderKeepsUp = "the application reads as fast as this: its window is not to be the limit", "RFC 7323 1.1";
    DataArrived = "data arrived", "RFC 9293 3.10.7.4 (seventh)";

    // The congestion window.
    NewAck = "new data was acknowledged", "RFC 5681 3.1";
    SlowStart = "an ACK of new data in slow start", "RFC 5681 3.1 (2)";
    CongestionAvoidance = "an ACK of new data in congestion avoidance", "RFC 5681 3.1 (3)";
    DuplicateAck = "an ACK that acknowledges nothing new", "RFC 5681 2";
    ThirdDuplicateAck = "third duplicate ACK", "RFC 5681 3.2 (2)";
    FurtherDuplicateAck = "a further duplicate ACK: a segment has left the network", "RFC 5681 3.2 (4)";
    PartialAck = "a partial ACK: the next segment is missing, too", "RFC 6582 3.2 (3)";
    FullAck = "the ACK of new data that ends fast recovery", "RFC 5681 3.2 (6)";
    LimitedTransmit = "one of the first two duplicate ACKs", "RFC 3042 2";
    SentBeforeArrived = "sent before a segment that has arrived, and longer ago than a round trip", "RFC 8985 6.2 (5)";
    FoundLost = "a segment is lost", "RFC 6675 5";
    RecoveryPoint = "everything sent before the loss was found is acknowledged", "RFC 6675 5";
    DuplicateReported = "the peer received it twice", "RFC 2883 4";
    TailProbe = "no acknowledgment came in two round trips", "RFC 8985 7.3";
    TailProbeRepaired = "the probe repaired a loss", "RFC 8985 7.4";
    AllResentWereDuplicates = "everything sent again was received twice: nothing had been lost", "RFC 3708 3";
    EchoOfOriginal = "the acknowledgment answers the original, not what was sent again", "RFC 3522 3.2";
    OriginalArrived = "what was never sent again has arrived: the timeout was spurious", "RFC 5682 3.1 (3)";
    Restart = "nothing was outstanding for longer than the timeout", "RFC 5681 4.1";
    RetransmissionTimeout = "the retransmission timer expired", "RFC 6298 5.4";
    TimeoutWindow = "a timeout leaves one segment of window", "RFC 5681 3.1";
    WindowFull = "the window is used up", "RFC 9293 3.8.6";
    RttSample = "an ACK of a segment that was sent once", "RFC 6298 3";
    EchoedTimestamp = "an ACK of new data echoes when its segment was sent", "RFC 7323 4.1";

    // Congestion marks.
    CongestionExperienced = "the network marked it instead of dropping it", "RFC 3168 6.1.3";
    CongestionEcho = "the peer echoes a congestion mark", "RFC 3168 6.1.2";

    // The path's size.
    PathProbe = "a larger segment finds out whether the path carries it", "RFC 8899 5.2";
    ProbeArrived = "a larger segment has arrived", "RFC 8899 5.2";
    ProbeTooLarge = "the system can't send a larger segment over its first link", "RFC 8899 5.1.2";
    ProbeLost = "a larger segment was lost, which is no sign of congestion", "RFC 8899 3 (6)";
    BlackHole = "large segments vanish, and small ones pass", "RFC 8899 4.3";

    // The other timers.
    ZeroWindow = "the peer's window is zero", "RFC 9293 3.8.6.1 (MUST-36)";
    PeerWindowUpdate = "the peer announced it", "RFC 9293 3.10.7.4 (fifth)";
    SillyWindowOverride = "a small segment has waited long enough", "RFC 9293 3.8.6.2.1";
    Idle = "nothing was heard for as long as keep-alive lets it be", "RFC 9293 3.8.4";
    NotAlive = "no keep-alive probe was answered", "RFC 9293 3.8.4 (MUST-29)";
    KeepAliveProbe = "it asks whether we are still there", "RFC 9293 3.8.4";
    UserTimeoutCall = "the application set it", "RFC 9293 3.8.3 (MUST-21)";
    PeerUserTimeout = "the peer lets its data wait that long", "RFC 5482 3.1";
    UserTimeoutExpired = "nothing was acknowledged for as long as the application waits", "RFC 9293 3.10.8";
    CorkTimer = "what the cork holds back has waited long enough", "-";
    R2Expired = "a segment was retransmitted for too long", "RFC 9293 3.8.3 (MUST-20)";
    TimeWaitOver = "2 MSL have passed", "RFC 9293 3.10.8";
    FinWait2Over = "no one reads, and the peer's FIN did not come", "RFC 9293 3.6.1";

    // The faults layer.
    OnPurpose = "a fault made on purpose", "-";
}

impl Serialize for Cause {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.sentence())
    }
}
