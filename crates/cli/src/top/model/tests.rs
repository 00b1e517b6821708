use super::*;
use crate::live::testing::{connection, snapshot};

/// So many connections; the later ones have the larger windows.
fn connections(count: u32) -> Vec<Connection> {
    let each = (0..count).map(|conn| Connection { cwnd: u64::from(conn) * 1000, ..connection(conn) });
    each.collect()
}

fn model(count: u32) -> Model {
    let mut model = Model::new(snapshot(connections(count)));
    model.columns = vec![Column::Peer, Column::Out, Column::Cwnd];
    model.fit(10);
    model
}

fn order(model: &Model) -> Vec<u32> {
    model.rows.iter().map(|row| row.connection.conn).collect()
}

fn under_cursor(model: &Model) -> u32 {
    model.rows[model.selected].connection.conn
}

fn later(mut connections: Vec<Connection>, micros: u64) -> Vec<Connection> {
    for connection in &mut connections {
        connection.at_us += micros;
    }
    connections
}

#[test]
fn columns_are_chosen_one_after_the_other_and_around() {
    let mut model = model(3);
    assert_eq!(order(&model), [0, 1, 2]);
    model.fulfil(Wish::NextColumn);
    assert_eq!((model.sort.column, order(&model)), (Column::Cwnd, vec![2, 1, 0]));
    model.fulfil(Wish::Reverse);
    assert_eq!(order(&model), [0, 1, 2]);
    model.fulfil(Wish::NextColumn);
    assert_eq!(model.sort, Sort { column: Column::Peer, reversed: false });
    model.fulfil(Wish::PreviousColumn);
    assert_eq!(model.sort.column, Column::Cwnd);
}

#[test]
fn rates_come_from_two_snapshots() {
    let mut model = model(2);
    let mut next = later(connections(2), 500_000);
    next[1].delivered += 1000;
    model.update(snapshot(next));
    assert_eq!(order(&model), [1, 0]);
    assert_eq!(model.rows[0].rates, Rates { out: 2000.0, into: 0.0 });
    assert_eq!(model.histories[&1].points().map(|point| point.out).collect::<Vec<_>>(), [0.0, 2000.0]);
}

#[test]
fn the_cursor_stays_on_its_connection_once_it_was_moved() {
    let mut model = model(30);
    model.fulfil(Wish::Down(4));
    assert_eq!(under_cursor(&model), 4);
    let mut next = later(connections(30), 500_000);
    next[20].delivered += 1000;
    model.update(snapshot(next.clone()));
    assert_eq!((model.selected, under_cursor(&model)), (5, 4));
    // On the first row it stays there.
    model.fulfil(Wish::First);
    let mut next = later(next, 500_000);
    next[25].delivered += 1000;
    model.update(snapshot(next));
    assert_eq!((model.selected, under_cursor(&model)), (0, 25));
}

#[test]
fn the_cursor_keeps_its_row_when_its_connection_is_gone() {
    let mut model = model(30);
    model.fulfil(Wish::Last);
    assert_eq!(model.selected, 29);
    model.update(snapshot(later(connections(10), 500_000)));
    assert_eq!(model.selected, 9);
    model.update(snapshot(vec![]));
    assert_eq!(model.selected, 0);
    model.fulfil(Wish::Down(1));
    model.fulfil(Wish::Enter);
    assert!(model.detail.is_none());
}

#[test]
fn the_row_under_the_cursor_is_on_the_screen() {
    let mut model = model(5000);
    let moves =
        [Wish::Down(1), Wish::PageDown, Wish::Last, Wish::PageUp, Wish::Up(1), Wish::First, Wish::Down(12)];
    for height in [1, 20, 46, 6000] {
        for wish in moves {
            model.fulfil(wish);
            model.fit(height);
            assert!((model.top..model.top + height).contains(&model.selected), "{wish:?}: {}", model.top);
            assert!(model.top == 0 || model.top + height <= 5000, "empty rows below: {}", model.top);
        }
    }
}

#[test]
fn one_connection_is_shown_until_one_goes_back_and_stays_as_it_was_last() {
    let mut model = model(3);
    model.fulfil(Wish::Down(1));
    model.fulfil(Wish::Enter);
    let shown =
        |model: &Model| model.detail.as_ref().map(|detail| (detail.row.connection.conn, detail.is_over));
    assert_eq!(shown(&model), Some((1, false)));
    model.fulfil(Wish::Down(1));
    assert_eq!(shown(&model), Some((2, false)));
    model.update(snapshot(later(connections(2), 500_000)));
    assert_eq!(shown(&model), Some((2, true)));
    model.fulfil(Wish::Back);
    assert_eq!(shown(&model), None);
}

#[test]
fn any_key_leaves_the_page_of_keys_and_does_nothing_else() {
    let mut model = model(3);
    model.fulfil(Wish::Help);
    assert!(model.shows_help);
    model.fulfil(Wish::Down(1));
    assert!(!model.shows_help);
    assert_eq!(model.selected, 0);
}

#[test]
fn memory_has_a_bound() {
    let mut model = model(1);
    for round in 1..2000 {
        model.update(snapshot(later(connections(1), round * 500_000)));
    }
    assert_eq!(model.histories[&0].points().len(), MOST);
}
