use super::super::changes::Changes;
use super::super::steps;
use super::*;

pub(crate) fn rehearsed(step: &str) -> Play {
    steps::find(step).unwrap().rehearse(&Changes::default()).unwrap()
}

#[test]
fn both_ends_stand_on_one_clock() {
    let play = rehearsed("step3");
    assert!(play.beats.is_sorted_by_key(|beat| beat.at));
    let received = |beat: &Beat| matches!(beat.event.what, What::Received { .. });
    // What is received was sent before, at the other end.
    let (mut sent, mut taken) = (0, 0);
    for beat in play.beats.iter().filter(|beat| !beat.is_server()) {
        taken += usize::from(received(beat));
    }
    for beat in play.beats.iter().filter(|beat| beat.is_server()) {
        sent += usize::from(beat.sent().is_some());
    }
    let lost = play.count(|beat| beat.is_server() && beat.lost().is_some());
    assert!(lost > 2 && sent == taken + lost, "{sent} sent, {taken} received, {lost} lost");
}

#[test]
fn a_loss_is_told_right_behind_its_segment_in_the_transcripts_words() {
    let play = rehearsed("step7");
    let lost = play.find(0, |beat| beat.lost().is_some()).unwrap();
    let (sent, _) = play.beats[lost - 1].sent().unwrap();
    assert_eq!(play.beats[lost].lost(), Some(sent));
    assert!(play.beats[lost].lines[0].text.contains(">>>>>Packet loss"));
}
