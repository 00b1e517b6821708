//! `%{ assert ... }%`: conditions over what is known of the connection.

use evalexpr::{
    ContextWithMutableFunctions, ContextWithMutableVariables, EvalexprError, Function, HashMapContext, Value,
    eval_boolean_with_context, eval_with_context,
};
use lucid_conn::engine::{Cause, RecoveryState};

use super::exchange::Line;
use super::host::Host;
use super::{Stop, words};
use crate::syntax::Assertion;

/// Linux's numbers for the states, under its names.
const STATES: [(&str, &str, i64); 11] = [
    ("ESTABLISHED", "TCP_ESTABLISHED", 1),
    ("SYN_SENT", "TCP_SYN_SENT", 2),
    ("SYN_RECEIVED", "TCP_SYN_RECV", 3),
    ("FIN_WAIT1", "TCP_FIN_WAIT1", 4),
    ("FIN_WAIT2", "TCP_FIN_WAIT2", 5),
    ("TIME_WAIT", "TCP_TIME_WAIT", 6),
    ("CLOSED", "TCP_CLOSE", 7),
    ("CLOSE_WAIT", "TCP_CLOSE_WAIT", 8),
    ("LAST_ACK", "TCP_LAST_ACK", 9),
    ("LISTEN", "TCP_LISTEN", 10),
    ("CLOSING", "TCP_CLOSING", 11),
];

/// What Linux shows for a threshold that was never set.
const INFINITE_SSTHRESH: i64 = 0x7fff_ffff;
/// A threshold from here on was never set: no window can be as large (RFC 7323 section 2.3).
const UNLIMITED: f64 = (1_u64 << 30) as f64;

/// `tcp_info`'s names for ours that mean the same.
const SAME: [(&str, &str); 13] = [
    ("tcpi_snd_mss", "mss"),
    ("tcpi_rto", "rto"),
    ("tcpi_rtt", "smoothed_rtt"),
    ("tcpi_rttvar", "rtt_variance"),
    ("tcpi_min_rtt", "min_rtt"),
    ("tcpi_total_retrans", "counts_retransmissions"),
    ("tcpi_notsent_bytes", "unsent"),
    ("tcpi_snd_wnd", "send_window"),
    ("tcpi_rcv_wnd", "receive_window"),
    ("tcpi_bytes_sent", "counts_bytes_sent"),
    ("tcpi_bytes_received", "counts_bytes_received"),
    ("tcpi_segs_out", "counts_segments_sent"),
    ("tcpi_segs_in", "counts_segments_received"),
];

/// Holds all of these to be true.
pub(crate) fn check(host: &mut Host, assertions: &[Assertion]) -> Result<(), Stop> {
    let context = context(host);
    for Assertion { place, condition, shown } in assertions {
        let misread = |error: EvalexprError| Stop::misread(*place, format!("{condition}: {error}"));
        let is_true = eval_boolean_with_context(&ours(condition), &context).map_err(misread)?;
        let text = format!("assert {condition}");
        host.exchange.push(Line::Text { at: host.now, text: format!("% {text}") });
        if !is_true {
            let shown = shown.as_deref().map(|shown| match eval_with_context(&ours(shown), &context) {
                Ok(value) => format!("\n  {shown} is {value}"),
                Err(_) => format!("\n  {shown}"),
            });
            let shown = shown.unwrap_or_else(|| values(condition, &context));
            return Err(Stop::failed(*place, format!("not true: {condition}{shown}")));
        }
    }
    Ok(())
}

