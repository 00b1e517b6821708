//! Runs beside each other.

use serde_json::Value;

use crate::bench::Bench;

#[test]
fn a_transfer_under_several_controllers_is_a_table_and_a_page() {
    let bench = Bench::new();
    let told =
        bench.run("compare --cc newreno,bbr --link 10mbit,20ms,loss=1% --size 500000 --seed 7 -o both.html");
    told.failed(0, &["both.html has it all"]);
    let text = &told.stdout;
    let rows: Vec<_> = text.lines().filter(|line| line.trim_start().starts_with(['n', 'b'])).collect();
    assert_eq!(rows.len(), 4, "two in the table, two where they part:\n{text}");
    assert!(text.starts_with("500.0 kB over 10mbit,20ms,loss=1%, seed 7\n"), "{text}");
    let page = String::from_utf8(bench.read("both.html")).expect("text");
    assert!(page.contains("was the fastest: 500.0 kB in ") && page.ends_with("</html>\n"));

    let again = bench.run("compare --cc newreno,bbr --link 10mbit,20ms,loss=1% --size 500000 --seed 7");
    assert_eq!(&again.succeeded().stdout, text, "the same seed, the same run");
}

#[test]
fn recordings_are_compared_too_and_as_json() {
    let bench = Bench::new();
    let server = bench.serve("--mss 1000 --drop data:3");
    for name in ["one.rec", "other.rec"] {
        let get = format!("get 8192.txt --force --record {name} --server {}", server.address);
        bench.run(&get).succeeded();
    }
    server.stop("INT");
    let told = bench.run("compare one.rec other.rec --json");
    let first = told.succeeded().stdout.lines().next().expect("a line");
    let compared: Value = serde_json::from_str(first).expect("JSON");
    assert_eq!(compared["type"], "compared");
    let names: Vec<_> = compared["rows"].as_array().expect("rows").iter().map(|row| &row["name"]).collect();
    assert_eq!(names, ["one.rec", "other.rec"]);
}

#[test]
fn what_cannot_be_compared_is_told() {
    let bench = Bench::new();
    bench.run("compare --link fast").failed(2, &["\"fast\" is nothing that a path can have", "100mbit,50ms"]);
    bench.run("compare --cc hurry").failed(2, &["no such congestion control algorithm; there are:"]);
    bench.run("compare one.rec").failed(2, &["2 values required"]);
    bench.run("compare one.rec other.rec --seed 3").failed(2, &["cannot be used with"]);
    bench.run("compare one.rec other.rec").failed(8, &["cannot read the recording one.rec"]);
    bench.run("compare --link 10mbit,20ms,loss=100% --size 1000").failed(1, &["newreno did not finish"]);
}
