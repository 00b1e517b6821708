//! What theory says of the controllers, held against what they do.

use std::time::Duration;

use lucid_lab::tables::reno_rate;
use lucid_lab::{Contender, Group, Path, Point, SEED, Scenario, parallel};

fn contender(name: &str) -> Contender {
    Contender::named(name).expect("it is one of ours")
}

/// One long flow.
fn alone(name: &str, path: &Path, length: Duration) -> Scenario {
    Scenario::new(path.clone(), vec![Group::long(&contender(name), 1)], length)
}

/// Payload per second of one long flow, on average over some seeds.
fn rate(name: &str, path: &Path) -> f64 {
    let seeds: Vec<u64> = (SEED..SEED + 4).collect();
    let warm_up = Duration::from_secs(5);
    let rates = parallel(&seeds, |&seed| {
        let report = Scenario { seed, warm_up, ..alone(name, path, Duration::from_secs(35)) }.run();
        report.utilisation() * report.capacity(warm_up, report.ended) / (report.ended - warm_up).as_secs_f64()
    });
    rates.iter().sum::<f64>() / rates.len() as f64
}

/// Mathis, Semke, Mahdavi, Ott 1997: 1.22 MSS / (RTT sqrt(p)) for losses at regular distances. Losses that know nothing
/// of each other give up to 1.31, timeouts and delayed acknowledgments a little less.
#[test]
fn newreno_gets_under_random_loss_what_theory_gives_it() {
    for percent in [0.1, 0.2, 0.5, 1.0] {
        let path = Path::of(100.0, 50).loss(percent);
        let theory = reno_rate(&path, percent / 100.0).expect("something is lost");
        let part = rate("newreno", &path) / theory;
        assert!((0.8..1.3).contains(&part), "{percent} % lost: {part:.3} of what theory gives");
    }
}

/// RFC 9438 4.3: where Reno is faster, CUBIC grows so that it gets what Reno gets.
#[test]
fn cubic_is_renos_friend_where_windows_are_small() {
    for percent in [0.5, 1.0, 2.0] {
        let path = Path::of(20.0, 20).loss(percent);
        let part = rate("cubic", &path) / rate("newreno", &path);
        assert!((0.85..1.4).contains(&part), "{percent} % lost: {part:.3} of what NewReno gets");
    }
}

/// RFC 9438 4.2: after a loss the window follows C (t - K)^3 + W_max, with C = 0.4 and K so that it begins at 0.7 W_max.
#[test]
fn cubic_follows_its_curve() {
    // One loss, then none: the line is faster than the window can be.
    let mut path = Path::of(900.0, 100);
    path.drop = vec!["data:1000".parse().expect("a drop")];
    let length = Duration::from_secs(25);
    let report = Scenario { samples: 2500, ..alone("cubic", &path, length) }.run();
    assert_eq!((report.overflowed(), report.retransmissions()), (0, 1), "one segment is lost, and no other");

    let flow = &report.flows[0];
    let mss = f64::from(flow.mss);
    let begin = after_the_cut(&flow.curve);
    let (start, first) = (begin[0].at.as_secs_f64(), begin[0].cwnd / mss);
    let w_max = first / 0.7;
    let k = (w_max * 0.3 / 0.4).cbrt();
    let mut checked = 0;
    for point in begin {
        let t = point.at.as_secs_f64() - start;
        let expected = 0.4 * (t - k).powi(3) + w_max;
        let part = point.cwnd / mss / expected;
        assert!((part - 1.0).abs() < 0.04, "{t:.2} s after it began, {part:.3} of {expected:.0} segments");
        checked += usize::from(t > k);
    }
    assert!(checked > 100, "the curve's convex part is checked, too: K is {k:.1} s");
}

/// The curve from where the window begins to grow again after it was cut.
fn after_the_cut(curve: &[Point]) -> &[Point] {
    let cut = curve.windows(2).position(|pair| pair[1].cwnd < 0.9 * pair[0].cwnd).expect("the window is cut");
    let curve = &curve[cut + 1..];
    let grows = curve.windows(2).position(|pair| pair[1].cwnd > pair[0].cwnd).expect("it grows again");
    &curve[grows..]
}

/// RFC 9406: a growing round trip ends slow start. It is seen up to two rounds late, at three bandwidth-delay products;
/// five conservative rounds, each a quarter more, make nine of them, and bursts add to it. A path and a queue of fifteen hold
/// that.
#[test]
fn hystart_ends_slow_start_before_the_queue_overflows() {
    let overflowed = |name: &str, rtt| {
        let path = Path::of(100.0, rtt).queue(14.0);
        alone(name, &path, path.rtt * 60).run().overflowed()
    };
    for rtt in [20, 50] {
        assert_eq!(overflowed("newreno", rtt), 0, "{rtt} ms: slow start overflows the queue");
        assert!(overflowed("tahoe", rtt) > 0, "{rtt} ms: nor does Tahoe's, which knows no HyStart++");
    }
}

/// BBR keeps about a bandwidth-delay product in flight, however large the queue is.
#[test]
fn bbrs_queue_is_bounded_by_the_path_not_by_the_room_there_is() {
    for queue in [2.0, 10.0] {
        let path = Path::of(20.0, 40).queue(queue);
        let warm_up = Duration::from_secs(10);
        let report = Scenario { warm_up, ..alone("bbr", &path, Duration::from_secs(40)) }.run();
        let [median, most] = [50.0, 95.0].map(|percent| report.queueing_delay(percent));
        assert!(median <= Duration::from_millis(10), "queue of {queue} BDP: half wait {median:?} or more");
        assert!(most <= path.rtt, "queue of {queue} BDP: five in a hundred wait {most:?} or more");
        assert!(report.utilisation() > 0.93, "queue of {queue} BDP: {} used", report.utilisation());
    }
}
