use super::*;
use crate::quantity::Probability;

const START: Duration = Duration::ZERO;
const MS: Duration = Duration::from_millis(1);
const SEED: u64 = 30;

/// A packet of a hundred bytes, known by its number. It remembers the bits flipped in it.
#[derive(Debug, Clone, PartialEq)]
struct Hundred {
    number: u32,
    flipped: Vec<usize>,
    marked: bool,
}

impl Packet for Hundred {
    fn len(&self) -> usize {
        100
    }

    fn is_data(&self) -> bool {
        true
    }

    fn corrupt(&mut self, bit: usize) {
        assert!(bit < 8 * self.len());
        self.flipped.push(bit);
    }

    /// The odd ones can't be marked.
    fn mark(&mut self) -> bool {
        self.marked = self.number.is_multiple_of(2);
        self.marked
    }
}

fn packet(number: u32) -> Hundred {
    Hundred { number, flipped: Vec::new(), marked: false }
}

fn link(faults: Faults) -> Link<Hundred> {
    Link::new(faults, SEED)
}

/// Sends packets 0, 1, ... of which the n-th enters at n times `every`.
fn send(link: &mut Link<Hundred>, packets: u32, every: Duration) -> Vec<Verdict> {
    (0..packets).map(|n| link.push(n * every, packet(n))).collect()
}

/// Everything under way, with the time at which it is due.
fn arrivals(link: &mut Link<Hundred>) -> Vec<(Duration, Hundred)> {
    core::iter::from_fn(|| {
        let at = link.next_delivery()?;
        link.pop(at).map(|packet| (at, packet))
    })
    .collect()
}

fn numbers(link: &mut Link<Hundred>) -> Vec<u32> {
    arrivals(link).into_iter().map(|(_, packet)| packet.number).collect()
}

fn dropped(verdicts: &[Verdict]) -> Vec<Option<DropReason>> {
    verdicts.iter().map(|verdict| verdict.dropped).collect()
}

/// How often something is said of ten thousand packets, sent a second apart.
fn count(faults: Faults, said: impl Fn(&Verdict) -> bool) -> usize {
    send(&mut link(faults), 10_000, 1000 * MS).iter().filter(|verdict| said(verdict)).count()
}

#[test]
fn a_perfect_link_hands_over_at_once_in_order() {
    let mut link = link(Faults::default());
    assert!(link.is_transparent());
    let verdicts = send(&mut link, 3, START);
    assert_eq!(verdicts, [Verdict::default(); 3]);
    assert_eq!((link.in_transit(), link.next_delivery()), (3, Some(START)));
    assert_eq!(numbers(&mut link), [0, 1, 2]);
    assert_eq!((link.in_transit(), link.next_delivery(), link.pop(Duration::MAX)), (0, None, None));
}

#[test]
fn nothing_arrives_before_the_delay_has_passed() {
    let mut link = link(Faults { delay: 50 * MS, ..Faults::default() });
    assert!(!link.is_transparent());
    link.push(7 * MS, packet(0));
    assert_eq!(link.next_delivery(), Some(57 * MS));
    assert_eq!(link.pop(57 * MS - Duration::from_nanos(1)), None);
    assert_eq!(link.pop(57 * MS), Some(packet(0)));
}

#[test]
fn the_rate_spaces_packets_and_the_delay_comes_after() {
    // A packet of 100 bytes takes 10 ms at 80 kbit/s.
    let mut link = link(Faults { rate: "80kbit".parse().ok(), delay: 50 * MS, ..Faults::default() });
    send(&mut link, 3, START);
    link.push(100 * MS, packet(3));
    let times: Vec<_> = arrivals(&mut link).into_iter().map(|(at, _)| at).collect();
    assert_eq!(times, [60 * MS, 70 * MS, 80 * MS, 160 * MS]);
}

