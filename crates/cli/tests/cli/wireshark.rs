//! What Wireshark makes of our captures. `cargo xtask ci wireshark` runs these: they need tshark, and fail without it.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::bench::{Bench, text};

const NEEDS: &str = "tshark (apt install tshark)";

/// What tshark prints of the packets of a capture that pass a filter: these fields, a line for each packet.
fn tshark(bench: &Bench, capture: &str, filter: &str, fields: &[&str]) -> Vec<String> {
    let mut command = Command::new("tshark");
    // The user's own settings don't count.
    command.env("HOME", bench.path("")).env("XDG_CONFIG_HOME", bench.path("")).stdin(Stdio::null());
    command.args(["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-n", "-T", "fields"]);
    command.arg("-r").arg(bench.path(capture)).args(["-Y", filter]);
    command.args(fields.iter().flat_map(|field| ["-e", field]));
    let output = command.output().expect(NEEDS);
    let said = String::from_utf8(output.stderr).expect("text");
    let complaints: Vec<_> = said.lines().filter(|line| !line.starts_with("Running as user")).collect();
    assert!(output.status.success() && complaints.is_empty(), "{capture}, {filter}: {complaints:?}");
    String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect()
}

fn count(bench: &Bench, capture: &str, filter: &str) -> usize {
    tshark(bench, capture, filter, &["frame.number"]).len()
}

/// The events of a trace of this name.
fn events(bench: &Bench, trace: &str, name: &str) -> Vec<Value> {
    let trace = String::from_utf8(bench.read(trace)).expect("text");
    let events = trace.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    events.filter(|event| event["event"] == name).collect()
}

/// How many segments were sent again, by a trace.
fn resent(bench: &Bench, trace: &str) -> usize {
    let sent = events(bench, trace, "sent");
    sent.iter().filter(|sent| sent["retransmission"].as_u64() > Some(0)).count()
}

/// How many datagrams were lost on purpose, by a trace.
fn lost(bench: &Bench, trace: &str, outgoing: bool) -> usize {
    let faults = events(bench, trace, "faulted");
    faults.iter().filter(|fault| fault["fault"] == "lost" && fault["outgoing"] == outgoing).count()
}

/// What tshark takes for sent before. It calls it out of order, rather than a retransmission, where it follows closely behind
/// new data. But who sends is never out of order: where a capture has all that was sent, as it was sent, these two are one.
const SENT_BEFORE: &str = "(tcp.analysis.retransmission || tcp.analysis.out_of_order)";

/// Of the endpoint whose view it is.
const OURS: &str = "ip.src == 192.0.2.1";

/// A large file, lost in part on its way, and its acknowledgments, too.
fn lossy_run() -> Bench {
    let bench = Bench::new();
    bench.write("files/large.txt", &text(2_000_000));
    let seen = |name: &str| {
        format!("--record {name}.rec --record-payload --pcap {name}.pcapng --trace {name}.jsonl")
    };
    let server = bench.serve(&format!("--loss 5% --seed 7 --delay 2ms {}", seen("server")));
    let get = format!("get large.txt --loss 5% --seed 7 {} --server {}", seen("client"), server.address);
    bench.run(&get).succeeded();
    assert_eq!(server.stop("INT").exit, Some(130));
    bench.run("pcap client.rec server.rec -o both.pcapng").succeeded();
    bench.run("pcap server.rec -o recorded.pcapng").succeeded();
    bench
}

