//! A sample as Prometheus reads it.

use std::collections::BTreeMap;
use std::fmt;

use lucid_conn::engine::Counts;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, prometheus_text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};

use super::sample::Sample;

/// The shares of connections whose round-trip time is told.
const SHARES: [(&str, f64); 4] = [("50", 0.5), ("90", 0.9), ("99", 0.99), ("100", 1.0)];

/// The page.
pub(super) fn text(sample: Sample) -> String {
    let mut registry = Registry::with_prefix("lucid");
    registry.register_collector(Box::new(sample));
    let mut text = String::new();
    prometheus_text::encode(&mut text, &registry).expect("memory takes it");
    text
}

impl Collector for Sample {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let encoder = &mut encoder;
        by(
            encoder,
            "connections",
            "Connections, by their state (RFC 9293 section 3.3.2).",
            "state",
            &self.states,
        )?;
        let help = "Connections that could send, by what keeps them from sending more.";
        by(encoder, "limited_connections", help, "by", &self.limits)?;
        gauge(encoder, "in_flight", "Sequence space sent and not acknowledged.", self.in_flight)?;
        gauge(encoder, "unsent", "Bytes written by applications and not sent yet.", self.unsent)?;
        gauge(encoder, "unread", "Bytes received in order and not read by applications yet.", self.unread)?;
        self.encode_round_trips(encoder)?;
        encode_totals(&self.totals, encoder)
    }
}

impl Sample {
    fn encode_round_trips(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Smoothed round-trip times (RFC 6298) of the connections there are: this percentage has none longer.";
        let mut family =
            encoder.encode_descriptor("smoothed_rtt", help, Some(&Unit::Seconds), MetricType::Gauge)?;
        for (percentile, share) in SHARES {
            if let Some(rtt) = self.rtt(share) {
                ConstGauge::new(rtt).encode(family.encode_family(&[("percentile", percentile)])?)?;
            }
        }
        Ok(())
    }
}

/// Numbers with one label.
fn by(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    label: &str,
    numbers: &BTreeMap<&'static str, u64>,
) -> fmt::Result {
    let mut family = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    for (value, number) in numbers {
        ConstGauge::new(*number as i64).encode(family.encode_family(&[(label, *value)])?)?;
    }
    Ok(())
}

fn gauge(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, bytes: u64) -> fmt::Result {
    let metric = encoder.encode_descriptor(name, help, Some(&Unit::Bytes), MetricType::Gauge)?;
    ConstGauge::new(bytes as i64).encode(metric)
}

/// They never fall: connections that are over are counted, too.
fn encode_totals(totals: &Counts, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let bytes = [
        ("sent", "Payload sent, without repetitions.", totals.bytes_sent),
        ("received", "Payload received in order.", totals.bytes_received),
    ];
    for (name, help, count) in bytes {
        let metric = encoder.encode_descriptor(name, help, Some(&Unit::Bytes), MetricType::Counter)?;
        ConstCounter::new(count).encode(metric)?;
    }
    let counts = [
        ("segments_sent", "Segments sent, all kinds.", totals.segments_sent),
        ("segments_received", "Segments received, all kinds.", totals.segments_received),
        ("segments_retransmitted", "Segments sent again, for any reason.", totals.retransmissions),
        ("segments_discarded", "Segments received and dropped for a reason.", totals.discarded),
        ("segments_duplicate", "Segments received with nothing new.", totals.duplicates_received),
        ("segments_out_of_order", "Segments received before their turn.", totals.out_of_order_received),
        ("segments_marked", "Segments received with a congestion mark (RFC 3168).", totals.marks_received),
        ("retransmission_timeouts", "Expiries of the retransmission timer (RFC 6298).", totals.timeouts),
        ("fast_retransmits", "Losses found before the timer expired.", totals.fast_retransmits),
        ("tail_loss_probes", "Tail loss probes sent (RFC 8985 section 7).", totals.tail_probes),
        ("window_cuts_undone", "Cuts of the window that proved wrong.", totals.undone),
        (
            "congestion_echoes",
            "Times that a peer's echo of a mark lowered the window.",
            totals.congestion_echoes,
        ),
        ("zero_window_probes", "Zero-window probes sent.", totals.window_probes),
        ("keep_alive_probes", "Keep-alive probes sent.", totals.keep_alive_probes),
        ("challenge_acks", "Challenge ACKs sent (RFC 5961).", totals.challenge_acks),
    ];
    for (name, help, count) in counts {
        let metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        ConstCounter::new(count).encode(metric)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
