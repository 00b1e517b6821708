//! What is shown, and what keys and snapshots do to it. Knows no terminal.

use std::collections::HashMap;

use super::columns::Column;
use super::history::{History, Point};
use crate::live::attach::Snapshot;
use crate::live::protocol::{Connection, Process};
use crate::live::rates::Rates;

/// So many points are kept in all: some 40 MB of them.
const POINTS: usize = 1_000_000;
/// And of one connection between these.
const FEWEST: usize = 120;
const MOST: usize = 1200;

/// A connection of the list.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) connection: Connection,
    pub(super) rates: Rates,
}

/// What the list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sort {
    pub(super) column: Column,
    /// The other way round than [`Column::compare`] has it.
    pub(super) reversed: bool,
}

/// One connection, shown alone.
#[derive(Clone, Debug)]
pub(super) struct Detail {
    pub(super) row: Row,
    pub(super) history: History,
    /// It is over: this is how it was last.
    pub(super) is_over: bool,
}

/// All that is shown.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) process: Process,
    /// Sorted.
    pub(super) rows: Vec<Row>,
    pub(super) histories: HashMap<u32, History>,
    pub(super) sort: Sort,
    /// The columns there are on the screen, as of the last picture: those that can be sorted by.
    pub(super) columns: Vec<Column>,
    /// The row under the cursor. Once someone has moved it, it stays on its connection.
    pub(super) selected: usize,
    follows: Option<u32>,
    /// The first row on the screen, and how many there are, as of the last picture.
    pub(super) top: usize,
    pub(super) height: usize,
    pub(super) detail: Option<Detail>,
    pub(super) shows_help: bool,
    /// Why no more snapshots come.
    pub(super) ended: Option<String>,
}

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Up(usize),
    Down(usize),
    PageUp,
    PageDown,
    First,
    Last,
    Enter,
    Back,
    NextColumn,
    PreviousColumn,
    Reverse,
    Help,
}

impl Wish {
    /// Where the cursor goes from this row, with `height` rows on a page; it may be behind the last. None, if it stays.
    pub(super) fn row(self, from: usize, height: usize) -> Option<usize> {
        let page = height.max(1);
        match self {
            Self::Up(rows) => Some(from.saturating_sub(rows)),
            Self::Down(rows) => Some(from.saturating_add(rows)),
            Self::PageUp => Some(from.saturating_sub(page)),
            Self::PageDown => Some(from.saturating_add(page)),
            Self::First => Some(0),
            Self::Last => Some(usize::MAX),
            _ => None,
        }
    }
}

impl Model {
    pub(super) fn new(snapshot: Snapshot) -> Self {
        let mut model = Self {
            process: snapshot.process.clone(),
            rows: Vec::new(),
            histories: HashMap::new(),
            sort: Sort { column: Column::Out, reversed: false },
            columns: vec![Column::Out],
            selected: 0,
            follows: None,
            top: 0,
            height: 1,
            detail: None,
            shows_help: false,
            ended: None,
        };
        model.update(snapshot);
        model
    }

    /// Takes a new snapshot in.
    pub(super) fn update(&mut self, snapshot: Snapshot) {
        let Snapshot { process, connections } = snapshot;
        let before: HashMap<u32, Row> = self.rows.drain(..).map(|row| (row.connection.conn, row)).collect();
        let rate = |connection: &Connection| {
            before.get(&connection.conn).and_then(|row| Rates::between(&row.connection, connection))
        };
        let row = |connection: Connection| Row { rates: rate(&connection).unwrap_or_default(), connection };
        self.process = process;
        self.rows = connections.into_iter().map(row).collect();
        self.remember();
        self.arrange();
        self.update_detail();
    }

    /// A point for each connection; those of others go.
    fn remember(&mut self) {
        let most = (POINTS / self.rows.len().max(1)).clamp(FEWEST, MOST);
        let mut before = std::mem::take(&mut self.histories);
        let each = self.rows.iter().map(|row| {
            let mut history = before.remove(&row.connection.conn).unwrap_or_default();
            history.push(Point::new(&row.connection, row.rates), most);
            (row.connection.conn, history)
        });
        self.histories = each.collect();
    }

    /// Sorts, and keeps the cursor on its connection.
    fn arrange(&mut self) {
        let Sort { column, reversed } = self.sort;
        self.rows.sort_by(|one, other| {
            let ordering = column.compare(one, other);
            if reversed { ordering.reverse() } else { ordering }
        });
        let followed = |row: &Row| Some(row.connection.conn) == self.follows;
        if let Some(found) = self.rows.iter().position(followed) {
            self.selected = found;
        }
        self.select(self.selected, self.follows.is_some());
    }

    fn select(&mut self, row: usize, follows: bool) {
        self.selected = row.min(self.rows.len().saturating_sub(1));
        let under_it = self.rows.get(self.selected).map(|row| row.connection.conn);
        self.follows = under_it.filter(|_| follows);
    }

    fn update_detail(&mut self) {
        let Some(detail) = &mut self.detail else { return };
        let conn = detail.row.connection.conn;
        match self.rows.iter().find(|row| row.connection.conn == conn) {
            Some(row) => {
                detail.row = row.clone();
                detail.history = self.histories.get(&conn).cloned().unwrap_or_default();
            }
            None => detail.is_over = true,
        }
    }

    /// No more snapshots come. The last picture stays.
    pub(super) fn end(&mut self, why: impl Into<String>) {
        self.ended.get_or_insert(why.into());
    }

    pub(super) fn fulfil(&mut self, wish: Wish) {
        if self.shows_help {
            self.shows_help = false;
            return;
        }
        match wish {
            Wish::Help => self.shows_help = true,
            Wish::Back => self.detail = None,
            Wish::Enter if self.detail.is_none() => self.enter(),
            Wish::NextColumn => self.turn_column(1),
            Wish::PreviousColumn => self.turn_column(self.columns.len().saturating_sub(1)),
            Wish::Reverse => self.sort_by(Sort { reversed: !self.sort.reversed, ..self.sort }),
            _ => self.go(wish),
        }
    }

    /// Moves the cursor; where one connection is shown alone, to the next one.
    fn go(&mut self, wish: Wish) {
        let Some(row) = wish.row(self.selected, self.height) else { return };
        // On the first row it stays there, whoever that is.
        self.select(row, wish != Wish::First);
        if self.detail.is_some() {
            self.enter();
        }
    }

    fn enter(&mut self) {
        self.select(self.selected, true);
        let Some(row) = self.rows.get(self.selected) else { return };
        let history = self.histories.get(&row.connection.conn).cloned().unwrap_or_default();
        self.detail = Some(Detail { row: row.clone(), history, is_over: false });
    }

    fn turn_column(&mut self, by: usize) {
        let count = self.columns.len().max(1);
        let at = self.columns.iter().position(|&column| column == self.sort.column);
        let next = at.map_or(0, |at| (at + by) % count);
        if let Some(&column) = self.columns.get(next) {
            self.sort_by(Sort { column, reversed: false });
        }
    }

    fn sort_by(&mut self, sort: Sort) {
        self.sort = sort;
        self.arrange();
    }

    /// Says how many rows the screen has, and makes it show the one under the cursor.
    pub(super) fn fit(&mut self, height: usize) {
        self.height = height;
        let lowest = (self.selected + 1).saturating_sub(height);
        let highest = self.rows.len().saturating_sub(height);
        self.top = self.top.clamp(lowest, self.selected.max(lowest)).min(highest.max(lowest));
    }
}

#[cfg(test)]
mod tests;
