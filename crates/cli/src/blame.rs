//! From what a library says went wrong to what failed, why, and what to do next.

use std::io;
use std::net::SocketAddr;

use lucid_apps::{ClientError, ErrorCode, LocalError, ServiceError};
use lucid_conn::CloseReason;

use crate::exit::{Exit, Failure};

/// What to do about a peer that was there, and is no longer heard.
const SILENT: &str =
    "check that the server still runs, and the network; then try again, perhaps with a longer --timeout";

/// A host's name that gives no address to use.
pub(crate) fn unresolved(address: &str, why: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Unreachable, format!("cannot resolve {address}"))
        .because(why)
        .try_this("write HOST:PORT, such as 127.0.0.1:12345, and check the spelling")
}

/// A UDP socket that could not be had.
pub(crate) fn unbound(address: impl std::fmt::Display, error: &io::Error) -> Failure {
    let advice = match error.kind() {
        io::ErrorKind::AddrInUse => "another program has that port: stop it, or choose another port",
        io::ErrorKind::AddrNotAvailable => "choose an address that this machine has, such as 127.0.0.1",
        io::ErrorKind::PermissionDenied => "choose a port from 1024 on",
        _ => "choose another address",
    };
    Failure::new(Exit::Unreachable, format!("cannot bind the UDP address {address}"))
        .because(error)
        .try_this(advice)
}

/// A local file that could not be opened, read or written.
pub(crate) fn local(what: impl Into<String>, error: &io::Error) -> Failure {
    Failure::new(Exit::LocalFile, what).because(error).try_this("check the path and its permissions")
}

/// A connection that could not be opened, or failed where no transfer was under way.
pub(crate) fn connection(server: &str, error: &io::Error) -> Failure {
    match close_reason(error) {
        Some(reason) => closed(server, reason),
        None if error.kind() == io::ErrorKind::TimedOut => {
            Failure::new(Exit::NoAnswer, format!("{server} fell silent")).because(error).try_this(SILENT)
        }
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            Failure::new(Exit::Refused, format!("{server} closed the connection before it answered"))
                .try_this("it may have been stopped, or be no lucid server: check, and try again")
        }
        None => Failure::new(Exit::NoAnswer, format!("{server} can't be reached"))
            .because(error)
            .try_this("check the address given to --server and --bind, and the network"),
    }
}

/// A connection that could not be opened: its UDP socket, or the connection itself.
pub(crate) fn unopened(server: &str, bind: Option<SocketAddr>, error: &io::Error) -> Failure {
    use io::ErrorKind::{AddrInUse, AddrNotAvailable, InvalidInput, PermissionDenied};
    match (error.kind(), bind) {
        (AddrInUse | AddrNotAvailable | PermissionDenied, Some(local)) => unbound(local, error),
        (InvalidInput, _) => Failure::new(Exit::Usage, format!("{server} can't be connected to"))
            .because(error)
            .try_this("name a server's own address and port with --server, such as 127.0.0.1:12345"),
        _ => connection(server, error),
    }
}

fn closed(server: &str, reason: &CloseReason) -> Failure {
    let (exit, what, advice) = match reason {
        CloseReason::TimedOut { state, .. } if !state.is_synchronized() => (
            Exit::NoAnswer,
            format!("no answer from {server}"),
            "check that `lucid serve` runs there, and that UDP packets get through both ways; --timeout waits longer",
        ),
        // The same exit whether the network says so or keeps silent: nothing is there that answers.
        CloseReason::Unreachable => (
            Exit::NoAnswer,
            format!("no answer from {server}"),
            "start `lucid serve` there, or name another server with --server",
        ),
        CloseReason::WindowClosed { .. } => (
            Exit::NoAnswer,
            format!("{server} takes no more data"),
            "the program there may be busy or stuck: check, and try again, perhaps with a longer --timeout",
        ),
        CloseReason::TimedOut { .. } | CloseReason::NotAlive { .. } | CloseReason::HalfClosedTooLong => {
            (Exit::NoAnswer, format!("{server} fell silent"), SILENT)
        }
        CloseReason::Refused => (
            Exit::Refused,
            format!("{server} refused the connection"),
            "check that `lucid serve` runs there; if it does, it has too many clients: try again later",
        ),
        CloseReason::Reset => (
            Exit::Refused,
            format!("{server} reset the connection"),
            "it may have been stopped or started anew: check, and try again",
        ),
        CloseReason::Finished | CloseReason::Aborted => {
            (Exit::Other, format!("the connection with {server} is closed"), "try again")
        }
    };
    Failure::new(exit, what).because(reason).try_this(advice)
}

