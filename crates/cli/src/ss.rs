//! `lucid ss`: the connections of running lucids, once.

mod text;

use std::collections::HashMap;
use std::time::Duration;

use crate::exit::Failure;
use crate::live::attach::{self, Attached, PATIENCE, Snapshot};
use crate::live::protocol::Connection;
use crate::live::rates::Rates;
use crate::report::Report;
use crate::said::Said;

/// Between the two looks from which rates are told.
const BETWEEN: Duration = Duration::from_millis(250);

/// A process, and how fast its connections are.
pub(crate) struct Look {
    pub(crate) snapshot: Snapshot,
    pub(crate) rates: HashMap<u32, Rates>,
}

/// Shows the connections of one process, or of all of this user's.
///
/// # Errors
/// Nothing runs that could be asked, or it doesn't answer; or standard output can't be written.
pub(crate) async fn run(pid: Option<u32>, report: &Report) -> Result<(), Failure> {
    let mut looks = Vec::new();
    for attached in attached(pid).await? {
        looks.push(tokio::spawn(look(attached)));
    }
    let mut text = String::new();
    let mut unanswered = None;
    let mut answered = 0;
    for look in looks {
        match look.await.unwrap_or_else(|broken| std::panic::resume_unwind(broken.into_panic())) {
            Ok(look) => {
                if answered > 0 {
                    text.push('\n');
                }
                answered += 1;
                text.push_str(&text::process(&look));
                say(&look, report);
            }
            Err(failure) => unanswered = Some(failure),
        }
    }
    report.text(&text)?;
    unanswered.filter(|_| answered == 0).map_or(Ok(()), Err)
}

async fn attached(pid: Option<u32>) -> Result<Vec<Attached>, Failure> {
    if let Some(pid) = pid {
        return Ok(vec![attach::to(pid).await?]);
    }
    let mut attached = Vec::new();
    for (pid, socket) in attach::running() {
        // Or it has ended just now.
        attached.extend(Attached::open(pid, &socket).await);
    }
    if attached.is_empty() { Err(attach::nothing_runs()) } else { Ok(attached) }
}

/// Two looks, for the rates between them.
async fn look(mut attached: Attached) -> Result<Look, Failure> {
    let pid = attached.pid;
    let looking = async {
        let before = attached.snapshot().await?;
        tokio::time::sleep(BETWEEN).await;
        Ok((before, attached.snapshot().await?))
    };
    let looked = match tokio::time::timeout(PATIENCE, looking).await {
        Ok(looked) => looked,
        Err(_) => Err(std::io::Error::new(
            std::io::ErrorKind::TimedOut,
            format!("nothing came for {} s", PATIENCE.as_secs()),
        )),
    };
    let (before, snapshot) = looked.map_err(|error| attach::silent(pid, &error))?;
    let rates = rates(&before.connections, &snapshot.connections);
    Ok(Look { snapshot, rates })
}

/// Of those that are there both times.
fn rates(before: &[Connection], after: &[Connection]) -> HashMap<u32, Rates> {
    let before: HashMap<_, _> = before.iter().map(|connection| (connection.conn, connection)).collect();
    let rates = after.iter().filter_map(|connection| {
        let rates = Rates::between(before.get(&connection.conn)?, connection)?;
        Some((connection.conn, rates))
    });
    rates.collect()
}

/// For programs.
fn say(look: &Look, report: &Report) {
    let Look { snapshot: Snapshot { process, connections }, rates } = look;
    report.line(&Said::Process(process));
    for connection in connections {
        let rates = rates.get(&connection.conn);
        let delivery_rate = rates.map(|rates| rates.out as u64);
        let receive_rate = rates.map(|rates| rates.into as u64);
        report.line(&Said::Connection { pid: process.pid, connection, delivery_rate, receive_rate });
    }
}
