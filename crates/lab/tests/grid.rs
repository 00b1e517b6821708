//! A small grid, written down: a slowdown shows as a changed number.
//!
//! A number that changed for a good reason is accepted with `INSTA_UPDATE=always cargo test -p lucid-lab --test grid`.

use std::time::Duration;

use lucid_lab::tables::{
    Cell, Happening, Lossy, changes, delay, fairness, losses, lossless, marks, mixes, position, reordering,
    reply, short,
};
use lucid_lab::{Contender, Path, SEED, Table};

/// Compares with what is written down under this name.
fn check(name: &str, tables: &[Table]) {
    let text = tables.iter().map(Table::to_string).collect::<Vec<_>>().join("\n");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, format!("seed {SEED}\n\n{text}"));
    });
}

#[test]
fn clean_and_lossy_paths() {
    let all = Contender::all();
    let clean = [
        Cell::new(1.0, 100, 1.0, 20),
        Cell::new(10.0, 50, 0.5, 10),
        Cell::new(10.0, 50, 4.0, 10),
        Cell::new(100.0, 20, 1.0, 5),
    ];
    let bad = [(0.1, 1.0), (1.0, 1.0), (3.0, 1.0), (1.0, 8.0)];
    let bad = bad.map(|(percent, in_row)| Lossy { percent, in_row });
    let path = Path::of(20.0, 40);
    check("paths", &[lossless(&clean, &all), losses(&path, &bad, Duration::from_secs(10), &all)]);
}

#[test]
fn sharing() {
    let all = Contender::all();
    let path = Path::of(10.0, 40);
    let length = Duration::from_secs(20);
    let tables = [
        fairness(&[(Path::of(10.0, 20), 2), (Path::of(20.0, 40), 8)], &all),
        mixes(&path, &[1.0], length, &all),
        delay(&path, &[1.0, 4.0], length, &all),
        marks(&path.clone().queue(2.0), &[None, Some(0.5)], length, &all),
        short(&path, 20, &all),
    ];
    check("sharing", &tables);
}

#[test]
fn mishaps() {
    let all = Contender::all();
    let path = Path::of(20.0, 40);
    let happenings = [Happening::Rate(0.5), Happening::Blackout(Duration::from_secs(1))];
    let tables = [
        reply(&Path::of(100.0, 50).loss(1.0), 200, &all),
        changes(&path, &happenings, &all),
        position(&path, &[1, 2, 10, 15, 29, 30], &all),
        reordering(&path.queue(2.0), &[(1.0, 3), (5.0, 13)], Duration::from_secs(10), &all),
    ];
    check("mishaps", &tables);
}
