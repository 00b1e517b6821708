use proptest::prelude::*;

use super::*;

/// The peer's SYN: its numbers wrap after a few bytes.
const IRS: SeqNum = SeqNum::new(u32::MAX - 20);

fn without_options(capacity: usize, mss: u16) -> Receiver {
    Receiver::new(IRS, capacity, mss, &Agreed::default())
}

fn place(at: u64) -> Position {
    Position::first(IRS) + at
}

/// The byte at each place.
fn text(from: u64, len: u64) -> Bytes {
    (from..from + len).map(|at| (at % 251) as u8).collect()
}

fn arrive(receiver: &mut Receiver, from: u64, len: u64) -> Arrived {
    receiver.arrive(place(from), text(from, len), false)
}

/// The window that the next segment offers.
fn offer(receiver: &mut Receiver) -> u16 {
    receiver.open_window();
    receiver.window_field()
}

fn read_all(receiver: &mut Receiver) -> Vec<u8> {
    let mut all = Vec::new();
    while receiver.unread() > 0 {
        all.extend(receiver.read(usize::MAX).to_vec());
    }
    all
}

/// SHLD-31.
#[test]
fn what_comes_in_order_is_delivered_and_what_comes_early_waits() {
    let mut receiver = without_options(1000, 100);
    let arrived = |arrival, delivered| Arrived { arrival, delivered, finished: false };
    assert_eq!(arrive(&mut receiver, 1, 100), arrived(Arrival::InOrder, 100));
    assert_eq!(arrive(&mut receiver, 201, 100), arrived(Arrival::OutOfOrder, 0));
    assert_eq!(arrive(&mut receiver, 201, 100), arrived(Arrival::Duplicate, 0));
    assert_eq!((receiver.unread(), receiver.waiting()), (100, 100));
    assert_eq!(arrive(&mut receiver, 101, 100), arrived(Arrival::FilledGap, 200));
    assert_eq!((receiver.nxt(), receiver.waiting()), (place(301), 0));
    assert_eq!(read_all(&mut receiver), text(1, 300));
}

/// RFC 5681 4.2: it fills the gap, though nothing of what waited is delivered with it.
#[test]
fn a_segment_that_holds_what_waited_fills_the_gap() {
    let mut receiver = without_options(1000, 100);
    arrive(&mut receiver, 101, 100);
    assert_eq!(arrive(&mut receiver, 1, 300).arrival, Arrival::FilledGap);
    assert_eq!(arrive(&mut receiver, 301, 100).arrival, Arrival::InOrder);
}

/// RFC 9293 3.10.7.4 (seventh): trimmed at both ends.
#[test]
fn only_the_part_in_the_window_is_taken() {
    let mut receiver = without_options(100, 100);
    arrive(&mut receiver, 1, 50);
    assert_eq!(arrive(&mut receiver, 31, 100).delivered, 50);
    assert_eq!((receiver.nxt(), receiver.window()), (place(101), 0));
    assert_eq!(read_all(&mut receiver), text(1, 100));
}

/// A slice of a datagram holds all of its memory: 64 KiB for a little of the window would be no bound at all.
#[test]
fn a_new_part_of_a_long_segment_does_not_keep_the_others() {
    let segment = text(1, 3000);
    let lies_in = |kept: Bytes| segment.as_ptr_range().contains(&kept.as_ptr());
    let mut receiver = without_options(10_000, 100);
    arrive(&mut receiver, 1, 2400);
    receiver.arrive(place(1), segment.clone(), false);
    assert_eq!(receiver.read(2400), *text(1, 2400));
    let kept = receiver.read(usize::MAX);
    assert_eq!(kept, *text(2401, 600));
    assert!(!lies_in(kept.into_bytes()), "in order");

    let mut receiver = without_options(10_000, 100);
    arrive(&mut receiver, 1601, 1400);
    receiver.arrive(place(1001), segment.slice(1000..), false);
    arrive(&mut receiver, 1, 1000);
    assert_eq!(receiver.read(1000), *text(1, 1000));
    let kept = receiver.read(600);
    assert_eq!(kept, *text(1001, 600));
    assert!(!lies_in(kept.into_bytes()), "out of order");
}