/// Python's words for what evalexpr has signs for.
fn ours(condition: &str) -> String {
    let words = condition.split(' ').map(|word| match word {
        "and" => "&&",
        "or" => "||",
        "not" => "!",
        "True" => "true",
        "False" => "false",
        other => other,
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The values of all names in a condition.
fn values(condition: &str, context: &HashMapContext) -> String {
    let Ok(tree) = evalexpr::build_operator_tree(&ours(condition)) else { return String::new() };
    let names: std::collections::BTreeSet<_> = tree.iter_variable_identifiers().collect();
    let value =
        |name: &&str| eval_with_context(name, context).ok().map(|value| format!("\n  {name} is {value}"));
    names.iter().filter_map(value).collect()
}

fn context(host: &Host) -> HashMapContext {
    let mut context = HashMapContext::new();
    let mut set = |name: &str, value: Value| {
        // Only a value of another type than before is refused, and each name comes once.
        let _ = context.set_value(name.to_owned(), value);
    };
    for (_, name, number) in STATES {
        set(name, Value::Int(number));
    }
    for (number, name) in ["Open", "Disorder", "CWR", "Recovery", "Loss"].iter().enumerate() {
        set(&format!("TCP_CA_{name}"), Value::Int(number as i64));
    }
    let known = known(host);
    for (name, value) in &known {
        set(name, value.clone());
    }
    for (name, value) in linux(host, &known) {
        set(&name, value);
    }
    let causes = host.causes.clone();
    let seen = Function::new(move |argument| {
        let name = argument.as_string()?;
        if !Cause::ALL.iter().any(|cause| format!("{cause:?}") == name) {
            return Err(EvalexprError::CustomMessage(format!("there is no cause {name:?}")));
        }
        Ok(Value::Int(causes.get(&name).copied().unwrap_or(0)))
    });
    // Names of functions are not limited.
    let _ = context.set_function("seen".to_owned(), seen);
    context
}

/// All of the engine's own values, under their names; times in microseconds.
fn known(host: &Host) -> Vec<(String, Value)> {
    let mut known = Vec::new();
    match host.info().map(serde_json::to_value) {
        Some(Ok(info)) => flatten("", &info, &mut known),
        _ => known.push(("state".to_owned(), Value::String("CLOSED".to_owned()))),
    }
    known
}

fn flatten(prefix: &str, value: &serde_json::Value, known: &mut Vec<(String, Value)>) {
    use serde_json::Value as Json;
    let leaf = match value {
        Json::Object(fields) => match words::seconds(fields) {
            Some(seconds) => Value::Int((seconds * 1e6).round() as i64),
            None => {
                for (name, value) in fields {
                    let name = if prefix.is_empty() { name.clone() } else { format!("{prefix}_{name}") };
                    flatten(&name, value, known);
                }
                return;
            }
        },
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Int(whole),
            None => Value::Int(number.as_f64().unwrap_or(0.0).floor() as i64),
        },
        Json::Bool(truth) => Value::Boolean(*truth),
        Json::String(text) => Value::String(text.clone()),
        Json::Null => Value::Int(0),
        Json::Array(list) => Value::Int(list.len() as i64),
    };
    known.push((prefix.to_owned(), leaf));
}

/// `tcp_info` as Linux fills it: windows in segments.
fn linux(host: &Host, known: &[(String, Value)]) -> Vec<(String, Value)> {
    let find = |wanted: &str| known.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    let mut linux: Vec<(String, Value)> = SAME
        .iter()
        .filter_map(|(theirs, ours)| find(ours).map(|value| ((*theirs).to_owned(), value)))
        .collect();
    let state = find("state").and_then(|state| state.as_string().ok()).unwrap_or_default();
    let number =
        STATES.iter().find(|(name, ..)| same_state(name, &state)).map_or(7, |(_, _, number)| *number);
    linux.push(("tcpi_state".to_owned(), Value::Int(number)));
    let Some(info) = host.info() else { return linux };
    let full = f64::from(u32::from(info.mss) + u32::from(host.config.counted_header));
    let segments = |bytes: f64| (bytes / full).floor() as i64;
    let ssthresh = if info.ssthresh >= UNLIMITED { INFINITE_SSTHRESH } else { segments(info.ssthresh) };
    let whole = |bytes: u64| Value::Int((bytes as f64 / f64::from(info.mss)).ceil() as i64);
    let ca_state = match info.recovery {
        RecoveryState::Open if info.arrived > 0 => 1,
        RecoveryState::Open => 0,
        RecoveryState::Reduced => 2,
        RecoveryState::Recovery => 3,
        RecoveryState::Timeout => 4,
    };
    linux.extend([
        ("tcpi_ca_state".to_owned(), Value::Int(ca_state)),
        ("tcpi_sacked".to_owned(), whole(info.arrived)),
        ("tcpi_lost".to_owned(), whole(info.lost)),
        ("tcpi_snd_cwnd".to_owned(), Value::Int(segments(info.cwnd))),
        ("tcpi_snd_ssthresh".to_owned(), Value::Int(ssthresh)),
        ("tcpi_unacked".to_owned(), whole(info.flight_size)),
    ]);
    linux
}

/// serde writes `FIN_WAIT1` or `FIN_WAIT_1`, as it takes digits.
fn same_state(one: &str, other: &str) -> bool {
    let letters = |name: &str| name.replace('_', "");
    letters(one) == letters(other)
}
