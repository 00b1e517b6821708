//! The calls of an application, on sockets by their numbers.

mod options;

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use lucid_conn::engine::{Call as EngineCall, CallError, CloseReason, ConnId, Input, KeepAlive, Reply};

use super::Stop;
use super::host::{Host, PEER};
use super::network::{SERVICE, text};
use crate::syntax::{Argument, Call, CallResult, Place};

/// What a call returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Returned {
    Number(i64),
    Error(&'static str),
}

impl Returned {
    const OK: Self = Self::Number(0);
    const WOULD_BLOCK: [&'static str; 3] = ["EAGAIN", "EINPROGRESS", "EALREADY"];

    /// Whether a call that blocks would go on waiting.
    pub(crate) fn would_block(&self) -> bool {
        matches!(self, Self::Error(errno) if Self::WOULD_BLOCK.contains(errno))
    }
}

impl fmt::Display for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Error(errno) => write!(f, "-1 {errno}"),
        }
    }
}

/// What a socket is, so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Fresh,
    Listening(ConnId),
    Connection(ConnId),
}

#[derive(Clone, Debug)]
struct Socket {
    kind: Kind,
    /// `SO_LINGER` with no time: `close` resets.
    close_resets: bool,
    /// What was set before there was a connection.
    wishes: Vec<EngineCall>,
    /// How it is kept alive, once it is.
    probing: KeepAlive,
    is_kept_alive: bool,
    written: i64,
    read: i64,
}

impl Socket {
    fn new(kind: Kind) -> Self {
        let probing = KeepAlive::default();
        Self {
            kind,
            close_resets: false,
            wishes: Vec::new(),
            probing,
            is_kept_alive: false,
            written: 0,
            read: 0,
        }
    }

    /// What was set before there was a connection holds for it.
    fn settle(&self, host: &mut Host, conn: ConnId) {
        for call in &self.wishes {
            // It fails only if the connection has ended, and then nothing waits any more.
            let _ = host.input(Input::Call { conn, call: call.clone() });
        }
    }
}

/// All sockets, by number.
pub(crate) struct Sockets {
    all: BTreeMap<i64, Socket>,
    next: i64,
}

/// A call's arguments, and where it stands.
struct Given<'c> {
    place: Place,
    call: &'c Call,
}

impl Given<'_> {
    fn wrong(&self, what: impl fmt::Display) -> Stop {
        Stop::misread(self.place, format!("{}: {what}", self.call.name))
    }

    fn argument(&self, at: usize) -> Result<&Argument, Stop> {
        self.call.arguments.get(at).ok_or_else(|| self.wrong(format!("expected an argument {}", at + 1)))
    }

    fn number(&self, at: usize) -> Result<i64, Stop> {
        match self.argument(at)? {
            Argument::Number(number) => Ok(*number),
            other => Err(self.wrong(format!("expected a number, found {other}"))),
        }
    }

    /// Names joined by `|`; none for the number 0, or if nothing is given.
    fn names(&self, at: usize) -> Result<Vec<&str>, Stop> {
        match self.call.arguments.get(at) {
            None | Some(Argument::Number(0)) => Ok(Vec::new()),
            Some(Argument::Names(names)) => Ok(names.iter().map(String::as_str).collect()),
            Some(other) => Err(self.wrong(format!("expected names, found {other}"))),
        }
    }

    /// A number within structs and lists: `{sa_family = AF_INET, sin_port = htons(8080), ...}`.
    fn port(&self, at: usize) -> Result<Option<u16>, Stop> {
        let Argument::Fields(fields) = self.argument(at)? else { return Ok(None) };
        let port = fields.iter().find(|(name, _)| name == "sin_port");
        match port {
            None => Ok(None),
            Some((_, Argument::Number(port))) => {
                u16::try_from(*port).map(Some).map_err(|_| self.wrong("expected a port up to 65535"))
            }
            Some((_, other)) => Err(self.wrong(format!("expected a port, found {other}"))),
        }
    }
}

impl Sockets {
    pub(crate) fn new() -> Self {
        Self { all: BTreeMap::new(), next: 3 }
    }

    /// Whether a call returned what it should.
    pub(crate) fn take(&self, call: &Call, returned: &Returned) -> Result<(), String> {
        let as_expected = match (&call.result, returned) {
            (CallResult::Any, _) => true,
            (CallResult::Number(expected), Returned::Number(number)) => expected == number,
            (CallResult::Error(expected), Returned::Error(errno)) => expected == errno,
            _ => false,
        };
        let wrong =
            || format!("{call} returned something else\n  expected  {}\n  found     {returned}", call.result);
        if as_expected { Ok(()) } else { Err(wrong()) }
    }

