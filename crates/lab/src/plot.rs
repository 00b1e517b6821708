//! Curves: how a flow goes over time, as SVG.
//!
//! Four courses, each with every contender: alone on a clean line, joined by a second flow, on a line whose rate halves
//! for a while, and under loss. Each makes one picture of three panels over the same time: throughput, window and
//! bytes in flight, and the queueing delay.

mod axis;
mod chart;
mod svg;

use std::time::Duration;

use lucid_sim::RateChange;

use crate::contender::Contender;
use crate::parallel::parallel;
use crate::path::Path;
use crate::report::{FlowReport, Report};
use crate::scenario::{Group, SEED, Scenario};
use chart::{Chart, Line, Panel, Stroke};

const LENGTH: Duration = Duration::from_secs(30);
/// When something changes, and when it changes back.
const CHANGE: [Duration; 2] = [Duration::from_secs(10), Duration::from_secs(20)];
/// One each 50 ms.
const SAMPLES: usize = 600;
/// Throughput is that of the last 250 ms.
const SPAN: usize = 5;

/// One course of things.
#[derive(Clone, Copy, Debug)]
struct Course {
    name: &'static str,
    about: &'static str,
    scenario: fn(Path, &Contender) -> (Path, Vec<Group>),
}

const COURSES: [Course; 4] = [
    Course {
        name: "alone",
        about: "one flow on a clean line",
        scenario: |path, one| (path, vec![Group::long(one, 1)]),
    },
    Course {
        name: "joined",
        about: "a second flow joins after 10 s",
        scenario: |path, one| (path, vec![Group::long(one, 1), Group::long(one, 1).from(CHANGE[0])]),
    },
    Course {
        name: "halved",
        about: "the rate halves after 10 s, for 10 s",
        scenario: |path, one| (halved(path), vec![Group::long(one, 1)]),
    },
    Course {
        name: "lossy",
        about: "one flow, 1 % of the datagrams are lost",
        scenario: |path, one| (path.loss(1.0), vec![Group::long(one, 1)]),
    },
];

fn halved(path: Path) -> Path {
    let half = Path::of(path.rate.bits_per_second() as f64 / 2e6, 1).rate;
    let rate_changes =
        CHANGE.into_iter().zip([half, path.rate]).map(|(at, rate)| RateChange { at, rate }).collect();
    Path { rate_changes, ..path }
}

/// A picture, and the name of its file.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Such as `joined-reno.svg`.
    pub file_name: String,
    /// The SVG: complete, readable in light and dark.
    pub svg: String,
}

/// Every course with every contender, on 20 Mbit/s and 40 ms with a queue of one bandwidth-delay product.
#[must_use]
pub fn pictures(contenders: &[Contender]) -> Vec<Picture> {
    let all: Vec<_> =
        COURSES.iter().flat_map(|course| contenders.iter().map(move |one| (course, one))).collect();
    parallel(&all, |(course, contender)| {
        let (path, groups) = (course.scenario)(Path::of(20.0, 40), contender);
        let scenario = Scenario { samples: SAMPLES, ..Scenario::new(path, groups, LENGTH) };
        let report = scenario.run();
        let chart = Chart {
            title: format!("{}: {}", contender.name(), course.about),
            subtitle: subtitle(&scenario.path),
            seconds: LENGTH.as_secs_f64(),
            panels: vec![
                throughput(&report),
                window(&scenario.path, &report),
                queue(&scenario.path, &report),
            ],
        };
        Picture { file_name: format!("{}-{}.svg", course.name, contender.name()), svg: svg::draw(&chart) }
    })
}

fn subtitle(path: &Path) -> String {
    let mbit = path.rate.bits_per_second() as f64 / 1e6;
    let ms = path.rtt.as_secs_f64() * 1e3;
    format!("{mbit} Mbit/s, {ms} ms round trip, queue of one bandwidth-delay product, seed {SEED}")
}

/// Names of lines: with several flows, by their number.
fn label(what: &str, nth: usize, of: usize) -> String {
    if of > 1 { format!("{what} {}", nth + 1) } else { what.to_owned() }
}

fn throughput(report: &Report) -> Panel {
    let flows = report.flows.iter().enumerate();
    let mut lines: Vec<_> = flows
        .map(|(nth, flow)| {
            let stroke = Stroke::Strong(nth);
            Line { label: label("flow", nth, report.flows.len()), stroke, points: rates(flow) }
        })
        .collect();
    let until = |nth: usize| report.queue[nth].0;
    let capacity = (1..report.queue.len()).map(|nth| {
        let (from, at) = (until(nth - 1), until(nth));
        (at.as_secs_f64(), report.capacity(from, at) * 8e-6 / (at - from).as_secs_f64())
    });
    lines.push(Line {
        label: "what the line carries".to_owned(),
        stroke: Stroke::Limit,
        points: capacity.collect(),
    });
    Panel { title: "Throughput".to_owned(), unit: "Mbit/s", lines }
}

/// Megabits per second over time.
fn rates(flow: &FlowReport) -> Vec<(f64, f64)> {
    let spans = flow.curve.windows(SPAN + 1);
    let rate = |span: &[crate::Point]| {
        let (first, last) = (span[0], span[SPAN]);
        let megabits = (last.delivered - first.delivered) as f64 * 8e-6;
        (last.at.as_secs_f64(), megabits / (last.at - first.at).as_secs_f64())
    };
    spans.filter(|span| span[SPAN].at >= flow.began).map(rate).collect()
}

fn window(path: &Path, report: &Report) -> Panel {
    let mut lines = Vec::new();
    let count = report.flows.len();
    for (nth, flow) in report.flows.iter().enumerate() {
        let curve = |what: fn(&crate::Point) -> f64| {
            let begun = flow.curve.iter().filter(|point| point.at >= flow.began);
            begun.map(|point| (point.at.as_secs_f64(), what(point) / 1e3)).collect()
        };
        let in_flight = curve(|point| point.in_flight);
        lines.push(Line {
            label: label("in flight", nth, count),
            stroke: Stroke::Faint(nth),
            points: in_flight,
        });
        let cwnd = curve(|point| point.cwnd);
        lines.push(Line { label: label("cwnd", nth, count), stroke: Stroke::Strong(nth), points: cwnd });
    }
    // The line's share of payload, lest a limit in bytes on the line be held against payload.
    let payload = f64::from(path.mss) / path.datagram() as f64;
    let full = (path.bdp() + path.queue_bytes() as f64) * payload / 1e3;
    lines.push(Line::across("path and queue full", full, LENGTH));
    Panel { title: "Window".to_owned(), unit: "kB", lines }
}

fn queue(path: &Path, report: &Report) -> Panel {
    let waits = report.queue.iter().map(|(at, wait)| (at.as_secs_f64(), wait.as_secs_f64() * 1e3)).collect();
    let full = path.queue_bytes() as f64 * 8e3 / path.rate.bits_per_second() as f64;
    let lines = vec![
        Line { label: "a datagram's wait".to_owned(), stroke: Stroke::Area, points: waits },
        Line::across("queue full", full, LENGTH),
    ];
    Panel { title: "Queueing delay".to_owned(), unit: "ms", lines }
}

#[cfg(test)]
mod tests;
