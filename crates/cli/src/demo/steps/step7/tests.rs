use super::super::super::trace::tests::trace;
use super::*;

fn window(cause: &str, cwnd: (f64, f64), ssthresh: (f64, f64)) -> String {
    format!(
        r#"{{"at":5,"conn":1,"event":"window","cwnd":{{"before":{:?},"after":{:?}}},"ssthresh":{{"before":{:?},"after":{:?}}},"cause":"{cause}"}}"#,
        cwnd.0, cwnd.1, ssthresh.0, ssthresh.1
    )
}

/// What is missing in a recovery that was entered from `entered`, and whose cwnd then went to `inflated`.
fn missed(entered: f64, inflated: f64) -> Vec<String> {
    let half = entered / 2.0;
    let events = [
        r#"{"at":1,"conn":1,"event":"faulted","fault":"lost","segment":{"flags":"ACK","seq":7,"bytes":1004}}"#.to_owned(),
        r#"{"at":5,"conn":1,"event":"duplicate_ack","count":3,"ack":7}"#.to_owned(),
        window("third duplicate ACK", (entered, half + 3072.0), (65536.0, half)),
        r#"{"at":5,"conn":1,"event":"resending","seq":7,"cause":"third duplicate ACK"}"#.to_owned(),
        window(FURTHER, (half + 3072.0, inflated), (half, half)),
        window(ENDED, (inflated, half), (half, half)),
    ];
    let server = trace(&events.iter().map(String::as_str).collect::<Vec<_>>());
    let run = Run::of_server(server);
    let mut checks = Checklist::default();
    check(&run, &mut checks);
    checks.missed().into_iter().map(str::to_owned).collect()
}

#[test]
fn the_seeds_recovery_passes_to_the_last_digit() {
    assert_eq!(missed(ENTERED_FROM, SSTHRESH + 4096.0), Vec::<String>::new());
}

#[test]
fn another_recovery_does_not() {
    assert_eq!(
        missed(ENTERED_FROM, SSTHRESH + 4000.0),
        ["cwnd grows by one MSS for each further duplicate ACK"]
    );
    let otherwise = missed(65567.99609470344, 65567.99609470344 / 2.0 + 4096.0);
    assert_eq!(otherwise.len(), 4, "{otherwise:?}");
}
