use proptest::prelude::*;

use super::*;
use crate::engine::event::Limit;

/// Our SYN: the numbers wrap after a few bytes.
const ISS: SeqNum = SeqNum::new(u32::MAX - 20);
const PLENTY: u64 = 1 << 30;

fn place(at: u64) -> Position {
    Position::first(ISS) + at
}

/// The byte at each place.
fn text(from: u64, len: u64) -> Bytes {
    (from..from + len).map(|at| (at % 251) as u8).collect()
}

/// A sender whose SYN is acknowledged, with segments of 100 bytes, and this window.
fn sender(window: u64, nagle: bool) -> Sender {
    let mut sender = Sender::new(ISS, 100, nagle, 10_000);
    assert_eq!(go(&mut sender, PLENTY), Some((0, 1)));
    sender.acknowledge(place(1), Time::ZERO, |_| ());
    sender.update_window(place(0), place(1), window);
    sender
}

fn write(sender: &mut Sender, len: u64) -> usize {
    let from = sender.end_of_data().since(place(0));
    sender.write(text(from, len), false)
}

/// Sends the next segment, if one may go: from where to where.
fn go(sender: &mut Sender, cwnd: u64) -> Option<(u64, u64)> {
    let Next::Send { start, end, .. } = sender.next(cwnd) else { return None };
    sender.cargo(start, end);
    sender.send(start, end, Time::ZERO, Stamp::default());
    Some((start.since(place(0)), end.since(place(0))))
}

fn go_on(sender: &mut Sender, cwnd: u64) -> Vec<(u64, u64)> {
    std::iter::from_fn(|| go(sender, cwnd)).collect()
}

#[test]
fn nothing_goes_before_the_syn_is_acknowledged() {
    let mut sender = Sender::new(ISS, 100, false, 10_000);
    write(&mut sender, 500);
    assert_eq!(go_on(&mut sender, PLENTY), [(0, 1)]);
    assert_eq!(sender.next(PLENTY), Next::Nothing);
}

/// SHLD-28.
#[test]
fn full_segments_go_up_to_the_smaller_window() {
    let mut wide = sender(1000, true);
    write(&mut wide, 450);
    assert_eq!(go_on(&mut wide, PLENTY), [(1, 101), (101, 201), (201, 301), (301, 401)]);
    assert_eq!(wide.next(PLENTY), Next::Gathering, "Nagle holds the rest");

    let mut congested = sender(1000, true);
    write(&mut congested, 450);
    assert_eq!(go_on(&mut congested, 250), [(1, 101), (101, 201)]);
    assert_eq!(congested.next(250), Next::Full(Limit::Congestion));

    let mut narrow = sender(210, true);
    write(&mut narrow, 450);
    assert_eq!(go_on(&mut narrow, PLENTY), [(1, 101), (101, 201)]);
    assert_eq!(narrow.next(PLENTY), Next::Full(Limit::Receiver));
}

/// Where small segments use a window up, each ACK opens it by a few of them: the larger one would never find room.
#[test]
fn a_probe_gathers_the_room_that_it_needs() {
    let acknowledge = |sender: &mut Sender, up_to: u64, window: u64| {
        sender.acknowledge(place(up_to), Time::ZERO, |_| ());
        sender.update_window(place(up_to), place(up_to), window);
    };
    let full = || {
        let mut sender = sender(1000, false);
        write(&mut sender, 5000);
        assert_eq!(go_on(&mut sender, PLENTY).len(), 10);
        sender.plan_probe(Some(300));
        sender
    };
    let mut gathering = full();
    acknowledge(&mut gathering, 201, 1000);
    assert_eq!(gathering.next(PLENTY), Next::Full(Limit::Receiver), "room for two small ones");
    acknowledge(&mut gathering, 301, 1000);
    assert_eq!(go_on(&mut gathering, PLENTY), [(1001, 1301)]);

    let mut narrowed = full();
    acknowledge(&mut narrowed, 901, 200);
    assert_eq!(go(&mut narrowed, PLENTY), Some((1001, 1101)), "the window will never hold it");
}

#[test]
fn a_fin_rides_behind_the_last_byte_even_of_a_full_segment() {
    for (len, segments) in
        [(150, vec![(1, 101), (101, 152)]), (200, vec![(1, 101), (101, 202)]), (0, vec![(1, 2)])]
    {
        let mut sender = sender(1000, true);
        write(&mut sender, len);
        sender.finish();
        assert_eq!(go_on(&mut sender, PLENTY), segments);
        assert!(!sender.fin_acknowledged());
        sender.acknowledge(place(len + 2), Time::ZERO, |_| ());
        assert!(sender.fin_acknowledged() && !sender.has_work());
    }
}

