//! `--name=value`: any field of the engine's configuration, by its name.

use std::time::Duration;

use lucid_conn::{Config, Profile, SettingError};

use crate::parse::cursor::Misread;
use crate::syntax::Setting;

/// Names that other scripts use, and ours.
const ALSO_KNOWN_AS: [(&str, &str); 7] = [
    ("min_rto", "rto.min"),
    ("max_rto", "rto.max"),
    ("initial_rto", "rto.initial"),
    ("delayed_ack", "ack_delay"),
    ("ssthresh", "initial_slow_start_threshold"),
    ("sndbuf", "send_buffer"),
    ("rcvbuf", "receive_buffer"),
];

/// What the head of a script comes to.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) config: Config,
    /// How far a time may be off, if the script says so.
    pub(crate) tolerance: Option<Duration>,
}

impl Settings {
    pub(crate) fn new(settings: &[Setting]) -> Result<Self, Misread> {
        let mut profile = Profile::Modern;
        let mut tolerance = None;
        for Setting { place, name, value } in settings {
            let wrong = |what: String| Misread { place: *place, what };
            match name.as_str() {
                "profile" => profile = value.parse().map_err(|error| wrong(format!("{error}")))?,
                "tolerance_usecs" => {
                    let micros = value.parse().map_err(|_| wrong("expected microseconds".to_owned()))?;
                    tolerance = Some(Duration::from_micros(micros));
                }
                _ => {}
            }
        }
        let mut config = Config::new(profile);
        for Setting { place, name, value } in settings {
            if !["profile", "tolerance_usecs"].contains(&name.as_str()) {
                let wrong = |error: SettingError| Misread { place: *place, what: error.to_string() };
                set(&mut config, name, value).map_err(wrong)?;
            }
        }
        Ok(Self { config, tolerance })
    }
}

/// Sets a field by its name, or by one that other scripts use.
fn set(config: &mut Config, name: &str, value: &str) -> Result<(), SettingError> {
    let ours = ALSO_KNOWN_AS.iter().find(|(other, _)| *other == name).map_or(name, |(_, ours)| *ours);
    config.set(ours, value)
}

#[cfg(test)]
mod tests;