#[test]
fn a_fin_has_its_turn_behind_the_last_byte() {
    let mut receiver = without_options(1000, 100);
    let early = receiver.arrive(place(11), text(11, 10), true);
    assert_eq!((early.finished, receiver.is_finished()), (false, false));
    let filled = arrive(&mut receiver, 1, 10);
    assert_eq!((filled.delivered, filled.finished), (20, true));
    assert_eq!((receiver.nxt(), receiver.is_finished()), (place(22), true));
}

/// A peer can't take its FIN back by sending more.
#[test]
fn nothing_is_taken_behind_a_fin() {
    let mut receiver = without_options(1000, 100);
    receiver.arrive(place(11), Bytes::new(), true);
    arrive(&mut receiver, 1, 100);
    assert_eq!(read_all(&mut receiver), text(1, 10));
    assert!(receiver.is_finished());
}

/// Nor can it end its stream before bytes that came already: what came first stays.
#[test]
fn a_fin_before_bytes_that_wait_is_no_end() {
    let mut receiver = without_options(1000, 100);
    arrive(&mut receiver, 21, 10);
    let arrived = receiver.arrive(place(1), text(1, 20), true);
    assert_eq!((arrived.delivered, arrived.finished), (30, false));
    assert!(!receiver.is_finished());
    assert_eq!(read_all(&mut receiver), text(1, 30));
    assert!(receiver.arrive(place(31), Bytes::new(), true).finished);
}

/// The four cases of RFC 9293 section 3.10.7.4, table 6.
#[test]
fn the_acceptability_test_has_four_cases() {
    let mut receiver = without_options(100, 100);
    for (seq, len, accepted) in [
        (0, 0, false),
        (1, 0, true),
        (100, 0, true),
        (101, 0, false),
        (0, 1, false),
        (0, 2, true),
        (100, 1, true),
        (100, 50, true),
        (101, 1, false),
        (1, 500, true),
    ] {
        assert_eq!(receiver.accepts(place(seq), len), accepted, "{len} from {seq}");
    }
    arrive(&mut receiver, 1, 100);
    assert_eq!(receiver.window(), 0);
    for (seq, len, accepted) in [(101, 0, true), (101, 1, false), (100, 0, false), (102, 0, false)] {
        assert_eq!(receiver.accepts(place(seq), len), accepted, "{len} from {seq}, window 0");
    }
}

/// RFC 9293 3.8.6.2.2: min(a segment, half of the buffer).
#[test]
fn the_window_opens_by_a_segment_or_half_of_the_buffer() {
    for (capacity, step) in [(1000, 100), (150, 75)] {
        let mut receiver = without_options(capacity, 100);
        for at in (0..capacity as u64).step_by(50) {
            arrive(&mut receiver, 1 + at, 50);
        }
        receiver.read(step - 1);
        assert_eq!(offer(&mut receiver), 0, "of {capacity}");
        receiver.read(1);
        assert_eq!(usize::from(offer(&mut receiver)), step, "of {capacity}");
    }
}

/// What we would take says nothing of the path: with an MSS of 65,487 the window would open by half of the buffer each time.
#[test]
fn a_full_segment_is_the_longest_that_has_come() {
    let mut receiver = without_options(60_000, 65_487);
    arrive(&mut receiver, 1, 1440);
    arrive(&mut receiver, 1441, 1440);
    let offered = offer(&mut receiver);
    receiver.read(1439);
    assert_eq!(offer(&mut receiver), offered);
    receiver.read(1);
    assert_eq!(offer(&mut receiver), offered + 1440);
}

/// While a loss is repaired nothing can be read; but what comes says all the same what the path can do.
#[test]
fn the_buffer_grows_by_what_waits_behind_a_gap_too() {
    let mut receiver = without_options(1000, 100);
    receiver.tune_up_to(1 << 20, Time::ZERO);
    for at in [101, 201, 301, 201] {
        arrive(&mut receiver, at, 100);
    }
    let round_trip = Duration::from_millis(10);
    assert_eq!(receiver.tune(Time::from_millis(10), Some(round_trip)), Some(1000));
    assert_eq!(receiver.capacity(), 1200, "four times 300");
    arrive(&mut receiver, 1, 100);
    assert_eq!(receiver.tune(Time::from_millis(20), Some(round_trip)), None, "nobody reads");
}

/// The header has 16 bits.
#[test]
fn a_larger_buffer_offers_65535() {
    let mut receiver = without_options(1 << 20, 1460);
    assert_eq!(offer(&mut receiver), 65535);
    arrive(&mut receiver, 1, 60_000);
    assert_eq!(offer(&mut receiver), 65535);
}

