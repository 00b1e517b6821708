//! What `ss -ti` would print.

use std::fmt::Write as _;
use std::net::SocketAddr;

use lucid_conn::engine::{Agreed, Counts, RecoveryState};

use super::Look;
use crate::live::attach::Snapshot;
use crate::live::protocol::Connection;
use crate::live::rates::Rates;
use crate::quantity::{self, rate};

/// How wide a line of details is.
const WIDTH: usize = 100;
const INDENT: &str = "     ";

/// A process, and two or three lines for each of its connections.
pub(super) fn process(look: &Look) -> String {
    let Look { snapshot: Snapshot { process, connections }, rates } = look;
    let count = quantity::counted(connections.len(), "connection");
    let mut text = format!("lucid {}, pid {}, on {}: {count}\n", process.command, process.pid, process.local);
    if connections.is_empty() {
        return text;
    }
    let rows = connections.iter().map(|connection| row(process.local, connection));
    let head = ["State", "Recv-Q", "Send-Q", "Local Address:Port", "Peer Address:Port"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(head).chain(rows).collect();
    let widths = widths(&rows);
    let mut details = connections.iter().map(|connection| details(connection, rates.get(&connection.conn)));
    for (index, row) in rows.iter().enumerate() {
        let line = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        let line = line.collect::<Vec<_>>().join("  ");
        let _memory_takes_it = writeln!(text, "{}", line.trim_end());
        if index > 0 {
            details.next().into_iter().for_each(|details| wrap(&mut text, &details));
        }
    }
    text
}

fn row(local: SocketAddr, connection: &Connection) -> [String; 5] {
    let Connection { state, peer, local_port, remote_port, .. } = connection;
    let [unread, queued] = [connection.unread, connection.send_queue()].map(|bytes| bytes.to_string());
    [
        state.to_string(),
        unread,
        queued,
        quantity::address(local, *local_port),
        quantity::address(*peer, *remote_port),
    ]
}

fn widths(rows: &[[String; 5]]) -> [usize; 5] {
    std::array::from_fn(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or_default())
}

/// Words that `ss` has, in its order; and those of lucid behind them.
fn details(connection: &Connection, rates: Option<&Rates>) -> Vec<String> {
    let c = connection;
    let mut words = vec![c.congestion_control.clone()];
    words.extend(options(&c.options, c.ecn));
    words.push(format!("rto:{}", ms(c.rto_us)));
    if let (Some(rtt), Some(variance)) = (c.rtt_us, c.rttvar_us) {
        words.push(format!("rtt:{}/{}", ms(rtt), ms(variance)));
    }
    words.extend(c.min_rtt_us.map(|rtt| format!("minrtt:{}", ms(rtt))));
    words.push(format!("mss:{}", c.mss));
    words.push(format!("cwnd:{}", c.cwnd));
    words.extend(c.ssthresh.map(|threshold| format!("ssthresh:{threshold}")));
    words.push(c.phase.replace(' ', "_"));
    words.extend(recovery(c.recovery).map(str::to_owned));
    words.push(format!("bytes_sent:{}", c.counts.bytes_sent));
    words.push(format!("bytes_acked:{}", c.bytes_acked));
    words.push(format!("bytes_received:{}", c.counts.bytes_received));
    words.push(format!("segs_out:{}", c.counts.segments_sent));
    words.push(format!("segs_in:{}", c.counts.segments_received));
    words.extend(counts(&c.counts));
    let amounts = [
        ("in_flight", c.in_flight),
        ("lost", c.lost),
        ("sacked", c.sacked),
        ("unsent", c.unsent),
        ("behind_gap", c.waiting),
    ];
    words.extend(
        amounts.iter().filter(|(_, bytes)| *bytes > 0).map(|(name, bytes)| format!("{name}:{bytes}")),
    );
    words.extend(c.pacing_rate.map(|pacing| format!("pacing_rate:{}", rate(pacing as f64))));
    let moves = |name, amount: f64| (amount >= 0.5).then(|| format!("{name}:{}", rate(amount)));
    words.extend(rates.and_then(|rates| moves("delivery_rate", rates.out)));
    words.extend(rates.and_then(|rates| moves("receive_rate", rates.into)));
    words.push(format!("snd_wnd:{}", c.send_window));
    words.push(format!("rcv_wnd:{}", c.receive_window));
    words.push(format!("rcv_space:{}", c.receive_buffer));
    words.push(format!("limited_by:{}", c.limited_by.name().replace(' ', "_")));
    words
}

fn options(options: &Agreed, ecn: bool) -> Vec<String> {
    let Agreed { sack, timestamps, scale } = options;
    let mut words = Vec::new();
    words.extend(timestamps.then(|| "ts".to_owned()));
    words.extend(sack.then(|| "sack".to_owned()));
    words.extend(ecn.then(|| "ecn".to_owned()));
    words.extend(scale.map(|scale| format!("wscale:{},{}", scale.send, scale.receive)));
    words
}

fn recovery(recovery: RecoveryState) -> Option<&'static str> {
    match recovery {
        RecoveryState::Open => None,
        RecoveryState::Recovery => Some("recovery"),
        RecoveryState::Reduced => Some("reduced_by_mark"),
        RecoveryState::Timeout => Some("after_timeout"),
    }
}

/// What happens seldom is told if it did.
fn counts(counts: &Counts) -> Vec<String> {
    let seldom = [
        ("retrans", counts.retransmissions),
        ("timeouts", counts.timeouts),
        ("fast_retransmits", counts.fast_retransmits),
        ("tail_probes", counts.tail_probes),
        ("undone", counts.undone),
        ("dup_in", counts.duplicates_received),
        ("ooo_in", counts.out_of_order_received),
        ("discarded", counts.discarded),
        ("ce_marks_in", counts.marks_received),
        ("ecn_echoes", counts.congestion_echoes),
        ("window_probes", counts.window_probes),
        ("keepalive_probes", counts.keep_alive_probes),
        ("challenge_acks", counts.challenge_acks),
    ];
    let told = seldom.iter().filter(|(_, count)| *count > 0);
    told.map(|(name, count)| format!("{name}:{count}")).collect()
}

/// As `ss` has them: milliseconds without a unit, to the microsecond where that matters.
fn ms(micros: u64) -> String {
    let ms = micros as f64 / 1e3;
    let digits = if ms >= 100.0 { 0 } else { 3 };
    let text = format!("{ms:.digits$}");
    if digits == 0 { text } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() }
}

fn wrap(text: &mut String, words: &[String]) {
    let mut line = String::from(INDENT);
    for word in words {
        if line.len() + 1 + word.len() > WIDTH && line.len() > INDENT.len() {
            let _memory_takes_it = writeln!(text, "{}", line.trim_end());
            line = String::from(INDENT);
        }
        line.push_str(word);
        line.push(' ');
    }
    let _memory_takes_it = writeln!(text, "{}", line.trim_end());
}

#[cfg(test)]
mod tests;
