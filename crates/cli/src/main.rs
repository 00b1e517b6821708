//! `lucid`: both endpoints of a TCP over UDP, and every view of what happened between them.

mod answer;
mod args;
mod ask;
mod blame;
mod clock;
mod compare;
mod demo;
mod exit;
mod explain;
mod export;
mod learn;
mod live;
mod metrics;
mod page;
mod patience;
mod pcap;
mod progress;
mod quantity;
mod replay;
mod report;
mod said;
mod serve;
mod settings;
mod signals;
mod socket;
#[cfg(unix)]
mod ss;
#[cfg(unix)]
mod top;
mod transcript;
mod views;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use clap::Parser;

use crate::args::CommandLine;
use crate::exit::{Exit, Failure};
use crate::page::Afterwards;
use crate::pcap::Capture;
use crate::report::Report;
use crate::settings::{Action, Settings};
use crate::signals::Signals;
use crate::views::Views;

/// How long threads may take to end when all is done.
const PATIENCE_AT_THE_END: Duration = Duration::from_millis(500);

fn main() -> Exit {
    let command_line = match CommandLine::try_parse() {
        Ok(command_line) => command_line,
        Err(not_one) => return report::unparsed(&not_one),
    };
    let report = Arc::new(Report::new(&command_line.seeing()));
    if let Err(failure) = Settings::new(command_line.command).and_then(|settings| run(settings, &report)) {
        report.failed(None, failure);
    }
    report.done()
}

/// Does what is asked on a runtime of its own, and brings the views to their end whatever happened.
fn run(mut settings: Settings, report: &Arc<Report>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| Failure::new(Exit::Other, "cannot start").because(error))?;
    let start = clock::unix_nanos();
    let afterwards = Afterwards::wanted(&mut settings.action)?;
    let capture = settings.action.endpoint().map_or(Ok(None), |endpoint| Capture::begin(endpoint, start))?;
    let views = Views::open(&settings.seeing, settings.action.role(), start, capture)?;
    let done = runtime.block_on(act(&settings.action, &views, report));
    // What is still to be said by the endpoint's task is said when it is dropped. Nobody waits any more for a
    // look-up that hangs.
    runtime.shutdown_timeout(PATIENCE_AT_THE_END);
    done.and(views.finish(report)).and(afterwards.map_or(Ok(()), |afterwards| afterwards.make(report)))
}

async fn act(action: &Action, views: &Views, report: &Arc<Report>) -> Result<(), Failure> {
    match action {
        Action::Serve(serve) => serve::run(serve, views, report, &mut signals()?).await,
        Action::Ask(ask) => {
            ask::run(ask, views, report, &mut signals()?).await;
            Ok(())
        }
        Action::Top { pid, every } => watch::top(*pid, *every, report).await,
        Action::Ss { pid } => watch::ss(*pid, report).await,
        // It waits for nothing and owes nobody a farewell: a signal ends it as any other program.
        Action::Replay(path) => replay::run(path, views, report),
        Action::Report { recordings, page } => page::write(page, recordings, report),
        Action::Compare { comparison, page } => compare::run(comparison, page.as_ref(), report),
        Action::Explain { recording, other, question } => {
            explain::run(recording, other.as_deref(), question, report)
        }
        Action::Export(export) => export::run(export, report),
        Action::Demo(demo) => demo::run(demo),
        Action::Learn(learn) => learn::run(learn),
        Action::DemoFiles { steps, into } => demo::write_files(steps, into),
    }
}

fn signals() -> Result<Signals, Failure> {
    Signals::listen().map_err(|error| Failure::new(Exit::Other, "cannot listen for signals").because(error))
}
