//! The page of a run: from recordings, and with --report.

use serde_json::Value;

use crate::bench::Bench;

#[test]
fn any_command_that_opens_a_connection_makes_a_page_and_leaves_nothing_else() {
    let bench = Bench::new();
    let server = bench.serve("--report server.html --mss 1000 --drop data:3");
    let got = bench.run(&format!("get 8192.txt --report client.html --server {}", server.address));
    got.failed(0, &["8.3 kB received in", "client.html has it all"]);
    server
        .stop("INT")
        .failed(130, &["1 segment was taken for lost; fast recovery repaired it", "server.html has it all"]);
    for name in ["client.html", "server.html"] {
        let page = String::from_utf8(bench.read(name)).expect("text");
        assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"), "{name}");
    }
    assert_eq!(bench.names(), ["8192.txt", "client.html", "files", "server.html"]);
}

#[test]
fn a_page_of_both_ends_knows_what_was_lost() {
    let bench = Bench::new();
    let server = bench.serve("--record server.rec --mss 1000 --drop data:3,5");
    bench.run(&format!("get 8192.txt --record client.rec --server {}", server.address)).succeeded();
    server.stop("INT");
    let made = bench.run("report client.rec server.rec -o both.html --json");
    let lines =
        made.succeeded().stdout.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let lines: Vec<_> = lines.collect();
    let [page, done] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((&page["type"], &page["page"]), (&Value::from("page"), &Value::from("both.html")));
    assert!(page["summary"].as_str().is_some_and(|said| said.contains("2 segments were lost")), "{page}");
    assert_eq!(page["bytes"], bench.read("both.html").len());
    assert_eq!((&done["type"], &done["ok"]), (&Value::from("done"), &Value::from(true)));
    // The other way round it is the same run.
    let turned = bench.run("report server.rec client.rec -o turned.html");
    turned.failed(0, &["2 segments were lost"]);
}

#[test]
fn a_run_that_failed_has_its_page_and_one_that_never_began_has_none() {
    let bench = Bench::new();
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let address = silent.local_addr().expect("bound");
    bench
        .run(&format!("ls --timeout 1s --report silent.html --server {address}"))
        .failed(4, &["silent.html has it all"]);
    bench.run(&format!("serve --listen {address} --report none.html")).failed(3, &["cannot bind"]);
    assert_eq!(bench.names(), ["files", "silent.html"]);
}

#[test]
fn what_no_page_can_be_made_of_or_written_to_is_told() {
    let bench = Bench::new();
    bench
        .run("report files/2048.txt")
        .failed(7, &["no page can be made of files/2048.txt", "this is not a recording"]);
    bench.run("report missing").failed(8, &["cannot read the recording missing"]);
    bench.run("report one two three").failed(2, &["unexpected"]);
    bench.run("report one -o one").failed(2, &["one can't be both the recording and the page"]);
    bench.run("ls --report no/such/run.html").failed(8, &["cannot write the page no/such/run.html"]);
    bench.run("ls --report x --trace x").failed(2, &["x can't be both the page and the trace"]);
    assert_eq!(bench.names(), ["files"], "nothing was written");
}
