//! How much may leave during a recovery: proportional rate reduction.

#[cfg(test)]
mod tests;

/// Brings what is in flight from what it was at the loss down to the slow start threshold, in proportion to
/// what is delivered (RFC 9937, which replaces RFC 6937).
///
/// Lives as long as one recovery. For each acknowledgement in it, the one that began it included:
/// [`on_ack`](Self::on_ack). For each segment sent, new or again: [`on_sent`](Self::on_sent). Amounts are bytes.
/// When recovery ends, the window is the threshold, and this is thrown away.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Prr {
    /// RecoverFS: what was in flight when recovery began.
    flight_size_at_entry: f64,
    ssthresh: f64,
    smss: f64,
    /// prr_delivered: bytes delivered in this recovery.
    delivered: f64,
    /// prr_out: bytes sent in it.
    out: f64,
    /// SndCnt: what may still be sent for the last acknowledgement.
    allowance: f64,
}

impl Prr {
    /// A recovery begins, with one segment to be sent at once: the first that is lost.
    ///
    /// `flight_size_at_entry` is RecoverFS: SND.NXT - SND.UNA as the acknowledgement that began it found them,
    /// without what was already selectively acknowledged before.
    pub fn new(flight_size_at_entry: f64, ssthresh: f64, smss: f64) -> Self {
        Self {
            flight_size_at_entry: flight_size_at_entry.max(smss),
            ssthresh,
            smss,
            delivered: 0.0,
            out: 0.0,
            allowance: smss,
        }
    }

    /// An acknowledgement delivers `delivered` bytes, cumulatively or selectively for the first time, and leaves
    /// `in_flight` in the network. It is `safe` if it advanced SND.UNA and showed no further loss: then recovery
    /// makes good progress, and may catch up with the threshold as slow start would.
    pub fn on_ack(&mut self, delivered: f64, in_flight: f64, safe: bool) {
        self.delivered += delivered;
        let count = if in_flight > self.ssthresh {
            // As many leave, for those that arrive, as the threshold is of what was in flight.
            whole_bytes(self.delivered * self.ssthresh / self.flight_size_at_entry) - self.out
        } else {
            let conserved = (self.delivered - self.out).max(delivered);
            let limit = if safe { conserved + self.smss } else { conserved };
            limit.min(self.ssthresh - in_flight)
        };
        // The fast retransmit goes in any case.
        let least = if self.out > 0.0 { 0.0 } else { self.smss };
        self.allowance = count.max(least);
    }

    /// `bytes` leave, new or again.
    pub fn on_sent(&mut self, bytes: f64) {
        self.out += bytes;
        self.allowance = (self.allowance - bytes).max(0.0);
    }

    /// cwnd, with `in_flight` bytes in the network: these, and what may be sent now.
    pub fn window(&self, in_flight: f64) -> f64 {
        in_flight + self.allowance
    }
}

/// Rounded up, so that a quotient's last digit doesn't hold a segment back.
fn whole_bytes(bytes: f64) -> f64 {
    let whole = bytes as u64 as f64;
    if whole < bytes { whole + 1.0 } else { whole }
}