    pub(crate) fn call(&mut self, host: &mut Host, place: Place, call: &Call) -> Result<Returned, Stop> {
        let given = Given { place, call };
        if call.name == "socket" {
            return Ok(Returned::Number(self.add(Kind::Fresh)));
        }
        const KNOWN: &str = "socket, bind, listen, accept, connect, read, recv, write, send, close, shutdown, \
                             setsockopt, getsockopt, fcntl";
        let number = given.number(0)?;
        let Some(socket) = self.all.get(&number).cloned() else { return Ok(Returned::Error("EBADF")) };
        match call.name.as_str() {
            "bind" => Ok(Returned::OK),
            "fcntl" => fcntl(&given),
            "listen" => self.listen(host, number, &given),
            "accept" => self.accept(host, &socket),
            "connect" => self.connect(host, number, &socket, &given),
            "read" | "recv" => self.read(host, number, &socket, &given),
            "write" | "send" => self.write(host, number, &socket, &given),
            "close" => Ok(self.close(host, number, &socket)),
            "shutdown" => shutdown(host, &socket, &given),
            "setsockopt" => options::set(self.all.get_mut(&number), host, &given),
            "getsockopt" => options::get(host, &socket, &given),
            other => Err(Stop::misread(place, format!("there is no call {other}: choose of {KNOWN}"))),
        }
    }

    fn add(&mut self, kind: Kind) -> i64 {
        let number = self.next;
        self.next += 1;
        self.all.insert(number, Socket::new(kind));
        number
    }

    fn listen(&mut self, host: &mut Host, number: i64, given: &Given<'_>) -> Result<Returned, Stop> {
        let backlog = usize::try_from(given.number(1)?).unwrap_or(0);
        match host.input(Input::Listen { port: SERVICE, backlog }) {
            Ok(Reply::Opened(id)) => {
                if let Some(socket) = self.all.get_mut(&number) {
                    socket.kind = Kind::Listening(id);
                }
                Ok(Returned::OK)
            }
            Ok(_) => Ok(Returned::OK),
            Err(error) => Ok(errno(&error)),
        }
    }

    fn accept(&mut self, host: &mut Host, socket: &Socket) -> Result<Returned, Stop> {
        let Kind::Listening(listener) = socket.kind else { return Ok(Returned::Error("EINVAL")) };
        match host.input(Input::Accept { listener }) {
            Ok(Reply::Accepted(Some(id))) => {
                host.conn = Some(id);
                let number = self.add(Kind::Connection(id));
                socket.settle(host, id);
                Ok(Returned::Number(number))
            }
            Ok(_) => Ok(Returned::Error("EAGAIN")),
            Err(error) => Ok(errno(&error)),
        }
    }

    fn connect(
        &mut self,
        host: &mut Host,
        number: i64,
        socket: &Socket,
        given: &Given<'_>,
    ) -> Result<Returned, Stop> {
        match socket.kind {
            Kind::Listening(_) => return Ok(Returned::Error("EISCONN")),
            Kind::Connection(id) => {
                return Ok(match host.closed.get(&id) {
                    Some(reason) => Returned::Error(closed(reason)),
                    None if host.connected.contains(&id) => Returned::OK,
                    None => Returned::Error("EALREADY"),
                });
            }
            Kind::Fresh => {}
        }
        let port = given.port(1)?.unwrap_or(SERVICE);
        host.network.port = port;
        match host.input(Input::Connect { peer: PEER, port }) {
            Ok(Reply::Opened(id)) => {
                host.conn = Some(id);
                if let Some(socket) = self.all.get_mut(&number) {
                    socket.kind = Kind::Connection(id);
                }
                socket.settle(host, id);
                Ok(Returned::Error("EINPROGRESS"))
            }
            Ok(_) => Ok(Returned::OK),
            Err(error) => Ok(errno(&error)),
        }
    }