/// RFC 9293 3.8.5 (MUST-31, MUST-33).
#[test]
fn the_urgent_mark_moves_forward_only_and_counts_down_as_it_is_read() {
    let mut receiver = without_options(1000, 100);
    assert!(receiver.urge(place(51)));
    assert!(!receiver.urge(place(51)));
    assert!(!receiver.urge(place(31)));
    arrive(&mut receiver, 1, 80);
    assert_eq!(receiver.urgent_left(), 50);
    receiver.read(20);
    assert_eq!(receiver.urgent_left(), 30);
    receiver.read(60);
    assert_eq!(receiver.urgent_left(), 0);
    assert!(!receiver.urge(place(70)), "what is read already is not urgent");
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// A segment, this far from RCV.NXT.
    Arrives {
        ahead: i64,
        len: u64,
    },
    Reads {
        max: usize,
    },
    Offers,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (-300_i64..600, 0_u64..400).prop_map(|(ahead, len)| Step::Arrives { ahead, len }),
        2 => (0_i64..1, 0_u64..400).prop_map(|(ahead, len)| Step::Arrives { ahead, len }),
        2 => (0_usize..500).prop_map(|max| Step::Reads { max }),
        2 => Just(Step::Offers),
    ]
}

proptest! {
    /// Whatever a peer sends and whenever it is read: the buffer holds no more than it may, what was offered
    /// once is never taken back (SHLD-14), and what is read is what was sent.
    #[test]
    fn it_keeps_to_its_buffer_and_to_its_word(
        capacity in 1_usize..2000, mss in 48_u16..500, end in 0_u64..3000,
        steps in prop::collection::vec(step(), 1..200),
    ) {
        let mut receiver = without_options(capacity, mss);
        let mut read = Vec::new();
        let edge = |receiver: &Receiver| receiver.nxt() + receiver.window();
        for step in steps {
            let before = (receiver.nxt(), edge(&receiver));
            match step {
                Step::Arrives { ahead, len } => {
                    let from = (receiver.nxt().since(place(0)) as i64 + ahead).max(1) as u64;
                    let from = from.min(end + 1);
                    let len = len.min(end + 1 - from);
                    let fin = from + len == end + 1;
                    if receiver.accepts(place(from), len + u64::from(fin)) {
                        receiver.arrive(place(from), text(from, len), fin);
                    }
                }
                Step::Reads { max } => read.extend(receiver.read(max).to_vec()),
                Step::Offers => prop_assert_eq!(u64::from(offer(&mut receiver)), receiver.window()),
            }
            prop_assert!(receiver.nxt() >= before.0);
            prop_assert!(receiver.is_finished() || edge(&receiver) >= before.1, "the edge moved left");
            let held = receiver.unread() as usize + receiver.waiting();
            prop_assert!(held <= capacity, "{} bytes in {}", held, capacity);
            prop_assert!(receiver.nxt() <= place(end + 2));
        }
        read.extend_from_slice(&read_all(&mut receiver));
        prop_assert_eq!(&read[..], &text(1, read.len() as u64)[..]);
        prop_assert!(!receiver.is_finished() || read.len() as u64 == end);
    }
}

proptest! {
    /// RFC 2018 section 3: a block is a run as it stands, with nothing beside it.
    #[test]
    fn blocks_are_whole_runs(segments in prop::collection::vec((0_u64..300, 0_u64..20, 0_u32..20), 1..80)) {
        let mut receiver =
            Receiver::new(IRS, 1000, 100, &Agreed { sack: true, ..Agreed::default() });
        for (from, len, luck) in segments {
            receiver.arrive(place(from), text(from, len), luck == 0 && from > 200);
            let blocks = receiver.sack_blocks(4);
            for (index, block) in blocks.as_slice().iter().enumerate() {
                let (start, end) = (receiver.nxt().nearest(block.start), receiver.nxt().nearest(block.end));
                let is_duplicate = index == 0 && (start < receiver.nxt() || receiver.held_at(start) != Some(start..end));
                prop_assert!(is_duplicate || receiver.held_at(start) == Some(start..end), "{blocks:?}");
            }
            let first = blocks.as_slice().iter().next();
            prop_assert_eq!(first.is_none() && receiver.waiting() > 0, false, "something waits, and nothing is reported");
        }
    }
}
