//! `setsockopt` and `getsockopt`.

use std::time::Duration;

use lucid_conn::engine::{Call as EngineCall, Input};

use super::{Given, Kind, Returned, Socket, closed};
use crate::run::Stop;
use crate::run::host::Host;
use crate::syntax::Argument;

/// Options that are fields of the configuration, before the socket is used.
const FIELDS: [(&str, &str); 4] = [
    ("SO_SNDBUF", "send_buffer"),
    ("SO_RCVBUF", "receive_buffer"),
    ("TCP_MAXSEG", "mss"),
    ("TCP_CONGESTION", "algorithm"),
];

/// Options that are calls to the engine, of a connection or of those that a listener will have.
const CALLS: [&str; 7] = [
    "TCP_NODELAY",
    "TCP_CORK",
    "TCP_USER_TIMEOUT",
    "SO_KEEPALIVE",
    "TCP_KEEPIDLE",
    "TCP_KEEPINTVL",
    "TCP_KEEPCNT",
];

pub(super) fn set(socket: Option<&mut Socket>, host: &mut Host, given: &Given<'_>) -> Result<Returned, Stop> {
    let Some(socket) = socket else { return Ok(Returned::Error("EBADF")) };
    let names = given.names(2)?;
    let [name] = names.as_slice() else { return Err(given.wrong("expected an option's name")) };
    let value = given.argument(3)?;
    match *name {
        // Another connection's TIME-WAIT is never in the way of a script.
        "SO_REUSEADDR" | "SO_REUSEPORT" => Ok(Returned::OK),
        "SO_LINGER" => {
            socket.close_resets = number(value, "onoff") == Some(1) && number(value, "linger") == Some(0);
            Ok(Returned::OK)
        }
        name if CALLS.contains(&name) => {
            let number = number(value, "").and_then(|number| u32::try_from(number).ok());
            let call = socket.choose(name, number.ok_or_else(|| given.wrong("expected [a number]"))?);
            match socket.kind {
                // It fails only if the connection has ended, and then nothing waits any more.
                Kind::Connection(conn) => drop(host.input(Input::Call { conn, call })),
                _ => socket.wishes.push(call),
            }
            Ok(Returned::OK)
        }
        name => configure(host, name, value, given),
    }
}

impl Socket {
    /// An option as a call to the engine.
    fn choose(&mut self, option: &str, value: u32) -> EngineCall {
        let seconds = Duration::from_secs(value.into());
        let on = value != 0;
        match option {
            "TCP_NODELAY" => return EngineCall::SetNagle(!on),
            "TCP_CORK" => return EngineCall::SetCork(on),
            "TCP_USER_TIMEOUT" => {
                return EngineCall::SetUserTimeout(on.then_some(Duration::from_millis(value.into())));
            }
            "SO_KEEPALIVE" => self.is_kept_alive = on,
            "TCP_KEEPIDLE" => self.probing.idle = seconds,
            "TCP_KEEPINTVL" => self.probing.interval = seconds,
            _ => self.probing.probes = value,
        }
        EngineCall::SetKeepAlive(self.is_kept_alive.then_some(self.probing))
    }
}

fn configure(host: &mut Host, name: &str, value: &Argument, given: &Given<'_>) -> Result<Returned, Stop> {
    let Some((_, field)) = FIELDS.iter().find(|(option, _)| *option == name) else {
        return Err(given.wrong(format!("there is no option {name} (see --name=value for settings)")));
    };
    if host.has_started() {
        return Err(given.wrong(format!("{name} is set before listen or connect")));
    }
    let text = match value {
        Argument::Text(text) => text.clone(),
        value => number(value, "").ok_or_else(|| given.wrong("expected [a number]"))?.to_string(),
    };
    host.config.set(field, &text).map_err(|error| given.wrong(error.to_string()))?;
    Ok(Returned::OK)
}

/// The number in `[1]`, or the field of this name in `{onoff=1, linger=0}`.
fn number(value: &Argument, field: &str) -> Option<i64> {
    match value {
        Argument::Number(number) => Some(*number),
        Argument::List(list) => list.first().and_then(|first| number(first, field)),
        Argument::Fields(fields) => {
            fields.iter().find(|(name, _)| name == field).and_then(|(_, value)| number(value, field))
        }
        _ => None,
    }
}

/// `SO_ERROR`: `getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0`.
pub(super) fn get(host: &Host, socket: &Socket, given: &Given<'_>) -> Result<Returned, Stop> {
    if given.names(2)? != ["SO_ERROR"] {
        return Err(given.wrong("expected SO_ERROR (see %{ assert }% for what else is known)"));
    }
    let reason = match socket.kind {
        Kind::Connection(id) => host.closed.get(&id),
        _ => None,
    };
    let found = reason.map_or("0", closed);
    let expected = match given.argument(3)? {
        Argument::List(list) => list.first().map(ToString::to_string).unwrap_or_default(),
        other => other.to_string(),
    };
    if expected == found || expected == "..." {
        return Ok(Returned::OK);
    }
    let what = format!("the socket's error is another\n  expected  {expected}\n  found     {found}");
    Err(Stop::failed(given.place, what))
}
