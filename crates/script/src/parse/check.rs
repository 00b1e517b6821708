//! `%{ assert tcpi_snd_cwnd == 10, tcpi_snd_cwnd }%`

use super::cursor::{Cursor, Misread, Read};
use crate::syntax::{Assertion, Place};

/// What stands between `%{` and `}%`: one `assert` to a line, or to a semicolon.
pub(super) fn assertions(cursor: &mut Cursor<'_>) -> Read<Vec<Assertion>> {
    let mut found = Vec::new();
    let mut place = cursor.place();
    let inside = cursor.clone().take_until("}%")?;
    for line in inside.split_inclusive([';', '\n']) {
        let statement = line.split('#').next().unwrap_or_default().trim_end_matches([';', '\n']);
        let blanks = statement.len() - statement.trim_start().len();
        if !statement.trim().is_empty() {
            let column = place.column + line[..blanks].chars().count();
            found.push(assertion(statement.trim(), Place { column, ..place })?);
        }
        place = if line.ends_with('\n') {
            Place { line: place.line + 1, column: 1 }
        } else {
            Place { column: place.column + line.chars().count(), ..place }
        };
    }
    cursor.take_until("}%")?;
    Ok(found)
}

fn assertion(statement: &str, place: Place) -> Read<Assertion> {
    let condition = statement.strip_prefix("assert").filter(|rest| rest.starts_with([' ', '(', '\t']));
    let Some(condition) = condition else {
        return Err(Misread { place, what: format!("expected assert and a condition, found {statement:?}") });
    };
    let (condition, shown) = match comma(condition) {
        Some(at) => (&condition[..at], Some(condition[at + 1..].trim().to_owned())),
        None => (condition, None),
    };
    Ok(Assertion { place, condition: condition.trim().to_owned(), shown })
}

/// The comma between condition and message: one outside of brackets.
fn comma(text: &str) -> Option<usize> {
    let mut depth = 0_i32;
    text.char_indices().find_map(|(at, character)| {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        (character == ',' && depth == 0).then_some(at)
    })
}
