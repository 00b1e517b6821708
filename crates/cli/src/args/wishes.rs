//! `--file`, `--cal` and `--dns`: any number of each, kept in the order in which they were written.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};

/// One thing that `lucid client` is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    File(String),
    Cal(String),
    Dns(String),
}

/// What `lucid client` is asked to do, in the order of the command line.
///
/// clap collects each flag's values apart; what order they had among each other is read off their positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wishes(pub(crate) Vec<Wish>);

type Flag = (&'static str, &'static str, &'static str, fn(String) -> Wish);

const FLAGS: [Flag; 3] = [
    ("file", "NAME", "Fetch this file; repeatable, as the others", Wish::File),
    ("cal", "EXPR", "Let the server work out this expression", Wish::Cal),
    ("dns", "NAME", "Let the server look up this host's addresses", Wish::Dns),
];

impl Args for Wishes {
    fn augment_args(command: Command) -> Command {
        FLAGS.iter().fold(command, |command, (name, value, help, _)| {
            let flag = Arg::new(*name).long(*name).value_name(*value).help(*help);
            command.arg(flag.action(ArgAction::Append).allow_hyphen_values(true).help_heading("Wishes"))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Wishes {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut placed: Vec<(usize, Wish)> = Vec::new();
        for (name, _, _, wish) in FLAGS {
            let places = matches.indices_of(name).into_iter().flatten();
            let values = matches.get_many::<String>(name).into_iter().flatten();
            placed.extend(places.zip(values).map(|(place, value)| (place, wish(value.clone()))));
        }
        placed.sort_by_key(|(place, _)| *place);
        Ok(Self(placed.into_iter().map(|(_, wish)| wish).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
