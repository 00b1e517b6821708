use crate::{Outcome, Script, run};

const OPEN: &str = "
--profile=classic --mss=1000
0  socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1000>
.1 < . 1:1(0) ack 1 win 257
+0 accept(3, ..., ...) = 4
";

fn outcome(rest: &str) -> Outcome {
    let script =
        Script::parse("test.pkt", &format!("{OPEN}{rest}")).unwrap_or_else(|error| panic!("{error}"));
    run(&script, None).unwrap_or_else(|error| panic!("{error}"))
}

/// The failure's first line and what it says of each difference; nothing if the script passes.
fn failure(rest: &str) -> String {
    let outcome = outcome(rest);
    if outcome.passed() { String::new() } else { outcome.to_string() }
}

#[test]
fn what_is_as_expected_passes() {
    assert_eq!(failure("+0 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1"), "");
}

#[test]
fn each_difference_is_told_and_marked() {
    let text = failure("+0 write(4, ..., 100) = 100\n+.2 > . 1:100(99) ack 2 win 9 <nop,nop,sackOK>");
    let expected = "FAILED  test.pkt
test.pkt:11: the engine sent something else
  expected  0.300000s > . 1:100(99) ack 2 win 9 <nop,nop,sackOK>
            ^^^^^^^^^   ^ ^^^^^^^^^ ^^^^^ ^^^^^ ^^^^^^^^^^^^^^^^
  found     0.100000s > P. 1:101(100) ack 1 win 65535
            ^^^^^^^^^   ^^ ^^^^^^^^^^ ^^^^^ ^^^^^^^^^
  time: expected 0.300000s, found 0.100000s
  flags: expected ., found P.
  seq: expected 1:100(99), found 1:101(100)
  ack: expected ack 2, found ack 1
  win: expected win 9, found win 65535
  options: expected <nop,nop,sackOK>, found none
the exchange so far:
";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.ends_with("  0.100000s > P. 1:101(100) ack 1 win 65535"), "{text}");
    assert!(text.contains("| sent: the application has data to send (RFC 9293 3.10.2)"), "{text}");
}

#[test]
fn a_time_may_be_off_by_the_tolerance_and_no_more() {
    let write = "+0 write(4, ..., 100) = 100\n";
    assert_eq!(failure(&format!("{write}+.004 > P. 1:101(100) ack 1")), "");
    assert!(failure(&format!("{write}+.005 > P. 1:101(100) ack 1")).contains("time: expected"));
    assert_eq!(failure(&format!("{write}+0~+.5 > P. 1:101(100) ack 1")), "");
    assert_eq!(failure(&format!("{write}* > P. 1:101(100) ack 1")), "");
}

#[test]
fn silence_and_surprises_fail() {
    let silent = failure("+0 > . 1:1(0) ack 1");
    assert!(silent.contains("test.pkt:10: the engine sent nothing until"), "{silent}");
    let write = "+0 write(4, ..., 100) = 100\n";
    assert!(
        failure(write).contains("at the end the engine also sent\n  found     0.100000s > P. 1:101(100)")
    );
    let late = failure(&format!("{write}+.1 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1"));
    assert!(late.contains("test.pkt:11: before this the engine sent"), "{late}");
}

#[test]
fn calls_are_held_to_their_results() {
    let text = failure("+0 read(4, ..., 100) = 0");
    assert!(text.contains("expected  0\n  found     -1 EAGAIN"), "{text}");
    let early =
        failure("+0...0.5 read(4, ..., 100) = 10\n+.1 < P. 1:11(10) ack 1 win 257\n+.2 > . 1:1(0) ack 11");
    assert!(early.contains("the call returned at 0.200000s, not at 0.600000s"), "{early}");
    let never = failure("+0...0.5 read(4, ..., 100) = 10");
    assert!(never.contains("the call has not returned by"), "{never}");
}

#[test]
fn conditions_speak_linux_and_our_own_names() {
    assert_eq!(
        failure("+0 %{ assert tcpi_state == TCP_ESTABLISHED and cwnd == 1020 and tcpi_snd_cwnd == 1 }%"),
        ""
    );
    assert_eq!(failure("+0 %{ assert seen(\"SynAcknowledged\") == 1; assert not (rto > 1000000) }%"), "");
    let text = failure("+0 %{ assert tcpi_snd_cwnd == 10, tcpi_snd_cwnd }%");
    assert!(text.contains("test.pkt:10: not true: tcpi_snd_cwnd == 10\n  tcpi_snd_cwnd is 1\n"), "{text}");
}

#[test]
fn what_is_not_known_is_an_error() {
    for rest in [
        "+0 %{ assert tcpi_nonsense == 1 }%",
        "+0 %{ assert seen(\"Nonsense\") == 1 }%",
        "+0 ioctl(4) = 0",
        "+0 setsockopt(4, SOL_SOCKET, SO_NONSENSE, [1], 4) = 0",
    ] {
        let script = Script::parse("test.pkt", &format!("{OPEN}{rest}")).expect(rest);
        let error = run(&script, None).expect_err(rest).to_string();
        assert!(error.starts_with("test.pkt:10:"), "{error}");
    }
}