#[test]
#[ignore = "needs tshark: cargo xtask ci wireshark"]
fn tshark_reads_a_lossy_run_without_a_complaint_and_counts_what_was_sent_again_as_we_do() {
    let bench = lossy_run();
    for capture in ["client.pcapng", "server.pcapng", "recorded.pcapng", "both.pcapng"] {
        assert_eq!(
            count(&bench, capture, "_ws.malformed || _ws.short || _ws.expert.severity >= 0x800000"),
            0
        );
        let good = "ip.checksum.status == \"Good\" && tcp.checksum.status == \"Good\"";
        let all = count(&bench, capture, "frame");
        assert_eq!(count(&bench, capture, good), all, "{capture}: all checksums are right");
        assert!(all > 1000, "{capture}: {all} packets");
        assert_eq!(
            count(&bench, capture, "frame.comment contains \"cwnd\" && frame.comment contains \"RTO\""),
            all
        );
    }

    let (client, server) = (resent(&bench, "client.jsonl"), resent(&bench, "server.jsonl"));
    assert!(server > 50, "{server}: there is something to be counted");
    let ours = format!("{OURS} && {SENT_BEFORE}");
    assert_eq!(count(&bench, "client.pcapng", &ours), client);
    assert_eq!(count(&bench, "server.pcapng", &ours), server);
    assert_eq!(count(&bench, "recorded.pcapng", &ours), server);
    let theirs = format!("!({OURS}) && {SENT_BEFORE}");
    assert_eq!([&ours, &theirs].map(|filter| count(&bench, "both.pcapng", filter)), [client, server]);
    // Packet by packet: what we say was sent again is what tshark takes for it.
    let said = format!("{OURS} && frame.comment contains \"Sent again\"");
    let numbers = |filter: &str| tshark(&bench, "server.pcapng", filter, &["frame.number"]);
    assert_eq!(numbers(&said), numbers(&ours));
}

#[test]
#[ignore = "needs tshark: cargo xtask ci wireshark"]
fn tshark_shows_what_was_lost_on_purpose() {
    let bench = lossy_run();
    let on_purpose = "frame.comment contains \"LOST ON PURPOSE\"";
    let (client, server) = (lost(&bench, "client.jsonl", true), lost(&bench, "server.jsonl", true));
    assert!(client > 0 && server > 50);
    assert_eq!(count(&bench, "client.pcapng", on_purpose), client);
    assert_eq!(count(&bench, "server.pcapng", on_purpose), server);
    assert_eq!(
        count(&bench, "recorded.pcapng", on_purpose),
        0,
        "what was done on purpose is in no recording"
    );
    let on_the_way = "frame.comment contains \"LOST on the way\"";
    let unknown = "frame.comment contains \"isn't known\"";
    let both = count(&bench, "both.pcapng", on_the_way);
    assert!(
        (client + server - count(&bench, "both.pcapng", unknown)..=client + server).contains(&both),
        "{both}"
    );
}

#[test]
#[ignore = "needs tshark: cargo xtask ci wireshark"]
fn tshark_takes_what_never_came_in_for_cut_and_what_was_damaged_for_damaged() {
    let bench = Bench::new();
    bench.write("files/large.txt", &text(300_000));
    let server = bench.serve("--delay 2ms");
    let faults = "--loss 3% --corrupt 3% --duplicate 2% --reorder 3% --seed 7 --impair in";
    let seen = "--pcap client.pcapng --trace client.jsonl";
    bench.run(&format!("get large.txt {faults} {seen} --server {}", server.address)).succeeded();
    let cut = "frame.comment contains \"LOST ON PURPOSE on its way in\"";
    let missing = lost(&bench, "client.jsonl", false);
    assert!(missing > 0);
    assert_eq!(count(&bench, "client.pcapng", cut), missing);
    let data =
        tshark(&bench, "client.pcapng", &format!("{cut} && tcp.len > 0"), &["frame.len", "frame.cap_len"]);
    assert!(
        !data.is_empty()
            && data.iter().all(|lengths| lengths.split('\t').is_sorted_by(|whole, known| {
                whole.parse::<usize>().unwrap() > known.parse::<usize>().unwrap()
            })),
        "{data:?}"
    );
    let damaged = events(&bench, "client.jsonl", "discarded");
    let damaged = damaged.iter().filter(|event| event["cause"] == "its checksum is wrong").count();
    assert!(damaged > 0);
    assert_eq!(count(&bench, "client.pcapng", "tcp.checksum.status == \"Bad\""), damaged);
}
