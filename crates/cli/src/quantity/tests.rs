use super::*;

#[test]
fn bytes_have_three_digits_and_at_most_five_letters() {
    let table = [
        (0.0, "0"),
        (812.0, "812"),
        (999.4, "999"),
        (999.6, "1.00k"),
        (8192.0, "8.19k"),
        (99_949.0, "99.9k"),
        (123_456.0, "123k"),
        (999_600.0, "1.00M"),
        (80_100_000.0, "80.1M"),
        (1.25e9, "1.25G"),
        (7e12, "7.00T"),
    ];
    for (amount, text) in table {
        assert_eq!(bytes(amount), text);
        assert!(text.len() <= 5);
    }
}

#[test]
fn times_have_at_most_five_letters() {
    let table = [
        (0, "0us"),
        (999, "999us"),
        (1234, "1.2ms"),
        (48_300, "48ms"),
        (999_499, "999ms"),
        (999_500, "1.0s"),
        (64_000_000, "64.0s"),
        (120_000_000, "120s"),
    ];
    for (time, text) in table {
        assert_eq!(micros(time), text);
    }
}

#[test]
fn spans_name_their_two_largest_units() {
    let table = [(0, "0s"), (59, "59s"), (187, "3m 07s"), (18_125, "5h 02m"), (273_600, "3d 04h")];
    for (seconds, text) in table {
        assert_eq!(span(Duration::from_secs(seconds)), text);
    }
}

#[test]
fn an_address_has_a_second_port_where_there_are_two() {
    let udp = "127.0.0.1:12345".parse().expect("an address");
    assert_eq!(address(udp, 12345), "127.0.0.1:12345");
    assert_eq!(address(udp, 50_000), "127.0.0.1:12345/50000");
}

#[test]
fn what_is_counted_has_a_plural() {
    assert_eq!([0, 1, 5000].map(|count| counted(count, "row")), ["0 rows", "1 row", "5,000 rows"]);
}
