//! The one table: on the terminal, as Markdown, as JSON.

use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};

use super::machine::Machine;
use super::plan::{Figure, Peer, root};
use super::results::{Cell, Results, short};
use crate::console::{BAD, FAINT, TITLE, painted, say};
use crate::error::{Outcome, While};

/// How wide the names of works and units are, a value, and its ratio.
const NAME: usize = 13;
const UNIT: usize = 16;
const VALUE: usize = 8;
const RATIO: usize = 7;

const LEGEND: &str = "Medians. x: times the first peer's, in the same round (the median of these). Two processes on \
                      loopback, tokio's current_thread unless said; CPU: of both ends, user and system.";

pub(super) fn show(machine: &Machine, peers: &[&Peer], measured: &[Results]) {
    say(format_args!("\n{}", painted(TITLE, format_args!("lucid and its peers: {machine}"))));
    let mut head = format!("{:NAME$} {:UNIT$}", "", "");
    for peer in peers {
        let gap = (VALUE + RATIO).saturating_sub(peer.name.len().max(VALUE));
        let _to_a_string = write!(head, " {:>VALUE$}{:gap$}", peer.name, "");
    }
    say(head.trim_end());
    for results in measured {
        for (index, figure) in results.work.figures.iter().enumerate() {
            let name = if index == 0 { results.work.name } else { "" };
            say(line(name, figure, results, peers.len()).trim_end());
        }
    }
    for (name, what) in legend(peers, measured) {
        say(painted(FAINT, format_args!("  {name:NAME$} {what}")));
    }
    for failure in failures(peers, measured) {
        say(format_args!("  {BAD}failed{BAD:#}  {failure}"));
    }
    say(painted(FAINT, LEGEND));
}

fn line(name: &str, figure: &Figure, results: &Results, peers: usize) -> String {
    let mut line = format!("{name:NAME$} {:UNIT$}", figure.unit);
    for peer in 0..peers {
        let _to_a_string = match results.cell(peer, figure) {
            Cell::Value { median, ratio: Some(ratio) } => {
                let ratio = painted(FAINT, format_args!("{:>6}", format!("{} x", short(ratio))));
                write!(line, " {:>VALUE$} {ratio}", short(median))
            }
            Cell::Value { median, ratio: None } => write!(line, " {:>VALUE$}{:RATIO$}", short(median), ""),
            Cell::Failed => {
                write!(line, " {}{:RATIO$}", painted(BAD, format_args!("{:>VALUE$}", "failed")), "")
            }
            Cell::None => write!(line, " {:>VALUE$}{:RATIO$}", "-", ""),
        };
    }
    line
}

/// What the names stand for.
fn legend<'a>(peers: &'a [&Peer], measured: &'a [Results]) -> impl Iterator<Item = (&'a str, &'a str)> {
    let works = measured.iter().map(|results| (results.work.name, results.work.what));
    peers.iter().map(|peer| (peer.name, peer.what)).chain(works)
}

fn failures(peers: &[&Peer], measured: &[Results]) -> Vec<String> {
    let each = measured.iter().flat_map(|results| {
        let failed = peers.iter().enumerate().filter_map(|(index, peer)| {
            results.failure(index).map(|why| format!("{} at {}: {why}", peer.name, results.work.name))
        });
        failed.collect::<Vec<_>>()
    });
    each.collect()
}

/// Writes `docs/bench.md` and `docs/bench.json`.
pub(super) fn write(machine: &Machine, peers: &[&Peer], measured: &[Results]) -> Outcome {
    let docs = root().join("docs");
    let json = serde_json::to_string_pretty(&as_json(machine, peers, measured)).while_doing("make JSON")?;
    fs::write(docs.join("bench.md"), as_markdown(machine, peers, measured))
        .while_doing("write docs/bench.md")?;
    fs::write(docs.join("bench.json"), json + "\n").while_doing("write docs/bench.json")?;
    say("Written: docs/bench.md, docs/bench.json");
    Ok(())
}

fn as_markdown(machine: &Machine, peers: &[&Peer], measured: &[Results]) -> String {
    let mut text =
        format!("# lucid and its peers\n\nMeasured by `cargo xtask bench` on: {machine}.\n{LEGEND}\n\n");
    let names: Vec<&str> = peers.iter().map(|peer| peer.name).collect();
    let rule = "| ---: ".repeat(peers.len());
    text += &format!("| work | unit | {} |\n| --- | --- {rule}|\n", names.join(" | "));
    for results in measured {
        for (index, figure) in results.work.figures.iter().enumerate() {
            let name = if index == 0 { results.work.name } else { "" };
            let cells = (0..peers.len()).map(|peer| match results.cell(peer, figure) {
                Cell::Value { median, ratio: Some(ratio) } => {
                    format!("{} ({} x)", short(median), short(ratio))
                }
                Cell::Value { median, ratio: None } => short(median),
                Cell::Failed => "failed".to_owned(),
                Cell::None => "-".to_owned(),
            });
            text += &format!("| {name} | {} | {} |\n", figure.unit, cells.collect::<Vec<_>>().join(" | "));
        }
    }
    text.push('\n');
    for (name, what) in legend(peers, measured) {
        text += &format!("- `{name}`: {what}\n");
    }
    for failure in failures(peers, measured) {
        text += &format!("- failed: {failure}\n");
    }
    text
}

fn as_json(machine: &Machine, peers: &[&Peer], measured: &[Results]) -> Value {
    let works = measured.iter().map(|results| {
        let each = peers.iter().enumerate().map(|(index, peer)| {
            let figures = figures_as_json(results, index);
            (peer.name.to_owned(), json!({ "figures": figures, "failed": results.failure(index) }))
        });
        json!({ "work": results.work.name, "what": results.work.what, "peers": each.collect::<Value>() })
    });
    let Machine { cpu, cores, kernel, date, commit } = machine;
    json!({
        "machine": { "cpu": cpu, "cores": cores, "kernel": kernel, "date": date },
        "commit": commit,
        "peers": peers.iter().map(|peer| (peer.name, peer.what)).collect::<Value>(),
        "works": works.collect::<Value>(),
    })
}

fn figures_as_json(results: &Results, peer: usize) -> Value {
    let each = results.work.figures.iter().filter_map(|figure| match results.cell(peer, figure) {
        Cell::Value { median, ratio } => {
            let rounds: Vec<f64> = results.rounds(peer, figure.key).collect();
            let value = json!({ "unit": figure.unit, "median": median, "ratio": ratio, "rounds": rounds });
            Some((figure.key.to_owned(), value))
        }
        Cell::Failed | Cell::None => None,
    });
    each.collect()
}

#[cfg(test)]
mod tests;
