//! What a learner changes of a step: predict what will happen, and see.

use clap::Args;
use lucid_conn::sim::{Drop, Rate, parse_duration};

/// What is otherwise than in the step. Kept as written, once it is known to be well written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Changing a step (its checks are left out then)")]
pub(crate) struct Changes {
    /// Lose other packets of the server's than the step does, such as data:100; none: lose none
    #[arg(long, value_name = "WHICH", value_parser = well_written::<Drop>)]
    drop: Option<String>,
    /// Another congestion control for the server: tahoe, reno, newreno, cubic or bbr
    #[arg(long, value_name = "NAME", value_parser = well_written::<lucid_views::compare::Algorithm>)]
    cc: Option<String>,
    /// Delay every packet of the server's, such as 20ms
    #[arg(long, value_name = "TIME", value_parser = |text: &str| parse_duration(text).map(|_| text.to_owned()))]
    delay: Option<String>,
    /// Another rate for the server's link, such as 1mbit
    #[arg(long, value_name = "RATE", value_parser = well_written::<Rate>)]
    rate: Option<String>,
    /// Any parameter of TCP by its name, for both sides, such as ack_delay=100ms; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = parameter)]
    set: Vec<String>,
}

/// What stands for no value at all.
const NONE: &str = "none";

impl Changes {
    /// Whether nothing is.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// A server's words: pairs of a flag and its value. A flag that is changed loses the step's own value.
    pub(super) fn in_server(&self, own: &[&str]) -> Vec<String> {
        let Self { drop, cc, delay, rate, set } = self;
        let changed = [("--drop", drop), ("--cc", cc), ("--delay", delay), ("--rate", rate)];
        let replaced = |flag: &str| changed.iter().any(|(name, value)| *name == flag && value.is_some());
        let kept = own.chunks(2).filter(|pair| !replaced(pair[0])).flatten().map(|word| (*word).to_owned());
        let changed = changed.into_iter().filter_map(|(flag, value)| {
            let value = value.as_deref().filter(|value| *value != NONE)?;
            Some([flag.to_owned(), value.to_owned()])
        });
        kept.chain(changed.flatten()).chain(sets(set)).collect()
    }

    /// A client's words: parameters hold for both sides.
    pub(super) fn in_client(&self, own: &[&str]) -> Vec<String> {
        own.iter().map(|word| (*word).to_owned()).chain(sets(&self.set)).collect()
    }
}

#[cfg(test)]
impl Changes {
    /// Nothing is lost by number.
    pub(super) fn without_drops() -> Self {
        Self { drop: Some(NONE.to_owned()), ..Self::default() }
    }
}

fn sets(set: &[String]) -> impl Iterator<Item = String> {
    set.iter().flat_map(|set| ["--set".to_owned(), set.clone()])
}

fn well_written<T: std::str::FromStr>(text: &str) -> Result<String, T::Err> {
    if text == NONE { Ok(text.to_owned()) } else { text.parse::<T>().map(|_| text.to_owned()) }
}

/// It is known, and the value is one that it takes.
fn parameter(text: &str) -> Result<String, String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE, for example ack_delay=100ms")?;
    let mut any = lucid_conn::Config::default();
    any.set(name, value).map(|()| text.to_owned()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
