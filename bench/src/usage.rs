//! What a process has used of the machine.

use std::io;
use std::time::Duration;

use nix::sys::resource::{Resource, UsageWho, getrlimit, getrusage, setrlimit};

#[derive(Clone, Copy)]
pub(crate) struct Usage {
    /// User and system time.
    pub(crate) cpu: Duration,
    /// Resident memory now, in bytes.
    pub(crate) resident: u64,
    /// Most resident memory ever, in bytes.
    pub(crate) peak: u64,
}

impl Usage {
    pub(crate) const BYTES: usize = 24;

    pub(crate) fn now() -> io::Result<Self> {
        let used = getrusage(UsageWho::RUSAGE_SELF)?;
        let micros = [used.user_time(), used.system_time()]
            .map(|time| time.tv_sec() as u64 * 1_000_000 + time.tv_usec() as u64);
        let status = std::fs::read_to_string("/proc/self/status")?;
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
            kilobytes.map(|kilobytes| kilobytes * 1024).ok_or_else(|| io::Error::other(format!("no {name}")))
        };
        let cpu = Duration::from_micros(micros.iter().sum());
        Ok(Self { cpu, resident: of("VmRSS:")?, peak: of("VmHWM:")? })
    }

    pub(crate) fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let fields = [self.cpu.as_micros() as u64, self.resident, self.peak];
        for (place, field) in bytes.chunks_mut(8).zip(fields) {
            place.copy_from_slice(&field.to_be_bytes());
        }
        bytes
    }

    pub(crate) fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        let field = |at: usize| bytes[at..at + 8].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        Self { cpu: Duration::from_micros(field(0)), resident: field(8), peak: field(16) }
    }
}

/// Ten thousand connections take ten thousand sockets, where each has its own.
pub(crate) fn open_as_many_files_as_allowed() -> io::Result<()> {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    Ok(setrlimit(Resource::RLIMIT_NOFILE, most, most)?)
}
