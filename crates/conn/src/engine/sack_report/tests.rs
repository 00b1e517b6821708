use lucid_wire::SeqNum;

use super::*;

fn place(at: u64) -> Position {
    Position::first(SeqNum::new(0)) + at
}

fn run(start: u64, end: u64) -> Range<Position> {
    place(start)..place(end)
}

/// What the next ACK reports while these runs wait.
fn reports(report: &mut SackReport, max: usize, runs: &[(u64, u64)]) -> Vec<(u32, u32)> {
    let holding =
        |at: Position| runs.iter().map(|&(start, end)| run(start, end)).find(|run| run.contains(&at));
    let blocks = report.take(max, holding);
    blocks.as_slice().iter().map(|block| (block.start.get(), block.end.get())).collect()
}

/// RFC 2018 section 4: the run of the segment that triggered the ACK first, then those reported before it.
#[test]
fn the_latest_run_comes_first() {
    let mut report = SackReport::default();
    let runs = [(10, 20), (30, 40), (50, 60), (70, 80)];
    let mut heard = Vec::new();
    for (start, end) in runs {
        report.on_kept(&run(start, end), false);
        heard.push(reports(&mut report, 3, &runs));
    }
    assert_eq!(heard[0], [(10, 20)]);
    assert_eq!(heard[1], [(30, 40), (10, 20)]);
    assert_eq!(heard[2], [(50, 60), (30, 40), (10, 20)]);
    assert_eq!(heard[3], [(70, 80), (50, 60), (30, 40)]);
    report.on_kept(&run(30, 45), false);
    assert_eq!(reports(&mut report, 2, &[(30, 45), (70, 80)]), [(30, 45), (70, 80)]);
}

/// RFC 2018 section 4: also where many gaps open before one ACK goes.
#[test]
fn every_run_is_reported_three_times() {
    let runs: Vec<_> = (1..=9).map(|n| (10 * n, 10 * n + 5)).collect();
    let mut report = SackReport::default();
    runs.iter().for_each(|&(start, end)| report.on_kept(&run(start, end), false));
    let mut times = [0; 9];
    for _ in 0..14 {
        for (start, _) in reports(&mut report, 3, &runs) {
            times[start as usize / 10 - 1] += 1;
        }
    }
    assert!(times.iter().all(|&times| times >= 3), "{times:?}");
    assert_eq!(times[8], 14, "the latest is always first: {times:?}");
}

/// A run that grew, or was joined with its neighbour, is one block.
#[test]
fn joined_runs_are_reported_as_one() {
    let mut report = SackReport::default();
    report.on_kept(&run(10, 20), false);
    report.on_kept(&run(30, 40), false);
    report.on_kept(&run(10, 40), true);
    assert_eq!(reports(&mut report, 4, &[(10, 40)]), [(10, 40)]);
    report.on_delivered(place(40));
    assert_eq!(reports(&mut report, 4, &[]), []);
    assert!(report.recent.is_empty());
}

/// RFC 2883 section 4: first, once, and with the run around it second.
#[test]
fn a_duplicate_is_reported_once_and_first() {
    let mut report = SackReport::default();
    report.on_kept(&run(10, 20), false);
    report.on_kept(&run(50, 80), false);
    let runs = [(10, 20), (50, 80)];
    report.on_duplicate(run(12, 15));
    assert_eq!(reports(&mut report, 3, &runs), [(12, 15), (10, 20), (50, 80)]);
    assert_eq!(reports(&mut report, 3, &runs), [(50, 80), (10, 20)]);
    report.on_duplicate(run(1, 5));
    assert_eq!(reports(&mut report, 3, &runs), [(1, 5), (50, 80), (10, 20)]);
}

/// What continues a duplicate is reported with it; an ACK has room for one, and one without room keeps it.
#[test]
fn neighbouring_duplicates_are_one() {
    let mut report = SackReport::default();
    report.on_duplicate(run(10, 20));
    report.on_duplicate(run(20, 30));
    report.on_duplicate(run(5, 12));
    report.on_duplicate(run(50, 60));
    assert_eq!(reports(&mut report, 0, &[]), []);
    assert_eq!(reports(&mut report, 3, &[]), [(5, 30)]);
    assert_eq!(reports(&mut report, 3, &[]), []);
}
