//! Amounts, rates, times and addresses in few letters.

use std::net::SocketAddr;
use std::time::Duration;

/// An amount of bytes in at most six letters: `812`, `8.2k`, `80.1M`, `1.25G`. Decimal: 1k is 1000.
pub(crate) fn bytes(amount: f64) -> String {
    const UNITS: [(f64, &str); 4] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];
    // What rounds up to a unit is told in it.
    match UNITS.iter().find(|(unit, _)| amount >= unit * 0.9995) {
        Some((unit, name)) => format!("{}{name}", three_digits(amount / unit)),
        None => format!("{amount:.0}"),
    }
}

/// A number with three digits that matter.
fn three_digits(value: f64) -> String {
    match value {
        v if v >= 99.95 => format!("{v:.0}"),
        v if v >= 9.995 => format!("{v:.1}"),
        v => format!("{v:.2}"),
    }
}

/// Bytes per second, with the unit: `8.20MB/s`.
pub(crate) fn rate(bytes_per_second: f64) -> String {
    format!("{}B/s", bytes(bytes_per_second))
}

/// Microseconds in at most five letters: `87us`, `1.20ms`, `48ms`, `1.2s`.
pub(crate) fn micros(micros: u64) -> String {
    let value = micros as f64;
    match micros {
        0..1000 => format!("{micros}us"),
        1000..10_000 => format!("{:.1}ms", value / 1e3),
        10_000..999_500 => format!("{:.0}ms", value / 1e3),
        999_500..100_000_000 => format!("{:.1}s", value / 1e6),
        _ => format!("{:.0}s", value / 1e6),
    }
}

/// How long something has run: `12s`, `3m 07s`, `5h 02m`, `3d 04h`.
pub(crate) fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{minutes}m {:02}s", seconds % 60),
        3600..86_400 => format!("{hours}h {:02}m", minutes % 60),
        _ => format!("{days}d {:02}h", hours % 24),
    }
}

/// One of two addresses of a connection: a UDP address, and behind a slash the TCP port, where that is another.
pub(crate) fn address(udp: SocketAddr, tcp_port: u16) -> String {
    if udp.port() == tcp_port { udp.to_string() } else { format!("{udp}/{tcp_port}") }
}

/// `1 connection`, `2 connections`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {what}{plural}", lucid_views::words::grouped(count as u64))
}

#[cfg(test)]
mod tests;
