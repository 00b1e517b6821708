//! The client: tasks, one after the other over one connection.

use std::net::SocketAddr;
use std::time::Duration;

use lucid_apps::{Client, ClientError, Destination};
use lucid_conn::{Endpoint, Stream};

use crate::answer::Answer;
use crate::blame;
use crate::exit::Failure;
use crate::live::Watchable;
use crate::patience::Patient;
use crate::report::Report;
use crate::settings::{Ask, Target, Task};
use crate::signals::Signals;
use crate::socket;
use crate::views::Views;

/// How long the connection may take to close after a signal.
const LINGER_AFTER_SIGNAL: Duration = Duration::from_secs(2);

/// Asks the server for everything, and closes the connection. How it went is in the report.
pub(crate) async fn run(ask: &Ask, views: &Views, report: &Report, signals: &mut Signals) {
    report.seed(ask.endpoint.seed);
    let opened = tokio::select! {
        opened = open(ask, views, report) => opened,
        signal = signals.next() => return report.stopping(signal, "giving the connection up"),
    };
    let (endpoint, server, _watchable) = match opened {
        Ok(opened) => opened,
        Err(failure) => return report.failed(None, failure),
    };
    let connected = tokio::select! {
        connected = socket::connect(ask, &endpoint, server) => {
            connected.map_err(|failure| report.failed(None, failure)).ok()
        }
        signal = signals.next() => {
            report.stopping(signal, "giving the connection up");
            None
        }
    };
    if let Some(stream) = connected {
        tokio::select! {
            () = work(ask, stream, views, report) => close(&endpoint, report, signals).await,
            signal = signals.next() => {
                report.stopping(signal, "closing the connection (once more: at once)");
                close_soon(&endpoint, signals).await;
            }
        }
    }
    if let Err(failure) = socket::finish_recording(&ask.endpoint, &endpoint) {
        report.failed(None, failure);
    }
}

/// The endpoint, which can be looked at from now on, whether the server answers or not.
async fn open(
    ask: &Ask,
    views: &Views,
    report: &Report,
) -> Result<(Endpoint, SocketAddr, Watchable), Failure> {
    let (endpoint, server) = socket::open(ask, views).await?;
    let watchable = Watchable::begin(ask.watch, &endpoint, ask.endpoint.config.counted_header).await?;
    watchable.tell(report);
    Ok((endpoint, server, watchable))
}

/// Waits for the last acknowledgments, TIME-WAIT included.
async fn close(endpoint: &Endpoint, report: &Report, signals: &mut Signals) {
    tokio::select! {
        () = endpoint.idle() => {}
        signal = signals.next() => report.stopping(signal, "not waiting for the connection to close"),
    }
}

async fn close_soon(endpoint: &Endpoint, signals: &mut Signals) {
    tokio::select! {
        _late = tokio::time::timeout(LINGER_AFTER_SIGNAL, endpoint.idle()) => {}
        _second = signals.next() => {}
    }
}

/// Does one task after the other, and lets go of the connection, which closes in the background. A refusal is an
/// answer, and the next task goes on from there.
async fn work(ask: &Ask, stream: Stream, views: &Views, report: &Report) {
    if let Ok(local) = stream.local_addr() {
        report.connected(&ask.server, local);
    }
    let mut client = Client::new(Patient::new(stream, ask.patience));
    for task in &ask.tasks {
        if let Task::Get { name, .. } | Task::Put { name, .. } = task {
            views.say(format!("(task3: {name})"));
        }
        match perform(&mut client, task, report).await {
            Ok(answer) => {
                answer.in_transcript().into_iter().for_each(|line| views.say(line));
                if let Err(failure) = report.answer(task, &answer) {
                    return report.failed(Some(task), failure);
                }
            }
            Err(error) => {
                report.failed(Some(task), blame::task(&ask.server, &error));
                if !blame::is_survived(&error) {
                    if blame::is_silence(&error) {
                        // Its last acknowledgment would be waited for, too: as long again, and in vain.
                        client.get_ref().get_ref().abort();
                    }
                    return;
                }
            }
        }
    }
}

async fn perform(
    client: &mut Client<Patient<Stream>>,
    task: &Task,
    report: &Report,
) -> Result<Answer, ClientError> {
    let mut progress = report.progress(task);
    let heard = |done, size| progress.update(done, size);
    Ok(match task {
        Task::Get { name, to } => {
            let mut stdout = tokio::io::stdout();
            let to = match to {
                Target::Stdout => Destination::Writer(&mut stdout),
                Target::File { path, overwrite } => Destination::File { path, overwrite: *overwrite },
                Target::Directory { path, overwrite } => {
                    Destination::Directory { path, overwrite: *overwrite }
                }
            };
            client.get(name, to, heard).await?.into()
        }
        Task::Put { file, name, overwrite } => client.put(file, name, *overwrite, heard).await?.into(),
        Task::List => Answer::Files { files: client.list().await? },
        Task::Calc { expression } => Answer::Value { value: client.calc(expression).await? },
        Task::Dns { name } => Answer::Addresses { addresses: client.dns(name).await? },
    })
}
