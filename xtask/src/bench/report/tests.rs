use super::super::pair::Measured;
use super::super::plan::{PEERS, work};
use super::*;
use crate::error::Failure;

fn machine() -> Machine {
    let [cpu, kernel, date, commit] = ["a CPU", "linux 6", "2026-01-02", "abc"].map(str::to_owned);
    Machine { cpu, cores: 2, kernel, date, commit }
}

/// The kernel and lucid at a rate each, and bare UDP that failed.
fn measured() -> Vec<Results> {
    let mut results = Results::new(work("bulk").expect("a work"), 3);
    for (peer, rate) in [1000.0, 500.0].into_iter().enumerate() {
        results.add(peer, Ok(Measured::from([("mb_per_s".to_owned(), rate)])));
    }
    results.add(2, Err(Failure::new("a datagram was lost")));
    vec![results]
}

fn peers() -> Vec<&'static Peer> {
    PEERS.iter().take(3).collect()
}

#[test]
fn markdown_names_the_machine_and_who_failed_and_compares() {
    let text = as_markdown(&machine(), &peers(), &measured());
    assert!(text.contains("a CPU, 2 cores, linux 6, 2026-01-02, lucid at abc"), "{text}");
    assert!(text.contains("| bulk | MB/s | 1,000 | 500 (0.50 x) | failed |"), "{text}");
    assert!(text.contains("- failed: udp at bulk: a datagram was lost"), "{text}");
}

#[test]
fn json_has_the_machine_every_round_and_why_a_peer_failed() {
    let said = as_json(&machine(), &peers(), &measured());
    assert_eq!((&said["machine"]["cpu"], &said["commit"]), (&json!("a CPU"), &json!("abc")));
    let peers = &said["works"][0]["peers"];
    let lucid = &peers["lucid"]["figures"]["mb_per_s"];
    assert_eq!(lucid, &json!({ "unit": "MB/s", "median": 500.0, "ratio": 0.5, "rounds": [500.0] }));
    assert_eq!(peers["udp"]["failed"], "a datagram was lost");
}
