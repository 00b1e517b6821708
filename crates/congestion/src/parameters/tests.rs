use super::*;
use crate::fixtures::{ack, classic};
use crate::{Algorithm, Controller, Reno};

#[test]
fn a_segment_of_no_bytes_becomes_one_of_one_byte() {
    let mut reno = Reno::new(Parameters { smss: 0, initial_window: 0.0, ..classic() });
    assert_eq!(reno.window(), 1.0);
    reno.on_ack(&ack(1.0));
    assert_eq!(reno.window(), 2.0);
}

#[test]
fn values_out_of_range_are_brought_into_it() {
    for odd in [f64::NAN, f64::NEG_INFINITY, -1.0, 0.0] {
        let parameters = Parameters { initial_window: odd, initial_slow_start_threshold: odd, ..classic() };
        let reno = Reno::new(parameters);
        assert_eq!((reno.window(), reno.slow_start_threshold()), (1024.0, 2048.0), "from {odd}");
    }
    let endless = f64::INFINITY;
    let reno = Reno::new(Parameters {
        smss: u32::MAX,
        initial_window: endless,
        initial_slow_start_threshold: endless,
        ..classic()
    });
    assert_eq!(reno.window(), Parameters::MAX_WINDOW);
    assert_eq!(reno.slow_start_threshold(), Parameters::MAX_WINDOW);
}

/// RFC 5681 section 3.1, the bounds of IW on either side of where they change.
#[test]
fn the_initial_window_is_two_to_four_segments() {
    for (smss, segments) in [(536, 4.0), (1095, 4.0), (1096, 3.0), (2190, 3.0), (2191, 2.0), (9000, 2.0)] {
        assert_eq!(Parameters::rfc_5681_initial_window(smss), segments * f64::from(smss), "SMSS {smss}");
    }
}

#[test]
fn a_connection_by_rfc_5681_starts_slowly_whatever_the_algorithm() {
    for algorithm in Algorithm::ALL {
        let controller = algorithm.build(Parameters::rfc_5681(1460));
        assert_eq!(controller.window(), 3.0 * 1460.0);
        assert_eq!(controller.phase(), crate::Phase::SlowStart);
    }
}
