//! The draft's example test cases about Startup and Drain.

use super::*;

#[test]
fn startup_ends_on_a_plateau_of_three_rounds_and_knows_the_bandwidth_by_then() {
    let mut path = Path::bulk(Link::new(50.0, 40));
    path.run_to(State::Drain);
    let found = path.bbr().max_bandwidth.get();
    assert!((found / path.link.rate - 1.0).abs() < 0.02, "{found}");
    assert!(path.bbr().full_pipe.reached && path.bbr().full_pipe.now);
    // 10 segments double to the 167 of the path in about 4 rounds; then 3 of them grow no more.
    assert!(path.now < Time::from_millis(9 * 40 + 40), "{:?}", path.now);
}