/// A task that brought no result.
pub(crate) fn task(server: &str, error: &ClientError) -> Failure {
    match error {
        ClientError::Service(refusal) => refused(refusal),
        ClientError::BrokeOff { source, .. } => Failure::new(Exit::BrokeOff, error.to_string())
            .because(why_ended(server, source))
            .try_this("nothing was kept under its name: run the same command again"),
        ClientError::Integrity { .. } => Failure::new(Exit::Mismatch, error.to_string())
            .because("a fault in a program or in memory: TCP's checksum and ours let nothing else through")
            .try_this("nothing was kept under its name: run the same command again"),
        ClientError::Local(error) => refused_locally(error),
        ClientError::Connection(source) => connection(server, source),
        ClientError::Protocol(why) => Failure::new(Exit::Other, format!("{server} can't be understood"))
            .because(why)
            .try_this("check that it is a lucid server of this version"),
        ClientError::OutOfStep => Failure::new(Exit::Other, "not asked")
            .because("an earlier request stopped half-way, and with it the connection")
            .try_this("run this one again"),
    }
}

/// Whether the connection can carry another request after this error.
pub(crate) fn is_survived(error: &ClientError) -> bool {
    matches!(error, ClientError::Service(_) | ClientError::Local(_))
}

/// Whether the server was given up on because nothing came from it.
pub(crate) fn is_silence(error: &ClientError) -> bool {
    match error {
        ClientError::BrokeOff { source, .. } | ClientError::Connection(source) => {
            source.kind() == io::ErrorKind::TimedOut
        }
        _ => false,
    }
}

/// What a service says holds cause and advice already.
fn refused(refusal: &ServiceError) -> Failure {
    let exit = match refusal.code {
        ErrorCode::HashMismatch | ErrorCode::FileChanged => Exit::Mismatch,
        ErrorCode::AlreadyExists => Exit::LocalFile,
        _ => Exit::Other,
    };
    let failure = Failure::new(exit, refusal.to_string());
    match refusal.code {
        ErrorCode::AlreadyExists => failure.try_this("--force replaces it"),
        ErrorCode::NotFound => failure.try_this("`lucid ls` lists what there is"),
        ErrorCode::UploadsOff => failure.try_this("start the server with --allow-put"),
        _ => failure,
    }
}

fn refused_locally(error: &LocalError) -> Failure {
    match error {
        // The same answer as a server's to the same name.
        LocalError::Name(_) => Failure::new(Exit::Other, error.to_string()),
        LocalError::Exists(_) => {
            Failure::new(Exit::LocalFile, error.to_string()).try_this("--force replaces it")
        }
        _ => Failure::new(Exit::LocalFile, error.to_string()),
    }
}

fn why_ended(server: &str, error: &io::Error) -> String {
    match close_reason(error) {
        Some(reason) => reason.to_string(),
        None if error.kind() == io::ErrorKind::UnexpectedEof => format!("{server} closed the connection"),
        None => error.to_string(),
    }
}

/// The driver's errors carry the engine's reason.
fn close_reason(error: &io::Error) -> Option<&CloseReason> {
    error.get_ref()?.downcast_ref()
}

#[cfg(test)]
mod tests;
