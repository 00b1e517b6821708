//! Runs beside each other: simulated under several controllers, or recorded.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lucid_conn::{Config, Profile, engine::PathMtu};
use lucid_views::Run;
use lucid_views::compare::{Algorithm, Named, Parting, Row, Simulation, parse_link, parting};
use lucid_views::report::{Limits, together};
use lucid_views::words::amount;

use crate::blame;
use crate::exit::{Exit, Failure};
use crate::page as pages;
use crate::report::Report;
use crate::said::Said;

/// An Ethernet packet's payload, without what UDP, IPv4 and TCP with timestamps take.
const MSS: u16 = 1440;
/// A simulation is broken off after so long, in its own time.
const LIMIT: Duration = Duration::from_secs(3600);

/// What is compared.
#[derive(Clone, Debug)]
pub(crate) enum Comparison {
    /// Transfers of so many bytes in virtual time.
    Simulated { algorithms: Vec<Algorithm>, link: String, bytes: usize, seed: u64 },
    /// What was recorded.
    Recorded(Vec<PathBuf>),
}

/// Compares, and writes the page if one is wanted.
///
/// # Errors
/// A recording can't be read, or has no connection; the link's words say nothing; a simulation doesn't end; or the page can't be
/// written.
pub(crate) fn run(comparison: &Comparison, to: Option<&PathBuf>, report: &Report) -> Result<(), Failure> {
    let (title, runs) = match comparison {
        Comparison::Simulated { algorithms, link, bytes, seed } => {
            let title = format!("{} over {link}, seed {seed}", amount(*bytes as u64));
            let runs = algorithms.iter().map(|algorithm| simulated(*algorithm, link, *bytes, *seed));
            (title, runs.collect::<Result<Vec<_>, _>>()?)
        }
        Comparison::Recorded(files) => {
            let runs = files.iter().map(|file| recorded(file)).collect::<Result<Vec<_>, _>>()?;
            let names: Vec<_> = runs.iter().map(|run| run.name.as_str()).collect();
            (names.join(" and "), runs)
        }
    };
    let rows: Vec<_> = runs.iter().map(Row::of).collect();
    let parting = parting(&runs);
    report.line(&Said::Compared { title: &title, rows: &rows, parting: parting.as_ref() });
    report.text(&format!("{title}\n\n{}\n{}", table(&rows), parted(parting.as_ref())))?;
    let Some(file) = to else { return Ok(()) };
    let page = together(&title, &runs, &rows, parting.as_ref(), Limits::default())
        .map_err(|error| Failure::new(Exit::Other, "the page could not be made").because(error))?;
    let unwritable = |error| blame::local(format!("cannot write the page {}", file.display()), &error);
    fs::write(file, &page.html).map_err(unwritable)?;
    report.page(file, page.html.len(), &page.summary);
    Ok(())
}

fn simulated(algorithm: Algorithm, link: &str, bytes: usize, seed: u64) -> Result<Named, Failure> {
    let link = parse_link(link).map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    let mut config = Config::new(Profile::Modern);
    config.algorithm = algorithm;
    (config.mss, config.path_mtu) = (MSS, PathMtu::Fixed);
    let story = Simulation { config, link, bytes, seed, limit: LIMIT }.run();
    let story = story
        .map_err(|error| Failure::new(Exit::Other, format!("{algorithm} did not finish")).because(error))?;
    Ok(Named { name: algorithm.to_string(), story })
}

/// The connection of a recording that carried most.
fn recorded(file: &Path) -> Result<Named, Failure> {
    let run: Run = pages::read(file, |file| format!("{} can't be compared", file.display()))?;
    let carried = |story: &lucid_views::Story| story.counts.bytes_sent + story.counts.bytes_received;
    let story = run.stories.into_iter().max_by_key(carried);
    let story =
        story.ok_or_else(|| Failure::new(Exit::Mismatch, format!("{} has no connection", file.display())))?;
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
    Ok(Named { name, story })
}

fn table(rows: &[Row]) -> String {
    let headings = Row::HEADINGS.map(str::to_owned);
    let lines: Vec<_> = std::iter::once(headings).chain(rows.iter().map(Row::cells)).collect();
    let widths: Vec<_> = (0..Row::HEADINGS.len())
        .map(|column| lines.iter().map(|line| line[column].len()).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for line in &lines {
        let (name, numbers) = (&line[0], line[1..].iter().zip(&widths[1..]));
        let numbers: String = numbers.map(|(cell, &width)| format!("   {cell:>width$}")).collect();
        text += format!("  {name:<width$}{numbers}\n", width = widths[0]).as_str();
    }
    text
}

fn parted(parting: Option<&Parting>) -> String {
    let Some(Parting { shared, then }) = parting else {
        return "They don't part: every event is the same.\n".to_owned();
    };
    let mut text = format!("The first {shared} events are the same in all. Then:\n");
    let width = then.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, then) in then {
        let then =
            then.as_ref().map_or_else(|| "nothing more".to_owned(), |(at, what)| format!("{at}  {what}"));
        text += &format!("  {name:<width$}   {then}\n");
    }
    text
}
