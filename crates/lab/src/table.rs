//! A table as text.

use core::fmt;
use core::time::Duration;

/// A table: a title, what it says about itself, columns and rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The name under which it is chosen.
    pub name: &'static str,
    /// What it shows.
    pub title: String,
    /// How to read it, a sentence a line.
    pub notes: Vec<String>,
    /// The columns' heads.
    pub columns: Vec<String>,
    /// The rows: as many cells as there are columns.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// How wide each column is.
    fn widths(&self) -> Vec<usize> {
        let cells = |column: usize| {
            let below = self.rows.iter().filter_map(move |row| row.get(column));
            below.chain(self.columns.get(column)).map(|cell| cell.chars().count())
        };
        (0..self.columns.len()).map(|column| cells(column).max().unwrap_or(0)).collect()
    }
}

impl fmt::Display for Table {
    /// Columns side by side: words to the left, numbers to the right.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.name, self.title)?;
        for note in &self.notes {
            writeln!(f, "  {note}")?;
        }
        writeln!(f)?;
        let widths = self.widths();
        let is_number = |column: usize| {
            let mut cells = self.rows.iter().filter_map(|row| row.get(column)).filter(|cell| *cell != NONE);
            cells.all(|cell| cell.starts_with(|first: char| first.is_ascii_digit() || "+-<".contains(first)))
        };
        for row in core::iter::once(&self.columns).chain(&self.rows) {
            let mut line = String::from(" ");
            for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                let cell =
                    if is_number(column) { format!(" {cell:>width$} ") } else { format!(" {cell:<width$} ") };
                line.push_str(&cell);
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// 97.3 of a part of 0.973.
pub(crate) fn percent(part: f64) -> String {
    format!("{:.1}", part * 100.0)
}

/// Milliseconds, to the tenth.
pub(crate) fn millis(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e3)
}

/// A cell that has nothing to say.
pub(crate) const NONE: &str = "-";

#[cfg(test)]
mod tests;
