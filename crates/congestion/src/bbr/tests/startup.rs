//! The draft's example test cases about Startup and Drain.

use super::*;

#[test]
fn startup_ends_on_a_plateau_of_three_rounds_and_knows_the_bandwidth_by_then() {
    let mut path = Path::bulk(Link::new(50.0, 40));
    path.run_to(State::Drain);
    let found = path.bbr().max_bandwidth.get();
    assert!((found / path.link.rate - 1.0).abs() < 0.02, "{found}");
    assert!(path.bbr().full_pipe.reached && path.bbr().full_pipe.now);
    // Five rounds from 10 segments to the 167 of the path; then, twice as long by the queue, one that is still
    // found to have grown and three that aren't.
    assert!(path.now < Time::from_millis((5 + 2 * 4 + 1) * 40), "{:?}", path.now);
}