#[test]
fn a_full_queue_drops_the_last_to_come() {
    let mut link = link(Faults { rate: "80kbit".parse().ok(), queue: Some(250), ..Faults::default() });
    let dropped = dropped(&send(&mut link, 4, START));
    assert_eq!(dropped, [None, None, Some(DropReason::QueueFull), Some(DropReason::QueueFull)]);
    assert_eq!(numbers(&mut link), [0, 1]);
}

#[test]
fn a_lost_packet_takes_no_room_on_the_line() {
    let mut link = link(Faults {
        drop: vec!["data:1-2".parse().unwrap()],
        rate: "80kbit".parse().ok(),
        ..Faults::default()
    });
    let dropped = dropped(&send(&mut link, 3, START));
    assert_eq!(dropped, [Some(DropReason::Scripted), Some(DropReason::Scripted), None]);
    assert_eq!(link.next_delivery(), Some(10 * MS));
}

#[test]
fn jitter_spreads_arrivals_evenly_up_to_its_bound() {
    let mut link = link(Faults { delay: 50 * MS, jitter: 20 * MS, ..Faults::default() });
    send(&mut link, 10_000, 1000 * MS);
    let extra: Vec<Duration> =
        arrivals(&mut link).iter().map(|(at, packet)| *at - packet.number * 1000 * MS - 50 * MS).collect();
    assert!(extra.iter().all(|extra| *extra < 20 * MS));
    // A tenth of them in each tenth: 1000, the standard deviation is 30: four of them.
    for tenth in 0..10 {
        let bounds = 2 * tenth * MS..2 * (tenth + 1) * MS;
        let within = extra.iter().filter(|extra| bounds.contains(extra)).count();
        assert!(within.abs_diff(1000) < 120, "{tenth}: {within}");
    }
}

#[test]
fn jitter_alone_keeps_the_order() {
    let mut link = link(Faults { jitter: 20 * MS, ..Faults::default() });
    send(&mut link, 1000, MS);
    assert_eq!(numbers(&mut link), (0..1000).collect::<Vec<_>>());
}

#[test]
fn a_reordered_packet_is_overtaken_by_those_sent_while_it_is_held() {
    let mut faults = Faults { delay: 50 * MS, reorder: "10%,25ms".parse().unwrap(), ..Faults::default() };
    let mut link = Link::new(faults.clone(), SEED);
    let verdicts = send(&mut link, 1000, 10 * MS);
    for (at, packet) in arrivals(&mut link) {
        let held = if verdicts[packet.number as usize].reordered { 25 * MS } else { START };
        assert_eq!(at, packet.number * 10 * MS + 50 * MS + held);
    }
    // 1000, the standard deviation is 30: four of them.
    faults.delay = START;
    assert!(count(faults, |verdict| verdict.reordered).abs_diff(1000) < 120);
}

#[test]
fn a_duplicate_follows_its_original() {
    let mut link = link(Faults { duplicate: Probability::ALWAYS, delay: 5 * MS, ..Faults::default() });
    assert!(send(&mut link, 2, START).iter().all(|verdict| verdict.duplicated));
    assert_eq!(link.in_transit(), 4);
    assert_eq!(numbers(&mut link), [0, 0, 1, 1]);
    // 200, the standard deviation is 14: four of them.
    let some = Faults { duplicate: "2%".parse().unwrap(), ..Faults::default() };
    assert!(count(some, |verdict| verdict.duplicated).abs_diff(200) < 56);
}

#[test]
fn a_duplicate_takes_its_own_room_and_is_left_out_if_there_is_none() {
    let faults = Faults {
        duplicate: Probability::ALWAYS,
        rate: "80kbit".parse().ok(),
        queue: Some(300),
        ..Faults::default()
    };
    let mut link = link(faults);
    let duplicated: Vec<bool> = send(&mut link, 2, START).iter().map(|verdict| verdict.duplicated).collect();
    assert_eq!(duplicated, [true, false]);
    let due: Vec<_> = arrivals(&mut link).into_iter().map(|(at, packet)| (at, packet.number)).collect();
    assert_eq!(due, [(10 * MS, 0), (20 * MS, 0), (30 * MS, 1)]);
}

