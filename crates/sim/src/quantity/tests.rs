use super::*;
use proptest::prelude::*;

fn probability(word: &str) -> f64 {
    word.parse::<Probability>().unwrap_or_else(|error| panic!("{error}")).get()
}

fn rate(word: &str) -> u64 {
    word.parse::<Rate>().unwrap_or_else(|error| panic!("{error}")).bits_per_second()
}

#[test]
fn a_probability_is_read_as_percent_or_as_a_number() {
    for (word, value) in
        [("5%", 0.05), ("0.05", 0.05), ("1e-3", 0.001), ("0", 0.0), ("100%", 1.0), (" 7 % ", 0.07)]
    {
        assert_eq!(probability(word), value, "{word}");
    }
}

#[test]
fn a_word_that_is_no_probability_says_so_and_shows_one() {
    for word in ["", "%", "five", "101%", "-1%", "1.5", "nan", "inf", "5%%"] {
        let error = word.parse::<Probability>().expect_err(word).to_string();
        assert!(error.starts_with(&format!("`{word}`: ")), "{error}");
        assert!(error.ends_with("write for example 5% or 0.05"), "{error}");
    }
    let error = "5".parse::<Probability>().expect_err("500 %");
    assert_eq!(
        error.to_string(),
        "`5`: a probability lies between 0% and 100%; write for example 5% or 0.05"
    );
}

#[test]
fn a_probability_prints_as_people_write_it() {
    for word in ["0%", "5%", "7%", "0.1%", "12.5%", "100%"] {
        assert_eq!(word.parse::<Probability>().map(|p| p.to_string()), Ok(word.to_owned()));
    }
    assert_eq!(Probability::new(-0.0).map(|p| p.to_string()), Some("0%".to_owned()));
}

#[test]
fn a_rate_is_read_in_powers_of_a_thousand() {
    for (word, bits) in [
        ("10mbit", 10_000_000),
        ("1gbit", 1_000_000_000),
        ("500kbit", 500_000),
        ("8000bit", 8000),
        ("1.5 Mbit", 1_500_000),
    ] {
        assert_eq!(rate(word), bits, "{word}");
    }
}

#[test]
fn a_word_that_is_no_rate_says_so_and_shows_one() {
    for (word, problem) in [
        ("10", "needs a unit"),
        ("10mbps", "needs a unit"),
        ("fastmbit", "not a number"),
        ("-1mbit", "not a number"),
        ("99999999999gbit", "not a number"),
        ("0mbit", "nothing gets through"),
        ("0.1bit", "nothing gets through"),
    ] {
        let error = word.parse::<Rate>().expect_err(word).to_string();
        assert!(error.contains(problem) && error.ends_with("write for example 10mbit or 500kbit"), "{error}");
    }
}

#[test]
fn a_duration_is_read_to_the_nanosecond() {
    for (word, nanos) in [
        ("50ms", 50_000_000),
        ("1.5s", 1_500_000_000),
        ("200us", 200_000),
        ("200µs", 200_000),
        ("0", 0),
        ("0s", 0),
        ("3ns", 3),
        ("2min", 120_000_000_000),
        ("0.1s", 100_000_000),
    ] {
        assert_eq!(parse_duration(word), Ok(Duration::from_nanos(nanos)), "{word}");
    }
}

#[test]
fn a_word_that_is_no_duration_says_so_and_shows_one() {
    for (word, problem) in [
        ("", "needs a unit"),
        ("50", "needs a unit"),
        ("5 hours", "not a length of time"),
        ("ms", "not a length of time"),
        ("-5ms", "not a length of time"),
        ("nans", "not a length of time"),
        ("1e300s", "not a length of time"),
        ("99999999999999999999min", "not a length of time"),
    ] {
        let error = parse_duration(word).expect_err(word).to_string();
        assert!(error.contains(problem) && error.ends_with("write for example 50ms or 1.5s"), "{error}");
    }
}

#[test]
fn what_arrives_through_serde_is_checked_too() {
    assert!(serde_json::from_str::<Probability>("0.5").is_ok());
    assert!(serde_json::from_str::<Probability>("1.5").is_err());
    assert!(serde_json::from_str::<Rate>("8000").is_ok());
    assert!(serde_json::from_str::<Rate>("0").is_err());
}

proptest! {
    #[test]
    fn what_is_printed_reads_back_the_same(value in 0.0..=1.0_f64, bits in 1..=u64::MAX, nanos: u64) {
        let probability = Probability::new(value).unwrap();
        prop_assert_eq!(probability.to_string().parse(), Ok(probability));
        let rate = Rate::from_bits_per_second(bits).unwrap();
        prop_assert_eq!(rate.to_string().parse(), Ok(rate));
        prop_assert_eq!(parse_duration(&format!("{nanos}ns")), Ok(Duration::from_nanos(nanos)));
    }

    #[test]
    fn no_word_makes_a_parser_panic(word in ".*") {
        let _ = word.parse::<Probability>();
        let _ = word.parse::<Rate>();
        let _ = parse_duration(&word);
        let _ = word.parse::<crate::Drop>();
        let _ = word.parse::<crate::Burst>();
        let _ = word.parse::<crate::Reorder>();
        let _ = word.parse::<crate::Blackout>();
    }
}
