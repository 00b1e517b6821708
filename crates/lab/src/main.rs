//! `lucid-lab`: prints the tables of the proving ground, and draws its curves.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use lucid_lab::tables::{self, Named};
use lucid_lab::{Contender, SEED, pictures};

const USAGE: &str = "\
Congestion control on a dumbbell in virtual time

Usage: cargo xtask cc [TABLE...]
       cargo xtask cc --plot DIR    curves as SVG: throughput, cwnd, in flight, queue over time";

/// What is wanted.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Help,
    Tables(Vec<String>),
    Plot(PathBuf),
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let done = match wanted(words) {
        Ok(Wanted::Help) => {
            println!("{}", help());
            Ok(())
        }
        Ok(Wanted::Tables(names)) => print(&names),
        Ok(Wanted::Plot(folder)) => plot(&folder),
        Err(problem) => Err(problem),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn wanted(words: Vec<String>) -> Result<Wanted, String> {
    let is = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    if is(&["--help", "-h", "help"]) {
        return Ok(Wanted::Help);
    }
    match words.as_slice() {
        [plot, folder] if plot == "--plot" => Ok(Wanted::Plot(folder.into())),
        [plot, ..] if plot == "--plot" => Err(format!("--plot takes a folder, and nothing else\n\n{USAGE}")),
        _ => Ok(Wanted::Tables(words)),
    }
}

fn help() -> String {
    let tables = tables::ALL.iter().map(|table| format!("  {:<12}{}", table.name, table.about));
    format!("{USAGE}\n\nTables, all of them by default:\n{}", tables.collect::<Vec<_>>().join("\n"))
}

fn print(names: &[String]) -> Result<(), String> {
    let named = |name: &String| {
        tables::named(name).ok_or_else(|| format!("there is no table {name:?}\n\n{}", help()))
    };
    let chosen: Vec<&Named> = names.iter().map(named).collect::<Result<_, _>>()?;
    let chosen = if chosen.is_empty() { tables::ALL.iter().collect() } else { chosen };
    println!("seed {SEED}\n");
    for table in chosen {
        println!("{}", (table.run)());
    }
    Ok(())
}

fn plot(folder: &Path) -> Result<(), String> {
    let failed = |error: io::Error| format!("cannot write to {}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(failed)?;
    for picture in pictures(&Contender::all()) {
        let file = folder.join(&picture.file_name);
        fs::write(&file, picture.svg).map_err(failed)?;
        println!("{}", file.display());
    }
    Ok(())
}
