//! Playing a run: its lines as they come, slowly if that is wished, and questions at its turning points.

use std::io::BufRead;
use std::thread;
use std::time::Duration;

use lucid_conn::engine::What;

use super::columns::{self, laid_out};
use super::console::{BAD, FAINT, GOOD, STRONG, WINDOW, ask, painted, say};
use super::play::Play;
use super::turns::{Answer, Turn, number};
use crate::explain::prose;

/// How a run is to be played.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    /// Whether it stops and asks.
    pub(crate) pause: bool,
    /// How fast; none: as fast as it can be shown.
    pub(crate) speed: Option<f64>,
    /// Whether all lines are shown, or only those around what is asked.
    pub(crate) full: bool,
    /// How wide the terminal is.
    pub(crate) width: Option<usize>,
    /// Whether answers are repeated: nobody sees what comes through a pipe.
    pub(crate) echo: bool,
}

/// How it went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Score {
    /// Questions that were answered.
    pub(crate) answered: usize,
    /// Answered as it happened.
    pub(crate) right: usize,
    /// Whether the learner had enough.
    pub(crate) has_quit: bool,
}

/// What a learner says to a question.
enum Said {
    Right,
    Wrong,
    /// Show it.
    Nothing,
    Quit,
    /// There is nobody to answer.
    Gone,
}

/// So many beats are shown before a question, and at the end of the run.
const BEFORE: usize = 8;
const AT_THE_END: usize = 12;
/// What happens after a question is shown up to here, if it takes long.
const BEHIND: usize = 12;

/// So few lines are not left out.
const SMALL_GAP: usize = 4;

