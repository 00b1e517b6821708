use super::*;

#[test]
fn a_percentile_is_one_of_the_values() {
    let hundred: Vec<u32> = (1..=100).collect();
    assert_eq!(percentile(&hundred, 50.0), Some(50));
    assert_eq!(percentile(&hundred, 99.0), Some(99));
    assert_eq!(percentile(&hundred, 100.0), Some(100));
    assert_eq!(percentile(&hundred, 0.0), Some(1));
    assert_eq!(percentile(&[7], 95.0), Some(7));
    assert_eq!(percentile::<u32>(&[], 95.0), None);
}

#[test]
fn jains_index_is_one_for_equals_and_one_nth_if_one_has_all() {
    assert_eq!(jain([3.0, 3.0, 3.0]), 1.0);
    assert_eq!(jain([5.0, 0.0, 0.0, 0.0]), 0.25);
    assert_eq!(jain([2.0, 1.0]), 0.9);
    assert_eq!(jain([0.0, 0.0]), 1.0);
}
