//! A recorded run, explained.

use serde_json::Value;

use crate::bench::Bench;

/// A download of which the server lost two segments, one of them the last.
fn recorded() -> Bench {
    let bench = Bench::new();
    let server = bench.serve("--record server.rec --mss 1000 --drop data:3,9");
    bench.run(&format!("get 8192.txt --record client.rec --server {}", server.address)).succeeded();
    server.stop("INT");
    bench
}

#[test]
fn a_run_is_told_in_sentences_and_each_turn_by_its_number() {
    let bench = recorded();
    let told = bench.run("explain server.rec");
    let text = &told.succeeded().stdout;
    assert!(text.contains("segments were taken for lost"), "{text}");
    let turn = text.lines().find(|line| line.contains("go again")).unwrap_or_else(|| panic!("{text}"));
    let number = turn.split_whitespace().next().and_then(|word| word.strip_prefix('#')).expect("its number");

    let one = bench.run(&format!("explain server.rec --event {number}"));
    let one = &one.succeeded().stdout;
    for part in ["go again", "why  ", "rule  ", "RFC"] {
        assert!(one.contains(part), "{part:?} in\n{one}");
    }
    let lost = bench.run("explain server.rec --lost");
    let block = one.split_once('\n').expect("a title").1;
    assert!(lost.succeeded().stdout.contains(block), "the same words in\n{}", lost.stdout);
}

#[test]
fn what_would_have_happened_otherwise_is_run_on_with_one_end_or_both() {
    let bench = recorded();
    let alone = bench.run("explain server.rec --lost");
    let both = bench.run("explain server.rec client.rec --lost");
    for (told, how) in
        [(&alone, "one of lucid's own in its peer's place"), (&both, "Both ends run on over a path of")]
    {
        let words = told.succeeded().stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("otherwise Had bytes") && words.contains("sooner"), "{words}");
        assert!(words.contains(how), "{words}");
    }
    let other = bench.serve("--record other.rec");
    bench.run(&format!("get 2048.txt --server {}", other.address)).succeeded();
    other.stop("INT");
    bench.run("explain server.rec other.rec --lost").failed(2, &["have no connection in common"]);
}

#[test]
fn programs_read_the_same_as_json() {
    let bench = recorded();
    let told = bench.run("explain server.rec --lost --json");
    let lines: Vec<Value> =
        told.succeeded().stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let (done, explained) = lines.split_last().expect("lines");
    assert_eq!(done["type"], "done");
    let again = explained.iter().filter(|line| line["topic"] == "retransmission").count();
    assert_eq!(again, 2, "{explained:#?}");
    assert!(
        explained.iter().all(|line| line["type"] == "explained" && line["why"].is_string()),
        "{explained:#?}"
    );
}

#[test]
fn how_it_stood_at_a_time_and_what_made_it_slow() {
    let bench = recorded();
    let moment = bench.run("explain client.rec --at 0ms");
    assert!(moment.succeeded().stdout.contains("Next, #"), "{}", moment.stdout);
    let slow = bench.run("explain server.rec --slow");
    assert!(slow.succeeded().stdout.contains("limited by:"), "{}", slow.stdout);
    let calm = bench.run("explain client.rec");
    assert!(calm.succeeded().stdout.contains("came before their turn."), "{}", calm.stdout);
}

#[test]
fn what_it_does_not_have_it_says() {
    let bench = recorded();
    bench.run("explain client.rec --event 123456").failed(2, &["there is no event 123456"]);
    bench.run("explain client.rec --connection 7").failed(2, &["no such connection", "it has: 0"]);
    bench.run("explain client.rec --event 1 --lost").failed(2, &["cannot be used with"]);
    bench.run("explain files/2048.txt").failed(7, &["can't be explained", "not a recording"]);
    bench.run("explain missing").failed(8, &["cannot read the recording missing"]);
}
