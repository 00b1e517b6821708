use std::net::SocketAddr;
use std::time::Duration;

use lucid_congestion::Phase;
use lucid_conn::engine::{Agreed, Counts};

use super::*;

/// What makes a row of an idle connection.
type Change = fn(&mut Info);

/// An established connection with a segment of 1000 bytes, room in every window, and nothing to do.
fn idle() -> Info {
    Info {
        state: State::Established,
        peer: SocketAddr::from(([127, 0, 0, 1], 1)),
        local_port: 1,
        remote_port: 2,
        congestion_control: "cubic",
        phase: Phase::SlowStart,
        cwnd: 10_000.0,
        ssthresh: 1e9,
        mss: 1000,
        ecn: false,
        options: Agreed::default(),
        send_window: 65_535,
        receive_window: 65_535,
        receive_buffer: 65_535,
        flight_size: 0,
        unsent: 0,
        unread: 0,
        waiting: 0,
        urgent_left: 0,
        smoothed_rtt: None,
        rtt_variance: None,
        min_rtt: None,
        rto: Duration::from_secs(1),
        lost: 0,
        arrived: 0,
        sack: true,
        recovery: RecoveryState::Open,
        pacing_rate: None,
        delivered: 0.0,
        counts: Counts::default(),
        socket: None,
    }
}

#[test]
fn what_holds_a_sender_back_is_what_it_has_no_room_in() {
    let rows: [(&str, LimitedBy, Change); 9] = [
        ("nothing waits", LimitedBy::Application, |_| ()),
        ("all is out", LimitedBy::Application, |info| info.flight_size = 9000),
        ("cwnd is full", LimitedBy::CongestionWindow, |info| {
            (info.flight_size, info.unsent) = (10_000, 5000);
        }),
        ("cwnd has room for less than a segment", LimitedBy::CongestionWindow, |info| {
            (info.flight_size, info.unsent) = (9001, 5000);
        }),
        ("the peer's window is full", LimitedBy::Receiver, |info| {
            (info.flight_size, info.unsent, info.send_window) = (5000, 5000, 5000);
        }),
        ("both are full", LimitedBy::Receiver, |info| {
            (info.flight_size, info.unsent, info.send_window) = (10_000, 5000, 10_000);
        }),
        (
            "what has arrived beyond a gap leaves room, which a recovery keeps",
            LimitedBy::CongestionWindow,
            |info| {
                (info.flight_size, info.arrived, info.unsent) = (10_000, 8000, 5000);
                info.recovery = RecoveryState::Recovery;
            },
        ),
        ("there is room, and its time has not come", LimitedBy::Pacing, |info| {
            (info.flight_size, info.unsent, info.pacing_rate) = (5000, 5000, Some(1e6));
        }),
        ("less than a segment waits for an ACK", LimitedBy::SmallSegment, |info| {
            (info.flight_size, info.unsent, info.pacing_rate) = (5000, 10, Some(1e6));
        }),
    ];
    for (name, expected, change) in rows {
        let mut info = idle();
        change(&mut info);
        assert_eq!(LimitedBy::of(&info, 1000, 0), expected, "{name}");
    }
}

#[test]
fn a_full_send_buffer_is_the_limit_while_the_application_could_write() {
    let mut info = Info { flight_size: 9000, ..idle() };
    assert_eq!(LimitedBy::of(&info, 0, 0), LimitedBy::SendBuffer);
    info.state = State::LastAck;
    assert_eq!(LimitedBy::of(&info, 0, 0), LimitedBy::Application);
}

#[test]
fn a_window_that_counts_headers_holds_fewer_bytes() {
    let info = Info { mss: 1000, cwnd: 10_200.0, ..idle() };
    assert!((cwnd_in_sequence_space(&info, 20) - 10_000.0).abs() < 1e-6);
    let full = Info { flight_size: 9500, unsent: 5000, ..info };
    assert_eq!(LimitedBy::of(&full, 1000, 20), LimitedBy::CongestionWindow);
}