/// RFC 9293 3.9.1.2 (MUST-61, SHLD-27).
#[test]
fn the_last_byte_written_is_pushed() {
    let mut sender = sender(1000, true);
    write(&mut sender, 150);
    assert!(!sender.cargo(place(1), place(101)).push);
    assert!(sender.cargo(place(101), place(151)).push);
}

/// RFC 9293 3.8.5 (MUST-31, MUST-62): the pointer names the byte behind, from each segment's first.
#[test]
fn every_segment_before_the_urgent_mark_points_to_it() {
    let mut sender = sender(1000, true);
    sender.write(text(1, 150), true);
    write(&mut sender, 150);
    assert_eq!(sender.cargo(place(1), place(101)).urgent, Some(150));
    assert_eq!(sender.cargo(place(101), place(201)).urgent, Some(50));
    assert_eq!(sender.cargo(place(151), place(251)).urgent, None, "behind the mark");
}

/// RFC 9293 3.10.7.4 (fifth).
#[test]
fn the_window_is_set_by_the_newest_segment_only() {
    let mut sender = sender(1000, true);
    assert_eq!(sender.update_window(place(5), place(1), 800), Some(1000));
    assert_eq!(sender.update_window(place(4), place(9), 1), None, "older SEQ");
    assert_eq!(sender.update_window(place(5), place(0), 1), None, "same SEQ, older ACK");
    assert_eq!(sender.update_window(place(5), place(1), 900), Some(800));
    assert_eq!((sender.window(), sender.max_window()), (900, 1000));
}

#[test]
fn after_a_timeout_everything_goes_again_from_the_front() {
    let mut sender = sender(1000, true);
    write(&mut sender, 300);
    go_on(&mut sender, PLENTY);
    sender.on_timeout();
    assert_eq!(go_on(&mut sender, 100), [(1, 101)], "a loss window of one segment");
    sender.acknowledge(place(101), Time::ZERO, |_| ());
    assert_eq!(go_on(&mut sender, 200), [(101, 201), (201, 301)]);
}

#[test]
fn a_probe_is_one_byte_where_nothing_may_go() {
    let mut sender = sender(0, true);
    write(&mut sender, 300);
    assert!(sender.is_window_closed());
    assert_eq!(sender.next(PLENTY), Next::Full(Limit::Receiver));
    sender.probe();
    assert_eq!(go_on(&mut sender, PLENTY), [(1, 2)]);
    sender.probe();
    assert_eq!(go_on(&mut sender, PLENTY), [(1, 2)], "the same byte again");
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Writes {
        len: u64,
    },
    Finishes,
    Sends {
        cwnd: u64,
    },
    /// So much of what is in flight, and this window.
    IsAcknowledged {
        part: f64,
        window: u64,
    },
    TimesOut,
    LosesItsFront,
    Probes,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0_u64..500).prop_map(|len| Step::Writes { len }),
        1 => Just(Step::Finishes),
        8 => (0_u64..2000).prop_map(|cwnd| Step::Sends { cwnd }),
        4 => (0.0..=1.0, 0_u64..1500).prop_map(|(part, window)| Step::IsAcknowledged { part, window }),
        1 => Just(Step::TimesOut),
        1 => Just(Step::LosesItsFront),
        1 => Just(Step::Probes),
    ]
}

/// One segment goes, if it may; what holds for every segment is checked.
fn send_one(sender: &mut Sender, cwnd: u64, mss: u64) -> Result<(), TestCaseError> {
    let Next::Send { start, end, again, probe } = sender.next(cwnd) else { return Ok(()) };
    let edge = sender.una() + sender.window();
    prop_assert!(sender.una() <= start && start < end);
    prop_assert!(probe || end <= edge, "{:?} to {:?} goes beyond the window's edge {:?}", start, end, edge);
    prop_assert_eq!(again, start < sender.nxt());
    prop_assert!(again || start == sender.nxt(), "new data leaves no hole");
    let cargo = sender.cargo(start, end);
    prop_assert!(cargo.payload.len() as u64 <= mss);
    prop_assert_eq!(cargo.payload.len() as u64 + u64::from(cargo.fin), end.since(start));
    prop_assert_eq!(cargo.payload.to_vec(), text(start.since(place(0)), cargo.payload.len() as u64));
    sender.send(start, end, Time::ZERO, Stamp::default());
    if !again && !probe {
        prop_assert!(sender.in_flight().pipe() <= cwnd);
    }
    Ok(())
}

