use super::super::super::trace::tests::trace;
use super::*;

fn lost_then_resent(cause: &str, at: u64) -> usize {
    let lost =
        format!(r#"{{"at":1000,"conn":1,"event":"found_lost","bytes":1440,"seq":7,"cause":"{cause}"}}"#);
    let resent = format!(r#"{{"at":{at},"conn":1,"event":"resending","seq":7,"ack":1,"bytes":1440}}"#);
    let mut checks = Checklist::default();
    repaired_at_once(&trace(&[&lost, &resent]), &mut checks);
    checks.missing()
}

#[test]
fn a_repair_is_rack_s_and_at_once() {
    assert_eq!(lost_then_resent(RACK, 2000), 0);
    assert_eq!(lost_then_resent(RACK, 200_000_000), 1, "only after the RTO");
    assert_eq!(lost_then_resent("the retransmission timer expired", 2000), 2, "not by RACK");
}

#[test]
fn a_file_is_there_with_its_last_new_byte() {
    let arrived = |at, arrival| {
        format!(r#"{{"at":{at},"conn":0,"event":"arrived","seq":1,"bytes":9,"arrival":"{arrival}"}}"#)
    };
    let (new, old) = (arrived(1_500_000_000, "filled_gap"), arrived(2_000_000_000, "duplicate"));
    let opened = r#"{"at":500000000,"conn":0,"event":"opened"}"#;
    let run = |files| Run::of_client(trace(&[opened, &new, &old]), files);
    assert_eq!(delivered(&run(Arrived::Whole(9))), Some(1.0));
    assert_eq!(delivered(&run(Arrived::Different)), None);
}
