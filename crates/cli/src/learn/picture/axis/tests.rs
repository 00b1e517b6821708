use super::*;

fn labels(from: f64, to: f64) -> Vec<String> {
    let axis = Axis::new(from, to, 5.0);
    axis.marks().map(|mark| axis.label(mark)).collect()
}

#[test]
fn marks_are_round_and_within_the_axis() {
    assert_eq!(labels(0.0, 1.0), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    assert_eq!(labels(0.0, 67.0), ["0", "20", "40", "60"]);
    assert_eq!(labels(0.93, 1.02), ["0.94", "0.96", "0.98", "1.00", "1.02"]);
    assert_eq!(labels(3.0, 3.0), ["3.0", "3.2", "3.4", "3.6", "3.8", "4.0"], "an axis has a length");
}

#[test]
fn what_lies_beyond_is_at_the_edge() {
    let axis = Axis::new(10.0, 20.0, 5.0);
    assert_eq!([axis.share(5.0), axis.share(15.0), axis.share(25.0)], [0.0, 0.5, 1.0]);
}