proptest! {
    /// Whatever happens: never beyond the window (but for probes), never more than a segment, never a hole, never
    /// a wrong byte.
    #[test]
    fn what_goes_keeps_to_the_windows_and_to_what_was_written(
        mss in 48_u16..300, capacity in 1_usize..3000, nagle: bool, first_window in 0_u64..1500,
        steps in prop::collection::vec(step(), 1..200),
    ) {
        let mut sender = Sender::new(ISS, mss, nagle, capacity);
        go(&mut sender, PLENTY);
        sender.acknowledge(place(1), Time::ZERO, |_| ());
        sender.update_window(place(0), place(1), first_window);
        for step in steps {
            match step {
                Step::Writes { len } if !sender.is_finishing() => {
                    let room = sender.room();
                    prop_assert_eq!(write(&mut sender, len), room.min(len as usize));
                }
                Step::Writes { .. } => {}
                Step::Finishes => sender.finish(),
                Step::Sends { cwnd } => send_one(&mut sender, cwnd, u64::from(mss))?,
                Step::IsAcknowledged { part, window } => {
                    let flight = sender.nxt().since(sender.una());
                    let ack = sender.una() + (flight as f64 * part) as u64;
                    sender.acknowledge(ack, Time::ZERO, |_| ());
                    let before = sender.update_window(place(0), ack, window);
                    if before == Some(0) {
                        sender.window_opened();
                    }
                }
                Step::TimesOut => sender.on_timeout(),
                Step::LosesItsFront => sender.resend_front(),
                Step::Probes => sender.probe(),
            }
            prop_assert_eq!(sender.in_flight().flight_size(), sender.nxt().since(sender.una()));
        }
    }

    /// An open path and acknowledgments bring everything across, whatever state it was in.
    #[test]
    fn everything_written_goes_in_the_end(
        lens in prop::collection::vec(1_u64..700, 1..20), nagle: bool, stop in 0_usize..10,
    ) {
        let mut sender = sender(0, nagle);
        for (n, &len) in lens.iter().enumerate() {
            write(&mut sender, len);
            if n == stop {
                sender.probe();
                send_one(&mut sender, 0, 100)?;
            }
        }
        sender.finish();
        sender.update_window(place(0), place(1), 5000);
        sender.window_opened();
        for _ in 0..1000 {
            send_one(&mut sender, 300, 100)?;
            let nxt = sender.nxt();
            sender.acknowledge(nxt, Time::ZERO, |_| ());
            sender.update_window(place(0), nxt, 5000);
        }
        prop_assert!(sender.fin_acknowledged() && !sender.has_work());
    }
}

/// What answers a timeout or probes doesn't wait for the pacer.
#[test]
fn what_must_go_at_once_is_urged_until_it_has_gone() {
    let mut resends = sender(1000, false);
    write(&mut resends, 300);
    go_on(&mut resends, PLENTY);
    assert!(!resends.is_urged());
    let mut probes_tail = sender(1000, false);
    write(&mut probes_tail, 200);
    go(&mut probes_tail, 100);
    let mut probes_window = sender(0, false);
    write(&mut probes_window, 100);

    resends.resend_at_once();
    assert!(!resends.is_urged(), "nothing is lost");
    resends.resend_front();
    assert!(!probes_tail.probe_tail(), "there is new data");
    probes_window.probe();
    for urged in [&mut resends, &mut probes_tail, &mut probes_window] {
        assert!(urged.is_urged());
        assert!(go(urged, 0).is_some() && !urged.is_urged());
    }
}

/// RFC 7323 section 2.4: what was sent into the window may lie beyond what its scale shows of it later.
#[test]
fn what_a_scale_rounds_off_is_sent_again_but_not_into_a_closed_window() {
    for (window, again) in [(50, Some((101, 201))), (0, None)] {
        let mut sender = sender(200, false);
        sender.set_rounding(63);
        write(&mut sender, 200);
        assert_eq!(go_on(&mut sender, PLENTY), [(1, 101), (101, 201)]);
        sender.acknowledge(place(101), Time::ZERO, |_| ());
        sender.update_window(place(0), place(101), window);
        sender.on_timeout();
        assert_eq!(go(&mut sender, PLENTY), again, "{window}");
    }
}
