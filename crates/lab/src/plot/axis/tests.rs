use super::*;

fn labels(top: f64, wanted: f64) -> String {
    let axis = Axis::new(top, wanted);
    axis.ticks().map(|tick| axis.label(tick)).collect::<Vec<_>>().join(" ")
}

#[test]
fn ticks_stand_at_round_numbers_and_reach_the_top() {
    assert_eq!(labels(20.0, 4.0), "0 5 10 15 20");
    assert_eq!(labels(19.36, 4.0), "0 5 10 15 20");
    assert_eq!(labels(0.7, 3.0), "0.00 0.25 0.50 0.75");
    assert_eq!(labels(230.0, 4.0), "0 100 200 300");
    assert_eq!(labels(30.0, 6.0), "0 5 10 15 20 25 30");
}

#[test]
fn an_axis_without_values_still_has_one() {
    assert_eq!(labels(0.0, 4.0), "0.00 0.25 0.50 0.75 1.00");
    assert_eq!(labels(f64::NAN, 1.0), "0 1");
}