    /// The bytes that are read must be those that the peer sent.
    fn read(
        &mut self,
        host: &mut Host,
        number: i64,
        socket: &Socket,
        given: &Given<'_>,
    ) -> Result<Returned, Stop> {
        let Kind::Connection(conn) = socket.kind else { return Ok(Returned::Error("ENOTCONN")) };
        let max = usize::try_from(given.number(2)?).map_err(|_| given.wrong("expected how many bytes"))?;
        match host.input(Input::Call { conn, call: EngineCall::Read { max } }) {
            Ok(Reply::Data(data)) if data.is_empty() && max > 0 => Ok(Returned::Error("EAGAIN")),
            Ok(Reply::Data(data)) => {
                if data != *text(1 + socket.read, data.len() as u32) {
                    let what = format!("the bytes read from {} on are not those sent", 1 + socket.read);
                    return Err(Stop::failed(given.place, what));
                }
                if let Some(socket) = self.all.get_mut(&number) {
                    socket.read += data.len() as i64;
                }
                Ok(Returned::Number(data.len() as i64))
            }
            Ok(_) => Ok(Returned::OK),
            Err(error) => Ok(errno(&error)),
        }
    }

    fn write(
        &mut self,
        host: &mut Host,
        number: i64,
        socket: &Socket,
        given: &Given<'_>,
    ) -> Result<Returned, Stop> {
        let Kind::Connection(conn) = socket.kind else { return Ok(Returned::Error("EPIPE")) };
        let len = u32::try_from(given.number(2)?).map_err(|_| given.wrong("expected how many bytes"))?;
        let bytes = Bytes::from(text(1 + socket.written, len));
        let flags = given.names(3)?;
        let unknown = flags.iter().find(|flag| !["MSG_OOB", "MSG_DONTWAIT", "MSG_NOSIGNAL"].contains(flag));
        if let Some(unknown) = unknown {
            return Err(given.wrong(format!("there is no flag {unknown}")));
        }
        let urgent = flags.contains(&"MSG_OOB");
        let call = if urgent { EngineCall::WriteUrgent(bytes) } else { EngineCall::Write(bytes) };
        match host.input(Input::Call { conn, call }) {
            Ok(Reply::Written(0)) if len > 0 => Ok(Returned::Error("EAGAIN")),
            Ok(Reply::Written(taken)) => {
                if let Some(socket) = self.all.get_mut(&number) {
                    socket.written += taken as i64;
                }
                Ok(Returned::Number(taken as i64))
            }
            Ok(_) => Ok(Returned::OK),
            Err(error) => Ok(errno(&error)),
        }
    }

    fn close(&mut self, host: &mut Host, number: i64, socket: &Socket) -> Returned {
        self.all.remove(&number);
        if let Kind::Listening(conn) | Kind::Connection(conn) = socket.kind {
            // Closing always works, also what is gone already.
            if socket.close_resets {
                let _ = host.input(Input::Call { conn, call: EngineCall::Abort });
            }
            let _ = host.input(Input::Call { conn, call: EngineCall::Release });
        }
        Returned::OK
    }
}

fn shutdown(host: &mut Host, socket: &Socket, given: &Given<'_>) -> Result<Returned, Stop> {
    let Kind::Connection(conn) = socket.kind else { return Ok(Returned::Error("ENOTCONN")) };
    if !["SHUT_WR", "SHUT_RDWR"].iter().any(|how| given.names(1).is_ok_and(|names| names == [*how])) {
        return Err(given.wrong("expected SHUT_WR or SHUT_RDWR"));
    }
    Ok(host
        .input(Input::Call { conn, call: EngineCall::Shutdown })
        .map_or_else(|error| errno(&error), |_| Returned::OK))
}

/// Sockets never block, but where a script says so.
fn fcntl(given: &Given<'_>) -> Result<Returned, Stop> {
    match given.names(1)?.as_slice() {
        ["F_SETFL"] => Ok(Returned::OK),
        ["F_GETFL"] => Ok(Returned::Number(2)), // O_RDWR
        _ => Err(given.wrong("expected F_GETFL or F_SETFL")),
    }
}

/// An error under its name in the C library.
fn errno(error: &CallError) -> Returned {
    Returned::Error(match error {
        CallError::NoConnection => "ENOTCONN",
        CallError::Closing => "EPIPE",
        CallError::Closed(reason) => closed(reason),
        CallError::PortInUse(_) => "EADDRINUSE",
        CallError::TooManyConnections | CallError::NoPortLeft(_) => "EADDRNOTAVAIL",
        _ => "EINVAL",
    })
}

/// Why a connection is gone, likewise.
fn closed(reason: &CloseReason) -> &'static str {
    match reason {
        CloseReason::Refused | CloseReason::Unreachable => "ECONNREFUSED",
        CloseReason::Reset => "ECONNRESET",
        CloseReason::Aborted => "ECONNABORTED",
        CloseReason::Finished => "EPIPE",
        // All others are about time.
        _ => "ETIMEDOUT",
    }
}
