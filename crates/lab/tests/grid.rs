//! A small grid, written down: a slowdown shows as a changed number.
//!
//! A number that changed for a good reason is accepted with `INSTA_UPDATE=always cargo test -p lucid-lab --test grid`.

use std::time::Duration;

use lucid_lab::tables::{Cell, Lossy, fairness, losses, lossless};
use lucid_lab::{Contender, Path, SEED, Table};

#[test]
fn the_small_grid_is_as_written_down() {
    let all = Contender::all();
    let clean = [
        Cell::new(1.0, 100, 1.0, 20),
        Cell::new(10.0, 50, 0.5, 10),
        Cell::new(10.0, 50, 4.0, 10),
        Cell::new(100.0, 20, 1.0, 5),
    ];
    let bad = [(0.1, 1.0), (1.0, 1.0), (3.0, 1.0), (1.0, 8.0)];
    let bad = bad.map(|(percent, in_row)| Lossy { percent, in_row });
    let tables = [
        lossless(&clean, &all),
        losses(&Path::of(20.0, 40), &bad, Duration::from_secs(10), &all),
        fairness(&[(Path::of(10.0, 20), 2), (Path::of(20.0, 40), 8)], &all),
    ];
    let text = tables.iter().map(Table::to_string).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!("grid", format!("seed {SEED}\n\n{text}"));
}
