use super::super::trace::tests::trace;
use super::*;

#[test]
fn steps_are_found_by_their_names() {
    assert_eq!(find("step7").map(|step| step.name), Some("step7"));
    assert!(find("step8").is_none());
    let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
    assert_eq!(names, ["step1", "step2", "step3", "step4", "step5", "step6", "step7", "modern"]);
}

#[test]
fn figures_count_only_in_a_row() {
    let figures = [1024.0, 2048.0, 3072.0];
    let mut checks = Checklist::default();
    in_a_row(&mut checks, "there", &figures, &[2048.0, 3072.0]);
    in_a_row(&mut checks, "not in a row", &figures, &[1024.0, 3072.0]);
    in_a_row(&mut checks, "not there", &figures, &[4096.0]);
    assert_eq!(checks.missed(), ["not in a row", "not there"]);
}

const THIRD: &str = r#"{"at":1000,"conn":1,"event":"duplicate_ack","count":3,"ack":7}"#;
const LOST: &str = r#"{"at":1,"conn":1,"event":"faulted","fault":"lost","segment":{"flags":"ACK","seq":7,"ack":1,"bytes":1004}}"#;

fn resent(at: u64, seq: u64) -> String {
    format!(
        r#"{{"at":{at},"conn":1,"event":"resending","seq":{seq},"ack":1,"bytes":1004,"cause":"third duplicate ACK"}}"#
    )
}

fn missed_by_fast_retransmit(resent: &str) -> usize {
    let mut checks = Checklist::default();
    fast_retransmit(&trace(&[LOST, THIRD, resent]), &mut checks);
    checks.missing()
}

#[test]
fn a_fast_retransmit_is_at_once_and_of_what_was_lost() {
    assert_eq!(missed_by_fast_retransmit(&resent(1000, 7)), 0);
    assert_eq!(missed_by_fast_retransmit(&resent(1_000_000_000, 7)), 1, "only after the RTO");
    assert_eq!(missed_by_fast_retransmit(&resent(1000, 8)), 1, "another segment");
    assert_eq!(missed_by_fast_retransmit(r#"{"at":1,"event":"said"}"#), 2, "not at all");
}

#[test]
fn the_segments_that_each_ack_took_are_counted() {
    let arrived = |arrival| {
        format!(r#"{{"at":1,"conn":0,"event":"arrived","seq":1,"bytes":1004,"arrival":"{arrival}"}}"#)
    };
    let (first, early) = (arrived("in_order"), arrived("out_of_order"));
    let sent = r#"{"at":1,"conn":0,"event":"sent","segment":{"flags":"ACK"}}"#;
    let trace = trace(&[&first, &first, sent, &first, sent, &early, sent]);
    assert_eq!(in_order_per_ack(&trace), [2, 1, 0]);
}
