//! Where names become controllers.

use alloc::boxed::Box;
use core::fmt;
use core::str::FromStr;

use crate::{Bbr, Controller, Cubic, NewReno, Parameters, Reno, Tahoe};

#[cfg(test)]
mod tests;

/// The congestion control algorithms of this crate (MAY-18).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
pub enum Algorithm {
    /// See [`Tahoe`].
    Tahoe,
    /// See [`Reno`].
    Reno,
    /// See [`NewReno`].
    NewReno,
    /// See [`Cubic`].
    Cubic,
    /// See [`Bbr`].
    Bbr,
}

impl Algorithm {
    /// All of them, oldest first.
    pub const ALL: [Self; 5] = [Self::Tahoe, Self::Reno, Self::NewReno, Self::Cubic, Self::Bbr];

    /// The name under which it is chosen; also its [`Controller::name`].
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tahoe => Tahoe::NAME,
            Self::Reno => Reno::NAME,
            Self::NewReno => NewReno::NAME,
            Self::Cubic => Cubic::NAME,
            Self::Bbr => Bbr::NAME,
        }
    }

    /// A controller for a connection that begins.
    pub fn build(self, parameters: Parameters) -> Box<dyn Controller> {
        match self {
            Self::Tahoe => Box::new(Tahoe::new(parameters)),
            Self::Reno => Box::new(Reno::new(parameters)),
            Self::NewReno => Box::new(NewReno::new(parameters)),
            Self::Cubic => Box::new(Cubic::new(parameters)),
            Self::Bbr => Box::new(Bbr::new(parameters)),
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name).ok_or(UnknownAlgorithm)
    }
}

/// No algorithm has that name. Its message lists the names there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownAlgorithm;

impl fmt::Display for UnknownAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such congestion control algorithm; there are: ")?;
        for (place, algorithm) in Algorithm::ALL.iter().enumerate() {
            let separator = if place == 0 { "" } else { ", " };
            write!(f, "{separator}{algorithm}")?;
        }
        Ok(())
    }
}

impl core::error::Error for UnknownAlgorithm {}