/// Plays a run, with its questions in the order in which they are asked.
pub(crate) fn perform(
    play: &Play,
    turns: &[(&'static str, Turn)],
    manner: Manner,
    answers: &mut impl BufRead,
) -> Score {
    let turns = if manner.pause { turns } else { &[] };
    let kept = kept(play, turns, manner);
    columns::heading(columns::two(manner.width));
    let mut score = Score::default();
    let mut questions = turns.iter().enumerate().peekable();
    let mut is_answered = true;
    let mut skipped = Skipped::default();
    for (place, beat) in play.beats.iter().enumerate() {
        while let Some((nth, (name, turn))) = questions.next_if(|(_, (_, turn))| turn.before <= place) {
            skipped.tell();
            if is_answered {
                say(painted(STRONG, format_args!("\n--- question {} of {} ---", nth + 1, turns.len())));
                match put(turn, manner.echo, answers) {
                    Said::Right => {
                        (score.answered, score.right) = (score.answered + 1, score.right + 1);
                        say(painted(GOOD, format_args!("  yes: {}", turn.answer.told())));
                    }
                    Said::Wrong => {
                        score.answered += 1;
                        say(painted(BAD, format_args!("  not quite: {}", turn.answer.told())));
                    }
                    Said::Nothing => say(painted(WINDOW, format_args!("  {}", turn.answer.told()))),
                    Said::Quit => return Score { has_quit: true, ..score },
                    Said::Gone => is_answered = false,
                }
                if is_answered {
                    // What happened would answer the next question, too, if that is about the same.
                    let next = questions.peek().map(|(_, (_, next))| next.shown);
                    reason(play, name, turn, next == Some(turn.shown));
                }
            }
        }
        if let Some(speed) = manner.speed {
            let since = place
                .checked_sub(1)
                .map_or(Duration::ZERO, |last| beat.at.saturating_sub(play.beats[last].at));
            thread::sleep(since.div_f64(speed));
        }
        if !kept[place] {
            skipped.add(play, place);
            continue;
        }
        skipped.tell();
        for line in &beat.lines {
            let line = columns::Line { at: beat.at, side: beat.side, text: line.text.clone() };
            say(laid_out(&line, columns::two(manner.width)));
        }
    }
    score
}

/// Which beats are shown.
fn kept(play: &Play, turns: &[(&'static str, Turn)], manner: Manner) -> Vec<bool> {
    let end = play.beats.len();
    let all = manner.full || manner.speed.is_some() || turns.is_empty();
    let mut kept = vec![all; end];
    for (_, Turn { before, shown, .. }) in turns {
        let last = (*shown).min(before + BEHIND).max(*before);
        kept[before.saturating_sub(BEFORE)..(last + 1).min(end)].fill(true);
        kept[shown.saturating_sub(1)..(shown + 1).min(end)].fill(true);
    }
    kept[end.saturating_sub(AT_THE_END)..].fill(true);
    close_small_gaps(play, &mut kept);
    kept
}

/// What is left out and shorter than the line that would say so is shown, too.
fn close_small_gaps(play: &Play, kept: &mut [bool]) {
    let mut start = 0;
    while let Some(gap) = kept[start..].iter().position(|is_kept| !is_kept).map(|gap| start + gap) {
        let end = kept[gap..].iter().position(|is_kept| *is_kept).map_or(kept.len(), |length| gap + length);
        let lines: usize = play.beats[gap..end].iter().map(|beat| beat.lines.len()).sum();
        if lines <= SMALL_GAP {
            kept[gap..end].fill(true);
        }
        start = end;
    }
}

/// What is not shown, in one line.
#[derive(Default)]
struct Skipped {
    lines: usize,
    from: Duration,
    to: Duration,
    /// The server's congestion window before and after.
    cwnd: Option<(f64, f64)>,
}

impl Skipped {
    fn add(&mut self, play: &Play, place: usize) {
        let beat = &play.beats[place];
        if self.lines == 0 {
            self.from = beat.at;
        }
        (self.to, self.lines) = (beat.at, self.lines + beat.lines.len());
        if let (true, What::Window { cwnd, .. }) = (beat.is_server(), &beat.event.what) {
            let began = self.cwnd.map_or(cwnd.before, |(began, _)| began);
            self.cwnd = Some((began, cwnd.after));
        }
    }

    fn tell(&mut self) {
        let Self { lines, from, to, cwnd } = std::mem::take(self);
        if lines == 0 {
            return;
        }
        let cwnd = cwnd.filter(|(before, after)| before.to_bits() != after.to_bits());
        let cwnd = cwnd.map_or_else(String::new, |(before, after)| {
            format!("; cwnd {} -> {}", number(before), number(after))
        });
        let time = lucid_views::words::time(to.saturating_sub(from));
        say(painted(FAINT, format_args!("         ... {lines} lines, {time}{cwnd} (--full shows them) ...")));
    }
}

/// Asks, until there is something that can be judged.
fn put(turn: &Turn, echo: bool, answers: &mut impl BufRead) -> Said {
    let mut text = String::new();
    prose(&mut text, "  ", &turn.question);
    if let Answer::Choice { options, .. } = &turn.answer {
        for (option, number) in options.iter().zip(1..) {
            prose(&mut text, &format!("    {number}  "), option);
        }
    }
    let wanted = turn.answer.wanted();
    say(text.trim_end());
    loop {
        ask(painted(FAINT, format_args!("  {wanted}; Enter shows it, q ends: ")));
        let mut said = String::new();
        match answers.read_line(&mut said) {
            Ok(0) | Err(_) => {
                say("");
                return Said::Gone;
            }
            Ok(_) if echo => say(said.trim_end()),
            Ok(_) => {}
        }
        match said.trim() {
            "" => return Said::Nothing,
            "q" | "Q" | "quit" => return Said::Quit,
            said => match turn.answer.judge(said) {
                Some(true) => return Said::Right,
                Some(false) => return Said::Wrong,
                None => say(format_args!("  {said:?} is not {wanted}.")),
            },
        }
    }
}

/// What it was called, what happened, and why.
fn reason(play: &Play, name: &str, turn: &Turn, asks_on: bool) {
    let mut text = String::new();
    let explanation = play.why(turn.shown);
    if let Some(its) = explanation.as_ref().filter(|_| !asks_on && !turn.tells_too_much) {
        let at = play.beats[turn.shown].at.as_secs_f64();
        prose(&mut text, "  then  ", &format!("at {at:.4} s: {}.", its.what));
    }
    let because = match &explanation {
        Some(its) if turn.because.is_empty() => &its.why,
        _ => &turn.because,
    };
    prose(&mut text, "  why   ", because);
    if let Some(its) = explanation.filter(|_| !turn.tells_too_much) {
        prose(&mut text, "  rule  ", &its.rule);
    }
    prose(&mut text, "  name  ", name);
    say(text);
}

impl Score {
    /// One after the other.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            answered: self.answered + other.answered,
            right: self.right + other.right,
            has_quit: self.has_quit || other.has_quit,
        }
    }

    /// How it went, gently.
    pub(crate) fn told(self, again: &str) -> String {
        let Self { answered, right, .. } = self;
        let kindly = match (answered, right) {
            (0, _) => return "You watched. Next time, guess: a wrong guess is remembered best.".to_owned(),
            (all, right) if all == right => "You know what TCP does next.".to_owned(),
            (all, right) if 2 * right >= all => format!("What surprised you is worth a second look: {again}"),
            _ => format!("Each of them has its reason, and you have read it now: try again with {again}"),
        };
        format!("You foresaw {right} of {answered}. {kindly}")
    }
}

#[cfg(test)]
mod tests;
