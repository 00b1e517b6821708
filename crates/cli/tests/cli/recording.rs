//! A recording replays to the same segments; a byte changed in it is noticed.

use crate::bench::{Bench, text};

#[test]
fn what_was_recorded_replays_and_one_changed_byte_is_noticed() {
    let bench = Bench::new();
    let server = bench.serve("--record server.rec --record-payload --drop data:3");
    bench.run(&format!("get 8192.txt --record client.rec --server {}", server.address)).succeeded();
    assert_eq!(server.stop("INT").exit, Some(130));
    // Payload is there if asked for, and else not.
    let holds = |name: &str| bench.read(name).windows(30).any(|part| part == &text(8192)[1000..1030]);
    assert_eq!(["client.rec", "server.rec"].map(holds), [false, true]);

    for name in ["client.rec", "server.rec"] {
        bench.run(&format!("replay {name}")).failed(0, &["every output matched"]);
        let good = bench.read(name);
        for place in [0, good.len() / 2, good.len() - 1] {
            let mut bad = good.clone();
            bad[place] ^= 1;
            bench.write("bad.rec", &bad);
            bench.run("replay bad.rec").failed(7, &["bad.rec does not replay"]);
        }
        bench.write("bad.rec", &good[..good.len() - 1]);
        bench.run("replay bad.rec").failed(7, &["breaks off"]);
    }
}

#[test]
fn a_replay_shows_the_transcript_of_the_run() {
    let bench = Bench::new();
    let server = bench.serve("");
    let run = bench.run(&format!("calc 1+1 --transcript --record run.rec --server {}", server.address));
    let told = |stderr: &str| {
        let lines = stderr.lines().filter(|line| line.contains("sent: ") || line.contains("receive: "));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let replayed = bench.run("replay run.rec --transcript");
    assert_eq!(told(&replayed.succeeded().stderr), told(&run.succeeded().stderr));
    assert!(!told(&run.stderr).is_empty());
}

#[test]
fn a_run_that_failed_is_recorded_too() {
    let bench = Bench::new();
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let address = silent.local_addr().expect("bound");
    bench.run(&format!("ls --timeout 1s --record run.rec --server {address}")).failed(4, &[]);
    bench.run("replay run.rec").succeeded();
}

#[test]
fn what_is_no_recording_is_told_as_such() {
    let bench = Bench::new();
    bench.run("replay files/2048.txt").failed(7, &["this is not a recording"]);
    bench.run("replay missing").failed(8, &["cannot read the recording missing"]);
}