#[test]
fn corruption_flips_one_bit_anywhere_in_the_packet() {
    let mut link = link(Faults { corrupt: Probability::ALWAYS, ..Faults::default() });
    assert!(send(&mut link, 10_000, START).iter().all(|verdict| verdict.corrupted));
    let mut hit = [false; 800];
    for (_, packet) in arrivals(&mut link) {
        let [bit] = packet.flipped[..] else { panic!("not one bit: {packet:?}") };
        hit[bit] = true;
    }
    // Each of 800 bits is missed by 10,000 flips with a probability of 4e-6.
    assert!(hit.iter().all(|&hit| hit));
    // 100, the standard deviation is 10: four of them.
    let some = Faults { corrupt: "1%".parse().unwrap(), ..Faults::default() };
    assert!(count(some, |verdict| verdict.corrupted).abs_diff(100) < 40);
}

#[test]
fn a_blackout_loses_what_enters_and_lets_arrive_what_is_under_way() {
    let mut link =
        link(Faults { delay: 50 * MS, blackout: vec!["10ms..20ms".parse().unwrap()], ..Faults::default() });
    let dropped = dropped(&send(&mut link, 4, 9 * MS));
    assert_eq!(dropped, [None, None, Some(DropReason::Blackout), None]);
    assert_eq!(numbers(&mut link), [0, 1, 3]);
}

#[test]
fn a_link_holds_only_so_many_packets() {
    let faults = Faults { delay: 1000 * MS, duplicate: Probability::ALWAYS, ..Faults::default() };
    let mut link = link(faults);
    let verdicts = send(&mut link, MAX_IN_TRANSIT as u32 / 2 + 1, START);
    let (last, before) = verdicts.split_last().unwrap();
    assert!(before.iter().all(|verdict| verdict.duplicated && verdict.dropped.is_none()));
    assert_eq!(last.dropped, Some(DropReason::QueueFull));
    assert_eq!(link.in_transit(), MAX_IN_TRANSIT);
    link.pop(1000 * MS);
    assert_eq!(link.push(START, packet(0)), Verdict::default());
}

#[test]
fn endless_times_do_not_panic() {
    let faults = Faults {
        delay: Duration::MAX,
        jitter: Duration::MAX,
        reorder: "100%".parse().unwrap(),
        rate: "1bit".parse().ok(),
        ..Faults::default()
    };
    let mut link = link(faults);
    assert!(link.push(Duration::MAX, packet(0)).reordered);
    assert_eq!(link.next_delivery(), Some(Duration::MAX));
}

#[test]
fn the_waiting_time_is_that_of_the_packets_before() {
    let rate = Some("800kbit".parse().unwrap());
    let mut link = link(Faults { rate, delay: 50 * MS, ..Faults::default() });
    assert_eq!(link.waiting_time(START), START);
    send(&mut link, 3, START);
    // Each of the three takes a millisecond.
    assert_eq!(link.waiting_time(START), 3 * MS);
    assert_eq!(link.waiting_time(2 * MS), MS);
    assert_eq!(link.waiting_time(9 * MS), START);
}

#[test]
fn a_long_queue_marks_what_can_be_marked_and_loses_nothing() {
    let faults = Faults { rate: Some("800kbit".parse().unwrap()), mark: Some(250), ..Faults::default() };
    let mut link = link(faults);
    let verdicts = send(&mut link, 6, START);
    let marked: Vec<_> = verdicts.iter().map(|verdict| verdict.marked).collect();
    assert_eq!(marked, [false, false, false, false, true, false]);
    let arrived: Vec<_> = arrivals(&mut link).into_iter().map(|(_, packet)| packet.marked).collect();
    assert_eq!(arrived, marked);
}

#[test]
fn what_is_too_large_vanishes() {
    let lost = |mtu| send(&mut link(Faults { mtu: Some(mtu), ..Faults::default() }), 1, START)[0].dropped;
    assert_eq!(lost(99), Some(DropReason::TooLarge));
    assert_eq!(lost(100), None);
}
