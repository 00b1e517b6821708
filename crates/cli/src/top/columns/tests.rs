use super::*;
use crate::live::rates::Rates;
use crate::live::testing::connection;

fn row(conn: u32) -> Row {
    Row { connection: connection(conn), rates: Rates::default() }
}

/// The numbers of rows in the order of a column.
fn sorted(column: Column, mut rows: Vec<Row>) -> Vec<u32> {
    rows.sort_by(|one, other| column.compare(one, other));
    rows.iter().map(|row| row.connection.conn).collect()
}

#[test]
fn numbers_sort_from_the_largest_down() {
    let mut rows: Vec<_> = (1..=3).map(row).collect();
    rows[1].connection.cwnd = 50_000;
    rows[2].connection.rtt_us = Some(90_000);
    rows[0].connection.rtt_us = None;
    assert_eq!(sorted(Column::Cwnd, rows.clone()), [2, 1, 3]);
    assert_eq!(sorted(Column::Rtt, rows.clone()), [3, 2, 1]);
    assert_eq!(sorted(Column::Conn, rows), [3, 2, 1]);
}

/// Who receives sends nothing, and is as busy.
#[test]
fn rates_that_are_alike_are_told_apart_by_the_other_direction() {
    let mut rows: Vec<_> = (1..=4).map(row).collect();
    rows[3].rates = Rates { out: 0.0, into: 5.0 };
    rows[1].rates = Rates { out: 1.0, into: 0.0 };
    assert_eq!(sorted(Column::Out, rows.clone()), [2, 4, 1, 3]);
    assert_eq!(sorted(Column::In, rows), [4, 2, 1, 3]);
}

#[test]
fn states_sort_as_connections_live() {
    let mut rows: Vec<_> = (1..=3).map(row).collect();
    rows[0].connection.state = State::TimeWait;
    rows[1].connection.state = State::SynReceived;
    assert_eq!(sorted(Column::State, rows), [2, 3, 1]);
}

#[test]
fn peers_sort_by_number_and_not_by_letter() {
    let mut rows: Vec<_> = (1..=2).map(row).collect();
    rows[0].connection.peer = "10.0.0.10:9".parse().expect("an address");
    rows[1].connection.peer = "10.0.0.9:80".parse().expect("an address");
    assert_eq!(sorted(Column::Peer, rows), [2, 1]);
}

#[test]
fn no_cell_is_wider_than_its_column() {
    let mut row = row(4_000_000);
    row.rates = Rates { out: 999_949_999.0, into: 1.0 };
    let columns =
        [Column::Out, Column::In, Column::Cwnd, Column::Threshold, Column::Rtt, Column::Again, Column::Limit];
    for column in columns {
        let width = column.width().expect("it is fixed");
        assert!(column.cell(&row).len() <= width, "{column:?}: {}", column.cell(&row));
        assert!(column.title().len() <= width + 1, "{column:?}");
    }
}

#[test]
fn a_loss_under_repair_has_a_star() {
    let mut row = row(1);
    assert_eq!(Column::State.cell(&row), "ESTAB");
    row.connection.recovery = RecoveryState::Recovery;
    assert_eq!(Column::State.cell(&row), "ESTAB*");
}
