use super::*;
use proptest::prelude::*;

/// The positions up to 20 that a script means.
fn meant(word: &str) -> Vec<u64> {
    let (Drop::Data(positions) | Drop::Any(positions)) =
        word.parse().unwrap_or_else(|error: ParseError| panic!("{error}"));
    (0..=20).filter(|&k| positions.contains(k)).collect()
}

#[test]
fn a_script_is_read_as_people_write_it() {
    assert_eq!(meant("data:7,12"), [7, 12]);
    assert_eq!(meant("data:7-9"), [7, 8, 9]);
    assert_eq!(meant("any: 3"), [3]);
    assert_eq!(meant("3"), [3]);
    assert_eq!(meant("12, 2-4 ,3-6,1"), [1, 2, 3, 4, 5, 6, 12]);
}

#[test]
fn data_and_any_are_different_counts() {
    assert!(matches!("data:1".parse(), Ok(Drop::Data(_))));
    assert!(matches!("any:1".parse(), Ok(Drop::Any(_))));
    assert!(matches!("1".parse(), Ok(Drop::Any(_))));
}

#[test]
fn a_script_prints_sorted_and_joined() {
    for (word, printed) in
        [("data:12,7", "data:7,12"), ("3", "any:3"), ("5-6,1,2,6-9", "any:1-2,5-9"), ("any:7-7", "any:7")]
    {
        assert_eq!(word.parse::<Drop>().map(|drop| drop.to_string()), Ok(printed.to_owned()), "{word}");
    }
}

#[test]
fn a_bad_script_says_what_is_wrong_and_shows_a_good_one() {
    for (word, problem) in [
        ("ack:3", "counted as `data` or `any`"),
        ("data:", "not a list of packet numbers"),
        ("data:x", "not a list of packet numbers"),
        ("data:1,,2", "not a list of packet numbers"),
        ("data:0", "count from 1"),
        ("data:9-7", "ranges run upwards"),
    ] {
        let error = word.parse::<Drop>().expect_err(word).to_string();
        assert!(
            error.contains(problem) && error.ends_with("write for example data:7,12 or any:3-5"),
            "{error}"
        );
    }
}

#[test]
fn what_arrives_through_serde_is_checked_too() {
    let drop: Drop = "data:7,9-12".parse().unwrap();
    let json = serde_json::to_string(&drop).unwrap();
    assert_eq!(json, r#"{"Data":[[7,7],[9,12]]}"#);
    assert_eq!(serde_json::from_str::<Drop>(&json).unwrap(), drop);
    assert!(serde_json::from_str::<Drop>(r#"{"Data":[[0,3]]}"#).is_err());
    assert!(serde_json::from_str::<Drop>(r#"{"Any":[[9,7]]}"#).is_err());
}

proptest! {
    #[test]
    fn positions_are_the_union_of_their_ranges(
        ranges in prop::collection::vec((1_u64..60, 0_u64..8), 1..8),
        k in 0_u64..80,
    ) {
        let ranges: Vec<_> = ranges.into_iter().map(|(first, more)| first..=first + more).collect();
        let positions = Positions::new(ranges.clone()).unwrap();
        prop_assert_eq!(positions.contains(k), ranges.iter().any(|range| range.contains(&k)));
        prop_assert_eq!(positions.to_string().parse(), Ok(positions));
    }
}
