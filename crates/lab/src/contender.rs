//! Who competes: a congestion control algorithm, of ours or from outside.

use std::fmt;
use std::sync::Arc;

use lucid_congestion::{Algorithm, Controller, Parameters};
use lucid_conn::engine::{MakeController, PathMtu};
use lucid_conn::{Config, Profile};

use crate::path::Path;

/// RFC 7323 2.3: for windows of up to a gigabyte.
const LARGEST_SHIFT: u8 = 14;

/// A congestion control algorithm in a race: one of [`Algorithm::ALL`], or one from outside.
#[derive(Clone)]
pub struct Contender {
    name: String,
    config: Config,
    make: Option<MakeController>,
}

impl Contender {
    /// One of ours, otherwise as the profile `modern` has it.
    #[must_use]
    pub fn built_in(algorithm: Algorithm) -> Self {
        let config = Config { algorithm, ..Config::new(Profile::Modern) };
        Self { name: algorithm.name().to_owned(), config, make: None }
    }

    /// One from outside, under this name, otherwise as the profile `modern` has it.
    pub fn outside(
        name: &str,
        make: impl Fn(Parameters) -> Box<dyn Controller> + Send + Sync + 'static,
    ) -> Self {
        Self { name: name.to_owned(), config: Config::new(Profile::Modern), make: Some(Arc::new(make)) }
    }

    /// All of ours, oldest first.
    #[must_use]
    pub fn all() -> Vec<Self> {
        Algorithm::ALL.into_iter().map(Self::built_in).collect()
    }

    /// The one of ours with this name, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        name.parse().ok().map(Self::built_in)
    }

    /// The same under another configuration, and another name for it.
    #[must_use]
    pub fn with(mut self, name: &str, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        Self { name: name.to_owned(), ..self }
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn make(&self) -> Option<MakeController> {
        self.make.clone()
    }

    /// Its configuration on this path: buffers and windows are never what limits it, and the path's size is known.
    pub(crate) fn config(&self, path: &Path) -> Config {
        let most = path.bdp() + path.queue_bytes() as f64;
        let buffer = ((4.0 * most) as usize).clamp(1 << 20, 1 << 30);
        Config {
            mss: path.mss,
            path_mtu: PathMtu::Fixed,
            send_buffer: buffer,
            receive_buffer: buffer,
            receive_buffer_max: buffer,
            window_scale: self.config.window_scale.or(Some(LARGEST_SHIFT)),
            nagle: false,
            ..self.config.clone()
        }
    }
}

impl fmt::Debug for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Contender").field(&self.name).finish()
    }
}
