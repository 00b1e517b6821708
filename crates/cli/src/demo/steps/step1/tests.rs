use super::super::super::trace::tests::trace;
use super::*;

fn sent(sizes: &[u64]) -> Trace {
    let event =
        |bytes| format!(r#"{{"at":1,"conn":1,"event":"sent","segment":{{"flags":"ACK","bytes":{bytes}}}}}"#);
    let events: Vec<String> = sizes.iter().map(event).collect();
    trace(&events.iter().map(String::as_str).collect::<Vec<_>>())
}

fn missed(sizes: &[u64]) -> usize {
    let mut checks = Checklist::default();
    pieces(&sent(sizes), &mut checks);
    checks.missing()
}

#[test]
fn the_file_is_cut_as_the_segments_cut_it() {
    let mut sizes = vec![0, 37, 1004, 1004, 1004, 1004, 1004, 1004, 1004, 1004, 160, 103];
    assert_eq!(missed(&sizes), 0);
    sizes[10] = 263;
    assert_eq!(missed(&sizes[..11]), 0, "what follows rides along");
    assert_eq!(missed(&sizes[..10]), 1, "the rest did not come");
    sizes[2] = 500;
    assert_eq!(missed(&sizes), 1, "cut otherwise");
}

#[test]
fn states_have_the_names_of_the_transcript() {
    let moved = |from, to| format!(r#"{{"at":1,"conn":1,"event":"state","from":"{from}","to":"{to}"}}"#);
    let events = [
        moved("LISTEN", "SYN_RECEIVED"),
        moved("SYN_RECEIVED", "ESTABLISHED"),
        moved("ESTABLISHED", "FIN_WAIT1"),
    ];
    let trace = trace(&events.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(states(&trace), "LISTEN SYN_RCVD ESTABLISHED FIN_WAIT_1");
}
