use std::time::Duration;

use crate::{Action, Argument, CallResult, Packet, Script, When};

fn parsed(text: &str) -> Script {
    Script::parse("test.pkt", text).unwrap_or_else(|error| panic!("{error}"))
}

fn packet(text: &str) -> Packet {
    match parsed(text).events.remove(0).action {
        Action::Inbound(packet) | Action::Outbound(packet) => packet,
        other => panic!("{text}: {other:?}"),
    }
}

fn error(text: &str) -> String {
    Script::parse("test.pkt", text).expect_err(text).to_string()
}

/// What is printed in a failure is what one could have written.
#[test]
fn a_segment_is_shown_as_it_is_written() {
    for text in [
        "S 0:0(0) win 32792 <mss 1000,sackOK,nop,nop,nop,wscale 7>",
        "S. 0:0(0) ack 1 win 5792 <mss 1460,sackOK,TS val 100 ecr 200>",
        "P. 1:1001(1000) ack 1 win 257 urg 7 <nop,nop,sack 1001:2001 3001:4001>",
        "[ce] P. 1:1001(1000) ack 1",
        "[port 5001] [ect0] . 1:1(0) ack 1 <TS val * ecr 7,eol>",
        ".EW 1:1(0) ack 1 <uto 20,kind 254 beef>",
        "- 1:1(0)",
        "R -1:-1(0) <...>",
    ] {
        assert_eq!(packet(&format!("> {text}")).to_string(), text);
    }
}

#[test]
fn times_are_absolute_relative_ranges_or_any() {
    let millis = Duration::from_millis;
    for (text, when) in [
        ("0.100", When::Absolute(millis(100), millis(100))),
        ("+.1", When::Relative(millis(100), millis(100))),
        ("+0~+.01", When::Relative(millis(0), millis(10))),
        ("1~2.5", When::Absolute(millis(1000), millis(2500))),
        ("*", When::Any),
        ("", When::Relative(millis(0), millis(0))),
    ] {
        assert_eq!(parsed(&format!("{text} > . 1:1(0) ack 1")).events[0].when, when, "{text}");
    }
}

#[test]
fn a_call_that_blocks_says_until_when() {
    let script = parsed("0...0.2 accept(3, ..., ...) = 4");
    let Action::Call(call) = &script.events[0].action else { panic!("{script:?}") };
    assert_eq!(call.until, Some(Duration::from_millis(200)));
    assert_eq!(call.arguments[1..], [Argument::Ellipsis, Argument::Ellipsis]);
    assert!(error("0...0.2 > . 1:1(0) ack 1").contains("expected a call"));
}

#[test]
fn calls_have_names_structs_lists_and_errors() {
    let script = parsed("setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = -1 EBADF (Bad file)");
    let Action::Call(call) = &script.events[0].action else { panic!("{script:?}") };
    assert_eq!(call.to_string(), "setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8)");
    assert_eq!(call.result, CallResult::Error("EBADF".to_owned()));
    let script = parsed("fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0x2 (flags O_RDWR)");
    let Action::Call(call) = &script.events[0].action else { panic!("{script:?}") };
    assert_eq!(call.result, CallResult::Number(2));
}

#[test]
fn comments_and_line_ends_are_blanks() {
    let script = parsed(
        "// one\n# two\n/* three\n */ --mss=1000 --nagle=off\n+0 < . 1:1(0) ack 1 // four\n< . 1:1(0) ack 1",
    );
    assert_eq!(script.settings.len(), 2);
    assert_eq!(script.events.len(), 2, "a segment's options stand on its line");
    assert_eq!(script.events[1].place.line, 6);
}

#[test]
fn checks_know_where_they_stand() {
    let script = parsed("+0 %{ assert a == 1, a\n  assert max(b, 2) == 2; assert c }%");
    let Action::Check(checks) = &script.events[0].action else { panic!("{script:?}") };
    let shown: Vec<_> =
        checks.iter().map(|check| (check.condition.as_str(), check.shown.as_deref())).collect();
    assert_eq!(shown, [("a == 1", Some("a")), ("max(b, 2) == 2", None), ("c", None)]);
    let places: Vec<_> = checks.iter().map(|check| check.place.to_string()).collect();
    assert_eq!(places, ["1:7", "2:3", "2:26"]);
}

#[test]
fn an_error_says_where_and_what_was_expected() {
    for (text, said) in [
        ("+0 < X 0:0(0)", "test.pkt:1:6: expected flags of FSRP.UEW or -, found \"X\""),
        ("+0 > . 1:1001(1000)\n", "test.pkt:2:1: expected \"ack\" and a number"),
        ("\n  +0 > S 0:5(4)", "test.pkt:2:10: expected 4 bytes from 0 to end at 4"),
        ("+0 > S 0:0(0) <foo 1>", "test.pkt:1:16: expected an option: mss, nop"),
        ("+0 < S 0:0(0) win 70000", "test.pkt:1:19: expected a window from 0 to 65535, found \"70000\""),
        ("+0 close(3) 0", "test.pkt:1:13: expected \"=\", found \"0\""),
        ("+0 close(3) = -1", "test.pkt:1:17: expected an errno such as EAGAIN, found the end of the script"),
        ("+x close(3) = 0", "test.pkt:1:2: expected a time in seconds"),
        ("--mss 7", "test.pkt:1:7: expected \"=\""),
        ("`sysctl -w x`", "test.pkt:1:1: expected no shell command"),
        ("%{ print 3 }%", "test.pkt:1:4: expected assert and a condition, found \"print 3\""),
        (".2~.1 > . 1:1(0) ack 1", "test.pkt:1:1: expected a range"),
    ] {
        let error = error(text);
        assert!(error.starts_with(said), "{text}: {error}");
    }
}
