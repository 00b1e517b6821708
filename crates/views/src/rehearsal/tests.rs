use lucid_conn::Profile;
use lucid_conn::engine::What;

use super::*;

fn party(drop: &[&str]) -> Party {
    let drop = drop.iter().map(|which| which.parse().unwrap()).collect();
    let faults = Faults { drop, delay: Duration::from_millis(5), ..Faults::default() };
    Party { config: Config::new(Profile::Classic), faults, seed: 7 }
}

fn rehearsal(drop: &[&str], guests: usize) -> Rehearsal {
    let exchanges = vec![Exchange { question: 40, answer: vec![90, 8192] }];
    let guest = Guest { party: party(&[]), exchanges };
    Rehearsal { server: party(drop), rounds: vec![vec![guest; guests]], limit: Duration::from_secs(100) }
}

#[test]
fn what_is_asked_is_answered_whole_and_both_ends_are_recorded() {
    let runs = rehearsal(&[], 2).run().unwrap();
    assert_eq!(runs.len(), 3, "a server and two clients");
    assert_eq!(runs[0].stories.len(), 2);
    for run in &runs[1..] {
        let story = &run.stories[0];
        assert_eq!((story.counts.bytes_sent, story.counts.bytes_received), (40, 90 + 8192));
        assert_eq!(story.closed.as_ref().map(|(_, reason)| reason), Some(&CloseReason::Finished));
    }
}

#[test]
fn it_is_the_same_each_time_and_loses_what_it_is_told_to() {
    let told = || {
        let runs = rehearsal(&["data:3"], 1).run().unwrap();
        runs.into_iter().flat_map(|run| run.stories).map(|story| story.events).collect::<Vec<_>>()
    };
    let (first, second) = (told(), told());
    assert_eq!(first, second);
    let again = |what: &What| matches!(what, What::Sent { retransmission: 1.., .. });
    assert_eq!(first[0].iter().filter(|event| again(&event.what)).count(), 1);
}
