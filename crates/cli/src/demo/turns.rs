//! Turning points: where a run could go on otherwise, and the learner is asked what it does.
//!
//! A question, its answer and the reason all come from the events of the run that is played: none of them is stored.

use super::play::Play;
use super::steps::Step;

pub(super) mod acks;
pub(super) mod loss;
pub(super) mod modern;
pub(super) mod opening;
pub(super) mod recovery;
pub(super) mod window;

/// A turning point that a step has, before it is looked for in a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turning {
    /// What turns, in a few words.
    pub(crate) name: &'static str,
    /// Finds it; none, if the run doesn't have it.
    pub(crate) find: fn(&Play) -> Option<Turn>,
}

/// A turning point of one run.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    /// It is asked before this beat is shown.
    pub(crate) before: usize,
    /// This is what happens.
    pub(crate) shown: usize,
    /// What is asked.
    pub(crate) question: String,
    /// What the answer may be, and which is right.
    pub(crate) answer: Answer,
    /// Why it is so, in plain words; empty: what `explain` says is enough.
    pub(crate) because: String,
    /// What happened and its rule would answer a question that comes later: they are left out.
    pub(crate) tells_too_much: bool,
}

/// What may be answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// One of some.
    Choice {
        /// What there is to choose from.
        options: Vec<String>,
        /// Which is right, from 0.
        right: usize,
    },
    /// A number.
    Number {
        /// It.
        right: f64,
        /// So far beside it is right, too.
        within: f64,
        /// What it counts.
        unit: &'static str,
    },
}

impl Answer {
    /// A number that must be met.
    pub(crate) fn exactly(right: impl Into<f64>, unit: &'static str) -> Self {
        Self::Number { right: right.into(), within: 0.0, unit }
    }

    /// A number of bytes that may be rounded.
    pub(crate) fn bytes(right: f64) -> Self {
        Self::Number { right, within: 1.0, unit: "bytes" }
    }

    /// A time, in seconds, met to a tenth.
    pub(crate) fn seconds(right: f64) -> Self {
        Self::Number { right, within: right / 10.0, unit: "seconds" }
    }

    /// Of these the one that is so; none if none is.
    pub(crate) fn of<const N: usize>(options: [(&str, bool); N]) -> Option<Self> {
        let right = options.iter().position(|(_, is_so)| *is_so)?;
        Some(Self::Choice { options: options.map(|(option, _)| option.to_owned()).to_vec(), right })
    }

    /// The right one, as it is told.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::Choice { options, right } => options[*right].clone(),
            Self::Number { right, unit, .. } => {
                let unit = if *right == 1.0 { unit.strip_suffix('s').unwrap_or(unit) } else { unit };
                format!("{} {unit}", number(*right)).trim_end().to_owned()
            }
        }
    }

    /// What an answer looks like.
    pub(crate) fn wanted(&self) -> String {
        match self {
            Self::Choice { options, .. } => format!("1 to {}", options.len()),
            Self::Number { unit: "", .. } => "a number".to_owned(),
            Self::Number { unit, .. } => format!("a number of {unit}"),
        }
    }

    /// Whether this is it; none, if it is no answer at all.
    pub(crate) fn judge(&self, said: &str) -> Option<bool> {
        match self {
            Self::Choice { options, right } => {
                let chosen: usize = said.trim().parse().ok()?;
                (1..=options.len()).contains(&chosen).then_some(chosen == right + 1)
            }
            Self::Number { right, within, .. } => {
                let said = said.trim().replace([',', '_'], "");
                let number = said.split_whitespace().next()?;
                let said: f64 =
                    number.trim_end_matches(|letter: char| letter.is_alphabetic()).parse().ok()?;
                said.is_finite().then(|| (said - right).abs() <= within + 1e-9)
            }
        }
    }
}

/// A number with as many digits as matter.
pub(crate) fn number(value: f64) -> String {
    if (value - value.round()).abs() < 1e-9 {
        format!("{value:.0}")
    } else if value.abs() >= 100.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.3}").trim_end_matches('0').to_owned()
    }
}

/// The turning points of a run, in the order in which they are asked, and the names of those that it doesn't have.
pub(crate) fn of(step: &Step, play: &Play) -> (Vec<(&'static str, Turn)>, Vec<&'static str>) {
    let mut found = Vec::new();
    let mut missing = Vec::new();
    for Turning { name, find } in step.turns {
        match find(play) {
            Some(turn) => found.push((*name, turn)),
            None => missing.push(*name),
        }
    }
    found.sort_by_key(|(_, turn)| turn.before);
    (found, missing)
}

#[cfg(test)]
mod tests;
