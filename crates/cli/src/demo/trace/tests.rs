use super::*;

/// A trace from its events' lines.
pub(crate) fn trace(events: &[&str]) -> Trace {
    let text = [r#"{"version":1,"role":"server","unix_start_ns":0}"#].iter().chain(events);
    Trace::parse(&text.copied().collect::<Vec<_>>().join("\n")).unwrap()
}

#[test]
fn events_have_the_engines_names() {
    let trace = trace(&[
        r#"{"at":7,"conn":1,"event":"sent","segment":{"flags":"FIN, ACK","seq":5,"ack":9,"window":1,"bytes":3},"cause":"c"}"#,
        r#"{"at":9,"conn":1,"event":"window","cwnd":{"before":1.5,"after":2.5},"phase":{"before":"slow_start","after":"x"}}"#,
        r#"{"at":9,"conn":2,"event":"timeout","late":[{"age":{"secs":1,"nanos":500000000},"seq":5}],"rto":{"before":{"secs":1,"nanos":0},"after":{"secs":2,"nanos":0}}}"#,
        r#"{"lines":["(task) something"]}"#,
    ]);
    let [sent, window, timeout, _] = &trace.events[..] else { panic!("four events") };
    assert!(sent.is("sent") && sent.has("FIN") && sent.has("ACK") && !sent.has("SYN"));
    assert_eq!((sent.at, sent.conn(), sent.bytes(), sent.seq(), sent.cause()), (7, Some(1), 3, Some(5), "c"));
    assert_eq!(window.change("cwnd"), Some(Change { before: 1.5, after: 2.5 }));
    assert_eq!(window.words("phase"), ("slow_start", "x"));
    assert_eq!(timeout.late(), [(1.5, 5)]);
    assert_eq!(timeout.spans("rto"), Some(Change { before: 1.0, after: 2.0 }));
    assert_eq!(trace.of(1).events.len(), 2);
    assert_eq!(trace.count("timeout"), 1);
}

#[test]
fn a_trace_of_another_version_or_cut_short_is_refused() {
    assert!(Trace::parse(r#"{"version":2}"#).is_err());
    assert!(Trace::parse("").is_err());
    assert!(Trace::parse("{\"version\":1}\n{\"at\":1,").is_err());
}

#[test]
fn options_and_what_was_reported_are_read() {
    let trace = trace(&[
        r#"{"at":1,"conn":1,"event":"options","agreed":{"sack":true,"timestamps":false,"scale":null}}"#,
        r#"{"at":2,"conn":1,"event":"received","segment":{"flags":"ACK","seq":1,"ack":5,"sack":[{"start":9,"end":12}]}}"#,
        r#"{"at":3,"conn":1,"event":"tail_probe","again":true}"#,
    ]);
    let [options, received, probe] = &trace.events[..] else { panic!("three events") };
    assert!(options.agreed("sack") && !options.agreed("timestamps") && !options.agreed("scale"));
    assert_eq!(received.sack(), [(9, 12)]);
    assert_eq!(probe.sack(), []);
    assert!(probe.flag("again") && !probe.flag("late"));
}
