//! A piece of a step's transcript, for its page.

use crate::demo::{Outcome, Play, Side, Step, failure, turns_of};

/// Which piece: around a turning point.
pub(super) struct Excerpt {
    turn: &'static str,
    before: usize,
    behind: usize,
}

impl Excerpt {
    /// So many lines before what happens at this turning point, and from there on.
    pub(super) const fn around(turn: &'static str, before: usize, behind: usize) -> Self {
        Self { turn, before, behind }
    }

    /// Its lines.
    ///
    /// # Errors
    /// The run has no such turning point.
    pub(super) fn of(&self, step: &Step, play: &Play) -> Outcome<String> {
        let (turns, _) = turns_of(step, play);
        let turn = turns.iter().find(|(name, _)| *name == self.turn);
        let (_, turn) = turn.ok_or_else(|| failure(format_args!("{} has no {}", step.name, self.turn)))?;
        let mut lines = Vec::new();
        let mut place = 0;
        for (number, beat) in play.beats.iter().enumerate() {
            if number == turn.shown {
                place = lines.len();
            }
            let side = if beat.side == Side::Server { "server  " } else { "  client" };
            let at = beat.at.as_secs_f64();
            lines.extend(beat.lines.iter().map(|line| format!("{at:<8.4} {side} {}", line.text)));
        }
        let from = place.saturating_sub(self.before);
        Ok(lines[from..(place + self.behind).min(lines.len())].join("\n"))
    }
}
